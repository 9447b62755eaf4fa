"""Files opened as streams of bytes, whatever they are packed in; written whole or not at all."""

from __future__ import annotations

import io
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import PurePath
from typing import IO, Any

import fsspec
from fsspec.core import get_compression

from dsgns.corpus.decoding import decode_source
from dsgns.errors import SourceNotFoundError, TruncatedSourceError, VectorFileError
from dsgns.vectors.files.whole_file import whole_files

_PACKED = ("gz", "bz2", "xz", "zst")
# First bytes of what is no file of vectors, though it may be called like one.
_STRANGERS = {
    b"\x80": "a Python pickle, such as gensim's own files: loading one runs whatever it says. Where it can be trusted, "
    "load it with gensim and pass the object to WordVectors.from_gensim",
    b"\xba\x16\x4f\x2f": "a fastText model; its .vec file has the vectors",
    b"PK\x03\x04": "a zip archive; its name must end in .zip",
}


@contextmanager
def opened(path: str) -> Iterator[io.BufferedReader]:
    """A file's bytes, unpacked while they are read.

    Parameters
    ----------
    path
        A path, or a URL that fsspec knows, such as ``zip://glove.6B.100d.txt::glove.6B.zip``. What ends in ``.gz``,
        ``.bz2``, ``.xz`` or ``.zst`` is unpacked, and so is a ``.zip`` that holds one file.

    Raises
    ------
    SourceNotFoundError
        If there is no such file.
    VectorFileError
        If it is damaged, or plainly something else.
    """
    try:
        with ExitStack() as stack:
            file = _opened(path, stack)
            _refuse_strangers(file.peek(4), path)
            yield file
    except FileNotFoundError as error:
        raise SourceNotFoundError(f"{path}: there is no such file.") from error
    except IsADirectoryError as error:
        raise VectorFileError(f"{path} is a folder; name a file.") from error
    except TruncatedSourceError as error:
        raise VectorFileError(str(error)) from error
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError) as error:
        # bzip2's own is a plain OSError, without the number that the system's have; a store's have other names.
        if isinstance(error, OSError) and (error.errno is not None or type(error) is not OSError):
            raise
        raise VectorFileError(f"{path} is damaged, or no zip archive ({error}); fetch it again.") from error


@contextmanager
def created(*paths: str) -> Iterator[list[IO[bytes]]]:
    """Files to be filled, compressed where their endings say so; they take their names once all are on the disk."""
    packings = [get_compression(path, "infer") for path in paths]
    if "zip" in packings:
        raise VectorFileError(f"{paths[0]}: zip archives are read but not written; use .gz, .bz2, .xz or .zst.")
    with whole_files(*paths) as partials, ExitStack() as stack:
        yield [
            stack.enter_context(fsspec.open(str(partial), "wb", compression=packing, auto_mkdir=False))
            for partial, packing in zip(partials, packings, strict=True)
        ]


def require_local(path: str) -> str:
    """The same path, of a file that lies on this machine.

    Raises
    ------
    SourceNotFoundError
        If there is none.
    """
    if not os.path.isfile(path):
        raise SourceNotFoundError(f"{path}: there is no such file.")
    return path


def _opened(path: str, stack: ExitStack) -> io.BufferedReader:
    """A file's bytes, to be closed by the stack."""
    try:
        stored = fsspec.open(path, "rb")
    except (ValueError, ImportError) as error:
        known = "give a path on this machine, or a URL that fsspec and its packages know"
        raise VectorFileError(f"{path} cannot be opened ({error}); {known}.") from error
    try:
        return stack.enter_context(io.BufferedReader(_unpacked(stack.enter_context(stored), path)))
    except RuntimeError as error:
        # A member that is encrypted, or packed by a method that Python does not have.
        another = "unpack it with another program, and name what was in it"
        raise VectorFileError(f"{path} cannot be unpacked ({error}); {another}.") from error


def _unpacked(packed: Any, path: str) -> Any:
    """A raw stream of a file's bytes, as its ending says that they are packed."""
    ending = PurePath(path.split("::")[0]).suffix.lower().removeprefix(".")
    if ending == "zip":
        return _only_member(zipfile.ZipFile(packed), path)
    return Pieces(decode_source(packed, path, ending, 0, None)) if ending in _PACKED else packed


def _only_member(archive: zipfile.ZipFile, path: str) -> IO[bytes]:
    names = [name for name in archive.namelist() if not name.endswith("/") and not name.startswith("__MACOSX")]
    if len(names) != 1:
        held = ", ".join(names[:8]) or "no file"
        raise VectorFileError(f"{path} holds {held}; name one of them: zip://{names[0] if names else 'NAME'}::{path}")
    return archive.open(names[0])


class Pieces(io.RawIOBase):
    """Bytes that come in pieces, as a stream.

    Examples
    --------
    >>> io.BufferedReader(Pieces(iter([b"the ", b"1\\nof 2\\n"]))).readlines()
    [b'the 1\\n', b'of 2\\n']
    """

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill the buffer as far as the piece at hand goes; the number of bytes, 0 at the end."""
        while not len(self._rest):
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def _refuse_strangers(first: bytes, path: str) -> None:
    for magic, what in _STRANGERS.items():
        # A pickle's second byte is its protocol; no word begins so in any encoding of text.
        if first.startswith(magic) and (magic != b"\x80" or first[1:2] <= b"\x08"):
            raise VectorFileError(f"{path} is {what}.")
