"""Words in a JSON file beside an array that can be memory-mapped."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from dsgns.errors import VectorFileError
from dsgns.vectors.files.table import Table
from dsgns.vectors.files.whole_file import whole_files

_ROWS = 4096
_FORMAT = 1


@contextmanager
def beside(path: str, table: Table) -> Iterator[IO[bytes]]:
    """A file for an array, to be filled; in the end it and ``path`` + ``.json`` take their names together.

    The JSON holds ``words``, ``counts`` where they are known, ``shape``, and ``crc32`` of the array's first and last
    rows: a file that came from another export is told by that.
    """
    told = {
        "dsgns": _FORMAT,
        "shape": list(table.vectors.shape),
        "crc32": _fingerprint(table.vectors),
        "words": list(table.words),
        **({} if table.counts is None else {"counts": np.asarray(table.counts).tolist()}),
    }
    with whole_files(path, name_of(path)) as (array, words):
        words.write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        with array.open("wb") as file:
            yield file


def write_rows(file: IO[bytes], vectors: np.ndarray) -> None:
    """Write an array's bytes, float32 in C order, little-endian, a block of rows at a time."""
    for start in range(0, len(vectors), _ROWS):
        file.write(np.ascontiguousarray(vectors[start : start + _ROWS], dtype="<f4").data)


def with_words(path: str, vectors: np.ndarray) -> Table:
    """An array with the words that lie beside it.

    Raises
    ------
    VectorFileError
        If they are not there, or are not those of this array.
    """
    name = name_of(path)
    try:
        told: dict[str, Any] = json.loads(Path(name).read_text(encoding="utf-8"))
        words, counts = told["words"], _counts(told)
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            raise TypeError("words is no list of strings")
    except FileNotFoundError as error:
        raise VectorFileError(f"{path} holds numbers only; its words are expected in {name}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise VectorFileError(f"{name} cannot be read ({error!r}); expected JSON with a list of words.") from error
    if len(words) != len(vectors) or (counts is not None and len(counts) != len(words)):
        raise VectorFileError(
            f"{name} has {len(words)} words for {len(vectors)} vectors of {path}; the two are not of one export."
        )
    if told.get("crc32", _fingerprint(vectors)) != _fingerprint(vectors):
        raise VectorFileError(f"{name} has the words of other vectors than those in {path}; export both again.")
    return Table(words, vectors, counts)


def _counts(told: dict[str, Any]) -> np.ndarray | None:
    """What is told of counts, shape (V,), int64."""
    counts = told.get("counts")
    if counts is None:
        return None
    if not isinstance(counts, list) or not all(type(count) is int for count in counts):
        raise TypeError("counts is no list of whole numbers")
    return np.array(counts, np.int64)


def name_of(path: str) -> str:
    """Where the words of an array lie."""
    return f"{path}.json"


def _fingerprint(vectors: np.ndarray) -> int:
    ends = np.concatenate([vectors[:64], vectors[-64:]])
    return zlib.crc32(np.ascontiguousarray(ends, dtype="<f4").data)
