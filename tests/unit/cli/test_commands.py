"""Loading, help, errors and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from dsgns.cli import main
from dsgns.cli.commands import COMMANDS
from dsgns.errors import MissingWordError, ParameterError
from dsgns.version import __version__


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Makes every command one that does what it is given."""

    def install(body) -> None:
        command = click.Command("status", callback=body)
        monkeypatch.setattr(type(main), "get_command", lambda self, ctx, name: command)

    return install


def test_help_lists_every_command() -> None:
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    listed = result.output.split("Commands:")[1].splitlines()
    assert [line.split()[0] for line in listed if line.startswith("  ") and line[2] != " "] == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_explains_itself(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"dsgns {name}" in result.output, "help teaches with an example"


def test_of_a_misspelt_command_the_nearest_is_named() -> None:
    result = CliRunner().invoke(main, ["trian", "corpus.txt"])
    assert result.exit_code == 2
    assert "No such command 'trian'. Did you mean 'train'?" in result.output
    assert "Did you mean" not in CliRunner().invoke(main, ["qqqq"]).output


def test_help_loads_nothing_that_works() -> None:
    script = f"""
import sys
from click.testing import CliRunner
from dsgns.cli import main
for name in {list(COMMANDS)}:
    assert CliRunner().invoke(main, [name, "--help"]).exit_code == 0
print(sorted({{"numba", "numpy", "distributed", "rich", "fsspec"}} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_version_is_told() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.strip().endswith(__version__)


def test_an_unknown_command_is_a_wrong_use() -> None:
    result = CliRunner().invoke(main, ["trian"])
    assert result.exit_code == 2
    assert "No such command 'trian'" in result.output


def test_an_error_of_ours_is_a_message(failing) -> None:
    def body() -> None:
        raise MissingWordError("'xyz' is not in the vocabulary.")

    failing(body)
    result = CliRunner().invoke(main, ["status"])
    assert result.exit_code == 1
    assert result.stderr == "Error: 'xyz' is not in the vocabulary.\n"


def test_a_wrong_parameter_exits_with_2(failing) -> None:
    def body() -> None:
        raise ParameterError("window is 0; it must be between 1 and 40.")

    failing(body)
    result = CliRunner().invoke(main, ["status"])
    assert (result.exit_code, result.stderr) == (2, "Error: window is 0; it must be between 1 and 40.\n")


@pytest.mark.parametrize(("arguments", "environment"), [(["--debug"], {}), ([], {"DSGNS_DEBUG": "1"})])
def test_debug_shows_where_it_happened(failing, arguments, environment) -> None:
    def body() -> None:
        raise MissingWordError("no")

    failing(body)
    result = CliRunner().invoke(main, [*arguments, "status"], env=environment)
    assert isinstance(result.exception, MissingWordError)


@pytest.fixture
def signals() -> Iterator[None]:
    """Has signals do what they did, after a stop that took them for the process's last."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize(
    ("command", "said"),
    [("train", "Stopped. The same command goes on from here.\n"), ("status", "Stopped.\n"), ("export", "Stopped.\n")],
)
def test_a_stop_says_whether_the_command_goes_on(failing, number: int, code: int, command: str, said: str) -> None:
    closed = []

    def body() -> None:
        try:
            os.kill(os.getpid(), number)
            signal.pause()
        finally:
            closed.append(True)

    failing(body)
    result = CliRunner().invoke(main, [command])
    assert result.exit_code == code
    assert result.stderr == said
    assert closed, "what was open is closed"


def test_signals_are_given_back(failing) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    failing(lambda: None)
    assert CliRunner().invoke(main, ["status"]).exit_code == 0
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before
