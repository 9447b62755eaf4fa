"""What became of the text of a shard's spans: a row of numbers for each, however many sources they are of.

A row is written down while its span is read. Rows of one source, from whichever shards, add up to the same.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from dsgns.corpus.kernels_bad_bytes import KINDS, tell_bad_bytes
from dsgns.store import Output
from dsgns.store.packed import read_packed, write_packed

COLUMNS = (
    *("text_bytes", "documents", "held_out_documents", "filtered_documents", "tokens", "held_out", "filtered", "known"),
    *("sentence_ends", "held_out_sentence_ends", "filtered_sentence_ends"),
    *("addresses", "numbers", "invalid_bytes", *KINDS),
)
"""Bytes of text that were read; documents and tokens that are used, held out and filtered; of the tokens that are
used, those with an id, as far as it is looked up; ends of sentences that end no document, by where these go; addresses
and numbers that were dropped, from whichever documents; and bytes that are no UTF-8, together and by kind, and NULs."""

DOCUMENTS, TOKENS, KNOWN, SENTENCES, _ADDRESSES = (
    COLUMNS.index(name) for name in ("documents", "tokens", "known", "sentence_ends", "addresses")
)
_BYTES, _NUMBERS, _INVALID, _KINDS = 0, _ADDRESSES + 1, _ADDRESSES + 2, _ADDRESSES + 3

FEW = 3
"""Places of each kind of bad bytes that are kept of a source."""

PREFIX = "ledger"
"""Blocks of ledgers lie below this."""


class Ledger:
    """Rows for some spans.

    Parameters
    ----------
    sources
        Of each span: the position of its source in the corpus.
    """

    def __init__(self, sources: Sequence[int]) -> None:
        self.sources = np.array(sources, np.int32)
        self.rows = np.zeros((len(sources), len(COLUMNS)), np.int64)
        self._places = array("q")
        self._row, self._source = self.rows[0], int(self.sources[0])
        self._few = np.full((len(KINDS), FEW), -1, np.int64)

    @property
    def places(self) -> np.ndarray:
        """Where bad bytes stand, int64, shape (places, 3): the source, the kind, and the offset in its text."""
        return np.array(self._places, np.int64).reshape(-1, 3)

    def turn_to(self, span: int) -> None:
        """Write down of this span what is counted from now on."""
        self._row, self._source = self.rows[span], int(self.sources[span])
        self._few[:] = -1

    def count_bytes(self, data: np.ndarray, size: int, offset: int, invalid: int, nuls: int) -> None:
        """Count some bytes of text, and the bad ones among them by their kind."""
        self._row[_BYTES] += size
        if invalid or nuls:
            self._row[_INVALID] += invalid
            before = self._few.copy()
            tell_bad_bytes(data, size, offset, self._row[_KINDS:], self._few)
            for kind, place in np.argwhere(self._few != before).tolist():
                self._places.extend((self._source, kind, int(self._few[kind, place])))

    def count(self, goes: int, tokens: int, documents: int, known: int = 0) -> None:
        """Count tokens and ends of documents that go to one destination."""
        self._row[TOKENS + goes] += tokens
        self._row[DOCUMENTS + goes] += documents
        self._row[KNOWN] += known

    def count_sentences(self, goes: int, ends: int) -> None:
        """Count line feeds that are about to come and end a sentence alone."""
        self._row[DOCUMENTS + goes] -= ends
        self._row[SENTENCES + goes] += ends

    def count_dropped(self, addresses: int, numbers: int) -> None:
        """Count what became no token by the options that say so."""
        self._row[_ADDRESSES] += addresses
        self._row[_NUMBERS] += numbers

    def write(self, output: Output, block: str, lasting: bool = False) -> None:
        """Keep it beside the block of this name, for as long as that."""
        places: np.ndarray = self.places
        write_packed(
            output, ledger_of(block), {"sources": self.sources, "rows": self.rows, "places": places}, lasting=lasting
        )


def ledger_of(block: str) -> str:
    """The name of the ledger beside a block."""
    folder, _, number = block.rpartition("/")
    return "/".join([*folder.split("/")[:-1], PREFIX, number])


class Readings(NamedTuple):
    """What became of the text of each source, by its position in the corpus."""

    rows: np.ndarray
    """int64, shape (sources, len(COLUMNS))."""
    places: np.ndarray
    """int64, shape (places, 3), as those of a ledger, in order: the first few of each source and kind."""

    def total(self, column: str) -> int:
        """A column added up."""
        return int(self.rows[:, COLUMNS.index(column)].sum())


def total_readings(output: Output, blocks: Iterable[str], sources: int) -> Readings:
    """The ledgers beside all blocks of a reading added up, for so many sources."""
    rows = np.zeros((sources, len(COLUMNS)), np.int64)
    places = [np.empty((0, 3), np.int64)]
    for block in blocks:
        ledger = read_packed(output, ledger_of(block))
        np.add.at(rows, ledger["sources"], ledger["rows"])
        places.append(ledger["places"])
    return Readings(rows, _first_few(np.concatenate(places)))


def _first_few(places: np.ndarray) -> np.ndarray:
    places = places[np.lexsort(places.T[::-1])]
    earlier = places[:-FEW, :2] == places[FEW:, :2]
    return np.concatenate([places[:FEW], places[FEW:][~earlier.all(axis=1)]])
