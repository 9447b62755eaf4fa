"""Which lane operations the kernels are built on.

LLVM's vector instructions, unless the environment variable ``DSGNS_LANES`` is ``plain``: the same
operations as plain loops, for a host whose compiler chokes on them, and to check one against the other.
"""

from __future__ import annotations

import os

PLAIN = os.environ.get("DSGNS_LANES", "vector") == "plain"
"""Whether the plain loops were asked for. Kernels built on them are not kept on disk, where the two look alike."""

if PLAIN:
    from dsgns.cooccurrence.plain_lanes import lowest_bit, nonzero16, nonzero64, prefetch
else:
    from dsgns.cooccurrence.vector_lanes import lowest_bit, nonzero16, nonzero64, prefetch

__all__ = ["PLAIN", "lowest_bit", "nonzero16", "nonzero64", "prefetch"]
