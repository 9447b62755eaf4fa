"""Which words are close: the queries that look at the whole vocabulary, under gensim's names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsgns.errors import ParameterError
from dsgns.kinds import one_of
from dsgns.vectors.batches import Best, answers, nearest
from dsgns.vectors.embedding import Embedding, Key, nonzero, to_unit
from dsgns.vectors.ranking import top_indices

Term = Key | np.ndarray
WeightedTerm = Term | tuple[Term, float]

# Keeps the quotient of 3CosMul finite (Levy & Goldberg 2014, equation 4).
COSMUL_EPSILON = 1e-6


class Neighbours(Embedding):
    """Words whose neighbours can be asked for."""

    def similarities(
        self,
        positive: WeightedTerm | Sequence[WeightedTerm] = (),
        negative: WeightedTerm | Sequence[WeightedTerm] = (),
        restrict_vocab: int | None = None,
    ) -> np.ndarray:
        """Cosines of all words with a mean of some, shape (V,) or (restrict_vocab,), float32.

        Parameters
        ----------
        positive, negative, restrict_vocab
            As in :meth:`most_similar`.
        """
        return self._cosines_with(self.query(positive, negative)[0], restrict_vocab)

    def query(
        self,
        positive: WeightedTerm | Sequence[WeightedTerm] = (),
        negative: WeightedTerm | Sequence[WeightedTerm] = (),
    ) -> tuple[np.ndarray, set[int]]:
        """What :meth:`most_similar` looks for: a mean of length 1, shape (vector_size,), and the rows it is made of.

        Raises
        ------
        MissingWordError
            If a word is not there.
        """
        terms = [*_weighted(positive, 1.0), *_weighted(negative, -1.0)]
        keys, weights = [term for term, _ in terms], [weight for _, weight in terms]
        mean = self.get_mean_vector(keys, weights, post_normalize=True, ignore_missing=False)
        return mean, {self.get_index(key) for key in keys if not isinstance(key, np.ndarray)}

    def most_similar(
        self,
        positive: WeightedTerm | Sequence[WeightedTerm] = (),
        negative: WeightedTerm | Sequence[WeightedTerm] = (),
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Words by the cosine of their vectors with a mean of others (3CosAdd).

        Parameters
        ----------
        positive, negative
            Words, vectors, or pairs of one of these and its weight. The words given are not returned.
        topn
            How many words to return; ``None`` for all of them (gensim then gives what :meth:`similarities` does).
        restrict_vocab
            Look among this many of the most frequent words only.

        Raises
        ------
        MissingWordError
            If a word is not there.

        Examples
        --------
        >>> from dsgns.vectors.words import WordVectors
        >>> vectors = WordVectors(["a", "b", "c"], np.array([[1, 0], [1, 1], [-1, 0]], np.float32))
        >>> [(word, round(cosine, 3)) for word, cosine in vectors.most_similar("a")]
        [('b', 0.707), ('c', -1.0)]
        """
        terms = [term for term, _ in (*_weighted(positive, 1.0), *_weighted(negative, -1.0))]
        return self._named(self.similarities(positive, negative, restrict_vocab), terms, topn)

    def similar_by_word(
        self, word: Key, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]:
        """The words whose vectors have the highest cosines with that of a word."""
        return self.most_similar([word], topn=topn, restrict_vocab=restrict_vocab)

    similar_by_key = similar_by_word

    def similar_by_vector(
        self, vector: np.ndarray, topn: int | None = 10, restrict_vocab: int | None = None
    ) -> list[tuple[str, float]]:
        """The words whose vectors have the highest cosines with a vector of shape (vector_size,)."""
        return self.most_similar([vector], topn=topn, restrict_vocab=restrict_vocab)

    def most_similar_batch(
        self, words: Sequence[Key], topn: int = 10, restrict_vocab: int | None = None
    ) -> list[list[tuple[str, float]]]:
        """What :meth:`most_similar` finds for each of many words, at a fraction of the time.

        Parameters
        ----------
        words
            Each is asked for by itself, and not among its own answers.
        topn, restrict_vocab
            As in :meth:`most_similar`.

        Raises
        ------
        MissingWordError
            If a word is not there.

        Examples
        --------
        >>> from dsgns.vectors.words import WordVectors
        >>> vectors = WordVectors(["a", "b", "c"], np.array([[1, 0], [1, 1], [0, 1]], np.float32))
        >>> [ranking[0][0] for ranking in vectors.most_similar_batch(["a", "c"], topn=1)]
        ['b', 'b']
        """
        rows = np.array([self.get_index(word) for word in words], np.int64)
        return self._rankings(nearest(self, rows, self._stop(restrict_vocab), topn))

    def analogies(
        self,
        questions: Sequence[tuple[Key, Key, Key]],
        topn: int = 1,
        restrict_vocab: int | None = None,
        method: str = "3CosAdd",
    ) -> list[list[tuple[str, float]]]:
        """Words that are to c as b is to a, for many questions at once.

        Parameters
        ----------
        questions
            Of three words a, b, c each, none of which is an answer.
        topn, restrict_vocab
            As in :meth:`most_similar`.
        method
            ``3CosAdd``, as ``most_similar([b, c], [a])`` does it, or ``3CosMul``, as ``most_similar_cosmul`` does.

        Raises
        ------
        MissingWordError
            If a word is not there.
        ParameterError
            If there is no such method, or a question has not three words.
        """
        one_of("method", method, ("3CosAdd", "3CosMul"))
        if strange := [question for question in questions if len(question) != 3 or isinstance(question, str)]:
            raise ParameterError(f"a question is {strange[0]!r}; it must be of three words, a, b and c.")
        rows = np.array([[self.get_index(word) for word in question] for question in questions], np.int64)
        found = answers(self, rows.reshape(-1, 3), self._stop(restrict_vocab), topn, method == "3CosMul")
        return self._rankings(found)

    def most_similar_cosmul(
        self,
        positive: Term | Sequence[Term] = (),
        negative: Term | Sequence[Term] = (),
        topn: int | None = 10,
        restrict_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Words by the product of their cosines with some over the product with others (3CosMul).

        Cosines are shifted to [0, 1] first (Levy & Goldberg 2014, "Linguistic Regularities in Sparse and
        Explicit Word Representations", equation 4).

        Parameters
        ----------
        positive, negative
            Words or vectors, which are brought to length 1. The words given are not returned.
        topn, restrict_vocab
            As in :meth:`most_similar`.

        Raises
        ------
        MissingWordError
            If a word is not there.
        ParameterError
            If no positive word is given.
        """
        attracting, repelling = _listed(positive), _listed(negative)
        if not attracting:
            raise ParameterError("3CosMul needs at least one positive word; none was given.")
        gain, cost = (
            np.prod([(1 + self._cosines_with(self._unit(term), restrict_vocab)) / 2 for term in terms], axis=0)
            for terms in (attracting, repelling)
        )
        return self._named(gain / (cost + np.float32(COSMUL_EPSILON)), attracting + repelling, topn)

    def distances(self, word_or_vector: Term, other_words: Sequence[Key] = ()) -> np.ndarray:
        """1 minus the cosine with each of ``other_words``, or with all words, shape (n,), float32."""
        unit = self._unit(word_or_vector)
        if not other_words:
            return 1 - self._cosines_with(unit, None)
        others = [self.get_index(word) for word in other_words]
        return 1 - (self.rows(others) @ unit) / nonzero(self.norms[others])

    def closer_than(self, key1: Key, key2: Key) -> list[str]:
        """The words whose cosine with ``key1`` is higher than that of ``key2``."""
        cosines = self._cosines_with(self.get_vector(key1, norm=True), None)
        closer = np.flatnonzero(cosines > cosines[self.get_index(key2)])
        return [self.index_to_key[index] for index in closer if index != self.get_index(key1)]

    def rank(self, key1: Key, key2: Key) -> int:
        """The place of ``key2`` among the neighbours of ``key1``; the closest has 1."""
        return len(self.closer_than(key1, key2)) + 1

    def _unit(self, term: Term) -> np.ndarray:
        return to_unit(term) if isinstance(term, np.ndarray) else self.get_vector(term, norm=True)

    def _cosines_with(self, unit: np.ndarray, restrict_vocab: int | None) -> np.ndarray:
        stop = self._stop(restrict_vocab)
        return self.products(unit, stop) / nonzero(self.norms[:stop])

    def _stop(self, restrict_vocab: int | None) -> int:
        return min(restrict_vocab or len(self), len(self))

    def _rankings(self, found: Best) -> list[list[tuple[str, float]]]:
        names, pairs = self.index_to_key, zip(*(part.tolist() for part in found), strict=True)
        return [[(names[row], score) for row, score in zip(*pair, strict=True) if row >= 0] for pair in pairs]

    def _named(self, scores: np.ndarray, terms: Sequence[Term], topn: int | None) -> list[tuple[str, float]]:
        given = {self.get_index(term) for term in terms if not isinstance(term, np.ndarray)}
        count = len(scores) if topn is None else topn
        best = top_indices(scores, count, {index for index in given if index < len(scores)})
        return [(self.index_to_key[index], float(scores[index])) for index in best]


def _listed(terms: Term | Sequence[Term]) -> list[Term]:
    """A list, also of a single word or vector."""
    if isinstance(terms, str | int | np.integer) or (isinstance(terms, np.ndarray) and terms.ndim == 1):
        return [terms]
    return list(terms)


def _weighted(terms: WeightedTerm | Sequence[WeightedTerm], weight: float) -> list[tuple[Term, float]]:
    """Each term with its own weight, or with ``weight``."""
    return [term if isinstance(term, tuple) else (term, weight) for term in _listed(terms)]  # type: ignore[arg-type]
