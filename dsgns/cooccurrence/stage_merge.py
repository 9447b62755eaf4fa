"""Add counts up, or take some away, over their united vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsgns.cooccurrence.addends import Addend, origins_of, require_same_rule
from dsgns.cooccurrence.estimate import expected_nonzeros
from dsgns.cooccurrence.memory import projected_rows_bytes
from dsgns.cooccurrence.plan_merge import MergePlan, group_blocks, plan_merge
from dsgns.cooccurrence.spill import SpillRecord
from dsgns.cooccurrence.stage_reduce import RowGrid, merge_spills, require_merge
from dsgns.cooccurrence.task_rows import settle_block, spill_rows
from dsgns.cooccurrence.varint import LARGEST_GAP
from dsgns.cooccurrence.weights import window_weights
from dsgns.engine import Engine, Job
from dsgns.errors import CorruptBlockError, MergeError
from dsgns.parameters import CountsParameters
from dsgns.store import Output, Workspace, key_of
from dsgns.store.packed import read_packed
from dsgns.vocabulary.plan import projected_unite
from dsgns.vocabulary.task_unite import map_words

VERSION = 1


def merge_counts(engine: Engine, workspace: Workspace, addends: Sequence[Addend], vocabulary: Output) -> Output:
    """The sums of counts, cell by cell, as exact integers in CSR row blocks; no text is read.

    They are the counts of all texts as one where no text had words left out that the united vocabulary has; the
    ``losses`` among the facts tell. Then row blocks too are the ones that counting the joined text makes.

    Parameters
    ----------
    engine
        Runs the tasks.
    workspace
        Where the sums go.
    addends
        What to add and to take away, of any workspaces.
    vocabulary
        Theirs, united.

    Raises
    ------
    MergeError
        If the counts were made by different rules, a text is among them twice, or more is taken away than there is.
    MemoryPromiseError
        If a task does not fit.
    """
    require_same_rule(addends)
    origins, rule = origins_of(addends), addends[0].counts.parameters
    named = sorted([addend.counts.key, addend.sign] for addend in addends)
    readable = f"w{rule['window']}-{rule['weighting']}-of" if "window" in rule else "of"
    output = workspace.output(
        "counts", key_of(f"{readable}{len(addends)}", VERSION, counts=named, vocabulary=vocabulary.key)
    )
    if engine.reuse(output):
        return output
    columns = vocabulary.facts["size"] + vocabulary.facts["gone"]
    if columns > LARGEST_GAP:
        raise MergeError(f"The united vocabulary has {columns:,} words; merging takes up to {LARGEST_GAP:,}.")
    inputs = {"vocabulary": vocabulary.key}
    with engine.produce(output, parameters=rule, inputs=inputs, plan=lambda: {"allowed": engine.allowed_bytes}) as job:
        maps = _map(job, addends, vocabulary)
        plan = _plan(output, addends, maps, vocabulary, job.plan["allowed"])
        bounds = [*plan.grid[:-1], columns]
        grid = RowGrid(bounds, plan.row_names(), plan.expected, columns)
        sound = engine.sound(output, grid.names)
        missing = [name for name in grid.names if name not in sound]
        if missing:
            require_merge(engine, grid, len(plan.groups))
            records = _spill(job, addends, maps, plan, bounds)
            merge_spills(job, grid, records, missing, task=settle_block, more=(vocabulary,))
        return job.finish(
            {**_totals(output, addends, grid.names), **origins, "grid": plan.grid}
            | {"vocabulary": vocabulary.key, "vocabulary_size": vocabulary.facts["size"], "tokens": None}
            | {"losses": _losses(output, addends, maps, vocabulary)},
            drop=("spill", "map"),
        )


def _map(job: Job, addends: Sequence[Addend], vocabulary: Output) -> list[str]:
    """The names of the blocks that say which word of the sum each word of an addend is."""
    parts = {f"map/{number:05d}": addend.vocabulary for number, addend in enumerate(addends)}
    facts = [vocabulary.facts, *(part.facts for part in parts.values())]
    words, size = (max(fact[name] for fact in facts) for name in ("size", "text_bytes"))
    job.run(
        "counts: find words",
        map_words,
        {name: (job.output, name, vocabulary, part) for name, part in parts.items()},
        projected_bytes=projected_unite(2 * words, 2 * size),
        unit="words",
        weights={name: part.facts["size"] for name, part in parts.items()},
    )
    return list(parts)


def _plan(
    output: Output, addends: Sequence[Addend], maps: Sequence[str], vocabulary: Output, allowed_bytes: int
) -> MergePlan:
    """The row blocks of the sum, and what each task spills; the same whenever it is asked for."""
    rule, size = addends[0].counts.parameters, vocabulary.facts["size"]
    groups = [
        (number, group)
        for number, addend in enumerate(addends)
        for group in group_blocks(addend.counts.manifests("rows"), size + vocabulary.facts["gone"], allowed_bytes)
    ]
    if "window" not in rule:
        return plan_merge(_row_nonzeros(output, addends, maps, size), groups)
    words = vocabulary.read("words", "counts")["counts"]
    window_weights(CountsParameters(**rule)).require_exact(int(words.max()))
    return plan_merge(expected_nonzeros(words, rule["window"]), groups)


def _row_nonzeros(output: Output, addends: Sequence[Addend], maps: Sequence[str], size: int) -> np.ndarray:
    """The most non-zeros that each row of the sum can have, shape (size,), float64."""
    most = np.zeros(size)
    for addend, name in zip(addends, maps, strict=True):
        ids = read_packed(output, name)["ids"]
        for block, manifest in addend.counts.manifests("rows").items():
            start, stop = manifest.facts["start"], manifest.facts["stop"]
            cells = np.diff(addend.counts.read_slice(block, "indptr", 0, stop - start + 1))
            there = ids[start:stop] < size
            most[ids[start:stop][there]] += cells[there]
    return np.minimum(most, size)


def _spill(
    job: Job, addends: Sequence[Addend], maps: Sequence[str], plan: MergePlan, bounds: list[int]
) -> dict[str, SpillRecord]:
    """Spill the row blocks of all addends; what the files hold, by name."""
    items, cells, largest = {}, {}, 0
    for name, (number, blocks) in zip(plan.spill_names(), plan.groups, strict=True):
        addend = addends[number]
        sizes = [addend.counts.facts_of(block)["nonzeros"] for block in blocks]
        cells[name], largest = sum(sizes), max(largest, *sizes)
        items[name] = (job.output, name, addend.counts, blocks, maps[number], addend.sign, bounds)
    manifests = job.run(
        "counts: spill",
        spill_rows,
        items,
        projected_bytes=projected_rows_bytes(bounds[-1], max(cells.values()), largest),
        unit="non-zeros",
        weights=cells,
    )
    return {name: SpillRecord(**manifest.facts) for name, manifest in manifests.items()}


def _totals(output: Output, addends: Sequence[Addend], names: Sequence[str]) -> dict[str, int]:
    """Non-zeros and sum of all cells, and the scale; no count was lost.

    Raises
    ------
    CorruptBlockError
        If the sums do not close.
    """
    rows = [output.facts_of(name) for name in names]
    total, expected = sum(row["total"] for row in rows), sum(each.sign * each.counts.facts["total"] for each in addends)
    if total != expected:
        raise CorruptBlockError(
            f"counts/{output.key}: the cells sum to {total:,}, those that were merged to {expected:,}. Remove what was "
            "merged and make it again."
        )
    return {
        "scale": addends[0].counts.facts["scale"],
        "nonzeros": sum(row["nonzeros"] for row in rows),
        "total": total,
    }


def _losses(output: Output, addends: Sequence[Addend], maps: Sequence[str], vocabulary: Output) -> list[dict[str, Any]]:
    """Of each addend whose text may have had words left out that the sum has: how many, and of how many tokens."""
    size, losses = vocabulary.facts["size"], []
    for addend, name in zip(addends, maps, strict=True):
        known = int(np.count_nonzero(read_packed(output, name)["ids"] < size))
        words = addend.vocabulary.facts
        lost = words.get("used", words["total"]) - words["total"]
        fixed = words.get("fixed") is not None and words.get("fixed") == vocabulary.facts.get("fixed")
        if lost and known < size and not fixed:
            losses.append({"counts": addend.place, "words": size - known, "tokens": lost, "of": words["used"]})
    return losses + [loss for addend in addends for loss in addend.counts.facts.get("losses", ())]
