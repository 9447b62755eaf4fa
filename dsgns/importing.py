"""Counts from a table of one's own: items bought together, a graph's edges, pairs met on walks."""

from __future__ import annotations

import os
from typing import Any

from dsgns import store
from dsgns.cooccurrence.stage_table import count_cells, name_items
from dsgns.cooccurrence.tables import TableFile
from dsgns.engine import Client, Engine
from dsgns.kinds import known_options
from dsgns.parameters import VocabularyParameters
from dsgns.session import SESSION, session
from dsgns.store import Output


def import_counts(
    table: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    names: str | os.PathLike[str] | None = None,
    client: Client | None = None,
    **options: Any,
) -> Output:
    """The cells of a table, and their mirror images, as counts that the count road goes on from.

    Parameters
    ----------
    table
        Two names and a count in each line: .tsv or .csv, compressed or not, or .parquet; or .npz of a square SciPy
        sparse matrix. Cells that are named twice are added up.
    output
        The workspace, made if there is none.
    names
        Of an .npz: a file with the name of each row and column, one a line; they are numbers without.
    client
        As for :func:`dsgns.train`.
    **options
        ``min_count`` (1 unless given), ``max_vocabulary``, ``keep``, ``stop`` and ``vocabulary`` choose among the names
        by the sums of their counts; and ``scheduler``, ``workers``, ``memory_limit``, ``shard_size``, ``listener`` and
        ``progress``.

    Raises
    ------
    TableError
        Naming the line that is no cell.

    Examples
    --------
    >>> import dsgns
    >>> from pathlib import Path
    >>> _ = Path("baskets.tsv").write_text("bread\\tbutter\\t7\\nbread\\tjam\\t3\\nbutter\\tbread\\t1\\n")
    >>> counts = dsgns.import_counts("baskets.tsv", "baskets.dsgns")
    >>> counts.facts["vocabulary_size"], counts.facts["nonzeros"], counts.facts["total"]
    (3, 4, 22)
    """
    known_options(options, {*VocabularyParameters.CHOICE, *SESSION})
    running = {name: options.pop(name) for name in SESSION & options.keys()}
    parameters = VocabularyParameters(**{"min_count": 1, **options})
    file = TableFile(os.path.abspath(table), os.path.abspath(names) if names else "")
    file.require()
    made = store.Workspace.create(os.fspath(output))
    made.require_writable()
    with session(client=client, **running) as engine:
        return take_in(engine, made, file, parameters)


def take_in(engine: Engine, workspace: store.Workspace, table: TableFile, parameters: VocabularyParameters) -> Output:
    """The counts of a table, what a stage goes on from in ``workspace`` from now on."""
    made = count_cells(engine, workspace, table, name_items(engine, workspace, table, parameters))
    workspace.remember(made)
    return made
