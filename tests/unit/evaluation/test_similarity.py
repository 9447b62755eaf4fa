"""Similarity sets give gensim's figures, to the last digit."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.evaluation.sets import SimilaritySet, read_similarities
from dsgns.evaluation.similarity import evaluate_similarity
from dsgns.vectors.words import WordVectors

EXACT = {"rel": 1e-12}


@pytest.mark.parametrize("fold_case", [True, False])
@pytest.mark.parametrize("restricted", [None, 42])
def test_gensim_agrees(vectors, keyed, pairs_file, fold_case, restricted):
    ours = evaluate_similarity(vectors, pairs_file, restrict_vocabulary=restricted, fold_case=fold_case)
    pearson, spearman, missing = keyed.evaluate_word_pairs(
        str(pairs_file), restrict_vocab=restricted, case_insensitive=fold_case
    )
    assert ours.spearman == pytest.approx(spearman[0], **EXACT)
    assert ours.pearson == pytest.approx(pearson[0], **EXACT)
    assert 1 - ours.coverage == pytest.approx(missing / 100)
    assert 0 < ours.covered < ours.pairs == 200


def test_items_hold_every_pair(vectors):
    judged = SimilaritySet(
        "mine", (("word1", "word2"), ("word1", "absent"), ("WORD3", "word3")), np.array([1.0, 2.0, 3.0])
    )
    result = evaluate_similarity(vectors, judged)
    np.testing.assert_array_equal(result.items[:, 0], [1, 2, 3])
    np.testing.assert_array_equal(np.isnan(result.items[:, 1]), [False, True, False])
    assert result.items[2, 1] == pytest.approx(1), "one form stands for both"
    assert result.to_dict()["covered"] == result.covered == 2


def test_a_set_without_a_known_word_has_no_score(vectors):
    result = evaluate_similarity(vectors, SimilaritySet("none", (("x", "y"),), np.array([1.0])))
    assert np.isnan(result.spearman)
    assert result.coverage == 0


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ((("x", "y"), ("word1", "x")), "both words are known of 0 of its 2 pairs; a correlation takes 2 or more"),
        ((("word1", "word2"), ("word1", "x")), "both words are known of 1 of its 2 pairs"),
        ((("word1", "word1"), ("word2", "word2")), "all scores, or all cosines, of the 2 pairs known of 2 are equal"),
        ((("word1", "word2"), ("word2", "word3")), ""),
    ],
)
def test_where_there_is_no_score_there_is_a_reason(vectors, pairs, reason):
    vectors.vectors[:3] = np.abs(vectors.vectors[:3])
    result = evaluate_similarity(vectors, SimilaritySet("few", pairs, np.array([1.0, 2.0])))
    assert np.isnan(result.spearman) == bool(reason)
    assert result.reason.startswith(reason)
    assert bool(result.to_dict()["reason"]) == bool(reason)


@pytest.mark.data
@pytest.mark.parametrize("name", ["ws353", "simlex999", "men3000"])
def test_gensim_agrees_on_real_sets(data, name):
    """The more two words' spelling has in common, the more alike their vectors."""
    from gensim.models import KeyedVectors

    judged = read_similarities(data / "eval" / f"{name}.tsv")
    words = sorted({word.lower() for pair in judged.pairs for word in pair})
    spelling = np.array([[word.count(chr(letter)) for letter in range(97, 123)] for word in words], np.float32)
    ours = WordVectors(words, spelling + np.random.default_rng(0).normal(size=spelling.shape).astype(np.float32))
    keyed = KeyedVectors(26)
    keyed.add_vectors(words, ours.vectors)
    _, spearman, missing = keyed.evaluate_word_pairs(data / "eval" / f"{name}.tsv", restrict_vocab=len(words) // 2)
    result = evaluate_similarity(ours, judged, restrict_vocabulary=len(words) // 2)
    assert result.spearman == pytest.approx(spearman[0], **EXACT)
    assert 1 - result.coverage == pytest.approx(missing / 100)
    assert result.covered > 20
