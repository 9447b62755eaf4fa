"""Runs: every token is a centre once, and sees what it sees in the whole stream."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.cooccurrence import runs
from dsgns.cooccurrence.runs import padded_runs
from dsgns.tokens.stream import TokenStream
from tests.unit.cooccurrence.corpora import memory_workspace, write_tokens

WORDS = 50
DOCUMENT = st.lists(st.integers(0, WORDS - 1), max_size=12)


def views(documents: list[list[int]], window: int) -> list[tuple[int, ...]]:
    """For each token of the corpus, itself between what stands around it in its document; -1 for nothing."""
    seen = []
    for document in documents:
        padded = [-1] * window + document + [-1] * window
        seen += [tuple(padded[at : at + 2 * window + 1]) for at in range(len(document))]
    return seen


def run_views(tokens: TokenStream, shards: list[int], window: int, capacity: int) -> list[tuple[int, ...]]:
    """The same as the runs have it."""
    seen = []
    for start, stop in pairwise(shards):
        for run in padded_runs(tokens, start, stop, window, capacity):
            for slot in np.sort(run.positions[: run.starts[-1]]):
                around = run.slots[slot - window : slot + window + 1]
                seen.append(tuple(np.where(around == WORDS, -1, around).tolist()))
    return seen


@pytest.mark.parametrize("piece", [3, 1 << 20])
@settings(deadline=None, max_examples=30)
@given(data=st.data(), documents=st.lists(DOCUMENT, min_size=1, max_size=8), window=st.integers(1, 15))
def test_runs_see_what_the_whole_stream_shows(piece, data, documents, window):
    workspace = memory_workspace()
    tokens = TokenStream(write_tokens(workspace, documents, WORDS))
    cuts = data.draw(st.lists(st.integers(0, tokens.length), max_size=4))
    shards = [0, *sorted(cuts), tokens.length]
    capacity = data.draw(st.integers(window, 80))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "PIECE", piece)
        assert run_views(tokens, shards, window, capacity) == views(documents, window)
