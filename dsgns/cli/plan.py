"""``dsgns plan``: what a training run would take."""

from __future__ import annotations

from typing import Any

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, ROADS, RUN, SectionedCommand, apart
from dsgns.display.figures import count, counted, duration, short, size, table
from dsgns.errors import MemoryPromiseError
from dsgns.parameters import METHODS, Resources


@click.command(
    cls=SectionedCommand,
    params=[
        click.Argument(["inputs"], nargs=-1, required=True, metavar="INPUT..."),
        click.Option(
            ["--output", "-o"], metavar="W", help="Taken and not used, so that a train command needs no edit."
        ),
        click.Option(["--method"], type=click.Choice(METHODS), default="both", show_default=True, help="Which road."),
        JSON,
        *ROADS,
        *RUN,
    ],
)
def plan(inputs: tuple[str, ...], output: str | None, method: str, as_json: bool, **options: Any) -> None:
    """What `dsgns train` with the same options would take: tasks, memory, disk and time of each stage.

    A few megabytes of the text are looked at, and nothing is kept; standard input, -, is read to its end. A plan that
    does not fit the memory limit ends with exit code 1, as the run would. Times are of a server's cores, from figures
    measured on English text; with --scheduler give --workers and --memory-limit as they are there.

    \b
        dsgns plan corpus/*.txt.gz --vector-size 300 --workers 8 --memory-limit 2GiB
    """
    from dsgns.pipeline import TrainParameters
    from dsgns.plan import plan_run

    resources, parameters = apart(options)
    where = Resources(resources["workers"], resources["memory_limit"], resources["shard_size"])
    made = plan_run(list(inputs), TrainParameters.from_options(**parameters), method, where)
    if as_json:
        print_json(made)
    else:
        click.echo(_report(made))
    if not made["fits"]:
        raise MemoryPromiseError(*_refusal(made))


def _report(made: dict[str, Any]) -> str:
    from dsgns.engine import SHARE

    corpus = made["corpus"]
    looked_at = f"{size(corpus['text_bytes'])} of text, {size(corpus['sampled_bytes'])} of it looked at"
    about = (
        f"{counted(corpus['files'], 'file')}, {looked_at}.\n"
        f"About {short(corpus['tokens'])} tokens of {short(corpus['distinct_words'])} words, of which "
        f"{short(corpus['used'])} tokens of {short(corpus['vocabulary_size'])} words are kept."
    )
    rows = [
        [
            stage["stage"],
            count(stage["tasks"]),
            size(stage["peak_bytes"]),
            size(stage["promised_bytes"]),
            size(stage["disk_bytes"]),
            size(stage["passing_bytes"]) if stage["passing_bytes"] else "",
            duration(stage["seconds"]),
        ]
        for stage in made["stages"]
    ]
    stages = table(["stage", "tasks", "memory", "promise", "disk", "meanwhile", "time"], rows)
    disk = f"{size(made['most_disk_bytes'])} at most, {size(made['disk_bytes'])} in the end"
    disk += f", {size(made['spooled_bytes'])} of it the text that is handed over" if made["spooled_bytes"] else ""
    total = f"About {duration(made['seconds'])} on {counted(made['workers'], 'worker')}; on disk {disk}."
    memory = (
        "Memory is what a worker is expected to reach. The promise is what none goes beyond, whatever the text:\n"
        f"a stage is begun only where that is at most {SHARE:.0%} of the memory limit. A task makes one block of a\n"
        "result. Disk is what stays; meanwhile, what lies there only until it is used up."
    )
    fits = [f"It fits workers of {size(made['memory_limit'])}."] if made["fits"] else []
    about = "\n".join([about, *made["notes"]])
    return "\n\n".join([about, stages, "\n".join([memory, total, *fits])])


def _refusal(made: dict[str, Any]) -> tuple[str, str, int]:
    """Which stage promises the most, what to do, and the limit that would fit."""
    from dsgns.engine import LEAST_LIMIT, SHARE

    limit, fitting = made["memory_limit"], made["fitting_memory_limit"]
    worst = max(made["stages"], key=lambda stage: int(stage["promised_bytes"]))
    promised = f"{worst['stage']} promises to keep to {size(worst['promised_bytes'])}"
    why = f"{promised}, but {SHARE:.0%} of the limit are {size(SHARE * limit)}"
    if all(stage["fits"] for stage in made["stages"]):
        why = f"a worker takes {size(LEAST_LIMIT)} to start"
    advice = f"Every stage fits with --memory-limit {fitting >> 20}MiB."
    return f"It does not fit workers of {size(limit)}: {why}.", advice, fitting
