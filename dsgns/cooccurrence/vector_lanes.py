"""The lane operations as LLVM vector instructions, emitted through llvmlite.

Only instructions that every target lowers well (compare, bitcast, count bits), but for :func:`drain16`.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

_FEATURES: str = config.CPU_FEATURES if config.CPU_FEATURES is not None else get_host_cpu_features()

COMPRESSES: bool = "+avx512f" in _FEATURES
"""Whether :func:`drain16` is one instruction a vector; elsewhere LLVM makes sixteen branches of it."""

_BIT, _INT32, _INT64 = ir.IntType(1), ir.IntType(32), ir.IntType(64)
_LANES = ir.VectorType(_INT32, 16)


def _address(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def _nonzero_mask(context: Any, builder: Any, signature: Any, arguments: Any, lanes: int) -> Any:
    """Compare ``lanes`` elements with zero at once; the mask as an int64."""
    array_type = signature.args[0]
    element = context.get_data_type(array_type.dtype)
    vector = ir.VectorType(element, lanes)
    address = _address(context, builder, array_type, *arguments)
    loaded = builder.load(builder.bitcast(address, vector.as_pointer()), align=element.width // 8)
    mask = builder.bitcast(builder.icmp_unsigned("!=", loaded, ir.Constant(vector, None)), ir.IntType(lanes))
    return mask if lanes == 64 else builder.zext(mask, _INT64)


@intrinsic
def nonzero16(typing_context: Any, values: Any, start: Any) -> Any:
    """Mask whose bit i says that ``values[start + i]`` is not zero, for i below 16."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _nonzero_mask(context, builder, signature, arguments, 16)

    return types.int64(values, types.int64), generate


@intrinsic
def nonzero64(typing_context: Any, flags: Any, start: Any) -> Any:
    """Mask whose bit i says that ``flags[start + i]`` is not zero, for i below 64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _nonzero_mask(context, builder, signature, arguments, 64)

    return types.int64(flags, types.int64), generate


@intrinsic
def count_bits(typing_context: Any, mask: Any) -> Any:
    """How many bits are set in a mask."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), generate


@intrinsic
def load_word(typing_context: Any, stream: Any, at: Any) -> Any:
    """The four bytes at ``stream[at]``, the first one lowest, as an int64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature.args[0], *arguments)
        word = builder.load(builder.bitcast(address, _INT32.as_pointer()), align=1)
        return builder.zext(word, _INT64)

    return types.int64(stream, types.int64), generate


@intrinsic
def store_word(typing_context: Any, stream: Any, at: Any, word: Any) -> Any:
    """Write the low four bytes of ``word`` to ``stream[at]``, the lowest first."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, at_value, value = arguments
        address = _address(context, builder, signature.args[0], array, at_value)
        builder.store(builder.trunc(value, _INT32), builder.bitcast(address, _INT32.as_pointer()), align=1)
        return context.get_dummy_value()

    return types.void(stream, types.int64, types.int64), generate


@intrinsic
def drain16(typing_context: Any, values: Any, start: Any, columns: Any, data: Any, at: Any) -> Any:
    """Move the elements of ``values[start : start + 16]``, uint32, that are not zero to ``data[at:]``; how many.

    Their indices go to ``columns[at:]``, int32, and zeros take their place. Overwrites 16 elements of either.
    ``llvm.experimental.vector.compress`` has crashed on 64-bit lanes on one CPU; these are 32 bits wide.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def vector_at(argument: int, index: Any) -> Any:
            address = _address(context, builder, signature.args[argument], arguments[argument], index)
            return builder.bitcast(address, _LANES.as_pointer())

        def compress_to(argument: int, lanes: Any) -> None:
            packed = builder.call(compress, [lanes, mask, ir.Constant(_LANES, ir.Undefined)])
            builder.store(packed, vector_at(argument, arguments[4]), align=4)

        first, zeros = arguments[1], ir.Constant(_LANES, None)
        kind = ir.FunctionType(_LANES, [_LANES, ir.VectorType(_BIT, 16), _LANES])
        compress = cgutils.get_or_insert_function(builder.module, kind, "llvm.experimental.vector.compress.v16i32")
        sums = builder.load(vector_at(0, first), align=4)
        mask = builder.icmp_unsigned("!=", sums, zeros)
        lowest = builder.insert_element(zeros, builder.trunc(first, _INT32), _INT32(0))
        indices = builder.add(builder.shuffle_vector(lowest, zeros, zeros), ir.Constant(_LANES, list(range(16))))
        compress_to(2, indices)
        compress_to(3, sums)
        builder.store(zeros, vector_at(0, first), align=4)
        return builder.zext(builder.ctpop(builder.bitcast(mask, ir.IntType(16))), _INT64)

    return types.int64(values, types.int64, columns, data, types.int64), generate
