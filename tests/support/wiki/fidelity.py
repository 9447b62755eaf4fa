"""How well text is made of wikitext: the share of words that is kept, and the markup that is left."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_WORD = re.compile(r"\w+")
_FOOTNOTE = re.compile(r"<ref\b[^>]*/>|<ref\b[^>]*>.*?</ref\s*>", re.DOTALL | re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Not text of any language: formulas, drawings, programs.
_CODE = re.compile(r"<(math|timeline|syntaxhighlight|source|score)\b[^>]*>.*?</\1>", re.DOTALL | re.IGNORECASE)
_GALLERY = re.compile(r"<gallery\b[^>]*>(.*?)</gallery>", re.DOTALL | re.IGNORECASE)
_FILE_NAME = re.compile(r"^[^|\n]*(\||$)", re.MULTILINE)
_MARKUP = re.compile(
    r"\{\{|\}\}|\[\[|\]\]|\{\||\|\}|'{2,}|</?[a-z][^<>\n]*>|<!--|-->|^=+.*=+\s*$|^\|-|^[|!]|\|\||__[A-Z]+__|&[a-z]+;"
    r"|\b(?:style|class|align|colspan|rowspan|width|scope|bgcolor)\s*=|\[https?://|^[*#:;]",
    re.MULTILINE | re.IGNORECASE,
)


def markup_left(texts: Iterable[str]) -> float:
    """Marks of wikitext in every 10,000 characters."""
    texts = list(texts)
    return 1e4 * sum(len(_MARKUP.findall(text)) for text in texts) / max(sum(map(len, texts)), 1)


def words_kept(reference: str, text: str) -> float:
    """The share of the reference's words that are in a text, each as often as it is there."""
    wanted, found = Counter(_WORD.findall(reference)), Counter(_WORD.findall(text))
    return (wanted & found).total() / wanted.total() if wanted else 1.0


def as_wikitextparser_reads(wikitext: str) -> str:
    """All that wikitextparser takes for text."""
    import wikitextparser

    return wikitextparser.parse(_FOOTNOTE.sub("", wikitext)).plain_text()


def reference_text(wikitext: str, hidden: Iterable[str]) -> str:
    """What wikitextparser takes for text and a reader sees as such.

    Footnotes are taken out, and so are categories, the names of files, formulas, drawings and programs; words that only
    a ``<br>`` parts are two. Cells of tables are read before templates go, so that attributes are known for what they
    are, and those that span several rows or columns count once.

    Parameters
    ----------
    hidden
        The wiki's own names of the namespaces of files and categories.
    """
    import wikitextparser

    names = "|".join(map(re.escape, ("Category", "Image", "File", *hidden)))
    text = _CODE.sub(" ", _BREAK.sub(" ", _FOOTNOTE.sub("", wikitext)))
    text = _GALLERY.sub(lambda found: _FILE_NAME.sub(" ", found[1]), text)
    text = re.sub(rf"\[\[\s*(?:{names})\s*:[^\[\]]*\]\]", "", text, flags=re.IGNORECASE)
    parsed = wikitextparser.parse(text)
    for table in reversed(parsed.tables):
        cells = [cell.value or "" for row in table.cells(span=False) for cell in row]
        table.string = "\n".join(["", table.caption or "", *cells, ""])
    return wikitextparser.parse(parsed.string).plain_text()
