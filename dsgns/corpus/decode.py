"""Sources that are no plain text decoded once, into blocks that all later tasks read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from dsgns.corpus.forms import FORMS, Account, text_of, total_account
from dsgns.corpus.skipping import Skipped, broken_off, skips
from dsgns.corpus.sources import Source, open_source
from dsgns.corpus.texts import BLOCK, FRAME, block_name, write_block
from dsgns.errors import CorpusError
from dsgns.parameters import CorpusParameters
from dsgns.store import Manifest, Output

_TOGETHER = 8 << 20
_EXPORT_WORK = 8
"""How many times the work of other text a byte of a dump is: with this, parts of a dump have a task each."""


def volumes_of(sources: Sequence[Source]) -> list[list[int]]:
    """Positions of the sources that are decoded into each volume: those that are no plain text.

    A large source has a volume of its own, and so has each part of a dump; small ones share one, for a task each would
    cost more than the decoding.

    Examples
    --------
    >>> volumes_of([Source("a.gz", 9 << 20, "", "gz"), Source("b.xz", 1, "", "xz"), Source("c", 1, "")])
    [[0], [1]]
    """
    volumes: list[list[int]] = []
    room = 0
    for position, source in enumerate(sources):
        if not source.plain:
            work = source.size * (_EXPORT_WORK if source.form == "export" else 1)
            if work > room:
                volumes.append([])
                room = _TOGETHER
            volumes[-1].append(position)
            room -= work
    return volumes


def decode_volume(
    decoded: Output, name: str, volume: int, sources: tuple[Source, ...], parameters: CorpusParameters
) -> Manifest:
    """Decode sources, one after the other, into the blocks of one volume.

    Blocks that an interrupted run has left are kept: the streams must be decoded from their beginning again,
    but are not written again. Never more than one block is held in memory, and that one compressed.

    Returns
    -------
    Manifest
        Of the block ``name``, which is written last and holds of each source the size of its text, and what became of
        the ``pages`` of dumps and of ``records``. Its facts name the ``parts`` written before, and tell that of all;
        and where that is allowed, as ``skipped`` from where on which sources could not be read.

    Raises
    ------
    TruncatedSourceError
        If a source breaks off or is damaged.
    """
    sizes = np.zeros(len(sources), np.int64)
    accounts = [Account() for _ in sources]
    skipped: list[Skipped] = []
    pieces = _reframed(_all_pieces(sources, parameters, sizes, accounts, skipped))
    parts: list[str] = []
    for first in pieces:
        block = len(parts)
        parts.append(block_name(volume, block))
        text = _counted(first, pieces, BLOCK // FRAME)
        if decoded.manifest(parts[-1]) is None:
            write_block(decoded, volume, block, text)
        else:
            sum(len(piece) for piece in text)
    facts = {"parts": parts, "bytes": int(sizes.sum()), **total_account([account.facts() for account in accounts])}
    rows = {kind: np.array([account.row(kind) for account in accounts], np.int64) for kind in ("pages", "records")}
    return decoded.write(name, {"sizes": sizes, **rows}, facts=facts | ({"skipped": skipped} if skipped else {}))


def write_lost(decoded: Output, name: str, sources: Sequence[Source], why: str) -> Manifest:
    """Write the block of a volume that no worker survives, as if there were no text in its sources."""
    skipped = [broken_off(number, source, 0, why) for number, source in enumerate(sources)]
    rows = {kind: np.zeros((len(sources), len(names)), np.int64) for kind, names in FORMS.items()}
    facts = {"parts": [], "bytes": 0, **Account().facts(), "skipped": skipped}
    return decoded.write(name, {"sizes": np.zeros(len(sources), np.int64), **rows}, facts=facts)


def _all_pieces(
    sources: Sequence[Source],
    parameters: CorpusParameters,
    sizes: np.ndarray,
    accounts: Sequence[Account],
    skipped: list[Skipped],
) -> Iterator[bytes]:
    """The texts of all sources as one; ``sizes``, ``accounts`` and what is ``skipped`` grow as they pass."""
    for number, source in enumerate(sources):
        with open_source(source.url) as file:
            try:
                for piece in text_of(file, source, parameters, accounts[number]):
                    sizes[number] += len(piece)
                    yield piece
            except CorpusError as error:
                if not skips(error, parameters):
                    raise
                skipped.append(broken_off(number, source, file.tell(), str(error)))


def _reframed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of ``FRAME`` bytes, the last one shorter."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) >= FRAME:
            yield bytes(held[:FRAME])
            del held[:FRAME]
    if held:
        yield bytes(held)


def _counted(first: bytes, more: Iterator[bytes], number: int) -> Iterator[bytes]:
    """``first`` and as many more as make ``number``."""
    yield first
    for _ in range(number - 1):
        piece = next(more, None)
        if piece is None:
            return
        yield piece
