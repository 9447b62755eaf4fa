"""Vectors as columns of Arrow: ``word``, ``vector``, and ``count`` where it is known.

What Parquet and Arrow files have in common: batches of rows with these columns, to and from arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import numpy as np

from dsgns.errors import MissingExtraError, VectorFileError, how_to_add
from dsgns.vectors.files.growing import GrowingRows
from dsgns.vectors.files.opening import require_local
from dsgns.vectors.files.table import Table

ROWS = 16_384
"""Rows of a batch, when they are written."""


def arrow() -> ModuleType:
    """The package pyarrow.

    Raises
    ------
    MissingExtraError
        If it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.compute
        import pyarrow.parquet
    except ImportError as error:
        raise MissingExtraError(f"pyarrow is not installed ({error}). {how_to_add('arrow')}") from error
    return pyarrow


@contextmanager
def arrow_for(path: str, kind: str) -> Iterator[ModuleType]:
    """The package pyarrow, to read a file on this machine; what it finds wrong is told by the file's name.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    VectorFileError
        If the file cannot be read.
    """
    pa = arrow()
    require_local(path)
    try:
        yield pa
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise VectorFileError(f"{path} cannot be read as {kind} ({error}); fetch or export it again.") from error


def schema_of(table: Table) -> Any:
    """The schema of a table: ``word`` string, ``count`` int64, ``vector`` list of d float32."""
    pa = arrow()
    counted = [] if table.counts is None else [pa.field("count", pa.int64(), nullable=False)]
    vector = pa.list_(pa.field("element", pa.float32(), nullable=False), table.vectors.shape[1])
    fields = [pa.field("word", pa.string(), nullable=False), *counted, pa.field("vector", vector, nullable=False)]
    return pa.schema(fields)


def batches_of(table: Table, schema: Any) -> Iterator[Any]:
    """A table's rows, some at a time."""
    pa = arrow()
    for start in range(0, len(table.words), ROWS):
        stop = start + ROWS
        flat = pa.array(np.ascontiguousarray(table.vectors[start:stop], np.float32).reshape(-1))
        columns = [pa.array(list(table.words[start:stop]), pa.string())]
        columns += [] if table.counts is None else [pa.array(table.counts[start:stop], pa.int64())]
        columns.append(pa.FixedSizeListArray.from_arrays(flat, type=schema.field("vector").type))
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def columns_in(schema: Any, path: str) -> list[str]:
    """The names of the columns that hold words, vectors and, where there are some, counts.

    They are those called ``word``, ``vector`` and ``count``; or else the only one of strings, and of lists of floats.

    Raises
    ------
    VectorFileError
        If there are no such columns, or several of one name.
    """
    types = arrow().types

    def is_text(kind: Any) -> bool:
        kind = kind.value_type if types.is_dictionary(kind) else kind
        return types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)

    def is_vector(kind: Any) -> bool:
        listed = types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind)
        return listed and types.is_floating(kind.value_type)

    found = []
    for name, fits in (("word", is_text), ("vector", is_vector)):
        fitting = [field.name for field in schema if fits(field.type)]
        if fitting.count(name) != 1 and len(fitting) != 1:
            held = ", ".join(f"{field.name} ({field.type})" for field in schema)
            raise VectorFileError(f"{path} has the columns {held}; expected word (string) and vector (list of floats).")
        found.append(name if name in fitting else fitting[0])
    found += [field.name for field in schema if field.name == "count" and types.is_integer(field.type)]
    for name in found:
        if len(schema.get_all_field_indices(name)) > 1:
            raise VectorFileError(f"{path} has several columns called {name}; leave one.")
    return found


def table_of(batches: Iterable[Any], names: list[str], path: str, limit: int | None) -> Table:
    """Words, vectors and counts from batches that have the columns ``names``.

    Raises
    ------
    VectorFileError
        If a value is missing, or vectors differ in length.
    """
    words: list[str] = []
    counts: list[np.ndarray] = []
    vectors: GrowingRows | None = None
    for batch in batches:
        word, vector, *count = (batch.column(name) for name in names)
        # A word may be missing in the dictionary too.
        word = word.dictionary_decode() if arrow().types.is_dictionary(word.type) else word
        if any(column.null_count for column in (word, vector, *count)):
            raise VectorFileError(f"{path}: a value is missing in the rows from {len(words) + 1} on.")
        if not len(word):
            continue
        rows = _matrix(vector, path, len(words))
        vectors = vectors or GrowingRows(rows.shape[1])
        if rows.shape[1] != vectors.size:
            raise VectorFileError(
                f"{path}, row {len(words) + 1}: found {rows.shape[1]} numbers; row 1 has {vectors.size}."
            )
        vectors.extend(rows)
        words += word.to_pylist()
        counts += [column.cast(arrow().int64()).to_numpy(zero_copy_only=False) for column in count]
        if limit is not None and len(words) >= limit:
            break
    known = np.concatenate(counts) if counts else None
    return Table(words, np.empty((0, 1), np.float32) if vectors is None else vectors.finished(), known).head(limit)


def _matrix(column: Any, path: str, before: int) -> np.ndarray:
    """A column of lists as an array of shape (n, d), float32."""
    lengths = arrow().compute.list_value_length(column).to_numpy(zero_copy_only=False)
    if len(odd := np.flatnonzero(lengths != lengths[0])):
        row = before + int(odd[0]) + 1
        raise VectorFileError(f"{path}, row {row}: found {lengths[odd[0]]} numbers; the rows before have {lengths[0]}.")
    flat = column.flatten()
    if flat.null_count:
        row = before + int(flat.is_null().index(True).as_py()) // int(lengths[0]) + 1
        raise VectorFileError(f"{path}, row {row}: a number of its vector is missing.")
    return np.asarray(flat.to_numpy(zero_copy_only=False), np.float32).reshape(len(column), int(lengths[0]))
