from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsgns.corpus.wiki.wikitext import Scanner
from tests.support import wiki

SCANNER, WITHOUT_TABLES = Scanner(["Tập tin"]), Scanner(tables=False)
FOLDER = Path(wiki.__file__).parent


def plain(wikitext: str, scanner: Scanner = SCANNER) -> str:
    return scanner.plain(wikitext.encode()).decode()


def test_an_article_with_every_kind_of_markup() -> None:
    text = plain((FOLDER / "article.wikitext").read_text())
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert "\n".join(filter(None, lines)) + "\n" == (FOLDER / "article.txt").read_text()


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("a {{b|{{c}}|{{{d|e}}}}} f", "a  f"),
        ("{{{{a}}}} {{{{{b}}}}}c", "{} c"),
        ("{{#if:{{{x|}}}|[[a]]|b}}c", "c"),
        ("{{a\n|}}b", "b"),
        ("{{a [[b}} c]] d", " c]] d"),
        ("[[a|b|c]] [[d]]s [[e (f)|]]", "b|c ds "),
        ("[[a\nb]] [[c\n\nd]]", "a\nb [[c\n\nd]]"),
        ("[[[a]]] [[http://b.c d]] [//e f] [g h]", "[a] d f [g h]"),
        ("[[tập tin:a]][[Tập_tin: a.b|c]][[FILE:d]][[Bild:e.PNG|f]]g", "g"),
        ("[[:File:a.png]] [[Category:b]] [[wikt:c|d]] [[a: b]]", "File:a.png  d a: b"),
        ("a<ref>b</ref>c<ref name=d/>e<REF>f</Ref >g", "aceg"),
        ("<ref>a {{b </ref>c <references>d</references>e", "c  e"),
        ("a<br>b<b>c</b><div class='d'>e</div>", "a bc e "),
        ("<nowiki>{{a}}</nowiki> <pre>[[b]]</pre><nowiki/>", "{{a}} [[b]]"),
        ("a <b and c> d, <3, x<y", "a <b and c> d, <3, x<y"),
        ("'''''a''''' b's ''c'' ''''d''''", "a b's c 'd'"),
        ("== a ==\n===b=== \n=c\nd=\n= e = f", " a \nb\n=c\nd=\n= e = f"),
        ("__NOTOC__a __БЕЗ_СЪДЪРЖАНИЕ__ __init__ a__b", "a  __init__ a__b"),
        ("&lt;ref&gt; &nbsp;&amp;nbsp; &nosuch; &#0; & &#x41;", "<ref>  &nbsp; &nosuch; \N{REPLACEMENT CHARACTER} & A"),
        ("{|\n| a || b | c\n! d !! e\n|}", "\n a   c\n d   e\n"),
        ("{| class=x\n|-\n| colspan=2 {{a}}\n| x=2\n| [[b|c]] || y | d\n|}", "\n\n\n x=2\n c   d\n"),
        ("a\n|-\n| b || c", "a\n\n b   c"),
        ("{| class=x\n| a", "\n a"),
        ("-{zh-hans:软件; zh-hant:軟體;}- -{a}-; -{R|b;c}- -{H|zh:d}-e -{T|f}-", "软件 a; b;c e "),
        ("x -{zh-cn:[[a|b]]; zh-tw:c}--d -{e\n}- f-{{g}}-{", "x b-d -{e\n}- f--{"),
        ("<gallery>\na.jpg|b [[c|d]]\ne.jpg\n</gallery>", " \nb d\n\n "),
    ],
)
def test_markup(wikitext: str, text: str) -> None:
    assert plain(wikitext) == text


@pytest.mark.parametrize("wikitext", ["a\n{|\n| b\n{|\n| c\n|}\n|}\nd", "a\n{|\n|}\nd"])
def test_tables_are_dropped_with_all_that_is_in_them(wikitext: str) -> None:
    assert plain(wikitext, WITHOUT_TABLES).split() == ["a", "d"]


