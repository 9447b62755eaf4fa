"""The count road under many settings, each scored; counts are made once for each window and weighting."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from dsgns import store
from dsgns.asides import set_aside
from dsgns.continuation import Standing
from dsgns.engine import Client, Engine
from dsgns.evaluation.scores import Score, score
from dsgns.evaluation.sets import AnalogySet, SimilaritySet, read_set
from dsgns.kinds import at_least, converted, known_options, one_of, require
from dsgns.parameters import ANALOGIES
from dsgns.session import SESSION, session
from dsgns.vectors.materialize import CONTEXTS
from dsgns.vectors.words import WordVectors
from dsgns.workspace import Workspace, vectors_of

MADE = ("window", "weighting", "subsample", "cds", "shift")
"""Settings that a factorisation is made for."""

READ = ("vector_size", "p", "context")
"""Settings that are chosen when its vectors are read."""

_UNLESS_GIVEN: dict[str, Sequence[Any]] = {"p": (0.5,), "context": ("none",)}
_RESAMPLES = 200

Scored = SimilaritySet | AnalogySet | str | os.PathLike[str]


@dataclass(frozen=True)
class Point:
    """One setting, and what came of it.

    Parameters
    ----------
    setting
        The value of every setting that was swept, by name.
    key
        The factorisation it was read from, ``svd/KEY``.
    scores
        On the sets, in their order.
    """

    setting: dict[str, Any]
    key: str
    scores: list[Score]

    @property
    def mean(self) -> float:
        """The mean of all scores; NaN if one is."""
        return sum(one.value for one in self.scores) / len(self.scores)

    def to_dict(self) -> dict[str, Any]:
        """The figures as a JSON-able dictionary."""
        return {"setting": self.setting, "key": self.key, "scores": [one.to_dict() for one in self.scores]}


def sweep(
    workspace: str | os.PathLike[str] | Workspace,
    sets: Scored | Iterable[Scored],
    *,
    client: Client | None = None,
    methods: Sequence[str] = ("3CosAdd",),
    restrict_vocabulary: int | None = None,
    **options: Any,
) -> list[Point]:
    """Score the count road under every combination of some settings, on the text that a workspace holds.

    Parameters
    ----------
    workspace
        Text has been encoded in it, or counted.
    sets
        As :func:`dsgns.read_set` reads them, or their files.
    client
        As for :func:`dsgns.train`.
    methods, restrict_vocabulary
        How analogies are asked.
    **options
        Values of ``window``, ``weighting``, ``subsample``, ``cds``, ``shift``, ``vector_size``, ``p`` and ``context``,
        one or several of each; or ``workers``, ``memory_limit`` and the like. What is left out is as ``dsgns svd``
        has it.

    Returns
    -------
    list of Point
        One for each combination. Vectors of several sizes are the leading columns of the longest, so that the matrix is
        factorised once for all of them.

    Raises
    ------
    ParameterError
        If a value is out of its range, or there is none, or no set.

    Examples
    --------
    >>> import dsgns
    >>> tokens = dsgns.encode_tokens("swept.dsgns", "corpus.txt", min_count=2)
    >>> points = dsgns.sweep("swept.dsgns", ["pairs.tsv"], shift=[1, 2], p=[0, 1], vector_size=[4, 8])
    >>> len(points), points[0].setting, len({point.key for point in points})
    (8, {'shift': 1, 'vector_size': 4, 'p': 0}, 2)
    """
    known_options(options, {*MADE, *READ, *SESSION})
    running = {name: options.pop(name) for name in SESSION & options.keys()}
    options |= values_of(options)
    read = [one if isinstance(one, SimilaritySet | AnalogySet) else read_set(one) for one in _tuple(sets)]
    place = workspace.url if isinstance(workspace, Workspace) else os.fspath(workspace)
    opened = store.Workspace.open(place)
    with session(client=client, **running) as engine:
        return list(walk_settings(engine, opened, read, options, methods, restrict_vocabulary))


def walk_settings(
    engine: Engine,
    workspace: store.Workspace,
    sets: Sequence[SimilaritySet | AnalogySet],
    grid: Mapping[str, Any],
    methods: Sequence[str] = ("3CosAdd",),
    restrict_vocabulary: int | None = None,
) -> Iterator[Point]:
    """The points of a sweep as they come, as :func:`sweep` has them; all results are set aside.

    Raises
    ------
    MissingOutputError
        If the workspace holds nothing to go on from.
    ParameterError
        If a value is out of its range, or there is none, or no set.
    """
    require(len(sets) > 0, "sets", sets, "one or several")
    methods = _tuple(methods)
    for method in methods:
        one_of("methods", method, ANALOGIES)
    grid = values_of(grid)
    standing = Standing.of(workspace, "svd")
    sizes = grid.get("vector_size", (standing.base.svd.vector_size,))
    made = _combinations({name: grid[name] for name in MADE if name in grid})
    parameters = [standing.base.updated(**setting, vector_size=max(sizes)) for setting in made]
    for one in parameters:
        standing.require(one)
    for setting, one in zip(made, parameters, strict=True):
        with set_aside(engine, "sweep"):
            output = standing.go_on(engine, one)
        for reading, vectors in _readings(output, grid, sizes):
            scores = score(vectors, sets, methods, restrict_vocabulary, _RESAMPLES)
            swept = setting | {name: reading[name] for name in READ if name in grid}
            yield Point(swept, output.name, scores)


def values_of(grid: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The values of each setting, where one may stand for itself; those that are read with are checked.

    Raises
    ------
    ParameterError
        If a setting has no value, or one of :data:`READ` a wrong one.
    """
    found = {name: _tuple(values) for name, values in grid.items()}
    for name, values in found.items():
        require(len(values) > 0, name, grid[name], "one value or several")
    for size in found.get("vector_size", ()):
        at_least("vector_size", converted("vector_size", size, int), 1)
    for power in found.get("p", ()):
        require(0.0 <= converted("p", power, float) <= 1.0, "p", power, "between 0 and 1")
    for context in found.get("context", ()):
        one_of("context", context, CONTEXTS)
    return found


def _tuple(values: Any) -> tuple[Any, ...]:
    """Several values, of whatever kind of sequence; one alone, a string too, is a value."""
    if isinstance(values, str | os.PathLike | SimilaritySet | AnalogySet):
        return (values,)
    many = hasattr(values, "__iter__") and getattr(values, "ndim", 1) > 0
    return tuple(values) if many else (values,)


def _combinations(grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of values; those of the last name change first, so that counts are gone through in turn."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def _readings(
    output: store.Output, grid: Mapping[str, Sequence[Any]], sizes: Sequence[int]
) -> Iterator[tuple[dict[str, Any], WordVectors]]:
    """One factorisation's vectors in every way they are to be read."""
    for reading in _combinations({name: grid.get(name, unless) for name, unless in _UNLESS_GIVEN.items()}):
        vectors = vectors_of(output, **reading)
        assert isinstance(vectors, WordVectors)
        for size in sizes:
            shorter = WordVectors(vectors.index_to_key, vectors.vectors[:, :size], vectors.counts)
            yield reading | {"vector_size": size}, shorter
