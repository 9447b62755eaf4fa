"""MediaWiki's XML exports read as pages: whole dumps, parts of them, and what Special:Export gives.

The schema is https://www.mediawiki.org/xml/export-0.11.xsd; those from 0.3 on differ in nothing that is read here.
Within a page every angle bracket that is not XML's own is written as an entity, so its elements are found as bytes.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from dsgns.errors import CorpusError, TruncatedSourceError

LONGEST_PAGE = 8 << 20
"""Bytes of XML in one page, at most. MediaWiki itself refuses texts of more than 2 MiB."""

_EXPORT = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<mediawiki[\s>]", re.DOTALL)
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_NAMESPACE = re.compile(rb'<namespace key="(-?\d{1,9})"[^>/]*>([^<]*)</namespace>')
_TITLE = re.compile(rb"<title>([^<]*)</title>")
_NUMBER = re.compile(rb"<ns>\s*(-?\d{1,9})\s*</ns>")
_MODEL = re.compile(rb"<model>([^<]*)</model>")
_FILES, _CATEGORIES = 6, 14


@dataclass(frozen=True)
class Site:
    """What an export says of its wiki.

    Parameters
    ----------
    namespaces
        Their numbers by name, as the wiki's own language has it.
    """

    namespaces: Mapping[str, int]

    @property
    def hiding(self) -> tuple[str, ...]:
        """The namespaces whose links show no text: files and categories."""
        return tuple(name for name, number in self.namespaces.items() if number in (_FILES, _CATEGORIES))

    def namespace_of(self, title: str) -> int:
        """The number of the namespace that a title is in."""
        name, colon, _ = title.partition(":")
        return self.namespaces.get(name, 0) if colon else 0


@dataclass(frozen=True)
class Page:
    """The newest revision of one page.

    Parameters
    ----------
    namespace
        Its number.
    model
        What the text is written in; ``wikitext`` for articles.
    text
        As it was typed, UTF-8.
    """

    title: str
    namespace: int
    redirect: bool
    model: str
    text: bytes


def is_export(head: bytes) -> bool:
    """Whether a file that begins like this is an export, in UTF-8 or UTF-16.

    Examples
    --------
    >>> is_export(b'<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.10/">')
    True
    """
    return bool(_EXPORT.match(head.decode(_encoding(head) or "utf-8-sig", "replace")))


def in_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same text in UTF-8, where its first bytes say that it is UTF-16."""
    decoder: codecs.IncrementalDecoder | None = None
    for number, piece in enumerate(pieces):
        if number == 0 and (encoding := _encoding(piece)):
            decoder = codecs.getincrementaldecoder(encoding)("replace")
        yield decoder.decode(piece).encode() if decoder else piece


def _encoding(head: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), None)


def read_site(pieces: Iterable[bytes]) -> Site:
    """What an export says of its wiki before its first page."""
    head = bytearray()
    for piece in pieces:
        head += piece
        if b"</siteinfo>" in head or b"<page>" in head or len(head) > LONGEST_PAGE:
            break
    named = _NAMESPACE.findall(bytes(head).partition(b"<page>")[0])
    return Site({_unescaped(name).decode("utf-8", "replace"): int(number) for number, name in named})


def read_pages(pieces: Iterable[bytes], site: Site, url: str, last: bool = False) -> Iterator[Page]:
    """The pages of an export, in order; no more than one is held.

    Parameters
    ----------
    last
        Whether the export has to end with them.

    Raises
    ------
    TruncatedSourceError
        If the text ends within a page, or before the export does.
    CorpusError
        If a page is very long.
    """
    held, number = bytearray(), 0
    for piece in pieces:
        searched = max(len(held) - len(b"</page>"), 0)
        held += piece
        taken = 0
        while (end := held.find(b"</page>", searched)) >= 0:
            begin = held.find(b"<page>", taken, end)
            start = begin + len(b"<page>") if begin >= 0 else taken
            if end - start > LONGEST_PAGE:
                raise _refuse(url, held[start : start + LONGEST_PAGE], number)
            yield _page(bytes(held[start:end]), site)
            taken = searched = end + len(b"</page>")
            number += 1
        del held[:taken]
        if len(held) > LONGEST_PAGE:
            raise _refuse(url, held, number)
    within = _title_in(held) if b"<page>" in held else "the export, without </mediawiki>"
    if b"<page>" in held or (last and b"</mediawiki>" not in held):
        raise TruncatedSourceError(
            f"{url} ends within {within}, after {number} whole pages. The file was most likely not copied whole: fetch "
            "it again, or leave it out."
        )


def _refuse(url: str, xml: bytearray, number: int) -> CorpusError:
    """That the page begun in some XML is too long."""
    return CorpusError(
        f"{url}: {_title_in(xml)}, after {number} whole ones, has more than {LONGEST_PAGE >> 20} MiB. Is it a "
        "dump with all revisions? Take the one named pages-articles, which has the newest."
    )


def _title_in(held: bytearray) -> str:
    """The page that is begun in some XML, in words."""
    found = _TITLE.search(held, max(held.find(b"<page>"), 0))
    return f"the page {_unescaped(found[1]).decode('utf-8', 'replace')!r}" if found else "a page"


def _page(xml: bytes, site: Site) -> Page:
    revision = max(xml.rfind(b"<revision>"), 0)
    # What follows belongs to the page without being its text, such as a picture's data.
    other = xml.find(b"<content>", revision)
    xml = xml if other < 0 else xml[:other]
    begin = xml.rfind(b"<text", revision)
    title, number, model = _TITLE.search(xml), _NUMBER.search(xml), _MODEL.search(xml, revision)
    name = _unescaped(title[1]).decode("utf-8", "replace") if title else ""
    text = _text(xml, begin)
    return Page(
        name,
        int(number[1]) if number else site.namespace_of(name),
        b"<redirect" in xml[:revision] or text.lstrip()[:9].lower() == b"#redirect",
        model[1].decode("utf-8", "replace") if model else "wikitext",
        text,
    )


def _text(xml: bytes, begin: int) -> bytes:
    """The content of the element ``text`` that begins there; empty if it is empty or there is none."""
    tag = xml.find(b">", begin) if begin >= 0 else -1
    if tag < 0 or xml[tag - 1] == ord("/"):
        return b""
    end = xml.find(b"</text>", tag)
    # XML has no other ends of lines than this.
    return _unescaped(xml[tag + 1 : end if end >= 0 else len(xml)].replace(b"\r\n", b"\n"))


def _unescaped(text: bytes) -> bytes:
    # Other entities are wikitext's as well, and are decoded with its own.
    if b"&" not in text:
        return text
    text = text.replace(b"&lt;", b"<").replace(b"&gt;", b">").replace(b"&quot;", b'"')
    return text.replace(b"&amp;", b"&")
