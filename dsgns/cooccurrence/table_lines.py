"""Tables of counts as lines of text: two names and a count, parted by tabs or commas."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from dsgns.corpus.decoding import decode_source
from dsgns.corpus.formats import compression_of
from dsgns.corpus.sources import open_source
from dsgns.errors import TableError

Cell = tuple[int, str, str, str | int]
"""The line or row it stands in, both names, and the count."""

_BOM = b"\xef\xbb\xbf"
_MAGIC = 8
_LONGEST_LINE = 1 << 17


def cells_of_lines(path: str) -> Iterator[Cell]:
    """The cells of a .tsv or .csv, compressed or not; a first line that names columns is none.

    Raises
    ------
    TableError
        Naming the line that is no cell.
    """
    comma = ".csv" in Path(path).suffixes
    for number, fields in _by_commas(path) if comma else _by_tabs(path):
        if len(fields) != 3:
            raise TableError(
                f"Line {number} of {path} has {len(fields)} fields; a cell is two names and a count, parted "
                f"by {'commas' if comma else 'tabs'}."
            )
        if number > 1 or not _is_heading(fields[2]):
            yield number, fields[0], fields[1], fields[2]


def _is_heading(field: str) -> bool:
    """Whether what stands where the first count would be is the name of a column, and no attempt at a number."""
    try:
        float(field)
    except ValueError:
        return field.strip()[:1] not in "+-.0123456789"
    return False


def _by_tabs(path: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in _text(path):
        yield number, line.split("\t")


def _by_commas(path: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(line + "\n" for _, line in _text(path))
    try:
        for fields in reader:
            yield reader.line_num, fields
    except csv.Error as error:
        raise TableError(f"Line {reader.line_num} of {path} cannot be parted by commas ({error}).") from error


def _text(path: str) -> Iterator[tuple[int, str]]:
    """The lines of a file by their numbers."""
    for number, line in enumerate(_decompressed(path), start=1):
        if len(line) > _LONGEST_LINE:
            raise TableError(f"Line {number} of {path} is longer than {_LONGEST_LINE:,} bytes; shorten its names.")
        try:
            yield number, line.decode().removesuffix("\r")
        except UnicodeDecodeError as error:
            raise TableError(f"Line {number} of {path} is no UTF-8: {line[:40]!r} ...; save it as UTF-8.") from error


def _decompressed(path: str) -> Iterator[bytes]:
    """The lines of a file; one that does not end may be cut where it is too long anyway."""
    with open_source(path) as file:
        compression = compression_of(file.read(_MAGIC))
        pieces = decode_source(file, path, compression, 0, None)
        rest = next(pieces, b"").removeprefix(_BOM)
        for piece in pieces:
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
            if len(rest) > _LONGEST_LINE:
                break
        if rest:
            yield from rest.removesuffix(b"\n").split(b"\n")
