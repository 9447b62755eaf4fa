"""The few operations on bits and cache lines that numba has no word for, as LLVM instructions.

With the environment variable ``DSGNS_LANES`` set to ``plain`` they are plain loops instead: for a host whose
compiler chokes on these, and to check one against the other.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from dsgns.compile import kernel

PLAIN = os.environ.get("DSGNS_LANES", "vector") == "plain"
"""Whether plain loops were asked for. Kernels built on them are not kept on disk, where the two look alike."""

_BIT, _BYTE, _INT32 = ir.IntType(1), ir.IntType(8), ir.IntType(32)
_LANES = ir.VectorType(_BYTE, 64)


@intrinsic
def _lowest_bit(typing_context: Any, mask: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(_BIT, 1))

    return types.uint64(types.uint64), generate


@intrinsic
def _prefetch(typing_context: Any, values: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = builder.bitcast(_address(context, builder, signature, arguments), _BYTE.as_pointer())
        kind = ir.FunctionType(ir.VoidType(), [address.type, _INT32, _INT32, _INT32])
        # Without a suffix for the type of the pointer: LLVM adds the one it wants, which changed over the years.
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch")
        builder.call(function, [address, _INT32(0), _INT32(3), _INT32(1)])
        return context.get_dummy_value()

    return types.void(values, types.uint64), generate


@intrinsic
def _up_to(typing_context: Any, data: Any, start: Any, byte: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature, arguments)
        lanes = builder.load(builder.bitcast(address, _LANES.as_pointer()), align=1)
        # All lanes the same: lane 0 shuffled to every place.
        one = builder.insert_element(ir.Constant(_LANES, ir.Undefined), arguments[2], _INT32(0))
        limit = builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_INT32, 64), [0] * 64))
        return builder.bitcast(builder.icmp_unsigned("<=", lanes, limit), ir.IntType(64))

    return types.uint64(data, types.uint64, types.uint8), generate


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.gep(array.data, [arguments[1]])


# The plain twins -------------------------------------------------------------------------------------

# Bit i of a 64-bit word, alone, times this de Bruijn constant has different top six bits for every i.
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_BIT_AT = np.empty(64, np.uint64)
_BIT_AT[[((0x03F79D71B4CB0A89 << bit) & (2**64 - 1)) >> 58 for bit in range(64)]] = np.arange(64)


@kernel(cache=False)
def plain_lowest_bit(mask: np.uint64) -> np.uint64:
    """Number of the lowest bit set in a mask that is not zero."""
    alone = mask & (~mask + np.uint64(1))
    return _BIT_AT[(alone * _DE_BRUIJN) >> np.uint64(58)]


@kernel(cache=False)
def plain_prefetch(values: np.ndarray, index: np.uint64) -> None:
    """Ask for the cache line of ``values[index]``: there is no plain way that does not wait for it."""


@kernel(cache=False)
def plain_up_to(data: np.ndarray, start: np.uint64, byte: np.uint8) -> np.uint64:
    """Mask whose bit i says that ``data[start + i]`` is at most ``byte``, for i below 64."""
    mask = np.uint64(0)
    for lane in range(np.uint64(64)):
        mask |= np.uint64(data[start + lane] <= byte) << lane
    return mask


lowest_bit = plain_lowest_bit if PLAIN else _lowest_bit
prefetch = plain_prefetch if PLAIN else _prefetch
up_to = plain_up_to if PLAIN else _up_to
