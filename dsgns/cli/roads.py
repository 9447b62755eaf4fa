"""The vectors that a command asks for, by the road they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from dsgns.errors import ParameterError

if TYPE_CHECKING:
    from dsgns.store import Output, Workspace
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors


def load_roads(
    url: str, names: str | None, p: float, context: str, key: str | None = None
) -> dict[str, WordVectors | SparseVectors]:
    """The vectors of each road named, or of every dense one that was walked, all of one text.

    What is left aside for that, of other text, is said on stderr.

    Parameters
    ----------
    names
        Such as ``svd,sgns``; None for whichever of these two are there.
    key
        Of one result among several; None for the newest.

    Raises
    ------
    MissingOutputError
        If a road named was not walked, or none was, or there is no such key.
    ParameterError
        If there is no such road.
    """
    from dsgns.choosing import ROADS
    from dsgns.store import Workspace
    from dsgns.workspace import vectors_of

    chosen = [name.strip() for name in names.split(",") if name.strip()] if names else []
    if strange := [name for name in chosen if name not in ROADS]:
        raise ParameterError(f"--vectors names {strange[0]!r}; it takes {', '.join(ROADS)}, parted by commas.")
    outputs = choose_aloud(Workspace.open(url), chosen, key)
    return {road: vectors_of(output, p=p, context=context) for road, output in outputs.items()}


def choose_aloud(workspace: Workspace, roads: list[str], key: str | None) -> dict[str, Output]:
    """What :func:`dsgns.choosing.choose` finds to be meant, by road; what it notes goes to stderr."""
    from dsgns.choosing import choose

    chosen = choose(workspace, roads, key)
    if chosen.note:
        click.echo(chosen.note, err=True)
    return chosen.outputs
