"""How long it takes to begin."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator

from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk
from tests.benchmarks.peers import PACKAGES
from tests.benchmarks.way import Command, Way

PYTHON = shlex.quote(sys.executable)


def contests(desk: Desk) -> Iterator[Contest]:
    """A new interpreter that imports us or shows our help, beside ones that import the peers."""
    statements = {"import dsgns": "-c 'import dsgns'", "dsgns --help": "-m dsgns --help"}
    for what, arguments in statements.items():
        rivals = [Rival(imported(desk, package)) for package in PACKAGES if _here(desk, package)]
        yield Contest("start", what, 1, _command(desk, "dsgns", what, arguments), rivals, unit="starts", clock="wall")


def imported(desk: Desk, package: str) -> Command:
    """An interpreter that imports a package."""
    return _command(desk, package, f"import {package}", f"-c 'import {package}'")


def _command(desk: Desk, tool: str, name: str, arguments: str) -> Command:
    # The folder that is current here is where dsgns is imported from if it is not installed.
    return Command(tool, name, f"cd {shlex.quote(os.getcwd())} && {PYTHON} {arguments}", desk.folder)


def _here(desk: Desk, package: str) -> bool:
    return isinstance(desk.peers.way(Way(package, package, print)), Way)
