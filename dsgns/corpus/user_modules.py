"""The source of a function: of the module it is in, and of the user's own modules that this one imports."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import ModuleType
from typing import Any

_INSTALLED = tuple({sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib")})


def sources_of(function: Any, name: str) -> dict[str, str]:
    """Sources of modules by their names, as they lie on disk now, the function's own first.

    Parameters
    ----------
    name
        The dotted path of the function, for those that do not know their module.
    """
    module = inspect.getmodule(function) or importlib.import_module(name.partition(":")[0])
    found = {module.__name__: _source(module)}
    front = [module]
    while front:
        module = front.pop()
        for imported in _imports(found[module.__name__], module.__package__ or ""):
            if imported not in found and _is_own(sys.modules.get(imported)):
                front.append(sys.modules[imported])
                found[imported] = _source(front[-1])
    return found


def states_of(modules: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """When the files of imported modules were last written, and their sizes: told without reading them."""
    files = (getattr(sys.modules.get(name), "__file__", None) for name in modules)
    found = (os.stat(file) for file in files if file is not None and os.path.exists(file))
    return tuple((state.st_mtime_ns, state.st_size) for state in found)


def _source(module: ModuleType) -> str:
    """What a module says, or its version where it has no source."""
    try:
        return inspect.getsource(module)
    except (OSError, TypeError):
        return str(getattr(module, "__version__", ""))


def _is_own(module: ModuleType | None) -> bool:
    """Whether a module is the user's: neither installed nor Python's nor ours."""
    file = getattr(module, "__file__", None)  # modules that are built in have none
    name = module.__name__ if module else ""
    return file is not None and not file.startswith(_INSTALLED) and name.split(".")[0] != "dsgns"


@lru_cache(maxsize=256)
def _imports(source: str, package: str) -> tuple[str, ...]:
    """Names that a source imports, in the order of the text; some may be no modules."""
    try:
        return tuple(_names(ast.parse(source), package))
    except SyntaxError:
        return ()


def _names(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            relative = "." * node.level + (node.module or "")
            base = importlib.util.resolve_name(relative, package) if node.level else relative
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)
