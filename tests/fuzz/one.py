"""python -m tests.fuzz.one TARGET FOLDER SECONDS: fuzz one reader with atheris.

Kernels run as plain Python here (NUMBA_DISABLE_JIT=1, which ``python -m tests.fuzz`` sets): so atheris sees which of
their branches were taken, and NumPy that no index lies beyond an array. One module of them is compiled all the same.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from pathlib import Path

import numba

_LIMITS = ("-timeout=30", "-rss_limit_mb=3000", "-max_len=2048", "-print_final_stats=1")
_COMPILED = "dsgns.corpus.wiki.kernels_plain"
"""Takes one truth value from another, as machine code may and NumPy does not."""


def main() -> None:
    """Until the time is over, or a fault is found: that one is kept in the folder as ``crash-...``."""
    import atheris  # The suite looks into this file as well, and does without.

    name, folder, seconds = sys.argv[1:]
    warnings.simplefilter("ignore")  # numbers of eight bits that go round, as kernels want them to
    numba.config.DISABLE_JIT = False
    importlib.import_module(_COMPILED)
    numba.config.DISABLE_JIT = True
    with atheris.instrument_imports(include=["dsgns"]):
        from tests.fuzz.targets import TARGETS
    target, seeds = TARGETS[name], Path(folder) / "inputs"
    seeds.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (seeds / f"seed-{number}").write_bytes(seed)
    flags = (*_LIMITS, f"-max_total_time={seconds}", f"-artifact_prefix={folder}/")
    atheris.Setup([sys.argv[0], *flags, str(seeds)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
