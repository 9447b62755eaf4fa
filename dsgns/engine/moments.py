"""What a run asks of whoever watches it: after each block, whether to go on.

A callback is any callable from a :class:`Moment` to a verdict: :class:`Keep`, :class:`Stop`, or None to go on. It is
called in the process that the run was started from, after every block that is finished; skip-gram's blocks are its
checkpoints, the ends of epochs among them where a run is watched.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

from dsgns.kinds import require
from dsgns.store import Manifest


@dataclass(frozen=True)
class Moment:
    """Where a run stands when a block has just been finished.

    Parameters
    ----------
    label
        The step, such as ``sgns: train``; it begins with the stage.
    block
        What has been finished.
    done, total, unit
        How far the step is, and what it counts.
    facts
        What the block has to say.
    ends_epoch
        Of skip-gram: whether the loss of another epoch has become known with this block.
    elapsed
        Seconds since the run was begun; time that an earlier run took does not count.

    Examples
    --------
    >>> import dsgns
    >>> seen: list[dsgns.Moment] = []
    >>> model = dsgns.SGNSEmbedding(vector_size=8, min_count=2, epochs=3, callbacks=(seen.append,)).fit("corpus.txt")
    >>> [moment.epoch for moment in seen if moment.label == "sgns: train" and moment.ends_epoch]
    [1, 2, 3]
    """

    label: str
    block: str
    done: int
    total: int
    unit: str
    facts: Mapping[str, Any]
    ends_epoch: bool
    elapsed: float

    @property
    def stage(self) -> str:
        """The stage under way."""
        return self.label.partition(":")[0]

    @property
    def loss(self) -> tuple[float, ...]:
        """Of skip-gram: the loss after each epoch so far."""
        return tuple(self.facts.get("loss", ()))

    @property
    def held_out_loss(self) -> tuple[float, ...]:
        """The same of the documents held out; empty where there are none."""
        return tuple(self.facts.get("held_out_loss", ()))

    @property
    def epoch(self) -> int:
        """How many epochs are over."""
        return len(self.loss)


@dataclass(frozen=True)
class Keep:
    """Keep the vectors as they are now as a result of their own, and go on.

    Parameters
    ----------
    best
        Keep them as the best so far, in the place of those that were: what ``Stop(reason, best=True)`` ends a run with.
        They are set aside until then.

    Examples
    --------
    >>> import dsgns
    >>> def half_way(moment: dsgns.Moment) -> dsgns.Keep | None:
    ...     return dsgns.Keep() if moment.label == "sgns: train" and 2 * moment.done == moment.total else None
    >>> model = dsgns.SGNSEmbedding(vector_size=8, min_count=2, epochs=2, callbacks=(half_way,)).fit("corpus.txt")
    >>> len(model.workspace_.store.keys("sgns"))
    2
    """

    best: bool = False


@dataclass(frozen=True)
class Stop:
    """Stop here, in a state to go on from; of skip-gram, keep the vectors as they are now as well.

    Parameters
    ----------
    reason
        For the person who finds the run stopped.
    best
        Come back with what was last kept by ``Keep(best=True)`` instead, if anything was.

    Examples
    --------
    >>> import dsgns
    >>> def good_enough(moment: dsgns.Moment) -> dsgns.Stop | None:
    ...     return dsgns.Stop("good enough") if moment.loss and moment.loss[-1] < 100 else None
    >>> model = dsgns.SGNSEmbedding(vector_size=8, min_count=2, epochs=3, callbacks=(good_enough,)).fit("corpus.txt")
    >>> len(model.loss_), model.workspace_.store.latest("sgns").facts["stopped"]
    (1, 'good enough')
    """

    reason: str
    best: bool = False


class Answer(NamedTuple):
    """What all callbacks together want after a block.

    Parameters
    ----------
    keep, best
        Whether one wants the vectors kept, and kept as the best so far.
    stop
        The first stop.
    """

    keep: bool = False
    best: bool = False
    stop: Stop | None = None


Verdict = Keep | Stop | None
Callback = Callable[[Moment], Verdict]
Keeping = Callable[[Manifest, int, int, Answer], None]
"""Keeps vectors: the block they are complete with, the units done and all, and what is wanted of them."""


@dataclass(frozen=True)
class Watch:
    """The callbacks of a run, and when it was begun, by the monotonic clock.

    Raises
    ------
    ParameterError
        If there is anything else among the callbacks, or in their place.
    """

    callbacks: Sequence[Callback] = ()
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        require(isinstance(self.callbacks, Iterable), "callbacks", self.callbacks, "a list, also of one")
        object.__setattr__(self, "callbacks", tuple(self.callbacks))
        for callback in self.callbacks:
            fits = callable(callback) and not isinstance(callback, type)
            require(fits, "callbacks", callback, "functions from a Moment to Keep(), Stop(reason) or None")

    def ask(self, label: str, blocks: Sequence[Manifest], done: int, total: int, unit: str) -> Answer:
        """Ask all callbacks about the last of some blocks.

        Raises
        ------
        ParameterError
            If one answers anything else.
        """
        epochs = [len(block.facts.get("loss", ())) for block in blocks[-2:]]
        facts, ends_epoch = blocks[-1].facts, epochs[-1] > (epochs[0] if len(epochs) > 1 else 0)
        moment = Moment(label, blocks[-1].name, done, total, unit, facts, ends_epoch, time.monotonic() - self.began)
        verdicts = [callback(moment) for callback in self.callbacks]
        for callback, verdict in zip(self.callbacks, verdicts, strict=True):
            answers = verdict is None or isinstance(verdict, Keep | Stop)
            require(answers, f"the answer of callback {callback!r}", verdict, "Keep(), Stop(reason) or None")
        stop = next((verdict for verdict in verdicts if isinstance(verdict, Stop)), None)
        return Answer(Keep() in verdicts, Keep(best=True) in verdicts, stop)


class Wanted(Mapping[str, tuple[Any, ...]]):
    """Tasks by block, which come to an end when nobody wants more: those under way are finished, none is begun."""

    def __init__(self, items: Mapping[str, tuple[Any, ...]], wanted: Callable[[], bool]) -> None:
        self._items, self._wanted = items, wanted

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return takewhile(lambda name: self._wanted(), self._items)

    def __len__(self) -> int:
        return len(self._items)
