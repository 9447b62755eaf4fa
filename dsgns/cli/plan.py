"""``dsgns plan``: what a training run would take."""

from __future__ import annotations

from typing import Any

import click

from dsgns.cli.figures import count, counted, duration, short, size, table
from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON, ROADS, RUN, SectionedCommand, apart
from dsgns.parameters import Resources
from dsgns.pipeline import METHODS, TrainParameters
from dsgns.plan import plan_run


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

    A few megabytes of the text are looked at, and nothing is written. Times are of a server's cores, from figures
    measured on English text; with --scheduler give --workers and --memory-limit as they are there.

    \b
        dsgns plan corpus/*.txt.gz --vector-size 300 --workers 8 --memory-limit 2GiB
    """
    resources, parameters = apart(options)
    where = Resources(resources["workers"], resources["memory_limit"], resources["shard_size"])
    made = plan_run(list(inputs), TrainParameters.from_options(**parameters), method, where)
    if as_json:
        print_json(made)
    else:
        click.echo(_report(made))


def _report(made: dict[str, Any]) -> str:
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
            size(stage["disk_bytes"]),
            size(stage["passing_bytes"]) if stage["passing_bytes"] else "",
            duration(stage["seconds"]),
        ]
        for stage in made["stages"]
    ]
    stages = table(["stage", "tasks", "memory/worker", "disk", "meanwhile", "time"], rows)
    disk = f"{size(made['most_disk_bytes'])} at most, {size(made['disk_bytes'])} in the end"
    total = f"About {duration(made['seconds'])} on {counted(made['workers'], 'worker')}; on disk {disk}."
    return "\n\n".join([about, stages, f"{total}\n{_verdict(made)}"])


def _verdict(made: dict[str, Any]) -> str:
    limit = size(made["memory_limit"])
    if made["fits"]:
        return f"It fits workers of {limit}."
    worst = max(made["stages"], key=lambda stage: int(stage["needed_memory_limit"]))
    needed = -(-worst["needed_memory_limit"] // 2**20)
    return f"It does not fit workers of {limit}: {worst['stage']} needs --memory-limit {needed}MiB or more."
