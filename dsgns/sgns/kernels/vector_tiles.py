"""Tiles of input rows x output rows, as vector instructions.

A tile scores M input rows against N output rows with M x N accumulators in registers and turns the scores into
gradients; a second pass updates both sides, loading and storing every row once. The length of a row is read at
run time, so the kernels built on tiles are compiled once for every ``vector_size``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import ROW_MULTIPLE, Batch
from dsgns.sgns.kernels.lanes import FLOAT, INT, LANES, Lanes, constant

_WIDE = LANES // 4  # targets in the widest tile of four contexts: one vector of sums


class _Arrays:
    """The arrays of a :class:`Batch` inside an intrinsic."""

    def __init__(self, context: Any, builder: ir.IRBuilder, kind: types.NamedTuple, value: ir.Value) -> None:
        self._lanes = Lanes(builder)
        self._builder = builder
        self._members = {
            name: context.make_array(member)(context, builder, builder.extract_value(value, number))
            for number, (name, member) in enumerate(zip(Batch._fields, kind.types, strict=True))
        }
        self.length = builder.extract_value(self._members["inputs"].shape, 1)

    def data(self, name: str) -> ir.Value:
        """Pointer to the first element."""
        return self._members[name].data

    def row(self, matrix: str, numbers: str, index: ir.Value) -> ir.Value:
        """Pointer to the row of ``matrix`` that ``numbers[index]`` names."""
        number = self._lanes.scalar(self.data(numbers), index, INT)
        return self._builder.gep(self.data(matrix), [self._builder.mul(number, self.length)], source_etype=FLOAT)

    def rows(self, matrix: str, numbers: str, first: ir.Value, count: int) -> list[ir.Value]:
        """Pointers to the rows that ``numbers[first:first + count]`` names."""
        return [self.row(matrix, numbers, self._builder.add(first, INT(i))) for i in range(count)]

    def spread(self, name: str, first: ir.Value, lanes: list[int]) -> ir.Value:
        """The vector of ``values[first + lane]`` for the lanes named."""
        return self._lanes.shuffle(self._lanes.load(self.data(name), first), None, lanes)


@intrinsic(prefer_literal=True)
def _score(typing: Any, batch: Any, context: Any, target: Any, offset: Any, rate: Any, m: Any, n: Any) -> Any:
    """Gradients of ``m`` contexts by ``n`` targets, to ``gradients[offset:]``, contexts varying fastest."""
    rows, columns = m.literal_value, n.literal_value
    signature = types.void(batch, types.int64, types.int64, types.int64, types.float32, m, n)

    def generate(target_context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        value, first_context, first_target, first_gradient, step, _, _ = arguments
        arrays = _Arrays(target_context, builder, signature.args[0], value)
        lanes = Lanes(builder)
        inputs = arrays.rows("inputs", "contexts", first_context, rows)
        outputs = arrays.rows("outputs", "targets", first_target, columns)

        def multiply(k: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
            x = [lanes.load(row, k) for row in inputs]
            y = [lanes.load(row, k) for row in outputs]
            return [lanes.fma(x[i % rows], y[i // rows], total) for i, total in enumerate(sums)]

        products = lanes.loop(arrays.length, LANES, [constant(0.0)] * (rows * columns), multiply)
        scores = lanes.sigmoid(lanes.sums(products))
        along = [lane % rows for lane in range(LANES)]
        across = [min(lane // rows, columns - 1) for lane in range(LANES)]
        totals = builder.fmul(arrays.spread("totals", first_target, across), scores)
        error = builder.fsub(arrays.spread("positives", first_target, across), totals)
        weight = builder.fmul(arrays.spread("repeats", first_context, along), lanes.splat(step))
        lanes.store(builder.fmul(error, weight), arrays.data("gradients"), first_gradient)
        return target_context.get_dummy_value()

    return signature, generate


@intrinsic(prefer_literal=True)
def _update(typing: Any, batch: Any, context: Any, target: Any, count: Any, m: Any) -> Any:
    """Add to ``m`` contexts and ``count`` targets what their gradients say, each side seeing the other's old rows."""
    rows = m.literal_value
    signature = types.void(batch, types.int64, types.int64, types.int64, m)

    def generate(target_context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        value, first_context, first_target, targets, _ = arguments
        arrays = _Arrays(target_context, builder, signature.args[0], value)
        lanes = Lanes(builder)
        inputs = arrays.rows("inputs", "contexts", first_context, rows)

        def columns(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            x = [lanes.load(row, k) for row in inputs]

            def one_target(n: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
                output = arrays.row("outputs", "targets", builder.add(first_target, n))
                changed = y = lanes.load(output, k)
                results = []
                for i, total in enumerate(sums):
                    place = builder.add(builder.mul(n, INT(rows)), INT(i))
                    gradient = lanes.splat(lanes.scalar(arrays.data("gradients"), place, FLOAT))
                    changed = lanes.fma(gradient, x[i], changed)
                    results.append(lanes.fma(gradient, y, total))
                lanes.store(changed, output, k)
                return results

            for row, total in zip(inputs, lanes.loop(targets, 1, x, one_target), strict=True):
                lanes.store(total, row, k)
            return []

        lanes.loop(arrays.length, LANES, [], columns)
        return target_context.get_dummy_value()

    return signature, generate


@intrinsic
def fetch_row(typing: Any, matrix: Any, row: Any) -> Any:
    """Ask for all cache lines of one row ahead of its use."""
    signature = types.void(matrix, types.int64)

    def generate(target_context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        array = target_context.make_array(signature.args[0])(target_context, builder, arguments[0])
        length = builder.extract_value(array.shape, 1)
        start = builder.gep(array.data, [builder.mul(arguments[1], length)], source_etype=FLOAT)
        lanes = Lanes(builder)

        def line(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
            lanes.prefetch(start, k)
            return []

        lanes.loop(length, ROW_MULTIPLE, [], line)
        return target_context.get_dummy_value()

    return signature, generate


@kernel(inline="always")
def step_block(batch: Batch, context: int, rows: int, target: int, count: int, rate: np.float32) -> None:
    """One step of gradient descent on a block of pairs, as :func:`dsgns.sgns.kernels.plain_tiles.step_block`."""
    if rows == 4:
        _step_four(batch, context, target, count, rate)
    elif rows == 2:
        _step_two(batch, context, target, count, rate)
    else:
        _step_one(batch, context, target, count, rate)


@kernel(inline="always")
def _step_four(batch: Batch, context: int, target: int, count: int, rate: np.float32) -> None:
    n = 0
    while count - n >= _WIDE:
        _score(batch, context, target + n, 4 * n, rate, 4, _WIDE)
        n += _WIDE
    if count - n >= 2:
        _score(batch, context, target + n, 4 * n, rate, 4, 2)
        n += 2
    if count > n:
        _score(batch, context, target + n, 4 * n, rate, 4, 1)
    _update(batch, context, target, count, 4)


@kernel(inline="always")
def _step_two(batch: Batch, context: int, target: int, count: int, rate: np.float32) -> None:
    n = 0
    while count - n >= 4:
        _score(batch, context, target + n, 2 * n, rate, 2, 4)
        n += 4
    if count - n >= 2:
        _score(batch, context, target + n, 2 * n, rate, 2, 2)
        n += 2
    if count > n:
        _score(batch, context, target + n, 2 * n, rate, 2, 1)
    _update(batch, context, target, count, 2)


@kernel(inline="always")
def _step_one(batch: Batch, context: int, target: int, count: int, rate: np.float32) -> None:
    n = 0
    while count - n >= 4:
        _score(batch, context, target + n, n, rate, 1, 4)
        n += 4
    if count - n >= 2:
        _score(batch, context, target + n, n, rate, 1, 2)
        n += 2
    if count > n:
        _score(batch, context, target + n, n, rate, 1, 1)
    _update(batch, context, target, count, 1)
