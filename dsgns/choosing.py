"""Which of a workspace's results a question is about: those of one text, or the one that a key names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from dsgns.errors import MissingOutputError
from dsgns.store import Output, Workspace

ROADS = ("svd", "sgns", "ppmi")
"""The stages that make word vectors."""

SIDE_BY_SIDE = ("svd", "sgns")
"""Those of them whose vectors are dense."""


class Chosen(NamedTuple):
    """Results of one text, by road.

    Parameters
    ----------
    outputs
        In the order in which roads were asked for; without those that the text has no result of.
    older
        What is to be said where other vectors are of newer text; else empty.
    aside
        What is to be said where there are results of other text, or of one road only; else empty.
    """

    outputs: dict[str, Output]
    older: str = ""
    aside: str = ""

    @property
    def note(self) -> str:
        """Both sentences."""
        return " ".join(filter(None, (self.older, self.aside)))


def choose(workspace: Workspace, roads: Sequence[str] = (), key: str | None = None) -> Chosen:
    """The newest results of the roads that are of one text: what the last run encoded, if it has any.

    Parameters
    ----------
    roads
        Of :data:`ROADS`; SVD and SGNS, whichever are there, when none is named.
    key
        One result instead, ``KEY`` or ``ROAD/KEY``.

    Raises
    ------
    MissingOutputError
        If a road that is named has no result at all, or the key none.
    """
    if key is not None:
        output = workspace.named(key, roads or ROADS)
        return Chosen({output.stage: output})
    known = {road: workspace.results(road) for road in dict.fromkeys((*roads, *SIDE_BY_SIDE))}
    asked = {road: known[road] for road in roads or SIDE_BY_SIDE}
    for road in roads:
        workspace.latest(road)
    if not any(asked.values()):
        raise MissingOutputError(
            f"{workspace.url} holds no vectors yet; run `dsgns svd {workspace.url}` or `dsgns sgns {workspace.url}`."
        )
    text = _newest_text(workspace, asked)
    outputs = {road: found for road, results in asked.items() if (found := _first(results, text)) is not None}
    return Chosen(outputs, _older(outputs, text, _newest_text(workspace, known), known), _aside(outputs, asked, text))


def _newest_text(workspace: Workspace, results: Mapping[str, list[Output]]) -> str | None:
    """The text that the last run went by, or else that of the result that is newest."""
    there = [output for outputs in results.values() for output in outputs]
    # A vocabulary names the text of results from counts that no tokens are kept of: it comes first.
    for stage in ("vocabulary", "tokens"):
        remembered = workspace.remembered(stage)
        if remembered is not None and any(_text(output) == remembered.key for output in there):
            return remembered.key
    return _text(max(there, key=lambda output: output.record["finished"]))


def _text(output: Output) -> str | None:
    """The key of the tokens that a result is of; of the vocabulary, where it is made of counts alone."""
    return output.facts.get("tokens") or output.facts.get("vocabulary")


def _first(results: Iterable[Output], text: str | None) -> Output | None:
    return next((output for output in results if _text(output) == text), None)


def _older(
    outputs: Mapping[str, Output], text: str | None, newest: str | None, known: Mapping[str, list[Output]]
) -> str:
    if text == newest:
        return ""
    newer = [found.name for results in known.values() if (found := _first(results, newest)) is not None]
    return f"{_list(outputs.values())}: of an older text or vocabulary than {' and '.join(newer)}."


def _aside(outputs: Mapping[str, Output], asked: Mapping[str, list[Output]], text: str | None) -> str:
    """What is left aside: for each road the newest result of any other text."""
    others = [other for results in asked.values() for other in results if _text(other) != text]
    if not others:
        return ""
    lacking = [road for road in asked if road not in outputs]
    missing = f", of which there is no {' nor '.join(lacking)}" if lacking else ""
    return (
        f"Taken: {_list(outputs.values())}, of one text and vocabulary{missing}. "
        f"Left aside, of others: {_list(others)}; --key shows one of them."
    )


def _list(outputs: Iterable[Output]) -> str:
    return ", ".join(output.name for output in outputs)
