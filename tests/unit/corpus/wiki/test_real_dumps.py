"""How well text is made of real pages; the figures stand beside each dump's name in the report of a failure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from dsgns.corpus.sources import find_sources
from dsgns.corpus.wiki.dump import pages_of
from dsgns.corpus.wiki.wikitext import Scanner
from tests.support.wiki.fidelity import markup_left, reference_text, words_kept

pytestmark = pytest.mark.data
DUMPS = ["Wikipedia-2017*", "bgwiki*", "enwiki-latest*", "enwiki-table*", "viwiki*"]
SOME = 40
"""Articles of each dump that the peers are given, which take their time."""


class Articles(NamedTuple):
    """The articles of a dump as wikitext and as text, and its namespaces of files and categories."""

    wikitexts: list[str]
    texts: list[str]
    hiding: tuple[str, ...]


@pytest.fixture(params=DUMPS, scope="module")
def articles(request: pytest.FixtureRequest, data: Path) -> Articles:
    (source,) = find_sources([str(data / "dumps" / request.param)])
    with open(source.url, "rb") as file:
        site, pages = pages_of(file, source)
        wikitexts = [page.text for page in pages if page.namespace == 0 and not page.redirect and page.text]
    scanner = Scanner(site.hiding)
    texts = [scanner.plain(wikitext).decode() for wikitext in wikitexts]
    return Articles([wikitext.decode() for wikitext in wikitexts], texts, site.hiding)


def test_words_are_kept(articles: Articles) -> None:
    pytest.importorskip("wikitextparser")
    kept = [
        words_kept(reference_text(wikitext, articles.hiding), text)
        for wikitext, text in zip(articles.wikitexts, articles.texts, strict=True)
    ]
    assert sum(share >= 0.98 for share in kept) >= 0.95 * len(kept)


def _gensim() -> Callable[[str], str]:
    return pytest.importorskip("gensim.corpora.wikicorpus").filter_wiki


def _mwparserfromhell() -> Callable[[str], str]:
    parse = pytest.importorskip("mwparserfromhell").parse
    return lambda wikitext: str(parse(wikitext).strip_code())


@pytest.mark.parametrize("peer", [_gensim, _mwparserfromhell])
def test_no_more_markup_is_left_than_by_others(articles: Articles, peer: Callable[[], Callable[[str], str]]) -> None:
    strip = peer()
    assert markup_left(articles.texts[:SOME]) <= markup_left(map(strip, articles.wikitexts[:SOME]))
