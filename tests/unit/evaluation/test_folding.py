"""Case folding keeps the most frequent form, as gensim does."""

from __future__ import annotations

import pytest

from dsgns.evaluation.folding import FoldedWords

WORDS = ["Turkey", "the", "turkey", "The", "straße", "STRASSE"]


@pytest.mark.parametrize("limit", [None, 3, 0, 100])
def test_folding(limit):
    folded = FoldedWords(WORDS, limit, fold_case=True)
    gensims = {word.upper(): WORDS.index(word) for word in reversed(WORDS[:limit])}
    for word in [*WORDS, "absent"]:
        assert folded.find(word) == gensims.get(word.upper())
    assert folded.canonical.tolist() == [gensims[word.upper()] for word in WORDS[:limit]]


def test_cases_may_be_kept_apart():
    folded = FoldedWords(WORDS, None, fold_case=False)
    assert folded.canonical.tolist() == list(range(6))
    assert folded.find("turkey") == 2
    assert folded.find("TURKEY") is None
