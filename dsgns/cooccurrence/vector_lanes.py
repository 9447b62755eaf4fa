"""The lane operations as LLVM vector instructions, emitted through llvmlite.

Only instructions that every target lowers (compare, bitcast, count bits):
``llvm.experimental.vector.compress``, which would drain 16 lanes at once, crashed on 64-bit lanes on one CPU.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_INT32, _INT64 = ir.IntType(32), ir.IntType(64)


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
