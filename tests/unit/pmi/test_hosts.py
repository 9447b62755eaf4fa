"""The same bits from every set of instructions that the kernels can be compiled to."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from dsgns.pmi.kernels import Folded, Rows, log_table, positive_cells, root_cells, sum_rows
from tests.support.hosts import AVX2, SSE2, X86, told_by
from tests.unit.pmi.test_kernels import random_rows

HOSTS = {"plain": {"DSGNS_LANES": "plain"}}
if X86:
    HOSTS |= {"avx2": AVX2, "sse2": SSE2}

SCRIPT = """
import json, sys
from dsgns import intrinsics
from dsgns.pmi import lanes
from tests.unit.pmi.test_hosts import digest
json.dump({"plain": intrinsics.PLAIN, "compresses": lanes.COMPRESSES, "digest": digest()}, sys.stdout)
"""


def digest() -> int:
    """Of the sums, roots and positive cells of some rows, large counts among them."""
    crc = 0
    for dtype, most in ((np.uint32, 2**20), (np.uint64, 2**62)):
        rows, row, column = random_rows(1, dtype, most)
        sums, roots, kept = np.empty(7), np.empty(len(rows.data), np.float32), np.zeros(len(rows.data), np.float32)
        sum_rows(rows, np.abs(column), sums)
        root_cells(rows, row, column, roots)
        positive = Rows(kept, np.zeros(len(kept), np.int32), np.empty(8, np.int64))
        count = positive_cells(rows, Folded(row, column, log_table()), positive)
        for found in (sums, roots, kept[:count], positive.indices[:count], positive.indptr):
            crc = zlib.crc32(found.tobytes(), crc)
    return crc


@pytest.mark.parametrize("host", HOSTS)
def test_every_path_comes_to_the_same_bits(host):
    said = told_by(SCRIPT, HOSTS[host])
    assert said == {"plain": host == "plain", "compresses": False, "digest": digest()}
