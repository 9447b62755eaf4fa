"""The two roads under one objective: how near each comes to what SGNS would do with unlimited dimensions."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from dsgns.engine import Engine, Job
from dsgns.errors import ParameterError
from dsgns.evaluation.factors import Factors
from dsgns.evaluation.kernels_objective import CONTEXT_SPPMI, MASS, NOISE, PMI, POSITIVE, SPPMI, N
from dsgns.evaluation.objective import TILE, Regression, RowSample, Score
from dsgns.evaluation.task_compare import ROWS, Question, read_sample, sample_rows, sum_noise, sum_pairs
from dsgns.parameters import PMIParameters
from dsgns.pmi.stage import weigh
from dsgns.store import Manifest, Output, Workspace, key_of

VERSION = 1
CELLS = 5 * 10**9
_OVERHEAD = 64 << 20  # compiling the kernels when nobody has yet, and the buffers of codecs
_SAMPLE = "sample"


def compare(
    engine: Engine,
    workspace: Workspace,
    counts: Output,
    pmi: PMIParameters,
    svd: Output | None,
    sgns: Output,
    *,
    cells: int = CELLS,
    seed: int = 1,
) -> Output:
    """The objective of SGNS, and the regression over PMI - log k, for four kinds of scores.

    See :mod:`dsgns.evaluation.objective` for the objective and its conventions.

    Parameters
    ----------
    counts
        Pairs counted with SGNS's own window: dynamic, of its size.
    pmi
        How the matrix behind ``svd`` is weighed: with ``cds`` equal to SGNS's ``ns_exponent``, ``shift`` to its
        ``negative``, ``subsample`` to its ``sample``.
    svd, sgns
        Completed outputs over the vocabulary of ``counts``; no ``svd`` where SPPMI has no cell above 0.
    cells
        Most scores w . c to compute for each road. If the vocabulary has more pairs of words, the noise term
        is estimated from some of its rows, with a standard error; the rest stays exact.
    seed
        Of the rows drawn then.

    Returns
    -------
    Output
        Its ``facts`` hold ``matrices``: under ``pmi``, ``sppmi``, ``context_sppmi`` (the one that ``svd``
        factorises), ``svd`` if there is one, and ``sgns`` what :meth:`Score.to_dict` says; and ``pairs``, ``observed``,
        ``negative``, ``ns_exponent``, ``sample``, ``vocabulary_size``, ``exact``, ``rows``.

    Raises
    ------
    ParameterError
        If the outputs are of different vocabularies, or ``pmi`` says other than ``sgns``.
    """
    question = _question(engine, workspace, counts, pmi, svd, sgns)
    inputs = {"counts": counts.key, "marginals": question.marginals.key}
    inputs |= {road: factored.key for road, factored in question.roads.items()}
    parameters = {"cells": cells, "seed": seed}
    output = workspace.output("compare", key_of(f"k{question.negative}", VERSION, **inputs, **parameters))
    if engine.reuse(output):
        return output
    with engine.produce(output, parameters=parameters, inputs=inputs) as job:
        return _compare(job, output, question, cells, seed)


def _question(
    engine: Engine, workspace: Workspace, counts: Output, pmi: PMIParameters, svd: Output | None, sgns: Output
) -> Question:
    roads = {"svd": svd, "sgns": sgns} if svd is not None else {"sgns": sgns}
    vocabularies = {output.facts["vocabulary"] for output in (counts, *roads.values())}
    if len(vocabularies) > 1:
        raise ParameterError(f"counts, svd and sgns are of different vocabularies: {', '.join(sorted(vocabularies))}.")
    trained = sgns.parameters
    for ours, theirs in (("cds", "ns_exponent"), ("shift", "negative"), ("subsample", "sample")):
        if getattr(pmi, ours) != trained[theirs]:
            raise ParameterError(
                f"{ours} is {getattr(pmi, ours)!r}; it must equal SGNS's {theirs}, {trained[theirs]!r}."
            )
    return Question(
        counts=counts,
        marginals=weigh(engine, workspace, counts, pmi),
        vocabulary=workspace.output("vocabulary", vocabularies.pop()),
        roads=roads,
        negative=trained["negative"],
        ns_exponent=trained["ns_exponent"],
        sample=trained["sample"],
    )


def _compare(job: Job, output: Output, question: Question, cells: int, seed: int) -> Output:
    summed = _sum_pairs(job, output, question)
    size = question.counts.facts["vocabulary_size"]
    sampling = (question, output, _SAMPLE, cells, seed)
    job.run("compare: sample", sample_rows, {_SAMPLE: sampling}, projected_bytes=64 * size + _OVERHEAD)
    sample = read_sample(output, _SAMPLE)
    _sum_noise(job, output, question, len(sample.rows))
    facts = {
        "matrices": {name: score.to_dict() for name, score in _scores(output, question, summed, sample).items()},
        "pairs": math.fsum(sample.coefficients),
        "observed": question.counts.facts["nonzeros"],
        "negative": question.negative,
        "ns_exponent": question.ns_exponent,
        "sample": question.sample,
        "vocabulary_size": size,
        "exact": not sample.draws.any(),
        "rows": len(sample.rows),
        "vocabulary": question.counts.facts["vocabulary"],
        "tokens": question.counts.facts["tokens"],
    }
    return job.finish(facts)


def _sum_pairs(job: Job, output: Output, question: Question) -> dict[str, Manifest]:
    """Sums over the observed pairs, a block for each block of counts."""
    sources = {f"pairs/{source}": source for source in question.counts.manifests("rows")}
    nonzeros = {name: question.counts.facts_of(source)["nonzeros"] for name, source in sources.items()}
    return job.run(
        "compare: pairs",
        sum_pairs,
        {name: (question, output, name, source) for name, source in sources.items()},
        projected_bytes=projected_pairs_bytes(question),
        unit="non-zeros",
        weights=nonzeros,
    )


def _sum_noise(job: Job, output: Output, question: Question, rows: int) -> None:
    """Noise terms of the sampled rows, a block for each road and each ``ROWS`` of them."""
    places = {
        f"{_noise(road)}/{start // ROWS:05d}": (road, start)
        for road in question.roads
        for start in range(0, rows, ROWS)
    }
    job.run(
        "compare: noise",
        sum_noise,
        {name: (question, output, name, road, _SAMPLE, start) for name, (road, start) in places.items()},
        projected_bytes=projected_noise_bytes(question),
        unit="rows",
        weights={name: min(ROWS, rows - start) for name, (_, start) in places.items()},
    )


def _noise(road: str) -> str:
    return f"noise/{road}"


def _scores(output: Output, question: Question, summed: Mapping[str, Manifest], sample: RowSample) -> dict[str, Score]:
    """The score of each matrix, from the sums of all blocks, added in the order of the blocks."""
    parts = [output.read(name, "explicit", *question.roads) for name in summed]
    explicit = _added([part["explicit"] for part in parts])
    total_noise = question.negative * explicit[PMI, N]
    # Cells never observed: nothing under PMI, log s(0) under SPPMI.
    unobserved = {PMI: 0.0, SPPMI: -math.log(2), CONTEXT_SPPMI: -math.log(2)}
    terms: dict[str, tuple[np.ndarray, float, float]] = {}
    for name, matrix in (("pmi", PMI), ("sppmi", SPPMI), ("context_sppmi", CONTEXT_SPPMI)):
        sums = explicit[matrix]
        terms[name] = sums, sums[NOISE] + unobserved[matrix] * (total_noise - sums[MASS]), 0.0
    for road in question.roads:
        means = [output.read(name, "means")["means"] for name in output.manifests(_noise(road))]
        noise, error = sample.total(np.concatenate(means))
        terms[road] = _added([part[road] for part in parts]), question.negative * noise, question.negative * error
    optimum = explicit[PMI, POSITIVE] + explicit[PMI, NOISE]
    return {name: _score(sums[POSITIVE] + noise, error, optimum, sums) for name, (sums, noise, error) in terms.items()}


def _score(objective: float, error: float, optimum: float, sums: np.ndarray) -> Score:
    return Score(
        float(objective), error, float(objective / sums[N]), float(objective / optimum - 1), Regression.of(sums)
    )


def _added(parts: list[np.ndarray]) -> np.ndarray:
    return np.sum(parts, axis=0)


def projected_pairs_bytes(question: Question) -> int:
    """The most one task of the sums over observed pairs holds: its block, one part's vectors, the weights."""
    blocks = question.counts.manifests("rows").values()
    block = max(sum(array["bytes"] for array in manifest.arrays.values()) for manifest in blocks)
    # Decoding a block holds its compressed chunks and one array's chunk beside it.
    return int(1.25 * block) + _projected_vectors(question) + _OVERHEAD


def projected_noise_bytes(question: Question) -> int:
    """The most one task of the noise terms holds: its words' vectors, a block of contexts, a tile of scores."""
    return _projected_vectors(question) + 4 * 256 * TILE * 4 + _OVERHEAD


def _projected_vectors(question: Question) -> int:
    """Vectors of ``ROWS`` words, twice a block of vectors, and arrays over the vocabulary."""
    size = question.counts.facts["vocabulary_size"]
    factors = [Factors(output) for output in question.roads.values()]
    words = 2 * max(4 * min(ROWS, size) * factor.vector_size for factor in factors)
    return words + 3 * max(factor.largest_block for factor in factors) + 12 * 8 * size
