"""From counts to positive PMI, beside the way of hyperwords (Levy, Goldberg & Dagan 2015) with SciPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from dsgns.parameters import CountsParameters, PMIParameters
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
    """The whole stage, from disk to disk, against a peer that only works in memory."""
    number = desk.tokens(TOKENS)
    made, counts = desk.encoded(number), desk.counted(number, CountsParameters())
    cells = counts.facts["nonzeros"]
    yield Contest(
        "pmi",
        f"{cells / 1e6:.3g}M counts to PPMI",
        cells,
        Way("dsgns", "dsgns, disk to disk", stage, (made.workspace, counts)),
        [Rival(Way("scipy", "hyperwords' PMI with scipy, in memory", hyperwords_trial, (counts,)), require_close)],
        unit="counts",
    )


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


def hyperwords_trial(counts: Output) -> Trial:
    """The peer, the counts being in memory."""
    matrix = in_memory(counts).astype(np.float32)
    return Trial(lambda: hyperwords_ppmi(matrix, PARAMETERS.cds))


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
    assert difference < 1e-4, difference
    return f"{ours.nnz:,} cells, largest difference {difference:.0e}"
