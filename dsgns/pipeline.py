"""The whole data flow on one page: text in, vectors out, by both roads.

::

    text ──► vocabulary ──► tokens ──┬──► counts ──► marginals ──► SVD ──► vectors
                                     └──► SGNS ─────────────────────────► vectors

Each step is a stage with an output of its own in the workspace. A finished output is reused, a half-done
one goes on, a changed parameter makes a new one beside the old; so every function here may be called
again at any time, on a laptop or on a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dsgns.callbacks import require_held_out
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Engine, Event
from dsgns.kinds import known_options, one_of
from dsgns.parameters import (
    METHODS,
    CorpusParameters,
    CountsParameters,
    PMIParameters,
    SGNSParameters,
    SVDParameters,
    VocabularyParameters,
)
from dsgns.phrases.stage import learn_phrases
from dsgns.pmi.stage import write_ppmi
from dsgns.record import Parameters
from dsgns.sgns.stage import train as train_sgns
from dsgns.store import Output, Workspace
from dsgns.svd.plan import iterate_width
from dsgns.svd.stage import factorize
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary, nothing_held_out


@dataclass(frozen=True)
class TrainParameters(Parameters):
    """Every parameter of a run, stage by stage."""

    corpus: CorpusParameters = field(default_factory=CorpusParameters)
    vocabulary: VocabularyParameters = field(default_factory=VocabularyParameters)
    counts: CountsParameters = field(default_factory=CountsParameters)
    pmi: PMIParameters = field(default_factory=PMIParameters)
    svd: SVDParameters = field(default_factory=SVDParameters)
    sgns: SGNSParameters = field(default_factory=SGNSParameters)

    @classmethod
    def from_options(cls, **options: Any) -> TrainParameters:
        """The defaults, :meth:`updated` by flat options.

        ``window`` and ``weighting`` unless given are 10 and harmonic for counts, 5 for SGNS.

        Examples
        --------
        >>> parameters = TrainParameters.from_options(vector_size=100, window=5)
        >>> parameters.svd.vector_size, parameters.sgns.window, parameters.counts.window
        (100, 5, 5)
        """
        return cls().updated(**options)

    def options(self) -> set[str]:
        """The names that :meth:`updated` takes."""
        return {option for name in self.__dataclass_fields__ for option in getattr(self, name).to_dict()}

    def updated(self, **options: Any) -> TrainParameters:
        """The same record with flat options changed, each in every stage that knows it.

        Raises
        ------
        ParameterError
            If no stage knows an option.
        """
        stages = {name: getattr(self, name) for name in self.__dataclass_fields__}
        known_options(options, self.options())
        return TrainParameters(
            **{
                name: replace(stage, **{key: value for key, value in options.items() if key in stage.to_dict()})
                for name, stage in stages.items()
            }
        )


def require_start(workspace: Workspace, parameters: TrainParameters) -> None:
    """Fail now rather than when everything before the SVD is done.

    Raises
    ------
    MissingOutputError
        If the SVD is to begin with a result, or SGNS to go on from one, that is not there.
    """
    if parameters.svd.init is not None:
        workspace.named(parameters.svd.init, ["svd"], "init")
    if parameters.sgns.continue_from is not None:
        workspace.named(parameters.sgns.continue_from, ["sgns"], "continue_from")


def count_words(
    engine: Engine, workspace: Workspace, inputs: Sequence[str], parameters: TrainParameters
) -> tuple[Output, Output]:
    """The corpus of a text and its vocabulary; where nothing of it could be held out, that is noted."""
    corpus = prepare_corpus(engine, workspace, inputs, parameters.corpus)
    phrases = learn_phrases(engine, workspace, corpus, parameters.vocabulary) if parameters.vocabulary.phrases else None
    vocabulary = build_vocabulary(engine, workspace, corpus, parameters.vocabulary, phrases)
    if text := nothing_held_out(vocabulary, parameters.corpus):
        engine.listener(Event("note", "vocabulary", text=text))
    return corpus, vocabulary


def encode(engine: Engine, workspace: Workspace, inputs: Sequence[str], parameters: TrainParameters) -> Output:
    """Text to the encoded corpus: what both roads begin from."""
    corpus, vocabulary = count_words(engine, workspace, inputs, parameters)
    return encode_tokens(engine, workspace, corpus, vocabulary)


def walk_svd(engine: Engine, workspace: Workspace, tokens: Output, parameters: TrainParameters) -> Output:
    """The count road: co-occurrence counts, PMI, randomized SVD."""
    # Vectors that are too long for the vocabulary are refused before anything is counted for them.
    iterate_width(parameters.svd, tokens.facts["vocabulary_size"])
    counts = count_cooccurrences(engine, workspace, tokens, parameters.counts)
    return weigh_counts(engine, workspace, "svd", counts, parameters)


def walk_sgns(engine: Engine, workspace: Workspace, tokens: Output, parameters: TrainParameters) -> Output:
    """The prediction road: skip-gram with negative sampling."""
    return train_sgns(engine, workspace, tokens, parameters.sgns)


def walk_ppmi(engine: Engine, workspace: Workspace, tokens: Output, parameters: TrainParameters) -> Output:
    """The explicit matrix: a representation of its own."""
    counts = count_cooccurrences(engine, workspace, tokens, parameters.counts)
    return weigh_counts(engine, workspace, "ppmi", counts, parameters)


def weigh_counts(
    engine: Engine, workspace: Workspace, road: str, counts: Output, parameters: TrainParameters
) -> Output:
    """The rest of the count road from any counts: ``svd``, or the explicit matrix of ``ppmi``."""
    if road == "ppmi":
        return write_ppmi(engine, workspace, counts, parameters.pmi)
    return factorize(engine, workspace, counts, parameters.pmi, parameters.svd)


def walk(
    engine: Engine,
    workspace: Workspace,
    inputs: Sequence[str],
    parameters: TrainParameters,
    method: str = "both",
) -> dict[str, Output]:
    """Walk the roads that ``method`` names, from text to vectors.

    Parameters
    ----------
    method
        ``svd``, ``sgns`` or ``both``.

    Returns
    -------
    dict
        The final output of each road walked, by its name.

    Raises
    ------
    ParameterError
        If there is no such method, or skip-gram is to be stopped early by text that nothing is held out of.
    """
    one_of("method", method, METHODS)
    if method != "svd":
        require_held_out(engine.watch.callbacks, parameters.corpus.held_out)
    workspace.require_writable()
    require_start(workspace, parameters)
    tokens = encode(engine, workspace, inputs, parameters)
    made = {}
    if method in ("svd", "both"):
        made["svd"] = walk_svd(engine, workspace, tokens, parameters)
    if method in ("sgns", "both"):
        made["sgns"] = walk_sgns(engine, workspace, tokens, parameters)
    for output in made.values():
        workspace.remember(output)
    return made
