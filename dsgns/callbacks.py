"""Callbacks for :func:`dsgns.train`, the stages and the estimators; :mod:`dsgns.engine.moments` says what one is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dsgns.engine import Callback, Keep, Moment, Stop, Watch
from dsgns.errors import ParameterError
from dsgns.kinds import at_least
from dsgns.sizes import parse_seconds

_NOTHING_HELD_OUT = "early stopping goes by the loss of held-out text, and there is none; set held_out (--held-out)."


def require_held_out(callbacks: Sequence[Callback], held_out: float) -> None:
    """Fail now rather than after skip-gram's first epoch.

    Raises
    ------
    ParameterError
        If one of the callbacks is :class:`EarlyStopping`, and no document is to be held out; or if one is none.
    """
    if not held_out and any(isinstance(callback, EarlyStopping) for callback in Watch(callbacks).callbacks):
        raise ParameterError(_NOTHING_HELD_OUT)


class LossLog:
    """Tells the loss of each epoch once it is known.

    Parameters
    ----------
    tell
        What to call with each line.

    Examples
    --------
    >>> import dsgns
    >>> lines: list[str] = []
    >>> log = dsgns.LossLog(lines.append)
    >>> workspace = dsgns.train(
    ...     "corpus.txt", "logged.dsgns", method="sgns", vector_size=8, min_count=2, epochs=2, callbacks=[log]
    ... )
    >>> [line.partition(":")[0] for line in lines]
    ['epoch 1', 'epoch 2']
    """

    def __init__(self, tell: Callable[[str], object] = print) -> None:
        self.tell = tell
        self._told = 0

    def __call__(self, moment: Moment) -> None:
        """Tell what has become known."""
        if moment.epoch < self._told:  # another training
            self._told = 0
        for epoch in range(self._told, moment.epoch):
            held_out = f", {moment.held_out_loss[epoch]:.4f} on held-out text" if moment.held_out_loss else ""
            self.tell(f"epoch {epoch + 1}: loss {moment.loss[epoch]:.4f}{held_out}")
        self._told = moment.epoch


@dataclass(frozen=True)
class Checkpoint:
    """Keeps the vectors of an epoch as a result of their own, at the first checkpoint from its end on.

    Parameters
    ----------
    every
        So many epochs.

    Examples
    --------
    >>> import dsgns
    >>> workspace = dsgns.train(
    ...     "corpus.txt", "kept.dsgns", method="sgns", vector_size=8, min_count=2, epochs=2,
    ...     callbacks=[dsgns.Checkpoint()],
    ... )
    >>> max(workspace.store.keys("sgns"), key=len).split("-")[4]
    'at50'
    """

    every: int = 1

    def __post_init__(self) -> None:
        at_least("every", self.every, 1)

    def __call__(self, moment: Moment) -> Keep | None:
        """Keep what an epoch has just led to."""
        return Keep() if moment.ends_epoch and moment.epoch % self.every == 0 else None


@dataclass(frozen=True)
class EarlyStopping:
    """Stops skip-gram when the loss of the documents held out has not fallen for some epochs.

    What comes back are the vectors of the epoch with the least loss. It looks at nothing but the losses, so that a run
    that was interrupted stops where it would have stopped without, and comes back with the same bits. A training that
    comes to its end is as if nobody had watched it; was an earlier epoch better, its vectors lie beside, set aside.

    Parameters
    ----------
    patience
        Epochs without a new least loss.
    min_delta
        By how much a loss has to be below the least one so far to count as new.
    restore_best
        Come back with the vectors of the epoch that had it, of which there is always one copy, rather than with those
        that patience ended at. Where a run that did not watch has passed by that epoch, these are all there is.

    Examples
    --------
    >>> import dsgns
    >>> stopping = dsgns.EarlyStopping(patience=1, min_delta=10.0)  # no epoch is so much better
    >>> workspace = dsgns.train(
    ...     "corpus.txt", "early.dsgns", method="sgns", vector_size=8, min_count=2, epochs=4, held_out=0.2,
    ...     callbacks=[stopping],
    ... )
    >>> facts = workspace.store.latest("sgns").facts
    >>> facts["stopped"], len(facts["loss"])
    ('the held-out loss has not fallen for 1 epoch', 1)
    """

    patience: int = 1
    min_delta: float = 0.0
    restore_best: bool = True

    def __post_init__(self) -> None:
        at_least("patience", self.patience, 1)
        at_least("min_delta", self.min_delta, 0.0)

    def __call__(self, moment: Moment) -> Keep | Stop | None:
        """Keep an epoch that is better than all before it; stop when patience is at its end.

        Raises
        ------
        ParameterError
            If no document is held out.
        """
        if moment.loss and not moment.held_out_loss:
            raise ParameterError(_NOTHING_HELD_OUT)
        least, since = float("inf"), 0
        for loss in moment.held_out_loss:
            least, since = (loss, 0) if loss < least - self.min_delta else (least, since + 1)
        if since >= self.patience:
            return Stop(f"the held-out loss has not fallen for {since} epoch{'s' * (since > 1)}", self.restore_best)
        return Keep(best=True) if self.restore_best and moment.ends_epoch and not since else None


@dataclass(frozen=True)
class Until:
    """Stops skip-gram part of the way, at the first checkpoint from an epoch's end on.

    The learning rate is the one of all epochs. The same call without it goes on, to the bits of a run that was never
    stopped.

    Parameters
    ----------
    epochs
        Of those that were asked for.

    Examples
    --------
    >>> import dsgns
    >>> asked = dict(method="sgns", vector_size=8, min_count=2, epochs=4)
    >>> half = dsgns.train("corpus.txt", "half.dsgns", callbacks=[dsgns.Until(2)], **asked)
    >>> half.store.latest("sgns").facts["stopped"]
    '2 of the epochs are over'
    >>> whole = dsgns.train("corpus.txt", "half.dsgns", **asked)
    >>> len(whole.store.latest("sgns").facts["loss"])
    4
    """

    epochs: int

    def __post_init__(self) -> None:
        at_least("epochs", self.epochs, 1)

    def __call__(self, moment: Moment) -> Stop | None:
        """Stop when they are over."""
        over = "epoch is" if self.epochs == 1 else "of the epochs are"
        return Stop(f"{self.epochs} {over} over") if moment.epoch >= self.epochs else None


class TimeLimit:
    """Stops a run, whatever stage it is in, at the first finished block after a while.

    Parameters
    ----------
    limit
        Seconds, or a string such as ``"90 min"`` or ``"2h"``; counted from the call's beginning.

    Examples
    --------
    >>> import dsgns
    >>> try:
    ...     dsgns.train("corpus.txt", "limited.dsgns", vector_size=8, min_count=2, callbacks=[dsgns.TimeLimit(0)])
    ... except dsgns.RunStoppedError as error:
    ...     print(error)  # doctest: +ELLIPSIS
    Stopped in vocabulary: scan: the time limit of 0 s is over. What is finished is kept: ...
    """

    def __init__(self, limit: float | str) -> None:
        self.limit = limit
        self._seconds = parse_seconds(limit)

    def __call__(self, moment: Moment) -> Stop | None:
        """Stop when time is over."""
        limit = self.limit if isinstance(self.limit, str) else f"{self.limit:g} s"
        return Stop(f"the time limit of {limit} is over") if moment.elapsed >= self._seconds else None
