"""Eight cells at a time, as LLVM vector instructions emitted through llvmlite.

What is looked up is loaded number by number: gathers took row sums 1.6 times as long, and some hosts have none.
Cells are asked for some way ahead: reading them and what is looked up by turns, a processor does not fetch ahead enough
by itself, and row sums took twice as long.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.core.codegen import get_host_cpu_features
from numba.extending import intrinsic

from dsgns.intrinsics import emit_prefetch

_FEATURES: str = config.CPU_FEATURES if config.CPU_FEATURES is not None else get_host_cpu_features()

COMPRESSES: bool = "+avx512vl" in _FEATURES
"""Whether :func:`keep_positive8` is one instruction a vector; elsewhere LLVM makes eight branches of it."""

WIDTH = 8
"""Cells in one step."""

_AHEAD = 1024  # cells between asking for one and using it: less leaves the sums of rows waiting for memory
_FLOAT, _DOUBLE, _BIT, _INT32, _INT64 = ir.FloatType(), ir.DoubleType(), *(ir.IntType(width) for width in (1, 32, 64))
_FLOATS, _DOUBLES, _BITS, _INT32S = (ir.VectorType(each, WIDTH) for each in (_FLOAT, _DOUBLE, _BIT, _INT32))


class _Cells:
    """Shorthand over an IR builder for what a step is made of; arrays are told by their number among the arguments."""

    def __init__(self, context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> None:
        self.builder = builder
        self.arrays = {
            number: context.make_array(kind)(context, builder, argument).data
            for number, (kind, argument) in enumerate(zip(signature.args, arguments, strict=True))
            if isinstance(kind, types.Array)
        }

    def load(self, number: int, at: ir.Value, *, fetch: bool = False) -> ir.Value:
        """The eight elements from ``at`` on; those that are ahead are asked for if ``fetch`` says so."""
        array = self.arrays[number]
        if fetch:
            emit_prefetch(self.builder, self.builder.gep(array, [self.builder.add(at, _INT64(_AHEAD))]))
        element = array.type.pointee
        address = self.builder.bitcast(self.builder.gep(array, [at]), ir.VectorType(element, WIDTH).as_pointer())
        return self.builder.load(address, align=element.width // 8)

    def store(self, vector: ir.Value, number: int, at: ir.Value) -> None:
        """Write eight elements of 32 bits from ``at`` on."""
        address = self.builder.gep(self.arrays[number], [at])
        self.builder.store(vector, self.builder.bitcast(address, vector.type.as_pointer()), align=4)

    def looked_up(self, number: int, places: ir.Value) -> ir.Value:
        """The float64 at eight places of an array."""
        found = ir.Constant(_DOUBLES, ir.Undefined)
        for lane in map(_INT32, range(WIDTH)):
            place = self.builder.extract_element(places, lane)
            if place.type.width < _INT64.width:
                place = self.builder.zext(place, _INT64)
            value = self.builder.load(self.builder.gep(self.arrays[number], [place]))
            found = self.builder.insert_element(found, value, lane)
        return found

    def splat(self, scalar: ir.Value) -> ir.Value:
        """A vector holding a scalar in every lane."""
        empty = ir.Constant(ir.VectorType(scalar.type, WIDTH), ir.Undefined)
        lane = self.builder.insert_element(empty, scalar, _INT32(0))
        return self.builder.shuffle_vector(lane, empty, ir.Constant(_INT32S, None))

    def call(self, name: str, *values: ir.Value) -> ir.Value:
        """An LLVM intrinsic that gives a vector like the first one it takes."""
        kind = ir.FunctionType(values[0].type, [value.type for value in values])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, name), values)

    def sum(self, lanes: ir.Value) -> ir.Value:
        """The sum of eight lanes: halves are added until there is one."""
        for width in (4, 2, 1):
            kind = ir.VectorType(_INT32, width)
            halves = (ir.Constant(kind, list(range(first, first + width))) for first in (0, width))
            lanes = self.builder.fadd(*(self.builder.shuffle_vector(lanes, lanes, half) for half in halves))
        return self.builder.extract_element(lanes, _INT32(0))


@intrinsic
def sum_eights(typing: Any, data: Any, indices: Any, weights: Any, start: Any, stop: Any) -> Any:
    """The sum of ``data * weights[indices]`` over whole eights of cells, ``start`` to ``stop``: lane by lane first."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        cells = _Cells(context, builder, signature, arguments)
        zeros = ir.Constant(_DOUBLES, [0.0] * WIDTH)
        totals = cgutils.alloca_once(builder, _DOUBLES)
        builder.store(zeros, totals)
        with cgutils.for_range_slice(builder, *arguments[3:], _INT64(WIDTH), inc=True) as (at, _):
            counts = builder.uitofp(cells.load(0, at, fetch=True), _DOUBLES)
            products = builder.fmul(counts, cells.looked_up(2, cells.load(1, at, fetch=True)))
            builder.store(builder.fadd(builder.load(totals), products), totals)
        return cells.sum(builder.load(totals))

    return types.float64(data, indices, weights, types.int64, types.int64), generate


