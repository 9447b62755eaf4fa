"""Evaluation sets read from text files as they are found in the wild."""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import numpy as np

from dsgns.errors import EvaluationFileError

UNNAMED_SECTION = "questions"


@dataclass(frozen=True)
class SimilaritySet:
    """Pairs of words that people gave scores.

    Parameters
    ----------
    name
        Of the file, without its ending.
    pairs
        Of words.
    scores : shape (n,), float64
        The more alike, the higher.
    note
        What is to be said of a first line that was passed over and does not look like column names; else empty.

    Examples
    --------
    >>> import dsgns
    >>> dsgns.read_set("pairs.tsv").pairs[0]
    ('dog', 'cat')
    """

    name: str
    pairs: tuple[tuple[str, str], ...]
    scores: np.ndarray
    note: str = ""


@dataclass(frozen=True)
class AnalogySet:
    """Questions "a is to b as c is to ...?" with their answers, in sections.

    Parameters
    ----------
    name
        Of the file, without its ending.
    questions
        Of four words: a, b, c and the answer.
    sections
        Names.
    section_of : shape (n,), int64
        For each question the number of its section.

    Examples
    --------
    >>> import dsgns
    >>> dsgns.AnalogySet("one", (("man", "king", "woman", "queen"),), ("royal",), np.array([0])).sections
    ('royal',)
    """

    name: str
    questions: tuple[tuple[str, str, str, str], ...]
    sections: tuple[str, ...]
    section_of: np.ndarray


def read_set(path: str | os.PathLike[str]) -> SimilaritySet | AnalogySet:
    """The set in a file: of analogies if it opens a section or its second line has four words and no number.

    Raises
    ------
    EvaluationFileError
        If there is no such file, or a line cannot be read; the message names the line.

    Examples
    --------
    >>> import dsgns
    >>> dsgns.read_set("pairs.tsv").scores.tolist()
    [9.0, 8.0, 2.0, 1.0]
    """
    first_lines = [line for _, line in itertools.islice(_lines(path), 2)]
    if first_lines and (first_lines[0].startswith(":") or _is_question(first_lines[-1])):
        return read_analogies(path)
    return read_similarities(path)


def read_similarities(path: str | os.PathLike[str]) -> SimilaritySet:
    """Pairs and scores from a file of two words and a number a line.

    Fields are parted by tabs, commas or white space; further fields are passed over, and so are empty lines,
    comments (``#``) and a first line of column names: one whose third field is no number, nor anything like one.

    Raises
    ------
    EvaluationFileError
        If there is no such file, or a line cannot be read; the message names the line.
    """
    pairs: list[tuple[str, str]] = []
    scores: list[float] = []
    note = ""
    for place, (number, line) in enumerate(_lines(path)):
        fields = _fields(line)
        if place == 0 and _may_be_names(fields):
            if not _are_names(fields):
                note = f"{path}, line {number}: {shorten(line, 60)!r} was taken for the names of columns, and left out."
            continue
        if len(fields) < 3 or not _is_number(fields[2]):
            wrong = f"{path}, line {number}: {shorten(line, 60)!r} is no pair of words and a number"
            raise EvaluationFileError(f"{wrong}{_way_out(path, fields)}.")
        pairs.append((fields[0], fields[1]))
        scores.append(float(fields[2]))
    if not pairs:
        raise EvaluationFileError(f"{path} holds no pair of words; expected lines such as: cup<TAB>mug<TAB>8.5")
    return SimilaritySet(Path(path).stem, tuple(pairs), np.array(scores), note)


def read_analogies(path: str | os.PathLike[str]) -> AnalogySet:
    """Questions from a file of four words a line, with ``: section`` lines between, as word2vec's.

    Empty lines and comments (``#``) are passed over.

    Raises
    ------
    EvaluationFileError
        If there is no such file, or a line cannot be read; the message names the line.
    """
    questions: list[tuple[str, str, str, str]] = []
    sections: list[str] = []
    section_of: list[int] = []
    for number, line in _lines(path):
        if line.startswith(":"):
            sections.append(line.lstrip(": "))
            continue
        words = line.split()
        if len(words) != 4:
            raise EvaluationFileError(f"{path}, line {number}: {shorten(line, 60)!r} is no question of four words.")
        sections = sections or [UNNAMED_SECTION]
        questions.append((words[0], words[1], words[2], words[3]))
        section_of.append(len(sections) - 1)
    if not questions:
        raise EvaluationFileError(f"{path} holds no question; expected lines such as: Athens Greece Oslo Norway")
    return AnalogySet(Path(path).stem, tuple(questions), tuple(sections), np.array(section_of))


def _lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, str]]:
    """Numbered lines that hold something, stripped."""
    try:
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if (text := line.strip()) and not text.startswith("#"):
                    yield number, text
    except UnicodeDecodeError as error:
        raise EvaluationFileError(f"{path} is no UTF-8 text ({error}); convert it first.") from error
    except OSError as error:
        raise EvaluationFileError(f"{path} cannot be read ({error.strerror}).") from error


def _fields(line: str) -> list[str]:
    separator = "\t" if "\t" in line else "," if line.count(",") >= 2 else None
    return [field.strip() for field in line.split(separator)]


def _is_question(line: str) -> bool:
    fields = _fields(line)
    return len(fields) == 4 and not any(map(_is_number, fields))


def _may_be_names(fields: list[str]) -> bool:
    """Whether a first line can be the names of columns: no score stands in it, not even a damaged one such as 8,5."""
    return len(fields) >= 3 and re.fullmatch(r"[-+.\d].*|nan|inf|", fields[2], re.IGNORECASE) is None


def _are_names(fields: list[str]) -> bool:
    """Whether the first two fields name columns of words, such as ``word1`` and ``Word 2``, and are none themselves."""
    return all(re.search(r"\b(word|item|term|first|second)", field, re.IGNORECASE) for field in fields[:2])


def _way_out(path: str | os.PathLike[str], fields: Sequence[str]) -> str:
    """How to take the columns out of a wider table, such as SimLex-999's own."""
    number = next((place for place, field in enumerate(fields, 1) if place > 2 and _is_number(field)), None)
    return f"; if the score is in column {number}, `cut -f1,2,{number} {path}` has what is wanted" if number else ""


def _is_number(field: str) -> bool:
    try:
        return math.isfinite(float(field))
    except ValueError:
        return False
