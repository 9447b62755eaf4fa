"""Small vectors with words in several cases, the field's sets, and gensim's view of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dsgns.vectors.words import WordVectors


@pytest.fixture
def vectors() -> WordVectors:
    rng = np.random.default_rng(11)
    words = [f"word{number}" for number in range(60)]
    words[30:40] = [word.upper() for word in words[:10]]
    words[40:45] = [word.capitalize() for word in words[:5]]
    return WordVectors(words, rng.normal(size=(60, 6)).astype(np.float32))


@pytest.fixture
def keyed(vectors):
    """gensim's ``KeyedVectors`` of the same words and numbers."""
    from gensim.models import KeyedVectors

    keyed = KeyedVectors(vectors.vector_size, len(vectors))
    keyed.index_to_key = list(vectors.index_to_key)
    keyed.key_to_index = dict(vectors.key_to_index)
    keyed.vectors = np.array(vectors.vectors)
    return keyed


@pytest.fixture
def pairs_file(tmp_path) -> Path:
    rng = np.random.default_rng(5)
    lines = ["# a comment", *(f"word{a}\tWord{b}\t{a % 7 + b % 3}" for a, b in rng.integers(0, 70, size=(200, 2)))]
    (tmp_path / "pairs.tsv").write_text("\n".join(lines))
    return tmp_path / "pairs.tsv"


@pytest.fixture
def questions_file(tmp_path, vectors) -> Path:
    """Half of the answers are what the vectors say, so that accuracies are no zeros."""
    rng = np.random.default_rng(6)
    lines = []
    for number, (a, b, c) in enumerate(rng.integers(0, 63, size=(300, 3))):
        if number % 100 == 0:
            lines.append(f": {'gram' if number else ''}section{number}")
        given = [f"word{word}" for word in (a, b, c)]
        answer = f"word{rng.integers(60)}"
        if all(word in vectors for word in given) and rng.random() < 0.5:
            answer = vectors.most_similar([given[1], given[2]], [given[0]], topn=1)[0][0]
        lines.append(" ".join([*given, answer]))
    (tmp_path / "questions.txt").write_text("\n".join(lines))
    return tmp_path / "questions.txt"
