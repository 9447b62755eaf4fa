"""What a workspace has to be looked at: its dense results, those that are meant, and their vectors."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from dsgns.choosing import SIDE_BY_SIDE, choose
from dsgns.errors import MissingOutputError
from dsgns.explorer.atlas import Atlas
from dsgns.explorer.umap_atlas import UmapAtlas
from dsgns.store import Output, Workspace
from dsgns.vectors.load import load_vectors
from dsgns.vectors.words import WordVectors

LAYOUTS: dict[str, type[Atlas]] = {"pca": Atlas, "umap": UmapAtlas}
"""Maps by name: those that are there at once first."""

Shelf = dict[str, list[Output]]


@dataclass(frozen=True)
class Reading:
    """How vectors are read from results.

    Parameters
    ----------
    p, context, post
        As in :meth:`dsgns.Workspace.vectors`.
    words
        How many of the most frequent words are on the map.
    """

    p: float = 0.5
    context: str = "none"
    post: str = "none"
    words: int = 2000


@dataclass
class Library:
    """A workspace's dense results, looked up anew each time; vectors and maps are kept once they were asked for.

    Parameters
    ----------
    workspace
        Whose they are.
    reading
        How their vectors are read.
    """

    workspace: Workspace
    reading: Reading = field(default_factory=Reading)
    _vectors: dict[str, WordVectors] = field(default_factory=dict)
    _atlases: dict[tuple[str, str], Atlas] = field(default_factory=dict)

    def shelf(self) -> Shelf:
        """The completed results of each road, newest first."""
        return {road: self.workspace.results(road) for road in SIDE_BY_SIDE}

    def chosen(self, keys: Mapping[str, str]) -> tuple[dict[str, Output], str]:
        """The results that are meant, by road, and what there is to say about that.

        Parameters
        ----------
        keys
            Of results that a person chose, by road; empty for none of that road. Without any, what
            :func:`dsgns.choosing.choose` takes, and no result where there is none.
        """
        if not keys:
            with suppress(MissingOutputError):
                default = choose(self.workspace)
                return default.outputs, default.note
            return {}, ""
        found, notes = {}, []
        for road in SIDE_BY_SIDE:
            if key := keys.get(road):
                try:
                    found[road] = self.workspace.named(key, [road])
                except MissingOutputError as error:
                    notes.append(str(error))
        return found, " ".join(notes)

    def vectors(self, output: Output) -> WordVectors:
        """The vectors of a result, memory-mapped where that is possible."""
        if output.name not in self._vectors:
            reading = self.reading
            self._vectors[output.name] = load_vectors(
                self.workspace, output, p=reading.p, context=reading.context, post=reading.post
            )
        return self._vectors[output.name]

    def atlas(self, output: Output, layout: str = "pca") -> Atlas:
        """The map of a result; ``layout`` is one of :data:`LAYOUTS`."""
        name = (output.name, layout)
        if name not in self._atlases:
            self._atlases[name] = LAYOUTS[layout](self.vectors(output), self.reading.words)
        return self._atlases[name]
