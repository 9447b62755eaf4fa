"""Parquet and Arrow tables as text: a document for each row, taken from one column.

They are read in units, row groups and record batches, of which those that begin in a part of a file are the part's. For
that, unit i of n begins at i/n of the file: only the table's end tells where they really lie.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, BinaryIO

from dsgns import progress
from dsgns.corpus.parts import part_size, parts_at
from dsgns.corpus.records.report import RecordReport, place_of
from dsgns.corpus.sources import Source, open_source
from dsgns.errors import CorpusError, MissingExtraError, TruncatedSourceError, how_to_add
from dsgns.parameters import CorpusParameters

_ROWS = 1024
_BATCH = 4 << 20
_BUFFER = 1 << 20
_STRINGS = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


def split_table(source: Source) -> list[Source]:
    """A table in parts that have units of their own; a stream of Arrow batches stays whole."""
    size = part_size(source)
    if source.form == "stream" or source.size <= size:
        return [source]
    with open_source(source.url) as file, _reading(source):
        number = _number_of_units(_opened(file, source), source)
    starts = [0]
    for begin in _bounds(source.size, number)[:-1]:
        if begin - starts[-1] >= size:
            starts.append(begin)
    return parts_at(source, starts)


def number_of_rows(file: BinaryIO, source: Source) -> int:
    """The rows of an open Parquet table."""
    with _reading(source):
        return int(_opened(file, source).metadata.num_rows)


def read_table(
    file: BinaryIO, source: Source, parameters: CorpusParameters, report: RecordReport, pieces: Iterable[bytes]
) -> Iterator[bytes]:
    """The text of a part of a table; each row's is a line, the ends of its own lines written as vertical tabs.

    Parameters
    ----------
    file
        The source, open.
    report
        Added to.
    pieces
        The bytes of the source, decoded; only a stream is read from them.

    Raises
    ------
    CorpusError
        If there is no such column, or it holds no strings.
    TruncatedSourceError
        If the table is not whole.
    MissingExtraError
        If pyarrow is not there.
    """
    end = b"\n\n" if parameters.document == "blank-line" else b"\n"
    with _reading(source):
        for values in _columns(file, source, parameters.column, pieces):
            for start in range(0, len(values), _ROWS):
                yield _lines(values.slice(start, _ROWS), end, report)


def _columns(file: BinaryIO, source: Source, wanted: str, pieces: Iterable[bytes]) -> Iterator[Any]:
    """The wanted column, some rows at a time."""
    if source.form == "stream":
        import pyarrow as pa

        stream = pa.ipc.open_stream(_Joined(pieces))
        place = _place(source, wanted, stream.schema)
        yield from (batch.column(place) for batch in stream)
        return
    table = _opened(file, source)
    place = _place(source, wanted, table.schema_arrow if source.form == "parquet" else table.schema)
    total = file.seek(0, io.SEEK_END)
    bounds = _bounds(total, _number_of_units(table, source))
    if source.form == "arrow":
        table = _opened(file, source, included_fields=[place])
    for unit, (begin, stop) in enumerate(pairwise(bounds)):
        if source.start <= begin < source.start + source.size:
            if source.form == "parquet":
                yield from _row_group(table, unit, place)
            else:
                yield table.get_batch(unit).column(0)
            progress.advance(stop - begin)


def _row_group(table: Any, unit: int, place: int) -> Iterator[Any]:
    """A column of a row group, some rows at a time; no more than pages of it are held."""
    name = table.schema_arrow.names[place]
    group = table.metadata.row_group(unit)
    leaves = (group.column(leaf) for leaf in range(group.num_columns))
    size = sum(leaf.total_uncompressed_size for leaf in leaves if leaf.path_in_schema == name)
    rows = min(max(_BATCH * group.num_rows // max(size, 1), 1), _ROWS)
    for batch in table.iter_batches(rows, row_groups=[unit], columns=[name], use_threads=False):
        yield batch.column(0)


def _lines(values: Any, end: bytes, report: RecordReport) -> bytes:
    """Strings as lines, without those that are empty or null."""
    import pyarrow as pa

    kept = [text for text in values.cast(pa.large_binary()).to_pylist() if text]
    report.count("kept", len(kept))
    report.count("empty", len(values) - len(kept))
    # By their buffers, with NumPy to insert the line feeds, rows of 2 kB took more than twice as long.
    return b"".join([text.replace(b"\n", b"\v") + end for text in kept])


def _opened(file: BinaryIO, source: Source, **options: Any) -> Any:
    """A table of which any unit can be read."""
    if source.form == "parquet":
        from pyarrow import parquet

        return parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)
    from pyarrow import ipc

    file.seek(0)
    return ipc.open_file(file, options=ipc.IpcReadOptions(use_threads=False, **options))


def _number_of_units(table: Any, source: Source) -> int:
    return int(table.num_row_groups if source.form == "parquet" else table.num_record_batches)


def _bounds(total: int, number: int) -> list[int]:
    """Where each of some units is taken to begin in a file of ``total`` bytes, and the last to end."""
    return [total * unit // number for unit in range(number + 1)] if number else []


def _place(source: Source, wanted: str, schema: Any) -> int:
    """The place of the wanted column, which must hold strings."""
    from pyarrow import types

    place = place_of(source.url, wanted, schema.names)
    column = schema.field(place)
    kind = column.type.value_type if types.is_dictionary(column.type) else column.type
    if not any(getattr(types, f"is_{name}")(kind) for name in _STRINGS):
        raise CorpusError(
            f"The column {column.name!r} of {source.url} holds {column.type}, no strings. Name the one that holds the "
            "text with --column, or leave the file out."
        )
    return place


@contextmanager
def _reading(source: Source) -> Iterator[None]:
    """Say what is wrong in words of ours."""
    table = f"{source.url} is {'a Parquet' if source.form == 'parquet' else 'an Arrow'} table"
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError(f"{table}, which pyarrow reads. {how_to_add('arrow')}") from error
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise TruncatedSourceError(
            f"{table} that cannot be read: {error}. The file was most likely not copied whole: fetch it again, or "
            "leave it out."
        ) from error


class _Joined(io.RawIOBase):
    """Pieces of bytes as a file that is read once."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._held = iter(pieces), b""

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """As many bytes as there are, up to ``size``."""
        taken = bytearray()
        while size < 0 or len(taken) < size:
            self._held = self._held or next(self._pieces, b"")
            if not self._held:
                break
            step = len(self._held) if size < 0 else size - len(taken)
            taken += self._held[:step]
            self._held = self._held[step:]
        return bytes(taken)
