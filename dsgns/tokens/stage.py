"""From text to ids: encode the shards, and make sure that no token was lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dsgns.corpus.kernels_documents import FILTERED, HELD_OUT, USED
from dsgns.corpus.ledger import total_readings
from dsgns.corpus.report import counted_rows, require_same, require_whole, seen_in_bytes
from dsgns.corpus.shards import Shard, projected_ledgers
from dsgns.corpus.skipping import shard_size_of, sizes_without, skipped_before, without
from dsgns.corpus.sources import require_unchanged
from dsgns.corpus.stage import (
    decoded_text,
    find_invalid_documents,
    forms_of,
    plan_corpus_shards,
    remove_incomplete,
    sources_of,
)
from dsgns.engine import Engine, Job
from dsgns.parameters import CorpusParameters
from dsgns.phrases.plan import projected_joining
from dsgns.phrases.stream import Learned
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.tokens.account import write_account
from dsgns.tokens.conservation import conservation, require_conservation
from dsgns.tokens.plan import projected_encode
from dsgns.tokens.task import encode_shard

VERSION = 1


def encode_tokens(engine: Engine, workspace: Workspace, corpus: Output, vocabulary: Output) -> Output:
    """The corpus as ids, on a grid of blocks that later stages need not know.

    The decoded text of compressed sources is thrown away once all of it is encoded.

    Raises
    ------
    CorpusError
        If the text has changed since the vocabulary was counted.
    """
    output = workspace.output("tokens", key_of(vocabulary.key, VERSION, corpus=corpus.key, vocabulary=vocabulary.key))
    if engine.reuse(output):
        return output
    parameters, words = CorpusParameters.from_dict(corpus.parameters), vocabulary.facts
    learned = _learned(workspace, vocabulary)
    projected = projected_encode(words["size"], words["text_bytes"], parameters.held_out > 0, parameters.lean)
    projected += projected_joining(learned)
    with (
        engine.produce(
            output,
            parameters=corpus.parameters,
            inputs={"corpus": corpus.key, "vocabulary": vocabulary.key},
            plan=lambda: {"shard_size": shard_size_of(vocabulary, engine.resources.shard_size)},
        ) as job,
        decoded_text(engine, workspace, corpus) as decoded,
    ):
        planned = plan_corpus_shards(corpus, decoded, job.plan["shard_size"], parts=learned is not None)
        shards = without(planned, skipped_before(vocabulary).skipped)
        encoded = _encode(job, vocabulary, shards, parameters, decoded, learned, projected)
        read = _account(job, corpus, vocabulary, encoded, decoded)
        require_unchanged(sources_of(corpus))
        job.finish(
            facts={"left_out": words.get("left_out"), **read, **_facts(encoded, vocabulary)},
            drop=("invalid",),
        )
        if decoded is not None:
            decoded.remove("")
        return output


def _learned(workspace: Workspace, vocabulary: Output) -> Learned | None:
    """The phrases that are words of a vocabulary."""
    key = vocabulary.inputs.get("phrases")
    return Learned.of(workspace.output("phrases", key)) if key else None


def _encode(
    job: Job,
    vocabulary: Output,
    shards: Sequence[Shard],
    parameters: CorpusParameters,
    decoded: Output | None,
    learned: Learned | None,
    projected: int,
) -> list[Manifest]:
    output = job.output
    crossing = skipped_before(vocabulary).crossing
    invalid = find_invalid_documents(job, shards, parameters, decoded, crossing=crossing)
    remove_incomplete(job.engine, output, "ids", ledgers=True)
    names = [f"ids/{number:05d}" for number in range(len(shards))]
    encoded = job.run(
        "tokens: encode",
        encode_shard,
        {
            name: (output, name, vocabulary, shard, parameters, decoded, bad, learned)
            for name, shard, bad in zip(names, shards, invalid, strict=True)
        },
        projected_bytes=projected + projected_ledgers(shards),
        unit="bytes",
        weights={name: shard.size for name, shard in zip(names, shards, strict=True)},
        places={name: shard.where for name, shard in zip(names, shards, strict=True)},
    )
    return list(encoded.values())


def _account(
    job: Job, corpus: Output, vocabulary: Output, encoded: Sequence[Manifest], decoded: Output | None
) -> dict[str, Any]:
    """Where everything went, once it is proven to be all there is."""
    sources = sources_of(corpus)
    read = total_readings(job.output, [block.name for block in encoded], len(sources))
    forms, counted = forms_of(sources, decoded), counted_rows(vocabulary, read)
    skipped = skipped_before(vocabulary).skipped
    require_whole(sizes_without(forms["sizes"], skipped), read, sources)
    require_same(counted, read, sources)
    tokens = conservation(encoded)
    require_conservation(tokens, vocabulary.facts)
    broken = (decoded.facts.get("skipped") or []) if decoded is not None else []
    # Pages and records of shards that were skipped were decoded all the same; what broke off may end within one.
    by_line = corpus.parameters["document"] == "line" and not (skipped or broken)
    return {
        **({"skipped": [*broken, *skipped]} if corpus.parameters.get("skip_bad_shards") else {}),
        "conservation": tokens,
        "account": write_account(job.output, sources, read, counted, forms, by_line),
        **{name: decoded.facts.get(name) if decoded is not None else None for name in ("pages", "records")},
        **seen_in_bytes(read, sources),
    }


def _facts(encoded: Sequence[Manifest], vocabulary: Output) -> dict[str, Any]:
    lengths = [block.arrays["ids"]["shape"][0] for block in encoded]
    held_out_lengths = [block.arrays["held_out"]["shape"][0] for block in encoded]
    documents = np.sum([block.facts["documents"] for block in encoded], axis=0)
    return {
        "ids": sum(lengths),
        "held_out_ids": sum(held_out_lengths),
        "block_ids": lengths,
        "block_held_out_ids": held_out_lengths,
        "tokens": sum(block.facts["used"] for block in encoded),
        "documents": int(documents[USED]),
        "held_out_documents": int(documents[HELD_OUT]),
        "filtered_documents": int(documents[FILTERED]),
        "vocabulary": vocabulary.key,
        "vocabulary_size": vocabulary.facts["size"],
    }
