"""Compressed streams to plain bytes, one piece after the other, and a clear word when a stream is damaged."""

from __future__ import annotations

import bz2
import lzma
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

import zstandard
from isal import igzip_lib

from dsgns import progress
from dsgns.errors import CorpusError, TruncatedSourceError

# The library's stub takes its error for an instance of one.
_DEFLATE_ERROR = cast(type[Exception], igzip_lib.IsalError)
ERRORS = (_DEFLATE_ERROR, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError)
"""What the decoders raise on bytes that they cannot decode."""

_STEP = 16 << 10
_PLAIN_STEP = 1 << 20
_LARGEST_PIECE = 1 << 20
# A block of zstd is at least four bytes, and stands for at most 128 KiB: these for 16 MiB. Smaller steps take longer.
_FRAME_STEP = 512
# Text is packed to a third or a tenth of it, logs to a hundredth; nobody has text of which this is left.
_MOST_TIMES, _BOMB = 500, 1 << 30


class Decoder(Protocol):
    """What the decompressor objects of igzip, bz2 and lzma share."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member was reached."""

    @property
    def unused_data(self) -> bytes:
        """What came after that end."""

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing more in what was given."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Up to ``max_length`` of the bytes that ``data``, and what is left of that given before, stand for."""


class _Frame:
    """A decoder of one frame of zst, whose pieces are of 16 MiB at most, not of the length that is asked for."""

    def __init__(self) -> None:
        self._decoder = zstandard.ZstdDecompressor().decompressobj()
        self._held, self._at = b"", 0

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    @property
    def unused_data(self) -> bytes:
        return self._decoder.unused_data + self._held[self._at :]

    @property
    def needs_input(self) -> bool:
        return self._at >= len(self._held)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        self._held, self._at = self._held[self._at :] + data, 0
        pieces: list[bytes] = []
        size = 0
        while size < max_length and not self.needs_input and not self.eof:
            pieces.append(self._decoder.decompress(self._held[self._at : self._at + _FRAME_STEP]))
            size += len(pieces[-1])
            self._at += _FRAME_STEP
        return b"".join(pieces)


def make_decoder(compression: str) -> Decoder:
    """A fresh decoder for one member (gz), stream (bz2, xz) or frame (zst)."""
    match compression:
        case "gz":
            return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        case "bz2":
            return bz2.BZ2Decompressor()
        case "xz":
            return lzma.LZMADecompressor(format=lzma.FORMAT_XZ)
        case "zst":
            return _Frame()
    raise ValueError(f"{compression!r} is no compression")


def decode_source(file: BinaryIO, url: str, compression: str, start: int, size: int | None) -> Iterator[bytes]:
    """The text of ``size`` bytes of an open file from ``start`` on, or of all that follow, in pieces.

    Raises
    ------
    TruncatedSourceError
        As for :func:`decode_stream`.
    CorpusError
        If the file has become shorter, or so few bytes stand for so many that it is no text.
    """
    file.seek(start)
    stretch = cast(BinaryIO, Stretch(file, url, size))
    if compression:
        yield from decode_stream(stretch, compression, url, start)
    else:
        yield from iter(lambda: stretch.read(_PLAIN_STEP), b"")


class Stretch:
    """As many bytes of an open file as there are, or ``size`` of them, read as progress of a task.

    Parameters
    ----------
    file
        Where it stands, the stretch begins.
    url
        Of the file.
    size
        None for all that follows, which is no progress then.
    """

    def __init__(self, file: BinaryIO, url: str, size: int | None) -> None:
        self._file, self._url, self._left, self._untold = file, url, size, 0

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; none at the end.

        Raises
        ------
        CorpusError
            If the file ends before the stretch does.
        """
        data = self._file.read(size if self._left is None else min(size, self._left))
        if self._left is not None:
            if self._left and not data:
                raise CorpusError(
                    f"{self._url} ends after {self._file.tell()} bytes, {self._left} too few: it was changed while it "
                    "was read. Run the same command again once it is whole."
                )
            self._left -= len(data)
            self._untold += len(data)
            if self._untold > _PLAIN_STEP or not data:
                progress.advance(self._untold)
                self._untold = 0
        return data


def decode_stream(file: BinaryIO, compression: str, url: str, start: int = 0) -> Iterator[bytes]:
    """The decoded stream of an open file in pieces; members one after the other are one stream.

    Parameters
    ----------
    start
        Where the file stands.

    Raises
    ------
    TruncatedSourceError
        If the file ends within a member or cannot be decoded; the message tells how far it was good.
    CorpusError
        If it is a bomb.
    """
    decoder, members, reached, read = make_decoder(compression), 0, 0, start
    begun = False
    while data := file.read(_STEP):
        read += len(data)
        while data:
            if not begun and members and compression in ("gz", "xz"):
                # Padding with NULs after a member is allowed by both formats, and written by tapes.
                data = data.lstrip(b"\0")
            if not data:
                break
            begun = True
            for piece in _pieces(decoder, data, url, reached, read):
                reached += len(piece)
                if reached > max(_BOMB, _MOST_TIMES * (read - start)):
                    raise _bomb(url, reached, read - start)
                yield piece
            data = b""
            if decoder.eof:
                data = decoder.unused_data
                decoder, begun, members = make_decoder(compression), False, members + 1
    if begun:
        raise TruncatedSourceError(
            f"{url} ends too soon: its {compression} stream breaks off after {reached} decoded bytes ({read} bytes of "
            "the file). The file was most likely not copied whole: fetch it again, or leave it out."
        )


def _bomb(url: str, reached: int, read: int) -> CorpusError:
    """That some bytes stand for too many."""
    return CorpusError(
        f"{url} is no text that was compressed: {read} of its bytes stand for more than {reached >> 20} MiB, which may "
        "fill any disk. Leave it out; if it is what you want, unpack it first."
    )


def _pieces(decoder: Decoder, data: bytes, url: str, reached: int, read: int) -> Iterator[bytes]:
    """What ``data`` decodes to, none of it empty; a few bytes may decode to gigabytes."""
    more = True
    while more:
        try:
            piece = decoder.decompress(data, _LARGEST_PIECE)
        except ERRORS as error:
            raise TruncatedSourceError(
                f"{url} is damaged: it cannot be decoded beyond {reached} decoded bytes (near byte {read} of the "
                f"file): {error}. Fetch the file again, or leave it out."
            ) from error
        if piece:
            reached += len(piece)
            yield piece
        data, more = b"", not (decoder.eof or decoder.needs_input)
