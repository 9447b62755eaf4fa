"""The files a corpus is made of: inputs of any kind to one sorted list of sources."""

from __future__ import annotations

import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from dsgns.corpus.formats import HEAD, SELF_EVIDENT, compression_of, decoded_head, form_of, refuse_binary, refuse_packed
from dsgns.errors import CorpusError, EmptyCorpusError, MissingExtraError, SourceNotFoundError, WorkspaceError
from dsgns.store.patience import patiently
from dsgns.store.places import filesystem_of, local_path
from dsgns.store.remote import STEP, RemoteFile

_AT_ONCE = 16
_EXPORT_NAME = re.compile(r"\.xml\b")
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

    Directories are searched to the bottom; hidden files, the workspaces dsgns wrote, and the index beside a
    multistream dump are passed over.

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
        If a source cannot be read or is no text.
    """
    if not inputs:
        raise EmptyCorpusError("No input was given; name text files, directories, globs or URLs.")
    urls = sorted({url for given in inputs for url in _expand(given)})
    urls = [url for url in urls if not _is_index(url, urls)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sources = list(pool.map(partial(_look_at, input_format=input_format), urls))
    if not any(source.size for source in sources):
        raise EmptyCorpusError(
            f"There is not a byte in the input ({', '.join(urls[:3])}); there is no text to learn from."
        )
    return sources


def _is_index(url: str, urls: Sequence[str]) -> bool:
    """Whether a file is the index of a multistream dump that is among the sources."""
    dump = _INDEX.sub(r"-multistream\1.xml", url)
    return dump != url and dump in urls


def fingerprint(sources: Sequence[Source], tokenizer: str) -> str:
    """A hash over names, sizes, times or etags, and a tokenizer's own fingerprint."""
    digest = hashlib.sha256(tokenizer.encode())
    for source in sources:
        form = f"\0{source.form}" if source.form else ""
        digest.update(f"\0{source.url}\0{source.size}\0{source.fingerprint}{form}".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()[:16]


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


def _expand(given: str) -> list[str]:
    if given == "-":
        raise SourceNotFoundError(
            "Standard input can be read only once: `dsgns train` and the commands of single stages keep it in their "
            "workspace. Write it into a file for this one; a file of that name is ./-."
        )
    path = local_path(given)
    try:
        found = _expand_remote(given) if path is None else list(_expand_local(path))
        if not found:
            raise SourceNotFoundError(_why_nothing(given, path))
    except PermissionError as error:
        raise CorpusError(f"{given} cannot be read ({error.strerror}). Make it readable, or leave it out.") from error
    return found


def _why_nothing(given: str, path: Path | None) -> str:
    if path is None or not path.is_dir():
        return (
            f"{given} names no file. Check the spelling and the working directory ({os.getcwd()}); hidden files are "
            "taken only when they are named themselves."
        )
    if not os.listdir(path):
        return f"{given} is an empty directory; put text files there, or name another place."
    return (
        f"{given} is a directory without a file to read: hidden files, and the folders that dsgns or zarr wrote, are "
        "passed over. Name text files, or the directory that holds them."
    )


def _expand_local(path: Path) -> Iterator[str]:
    path = Path(os.path.abspath(path))
    if path.is_dir():
        yield from _walk(path)
    elif path.exists():
        yield str(path)
    elif glob.has_magic(str(path)):
        for match in glob.glob(str(path), recursive=True):
            yield from _walk(Path(match)) if os.path.isdir(match) else [match]


def _walk(folder: Path) -> Iterator[str]:
    for base, folders, names in os.walk(folder):
        if "zarr.json" in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (os.path.join(base, name) for name in names if not name.startswith("."))


def _expand_remote(url: str) -> list[str]:
    try:
        fs, path = filesystem_of(url, use_listings_cache=False)
        kind = _kind_of(fs, url, path)
        if kind == "file":
            return [url]
        found: dict[str, Any] = {}
        base = path
        if kind == "directory":
            found = patiently(url, lambda: fs.find(path, detail=True))
        elif glob.has_magic(path):
            found = patiently(url, lambda: fs.glob(path, detail=True))
            base = re.split(r"[*?\[]", path)[0].rpartition("/")[0]
    except (MissingExtraError, WorkspaceError):
        raise
    except Exception as error:  # each store's client has exceptions of its own
        raise SourceNotFoundError(
            f"{url} cannot be looked at: {error}. Check the address and the credentials."
        ) from error
    visible = [name for name in found if "/." not in "/" + name.removeprefix(base)]
    return [str(fs.unstrip_protocol(name)) for name in visible if found[name]["type"] == "file"]


def _kind_of(fs: Any, url: str, path: str) -> str:
    """``file``, ``directory`` or nothing; fsspec's own question takes every trouble for nothing."""
    try:
        return str(patiently(url, lambda: fs.info(path))["type"])
    except FileNotFoundError:
        return ""


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
    refuse_packed(url, form, compression)
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
