"""Kernels compiled once for each installation and processor, before any promise of memory is made.

Compiling takes a worker some 150 MiB for good, and every worker would compile the same. So the first local run
walks a tiny corpus with one throw-away worker first; afterwards all workers load what it left on the disk.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import llvmlite.binding
import locket
import numba
import numpy as np

from dsgns import errors, pipeline
from dsgns.compile import cache_folder, drop_unused_kernels
from dsgns.cooccurrence.accumulator import new_accumulator
from dsgns.cooccurrence.compiling import compile_counting
from dsgns.cooccurrence.kernels_rows import MappedRows, encode_rows
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.kernels_utf8 import after_white_space
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import (
    Callback,
    Client,
    Engine,
    Event,
    Listener,
    open_engine,
    require_importable_script,
    require_room,
    silent,
    starts_workers,
)
from dsgns.parameters import CountsParameters, Resources, SGNSParameters
from dsgns.pipeline import TrainParameters
from dsgns.store import Workspace
from dsgns.svd.kernels.multiply import multiply_rows
from dsgns.svd.kernels.tiles import LANES, WIDEST_TILE
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.table import WordCounter

_WINDOWS = (CountsParameters().window, SGNSParameters().window)
_COMPILING = "compiling kernels"
_TINY = {"vector_size": 16, "min_count": 1, "epochs": 1, "power_iterations": 2, "tokenizer": "words", "held_out": 0.1}


@contextmanager
def open_warm_engine(
    resources: Resources,
    *,
    window: int | None = None,
    client: Client | None = None,
    scheduler: str | None = None,
    certificates: str | None = None,
    listener: Listener = silent,
    callbacks: Sequence[Callback] = (),
) -> Iterator[Engine]:
    """Like :func:`~dsgns.engine.open_engine`; workers of our own find their kernels compiled.

    Kernels of counting are compiled for each window size; ``window`` is the one that will be needed, if it is not
    a default.
    """
    if starts_workers(client, scheduler):
        # Before the kernels' lock: a worker that runs the script again would wait for its parent, which waits for it.
        require_importable_script()
        require_room(resources)  # compiling takes half a minute, which a refusal should not wait for
        warm_up(window, listener)
    with open_engine(
        resources,
        client=client,
        scheduler=scheduler,
        certificates=certificates,
        listener=listener,
        callbacks=callbacks,
    ) as engine:
        yield engine


def warm_up(window: int | None = None, listener: Listener = silent) -> None:
    """Compile every kernel that a run needs, unless that was done before."""
    if not _missing(window):
        return
    lock = _mark("begun")
    lock.parent.mkdir(parents=True, exist_ok=True)
    listener(Event("note", "kernels", text="compiled for this processor, once for each version and place of dsgns"))
    listener(Event("begin", _COMPILING))
    # Of two processes that keep a kernel at the same moment, one loses what the other kept.
    with locket.lock_file(str(lock)):
        if windows := _missing(window):
            _compile(windows, not _mark("all").exists(), listener)
        else:
            listener(Event("end", _COMPILING))


def _missing(window: int | None) -> list[int]:
    """The windows that nothing is compiled for yet."""
    return [size for size in {*_WINDOWS, window or _WINDOWS[0]} if not _mark(f"window-{size}").exists()]


def _compile(windows: list[int], everything: bool, listener: Listener) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="dsgns-warm-up-") as folder,
        open_engine(Resources(workers=1, memory_limit=2 << 30)) as engine,
    ):
        parts: list[Callable[[], Any]] = [partial(_run, engine, compile_counting, window) for window in windows]
        if everything:
            parts += _parts(engine, Workspace.create(f"{folder}/workspace"))
        for done, part in enumerate(parts):
            listener(Event("advance" if done else "begin", _COMPILING, done, len(parts), "parts"))
            part()
    for name in ("all", *(f"window-{window}" for window in windows)):
        _mark(name).touch()
    drop_unused_kernels()
    listener(Event("end", _COMPILING, len(parts), len(parts), "parts"))


def _run(engine: Engine, task: Callable[..., None], *args: Any) -> None:
    engine.wait([engine.submit("warm-up", task, *args)], "the compiling of kernels")


def _parts(engine: Engine, workspace: Workspace) -> list[Callable[[], Any]]:
    """Every stage on a tiny text, each after those that it needs."""
    parameters, place = TrainParameters.from_options(**_TINY), (engine, workspace)
    # Any text will do; this one is always there.
    inputs = [errors.__file__, pipeline.__file__]

    def after(stages: tuple[str, ...], make: Callable[..., Any], *args: Any, **options: Any) -> Callable[[], Any]:
        return lambda: make(*place, *map(workspace.latest, stages), *args, **options)

    return [
        after((), prepare_corpus, inputs, parameters.corpus),
        after(("corpus",), build_vocabulary, parameters.vocabulary),
        after(("corpus", "vocabulary"), encode_tokens),
        after(("tokens",), pipeline.walk_svd, parameters),
        after(("tokens",), pipeline.walk_sgns, parameters),
        after(("tokens",), count_cooccurrences, CountsParameters(weighting="flat"), spill=True),
        partial(_run, engine, compile_more),
        after(("tokens",), pipeline.walk_ppmi, parameters),
        after(("tokens",), pipeline.walk_sgns, parameters.updated(replicas=2, threads=2)),
    ]


def compile_more() -> None:
    """Compile what no tiny text comes to: tables that grow, texts of many pieces, products of every width."""
    words = b" ".join(b"%0*x" % (length, number) for length in (1, 12, 40) for number in range(10_000))
    WordCounter().add(np.frombuffer(words + bytes(96), np.uint8).copy(), len(words))
    after_white_space(np.zeros(1, np.uint8), 0)
    row = np.zeros(1, np.int64)
    rows = MappedRows(row, np.zeros(2, np.int64), np.zeros(0, np.int32), np.zeros(0, np.uint64), np.zeros(1, np.int32))
    encode_rows(rows, 0, 1, new_accumulator(1, np.uint64), np.zeros(64, np.uint8))
    pointers, cells, scale = np.zeros(2, np.int64), np.zeros(0, np.uint32), np.float32(1)
    for width in range(LANES, WIDEST_TILE + 1, LANES):
        tile, out = np.zeros((1, width), np.uint16), np.zeros((1, width), np.float32)
        multiply_rows(pointers, cells, tile, scale, out, 0, (0,) * (width // LANES))


def _mark(name: str) -> Path:
    """The file that says that something is compiled: for this source, this numba and this processor."""
    processor = llvmlite.binding.get_host_cpu_name()
    return Path(numba.config.CACHE_DIR or cache_folder()) / f"{cache_folder().name}-{processor}-{name}.warm"
