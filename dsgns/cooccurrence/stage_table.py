"""Counts from a table: its names are the vocabulary, its cells and their mirror images the counts."""

from __future__ import annotations

import os
from typing import Any

from dsgns.cooccurrence.memory import projected_rows_bytes
from dsgns.cooccurrence.plan_merge import MergePlan, plan_merge
from dsgns.cooccurrence.spill import SpillRecord
from dsgns.cooccurrence.stage_reduce import RowGrid, merge_spills, require_merge
from dsgns.cooccurrence.tables import CELLS, TableFile
from dsgns.cooccurrence.task_table import GATHERED, encode_table, scan_table, spill_cells
from dsgns.corpus.stage import remove_incomplete
from dsgns.engine import Engine, Job
from dsgns.errors import CorruptBlockError, TableError
from dsgns.parameters import VocabularyParameters
from dsgns.store import Manifest, Output, Workspace, key_of
from dsgns.store.packed import read_packed
from dsgns.vocabulary.lists import read_lists
from dsgns.vocabulary.plan import projected_scan, projected_unite
from dsgns.vocabulary.stage import SCAFFOLDING, choose_from, ingredients, readable

VERSION = 1
RULE = {"table": "symmetrised"}
"""Counts of tables add up with one another, and with no others."""

_CELL_OBJECTS = 512  # bytes of a cell as Python holds it while a chunk is looked at
_NUMBERED = 64  # and of one as numbers, sorted


def name_items(engine: Engine, workspace: Workspace, table: TableFile, parameters: VocabularyParameters) -> Output:
    """The names of a table by falling sum of their counts, those that the parameters leave.

    Raises
    ------
    TableError
        If the table cannot be read, or has no cell.
    VocabularyError
        If no name is left.
    """
    lists, state = read_lists(parameters), _state(table)
    key = key_of(readable(parameters), VERSION, table=state, parameters=ingredients(parameters, lists))
    output = workspace.output("vocabulary", key)
    if engine.reuse(output):
        return output
    with engine.produce(output, parameters=parameters.to_dict(), inputs={}) as job:
        remove_incomplete(engine, output, "scan")
        scanned = job.run(
            "vocabulary: scan",
            scan_table,
            {"scan/00000": (output, "scan/00000", table)},
            projected_bytes=projected_scan(False, False) + _CELL_OBJECTS * CELLS + _matrix_bytes(table),
            unit="cells",
        )["scan/00000"]
        total = 2 * scanned.facts["total"]
        if not total:
            raise TableError(f"{table.path} has no cell with a count above 0.")
        totals = {"used": total, "tokens_read": total, "cells": scanned.facts["cells"], "text": table.path}
        return job.finish(choose_from(job, [scanned], totals, parameters, lists), drop=SCAFFOLDING)


def count_cells(engine: Engine, workspace: Workspace, table: TableFile, vocabulary: Output) -> Output:
    """The cells of a table and their mirror images, added up, in CSR row blocks.

    Raises
    ------
    TableError
        If the table has changed since its names were counted.
    MemoryPromiseError
        If a task does not fit.
    """
    output = workspace.output("counts", key_of("table", VERSION, vocabulary=vocabulary.key))
    if engine.reuse(output):
        return output
    with engine.produce(output, parameters=RULE, inputs={"vocabulary": vocabulary.key}) as job:
        cells = _encode(job, table, vocabulary)
        degrees = read_packed(output, cells.name)["degrees"]
        plan = plan_merge(degrees.clip(max=degrees.size).astype(float), [(0, [part]) for part in cells.facts["parts"]])
        grid = RowGrid(plan.grid, plan.row_names(), plan.expected, degrees.size)
        sound = engine.sound(output, grid.names)
        if missing := [name for name in grid.names if name not in sound]:
            require_merge(engine, grid, len(plan.groups))
            merge_spills(job, grid, _spill(job, plan), missing)
        rows = [output.facts_of(name) for name in grid.names]
        total = sum(row["total"] for row in rows)
        if total != 2 * cells.facts["total"]:
            raise CorruptBlockError(f"{output.name} sums to {total:,}, not {2 * cells.facts['total']:,}. Remove it.")
        return job.finish(
            {"scale": 1, "total": total, "nonzeros": sum(row["nonzeros"] for row in rows), "grid": plan.grid}
            | {"vocabulary": vocabulary.key, "vocabulary_size": degrees.size, "tokens": None}
            | {"cells": cells.facts["cells"], "cells_left_out": cells.facts["left_out"]},
            drop=("spill", "cells", "degrees"),
        )


def _encode(job: Job, table: TableFile, vocabulary: Output) -> Manifest:
    """Read the cells; the block that says which there are."""
    facts = vocabulary.facts
    remove_incomplete(job.engine, job.output, "")
    cells = job.run(
        "counts: read",
        encode_table,
        {"degrees": (job.output, "degrees", table, vocabulary)},
        projected_bytes=projected_unite(facts["size"], facts["text_bytes"])
        + _CELL_OBJECTS * CELLS
        + _NUMBERED * GATHERED
        + _matrix_bytes(table),
        unit="cells",
        weights={"degrees": facts["cells"]},
    )["degrees"]
    if cells.facts["cells"] + cells.facts["left_out"] != facts["cells"]:
        raise TableError(f"{table.path} has changed while it was read. Run the same command again once it rests.")
    return cells


def _spill(job: Job, plan: MergePlan) -> dict[str, SpillRecord]:
    """Spill all blocks of cells; what the files hold, by name."""
    parts = dict(zip(plan.spill_names(), (part for _, (part,) in plan.groups), strict=True))
    manifests = job.run(
        "counts: spill",
        spill_cells,
        {name: (job.output, name, part, plan.grid) for name, part in parts.items()},
        projected_bytes=projected_rows_bytes(plan.grid[-1], 0, 0) + _NUMBERED * 2 * GATHERED,
        unit="cells",
    )
    return {name: SpillRecord(**manifest.facts) for name, manifest in manifests.items()}


def _state(table: TableFile) -> list[Any]:
    """What tells a table from others, and from itself once it is changed."""
    state: list[Any] = []
    for path in filter(None, (table.path, table.names)):
        try:
            found = os.stat(path)
        except OSError as error:
            raise TableError(f"{path} cannot be read ({error.strerror}).") from error
        state.append([os.path.abspath(path), found.st_size, found.st_mtime_ns])
    return state


def _matrix_bytes(table: TableFile) -> int:
    """What a matrix takes that is read whole; a table that is read row by row takes nothing."""
    # Packed files of indices hold up to a tenth of what they unpack to.
    return 10 * os.stat(table.path).st_size if table.path.endswith(".npz") else 0
