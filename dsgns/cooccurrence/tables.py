"""Tables of counts: a name, another, and how often they go together, read in chunks of text and numbers.

A chunk's text has both names of a cell in a line, as a text of two words; so what counts words and what encodes them
serves for names as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from dsgns.cooccurrence.table_lines import Cell, cells_of_lines
from dsgns.errors import MissingExtraError, TableError, how_to_add
from dsgns.vocabulary.lists import read_list

CELLS = 1 << 16
"""Cells of a chunk."""

LARGEST = 1 << 40
"""The largest count of a cell; a million times a million of them still add up in 64 bits."""

_SLACK = 96
_SPACE = 32


class Chunk(NamedTuple):
    """Some cells."""

    text: np.ndarray
    """uint8: the names of each cell with a space between them, and a line feed; then 96 bytes to spare."""
    counts: np.ndarray
    """uint64, shape (cells,)."""


@dataclass(frozen=True)
class TableFile:
    """A file of cells.

    Parameters
    ----------
    path
        ``.tsv`` or ``.csv``, compressed or not, ``.npz`` of a SciPy sparse matrix, or ``.parquet``.
    names
        Of an ``.npz``: a file with the name of each row and column, one a line; empty for their numbers.
    """

    path: str
    names: str = ""

    def require(self) -> None:
        """Look before anything is made whether there are such files.

        Raises
        ------
        TableError
            If not.
        """
        for path in filter(None, (self.path, self.names)):
            try:
                with open(path, "rb"):
                    pass
            except OSError as error:
                raise TableError(f"{path} cannot be read ({error.strerror or error}).") from error

    def chunks(self) -> Iterator[Chunk]:
        """All cells in order.

        Raises
        ------
        TableError
            Naming the line or row that is no cell, or the file that cannot be read.
        MissingExtraError
            If pyarrow is needed and is not there.
        """
        suffix = Path(self.path).suffix
        rows = (
            _matrix(self)
            if suffix == ".npz"
            else _parquet(self.path)
            if suffix == ".parquet"
            else cells_of_lines(self.path)
        )
        try:
            while cells := list(islice(rows, CELLS)):
                yield _chunk(self.path, cells)
        except OSError as error:
            raise TableError(f"{self.path} cannot be read ({error.strerror or error}).") from error


def _matrix(table: TableFile) -> Iterator[Cell]:
    import scipy.sparse as sp

    try:
        with open(table.path, "rb") as file:
            matrix = sp.load_npz(file).tocoo()
    except OSError:
        raise
    except Exception as error:  # which one depends on where the file is broken
        raise TableError(f"{table.path} is no sparse matrix as scipy.sparse.save_npz writes one ({error}).") from error
    rows, columns = matrix.shape
    if rows != columns:
        raise TableError(
            f"{table.path} is a matrix of {rows:,} x {columns:,}; its rows and columns must be the same things. Give a "
            "table of names instead."
        )
    names = (
        [name.decode() for name in read_list(table.names).lines] if table.names else [str(row) for row in range(rows)]
    )
    if len(names) != rows:
        raise TableError(f"{table.names} has {len(names):,} names, but {table.path} has {rows:,} rows.")
    if not np.issubdtype(matrix.dtype, np.integer) and not np.array_equal(matrix.data, np.floor(matrix.data)):
        raise TableError(f"{table.path} holds fractions; counts are whole numbers. Scale and round them first.")
    cells = zip(matrix.row.tolist(), matrix.col.tolist(), matrix.data.astype(np.int64).tolist(), strict=True)
    for number, (row, column, count) in enumerate(cells, start=1):
        yield number, names[row], names[column], count


def _parquet(path: str) -> Iterator[Cell]:
    try:
        from pyarrow import ArrowException, parquet, types
    except ImportError as error:
        raise MissingExtraError(f"{path} is a Parquet table, which pyarrow reads. {how_to_add('arrow')}") from error
    number = 0
    try:
        table = parquet.ParquetFile(path)
        schema = table.schema_arrow
        if len(schema) != 3 or not types.is_integer(schema[2].type):
            columns = ", ".join(f"{column.name} ({column.type})" for column in schema)
            raise TableError(f"{path} has the columns {columns}; it must have three: names, names, and whole numbers.")
        for batch in table.iter_batches(CELLS):
            for one, other, count in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, "" if one is None else str(one), "" if other is None else str(other), count
    except ArrowException as error:
        raise TableError(f"{path} cannot be read as Parquet from row {number + 1:,} on ({error}).") from error


def _chunk(path: str, cells: Sequence[Cell]) -> Chunk:
    """The text and numbers of some cells, if all of them are good."""
    text = "".join([f"{one} {other}\n" for _, one, other, _ in cells]).encode()
    data = np.zeros(len(text) + _SLACK, np.uint8)
    data[: len(text)] = np.frombuffer(text, np.uint8)
    white = data[: len(text)] <= _SPACE
    # No name is empty or holds white space, if and only if there are as many spaces as names, none beside another.
    if white.sum() != 2 * len(cells) or (white[1:] & white[:-1]).any() or white[0]:
        raise _bad_name(path, cells)
    try:
        counts = np.array([int(count) for _, _, _, count in cells], np.int64)
    except (ValueError, TypeError, OverflowError):
        raise _bad_count(path, cells) from None
    if counts.min() < 0 or counts.max() > LARGEST:
        raise _bad_count(path, cells)
    return Chunk(data, counts.astype(np.uint64))


def _bad_name(path: str, cells: Sequence[Cell]) -> TableError:
    for number, *names, _ in cells:
        for name in names:
            if not name or any(letter <= " " for letter in name):
                return TableError(
                    f"Line {number} of {path} has the name {name!r}; names must not be empty and hold no white space: "
                    "put an underscore there."
                )
    raise AssertionError("every name is good")


def _bad_count(path: str, cells: Sequence[Cell]) -> TableError:
    for number, _, _, count in cells:
        try:
            good = 0 <= int(count) <= LARGEST
        except (ValueError, TypeError):
            good = False
        if not good:
            return TableError(
                f"Line {number} of {path} has the count {count!r}; it must be a whole number from 0 to 2^40."
            )
    raise AssertionError("every count is good")
