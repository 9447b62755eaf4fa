"""TensorBoard's embedding projector: a table of numbers and, beside it, one of labels, parted by tabs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from dsgns.errors import SourceNotFoundError, VectorFileError
from dsgns.vectors.files.growing import GrowingRows
from dsgns.vectors.files.opening import created, opened
from dsgns.vectors.files.table import Reading, Table
from dsgns.vectors.files.text import write_lines

_HEADER = "word\tcount"


def labels_of(path: str) -> str:
    """Where the labels of a table of vectors lie.

    Examples
    --------
    >>> labels_of("out/vectors.tsv"), labels_of("sgns.tsv")
    ('out/metadata.tsv', 'sgns.metadata.tsv')
    """
    given = Path(path)
    return str(given.with_name("metadata.tsv" if given.stem == "vectors" else f"{given.stem}.metadata.tsv"))


def write(path: str, table: Table) -> None:
    """Write the two files that the projector's "Load" asks for; where labels have two columns, they are named."""
    table.require_words_without("\t\n\r", path)
    lines: Sequence[str] = table.words
    if table.counts is not None:
        labelled = zip(table.words, np.asarray(table.counts).tolist(), strict=True)
        lines = [_HEADER, *(f"{word}\t{count}" for word, count in labelled)]
    with created(path, labels_of(path)) as (numbers, labels):
        labels.write("".join(f"{line}\n" for line in lines).encode())
        write_lines(numbers, None, table.vectors, "\t")


def read(path: str, reading: Reading) -> Table:
    """Words and vectors from the projector's two files; the first column of labels is the word.

    Raises
    ------
    VectorFileError
        If a line cannot be read, or there are not as many labels as vectors.
    """
    vectors = _read_numbers(path, reading.limit)
    words, counts = _read_labels(labels_of(path))
    if len(words) != len(vectors) and (reading.limit is None or len(words) < len(vectors)):
        raise VectorFileError(f"{labels_of(path)} has {len(words)} labels for {len(vectors)} vectors of {path}.")
    return Table(words, vectors, counts).head(len(vectors))


def _read_numbers(path: str, limit: int | None) -> np.ndarray:
    rows: GrowingRows | None = None
    with opened(path) as file:
        for number, line in islice(enumerate(file, start=1), limit):
            try:
                row = np.array(line.split(), np.float32)
            except ValueError as error:
                raise VectorFileError(f"{path}, line {number}: {error}; expected numbers parted by tabs.") from error
            rows = rows or GrowingRows(max(len(row), 1))
            if len(row) != rows.size:
                raise VectorFileError(f"{path}, line {number}: found {len(row)} numbers; line 1 has {rows.size}.")
            rows.append(row)
    return np.empty((0, 1), np.float32) if rows is None else rows.finished()


def _read_labels(path: str) -> tuple[list[str], np.ndarray | None]:
    try:
        with opened(path) as file:
            lines = [line.rstrip(b"\r\n").decode().split("\t") for line in file]
    except SourceNotFoundError as error:
        raise VectorFileError(f"the words are expected in {path}, which is not there.") from error
    except UnicodeDecodeError as error:
        raise VectorFileError(f"{path} is no UTF-8 ({error}).") from error
    # The projector's own rule: a single column has no first line, several have one.
    if lines and len(lines[0]) > 1:
        names, *lines = lines
        if "count" in names[1:]:
            return _with_counts(lines, names.index("count"), path)
    return [fields[0] for fields in lines], None


def _with_counts(lines: list[list[str]], column: int, path: str) -> tuple[list[str], np.ndarray]:
    words, counts = [], []
    for number, fields in enumerate(lines, start=2):
        try:
            words.append(fields[0])
            counts.append(int(fields[column]))
        except (ValueError, IndexError) as error:
            raise VectorFileError(f"{path}, line {number}: expected a whole number as count ({error}).") from error
    return words, np.array(counts, np.int64)
