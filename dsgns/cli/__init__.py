"""The command line: each command parses, calls and prints."""

from dsgns.cli.commands import main

__all__ = ["main"]
