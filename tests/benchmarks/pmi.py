"""From counts to positive PMI, beside the way of hyperwords (Levy, Goldberg & Dagan 2015) with SciPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from dsgns.parameters import CountsParameters, PMIParameters
from dsgns.pmi.formulas import folded_vectors
from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, sum_rows
from dsgns.pmi.stage import weigh, write_ppmi
from dsgns.store import Output
from tests.benchmarks.contest import Contest
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk

TOKENS = 4_000_000
# hyperwords drops tokens of the text itself where we weigh the counts.
PARAMETERS = PMIParameters(subsample=0.0)


def contests(desk: Desk) -> Iterator[Contest]:
    """From memory to memory as the peer has it, and the whole stage from disk to disk."""
    number = desk.within(TOKENS)
    made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
    matrix, scale = in_memory(counts), counts.facts["scale"]
    output, marginals = (stage(desk.engine, made.workspace, counts, PARAMETERS) for stage in (write_ppmi, weigh))
    tokens, cells = made.tokens.facts["tokens"], f"{matrix.nnz / 1e6:.3g}M counts"

    def peer() -> sp.csr_matrix:
        return hyperwords_ppmi(matrix, PARAMETERS.cds)

    def before() -> None:
        output.remove("")
        marginals.remove("")

    against = "hyperwords' PMI with scipy, in memory"
    yield Contest(
        "pmi", f"{cells} to PPMI, in memory", against, tokens, lambda: kernels_ppmi(matrix, scale), peer, require_close
    )
    yield Contest(
        "pmi",
        f"{cells} to PPMI, disk to disk",
        against,
        tokens,
        lambda: write_ppmi(desk.engine, made.workspace, counts, PARAMETERS),
        peer,
        lambda ours, peer: require_close(in_memory(ours), peer),
        before,
    )


def kernels_ppmi(matrix: sp.csr_matrix, scale: int) -> sp.csr_matrix:
    """What the tasks do between reading and writing."""
    size, cells = matrix.shape[0], matrix.nnz
    rows = Rows(matrix.data, matrix.indices, matrix.indptr.astype(np.int64))
    keep, sums = np.ones(size), np.empty(size)
    sum_rows(rows, keep, sums)
    folded = Folded(*folded_vectors(sums / scale, keep, scale, PARAMETERS), log_table())
    positive = Rows(np.empty(cells, np.float32), np.empty(cells, np.int32), np.empty_like(rows.indptr))
    kept = positive_cells(rows, folded, positive)
    return sp.csr_matrix((positive.data[:kept], positive.indices[:kept], positive.indptr), matrix.shape)


def hyperwords_ppmi(matrix: sp.csr_matrix, cds: float) -> sp.csr_matrix:
    """Products with diagonal matrices, then the logarithm, then what is not positive out; float32."""
    counts = matrix.astype(np.float32)
    row = np.asarray(matrix.sum(axis=1, dtype=np.float64)).ravel()
    column = np.asarray(matrix.sum(axis=0, dtype=np.float64)).ravel() ** cds
    total = column.sum()
    reciprocals = (sp.diags((1 / np.maximum(each, 1e-9)).astype(np.float32)).tocsr() for each in (row, column))
    left, right = reciprocals
    pmi = left.dot(counts).dot(right) * np.float32(total)
    pmi.data = np.log(pmi.data)
    pmi.data[pmi.data < 0] = 0
    pmi.eliminate_zeros()
    return pmi


def require_close(ours: sp.csr_matrix | Output, peer: sp.csr_matrix) -> str:
    """The same cells up to the rounding of single precision."""
    difference = abs(ours - peer).max()
    assert difference < 1e-4, difference
    return f"{ours.nnz:,} cells, largest difference {difference:.0e}"
