"""Kernels over words written one after the other: what to sort them by, and writing them in another order."""

from __future__ import annotations

import numpy as np

from dsgns.compile import kernel


@kernel
def prefixes(text: np.ndarray, starts: np.ndarray, ends: np.ndarray, keys: np.ndarray) -> None:
    """The first bytes of each word as integers that sort as the bytes do.

    Parameters
    ----------
    text
        uint8.
    starts, ends
        int64, shape (words,): where each word is in ``text``.
    keys
        uint64, shape (words,), overwritten: eight bytes, filled up with NULs.
    """
    for word in range(starts.size):
        bits = np.uint64(0)
        for at in range(starts[word], starts[word] + 8):
            bits = (bits << np.uint64(8)) | np.uint64(text[at] if at < ends[word] else 0)
        keys[word] = bits


@kernel
def gather_words(
    text: np.ndarray, starts: np.ndarray, ends: np.ndarray, order: np.ndarray, out: np.ndarray, offsets: np.ndarray
) -> None:
    """Write words one after the other in another order.

    Parameters
    ----------
    text, starts, ends
        As for :func:`prefixes`.
    order
        int64: which words to write.
    out
        uint8, overwritten: their bytes.
    offsets
        int64, shape (order.size + 1,), overwritten: where each begins in ``out``, and the end.
    """
    at = 0
    for place in range(order.size):
        word = order[place]
        length = ends[word] - starts[word]
        offsets[place] = at
        out[at : at + length] = text[starts[word] : ends[word]]
        at += length
    offsets[order.size] = at
