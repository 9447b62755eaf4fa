"""The stages' own arithmetic on estimates, in place of what earlier stages would have found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from dsgns import rates
from dsgns.cooccurrence import memory as counting
from dsgns.cooccurrence.panels import panels_pay, plan_panels, projected_panel_bytes
from dsgns.cooccurrence.plan import CountsPlan, padded_slots, plan_counts
from dsgns.corpus.plan import fitting_shard_size, projected_decode
from dsgns.corpus.tokenizers import BUILT_IN
from dsgns.engine import allowed_bytes, local_workers
from dsgns.extrapolation import Extrapolation
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.pmi.plan import projected_block_bytes, projected_fold_bytes
from dsgns.sgns import plan as training
from dsgns.sgns.grid import row_grid
from dsgns.sgns.noise import keep_probabilities
from dsgns.sgns.schedule import intervals, rounds
from dsgns.svd import plan as factorizing
from dsgns.tokens.plan import projected_encode
from dsgns.vocabulary.plan import most_merged_words, projected_choose, projected_merge, projected_scan

BASELINE = 195 << 20
"""Bytes a worker holds once everything is imported and nothing is done yet."""

_WORD_BYTES = 9
_CELL_BYTES = 12
# Of the buffers for words of megabytes, and for writing.
_ENCODING_UNUSED = 40 << 20


@dataclass(frozen=True)
class StagePlan:
    """What one stage would take.

    Parameters
    ----------
    stage
        Its name.
    tasks
        How many, all steps together.
    peak_bytes
        Memory of a worker at most, if text is as text usually is.
    projected_bytes
        Memory of a task, beyond what a worker holds before any work, that it is sure to keep to.
    disk_bytes, passing_bytes
        What it leaves on disk, and what lies there besides while it runs.
    seconds
        Of the whole stage.
    """

    stage: str
    tasks: int
    peak_bytes: int
    projected_bytes: int
    disk_bytes: int
    passing_bytes: int
    seconds: float


class Planner:
    """The stages' own arithmetic, on estimates in place of what earlier stages would have found.

    Parameters
    ----------
    known
        The corpus.
    parameters
        Of all stages.
    resources
        Of the run.
    """

    def __init__(self, known: Extrapolation, parameters: TrainParameters, resources: Resources) -> None:
        self.known, self.parameters = known, parameters
        self.shard_size = resources.shard_size
        self.workers, self.memory_limit = local_workers(resources)
        self.allowed = allowed_bytes(self.memory_limit, BASELINE)
        self.words = known.vocabulary_size

    @cached_property
    def ids(self) -> int:
        """Length of the encoded corpus, separators counted."""
        return self.known.used + self.known.documents

    def vocabulary(self) -> StagePlan:
        """Decoding, and counting words."""
        held_out, custom = self._reading()
        shards, distinct = self._shards(self.shard_size), self.known.distinct
        merged = min(most_merged_words(self.allowed, self.workers, distinct), distinct)
        merges = -(-distinct // merged)
        peak = max(
            projected_scan(held_out, custom),
            projected_merge(merged, merged * _WORD_BYTES),
            projected_choose(self.words, self.words * _WORD_BYTES),
        )
        compressed = [source for source in self.known.sample.sources if source.compression]
        seconds = rates.SCAN * self.known.sample.text_bytes + rates.MERGE_WORD * distinct
        seconds += custom * self.known.sample.tokenizing * self.known.sample.text_bytes
        decoding = sum(rates.DECODE[source.compression] * source.size for source in compressed)
        decoding *= self.known.sample.expansion
        if compressed:
            peak = max(peak, projected_decode())
        kept = round(rates.TEXT_BYTES * self.known.sample.expansion * sum(source.size for source in compressed))
        disk = rates.VOCABULARY_BYTES * self.words
        parts = self._seconds(seconds, shards + merges) + self._seconds(decoding, len(compressed))
        return self._stage("vocabulary", len(compressed) + shards + merges + 1, peak, disk, kept, parts)

    def tokens(self) -> StagePlan:
        """Encoding."""
        held_out, custom = self._reading()

        def projected(shard: int) -> int:
            return projected_encode(shard, self.words, self.words * _WORD_BYTES, held_out, custom)

        size = fitting_shard_size(self.shard_size, self.allowed, projected)
        shards = self._shards(size)
        seconds = (rates.ENCODE + custom * self.known.sample.tokenizing) * self.known.sample.text_bytes
        peak = projected(min(size, self.known.sample.text_bytes))
        disk = round(rates.TOKEN_BYTES * self.ids)
        made = self._stage("tokens", shards, peak, disk, 0, self._seconds(seconds, shards))
        # What is sure to be enough is for lines without a word: an id for each byte of text.
        likely = projected_encode(0, self.words, self.words * _WORD_BYTES, held_out, custom) - _ENCODING_UNUSED
        return replace(made, peak_bytes=BASELINE + likely + 5 * self.ids // shards)

    @cached_property
    def _counting(self) -> tuple[CountsPlan, int]:
        """How counting would be cut up, and the slots of a run."""
        window = self.parameters.counts.window
        slots = padded_slots({"ids": self.ids, "tokens": self.known.used}, window)
        room = counting.spill_capacity(self.words, self.allowed)
        plan = plan_counts(self.known.counts(), window, self.ids, slots, room, self.workers)
        return plan, counting.run_capacity(slots, len(plan.spill_names()), room)

    @cached_property
    def nonzeros(self) -> int:
        """Of the counts."""
        return self.known.nonzeros(self.parameters.counts.window)

    def counts(self) -> StagePlan:
        """Counting co-occurrences: panel by panel, or shard by shard and merging them block by block."""
        plan, capacity = self._counting
        window, weighting = self.parameters.counts.window, self.parameters.counts.weighting
        counting_tokens = self.known.used * (rates.COUNT_TOKEN + rates.COUNT_PAIR * window)
        writing = rates.WRITE_CELL * self.nonzeros
        disk = round(rates.COUNT_BYTES[weighting] * self.nonzeros)
        slots = padded_slots({"ids": self.ids, "tokens": self.known.used}, window)
        panels = plan_panels(plan, plan.row_names(), self.known.counts(), window, self.workers)
        peak = projected_panel_bytes(panels, self.words, slots)
        if panels_pay(self.workers, peak, self.allowed):
            reading = rates.READ_TOKEN * self.ids * (len(panels) - 1)
            seconds = self._seconds(counting_tokens + writing + reading, len(panels))
            return self._stage("counts", len(panels), peak, disk, 0, seconds)
        shards, blocks = len(plan.spill_names()), len(plan.row_names())
        streams = counting.window_bytes(shards, self.allowed // 4)
        peak = max(
            counting.projected_spill_bytes(self.words, capacity),
            counting.projected_reduce_bytes(self.words, max(plan.expected), shards, streams),
        )
        # Each shard has a pair once however often it holds it: cells grow as tokens to the power .7, so many
        # shards have more of them together.
        spilled = self.nonzeros * shards**0.3
        seconds = self._seconds(counting_tokens, shards)
        seconds += self._seconds(writing + rates.SPILL_CELL * spilled, blocks)
        passing = round(rates.SPILL_BYTES[weighting] * spilled)
        return self._stage("counts", shards + blocks, peak, disk, passing, seconds)

    def marginals(self) -> StagePlan:
        """Row sums, and what follows from them."""
        plan, _ = self._counting
        blocks = len(plan.row_names())
        block = projected_block_bytes(_CELL_BYTES * max(plan.expected), 0, self.words)
        peak = max(block, projected_fold_bytes(self.words))
        seconds = self._seconds(rates.WEIGH_CELL * self.nonzeros, blocks)
        return self._stage("marginals", blocks + 1, peak, 24 * self.words, 0, seconds)

    def svd(self) -> StagePlan:
        """Packing the matrix, and multiplying with it again and again."""
        asked, (counted, _) = self.parameters.svd, self._counting
        expected = counted.expected
        plan = factorizing.plan_svd(asked, self.words, expected, self.allowed, self.workers)
        bands, size = list(pairwise(plan.bands)), asked.vector_size
        peak = max(
            factorizing.projected_pack_bytes(max(expected), int(np.diff(counted.grid).max()), self.words),
            factorizing.projected_multiply_bytes(self.words, max(high - low for low, high in bands)),
            factorizing.projected_gram_bytes(plan.width),
            factorizing.projected_solve_bytes(plan.width),
            factorizing.projected_combine_bytes(plan.width, plan.width),
            factorizing.projected_write_bytes(plan.width, size),
        )
        passes, products = 2 * asked.power_iterations + (asked.init is None), (len(plan.runs) - 1) * len(bands)
        positive, sides = (rates.POSITIVE, 2) if self.parameters.pmi.transform == "sppmi" else (1.0, 1)
        flops = 2 * passes * positive * self.nonzeros * plan.width
        dense = rates.DENSE_CELL * asked.power_iterations * self.words * plan.width
        seconds = self._seconds(rates.PACK_CELL * self.nonzeros * sides / 2, len(expected))
        # Once for a start, and twice for each iteration and for the first basis where that is drawn at random.
        multiplying = products * (passes + 1)
        seconds += self._seconds(rates.MULTIPLY_FLOP * flops + dense, multiplying)
        disk = factorizing.projected_disk_bytes(self.words, round(positive * self.nonzeros), plan.width, size, sides)
        panels, blocks = len(plan.panels) - 1, len(plan.blocks) - 1
        algebra = asked.power_iterations * (2 * panels + 1) + 2 * panels + 2 + 2 * blocks + 1
        tasks = len(expected) + multiplying + algebra
        return self._stage("svd", tasks, peak, disk["done"], disk["running"], seconds + rates.TASK * algebra)

    def sgns(self) -> StagePlan:
        """Training."""
        asked, words = self.parameters.sgns, self.words
        counts = self.known.counts()
        grid = row_grid(words, asked.vector_size, asked.replicas)
        if asked.replicas == 1:
            peak, tasks = training.projected_interval(words, asked, grid), len(intervals(asked, self.ids, words))
        else:
            peak = training.projected_round(counts, self.ids, asked, grid, self.workers)
            tasks = sum(len(turn.spans) for turn in rounds(asked, self.ids))
        kept = float(counts @ keep_probabilities(counts, asked.sample) / counts.sum())
        pairs = asked.epochs * self.known.used * kept * (asked.window + 1) * (asked.negative + 1)
        seconds = pairs * (rates.TRAIN_PAIR + rates.TRAIN_NUMBER * asked.vector_size) * rates.EXACT[asked.exact]
        model = training.model_bytes(words, asked.vector_size)
        side_by_side = min(asked.replicas, self.workers) * asked.threads
        return self._stage(
            "sgns", tasks + 2 * len(grid), peak, model, 2 * model, (seconds + rates.TASK * tasks) / side_by_side
        )

    def _reading(self) -> tuple[bool, bool]:
        """Whether documents are held out, and whether the tokenizer is the user's."""
        asked = self.parameters.corpus
        return asked.held_out > 0, asked.tokenizer not in BUILT_IN

    def _shards(self, size: int) -> int:
        return -(-self.known.sample.text_bytes // size)

    def _seconds(self, work: float, tasks: int) -> float:
        """Wall time of work that is cut into so many tasks."""
        return (work + rates.TASK * tasks) / max(1, min(tasks, self.workers))

    def _stage(self, name: str, tasks: int, projected: int, disk: int, passing: int, seconds: float) -> StagePlan:
        likely = max(projected - rates.UNUSED.get(name, 0), projected // 8)
        return StagePlan(name, tasks, BASELINE + likely, projected, disk, passing, round(rates.STAGE + seconds, 1))
