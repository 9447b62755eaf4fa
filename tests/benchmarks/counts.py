"""From ids to co-occurrence counts on disk."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.parameters import CountsParameters
from dsgns.store import Output
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk, Encoded, one_worker
from tests.benchmarks.glove import COOCCUR, as_records, require_equal_records
from tests.benchmarks.way import Trial, Way

TOKENS = 20_000_000
SCIPY_TOKENS = 2_000_000
WINDOWS = (5, 10)


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage: GloVe on all of the text and on a large vocabulary, SciPy on what it has memory for."""
    for window in WINDOWS:
        parameters = CountsParameters(window=window)
        yield beside_scipy(desk, desk.tokens(SCIPY_TOKENS), parameters)
        for each in (desk, desk.wide(TOKENS)):
            yield beside_glove(each, each.tokens(TOKENS), parameters)


def beside_scipy(desk: Desk, number: int, parameters: CountsParameters) -> Contest:
    """Counting the first so many tokens, against sums of coordinates in memory."""
    made = desk.encoded(number)
    ways = {"scipy coo -> csr": scipy_at_once, "scipy coo -> csr, distance by distance": scipy_by_distance}
    rivals = [Way("scipy", name, scipy_trial, (made, parameters, way)) for name, way in ways.items()]
    return contest(made, parameters, [Rival(rival, require_equal) for rival in rivals])


def beside_glove(desk: Desk, number: int, parameters: CountsParameters) -> Contest:
    """Counting the first so many tokens, against GloVe's reading the same words as text."""
    made = desk.encoded(number)
    text, words = desk.known(number)
    line = COOCCUR.format(words=words, window=parameters.window, text=text)
    rival = desk.peers.command("glove", "GloVe cooccur", line, desk.folder / "glove-counts", found=as_records)
    return contest(made, parameters, [Rival(rival, require_equal_records)])


def contest(made: Encoded, parameters: CountsParameters, rivals: list[Rival]) -> Contest:
    """Counting all of a text that was encoded."""
    ours = Way("dsgns", "dsgns", stage, (made, parameters))
    what = f"ids to CSR on disk, {made.size}, window {parameters.window}"
    return Contest("counts", what, made.tokens.facts["tokens"], ours, rivals)


def stage(made: Encoded, parameters: CountsParameters) -> Trial:
    """Our stage."""
    engine = one_worker()

    def run() -> Output:
        return count_cooccurrences(engine, made.workspace, made.tokens, parameters)

    output = run()
    return Trial(run, lambda: output.remove(""))


def scipy_trial(made: Encoded, parameters: CountsParameters, way: object) -> Trial:
    """One of the two ways below."""
    ids, size, weights = made.ids, made.counts.size, window_weights(parameters)
    return Trial(lambda: way(ids, weights, size))


def scipy_at_once(ids: np.ndarray, weights: WindowWeights, size: int) -> sp.csr_matrix:
    """All pairs, both ways round, as coordinates that become one matrix."""
    pairs = list(pairs_by_distance(ids, weights))
    rows, columns = (np.concatenate([pair[side] for side in sides for pair in pairs]) for sides in ((0, 1), (1, 0)))
    values = np.concatenate([np.full(left.size, weight, np.int64) for left, _, weight in pairs])
    return sp.coo_matrix((np.tile(values, 2), (rows, columns)), (size, size)).tocsr()


def scipy_by_distance(ids: np.ndarray, weights: WindowWeights, size: int) -> sp.csr_matrix:
    """A matrix for each distance, added up; then its transpose added."""
    right = sp.csr_matrix((size, size), dtype=np.int64)
    for rows, columns, weight in pairs_by_distance(ids, weights):
        right += sp.coo_matrix((np.full(rows.size, weight, np.int64), (rows, columns)), (size, size)).tocsr()
    return (right + right.T).tocsr()


def pairs_by_distance(ids: np.ndarray, weights: WindowWeights) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """For each distance the words of every pair of one line, left and right, and what the pair counts for."""
    words, lines = ids[ids >= 0], np.cumsum(ids < 0)[ids >= 0]
    for distance, weight in enumerate(weights.values, start=1):
        together = lines[:-distance] == lines[distance:]
        yield words[:-distance][together], words[distance:][together], weight


def in_memory(output: Output) -> sp.csr_matrix:
    """All row blocks of an output as one matrix."""
    blocks = (output.read(name) for name in output.manifests("rows"))
    size = output.facts["vocabulary_size"]
    parts = [(block["data"], block["indices"], block["indptr"]) for block in blocks]
    return sp.vstack([sp.csr_matrix(part, (len(part[2]) - 1, size)) for part in parts], format="csr")


def require_equal(ours: Output, theirs: sp.csr_matrix) -> str:
    """Every count, to the integer."""
    matrix = in_memory(ours)
    theirs.sort_indices()
    for array in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(matrix, array), getattr(theirs, array))
    return f"{matrix.nnz:,} counts equal"
