"""The files a corpus is made of: inputs of any kind to one sorted list of sources."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, BinaryIO, cast

from dsgns.corpus.formats import HEAD, SELF_EVIDENT, compression_of, decoded_head, form_of, refuse_binary
from dsgns.corpus.search import files_named
from dsgns.errors import CorpusError, EmptyCorpusError
from dsgns.store.patience import patiently
from dsgns.store.places import filesystem_of, local_path
from dsgns.store.remote import STEP, RemoteFile

_AT_ONCE = 16
_EXPORT_NAME = re.compile(r"\.xml\b")
_PACKED = re.compile(r"\.(gz|bz2|xz|zst)$", re.IGNORECASE)
_LONGEST_BLOCK = 2 << 20
_INDEX = re.compile(r"-multistream-index(\d*)\.txt")
# What object stores call the state of an object, best first.
_STATES = ("etag", "ETag", "md5Hash", "mtime", "LastModified", "last_modified", "updated", "created")


@dataclass(frozen=True)
class Source:
    """One file of the corpus, or a part of one.

    Parameters
    ----------
    url
        An absolute path, or a URL that fsspec knows.
    size
        Bytes as it lies there.
    fingerprint
        Changes whenever the file does: its modification time or etag.
    compression
        ``gz``, ``bz2``, ``xz``, ``zst``, or empty.
    form
        What the text is to be made from first, such as ``export`` or ``json``; empty for text itself.
    start
        Where in the file it begins, when it is a part of one.
    """

    url: str
    size: int
    fingerprint: str
    compression: str = ""
    form: str = ""
    start: int = 0

    @property
    def plain(self) -> bool:
        """Whether the file's bytes are the text."""
        return not (self.compression or self.form)


def find_sources(inputs: Sequence[str], input_format: str = "auto") -> list[Source]:
    """The sources that files, directories, globs and URLs stand for: sorted by name, each one once.

    Directories are searched to the bottom, those that links lead to as well; hidden files, the workspaces dsgns wrote,
    and the index beside a multistream dump are passed over.

    Parameters
    ----------
    input_format
        What files are of which neither content nor name tells; see :func:`dsgns.corpus.formats.form_of`.

    Raises
    ------
    SourceNotFoundError
        If an input names nothing.
    EmptyCorpusError
        If there is no byte in any of the sources.
    CorpusError
        If a source cannot be read or is no text, or is the index of a dump that is not among them.
    """
    if not inputs:
        raise EmptyCorpusError("No input was given; name text files, directories, globs or URLs.")
    urls = sorted({url for given in inputs for url in files_named(given)})
    urls = [url for url in urls if _dump_of(url) not in urls]
    _refuse_indexes(urls)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sources = list(pool.map(partial(_look_at, input_format=input_format), urls))
    if not any(source.size for source in sources):
        raise EmptyCorpusError(
            f"There is not a byte in the input ({', '.join(urls[:3])}); there is no text to learn from."
        )
    return sources


def _dump_of(url: str) -> str | None:
    """The multistream dump whose index a file is, by its name; None for others."""
    return _INDEX.sub(r"-multistream\1.xml", url) if _INDEX.search(url) else None


def _refuse_indexes(urls: Sequence[str]) -> None:
    """Refuse the index of a dump that is not there: its numbers and titles would be taken for text."""
    for url in urls:
        if dump := _dump_of(url):
            raise CorpusError(
                f"{url} is the index of a dump, and no text. Name the dump, {dump}, with it or alone: where its "
                "streams begin is found without an index."
            )


def misnamed(sources: Sequence[Source]) -> str:
    """That files are named as compressed ones and are not, in words; empty where all are what they seem."""
    plain = [source.url for source in sources if source.size and not source.compression and _PACKED.search(source.url)]
    more = f", and {len(plain) - 1} more" if len(plain) > 1 else ""
    return f"{plain[0]}{more}: not compressed, whatever the name says; read as it is." if plain else ""


def fingerprint(sources: Sequence[Source], tokenizer: str) -> str:
    """A hash over names, sizes, times or etags, and a tokenizer's own fingerprint."""
    digest = hashlib.sha256(tokenizer.encode())
    for source in sources:
        form = f"\0{source.form}" if source.form else ""
        digest.update(f"\0{source.url}\0{source.size}\0{source.fingerprint}{form}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]


def require_unchanged(sources: Sequence[Source]) -> None:
    """Make sure that files on this machine are as they were when the corpus was prepared; objects are not asked for.

    Raises
    ------
    CorpusError
        Naming the first that is not.
    """
    sizes: dict[tuple[str, str], int] = {}
    for source in sources:
        file = source.url, source.fingerprint
        sizes[file] = sizes.get(file, 0) + source.size
    for (url, known), size in sizes.items():
        if local_path(url) is None:
            continue
        try:
            now, state = _state_of(url)
        except OSError as error:
            raise CorpusError(f"{url} cannot be read any more: {error}. Put it back, or name the text anew.") from error
        if (now, state) != (size, known):
            how = f"it had {size} bytes then, and has {now} now" if now != size else "it was written again"
            raise CorpusError(
                f"{url} was changed since it was first looked at: {how}. Name the text again, once the file rests."
            )


def open_source(url: str) -> BinaryIO:
    """A source's bytes as they lie there, open for reading and seeking."""
    path = local_path(url)
    if path is not None:
        return open(path, "rb", buffering=0)
    fs, name = filesystem_of(url, use_listings_cache=False)
    return cast(BinaryIO, RemoteFile(url, patiently(url, lambda: fs.open(name, "rb", block_size=STEP))))


def read_up_to(file: BinaryIO, size: int) -> bytes:
    """As many bytes as there are, up to ``size``; an unbuffered file may give fewer at a time."""
    parts: list[bytes] = []
    while size > 0 and (part := file.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _look_at(url: str, input_format: str) -> Source:
    try:
        size, state = _state_of(url)
        with open_source(url) as file:
            head = file.read(HEAD)
            compression = compression_of(head)
            if compression:
                file.seek(0)
                # A block of bz2 or zst may be longer than the head, which then decodes to nothing.
                head = decoded_head(file, compression, _LONGEST_BLOCK if _EXPORT_NAME.search(url) else HEAD)
    except OSError as error:
        raise CorpusError(f"{url} cannot be read: {error}. Make it readable, or leave it out.") from error
    form = form_of(url, head, input_format)
    if form not in SELF_EVIDENT:
        refuse_binary(url, head, compression)
    return Source(url, size, state, compression, form)


def _state_of(url: str) -> tuple[int, str]:
    path = local_path(url)
    if path is not None:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            # A pipe can be read only once, and every stage reads the text again.
            raise OSError("it is no regular file")
        return status.st_size, str(status.st_mtime_ns)
    # Out of a listing that is kept, a file that has become another one would be taken for the one it was.
    fs, name = filesystem_of(url, use_listings_cache=False)
    info: dict[str, Any] = patiently(url, lambda: fs.info(name))
    return int(info["size"]), next((str(info[key]) for key in _STATES if info.get(key)), "")
