"""Analogies give gensim's answers, question by question."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import ParameterError
from dsgns.evaluation.analogies import evaluate_analogies
from dsgns.evaluation.sets import AnalogySet, read_analogies
from dsgns.vectors.words import WordVectors


@pytest.mark.filterwarnings("ignore:Call to deprecated `init_sims`:DeprecationWarning")
@pytest.mark.parametrize("fold_case", [True, False])
@pytest.mark.parametrize("restricted", [300_000, 45])
@pytest.mark.parametrize("step", [256, 1])
def test_gensim_agrees(vectors, keyed, questions_file, fold_case, restricted, step, monkeypatch):
    monkeypatch.setattr("dsgns.evaluation.analogies._QUESTIONS", 64 * step)
    ours = evaluate_analogies(vectors, questions_file, restrict_vocabulary=restricted, fold_case=fold_case)
    accuracy, sections = keyed.evaluate_word_analogies(
        str(questions_file), restrict_vocab=restricted, case_insensitive=fold_case
    )
    assert ours.accuracy == pytest.approx(accuracy, rel=1e-12)
    for section, theirs in zip(ours.sections, sections[:-1], strict=True):
        assert section.name == theirs["section"]
        assert (section.correct, section.asked) == (
            len(theirs["correct"]),
            len(theirs["correct"] + theirs["incorrect"]),
        )
    assert ours.total.correct > 5
    assert ours.total.missing > 5
    assert len(ours.items) == 300


@pytest.mark.data
def test_gensim_agrees_on_a_real_set(data):
    """Random vectors would answer nothing: words of one section and column share a direction."""
    from gensim.models import KeyedVectors

    analogies = read_analogies(data / "eval" / "google_analogies.txt")
    rng = np.random.default_rng(0)
    words = list(dict.fromkeys(word.lower() for question in analogies.questions for word in question))
    vectors = {word: rng.normal(size=30) for word in words}
    shifts = rng.normal(size=(len(analogies.sections), 30))
    for (a, b, _, _), section in zip(analogies.questions, analogies.section_of, strict=True):
        vectors[b.lower()] = vectors[a.lower()] + shifts[section] + 0.7 * rng.normal(size=30)
    ours = WordVectors(words, np.array(list(vectors.values()), np.float32))
    keyed = KeyedVectors(30)
    keyed.add_vectors(words, ours.vectors)
    result = evaluate_analogies(ours, analogies, restrict_vocabulary=800)
    accuracy, sections = keyed.evaluate_word_analogies(data / "eval" / "google_analogies.txt", restrict_vocab=800)
    assert result.accuracy == pytest.approx(accuracy, rel=1e-12)
    assert [section.correct for section in result.sections] == [len(section["correct"]) for section in sections[:-1]]
    assert 0.1 < result.accuracy < 0.9


def test_3cosmul_answers_as_the_query_does(vectors, questions_file):
    result = evaluate_analogies(vectors, questions_file, method="3CosMul", fold_case=False)
    lines = [line.split() for line in questions_file.read_text().splitlines() if not line.startswith(":")]
    for (a, b, c, answer), right in zip(lines, result.items, strict=True):
        if all(word in vectors for word in (a, b, c, answer)):
            assert right == (vectors.most_similar_cosmul([b, c], [a], topn=1)[0][0] == answer)
        else:
            assert np.isnan(right)


def test_vocabulary_blocks_do_not_matter(vectors, questions_file, monkeypatch):
    whole = evaluate_analogies(vectors, questions_file)
    many = WordVectors(
        vectors.index_to_key + [f"other{number}" for number in range(1000)],
        np.vstack([vectors.vectors, -np.ones((1000, 6), np.float32)]),
    )
    one_block = evaluate_analogies(many, questions_file)
    monkeypatch.setattr("dsgns.evaluation.analogies._COSINES", 1)
    np.testing.assert_array_equal(evaluate_analogies(many, questions_file).items, one_block.items)
    assert whole.total.asked == one_block.total.asked


def test_sections_add_up(vectors, questions_file):
    result = evaluate_analogies(vectors, questions_file)
    assert result.semantic.asked + result.syntactic.asked == result.total.asked
    assert [section.name for section in result.sections] == ["section0", "gramsection100", "gramsection200"]
    figures = result.to_dict()
    assert figures["total"]["accuracy"] == figures["accuracy"] == result.accuracy
    assert figures["sections"][1]["correct"] == result.sections[1].correct


def test_of_equal_answers_the_most_frequent_wins():
    vectors = WordVectors(
        ["a", "b", "c", "first", "second"], np.array([[1, 0], [1, 0], [0, 1], [0, 2], [0, 1]], np.float32)
    )
    analogies = AnalogySet("ties", (("a", "b", "c", "first"), ("a", "b", "c", "second")), ("one",), np.array([0, 0]))
    assert evaluate_analogies(vectors, analogies).items.tolist() == [1, 0]


def test_nothing_known_gives_no_score(vectors):
    result = evaluate_analogies(vectors, AnalogySet("none", (("q", "r", "s", "t"),), ("one",), np.array([0])))
    assert np.isnan(result.accuracy)
    assert result.total.missing == 1


def test_methods_are_checked(vectors, questions_file):
    with pytest.raises(ParameterError, match="3CosAdd, 3CosMul"):
        evaluate_analogies(vectors, questions_file, method="euclid")


def test_a_vocabulary_of_no_word_is_refused(vectors, questions_file):
    with pytest.raises(ParameterError, match="restrict_vocabulary is 0; it must be at least 1"):
        evaluate_analogies(vectors, questions_file, restrict_vocabulary=0)
