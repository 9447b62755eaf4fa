"""What a file is, told by its first bytes or its name: text, what text is made from, compressed or not; or neither."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import BinaryIO

from dsgns.corpus.decoding import ERRORS, make_decoder
from dsgns.corpus.wiki.export import is_export
from dsgns.errors import CorpusError

HEAD = 8192
"""How many bytes of a file are looked at."""

SELF_EVIDENT = ("export", "parquet", "arrow", "stream")
"""What is told by the content alone."""

_TABLES = ((b"PAR1", "parquet"), (b"ARROW1\0\0", "arrow"))
_STREAM, _STREAM_NAME = b"\xff\xff\xff\xff", re.compile(r"\.(arrows?|feather)\b", re.IGNORECASE)
_NAMES = {"jsonl": "json", "ndjson": "json", "json": "json", "csv": "csv", "tsv": "tsv", "tab": "tsv"}
_NAME = re.compile(rf"\.({'|'.join(_NAMES)})(\.(gz|bz2|xz|zst))?$", re.IGNORECASE)

_COMPRESSIONS = (
    (b"\x1f\x8b\x08", "gz"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zst"),
)
_SKIPPABLE_ZSTD = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")

_NO_TEXT = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x7fELF", "a program"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"FEA1", "a Feather table of the first version; write it anew with pyarrow"),
    (b"RIFF", "a sound, image or film"),
)
_MARKED = (
    (b"\xff\xfe\0\0", "UTF-32"),
    (b"\0\0\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_UNMARKED = (("UTF-32LE", 4, 0), ("UTF-32BE", 4, 3), ("UTF-16LE", 2, 0), ("UTF-16BE", 2, 1))
"""Without a mark: the bytes of a unit, and which of them is ASCII's."""
_LEAST_UNITS, _WIDE_SHARE = 4, 0.7
_TAR = "a tar archive; unpack it with `tar xf`"
_TAR_MAGIC, _TAR_PLACE = b"ustar", 257
_TAR_NAME = re.compile(r"\.(tar\.\w+|t(bz2?|gz|xz|zst))$", re.IGNORECASE)
# NULs and controls that no text has. Tabs, line ends, form feeds and escapes are left out.
_CONTROLS = bytes(code for code in range(32) if code not in (7, 8, 9, 10, 11, 12, 13, 27))
_STRANGE_SHARE = 0.3
_LEAST_TO_JUDGE = 64


def compression_of(head: bytes) -> str:
    """``gz``, ``bz2``, ``xz`` or ``zst`` by a file's first bytes; empty when it is not compressed.

    Examples
    --------
    >>> compression_of(b"BZh91AY&SY...")
    'bz2'
    """
    for magic, name in _COMPRESSIONS:
        if head.startswith(magic):
            return name
    return "zst" if _SKIPPABLE_ZSTD.match(head) else ""


def form_of(url: str, head: bytes, input_format: str = "auto") -> str:
    """What the text of a file is made from; empty where it is text itself.

    It is one of Wikipedia's ``export``, ``json`` lines, ``csv``, ``tsv``, ``parquet``, or of Arrow's an ``arrow``
    file or a ``stream``.

    Parameters
    ----------
    head
        Its first bytes, decoded.
    input_format
        What it is unless they tell; by ``auto`` the name decides.

    Examples
    --------
    >>> form_of("corpus.jsonl.gz", b'{"text": "some words"}'), form_of("corpus.jsonl", b"", "text")
    ('json', '')
    """
    if is_export(head):
        return "export"
    table = next((form for magic, form in _TABLES if head.startswith(magic)), "")
    if head.startswith(_STREAM) and _STREAM_NAME.search(url):
        table = "stream"
    if table:
        return table
    if input_format != "auto":
        return "" if input_format == "text" else input_format
    found = _NAME.search(url)
    return _NAMES[found[1].lower()] if found else ""


def refuse_binary(url: str, head: bytes, compression: str) -> None:
    """Make sure that a file may be text.

    Parameters
    ----------
    head
        The file's first bytes; of a compressed one, of what it decodes to.

    Raises
    ------
    CorpusError
        If it is an image, an archive, or anything else that decodes to no text.
    """
    what = next((name for magic, name in _NO_TEXT if head.startswith(magic)), None)
    if what is None and (encoding := _wide(head)):
        what = f"{encoding} text; convert it with `iconv -f {encoding} -t UTF-8`"
    # A block of bz2 or zst may be longer than the head, which then decodes to nothing: the name has to do.
    if head.startswith(_TAR_MAGIC, _TAR_PLACE) or (compression and not head and _TAR_NAME.search(url)):
        what = _TAR
    if what is None and len(head) >= _LEAST_TO_JUDGE and _strange(head) > _STRANGE_SHARE * len(head):
        what = "binary data"
    if what is not None:
        raise CorpusError(
            f"{url} is no UTF-8 text; it looks like {what}. Leave it out: name the text files themselves, or a glob "
            "such as 'folder/*.txt' instead of the folder."
        )


def decoded_head(file: BinaryIO, compression: str, most: int = HEAD) -> bytes:
    """The first bytes that an open file decodes to, or none if ``most`` of its own are not enough for them."""
    # A head that cannot be decoded is for the decoding task to report, with the place.
    with suppress(*ERRORS):
        decoder, text = make_decoder(compression), b""
        for _ in range(0, most, HEAD):
            if text or decoder.eof or not (data := file.read(HEAD)):
                break
            text = decoder.decompress(data, HEAD)
        return text[:HEAD]
    return b""


def _wide(head: bytes) -> str:
    """The encoding of two or four bytes a unit that a text of mostly ASCII is in; empty for others."""
    marked = next((name for mark, name in _MARKED if head.startswith(mark)), "")
    if marked or b"\0" not in head:
        return marked
    for name, size, place in _UNMARKED:
        units = len(head) // size
        ascii_ = sum(byte > 0 for byte in head[place : units * size : size])
        nuls = [head[other : units * size : size].count(0) for other in range(size) if other != place]
        if units >= _LEAST_UNITS and min(ascii_, *nuls) >= _WIDE_SHARE * units:
            return name
    return ""


def _strange(head: bytes) -> int:
    """How many bytes are controls or no UTF-8."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    # The head may end within a character: up to three bytes that are no fault of the text's.
    undecodable = len(head) - len(head.decode("utf-8", "ignore").encode()) - 3
    return controls + max(undecodable, 0)
