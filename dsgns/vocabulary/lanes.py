"""Sixty-four bytes compared at once; a plain loop where :data:`dsgns.intrinsics.PLAIN` says so."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsgns.compile import kernel
from dsgns.intrinsics import PLAIN

_BYTE, _INT32 = ir.IntType(8), ir.IntType(32)
_LANES = ir.VectorType(_BYTE, 64)


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


@kernel(cache=False)
def plain_up_to(data: np.ndarray, start: np.uint64, byte: np.uint8) -> np.uint64:
    """Mask whose bit i says that ``data[start + i]`` is at most ``byte``, for i below 64."""
    mask = np.uint64(0)
    for lane in range(np.uint64(64)):
        mask |= np.uint64(data[start + lane] <= byte) << lane
    return mask


up_to = plain_up_to if PLAIN else _up_to
