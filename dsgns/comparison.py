"""The two roads compared on one workspace: everything that the comparison needs, made where it is not there."""

from __future__ import annotations

from contextlib import suppress

from dsgns.asides import set_aside
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.engine import Engine
from dsgns.errors import EmptyMatrixError
from dsgns.evaluation.compare import compare
from dsgns.parameters import CountsParameters, PMIParameters, SVDParameters
from dsgns.store import Output, Workspace
from dsgns.svd.stage import factorize


def compare_roads(engine: Engine, workspace: Workspace, sgns: Output) -> Output:
    """What trained vectors, and a factorisation of what they approximate, make of SGNS's objective.

    The count road is walked as SGNS sees the text: with its window, weighted as its random window is on
    average, its subsampling, its noise distribution and its number of negatives, to vectors of the same size.

    Parameters
    ----------
    sgns
        A completed training.

    Returns
    -------
    Output
        As :func:`dsgns.evaluation.compare.compare` makes it.
    """
    with set_aside(engine, "compare"):
        return _compare(engine, workspace, sgns)


def _compare(engine: Engine, workspace: Workspace, sgns: Output) -> Output:
    trained = sgns.parameters
    tokens = workspace.output("tokens", sgns.facts["tokens"])
    window = CountsParameters(window=trained["window"], weighting="dynamic")
    pmi = PMIParameters(cds=trained["ns_exponent"], shift=float(trained["negative"]), subsample=trained["sample"])
    counts = count_cooccurrences(engine, workspace, tokens, window)
    # A tiny vocabulary may have fewer words than the vectors have numbers; its matrix has no more directions then.
    size = min(trained["vector_size"], counts.facts["vocabulary_size"] - 1)
    svd: Output | None = None
    # Where no cell is above log k there is nothing to factorise; the other scores have an answer.
    with suppress(EmptyMatrixError):
        svd = factorize(engine, workspace, counts, pmi, SVDParameters(vector_size=size, seed=trained["seed"]))
    return compare(engine, workspace, counts, pmi, svd, sgns)
