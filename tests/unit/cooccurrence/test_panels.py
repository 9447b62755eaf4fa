"""Panels hold every missing row block once, in order, and share the work."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dsgns.cooccurrence.panels import panels_pay, plan_panels, projected_panel_bytes
from dsgns.cooccurrence.plan import CountsPlan, plan_counts


@given(
    expected=st.lists(st.integers(0, 1000), min_size=1, max_size=30),
    workers=st.integers(1, 6),
    lost=st.sets(st.integers(0, 29)),
)
def test_every_missing_block_is_in_one_panel(expected, workers, lost):
    plan = CountsPlan(list(range(0, 2 * len(expected) + 1, 2)), [0, 10], expected)
    counts = np.arange(2 * len(expected), 0, -1)
    missing = [name for number, name in enumerate(plan.row_names()) if number not in lost] or plan.row_names()
    panels = plan_panels(plan, missing, counts, 5, workers)
    assert [name for panel in panels for name in panel.blocks] == missing
    assert len(panels) <= workers
    assert len({panel.name for panel in panels}) == len(panels)
    assert all(before.rows.stop <= after.rows.start for before, after in pairwise(panels))
    for panel in panels:
        assert panel.centres == counts[panel.rows].sum()


def test_panels_take_nearly_as_long_as_one_another():
    counts = (2_000_000 / (np.arange(60_000) + 2.7)).astype(np.int64)
    plan = plan_counts(counts, 10, int(counts.sum()), int(counts.sum()), 10**9, 4)
    assert len(plan.expected) > 20
    panels = plan_panels(plan, plan.row_names(), counts, 10, 4)
    expected = dict(zip(plan.row_names(), plan.expected, strict=True))
    work = [20 * sum(expected[name] for name in panel.blocks) + 10 * panel.centres for panel in panels]
    assert max(work) < 1.1 * sum(work) / 4


def test_a_corpus_that_does_not_fit_is_spilled():
    plan = CountsPlan([0, 2], [0, 10], [4])
    panels = plan_panels(plan, plan.row_names(), np.array([6, 4]), 5, 2)
    small, large = (projected_panel_bytes(panels, 2, slots) for slots in (10, 10**9))
    assert large - small == 4 * (10**9 - 10)
    assert panels_pay(2, small, allowed_bytes=small)
    assert not panels_pay(2, large, allowed_bytes=large - 1)
    assert not panels_pay(40, small, allowed_bytes=small), "each would have to read all tokens"
