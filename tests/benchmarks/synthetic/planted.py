"""Whether vectors have found what was planted."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.synthetic.language import Language


def share_of_neighbours(
    language: Language, words: list[str], vectors: np.ndarray, nearest: int = 10, most: int = 1000
) -> float:
    """How many of the nearest neighbours of a word have its theme, as a share; 1 / themes is chance.

    Parameters
    ----------
    language
        What the text was written in.
    words
        Those of the vectors, by falling frequency.
    vectors
        Shape (len(words), d), float.
    nearest
        How many neighbours, by cosine.
    most
        Of how many words: the most frequent that have a theme. Neighbours are sought among ten times as many.
    """
    rank = {word: rank for rank, word in enumerate(language.words)}
    themes = language.theme[[rank[word] for word in words]]
    with_theme = np.flatnonzero(themes >= 0)[: 10 * most]
    themes, rows = themes[with_theme], np.asarray(vectors[with_theme], np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    cosines = rows[:most] @ rows.T
    np.fill_diagonal(cosines, -np.inf)
    neighbours = np.argpartition(-cosines, nearest, axis=1)[:, :nearest]
    return float((themes[neighbours] == themes[:most, None]).mean())
