"""The house: who may import whom. Imports inside functions count."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "dsgns"
# Who opens the door to a library that nobody else may import.
ROOMS = {"zarr": "store", "numcodecs": "store", "dask": "engine", "distributed": "engine"}
# Lowest first.
LAYERS = {
    "errors": 0,
    "version": 0,
    "record": 0,
    "corpus_parameters": 1,
    "parameters": 1,
    "sizes": 1,
    "kinds": 0,
    "compile": 1,
    "intrinsics": 1,
    "progress": 1,
    "store": 2,
    "rooms": 3,
    "tasks": 4,
    "engine": 5,
    "stages": 6,
    "top": 7,
    "commands": 8,
    "explorer": 8,
}
STAGE_FOLDERS = ("corpus", "phrases", "vocabulary", "tokens", "cooccurrence", "pmi", "svd", "sgns")
# The public names and commands that are imported only when they are asked for.
LAZY = ("dsgns",)


def _modules() -> dict[str, Path]:
    """Every module by its dotted name."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def _imports(path: Path) -> Iterator[str]:
    """Dotted names that a file imports anywhere but for type checking."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for child in node.body
        for inner in ast.walk(child)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _inner(name: str) -> str | None:
    """The module of ours that an imported name is or lies in; None for other packages."""
    while name.split(".")[0] == "dsgns":
        if name in MODULES:
            return name
        name = name.rpartition(".")[0]
    return None


MODULES = _modules()
GRAPH = {
    name: {inner for imported in _imports(path) if (inner := _inner(imported)) not in (None, name)}
    for name, path in MODULES.items()
}


def _layer(name: str) -> int:
    """The number of the layer a module is in."""
    parts = name.split(".")[1:]
    if not parts:
        return LAYERS["errors"]
    first, last = parts[0], parts[-1]
    if first in LAYERS:
        return LAYERS[first]
    if first in ("cli", "__main__"):
        return LAYERS["commands"]
    if first not in STAGE_FOLDERS:
        return LAYERS["top"]
    if last.startswith("stage"):
        return LAYERS["stages"]
    return LAYERS["tasks"] if last.startswith("task") else LAYERS["rooms"]


def _reached(name: str) -> set[str]:
    """Every module of ours that importing one brings along."""
    seen: set[str] = set()
    front = {name}
    while front:
        seen |= front
        front = {used for module in front for used in GRAPH[module] if used not in LAZY} - seen
    return seen


KERNELS = [name for name, path in MODULES.items() if "dsgns.compile.kernel" in _imports(path)]


@pytest.mark.parametrize("name", MODULES)
def test_imports_come_from_below(name: str) -> None:
    upward = sorted(used for used in GRAPH[name] if used not in LAZY and _layer(used) > _layer(name))
    assert not upward, f"{name} (layer {_layer(name)}) imports {upward} from above"


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_know_arrays_and_nothing_else(name: str) -> None:
    kept = {"store", "engine"}
    reached = {used for used in _reached(name) if len(parts := used.split(".")) > 1 and parts[1] in kept}
    assert not reached, f"{name} brings along {sorted(reached)}"


@pytest.mark.parametrize("name", MODULES)
def test_each_library_has_one_door(name: str) -> None:
    for imported in _imports(MODULES[name]):
        room = ROOMS.get(imported.split(".")[0])
        assert room is None or name.split(".")[1] == room, f"{name} imports {imported}; only dsgns/{room} may"


def test_there_is_no_circle() -> None:
    circles = list(_circles({name: used - set(LAZY) for name, used in GRAPH.items() if name not in LAZY}))
    assert not circles, circles


def _circles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    """A path back to where it began, for each module that has one."""
    done: set[str] = set()

    def follow(name: str, path: list[str]) -> Iterator[list[str]]:
        if name in path:
            yield [*path[path.index(name) :], name]
        elif name not in done:
            for used in sorted(graph[name]):
                yield from follow(used, [*path, name])
            done.add(name)

    for name in graph:
        yield from follow(name, [])


def test_a_circle_is_found() -> None:
    assert list(_circles({"a": {"b"}, "b": {"c"}, "c": {"b"}})) == [["b", "c", "b"]]


def test_a_stray_import_is_found(tmp_path: Path) -> None:
    stray = tmp_path / "stray.py"
    stray.write_text("def f():\n    from dask import delayed\n    import zarr.codecs\n")
    assert list(_imports(stray)) == ["dask.delayed", "zarr.codecs"]
