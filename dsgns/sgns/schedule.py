"""Which tokens are trained when, and at which rate: integers and rates only, from parameters and corpus size.

A training is ``epochs * length`` steps of one token each, and the learning rate falls linearly over them. Nothing
here knows of memory, workers or time, so neither does the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dsgns.parameters import SGNSParameters

STEPS_PER_ROW = 100
"""Steps between checkpoints for each word: writing the model then costs a few per cent of training it."""

LEAST_STEPS = 4_000_000
"""Fewest steps between checkpoints: a second or two of work."""

SAFE_RATE = 0.2
"""Highest local rate of a replica: 0.2 was stable and 0.4 diverged."""

EVALUATION = 1 << 61
"""Keys the draws that the loss is measured with, the same after every epoch; epochs count from 0."""

_WARM_TOKENS = 1_000_000
_WARM_SHARE = 0.05
_ROUNDS_AN_EPOCH = 20
_CHUNK_TOKENS = (10_000, 1_000_000)
_EVALUATION_SLICES = 16
_EVALUATION_SLICE = 2048


@dataclass(frozen=True)
class Span:
    """A run of tokens of one epoch, trained in order.

    Parameters
    ----------
    epoch
        Keys the random draws; :data:`EVALUATION` where nothing is trained.
    start, stop
        Token positions, separators included.
    rate, fall
        The learning rate at position p is ``rate - fall * p``.
    """

    epoch: int
    start: int
    stop: int
    rate: float = 0.0
    fall: float = 0.0

    @property
    def tokens(self) -> int:
        """Number of positions."""
        return self.stop - self.start

    def part(self, number: int, parts: int) -> Span:
        """The ``number``-th of ``parts`` equal parts."""
        first, last = (self.tokens * n // parts for n in (number, number + 1))
        return replace(self, start=self.start + first, stop=self.start + last)


@dataclass(frozen=True)
class Round:
    """What happens between two merges: one span for each replica that takes part.

    Parameters
    ----------
    number
        Counted over the whole training.
    spans
        In replica order.
    ends_epoch
        Whether the loss is measured after it.
    """

    number: int
    spans: tuple[Span, ...]
    ends_epoch: bool

    @property
    def tokens(self) -> int:
        """Positions trained by all replicas together."""
        return sum(span.tokens for span in self.spans)


def fall_per_token(parameters: SGNSParameters, length: int) -> float:
    """How much the learning rate falls with each token of a corpus of ``length``."""
    return (parameters.alpha - parameters.min_alpha) / (parameters.epochs * length)


def spans_between(parameters: SGNSParameters, length: int, first: int, last: int) -> Iterator[Span]:
    """The steps ``first`` to ``last`` of a training in one piece, cut at the ends of epochs."""
    fall = fall_per_token(parameters, length)
    while first < last:
        epoch, start = divmod(first, length)
        stop = min(length, start + last - first)
        yield Span(epoch, start, stop, parameters.alpha - fall * epoch * length, fall)
        first += stop - start


def intervals(parameters: SGNSParameters, length: int, vocabulary_size: int) -> list[tuple[int, int]]:
    """The steps from each checkpoint to the next, when there is one replica."""
    total = parameters.epochs * length
    size = max(LEAST_STEPS, STEPS_PER_ROW * vocabulary_size)
    return [(first, min(first + size, total)) for first in range(0, total, size)]


def chunk_tokens(parameters: SGNSParameters, length: int) -> int:
    """Tokens each replica trains in a round."""
    least, most = _CHUNK_TOKENS
    derived = min(most, max(least, length // (parameters.replicas * _ROUNDS_AN_EPOCH)))
    return parameters.round_tokens or derived


def rounds(parameters: SGNSParameters, length: int) -> list[Round]:
    """All rounds of a training with several replicas.

    The beginning of the first epoch is trained by one replica, for merging rests on the replicas' agreeing roughly
    on what each direction means. After it each replica owns a contiguous part of what is left of the epoch.
    """
    warm = min(_WARM_TOKENS, int(length * _WARM_SHARE))
    made: list[Round] = []
    for epoch in range(parameters.epochs):
        for start, stop, replicas in (
            ((0, warm, 1), (warm, length, parameters.replicas)) if epoch == 0 else ((0, length, parameters.replicas),)
        ):
            made.extend(_rounds_over(parameters, length, Span(epoch, start, stop), replicas, len(made)))
    return made


def _rounds_over(parameters: SGNSParameters, length: int, region: Span, replicas: int, number: int) -> Iterator[Round]:
    parts = [region.part(replica, replicas) for replica in range(replicas)]
    count = -(-max(part.tokens for part in parts) // chunk_tokens(parameters, length))
    rated = [_rated(parameters, length, region, part, replicas) for part in parts]
    for turn in range(count):
        ends = turn == count - 1 and region.stop == length
        yield Round(number + turn, tuple(part.part(turn, count) for part in rated), ends)


def _rated(parameters: SGNSParameters, length: int, region: Span, part: Span, replicas: int) -> Span:
    """A replica's part with its own schedule: it goes through the region's rates at the region's pace."""
    fall = fall_per_token(parameters, length)
    begin = parameters.alpha - fall * (part.epoch * length + region.start)
    own_fall = fall * region.tokens / max(part.tokens, 1)
    factor = local_factor(parameters, replicas)
    return replace(part, rate=factor * (begin + own_fall * part.start), fall=factor * own_fall)


def local_factor(parameters: SGNSParameters, replicas: int) -> float:
    """How much faster than ``alpha`` a replica learns, to make up for the averaging of its deltas."""
    return max(1.0, min(float(replicas), SAFE_RATE / parameters.alpha))


def rounds_a_checkpoint(parameters: SGNSParameters, length: int, vocabulary_size: int) -> int:
    """Rounds between two checkpoints."""
    steps = max(LEAST_STEPS, STEPS_PER_ROW * vocabulary_size)
    return max(1, steps // (chunk_tokens(parameters, length) * parameters.replicas))


def evaluation_spans(length: int) -> list[Span]:
    """The positions that the loss is measured on: slices spread evenly over the corpus, or all of a short one."""
    if length <= _EVALUATION_SLICES * _EVALUATION_SLICE:
        return [Span(EVALUATION, 0, length)]
    starts = [length * number // _EVALUATION_SLICES for number in range(_EVALUATION_SLICES)]
    return [Span(EVALUATION, start, start + _EVALUATION_SLICE) for start in starts]
