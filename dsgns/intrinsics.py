"""The operations that numba has no word for and several stages need, as LLVM instructions.

With the environment variable ``DSGNS_LANES`` set to ``plain`` they are plain loops instead: for a host whose
compiler chokes on them or whose bytes run the other way, and to check one against the other.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dsgns.compile import kernel

PLAIN = os.environ.get("DSGNS_LANES", "vector") == "plain" or sys.byteorder == "big"
"""Whether plain loops are used. Kernels built on them are not kept on disk, where the two look alike."""

_INT32 = ir.IntType(32)
_POINTER = ir.IntType(8).as_pointer()


def emit_prefetch(builder: ir.IRBuilder, address: ir.Value, *, to_write: bool = False) -> None:
    """Ask for the cache line of an address, to be read or to be written; never faults."""
    kind = ir.FunctionType(ir.VoidType(), [_POINTER, _INT32, _INT32, _INT32])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    arguments = [builder.bitcast(address, _POINTER), _INT32(int(to_write)), _INT32(3), _INT32(1)]
    builder.call(function, arguments)


@intrinsic
def vector_prefetch(typing_context: Any, values: Any, index: Any) -> Any:
    """Ask for the cache line of ``values[index]``, to be read; never faults."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        emit_prefetch(builder, builder.gep(array.data, [arguments[1]]))
        return context.get_dummy_value()

    return types.void(values, types.int64), generate


@intrinsic
def vector_lowest_bit(typing_context: Any, mask: Any) -> Any:
    """Number of the lowest bit set in a 64-bit mask, int64; 64 when there is none."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(mask), generate


# Bit i of a 64-bit word, isolated, times this de Bruijn constant has different top six bits for every i.
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_AT = np.empty(64, np.int64)
_BIT_AT[[((0x03F79D71B4CB0A89 << bit) & (2**64 - 1)) >> 58 for bit in range(64)]] = np.arange(64)


@kernel
def plain_prefetch(values: np.ndarray, index: int) -> None:
    """Nothing: there is no plain way to ask for a cache line without waiting for it."""


@kernel
def plain_lowest_bit(mask: int) -> int:
    """Number of the lowest bit set in a 64-bit mask; 64 when there is none."""
    if mask == 0:
        return 64
    bits = np.uint64(mask)
    isolated = bits & (~bits + np.uint64(1))
    return _BIT_AT[(isolated * _DE_BRUIJN) >> np.uint64(58)]


prefetch = plain_prefetch if PLAIN else vector_prefetch
lowest_bit = plain_lowest_bit if PLAIN else vector_lowest_bit
