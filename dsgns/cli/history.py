"""The runs that worked on a workspace, as ``dsgns status --history`` shows them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from dsgns.display.figures import duration, table


def runs(entries: Sequence[dict[str, Any]]) -> str:
    """A row for each run, the latest last: when it was begun, how long it took, how it ended, and what it made."""
    if not entries:
        return "No run has been written down yet."
    rows = [
        [
            time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["started"])),
            duration(entry["seconds"]),
            entry["outcome"],
            _stages(entry),
            entry["command"],
        ]
        for entry in entries
    ]
    lines = table(["begun", "took", "outcome", "stages", "command"], rows, left=5).splitlines()
    told = [f"{row[0]}: {entry['error']}" for row, entry in zip(rows, entries, strict=True) if entry.get("error")]
    return "\n".join([*lines, *([""] if told else []), *told])


def _stages(entry: dict[str, Any]) -> str:
    """What became of each stage: those made with the seconds they took."""
    return ", ".join(
        f"{stage['stage']} {duration(stage['seconds']) if stage['outcome'] == 'made' else stage['outcome']}"
        for stage in entry["stages"]
    )
