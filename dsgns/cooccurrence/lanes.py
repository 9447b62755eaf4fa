"""Which lane operations the kernels are built on.

LLVM's vector instructions, unless the environment variable ``DSGNS_LANES`` is ``plain``: the same
operations as plain loops, for a host whose compiler chokes on them or whose bytes run the other way, and to
check one against the other.
"""

from __future__ import annotations

import os
import sys

PLAIN = os.environ.get("DSGNS_LANES", "vector") == "plain" or sys.byteorder == "big"
"""Whether the plain loops are used. Kernels built on them are not kept on disk, where the two look alike."""

if PLAIN:
    from dsgns.cooccurrence.plain_lanes import (
        count_bits,
        load_word,
        lowest_bit,
        nonzero16,
        nonzero64,
        prefetch,
        store_word,
    )
else:
    from dsgns.cooccurrence.vector_lanes import (
        count_bits,
        load_word,
        lowest_bit,
        nonzero16,
        nonzero64,
        prefetch,
        store_word,
    )

__all__ = ["PLAIN", "count_bits", "load_word", "lowest_bit", "nonzero16", "nonzero64", "prefetch", "store_word"]
