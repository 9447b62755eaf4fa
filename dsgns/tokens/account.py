"""Where the bytes, documents and tokens of every file went, and proof that none was lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from dsgns.corpus.forms import PAGES, RECORDS
from dsgns.corpus.kernels_bad_bytes import KINDS
from dsgns.corpus.ledger import COLUMNS, Readings
from dsgns.corpus.report import SOURCES, told_place
from dsgns.corpus.sources import Source
from dsgns.errors import CorpusError
from dsgns.store import Output

_PAGES, _RECORDS = (tuple(f"{names[0]}_{name}" for name in names[1:]) for names in (PAGES, RECORDS))
_DESTINATIONS = ("tokens", "held_out", "filtered")

SUMS = {
    "pages": _PAGES,
    "records": _RECORDS,
    "documents_read": ("documents", "held_out_documents", "filtered_documents"),
    "tokens_seen": ("addresses", "numbers", "tokens_read"),
    "tokens_read": ("used", "out_of_vocabulary", "filtered", "held_out"),
    "invalid_bytes": KINDS[:-1],
}
"""What is the sum of what, in each file."""

_IN_SUMS = dict.fromkeys(name for total, parts in SUMS.items() for name in (total, *parts))
ACCOUNT = ("bytes", "text_bytes", *_IN_SUMS, KINDS[-1])
"""The numbers of a file: its bytes, those of its text, all that are in sums, and NULs."""
_SHOWN = 5


def write_account(
    output: Output,
    sources: Sequence[Source],
    read: Readings,
    counted: np.ndarray,
    forms: Mapping[str, np.ndarray],
    by_line: bool,
) -> dict[str, Any]:
    """Write what became of every file as the block ``sources``, if its sums close; what there is to say of all.

    The block has besides how many ``ids`` each file became, separators among them: so where in their stream it stands.

    Parameters
    ----------
    read
        The reading that wrote ids.
    counted
        The rows of the one before, which counted the vocabulary.
    forms
        What became of each source's ``pages`` and ``records``, int64, shape (sources, number of them).
    by_line
        Whether each page and record that is kept has to be a document.

    Raises
    ------
    CorpusError
        If a sum does not close, naming the file.
    """
    columns = _columns(sources, read, counted, forms, by_line)
    starts = np.array([at for at, source in enumerate(sources) if not source.start])
    rows = np.add.reduceat(np.stack([columns[name] for name in ACCOUNT], axis=1), starts)
    urls = [sources[at].url for at in starts]
    require_closed(rows, urls)
    names = [url.encode("utf-8", "surrogateescape") for url in urls]
    arrays = {
        "names": np.frombuffer(b"".join(names), np.uint8),
        "offsets": np.append(0, np.cumsum([len(name) for name in names])),
        "rows": rows,
        "ids": np.add.reduceat(columns["ids"], starts),
    }
    output.write(SOURCES, arrays, facts={"columns": ACCOUNT})
    total = dict(zip(ACCOUNT, rows.sum(axis=0).tolist(), strict=True))
    return {"files": len(urls), **total, "bad": _bad(sources, read)}


def _columns(
    sources: Sequence[Source], read: Readings, counted: np.ndarray, forms: Mapping[str, np.ndarray], by_line: bool
) -> dict[str, np.ndarray]:
    """The numbers of each source by name, int64, shape (sources,)."""
    now, before = (dict(zip(COLUMNS, rows.T, strict=True)) for rows in (read.rows, counted))
    told = np.hstack([forms["pages"], forms["records"]]).T
    found = now | dict(zip(("pages", *_PAGES, "records", *_RECORDS), told, strict=True))
    made = found["pages"] + found["records"] if by_line else np.zeros(len(sources), np.int64)
    documents = sum(now[name] for name in SUMS["documents_read"])
    return found | {
        "bytes": np.array([source.size for source in sources], np.int64),
        "documents_read": np.where(
            made, found["pages_kept"] + found["records_kept"] + found["records_misquoted"], documents
        ),
        "tokens_seen": sum(before[name] for name in (*_DESTINATIONS, "addresses", "numbers")),
        "tokens_read": sum(now[name] for name in _DESTINATIONS),
        "used": now["known"],
        "out_of_vocabulary": now["tokens"] - now["known"],
        "ids": now["known"] + now["documents"] + now["sentence_ends"],
    }


def require_closed(rows: np.ndarray, urls: Sequence[str]) -> None:
    """Make sure that every sum of every file is the sum of its parts.

    Parameters
    ----------
    rows
        int64, shape (files, len(ACCOUNT)).

    Raises
    ------
    CorpusError
        Naming the first file in which one is not, and both sums.
    """
    columns = dict(zip(ACCOUNT, rows.T, strict=True))
    for name, parts in SUMS.items():
        total = np.sum([columns[part] for part in parts], axis=0)
        wrong = np.flatnonzero(columns[name] != total)
        if wrong.size:
            which = int(wrong[0])
            numbers = " + ".join(f"{columns[part][which]} {part.replace('_', ' ')}" for part in parts)
            raise CorpusError(
                f"The account of {urls[which]} does not close: it has {columns[name][which]} {name.replace('_', ' ')}, "
                f"but {numbers} are {total[which]}. Run the same command again once the file rests; if it stays so, "
                "report it."
            )


def _bad(sources: Sequence[Source], read: Readings) -> dict[str, dict[str, Any]]:
    """How many bytes there are of each kind that is bad, and the first few places of it."""
    told = told_place(read, sources)
    found = {}
    for kind, name in enumerate(KINDS):
        if number := read.total(name):
            places = read.places[read.places[:, 1] == kind][:_SHOWN, [0, 2]].tolist()
            found[name] = {"bytes": number, "first": [told(*place) for place in places]}
    return found


def files_of(tokens: Output) -> Iterator[dict[str, Any]]:
    """What became of each file, in order: its ``url`` and the numbers of :data:`ACCOUNT`; none if that is not known."""
    if tokens.manifest(SOURCES) is None:
        return
    block = tokens.read(SOURCES)
    columns, text = tokens.facts_of(SOURCES)["columns"], block["names"].tobytes()
    for which, row in enumerate(block["rows"].tolist()):
        name = text[block["offsets"][which] : block["offsets"][which + 1]]
        yield {"url": name.decode("utf-8", "surrogateescape"), **dict(zip(columns, row, strict=True))}
