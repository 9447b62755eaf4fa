"""Which tokens are trained when, and at which rate: integers and rates only, from parameters and corpus size.

A training is ``epochs * length`` steps of one token each, and the learning rate falls linearly over them. Nothing
here knows of memory, workers or time, so neither does the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from dsgns.parameters import SGNSParameters
from dsgns.sgns.gauge import BALANCED

STEPS_PER_ROW = 100
"""Steps between checkpoints for each word: writing the model then costs a few per cent of training it."""

LEAST_STEPS = 4_000_000
"""Fewest steps between checkpoints: a second or two of work."""

EVALUATION = 1 << 61
"""Keys the draws that the loss is measured with, the same after every epoch; epochs count from 0."""

TOGETHER = 2
"""Rounds that are waited for at one go, while as many more are under way."""

_WARM_TOKENS = 1_000_000
_WARM_SHARE = 0.05
_ROUNDS_AN_EPOCH = 128
_ROUND_TOKENS = (32_768, 1 << 25)
_TASK_TOKENS = 65_536
_SHORTER = 16  # times shorter the last stretch that a thread takes is than the first
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

    def stretches(self, most: int, threads: int) -> Iterator[Span]:
        """Short stretches for threads to take in turn, so that all are at about the same learning rate.

        They have up to ``most`` tokens each, and fewer towards the end, so that no thread is long at its last when
        there is nothing left for the others (Polychronopoulos & Kuck 1987, "Guided self-scheduling").
        """
        start, least = self.start, -(-most // _SHORTER)
        while start < self.stop:
            left = self.stop - start
            stop = start + min(left, most, max(least, left // (2 * threads)))
            yield replace(self, start=start, stop=stop)
            start = stop


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

    @property
    def mean_rate(self) -> float:
        """The learning rate of the average token."""
        rates = (span.tokens * (span.rate - span.fall * (span.start + span.stop) / 2) for span in self.spans)
        return sum(rates) / max(self.tokens, 1)

    def groups(self) -> list[tuple[Span, ...]]:
        """The spans as tasks take them: several short ones to a task, for handing out one costs milliseconds."""
        size = _spans_a_task(self.tokens // len(self.spans))
        return [self.spans[first : first + size] for first in range(0, len(self.spans), size)]


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


def intervals(
    parameters: SGNSParameters, length: int, vocabulary_size: int, watched: bool = False
) -> list[tuple[int, int]]:
    """The steps from each checkpoint to the next, when there is one replica.

    A run that is ``watched`` has one at the end of each epoch as well. Spans are cut there in any case, so it comes to
    the same vectors.
    """
    total = parameters.epochs * length
    size = max(LEAST_STEPS, STEPS_PER_ROW * vocabulary_size)
    cuts = {*range(0, total, size), total, *(range(0, total, max(length, 1)) if watched else ())}
    return list(pairwise(sorted(cuts)))


def round_tokens(parameters: SGNSParameters, length: int) -> int:
    """Tokens that all replicas together train in a round.

    What merging cannot see is how the changes of one replica would have led another elsewhere, and that grows with
    the tokens of a round, not with the replicas that share them. So a round is a part of the corpus.
    """
    least, most = _ROUND_TOKENS
    derived = min(most, max(least, length // _ROUNDS_AN_EPOCH))
    return parameters.round_tokens * parameters.replicas if parameters.round_tokens else derived


def _spans_a_task(tokens: int) -> int:
    return max(1, _TASK_TOKENS // max(1, tokens))


def task_tokens(parameters: SGNSParameters, length: int) -> tuple[int, int]:
    """The most tokens and the most tasks that a round may have, the one for each of the other."""
    together = round_tokens(parameters, length)
    chunk = -(-together // parameters.replicas)
    tokens = max(chunk, min(together, _TASK_TOKENS) + parameters.replicas)
    return tokens, -(-parameters.replicas // _spans_a_task(chunk))


def rounds(parameters: SGNSParameters, length: int) -> list[Round]:
    """All rounds of a training with several replicas, which each train an equal part of it.

    The beginning of the first epoch is trained by one replica, for merging rests on the replicas' agreeing roughly
    on what each direction means; where a training goes on from another one, they do.
    """
    warm = 0 if parameters.continue_from else min(_WARM_TOKENS, int(length * _WARM_SHARE))
    made: list[Round] = []
    for first, last, replicas in ((0, warm, 1), (warm, parameters.epochs * length, parameters.replicas)):
        for span in spans_between(parameters, length, first, last):
            turns = -(-span.tokens // round_tokens(parameters, length))
            for part in (span.part(turn, turns) for turn in range(turns)):
                spans = tuple(part.part(replica, replicas) for replica in range(replicas))
                made.append(Round(len(made), spans, part.stop == length))
    return made


def rounds_a_checkpoint(parameters: SGNSParameters, length: int, vocabulary_size: int, watched: bool = False) -> int:
    """Rounds between two checkpoints: all that make up a correction of the balance, so that none is half done.

    A run that is ``watched`` has one in each epoch, where there are as many rounds.
    """
    steps = max(LEAST_STEPS, STEPS_PER_ROW * vocabulary_size)
    steps = min(steps, length) if watched else steps
    return BALANCED * max(1, steps // (BALANCED * round_tokens(parameters, length)))


def evaluation_spans(length: int) -> list[Span]:
    """The positions that the loss is measured on: slices spread evenly over the corpus, or all of a short one."""
    if length <= _EVALUATION_SLICES * _EVALUATION_SLICE:
        return [Span(EVALUATION, 0, length)]
    starts = [length * number // _EVALUATION_SLICES for number in range(_EVALUATION_SLICES)]
    return [Span(EVALUATION, start, start + _EVALUATION_SLICE) for start in starts]
