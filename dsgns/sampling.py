"""A few megabytes of a corpus, from places spread evenly over it, as numbered tokens."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dsgns.corpus.forms import Account, bytes_taken, find_text, text_of
from dsgns.corpus.functions import load_tokenizer
from dsgns.corpus.sources import Source, open_source, read_up_to
from dsgns.corpus.tokenizers import as_array, split_white_space, tokenizer_of
from dsgns.errors import EmptyCorpusError
from dsgns.parameters import CorpusParameters

WINDOW = 256 << 10
"""Bytes of text looked at in one place."""

PLACES = 16
"""Places looked at, spread evenly over the sources."""

SEPARATOR = -1
_PARTS = 32
_ENDS = {"line": "\n", "blank-line": "\n\n", "file": None}


@dataclass(frozen=True)
class Sample:
    """Some text as ids.

    Parameters
    ----------
    sources
        Those of the whole corpus.
    text_bytes
        Of the whole corpus, decoded; estimated where sources are compressed.
    looked_at
        Bytes of text that were read.
    ids : shape (n,), int32
        A number for each token, by order of first appearance; -1 after each document and each place.
    ends
        Documents that ended.
    expansion
        Bytes of text for each byte of a source that is no plain text.
    tokenizing
        Seconds a byte of text that the tokenizer took, in plain Python.
    """

    sources: Sequence[Source]
    text_bytes: int
    looked_at: int
    ids: np.ndarray
    ends: int
    expansion: float = 1.0
    tokenizing: float = 0.0

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each token was seen, falling, shape (distinct,), int64."""
        return np.sort(np.bincount(self.ids[self.ids != SEPARATOR]))[::-1]

    @property
    def tokens(self) -> int:
        """Tokens seen."""
        return int(self.counts.sum())

    @cached_property
    def half_distinct(self) -> float:
        """Distinct tokens in half of the sample, the mean of two halves that are spread over all of it."""
        parts = np.array_split(self.ids, _PARTS)
        halves = [np.unique(np.concatenate(parts[first::2])) for first in (0, 1)]
        return float(np.mean([np.count_nonzero(half != SEPARATOR) for half in halves]))


def read_sample(inputs: Sequence[str], parameters: CorpusParameters) -> Sample:
    """A sample from places spread evenly over a corpus.

    Raises
    ------
    CorpusError
        If an input cannot be used; see :func:`dsgns.corpus.forms.find_text`.
    EmptyCorpusError
        If there is no token in what was read.
    """
    sources = find_text(inputs, parameters)
    tokenize, end = _tokenizer(parameters), _ENDS[parameters.document]
    known: dict[str, int] = {}
    ids: list[int] = []
    ratios: list[float] = []
    looked_at = ends = 0
    seconds = 0.0
    for source, text, ratio in _read_places(sources, parameters):
        looked_at += len(text)
        ratios += [] if source.plain else [ratio]
        decoded = text.decode("utf-8", "replace")
        documents = decoded.split(end) if end else [decoded]
        ends += len(documents) - 1
        began = time.process_time()
        for document in documents:
            ids += [known.setdefault(token, len(known)) for token in tokenize(document)]
            ids.append(SEPARATOR)
        seconds += time.process_time() - began
    if not known:
        raise EmptyCorpusError(f"There is no token in the {looked_at} bytes of text that were looked at.")
    expansion = float(np.mean(ratios)) if ratios else 1.0
    sizes = sum(round(source.size * (1.0 if source.plain else expansion)) for source in sources)
    return Sample(
        sources, max(sizes, looked_at), looked_at, np.array(ids, np.int32), ends, expansion, seconds / looked_at
    )


def _read_places(sources: Sequence[Source], parameters: CorpusParameters) -> Iterator[tuple[Source, bytes, float]]:
    """A source, some of its text cut at white space, and how many bytes of text one of its own bytes stands for."""
    ends = np.cumsum([source.size for source in sources])
    wanted = (np.arange(PLACES) + 0.5) * ends[-1] / PLACES
    for number, group in itertools.groupby(wanted, key=lambda place: int(np.searchsorted(ends, place, side="right"))):
        source, places = sources[number], list(group)
        if not source.plain:
            text, taken = _decoded_beginning(source, parameters, WINDOW * len(places))
            yield source, _whole_words(text, cut_front=False), len(text) / max(taken, 1)
            continue
        with open_source(source.url) as file:
            for start, size in _spans(source.size, [int(place - ends[number] + source.size) for place in places]):
                file.seek(start)
                yield source, _whole_words(read_up_to(file, size), cut_front=start > 0), 1.0


def _spans(size: int, starts: list[int]) -> list[tuple[int, int]]:
    """Starts and sizes of stretches of at most WINDOW bytes that do not overlap."""
    if size <= WINDOW * len(starts):
        return [(0, size)]
    return [(min(start, size - WINDOW), WINDOW) for start in starts]


def _decoded_beginning(source: Source, parameters: CorpusParameters, size: int) -> tuple[bytes, int]:
    """The first ``size`` bytes of text, or all, of a source that is not plain, and how many of the file they took."""
    text, account = bytearray(), Account()
    with open_source(source.url) as file:
        for piece in text_of(file, source, parameters, account):
            text += piece
            if len(text) >= size:
                break
        return bytes(text), bytes_taken(file, source, account)


def _whole_words(text: bytes, cut_front: bool) -> bytes:
    """Text without the word that was cut in two at its front, if it was."""
    if not cut_front:
        return text
    first = next((at for at, byte in enumerate(text[:4096]) if byte <= 32), 0)
    return text[first:]


def _tokenizer(parameters: CorpusParameters) -> Callable[[str], list[str]]:
    if not parameters.streams:
        return load_tokenizer(parameters.tokenizer)
    tokenizer = tokenizer_of(parameters)
    if tokenizer is split_white_space:
        return str.split

    def split(text: str) -> list[str]:
        data, size = tokenizer(*as_array(text.encode()), True)
        return data[:size].tobytes().decode().split()

    return split
