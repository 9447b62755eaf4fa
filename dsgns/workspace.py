"""A workspace as its user sees it: train into it, ask what is there, take vectors out."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dsgns import pipeline, store
from dsgns.advice import advised
from dsgns.callbacks import require_held_out
from dsgns.choosing import ROADS, SIDE_BY_SIDE, choose
from dsgns.display.showing import showing
from dsgns.engine import Callback, Client, Event, Listener, require_importable_script, starts_workers
from dsgns.errors import ParameterError
from dsgns.inputs import Text, look_at, named, path_of, texts_of
from dsgns.kinds import known_options, one_of, require
from dsgns.parameters import METHODS
from dsgns.pipeline import TrainParameters
from dsgns.removal import remove
from dsgns.session import resources_of, session
from dsgns.status import status
from dsgns.vectors.folding_in import fold_in
from dsgns.vectors.load import load_vectors
from dsgns.vectors.sparse import SparseVectors, load_sparse_vectors
from dsgns.vectors.words import WordVectors
from dsgns.vocabulary.stage import nothing_held_out


@dataclass(frozen=True)
class Workspace:
    """Everything that runs over one corpus made, in a directory or under an fsspec URL.

    Parameters
    ----------
    url
        Where it lies.

    Examples
    --------
    >>> import dsgns
    >>> workspace = dsgns.train("corpus.txt", "w.dsgns", vector_size=8, min_count=2)
    >>> sorted({stage["stage"] for stage in workspace.status()["stages"]} & {"svd", "sgns"})
    ['sgns', 'svd']
    >>> workspace.remove(caches=True) and workspace.remove(caches=True)
    {}
    """

    url: str

    @property
    def store(self) -> store.Workspace:
        """The outputs and blocks beneath."""
        return store.Workspace.open(self.url)

    def vectors(
        self,
        road: str,
        *,
        p: float = 0.5,
        context: str = "none",
        post: str = "none",
        components: int | None = None,
        key: str | None = None,
    ) -> WordVectors | SparseVectors:
        """The word vectors that a road led to.

        Parameters
        ----------
        road
            ``svd``, ``sgns``, or ``ppmi`` for the explicit sparse vectors.
        p
            Exponent of the singular values: ``U S^p`` (Levy, Goldberg & Dagan 2015, section 3.3).
        context
            ``none`` for word vectors alone, ``add`` for the sum with the context vectors.
        post
            What is done to dense vectors then: ``none``, ``centre``, ``all-but-the-top`` or ``zipfian-whitening``; see
            :mod:`dsgns.vectors.postprocessing`.
        components
            How many directions ``all-but-the-top`` takes away; d / 100 unless given.
        key
            Of one result among several, ``KEY`` or ``ROAD/KEY``. Unless given, the newest one of the text that the last
            run went by; where only older text has one, that, with a warning.

        Raises
        ------
        MissingOutputError
            If the road was not walked yet.
        """
        if road not in ROADS:
            raise ParameterError(f"vectors are {road!r}; they must be {', '.join(ROADS)}.")
        chosen = choose(self.store, [road], key)
        if chosen.older:
            warnings.warn(chosen.older, stacklevel=2)
        return vectors_of(chosen.outputs[road], p=p, context=context, post=post, components=components)

    def fold_in(
        self,
        contexts: Mapping[str, Mapping[str, float]],
        *,
        road: str = "svd",
        p: float = 0.5,
        context: str = "none",
        key: str | None = None,
        occurrences: Mapping[str, int] | None = None,
    ) -> WordVectors:
        """Vectors of words that are not in the vocabulary, among those of the others, from what they were seen near.

        Parameters
        ----------
        contexts
            For each new word the words near it, and how often: weighed by distance as in the training, by default 1 / d
            for svd and (6 - d) / 5 for sgns at distance d. :func:`dsgns.find_newcomers` has them of a text.
        road
            ``svd`` or ``sgns``.
        p, context, key
            As in :meth:`vectors`.
        occurrences
            How often each new word occurs; one without is taken for rare.

        Raises
        ------
        MissingOutputError
            If the road was not walked yet.
        ParameterError
            If a word was seen near no word of the vocabulary.
        """
        one_of("road", road, SIDE_BY_SIDE)
        output = choose(self.store, [road], key).outputs[road]
        return fold_in(self.store, output, contexts, p=p, context=context, occurrences=occurrences)

    def status(self, files: bool = False) -> dict[str, Any]:
        """What is there, how it was made, and where every token went, of each of the ``files`` if asked; JSON-able."""
        return status(self.store, files)

    def remove(
        self,
        *keys: str,
        dependents: bool = False,
        unfinished: bool = False,
        caches: bool = False,
        aside: bool = False,
    ) -> dict[str, int]:
        """Take results out; the bytes that each one held, by its name.

        Parameters
        ----------
        *keys
            ``KEY`` or ``STAGE/KEY``, as :meth:`status` has them.
        dependents
            Also remove what was made from them.
        unfinished
            Also remove everything that was begun and is not complete, unless a complete result was made from it.
        caches
            Also remove vectors that were kept from reading them, and decoded text.
        aside
            Also remove what a sweep or a comparison made for itself, unless something else was made from it since.

        Raises
        ------
        MissingOutputError
            If a key names nothing.
        ResultInUseError
            If something was made from them and is not to go as well.
        WorkspaceBusyError
            If a run is writing into the workspace.
        """
        return remove(self.store, keys, dependents=dependents, unfinished=unfinished, caches=caches, aside=aside)


def vectors_of(
    output: store.Output,
    *,
    p: float = 0.5,
    context: str = "none",
    post: str = "none",
    components: int | None = None,
) -> WordVectors | SparseVectors:
    """The vectors of a completed result of any road, as :meth:`Workspace.vectors` has them."""
    within = store.Workspace(output.url)
    if output.stage == "ppmi":
        require(post == "none", "post", post, "left out for the sparse vectors of ppmi")
        return load_sparse_vectors(within, output)
    return load_vectors(within, output, p=p, context=context, post=post, components=components)


def open_workspace(url: str | os.PathLike[str]) -> Workspace:
    """A workspace that exists.

    Raises
    ------
    NotAWorkspaceError
        If there is none.

    Examples
    --------
    >>> import dsgns
    >>> made = dsgns.train("corpus.txt", "w.dsgns", method="svd", vector_size=8, min_count=2)
    >>> dsgns.open_workspace("w.dsgns") == made
    True
    """
    return Workspace(store.Workspace.open(os.fspath(url)).url)


def train(
    inputs: Text,
    output: str | os.PathLike[str],
    *,
    method: str = "both",
    client: Client | None = None,
    scheduler: str | None = None,
    certificates: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    memory_limit: int | str | None = None,
    shard_size: int | str = "64 MiB",
    listener: Listener | None = None,
    callbacks: Sequence[Callback] = (),
    progress: bool = True,
    **options: Any,
) -> Workspace:
    """Text to word vectors, by one road or both.

    What an earlier call has finished in ``output`` is not made again; what it was interrupted in goes on.

    Parameters
    ----------
    inputs
        Files, directories, globs or fsspec URLs, plain or compressed, one or a list; ``"-"`` for standard input; or any
        iterable of strings or of lists of tokens, each a document. What can be read only once is kept in ``output``.
    output
        The workspace, made if there is none.
    method
        ``svd``, ``sgns`` or ``both``.
    client
        A Dask client to run on; it stays open. Without one the active client is used, else worker
        processes on this machine for the length of the call.
    scheduler
        Address of a Dask scheduler, instead of a client.
    certificates
        A folder with ca.pem, cert.pem and key.pem, for a ``tls://`` scheduler; otherwise Dask's configuration counts.
    workers, memory_limit, shard_size
        Of the local worker processes; sizes as bytes or strings such as ``"2 GiB"``.
    listener
        Called with an :class:`~dsgns.engine.Event` as the run goes on, instead of what ``progress`` shows.
    callbacks
        Called with a :class:`~dsgns.engine.Moment` after each block; what they answer keeps vectors or stops the run.
        See :mod:`dsgns.callbacks` for some that are there.
    progress
        Show how far the run is: bars on a terminal and in a notebook (with ipywidgets), plain lines elsewhere, all on
        stderr. False for nothing.
    **options
        Any field of the stages' parameters: ``vector_size``, ``window``, ``min_count``, ``epochs`` ...

    Raises
    ------
    RunStoppedError
        If a callback stopped the run before skip-gram had any vectors; the same call goes on.

    Returns
    -------
    Workspace
        From which ``vectors("svd")`` and ``vectors("sgns")`` come.

    Examples
    --------
    >>> import dsgns
    >>> workspace = dsgns.train("corpus.txt", "w.dsgns", vector_size=8, min_count=2)
    >>> len(workspace.vectors("svd").most_similar("dog", topn=3)), workspace.vectors("sgns")
    (3, WordVectors(18 words, vector_size=8))
    """
    one_of("method", method, METHODS)
    known = TrainParameters().options() - {"continue_from"}  # which has the options of what it goes on from
    known_options(options, known | set(train.__kwdefaults__ or ()))
    parameters = TrainParameters.from_options(**options)
    resources = resources_of(workers, memory_limit, shard_size)
    if method != "svd":
        require_held_out(callbacks, parameters.corpus.held_out)
    texts = texts_of(inputs)
    place = path_of("output", output)
    # What can be known now is said before anything is made.
    if starts_workers(client, scheduler):
        require_importable_script()
    look_at(texts, parameters.corpus)
    made = store.Workspace.create(place)
    pipeline.require_start(made, parameters)
    running: dict[str, Any] = {"workers": workers, "memory_limit": memory_limit, "shard_size": shard_size}
    running |= {"scheduler": scheduler, "certificates": certificates, "callbacks": callbacks}
    with showing(progress, listener) as shown:
        names = named(made, texts, parameters.corpus, lambda text: shown(Event("note", "corpus", text=text)))
        with (
            advised(names, parameters, method, resources.memory_limit, resources.workers),
            session(window=parameters.counts.window, client=client, listener=shown, **running) as engine,
        ):
            result, *_ = pipeline.walk(engine, made, names, parameters, method).values()
    if note := nothing_held_out(made.output("vocabulary", result.facts["vocabulary"]), parameters.corpus):
        warnings.warn(note, stacklevel=2)
    return Workspace(made.url)
