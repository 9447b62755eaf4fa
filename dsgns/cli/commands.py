"""The ``dsgns`` command: finds its subcommands when they are called, and turns errors into exit codes."""

from __future__ import annotations

import importlib
import io
import os
import sys
from difflib import get_close_matches
from typing import Any

import click

from dsgns.cli.stopping import GO_ON, STOPPED, stoppable
from dsgns.errors import DsgnsError, ParameterError, RunStoppedError
from dsgns.version import __version__

# Name: the module it is in, and its line in `dsgns --help`. A command's module brings its options, and imports what
# it works with when it runs: that takes longer than help may.
COMMANDS = {
    "train": ("train", "Text to word vectors, by both roads."),
    "plan": ("plan", "What a training run would take, before it is begun."),
    "vocabulary": ("stages", "Count words and give them ids."),
    "tokens": ("stages", "Encode the text as ids."),
    "counts": ("stages", "Count co-occurrences."),
    "ppmi": ("stages", "Weigh counts as shifted positive PMI, and write the matrix."),
    "svd": ("stages", "Factorise the PMI matrix: the count road's vectors."),
    "sgns": ("stages", "Train skip-gram with negative sampling: the prediction road's vectors."),
    "import-counts": ("import_counts", "Counts from a table of your own: items, graphs, walks."),
    "merge": ("merge", "Add up the counts of workspaces, or take some away."),
    "status": ("status", "What a workspace holds, and where every token went."),
    "remove": ("remove", "Take results out of a workspace."),
    "clean": ("remove", "Show and remove what sweeps and interrupted runs left behind."),
    "similar": ("neighbours", "The nearest neighbours of words, both roads side by side."),
    "analogy": ("neighbours", "A is to B as C is to ...?"),
    "explore": ("explore", "Look at a workspace in a web page: neighbours, analogies, a map, curves."),
    "report": ("report", "The same page as one HTML file, to send or to keep."),
    "fold-in": ("fold_in", "Place words among the vectors that were trained without them."),
    "align": ("align", "Turn one workspace's vectors onto another's: what moved, what stands for what."),
    "evaluate": ("evaluate", "Score vectors on similarity and analogy sets."),
    "sweep": ("sweep", "Score the count road under many settings, and draw the curves."),
    "compare": ("compare", "What both roads optimise, measured on this corpus."),
    "export": ("export", "Write vectors to a file that other tools read."),
    "convert": ("convert", "Write vectors of a file in another format."),
}

_GOING_ON = {
    "train",
    "vocabulary",
    "tokens",
    "counts",
    "ppmi",
    "svd",
    "sgns",
    "compare",
    "remove",
    "clean",
    "sweep",
    "merge",
    "import-counts",
}
"""Those that keep what they have done so far when they are stopped."""

_WIDEST = max(map(len, COMMANDS))


class Failure(click.ClickException):
    """An error of ours as the command line shows it: its message, and no traceback."""

    exit_code = 1


class WrongUse(Failure):
    """An option with a value that is not allowed."""

    exit_code = 2


class ToBeGoneOnWith(Failure):
    """A run that was stopped as had been asked for, before it came to vectors."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h: try again


class Commands(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"dsgns.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; of what is misspelt the nearest is offered."""
        if args and args[0] not in COMMANDS and (near := get_close_matches(args[0], COMMANDS, 1)):
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name.ljust(_WIDEST), line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors of ours become a message, a stop becomes its exit code."""
        try:
            with stoppable(lambda: GO_ON if ctx.invoked_subcommand in _GOING_ON else STOPPED):
                return super().invoke(ctx)
        except DsgnsError as error:
            if ctx.params["debug"]:
                raise
            raise _exit_for(error)(str(error)) from error


def _exit_for(error: DsgnsError) -> type[Failure]:
    if isinstance(error, RunStoppedError):
        return ToBeGoneOnWith
    return WrongUse if isinstance(error, ParameterError) else Failure


@click.group(cls=Commands, name="dsgns", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dsgns")
@click.option("--debug", is_flag=True, envvar="DSGNS_DEBUG", help="Show the traceback of an error (or DSGNS_DEBUG=1).")
def main(debug: bool) -> None:
    """Word vectors by two roads over one corpus: co-occurrence counts, PMI and randomized SVD; and
    skip-gram with negative sampling. Out of core, on one machine or many.

    \b
        dsgns train corpus/*.txt.gz --output wiki.dsgns
        dsgns similar wiki.dsgns king

    Each command explains itself: dsgns COMMAND --help.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Names of files may hold bytes that are no UTF-8. Written so, they are what JSON knows as well.
        sys.stdout.reconfigure(errors="backslashreplace")
    # A tokenizer of one's own mostly lies where one works. Local workers take over this path.
    if os.getcwd() not in sys.path:
        sys.path.append(os.getcwd())
