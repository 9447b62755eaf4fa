"""Arrow's own file, also called Feather, for data frames that are memory-mapped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dsgns.vectors.files.columns import arrow, arrow_for, batches_of, columns_in, schema_of, table_of
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.files.whole_file import whole_file


def write(path: str, table: Table) -> None:
    """Write ``word``, ``count`` and ``vector``, not compressed.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    schema = schema_of(table)
    with whole_file(path) as partial, arrow().ipc.new_file(str(partial), schema) as writer:
        for batch in batches_of(table, schema):
            writer.write_batch(batch)


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from an Arrow file; see :func:`dsgns.vectors.files.columns.columns_in`.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    VectorFileError
        If the file cannot be read, or has no such columns.
    """
    with arrow_for(path, "Arrow") as pa, pa.memory_map(path) as mapped, pa.ipc.open_file(mapped) as file:
        names = columns_in(file.schema, path)
        return table_of(_batches(file), names, path, reading.limit)


def _batches(file: Any) -> Iterator[Any]:
    """The batches of an open file; those whose offsets lead elsewhere are refused, for nothing else looks at them."""
    for number in range(file.num_record_batches):
        batch = file.get_batch(number)
        batch.validate(full=True)
        yield batch
