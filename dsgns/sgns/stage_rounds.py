"""The parameter server: shards as futures, rounds as graphs of pure tasks.

A dead worker costs what it held, which Dask makes again from the checkpoint that the shards were last loaded from.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Self

from dsgns.engine import Job, Workers
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import HISTORIES, History, read_history, state_name, write_history
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.curvature import HEAD
from dsgns.sgns.gauge import BALANCED
from dsgns.sgns.grid import Grid
from dsgns.sgns.plan import projected_round
from dsgns.sgns.schedule import Round, rounds, rounds_a_checkpoint
from dsgns.sgns.shard import head, initial_shard, load_shard, save_shard, trained_in
from dsgns.sgns.stage_checkpoint import last_checkpoint
from dsgns.sgns.task_chunks import changes_to, measure, take, touched, touched_by_loss, train_chunks
from dsgns.sgns.task_rounds import balance, balanced, curvatures, merge, moments
from dsgns.store import Manifest, Output

LABEL = "sgns: train"
_KEPT = 2  # checkpoints that stay, so that a damaged one costs no more than the rounds since the last


class Shards:
    """The rows of both matrices, in shards that workers hold: futures, replaced by each merge.

    Another store has these verbs too: pull rows, push changes, save, load; and tells how much was trained.
    """

    def __init__(self, engine: Workers, grid: Grid, futures: Sequence[Any]) -> None:
        self._engine, self._grid, self._futures = engine, grid, list(futures)

    @classmethod
    def initial(cls, engine: Workers, grid: Grid, parameters: SGNSParameters) -> Self:
        """The state before training."""
        return cls(engine, grid, [engine.submit(LABEL, initial_shard, parameters, *rows) for rows in grid])

    @classmethod
    def load(cls, engine: Workers, grid: Grid, output: Output, number: int) -> Self:
        """The state of a checkpoint."""
        shards = enumerate(grid)
        return cls(engine, grid, [engine.submit(LABEL, load_shard, output, number, k, rows[0]) for k, rows in shards])

    def save(self, output: Output, number: int) -> None:
        """Write the state to a checkpoint, and wait until it is there."""
        shards = enumerate(self._futures)
        saved = [self._engine.submit(LABEL, save_shard, output, number, k, shard) for k, shard in shards]
        self._engine.wait(saved, f"checkpoint {number}")

    def pull(self, words: Any) -> list[Any]:
        """Futures of the rows of some words, one from each shard."""
        return [self._engine.submit(LABEL, take, shard, words) for shard in self._futures]

    def push(self, updates: Sequence[Any], about: tuple[Corpus, SGNSParameters], turn: Round) -> None:
        """Merge the updates of all replicas, in order, into the next state."""
        submit = self._engine.submit
        # Of this very state: already from four rounds ago it led training astray.
        curved = self._curvatures(about)
        self._futures = [
            submit(
                LABEL, merge, turn, self._grid[-1][1], curved, shard,
                *(submit(LABEL, changes_to, update, k) for update in updates),
            )
            for k, shard in enumerate(self._futures)
        ]  # fmt: skip
        if (turn.number + 1) % BALANCED == 0:
            change = submit(LABEL, balance, *(submit(LABEL, moments, shard) for shard in self._futures))
            self._futures = [submit(LABEL, balanced, shard, change) for shard in self._futures]

    def trained(self) -> Any:
        """A future of how much was trained in the last round."""
        return self._engine.submit(LABEL, trained_in, self._futures[0])

    def _curvatures(self, about: tuple[Corpus, SGNSParameters]) -> Any:
        """A future of how the loss is curved in the rows of both matrices."""
        submit, shards = self._engine.submit, zip(self._futures, self._grid, strict=True)
        return submit(
            LABEL, curvatures, *about, *(submit(LABEL, head, each) for each, rows in shards if rows[0] < HEAD)
        )


class Server:
    """Drives the rounds of one training from wherever it stands.

    Parameters
    ----------
    engine, output, corpus, parameters, grid
        What is trained, where, and into what.
    length, vocabulary_size
        Of the corpus.
    promised_bytes
        What workers may hold.
    """

    def __init__(
        self,
        engine: Workers,
        output: Output,
        corpus: Corpus,
        parameters: SGNSParameters,
        grid: Grid,
        length: int,
        vocabulary_size: int,
        promised_bytes: int,
    ) -> None:
        self._engine, self._output, self._grid = engine, output, grid
        self._about = (corpus, parameters)
        self._rounds = rounds(parameters, length)
        self._every = rounds_a_checkpoint(parameters, length, vocabulary_size)
        self._evaluated = engine.submit(LABEL, touched_by_loss, *self._about)
        self._checkpoints: list[int] = []
        self.history = History()
        self.made: list[str] = []
        self._promised, self._since = promised_bytes, time.perf_counter()
        engine.forget_peak()

    def run(self, tracker: Any) -> int:
        """Train every round that is left; returns the number of the last checkpoint."""
        shards, first = self._begin()
        tracker.set(sum(past.tokens for past in self._rounds[:first]))
        with tracker:
            under_way: list[tuple[Round, Any, Any]] = []
            for turn in self._rounds[first:]:
                under_way.append((turn, *self._submit(shards, turn)))
                # The round before is waited for only now, so that workers always have the next one at hand.
                due = (turn.number + 1) % self._every == 0 or turn is self._rounds[-1]
                while len(under_way) > (0 if due else 1):
                    past, trained, loss = under_way.pop(0)
                    self._collect(trained, loss)
                    tracker.set(sum(before.tokens for before in self._rounds[: past.number + 1]))
                if due:
                    shards = self._checkpoint(shards, turn.number)
        return self._rounds[-1].number

    def _begin(self) -> tuple[Shards, int]:
        """The state to go on from, and the round to go on with."""
        number = last_checkpoint(self._engine, self._output, self._grid)
        if number is None:
            return Shards.initial(self._engine, self._grid, self._about[1]), 0
        self.history = read_history(self._output, number)
        self._checkpoints.append(number)
        return Shards.load(self._engine, self._grid, self._output, number), number + 1

    def _submit(self, shards: Shards, turn: Round) -> tuple[Any, Any]:
        """Send one round; futures of how much was trained, and of the loss where an epoch ends."""
        submit = self._engine.submit
        updates = []
        for spans in turn.groups():
            words = submit(LABEL, touched, *self._about, spans)
            updates.append(submit(LABEL, train_chunks, *self._about, spans, words, *shards.pull(words)))
        shards.push(updates, self._about, turn)
        trained = shards.trained()
        loss = submit(LABEL, measure, *self._about, *shards.pull(self._evaluated)) if turn.ends_epoch else None
        return trained, loss

    def _collect(self, trained: Any, loss: Any) -> None:
        self.history = self.history.trained(*self._engine.wait([trained], "a round of replicas"))
        if loss is not None:
            self.history = self.history.measured(*self._engine.wait([loss], "the loss of an epoch")[0])

    def _checkpoint(self, shards: Shards, number: int) -> Shards:
        """Save, and go on from what was saved: what led there need not be remembered any more."""
        shards.save(self._output, number)
        self._measure(write_history(self._output, number, self.history))
        self._checkpoints.append(number)
        while len(self._checkpoints) > _KEPT:
            self._output.remove(state_name(self._checkpoints.pop(0)))
        return Shards.load(self._engine, self._grid, self._output, number)

    def _measure(self, checkpoint: Manifest) -> None:
        """Keep with a checkpoint what it took since the one before."""
        seconds = time.perf_counter() - self._since
        self._output.amend(checkpoint.measured(seconds, self._engine.peak_bytes(), self._promised))
        self._since += seconds
        self.made.append(checkpoint.name)


def train_replicas(
    job: Job, corpus: Corpus, parameters: SGNSParameters, grid: Grid, length: int
) -> tuple[int, History, float]:
    """Train with several replicas; returns the last checkpoint, the history and the seconds."""
    engine, counts = job.engine, corpus.counts
    projected = projected_round(counts, length, parameters, grid, engine.workers)
    engine.require(LABEL, projected)
    began = time.perf_counter()
    promised = engine.baseline_bytes + projected
    server = Server(engine, job.output, corpus, parameters, grid, length, counts.size, promised)
    number = server.run(engine.track(LABEL, "tokens", {"all": parameters.epochs * length}, finished=[]))
    checkpoints = job.output.manifests(HISTORIES)
    job.measure(LABEL, checkpoints, server.made, time.perf_counter() - began)
    return number, server.history, sum(checkpoint.seconds for checkpoint in checkpoints.values())