OPENERS = ["{{", "[[", "[[a|", "{{{", "<!--", "<ref>", "<ref", "<nowiki>", "<gallery>\n", "\n{|", "\n{| ", "[http://"]
OPENERS += ["[[File:a.jpg|", "[[a|{{", "<", "'''", "\n=", "__A", "{|\n|a||", "\n!a!!", "[[[", "-{", "&"]
CLOSERS = ["", "}}", "]]", "\n|}", "-->", "</ref>", "]"]


@pytest.mark.parametrize("opener", OPENERS)
def test_what_is_never_closed_leaves_its_text_alone(opener: str) -> None:
    assert "word" in plain(f"{opener} word and").split()
    for scanner in (SCANNER, WITHOUT_TABLES):
        assert "word" in plain(opener * 100 + " word and", scanner).split()


@pytest.mark.parametrize("opener", OPENERS)
def test_a_hundred_thousand_openers_take_no_time(opener: str) -> None:
    plain(opener)
    for closer in CLOSERS:
        began = time.process_time()
        plain(opener * 100_000 + closer * 100_000)
        assert time.process_time() - began < 1


WORDS = st.lists(st.sampled_from(["a", "word", "né", "9", "x.", "日本"]), min_size=1, max_size=3).map(
    lambda words: (" ".join(words),) * 2
)
HIDDEN = [
    "{{t| %s }}",
    "{{{a| %s }}}",
    "[[File:x.png|%s]]",
    "[[Category:%s]]",
    "<!--%s-->",
    "<ref>%s</ref>",
    "<math>%s</math>",
]
SHOWN = ["''%s''", "'''%s'''", "[[a b|%s]]", "[//a.b %s]", "<small>%s</small>", "[[%s]]", "<nowiki>%s</nowiki>"]
LINES = ["* %s", "== %s ==", ":; %s", "%s", "  %s", "<gallery>\na.jpg|%s\n</gallery>"]
TABLE = "{| class=a style='b'\n|+ %s\n|-\n! c=d | %s !! %s\n|- e\n| %s || f=g | %s\n|}"
Parts = st.SearchStrategy[tuple[str, str]]


def _within(marks: list[str], shown: bool, inner: Parts) -> Parts:
    return st.tuples(st.sampled_from(marks), inner).map(
        lambda drawn: (drawn[0].replace("%s", drawn[1][0]), drawn[1][1] if shown else "")
    )


def _joined(parts: Parts, most: int, by: str) -> Parts:
    return st.lists(parts, min_size=1, max_size=most).map(
        lambda drawn: (by.join(part[0] for part in drawn), by.join(part[1] for part in drawn))
    )


def _nested(inner: Parts) -> Parts:
    return _joined(
        st.one_of(_within(["<i>%s</i>", "[[a|%s]]"], True, inner), _within(HIDDEN[:4], False, inner), WORDS), 3, " "
    )


INLINE = _joined(
    st.one_of(
        st.recursive(WORDS, _nested, max_leaves=6),
        _within(HIDDEN, False, WORDS),
        _within(SHOWN, True, WORDS),
    ),
    4,
    " ",
)
TABLES = st.lists(INLINE, min_size=5, max_size=5).map(
    lambda cells: (
        TABLE.replace("%s", "\0").replace("\0", "%s") % tuple(cell[0] for cell in cells),
        " ".join(c[1] for c in cells),
    )
)
PAGES = _joined(st.one_of(_within(LINES, True, INLINE), TABLES), 5, "\n")


@given(PAGES)
def test_a_page_made_of_text_and_markup_comes_back_as_its_text(page: tuple[str, str]) -> None:
    assert plain(page[0]).split() == page[1].split()


MARKS = [
    *OPENERS,
    *CLOSERS,
    "|",
    "||",
    "|-",
    "|+",
    "!!",
    "<br>",
    "a=b",
    "File:",
    "x.jpg",
    "é",
    "\n",
    "\0",
    "word",
    "=",
    "*",
]


@given(st.lists(st.sampled_from(MARKS)), st.binary(max_size=20))
def test_whatever_the_bytes_the_text_is_no_longer_and_always_the_same(marks: list[str], noise: bytes) -> None:
    page = "".join(marks).encode() + noise
    text = SCANNER.plain(page)
    assert len(text) <= len(page)
    assert text == Scanner(["Tập tin"]).plain(page)
