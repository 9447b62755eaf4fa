"""word2vec's text: the number of words and the vector size, then a word and its numbers on each line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.encodings import Decode, lines_of
from dsgns.vectors.files.growing import GrowingRows
from dsgns.vectors.files.opening import created, opened
from dsgns.vectors.files.table import Reading, Table

SPACES = " \t\n\r\v\f"
_ROWS = 4096
_DIGITS = 18


def write(path: str, table: Table) -> None:
    """Write word2vec's text, which is fastText's ``.vec`` as well; nine digits give the same float32 back."""
    table.require_words_without(SPACES, path)
    with created(path) as (file,):
        file.write(f"{len(table.words)} {table.vectors.shape[1]}\n".encode())
        write_lines(file, table.words, table.vectors)


def write_lines(
    file: IO[bytes], words: Sequence[str] | None, vectors: np.ndarray, separator: str = " ", number: str = "%.9g"
) -> None:
    """Write each word and its vector on a line of its own, or vectors alone.

    Parameters
    ----------
    words
        One for each row, or None.
    vectors : shape (V, d), float32
        Read a block of rows at a time.
    number
        How each is written: nine significant digits give the same float32 back, and are written twice as fast as the
        shortest that do.
    """
    numbers = separator.join([number] * vectors.shape[1])
    for start in range(0, len(vectors), _ROWS):
        rows = [numbers % tuple(row) for row in vectors[start : start + _ROWS].tolist()]
        if words is not None:
            named = zip(words[start : start + _ROWS], rows, strict=True)
            rows = [f"{word}{separator}{row}" for word, row in named]
        file.write("".join(f"{row}\n" for row in rows).encode())


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from a text file, with or without word2vec's first line.

    Numbers are parted by any white space, a word may hold spaces, as some of GloVe's do, and empty lines are passed
    over.

    Raises
    ------
    VectorFileError
        If a line cannot be read, or the first line promises another number of words.
    """
    with opened(path) as file:
        lines, decode = lines_of(file, path, reading)
        return _read(enumerate(lines, start=1), path, reading.limit, decode)


def _read(lines: Iterator[tuple[int, bytes]], path: str, limit: int | None, decode: Decode) -> Table:
    number, first = next(lines, (1, b""))
    header = _header(first)
    promised, size = header or (None, _numbers_at_the_end(first))
    if size < 1:
        raise VectorFileError(
            f"{path}, line 1: expected two numbers (words and vector size) or a word and its numbers, found "
            f"{first[:80]!r}. If the file is binary, read it as word2vec-binary (format=, --from)."
        )
    rest = lines if header else chain([(number, first)], lines)
    words, vectors = _read_lines(rest, path, size, limit, decode)
    if promised is not None and len(words) != min(promised, limit or promised):
        why = "is truncated" if len(words) < promised else "has lines its first one does not count"
        raise VectorFileError(f"{path} {why}: {len(words)} words read, line 1 promises {promised}.")
    return Table(words, vectors)


def _header(line: bytes) -> tuple[int, int] | None:
    """The two numbers of word2vec's first line, or None when the line is something else."""
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() and len(field) <= _DIGITS for field in fields):
        return None
    return int(fields[0]), int(fields[1])


def _numbers_at_the_end(line: bytes) -> int:
    """The vector size that a file's first line has, where it is a word and its numbers."""
    fields = line.split()[1:]
    return next((place for place, field in enumerate(reversed(fields)) if not _is_number(field)), len(fields))


def _read_lines(
    lines: Iterable[tuple[int, bytes]], path: str, size: int, limit: int | None, decode: Decode
) -> tuple[list[str], np.ndarray]:
    words: list[str] = []
    vectors = GrowingRows(size)
    filled = ((number, line) for number, line in lines if line.strip())
    for number, line in islice(filled, limit):
        try:
            word, row = _parse(line, size)
            words.append(decode(word))
        except ValueError as error:
            raise VectorFileError(
                f"{path}, line {number}: {error}; expected a word and {size} numbers. If the file is binary, say so "
                "with format='word2vec-binary'; if words are no UTF-8, with encoding= or unicode_errors='replace'."
            ) from error
        vectors.append(row)
    return words, vectors.finished()


def _parse(line: bytes, size: int) -> tuple[bytes, np.ndarray]:
    """A line's word and vector."""
    fields = line.rsplit(None, size)
    if len(fields) == size and line[:1].isspace():
        fields = [b"", *fields]
    word, *numbers = fields
    if len(numbers) != size:
        raise ValueError(f"found {len(numbers)} numbers")
    if len(parts := word.split()) > 1 and _is_number(parts[-1]):
        raise ValueError(f"found more than {size} numbers")
    return word.strip(), np.array(numbers, dtype=np.float32)


def _is_number(field: bytes) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True
