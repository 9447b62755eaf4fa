"""Count co-occurrences: every row block at one go, or spill every token shard, then merge every row block."""

from __future__ import annotations

from itertools import pairwise

from dsgns.cooccurrence.memory import projected_spill_bytes, run_capacity, spill_capacity
from dsgns.cooccurrence.panels import Panel, panels_pay, plan_panels, projected_panel_bytes
from dsgns.cooccurrence.plan import CountsPlan, padded_slots, plan_counts
from dsgns.cooccurrence.spill import SpillRecord
from dsgns.cooccurrence.stage_reduce import RowGrid, merge_spills, require_merge
from dsgns.cooccurrence.task_count import count_panel
from dsgns.cooccurrence.task_spill import spill_shard
from dsgns.cooccurrence.varint import LARGEST_GAP
from dsgns.cooccurrence.weights import window_weights
from dsgns.engine import Engine, Job
from dsgns.errors import CorruptBlockError, ParameterError
from dsgns.parameters import CountsParameters
from dsgns.store import Manifest, Output, Workspace, key_of

VERSION = 1


def count_cooccurrences(
    engine: Engine, workspace: Workspace, tokens: Output, parameters: CountsParameters, *, spill: bool = False
) -> Output:
    """Symmetric windowed co-occurrence counts of the encoded corpus, in CSR row blocks.

    The counts are the same integers for any number of workers, shards and bytes of memory.

    Parameters
    ----------
    engine
        Runs the tasks.
    workspace
        Where the counts go.
    tokens
        The encoded corpus.
    parameters
        Window and weights.
    spill
        Spill shards and merge them even where a worker could count all that goes into some row blocks at one go.

    Returns
    -------
    Output
        Blocks ``rows/00000``...; its facts say the ``scale`` that every count is to be divided by.

    Raises
    ------
    ParameterError
        If the weights could overflow 64 bits, or the vocabulary is beyond all measure.
    MemoryPromiseError
        If a task does not fit.
    """
    readable = f"w{parameters.window}-{parameters.weighting}"
    output = workspace.output("counts", key_of(readable, VERSION, tokens=tokens.key, parameters=parameters.to_dict()))
    if engine.reuse(output):
        return output
    facts, weights = tokens.facts, window_weights(parameters)
    vocabulary_size = facts["vocabulary_size"]
    vocabulary = workspace.output("vocabulary", facts["vocabulary"])
    words = vocabulary.read("words", "counts")["counts"]
    weights.require_exact(int(words.max(initial=0)))
    if vocabulary_size > LARGEST_GAP:
        raise ParameterError(f"The vocabulary has {vocabulary_size:,} words; counting takes up to {LARGEST_GAP:,}.")
    slots = padded_slots(facts, parameters.window)

    def plan() -> dict[str, object]:
        # Workers are weighed again once the lease is held, and may hold more by then.
        room = spill_capacity(vocabulary_size, engine.allowed_bytes)
        return plan_counts(words, parameters.window, facts["ids"], slots, room, engine.workers).to_dict()

    with engine.produce(output, parameters=parameters.to_dict(), inputs={"tokens": tokens.key}, plan=plan) as job:
        made = CountsPlan(**job.plan)
        sound = engine.sound(output, made.row_names())
        _tell_found(job, made, sound)
        missing = [name for name in made.row_names() if name not in sound]
        if missing:
            panels = plan_panels(made, missing, words, parameters.window, engine.workers)
            projected = projected_panel_bytes(panels, vocabulary_size, slots)
            if not spill and panels_pay(engine.workers, projected, engine.allowed_bytes):
                _count(job, tokens, vocabulary, parameters, panels, slots, projected)
            else:
                grid = RowGrid(made.grid, made.row_names(), made.expected, vocabulary_size)
                require_merge(engine, grid, len(made.spill_names()))
                records = _spill(job, tokens, parameters, made, vocabulary_size, slots)
                merge_spills(job, grid, records, missing, lambda first, last: weights.overflows(words[first:last]))
        rows = [output.facts_of(name) for name in made.row_names()]
        return job.finish(
            {
                "scale": weights.scale,
                "nonzeros": sum(row["nonzeros"] for row in rows),
                "total": sum(row["total"] for row in rows),
                "vocabulary_size": vocabulary_size,
                "vocabulary": facts["vocabulary"],
                "tokens": tokens.key,
                "grid": made.grid,
            },
            drop=("spill", "panel"),
        )


def _tell_found(job: Job, plan: CountsPlan, rows: dict[str, Manifest]) -> None:
    """Have the figures say what earlier runs took for row blocks that are there."""
    panels = job.output.manifests("panel")
    counted = {name for panel in panels.values() for name in panel.facts.get("rows", ())}
    spilled = any(job.output.manifest(name) for name in plan.spill_names())
    job.found(
        "counts: merge" if spilled else "counts: count",
        panels | {name: block for name, block in rows.items() if name not in counted},
    )


def _count(
    job: Job,
    tokens: Output,
    vocabulary: Output,
    parameters: CountsParameters,
    panels: list[Panel],
    slots: int,
    projected_bytes: int,
) -> None:
    """Count every row block that is not there yet."""
    for panel in panels:
        # One of an interrupted run may stand for a row block that has been found damaged since.
        job.output.remove(panel.name)
    job.run(
        "counts: count",
        count_panel,
        {panel.name: (job.output, tokens, vocabulary, parameters, panel, slots) for panel in panels},
        projected_bytes=projected_bytes,
        unit="tokens",
        weights={panel.name: panel.centres for panel in panels},
    )


def _spill(
    job: Job,
    tokens: Output,
    parameters: CountsParameters,
    plan: CountsPlan,
    vocabulary_size: int,
    slots: int,
) -> dict[str, SpillRecord]:
    """Count every shard; what the spill files hold, by name."""
    room = spill_capacity(vocabulary_size, job.engine.allowed_bytes)
    capacity = run_capacity(slots, len(plan.spill_names()), room)
    shards = dict(zip(plan.spill_names(), pairwise(plan.shards), strict=True))
    manifests = job.run(
        "counts: spill",
        spill_shard,
        {name: (job.output, tokens, parameters, name, shard, capacity) for name, shard in shards.items()},
        projected_bytes=projected_spill_bytes(vocabulary_size, capacity),
        unit="tokens",
        weights={name: stop - start for name, (start, stop) in shards.items()},
    )
    records = {name: SpillRecord(**manifest.facts) for name, manifest in manifests.items()}
    counted, expected = sum(record.tokens for record in records.values()), tokens.facts["tokens"]
    if counted != expected:
        raise CorruptBlockError(
            f"counts/{job.output.key}: {counted:,} tokens were counted, but tokens/{tokens.key} is said to hold "
            f"{expected:,}. Delete both and run the same command again."
        )
    return records
