"""Tiles of input rows x output rows, as vector instructions.

Scoring takes a few input rows against a block of output rows with all their sums in registers; updating takes the
rows column by column, so that every output row is loaded and stored once for a whole window. The length of a row
is read at run time, so the kernels built on tiles are compiled once for every ``vector_size``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsgns.compile import kernel
from dsgns.sgns.kernels.batch import PITCH, Batch
from dsgns.sgns.kernels.lanes import FLOAT, INT, LANES, Lanes, constant

_WIDTHS = (6, 4, 2, 1)

_HEIGHT = LANES // 4
"""Most contexts that are scored at once: with six targets each, their sums fill the registers."""


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
        return self.at(matrix, self._lanes.scalar(self.data(numbers), index, INT))

    def at(self, matrix: str, number: ir.Value) -> ir.Value:
        """Pointer to a row of ``matrix``."""
        return self._builder.gep(self.data(matrix), [self._builder.mul(number, self.length)], source_etype=FLOAT)

    def rows(self, matrix: str, numbers: str, first: ir.Value, count: int) -> list[ir.Value]:
        """Pointers to the rows that ``numbers[first:first + count]`` names."""
        return [self.row(matrix, numbers, self._builder.add(first, INT(i))) for i in range(count)]


@intrinsic(prefer_literal=True)
def _score(typing: Any, batch: Any, context: Any, target: Any, offset: Any, width: Any, rate: Any, label: Any,
           height: Any) -> Any:  # fmt: skip
    """Gradients of ``height`` contexts by a block of targets, to ``gradients[offset:]``."""
    rows = height.literal_value
    signature = types.void(batch, *[types.int64] * 4, types.float32, types.float32, height)

    def generate(target_context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        value, first_context, first_target, first_gradient, width, step, own, _ = arguments
        arrays = _Arrays(target_context, builder, signature.args[0], value)
        lanes = Lanes(builder)
        inputs = arrays.rows("inputs", "contexts", first_context, rows)
        labels = builder.fmul(lanes.splat(own), constant(1.0, *[0.0] * (PITCH - 1)))

        def one_width(columns: int) -> None:
            outputs = arrays.rows("outputs", "targets", first_target, columns)

            def multiply(k: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
                x = [lanes.load(row, k) for row in inputs]
                y = [lanes.load(row, k) for row in outputs]
                return [lanes.fma(x[i // columns], y[i % columns], total) for i, total in enumerate(sums)]

            products = lanes.loop(arrays.length, LANES, [constant(0.0)] * (rows * columns), multiply)
            padded = [products[m * columns + n] if n < columns else None for m in range(rows) for n in range(PITCH)]
            for start in range(0, len(padded), LANES):
                scores = lanes.sums((padded[start : start + LANES] + [None] * LANES)[:LANES])
                error = builder.fmul(lanes.splat(step), builder.fsub(labels, lanes.sigmoid(scores)))
                lanes.store(error, arrays.data("gradients"), builder.add(first_gradient, INT(start)))

        lanes.cases(width, dict.fromkeys(_WIDTHS, one_width))
        return target_context.get_dummy_value()

    return signature, generate


@intrinsic
def _update(
    typing: Any, batch: Any, context: Any, contexts: Any, target: Any, width: Any, ahead: Any, newest: Any
) -> Any:
    """Add to the rows of a block what their gradients say."""
    signature = types.void(batch, *[types.int64] * 6)

    def generate(target_context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        value, first_context, contexts, first_target, width, first_ahead, newest = arguments
        arrays = _Arrays(target_context, builder, signature.args[0], value)
        lanes = Lanes(builder)
        input_ahead = arrays.at("inputs", newest)

        def one_width(count: int) -> None:
            outputs = arrays.rows("outputs", "targets", first_target, count)
            coming = [input_ahead, *arrays.rows("outputs", "targets", first_ahead, count)]

            def column(k: ir.Value, _: list[ir.Value]) -> list[ir.Value]:
                for row in coming:
                    lanes.prefetch(row, k)
                y = [lanes.load(row, k) for row in outputs]

                def one_context(m: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
                    row = arrays.row("inputs", "contexts", builder.add(first_context, m))
                    x = lanes.load(row, k)
                    # Two chains of sums, for one would have to wait for each of its links.
                    changed, results = [x, constant(0.0)], []
                    for n, total in enumerate(sums):
                        place = builder.add(builder.mul(m, INT(PITCH)), INT(n))
                        gradient = lanes.splat(lanes.scalar(arrays.data("gradients"), place, FLOAT))
                        changed[n % 2] = lanes.fma(gradient, y[n], changed[n % 2])
                        results.append(lanes.fma(gradient, x, total))
                    lanes.store(builder.fadd(*changed), row, k)
                    return results

                changes = lanes.loop(contexts, 1, [constant(0.0)] * count, one_context)
                for row, change in zip(outputs, changes, strict=True):
                    lanes.store(builder.fadd(lanes.load(row, k), change), row, k)
                return []

            lanes.loop(arrays.length, LANES, [], column)

        lanes.cases(width, dict.fromkeys(_WIDTHS, one_width))
        return target_context.get_dummy_value()

    return signature, generate


@kernel(inline="always")
def score_block(
    batch: Batch, first: int, contexts: int, target: int, width: int, rate: np.float32, label: np.float32
) -> None:
    """Gradients of a block, as :func:`dsgns.sgns.kernels.plain_tiles.score_block`."""
    m = 0
    while contexts - m >= _HEIGHT:
        _score(batch, first + m, target, m * PITCH, width, rate, label, _HEIGHT)
        m += _HEIGHT
    if contexts - m >= 2:
        _score(batch, first + m, target, m * PITCH, width, rate, label, 2)
        m += 2
    if contexts > m:
        _score(batch, first + m, target, m * PITCH, width, rate, label, 1)


@kernel(inline="always")
def update_block(batch: Batch, first: int, contexts: int, target: int, width: int, ahead: int, newest: int) -> None:
    """Change the rows of a block, as :func:`dsgns.sgns.kernels.plain_tiles.update_block`."""
    if contexts > 0:
        _update(batch, first, contexts, target, width, ahead, newest)
