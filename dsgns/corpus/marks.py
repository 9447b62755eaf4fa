"""Whether another process sees the same files under the same names."""

from __future__ import annotations

import os
import platform
import zlib
from collections.abc import Mapping, Sequence

from dsgns.corpus.sources import Source, open_source, read_up_to

_MARKED, _ENDS = 8, 4096


def marks(sources: Sequence[Source]) -> dict[str, str]:
    """The :func:`mark` of each of a few files, by URL; those of a thousand would take as long as some tasks."""
    step = -(-len(sources) // _MARKED)
    return {source.url: mark(source.url) for source in sources[::step]}


def mark(url: str) -> str:
    """A file's size, and a checksum of its ends: copies of it on other hosts have the same."""
    with open_source(url) as file:
        head = read_up_to(file, _ENDS)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _ENDS))
        return f"{size} bytes ({zlib.crc32(read_up_to(file, _ENDS), zlib.crc32(head)):08x})"


def unseen(marked: Mapping[str, str]) -> str:
    """What is wrong where this process sees other files than the one that marked them; empty if nothing is."""
    for url, expected in marked.items():
        try:
            found = mark(url)
        except OSError as error:
            found = f"none ({error})"
        if found != expected:
            return (
                f"on host {platform.node()}: of {url} the client sees {expected}, the worker {found}. Text must be the "
                "same for all, under the same names: in a folder that all hosts share, or an object store."
            )
    return ""
