"""Where files of lines are cut into parts."""

from __future__ import annotations

from typing import BinaryIO

from dsgns.corpus.parts import part_size, parts_at
from dsgns.corpus.sources import Source, open_source, read_up_to

_WINDOW = 64 << 10


def split_lines(source: Source) -> list[Source]:
    """A source of lines in parts that begin with a line; a compressed one stays whole."""
    size = part_size(source)
    if source.compression or source.size <= size:
        return [source]
    starts = [0]
    with open_source(source.url) as file:
        for target in range(size, source.size, size):
            if target > starts[-1]:
                start = _next_line(file, target, source.size)
                if start == source.size:
                    break
                starts.append(start)
    return parts_at(source, starts)


def _next_line(file: BinaryIO, target: int, size: int) -> int:
    """Where the first line begins at or after ``target``; the end where there is none."""
    for begin in range(target - 1, size, _WINDOW):
        file.seek(begin)
        found = read_up_to(file, _WINDOW).find(b"\n") + 1
        if found:
            return begin + found
    return size
