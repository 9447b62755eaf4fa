"""Vectors as text: a word and its numbers on each line."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.growing import GrowingRows

_ROWS = 4096


def write_text(file: IO[bytes], words: Sequence[str], vectors: np.ndarray) -> None:
    """Write each word and its vector on a line of its own.

    Parameters
    ----------
    words
        One for each row.
    vectors : shape (V, d), float32
        Read a block of rows at a time.
    """
    # Nine significant digits give the same float32 back, and are written twice as fast as the shortest that do.
    numbers = " ".join(["%.9g"] * vectors.shape[1])
    for start in range(0, len(words), _ROWS):
        rows = zip(words[start : start + _ROWS], vectors[start : start + _ROWS].tolist(), strict=True)
        file.write("".join(f"{word} {numbers % tuple(row)}\n" for word, row in rows).encode())


def read_text(file: IO[bytes], name: str, limit: int | None, unicode_errors: str) -> tuple[list[str], np.ndarray]:
    """Words and vectors from a text file, with or without word2vec's first line.

    Parameters
    ----------
    name
        Of the file, for messages.
    limit
        Read only this many words; ``None`` for all.
    unicode_errors
        What to do with words that are no UTF-8, as in ``bytes.decode``.

    Raises
    ------
    VectorFileError
        If a line cannot be read, or the first line promises another number of words.
    """
    first = file.readline()
    header = _header(first)
    lines = enumerate(file, start=2) if header else itertools.chain([(1, first)], enumerate(file, start=2))
    promised, size = header or (None, len(first.split()) - 1)
    if size < 1:
        raise VectorFileError(
            f"{name}, line 1: expected two numbers (words and vector size) or a word and its numbers, found "
            f"{first[:80]!r}. If the file is binary, say so with binary=True."
        )
    words, vectors = _read_lines(lines, name, size, limit, unicode_errors)
    if promised is not None and len(words) != min(promised, limit or promised):
        why = "is truncated" if len(words) < promised else "has lines its first one does not count"
        raise VectorFileError(f"{name} {why}: {len(words)} words read, line 1 promises {promised}.")
    return words, vectors


def _header(line: bytes) -> tuple[int, int] | None:
    """The two numbers of word2vec's first line, or None when the line is something else."""
    fields = line.split()
    return (int(fields[0]), int(fields[1])) if len(fields) == 2 and all(map(bytes.isdigit, fields)) else None


def _read_lines(
    lines: Iterable[tuple[int, bytes]], name: str, size: int, limit: int | None, unicode_errors: str
) -> tuple[list[str], np.ndarray]:
    words: list[str] = []
    vectors = GrowingRows(size)
    for number, line in lines:
        if limit is not None and len(words) == limit:
            break
        if not line.strip():
            continue
        try:
            word, row = _parse(line, size)
            words.append(word.decode(errors=unicode_errors))
        except ValueError as error:
            raise VectorFileError(
                f"{name}, line {number}: {error}; expected a word and {size} numbers. If the file is binary, say so "
                "with binary=True; if words are no UTF-8, with unicode_errors='replace'."
            ) from error
        vectors.append(row)
    return words, vectors.finished()


def _parse(line: bytes, size: int) -> tuple[bytes, np.ndarray]:
    """A line's word and vector; the word may hold spaces, as some of GloVe's do."""
    word, *numbers = line.rstrip().rsplit(b" ", size)
    if len(numbers) != size:
        raise ValueError(f"found {len(numbers)} numbers")
    if b" " in word and _is_number(word.rsplit(b" ", 1)[1]):
        raise ValueError(f"found more than {size} numbers")
    return word, np.array(numbers, dtype=np.float32)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
