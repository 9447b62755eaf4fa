"""Weigh counts: as shifted positive PMI, or as ROOT-CCA."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from dsgns.engine import Engine, Job
from dsgns.parameters import PMIParameters
from dsgns.pmi.plan import projected_block_bytes, projected_fold_bytes, shares
from dsgns.pmi.task import fold_vectors, sum_blocks, weigh_blocks
from dsgns.store import Manifest, Output, Workspace, key_of

VERSION = 2
_SHARES = "share"


def weigh(engine: Engine, workspace: Workspace, counts: Output, parameters: PMIParameters) -> Output:
    """The marginals of the counts under ``parameters``, folded into two vectors (see :mod:`dsgns.pmi.formulas`).

    This is all of the weighting that needs the whole matrix; what reads row blocks of counts after that computes the
    cells as it goes.

    Parameters
    ----------
    engine
        Runs the tasks.
    workspace
        Where the marginals go.
    counts
        Co-occurrence counts.
    parameters
        Transform, smoothing, shift and subsampling.

    Returns
    -------
    Output
        Block ``vectors`` holds ``sums``, ``row`` and ``column``, float64.
    """
    output = workspace.output("marginals", _key(counts, parameters))
    if engine.reuse(output):
        return output
    vocabulary = workspace.output("vocabulary", counts.facts["vocabulary"])
    rows = counts.manifests("rows")
    parts = _shares(rows)
    with engine.produce(output, parameters=parameters.to_dict(), inputs={"counts": counts.key}) as job:
        job.run(
            "marginals: sum",
            sum_blocks,
            {name: (output, counts, vocabulary, parameters, name, sources) for name, sources in parts.items()},
            projected_bytes=projected_block_bytes(_largest(rows), 0, counts.facts["vocabulary_size"]),
            unit="non-zeros",
            weights=_weights(rows, parts),
        )
        made = job.run(
            "marginals: fold",
            fold_vectors,
            {"vectors": (output, counts, vocabulary, parameters, "vectors", list(parts))},
            projected_bytes=projected_fold_bytes(counts.facts["vocabulary_size"]),
        )
        return job.finish({**_facts(counts), "total": made["vectors"].facts["total"]}, drop=(_SHARES,))


def write_ppmi(engine: Engine, workspace: Workspace, counts: Output, parameters: PMIParameters) -> Output:
    """The weighted matrix itself, in the row blocks of the counts.

    Parameters
    ----------
    engine
        Runs the tasks.
    workspace
        Where the matrix goes.
    counts
        Co-occurrence counts.
    parameters
        Transform, smoothing, shift and subsampling.

    Returns
    -------
    Output
        Blocks ``rows/00000``..., float32 CSR, positive cells only.
    """
    output = workspace.output("ppmi", _key(counts, parameters))
    if engine.reuse(output):
        return output
    marginals = weigh(engine, workspace, counts, parameters)
    rows = counts.manifests("rows")
    with engine.produce(output, parameters=parameters.to_dict(), inputs={"counts": counts.key}) as job:
        parts = _shares(rows)
        _take_up(job, parts)
        job.run(
            "ppmi: weigh",
            weigh_blocks,
            {name: (output, counts, marginals, parameters.transform, name, part) for name, part in parts.items()},
            projected_bytes=projected_block_bytes(
                _largest(rows), max(block.facts["nonzeros"] for block in rows.values()), counts.facts["vocabulary_size"]
            ),
            unit="non-zeros",
            weights=_weights(rows, parts),
        )
        nonzeros = sum(output.facts_of(name)["nonzeros"] for name in rows)
        return job.finish({**_facts(counts), "marginals": marginals.key, "nonzeros": nonzeros}, drop=(_SHARES,))


def _shares(rows: dict[str, Manifest]) -> dict[str, list[str]]:
    """The names of the row blocks that each task goes through, by that of the block that ends it."""
    names, cuts = list(rows), shares([block.facts["nonzeros"] for block in rows.values()])
    return {f"{_SHARES}/{number:05d}": names[first:last] for number, (first, last) in enumerate(pairwise(cuts))}


def _weights(rows: dict[str, Manifest], parts: dict[str, list[str]]) -> dict[str, int]:
    return {name: sum(rows[source].facts["nonzeros"] for source in sources) for name, sources in parts.items()}


def _take_up(job: Job, parts: dict[str, list[str]]) -> None:
    """Go on with the row blocks that earlier runs wrote: damaged ones are due again, the others are counted."""
    sound = job.engine.sound(job.output, [source for sources in parts.values() for source in sources])
    for name, sources in parts.items():
        if not sound.keys() >= set(sources):
            job.output.remove(name)
    ended = job.output.manifests(_SHARES)
    counted = {source for name in ended for source in parts.get(name, ())}
    job.found("ppmi: weigh", ended | {name: block for name, block in sound.items() if name not in counted})


def _key(counts: Output, parameters: PMIParameters) -> str:
    weighting = parameters.transform
    if weighting == "sppmi":
        weighting = f"cds{parameters.cds:g}-k{parameters.shift:g}"
    readable = f"{weighting}-t{parameters.subsample:g}"
    return key_of(readable, VERSION, counts=counts.key, parameters=parameters.ingredients())


def _facts(counts: Output) -> dict[str, Any]:
    """What every output made of counts says of where it is from."""
    known = counts.facts
    return {"counts": counts.key, **{name: known[name] for name in ("vocabulary_size", "vocabulary", "tokens", "grid")}}


def _largest(rows: dict[str, Manifest]) -> int:
    """Bytes of the largest row block once it is read."""
    return max(sum(array["bytes"] for array in block.arrays.values()) for block in rows.values())
