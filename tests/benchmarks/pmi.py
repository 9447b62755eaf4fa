"""From counts to positive PMI, beside the way of hyperwords (Levy, Goldberg & Dagan 2015) with SciPy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import scipy.sparse as sp

from dsgns.parameters import CountsParameters, PMIParameters
from dsgns.pmi.formulas import folded_vectors
from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, sum_rows
from dsgns.pmi.stage import weigh, write_ppmi
from dsgns.store import Output, Workspace
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.counts import in_memory
from tests.benchmarks.desk import Desk, one_worker
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
# hyperwords drops tokens of the text itself where we weigh the counts.
PARAMETERS = PMIParameters(subsample=0.0)


def contests(desk: Desk) -> Iterator[Contest]:
    """What the tasks do between reading and writing, in memory as the peer has it; and the whole stage."""
    number = desk.tokens(TOKENS)
    made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
    cells = counts.facts["nonzeros"]
    what, name = f"{cells / 1e6:.3g}M counts to PPMI", "hyperwords' PMI with scipy"
    ways = {
        "in memory": (Way("dsgns", "dsgns", kernels_trial, (counts,)), Way("scipy", name, hyperwords_trial, (counts,))),
        "disk to disk": (
            Way("dsgns", "dsgns", stage, (made.workspace, counts)),
            Way("scipy", f"{name}, load_npz and save_npz", hyperwords_files, (counts, desk.folder)),
        ),
    }
    for where, (ours, theirs) in ways.items():
        yield Contest("pmi", f"{what}, {where}", cells, ours, [Rival(theirs, require_close)], unit="counts")


def stage(workspace: Workspace, counts: Output) -> Trial:
    """Our stage."""
    engine = one_worker()

    def run() -> Output:
        return write_ppmi(engine, workspace, counts, PARAMETERS)

    output, marginals = run(), weigh(engine, workspace, counts, PARAMETERS)

    def before() -> None:
        output.remove("")
        marginals.remove("")

    return Trial(run, before, in_memory)


def kernels_trial(counts: Output) -> Trial:
    """Our kernels on counts in memory."""
    matrix, scale = in_memory(counts), counts.facts["scale"]
    return Trial(lambda: kernels_ppmi(matrix, scale))


def kernels_ppmi(matrix: sp.csr_matrix, scale: int) -> sp.csr_matrix:
    """Row sums, then the cells that are positive."""
    size, cells = matrix.shape[0], matrix.nnz
    rows = Rows(matrix.data, matrix.indices, matrix.indptr.astype(np.int64))
    keep, sums = np.ones(size), np.empty(size)
    sum_rows(rows, keep, sums)
    folded = Folded(*folded_vectors(sums / scale, keep, scale, PARAMETERS), log_table())
    positive = Rows(np.empty(cells, np.float32), np.empty(cells, np.int32), np.empty_like(rows.indptr))
    kept = positive_cells(rows, folded, positive)
    return sp.csr_matrix((positive.data[:kept], positive.indices[:kept], positive.indptr), matrix.shape)


def hyperwords_trial(counts: Output) -> Trial:
    """The peer on counts in memory."""
    matrix = in_memory(counts).astype(np.float32)
    return Trial(lambda: hyperwords_ppmi(matrix, PARAMETERS.cds))


def hyperwords_files(counts: Output, folder: Path) -> Trial:
    """The peer on counts in a file, which is not compressed."""
    before, after = folder / "counts.npz", folder / "ppmi.npz"
    sp.save_npz(before, in_memory(counts).astype(np.float32), compressed=False)

    def run() -> None:
        sp.save_npz(after, hyperwords_ppmi(sp.load_npz(before), PARAMETERS.cds), compressed=False)

    return Trial(run, found=lambda _: sp.load_npz(after))


def hyperwords_ppmi(counts: sp.csr_matrix, cds: float) -> sp.csr_matrix:
    """Products with diagonal matrices, then the logarithm, then what is not positive out; float32."""
    row = np.asarray(counts.sum(axis=1, dtype=np.float64)).ravel()
    column = np.asarray(counts.sum(axis=0, dtype=np.float64)).ravel() ** cds
    total = column.sum()
    reciprocals = (sp.diags((1 / np.maximum(each, 1e-9)).astype(np.float32)).tocsr() for each in (row, column))
    left, right = reciprocals
    pmi = left.dot(counts).dot(right) * np.float32(total)
    pmi.data = np.log(pmi.data)
    pmi.data[pmi.data < 0] = 0
    pmi.eliminate_zeros()
    return pmi


def require_close(ours: sp.csr_matrix, theirs: sp.csr_matrix) -> str:
    """The same cells up to the rounding of single precision."""
    difference = abs(ours - theirs).max()
    assert difference < 1e-3, difference
    return f"{ours.nnz:,} cells, largest difference {difference:.0e}"
