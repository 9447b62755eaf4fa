"""The kernels' instructions for a processor that is not this one.

Run as a script: prints the assembly, for 64-bit ARM, of the product of rows and of the rounding to halves.
"""

from __future__ import annotations

import re
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
from numba import types

from dsgns.svd.kernels.tiles import LANES, halve, row_product

TRIPLE = "aarch64-unknown-linux-gnu"
_VECTORS = 8


def array(kind: Any, dimensions: int = 1) -> types.Array:
    """An array in C order."""
    return types.Array(kind, dimensions, "C")


def multiply(cells: np.ndarray, tile: np.ndarray, out: np.ndarray, vectors: tuple[int, ...]) -> None:
    """One row."""
    row_product(cells, 0, len(cells), tile, np.float32(1), out, 0, vectors)


def round_off(values: np.ndarray, out: np.ndarray) -> None:
    """One vector."""
    halve(values, 0, np.float32(1), out, 0)


def assembly(function: Any, arguments: tuple[Any, ...]) -> str:
    """What LLVM makes of a function for :data:`TRIPLE`."""
    # Counting references would bring in the atomic instructions of this host.
    compiled = numba.njit(error_model="numpy", _nrt=False)(function)
    compiled.compile(arguments)
    code = compiled.inspect_llvm(compiled.signatures[0])
    for ours, theirs in (
        (r'target triple = ".*"', f'target triple = "{TRIPLE}"'),
        (r'target datalayout = ".*"\n', ""),
        (r'"target-(cpu|features)"="[^"]*"', ""),
    ):
        code = re.sub(ours, theirs, code)
    module = llvm.parse_assembly(code)
    machine = llvm.Target.from_triple(TRIPLE).create_target_machine(opt=3)
    module.data_layout = str(machine.target_data)
    return machine.emit_assembly(module)


if __name__ == "__main__":
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    halves, floats = array(types.uint16), array(types.float32)
    row = array(types.uint32), array(types.uint16, 2), floats, types.UniTuple(types.int64, _VECTORS)
    print(LANES)
    print(assembly(multiply, row))
    print(assembly(round_off, (floats, halves)))
