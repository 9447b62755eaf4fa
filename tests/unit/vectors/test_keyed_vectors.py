"""gensim's objects in memory, both ways."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from dsgns.errors import MissingExtraError, ParameterError
from dsgns.vectors.words import WordVectors


def test_to_gensim_and_back(vectors):
    keyed = vectors.to_gensim()
    assert keyed.vectors is vectors.vectors
    assert keyed.get_vecattr("word7", "count") == 393
    assert [word for word, _ in keyed.most_similar("word7")] == [word for word, _ in vectors.most_similar("word7")]
    back = WordVectors.from_gensim(keyed)
    assert back.vectors is vectors.vectors
    assert (back.index_to_key, back.counts.tolist()) == (vectors.index_to_key, vectors.counts.tolist())


def test_gensims_files_of_them(vectors, tmp_path):
    from gensim.models import KeyedVectors

    vectors.to_gensim().save(str(tmp_path / "own.kv"))
    again = KeyedVectors.load(str(tmp_path / "own.kv"))
    np.testing.assert_array_equal(again["word3"], vectors["word3"])


def test_what_gensim_makes(keyed):
    from gensim.models import Word2Vec

    assert WordVectors.from_gensim(keyed).counts is None
    model = Word2Vec([["a", "b", "a"]], vector_size=3, min_count=1, workers=1)
    vectors = WordVectors.from_gensim(model)
    assert (vectors.index_to_key, vectors.counts.tolist()) == (["a", "b"], [2, 1])
    np.testing.assert_array_equal(vectors.vectors, model.wv.vectors)


def test_another_object_is_refused():
    with pytest.raises(ParameterError, match="keyed is a dict"):
        WordVectors.from_gensim({})


def test_the_extra_is_asked_for_when_it_is_missing(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(MissingExtraError, match=r"\[gensim\]"):
        vectors.to_gensim()
