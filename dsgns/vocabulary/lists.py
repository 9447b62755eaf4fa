"""Lists of words from files: those that are to be kept, those that are to go, and those that are all there may be.

Each word carries a mark, a bit above any count. So lists are one more block of counted words, and adding everything up
brings each word's mark and count together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from dsgns.corpus.sources import open_source
from dsgns.errors import ParameterError, VocabularyError
from dsgns.parameters import VocabularyParameters
from dsgns.vocabulary.table import CountedWords, WordCounter
from dsgns.vocabulary.words import Words

KEPT, STOPPED = 1 << 61, 1 << 62
"""Marks of words to keep whatever their count, and of words to leave out."""

_BOM = b"\xef\xbb\xbf"
_RULE = "a file of words has one a line, with no white space"
_SLACK = np.full(96, 32, np.uint8)


@dataclass(frozen=True)
class Listed:
    """The words of a file.

    Parameters
    ----------
    path
        Of the file.
    lines
        Where each word stands.
    counts
        Of each word; empty where the file has none.
    """

    path: str
    lines: dict[bytes, int]
    counts: dict[bytes, int]

    def at(self, word: bytes) -> str:
        """Where a word stands, for a message."""
        return f"line {self.lines[word]} of {self.path}"


@dataclass(frozen=True)
class WordLists:
    """Every word of the lists with its mark.

    Parameters
    ----------
    marks
        ``KEPT`` or ``STOPPED``, by word.
    only
        The file whose words are all there may be; empty where any word may.
    """

    marks: Mapping[bytes, int]
    only: str = ""

    @property
    def kept(self) -> int:
        """How many words are to be kept."""
        return sum(mark == KEPT for mark in self.marks.values())

    @cached_property
    def fingerprint(self) -> str | None:
        """A hash of what the lists say, wherever they lie and in whatever order; None where there are none."""
        if not self.marks:
            return None
        said = b"".join(b"%s %d\n" % item for item in sorted(self.marks.items()))
        return hashlib.sha256((b"only\n" if self.only else b"") + said).hexdigest()

    def counted(self) -> CountedWords:
        """The words as a block of counted ones, their marks for counts."""
        text = np.frombuffer(b" ".join(self.marks) + b" ", np.uint8)
        counter = WordCounter(expected=len(self.marks))
        counter.add(np.append(text, _SLACK), text.size, np.array([*self.marks.values(), 0, 0], np.uint64))
        return counter.take()


def read_lists(parameters: VocabularyParameters) -> WordLists:
    """The lists that a vocabulary is to be made with.

    Of a vocabulary with counts those words are meant that ``min_count`` and ``max_vocabulary`` leave; a stop-list has
    the last word.

    Raises
    ------
    ParameterError
        If a file cannot be read.
    VocabularyError
        Naming the file and the line that is wrong.
    """
    only = read_list(parameters.vocabulary, counts=True) if parameters.vocabulary else None
    keep = read_list(parameters.keep) if parameters.keep else None
    stop = read_list(parameters.stop) if parameters.stop else None
    if keep and stop and (both := sorted(keep.lines.keys() & stop.lines.keys())):
        raise VocabularyError(
            f"{both[0].decode()!r} is to be kept ({keep.at(both[0])}) and to be left out ({stop.at(both[0])}); "
            "take it out of one of them."
        )
    marks = dict.fromkeys(_frequent(only, parameters), KEPT) if only else {}
    for listed, mark in ((keep, KEPT), (stop, STOPPED)):
        marks |= dict.fromkeys(listed.lines if listed else (), mark)
    return WordLists(marks, only.path if only else "")


def keeping(lists: WordLists, words: Words) -> WordLists:
    """The same lists with more words to keep, unless they are to be left out."""
    more = words.spaced().tobytes().split(b" ")[:-1]
    return replace(lists, marks=dict.fromkeys(more, KEPT) | dict(lists.marks))


def read_list(path: str, counts: bool = False) -> Listed:
    """The words of a file, one a line; with ``counts``, each may have its count behind it if all have.

    Raises
    ------
    ParameterError
        If the file cannot be read.
    VocabularyError
        If it is empty, or a line is no word, or one that was there before.
    """
    try:
        with open_source(path) as file:
            data = file.read()
    except OSError as error:
        raise ParameterError(f"The word list {path} cannot be read ({error.strerror or error}).") from error
    lines = data.removeprefix(_BOM).split(b"\n")
    if not lines[-1]:
        lines.pop()
    if not lines:
        raise VocabularyError(f"{path} is empty; {_RULE}.")
    counted = counts and len(lines[0].split()) == 2
    listed = Listed(path, {}, {})
    for number, line in enumerate(lines, start=1):
        word, count = _parsed(line.removesuffix(b"\r"), counted, f"Line {number} of {path}")
        if word in listed.lines:
            raise VocabularyError(f"Line {number} of {path} has {word.decode()!r} again, which is {listed.at(word)}.")
        listed.lines[word] = number
        if counted:
            listed.counts[word] = count
    return listed


def _parsed(line: bytes, counted: bool, where: str) -> tuple[bytes, int]:
    """A line's word, and its count or 0."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise VocabularyError(f"{where} is no UTF-8 (byte {error.start + 1} of it); save the file as UTF-8.") from error
    if not line.strip():
        raise VocabularyError(f"{where} is blank; {_RULE}.")
    if counted:
        word, *rest = line.split()
        if len(rest) != 1 or not rest[0].isdigit():
            raise VocabularyError(f"{where} is {text!r}; like the first line it must be a word and its count.")
        return word, int(rest[0])
    if any(byte <= 32 for byte in line):
        raise VocabularyError(f"{where} is {text!r}; {_RULE}.")
    return line, 0


def _frequent(listed: Listed, parameters: VocabularyParameters) -> list[bytes]:
    """The words that ``min_count`` and ``max_vocabulary`` leave of those with counts; all of those without."""
    if not listed.counts:
        return list(listed.lines)
    words = [word for word, count in listed.counts.items() if count >= parameters.min_count]
    words.sort(key=lambda word: (-listed.counts[word], word))
    if not words:
        raise VocabularyError(f"min_count is {parameters.min_count}, above every count in {listed.path}; lower it.")
    return words[: parameters.max_vocabulary]
