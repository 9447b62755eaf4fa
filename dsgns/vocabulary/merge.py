"""The words of all shards added up, in ranges of their hash so that no task holds all of them; and the choice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dsgns.errors import VocabularyError
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, read_packed_slice, write_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.lists import KEPT, STOPPED
from dsgns.vocabulary.table import WordCounter
from dsgns.vocabulary.words import Words

_PADDING = np.full(96, 32, np.uint8)


def merge_range(
    output: Output,
    name: str,
    blocks: Sequence[str],
    first: int,
    last: int,
    min_count: int,
    most: int | None,
    only_listed: bool = False,
) -> Manifest:
    """Add up the counts of the words in a range of buckets, and keep those that may be chosen.

    Parameters
    ----------
    blocks
        Names of the blocks that scanning wrote, and of the one with marks for counts (:mod:`dsgns.vocabulary.lists`).
    first, last
        Buckets, the last one not included.
    min_count, most
        Least count, and how many words can be chosen at most, besides those that are to be kept.
    only_listed
        Keep these alone.

    Returns
    -------
    Manifest
        Of the block, with the arrays of :class:`Words`; the counts of words to be kept have their mark, and so come
        first. Its facts hold how many different words there are in the range, the most frequent one with its count,
        of how many words to be kept there are any, and how often those occur that are left out by a stop-list
        (``stopped``) or stay so far (``tokens``).
    """
    counter = _added_up(output, blocks, first, last)
    distinct, largest = len(counter), counter.largest()
    # Where no word is frequent enough the most frequent ones are taken out all the same, to be named.
    least = min(min_count, largest) if largest < KEPT else KEPT if only_listed else 1
    found = counter.take(least)
    words = Words.from_spaced(found.text, found.values & np.uint64(KEPT - 1))
    seen, stopped = words.counts > 0, (found.values & np.uint64(STOPPED)) > 0
    listed = seen & ~stopped & (found.values >= KEPT)
    top_count = int(words.counts[~stopped].max(initial=0))
    top = words.take(np.flatnonzero(seen & ~stopped & (words.counts == top_count))).ranked(1)
    chosen = listed if only_listed else listed | (seen & ~stopped & (words.counts >= min_count))
    facts = {
        "distinct": distinct - int(np.count_nonzero(~seen)),
        "top_word": top.word(0).decode() if top.counts.size else "",
        "top_count": top_count,
        "listed": int(np.count_nonzero(listed)),
        "stopped": int(words.counts[stopped].sum()),
        "tokens": int(words.counts[chosen].sum()),
    }
    kept = words._replace(counts=words.counts + KEPT * listed)
    if not chosen.all():
        kept = kept.take(np.flatnonzero(chosen))
    if most is not None and kept.counts.size > most:
        kept = kept.ranked(max(most, int(np.count_nonzero(listed))))
    facts |= {"kept": kept.counts.size, "bytes": kept.text.size}
    return write_packed(output, name, kept._asdict(), facts=facts)


def _added_up(output: Output, blocks: Sequence[str], first: int, last: int) -> WordCounter:
    bounds = []
    for block in blocks:
        before = read_packed(output, block, "words_before", "bytes_before")
        bounds.append([before[key][[first, last]].tolist() for key in before])
    # There are no fewer words than in any one block; to make room for them at once saves a tenth of the time.
    counter = WordCounter(expected=max(stop - start for (start, stop), _ in bounds))
    for block, ((start, stop), (begin, end)) in zip(blocks, bounds, strict=True):
        amounts = read_packed_slice(output, block, "values", start, stop)
        text = read_packed_slice(output, block, "text", begin, end)
        # One amount would count for every word; there is always one more than is used.
        counter.add(np.append(text, _PADDING), text.size, np.append(amounts, np.zeros(2, np.uint64)))
    return counter


def choose_words(output: Output, name: str, blocks: Sequence[str], most: int | None) -> Manifest:
    """Write the vocabulary: the words of all ranges by falling count, ties by their bytes.

    Returns
    -------
    Manifest
        Of the block, with arrays ``bytes`` uint8, ``offsets`` int64 (V + 1) and ``counts`` int64 (V).
    """
    kept = Words.concatenated([Words(**read_packed(output, block)) for block in blocks]).ranked(most)
    if kept.counts.max(initial=0) >= KEPT:
        kept = kept._replace(counts=kept.counts & (KEPT - 1)).ranked()
    arrays = {"bytes": kept.text, "offsets": kept.offsets, "counts": kept.counts}
    facts = {"size": kept.counts.size, "total": int(kept.counts.sum()), "text_bytes": kept.text.size}
    return output.write(name, arrays, facts=facts)


def bucket_ranges(sizes: np.ndarray, most: int) -> list[tuple[int, int]]:
    """Buckets one after the other in ranges of at most ``most`` words, or of one bucket.

    Parameters
    ----------
    sizes
        int64, shape (BUCKETS,): words in each bucket, over all blocks.

    Examples
    --------
    >>> bucket_ranges(np.full(BUCKETS, 10), 5120)
    [(0, 512), (512, 1024)]
    """
    ranges, first, held = [], 0, 0
    for bucket, size in enumerate(sizes.tolist()):
        if held and held + size > most:
            ranges.append((first, bucket))
            first, held = bucket, 0
        held += size
    return [*ranges, (first, BUCKETS)]


def require_words(manifests: Sequence[Manifest], min_count: int, only: str = "") -> None:
    """Make sure that some word is kept.

    Raises
    ------
    VocabularyError
        If ``min_count`` is above every count, or the text has no word of the file ``only``.
    """
    if any(manifest.facts["kept"] for manifest in manifests):
        return
    if only:
        raise VocabularyError(
            f"No word of {only} is in the text and not in a stop-list. Are they written as the tokenizer leaves them?"
        )
    top = max((manifest.facts for manifest in manifests), key=lambda facts: facts["top_count"])
    raise VocabularyError(
        f"min_count is {min_count}, which is above every count: the most frequent word, {top['top_word']!r}, has "
        f"a count of {top['top_count']}. Give --min-count {top['top_count']} or less, or more text."
    )
