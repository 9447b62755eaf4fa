"""Counts are those of a plain loop, to the integer, however the work is cut up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence.panels import plan_panels
from dsgns.cooccurrence.plan import CountsPlan, padded_slots
from dsgns.cooccurrence.spill import SpillRecord, row_blocks
from dsgns.cooccurrence.task_count import count_panel
from dsgns.cooccurrence.task_reduce import reduce_block
from dsgns.cooccurrence.task_spill import spill_shard
from dsgns.cooccurrence.weights import window_weights
from dsgns.parameters import WEIGHTINGS, CountsParameters
from tests.unit.cooccurrence.blocks import as_dict, whole_matrix
from tests.unit.cooccurrence.corpora import loop_counts, memory_workspace, write_tokens

WORDS = 40
CORPORA = st.lists(st.lists(st.integers(0, WORDS - 1), max_size=25), min_size=1, max_size=6)


def cuts(stop: int) -> st.SearchStrategy[list[int]]:
    """Boundaries from 0 to ``stop``, rising."""
    inner = st.sets(st.integers(1, max(1, stop - 1)), max_size=4)
    return inner.map(lambda between: [0, *sorted(between - {stop}), stop])


@settings(deadline=None, max_examples=30)
@given(
    data=st.data(),
    documents=CORPORA,
    window=st.sampled_from([1, 2, 5, 15]),
    weighting=st.sampled_from(WEIGHTINGS),
    grid=cuts(WORDS),
    merge_window=st.integers(1, 50),
)
def test_any_cut_gives_the_counts_of_a_plain_loop(data, documents, window, weighting, grid, merge_window):
    workspace = memory_workspace()
    tokens, parameters = write_tokens(workspace, documents, WORDS), CountsParameters(window, weighting)
    plan = CountsPlan(grid, data.draw(cuts(tokens.facts["ids"])), [0] * (len(grid) - 1))
    output = workspace.output("counts", "k")
    output.begin(plan.to_dict())
    records = {}
    for name, shard in zip(plan.spill_names(), pairwise(plan.shards), strict=True):
        capacity = data.draw(st.integers(window, 60))
        records[name] = SpillRecord(**spill_shard(output, tokens, parameters, name, shard, capacity).facts)
    many = len(plan.row_names())
    for block in row_blocks(plan.grid, plan.row_names(), records, [0] * many, [True] * many):
        reduce_block(output, WORDS, block, merge_window)
    counts = as_dict(whole_matrix(output))
    assert counts == loop_counts(documents, window_weights(parameters))
    assert sum(record.tokens for record in records.values()) == sum(map(len, documents))


@settings(deadline=None, max_examples=30)
@given(
    documents=CORPORA,
    window=st.sampled_from([1, 2, 5, 15]),
    weighting=st.sampled_from(WEIGHTINGS),
    grid=cuts(WORDS),
    workers=st.integers(1, 4),
)
def test_any_panels_give_the_counts_of_a_plain_loop(documents, window, weighting, grid, workers):
    workspace = memory_workspace()
    tokens, parameters = write_tokens(workspace, documents, WORDS), CountsParameters(window, weighting)
    plan = CountsPlan(grid, [0, tokens.facts["ids"]], [0] * (len(grid) - 1))
    output = workspace.output("counts", "k")
    vocabulary = workspace.output("vocabulary", "v")
    panels = plan_panels(plan, plan.row_names(), vocabulary.read("words")["counts"], window, workers)
    slots = padded_slots(tokens.facts, window)
    for panel in panels:
        count_panel(output, tokens, vocabulary, parameters, panel, slots)
    assert as_dict(whole_matrix(output)) == loop_counts(documents, window_weights(parameters))
