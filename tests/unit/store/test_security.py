"""A workspace is data: no name in it leads out of it, and nothing of it is run."""

from __future__ import annotations

import ast
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dsgns
from dsgns.errors import CorruptBlockError, MissingOutputError
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests

OUT = ("../../../outside/secret", "/etc/passwd", "rows/../../../../outside/secret", "../..", "a\\b", "rows//x")


@pytest.fixture
def output(workspace: Workspace) -> Output:
    output = workspace.output("counts", "a-1")
    output.write("rows/00000", {"data": np.arange(3)})
    return output


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A file beside the workspace which nobody has business with."""
    (tmp_path / "outside").mkdir()
    for name in ("secret", "secret.bin", "secret.manifest.json"):
        (tmp_path / "outside" / name).write_text("mine")
    return tmp_path / "outside"


@pytest.mark.parametrize("name", OUT)
@pytest.mark.parametrize(
    "use",
    [
        lambda output, name: output.read(name),
        lambda output, name: output.read_slice(name, "data", 0, 1),
        lambda output, name: output.read_bytes(name),
        lambda output, name: output.path(name),
        lambda output, name: output.remove(name),
        lambda output, name: output.write(name, {"x": np.zeros(1)}),
        lambda output, name: output.write_bytes(name, [b"x"]),
        lambda output, name: output.manifests(name),
    ],
)
def test_no_block_is_outside(output: Output, outside: Path, name: str, use: Callable[[Output, str], Any]) -> None:
    with pytest.raises(CorruptBlockError, match="would lead out of it"):
        use(output, name)
    assert {path.read_text() for path in outside.iterdir()} == {"mine"}
    assert not output.check("rows/00001")


@pytest.mark.parametrize("changed", [{"name": OUT[0]}, {"arrays": {OUT[0]: {}}}, {"name": 3}])
def test_a_manifest_that_names_something_outside_is_none(output: Output, changed: dict[str, Any]) -> None:
    file = output.files.path("counts/a-1/rows/00000.manifest.json")
    assert file is not None
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))
    assert output.manifest("rows/00000") is None
    assert output.manifests() == {}


def test_keys_that_are_remembered_or_inputs_stay_inside(workspace: Workspace, output: Output) -> None:
    for stage, key in (("counts", "../../outside"), ("../outside", "a-1"), ("counts", "/etc")):
        with pytest.raises(MissingOutputError, match="no name of an output"):
            workspace.output(stage, key)
    workspace_latest = output.files.path("latest/counts.json")
    assert workspace_latest is not None
    output.files.write("latest/counts.json", [json.dumps({"key": "../../outside"}).encode()])
    with pytest.raises(MissingOutputError):
        workspace.remembered("counts")
    output.finish({"inputs": {"tokens": "../../outside"}, "finished": 0, "facts": {}, "parameters": {}, "blocks": []})
    with pytest.raises(MissingOutputError):
        workspace.lineage(output)


class Bomb:
    """What runs when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("something was unpickled",)


def test_bytes_that_are_a_pickle_are_bytes(output: Output) -> None:
    for file in (path for path in Path(output.url).rglob("*") if path.is_file() and path.name != "zarr.json"):
        file.write_bytes(pickle.dumps(Bomb()))
    assert not output.check("rows/00000")
    assert output.manifests() == {}
    assert digests(output)["data"]


_LOADERS = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "torch", "yaml"}


def test_nothing_in_the_package_can_unpickle() -> None:
    found = []
    for file in Path(dsgns.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            found += [f"{file}: {name}" for name in names if name.split(".")[0] in _LOADERS]
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant), file
                assert node.value.value is False, file
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                found.append(f"{file}: {node.func.id}")
    assert not found
