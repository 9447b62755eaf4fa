"""The vectors that a command asks for, by the road they came from."""

from __future__ import annotations

from dsgns.errors import MissingOutputError, ParameterError
from dsgns.vectors.sparse import SparseVectors
from dsgns.vectors.words import WordVectors
from dsgns.workspace import open_workspace

ROADS = ("svd", "sgns", "ppmi")


def load_roads(
    url: str, names: str | None, p: float, context: str, key: str | None = None
) -> dict[str, WordVectors | SparseVectors]:
    """The vectors of each road named, or of every dense one that was walked.

    Parameters
    ----------
    names
        Such as ``svd,sgns``; None for whichever of these two are there.
    key
        Of one result among several, of the only road named; None for the latest.

    Raises
    ------
    MissingOutputError
        If a road named was not walked, or none was.
    ParameterError
        If there is no such road.
    """
    workspace = open_workspace(url)
    chosen = [name.strip() for name in names.split(",") if name.strip()] if names else []
    if strange := [name for name in chosen if name not in ROADS]:
        raise ParameterError(f"--vectors names {strange[0]!r}; it takes {', '.join(ROADS)}, parted by commas.")
    if key is not None and len(chosen) != 1:
        raise ParameterError("--key names one result; name its road, and only that, with --vectors.")
    if not chosen:
        chosen = [name for name in ("svd", "sgns") if _walked(url, name)]
    if not chosen:
        raise MissingOutputError(f"{url} holds no vectors yet; run `dsgns svd {url}` or `dsgns sgns {url}`.")
    return {name: workspace.vectors(name, p=p, context=context, key=key) for name in chosen}


def _walked(url: str, road: str) -> bool:
    try:
        open_workspace(url).store.latest(road)
    except MissingOutputError:
        return False
    return True
