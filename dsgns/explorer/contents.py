"""What the page says in words: titles, which results there are, what became of the tokens."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.cli.account import account_lines, account_rows
from dsgns.display.figures import count, counted, duration, size
from dsgns.explorer.captions import about_map
from dsgns.explorer.library import LAYOUTS, Library, Shelf
from dsgns.explorer.umap_atlas import umap_is_there
from dsgns.status import status
from dsgns.store import Output
from dsgns.vectors.words import WordVectors
from dsgns.version import __version__

TITLES = {"svd": "SVD", "sgns": "SGNS"}

_KEPT_ASIDE = ("text", "vectors")


def contents(library: Library, outputs: Mapping[str, Output], note: str) -> dict[str, Any]:
    """The template's variables that do not hang on vectors.

    Parameters
    ----------
    outputs
        The results that are shown, by road.
    note
        What there is to say about which ones these are.
    """
    known = status(library.workspace)
    shelf = library.shelf()
    under_way = [stage for stage in known["stages"] if stage["state"] != "complete" and stage["stage"] in TITLES]
    return {
        "name": os.path.basename(known["workspace"].rstrip("/")),
        "summary": _summary(known, outputs),
        "note": note,
        "titles": TITLES,
        "choices": _choices(shelf, under_way, outputs) if any(shelf.values()) else [],
        "roads": [{"name": road, "title": TITLES[road]} for road in outputs],
        "nothing": _nothing(library, under_way, shelf),
        "account": [_account_line(row) for row in account_rows(known)],
        "account_lines": account_lines(known),
        "results": [_result(stage) for stage in known["stages"] if stage["stage"] not in _KEPT_ASIDE],
        "charts": [],
        "asks_analogies": True,
        "layouts": list(LAYOUTS) if umap_is_there() else ["pca"],
        "about_map": about_map(library.reading.words),
        "footer": f"dsgns {__version__}",
    }


def examples(vectors: WordVectors, wanted: int = 5) -> list[str]:
    """Some words to begin with: frequent ones, behind those that only hold sentences together."""
    first = min(150, len(vectors) // 4)
    telling = [word for word in vectors.index_to_key[first : first + 200] if word.isalpha() and len(word) > 1]
    return telling[:: max(1, len(telling) // wanted)][:wanted] or vectors.index_to_key[:wanted]


def _summary(known: Mapping[str, Any], outputs: Mapping[str, Output]) -> str:
    sizes = {output.facts["vocabulary_size"] for output in outputs.values()}
    told = [counted(words, "word") for words in sorted(sizes)]
    if known["conservation"]:
        told.append(f"{counted(known['conservation']['used'], 'token')} of text")
    return " · ".join([*told, *(f"{TITLES[road]} {out.parameters['vector_size']}-d" for road, out in outputs.items())])


def _choices(shelf: Shelf, under_way: Sequence[Mapping[str, Any]], outputs: Mapping[str, Output]) -> list[Any]:
    """For each road its results, none of them, and those that cannot be chosen yet."""
    choices = []
    for road, results in shelf.items():
        keys = [output.key for output in results]
        if road in outputs and outputs[road].key not in keys:
            keys.append(outputs[road].key)
        shown = outputs[road].key if road in outputs else ""
        options = [{"key": key, "text": key, "chosen": key == shown} for key in keys]
        options.append({"key": "", "text": "none", "chosen": not shown})
        for stage in under_way:
            if stage["stage"] == road:
                options.append({"key": "", "text": f"{stage['key']} (under way)", "under_way": True})
        choices.append({"road": road, "title": TITLES[road], "options": options})
    return choices


def _nothing(library: Library, under_way: Sequence[Mapping[str, Any]], shelf: Shelf) -> str:
    url = library.workspace.url
    if any(shelf.values()):
        return "No result is chosen. Choose one of SVD or of SGNS above."
    if under_way:
        names = ", ".join(f"{stage['stage']}/{stage['key']}" for stage in under_way)
        return f"{names}: under way. When it is complete, load the page again."
    return f"Nothing has made vectors here yet. Run `dsgns svd {url}` or `dsgns sgns {url}`, then load the page again."


def _account_line(row: Sequence[str]) -> dict[str, Any]:
    text = row[0].lstrip()
    return {"text": text, "depth": (len(row[0]) - len(text)) // 2, "number": row[1], "share": row[2]}


def _result(stage: Mapping[str, Any]) -> dict[str, Any]:
    worked = stage["state"] == "complete" and stage["steps"]
    return {
        "name": f"{stage['stage']}/{stage['key']}",
        "latest": stage["latest"],
        "state": stage["state"] if stage["state"] == "complete" else f"under way, {count(stage['blocks'])} blocks",
        "time": duration(stage["seconds"]) if worked else "",
        "memory": size(stage["peak_bytes"]) if worked else "",
    }
