"""Every command line that the documentation shows is one that the command line understands."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest

from dsgns.cli import main
from dsgns.cli.commands import COMMANDS

ROOT = Path(__file__).parents[3]


def _help_of(name: str) -> str:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return command.help or ""


def _examples() -> list[str]:
    pages = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "deploy/README.md")]
    texts = [page.read_text() for page in (*pages, *(ROOT / "docs").glob("*.md"))]
    texts += [path.read_text() for path in (ROOT / "examples").glob("*.py")]
    texts += [_help_of(name) for name in COMMANDS]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    # A rule such as "dsgns svd INPUT... --output W    begin with text" says what it does after some spaces.
    return sorted({line.split("   ")[0] for line in lines if line.startswith("dsgns ")})


@pytest.mark.parametrize("line", _examples())
def test_it_is_understood(line: str) -> None:
    _, name, *arguments = shlex.split(line, comments=True)
    command = main.get_command(click.Context(main), name)
    assert command is not None, f"there is no command {name}"
    command.make_context(name, arguments)


def test_the_readme_shows_every_kind_of_command() -> None:
    shown = {line.split()[1] for line in _examples()}
    assert shown == set(COMMANDS)
