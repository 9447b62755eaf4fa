"""Tools that do the same jobs: which of them are here, and where."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.way import Absent, Command, Way

BINARIES = {
    "glove": ("vocab_count", "cooccur"),
    "pword2vec": ("pWord2Vec",),
    "word2vec": ("word2vec",),
    "fasttext": ("fasttext",),
}
"""The programs of each tool that is built from C, as they are called."""

PACKAGES = ("gensim", "sklearn", "scipy", "mwparserfromhell", "pyarrow")
"""The tools that are Python packages."""

TOOLS = (*PACKAGES, *BINARIES, "python", "dsgns")
"""Everything that a stage may be held against: the standard library, and ourselves in another way, included."""


@dataclass(frozen=True)
class Peers:
    """Where the tools are.

    Parameters
    ----------
    folders
        The folder of the programs of each tool that is built from C; others are looked for in the folder that the
        environment variable ``DSGNS_PEER_<TOOL>`` names.
    """

    folders: Mapping[str, Path] = field(default_factory=dict)

    def command(self, tool: str, name: str, line: str, folder: Path, **more: object) -> Command | Absent:
        """A command line, each ``{program}`` in it put in its place; absent if the tool is not here."""
        named = self.folders.get(tool) or os.environ.get(f"DSGNS_PEER_{tool.upper()}")
        if named is None:
            return Absent(tool, name, f"give --peer {tool}=FOLDER, or DSGNS_PEER_{tool.upper()}=FOLDER")
        programs = {program: Path(named).resolve() / program for program in BINARIES[tool]}
        for path in programs.values():
            if not os.access(path, os.X_OK):
                return Absent(tool, name, f"{path} is no program")
        folder.mkdir(parents=True, exist_ok=True)
        placed = {program: shlex.quote(str(path)) for program, path in programs.items()}
        idle = more.pop("idle", None)
        if isinstance(idle, str):
            more["idle"] = idle.format(**placed)
        return Command(tool, name, line.format(**placed), folder, **more)  # type: ignore[arg-type]

    def way(self, way: Way) -> Way | Absent:
        """The way itself, or that its package is not installed."""
        if way.tool in PACKAGES and find_spec(way.tool) is None:
            return Absent(way.tool, way.name, f"{way.tool} is not installed; pip install '.[bench]'")
        return way


def peer_folder(text: str) -> tuple[str, Path]:
    """From ``tool=folder``.

    Examples
    --------
    >>> peer_folder("glove=/opt/glove")
    ('glove', PosixPath('/opt/glove'))
    """
    tool, equals, folder = text.partition("=")
    if not equals or tool not in BINARIES:
        raise ValueError(f"{text} is not TOOL=FOLDER with one of {', '.join(BINARIES)}")
    return tool, Path(folder)
