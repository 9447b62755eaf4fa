"""``dsgns remove`` and ``dsgns clean``: take results out of a workspace, named ones or what was left behind."""

from __future__ import annotations

import click

from dsgns.cli.machine import print_json
from dsgns.cli.options import JSON
from dsgns.display.figures import size, table


@click.command(
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Argument(["keys"], nargs=-1, metavar="[KEY...]"),
        click.Option(["--dependents"], is_flag=True, help="Also remove what was made from them."),
        click.Option(["--unfinished"], is_flag=True, help="Also remove all that was begun and is not complete."),
        click.Option(["--caches"], is_flag=True, help="Also remove vectors kept from reading them, and decoded text."),
        JSON,
    ]
)
def remove(
    workspace: str, keys: tuple[str, ...], dependents: bool, unfinished: bool, caches: bool, as_json: bool
) -> None:
    """Take results out of W, named by KEY or STAGE/KEY as dsgns status shows them, and tell what they held.

    A result that others were made from is not removed without them; one that an SVD only began with (--init) is. While
    a result is being written, nothing is removed. Of several keys, those that name nothing are told and passed over.

    \b
        dsgns remove wiki.dsgns svd/d300-1a2b3c4d
        dsgns remove wiki.dsgns counts/w10-harmonic-3fa2b1c9 --dependents
        dsgns remove wiki.dsgns --unfinished --caches

    What sweeps, comparisons and interrupted runs left behind is shown and removed by dsgns clean W.
    """
    from dsgns.removal import remove as remove_results
    from dsgns.store import Workspace

    if not (keys or unfinished or caches):
        raise click.UsageError("Name results to remove, or give --unfinished or --caches.")
    freed = remove_results(Workspace.open(workspace), keys, dependents=dependents, unfinished=unfinished, caches=caches)
    missing = [key for key in keys if not any(key in (name, name.partition("/")[2]) for name in freed)]
    if missing:
        click.echo(f"{workspace} has nothing of the key {', '.join(missing)}.", err=True)
    if as_json:
        print_json({"removed": freed, "bytes": sum(freed.values())})
    elif freed:
        rows = [[name, size(held)] for name, held in freed.items()]
        click.echo(table(["removed", "freed"], [*rows, ["together", size(sum(freed.values()))]]))
    else:
        click.echo("There is nothing to remove.")


@click.command(
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Option(["--yes", "-y"], is_flag=True, help="Remove it; otherwise it is only shown."),
        click.Option(["--keep-unfinished"], is_flag=True, help="But for what the same command would go on with."),
        JSON,
    ]
)
def clean(workspace: str, yes: bool, keep_unfinished: bool, as_json: bool) -> None:
    """Show what sweeps, comparisons and interrupted runs left behind in W, and with --yes remove it.

    The column why says what it is: "made by sweep" or "made by compare", results on the way to scores; "unfinished",
    what a run began and did not end; "kept to save time", vectors kept from reading them and decoded text, made again
    when they are needed; "nothing is made of it", text from standard input whose corpus is gone. Nothing goes that
    something else was made from, and no result of a training that came to its end.

    \b
        dsgns clean wiki.dsgns
        dsgns clean wiki.dsgns --yes
    """
    from dsgns.removal import left_behind
    from dsgns.removal import remove as remove_results
    from dsgns.store import Workspace

    opened = Workspace.open(workspace)
    there = left_behind(opened, unfinished=not keep_unfinished)
    if yes:
        remove_results(opened, unfinished=not keep_unfinished, caches=True, aside=True)
    together = sum(held for _, held in there.values())
    if as_json:
        results = {name: {"why": why, "bytes": held} for name, (why, held) in there.items()}
        print_json({"removed" if yes else "left_behind": results, "bytes": together})
        return
    if not there:
        click.echo("There is nothing to remove.")
        return
    rows = [[name, why, size(held)] for name, (why, held) in there.items()]
    click.echo(
        table(["removed" if yes else "left behind", "why", "size"], [*rows, ["together", "", size(together)]], 2)
    )
    if not yes:
        click.echo(f"\ndsgns clean {workspace} --yes removes it.")
