"""Neighbours by way of a graph: most of those that there are, scored as they are."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from dsgns.errors import MissingExtraError, MissingWordError, ParameterError, VectorFileError
from dsgns.vectors.approximate import ApproximateNeighbours
from dsgns.vectors.words import WordVectors


@pytest.fixture(scope="module")
def many() -> WordVectors:
    rng = np.random.default_rng(2)
    centres = rng.normal(size=(40, 16))
    rows = (centres[rng.integers(0, 40, 3000)] + 0.5 * rng.normal(size=(3000, 16))).astype(np.float32)
    return WordVectors([f"w{row}" for row in range(3000)], rows)


@pytest.fixture(scope="module")
def graph(many) -> ApproximateNeighbours:
    return ApproximateNeighbours(many)


def test_nearly_all_neighbours_are_found_with_their_cosines(many, graph):
    words = many.index_to_key[::30]
    assert graph.recall(words) > 0.95
    for word in words[:5]:
        true = dict(many.most_similar(word, topn=30))
        found = graph.most_similar(word)
        assert len(found) == 10
        assert found == sorted(found, key=lambda pair: -pair[1])
        assert all(score == pytest.approx(true[other], abs=1e-5) for other, score in found if other in true)
        assert word not in dict(found)


def test_analogies_and_vectors(many, graph):
    assert graph.most_similar(["w1", "w2"], ["w3"])[0][0] == many.most_similar(["w1", "w2"], ["w3"])[0][0]
    assert graph.similar_by_vector(many["w5"], topn=1)[0][0] == "w5"
    assert graph.similar_by_word("w5", topn=1) == graph.most_similar("w5", topn=1)
    with pytest.raises(MissingWordError, match="zebra"):
        graph.most_similar("zebra")


def test_a_graph_is_saved_and_mapped(many, graph, tmp_path):
    graph.save(tmp_path / "graph")
    again = ApproximateNeighbours.load(tmp_path / "graph", many)
    assert again.most_similar("w9") == graph.most_similar("w9")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph", "graph.json"]
    fewer = WordVectors(many.index_to_key[:9], many.vectors[:9])
    with pytest.raises(VectorFileError, match=r"graph is no graph of these vectors.*\(3000, 16\)"):
        ApproximateNeighbours.load(tmp_path / "graph", fewer)
    (tmp_path / "text").write_text("no graph")
    with pytest.raises(VectorFileError, match="text is no graph"):
        ApproximateNeighbours.load(tmp_path / "text", many)


def test_a_graph_of_vectors_that_were_trained_anew_is_refused(many, graph, tmp_path):
    graph.save(tmp_path / "graph")
    turned = WordVectors(many.index_to_key, np.ascontiguousarray(many.vectors[:, ::-1]))
    exchanged = WordVectors(many.index_to_key, many.vectors[np.r_[1, 0, 2:3000]])
    for others in (turned, exchanged, many.postprocessed("centre")):
        with pytest.raises(VectorFileError, match="graph of other vectors than these"):
            ApproximateNeighbours.load(tmp_path / "graph", others)
    for text in ("{}", "[]", "none"):
        (tmp_path / "graph.json").write_text(text)
        with pytest.raises(VectorFileError, match=r"graph.json cannot be read"):
            ApproximateNeighbours.load(tmp_path / "graph", many)
    (tmp_path / "graph.json").unlink()
    with pytest.raises(VectorFileError, match=r"no .*graph.json beside it"):
        ApproximateNeighbours.load(tmp_path / "graph", many)


def test_what_it_needs_is_asked_for(many, monkeypatch):
    with pytest.raises(ParameterError, match="'f8'"):
        ApproximateNeighbours(many, dtype="f8")
    monkeypatch.setitem(sys.modules, "usearch", None)
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(MissingExtraError, match=r"\[ann\]"):
        ApproximateNeighbours(many)
