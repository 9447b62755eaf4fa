"""What the tasks that read text will need, in bytes of memory: integers in, integers out."""

from __future__ import annotations

from collections.abc import Collection

from dsgns.corpus.records.batches import LONGEST_BATCH
from dsgns.corpus.records.report import LONGEST_RECORD
from dsgns.corpus.texts import BLOCK, FRAME
from dsgns.corpus.wiki.export import LONGEST_PAGE

PIECE = 1 << 20
"""Bytes of text that are looked at together: they stay in a core's own cache from one step to the next."""

LONGEST_WORD = 4 << 20
"""Text without white space for longer than this many bytes is refused."""

# The largest dictionary that xz makes (-9) and that zstd accepts unasked.
_DECODER = 72 << 20


def projected_decode(forms: Collection[str]) -> int:
    """Memory of a decoding task: a block, at worst one that does not compress, the decoder, page, record or batch.

    Parameters
    ----------
    forms
        Of the sources; see :class:`dsgns.corpus.sources.Source`.
    """
    # A page as XML and as wikitext, its cuts of four bytes each, and its text in pieces of some 50 bytes, for at worst
    # every other character is an entity of its own.
    page = 28 * LONGEST_PAGE if "export" in forms else 0
    # A record as bytes, and as str at worst with four bytes a letter: its line, its text, that joined.
    record = 24 * LONGEST_RECORD if set(forms) - {"", "export"} else 0
    # A record batch as it is written, and unpacked; and the rows of it that become text.
    batch = 2 * LONGEST_BATCH + 8 * LONGEST_RECORD if {"arrow", "stream"} & set(forms) else 0
    return _DECODER + BLOCK + 8 * FRAME + max(page, record, batch)


def projected_reader(held_out: bool, lean: bool) -> int:
    """Memory of reading a shard: the piece, its streams, the decoded frame, what a tokenizer makes of them."""
    streams = 3 if held_out else 1
    # A word that goes on over many pieces makes the buffers grow up to its length.
    buffers = (2 + streams) * 2 * max(PIECE, LONGEST_WORD)
    # A document as str, its tokens as Python strings of some 60 bytes each, and the same joined again.
    return buffers + FRAME + (6 * PIECE if lean else 24 * 8 * PIECE)


def projected_ledger(spans: int) -> int:
    """Memory of a ledger: of each span a row, and at worst a few places of every kind of bad bytes."""
    return 1024 * spans


def projected_validate(shard: int) -> int:
    """Memory of finding the bad documents in a shard of this many bytes: at worst every other byte is one."""
    return projected_reader(held_out=False, lean=True) + 24 * shard
