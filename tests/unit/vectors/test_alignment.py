"""Rotated vectors come back to where they were; what moved is found."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import MissingWordError, ParameterError
from dsgns.vectors.alignment import align
from dsgns.vectors.words import WordVectors


@pytest.fixture
def rotation():
    return np.linalg.qr(np.random.default_rng(8).normal(size=(12, 12)))[0]


@pytest.fixture
def later(vectors, rotation):
    """The same vectors rotated, two of them exchanged, in another order, with words of their own."""
    rows = (vectors.vectors @ rotation).astype(np.float32)
    rows[[3, 9]] = rows[[9, 3]]
    order = np.random.default_rng(9).permutation(200)[:150]
    order = np.union1d(order, [3, 9])[::-1]
    words = [vectors.index_to_key[row] for row in order]
    extra = np.ones((2, 12), np.float32)
    return WordVectors([*words, "new", "newer"], np.concatenate([rows[order], extra]), np.arange(len(order) + 2, 0, -1))


def test_the_rotation_is_found_and_what_moved(vectors, later, rotation):
    alignment = align(vectors, later)
    assert alignment.anchors == len(later) - 2
    np.testing.assert_allclose(alignment.rotation @ alignment.rotation.T, np.eye(12), atol=1e-9)
    np.testing.assert_allclose(alignment.rotation, rotation, atol=0.1)
    changes = alignment.changes(topn=3)
    assert {word for word, _ in changes[:2]} == {"word3", "word9"}
    assert changes[1][1] > 5 * changes[2][1]
    assert [ranking[0][0] for ranking in alignment.counterparts(["word3", "word9"], 1)] == ["word9", "word3"]
    assert alignment.aligned.similarity("word5", "word6") == pytest.approx(
        vectors.similarity("word5", "word6"), abs=1e-5
    )
    with pytest.raises(MissingWordError, match="'new'"):
        alignment.counterparts(["new"])


def test_rare_words_are_left_aside(vectors, later):
    alignment = align(vectors, later)
    often = {word for word, _ in alignment.changes(None, min_count=100)}
    assert often == {word for word in later.index_to_key[:-2] if later.get_vecattr(word, "count") >= 100}
    bare = align(vectors, WordVectors(later.index_to_key, later.vectors))
    assert len(bare.changes(None)) == len(later) - 2
    with pytest.raises(ParameterError, match="without counts"):
        bare.changes(min_count=5)


def test_a_dictionary_of_two_languages(vectors, rotation):
    foreign = WordVectors([f"mot{row}" for row in range(200)], (vectors.vectors @ rotation).astype(np.float32))
    pairs = [(f"word{row}", f"mot{row}") for row in range(60)]
    alignment = align(vectors, foreign, [*pairs, ("absent", "mot1")])
    assert alignment.anchors == 60
    np.testing.assert_allclose(alignment.rotation, rotation, atol=1e-5)
    assert alignment.counterparts(["word150"], 1)[0][0][0] == "mot150"


def test_what_cannot_be_aligned_is_told(vectors):
    with pytest.raises(ParameterError, match="12 and 3 numbers"):
        align(vectors, WordVectors(["word1"], np.ones((1, 3), np.float32)))
    with pytest.raises(ParameterError, match="no word in common"):
        align(vectors, WordVectors(["mot1"], np.ones((1, 12), np.float32)))
