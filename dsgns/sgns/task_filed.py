"""One replica whose model lies in a file: from checkpoint to checkpoint, a chunk after the other."""

from __future__ import annotations

from collections.abc import Iterator

from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import History, read_history, read_rows, require_finite, write_history, write_rows
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import Grid
from dsgns.sgns.model import initial_inputs, padded
from dsgns.sgns.row_file import RowFile
from dsgns.sgns.schedule import Span, evaluation_spans, spans_between
from dsgns.sgns.task import remove_older
from dsgns.sgns.training import Trained, Training
from dsgns.store import Manifest, Output


def train_filed_interval(
    output: Output,
    corpus: Corpus,
    parameters: SGNSParameters,
    number: int,
    steps: tuple[int, int],
    grid: Grid,
    chunk: int,
) -> Manifest:
    """What :func:`~dsgns.sgns.task.train_interval` does, to the same bits, with few rows in memory at any one time.

    Parameters
    ----------
    chunk
        Tokens for which rows are copied out of the file and back; it changes no bit.
    """
    training, held_out = corpus.chunks(parameters), corpus.held_out(parameters)
    history = read_history(output, number - 1) if number else History()
    folder, length = output.files.local, training.stream.length
    file = RowFile(padded(parameters.vector_size), grid, None if folder is None else str(folder))
    _fill(file, output, number, parameters, grid)
    for span in spans_between(parameters, length, *steps):
        for part in _chunks(span, chunk):
            history = history.trained(_train(file, training, part))
        if span.stop == length:
            loss, other = (_loss(file, each) for each in (training, held_out))
            history = history.measured(loss, other if held_out.stream.length else None)
    for k, rows in enumerate(file.blocks()):
        write_rows(output, number, k, rows)
    manifest = write_history(output, number, history)
    remove_older(output, number)
    return manifest


def _fill(file: RowFile, output: Output, number: int, parameters: SGNSParameters, grid: Grid) -> None:
    """Write what the ``number``-th interval begins with."""
    for k, ((inputs, outputs), rows) in enumerate(zip(file.blocks(), grid, strict=True)):
        if number or parameters.continue_from:
            inputs[:], outputs[:] = read_rows(output, number - 1 if number else None, k)
        else:
            inputs[:] = initial_inputs(*rows, parameters.vector_size, parameters.seed)


def _train(file: RowFile, training: Training, span: Span) -> Trained:
    """Train on copies of the rows that a span updates, and write them back."""
    words = training.touched([span])
    model = file.gather(words)
    trained = training.train(model, span)
    require_finite(model, training.parameters, f"epoch {span.epoch + 1}, tokens {span.start:,} to {span.stop:,}")
    file.scatter(words, model)
    return trained


def _chunks(span: Span, tokens: int) -> Iterator[Span]:
    parts = max(1, -(-span.tokens // tokens))
    return (span.part(number, parts) for number in range(parts))


def _loss(file: RowFile, training: Training) -> float:
    """The mean loss of a pair, from copies of the rows it is measured with."""
    spans = evaluation_spans(training.stream.length)
    return training.loss(file.gather(training.touched(spans)), spans).mean
