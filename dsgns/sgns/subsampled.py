"""What subsampling left out of each file, as a completed training tells it."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output

SUBSAMPLED = "subsampled"
"""Blocks that tell it lie below this."""


def subsampled_by_file(trained: Output, files: int) -> np.ndarray | None:
    """Tokens that all epochs left out of each file of the corpus, int64, shape (files,); None if that is not told."""
    blocks = trained.manifests(SUBSAMPLED)
    if not blocks:
        return None
    left_out = np.zeros(files, np.int64)
    for name, block in blocks.items():
        tokens = trained.read(name)["tokens"]
        left_out[block.facts["first"] :][: tokens.size] += tokens
    return left_out
