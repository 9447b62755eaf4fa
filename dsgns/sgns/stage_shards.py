"""The parameter server's store: rows of both matrices in shards that workers hold as futures.

A dead worker costs what it held, which Dask makes again from the checkpoint that the shards were last loaded from.
Where a shard lies decides only what has to travel: a task at the same place reads the shard itself, any other gets
copies of the rows that it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

from dsgns.engine import Workers
from dsgns.parameters import SGNSParameters
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.curvature import HEAD
from dsgns.sgns.gauge import BALANCED
from dsgns.sgns.grid import Grid
from dsgns.sgns.rows import take
from dsgns.sgns.schedule import Round
from dsgns.sgns.shard import head, initial_shard, load_shard, save_shard, trained_in
from dsgns.sgns.task_chunks import changes_to
from dsgns.sgns.task_rounds import balance, balanced, curvatures, merge, moments
from dsgns.store import Output

LABEL = "sgns: train"


class Shards:
    """The rows of both matrices, in shards that workers hold: futures, replaced by each merge.

    Another store has these verbs too: pull rows, push changes, save, load; and tells how much was trained.

    Parameters
    ----------
    engine, grid
        Whose workers hold which rows.
    homes
        Where tasks are sent; None for wherever there is room.
    futures
        Of the shards.
    """

    def __init__(self, engine: Workers, grid: Grid, homes: Sequence[str | None], futures: Sequence[Any]) -> None:
        self._engine, self._grid, self._homes, self._futures = engine, grid, homes, list(futures)

    @classmethod
    def initial(cls, engine: Workers, grid: Grid, parameters: SGNSParameters) -> Self:
        """The state before training."""
        return cls._made(engine, grid, initial_shard, [(parameters, *rows) for rows in grid])

    @classmethod
    def load(cls, engine: Workers, grid: Grid, output: Output, number: int | None) -> Self:
        """The state of a checkpoint; None for the one that a training goes on from."""
        return cls._made(engine, grid, load_shard, [(output, number, k, rows[0]) for k, rows in enumerate(grid)])

    @classmethod
    def _made(cls, engine: Workers, grid: Grid, make: Callable[..., Any], about: Sequence[tuple[Any, ...]]) -> Self:
        # While all workers are being started anew there is none: whichever comes first then has all of it.
        homes: Sequence[str | None] = engine.addresses() or (None,)
        made = [engine.submit(LABEL, make, *each, near=homes[k % len(homes)]) for k, each in enumerate(about)]
        return cls(engine, grid, homes, made)

    def home(self, number: int) -> str | None:
        """Where the shard of this number, and the task of this number in every round, are sent."""
        return self._homes[number % len(self._homes)]

    def save(self, output: Output, number: int) -> None:
        """Write the state to a checkpoint, and wait until it is there."""
        saved = [self._at(k, save_shard, output, number, k, shard) for k, shard in enumerate(self._futures)]
        self._engine.wait(saved, f"checkpoint {number}")

    def pull(self, words: Any, reader: int) -> list[Any]:
        """What has the rows of some words, for the task of a number: shards that are there too, copies of others."""
        return [
            shard if self.home(k) == self.home(reader) else self._at(k, take, shard, words)
            for k, shard in enumerate(self._futures)
        ]

    def push(self, updates: Sequence[Any], about: tuple[Corpus, SGNSParameters], turn: Round) -> None:
        """Merge the updates of all tasks of a round, in order, into the next state."""
        # Of this very state: already from four rounds ago it led training astray.
        curved = self._curvatures(about)
        self._futures = [
            self._at(k, merge, turn, self._grid[-1][1], curved, k, shard, *self._changes(updates, k))
            for k, shard in enumerate(self._futures)
        ]
        if (turn.number + 1) % BALANCED == 0:
            change = self._at(0, balance, *(self._at(k, moments, shard) for k, shard in enumerate(self._futures)))
            self._futures = [self._at(k, balanced, shard, change) for k, shard in enumerate(self._futures)]

    def trained(self) -> Any:
        """A future of how much was trained since this state was begun or loaded."""
        return self._at(0, trained_in, self._futures[0])

    def _at(self, number: int, task: Callable[..., Any], *args: Any) -> Any:
        return self._engine.submit(LABEL, task, *args, near=self.home(number))

    def _changes(self, updates: Sequence[Any], k: int) -> list[Any]:
        """What each task of a round has to tell a shard: all that it changed where both are at the same place."""
        return [
            update if self.home(number) == self.home(k) else self._at(number, changes_to, update, k)
            for number, update in enumerate(updates)
        ]

    def _curvatures(self, about: tuple[Corpus, SGNSParameters]) -> Any:
        """A future of how the loss is curved in the rows of both matrices."""
        heads = [
            shard if self.home(k) == self.home(0) else self._at(k, head, shard)
            for k, shard in enumerate(self._futures)
            if self._grid[k][0] < HEAD
        ]
        return self._at(0, curvatures, *about, *heads)
