"""A source's text as bytes that can be read from anywhere, whether it lies there plain or decoded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, Protocol

import numpy as np
import zstandard

from dsgns.corpus.sources import open_source
from dsgns.errors import CorpusError, CorruptBlockError, WorkspaceError
from dsgns.store import Manifest, Output

BLOCK = 32 << 20
"""Bytes of text in one block of decoded text."""

FRAME = 1 << 20
"""Bytes of text in one zstd frame: as much as has to be decoded to reach any one byte."""


@dataclass(frozen=True)
class Place:
    """Where the text of a source is found.

    Parameters
    ----------
    url
        Of the source.
    size
        Bytes of text; of a compressed source, decoded.
    volume
        Number of the volume of decoded text that holds it; -1 for a source that is plain text itself.
    base
        Where it begins in its volume.
    """

    url: str
    size: int
    volume: int = -1
    base: int = 0


class Text(Protocol):
    """Bytes that can be read from anywhere."""

    size: int

    def read_into(self, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` with the bytes from ``start`` on."""


def read(text: Text, start: int, stop: int) -> bytes:
    """Bytes ``start`` to ``stop`` of a text."""
    out = np.empty(stop - start, np.uint8)
    text.read_into(start, out)
    return out.tobytes()


@contextmanager
def open_text(place: Place, decoded: Output | None = None) -> Iterator[Text]:
    """The text of a source, open while the block runs.

    Parameters
    ----------
    decoded
        The output that holds the decoded text of compressed sources.
    """
    if decoded is not None and place.volume >= 0:
        yield DecodedText(place, decoded)
    else:
        with _opened(place.url) as file:
            yield PlainText(place, file)


def _opened(url: str) -> BinaryIO:
    try:
        return open_source(url)
    except WorkspaceError:  # a store that does not answer says nothing of the text
        raise
    except OSError as error:
        raise CorpusError(f"{url} cannot be read: {error}. Make it readable, or leave it out.") from error


class PlainText:
    """The text of a source that is not compressed.

    Parameters
    ----------
    place
        Where it is.
    file
        The source, open.
    """

    def __init__(self, place: Place, file: BinaryIO) -> None:
        self.size, self._url, self._file = place.size, place.url, file

    def read_into(self, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` with the bytes from ``start`` on.

        Raises
        ------
        CorpusError
            If the source has become shorter, or its disk does not give it.
        """
        self._file.seek(start)
        view, got = memoryview(out.data), 0
        while got < out.size:
            try:
                step = self._file.readinto(view[got:])  # type: ignore[attr-defined]
            except WorkspaceError:
                raise
            except OSError as error:
                raise CorpusError(f"{self._url} cannot be read from byte {start + got} on: {error}.") from error
            if not step:
                raise CorpusError(
                    f"{self._url} had {self.size} bytes and now ends after {start + got}: it was changed while it was "
                    "read. Run the same command again once it is whole."
                )
            got += step


class DecodedText:
    """The text of a compressed source, out of the volume that it was decoded into.

    A volume is cut into blocks of ``BLOCK`` bytes of text, each a raw file of zstd frames of ``FRAME`` bytes.

    Parameters
    ----------
    place
        Which volume, and where in it.
    decoded
        The output that holds the volumes.
    """

    def __init__(self, place: Place, decoded: Output) -> None:
        self.size, self._place, self._decoded = place.size, place, decoded
        self._block, self._ends = -1, [0]
        self._frame, self._text = -1, np.empty(0, np.uint8)

    def read_into(self, start: int, out: np.ndarray) -> None:
        """Fill the uint8 array ``out`` with the bytes from ``start`` on.

        Raises
        ------
        CorruptBlockError
            If a frame fails its checksum.
        """
        at, got = self._place.base + start, 0
        while got < out.size:
            frame = self._read_frame(at // FRAME)
            step = frame[at % FRAME : at % FRAME + out.size - got]
            out[got : got + step.size] = step
            at, got = at + step.size, got + step.size

    def _read_frame(self, number: int) -> np.ndarray:
        if number != self._frame:
            block, index = divmod(number, BLOCK // FRAME)
            name = block_name(self._place.volume, block)
            if block != self._block:
                self._block, self._ends = block, [0, *self._decoded.facts_of(name)["frames"]]
            packed = self._decoded.read_bytes(name, self._ends[index], self._ends[index + 1])
            self._text, self._frame = _unpack(packed, name), number
        return self._text


def _unpack(packed: np.ndarray, name: str) -> np.ndarray:
    try:
        return np.frombuffer(zstandard.ZstdDecompressor().decompress(packed.data), np.uint8)
    except zstandard.ZstdError as error:
        raise CorruptBlockError(
            f"Block {name} of decoded text is damaged ({error}). Run the same command again; it is made anew."
        ) from error


def block_name(volume: int, block: int) -> str:
    """The name of one block of a volume."""
    return f"volumes/{volume:05d}/{block:05d}"


def write_block(decoded: Output, volume: int, block: int, text: Iterable[bytes]) -> Manifest:
    """Write one block of a volume from its text, in pieces of ``FRAME`` bytes of which only the last is shorter."""
    packer = zstandard.ZstdCompressor(level=1, write_checksum=True)
    frames = [packer.compress(piece) for piece in text]
    ends = np.cumsum([len(frame) for frame in frames])
    return decoded.write_bytes(block_name(volume, block), frames, facts={"frames": ends.tolist()})
