"""What is told of a reading of the text: where its bad bytes are, and whether another reading met the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dsgns.corpus.kernels_bad_bytes import NUL
from dsgns.corpus.ledger import COLUMNS, KNOWN, SENTENCES, Readings
from dsgns.corpus.sources import Source
from dsgns.errors import CorpusError
from dsgns.store import Output

SOURCES = "sources"
"""The block that keeps what became of each source."""


def told_place(read: Readings, sources: Sequence[Source]) -> Callable[[int, int], str]:
    """A function from a source's position and an offset in its text to what a person is told of that place."""
    ends = np.cumsum(read.rows[:, 0])

    def told(source: int, offset: int) -> str:
        first = source
        while sources[first].start:  # parts of a file stand one after the other
            first -= 1
        before = int(ends[source - 1] - (ends[first - 1] if first else 0)) if source > first else 0
        whose = "" if sources[source].plain else " of its text"
        return f"{sources[source].url}, byte {before + offset}{whose}"

    return told


def seen_in_bytes(read: Readings, sources: Sequence[Source]) -> dict[str, Any]:
    """The bytes of text, how many were no UTF-8 or NUL, and where the first of each stood."""
    told, nul = told_place(read, sources), read.places[:, 1] == NUL
    firsts = {
        "first_invalid": min(read.places[~nul][:, [0, 2]].tolist(), default=None),
        "first_nul": min(read.places[nul][:, [0, 2]].tolist(), default=None),
    }
    sentences = read.rows[:, SENTENCES : SENTENCES + 3].sum(axis=0).tolist()
    return {
        "bytes": read.total("text_bytes"),
        **({"sentence_ends": sentences} if any(sentences) else {}),  # most texts are not asked for their sentences
        "invalid_bytes": read.total("invalid_bytes"),
        "nul_bytes": read.total("nul"),
        **{name: told(*place) if place else None for name, place in firsts.items()},
    }


def require_whole(sizes: np.ndarray, read: Readings, sources: Sequence[Source]) -> None:
    """Make sure that all of every source's text was read, once.

    Parameters
    ----------
    sizes
        Bytes of text in each, int64.

    Raises
    ------
    CorpusError
        Naming the first source of which it was not, and both numbers.
    """
    for source in np.flatnonzero(sizes != read.rows[:, 0])[:1].tolist():
        raise CorpusError(
            f"The account of {sources[source].url} does not close: its text has {sizes[source]} bytes, and "
            f"{read.rows[source, 0]} were read. Run the same command again once the file rests; report it "
            "if it stays so."
        )


def keep_counted(vocabulary: Output, read: Readings) -> None:
    """Keep what became of each source when a vocabulary was counted."""
    vocabulary.write(SOURCES, {"rows": read.rows}, facts={"columns": COLUMNS})


def counted_rows(vocabulary: Output, read: Readings) -> np.ndarray:
    """The rows that were kept with a vocabulary; those of another reading where none were."""
    if vocabulary.manifest(SOURCES) is None or vocabulary.facts_of(SOURCES)["columns"] != list(COLUMNS):
        return read.rows
    return vocabulary.read(SOURCES)["rows"]


def require_same(counted: np.ndarray, read: Readings, sources: Sequence[Source]) -> None:
    """Make sure that a second reading of every source met what the first one did.

    Parameters
    ----------
    counted
        The rows of the first reading.

    Raises
    ------
    CorpusError
        Naming the first source of which it did not, and both numbers.
    """
    differs = counted != read.rows
    # Ids are looked up by the second reading alone, and where a sentence ends amid white space depends on its pieces.
    differs[:, [KNOWN, *range(SENTENCES, SENTENCES + 3)]] = False
    if not differs.any():
        return
    source, column = np.argwhere(differs)[0].tolist()
    raise CorpusError(
        f"The text has changed between two readings: {sources[source].url} had {COLUMNS[column].replace('_', ' ')} "
        f"{counted[source, column]} when the vocabulary was counted and {read.rows[source, column]} now. Run the same "
        "command again once the file rests."
    )
