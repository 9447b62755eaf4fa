"""Which lane operations the kernels are built on: vector instructions, or loops where plain ones were asked for."""

from __future__ import annotations

from dsgns.cooccurrence import vector_lanes
from dsgns.intrinsics import PLAIN

if PLAIN:
    from dsgns.cooccurrence.plain_lanes import count_bits, load_word, nonzero16, nonzero64, store_word
else:
    from dsgns.cooccurrence.vector_lanes import count_bits, load_word, nonzero16, nonzero64, store_word

COMPRESSES = vector_lanes.COMPRESSES and not PLAIN
"""Whether :func:`~dsgns.cooccurrence.vector_lanes.drain16` pays."""

__all__ = ["COMPRESSES", "count_bits", "load_word", "nonzero16", "nonzero64", "store_word"]
