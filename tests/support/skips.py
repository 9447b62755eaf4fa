"""A skip that nobody decided on fails the run, wherever everything that tests need is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIST = ROOT / "tests" / "skips.txt"
DATA = ROOT.parent / "shared" / "data"


def allowed_skips(text: str) -> dict[str, str]:
    """Prefixes of test ids and why they may be skipped, from the list's lines ``prefix: reason``."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return dict(line.split(": ", 1) for line in lines)  # type: ignore[misc]


def strays(skipped: list[str], allowed: dict[str, str]) -> list[str]:
    """The test ids that no listed prefix covers."""
    return [name for name in skipped if not name.startswith(tuple(allowed))]


def _unlisted(config: pytest.Config) -> list[str]:
    if os.environ.get("CI") != "true" and not DATA.is_dir():
        return []
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = [report.nodeid for report in reporter.stats.get("skipped", [])] if reporter else []
    return strays(skipped, allowed_skips(LIST.read_text()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run."""
    if session.exitstatus == pytest.ExitCode.OK and _unlisted(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why."""
    for name in _unlisted(terminalreporter.config):
        terminalreporter.write_line(f"SKIPPED, and not on tests/skips.txt: {name}", red=True)
