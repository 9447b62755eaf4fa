"""Compressed sources decoded once, into blocks that all later tasks read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from dsgns import progress
from dsgns.corpus.decoding import decode_stream
from dsgns.corpus.sources import Source, open_source
from dsgns.corpus.texts import BLOCK, FRAME, block_name, write_block
from dsgns.store import Manifest, Output

_TOGETHER = 8 << 20


def volumes_of(sources: Sequence[Source]) -> list[list[int]]:
    """Positions of the compressed sources that are decoded into each volume.

    A large source has a volume of its own; small ones share one, for a task each would cost more than the
    decoding.

    Examples
    --------
    >>> volumes_of([Source("a.gz", 9 << 20, "", "gz"), Source("b.xz", 1, "", "xz"), Source("c", 1, "")])
    [[0], [1]]
    """
    volumes: list[list[int]] = []
    room = 0
    for position, source in enumerate(sources):
        if source.compression:
            if source.size > room:
                volumes.append([])
                room = _TOGETHER
            volumes[-1].append(position)
            room -= source.size
    return volumes


def decode_volume(decoded: Output, name: str, volume: int, sources: tuple[Source, ...]) -> Manifest:
    """Decode sources, one after the other, into the blocks of one volume.

    Blocks that an interrupted run has left are kept: the streams must be decoded from their beginning again,
    but are not written again. Never more than one block is held in memory, and that one compressed.

    Returns
    -------
    Manifest
        Of the block ``name``, which holds the size of each source's text and is written last. Its facts name
        the ``parts`` written before.

    Raises
    ------
    TruncatedSourceError
        If a source breaks off or is damaged.
    """
    sizes = np.zeros(len(sources), np.int64)
    pieces = _reframed(_all_pieces(sources, sizes))
    parts: list[str] = []
    for first in pieces:
        block = len(parts)
        parts.append(block_name(volume, block))
        text = _counted(first, pieces, BLOCK // FRAME)
        if decoded.manifest(parts[-1]) is None:
            write_block(decoded, volume, block, text)
        else:
            sum(len(piece) for piece in text)
    return decoded.write(name, {"sizes": sizes}, facts={"parts": parts, "bytes": int(sizes.sum())})


def _all_pieces(sources: Sequence[Source], sizes: np.ndarray) -> Iterator[bytes]:
    """The decoded streams of all sources as one; ``sizes`` grows as they pass."""
    for number, source in enumerate(sources):
        with open_source(source.url) as file:
            told = 0
            for piece in decode_stream(file, source.compression, source.url):
                sizes[number] += len(piece)
                yield piece
                if file.tell() - told > FRAME:
                    progress.advance(file.tell() - told)
                    told = file.tell()


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
