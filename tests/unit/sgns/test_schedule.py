from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.parameters import SGNSParameters
from dsgns.sgns import schedule
from dsgns.sgns.schedule import Span, evaluation_spans, intervals, round_tokens, rounds, spans_between, task_tokens

BASE = SGNSParameters(alpha=0.05, min_alpha=0.01, epochs=3)


def visits(spans: list[Span], epochs: int, length: int) -> np.ndarray:
    """How often each position of each epoch is trained."""
    found = np.zeros((epochs, length), int)
    for span in spans:
        found[span.epoch, span.start : span.stop] += 1
    return found


@given(length=st.integers(1, 500), cuts=st.lists(st.integers(0, 1500), max_size=6))
def test_spans_visit_every_position_once_an_epoch(length, cuts):
    total = 3 * length
    edges = [0, *sorted(min(cut, total) for cut in cuts), total]
    spans = [span for a, b in pairwise(edges) for span in spans_between(BASE, length, a, b)]
    assert (visits(spans, 3, length) == 1).all()


@given(length=st.integers(1, 300))
def test_the_rate_falls_linearly_over_the_whole_training(length):
    rates = [
        span.rate - span.fall * position
        for span in spans_between(BASE, length, 0, 3 * length)
        for position in range(span.start, span.stop)
    ]
    np.testing.assert_allclose(rates, np.linspace(0.05, 0.01, 3 * length + 1)[:-1], rtol=1e-9)


@given(tokens=st.integers(1, 10_000), most=st.integers(1, 1000), threads=st.integers(1, 8))
def test_stretches_follow_each_other_and_get_shorter(tokens, most, threads):
    span = Span(1, 50, 50 + tokens, rate=0.1, fall=1e-6)
    made = list(span.stretches(most, threads))
    assert [stretch.start for stretch in made] == [50, *(stretch.stop for stretch in made[:-1])]
    assert made[-1].stop == span.stop
    assert {(stretch.epoch, stretch.rate, stretch.fall) for stretch in made} == {(1, 0.1, 1e-6)}
    sizes = [stretch.tokens for stretch in made]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] <= most
    assert sizes[-1] > 0


def test_the_last_stretches_are_a_fraction_of_the_first():
    sizes = [stretch.tokens for stretch in Span(0, 0, 4_000_000).stretches(100_000, 2)]
    assert sizes[:30] == [100_000] * 30
    assert max(sizes[-2:]) <= 7000
    assert len(sizes) < 60


def test_intervals_follow_from_corpus_and_vocabulary_alone():
    assert intervals(BASE, 3_000_000, 1000) == [(0, 4_000_000), (4_000_000, 8_000_000), (8_000_000, 9_000_000)]
    assert intervals(BASE, 3_000_000, 10**6) == [(0, 9_000_000)]


@settings(max_examples=50)
@given(length=st.integers(1, 100_000), replicas=st.integers(2, 9), tokens=st.none() | st.integers(50, 5_000))
def test_rounds_visit_every_position_once_an_epoch(length, replicas, tokens):
    parameters = replace(BASE, replicas=replicas, round_tokens=tokens)
    made = rounds(parameters, length)
    assert [turn.number for turn in made] == list(range(len(made)))
    assert (visits([span for turn in made for span in turn.spans], 3, length) == 1).all()
    assert sum(turn.ends_epoch for turn in made) == 3
    assert made[-1].ends_epoch
    assert max(turn.tokens for turn in made) <= round_tokens(parameters, length)
    assert all(sum(turn.groups(), ()) == turn.spans for turn in made)
    tokens, tasks = task_tokens(parameters, length)
    assert max(sum(span.tokens for span in group) for turn in made for group in turn.groups()) <= tokens
    assert max(len(turn.groups()) for turn in made if len(turn.spans) == replicas) <= tasks


def test_the_first_epoch_begins_with_one_replica():
    made = rounds(replace(BASE, replicas=4, round_tokens=1000), 100_000)
    warm = [turn for turn in made if len(turn.spans) == 1]
    assert sum(turn.tokens for turn in warm) == 5_000
    assert warm == made[: len(warm)]
    assert {span.epoch for turn in warm for span in turn.spans} == {0}
    assert warm[0].spans[0].rate == pytest.approx(0.05)


def test_replicas_share_each_round_at_the_rates_of_a_single_one():
    parameters = replace(BASE, replicas=4, round_tokens=1000)
    length = 40_000
    rate_at = np.linspace(0.05, 0.01, 3 * length + 1)
    at = 0
    for turn in rounds(parameters, length):
        for span in turn.spans:
            assert span.start == at % length
            assert span.rate - span.fall * span.start == pytest.approx(rate_at[at])
            at += span.tokens
    assert at == 3 * length


def test_a_round_is_a_part_of_the_corpus_whoever_shares_it():
    for replicas in (2, 64):
        parameters = replace(BASE, replicas=replicas)
        assert round_tokens(parameters, 16_000_000) == 125_000
        assert round_tokens(parameters, 1000) == 32_768
        assert round_tokens(parameters, 10**10) == 1 << 25
        assert round_tokens(replace(parameters, round_tokens=77), 10**10) == 77 * replicas


def test_the_mean_rate_is_that_of_the_middle_of_a_round():
    turn = rounds(replace(BASE, replicas=4, round_tokens=1000), 40_000)[-1]
    first, last = turn.spans[0], turn.spans[-1]
    ends = first.rate - first.fall * first.start, last.rate - last.fall * last.stop
    assert ends[1] == pytest.approx(0.01)
    assert turn.mean_rate == pytest.approx(sum(ends) / 2)


@given(length=st.integers(1, 10**9))
def test_the_loss_is_measured_on_distinct_positions(length):
    spans = evaluation_spans(length)
    assert all(0 <= span.start < span.stop <= length for span in spans)
    assert all(before.stop <= after.start for before, after in pairwise(spans))
    assert sum(span.tokens for span in spans) == min(length, 32_768)
    assert {span.epoch for span in spans} == {schedule.EVALUATION}
