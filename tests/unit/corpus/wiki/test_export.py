from __future__ import annotations

import pytest

from dsgns.corpus.wiki import export as reading
from dsgns.corpus.wiki.export import Page, in_utf8, is_export, read_pages, read_site
from dsgns.errors import CorpusError, TruncatedSourceError
from tests.support.wiki.dumps import END, HEAD, Entry, export, page_xml

ENTRIES = [
    Entry("Ada & Grace", 'She said: "a < b" &amp; left.\n<ref>x</ref>'),
    Entry("Empty", ""),
    Entry("Thảo luận:Ada", "talk", 1),
    Entry("Countess", "#REDIRECT [[Ada]]"),
    Entry("Lady", "soft", redirect=True),
    Entry("Ada.css", "p {}", 0, model="css"),
]


def pages(data: bytes, step: int = 1000) -> list[Page]:
    pieces = [data[start : start + step] for start in range(0, len(data), step)]
    site = read_site(in_utf8(pieces))
    return list(read_pages(in_utf8(pieces), site, "a.xml"))


@pytest.mark.parametrize("step", [7, 64, 1 << 20])
def test_pages_are_read_whatever_the_pieces(step: int) -> None:
    found = pages(export(ENTRIES), step)
    assert [(page.title, page.namespace, page.model) for page in found] == [
        (entry.title, entry.namespace, entry.model) for entry in ENTRIES
    ]
    assert [page.text.decode() for page in found] == [entry.text for entry in ENTRIES]
    assert [page.redirect for page in found] == [False, False, False, True, True, False]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("before", ["", '<?xml version="1.0"?>\n'])
def test_an_export_is_known_and_read_in_any_encoding(encoding: str, before: str) -> None:
    data = (before + export(ENTRIES).decode()).encode(encoding)
    assert is_export(data[:200])
    assert pages(data, 999) == pages(export(ENTRIES))


@pytest.mark.parametrize("head", [b"", b"<html>", b"text", b"<mediawikis>", b"a <mediawiki>", b"\xff\xfe"])
def test_what_is_no_export(head: bytes) -> None:
    assert not is_export(head)


def test_one_page_without_anything_around_it() -> None:
    assert [page.title for page in pages(page_xml(ENTRIES[0]).encode())] == ["Ada & Grace"]


def test_a_wiki_names_its_namespaces_itself() -> None:
    site = read_site([HEAD.encode()])
    assert site.hiding == ("Tập tin", "Thể loại")
    old = [Entry("Thảo luận:Ada", "talk", None), Entry("2001: A Space Odyssey", "film", None)]
    assert [page.namespace for page in pages(export(old))] == [1, 0]


def test_ends_of_lines_are_those_of_xml() -> None:
    assert pages(export([Entry("A", "a\nb")]).replace(b"\n", b"\r\n"))[0].text == b"a\nb"


def test_the_newest_revision_is_the_last() -> None:
    xml = page_xml(Entry("A", "new"))
    begin = xml.index("    <revision>")
    old = xml[begin:].replace("new", "old").removesuffix("  </page>\n")
    assert [page.text for page in pages((xml[:begin] + old + xml[begin:]).encode())] == [b"new"]


def test_a_newest_revision_without_text_has_none() -> None:
    xml = page_xml(Entry("A", "old"))
    newest = "    <revision><model>wikitext</model></revision>\n  </page>"
    assert [page.text for page in pages(xml.replace("  </page>", newest).encode())] == [b""]


def test_a_namespace_of_too_many_digits_is_none() -> None:
    digits = "1" * 5000
    xml = HEAD.replace('key="1"', f'key="{digits}"') + page_xml(Entry("A", "a", 1)).replace(
        "<ns>1</ns>", f"<ns>{digits}</ns>"
    )
    assert digits + "</ns>" in xml
    assert [page.namespace for page in pages(xml.encode())] == [0]


def test_other_content_of_a_revision_is_not_its_text() -> None:
    xml = page_xml(Entry("A", "text"))
    more = "<content><role>data</role><model>json</model><text>{}</text></content></revision>"
    assert [(page.text, page.model) for page in pages(xml.replace("</revision>", more).encode())] == [
        (b"text", "wikitext")
    ]


def test_an_export_that_ends_within_a_page() -> None:
    data = export(ENTRIES)
    with pytest.raises(
        TruncatedSourceError, match=r"a\.xml ends within the page 'Empty', after 1 whole pages.*fetch it"
    ):
        pages(data[: data.index(b"Empty") + 60])
    assert len(pages(data.removesuffix(END.encode()))) == len(ENTRIES)


@pytest.mark.parametrize("step", [1000, 4 << 20])
def test_a_page_that_is_too_long(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Also one that comes whole in one piece: 2 kB of bz2 may stand for 60 MiB."""
    monkeypatch.setattr(reading, "LONGEST_PAGE", 1 << 20)
    with pytest.raises(CorpusError, match=r"the page 'Long', after 1 whole ones, has more than 1 MiB.*pages-articles"):
        pages(export([ENTRIES[0], Entry("Long", "long " * (1 << 18)), ENTRIES[1]]), step)


def test_pages_that_are_long_together_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_PAGE", 1000)
    assert len(pages(export([Entry("A", "a" * 500)] * 9), 1 << 20)) == 9
