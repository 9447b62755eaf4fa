"""Count co-occurrences: spill every token shard, then merge every row block."""

from __future__ import annotations

from itertools import pairwise

from dsgns.cooccurrence.memory import (
    projected_reduce_bytes,
    projected_spill_bytes,
    run_capacity,
    spill_capacity,
    window_bytes,
)
from dsgns.cooccurrence.plan import CountsPlan, likely_nonzeros, padded_slots, plan_counts
from dsgns.cooccurrence.spill import SpillRecord, row_blocks
from dsgns.cooccurrence.task_reduce import reduce_block
from dsgns.cooccurrence.task_spill import spill_shard
from dsgns.cooccurrence.varint import LARGEST_GAP
from dsgns.cooccurrence.weights import window_weights
from dsgns.engine import Engine, Job
from dsgns.errors import CorruptBlockError, ParameterError
from dsgns.parameters import CountsParameters
from dsgns.store import Output, Workspace, key_of

VERSION = 1
_WINDOWS_SHARE = 4  # of what a task may use, a quarter holds the streams being merged


def count_cooccurrences(engine: Engine, workspace: Workspace, tokens: Output, parameters: CountsParameters) -> Output:
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
    words = workspace.output("vocabulary", facts["vocabulary"]).read("words", "counts")["counts"]
    weights.require_exact(int(words.max(initial=0)))
    if vocabulary_size > LARGEST_GAP:
        raise ParameterError(f"The vocabulary has {vocabulary_size:,} words; counting takes up to {LARGEST_GAP:,}.")
    slots = padded_slots(facts, parameters.window)
    room = spill_capacity(vocabulary_size, engine.allowed_bytes)

    def plan() -> dict[str, object]:
        return plan_counts(words, parameters.window, facts["ids"], slots, room, engine.workers).to_dict()

    with engine.produce(output, parameters=parameters.to_dict(), inputs={"tokens": tokens.key}, plan=plan) as job:
        made = CountsPlan(**job.plan)
        if len(engine.sound(output, made.row_names())) < len(made.row_names()):
            capacity = run_capacity(slots, len(made.spill_names()), room)
            _require_merge(engine, made, vocabulary_size)
            records = _spill(job, tokens, parameters, made, vocabulary_size, capacity)
            _merge(job, made, records, vocabulary_size)
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
            drop=("spill",),
        )


def _require_merge(engine: Engine, plan: CountsPlan, vocabulary_size: int) -> None:
    """Refuse a merge that is not going to fit before anything is spilled for it."""
    streams = len(plan.spill_names())
    window = window_bytes(streams, engine.allowed_bytes // _WINDOWS_SHARE)
    largest = likely_nonzeros(max(plan.expected))
    engine.require("counts: merge", projected_reduce_bytes(vocabulary_size, largest, streams, window))


def _spill(
    job: Job, tokens: Output, parameters: CountsParameters, plan: CountsPlan, vocabulary_size: int, capacity: int
) -> dict[str, SpillRecord]:
    """Count every shard; what the spill files hold, by name."""
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
            f"counts/{job.output.key}: {counted:,} tokens were counted, but tokens/{tokens.key} says it holds "
            f"{expected:,}. Delete both and run the same command again."
        )
    return records


def _merge(job: Job, plan: CountsPlan, records: dict[str, SpillRecord], vocabulary_size: int) -> None:
    """Merge every row block that is not there yet."""
    streams = sum(len(record.offsets) for record in records.values())
    window = window_bytes(streams, job.engine.allowed_bytes // _WINDOWS_SHARE)
    blocks = row_blocks(plan.grid, plan.row_names(), records)
    likely = [
        likely_nonzeros(expected, [record.nonzeros[block] for record in records.values()])
        for block, expected in enumerate(plan.expected)
    ]
    job.run(
        "counts: merge",
        reduce_block,
        {block.name: (job.output, vocabulary_size, block, window) for block in blocks},
        projected_bytes=projected_reduce_bytes(vocabulary_size, max(likely), streams, window),
        unit="non-zeros",
        weights=dict(zip(plan.row_names(), likely, strict=True)),
    )
