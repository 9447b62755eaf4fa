"""Which results were made from which, and which chain of them a stage goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dsgns.store import Output, Workspace
from dsgns.store.workspace import STAGES

CHAIN = ("corpus", "vocabulary", "tokens", "counts")
"""The stages that others go on from."""

CACHES = ("text", "vectors")
"""Stages whose results are kept only to save time, and are made anew without a word."""


def newest_chain(workspace: Workspace, stages: Iterable[str] = CHAIN) -> dict[str, Output]:
    """The stages as the last run made or found them, each made from the others.

    What a run makes also makes all that it was made from the latest of their stages. So where a stage's latest result
    was made from another than the latest vocabulary, that vocabulary came later, and it decides: the stage is left out
    unless it has another result that was made from it.

    Parameters
    ----------
    stages
        In the order of the pipeline.
    """
    chain: dict[str, Output] = {}
    for stage in stages:
        for output in workspace.results(stage):
            lineage = workspace.lineage(output)
            if all(lineage.get(before) == made for before, made in chain.items()):
                chain[stage] = output
                break
    return chain


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


def text_of(corpus: Output) -> str:
    """The files that a corpus is made of, in a few words."""
    urls = list(dict.fromkeys(source["url"] for source in (corpus.plan or {"sources": []})["sources"]))
    return urls[0] + f" and {len(urls) - 1:,} more" * (len(urls) > 1) if urls else "text unknown"
