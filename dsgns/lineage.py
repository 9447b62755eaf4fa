"""Which results were made from which, and which chain of them a stage goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsgns.store import Output, Workspace
from dsgns.store.workspace import STAGES

CHAIN = ("corpus", "vocabulary", "tokens", "counts")
"""The stages that others go on from."""

_OF_TEXT = ("corpus", "tokens")

CACHES = ("text", "vectors")
"""Stages whose results are kept only to save time, and are made anew without a word."""


def newest_chain(workspace: Workspace, stages: Iterable[str] = CHAIN) -> dict[str, Output]:
    """The stages as the last run made or found them, each made from the others.

    What a run makes also makes all that it was made from the latest of their stages. So where a stage's latest result
    was made from another than the latest vocabulary, that vocabulary came later, and it decides: the stage is left out
    unless it has another result that was made from it. A latest vocabulary that was made from no text, but with counts
    that were merged or imported, leaves out the stages of text. One that skip-gram was trained further with is for that
    alone, for it counts more than the text that was new: in its place comes the vocabulary that it extends.

    Parameters
    ----------
    stages
        In the order of the pipeline.
    """
    chain: dict[str, Output] = {}
    stages = list(stages)
    latest = next(iter(workspace.results("vocabulary")), None) if "vocabulary" in stages else None
    while latest is not None and (known := _extended(workspace, latest)) is not None:
        latest = known
        chain = {stage: made for stage, made in workspace.lineage(latest).items() if stage in stages}
    if latest is not None and "corpus" not in latest.inputs:
        stages = [stage for stage in stages if stage not in _OF_TEXT]
    for stage in stages:
        if stage in chain:
            continue
        for output in workspace.results(stage):
            lineage = workspace.lineage(output)
            if all(lineage.get(before) == made for before, made in chain.items()):
                chain[stage] = output
                break
    return chain


def _extended(workspace: Workspace, vocabulary: Output) -> Output | None:
    """The vocabulary that one for further training extends, if it is one and the other is still there."""
    key = vocabulary.facts.get("extends")
    known = workspace.output("vocabulary", key) if key else None
    return known if known is not None and known.complete else None


def last_input(inputs: Mapping[str, str]) -> str | None:
    """Of what a result was made from, keys by stage, the name of what came last; None where there is nothing."""
    stage = max(inputs, key=STAGES.index, default=None)
    return None if stage is None else f"{stage}/{inputs[stage]}"


def made_from(inputs: Mapping[str, Mapping[str, str]], names: Iterable[str]) -> list[str]:
    """All that was made from some results, complete or not, at first hand or not; none of them themselves.

    Parameters
    ----------
    inputs
        Of every result in the order of the stages, by its name: the keys of what it was made from, by stage.
    """
    given = set(names)
    found: list[str] = []
    for name, sources in inputs.items():  # whatever a result was made from has been looked at before it
        if name not in given and not given.union(found).isdisjoint(map("/".join, sources.items())):
            found.append(name)
    return found


def text_of(output: Output | None) -> str:
    """The files that a corpus is made of, or what a vocabulary that was made from no text is of, in a few words."""
    if output is None or output.stage != "corpus":
        return output.facts.get("text", "text unknown") if output is not None else "text unknown"
    urls = list(dict.fromkeys(source["url"] for source in (output.plan or {"sources": []})["sources"]))
    return urls[0] + f" and {len(urls) - 1:,} more" * (len(urls) > 1) if urls else "text unknown"
