"""The same bits from every set of instructions that the product can be compiled to."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib

import numpy as np
import pytest

from dsgns.svd.kernels.multiply import halve_rows, multiply_rows
from dsgns.svd.kernels.tiles import LANES
from tests.support.hosts import AVX2, SSE2, X86, told_by
from tests.unit.svd.test_kernels import pack, random_rows, random_tile

HOSTS = {"plain": {"DSGNS_TILES": "plain"}}
if X86:
    HOSTS |= {"avx2": {**AVX2, "NUMBA_CPU_FEATURES": AVX2["NUMBA_CPU_FEATURES"] + ",+f16c"}, "sse2": SSE2}

SCRIPT = """
import json, sys
from dsgns.svd.kernels import lanes, tiles
from tests.unit.svd.test_hosts import digest
json.dump({"lanes": lanes.LANES, "plain": tiles.PLAIN, "digest": digest()}, sys.stdout)
"""


def digest() -> int:
    """Of the product of some rows with 32 columns of halves, all magnitudes and signs among them, and of rounding."""
    tile = random_tile(1, 300, 32)
    out = np.empty((9, 32), np.float32)
    multiply_rows(
        *pack(random_rows(0, 9, 300, 0.4)), tile.view(np.uint16), np.float32(0.5), out, 0, (0,) * (32 // LANES)
    )
    halves = np.empty((300, 32), np.uint16)
    halve_rows(tile.astype(np.float32), np.float32(0.37), 0, halves)
    return zlib.crc32(halves.tobytes(), zlib.crc32(out.tobytes()))


@pytest.mark.parametrize("host", HOSTS)
def test_every_path_comes_to_the_same_bits(host):
    said = told_by(SCRIPT, HOSTS[host])
    assert said["plain"] == (host == "plain")
    assert host == "plain" or said["lanes"] == 8
    assert said["digest"] == digest()


def test_arm_has_instructions_for_all_of_it():
    if "avx2" not in HOSTS:
        pytest.skip("the features below are of x86, which the vectors are first laid out for")
    done = subprocess.run(
        [sys.executable, "-m", "tests.unit.svd.foreign"],
        env={**os.environ, **HOSTS["avx2"]},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lanes, code = done.stdout.split("\n", 1)
    assert lanes == "8"
    # Eight vectors of eight floats are sixteen registers of four, in either loop.
    assert code.count("fmla") == 2 * 16
    assert code.count("fcvtn") == 2
    assert "prfm" in code
    assert "__extendhfsf2" not in code
    assert "__truncsfhf2" not in code
