"""The stages' own arithmetic on estimates, in place of what earlier stages would have found."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from dsgns import rates
from dsgns.cooccurrence import memory as counting
from dsgns.cooccurrence.panels import panels_pay, plan_panels, projected_panel_bytes
from dsgns.cooccurrence.plan import CountsPlan, likely_nonzeros, padded_slots, plan_counts
from dsgns.cooccurrence.weights import window_weights
from dsgns.corpus.plan import projected_decode, projected_reader
from dsgns.corpus.tokenizers import BUILT_IN
from dsgns.engine import allowed_bytes, local_workers
from dsgns.extrapolation import Extrapolation
from dsgns.parameters import Resources, SGNSParameters
from dsgns.pipeline import TrainParameters
from dsgns.pmi.plan import projected_block_bytes, projected_fold_bytes
from dsgns.sgns import plan as training
from dsgns.sgns.grid import row_grid
from dsgns.sgns.noise import keep_probabilities
from dsgns.sgns.schedule import intervals, rounds, rounds_a_checkpoint
from dsgns.svd import plan as factorizing
from dsgns.tokens.plan import projected_encode
from dsgns.vocabulary.plan import MOST_WORDS, most_merged_words, projected_choose, projected_merge, projected_scan

_WORD_BYTES = 9
_CELL_BYTES = 12


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
        Memory that a worker is expected to reach: with text as text usually is.
    held_bytes
        Of that, what it holds when the stage begins.
    projected_bytes
        Memory beyond that which a task is sure to keep to, whatever the text. The stage is refused where this is more
        than a task may use.
    disk_bytes, passing_bytes
        What it leaves on disk, and what lies there besides while it runs.
    seconds
        Of the whole stage.
    """

    stage: str
    tasks: int
    peak_bytes: int
    held_bytes: int
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
        self.known, self.parameters, self.resources = known, parameters, resources
        self.shard_size = resources.shard_size
        self.workers, self.memory_limit = local_workers(resources)
        self.words = known.vocabulary_size

    def under(self, memory_limit: int) -> Planner:
        """The same for workers of another memory limit."""
        return Planner(self.known, self.parameters, replace(self.resources, memory_limit=memory_limit))

    def stages(self, method: str) -> list[StagePlan]:
        """Those of one road or both, in order."""
        made = [self.vocabulary(), self.tokens()]
        made += [self.counts(), self.marginals(), self.svd()] if method != "sgns" else []
        return made + ([self.sgns()] if method != "svd" else [])

    @cached_property
    def ids(self) -> int:
        """Length of the encoded corpus, separators counted."""
        return self.known.used + self.known.documents

    def vocabulary(self) -> StagePlan:
        """Decoding, and counting words."""
        held_out, custom = self._reading()
        sample, distinct = self.known.sample, self.known.distinct
        shards = self._shards(self.shard_size)
        merged = min(most_merged_words(self.allowed("vocabulary"), self.workers, distinct), distinct)
        merges = -(-distinct // merged)
        promised = max(
            projected_scan(held_out, custom),
            projected_merge(merged, merged * _WORD_BYTES),
            projected_choose(self.words, self.words * _WORD_BYTES),
        )
        reading = projected_reader(held_out, custom) - projected_reader(held_out=False, custom=False)
        scanned = rates.SCANNED_WORD * min(distinct, MOST_WORDS) + reading
        likely = rates.READER + max(scanned, rates.MERGED_WORD * merged)
        compressed = [source for source in sample.sources if source.compression]
        if compressed:
            promised, likely = max(promised, projected_decode()), max(likely, rates.DECODER)
        seconds = (rates.SCAN + custom * sample.tokenizing) * sample.text_bytes + rates.MERGE_WORD * distinct
        decoding = sum(rates.DECODE[source.compression] * source.size for source in compressed) * sample.expansion
        kept = round(rates.TEXT_BYTES * sample.expansion * sum(source.size for source in compressed))
        seconds = self._seconds(seconds, shards + merges) + self._seconds(decoding, len(compressed))
        tasks, disk = len(compressed) + shards + merges + 1, rates.VOCABULARY_BYTES * self.words
        return self._stage("vocabulary", tasks, promised, likely, disk, kept, seconds)

    def tokens(self) -> StagePlan:
        """Encoding."""
        held_out, custom = self._reading()
        shards = self._shards(self.shard_size)
        seconds = (rates.ENCODE + custom * self.known.sample.tokenizing) * self.known.sample.text_bytes
        promised = projected_encode(self.words, self.words * _WORD_BYTES, held_out, custom)
        likely, disk = promised - rates.UNUSED["tokens"], rates.TOKEN_BYTES * self.ids
        return self._stage("tokens", shards, promised, likely, disk, 0, self._seconds(seconds, shards))

    @cached_property
    def _counting(self) -> tuple[CountsPlan, int]:
        """How counting would be cut up, and the slots of a run."""
        window = self.parameters.counts.window
        slots = padded_slots({"ids": self.ids, "tokens": self.known.used}, window)
        room = counting.spill_capacity(self.words, self.allowed("counts"))
        plan = plan_counts(self.known.counts(), window, self.ids, slots, room, self.workers)
        return plan, counting.run_capacity(slots, len(plan.spill_names()), room)

    @cached_property
    def nonzeros(self) -> int:
        """Of the counts."""
        return self.known.nonzeros(self.parameters.counts.window)

    def counts(self) -> StagePlan:
        """Counting co-occurrences: panel by panel, or shard by shard and merging them block by block."""
        plan, capacity = self._counting
        window, bits = self.parameters.counts.window, math.log2(window_weights(self.parameters.counts).scale)
        allowed, unused = self.allowed("counts"), rates.UNUSED["counts"]
        occurring = rates.COUNT_TOKEN * self.known.used
        writing = rates.WRITE_CELL * self.nonzeros
        disk = round((rates.COUNT_BYTES + rates.COUNT_BIT * bits) * self.nonzeros)
        slots = padded_slots({"ids": self.ids, "tokens": self.known.used}, window)
        panels = plan_panels(plan, plan.row_names(), self.known.counts(), window, self.workers)
        promised = projected_panel_bytes(panels, self.words, slots)
        if panels_pay(self.workers, promised, allowed):
            reading = rates.READ_TOKEN * self.ids * (len(panels) - 1)
            seconds = self._seconds(occurring + writing + reading, len(panels))
            return self._stage("counts", len(panels), promised, promised - unused, disk, 0, seconds)
        shards, blocks = len(plan.spill_names()), len(plan.row_names())
        streams = counting.window_bytes(shards, allowed // 4)
        promised = max(
            counting.projected_spill_bytes(self.words, capacity),
            counting.projected_reduce_bytes(self.words, likely_nonzeros(max(plan.expected)), shards, streams),
        )
        # Each shard has a pair once however often it holds it: cells grow as tokens to the power .7, so many
        # shards have more of them together.
        spilled = self.nonzeros * shards**0.3
        seconds = self._seconds(occurring, shards) + self._seconds(writing + rates.SPILL_CELL * spilled, blocks)
        passing = round((rates.SPILL_BYTES + rates.SPILL_BIT * bits) * spilled)
        return self._stage("counts", shards + blocks, promised, promised - unused, disk, passing, seconds)

    def marginals(self) -> StagePlan:
        """Row sums, and what follows from them."""
        plan, _ = self._counting
        blocks = len(plan.row_names())
        block = projected_block_bytes(_CELL_BYTES * max(plan.expected), 0, self.words)
        promised = max(block, projected_fold_bytes(self.words))
        likely = promised - rates.UNUSED["marginals"]
        seconds = self._seconds(rates.WEIGH_CELL * self.nonzeros, blocks)
        return self._stage("marginals", blocks + 1, promised, likely, 24 * self.words, 0, seconds)

    def svd(self) -> StagePlan:
        """Packing the matrix, and multiplying with it again and again."""
        asked, (counted, _) = self.parameters.svd, self._counting
        expected = counted.expected
        plan = factorizing.plan_svd(asked, self.words, expected, self.allowed("svd"), self.workers)
        bands, size, width = list(pairwise(plan.bands)), asked.vector_size, plan.width
        multiplied = factorizing.projected_multiply_bytes(self.words, max(high - low for low, high in bands))
        writing = factorizing.projected_write_bytes(width, size)
        others = max(
            factorizing.projected_pack_bytes(max(expected), int(np.diff(counted.grid).max()), self.words),
            factorizing.projected_gram_bytes(width),
            factorizing.projected_solve_bytes(width),
            factorizing.projected_combine_bytes(width, width),
        )
        likely = max(multiplied - rates.UNUSED["products"], others - rates.UNUSED["svd"])
        positive, sides = (rates.POSITIVE, 2) if self.parameters.pmi.transform == "sppmi" else (1.0, 1)
        # Once for a start, and twice for each iteration and for the first basis where that is drawn at random.
        passes = 2 * asked.power_iterations + (asked.init is None)
        products = (passes + 1) * (len(plan.runs) - 1) * len(bands)
        flops = 2 * passes * positive * self.nonzeros * width
        panels, blocks = len(plan.panels) - 1, len(plan.blocks) - 1
        algebra = asked.power_iterations * (2 * panels + 1) + 2 * panels + 2 + 2 * blocks + 1
        dense = rates.DENSE_FLOP * dense_flops(self.words, width, asked.power_iterations)
        seconds = self._seconds(rates.PACK_CELL * self.nonzeros * sides / 2, len(expected))
        seconds += self._seconds(rates.MULTIPLY_FLOP * flops, products) + self._seconds(dense, algebra)
        disk = factorizing.projected_disk_bytes(self.words, round(positive * self.nonzeros), width, size, sides)
        done, passing = disk["done"], disk["running"] - disk["done"]
        tasks = len(expected) + products + algebra
        return self._stage("svd", tasks, max(multiplied, others, writing), likely, done, passing, seconds)

    def sgns(self) -> StagePlan:
        """Training."""
        asked, words, counts = self.parameters.sgns, self.words, self.known.counts()
        grid, model = row_grid(words, asked.vector_size, asked.replicas), training.model_bytes(words, asked.vector_size)
        seconds = pairs_trained(counts, self.known.used, asked)
        seconds *= (rates.TRAIN_PAIR + rates.TRAIN_NUMBER * asked.vector_size) * rates.EXACT[asked.exact]
        if asked.replicas == 1:
            promised, tasks = training.projected_interval(words, asked, grid), len(intervals(asked, self.ids, words))
            block = round(rates.WRITTEN_BLOCK * training.projected_block(asked, grid))
            likely = model + max(training.training_bytes(words, asked), block)
            kept = min(tasks, 2)
            seconds = seconds / asked.threads + rates.TASK * tasks
        else:
            promised = likely = training.projected_round(counts, self.ids, asked, grid, self.workers)
            turns = rounds(asked, self.ids)
            tasks = sum(len(turn.spans) for turn in turns)
            kept = min(2, -(-len(turns) // rounds_a_checkpoint(asked, self.ids, words)))
            # Of each task of a round, and of each task for each shard.
            sent = sum(len(turn.groups()) for turn in turns) * (3 + 2 * len(grid)) + len(turns) * len(grid)
            seconds = seconds / min(asked.replicas, self.workers) / asked.threads + rates.ROUND_TASK * sent
        return self._stage("sgns", tasks + 2 * len(grid), promised, likely, model, kept * model, seconds)

    def allowed(self, stage: str) -> int:
        """What a task of a stage may use."""
        return allowed_bytes(self.memory_limit, rates.HELD[stage])

    def fits(self, stage: StagePlan) -> bool:
        """Whether the run would begin this stage."""
        return stage.projected_bytes <= self.allowed(stage.stage)

    def _reading(self) -> tuple[bool, bool]:
        """Whether documents are held out, and whether the tokenizer is the user's."""
        asked = self.parameters.corpus
        return asked.held_out > 0, asked.tokenizer not in BUILT_IN

    def _shards(self, size: int) -> int:
        return -(-self.known.sample.text_bytes // size)

    def _seconds(self, work: float, tasks: int) -> float:
        """Wall time of work that is cut into so many tasks."""
        return (work + rates.TASK * tasks) / max(1, min(tasks, self.workers))

    def _stage(
        self, name: str, tasks: int, promised: int, likely: int, disk: int, passing: int, seconds: float
    ) -> StagePlan:
        held = rates.HELD[name]
        peak = held + min(max(likely, rates.READER), promised)
        return StagePlan(name, tasks, peak, held, promised, disk, passing, round(rates.STAGE + seconds, 1))


def dense_flops(words: int, width: int, iterations: int) -> int:
    """Of the dense algebra of an SVD, about: a Gram matrix and a basis an iteration, and at the end six times that."""
    return (2 * iterations + 12) * words * width**2


def pairs_trained(counts: np.ndarray, used: int, parameters: SGNSParameters) -> float:
    """Pairs of rows that meet in training on ``used`` tokens of words with these counts, int64, shape (V,)."""
    kept = float(counts @ keep_probabilities(counts, parameters.sample) / counts.sum())
    return parameters.epochs * used * kept * (parameters.window + 1) * (parameters.negative + 1)
