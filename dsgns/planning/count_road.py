"""The count road: co-occurrences, their marginals, and the SVD."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from dsgns import rates
from dsgns.cooccurrence import memory as counting
from dsgns.cooccurrence.panels import panels_pay, plan_panels, projected_panel_bytes
from dsgns.cooccurrence.plan import CountsPlan, likely_nonzeros, padded_slots, plan_counts
from dsgns.cooccurrence.weights import window_weights
from dsgns.planning.setting import Setting, StagePlan
from dsgns.pmi.plan import projected_block_bytes, projected_fold_bytes, shares
from dsgns.svd import plan as factorizing

_CELL_BYTES = 12


def _slots(setting: Setting) -> int:
    """Of the padded token stream."""
    return padded_slots({"ids": setting.ids, "tokens": setting.known.used}, setting.parameters.counts.window)


def _room(setting: Setting) -> int:
    """Slots that a task counting a shard may hold."""
    return counting.spill_capacity(setting.words, setting.allowed("counts"))


def _cut(setting: Setting) -> CountsPlan:
    """How counting would be cut up."""
    window, slots = setting.parameters.counts.window, _slots(setting)
    return plan_counts(setting.counts, window, setting.ids, slots, _room(setting), setting.workers)


def counts(setting: Setting) -> StagePlan:
    """Counting co-occurrences: panel by panel, or shard by shard and merging them block by block."""
    plan, slots, nonzeros = _cut(setting), _slots(setting), setting.nonzeros
    window, bits = setting.parameters.counts.window, math.log2(window_weights(setting.parameters.counts).scale)
    allowed, unused = setting.allowed("counts"), rates.UNUSED["counts"]
    occurring, writing = rates.COUNT_TOKEN * setting.known.used, rates.WRITE_CELL * nonzeros
    disk = round((rates.COUNT_BYTES + rates.COUNT_BIT * bits) * nonzeros)
    panels = plan_panels(plan, plan.row_names(), setting.counts, window, setting.workers)
    promised = projected_panel_bytes(panels, setting.words, slots)
    if panels_pay(setting.workers, promised, allowed):
        reading = rates.READ_TOKEN * setting.ids * (len(panels) - 1)
        seconds = setting.seconds(occurring + writing + reading, len(panels))
        return setting.stage("counts", len(panels), promised, promised - unused, disk, 0, seconds)
    shards, blocks = len(plan.spill_names()), len(plan.row_names())
    streams = counting.window_bytes(shards, allowed // 4)
    promised = max(
        counting.projected_spill_bytes(setting.words, counting.run_capacity(slots, shards, _room(setting))),
        counting.projected_reduce_bytes(setting.words, likely_nonzeros(max(plan.expected)), shards, streams),
    )
    # Each shard has a pair once however often it holds it: cells grow as tokens to the power .7, so many
    # shards have more of them together.
    spilled = nonzeros * shards**0.3
    seconds = setting.seconds(occurring, shards) + setting.seconds(writing + rates.SPILL_CELL * spilled, blocks)
    passing = round((rates.SPILL_BYTES + rates.SPILL_BIT * bits) * spilled)
    return setting.stage("counts", shards + blocks, promised, promised - unused, disk, passing, seconds)


def marginals(setting: Setting) -> StagePlan:
    """Row sums, and what follows from them."""
    expected, words = _cut(setting).expected, setting.words
    block = projected_block_bytes(_CELL_BYTES * max(expected), 0, words)
    promised = max(block, projected_fold_bytes(words))
    likely = promised - rates.UNUSED["marginals"]
    tasks = len(shares(expected)) - 1
    seconds = setting.seconds(rates.WEIGH_CELL * setting.nonzeros, tasks)
    return setting.stage("marginals", tasks + 1, promised, likely, 24 * words, 0, seconds)


def svd(setting: Setting) -> StagePlan:
    """Packing the matrix, and multiplying with it again and again."""
    asked, counted, words, nonzeros = setting.parameters.svd, _cut(setting), setting.words, setting.nonzeros
    expected = counted.expected
    plan = factorizing.plan_svd(asked, words, expected, setting.allowed("svd"), setting.workers)
    bands, size, width = list(pairwise(plan.bands)), asked.vector_size, plan.width
    multiplied = factorizing.projected_multiply_bytes(words, max(high - low for low, high in bands))
    writing = factorizing.projected_write_bytes(width, size)
    others = max(
        factorizing.projected_pack_bytes(max(expected), int(np.diff(counted.grid).max()), words),
        factorizing.projected_gram_bytes(width),
        factorizing.projected_solve_bytes(width),
        factorizing.projected_combine_bytes(width, width),
    )
    likely = max(multiplied - rates.UNUSED["products"], others - rates.UNUSED["svd"])
    positive, sides = (rates.POSITIVE, 2) if setting.parameters.pmi.transform == "sppmi" else (1.0, 1)
    # Once for a start, and twice for each iteration and for the first basis where that is drawn at random.
    passes = 2 * asked.power_iterations + (asked.init is None)
    products = (passes + 1) * (len(plan.runs) - 1) * len(bands)
    flops = 2 * passes * positive * nonzeros * width
    panels, blocks = len(plan.panels) - 1, len(plan.blocks) - 1
    algebra = asked.power_iterations * (2 * panels + 1) + 2 * panels + 2 + 2 * blocks + 1
    dense = rates.DENSE_FLOP * dense_flops(words, width, asked.power_iterations)
    seconds = setting.seconds(rates.PACK_CELL * nonzeros * sides / 2, len(expected))
    seconds += setting.seconds(rates.MULTIPLY_FLOP * flops, products) + setting.seconds(dense, algebra)
    disk = factorizing.projected_disk_bytes(words, round(positive * nonzeros), width, size, sides)
    done, passing = disk["done"], disk["running"] - disk["done"]
    tasks = len(expected) + products + algebra
    return setting.stage("svd", tasks, max(multiplied, others, writing), likely, done, passing, seconds)


def dense_flops(words: int, width: int, iterations: int) -> int:
    """Of the dense algebra of an SVD, about: a Gram matrix and a basis an iteration, and at the end six times that."""
    return (2 * iterations + 12) * words * width**2
