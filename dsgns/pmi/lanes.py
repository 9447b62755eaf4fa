"""Which steps of eight cells the kernels are built on: vector instructions, or loops where those were asked for."""

from __future__ import annotations

from dsgns.intrinsics import PLAIN
from dsgns.pmi import vector_lanes
from dsgns.pmi.vector_lanes import WIDTH, all_below, keep_positive8

if PLAIN:
    from dsgns.pmi.plain_lanes import root8, sum_eights
else:
    from dsgns.pmi.vector_lanes import root8, sum_eights

COMPRESSES = vector_lanes.COMPRESSES and not PLAIN
"""Whether :func:`keep_positive8` pays."""

__all__ = ["COMPRESSES", "WIDTH", "all_below", "keep_positive8", "root8", "sum_eights"]
