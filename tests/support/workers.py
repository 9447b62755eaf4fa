"""What tests and the examples in docstrings share: one local cluster, and a small text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.doctest import DoctestItem

from dsgns.engine import Engine, open_engine
from dsgns.parameters import Resources


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """An engine on two worker processes of this machine, shared by all tests."""
    with open_engine(Resources(workers=2, memory_limit=2 << 30)) as engine:
        yield engine


@pytest.fixture(scope="session")
def example_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where examples run: ``corpus.txt``, in which five words each stand in for one another; ``later.txt``, which has
    one more, and ``pairs.tsv``.
    """
    folder = tmp_path_factory.mktemp("examples")
    groups = [("dog cat cow pig hen", "eats sleeps runs"), ("red blue green pink grey", "paint light shade")]
    lines = []
    for turn in range(40):
        names, verbs = (words.split() for words in groups[turn % 2])
        own = [names[(turn // 2 + step) % 5] for step in range(3)]
        lines.append(" ".join(f"the {name} {verbs[(turn + place) % 3]} here" for place, name in enumerate(own)))
    (folder / "corpus.txt").write_text("\n".join(lines) + "\n")
    (folder / "later.txt").write_text("the otter eats here the dog sleeps here the otter runs here\n" * 3)
    (folder / "pairs.tsv").write_text("dog\tcat\t9\nred\tblue\t8\ndog\tred\t2\ncow\tpaint\t1\n")
    return folder


@pytest.fixture(autouse=True)
def _examples(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run the examples of public names, which call dsgns as a user does, on the shared workers."""
    node = request.node
    if isinstance(node, DoctestItem) and node.dtest is not None and "import dsgns" in (node.dtest.docstring or ""):
        folder, client = request.getfixturevalue("example_folder"), request.getfixturevalue("engine").client
        # Names in examples are relative; workers of an example's own would begin where it is.
        monkeypatch.chdir(folder)
        client.run(os.chdir, folder)
        with client.as_current():
            yield
        client.run(os.chdir, request.config.rootpath)
    else:
        yield
