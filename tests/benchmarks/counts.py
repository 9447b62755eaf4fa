"""From ids to co-occurrence counts on disk, beside SciPy's sums of coordinates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from unittest.mock import patch

import numpy as np
import scipy.sparse as sp

from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.parameters import CountsParameters
from dsgns.store import Output
from tests.benchmarks.contest import Contest
from tests.benchmarks.desk import Desk

CASES = ((1_000_000, 5), (4_000_000, 5), (4_000_000, 10))


def contests(desk: Desk) -> Iterator[Contest]:
    """The whole stage, and all of it but the compressing and writing of rows, which the peers do not do."""
    for most, window in CASES:
        yield from window_contests(desk, desk.within(most), CountsParameters(window=window))


def window_contests(desk: Desk, number: int, parameters: CountsParameters) -> Iterator[Contest]:
    """Counting the first so many tokens."""
    made, output = desk.encoded(number), desk.counted(number, parameters)
    ids, size, weights = made.ids, made.counts.size, window_weights(parameters)
    tokens = made.tokens.facts["tokens"]

    def ours() -> Output:
        return count_cooccurrences(desk.engine, made.workspace, made.tokens, parameters)

    ways = {
        "on disk": (ours, lambda found, peer: require_equal(in_memory(found), peer)),
        "in memory": (lambda: unwritten(ours, output), lambda found, peer: require_equal(stacked(found, size), peer)),
    }
    peers = {"scipy coo -> csr": scipy_at_once, "scipy coo -> csr, distance by distance": scipy_by_distance}
    for where, (way, check) in ways.items():
        what = f"ids to CSR {where}, {tokens / 1e6:.3g}M tokens, window {parameters.window}"
        for against, peer in peers.items():
            run = partial(peer, ids, weights, size)
            yield Contest("counts", what, against, tokens, way, run, check, lambda: output.remove(""))


def unwritten(count: Callable[[], Output], output: Output) -> list[Mapping[str, np.ndarray]]:
    """The arrays of all row blocks, kept where the stage would compress and write them."""
    blocks: list[Mapping[str, np.ndarray]] = []

    def keep(url: str, name: str, arrays: Mapping[str, np.ndarray], *_: object, **__: object) -> None:
        blocks.append(arrays)

    with patch("dsgns.store.arrays.write_group", keep):
        count()
    output.remove("")  # nobody may take it for complete
    return blocks


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
    names = output.manifests("rows")
    return stacked([output.read(name) for name in names], output.facts["vocabulary_size"])


def stacked(blocks: Sequence[Mapping[str, np.ndarray]], size: int) -> sp.csr_matrix:
    """Row blocks, in order, as one matrix."""
    parts = [(block["data"], block["indices"], block["indptr"]) for block in blocks]
    return sp.vstack([sp.csr_matrix(part, (len(part[2]) - 1, size)) for part in parts], format="csr")


def require_equal(ours: sp.csr_matrix, peer: sp.csr_matrix) -> str:
    """Every count, to the integer."""
    peer.sort_indices()
    for array in ("indptr", "indices", "data"):
        np.testing.assert_array_equal(getattr(ours, array), getattr(peer, array))
    return f"{ours.nnz:,} counts equal"
