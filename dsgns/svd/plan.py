"""How a factorisation is cut up, and how much memory and disk that takes: integers in, integers out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from dsgns.errors import ParameterError
from dsgns.parameters import SVDParameters
from dsgns.pmi.plan import even_shares
from dsgns.svd.cells import PIECE_CELLS, PIECE_ROWS
from dsgns.svd.iterate import SLAB_ROWS, even_cuts
from dsgns.svd.kernels.pack import WIDEST_GAP

_MIB = 1 << 20
_UNIT = 16  # columns that every host's vectors divide
_TILE = 128
_PANEL_ROWS = 1 << 15
_OUTPUT_BYTES = 16 * _MIB
# A task reads the whole iterate first: its products should take several times as long.
_LEAST_CELLS_PER_ROW = 300
_TASKS_PER_WORKER = 2
_PIECES = 3  # one that is worked on and one being read, and where blocks meet the last of the one before
_OVERHEAD = 48 * _MIB  # compiled kernels, codec buffers, and what the allocator keeps


@dataclass(frozen=True)
class SVDPlan:
    """What a run was begun with.

    Parameters
    ----------
    width
        l: columns of an iterate.
    runs
        Boundaries of consecutive row blocks of the counts: a task multiplies the rows of one run.
    bands
        Boundaries of columns: a task holds one band of the iterate in memory.
    panels
        Row boundaries of the dense algebra; they depend on the vocabulary's size alone.
    blocks
        Row boundaries of the vectors, from the vocabulary's and the vectors' size alone.
    """

    width: int
    runs: list[int]
    bands: list[int]
    panels: list[int]
    blocks: list[int]

    def to_dict(self) -> dict[str, Any]:
        """The plan as a JSON-able dictionary."""
        return asdict(self)


def plan_svd(
    parameters: SVDParameters, vocabulary_size: int, nonzeros: list[int], allowed_bytes: int, workers: int
) -> SVDPlan:
    """Cut up the work.

    Parameters
    ----------
    vocabulary_size
        V.
    nonzeros
        Of each row block of the counts.
    allowed_bytes
        What a task may use.
    workers
        Tasks that run at once.
    """
    width = iterate_width(parameters, vocabulary_size)
    per_unit = projected_multiply_bytes(vocabulary_size, 2 * _UNIT) - projected_multiply_bytes(vocabulary_size, _UNIT)
    room = (allowed_bytes - projected_multiply_bytes(vocabulary_size, 0)) // per_unit
    return SVDPlan(
        width,
        run_cuts(nonzeros, vocabulary_size, workers),
        list(even_cuts(0, width, max(1, room) * _UNIT, _UNIT)),
        row_cuts(vocabulary_size, _PANEL_ROWS),
        row_cuts(vocabulary_size, block_rows(parameters.vector_size)),
    )


def iterate_width(parameters: SVDParameters, vocabulary_size: int) -> int:
    """l: vectors and oversampling, rounded up to full tiles.

    Columns beyond the vocabulary's size are zeros.

    Raises
    ------
    ParameterError
        If there are not more words than numbers in a vector.

    Examples
    --------
    >>> iterate_width(SVDParameters(vector_size=100), 70_000), iterate_width(SVDParameters(vector_size=300), 70_000)
    (128, 336)
    """
    size = parameters.vector_size
    if size >= vocabulary_size:
        raise ParameterError(
            f"vector_size is {size}, but the vocabulary has {vocabulary_size} words; it must be below that. Give a "
            "smaller --vector-size, or more text."
        )
    extra = max(28, -(-size // 10)) if parameters.oversampling is None else parameters.oversampling
    units = -(-min(size + extra, vocabulary_size) // _UNIT)
    tiles = -(-units * _UNIT // _TILE)
    return -(-units // tiles) * tiles * _UNIT


def run_cuts(nonzeros: list[int], vocabulary_size: int, workers: int) -> list[int]:
    """Boundaries of runs of row blocks with about equal non-zeros.

    Examples
    --------
    >>> run_cuts([4, 4, 4, 5, 4, 4], vocabulary_size=1, workers=1)
    [0, 3, 6]
    """
    worthwhile = sum(nonzeros) // (_LEAST_CELLS_PER_ROW * vocabulary_size)
    return even_shares(nonzeros, min(len(nonzeros), max(_TASKS_PER_WORKER * workers, worthwhile)))


def row_cuts(rows: int, most: int) -> list[int]:
    """Boundaries every ``most`` rows."""
    return [*range(0, rows, most), rows]


def block_rows(vector_size: int) -> int:
    """Rows of a block of vectors: a power of two, 16 MiB or a little less."""
    return 1 << max(8, (_OUTPUT_BYTES // (4 * vector_size)).bit_length() - 1)


def projected_pack_bytes(nonzeros: int, rows: int, vocabulary_size: int) -> int:
    """Most bytes that a task packing a row block of so many non-zeros holds."""
    counts, logarithms, cells = 12 * nonzeros, 4 * nonzeros, 4 * nonzeros
    bridges = 4 * rows * (vocabulary_size // WIDEST_GAP)
    return counts + logarithms + cells + bridges + 16 * rows + 24 * vocabulary_size + _OVERHEAD


def projected_multiply_bytes(vocabulary_size: int, columns: int) -> int:
    """Most bytes that a task multiplying with so many columns holds."""
    tiles, piece = 2 * vocabulary_size * columns, 4 * PIECE_ROWS * columns
    slab = 12 * SLAB_ROWS * columns
    return tiles + piece + slab + _piece_bytes(vocabulary_size) + 8 * vocabulary_size + _OVERHEAD


def projected_sketch_bytes(vocabulary_size: int, width: int) -> int:
    """Most bytes that a task multiplying with the random start holds."""
    return 8 * PIECE_ROWS * width + _piece_bytes(vocabulary_size) + 48 * vocabulary_size + _OVERHEAD


def _piece_bytes(vocabulary_size: int) -> int:
    """Most bytes of packed cells that a task holds; a row is at most a piece, or half of it bridges."""
    return _PIECES * 4 * max(PIECE_CELLS, 2 * vocabulary_size)


def projected_start_bytes(vocabulary_size: int, width: int, vector_size: int) -> int:
    """Most bytes that a task copying the vectors of an earlier result, of ``vector_size``, holds."""
    return 8 * SLAB_ROWS * width + 8 * block_rows(vector_size) * vector_size + 48 * vocabulary_size + _OVERHEAD


def projected_gram_bytes(width: int) -> int:
    """Most bytes that a task holds which takes the Gram matrices of two bases and of their products."""
    return 2 * (6 * 8 * width * width + 20 * SLAB_ROWS * width) + _OVERHEAD


def projected_solve_bytes(width: int) -> int:
    """Most bytes that the small dense algebra on two bases holds."""
    return 10 * 8 * (2 * width) ** 2 + _OVERHEAD


def projected_combine_bytes(width: int, vector_size: int) -> int:
    """Most bytes that a task combining two bases and their products holds."""
    slab, factors = 4 * SLAB_ROWS * (8 * width + 2 * vector_size), 3 * 8 * 4 * width * max(width, vector_size)
    return slab + factors + _OVERHEAD


def projected_write_bytes(width: int, vector_size: int) -> int:
    """Most bytes that a task writing one block of vectors holds."""
    return projected_combine_bytes(width, vector_size) + 2 * 4 * block_rows(vector_size) * vector_size


def projected_disk_bytes(
    vocabulary_size: int, nonzeros: int, width: int, vector_size: int, sides: int = 2
) -> dict[str, int]:
    """Bytes on disk while it runs and when it is done.

    While it runs: the packed cells of M and, with two sides, of its transpose; of the last two iterations a basis
    and two products; and the next basis.
    """
    cells, pointers, iterate = 4 * sides * nonzeros, 8 * sides * vocabulary_size, 4 * vocabulary_size * width
    done = 8 * vocabulary_size * vector_size
    return {"running": cells + pointers + 7 * iterate + done, "done": done}
