"""One place that says how kernels are compiled.

Kernels release the GIL, follow NumPy's rules for floating-point errors, and are kept on disk: in
``NUMBA_CACHE_DIR`` where that is set, otherwise in the user's cache folder under a name that holds a
hash of every kernel's source file: where it lies, when it was written and what it says. Numba itself looks
only at the place and time of the one function it loads, so it would serve a stale kernel after an edit to
another one that it calls.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numba

_OPTIONS: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy", "boundscheck": False}
_UNUSED = 30 * 24 * 3600.0  # seconds after which nobody is expected to come back for a version's kernels


def kernel(function: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Compile a function over arrays to machine code when it is first called.

    Parameters
    ----------
    function
        A module-level function.
    **options
        Further options of ``numba.njit``, such as ``inline="always"`` or ``fastmath=True``.

    Examples
    --------
    >>> @kernel
    ... def total(values):
    ...     return values.sum()
    """

    def compiled(function: Callable[..., Any]) -> Any:
        # A function that was not read from a file (a notebook's, a doctest's) has nothing to key a cache by.
        on_disk = Path(function.__code__.co_filename).is_file()
        with _cache_folder():
            return numba.njit(**{**_OPTIONS, "cache": on_disk, **options})(function)

    return compiled if function is None else compiled(function)


@contextmanager
def _cache_folder() -> Iterator[None]:
    """Point numba at our cache folder while one kernel is declared, and nobody else's."""
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before or str(cache_folder())
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


@cache
def cache_folder() -> Path:
    """The folder that compiled kernels are kept in on this host; its time of change says when it was last asked for."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "dsgns" / f"kernels-{_source_hash()}"
    with suppress(OSError):
        os.utime(folder)
    return folder


def drop_unused_kernels() -> None:
    """Delete the folders of other versions' kernels that no process has asked for in 30 days.

    Each has another name before anything in it is deleted: whoever comes for it after all finds it whole or not there,
    and numba makes it anew when it next keeps a kernel.
    """
    ours = cache_folder()
    for folder in set(ours.parent.glob("kernels-*")) - {ours}:
        with suppress(OSError):  # another process was first
            if time.time() - folder.stat().st_mtime > _UNUSED:
                shutil.rmtree(folder.rename(folder.with_suffix(".dropped")), ignore_errors=True)


def _source_hash() -> str:
    """A hash of every module that may hold a kernel, and of how hard LLVM is told to work on it.

    Two installations of one release, and one installed again, have different hashes: numba loads nothing that was
    kept for a file in another place or of another time.
    """
    root = Path(__file__).parent
    # Numba's own key leaves the level out: kernels once compiled with NUMBA_OPT=0 would stay slow without it.
    digest = hashlib.sha256(f"{numba.__version__} {int(numba.config.OPT)}".encode())
    for path in sorted(root.rglob("*.py")):
        source = path.read_bytes()
        if b"dsgns.compile" in source or b"numba" in source:
            digest.update(f"{path} {path.stat().st_mtime_ns}\0".encode() + source)
    return digest.hexdigest()[:12]


@kernel(cache=False)
def _nothing() -> None:
    pass


def start_compiler() -> None:
    """Start LLVM, which takes some 45 MiB for good: so that a process can be weighed before any work with it there."""
    _nothing()
