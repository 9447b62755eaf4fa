"""What a call names or hands over as text: files by name, standard input, and documents that Python has."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from dsgns.corpus.forms import find_text
from dsgns.corpus.spool import lines_of, require_lines, spool
from dsgns.errors import ParameterError
from dsgns.kinds import require
from dsgns.parameters import CorpusParameters
from dsgns.store import Workspace

STANDARD_INPUT = "-"
_SEVERAL = (list, tuple, set, frozenset)
_STEP = 1 << 20
_SPACES = 4  # more than any file's name is likely to have
_SHOWN = 60


@dataclass(frozen=True)
class Documents:
    """Strings or lists of tokens, each a document, that can be gone through once."""

    items: Iterable[Any]


Text = str | os.PathLike[str] | Iterable[Any]
"""What :func:`texts_of` takes."""


def texts_of(inputs: Text) -> list[str | Documents]:
    """The paths and URLs that the inputs of a call name, and the documents that it hands over, in order.

    Raises
    ------
    ParameterError
        If it is something else.

    Examples
    --------
    >>> texts_of("a.txt"), texts_of(["a.txt", "b.txt"])
    (['a.txt'], ['a.txt', 'b.txt'])
    >>> texts_of([["to", "be"], ["or", "not"]])
    [Documents(items=[['to', 'be'], ['or', 'not']])]
    """
    if isinstance(inputs, _SEVERAL):
        if isinstance(next(iter(inputs), None), (list, tuple)):
            return [Documents(inputs)]
        for item in inputs:
            _require_name(item)
        return [_text(item) for item in inputs]
    return [_text(inputs)]


def path_of(option: str, given: Any) -> str:
    """A path or URL as a string."""
    require(isinstance(given, (str, os.PathLike)), option, given, "a path or URL: a string or a pathlib.Path")
    return os.fspath(given)


def look_at(texts: Sequence[str | Documents], parameters: CorpusParameters) -> None:
    """Say what can be known of texts before anything is made.

    Raises
    ------
    CorpusError
        As :func:`dsgns.corpus.forms.find_text`.
    ParameterError
        If documents were handed over, and an option is for files alone.
    """
    names = [text for text in texts if isinstance(text, str) and text != STANDARD_INPUT]
    if names or not texts:
        find_text(names, parameters)
    if any(isinstance(text, Documents) for text in texts):
        require_lines(parameters)


def named(
    workspace: Workspace, texts: Sequence[str | Documents], parameters: CorpusParameters, tell: Callable[[str], object]
) -> list[str]:
    """The same texts, each by a name: what can be read only once is kept in the workspace.

    Parameters
    ----------
    tell
        Called with what a person should know.
    """
    names = []
    for text in texts:
        name = text if isinstance(text, str) else ""
        if isinstance(text, Documents):
            name = spool(workspace.url, lines_of(text.items, parameters), "The iterable")
        elif text == STANDARD_INPUT:
            pieces = iter(lambda: sys.stdin.buffer.read(_STEP), b"")
            name = spool(workspace.url, pieces, "Standard input")
        if name != text:
            tell(f"What was handed over is kept in {name}; to go on without it, name that file instead.")
        names.append(name)
    return names


def _require_name(given: Any) -> None:
    """Strings in a list name files: say so where one can only be a text."""
    if isinstance(given, str) and ("\n" in given or given.count(" ") > _SPACES) and not os.path.exists(given):
        shown = given if len(given) <= _SHOWN else given[:_SHOWN] + "..."
        raise ParameterError(
            f"A list of strings names files, and {shown!r} is none. Texts are handed over as an iterable that is no "
            "list, such as iter(texts), or as lists of tokens."
        )


def _text(given: Any) -> str | Documents:
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    strange = not isinstance(given, Iterable) or isinstance(given, (bytes, bytearray, Mapping))
    allowed = (
        "a path or URL: a string or a pathlib.Path, or a list of them; or an iterable of strings or lists of tokens"
    )
    require(not strange, "inputs", given, allowed)
    items = iter(given)
    first = next(items, None)
    if isinstance(first, os.PathLike) or (isinstance(first, str) and os.path.isfile(first)):
        raise ParameterError(
            f"inputs is an iterable whose strings are documents, but the first, {os.fspath(first)!r}, is a file. Make "
            "a list of names to have files read: list(...)."
        )
    return Documents(items if first is None else chain([first], items))
