"""The vectors that a command asks for, by the road they came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from dsgns.cli.vector_files import is_file, load_file
from dsgns.errors import ParameterError

if TYPE_CHECKING:
    from dsgns.store import Output, Workspace
    from dsgns.vectors.sparse import SparseVectors
    from dsgns.vectors.words import WordVectors


def load_roads(
    url: str, names: str | None, p: float, context: str, key: str | None = None, post: str = "none"
) -> dict[str, WordVectors | SparseVectors]:
    """The vectors of each road named, or of every dense one that was walked, all of one text.

    What is left aside for that, of other text, is said on stderr.

    Parameters
    ----------
    url
        A workspace, or a file of vectors, which stands for a road of its own name.
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
    from dsgns.store import Workspace
    from dsgns.workspace import vectors_of

    if is_file(url):
        require_workspace(url, names, key)
        return {Path(url).name: _after(load_file(url), post)}
    outputs = choose_aloud(Workspace.open(url), roads_of(names), key)
    return {road: vectors_of(output, p=p, context=context, post=post) for road, output in outputs.items()}


def load_variants(
    url: str,
    names: str | None,
    ps: Sequence[float],
    contexts: Sequence[str],
    posts: Sequence[str],
    keys: Sequence[str],
) -> Iterator[tuple[str, WordVectors | SparseVectors]]:
    """The vectors of several results, and several of each: every exponent, use of context vectors and post-processing.

    One after the other, each with a name that says in what it differs from the others.

    Raises
    ------
    MissingOutputError, ParameterError
        As :func:`load_roads` does.
    """
    from dsgns.store import Workspace
    from dsgns.workspace import vectors_of

    if is_file(url):
        require_workspace(url, names, *keys)
        known = load_file(url)
        for post in posts:
            yield Path(url).name + _told(post, posts), _after(known, post)
        return
    workspace, roads = Workspace.open(url), roads_of(names)
    found = [choose_aloud(workspace, roads, key) for key in keys or (None,)]
    outputs = {output.name if len(keys) > 1 else road: output for each in found for road, output in each.items()}
    for name, output in outputs.items():
        if output.stage == "ppmi":
            yield name, vectors_of(output)
            continue
        for p, context, post in product(ps if output.stage == "svd" else ps[:1], contexts, posts):
            exponent = f" p={p:g}" if len(ps) > 1 and output.stage == "svd" else ""
            added = " w+c" if len(contexts) > 1 and context == "add" else ""
            yield name + exponent + added + _told(post, posts), vectors_of(output, p=p, context=context, post=post)


def _told(post: str, posts: Sequence[str]) -> str:
    """What a name ends in where there are several post-processings."""
    return f" {post}" if len(posts) > 1 and post != "none" else ""


def _after(vectors: WordVectors, post: str) -> WordVectors:
    """The same vectors, memory-mapped if they are, where nothing is to be done to them."""
    return vectors if post == "none" else vectors.postprocessed(post)


def require_workspace(path: str, *chosen: str | None) -> None:
    """A file holds one result as it is, so that there is nothing to choose."""
    if any(chosen):
        raise ParameterError(f"{path} is a file of vectors; --vectors and --key are for the results of a workspace.")
    context = click.get_current_context(silent=True)
    sources = {name: context.get_parameter_source(name) for name in ("p", "context")} if context else {}
    if given := [f"--{name}" for name, source in sources.items() if source == ParameterSource.COMMANDLINE]:
        raise ParameterError(
            f"{path} is a file of vectors, without singular values or context vectors; {' and '.join(given)} "
            f"{'are' if len(given) > 1 else 'is'} for the results of a workspace."
        )


def roads_of(names: str | None) -> list[str]:
    """The roads that an option names, parted by commas.

    Raises
    ------
    ParameterError
        If there is no such road.
    """
    from dsgns.choosing import ROADS

    chosen = [name.strip() for name in names.split(",") if name.strip()] if names else []
    if strange := [name for name in chosen if name not in ROADS]:
        raise ParameterError(f"--vectors names {strange[0]!r}; it takes {', '.join(ROADS)}, parted by commas.")
    return chosen


def choose_aloud(workspace: Workspace, roads: list[str], key: str | None) -> dict[str, Output]:
    """What :func:`dsgns.choosing.choose` finds to be meant, by road; what it notes goes to stderr."""
    from dsgns.choosing import choose

    chosen = choose(workspace, roads, key)
    if chosen.note:
        click.echo(chosen.note, err=True)
    return chosen.outputs
