"""python -m tests.fuzz [TARGET ...] [--seconds 600] [--folder .fuzz]: every reader of foreign bytes, with atheris.

The seconds are for all targets together. Inputs that led somewhere new are kept in the folder, where another run goes
on from them. Prints a table; ends in an error where there was a fault: its input is kept, and told with its traceback.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.fuzz.targets import TARGETS

_EXECUTED, _COVERED = re.compile(r"number_of_executed_units:\s*(\d+)"), re.compile(r"\bcov: (\d+)")
_MOST_TOLD = 4000


def fuzz(name: str, folder: Path, seconds: int) -> bool:
    """Fuzz one target, and say how that went; whether it is sound."""
    command = [sys.executable, "-m", "tests.fuzz.one", name, str(folder / name), str(seconds)]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=environment)
    told = ended.stdout + ended.stderr
    runs, covered = _EXECUTED.search(told), _COVERED.findall(told)
    sound = ended.returncode == 0 and runs is not None
    verdict = "sound" if sound else f"FAULT: ended with {ended.returncode}"
    print(f"{name:20}{runs[1] if runs else '-':>10}{covered[-1] if covered else '-':>8}   {verdict}", flush=True)
    if not sound:
        lines = [line for line in told.splitlines() if not line.startswith(("INFO: ", "WARNING: "))]
        print("\n".join(lines)[-_MOST_TOLD:], flush=True)
    return sound


def main() -> None:
    """Fuzz all targets, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], default=[])
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    given = parser.parse_args()
    names = given.targets or list(TARGETS)
    print(f"{'target':20}{'inputs':>10}{'edges':>8}", flush=True)
    sound = [fuzz(name, given.folder, max(given.seconds // len(names), 1)) for name in names]
    sys.exit(0 if all(sound) else 1)


if __name__ == "__main__":
    main()
