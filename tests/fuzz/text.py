"""Text, and what text is made from: tokenizers, wikitext, dumps, records, compressed streams."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from functools import partial

import zstandard

from dsgns.corpus.decoding import decode_stream
from dsgns.corpus.records.json_lines import JsonLines
from dsgns.corpus.records.report import RecordReport
from dsgns.corpus.records.separated import SeparatedValues
from dsgns.corpus.sentences import end_sentences
from dsgns.corpus.tokenizers import tokenizer_of
from dsgns.corpus.wiki.export import in_utf8, read_pages, read_site
from dsgns.corpus.wiki.wikitext import Scanner
from dsgns.parameters import CorpusParameters
from tests.fuzz.target import Target, buffered, cut, drain
from tests.oracle.text import is_valid, normal_tokens

_PROSE = (
    "Don't; it’s the U.S. rock'n'roll of 1,200.5 'quotes'.\nhttps://a.b/c?d www.e É\n".encode(),
    "हिन्दी में काम 日本語の。ぷ\u309a １２\n".encode(),
    b"bro\xffken \xe2\x82 \x00 \xed\xa0\x80 text",
)
_WIKITEXT = (
    b"'''Ada''' was a [[programmer|coder]]{{a|{{b}}}}.<ref name=c>d</ref> {|\n! e\n|-\n| f || g\n|}\n== h ==\n",
    b"<nowiki>[[x]]</nowiki> -{zh-hans:a; zh-hant:b;}- [http://c d] &lt;math&gt; <!-- e --> __TOC__",
    b"[[File:a.png|thumb|b [[c]]]] {{#if:d|e}} ''f'' &#65; <br/> #REDIRECT [[g]] <gallery>h|i</gallery> <pre>j",
)
_EXPORT = (
    b'<mediawiki xml:lang="en"><siteinfo><namespaces><namespace key="6">File</namespace></namespaces></siteinfo>'
    b"<page><title>A</title><ns>0</ns><revision><model>wikitext</model><text>b &lt;c&gt;</text></revision></page>"
    b"</mediawiki>"
)
_CHOICES = [
    CorpusParameters(tokenizer=tokenizer, accents=accents, digits=digits, urls=urls, lowercase=accents == "strip")
    for tokenizer in ("whitespace", "words", "characters", "ngrams")
    for accents in ("keep", "strip")
    for digits in ("keep", "zero", "number", "drop")
    for urls in ("keep", "drop")
]


def tokenize(data: bytes) -> None:
    """The first byte says under which options; the tokens of UTF-8 are those that plain Python finds."""
    parameters, text = _CHOICES[(data[0] if data else 0) % len(_CHOICES)], data[1:].replace(b"\n", b" ")
    found, size = tokenizer_of(parameters)(buffered(text), len(text), is_valid(text))
    words = found[:size].tobytes().decode().split(" ")
    end_sentences(buffered(text), len(text), parameters.tokenizer != "whitespace")
    if is_valid(text):
        options = {name: getattr(parameters, name) for name in ("lowercase", "accents", "digits", "urls")}
        white = bytes(range(33)).decode()
        words = [word for line in words for word in line.translate(dict.fromkeys(map(ord, white), " ")).split(" ")]
        assert [*filter(None, words)] == normal_tokens(text, parameters.tokenizer, **options)


def scan(data: bytes) -> None:
    """Wikitext, with and without tables; what was UTF-8 is so afterwards."""
    for tables in (True, False):
        text = Scanner(["Tập tin"], tables=tables).plain(data)
        assert is_valid(text) or not is_valid(data)


def read_dump(data: bytes) -> None:
    """An export in pieces."""
    site = read_site(in_utf8(cut(data)))
    drain(read_pages(in_utf8(cut(data)), site, "dump.xml", last=True))


def read_records(form: str, data: bytes) -> None:
    """Records in pieces, of which the second byte says whether they have to be sound."""
    parameters = CorpusParameters(column="text", errors="strict" if data[1:2] == b"s" else "replace")
    reader = SeparatedValues("r", form, parameters, RecordReport()) if form != "json" else None
    drain((reader or JsonLines("r", 0, parameters, RecordReport())).read(cut(data)))


def decode(compression: str, data: bytes) -> None:
    """A compressed file."""
    drain(decode_stream(io.BytesIO(data), compression, "file"))


_PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstandard.compress}
_RECORDS = {
    "json": (b'{"text": "some words"}\n{"text": null}\n{"text": "\\ud83d\\ude00 \\n"}\nno JSON\n',),
    "csv": (b'id,text\n1,some words\n2,"a ""quote"", and\nmore"\n3\n4,"b"c\n',),
    "tsv": (b"id\ttext\n1\tsome words\n2\t\n",),
}
TEXT = {
    "tokenizer": Target(tuple(bytes([17 * number]) + text for number, text in enumerate(_PROSE, start=1)), tokenize),
    "wikitext": Target(_WIKITEXT, scan),
    "dump": Target((_EXPORT, _EXPORT.decode().encode("utf-16")), read_dump),
    **{form: Target(seeds, partial(read_records, form)) for form, seeds in _RECORDS.items()},
    **{name: Target((pack(_PROSE[0] * 9),), partial(decode, name)) for name, pack in _PACKED.items()},
}
"""By the name that ``python -m tests.fuzz`` knows them by."""
