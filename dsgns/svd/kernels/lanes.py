"""Vector instructions for products with half-precision tiles, emitted as LLVM IR through llvmlite."""

from __future__ import annotations

import platform
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import config
from numba.core.codegen import get_host_cpu_features

from dsgns.intrinsics import emit_prefetch

_FEATURES: str = config.CPU_FEATURES if config.CPU_FEATURES is not None else get_host_cpu_features()

LANES: int = 16 if "+avx512f" in _FEATURES else 8
"""Floats in one vector."""

WIDEST_TILE: int = 8 * LANES
"""Columns that one pass over a row's cells can sum up in registers: eight vectors."""

CONVERTS_HALVES: bool = "+f16c" in _FEATURES or platform.machine() in ("aarch64", "arm64")
"""Whether there is an instruction between halves and floats; without it LLVM calls what numba does not link."""

BYTE, HALF_BITS, INT32, INT = (ir.IntType(width) for width in (8, 16, 32, 64))
FLOAT = ir.FloatType()
_LINE = 64  # bytes of a cache line


class Lanes:
    """Shorthand over an IR builder for what a product is made of."""

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def cell(self, cells: ir.Value, index: ir.Value) -> ir.Value:
        """The 32-bit cell at ``index``."""
        return self.builder.load(self.builder.gep(cells, [index], source_etype=INT32), typ=INT32)

    def gap(self, cell: ir.Value) -> ir.Value:
        """Columns from the cell before: its low 16 bits, as int64."""
        return self.builder.zext(self.builder.and_(cell, INT32(0xFFFF)), INT)

    def value(self, cell: ir.Value) -> ir.Value:
        """The cell's number, its high 16 bits, in every lane."""
        bits = self.builder.trunc(self.builder.lshr(cell, INT32(16)), HALF_BITS)
        return self.splat(self.widened(bits, 1))

    def splat(self, scalar: ir.Value) -> ir.Value:
        """A vector holding a scalar in every lane."""
        empty = ir.Constant(ir.VectorType(FLOAT, LANES), ir.Undefined)
        lane = self.builder.insert_element(empty, scalar, INT32(0))
        return self.builder.shuffle_vector(lane, empty, ir.Constant(ir.VectorType(INT32, LANES), [0] * LANES))

    def halves(self, address: ir.Value) -> ir.Value:
        """The vector of floats that LANES halves in memory stand for."""
        kind = ir.VectorType(HALF_BITS, LANES)
        bits = self.builder.load(self.builder.bitcast(address, kind.as_pointer()), align=2, typ=kind)
        return self.widened(bits, LANES)

    def widened(self, bits: ir.Value, lanes: int) -> ir.Value:
        """Halves, given as 16-bit integers, as floats; exact."""

        def kind(scalar: ir.Type) -> ir.Type:
            return scalar if lanes == 1 else ir.VectorType(scalar, lanes)

        if CONVERTS_HALVES:
            return self.builder.fpext(self.builder.bitcast(bits, kind(ir.HalfType())), kind(FLOAT))

        def constant(value: int) -> ir.Constant:
            return ir.Constant(kind(INT32), value if lanes == 1 else [value] * lanes)

        # Exponent and fraction shifted into a float's place are 2^112 too small, subnormal halves too.
        wide = self.builder.zext(bits, kind(INT32))
        magnitude = self.builder.and_(self.builder.shl(wide, constant(13)), constant(0x0FFFE000))
        power = self.builder.bitcast(constant(0x77800000), kind(FLOAT))
        scaled = self.builder.fmul(self.builder.bitcast(magnitude, kind(FLOAT)), power)
        sign = self.builder.shl(self.builder.and_(wide, constant(0x8000)), constant(16))
        return self.builder.bitcast(self.builder.or_(self.builder.bitcast(scaled, kind(INT32)), sign), kind(FLOAT))

    def floats(self, address: ir.Value) -> ir.Value:
        """The vector of LANES floats in memory."""
        kind = ir.VectorType(FLOAT, LANES)
        return self.builder.load(self.builder.bitcast(address, kind.as_pointer()), align=4, typ=kind)

    def narrowed(self, floats: ir.Value) -> ir.Value:
        """A vector of floats rounded to halves."""
        return self.builder.fptrunc(floats, ir.VectorType(ir.HalfType(), LANES))

    def store(self, vector: ir.Value, address: ir.Value, align: int = 4) -> None:
        """Write a vector."""
        self.builder.store(vector, self.builder.bitcast(address, vector.type.as_pointer()), align=align)

    def add_product(self, total: ir.Value, a: ir.Value, b: ir.Value) -> ir.Value:
        """``total + a * b``. The product of two halves is exact in a float, so it is all one whether this is fused."""
        return self.builder.fadd(total, self.builder.fmul(a, b, flags=["contract"]), flags=["contract"])

    def prefetch(self, address: ir.Value, size: int) -> None:
        """Ask for the cache lines of ``size`` bytes, to be read; never faults."""
        for offset in range(0, size, _LINE):
            emit_prefetch(self.builder, self.builder.gep(address, [INT(offset)], source_etype=BYTE))

    def loop(
        self,
        start: ir.Value,
        stop: ir.Value,
        carried: list[ir.Value],
        body: Callable[[ir.Value, list[Any]], list[ir.Value]],
    ) -> list[ir.Value]:
        """``for i in range(start, stop): carried = body(i, carried)``; i at the end, then what is carried."""
        before = self.builder.block
        head, inside, after = (self.builder.append_basic_block(name) for name in ("head", "inside", "after"))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        phis = [self.builder.phi(value.type) for value in [start, *carried]]
        for phi, value in zip(phis, [start, *carried], strict=True):
            phi.add_incoming(value, before)
        self.builder.cbranch(self.builder.icmp_signed("<", phis[0], stop), inside, after)
        self.builder.position_at_end(inside)
        results = [self.builder.add(phis[0], INT(1)), *body(phis[0], phis[1:])]
        for phi, value in zip(phis, results, strict=True):
            phi.add_incoming(value, self.builder.block)
        self.builder.branch(head)
        self.builder.position_at_end(after)
        return phis
