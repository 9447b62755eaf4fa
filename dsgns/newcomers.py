"""Words that a text has and a workspace's vocabulary lacks: how often they occur there, and near what.

The text becomes tokens as the workspace's own did, and pairs count as they did there, so that what comes out is what
:meth:`dsgns.Workspace.fold_in` makes vectors of. Tokens lie in a temporary workspace, and are read piece by piece;
pairs that are more than memory should hold lie in temporary files.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dsgns import store
from dsgns.choosing import choose
from dsgns.cooccurrence.weights import WindowWeights, window_weights
from dsgns.corpus.stage import prepare_corpus
from dsgns.defaults import parameters_of
from dsgns.engine import Client, Engine
from dsgns.errors import ParameterError, VocabularyError
from dsgns.kinds import known_options
from dsgns.near import Near
from dsgns.pair_sums import PairSums
from dsgns.parameters import CorpusParameters, CountsParameters, VocabularyParameters
from dsgns.session import SESSION, session
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vectors.load import vocabulary_of
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import Vocabulary, load_vocabulary
from dsgns.workspace import Workspace

_PIECE = 1 << 18


@dataclass(frozen=True)
class Newcomers:
    """Words with what they were seen near.

    Parameters
    ----------
    contexts
        For each word the words of the vocabulary near it, and their summed weights; read from a file, word by word,
        where they are many.
    occurrences
        How often each word occurs in the text; the most frequent first.

    Examples
    --------
    >>> Newcomers({"otter": {"river": 2.5}}, {"otter": 3}).contexts["otter"]
    {'river': 2.5}
    """

    contexts: Mapping[str, Mapping[str, float]]
    occurrences: dict[str, int]


def find_newcomers(
    workspace: str | os.PathLike[str] | Workspace,
    inputs: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    words: Iterable[str] | None = None,
    *,
    road: str = "svd",
    key: str | None = None,
    min_count: int = VocabularyParameters.min_count,
    client: Client | None = None,
    **running: Any,
) -> Newcomers:
    """Words of some text that a workspace was trained without, each with what it was seen near there.

    Parameters
    ----------
    workspace
        Or where it lies.
    inputs
        Files, folders, globs or URLs; read as the text of the workspace was.
    words
        Those to look for; all that the vocabulary lacks, unless given.
    road, key
        What the words are to be folded into, as in :meth:`Workspace.fold_in`: pairs are counted as for that.
    min_count
        Pass over words that occur less often, unless they are named.
    client
        As for :func:`dsgns.train`; so are ``workers``, ``memory_limit`` and the like. Workers must see this machine's
        folder for temporary files.

    Raises
    ------
    ParameterError
        If the result is of counts alone, so that nobody knows how its text became words.

    Examples
    --------
    >>> import dsgns
    >>> workspace = dsgns.train("corpus.txt", "folded.dsgns", vector_size=8, min_count=2)
    >>> found = dsgns.find_newcomers(workspace, "later.txt", min_count=1)
    >>> new = workspace.fold_in(found.contexts, occurrences=found.occurrences)
    >>> ((nearest, _),) = workspace.vectors("svd").similar_by_vector(new["otter"], topn=1)
    >>> found.occurrences, nearest in ("dog", "cat", "cow", "pig", "hen")
    ({'otter': 6}, True)
    """
    known_options(running, SESSION)
    opened = store.Workspace.open(workspace.url if isinstance(workspace, Workspace) else os.fspath(workspace))
    chosen = choose(opened, [road], key).outputs
    names = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    with session(client=client, **running) as engine:
        return newcomers(engine, opened, chosen, [os.fspath(name) for name in names], words, min_count)[road]


def newcomers(
    engine: Engine,
    workspace: store.Workspace,
    outputs: Mapping[str, store.Output],
    texts: Sequence[str],
    words: Iterable[str] | None = None,
    min_count: int = VocabularyParameters.min_count,
) -> dict[str, Newcomers]:
    """Words of some text, each with what it was seen near, counted as for each of some results.

    Parameters
    ----------
    outputs
        Completed ``svd`` and ``sgns`` outputs of one text, by whatever name the answers shall have.
    texts
        Files, folders, globs or URLs.
    words
        Those to look for; all that the vocabulary lacks, unless given.
    min_count
        Pass over words that occur less often, of which none was named.

    Raises
    ------
    ParameterError
        If a result is of counts alone, so that nobody knows how its text became words.
    """
    first = next(iter(outputs.values()))
    corpus, known = _corpus_parameters(workspace, first), vocabulary_of(workspace, first).words
    with tempfile.TemporaryDirectory(prefix="dsgns-") as folder:
        place = store.Workspace.create(f"{folder}/w")
        phrases = _copied(workspace.lineage(first).get("phrases"), place)
        text = prepare_corpus(engine, place, texts, corpus)
        wanted = list(dict.fromkeys(words)) if words is not None else None
        if spaced := next((word for word in wanted or () if len(word.split()) != 1), None):
            raise ParameterError(f"{spaced!r} is no word: words are not empty and hold no white space.")
        if wanted is None:
            others = VocabularyParameters(min_count=min_count, stop=_listed(folder, "known", known))
            try:
                wanted = load_vocabulary(build_vocabulary(engine, place, text, others, phrases)).words
            except VocabularyError:
                wanted = []
        if not wanted:
            return {name: Newcomers({}, {}) for name in outputs}
        every = VocabularyParameters(1, vocabulary=_listed(folder, "every", dict.fromkeys([*known, *wanted])))
        vocabulary = build_vocabulary(engine, place, text, every, phrases)
        stream = TokenStream(encode_tokens(engine, place, text, vocabulary))
        about = stream, load_vocabulary(vocabulary), wanted, set(known)
        return {name: _near(*about, _weights(workspace, output)) for name, output in outputs.items()}


def _corpus_parameters(workspace: store.Workspace, output: store.Output) -> CorpusParameters:
    """How the text of a result became tokens; none of this one is held out."""
    lineage = workspace.lineage(output)
    if "corpus" not in lineage:
        raise ParameterError(
            f"{output.name} was made from counts alone, so how a text becomes its words is not known; give contexts."
        )
    return replace(parameters_of(lineage).corpus, held_out=0.0)


def _weights(workspace: store.Workspace, output: store.Output) -> WindowWeights:
    """What a pair counts for, by distance: for SGNS as its random window is on average."""
    if output.stage == "sgns":
        return window_weights(CountsParameters(output.parameters["window"], "dynamic"))
    return window_weights(parameters_of(workspace.lineage(output)).counts)


def _listed(folder: str, name: str, words: Iterable[str]) -> str:
    path = Path(folder, f"{name}.txt")
    path.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    return str(path)


def _copied(output: store.Output | None, place: store.Workspace) -> store.Output | None:
    """The same result in another workspace: phrases are looked for where what they are joined in lies."""
    if output is None:
        return None
    made = place.output(output.stage, output.key)
    for name, block in output.manifests().items():
        made.write(name, output.read(name), facts=block.facts)
    made.finish(output.record)
    return made


def _near(
    stream: TokenStream, vocabulary: Vocabulary, wanted: Sequence[str], known: set[str], weights: WindowWeights
) -> Newcomers:
    """What words are seen near, over a whole text."""
    names = vocabulary.words
    ids = {word: number for number, word in enumerate(names)}
    rows = [ids[word] for word in wanted if word in ids]
    sought = np.zeros(vocabulary.size, bool)
    sought[rows] = True
    counted = np.array([name in known for name in names], bool)
    sums = PairSums()
    for start in range(0, stream.length, _PIECE):
        sums.add(*near_in_piece(stream, start, min(start + _PIECE, stream.length), sought, counted, weights))
    found = Near(names, rows, sums.merged(), weights.scale)
    often = {word: int(vocabulary.counts[ids[word]]) for word in found}
    return Newcomers(found, dict(sorted(often.items(), key=lambda item: -item[1])))


def near_in_piece(
    stream: TokenStream, start: int, stop: int, sought: np.ndarray, counted: np.ndarray, weights: WindowWeights
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs whose first word is sought and lies in a piece, as ``word * V + context``, and their integer weights.

    Both have the shape (n,), int64; a pair may be there several times.

    Parameters
    ----------
    start, stop
        Of the piece; the window reaches beyond it.
    sought : shape (V,), bool
    counted : shape (V,), bool
        Which words are contexts.
    """
    window = weights.window
    first, last = max(0, start - window), min(stop + window, stream.length)
    ids = np.full(last - first + 2 * window, -1, np.int64)
    ids[window : len(ids) - window] = stream.read(first, last)
    centres = np.flatnonzero(np.append(sought, False)[ids])
    centres = centres[(centres >= window + start - first) & (centres < window + stop - first)]
    pairs, weighed = [], []
    for side in (-1, 1):
        within = np.ones(len(centres), bool)
        for distance, weight in enumerate(weights.values, start=1):
            others = ids[centres + side * distance]
            within &= others >= 0  # no window reaches across the end of a document
            here = within & counted[others]
            pairs.append(ids[centres[here]] * len(sought) + others[here])
            weighed.append(np.full(int(here.sum()), weight, np.int64))
    return np.concatenate(pairs), np.concatenate(weighed)
