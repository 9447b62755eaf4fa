"""MediaWiki exports that tests make for themselves."""

from __future__ import annotations

import bz2
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

HEAD = """<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="vi">
  <siteinfo>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="1" case="first-letter">Thảo luận</namespace>
      <namespace key="6" case="first-letter">Tập tin</namespace>
      <namespace key="14" case="first-letter">Thể loại</namespace>
    </namespaces>
  </siteinfo>
"""
END = "</mediawiki>\n"
QUOTES = {'"': "&quot;"}


class Entry(NamedTuple):
    """A page to be written."""

    title: str
    text: str
    namespace: int | None = 0
    redirect: bool = False
    model: str = "wikitext"


def page_xml(entry: Entry) -> str:
    """A page as an export has it."""
    number = "" if entry.namespace is None else f"    <ns>{entry.namespace}</ns>\n"
    redirect = '    <redirect title="Somewhere" />\n' if entry.redirect else ""
    text = f'<text bytes="1" xml:space="preserve">{escape(entry.text, QUOTES)}</text>'
    text = text if entry.text else '<text bytes="0" />'
    return (
        f"  <page>\n    <title>{escape(entry.title)}</title>\n{number}    <id>1</id>\n{redirect}    <revision>\n"
        f"      <id>7</id>\n      <comment>a &lt;page&gt;</comment>\n      <model>{entry.model}</model>\n"
        f"      <format>text/x-wiki</format>\n      {text}\n"
        "    </revision>\n  </page>\n"
    )


def export(entries: Sequence[Entry]) -> bytes:
    """A whole export."""
    return (HEAD + "".join(map(page_xml, entries)) + END).encode()


def multistream(entries: Sequence[Entry], pages: int) -> bytes:
    """The same as streams of so many pages each, the head and the end apart."""
    groups = [entries[first : first + pages] for first in range(0, len(entries), pages)]
    return b"".join(
        bz2.compress(text.encode()) for text in (HEAD, *("".join(map(page_xml, group)) for group in groups), END)
    )
