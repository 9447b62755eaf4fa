"""The files that inputs name: paths, directories, globs and URLs."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsgns.errors import CorpusError, MissingExtraError, SourceNotFoundError, WorkspaceError
from dsgns.store.patience import patiently
from dsgns.store.places import filesystem_of, local_path, near_name


def files_named(given: str) -> list[str]:
    """The files that one input names: itself, those in a directory, or those that a glob or URL stands for.

    Raises
    ------
    SourceNotFoundError
        If it names nothing.
    CorpusError
        If a directory cannot be read.
    """
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
        raise _unreadable(given, error) from error
    return found


def _why_nothing(given: str, path: Path | None) -> str:
    if path is None or not path.is_dir():
        return f"{given} names no file. {_advice(given, path)}"
    if not os.listdir(path):
        return f"{given} is an empty directory; put text files there, or name another place."
    return (
        f"{given} is a directory without a file to read: hidden files, and the folders that dsgns or zarr wrote, are "
        "passed over. Name text files, or the directory that holds them."
    )


def _advice(given: str, path: Path | None) -> str:
    """What to do about a name that names nothing: what is there, if that much is known."""
    relative = "" if os.path.isabs(given) or "://" in given else f" Names are looked up in {os.getcwd()}."
    if path is None or glob.has_magic(str(path)):
        return f"Check the spelling; hidden files are taken only when they are named themselves.{relative}"
    folder = Path(os.path.abspath(path)).parent
    if not folder.is_dir():
        return f"There is no folder {folder}.{relative}"
    if near := near_name(given, folder / path.name):
        return f"Did you mean {near}?"
    return f"There is nothing of a name like that in {folder}."


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
    """The files in a folder and those below it, also where links lead out of it, but none by two ways."""
    seen = {os.path.realpath(folder)}
    for base, folders, names in os.walk(folder, followlinks=True, onerror=_refuse_folder):
        if "zarr.json" in names:
            folders.clear()
            continue
        folders[:] = [name for name in sorted(folders) if not name.startswith(".") and _leads_on(base, name, seen)]
        yield from (os.path.join(base, name) for name in names if not name.startswith("."))


def _refuse_folder(error: OSError) -> None:
    raise _unreadable(error.filename, error) from error


def _unreadable(name: str, error: OSError) -> CorpusError:
    return CorpusError(f"{name} cannot be read ({error.strerror}). Make it readable, or leave it out.")


def _leads_on(base: str, name: str, seen: set[str]) -> bool:
    """Whether a folder is to be searched: one that a link leads to only if it is not searched in any case."""
    path = os.path.join(base, name)
    if not os.path.islink(path):
        return True
    target = os.path.realpath(path)
    if any(_is_searched(target, other) for other in seen):
        return False
    seen.add(target)
    return True


def _is_searched(target: str, other: str) -> bool:
    """Whether a folder is below one that is searched, and not hidden; or holds it, so that there would be no end."""
    shared = os.path.commonpath([target, other])
    hidden = any(part.startswith(".") and part != "." for part in os.path.relpath(target, other).split(os.sep))
    return shared == target or (shared == other and not hidden)


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
