"""``dsgns status``: what a workspace holds, what it was made from, and where every token went."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from dsgns.cli.account import account_lines, account_rows, bad_rows, file_rows
from dsgns.cli.history import runs
from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON
from dsgns.cli.summary import phrases_line
from dsgns.display.figures import count, counted, duration, size, table


@click.command(
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Option(["--all", "every"], is_flag=True, help="Also show vectors kept from reading them."),
        click.Option(["--files"], is_flag=True, help="Also show what became of each file, what lost most first."),
        click.Option(["--sha256"], is_flag=True, help="Also hash what each result says, whatever blocks it lies in."),
        click.Option(["--history", "log"], is_flag=True, help="Show the runs that worked on it, the latest last."),
        JSON,
    ]
)
def status(workspace: str, every: bool, files: bool, sha256: bool, log: bool, as_json: bool) -> None:
    """What W holds: each result below what it was made from, what it took, and where every token of the text went.

    A name such as svd/d300-1a2b3c4d, or what follows its stage, is what --key, --init and dsgns remove take.

    \b
        dsgns status wiki.dsgns
        dsgns status wiki.dsgns --files
        dsgns status wiki.dsgns --history
        dsgns status wiki.dsgns --json --sha256
    """
    from dsgns.status import status as describe_workspace
    from dsgns.store import Workspace
    from dsgns.store.digest import digests
    from dsgns.store.history import history

    opened = Workspace.open(workspace)
    if log:
        entries = history(opened.url)
        print_json({"workspace": opened.url, "runs": entries}) if as_json else click.echo(runs(entries))
        return
    known = describe_workspace(opened, files)
    for stage in known["stages"] if sha256 else ():
        if stage["state"] == "complete":
            stage["sha256"] = digests(opened.output(stage["stage"], stage["key"]))
    if as_json:
        print_json(known)
    else:
        click.echo("\n\n".join(_paragraphs(known, every)))


_LEGEND = (
    "blocks: files that a result lies in, each made by one task; peak memory: the most that a worker held; projected:\n"
    "what it was promised beforehand to stay below"
)


def _paragraphs(known: dict[str, Any], every: bool) -> list[str]:
    if not known["stages"]:
        return [f"{known['workspace']} holds nothing yet."]
    shown = [stage for stage in known["stages"] if every or stage["stage"] != "vectors"]
    paragraphs = [_results(shown) + ("\n" + _LEGEND if any(stage.get("steps") for stage in shown) else "")]
    if any(stage["latest"] for stage in shown):
        paragraphs[0] += "\n* is meant where no key is named"
    if any(stage["aside"] for stage in shown):
        paragraphs[0] += "\n(...) is what it was made for; meant only where it is named, and freed by dsgns clean"
    if kept := len(known["stages"]) - len(shown):
        paragraphs[0] += f"\n{counted(kept, 'array')} of vectors kept for reading, which --all shows"
    if known["phrases"]:
        paragraphs.append(phrases_line(known["phrases"]))
    if known["conservation"]:
        paragraphs.append("\n".join([table(["tokens", "", ""], account_rows(known)), *account_lines(known)]))
        paragraphs += _bad_bytes(known) + _files(known)
    hashes = [
        [stage["stage"], stage["key"], name, digest]
        for stage in known["stages"]
        for name, digest in stage.get("sha256", {}).items()
    ]
    return [*paragraphs, table(["stage", "key", "array", "sha256"], hashes, left=4)] if hashes else paragraphs


def _bad_bytes(known: dict[str, Any]) -> list[str]:
    rows = bad_rows(known)
    return [table(["bad bytes", "the first at", "bytes"], rows, left=2)] if rows else []


def _files(known: dict[str, Any]) -> list[str]:
    """A table of the files that lost most, where it is asked for."""
    header, *rows = file_rows(known.get("files") or [])
    if not rows:
        return []
    more = len(known["files"]) - len(rows)
    return [table(header, rows) + (f"\nand {counted(more, 'more file')}, which --json has" if more else "")]


def _results(stages: list[dict[str, Any]]) -> str:
    """A row for each result, indented below the one it was made from; the files of a text stand above its rows."""
    rows = list(_below(None, {_name(stage): stage for stage in stages}))
    header = ["result", "state", "blocks", "time", "peak memory", "projected"]
    title, *lines = table(header, [row for _, row in rows], left=2).splitlines()
    paragraphs = [title]
    for (stage, _), line in zip(rows, lines, strict=True):
        paragraphs += [line] if line.startswith(" ") else [f"\n{stage.get('text', 'text unknown')}", line]
    return "\n".join(paragraphs)


def _below(parent: str | None, stages: dict[str, dict[str, Any]], depth: int = 0) -> Iterator[tuple[Any, list[str]]]:
    """Results made from ``parent``, or from none that is there, each with its row; those made from it follow."""
    from dsgns.lineage import last_input

    for name, stage in stages.items():
        source = last_input(stage["inputs"])
        if (source if source in stages else None) == parent:
            yield stage, ["  " * depth + name, *_figures(stage)]
            yield from _below(name, stages, depth + 1)


def _name(stage: dict[str, Any]) -> str:
    return f"{stage['stage']}/{stage['key']}"


def _figures(stage: dict[str, Any]) -> list[str]:
    figures = ["", "", ""]
    if stage["state"] == "complete" and stage["steps"]:
        figures = [duration(stage["seconds"]), size(stage["peak_bytes"]), size(stage["projected_bytes"])]
    state = stage["state"] + (f" ({stage['aside']})" if stage["aside"] else "") + (" *" if stage["latest"] else "")
    return [state, count(stage["blocks"]), *figures]
