"""How text is read: a frozen record that checks itself when it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dsgns.kinds import one_of, require
from dsgns.record import Parameters

DOCUMENTS = ("line", "file", "blank-line")
TOKENIZERS = ("whitespace", "words", "characters", "ngrams", "jieba")
DECODING = ("replace", "strict", "skip")
KEEPING = ("keep", "drop")
ACCENTS = ("keep", "strip")
DIGITS = ("keep", "zero", "number", "drop")
INPUT_FORMATS = ("auto", "text", "json", "csv", "tsv")

_NUMBERS = re.compile(r"-?\d+(,-?\d+)*")
# What the decoder of JSON takes for no name of a field.
_NO_FIELD = re.compile('["\\\\\x00-\x1f\ud800-\udfff]')


@dataclass(frozen=True)
class CorpusParameters(Parameters):
    """How bytes become documents and tokens.

    Parameters
    ----------
    document
        What a document is: a ``line``, a whole ``file``, or text up to a ``blank-line``. No window
        crosses the end of a document.
    tokenizer
        ``whitespace`` (the rule of word2vec and GloVe); ``words`` (by the rules of Unicode's UAX #29, but runs of
        ideographs whole; lower-cased, NFC); ``characters``, ``ngrams`` or ``jieba``: the same, with runs of
        ideographs, kana and bopomofo as characters, as overlapping n-grams, or Chinese as the words of jieba's
        dictionary; the path of a file of the library tokenizers, ``.json``; or a dotted path
        ``package.module:function`` from ``str`` to ``list[str]``.
    errors
        What to do with bytes that are no UTF-8: ``replace`` them, be ``strict`` and stop (at NULs too, which
        are white space otherwise), or ``skip`` the document.
    held_out
        Fraction of the documents kept out of both roads, to measure the loss on.
    namespaces
        Of Wikipedia dumps: the numbers of the namespaces whose pages are read, parted by commas; 0 has the articles.
    redirects, disambiguations, tables
        Of Wikipedia dumps: whether to ``keep`` or ``drop`` pages that lead to another, pages that list what a name may
        mean, and the text of tables.
    input_format
        What files are of which the content does not tell: ``text``, ``json`` lines, ``csv`` or ``tsv``; under ``auto``
        their names do.
    field
        Of JSON lines: the field that is the text; within another, ``outer.inner``.
    column
        Of tables, comma- and tab-separated values too: the column that is the text, by its name or its number from 1.
        By number, the first row of such values is text like all others.
    ngram
        Ideographs in each of the ``ngrams``.
    lowercase
        Letters in lower case, which all tokenizers but ``whitespace`` bring about anyway. Like the options below, it is
        for tokenizers of ours; others do as they are written.
    accents
        ``keep``, or ``strip`` the accents of Latin, Greek and Cyrillic letters.
    digits
        ``keep``; write ``zero`` for each; write the word ``<number>`` for words that are a ``number``; ``drop`` these.
    urls
        ``keep`` or ``drop`` what begins like ``https://`` or ``www.``
    sentences
        Whether no window crosses the end of a sentence, either: a full stop, exclamation or question mark with white
        space after it, not after a lone letter.
    """

    document: str = "line"
    tokenizer: str = "whitespace"
    errors: str = "replace"
    held_out: float = 0.0
    namespaces: str = "0"
    redirects: str = "drop"
    disambiguations: str = "keep"
    tables: str = "keep"
    input_format: str = "auto"
    field: str = "text"
    column: str = "text"
    ngram: int = 2
    lowercase: bool = False
    accents: str = "keep"
    digits: str = "keep"
    urls: str = "keep"
    sentences: bool = False
    skip_bad_shards: bool = False

    LATER = frozenset(
        {"namespaces", "redirects", "disambiguations", "tables", "input_format", "field", "column"}
        | {"ngram", "lowercase", "accents", "digits", "urls", "sentences", "skip_bad_shards"}
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        one_of("document", self.document, DOCUMENTS)
        one_of("errors", self.errors, DECODING)
        self._check_tokenizer()
        require(0.0 <= self.held_out < 1.0, "held_out", self.held_out, "a fraction in [0, 1)")
        for name in ("redirects", "disambiguations", "tables"):
            one_of(name, getattr(self, name), KEEPING)
        one_of("input_format", self.input_format, INPUT_FORMATS)
        sound = all(self.field.split(".")) and not _NO_FIELD.search(self.field)
        names = "a name, or names parted by dots, such as page.text, without quotes, backslashes and control characters"
        require(sound, "field", self.field, names)
        numbers = "numbers of namespaces parted by commas, such as 0 or 0,14"
        require(bool(_NUMBERS.fullmatch(self.namespaces)), "namespaces", self.namespaces, numbers)

    def _check_tokenizer(self) -> None:
        require(
            self.streams or self.tokenizer.endswith(".json") or ":" in self.tokenizer,
            "tokenizer",
            self.tokenizer,
            f"{', '.join(TOKENIZERS)}, a file such as tokenizer.json, or a dotted path such as package.module:function",
        )
        require(1 <= self.ngram <= 5, "ngram", self.ngram, "between 1 and 5")
        one_of("accents", self.accents, ACCENTS)
        one_of("digits", self.digits, DIGITS)
        one_of("urls", self.urls, KEEPING)
        for name in () if self.streams else ("lowercase", "accents", "digits", "urls", "sentences"):
            given = getattr(self, name)
            allowed = f"left out with {self.tokenizer}, which brings such rules along itself"
            require(given == getattr(type(self), name), name, given, allowed)

    @property
    def streams(self) -> bool:
        """Whether text goes through the tokenizer piece by piece, and not document by document."""
        return self.tokenizer in TOKENIZERS

    @property
    def lean(self) -> bool:
        """Whether the tokenizer needs little memory beside the text: no more than kernels do."""
        return self.tokenizer in ("whitespace", "words") and self.digits in ("keep", "zero")

    @property
    def namespace_numbers(self) -> frozenset[int]:
        """The namespaces whose pages are read."""
        return frozenset(map(int, self.namespaces.split(",")))
