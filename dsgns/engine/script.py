"""The caller's script, which worker processes of our own import again before anything else."""

from __future__ import annotations

import ast
import multiprocessing
import os
import sys
from pathlib import Path
from types import ModuleType

from dsgns.errors import ClusterError

_GUARD = 'Put the calls under `if __name__ == "__main__":`, so that workers can import the script without running it.'


def require_importable_script() -> None:
    """Refuse a script that workers cannot import, or that would start workers of its own in each of them.

    Raises
    ------
    ClusterError
        Naming the script, and what to do.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise ClusterError(f"dsgns was called while a worker process was importing your script. {_GUARD}")
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    if main is None or file is None or _is_package(main):
        return
    if not os.path.exists(file):
        raise ClusterError(
            f"Worker processes cannot read the script {file} that they must import; put it into a file, or pass a "
            "Dask client of your own."
        )
    line = _line_under_way(main)
    if line is not None and not _guarded(Path(file), line):
        raise ClusterError(f"{file}, line {line}, would be run again in each worker process. {_GUARD}")


def _is_package(main: ModuleType) -> bool:
    """Whether it was begun as ``python -m package``: workers do not import it then."""
    spec = getattr(main, "__spec__", None)
    return spec is not None and spec.name.rpartition(".")[2] == "__main__"


def _line_under_way(main: ModuleType) -> int | None:
    """The line of the script itself, outside all functions, that led here; None in a thread, or under a debugger."""
    frame = sys._getframe()
    while frame is not None and not (frame.f_globals is main.__dict__ and frame.f_code.co_name == "<module>"):
        frame = frame.f_back  # type: ignore[assignment]
    return frame.f_lineno if frame is not None else None


def _guarded(file: Path, line: int) -> bool:
    """Whether a line stands under any condition: it may be one that is false in workers."""
    try:
        tree = ast.parse(file.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return True
    return any(isinstance(node, ast.If) and node.lineno <= line <= (node.end_lineno or 0) for node in ast.walk(tree))
