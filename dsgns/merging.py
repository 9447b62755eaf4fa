"""Counts of several workspaces added up, so that more text means counting that text alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from dsgns import store
from dsgns.cooccurrence.addends import Addend, origins_of, require_same_rule
from dsgns.cooccurrence.stage_merge import merge_counts
from dsgns.engine import Client, Engine
from dsgns.errors import MergeError
from dsgns.kinds import known_options
from dsgns.session import SESSION, session
from dsgns.store import Output
from dsgns.vocabulary.stage_unite import unite_vocabularies

_NAMED = "/counts/"
_SUMMED = ("tokens_read", "used", "held_out", "filtered", "documents", "held_out_documents", "filtered_documents")


Place = str | os.PathLike[str]


def merge(
    workspaces: Sequence[Place],
    output: Place,
    *,
    subtract: Sequence[Place] = (),
    client: Client | None = None,
    **running: Any,
) -> store.Output:
    """Counts of several workspaces added up over their united vocabulary, or taken away again; no text is read.

    Parameters
    ----------
    workspaces, subtract
        Workspaces, of which the last counts are meant, or ``W/counts/KEY``.
    output
        The workspace for the sum, made if there is none.
    client
        As for :func:`dsgns.train`.
    **running
        ``scheduler``, ``workers``, ``memory_limit``, ``shard_size``, ``listener`` and ``progress``.

    Raises
    ------
    MergeError
        If the counts do not go together, or more is taken away than there is.

    Examples
    --------
    >>> import dsgns
    >>> from pathlib import Path
    >>> for month, text in {"may": "tea for two", "june": "two for tea and tea for you"}.items():
    ...     _ = Path(f"{month}.txt").write_text(text)
    ...     counts = dsgns.count_cooccurrences(f"{month}.dsgns", f"{month}.txt", min_count=1)
    >>> both = dsgns.merge(["may.dsgns", "june.dsgns"], "both.dsgns")
    >>> both.facts["vocabulary_size"], both.facts["losses"]
    (5, [])
    """
    known_options(running, SESSION)
    addends = find_addends([os.fspath(place) for place in workspaces], [os.fspath(place) for place in subtract])
    made = store.Workspace.create(os.fspath(output))
    made.require_writable()
    with session(client=client, **running) as engine:
        return add_up(engine, made, addends)


def find_addends(add: Sequence[str], subtract: Sequence[str] = ()) -> list[Addend]:
    """Completed counts by where they lie, looked at as far as that is possible without reading them.

    Parameters
    ----------
    add, subtract
        Workspaces, of which the last counts are meant, or ``W/counts/KEY``.

    Raises
    ------
    NotAWorkspaceError
        If there is no workspace.
    MissingOutputError
        If it has no counts, or none of that key.
    MergeError
        If nothing is to be added, or the counts do not go together.
    """
    if not add:
        raise MergeError("Name counts to add to: nothing can be taken away from nothing.")
    addends = [_addend(place, 1) for place in add] + [_addend(place, -1) for place in subtract]
    require_same_rule(addends)
    origins_of(addends)
    return addends


def add_up(engine: Engine, workspace: store.Workspace, addends: Sequence[Addend]) -> Output:
    """The sum of counts over their united vocabulary, what a stage goes on from in ``workspace`` from now on.

    Raises
    ------
    MergeError
        If more is taken away of a word, or from a cell, than is there.
    """
    vocabularies = [(addend.vocabulary, addend.sign) for addend in addends]
    vocabulary = unite_vocabularies(engine, workspace, vocabularies, _about(addends))
    made = merge_counts(engine, workspace, addends, vocabulary)
    workspace.remember(made)
    return made


def _addend(place: str, sign: int) -> Addend:
    url, named, key = place.rstrip("/").rpartition(_NAMED)
    workspace = store.Workspace.open(url if named else place)
    counts = workspace.named(key, ["counts"], "counts") if named else workspace.latest("counts")
    return Addend(counts, workspace.output("vocabulary", counts.facts["vocabulary"]), sign)


def _about(addends: Sequence[Addend]) -> dict[str, Any]:
    """What is known of the texts together, from what is known of each."""
    known = [(addend.vocabulary.facts, addend.sign) for addend in addends]
    about: dict[str, Any] = {
        name: sum(sign * facts[name] for facts, sign in known)
        for name in _SUMMED
        if all(name in facts for facts, _ in known)
    }
    fixed = {facts.get("fixed") for facts, _ in known}
    signs = {1: "+", -1: "-"}
    about["text"] = " ".join(f"{signs[addend.sign]} {addend.counts.url}" for addend in addends).removeprefix("+ ")
    return {**about, "fixed": fixed.pop() if len(fixed) == 1 else None}
