"""``dsgns status``: what a workspace holds, and where every token went."""

from __future__ import annotations

from typing import Any

import click

from dsgns.cli.figures import count, duration, size, table
from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON
from dsgns.status import status as describe_workspace
from dsgns.store import Workspace
from dsgns.store.digest import digests

_PLACES = (
    ("used", "used"),
    ("out_of_vocabulary", "out of vocabulary"),
    ("filtered", "filtered"),
    ("held_out", "held out"),
)


@click.command(
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Option(["--sha256"], is_flag=True, help="Also hash what each result says, whatever blocks it lies in."),
        JSON,
    ]
)
def status(workspace: str, sha256: bool, as_json: bool) -> None:
    """What W holds: each stage's results, what they took, and where every token of the text went.

    \b
        dsgns status wiki.dsgns
        dsgns status wiki.dsgns --json --sha256
    """
    opened = Workspace.open(workspace)
    known = describe_workspace(opened)
    for stage in known["stages"] if sha256 else ():
        if stage["state"] == "complete":
            stage["sha256"] = digests(opened.output(stage["stage"], stage["key"]))
    if as_json:
        print_json(known)
    else:
        click.echo("\n\n".join(_paragraphs(known)))


def _paragraphs(known: dict[str, Any]) -> list[str]:
    if not known["stages"]:
        return [f"{known['workspace']} holds nothing yet."]
    header = ["stage", "key", "state", "blocks", "time", "peak memory", "projected"]
    paragraphs = [table(header, [_row(stage) for stage in known["stages"]], left=3)]
    if any(stage["latest"] for stage in known["stages"]):
        paragraphs[0] += "\n* is meant where no key is named"
    if known["conservation"]:
        paragraphs.append(_conservation(known["conservation"]))
    hashes = [
        [stage["stage"], stage["key"], name, digest]
        for stage in known["stages"]
        for name, digest in stage.get("sha256", {}).items()
    ]
    return [*paragraphs, table(["stage", "key", "array", "sha256"], hashes, left=4)] if hashes else paragraphs


def _row(stage: dict[str, Any]) -> list[str]:
    figures = ["", "", ""]
    if stage["state"] == "complete" and stage["steps"]:
        figures = [duration(stage["seconds"]), size(stage["peak_bytes"]), size(stage["projected_bytes"])]
    state = stage["state"] + (" *" if stage["latest"] else "")
    return [stage["stage"], stage["key"], state, count(stage["blocks"]), *figures]


def _conservation(tokens: dict[str, int]) -> str:
    rows = [["read", count(tokens["tokens_read"]), "100.0 %"]]
    for name, words in _PLACES:
        share = 100 * tokens[name] / max(tokens["tokens_read"], 1)
        rows.append([f"  {words}", count(tokens[name]), f"{share:.1f} %"])
    return table(["tokens", "", ""], rows)
