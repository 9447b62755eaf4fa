"""Where every token of a text went, and what was met on the way: as ``dsgns status`` and the explorer tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dsgns.cli.summary import pages_line, records_line, repairs_line
from dsgns.display.figures import count, counted, size

_PLACES = (
    ("used", "used"),
    ("out_of_vocabulary", "out of vocabulary"),
    ("filtered", "filtered"),
    ("held_out", "held out"),
)

_RULES = {
    "vocabulary": "--vocabulary",
    "min_count": "--min-count",
    "max_vocabulary": "--max-vocabulary",
    "stop": "--stop",
}


_DROPPED = {"addresses": "--urls drop", "numbers": "--digits drop"}
_KINDS = {
    "stray": "continue no character",
    "broken_off": "break off",
    "overlong": "overlong",
    "surrogate": "surrogates",
    "out_of_range": "out of range",
    "nul": "NUL",
}
_COLUMNS = {
    "bytes": "bytes",
    "documents": "documents",
    "tokens_seen": "tokens",
    "used": "used",
    "out_of_vocabulary": "out of vocab.",
    "filtered": "filtered",
    "held_out": "held out",
}
_MOST = 20


def account_rows(known: Mapping[str, Any]) -> list[list[str]]:
    """What was read and what became of it: words, indented below what they are part of, a number, and its share.

    Parameters
    ----------
    known
        What :func:`dsgns.status.status` says.
    """
    tokens, account, left_out = known["conservation"], known.get("account") or {}, known["left_out"]
    if not tokens:
        return []
    numbers: dict[str, int] = {}
    if account.get("tokens_seen", 0) > tokens["tokens_read"]:
        numbers["seen"] = account["tokens_seen"]
        numbers |= {f"  by {rule}": account[name] for name, rule in _DROPPED.items() if account[name]}
    numbers["read"] = tokens["tokens_read"]
    for name, words in _PLACES:
        numbers[f"  {words}"] = tokens[name]
        if name == "out_of_vocabulary" and left_out and len(left_out) > 1:
            numbers |= {f"    by {_RULES[rule]}": number for rule, number in left_out.items()}
    whole = max(next(iter(numbers.values())), 1)
    return [[words, count(number), f"{100 * number / whole:.1f} %"] for words, number in numbers.items()]


def account_lines(known: Mapping[str, Any]) -> list[str]:
    """What else there is to say of the text: files, subsampling, repairs, pages, records, and what was skipped."""
    if not known["conservation"]:
        return []
    told = {
        "of the files": _files_line(known.get("account")),
        "by subsampling": _subsampled_line(known.get("subsampled")),
        "in the text": repairs_line(known["repairs"]),
        "of the dumps": pages_line(known["pages"]),
        "of the records": records_line(known["records"]),
    }
    skipped = [
        f"skipped: {each['file']}, bytes {each['start']} to {each['stop']}: {each['why']}"
        for each in known.get("skipped") or ()
    ]
    return [*(f"{where}: {line}" for where, line in told.items() if line), *skipped]


def _files_line(account: Mapping[str, Any] | None) -> str:
    """The files, their bytes, and what became of the documents in them; empty where that is not known."""
    if not account:
        return ""
    text = "" if account["bytes"] == account["text_bytes"] else f" ({size(account['text_bytes'])} of text)"
    documents = {
        "used": account["documents"],
        "held out": account["held_out_documents"],
        "filtered": account["filtered_documents"],
    }
    parts = " + ".join(f"{count(number)} {what}" for what, number in documents.items() if number)
    files = f"{counted(account['files'], 'file')} of {size(account['bytes'])}{text}"
    return f"{files}, {counted(account['documents_read'], 'document')} read = {parts or 0}"


def _subsampled_line(subsampled: Mapping[str, Any] | None) -> str:
    """What the draws of a training left out; empty where there is none."""
    if not subsampled:
        return ""
    return (
        f"the draws of sgns/{subsampled['sgns']} left out {count(subsampled['tokens'])} of "
        f"{count(subsampled['of'])} tokens in {counted(subsampled['epochs'], 'epoch')}"
    )


def bad_rows(known: Mapping[str, Any]) -> list[list[str]]:
    """Bytes that are no text: of each kind its name, the first few places, and how many there are."""
    bad = (known.get("account") or {}).get("bad", {})
    return [[_KINDS[kind], "; ".join(found["first"]), count(found["bytes"])] for kind, found in bad.items()]


def file_rows(files: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """What became of each file, those first that lost most, below a header; of very many no more than the first.

    Tokens that subsampling left out, over all epochs, are told where they are known.
    """
    columns = _COLUMNS | ({"subsampled": "subsampled"} if all("subsampled" in file for file in files) else {})
    rows = [
        [file["url"], *(count(file[name]) for name in columns), count(file["invalid_bytes"] + file["nul"])]
        for file in sorted(files, key=_lost, reverse=True)[:_MOST]
    ]
    return [["file", *columns.values(), "bad bytes"], *rows]


def _lost(file: Mapping[str, Any]) -> tuple[int, int, int]:
    """Bad bytes; pages, records and documents that are none; and tokens that are not used."""
    left_out = file["pages"] - file["pages_kept"] + file["records"] - file["records_kept"] + file["filtered_documents"]
    return file["invalid_bytes"] + file["nul"], left_out, file["tokens_seen"] - file["used"]
