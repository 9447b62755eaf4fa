from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dsgns.pmi.plan import even_shares, shares


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300), st.integers(1, 40))
def test_shares_are_all_blocks_in_order_and_none_is_much_larger(sizes, most):
    cuts = even_shares(sizes, most)
    assert (cuts[0], cuts[-1]) == (0, len(sizes))
    assert all(first < last for first, last in pairwise(cuts))
    assert len(cuts) - 1 <= most
    for first, last in pairwise(cuts):
        assert sum(sizes[first:last]) <= sum(sizes) / most + max(sizes) + 1


def test_few_blocks_are_a_share_each_and_many_are_shared_out():
    assert shares([5, 5, 5]) == [0, 1, 2, 3]
    assert len(shares([2 << 20] * 64)) - 1 == 16
    assert len(shares([2 << 20] * 640)) - 1 == 80
