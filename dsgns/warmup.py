"""Kernels compiled once for each installation and processor, before any promise of memory is made.

Compiling takes a worker some 150 MiB for good, and every worker would compile the same. So the first local run
walks a tiny corpus with one throw-away worker first; afterwards all workers load what it left on the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llvmlite.binding
import numba
import numpy as np

from dsgns import errors, pipeline
from dsgns.compile import cache_folder
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.kernels_utf8 import after_white_space
from dsgns.engine import Client, Engine, Event, Listener, has_active_client, open_engine, silent
from dsgns.parameters import CountsParameters, Resources
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from dsgns.svd.kernels.multiply import multiply_rows
from dsgns.svd.kernels.tiles import LANES, WIDEST_TILE

_TINY = {"vector_size": 16, "min_count": 1, "epochs": 1, "power_iterations": 2, "tokenizer": "words", "held_out": 0.1}


@contextmanager
def open_warm_engine(
    resources: Resources,
    *,
    client: Client | None = None,
    scheduler: str | None = None,
    listener: Listener = silent,
) -> Iterator[Engine]:
    """Like :func:`~dsgns.engine.open_engine`; workers of our own find their kernels compiled."""
    if client is None and scheduler is None and not has_active_client():
        warm_up(listener)
    with open_engine(resources, client=client, scheduler=scheduler, listener=listener) as engine:
        yield engine


def warm_up(listener: Listener = silent) -> None:
    """Compile every kernel that a run needs, unless that was done before."""
    mark = _mark()
    if mark.exists():
        return
    text = "compiling kernels for this processor, once for each installation (half a minute or so)"
    listener(Event("note", "warm-up", text=text))
    with (
        tempfile.TemporaryDirectory(prefix="dsgns-warm-up-") as folder,
        open_engine(Resources(workers=1, memory_limit=2 << 30)) as engine,
    ):
        workspace = Workspace.create(f"{folder}/workspace")
        parameters = TrainParameters.from_options(**_TINY)
        # Any text will do; this one is always there.
        inputs = [errors.__file__, pipeline.__file__]
        pipeline.walk(engine, workspace, inputs, parameters)
        count_cooccurrences(
            engine, workspace, workspace.latest("tokens"), CountsParameters(weighting="flat"), spill=True
        )
        engine.wait([engine.submit("warm-up", compile_more)], "the compiling of kernels")
        pipeline.walk_ppmi(engine, workspace, workspace.latest("tokens"), parameters)
        pipeline.walk_sgns(engine, workspace, workspace.latest("tokens"), parameters.updated(replicas=2, threads=2))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def compile_more() -> None:
    """Compile what no tiny text comes to: products of every width, and pieces of a text that is longer than one."""
    after_white_space(np.zeros(1, np.uint8), 0)
    pointers, cells, scale = np.zeros(2, np.int64), np.zeros(0, np.uint32), np.float32(1)
    for width in range(LANES, WIDEST_TILE + 1, LANES):
        tile, out = np.zeros((1, width), np.uint16), np.zeros((1, width), np.float32)
        multiply_rows(pointers, cells, tile, scale, out, 0, (0,) * (width // LANES))


def _mark() -> Path:
    """The file that says that all is compiled: for this source, this numba and this processor."""
    processor = llvmlite.binding.get_host_cpu_name()
    return Path(numba.config.CACHE_DIR or cache_folder()) / f"{cache_folder().name}-{processor}.warm"
