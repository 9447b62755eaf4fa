"""Going on from a finished training: its rows brought to where the first ones are read from."""

from __future__ import annotations

from dsgns.engine import Engine, Job
from dsgns.errors import MissingOutputError, ParameterError
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import HISTORIES, START
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import MATRICES, Grid, block_name
from dsgns.sgns.plan import projected_start
from dsgns.sgns.start import WORDS, write_start_rows
from dsgns.store import Output, Workspace
from dsgns.vocabulary.plan import projected_unite
from dsgns.vocabulary.task_unite import map_words

_LABEL = "sgns: start"


def write_start(
    engine: Engine, workspace: Workspace, job: Job, corpus: Corpus, parameters: SGNSParameters, grid: Grid
) -> None:
    """Write both matrices as they are before training, from the result that ``parameters.continue_from`` names.

    Raises
    ------
    MissingOutputError
        If there is no such result, or it is damaged.
    ParameterError
        If its vectors have another length.
    """
    if job.output.manifests(HISTORIES):
        return
    source = _source(engine, workspace, parameters)
    known, words = workspace.output("vocabulary", source.facts["vocabulary"]), corpus.vocabulary
    other_words = known != words
    if other_words:
        both = [one.facts for one in (known, words)]
        projected = projected_unite(sum(one["size"] for one in both), sum(one["text_bytes"] for one in both))
        job.run(_LABEL, map_words, {WORDS: (job.output, WORDS, words, known)}, projected_bytes=projected)
    job.run(
        _LABEL,
        write_start_rows,
        {
            f"{START}/{block_name(matrix, k)}": (job.output, source, parameters, matrix, k, rows, other_words)
            for matrix in MATRICES
            for k, rows in enumerate(grid)
        },
        projected_bytes=projected_start(known.facts["size"], parameters, grid),
    )


def _source(engine: Engine, workspace: Workspace, parameters: SGNSParameters) -> Output:
    key, size = str(parameters.continue_from), parameters.vector_size
    source = workspace.named(key, ["sgns"], "continue_from")
    if not engine.reuse(source):
        raise MissingOutputError(f"continue_from is {key!r}, which is damaged; train it again, or begin without it.")
    if (has := source.parameters["vector_size"]) != size:
        raise ParameterError(f"vector_size is {size}, but {source.name}, which is to be gone on from, has {has}.")
    return source
