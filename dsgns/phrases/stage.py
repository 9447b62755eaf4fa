"""From text to phrases: count words and pairs of neighbours, choose by score, and again over what was joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsgns.corpus.shards import Shard
from dsgns.corpus.skipping import facts_of_skipped, losses, numbers_of, skipped_shards, told
from dsgns.corpus.stage import (
    crossing_of_lost,
    decoded_text,
    find_invalid_documents,
    plan_corpus_shards,
    remove_incomplete,
)
from dsgns.engine import Engine, Job
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases.compiling import compile_joining
from dsgns.phrases.formulas import Scoring
from dsgns.phrases.plan import (
    most_merged_pairs,
    projected_choose,
    projected_count,
    projected_joining,
    projected_merge,
)
from dsgns.phrases.stream import Learned
from dsgns.phrases.table import BLOCKS
from dsgns.phrases.task_choose import choose_phrases, merge_pairs
from dsgns.phrases.task_count import count_pairs
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.store.packed import read_packed
from dsgns.vocabulary.kernels_table import BUCKETS
from dsgns.vocabulary.lists import WordLists
from dsgns.vocabulary.merge import bucket_ranges
from dsgns.vocabulary.stage_steps import choose, merge, scan, total, totals

VERSION = 1


def learn_phrases(engine: Engine, workspace: Workspace, corpus: Output, parameters: VocabularyParameters) -> Output:
    """The phrases of a corpus, learned in as many passes as ``parameters.phrases`` says; fewer where none is found.

    Raises
    ------
    EmptyCorpusError
        If there is no token in the text.
    """
    asked = {
        "passes": parameters.phrases,
        "threshold": parameters.phrase_threshold,
        "discount": parameters.phrase_discount,
        "scoring": parameters.phrase_scoring,
        "delimiter": parameters.phrase_delimiter,
    }
    npmi = "-npmi" if parameters.phrase_scoring == "npmi" else ""
    readable = f"p{parameters.phrases}-t{parameters.phrase_threshold:g}-d{parameters.phrase_discount:g}{npmi}"
    output = workspace.output("phrases", key_of(readable, VERSION, corpus=corpus.key, parameters=asked))
    if engine.reuse(output):
        return output
    with (
        engine.produce(
            output,
            parameters=asked,
            inputs={"corpus": corpus.key},
            plan=lambda: {"shard_size": engine.resources.shard_size},
        ) as job,
        decoded_text(engine, workspace, corpus) as decoded,
    ):
        compile_joining()
        shards = plan_corpus_shards(corpus, decoded, job.plan["shard_size"], parts=True)
        learning = Learning(job, shards, CorpusParameters.from_dict(corpus.parameters), decoded, parameters)
        passes = 0
        while passes < parameters.phrases:
            passes += 1
            if not learning.walk(passes):
                break
        facts = learning.facts | (skipped := learning.skipped)
        if skipped:
            job.note("skipped " + "; ".join(told(skipped["skipped"])))
        return job.finish(facts=facts, drop=("invalid", *learning.scaffolding))


class Learning:
    """The passes over a text.

    Parameters
    ----------
    job, shards, corpus, decoded
        The text, and what works on it.
    parameters
        Of the phrases.
    """

    def __init__(
        self,
        job: Job,
        shards: Sequence[Shard],
        corpus: CorpusParameters,
        decoded: Output | None,
        parameters: VocabularyParameters,
    ) -> None:
        self._job, self._shards, self._corpus, self._decoded = job, shards, corpus, decoded
        self._delimiter = parameters.phrase_delimiter
        self._scoring = Scoring(parameters.phrase_threshold, parameters.phrase_discount, parameters.phrase_scoring)
        self._learned: Learned | None = None
        # Shards are lost in the first reading or not at all: each later one has to meet what that one met.
        self._lost = losses(corpus)
        self.facts: dict[str, Any] = {}
        self.scaffolding: list[str] = []

    @property
    def skipped(self) -> dict[str, Any]:
        """What later stages have to know of shards that were lost."""
        crossing = crossing_of_lost(self._job.output, numbers_of(self._lost))
        return facts_of_skipped(skipped_shards(self._shards, self._lost), self._job.plan["shard_size"], crossing)

    def walk(self, number: int) -> int:
        """One pass; how many phrases it found."""
        job, folder = self._job, f"pass-{number}/"
        first = {"lost": self._lost} if number == 1 else {"gone": numbers_of(self._lost)}
        scanned = scan(job, self._shards, self._corpus, self._decoded, self._learned, folder, **first)
        tokens = totals(scanned)["used"]
        merged = merge(job, scanned, VocabularyParameters(self._scoring.least), WordLists({}), folder)
        words = choose(job, merged, None, folder)
        counted = self._count(folder, words, tokens)
        ranges = self._merge(folder, counted, words, tokens)
        chosen = self._choose(number, ranges, words)
        found, block = chosen.facts["phrases"], f"{BLOCKS}/{number}"
        self.scaffolding += [f"pass-{number}", *([self._learned.block] if self._learned is not None else [])]
        self._learned = Learned(job.output, block, self._delimiter, chosen.facts["size"], chosen.facts["text_bytes"])
        self.facts = {
            **chosen.facts,
            "passes": number,
            "tokens": [*self.facts.get("tokens", []), tokens],
            "distinct_pairs": [*self.facts.get("distinct_pairs", []), total(ranges, "distinct")],
        }
        return int(found[-1])

    def _count(self, folder: str, words: Manifest, tokens: int) -> list[Manifest]:
        job, output, corpus = self._job, self._job.output, self._corpus
        gone = numbers_of(self._lost)
        invalid = find_invalid_documents(job, self._shards, corpus, self._decoded, gone=gone)
        remove_incomplete(job.engine, output, f"{folder}pairs")
        names = [f"{folder}pairs/{number:05d}" for number in range(len(self._shards))]
        projected = projected_count(words.facts["size"], words.facts["text_bytes"], corpus.held_out > 0, corpus.lean)
        rest = (corpus, self._decoded)
        counted = job.run(
            f"phrases: {folder}pairs",
            count_pairs,
            {
                name: (output, name, words.name, tokens, self._scoring, shard, *rest, bad, self._learned)
                for at, (name, shard, bad) in enumerate(zip(names, self._shards, invalid, strict=True))
                if at not in gone
            },
            projected_bytes=projected + projected_joining(self._learned),
            unit="bytes",
            weights={name: shard.size for name, shard in zip(names, self._shards, strict=True)},
            places={name: shard.where for name, shard in zip(names, self._shards, strict=True)},
        )
        return list(counted.values())

    def _merge(self, folder: str, counted: Sequence[Manifest], words: Manifest, tokens: int) -> list[Manifest]:
        job, engine = self._job, self._job.engine
        blocks = tuple(name for manifest in counted for name in (*manifest.facts["parts"], manifest.name))
        pairs = np.zeros(BUCKETS, np.int64)
        for block in blocks:
            pairs += np.diff(read_packed(job.output, block, "before")["before"])
        ranges = bucket_ranges(pairs, most_merged_pairs(engine.allowed_bytes, engine.workers, int(pairs.sum())))
        names = {f"{folder}ranges/{first:04d}-{last:04d}": (first, last) for first, last in ranges}
        most = max(int(pairs[first:last].sum()) for first, last in ranges)
        merged = job.run(
            f"phrases: {folder}merge pairs",
            merge_pairs,
            {
                name: (job.output, name, blocks, first, last, words.name, tokens, self._scoring)
                for name, (first, last) in names.items()
            },
            projected_bytes=projected_merge(most, words.facts["size"]),
            unit="pairs",
            weights={name: int(pairs[first:last].sum()) for name, (first, last) in names.items()},
        )
        return list(merged.values())

    def _choose(self, number: int, ranges: Sequence[Manifest], words: Manifest) -> Manifest:
        job, name = self._job, f"{BLOCKS}/{number}"
        before = self._learned.block if self._learned is not None else ""
        found = total(ranges, "phrases")
        phrases = found + sum(self.facts.get("phrases", []))
        names = tuple(block.name for block in ranges)
        chosen = job.run(
            f"phrases: pass-{number}/choose phrases",
            choose_phrases,
            {name: (job.output, name, before, names, words.name, self._delimiter)},
            projected_bytes=projected_choose(phrases, words.facts["size"], words.facts["text_bytes"]),
            unit="phrases",
            weights={name: found},
        )
        return chosen[name]
