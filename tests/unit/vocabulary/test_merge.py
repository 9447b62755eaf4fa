from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsgns.errors import VocabularyError
from dsgns.store import Output, Workspace
from dsgns.store.packed import write_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.merge import bucket_ranges, choose_words, merge_range, require_words
from dsgns.vocabulary.plan import MOST_WORDS, most_merged_words, projected_choose, projected_merge, projected_scan
from dsgns.vocabulary.table import WordCounter

TEXTS = [b"the cat sat on the mat", b"the dog", b"", b"a mat a mat a cat " * 3 + b"x" * 40, b"x" * 40 + b" of"]


@pytest.fixture
def blocks(workspace: Workspace) -> Output:
    output = workspace.output("vocabulary", "a-key")
    for number, text in enumerate(TEXTS):
        counter = WordCounter()
        counter.add(np.frombuffer(text + bytes(96), np.uint8), len(text))
        write_packed(output, f"scan/{number}", counter.take()._asdict())
    return output


NAMES = tuple(f"scan/{number}" for number in range(len(TEXTS)))
COUNTS = Counter(word for text in TEXTS for word in text.split())


def chosen(output: Output, ranges: list[tuple[int, int]], min_count: int, most: int | None) -> list[tuple[bytes, int]]:
    merged = [
        merge_range(output, f"merged/{first}", NAMES, first, last, min_count, most).name for first, last in ranges
    ]
    choose_words(output, "words", merged, most)
    block = output.read("words")
    bounds = block["offsets"].tolist()
    words = [block["bytes"][start:stop].tobytes() for start, stop in pairwise(bounds)]
    return list(zip(words, block["counts"].tolist(), strict=True))


@pytest.mark.parametrize("ranges", [[(0, BUCKETS)], [(0, 100), (100, 101), (101, 700), (700, BUCKETS)]])
@pytest.mark.parametrize(("min_count", "most"), [(1, None), (2, None), (1, 3), (3, 100)])
def test_words_are_the_same_however_they_are_merged(
    blocks: Output, ranges: list[tuple[int, int]], min_count: int, most: int | None
) -> None:
    kept = [item for item in COUNTS.items() if item[1] >= min_count]
    assert chosen(blocks, ranges, min_count, most) == sorted(kept, key=lambda item: (-item[1], item[0]))[:most]


def test_what_a_range_says_of_its_words(blocks: Output) -> None:
    facts = merge_range(blocks, "merged/0", NAMES, 0, BUCKETS, 2, 1).facts
    top = min(COUNTS, key=lambda word: (-COUNTS[word], word))
    assert facts["distinct"] == len(COUNTS)
    assert (facts["top_word"], facts["top_count"]) == (top.decode(), COUNTS[top])


def test_min_count_above_every_count(blocks: Output) -> None:
    merged = [merge_range(blocks, f"merged/{at}", NAMES, at, at + 512, 50, None) for at in (0, 512)]
    with pytest.raises(VocabularyError, match=r"min_count is 50, .*most frequent word, 'a', has a count of 9"):
        require_words(merged, 50)
    require_words([merge_range(blocks, "merged/0", NAMES, 0, BUCKETS, 9, None)], 9)


@given(seed=st.integers(0, 1000), mean=st.sampled_from([0.0, 0.01, 1.0, 30.0]), most=st.integers(1, 2000))
def test_ranges_hold_every_bucket_once(seed: int, mean: float, most: int) -> None:
    sizes = np.random.default_rng(seed).poisson(mean, BUCKETS)
    ranges = bucket_ranges(sizes, most)
    assert [bucket for first, last in ranges for bucket in range(first, last)] == list(range(BUCKETS))
    assert all(sizes[first:last].sum() <= most or np.count_nonzero(sizes[first:last]) == 1 for first, last in ranges)


def test_a_merging_task_takes_on_what_fits() -> None:
    words = most_merged_words(1 << 30, 2, 10**9)
    assert words > 2**20
    assert projected_merge(words, 12 * words) <= 1 << 30
    assert most_merged_words(1 << 40, 4, 10**9) == 10**9 // 4


def test_a_limit_below_all_measure_makes_no_tasks_without_number() -> None:
    assert most_merged_words(0, 4, 10**9) == MOST_WORDS
    assert projected_merge(MOST_WORDS, 12 * MOST_WORDS) <= projected_scan(held_out=False, lean=True)


def test_choosing_among_more_words_takes_more() -> None:
    assert projected_choose(10**6, 10**7) < projected_choose(2 * 10**6, 10**7)
