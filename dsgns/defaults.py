"""What options that are left out are taken to be where a stage goes on in a workspace, and what is said of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any

from dsgns.choosing import SIDE_BY_SIDE
from dsgns.lineage import text_of
from dsgns.pipeline import TrainParameters
from dsgns.record import Parameters
from dsgns.store import Output, Workspace

_OWN = {
    "vocabulary": ("vocabulary",),
    "tokens": (),
    "counts": ("counts",),
    "ppmi": ("pmi",),
    "svd": ("pmi", "svd"),
    "sgns": ("sgns",),
}
"""The parameters that are each stage's own."""


def last_parameters(workspace: Workspace, stage: str, earlier: Mapping[str, Output]) -> TrainParameters:
    """Defaults, but earlier stages as they were last run, and vectors as long as the last ones.

    The other options of a stage have their defaults: whoever tries one value after another would else find the last one
    tried of each still at work. The length of vectors is what results are compared at.

    Parameters
    ----------
    earlier
        Results of stages before this one.
    """
    parameters, vectors = parameters_of(earlier), _last_vectors(workspace, stage)
    return parameters.updated(vector_size=vectors.parameters["vector_size"]) if vectors else parameters


def parameters_of(made: Mapping[str, Output]) -> TrainParameters:
    """Defaults, but stages that there are results of as those were made."""
    defaults = TrainParameters()
    stages = {name: getattr(defaults, name) for name in TrainParameters.__dataclass_fields__}
    return replace(
        defaults,
        **{
            name: replace(record, **_known(made[name].parameters, record))
            for name, record in stages.items()
            if name in made
        },
    )


def _known(values: Mapping[str, Any], record: Parameters) -> dict[str, Any]:
    """Those of a result's parameters that a record has: results may be older than a field, or of no text."""
    return {name: value for name, value in values.items() if name in record.to_dict()}


def going_on(
    workspace: Workspace,
    stage: str,
    known: Mapping[str, Output],
    earlier: Mapping[str, Output],
    base: TrainParameters,
    parameters: TrainParameters,
) -> str:
    """From what a stage goes on, and in what its settings are like the last results' and unlike them; one line.

    Parameters
    ----------
    known
        The stages before it, in the order of the pipeline.
    earlier
        The same and, of stages that are lacking there, the last results: all that settings are taken from.
    base, parameters
        As :func:`last_parameters` has them, and with the options that were given.
    """
    kept = list(takewhile(lambda name: getattr(base, name, None) == getattr(parameters, name, None), known))
    names = [known[name].name for name in kept if name != "corpus"]
    text = text_of(known.get("corpus", known.get("vocabulary")))
    said = [f"goes on from {', '.join(names)} of {text}" if names else f"goes on from the text {text}"]
    said += [_like(earlier[name], getattr(base, name), getattr(parameters, name)) for name in _made_anew(earlier, kept)]
    size, vectors = parameters.svd.vector_size, _last_vectors(workspace, stage)
    if vectors and size == vectors.parameters["vector_size"] != TrainParameters().svd.vector_size:
        said.append(f"like {vectors.name}: vector_size {size}")
    if unlike := _unlike(workspace, stage, parameters):
        said.append(unlike)
    return "; ".join(filter(None, said))


def _made_anew(earlier: Mapping[str, Output], kept: list[str]) -> list[str]:
    """Stages with settings of their own that the last results have, but that are not gone on from."""
    return [name for name in TrainParameters.__dataclass_fields__ if name in earlier and name not in kept]


def _like(last: Output, base: Parameters, parameters: Parameters) -> str:
    """Which settings an earlier stage has from its last result, where they are not the defaults."""
    defaults, taken = type(base)().to_dict(), base.to_dict()
    same = [
        f"{name} {value}"
        for name, value in parameters.to_dict().items()
        if value == taken[name] and value != defaults[name]
    ]
    return f"like {last.name}: {', '.join(same)}" if same else ""


def _unlike(workspace: Workspace, stage: str, parameters: TrainParameters) -> str:
    """In which of its own settings a result will differ from the last one of its stage."""
    for last in workspace.results(stage)[:1]:
        settings = {name: value for part in _OWN[stage] for name, value in getattr(parameters, part).to_dict().items()}
        others = [
            f"{name} {value}, there {last.parameters[name]}"
            for name, value in settings.items()
            if name not in ("init", "continue_from") and last.parameters.get(name, value) != value
        ]
        if others:
            return f"unlike {last.name}: {'; '.join(others)}"
    return ""


def _last_vectors(workspace: Workspace, stage: str) -> Output | None:
    """The result of the same road, or else of the other one, that was made or asked for last."""
    if stage not in SIDE_BY_SIDE:
        return None
    roads = sorted(SIDE_BY_SIDE, key=lambda road: road != stage)
    return next((output for road in roads for output in workspace.results(road)), None)
