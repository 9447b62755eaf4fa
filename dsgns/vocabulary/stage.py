"""From text to numbered words: scan the shards, merge by ranges of hash, choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsgns.corpus.kernels_documents import FILTERED, HELD_OUT, USED
from dsgns.corpus.readers import total_report
from dsgns.corpus.shards import Shard
from dsgns.corpus.stage import decoded_text, find_invalid_documents, plan_corpus_shards, remove_incomplete
from dsgns.engine import Engine, Job
from dsgns.errors import EmptyCorpusError
from dsgns.parameters import DOCUMENTS, CorpusParameters, VocabularyParameters
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.store.packed import read_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.merge import bucket_ranges, choose_words, merge_range, require_words
from dsgns.vocabulary.plan import most_merged_words, projected_choose, projected_merge, projected_scan
from dsgns.vocabulary.task import scan_shard

VERSION = 2


def build_vocabulary(engine: Engine, workspace: Workspace, corpus: Output, parameters: VocabularyParameters) -> Output:
    """The words of a corpus that occur often enough, numbered by falling count.

    Raises
    ------
    EmptyCorpusError
        If there is no token in the text.
    VocabularyError
        If no word occurs often enough.
    """
    most = parameters.max_vocabulary
    readable = f"min{parameters.min_count}" + (f"-max{most}" if most else "")
    key = key_of(readable, VERSION, corpus=corpus.key, parameters=parameters.to_dict())
    output = workspace.output("vocabulary", key)
    if engine.reuse(output):
        return output
    with (
        engine.produce(
            output,
            parameters=parameters.to_dict(),
            inputs={"corpus": corpus.key},
            plan=lambda: {"shard_size": engine.resources.shard_size},
        ) as job,
        decoded_text(engine, workspace, corpus) as decoded,
    ):
        shards = plan_corpus_shards(corpus, decoded, job.plan["shard_size"])
        scanned = _scan(job, shards, CorpusParameters.from_dict(corpus.parameters), decoded)
        _require_tokens(scanned)
        merged = _merge(job, scanned, parameters)
        require_words(merged, parameters.min_count)
        chosen = _choose(job, merged, parameters)
        facts = {**chosen.facts, "distinct": sum(block.facts["distinct"] for block in merged), **_totals(scanned)}
        return job.finish(facts=facts, drop=("invalid", "scan", "overflow", "merged"))


def nothing_held_out(vocabulary: Output, parameters: CorpusParameters) -> str:
    """What is to be said where documents were to be held out and none was; else empty."""
    facts = vocabulary.facts
    if not parameters.held_out or facts["held_out_documents"]:
        return ""
    documents = facts["documents"] + facts["filtered_documents"]
    if documents > 1:
        many = f"of the text's {documents:,} documents ({parameters.document}) none was drawn"
        return f"Nothing is held out: {many}. Raise --held-out, or make documents shorter with --document."
    others = " or ".join(document for document in DOCUMENTS if document != parameters.document)
    return f"Nothing is held out: the text is 1 document ({parameters.document}); --document {others} makes others."


def _scan(job: Job, shards: Sequence[Shard], parameters: CorpusParameters, decoded: Output | None) -> list[Manifest]:
    output = job.output
    invalid = find_invalid_documents(job, shards, parameters, decoded)
    remove_incomplete(job.engine, output, "scan")
    names = [f"scan/{number:05d}" for number in range(len(shards))]
    scanned = job.run(
        "vocabulary: scan",
        scan_shard,
        {
            name: (output, name, shard, parameters, decoded, bad)
            for name, shard, bad in zip(names, shards, invalid, strict=True)
        },
        projected_bytes=projected_scan(parameters.held_out > 0, parameters.lean),
        unit="bytes",
        weights={name: shard.size for name, shard in zip(names, shards, strict=True)},
    )
    return list(scanned.values())


def _merge(job: Job, scanned: Sequence[Manifest], parameters: VocabularyParameters) -> list[Manifest]:
    engine, output = job.engine, job.output
    blocks = tuple(name for manifest in scanned for name in (*manifest.facts["parts"], manifest.name))
    words, size = np.zeros((2, BUCKETS), np.int64)
    for block in blocks:
        found = read_packed(output, block, "words_before", "bytes_before")
        words += np.diff(found["words_before"])
        size += np.diff(found["bytes_before"])
    ranges = bucket_ranges(words, most_merged_words(engine.allowed_bytes, engine.workers, int(words.sum())))
    bounds = parameters.min_count, parameters.max_vocabulary
    names = {f"merged/{first:04d}-{last:04d}": (first, last) for first, last in ranges}
    merged = job.run(
        "vocabulary: merge",
        merge_range,
        {name: (output, name, blocks, first, last, *bounds) for name, (first, last) in names.items()},
        projected_bytes=max(
            projected_merge(int(words[first:last].sum()), int(size[first:last].sum())) for first, last in ranges
        ),
        unit="words",
        weights={name: int(words[first:last].sum()) for name, (first, last) in names.items()},
    )
    return list(merged.values())


def _choose(job: Job, merged: Sequence[Manifest], parameters: VocabularyParameters) -> Manifest:
    names = tuple(block.name for block in merged)
    words = sum(block.facts["kept"] for block in merged)
    chosen = job.run(
        "vocabulary: choose",
        choose_words,
        {"words": (job.output, "words", names, parameters.max_vocabulary)},
        projected_bytes=projected_choose(words, sum(block.facts["bytes"] for block in merged)),
        unit="words",
        weights={"words": words},
    )
    return chosen["words"]


def _totals(scanned: Sequence[Manifest]) -> dict[str, Any]:
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
        **total_report([block.facts for block in scanned]),
    }


def _require_tokens(scanned: Sequence[Manifest]) -> None:
    read, *_ = totals = np.sum([block.facts["tokens"] for block in scanned], axis=0)
    if not totals.any():
        raise EmptyCorpusError(
            "There is no token in the text. Are its files the right ones, and is the tokenizer the right one for it?"
        )
    if not read:
        raise EmptyCorpusError(
            f"Of {totals.sum()} tokens every one is in a document that is held out or filtered. "
            "Lower --held-out, or make documents shorter with --document."
        )
