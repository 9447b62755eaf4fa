"""Which product the kernels are built on.

Vector tiles, unless the environment variable ``DSGNS_TILES`` is ``plain``: the same product as plain loops,
for a host whose compiler chokes on the vectors, and to check one against the other.
"""

from __future__ import annotations

import os

from dsgns.svd.kernels.lanes import CONVERTS_HALVES, LANES, WIDEST_TILE

PLAIN = os.environ.get("DSGNS_TILES", "vector") == "plain"
"""Whether the plain loops were asked for. Kernels built on them are not kept on disk, where the two look alike."""

if PLAIN:
    from dsgns.svd.kernels.plain_tiles import row_product
else:
    from dsgns.svd.kernels.vector_tiles import row_product

if PLAIN or not CONVERTS_HALVES:
    from dsgns.svd.kernels.plain_tiles import halve
else:
    from dsgns.svd.kernels.vector_tiles import halve

__all__ = ["LANES", "PLAIN", "WIDEST_TILE", "halve", "row_product"]
