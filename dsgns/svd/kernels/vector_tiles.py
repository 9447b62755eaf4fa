"""One row of packed cells times one tile of a dense matrix, as vector instructions.

The time goes into fetching rows of the tile that lie anywhere in memory. So the tile is in half precision, its
rows are asked for some cells ahead, and the sums stay in registers until the row is done. Plain numba loops
reached a third of this: they write the sums back to memory for every few cells and cannot ask ahead.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from dsgns.svd.kernels.lanes import BYTE, FLOAT, HALF_BITS, INT, LANES, Lanes

_AHEAD = 48  # cells between asking for a row of the tile and using it


@intrinsic
def halve(typing: Any, values: Any, start: Any, scale: Any, out: Any, offset: Any) -> Any:
    """Write the bits of LANES of ``scale * values``, from ``start`` on, as halves to ``out`` from ``offset`` on.

    Parameters
    ----------
    values, scale
        float32; shape (any,), and a scalar.
    out
        uint16, shape (any,).
    """
    signature = types.void(values, types.int64, types.float32, out, types.int64)

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        source, target = (context.make_array(signature.args[k])(context, builder, arguments[k]).data for k in (0, 3))
        lanes = Lanes(builder)
        floats = lanes.floats(builder.gep(source, [arguments[1]], source_etype=FLOAT))
        scaled = builder.fmul(floats, lanes.splat(arguments[2]))
        lanes.store(lanes.narrowed(scaled), builder.gep(target, [arguments[4]], source_etype=HALF_BITS), align=2)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def row_product(
    typing: Any, cells: Any, first: Any, last: Any, tile: Any, scale: Any, out: Any, offset: Any, vectors: Any
) -> Any:
    """Write ``scale`` times one row's product to ``out[offset : offset + width]``.

    Parameters
    ----------
    cells
        uint32: the row's are ``cells[first:last]``.
    tile
        uint16, shape (columns, width), C order: bits of half-precision numbers.
    scale
        float32.
    out
        float32, shape (any,).
    vectors
        A tuple as long as there are vectors in a row of the tile: its length is known when this is compiled.
    """
    count = vectors.count
    row_bytes = 2 * LANES * count
    signature = types.void(cells, types.int64, types.int64, tile, types.float32, out, types.int64, vectors)

    def generate(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> ir.Value:
        def data(number: int) -> ir.Value:
            array = context.make_array(signature.args[number])(context, builder, arguments[number])
            return builder.bitcast(array.data, BYTE.as_pointer())

        lanes = Lanes(builder)
        matrix, dense, sums_at = data(0), data(3), data(5)
        _, start, stop, _, factor, _, place, _ = arguments

        def row_at(column: ir.Value) -> ir.Value:
            return builder.gep(dense, [builder.mul(column, INT(row_bytes))], source_etype=BYTE)

        def add_cell(t: ir.Value, column: ir.Value, sums: list[ir.Value]) -> list[ir.Value]:
            cell = lanes.cell(matrix, t)
            column = builder.add(column, lanes.gap(cell))
            value, row = lanes.value(cell), row_at(column)
            parts = [lanes.halves(builder.gep(row, [INT(2 * LANES * k)], source_etype=BYTE)) for k in range(count)]
            return [column, *(lanes.add_product(total, value, part) for total, part in zip(sums, parts, strict=True))]

        def advance(t: ir.Value, carried: list[ir.Value]) -> list[ir.Value]:
            return [builder.add(carried[0], lanes.gap(lanes.cell(matrix, t)))]

        def fetch_and_add(t: ir.Value, carried: list[ir.Value]) -> list[ir.Value]:
            ahead, column, *sums = carried
            ahead = builder.add(ahead, lanes.gap(lanes.cell(matrix, builder.add(t, INT(_AHEAD)))))
            lanes.prefetch(row_at(ahead), row_bytes)
            return [ahead, *add_cell(t, column, sums)]

        def only_add(t: ir.Value, carried: list[ir.Value]) -> list[ir.Value]:
            return add_cell(t, carried[0], carried[1:])

        zero = ir.Constant(ir.VectorType(FLOAT, LANES), [0.0] * LANES)
        turn = builder.sub(stop, INT(_AHEAD))
        enough = builder.icmp_signed(">", turn, start)
        lead = builder.select(enough, builder.add(start, INT(_AHEAD)), start)
        _, ahead = lanes.loop(start, lead, [INT(0)], advance)
        t, _, column, *sums = lanes.loop(start, turn, [ahead, INT(0), *[zero] * count], fetch_and_add)
        _, _, *sums = lanes.loop(t, stop, [column, *sums], only_add)
        for k, total in enumerate(sums):
            part = builder.gep(sums_at, [builder.add(place, INT(LANES * k))], source_etype=FLOAT)
            lanes.store(builder.fmul(total, lanes.splat(factor)), part)
        return context.get_dummy_value()

    return signature, generate
