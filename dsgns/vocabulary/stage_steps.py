"""The steps from text to chosen words, for all who count words: scan the shards, merge ranges of hash, choose."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from dsgns.corpus.kernels_documents import FILTERED, HELD_OUT, USED
from dsgns.corpus.ledger import PREFIX
from dsgns.corpus.shards import Shard, projected_ledgers
from dsgns.corpus.skipping import numbers_of
from dsgns.corpus.stage import find_invalid_documents, remove_incomplete
from dsgns.corpus.validate import Crossing
from dsgns.engine import Job
from dsgns.errors import EmptyCorpusError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases.plan import projected_joining
from dsgns.phrases.stream import Learned
from dsgns.store import Manifest, Output
from dsgns.store.packed import read_packed, write_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.lists import WordLists
from dsgns.vocabulary.merge import bucket_ranges, choose_words, merge_range
from dsgns.vocabulary.plan import most_merged_words, projected_choose, projected_merge, projected_scan
from dsgns.vocabulary.task import scan_shard

_LISTS = "lists"

SCAFFOLDING = ("invalid", "scan", "overflow", "merged", _LISTS, PREFIX)
"""What these steps write that is deleted once the words are there."""


def scan(
    job: Job,
    shards: Sequence[Shard],
    parameters: CorpusParameters,
    decoded: Output | None,
    learned: Learned | None = None,
    folder: str = "",
    lost: dict[str, str] | None = None,
    gone: Collection[int] = (),
    crossing: Crossing = (),
) -> list[Manifest]:
    """Count the words of each shard.

    Parameters
    ----------
    learned
        Phrases that are words.
    folder
        What the names of blocks begin with.
    lost
        Where it is given, what is wrong with shards that cannot be scanned is put here, in place of an error.
    gone, crossing
        As for :func:`~dsgns.corpus.stage.find_invalid_documents`.

    Raises
    ------
    EmptyCorpusError
        If there is no token in the text.
    """
    output = job.output
    invalid = find_invalid_documents(job, shards, parameters, decoded, lost, gone, crossing)
    gone = {*gone, *numbers_of(lost)}
    remove_incomplete(job.engine, output, f"{folder}scan", ledgers=True)
    names = [f"{folder}scan/{number:05d}" for number in range(len(shards))]
    scanned = job.run(
        f"{output.stage}: {folder}scan",
        scan_shard,
        {
            name: (output, name, shard, parameters, decoded, bad, learned)
            for number, (name, shard, bad) in enumerate(zip(names, shards, invalid, strict=True))
            if number not in gone
        },
        projected_bytes=projected_scan(parameters.held_out > 0, parameters.lean)
        + projected_joining(learned)
        + projected_ledgers(shards),
        unit="bytes",
        weights={name: shard.size for name, shard in zip(names, shards, strict=True)},
        places={name: shard.where for name, shard in zip(names, shards, strict=True)},
        lost=lost,
    )
    found = list(scanned.values())
    if lost and not found:
        raise EmptyCorpusError(f"All of the text was skipped, for none of it can be read: {next(iter(lost.values()))}")
    _require_tokens(found)
    return found


def merge(
    job: Job, scanned: Sequence[Manifest], parameters: VocabularyParameters, lists: WordLists, folder: str = ""
) -> list[Manifest]:
    """Add up what was scanned, in ranges of hash; words that may be chosen stay."""
    engine, output = job.engine, job.output
    blocks = tuple(name for manifest in scanned for name in (*manifest.facts["parts"], manifest.name))
    if lists.marks:
        write_packed(output, _LISTS, lists.counted()._asdict())
        blocks = (*blocks, _LISTS)
    words, size = np.zeros((2, BUCKETS), np.int64)
    for block in blocks:
        found = read_packed(output, block, "words_before", "bytes_before")
        words += np.diff(found["words_before"])
        size += np.diff(found["bytes_before"])
    ranges = bucket_ranges(words, most_merged_words(engine.allowed_bytes, engine.workers, int(words.sum())))
    bounds = (1, None, True) if lists.only else (parameters.min_count, parameters.max_vocabulary, False)
    names = {f"{folder}merged/{first:04d}-{last:04d}": (first, last) for first, last in ranges}
    merged = job.run(
        f"{output.stage}: {folder}merge",
        merge_range,
        {name: (output, name, blocks, first, last, *bounds) for name, (first, last) in names.items()},
        projected_bytes=max(
            projected_merge(int(words[first:last].sum()), int(size[first:last].sum())) for first, last in ranges
        ),
        unit="words",
        weights={name: int(words[first:last].sum()) for name, (first, last) in names.items()},
    )
    return list(merged.values())


def choose(job: Job, merged: Sequence[Manifest], most: int | None, folder: str = "") -> Manifest:
    """Write the most frequent words of what was merged."""
    names = tuple(block.name for block in merged)
    words = total(merged, "kept")
    if most is not None:
        most = max(most, total(merged, "listed"))
    name = f"{folder}words"
    chosen = job.run(
        f"{job.output.stage}: {folder}choose",
        choose_words,
        {name: (job.output, name, names, most)},
        projected_bytes=projected_choose(words, total(merged, "bytes")),
        unit="words",
        weights={name: words},
    )
    return chosen[name]


def total(blocks: Sequence[Manifest], name: str) -> int:
    """A fact of several blocks added up."""
    return sum(block.facts[name] for block in blocks)


def totals(scanned: Sequence[Manifest]) -> dict[str, Any]:
    """What was scanned in all: tokens and documents by where they go."""
    tokens = np.sum([block.facts["tokens"] for block in scanned], axis=0)
    documents = np.sum([block.facts["documents"] for block in scanned], axis=0)
    return {
        "tokens_read": int(tokens.sum()),
        "used": int(tokens[USED]),
        "held_out": int(tokens[HELD_OUT]),
        "filtered": int(tokens[FILTERED]),
        "documents": int(documents[USED]),
        "held_out_documents": int(documents[HELD_OUT]),
        "filtered_documents": int(documents[FILTERED]),
    }


def _require_tokens(scanned: Sequence[Manifest]) -> None:
    read, *_ = every = np.sum([block.facts["tokens"] for block in scanned], axis=0)
    if not every.any():
        raise EmptyCorpusError(
            "There is no token in the text. Are its files the right ones, and is the tokenizer the right one for it?"
        )
    if not read:
        raise EmptyCorpusError(
            f"Of {every.sum()} tokens every one is in a document that is held out or filtered. "
            "Lower --held-out, or make documents shorter with --document."
        )
