"""sha256 of what an output says, whatever blocks it happens to lie in.

Runs with other workers, shard sizes or memory limits cut the same matrices into other blocks; these digests
are over the arrays that the blocks make up together, so that two runs can be compared by one line each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from dsgns.store.output import Output

# Elements read at a time: a chunk of the largest arrays.
_STEP = 1 << 20

# For each stage its logical arrays: name, the blocks that hold it (a prefix), the array in each block.
_PARTS = {
    "vocabulary": [("words", "words", "bytes"), ("offsets", "words", "offsets"), ("counts", "words", "counts")],
    "tokens": [("ids", "ids", "ids"), ("held_out", "ids", "held_out")],
    "svd": [
        ("U", "left", "rows"),
        ("S", "spectrum", "singular_values"),
        ("V", "right", "rows"),
    ],
    "sgns": [("input", "input", "rows"), ("output", "output", "rows")],
}
_MATRICES = ("counts", "ppmi")


def digests(output: Output) -> dict[str, str]:
    """The sha256 of each logical array of a completed output, in hexadecimal digits.

    Vocabulary: words, offsets, counts. Tokens: ids, held_out. Counts and PPMI: data (integers as uint64),
    indices, indptr (over all rows). SVD: U, S, V. SGNS: input, output. Other stages: nothing.
    """
    if output.stage in _MATRICES:
        return {
            "data": _sha256(map(_widened, _pieces(output, "rows", "data"))),
            "indices": _sha256(_pieces(output, "rows", "indices")),
            "indptr": _sha256(_row_ends(output)),
        }
    return {name: _sha256(_pieces(output, prefix, array)) for name, prefix, array in _PARTS.get(output.stage, [])}


def _pieces(output: Output, prefix: str, array: str) -> Iterator[np.ndarray]:
    """An array's elements in order, some at a time, through all blocks below a prefix."""
    whole = output.manifest(prefix)
    blocks = {prefix: whole} if whole is not None else output.manifests(prefix)
    for name, manifest in blocks.items():
        shape = manifest.arrays[array]["shape"]
        step = max(1, _STEP // max(1, int(np.prod(shape[1:]))))
        for start in range(0, shape[0], step):
            yield output.read_slice(name, array, start, min(start + step, shape[0]))


def _widened(values: np.ndarray) -> np.ndarray:
    """Integers as uint64: how wide a block keeps its counts depends on the block."""
    return values.astype(np.uint64) if np.issubdtype(values.dtype, np.integer) else values


def _row_ends(output: Output) -> Iterator[np.ndarray]:
    """The row pointers of the whole matrix, shape (rows + 1,) over all pieces, int64."""
    yield np.zeros(1, np.int64)
    before = 0
    for name, manifest in output.manifests("rows").items():
        pointers = output.read_slice(name, "indptr", 1, manifest.arrays["indptr"]["shape"][0])
        yield pointers.astype(np.int64) + before
        before += int(pointers[-1]) if len(pointers) else 0


def _sha256(pieces: Iterator[np.ndarray]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(np.ascontiguousarray(piece).view(np.uint8).reshape(-1).data)
    return digest.hexdigest()
