"""Text in the encodings of the world, brought to lines of bytes that separate at line feeds and spaces."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterable, Iterator
from typing import IO

from dsgns.errors import VectorFileError
from dsgns.vectors.files.table import Reading

# The longer marks first: UTF-32's begins as UTF-16's does.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEPARATORS = "\n 0123456789.-+e"

Decode = Callable[[bytes], str]


def lines_of(file: io.BufferedReader, path: str, reading: Reading) -> tuple[Iterable[bytes], Decode]:
    """The lines of a text file, and what makes a word of the bytes between two spaces.

    Lines in UTF-8, and in any encoding that has ASCII's digits and spaces where ASCII has them, are left as they are:
    only words need decoding. Others are brought to UTF-8.
    """
    encoding = reading.encoding
    if encoding is None or codecs.lookup(encoding).name == "utf-8":
        encoding = next((name for mark, name in _MARKS.items() if file.peek(4).startswith(mark)), None)
    if encoding is None or _SEPARATORS.encode(encoding) == _SEPARATORS.encode():
        return file, decoder(reading)
    return _recoded(file, path, encoding, reading.unicode_errors), bytes.decode


def decoder(reading: Reading) -> Decode:
    """What makes a word of bytes.

    Examples
    --------
    >>> decoder(Reading(encoding="latin-1"))(b"na\\xefve")
    'naïve'
    """
    encoding, errors = reading.encoding or "utf-8", reading.unicode_errors
    return lambda word: word.decode(encoding, errors)


def _recoded(file: IO[bytes], path: str, encoding: str, errors: str) -> Iterator[bytes]:
    text = io.TextIOWrapper(file, encoding, errors, newline="\n")
    number = 0
    try:
        for number, line in enumerate(text, start=1):  # noqa: B007
            yield line.encode()
    except UnicodeError as error:
        raise VectorFileError(f"{path}, line {number + 1}: this is no {encoding} ({error}).") from error
    finally:
        text.detach()
