"""Weigh counts: as shifted positive PMI, or as ROOT-CCA."""

from __future__ import annotations

from typing import Any

from dsgns.engine import Engine
from dsgns.parameters import PMIParameters
from dsgns.pmi.plan import projected_block_bytes, projected_fold_bytes
from dsgns.pmi.task import fold_vectors, ppmi_block, sum_block
from dsgns.store import Manifest, Output, Workspace, key_of

VERSION = 2


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
    sums = {name.replace("rows", "sums", 1): name for name in rows}
    with engine.produce(output, parameters=parameters.to_dict(), inputs={"counts": counts.key}) as job:
        job.run(
            "marginals: sum",
            sum_block,
            {name: (output, counts, vocabulary, parameters, name, source) for name, source in sums.items()},
            projected_bytes=projected_block_bytes(_largest(rows), 0, counts.facts["vocabulary_size"]),
            unit="non-zeros",
            weights={name: rows[source].facts["nonzeros"] for name, source in sums.items()},
        )
        made = job.run(
            "marginals: fold",
            fold_vectors,
            {"vectors": (output, counts, vocabulary, parameters, "vectors", list(sums))},
            projected_bytes=projected_fold_bytes(counts.facts["vocabulary_size"]),
        )
        return job.finish({**_facts(counts), "total": made["vectors"].facts["total"]}, drop=("sums",))


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
        made = job.run(
            "ppmi: weigh",
            ppmi_block,
            {name: (output, counts, marginals, parameters.transform, name) for name in rows},
            projected_bytes=projected_block_bytes(
                _largest(rows), max(block.facts["nonzeros"] for block in rows.values()), counts.facts["vocabulary_size"]
            ),
            unit="non-zeros",
            weights={name: block.facts["nonzeros"] for name, block in rows.items()},
        )
        nonzeros = sum(block.facts["nonzeros"] for block in made.values())
        return job.finish({**_facts(counts), "marginals": marginals.key, "nonzeros": nonzeros})


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
