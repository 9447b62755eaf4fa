"""Skip-gram trained further: more epochs over its own text, or over new text.

Everything that is left out is as the result has it that is gone on from, of its text as well. New text has all the
words of the result, and its own: counts, by which words are numbered, subsampled and drawn as noise, are those of both
texts together. Rows of words that are new begin as all rows do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.callbacks import require_held_out
from dsgns.corpus.stage import prepare_corpus
from dsgns.defaults import parameters_of
from dsgns.engine import Engine, Event
from dsgns.errors import ParameterError
from dsgns.lineage import text_of
from dsgns.pipeline import TrainParameters, walk_sgns
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage_unite import extend_vocabulary

Made = Mapping[str, Output]


def train_further(engine: Engine, workspace: Workspace, inputs: Sequence[str], options: Mapping[str, Any]) -> Output:
    """Go on from the result that the option ``continue_from`` names.

    Parameters
    ----------
    inputs
        New text; none for more epochs over the result's own.
    options
        As :meth:`TrainParameters.updated` takes them.

    Raises
    ------
    MissingOutputError
        If there is no such result.
    ParameterError
        If other vectors are asked for than it has, or text options without text.
    """
    source = workspace.named(options["continue_from"], ["sgns"], "continue_from")
    before = workspace.lineage(source)
    base = parameters_of(before)
    parameters = base.updated(**options)
    _require(parameters, base, source, bool(inputs))
    require_held_out(engine.watch.callbacks, parameters.corpus.held_out)
    tokens = _encode(engine, workspace, inputs, parameters, before)
    engine.listener(Event("note", "sgns", text=_told(parameters, source, workspace.lineage(tokens)["corpus"])))
    return walk_sgns(engine, workspace, tokens, parameters)


def _require(parameters: TrainParameters, base: TrainParameters, source: Output, new_text: bool) -> None:
    size, has = parameters.sgns.vector_size, source.parameters["vector_size"]
    if size != has:
        raise ParameterError(f"vector_size is {size}, but {source.name}, which is to be gone on from, has {has}.")
    if not new_text and (parameters.corpus, parameters.vocabulary) != (base.corpus, base.vocabulary):
        raise ParameterError(
            f"Without new text {source.name} is trained further on its own, as it was encoded; leave out the options "
            "that say how text becomes words, or name new text."
        )
    if _learning(parameters) != _learning(base):
        raise ParameterError(f"Phrases are those of {source.name}, in new text too; leave out the options of phrases.")


def _learning(parameters: TrainParameters) -> dict[str, Any]:
    """What says how phrases are learned."""
    return {name: value for name, value in parameters.vocabulary.to_dict().items() if name.startswith("phrase")}


def _encode(
    engine: Engine, workspace: Workspace, inputs: Sequence[str], parameters: TrainParameters, before: Made
) -> Output:
    """The text to train on, encoded with a vocabulary that has all words of before."""
    corpus = prepare_corpus(engine, workspace, inputs, parameters.corpus) if inputs else before["corpus"]
    if corpus == before["corpus"]:
        return before["tokens"]
    words = extend_vocabulary(engine, workspace, corpus, parameters.vocabulary, before["vocabulary"])
    return encode_tokens(engine, workspace, corpus, words)


def _told(parameters: TrainParameters, source: Output, corpus: Output) -> str:
    asked, size = parameters.sgns, source.facts["vocabulary_size"]
    falling = f"alpha falls from {asked.alpha:g} to {asked.min_alpha:g} over {asked.epochs} epochs"
    return f"trains {source.name} of {size:,} words further on {text_of(corpus)}; {falling}"
