"""The examples run, from the first line to the last, as a reader would run them."""

from __future__ import annotations

import doctest
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
# A word that each script prints once it has come to its end.
LAST_WORDS = {
    "chinese": "words by",
    "cluster": "the same bits",
    "diachronic": "What was called class is now called string",
    "from_softmax_to_pmi": "PMI",
    "karate_club": "with member-34",
    "own_tokenizer": "nearest to __enter__",
    "quickstart": "tokens read",
    "stdlib_corpus": "files in",
    "two_roads": "by chance",
    "wikipedia": "nearest to class",
}

pytestmark = pytest.mark.cluster


def test_none_is_forgotten() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == set(LAST_WORDS)


@pytest.mark.parametrize("name", LAST_WORDS)
def test_it_runs(name: str, tmp_path: Path) -> None:
    command = [sys.executable, str(EXAMPLES / f"{name}.py"), str(tmp_path / "made")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert LAST_WORDS[name] in done.stdout


def test_the_tokenizer_does_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(EXAMPLES)
    spec = importlib.util.spec_from_file_location("own_tokenizer", EXAMPLES / "own_tokenizer.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert doctest.testmod(module).attempted == 1
    assert doctest.testmod(module).failed == 0
