"""The log of runs that a workspace keeps: what was called, what came of each stage, and how it ended."""

from __future__ import annotations

import json
import os
import platform
import shlex
import sys
import time
import uuid
from contextlib import suppress
from typing import Any

from dsgns.store.files import Files
from dsgns.store.manifest import dump_json
from dsgns.version import __version__

FOLDER = "history"


class RunLog:
    """One run's entry, a file of its own: written as the run begins, after each stage, and when it is over.

    A run whose process was killed has the outcome ``unfinished``, which it was begun with.

    Parameters
    ----------
    url
        Of the workspace.
    """

    def __init__(self, url: str) -> None:
        self._files, began = Files(url), time.time()
        self._name = f"{FOLDER}/{time.strftime('%Y%m%dT%H%M%S', time.gmtime(began))}-{uuid.uuid4().hex[:8]}.json"
        self._entry: dict[str, Any] = {
            "started": began,
            "seconds": 0.0,
            "outcome": "unfinished",
            "command": called(),
            "stages": [],
            "version": __version__,
            "host": platform.node(),
            "process": os.getpid(),
        }

        self._write()

    def add(self, stage: str, key: str, outcome: str, seconds: float = 0.0) -> None:
        """Write down what became of one stage: ``made``, ``reused``, or ``unfinished``."""
        known = {"stage": stage, "key": key, "outcome": outcome, "seconds": round(seconds, 3)}
        # Stages ask whether others are there again and again.
        if outcome != "reused":
            self._entry["stages"].append(known)
            self._write()
        elif not any((told["stage"], told["key"]) == (stage, key) for told in self._entry["stages"]):
            self._entry["stages"].append(known)

    def close(self, outcome: str, error: str | None = None) -> None:
        """Write down how it ended: ``done``, ``stopped`` or ``failed``, and by what error."""
        self._entry |= {"outcome": outcome} | ({"error": error} if error else {})
        # A workspace that was deleted meanwhile is not made again.
        with suppress(OSError):
            if self._files.exists(self._name):
                self._write()

    def _write(self) -> None:
        self._entry["seconds"] = round(time.time() - self._entry["started"], 3)
        # Whoever may read a workspace only, or has a full disk, is not to be stopped by the log.
        with suppress(OSError):
            self._files.write(self._name, [dump_json(self._entry)], lasting=False)


def called() -> str:
    """The command line of this process, as one would type it."""
    program, *arguments = sys.argv or [""]
    folder, name = os.path.split(program)
    # Of `python -m dsgns`, the file in the package is all there is to see.
    return shlex.join([os.path.basename(folder) if name == "__main__.py" else name or "python", *arguments])


def history(url: str) -> list[dict[str, Any]]:
    """The entries of all runs, the latest last; those that cannot be read are passed over."""
    files, entries = Files(url), []
    for name in files.list(FOLDER):
        with suppress(FileNotFoundError, ValueError):
            entries.append(dict(json.loads(files.read(f"{FOLDER}/{name}"))))
    return sorted(entries, key=lambda entry: entry.get("started", 0.0))
