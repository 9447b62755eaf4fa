"""The source of a function: of the module it is in, and of the user's own modules that this one imports."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.abc import InspectLoader
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")})


def sources_of(function: Any, name: str) -> dict[str, str]:
    """Sources of modules by their names, as they lie on disk now: of that which is named, and the function's own.

    Parameters
    ----------
    name
        The dotted path of the function. What lies there may be made by a function of another module.
    """
    named = name.partition(":")[0]
    maker = inspect.getmodule(function)
    front = list(dict.fromkeys((named, maker.__name__ if maker else named)))
    found = {module: _source(module) for module in front}
    while front:
        module = front.pop()
        for imported in _imports(found[module], _package_of(module)):
            if imported not in found and _is_own(imported):
                front.append(imported)
                found[imported] = _source(imported)
    return found


def states_of(modules: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """When the files of modules were last written, and their sizes: told without reading them."""
    files = (_file_of(name) for name in modules)
    found = (os.stat(file) for file in files if file is not None and os.path.exists(file))
    return tuple((state.st_mtime_ns, state.st_size) for state in found)


def _source(name: str) -> str:
    """What a module says, or its version where it has no source."""
    module = sys.modules.get(name)
    if module is not None:
        try:
            return inspect.getsource(module)
        except (OSError, TypeError):
            return str(getattr(module, "__version__", ""))
    loader = getattr(_spec_of(name), "loader", None)
    source = loader.get_source(name) if isinstance(loader, InspectLoader) else None
    # Once the module is imported, inspect ends its last line if it does not end itself.
    return source + "\n" if source and not source.endswith("\n") else source or ""


def _is_own(name: str) -> bool:
    """Whether a module is the user's: neither installed nor Python's nor ours."""
    file = _file_of(name)
    return file is not None and not file.startswith(_INSTALLED) and name.partition(".")[0] != "dsgns"


def _file_of(name: str) -> str | None:
    """The file of a module, imported or yet to be; None for those without one and for what is no module."""
    module = sys.modules.get(name)
    if module is not None:
        return getattr(module, "__file__", None)  # modules that are built in have none
    spec = _spec_of(name)
    return spec.origin if spec and spec.has_location else None


def _package_of(name: str) -> str:
    """What relative imports of a module begin with."""
    module = sys.modules.get(name)
    if module is not None:
        return module.__package__ or ""
    spec = _spec_of(name)
    return (spec.parent if spec else None) or ""


def _spec_of(name: str) -> ModuleSpec | None:
    """Where a module lies, without importing it or the packages it is in; None where there is none."""
    package = name.rpartition(".")[0]
    try:
        if not package:
            return importlib.util.find_spec(name)
        outer = _spec_of(package)
    except (ImportError, ValueError):
        return None
    inside = outer.submodule_search_locations if outer else None
    return PathFinder.find_spec(name, inside) if inside else None


@lru_cache(maxsize=256)
def _imports(source: str, package: str) -> tuple[str, ...]:
    """Names that a source imports, in the order of the text, packages before what is in them; some are no modules."""
    try:
        parts = [name.split(".") for name in _names(ast.parse(source), package)]
    except SyntaxError:
        return ()
    return tuple(dict.fromkeys(".".join(name[:end]) for name in parts for end in range(1, len(name) + 1)))


def _names(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(relative, package) if node.level else relative
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
