"""Where a training that was interrupted goes on."""

from __future__ import annotations

from dsgns.engine import Workers
from dsgns.sgns.checkpoint import HISTORIES, history_name, number_of, state_blocks
from dsgns.sgns.grid import Grid
from dsgns.store import Output


def last_checkpoint(engine: Workers, output: Output, grid: Grid) -> int | None:
    """The number of the last checkpoint whose every block is sound; later, damaged ones are removed."""
    for name in reversed(output.manifests(HISTORIES)):
        number = number_of(name)
        blocks = state_blocks(number, grid)
        if len(engine.sound(output, blocks)) == len(blocks):
            return number
        output.remove(history_name(number))
    return None
