"""One stage at a time, for those who want no more than that.

Each function makes one stage's result, and those of the stages before it where they are not there. Its arguments are
the workspace; text to begin from, or none to go on from what the workspace holds last; ``client``, as for
:func:`dsgns.train`; and as ``options`` any field of the stages' parameters, or ``scheduler``, ``certificates``,
``workers``, ``memory_limit``, ``shard_size``, ``listener``, ``callbacks`` and ``progress``. What is left out is as
:mod:`dsgns.continuation` says.

What comes back is an :class:`~dsgns.store.Output`: its ``name`` is what ``key=`` and ``init=`` take, ``facts`` and
``parameters`` say what it is, and docs/format.md which blocks it has and what ``read`` finds in them.
"""

from __future__ import annotations

import os
from typing import Any

from dsgns import pipeline, store
from dsgns.continuation import run_stage
from dsgns.display.showing import showing
from dsgns.engine import Client, Event
from dsgns.inputs import Text, look_at, named, texts_of
from dsgns.kinds import known_options
from dsgns.pipeline import TrainParameters
from dsgns.session import SESSION, session
from dsgns.workspace import Workspace

Place = str | os.PathLike[str] | Workspace


def count_words(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """The vocabulary: words with ids, by falling count.

    Examples
    --------
    >>> import dsgns
    >>> vocabulary = dsgns.count_words("steps.dsgns", "corpus.txt", min_count=2)
    >>> int(vocabulary.read("words", "counts")["counts"][0])
    120
    """
    return _run("vocabulary", workspace, inputs, client, options)


def encode_tokens(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """The text as ids, which every later stage begins from.

    Examples
    --------
    >>> import dsgns
    >>> tokens = dsgns.encode_tokens("steps.dsgns", "corpus.txt", min_count=2)
    >>> tokens.facts["conservation"]["tokens_read"], tokens.facts["documents"]
    (480, 40)
    """
    return _run("tokens", workspace, inputs, client, options)


def count_cooccurrences(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """Which words occur near which, and how often.

    Examples
    --------
    >>> import dsgns
    >>> counts = dsgns.count_cooccurrences("steps.dsgns", "corpus.txt", min_count=2, window=2, weighting="flat")
    >>> counts.parameters["window"], counts.facts["vocabulary_size"]
    (2, 18)
    """
    return _run("counts", workspace, inputs, client, options)


def write_ppmi(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """The matrix of shifted positive PMI, as sparse rows.

    Examples
    --------
    >>> import dsgns
    >>> ppmi = dsgns.write_ppmi("steps.dsgns", "corpus.txt", min_count=2, shift=2)
    >>> dsgns.open_workspace("steps.dsgns").vectors("ppmi")
    SparseVectors(18 words, vector_size=18)
    """
    return _run("ppmi", workspace, inputs, client, options)


def factorize(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """The count road's vectors, by randomized SVD of PMI.

    Examples
    --------
    >>> import dsgns
    >>> plain = dsgns.factorize("steps.dsgns", "corpus.txt", min_count=2, vector_size=8)
    >>> shifted = dsgns.factorize("steps.dsgns", shift=2)  # goes on: the same counts, vectors of the same length
    >>> shifted.parameters["vector_size"], shifted.inputs["counts"] == plain.inputs["counts"]
    (8, True)
    """
    return _run("svd", workspace, inputs, client, options)


def train_sgns(
    workspace: Place, inputs: Text | None = None, *, client: Client | None = None, **options: Any
) -> store.Output:
    """The prediction road's vectors, by skip-gram with negative sampling.

    Examples
    --------
    >>> import dsgns
    >>> trained = dsgns.train_sgns("steps.dsgns", "corpus.txt", min_count=2, vector_size=8, epochs=2)
    >>> dsgns.open_workspace("steps.dsgns").vectors("sgns", key=trained.name)
    WordVectors(18 words, vector_size=8)
    """
    return _run("sgns", workspace, inputs, client, options)


def _run(
    stage: str, workspace: Place, inputs: Text | None, client: Client | None, options: dict[str, Any]
) -> store.Output:
    known_options(options, TrainParameters().options() | SESSION)
    running = {name: options.pop(name) for name in SESSION & options.keys()}
    texts = texts_of(inputs) if inputs is not None else []
    settings = TrainParameters.from_options(**options)
    if texts:
        look_at(texts, settings.corpus)
    place = workspace.url if isinstance(workspace, Workspace) else os.fspath(workspace)
    opened = store.Workspace.create(place) if texts else store.Workspace.open(place)
    pipeline.require_start(opened, settings)
    with showing(running.pop("progress", True), running.pop("listener", None)) as listener:
        names = named(opened, texts, settings.corpus, lambda text: listener(Event("note", "corpus", text=text)))
        with session(window=options.get("window"), client=client, listener=listener, **running) as engine:
            return run_stage(engine, opened, stage, names, options)
