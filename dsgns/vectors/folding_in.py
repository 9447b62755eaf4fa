"""Vectors of words that came after the training, from what they were seen near: "folding in"."""

from __future__ import annotations

from collections.abc import Mapping

from dsgns.store import Output, Workspace
from dsgns.vectors.contexts import Contexts, Newcomer
from dsgns.vectors.folding_in_sgns import fold_into_sgns
from dsgns.vectors.folding_in_svd import fold_into_svd
from dsgns.vectors.lexicon import Lexicon
from dsgns.vectors.load import vocabulary_of
from dsgns.vectors.materialize import Choice
from dsgns.vectors.words import WordVectors


def fold_in(
    workspace: Workspace,
    output: Output,
    contexts: Mapping[str, Contexts],
    p: float = 0.5,
    context: str = "none",
    occurrences: Mapping[str, int] | None = None,
) -> WordVectors:
    """Vectors of new words, as :func:`dsgns.vectors.load.load_vectors` has those of the others.

    Parameters
    ----------
    output
        A completed ``svd`` or ``sgns`` output.
    contexts
        For each new word the words it was seen near, and how often: weighed by distance as the pairs of the training
        were, 1 / d for harmonic counts, (L + 1 - d) / L for SGNS. Words that are not in the vocabulary are passed over.
    p, context
        As in :meth:`dsgns.Workspace.vectors`.
    occurrences
        How often each new word occurs, which subsampling depends on; a word without is taken for a rare one.

    Raises
    ------
    ParameterError
        If a word was seen near no word of the vocabulary, or a count is not above 0.
    """
    choice, vocabulary = Choice(output, p, context), vocabulary_of(workspace, output)
    lexicon, seen = Lexicon(vocabulary.words), occurrences or {}
    svd = output.stage == "svd"
    threshold = workspace.output("marginals", output.inputs["marginals"]).parameters["subsample"] if svd else None
    if threshold is None:
        threshold = output.parameters["sample"]
    # One after the other: what all of them together were seen near may be more than memory should hold.
    words = (
        Newcomer.of(word, near, lexicon, seen.get(word, 0), vocabulary.counts, threshold)
        for word, near in contexts.items()
    )
    made = (fold_into_svd if svd else fold_into_sgns)(workspace, choice, vocabulary.counts, words, len(contexts))
    counts = None if occurrences is None else [seen.get(word, 0) for word in contexts]
    return WordVectors(list(contexts), made, counts)
