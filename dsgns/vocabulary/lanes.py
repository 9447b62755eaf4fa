"""Operations on 64 bytes at once, as LLVM instructions; plain loops where :data:`dsgns.intrinsics.PLAIN` says so."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN, lowest_bit

_FEATURES: str = config.CPU_FEATURES if config.CPU_FEATURES is not None else get_host_cpu_features()
COMPRESSES = not PLAIN and "+avx512vbmi2" in _FEATURES
"""Whether the processor moves the bytes chosen by a mask together in one instruction."""

_BIT, _BYTE, _INT32, _INT64 = (ir.IntType(width) for width in (1, 8, 32, 64))
_LANES, _QUARTER = ir.VectorType(_BYTE, 64), ir.VectorType(_INT32, 16)


@intrinsic
def _leading_zeros(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(_BIT, 1))

    return types.uint64(types.uint64), generate


@intrinsic
def _up_to(typing_context: Any, data: Any, start: Any, byte: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args, arguments)
        lanes = builder.load(builder.bitcast(address, _LANES.as_pointer()), align=1)
        limit = _in_every_lane(builder, _LANES, arguments[2])
        return builder.bitcast(builder.icmp_unsigned("<=", lanes, limit), _INT64)

    return types.uint64(data, types.uint64, types.uint8), generate


@intrinsic
def _write_bits(typing_context: Any, mask: Any, base: Any, out: Any, at: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits, first, array, start = arguments
        kind = ir.FunctionType(_LANES, [_LANES, _LANES, ir.VectorType(_BIT, 64)])
        compress = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.avx512.mask.compress.v64i8")
        numbers = ir.Constant(_LANES, list(range(64)))
        chosen = builder.call(compress, [numbers, numbers, builder.bitcast(bits, kind.args[2])])
        number, bases = builder.ctpop(bits), _in_every_lane(builder, _QUARTER, builder.trunc(first, _INT32))

        def write(quarter: int) -> None:
            picked = ir.Constant(_QUARTER, list(range(16 * quarter, 16 * quarter + 16)))
            values = builder.add(builder.zext(builder.shuffle_vector(chosen, chosen, picked), _QUARTER), bases)
            place = builder.add(start, _INT64(16 * quarter))
            address = _address(context, builder, signature.args[2:], [array, place])
            builder.store(values, builder.bitcast(address, _QUARTER.as_pointer()), align=1)

        write(0)
        with builder.if_then(builder.icmp_unsigned(">", number, _INT64(16)), likely=False):
            for quarter in range(1, 4):
                write(quarter)
        return number

    return types.uint64(types.uint64, types.uint64, out, types.uint64), generate


def _in_every_lane(builder: Any, kind: Any, value: Any) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), value, _INT32(0))
    return builder.shuffle_vector(one, one, ir.Constant(ir.VectorType(_INT32, kind.count), [0] * kind.count))


def _address(context: Any, builder: Any, kinds: Any, arguments: Any) -> Any:
    array = context.make_array(kinds[0])(context, builder, arguments[0])
    return builder.gep(array.data, [arguments[1]])


@kernel(cache=False)
def plain_leading_zeros(value: np.uint64) -> np.uint64:
    """How many bits above the highest one set are not, in a value that is not zero."""
    zeros = np.uint64(0)
    while value >> np.uint64(63) == 0:
        value <<= np.uint64(1)
        zeros += np.uint64(1)
    return zeros


@kernel(cache=False)
def plain_up_to(data: np.ndarray, start: np.uint64, byte: np.uint8) -> np.uint64:
    """Mask whose bit i says that ``data[start + i]`` is at most ``byte``, for i below 64."""
    mask = np.uint64(0)
    for lane in range(np.uint64(64)):
        mask |= np.uint64(data[start + lane] <= byte) << lane
    return mask


@kernel(cache=False)
def plain_write_bits(mask: np.uint64, base: np.uint64, out: np.ndarray, at: np.uint64) -> np.uint64:
    """Write ``base`` plus the number of each bit set in a mask to ``out``, uint32, from ``at`` on.

    Returns
    -------
    uint64
        How many there are. Up to 64 numbers from ``at`` on may be overwritten, however few there are.
    """
    begin = at
    while mask:
        out[at] = base + np.uint64(lowest_bit(mask))
        mask &= mask - np.uint64(1)
        at += np.uint64(1)
    return at - begin


leading_zeros = plain_leading_zeros if PLAIN else _leading_zeros
up_to = plain_up_to if PLAIN else _up_to
write_bits = _write_bits if COMPRESSES else plain_write_bits
