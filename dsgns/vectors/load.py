"""Vectors out of a workspace, with their words."""

from __future__ import annotations

from dsgns.store import Output, Workspace
from dsgns.vectors.materialize import Choice, materialize
from dsgns.vectors.words import WordVectors
from dsgns.vocabulary.vocabulary import Vocabulary, load_vocabulary


def load_vectors(
    workspace: Workspace,
    output: Output,
    p: float = 0.5,
    context: str = "none",
    post: str = "none",
    components: int | None = None,
) -> WordVectors:
    """The word vectors of a completed ``svd`` or ``sgns`` output, memory-mapped where that is possible.

    Parameters
    ----------
    p
        Exponent of the singular values, U S^p, between 0 and 1; without meaning for SGNS.
    context
        ``none`` for the words' vectors alone, ``add`` for the sum with the context vectors.
    post, components
        What is done to them then; see :mod:`dsgns.vectors.postprocessing`.

    Raises
    ------
    MissingOutputError
        If the output is not complete.
    ParameterError
        If ``p``, ``context``, ``post`` or ``components`` is out of its range.
    """
    vocabulary = vocabulary_of(workspace, output)
    vectors = materialize(workspace, Choice(output, p, context, post, components))
    return WordVectors(vocabulary.words, vectors, vocabulary.counts)


def vocabulary_of(workspace: Workspace, output: Output) -> Vocabulary:
    """The vocabulary that an output's rows stand for.

    Raises
    ------
    MissingOutputError
        If the output is not complete.
    """
    return load_vocabulary(workspace.output("vocabulary", output.facts["vocabulary"]))
