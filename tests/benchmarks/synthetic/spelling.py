"""Made-up words: short ones for what is frequent, no two alike."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.synthetic.kernels import CELL

_LETTERS = (np.frombuffer(b"tnshrdlcmfpgbvkzjwxq", np.uint8), np.frombuffer(b"eaoiu", np.uint8))
_SHORTEST, _LONGEST = 2, CELL - 2
# Length grows with the logarithm of the rank, as in English: 2 or 3 letters for the first words, 8 for the 50,000th.
_FIRST, _GROWTH, _SPREAD = 1.7, 0.57, 3.0
_GOLDEN = 0.6180339887498949


def spell(size: int) -> np.ndarray:
    """The cells of words by rank, uint8, shape (size, CELL); consonants and vowels take turns.

    Examples
    --------
    >>> [bytes(cell[: cell[-1] - 1]).decode() for cell in spell(5)]
    ['te', 'ni', 'sa', 'tete', 'tet']
    """
    lengths = word_lengths(size)
    cells = np.full((size, CELL), ord(" "), np.uint8)
    cells[:, -1] = lengths + 1
    for length in np.unique(lengths):
        ranks = np.flatnonzero(lengths == length)
        cells[ranks, :length] = _nth_words(np.arange(ranks.size), int(length))
    return cells


def word_lengths(size: int) -> np.ndarray:
    """The length of each word, int64; of no length more words than there are."""
    ranks = np.arange(size)
    jitter = ((ranks * _GOLDEN) % 1 - 0.5) * _SPREAD
    wanted = np.rint(_FIRST + _GROWTH * np.log1p(ranks) + jitter).astype(np.int64)
    lengths = np.clip(wanted, _SHORTEST, _LONGEST)
    for length in range(_SHORTEST, _LONGEST):
        lengths[np.flatnonzero(lengths == length)[_words_of(length) :]] += 1
    return lengths


def _nth_words(numbers: np.ndarray, length: int) -> np.ndarray:
    """The words of one length with these numbers, uint8, shape (n, length)."""
    # A step that shares no factor with their count visits every word once, and no two neighbours look alike.
    count = _words_of(length)
    step = int(count * _GOLDEN) | 1
    while np.gcd(step, count) != 1:
        step += 2
    numbers = numbers * step % count
    words = np.empty((numbers.size, length), np.uint8)
    for place in range(length):
        alphabet = _LETTERS[place % 2]
        numbers, letter = np.divmod(numbers, alphabet.size)
        words[:, place] = alphabet[letter]
    return words


def _words_of(length: int) -> int:
    """How many words there are of a length, or as many of them as 64 bits can step through."""
    return min(len(_LETTERS[0]) ** ((length + 1) // 2) * len(_LETTERS[1]) ** (length // 2), 10**9)
