"""One way to a result: some Python, a command of somebody else's, or one that is not here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def nothing() -> None:
    """What happens before a run that needs no preparation."""


def unchanged(value: Any) -> Any:
    """The value itself."""
    return value


@dataclass(frozen=True)
class Trial:
    """What is done again and again, when all that it begins from is there.

    Parameters
    ----------
    run
        What is timed.
    before
        What is to be done before every run, and is not timed.
    found
        From what the last run returned to what is checked, which has to fit through a pipe.
    close
        What is to be done when no more runs come.
    """

    run: Callable[[], Any]
    before: Callable[[], None] = nothing
    found: Callable[[Any], Any] = unchanged
    close: Callable[[], None] = nothing


@dataclass(frozen=True)
class Way:
    """Python code, run in a process that does nothing else.

    Parameters
    ----------
    tool
        Whose code, such as ``gensim``.
    name
        What it does, for the table.
    make
        A function of a module, called in that process: reads what the trial begins from.
    arguments
        Of ``make``.
    """

    tool: str
    name: str
    make: Callable[..., Trial]
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Command:
    """A shell's command line, run as processes of its own.

    Parameters
    ----------
    tool, name
        As above.
    line
        The command line.
    folder
        Where it is run.
    idle
        A command line whose seconds are not to be counted, because ``line`` has to do the same work first; it is
        run in turn with the others.
    found
        What is checked, from the folder; called once.
    """

    tool: str
    name: str
    line: str
    folder: Path
    idle: str | None = None
    found: Callable[[Path], Any] = unchanged


@dataclass(frozen=True)
class Absent:
    """A way that cannot be gone here, and why."""

    tool: str
    name: str
    reason: str
