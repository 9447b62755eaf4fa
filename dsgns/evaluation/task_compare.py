"""Tasks of the comparison: sums over the observed pairs of a block of counts, and noise terms of some rows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from dsgns.evaluation.factors import Factors
from dsgns.evaluation.kernels_objective import SUMS, Rows, Weights, add_explicit, add_factored
from dsgns.evaluation.objective import TILE, RowSample, expected_noise
from dsgns.progress import advance
from dsgns.sgns.noise import keep_probabilities, noise_distribution
from dsgns.store import CSRBlock, Manifest, Output, read_csr
from dsgns.svd.blas import single_thread

# Rows of counts whose word vectors are held at a time.
ROWS = 4096


@dataclass(frozen=True)
class Question:
    """What is compared, and under whose objective; small enough to go with every task.

    Parameters
    ----------
    counts, marginals, vocabulary
        The pair counts, how they are weighed for the SPPMI that is factorised, and the words' own counts.
    roads
        The factorised matrices by name.
    negative, ns_exponent, sample
        SGNS's parameters.
    """

    counts: Output
    marginals: Output
    vocabulary: Output
    roads: dict[str, Output]
    negative: int
    ns_exponent: float
    sample: float

    def word_counts(self) -> np.ndarray:
        """How often each word occurs, shape (V,), int64."""
        return self.vocabulary.read("words", "counts")["counts"]


def sum_pairs(question: Question, output: Output, name: str, source: str) -> Manifest:
    """Write the sums over the observed pairs of one block of counts.

    Returns
    -------
    Manifest
        Of a block with ``explicit``, shape (3, SUMS), and one array of shape (SUMS,) for each road, float64.
    """
    block = read_csr(question.counts, source)
    marginals = question.marginals.read("vectors", "sums", "row", "column")
    roads = {road: Factors(factored) for road, factored in question.roads.items()}
    explicit, sums = np.zeros((3, SUMS)), {road: np.zeros(SUMS) for road in roads}
    for start, rows in _row_chunks(block):
        numbers = np.arange(start, start + len(rows.indptr) - 1)
        weights = _weights(question, numbers, marginals["sums"])
        add_explicit(rows, weights, marginals["row"][numbers], marginals["column"], explicit)
        for road, factors in roads.items():
            cursor, first = rows.indptr[:-1].copy(), 0
            words = factors.words(numbers)
            for contexts in factors.contexts(TILE):
                add_factored(rows, weights, words, contexts, first, cursor, sums[road])
                first += len(contexts)
        advance(int(rows.indptr[-1]))
    return output.write(name, {"explicit": explicit, **sums})


def _row_chunks(block: CSRBlock) -> Iterator[tuple[int, Rows]]:
    """First row and rows of parts of a block."""
    for start in range(0, max(block.rows, 1), ROWS):
        indptr = block.indptr[start : start + ROWS + 1]
        part = slice(indptr[0], indptr[-1])
        yield block.row_offset + start, Rows(block.data[part], block.indices[part], indptr - indptr[0])


def _weights(question: Question, numbers: np.ndarray, row_sums: np.ndarray) -> Weights:
    """How the pairs of some rows weigh."""
    words = question.word_counts()
    keep, noise = keep_probabilities(words, question.sample), noise_distribution(words, question.ns_exponent)
    row_factor, totals = keep[numbers] / question.counts.facts["scale"], row_sums[numbers]
    # Of an empty row no pair asks for the offset.
    row_offset = np.log(row_factor) - np.log(np.where(totals > 0, totals, 1.0)) - math.log(question.negative)
    return Weights(row_factor, row_offset, keep, question.negative * totals, np.log(keep) - np.log(noise), noise)


def sample_rows(question: Question, output: Output, name: str, cells: int, seed: int) -> Manifest:
    """Write which rows the noise terms are computed for: as many as ``cells`` scores allow, or all.

    Returns
    -------
    Manifest
        Of a block with the arrays of a :class:`RowSample`.
    """
    row_sums = question.marginals.read("vectors", "sums")["sums"]
    sample = RowSample.of(row_sums, max(cells // len(row_sums), 2), seed)
    return output.write(name, asdict(sample))


def read_sample(output: Output, name: str) -> RowSample:
    """The rows that :func:`sample_rows` chose."""
    return RowSample(**output.read(name, "rows", "coefficients", "draws"))


def sum_noise(question: Question, output: Output, name: str, road: str, sample_name: str, start: int) -> Manifest:
    """Write the mean of log s(-w . c) over noise, for sampled rows ``start`` to ``start + ROWS``.

    Returns
    -------
    Manifest
        Of a block with ``means``, shape (n,), float64.
    """
    factors = Factors(question.roads[road])
    rows = read_sample(output, sample_name).rows[start : start + ROWS]
    noise = noise_distribution(question.word_counts(), question.ns_exponent)
    with single_thread():
        means = expected_noise(factors.words(rows), factors.contexts(TILE), noise)
    return output.write(name, {"means": means}, facts={"rows": len(rows)})
