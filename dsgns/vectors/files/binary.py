"""word2vec's binary files: after a line of text, each word, a space, and its vector as little-endian float32.

The C tool puts a line feed after each vector, gensim does not.
"""

from __future__ import annotations

from typing import IO

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.encodings import decoder
from dsgns.vectors.files.growing import GrowingRows
from dsgns.vectors.files.opening import created, opened
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.files.text import SPACES

_ROWS = 4096
_STEP = 1 << 20
_LONGEST_WORD = 1 << 14


def write(path: str, table: Table) -> None:
    """Write each word and its vector, a block of rows at a time, with the line feed that the C tool puts after it."""
    table.require_words_without(SPACES, path)
    with created(path) as (file,):
        file.write(f"{len(table.words)} {table.vectors.shape[1]}\n".encode())
        for start in range(0, len(table.words), _ROWS):
            rows = np.ascontiguousarray(table.vectors[start : start + _ROWS], dtype="<f4")
            pairs = zip(table.words[start : start + _ROWS], rows, strict=True)
            file.write(b"".join(word.encode() + b" " + row.tobytes() + b"\n" for word, row in pairs))


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from a binary file, of the C tool's or gensim's making.

    Raises
    ------
    VectorFileError
        If the file ends too soon or a word cannot be read.
    """
    with opened(path) as file:
        return _read(file, path, reading)


def _read(file: IO[bytes], name: str, reading: Reading) -> Table:
    decode, limit = decoder(reading), reading.limit
    promised, size = _read_header(file, name)
    wanted = promised if limit is None else min(promised, limit)
    words: list[str] = []
    vectors = GrowingRows(size)
    buffer, at = b"", 0
    while len(words) < wanted:
        space = buffer.find(b" ", at)
        if space < 0 or len(buffer) < space + 1 + 4 * size:
            # As much again as is held, so that long rows take few steps, and a size that cannot be takes no memory.
            more = file.read(max(_STEP, len(buffer) - at))
            if not more or (space < 0 and len(buffer) - at > _LONGEST_WORD):
                raise _damaged(name, f"{len(words)} of {promised} words could be read")
            buffer, at = buffer[at:] + more, 0
            continue
        try:
            words.append(decode(buffer[at:space].lstrip(b"\n")))
        except UnicodeDecodeError as error:
            raise _damaged(name, f"word {len(words) + 1} cannot be decoded ({error})") from error
        vectors.append(np.frombuffer(buffer, dtype="<f4", count=size, offset=space + 1))
        at = space + 1 + 4 * size
    if wanted == promised and (buffer[at:] + file.read(1)).strip():
        raise _damaged(name, f"it goes on after the {promised} words that line 1 promises")
    return Table(words, vectors.finished())


def _damaged(name: str, why: str) -> VectorFileError:
    return VectorFileError(
        f"{name} is truncated, damaged or no binary file: {why}. If it is text, read it as word2vec (format=, "
        "--from); if only its words are in another encoding, with encoding= or "
        "unicode_errors='replace'; otherwise fetch it again."
    )


def _read_header(file: IO[bytes], name: str) -> tuple[int, int]:
    line = file.readline(200)
    fields = line.split()
    if len(fields) != 2 or not all(map(bytes.isdigit, fields)) or int(fields[1]) < 1:
        raise VectorFileError(f"{name}, line 1: expected the number of words and the vector size, found {line[:80]!r}.")
    return int(fields[0]), int(fields[1])
