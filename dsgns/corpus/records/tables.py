"""Parquet and Arrow tables as text: a document for each row, taken from one column.

They are read in units, row groups and record batches, of which those that begin in a part of a file are the part's. For
that, unit i of n begins at i/n of the file: only the table's end tells where they really lie.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from typing import Any, BinaryIO, cast

from dsgns import progress
from dsgns.corpus.parts import part_size, parts_at
from dsgns.corpus.records.batches import BATCH, ROWS, Bounded, Joined, cuts_of, require_bounded, sizes_of
from dsgns.corpus.records.report import LONGEST_RECORD, RecordReport, place_of, refusal
from dsgns.corpus.sources import Source, open_source
from dsgns.errors import CorpusError, MissingExtraError, TruncatedSourceError, how_to_add
from dsgns.parameters import CorpusParameters

_BUFFER = 1 << 20
_STRINGS = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view", "null")


def split_table(source: Source) -> list[Source]:
    """A table in parts that have units of their own; a stream of Arrow batches stays whole."""
    size = part_size(source)
    if source.form == "stream" or source.compression or source.size <= size:
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
        The bytes of the source, decoded; only a stream, and what is compressed as a whole, is read from them.

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
    passed = 0
    with _reading(source), _seekable(file, source, pieces) as (file, source):
        for values in _columns(file, source, parameters.column, pieces):
            sizes = sizes_of(values)
            for start, stop in pairwise(cuts_of(sizes).tolist()):
                if sizes[start] > LONGEST_RECORD:
                    _leave_out(source, passed + start, parameters, report)
                else:
                    yield _lines(values.slice(start, stop - start), end, report)
            passed += len(values)


def _columns(file: BinaryIO, source: Source, wanted: str, pieces: Iterable[bytes]) -> Iterator[Any]:
    """The wanted column, some rows at a time."""
    if source.form == "stream":
        yield from _stream(Joined(pieces, source.url), source, wanted)
        return
    table = _opened(file, source)
    place = _place(source, wanted, table.schema_arrow if source.form == "parquet" else table.schema)
    total = file.seek(0, io.SEEK_END)
    bounds = _bounds(total, _number_of_units(table, source))
    if source.form == "arrow":
        table = _opened(cast(BinaryIO, Bounded(file, source.url)), source, included_fields=[place])
    for unit, (begin, stop) in enumerate(pairwise(bounds)):
        if source.start <= begin < source.start + source.size:
            if source.form == "parquet":
                yield from _row_group(table, unit, place, file, source)
            else:
                yield require_bounded(table.get_batch(unit).column(0), source.url)
            progress.advance(0 if source.compression else stop - begin)


@contextmanager
def _seekable(file: BinaryIO, source: Source, pieces: Iterable[bytes]) -> Iterator[tuple[BinaryIO, Source]]:
    """A table that can be read from its end, and its source: one that is compressed as a whole is unpacked to disk."""
    if not source.compression or source.form == "stream":
        yield file, source
        return
    with tempfile.TemporaryFile(prefix="dsgns-") as unpacked:
        for piece in pieces:
            unpacked.write(piece)
        yield cast(BinaryIO, unpacked), replace(source, size=unpacked.tell())


def _stream(joined: Joined, source: Source, wanted: str) -> Iterator[Any]:
    """A column of a stream, by its batches."""
    from pyarrow import ipc

    place = _place(source, wanted, ipc.open_stream(joined).schema)
    joined.rewind()
    for batch in ipc.open_stream(joined, options=ipc.IpcReadOptions(use_threads=False, included_fields=[place])):
        yield require_bounded(batch.column(0), source.url)


def _row_group(table: Any, unit: int, place: int, file: BinaryIO, source: Source) -> Iterator[Any]:
    """A column of a row group, some rows at a time; no more than pages of it are held."""
    name = table.schema_arrow.names[place]
    group = table.metadata.row_group(unit)
    leaves = [group.column(leaf) for leaf in range(group.num_columns)]
    size = sum(leaf.total_uncompressed_size for leaf in leaves if leaf.path_in_schema == name)
    rows = min(max(BATCH * group.num_rows // max(size, 1), 1), ROWS)
    if size <= BATCH and any(leaf.has_dictionary_page for leaf in leaves if leaf.path_in_schema == name):
        # Few bytes may stand for many where texts repeat: such are kept once. It would take longer where none does.
        table = _opened(file, source, read_dictionary=[name], metadata=table.metadata)
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


def _leave_out(source: Source, row: int, parameters: CorpusParameters, report: RecordReport) -> None:
    """Count a row, from 0 in its part of the table, that is too long, or refuse it."""
    after = f" after byte {source.start}" if source.start else ""
    where, why = f"{source.url}, row {row + 1}{after}", f"it is longer than {LONGEST_RECORD >> 20} MiB"
    if parameters.errors == "strict":
        raise refusal(where, why)
    report.leave_out("broken", where, why)


def _opened(file: BinaryIO, source: Source, **options: Any) -> Any:
    """A table of which any unit can be read."""
    if source.form == "parquet":
        from pyarrow import parquet

        return parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False, **options)
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
