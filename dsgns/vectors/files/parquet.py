"""Parquet, for data frames and databases."""

from __future__ import annotations

from dsgns.vectors.files.columns import ROWS, arrow, arrow_for, batches_of, columns_in, schema_of, table_of
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.files.whole_file import whole_file


def write(path: str, table: Table) -> None:
    """Write ``word``, ``count`` and ``vector``, compressed by zstd with the bytes of the floats apart.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    """
    parquet, schema = arrow().parquet, schema_of(table)
    # Exponents are alike and the last bits are not: compressed apart, floats take a tenth less.
    packing = {"compression": "zstd", "use_dictionary": False, "use_byte_stream_split": ["vector.list.element"]}
    packing["write_page_checksum"] = True
    with whole_file(path) as partial, parquet.ParquetWriter(partial, schema, **packing) as writer:
        for batch in batches_of(table, schema):
            writer.write_batch(batch)


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from a Parquet file; see :func:`dsgns.vectors.files.columns.columns_in`.

    Raises
    ------
    MissingExtraError
        If pyarrow is not installed.
    VectorFileError
        If the file cannot be read, or has no such columns.
    """
    with arrow_for(path, "Parquet") as pa, pa.parquet.ParquetFile(path, page_checksum_verification=True) as file:
        names = columns_in(file.schema_arrow, path)
        return table_of(file.iter_batches(ROWS, columns=names), names, path, reading.limit)
