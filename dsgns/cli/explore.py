"""``dsgns explore``: a workspace in a web page."""

from __future__ import annotations

import importlib.util
import ipaddress

import click

from dsgns.cli.options import CONTEXT, EXPONENT, POST, Command
from dsgns.errors import MissingExtraError, how_to_add

WORDS = click.Option(
    ["--words"], type=click.IntRange(2, 20_000), default=2000, show_default=True, help="How many are on the map."
)


@click.command(
    cls=Command,
    params=[
        click.Argument(["workspace"], metavar="W"),
        click.Option(["--host"], default="127.0.0.1", show_default=True, help="The address to listen on."),
        click.Option(["--port"], type=click.IntRange(0, 65535), help="0 for any.  [default: 8686, or any if taken]"),
        WORDS,
        EXPONENT,
        CONTEXT,
        POST,
    ],
)
def explore(workspace: str, host: str, port: int | None, words: int, p: float, context: str, post: str) -> None:
    """Look at W in a web page, until Ctrl-C.

    Search words and see their neighbours by both roads, ask analogies, move on a map; below are the spectrum, the loss,
    norms against frequency, and where every token went. Results are chosen at the top, also while others are under way.

    \b
        dsgns explore wiki.dsgns                  # then open the address that it prints
        dsgns explore wiki.dsgns --p 0 --post all-but-the-top
        ssh -L 8686:localhost:8686 server         # to look at what another machine shows

    Only this machine can see the page, unless --host says otherwise; it asks for no password. It takes the extra
    explore.
    """
    require_bokeh()
    from dsgns.explorer.library import Library, Reading
    from dsgns.explorer.server import serve
    from dsgns.store import Workspace

    library = Library(Workspace.open(workspace), Reading(p, context, post, words))

    def began(address: str) -> None:
        click.echo(f"{workspace} is shown at {address} until Ctrl-C.")
        if not _loopback(host):
            click.echo(f"Whoever can reach {host} can see it; 127.0.0.1 is for this machine alone.", err=True)

    serve(library, host, port, began)


def require_bokeh() -> None:
    """Refuse what cannot be drawn.

    Raises
    ------
    MissingExtraError
        If Bokeh is not installed.
    """
    if importlib.util.find_spec("bokeh") is None:
        raise MissingExtraError(f"The page is drawn by Bokeh, which is not there. {how_to_add('explore')}")


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
