"""Vector instructions for the tiles, emitted as LLVM IR through llvmlite.

Plain numba loops do vectorise, but numba's arrays carry no promise that they do not overlap, so a loop
that updates several rows at once does not. Emitting the vector instructions ourselves costs no C
compiler and keeps every row in registers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from llvmlite import ir
from numba.core import cgutils, config
from numba.core.codegen import get_host_cpu_features

from dsgns.intrinsics import emit_prefetch

_FEATURES: str = config.CPU_FEATURES if config.CPU_FEATURES is not None else get_host_cpu_features()

LANES: int = 16 if "+avx512f" in _FEATURES else 8
"""Floats in one vector. Sixteen under AVX2 halve its speed; eight suit AVX2 and NEON."""

FLOAT = ir.FloatType()
INT = ir.IntType(64)
VECTOR = ir.VectorType(FLOAT, LANES)
_INT32 = ir.IntType(32)

# tanh(x) = x P(x^2) / Q(x^2) for |x| <= 7.9: the coefficients of Eigen's ``ptanh``, lowest degree first.
_TANH_LIMIT = 7.9
_TANH_P = (
    4.89352455891786e-03,
    6.37261928875436e-04,
    1.48572235717979e-05,
    5.12229709037114e-08,
    -8.60467152213735e-11,
    2.00018790482477e-13,
    -2.76076847742355e-16,
)
_TANH_Q = (4.89352518554385e-03, 2.26843463243900e-03, 1.18534705686654e-04, 1.19825839466702e-06)


def constant(*values: float) -> ir.Constant:
    """A vector that holds the values over and over."""
    return ir.Constant(VECTOR, [float(value) for value in values] * (LANES // len(values)))


def _reversed_bits(lane: int) -> int:
    """The number of a lane, its lowest bit first."""
    return sum(bool(lane & bit) * (LANES // 2 // bit) for bit in (1, 2, 4, 8) if bit < LANES)


class Lanes:
    """Shorthand over an IR builder for what a tile is made of."""

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def load(self, base: ir.Value, index: ir.Value) -> ir.Value:
        """The vector at ``base[index:index + LANES]``."""
        return self.builder.load(self._vector_at(base, index), align=4, typ=VECTOR)

    def store(self, vector: ir.Value, base: ir.Value, index: ir.Value) -> None:
        """Write the vector to ``base[index:index + LANES]``."""
        self.builder.store(vector, self._vector_at(base, index), align=4)

    def _vector_at(self, base: ir.Value, index: ir.Value) -> ir.Value:
        address = self.builder.gep(base, [index], source_etype=FLOAT)
        return self.builder.bitcast(address, VECTOR.as_pointer())

    def scalar(self, base: ir.Value, index: ir.Value, kind: ir.Type) -> ir.Value:
        """The scalar ``base[index]``."""
        return self.builder.load(self.builder.gep(base, [index], source_etype=kind), typ=kind)

    def shuffle(self, first: ir.Value, second: ir.Value | None, mask: list[int]) -> ir.Value:
        """Lanes picked by number, those of ``second`` counted on from ``LANES``."""
        other = ir.Constant(VECTOR, ir.Undefined) if second is None else second
        return self.builder.shuffle_vector(first, other, ir.Constant(ir.VectorType(_INT32, LANES), mask))

    def splat(self, scalar: ir.Value) -> ir.Value:
        """A vector holding a scalar in every lane."""
        lane = self.builder.insert_element(ir.Constant(VECTOR, ir.Undefined), scalar, _INT32(0))
        return self.shuffle(lane, None, [0] * LANES)

    def fma(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """``a * b + c``, rounded once."""
        return self._call("fma", a, b, c)

    def _call(self, name: str, *arguments: ir.Value) -> ir.Value:
        kind = ir.FunctionType(VECTOR, [VECTOR] * len(arguments))
        function = cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}.v{LANES}f32")
        return self.builder.call(function, arguments)

    def sums(self, vectors: list[ir.Value | None]) -> ir.Value:
        """A vector whose lane i is the sum of all lanes of ``vectors[i]``; anything where there is none.

        A tree: at each level a half of the lanes that still belong to one vector goes to the other half, and two
        vectors share one. Lanes blend anywhere in the processor, and are shuffled in one place, so each pair takes one
        of each. Sixteen sums cost 45 instructions; one at a time they would cost 128.
        """
        vectors = [vectors[_reversed_bits(lane)] for lane in range(LANES)]
        half = LANES // 2
        while half > 0:
            # Lane by lane: the first vector's own and the second's own, then each other's.
            kept = [lane if lane & half == 0 else lane + LANES for lane in range(LANES)]
            moved = [lane + half if lane & half == 0 else lane - half + LANES for lane in range(LANES)]
            vectors = [
                None if x is None else self.builder.fadd(self.shuffle(x, y, kept), self.shuffle(x, y, moved))
                for x, y in zip(vectors[::2], vectors[1::2], strict=True)
            ]
            half //= 2
        return vectors[0]

    def sigmoid(self, x: ir.Value) -> ir.Value:
        """1 / (1 + exp(-x)) within 1e-6, as (1 + tanh(x / 2)) / 2."""
        half = self.builder.fmul(x, constant(0.5))
        half = self._call("minnum", self._call("maxnum", half, constant(-_TANH_LIMIT)), constant(_TANH_LIMIT))
        square = self.builder.fmul(half, half)
        tanh = self.builder.fdiv(
            self.builder.fmul(self._polynomial(_TANH_P, square), half), self._polynomial(_TANH_Q, square)
        )
        return self.fma(tanh, constant(0.5), constant(0.5))

    def _polynomial(self, coefficients: tuple[float, ...], x: ir.Value) -> ir.Value:
        value: ir.Value = constant(coefficients[-1])
        for coefficient in coefficients[-2::-1]:
            value = self.fma(value, x, constant(coefficient))
        return value

    def cases(self, number: ir.Value, bodies: Mapping[int, Callable[[int], None]]) -> None:
        """``bodies[number](number)``; there must be one."""
        after = self.builder.append_basic_block("after")
        chosen = {case: self.builder.append_basic_block("case") for case in bodies}
        nowhere = self.builder.append_basic_block("nowhere")
        branch = self.builder.switch(number, nowhere)
        for case, block in chosen.items():
            branch.add_case(INT(case), block)
            self.builder.position_at_end(block)
            bodies[case](case)
            self.builder.branch(after)
        self.builder.position_at_end(nowhere)
        self.builder.unreachable()
        self.builder.position_at_end(after)

    def loop(
        self, stop: ir.Value, step: int, carried: list[ir.Value], body: Callable[[ir.Value, list[Any]], list[ir.Value]]
    ) -> list[ir.Value]:
        """``for i in range(0, stop, step): carried = body(i, carried)``; runs at least once."""
        before = self.builder.block
        head = self.builder.append_basic_block("loop")
        after = self.builder.append_basic_block("after")
        self.builder.branch(head)
        self.builder.position_at_end(head)
        index = self.builder.phi(INT)
        index.add_incoming(INT(0), before)
        values = [self.builder.phi(value.type) for value in carried]
        for phi, value in zip(values, carried, strict=True):
            phi.add_incoming(value, before)
        results = body(index, values)
        following = self.builder.add(index, INT(step))
        end = self.builder.block
        for phi, value in zip([index, *values], [following, *results], strict=True):
            phi.add_incoming(value, end)
        self.builder.cbranch(self.builder.icmp_signed("<", following, stop), head, after)
        self.builder.position_at_end(after)
        return results

    def prefetch(self, base: ir.Value, index: ir.Value) -> None:
        """Ask for the cache line of ``base[index]``, to be written."""
        emit_prefetch(self.builder, self.builder.gep(base, [index], source_etype=FLOAT), to_write=True)