@intrinsic
def all_below(typing: Any, data: Any, at: Any, limit: Any) -> Any:
    """Whether the eight counts from ``at`` on are below ``limit``, which is below 2^32."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        cells = _Cells(context, builder, signature, arguments)
        counts = cells.load(0, arguments[1])
        limit = arguments[2]
        if counts.type.element.width < _INT64.width:
            limit = builder.trunc(limit, counts.type.element)
        below = builder.bitcast(builder.icmp_unsigned("<", counts, cells.splat(limit)), ir.IntType(WIDTH))
        return builder.icmp_unsigned("==", below, ir.IntType(WIDTH)((1 << WIDTH) - 1))

    return types.boolean(data, types.int64, types.int64), generate


@intrinsic
def keep_positive8(
    typing: Any,
    data: Any,
    indices: Any,
    logs: Any,
    column: Any,
    values: Any,
    columns: Any,
    row: Any,
    at: Any,
    kept: Any,
) -> Any:
    """Move what is positive of ``logs[data] - row - column[indices]``, eight cells from ``at`` on; how many are kept.

    Values, float32, go to ``values[kept:]``, columns to ``columns[kept:]``; eight elements of either are overwritten.
    The store of a compress instruction itself is slow on some processors, hence lanes are moved in a register.
    """

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        cells = _Cells(context, builder, signature, arguments)
        row, at, kept = arguments[6:]
        counts, places = cells.load(0, at, fetch=True), cells.load(1, at, fetch=True)
        terms = builder.fsub(cells.looked_up(2, counts), cells.splat(row))
        weighted = builder.fptrunc(builder.fsub(terms, cells.looked_up(3, places)), _FLOATS)
        mask = builder.fcmp_ordered(">", weighted, ir.Constant(_FLOATS, [0.0] * WIDTH))
        for vector, kind, number in ((weighted, "f32", 4), (places, "i32", 5)):
            nothing = ir.Constant(vector.type, ir.Undefined)
            packed = cells.call(f"llvm.experimental.vector.compress.v{WIDTH}{kind}", vector, mask, nothing)
            cells.store(packed, number, kept)
        number = builder.ctpop(builder.bitcast(mask, ir.IntType(WIDTH)))
        return builder.add(kept, builder.zext(number, _INT64))

    arrays = data, indices, logs, column, values, columns
    return types.int64(*arrays, types.float64, types.int64, types.int64), generate


@intrinsic
def root8(typing: Any, data: Any, indices: Any, column: Any, out: Any, row: Any, at: Any) -> Any:
    """Write ``sqrt(data) * (row * column[indices])``, float32, of the eight cells from ``at`` on to ``out``."""

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        cells = _Cells(context, builder, signature, arguments)
        row, at = arguments[4:]
        factors = builder.fmul(cells.splat(row), cells.looked_up(2, cells.load(1, at, fetch=True)))
        counts = builder.uitofp(cells.load(0, at, fetch=True), _DOUBLES)
        roots = cells.call(f"llvm.sqrt.v{WIDTH}f64", counts)
        cells.store(builder.fptrunc(builder.fmul(roots, factors), _FLOATS), 3, at)
        return context.get_dummy_value()

    return types.void(data, indices, column, out, types.float64, types.int64), generate
