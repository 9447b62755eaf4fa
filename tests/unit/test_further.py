"""Skip-gram trained further, from the text on: vocabularies united, options taken over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import dsgns
from dsgns.errors import MissingOutputError, ParameterError
from tests.support.corpora import write_lines, zipf_lines

ASKED = {"vector_size": 8, "min_count": 2, "epochs": 2, "window": 3, "alpha": 0.04}


@pytest.fixture(autouse=True)
def _active(engine) -> Iterator[None]:
    with engine.client.as_current():
        yield


@pytest.fixture
def texts(tmp_path: Path) -> tuple[str, str]:
    """Two texts, of which the second has words of its own and lacks some of the first."""
    one, two = (
        [*zipf_lines(2000, types=60, topics=4), "gone gone gone"],
        [*zipf_lines(1500, types=60, seed=7, topics=4), "fresh fresh"],
    )
    return write_lines(tmp_path / "one.txt", one), write_lines(tmp_path / "two.txt", two)


def test_more_epochs_and_then_new_text(texts, tmp_path) -> None:
    place, heard = tmp_path / "w.dsgns", []
    first = dsgns.train_sgns(place, texts[0], **ASKED)
    more = dsgns.train_sgns(place, continue_from=first.name, epochs=1, alpha=0.02, listener=heard.append)
    assert more.inputs == first.inputs
    assert (more.parameters["window"], more.parameters["continue_from"]) == (3, first.key)
    said = [event.text for event in heard if event.kind == "note" and event.label == "sgns"]
    assert f"trains {first.name}" in said[0]
    assert said[0].endswith("alpha falls from 0.02 to 0.0001 over 1 epochs")
    later = dsgns.train_sgns(place, texts[1], continue_from=more.key)
    assert (later.parameters["epochs"], later.parameters["alpha"]) == (1, 0.02)

    workspace = dsgns.open_workspace(place)
    old, new = workspace.vectors("sgns", key=more.key), workspace.vectors("sgns", key=later.key)
    assert set(new.index_to_key) >= {*old.index_to_key, "gone", "fresh"}
    assert "fresh" not in old.key_to_index
    words = [Path(text).read_text().split() for text in texts]
    tokens = workspace.store.output("tokens", later.inputs["tokens"])
    assert tokens.facts["conservation"]["tokens_read"] == len(words[1]), "what is trained on is the new text"
    counts = workspace.store.output("vocabulary", later.facts["vocabulary"]).read("words", "counts")["counts"]
    both = words[0] + words[1]
    assert all(counts[new.key_to_index[word]] == both.count(word) for word in ("a", "b", "gone", "fresh"))
    again = dsgns.train_sgns(place, texts[1], continue_from=more.key)
    assert again == later, "what is there is not made again"


def test_other_stages_go_on_from_what_was_there_before(texts, tmp_path) -> None:
    place = tmp_path / "w.dsgns"
    first = dsgns.train_sgns(place, texts[0], **ASKED)
    counted = dsgns.count_cooccurrences(place)
    further = dsgns.train_sgns(place, texts[1], continue_from=first.key)
    dsgns.train_sgns(place, texts[0], continue_from=further.key)
    assert dsgns.factorize(place, shift=2, vector_size=8).inputs["counts"] == counted.key
    assert dsgns.count_cooccurrences(place, window=2).inputs["tokens"] == first.inputs["tokens"]


def test_what_cannot_be_is_refused(texts, tmp_path) -> None:
    place = tmp_path / "w.dsgns"
    first = dsgns.train_sgns(place, texts[0], **ASKED)
    for asked, error, said in (
        ({"continue_from": "nowhere"}, MissingOutputError, "no completed sgns"),
        ({"continue_from": first.key, "vector_size": 9}, ParameterError, "vector_size is 9, but sgns/"),
        ({"continue_from": first.key, "min_count": 3}, ParameterError, "name new text"),
    ):
        with pytest.raises(error, match=said):
            dsgns.train_sgns(place, **asked)
    with pytest.raises(ParameterError, match="Phrases are those of sgns/"):
        dsgns.train_sgns(place, texts[1], continue_from=first.key, phrases=1)
    with pytest.raises(ParameterError, match="There is no option 'continue_from'"):
        dsgns.train(texts[0], place, continue_from=first.key)


def test_until_stops_on_the_way_and_leaves_the_whole_as_it_was(texts, tmp_path) -> None:
    asked = ASKED | {"epochs": 4, "replicas": 2, "round_tokens": 200}
    half = dsgns.train_sgns(tmp_path / "w.dsgns", texts[0], callbacks=[dsgns.Until(2)], **asked)
    assert (half.facts["stopped"], len(half.facts["loss"])) == ("2 of the epochs are over", 2)
    whole = dsgns.train_sgns(tmp_path / "w.dsgns", **{name: asked[name] for name in asked if name != "min_count"})
    plain = dsgns.train_sgns(tmp_path / "other.dsgns", texts[0], **asked)
    assert whole.parameters == plain.parameters
    for name in plain.manifests():
        ours, theirs = whole.read(name), plain.read(name)
        for array in theirs:
            np.testing.assert_array_equal(ours[array], theirs[array])
