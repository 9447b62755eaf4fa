"""Which of the text that was handed over, and is kept in the workspace, nothing is made of any more."""

from __future__ import annotations

import time

from dsgns.store import Workspace
from dsgns.store.files import Files

_FOLDER = "spool"
_FRESH = 900.0
_ARRIVING = 86_400.0


def unneeded(workspace: Workspace) -> dict[str, int]:
    """The files below ``spool`` that no corpus names: their bytes, by name.

    Those that were written to within a quarter of an hour are left out, for a run may be waiting for workers to make a
    corpus of them; those that are still arriving within a day, for they may come slowly. Where no time is
    known, those are left out ever.
    """
    files = Files(workspace.url)
    entries = files.list(_FOLDER)
    named = _named(workspace) if entries else set()
    found = [f"{_FOLDER}/{entry}" for entry in entries if entry not in named]
    return {name: files.size(name) for name in found if not _is_fresh(name, files.modified(name))}


def remove_spooled(workspace: Workspace, names: dict[str, int]) -> dict[str, int]:
    """Delete such files; their bytes, by name."""
    files = Files(workspace.url)
    for name in names:
        files.remove(name)
    files.remove_empty(_FOLDER)
    return names


def _named(workspace: Workspace) -> set[str]:
    """The last part of the name of every source there is, for what a text is called comes of what it says."""
    plans = (workspace.output("corpus", key).plan for key in workspace.keys("corpus"))
    return {source["url"].rpartition("/")[2] for plan in plans for source in (plan or {"sources": []})["sources"]}


def _is_fresh(name: str, modified: float | None) -> bool:
    arriving = ".arriving" in name
    if modified is None:
        return arriving
    return time.time() - modified < (_ARRIVING if arriving else _FRESH)
