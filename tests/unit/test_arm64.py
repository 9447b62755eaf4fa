"""The kernels' instructions become code for 64-bit ARM on a host of any kind, with the vectors that ARM has there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import llvmlite.binding as llvm
import numba
import numpy as np

from dsgns.cooccurrence import lanes as bytes_lanes
from dsgns.intrinsics import lowest_bit, prefetch
from dsgns.pmi.vector_lanes import root8, sum_eights
from dsgns.sgns.kernels import lanes as sgns_lanes
from dsgns.sgns.kernels.tiles import score_block, update_block
from dsgns.svd.kernels.tiles import LANES, halve, row_product
from dsgns.vocabulary.lanes import up_to
from tests.unit.sgns.test_tiles import batch_of

TRIPLE = "aarch64-unknown-linux-gnu"
# As on ARM: no AVX-512, so eight floats in a vector, and halves that the processor converts.
NARROW = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+f16c", "NUMBA_DISABLE_JIT": "0"}
# What each kernel comes to: multiply and add, ask for a line, widen halves, count trailing zeros, compare bytes, make
# floats of integers, take roots.
EXPECTED = {
    "sgns": ["fmla", "prfm"],
    "svd": ["fcvtl", "prfm"],
    "bits": ["rbit", "clz", "prfm"],
    "bytes": ["cmhs"],
    "pmi": ["ucvtf", "fsqrt", "prfm"],
}


def _sgns(batch):
    score_block(batch, 0, 5, 0, 6, np.float32(0.1), np.float32(1.0))
    update_block(batch, 0, 5, 0, 6, 0, 0)


def _svd(cells, stop, tile, sums, vectors):
    row_product(cells, 0, stop, tile, np.float32(0.5), sums, 0, vectors)
    halve(sums, 0, np.float32(2.0), tile[0], 0)


def _bits(values, mask):
    prefetch(values, 0)
    return lowest_bit(mask) + bytes_lanes.count_bits(mask) + bytes_lanes.nonzero64(values, 0)


def _bytes(data, start, byte):
    return up_to(data, start, byte)


def _pmi(counts, indices, column, out):
    root8(counts, indices, column, out, column[0], 0)
    return sum_eights(counts, indices, column, 0, 16)


def assemblies() -> dict[str, str]:
    """Code for ARM of each kernel, by name."""
    assert LANES == sgns_lanes.LANES == 8
    data, numbers = np.zeros(64, np.uint8), np.zeros(32, np.float32)
    arguments = {
        "sgns": (_sgns, batch_of(np.random.default_rng(0), 32, 5, 6)),
        "svd": (_svd, np.zeros(64, np.uint32), 64, np.zeros((1, 32), np.uint16), numbers, (0,) * (32 // LANES)),
        "bits": (_bits, data, 8),
        "bytes": (_bytes, data, np.uint64(0), np.uint8(3)),
        "pmi": (_pmi, np.ones(16, np.uint32), np.zeros(16, np.int32), np.ones(1), numbers),
    }
    return {name: for_arm(*given) for name, given in arguments.items()}


def for_arm(function, *arguments) -> str:
    """The code that a function comes to on ARM, compiled for these arguments."""
    # Without counting references, whose atomic operations LLVM makes the host's own before we see them.
    compiled = numba.njit(error_model="numpy", _nrt=False)(function)
    compiled(*arguments)
    module = compiled.inspect_llvm(compiled.signatures[0])
    assert not (foreign := re.findall(r"@(llvm\.x86[\w.]+)", module)), foreign
    module = re.sub(r"target datalayout = .*", "", module)
    module = re.sub(r"target triple = .*", f'target triple = "{TRIPLE}"', module)
    module = re.sub(r'"(target-cpu|target-features|tune-cpu)"="[^"]*"', "", module)
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(cpu="generic", opt=2)
    return machine.emit_assembly(llvm.parse_assembly(module))


SCRIPT = """
import json, sys
from tests.unit import test_arm64
code = test_arm64.assemblies()
json.dump({name: sorted(set(code[name].split())) for name in code}, sys.stdout)
"""


def test_every_kernel_with_instructions_of_its_own_compiles_for_arm():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, **NARROW}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for name, words in json.loads(done.stdout).items():
        missing = set(EXPECTED[name]) - {word.split(".")[0] for word in words}
        assert not missing, (name, missing)
