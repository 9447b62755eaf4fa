"""A dump, or a part of one, as text: a document for each page that is wanted, and an account of all of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import BinaryIO

from dsgns.corpus.decoding import decode_source
from dsgns.corpus.sources import Source
from dsgns.corpus.wiki.export import Page, Site, in_utf8, read_pages, read_site
from dsgns.corpus.wiki.wikitext import Scanner
from dsgns.parameters import CorpusParameters

# Templates and titles by which wikis in some languages tell that a page only lists what a name may mean.
# What repeats has a limit or gives nothing back: where two parts match spaces, a page of them would take hours.
_DISAMBIGUATION = re.compile(
    r"\{\{\s{0,99}+(?:template:)?(?:[\w -]{0,99}disambiguation[\w -]{0,99}+|disambig\w*+|disamb|dab|hndis\w*+|mathdab"
    r"|geodis\w*+|schooldis|begriffsklärung|homonymie|patronyme|desambigua\w*+|desambig|dp|doorverwijspagina"
    r"|ujednoznacznienie|disambigua"
    r"|неоднозначность|багатозначність|пояснение|förgrening|gren|rozcestník|anlam ayrımı|täsmennyssivu|egyért|aimai"
    r"|(?:trang )?định hướng|消歧[义義]|曖昧さ回避|동음이의|توضيح|ابهام‌زدایی|פירושונים)\s{0,99}+[|}]",
    re.IGNORECASE,
)
_IN_TITLE = re.compile(
    r"\((?:disambiguation|begriffsklärung|homonymie|desambiguación|định hướng|значения|消歧[义義])\)$", re.IGNORECASE
)


@dataclass
class PageReport:
    """What became of the pages of a dump: ``pages`` is the sum of the rest."""

    pages: int = 0
    kept: int = 0
    other_namespaces: int = 0
    redirects: int = 0
    disambiguations: int = 0
    other_models: int = 0
    empty: int = 0

    def count(self, became: str) -> None:
        """Count one page."""
        self.pages += 1
        setattr(self, became, getattr(self, became) + 1)


def total_pages(reports: Iterable[Mapping[str, int] | None]) -> dict[str, int] | None:
    """Several reports, as dictionaries, added up to one; None where there is none."""
    given = [report for report in reports if report]
    return {name: sum(report[name] for report in given) for name in asdict(PageReport())} if given else None


def read_dump(file: BinaryIO, source: Source, parameters: CorpusParameters, report: PageReport) -> Iterator[bytes]:
    """The text of a dump, page by page.

    Each page is one line, the ends of its own lines written as vertical tabs; under ``document="blank-line"`` a blank
    line follows it.

    Parameters
    ----------
    file
        The source, open.
    report
        Added to.

    Raises
    ------
    TruncatedSourceError
        If the dump ends within a page, or its compression within a stream.
    CorpusError
        If a page is very long.
    """
    site, pages = pages_of(file, source)
    scanner = Scanner(site.hiding, tables=parameters.tables == "keep")
    end = b"\n\n" if parameters.document == "blank-line" else b"\n"
    for page in pages:
        became = _dropped(page, parameters)
        text = b"" if became else scanner.plain(page.text).strip()
        report.count(became or ("kept" if text else "empty"))
        if text:
            yield text.replace(b"\n", b"\v") + end


def pages_of(file: BinaryIO, source: Source) -> tuple[Site, Iterator[Page]]:
    """What an open dump says of its wiki, and the pages of this part of it."""
    site = read_site(in_utf8(decode_source(file, source.url, source.compression, 0, None)))
    pieces = decode_source(file, source.url, source.compression, source.start, source.size)
    last = source.start + source.size == file.seek(0, io.SEEK_END)
    return site, read_pages(in_utf8(pieces), site, source.url, last)


def _dropped(page: Page, parameters: CorpusParameters) -> str:
    """As what a page is left out; empty if it is not."""
    if page.namespace not in parameters.namespace_numbers:
        return "other_namespaces"
    if page.redirect:
        return "redirects" if parameters.redirects == "drop" else ""
    if page.model != "wikitext":
        return "other_models"
    if parameters.disambiguations == "drop" and _is_disambiguation(page):
        return "disambiguations"
    return ""


def _is_disambiguation(page: Page) -> bool:
    text = page.text.decode("utf-8", "replace")
    return bool(_IN_TITLE.search(page.title) or _DISAMBIGUATION.search(text) or "__DISAMBIG__" in text)
