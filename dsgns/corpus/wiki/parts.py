"""Dumps of many bz2 streams cut into parts that are read side by side.

A multistream dump is a stream with the head of the export, streams of a hundred pages each, and one with its end. A
stream begins with ten bytes that do not come about by chance, so where to cut is found by looking for them from where
a cut is wanted. The index that comes with a dump tells the same, but takes longer to decode than all cuts to be found.
"""

from __future__ import annotations

import bz2
import re
from typing import BinaryIO

from dsgns.corpus import parts
from dsgns.corpus.sources import Source, open_source, read_up_to
from dsgns.corpus.wiki.export import LONGEST_PAGE

_STREAM = re.compile(rb"BZh[1-9]1AY&SY")
_WINDOW = 1 << 20
_STEP = 16 << 10


def split_dump(source: Source) -> list[Source]:
    """A dump in parts; one that is not of many bz2 streams stays whole."""
    size = parts.part_size(source)
    if source.compression != "bz2" or source.size <= size:
        return [source]
    with open_source(source.url) as file:
        return parts.parts_at(source, _starts(file, source.size, size))


def _starts(file: BinaryIO, size: int, part: int) -> list[int]:
    """Offsets of the parts: 0, and where the first stream begins at or after each multiple of ``part``."""
    starts = [0]
    if not _begins_with_head(file):
        return starts
    for target in range(part, size, part):
        if target > starts[-1]:
            start = _next_stream(file, target, size)
            if start is None:
                break
            starts.append(start)
    return starts


def _begins_with_head(file: BinaryIO) -> bool:
    """Whether the first stream ends before the first page."""
    file.seek(0)
    return b"<page>" not in _decoded(file)


def _next_stream(file: BinaryIO, target: int, size: int) -> int | None:
    """Where the next stream begins that begins with a page; None if there is none."""
    for begin in range(target, size, _WINDOW):
        file.seek(begin)
        window = read_up_to(file, _WINDOW + 9)
        for found in _STREAM.finditer(window):
            file.seek(begin + found.start())
            if _decoded(file).lstrip().startswith(b"<page>"):
                return begin + found.start()
    return None


def _decoded(file: BinaryIO) -> bytes:
    """The beginning of a stream, decoded as far as it takes to see a page; empty if it is none."""
    decoder, text = bz2.BZ2Decompressor(), b""
    while not decoder.eof and b"<page>" not in text and len(text) < LONGEST_PAGE:
        data = file.read(_STEP) if decoder.needs_input else b""
        if decoder.needs_input and not data:
            break
        try:
            text += decoder.decompress(data, _WINDOW)
        except OSError:  # No stream. What a store cannot read is another matter, and not passed over.
            break
    return text
