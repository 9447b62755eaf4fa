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
from dsgns.store.packed import read_packed, write_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.lists import WordLists, read_lists
from dsgns.vocabulary.merge import bucket_ranges, choose_words, merge_range, require_words
from dsgns.vocabulary.plan import most_merged_words, projected_choose, projected_merge, projected_scan
from dsgns.vocabulary.task import scan_shard

VERSION = 2
_LISTS = "lists"

SCAFFOLDING = ("invalid", "scan", "overflow", "merged", _LISTS)
"""What of a vocabulary is deleted once it is there."""


def build_vocabulary(
    engine: Engine,
    workspace: Workspace,
    corpus: Output,
    parameters: VocabularyParameters,
    lists: WordLists | None = None,
) -> Output:
    """The words of a corpus that occur often enough, numbered by falling count.

    Parameters
    ----------
    lists
        Words to keep and to leave out, in place of those of the files that the parameters name.

    Raises
    ------
    EmptyCorpusError
        If there is no token in the text.
    VocabularyError
        If no word occurs often enough, or a file of words is not what it should be.
    """
    lists = read_lists(parameters) if lists is None else lists
    key = key_of(readable(parameters), VERSION, corpus=corpus.key, parameters=ingredients(parameters, lists))
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
        facts = choose_from(job, scanned, _totals(scanned), parameters, lists)
        return job.finish(facts=facts, drop=SCAFFOLDING)


def choose_from(
    job: Job,
    scanned: Sequence[Manifest],
    totals: dict[str, Any],
    parameters: VocabularyParameters,
    lists: WordLists,
) -> dict[str, Any]:
    """Merge what was scanned and write the chosen words; the facts of the vocabulary, ``totals`` among them.

    Parameters
    ----------
    totals
        Of what was scanned: ``used`` is the sum of all words' counts.
    """
    merged = _merge(job, scanned, parameters, lists)
    require_words(merged, parameters.min_count, lists.only)
    chosen = _choose(job, merged, None if lists.only else parameters.max_vocabulary)
    facts = {**chosen.facts, "distinct": _sum(merged, "distinct"), **totals}
    facts["left_out"] = _left_out(facts, merged, parameters, lists)
    if lists.kept:
        facts["absent"] = lists.kept - _sum(merged, "listed")
        job.note(f"{facts['absent']:,} of {lists.kept:,} words that are to be kept are not in the text")
    if lists.only:
        facts["fixed"] = lists.fingerprint
    return facts


def readable(parameters: VocabularyParameters) -> str:
    """What a person sees of the parameters in a key."""
    most, lists = parameters.max_vocabulary, [name for name in ("keep", "stop") if getattr(parameters, name)]
    chosen = ["listed"] if parameters.vocabulary else [f"min{parameters.min_count}", *([f"max{most}"] if most else [])]
    return "-".join([*chosen, *lists])


def ingredients(parameters: VocabularyParameters, lists: WordLists) -> dict[str, Any]:
    """What the key is made from: of lists what they say, not where they lie."""
    known = {name: value for name, value in parameters.ingredients().items() if name not in parameters.LATER}
    return known | ({"lists": lists.fingerprint} if lists.fingerprint else {})


def _left_out(
    facts: dict[str, Any], merged: Sequence[Manifest], parameters: VocabularyParameters, lists: WordLists
) -> dict[str, int]:
    """The tokens whose words have no id, by the rule that says so."""
    stopped, stayed = _sum(merged, "stopped"), _sum(merged, "tokens")
    left_out = {
        "vocabulary" if lists.only else "min_count": facts["used"] - stopped - stayed,
        "max_vocabulary": stayed - facts["total"],
        "stop": stopped,
    }
    return {rule: tokens for rule, tokens in left_out.items() if tokens or getattr(parameters, rule) is not None}


def _sum(blocks: Sequence[Manifest], name: str) -> int:
    return sum(block.facts[name] for block in blocks)


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
        places={name: shard.where for name, shard in zip(names, shards, strict=True)},
    )
    return list(scanned.values())


def _merge(job: Job, scanned: Sequence[Manifest], parameters: VocabularyParameters, lists: WordLists) -> list[Manifest]:
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


def _choose(job: Job, merged: Sequence[Manifest], most: int | None) -> Manifest:
    names = tuple(block.name for block in merged)
    words = _sum(merged, "kept")
    if most is not None:
        most = max(most, _sum(merged, "listed"))
    chosen = job.run(
        "vocabulary: choose",
        choose_words,
        {"words": (job.output, "words", names, most)},
        projected_bytes=projected_choose(words, _sum(merged, "bytes")),
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
