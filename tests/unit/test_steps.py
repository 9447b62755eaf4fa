"""One stage at a time, in Python."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import dsgns
from tests.support.corpora import write_lines, zipf_lines


@pytest.fixture(autouse=True)
def _active(engine) -> Iterator[None]:
    with engine.client.as_current():
        yield


def test_a_stage_goes_on_from_the_one_before(tmp_path) -> None:
    corpus, place = write_lines(tmp_path / "corpus.txt", zipf_lines(3000, types=80)), tmp_path / "w.dsgns"
    heard: list[dsgns.Event] = []
    vocabulary = dsgns.count_words(place, corpus, min_count=2)
    tokens = dsgns.encode_tokens(place)
    counts = dsgns.count_cooccurrences(dsgns.open_workspace(place), window=3)
    made = dsgns.factorize(str(place), vector_size=8, listener=heard.append)
    assert tokens.inputs["vocabulary"] == vocabulary.key
    assert (counts.inputs["tokens"], made.inputs["counts"]) == (tokens.key, counts.key)
    assert made.name == dsgns.open_workspace(place).store.latest("svd").name
    assert heard


def test_what_cannot_be_is_refused_before_any_work(tmp_path) -> None:
    place = tmp_path / "w.dsgns"
    with pytest.raises(OSError, match="no dsgns workspace"):
        dsgns.factorize(place)
    with pytest.raises(ValueError, match="There is no option 'dim'"):
        dsgns.factorize(place, "corpus.txt", dim=3)
    with pytest.raises(FileNotFoundError):
        dsgns.count_words(place, tmp_path / "nosuch.txt")
    assert not place.exists()
