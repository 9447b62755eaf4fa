"""Text onto disk."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.synthetic.language import Language


def write_text(language: Language, path: Path, tokens: int, start: int = 0) -> int:
    """Write so many words from a position on, in bounded memory; the bytes written.

    Files that are written for ``[0, n)`` and ``[n, m)`` hold together what one file for ``[0, m)`` does, but that
    every file ends with the end of a line.
    """
    size = 0
    with path.open("wb") as file:
        for piece in language.pieces(start, start + tokens):
            size += file.write(piece)
        if size:
            file.seek(size - 1)
            file.write(b"\n")
    return size
