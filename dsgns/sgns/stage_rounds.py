"""The parameter server: rounds as graphs of pure tasks, several of them sent ahead."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from dsgns.engine import Job, Keeping, Rounds, Workers
from dsgns.parameters import SGNSParameters
from dsgns.sgns.checkpoint import HISTORIES, History, read_history, state_name, write_history
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.grid import Grid
from dsgns.sgns.plan import longest_rounds, projected_round
from dsgns.sgns.schedule import TOGETHER, Round, rounds, rounds_a_checkpoint
from dsgns.sgns.stage_checkpoint import last_checkpoint
from dsgns.sgns.stage_exchange import Exchange
from dsgns.sgns.stage_shards import LABEL, Shards
from dsgns.sgns.task_chunks import measure, touched, touched_by_loss, train_chunks
from dsgns.sgns.training import Trained
from dsgns.store import Manifest, Output

_KEPT = 2  # checkpoints that stay, so that a damaged one costs no more than the rounds since the last


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
    watched
        Whether there is a checkpoint in each epoch.
    ask
        Called after each checkpoint with all there are, and the tokens that are trained; it may end the run.
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
        watched: bool,
        ask: Callable[[Sequence[Manifest], int], None],
    ) -> None:
        self._engine, self._output, self._grid = engine, output, grid
        self._about = (corpus, parameters)
        self._rounds = rounds(parameters, length)
        self._every = rounds_a_checkpoint(parameters, length, vocabulary_size, watched)
        self._ask = ask
        self._evaluated = engine.submit(LABEL, touched_by_loss, *self._about)
        self._checkpoints: list[int] = []
        self._losses: list[Any] = []
        self.history = History()
        self.made: list[str] = []
        self._promised, self._since = promised_bytes, time.perf_counter()
        self._exchange = Exchange(engine.spending(LABEL))
        engine.forget_peak()

    def run(self, tracker: Any) -> int:
        """Train every round that is left; returns the number of the last checkpoint."""
        shards, first = self._begin()
        self._tell(tracker, first)
        with tracker:
            under_way: list[tuple[Round, Any]] = []
            for turn in self._rounds[first:]:
                self._submit(shards, turn)
                due = (turn.number + 1) % self._every == 0 or turn is self._rounds[-1]
                if due or (turn.number + 1) % TOGETHER == 0:
                    under_way.append((turn, shards.trained()))
                    # Those before are waited for only now, so that workers always have the next ones at hand.
                    while len(under_way) > (0 if due else 1):
                        trained = self._collect(tracker, *under_way.pop(0))
                if due:
                    self.history = self.history.trained(trained)
                    shards = self._checkpoint(shards, turn.number)
                    tracker.learn(self._histories()[-1])
                    self._ask(self._histories(), self._trained(turn.number + 1))  # nothing is under way
        return self._rounds[-1].number

    def _begin(self) -> tuple[Shards, int]:
        """The state to go on from, and the round to go on with."""
        number = last_checkpoint(self._engine, self._output, self._grid)
        if number is None and self._about[1].continue_from:
            return Shards.load(self._engine, self._grid, self._output, None), 0
        if number is None:
            return Shards.initial(self._engine, self._grid, self._about[1]), 0
        self.history = read_history(self._output, number)
        self._checkpoints.append(number)
        self._ask(self._histories(), self._trained(number + 1))  # a run is stopped where it would have been
        return Shards.load(self._engine, self._grid, self._output, number), number + 1

    def _submit(self, shards: Shards, turn: Round) -> None:
        """Send one round, and the measuring of the loss where an epoch ends."""
        groups, submit = list(enumerate(turn.groups())), self._engine.submit
        words = [submit(LABEL, touched, *self._about, spans, near=shards.home(number)) for number, spans in groups]
        # Before any training: what is sent later also runs later, and one task's rows would wait for another's end.
        rows = [shards.pull(known, number) for number, known in enumerate(words)]
        updates = [
            submit(LABEL, train_chunks, *self._about, spans, words[number], *rows[number], near=shards.home(number))
            for number, spans in groups
        ]
        shards.push(updates, self._about, turn)
        if turn.ends_epoch:
            rows = shards.pull(self._evaluated, 0)
            about = *self._about, self._evaluated, *rows
            self._losses.append(self._engine.submit(LABEL, measure, *about, near=shards.home(0)))

    def _collect(self, tracker: Any, turn: Round, trained: Any) -> Trained:
        """Wait for a round; how much was trained since the last checkpoint."""
        found: Trained = self._engine.wait([trained], "a round of replicas")[0]
        self._tell(tracker, turn.number + 1)
        return found

    def _tell(self, tracker: Any, rounds: int) -> None:
        tracker.set(self._trained(rounds), Rounds(rounds, len(self._rounds), self._exchange.share()))

    def _trained(self, rounds: int) -> int:
        """Tokens that the first rounds train."""
        return sum(past.tokens for past in self._rounds[:rounds])

    def _histories(self) -> list[Manifest]:
        """What all checkpoints so far have to say."""
        return list(self._output.manifests(HISTORIES).values())

    def _checkpoint(self, shards: Shards, number: int) -> Shards:
        """Save, and go on from what was saved: what led there need not be remembered any more."""
        for loss in self._engine.wait(self._losses, "the loss of an epoch"):
            self.history = self.history.measured(*loss)
        self._losses = []
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
    job: Job, corpus: Corpus, parameters: SGNSParameters, grid: Grid, length: int, keep: Keeping
) -> tuple[int, History, float]:
    """Train with several replicas; returns the last checkpoint, the history and the seconds."""
    engine, counts, total = job.engine, corpus.counts, parameters.epochs * length

    def ask(checkpoints: Sequence[Manifest], trained: int) -> None:
        job.ask(LABEL, checkpoints, trained, total, "tokens", keep)
        job.require_going(LABEL)

    projected = projected_round(counts, length, parameters, grid, engine.workers)
    _require(engine, corpus, parameters, grid, length, projected)
    began = time.perf_counter()
    promised = engine.baseline_bytes + projected
    watched = job.plan.get("watched", False)
    server = Server(engine, job.output, corpus, parameters, grid, length, counts.size, promised, watched, ask)
    number = server.run(engine.track(LABEL, "tokens", {"all": total}, finished=[], promised=promised))
    checkpoints = job.output.manifests(HISTORIES)
    job.measure(LABEL, checkpoints, server.made, time.perf_counter() - began)
    return number, server.history, sum(checkpoint.seconds for checkpoint in checkpoints.values())


def _require(
    engine: Workers, corpus: Corpus, parameters: SGNSParameters, grid: Grid, length: int, projected: int
) -> None:
    """Refuse rounds that would not fit; where shorter ones would, with their length.

    They are not shortened unasked: what comes out must not depend on the memory of the machine that it was made on.
    """
    shorter = None
    if projected > engine.allowed_bytes:
        shorter = longest_rounds(corpus.counts, length, parameters, grid, engine.workers, engine.allowed_bytes)
    instead = "" if shorter is None else f"--round-tokens {shorter}, which takes more rounds"
    engine.require(LABEL, projected, instead)
