"""Vectors as bytes: each word, a space, and its vector as little-endian float32."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.growing import GrowingRows

_ROWS = 4096
_STEP = 1 << 20
_LONGEST_WORD = 1 << 14


def write_binary(file: IO[bytes], words: Sequence[str], vectors: np.ndarray) -> None:
    """Write each word and its vector, with the line feed that the C tool puts after it.

    Parameters
    ----------
    words
        One for each row.
    vectors : shape (V, d), float32
        Read a block of rows at a time.
    """
    for start in range(0, len(words), _ROWS):
        rows = np.ascontiguousarray(vectors[start : start + _ROWS], dtype="<f4")
        pairs = zip(words[start : start + _ROWS], rows, strict=True)
        file.write(b"".join(word.encode() + b" " + row.tobytes() + b"\n" for word, row in pairs))


def read_binary(file: IO[bytes], name: str, limit: int | None, unicode_errors: str) -> tuple[list[str], np.ndarray]:
    """Words and vectors from a binary file, of the C tool's or gensim's making.

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
        If the file ends too soon or a word cannot be read.
    """
    promised, size = _read_header(file, name)
    wanted = promised if limit is None else min(promised, limit)
    words: list[str] = []
    vectors = GrowingRows(size)
    buffer, at = b"", 0
    while len(words) < wanted:
        space = buffer.find(b" ", at)
        if space < 0 or len(buffer) < space + 1 + 4 * size:
            more = file.read(max(_STEP, 4 * size))
            if not more or (space < 0 and len(buffer) - at > _LONGEST_WORD):
                raise _damaged(name, f"{len(words)} of {promised} words could be read")
            buffer, at = buffer[at:] + more, 0
            continue
        try:
            words.append(buffer[at:space].lstrip(b"\n").decode(errors=unicode_errors))
        except UnicodeDecodeError as error:
            raise _damaged(name, f"word {len(words) + 1} is no UTF-8 ({error})") from error
        vectors.append(np.frombuffer(buffer, dtype="<f4", count=size, offset=space + 1))
        at = space + 1 + 4 * size
    if wanted == promised and (buffer[at:] + file.read(1)).strip():
        raise _damaged(name, f"it goes on after the {promised} words that line 1 promises")
    return words, vectors.finished()


def _damaged(name: str, why: str) -> VectorFileError:
    return VectorFileError(
        f"{name} is truncated, damaged or no binary file: {why}. If it is text, say so with binary=False; if only "
        "its words are in another encoding, with unicode_errors='replace'; otherwise fetch it again."
    )


def _read_header(file: IO[bytes], name: str) -> tuple[int, int]:
    line = file.readline(200)
    fields = line.split()
    if len(fields) != 2 or not all(map(bytes.isdigit, fields)) or int(fields[1]) < 1:
        raise VectorFileError(f"{name}, line 1: expected the number of words and the vector size, found {line[:80]!r}.")
    return int(fields[0]), int(fields[1])
