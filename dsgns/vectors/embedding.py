"""Words with vectors of some kind: what one asks of a word, a pair or a group of words."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from dsgns.errors import ParameterError
from dsgns.vectors.lexicon import Lexicon

Key = str | int
CosineBlocks = Callable[[int, int], np.ndarray]


class Embedding(Lexicon, ABC):
    """What follows from rows, lengths and inner products, however a subclass keeps its vectors.

    Nothing here assumes that all vectors fit in memory.
    """

    vector_size: int

    @property
    @abstractmethod
    def norms(self) -> np.ndarray:
        """Euclidean lengths of all vectors, shape (V,), float32."""

    @abstractmethod
    def rows(self, indices: Sequence[int] | np.ndarray) -> np.ndarray:
        """A copy of some vectors as a dense array, shape (n, vector_size), float32."""

    @abstractmethod
    def products(self, vector: np.ndarray, stop: int) -> np.ndarray:
        """Inner products of a vector, shape (vector_size,), with rows 0 to ``stop``, shape (stop,), float32."""

    @abstractmethod
    def cosines(self, indices: np.ndarray) -> CosineBlocks:
        """Cosines of some rows with all rows, a block at a time.

        Parameters
        ----------
        indices : shape (n,), integers
            The rows; callers keep n to some thousands.

        Returns
        -------
        callable
            From ``start, stop`` to the cosines with these rows, shape (n, stop - start), float32.
        """

    @abstractmethod
    def pair_cosines(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """Cosines of row ``left[i]`` with row ``right[i]``, shape (n,), float32."""

    def get_vector(self, key: Key, norm: bool = False) -> np.ndarray:
        """A copy of a word's vector, shape (vector_size,), float32; brought to length 1 with ``norm``.

        Raises
        ------
        MissingWordError
            If the word is not there.
        """
        index = self.get_index(key)
        vector = self.rows([index])[0]
        return vector / nonzero(self.norms[index]) if norm else vector

    def __getitem__(self, keys: Key | Iterable[Key]) -> np.ndarray:
        """The vector of one word, shape (vector_size,), or of several, shape (n, vector_size)."""
        if isinstance(keys, str | int | np.integer):
            return self.get_vector(keys)
        return self.rows([self.get_index(key) for key in keys])

    def get_mean_vector(
        self,
        keys: Sequence[Key | np.ndarray],
        weights: Sequence[float] | np.ndarray | None = None,
        pre_normalize: bool = True,
        post_normalize: bool = False,
        ignore_missing: bool = True,
    ) -> np.ndarray:
        """The weighted mean of some vectors, shape (vector_size,), float32.

        Parameters
        ----------
        keys
            Words, row numbers, or vectors, which are taken as they are.
        weights : shape (n,)
            One for each key, 1 unless given; they are divided by the sum of their absolute values.
        pre_normalize, post_normalize
            Bring the words' vectors, or the mean, to length 1.
        ignore_missing
            Pass over words that are not there.

        Raises
        ------
        ParameterError
            If there are no keys, or not as many weights as keys.
        MissingWordError
            If a word is not there and ``ignore_missing`` is false.
        """
        if len(keys) == 0:
            raise ParameterError("the mean of no words was asked for; give at least one word.")
        factors = np.ones(len(keys)) if weights is None else np.asarray(weights, dtype=np.float64)
        if len(factors) != len(keys):
            raise ParameterError(f"{len(factors)} weights are given for {len(keys)} words; give one for each.")
        total, total_weight = np.zeros(self.vector_size, np.float32), 0.0
        for key, weight in zip(keys, factors, strict=True):
            if not isinstance(key, np.ndarray) and ignore_missing and key not in self:
                continue
            total += np.float32(weight) * (key if isinstance(key, np.ndarray) else self.get_vector(key, pre_normalize))
            total_weight += abs(float(weight))
        mean = total / nonzero(np.float32(total_weight))
        return to_unit(mean) if post_normalize else mean

    def similarity(self, w1: Key, w2: Key) -> float:
        """The cosine of two words' vectors.

        Raises
        ------
        MissingWordError
            If one of them is not there.
        """
        return float(self.pair_cosines(np.array([self.get_index(w1)]), np.array([self.get_index(w2)]))[0])

    def distance(self, w1: Key, w2: Key) -> float:
        """1 minus the cosine of two words' vectors."""
        return 1 - self.similarity(w1, w2)

    def n_similarity(self, ws1: Sequence[Key], ws2: Sequence[Key]) -> float:
        """The cosine of the mean vectors of two groups of words.

        Raises
        ------
        MissingWordError
            If a word is not there (gensim passes over it).
        """
        first, second = (
            self.get_mean_vector(words, pre_normalize=False, post_normalize=True, ignore_missing=False)
            for words in (ws1, ws2)
        )
        return float(first @ second)

    def most_similar_to_given(self, key1: Key, keys_list: Sequence[Key]) -> Key:
        """The one of ``keys_list`` whose vector has the highest cosine with that of ``key1``."""
        others = np.array([self.get_index(key) for key in keys_list])
        return keys_list[int(np.argmax(self.pair_cosines(np.full(len(others), self.get_index(key1)), others)))]

    def rank_by_centrality(self, words: Sequence[Key], use_norm: bool = True) -> list[tuple[float, Key]]:
        """Some words with the cosine to their common mean, the most central first.

        Parameters
        ----------
        words
            At least one.
        use_norm
            Bring each vector to length 1 first.

        Raises
        ------
        MissingWordError
            If a word is not there (gensim passes over it).
        """
        mean = self.get_mean_vector(words, pre_normalize=use_norm, post_normalize=True, ignore_missing=False)
        central = [float(self.get_vector(word, norm=use_norm) @ mean) for word in words]
        return sorted(zip(central, words, strict=True), key=lambda item: item[0], reverse=True)

    def doesnt_match(self, words: Sequence[Key]) -> Key:
        """The word that is furthest from the mean of all the words given."""
        return self.rank_by_centrality(words)[-1][1]


def nonzero(lengths: np.ndarray | np.float32) -> np.ndarray:
    """Lengths to divide by: 1 in place of 0, so that a zero vector has cosine 0 with all others."""
    return np.where(lengths == 0, np.float32(1), lengths)


def to_unit(vector: np.ndarray) -> np.ndarray:
    """A vector of shape (d,) brought to length 1, float32; zeros stay."""
    return np.asarray(vector / nonzero(np.float32(np.linalg.norm(vector))), dtype=np.float32)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Vectors brought to length 1 in float64, shape (n, d), rounded to float32; zeros stay."""
    exact = rows.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return (exact * (1.0 / np.where(lengths == 0, 1.0, lengths))).astype(np.float32)
