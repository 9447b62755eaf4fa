"""Which tiles the kernels are built on.

Vector tiles, unless the environment variable ``DSGNS_TILES`` is ``plain``: the same steps as plain loops,
for a host whose compiler chokes on the vectors, and to check one against the other.
"""

from __future__ import annotations

import os

PLAIN = os.environ.get("DSGNS_TILES", "vector") == "plain"
"""Whether the plain loops were asked for. Kernels built on them are not kept on disk, where the two look alike."""

if PLAIN:
    from dsgns.sgns.kernels.plain_tiles import score_block, update_block
else:
    from dsgns.sgns.kernels.vector_tiles import score_block, update_block

__all__ = ["PLAIN", "score_block", "update_block"]
