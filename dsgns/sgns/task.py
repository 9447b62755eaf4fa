"""One replica: from checkpoint to checkpoint, in place."""

from __future__ import annotations

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import (
    History,
    read_history,
    read_model,
    require_finite,
    state_name,
    write_history,
    write_model,
)
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import Grid, block_name
from dsgns.sgns.model import Model, initial_model
from dsgns.sgns.schedule import evaluation_spans, spans_between
from dsgns.sgns.training import Training
from dsgns.store import Manifest, Output

_KEPT = 2  # checkpoints that stay, so that a damaged one costs one interval


def train_interval(
    output: Output, corpus: Corpus, parameters: SGNSParameters, number: int, steps: tuple[int, int], grid: Grid
) -> Manifest:
    """Train the ``number``-th interval of steps, from the checkpoint before it to its own.

    The model is loaded, changed in place by all threads, and written; the loss is measured wherever an epoch ends.
    """
    training = corpus.training(parameters) if parameters.threads == 1 else corpus.chunks(parameters)
    held_out = corpus.held_out(parameters)
    history = read_history(output, number - 1) if number else History()
    if number or parameters.continue_from:
        model = read_model(output, number - 1 if number else None, parameters.vector_size, grid)
    else:
        model = initial_model(training.vocabulary_size, parameters.vector_size, parameters.seed)
    length = training.stream.length
    for span in spans_between(parameters, length, *steps):
        history = history.trained(training.train(model, span))
        require_finite(model, parameters, f"epoch {span.epoch + 1}, tokens {span.start:,} to {span.stop:,}")
        if span.stop == length:
            history = history.measured(*losses(training, held_out, model))
    write_model(output, number, model, grid)
    manifest = write_history(output, number, history)
    remove_older(output, number)
    return manifest


def remove_older(output: Output, number: int) -> None:
    """Remove the checkpoint that the one of this number makes dispensable."""
    if number >= _KEPT:
        output.remove(state_name(number - _KEPT))


def losses(training: Training, held_out: Training, model: Model) -> tuple[float, float | None]:
    """The mean loss of a pair of the corpus, and of the held-out documents if there are any."""
    loss, other = (each.loss(model, evaluation_spans(each.stream.length)).mean for each in (training, held_out))
    return loss, other if held_out.stream.length else None


def write_vectors(
    output: Output, matrix: str, k: int, rows: tuple[int, int], number: int, vector_size: int
) -> Manifest:
    """Write one block of the trained vectors from the last checkpoint, padding cut off."""
    return copy_vectors(output, output, matrix, k, rows, number, vector_size)


def copy_vectors(
    source: Output, output: Output, matrix: str, k: int, rows: tuple[int, int], number: int, vector_size: int
) -> Manifest:
    """Write one block of vectors into ``output`` from a checkpoint of ``source``, padding cut off."""
    name = block_name(matrix, k)
    values = source.read(f"{state_name(number)}/{name}", "rows")["rows"][:, :vector_size]
    return output.write(name, {"rows": values}, facts={"start": rows[0], "stop": rows[1]})
