"""Words that came later, and what they were seen near, counted as in the training."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dsgns
from dsgns.cooccurrence.weights import window_weights
from dsgns.errors import ParameterError
from dsgns.newcomers import near_in_piece
from dsgns.parameters import CountsParameters
from dsgns.store import read_csr
from tests.support.corpora import write_lines, zipf_lines


class Ids:
    """A stream of ids in memory."""

    def __init__(self, ids: list[int]) -> None:
        self.ids, self.length = np.array(ids, np.int32), len(ids)

    def read(self, start: int, stop: int) -> np.ndarray:
        return self.ids[start:stop]


@settings(max_examples=60, deadline=None)
@given(
    ids=st.lists(st.integers(-1, 5), min_size=1, max_size=60),
    window=st.integers(1, 4),
    weighting=st.sampled_from(["flat", "dynamic", "harmonic"]),
    piece=st.integers(1, 70),
    sought=st.sets(st.integers(0, 5)),
    known=st.sets(st.integers(0, 5)),
)
def test_pairs_are_those_that_one_finds_by_hand(ids, window, weighting, piece, sought, known):
    weights = window_weights(CountsParameters(window, weighting))
    marks, contexts = (np.isin(np.arange(6), list(some)) for some in (sought, known))
    found: Counter[int] = Counter()
    for start in range(0, len(ids), piece):
        pairs, weighed = near_in_piece(Ids(ids), start, min(start + piece, len(ids)), marks, contexts, weights)
        for pair, weight in zip(pairs.tolist(), weighed.tolist(), strict=True):
            found[pair] += weight
    expected: Counter[int] = Counter()
    for here, word in enumerate(ids):
        for there in range(max(0, here - window), min(len(ids), here + window + 1)):
            between = ids[min(here, there) : max(here, there) + 1]
            if word in sought and ids[there] in known and there != here and -1 not in between:
                expected[word * 6 + ids[there]] += weights.values[abs(there - here) - 1]
    assert found == expected


@pytest.fixture(scope="module")
def place(engine, tmp_path_factory):
    """A workspace of a text, and that text with a word of it renamed."""
    folder = tmp_path_factory.mktemp("later")
    lines = zipf_lines(6000, types=150)
    write_lines(folder / "corpus.txt", lines)
    renamed = [" ".join("Newcomer" if word == "b" else word for word in line.split()) for line in lines]
    write_lines(folder / "later.txt", renamed)
    with engine.client.as_current():
        dsgns.train(folder / "corpus.txt", folder / "w.dsgns", vector_size=24, min_count=3, sample=0.0, alpha=0.1)
    return folder


def test_a_renamed_word_is_found_near_what_it_was_near(engine, place):
    workspace = dsgns.open_workspace(place / "w.dsgns")
    with engine.client.as_current():
        found = dsgns.find_newcomers(workspace, place / "later.txt")
    assert list(found.occurrences) == ["Newcomer"]
    known = workspace.vectors("svd")
    row, names = known.key_to_index["b"], known.index_to_key
    assert found.occurrences["Newcomer"] == known.counts[row]
    counts = workspace.store.latest("counts")
    block = read_csr(counts, "rows/00000")
    cells = slice(block.indptr[row], block.indptr[row + 1])
    weights = dict(zip(block.indices[cells].tolist(), block.data[cells] / counts.facts["scale"], strict=True))
    expected = {names[column]: weight for column, weight in weights.items() if column != row}
    assert found.contexts["Newcomer"] == pytest.approx(expected), "but for where it is near itself"


def test_it_comes_to_where_it_was(engine, place):
    workspace = dsgns.open_workspace(place / "w.dsgns")
    for road, least in (("svd", 0.98), ("sgns", 0.6)):  # what is trained on so little is far from any optimum
        with engine.client.as_current():
            found = dsgns.find_newcomers(workspace, place / "later.txt", ["Newcomer", "nowhere"], road=road)
        new = workspace.fold_in(found.contexts, road=road, occurrences=found.occurrences)
        assert new.index_to_key == ["Newcomer"]
        old = workspace.vectors(road)["b"]
        cosine = new["Newcomer"] @ old / np.linalg.norm(new["Newcomer"]) / np.linalg.norm(old)
        assert cosine > least, road
        assert workspace.vectors(road).similar_by_vector(new["Newcomer"], topn=1)[0][0] == "b"


def test_a_text_without_new_words_has_none(engine, place):
    with engine.client.as_current():
        assert dsgns.find_newcomers(place / "w.dsgns", place / "corpus.txt") == dsgns.Newcomers({}, {})


def test_phrases_of_the_training_are_joined_in_later_text_too(engine, tmp_path):
    lines = [f"new york is {word} than new york was" for word in ("older", "larger", "louder")] * 30
    write_lines(tmp_path / "corpus.txt", [*lines, *zipf_lines(2000, types=150)])
    write_lines(tmp_path / "later.txt", ["zebra new york zebra"] * 6)
    with engine.client.as_current():
        options = {"vector_size": 8, "min_count": 1, "phrases": 1, "phrase_threshold": 2.0}
        workspace = dsgns.train(tmp_path / "corpus.txt", tmp_path / "w.dsgns", method="svd", **options)
        assert "new_york" in workspace.vectors("svd")
        found = dsgns.find_newcomers(workspace, tmp_path / "later.txt")
    assert found.contexts == {"zebra": {"new_york": 12.0}}


def test_counts_alone_say_not_how_text_becomes_words(engine, place, tmp_path):
    table = write_lines(tmp_path / "edges.tsv", [f"a{row % 7}\tb{row % 5}\t{row}" for row in range(1, 60)])
    with engine.client.as_current():
        counted = dsgns.import_counts(table, tmp_path / "w.dsgns")
        dsgns.factorize(tmp_path / "w.dsgns", vector_size=2)
        assert counted is not None
        with pytest.raises(ParameterError, match="made from counts alone"):
            dsgns.find_newcomers(tmp_path / "w.dsgns", place / "later.txt")
