"""One stage on its own: from text, or going on from what a workspace holds.

Going on is from the newest vocabulary that the user made, and from what was made of it. An option of an earlier stage
that is left out is as the workspace's last results have it, and vectors are as long as its last ones; the stage's other
options have their defaults. Text is read again only for another vocabulary or other tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsgns import pipeline
from dsgns.callbacks import require_held_out
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import sources_of
from dsgns.defaults import going_on, last_parameters
from dsgns.engine import Engine, Event
from dsgns.errors import MissingOutputError, ParameterError
from dsgns.further import train_further
from dsgns.lineage import newest_chain, text_of
from dsgns.pipeline import TrainParameters
from dsgns.store import Output, Workspace

BEFORE: dict[str, tuple[str, ...]] = {
    "vocabulary": ("corpus",),
    "tokens": ("corpus", "vocabulary"),
    "counts": ("corpus", "vocabulary", "tokens"),
    "ppmi": ("corpus", "vocabulary", "tokens", "counts"),
    "svd": ("corpus", "vocabulary", "tokens", "counts"),
    "sgns": ("corpus", "vocabulary", "tokens"),
}
"""The stages that each stage goes on from."""


def run_stage(
    engine: Engine, workspace: Workspace, stage: str, inputs: Sequence[str], options: Mapping[str, Any]
) -> Output:
    """The output of one stage, and of those before it where they are not there.

    Parameters
    ----------
    stage
        A key of :data:`BEFORE`.
    inputs
        Text to begin from; none to go on from what the workspace holds.
    options
        The flat parameters that were given, as :meth:`TrainParameters.updated` takes them.

    Raises
    ------
    MissingOutputError
        If there is neither text nor anything to go on from.
    """
    if stage == "sgns" and options.get("continue_from") is not None:
        made = train_further(engine, workspace, inputs, options)
    elif inputs:
        parameters = TrainParameters.from_options(**options)
        _require_stop(engine, stage, parameters)
        made = _begin(engine, workspace, stage, inputs, parameters)
    else:
        standing = Standing.of(workspace, stage)
        parameters = standing.base.updated(**options)
        standing.require(parameters)
        _require_stop(engine, stage, parameters)
        text = going_on(workspace, stage, standing.known, standing.earlier, standing.base, parameters)
        engine.listener(Event("note", stage, text=text))
        made = standing.go_on(engine, parameters)
    workspace.remember(made)
    return made


def _require_stop(engine: Engine, stage: str, parameters: TrainParameters) -> None:
    if stage == "sgns":
        require_held_out(engine.watch.callbacks, parameters.corpus.held_out)


@dataclass(frozen=True)
class Standing:
    """What a stage goes on from.

    Parameters
    ----------
    workspace, stage
        A key of :data:`BEFORE`, and where.
    known
        The stages before it, each made from the others.
    earlier
        The same, and what was last made of stages that these lack.
    base
        What options are that are left out.
    """

    workspace: Workspace
    stage: str
    known: dict[str, Output]
    earlier: dict[str, Output]
    base: TrainParameters

    @classmethod
    def of(cls, workspace: Workspace, stage: str) -> Standing:
        """Where a workspace stands now.

        Raises
        ------
        MissingOutputError
            If there is nothing to go on from.
        """
        known = last_results(workspace, stage)
        earlier = _last_of_all(workspace, stage) | known
        return cls(workspace, stage, known, earlier, last_parameters(workspace, stage, earlier))

    def require(self, parameters: TrainParameters) -> None:
        """Refuse parameters that ask for text where there are counts alone.

        Raises
        ------
        MissingOutputError, ParameterError
            Naming what the counts were made from.
        """
        if "corpus" not in self.known:
            _require_counts(self.workspace, self.stage, self.known, self.base, parameters)

    def go_on(self, engine: Engine, parameters: TrainParameters) -> Output:
        """The stage's output for some parameters; those of the text are read again only where they are others."""
        known, base, place = self.known, self.base, (engine, self.workspace, self.stage)
        if "tokens" in known and (parameters.corpus, parameters.vocabulary) == (base.corpus, base.vocabulary):
            return _go_on(*place, known["tokens"], parameters)
        if "corpus" not in known:
            return pipeline.weigh_counts(*place, known["counts"], parameters)
        return _begin(*place, _texts(known["corpus"]), parameters)


def _require_counts(
    workspace: Workspace, stage: str, known: Mapping[str, Output], base: TrainParameters, parameters: TrainParameters
) -> None:
    """Refuse what needs text where there are counts alone.

    Raises
    ------
    MissingOutputError
        Naming what the counts were made from instead.
    ParameterError
        If an option asks for other counts.
    """
    there = known.get("counts", known["vocabulary"])
    if "counts" not in BEFORE[stage] or "counts" not in known:
        raise MissingOutputError(
            f"{stage} needs text, of which {workspace.url} holds none behind {there.name}, made from "
            f"{text_of(known['vocabulary'])}. Name the text: `dsgns {stage} INPUT... --output {workspace.url}`."
        )
    for part in ("corpus", "vocabulary", "counts"):
        asked, has = getattr(parameters, part).to_dict(), getattr(base, part).to_dict()
        for name in (name for name in asked if asked[name] != has[name]):
            raise ParameterError(
                f"{name} is {asked[name]!r}, but {there.name} is all there is to go on from, made from "
                f"{text_of(known['vocabulary'])}; name the text to count anew."
            )


def _begin(
    engine: Engine, workspace: Workspace, stage: str, inputs: Sequence[str], parameters: TrainParameters
) -> Output:
    """A stage, beginning from text."""
    if stage == "vocabulary":
        return pipeline.count_words(engine, workspace, inputs, parameters)[1]
    tokens = pipeline.encode(engine, workspace, inputs, parameters)
    return tokens if stage == "tokens" else _go_on(engine, workspace, stage, tokens, parameters)


def _go_on(engine: Engine, workspace: Workspace, stage: str, tokens: Output, parameters: TrainParameters) -> Output:
    """A stage, beginning from encoded text."""
    if stage == "counts":
        return count_cooccurrences(engine, workspace, tokens, parameters.counts)
    walk = {"ppmi": pipeline.walk_ppmi, "svd": pipeline.walk_svd, "sgns": pipeline.walk_sgns}[stage]
    return walk(engine, workspace, tokens, parameters)


def last_results(workspace: Workspace, stage: str) -> dict[str, Output]:
    """The stages before ``stage`` that it goes on from, each made from the others.

    Raises
    ------
    MissingOutputError
        If there are none.
    """
    known = newest_chain(workspace, BEFORE[stage])
    if not known:
        raise MissingOutputError(
            f"{workspace.url} holds nothing that {stage} could go on from; name the text: "
            f"`dsgns {stage} INPUT... --output {workspace.url}`."
        )
    return known


def _texts(corpus: Output) -> list[str]:
    """The files that a corpus was found to be made of."""
    return list(dict.fromkeys(source.url for source in sources_of(corpus)))


def _last_of_all(workspace: Workspace, stage: str) -> dict[str, Output]:
    """The last results before a stage: what the newest vocabulary lacks is made as it was for another."""
    return {name: output for name in BEFORE[stage] for output in workspace.results(name)[:1]}
