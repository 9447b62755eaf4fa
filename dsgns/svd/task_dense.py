"""The dense algebra between two multiplications."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, write_packed
from dsgns.svd.algebra import Ritz, next_shift, orthonormalise, relative_residuals, ritz
from dsgns.svd.blas import single_thread
from dsgns.svd.dense import combine, gram
from dsgns.svd.iterate import Iterate
from dsgns.svd.task_multiply import half_scale

BASIS_SCALE = half_scale(1.0)
"""What brings the numbers of an orthonormal basis to where halves are dense."""

Parts = tuple[Iterate, ...]


def gram_panel(output: Output, name: str, parts: dict[str, Parts], exact: bool, start: int, stop: int) -> Manifest:
    """Write the Gram matrix and the column sums of some rows, for each named set of iterates side by side."""
    arrays = {}
    for key, iterates in parts.items():
        arrays[key], arrays[f"{key}_sums"] = gram(iterates, start, stop, exact=exact)
    return write_packed(output, name, arrays)


def turn(output: Output, name: str, panels: list[str], shift: float | None) -> Manifest:
    """Write the factor that makes the shifted product orthonormal; its facts hold the next shift.

    Parameters
    ----------
    panels
        Gram matrices of the product, panel by panel.
    shift
        The one that it was made with; None when it is no product, but known vectors to start from.
    """
    with single_thread():
        found = orthonormalise(_total(output, panels, "product"))
    facts = {"shift": 0.0 if shift is None else next_shift(shift, found.singular_values)}
    return write_packed(output, name, {"factor": found.factor}, facts=facts)


def write_basis(product: Iterate, basis: Iterate, panel: int, turned: str) -> Manifest:
    """Write some rows of the orthonormal basis of a product.

    Its numbers are rounded to half precision, so that multiplications, which read them so, see this very basis.
    """
    factor = read_packed(basis.output, turned)["factor"]

    def rounded() -> Iterator[np.ndarray]:
        for slab in combine((product,), factor, basis.rows[panel], basis.rows[panel + 1]):
            yield (slab * np.float32(BASIS_SCALE)).astype(np.float16).astype(np.float32) * np.float32(1 / BASIS_SCALE)

    return basis.output.write_bytes(basis.file(panel), rounded(), lasting=False)


def solve(output: Output, name: str, panels: list[str], count: int) -> Manifest:
    """Write the best triplets in the span of the bases whose Gram matrices the panels hold."""
    with single_thread():
        right, left, sums = (_total(output, panels, key) for key in ("right", "left", "left_sums"))
        found = ritz(right, left, sums, count)
    return write_packed(output, name, found._asdict())


def residual_panel(
    output: Output,
    name: str,
    solved: str,
    bases: Parts,
    products: Parts,
    shifts: tuple[float, ...],
    cut: tuple[int, int],
) -> Manifest:
    """Write, for each triplet, the sum of squares of some rows of M^T u - s v.

    With M Q = Y and M^T Y - alpha Q = T for each basis, M^T u = (T + alpha Q) left, and v = Q right.
    """
    found = Ritz(**read_packed(output, solved))
    shift = np.repeat(shifts, [basis.width for basis in bases])[:, None]
    own = shift * found.left - found.right * found.singular_values
    squares = np.zeros(len(found.singular_values))
    for slab in combine(products + bases, np.concatenate([found.left, own]), *cut):
        squares += np.einsum("ij,ij->j", slab, slab, dtype=np.float64)
    return write_packed(output, name, {"squares": squares})


def write_spectrum(output: Output, name: str, solved: str, panels: list[str]) -> Manifest:
    """Write singular values and residuals; its facts say the largest and the median residual."""
    singular_values = read_packed(output, solved, "singular_values")["singular_values"]
    residuals = relative_residuals(_total(output, panels, "squares"), singular_values)
    facts = {"residual_max": float(residuals.max()), "residual_median": float(np.median(residuals))}
    return output.write(name, {"singular_values": singular_values, "residuals": residuals}, facts=facts)


def copy_spectrum(output: Output, name: str, source: str) -> Manifest:
    """Write the spectrum found last where readers look for it."""
    return output.write(name, output.read(source), facts=output.facts_of(source))


def write_vectors(output: Output, name: str, solved: str, side: str, parts: Parts, start: int, stop: int) -> Manifest:
    """Write some rows of the ``left`` or ``right`` singular vectors."""
    coefficients = read_packed(output, solved, side)[side]
    rows = np.concatenate(list(combine(parts, coefficients, start, stop)))
    return output.write(name, {"rows": rows}, facts={"start": start, "stop": stop})


def _total(output: Output, panels: list[str], key: str) -> np.ndarray:
    """The sum of an array over panels, in their order."""
    total = read_packed(output, panels[0], key)[key]
    for name in panels[1:]:
        total += read_packed(output, name, key)[key]
    return total
