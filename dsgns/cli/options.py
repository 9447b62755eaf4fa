"""The options that commands share, each tied to the parameter it sets."""

from __future__ import annotations

import importlib
from typing import Any

import click

from dsgns.cli.patience import waiting
from dsgns.errors import ParameterError
from dsgns.parameters import (
    ACCENTS,
    DECODING,
    DIGITS,
    DOCUMENTS,
    INPUT_FORMATS,
    KEEPING,
    SCORINGS,
    TOKENIZERS,
    TRANSFORMS,
    WEIGHTINGS,
    CorpusParameters,
    CountsParameters,
    PMIParameters,
    SGNSParameters,
    SVDParameters,
    VocabularyParameters,
)
from dsgns.record import Parameters
from dsgns.sizes import parse_bytes, parse_seconds


class Size(click.ParamType):
    """A number of bytes, written with a unit."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The bytes that ``2GiB`` or ``64MiB`` stand for."""
        try:
            return parse_bytes(value)
        except ParameterError as error:
            self.fail(str(error), param, ctx)


class Duration(click.ParamType):
    """A time, written with a unit."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The time as it was written, ``90min`` or ``2h``, if it is one."""
        try:
            parse_seconds(value)
        except ParameterError as error:
            self.fail(str(error), param, ctx)
        return str(value)


class Knob(click.Option):
    """An option that sets a parameter, under its section of the help.

    It is absent unless given, so that each stage falls back on its own default; the help shows that.
    """

    def __init__(self, *args: Any, section: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class Command(click.Command):
    """A command that loads what it works with when it runs: its help is there at once."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it; that it loads libraries is said where they take their time."""
        with waiting("loading libraries", ctx.params.get("quiet", False)):
            importlib.import_module("dsgns.workspace")
        return super().invoke(ctx)


class SectionedCommand(Command):
    """A command whose help lists options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each section's options below its name, the command's own under "Options"."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None:
                sections.setdefault(getattr(param, "section", "Options"), []).append(record)
        sections["Options"] = sections.pop("Options", [])
        for name, records in sections.items():
            if records:
                with formatter.section(name):
                    formatter.write_dl(records)


def _knob(section: str, flag: str, record: Parameters, text: str, name: str = "", **kind: Any) -> Knob:
    """An option whose default, type and name come from a field of a parameter record."""
    name = name or flag.removeprefix("--").replace("-", "_")
    default = getattr(record, name)
    if isinstance(default, bool):
        kind = {"is_flag": True}
    elif "type" not in kind:
        kind = {"type": int if default is None else type(default)} | kind
    if default is not None and not isinstance(default, bool):
        text += f"  [default: {default:g}]" if isinstance(default, float) else f"  [default: {default}]"
    return Knob([flag, name], default=None, help=text, section=section, **kind)


_corpus, _vocabulary, _counts, _pmi = CorpusParameters(), VocabularyParameters(), CountsParameters(), PMIParameters()
_svd, _sgns = SVDParameters(), SGNSParameters()

_KEEPING = click.Choice(KEEPING)
_FILE: dict[str, Any] = {"type": str, "metavar": "FILE"}

TEXT = [
    _knob("Text", "--document", _corpus, "What no window reaches across.", type=click.Choice(DOCUMENTS)),
    _knob("Text", "--sentences", _corpus, "Nor does a window reach across the end of a sentence."),
    _knob("Text", "--tokenizer", _corpus, f"{', '.join(TOKENIZERS)}, a tokenizer.json, or package.module:function."),
    _knob("Text", "--ngram", _corpus, "Ideographs in each n-gram, of the tokenizer ngrams."),
    _knob("Text", "--lowercase", _corpus, "Lower-case letters; all tokenizers but whitespace do."),
    _knob("Text", "--accents", _corpus, "Of Latin, Greek and Cyrillic letters.", type=click.Choice(ACCENTS)),
    _knob("Text", "--digits", _corpus, "0 for each; <number> for numbers; or drop those.", type=click.Choice(DIGITS)),
    _knob("Text", "--urls", _corpus, "What begins like https:// or www.", type=_KEEPING),
    _knob(
        "Text", "--errors", _corpus, "Bytes that are no UTF-8; strict stops at NULs too.", type=click.Choice(DECODING)
    ),
    _knob("Text", "--skip-bad-shards", _corpus, "Go on without text that cannot be read or that workers die of."),
    _knob("Text", "--held-out", _corpus, "Fraction of the documents kept aside to measure the loss on."),
    _knob("Text", "--input-format", _corpus, "Of files whose content does not tell.", type=click.Choice(INPUT_FORMATS)),
    _knob("Text", "--field", _corpus, "Of JSON lines: the one that is the text; outer.inner for one within another."),
    _knob("Text", "--column", _corpus, "Of Parquet, Arrow, .csv and .tsv: the one that is the text; name or number."),
    _knob("Text", "--namespaces", _corpus, "Of Wikipedia dumps: numbers of those to read, parted by commas."),
    _knob("Text", "--redirects", _corpus, "Of Wikipedia dumps: pages that lead to another.", type=_KEEPING),
    _knob("Text", "--disambiguations", _corpus, "Of Wikipedia dumps: what a name may mean.", type=_KEEPING),
    _knob("Text", "--tables", _corpus, "Of Wikipedia dumps: the text of tables.", type=_KEEPING),
    _knob("Text", "--min-count", _vocabulary, "Drop words that occur less often."),
    _knob("Text", "--max-vocabulary", _vocabulary, "Keep only this many words, the most frequent.  [default: all]"),
    _knob("Text", "--keep", _vocabulary, "Words, one a line, that are kept however rare.", **_FILE),
    _knob("Text", "--stop", _vocabulary, "Words, one a line, that are left out.", **_FILE),
    _knob(
        "Text",
        "--vocabulary",
        _vocabulary,
        "Words, one a line, besides which none is kept; with counts behind them, --min-count and --max-vocabulary "
        "choose among them.",
        **_FILE,
    ),
    _knob("Phrases", "--phrases", _vocabulary, "Times to look for pairs of words that make one word; 0 for never."),
    _knob("Phrases", "--phrase-threshold", _vocabulary, "What the score of a phrase is above."),
    _knob("Phrases", "--phrase-discount", _vocabulary, "Taken from a pair's count, against rare ones."),
    _knob("Phrases", "--phrase-scoring", _vocabulary, "word2phrase's, or NPMI.", type=click.Choice(SCORINGS)),
    _knob("Phrases", "--phrase-delimiter", _vocabulary, "Between the words of a phrase."),
]
WINDOW = "Tokens between a word and its context, at most."
COUNTS = [
    _knob("Counts", "--window", _counts, WINDOW),
    _knob("Counts", "--weighting", _counts, "How much distance takes away.", type=click.Choice(WEIGHTINGS)),
]
PMI = [
    _knob("PMI", "--transform", _pmi, "How counts are weighted.", type=click.Choice(TRANSFORMS)),
    _knob("PMI", "--cds", _pmi, "Context distribution smoothing: the exponent of context counts."),
    _knob("PMI", "--shift", _pmi, "k of max(PMI - log k, 0)."),
    _knob("PMI", "--subsample-counts", _pmi, "Threshold of expected subsampling; 0 for none.", "subsample"),
]
SIZE = _knob("Vectors", "--vector-size", _svd, "Numbers in a vector.")
SEED = _knob("Vectors", "--seed", _svd, "Of everything random.")
SVD = [
    SIZE,
    SEED,
    _knob("SVD", "--power-iterations", _svd, "Passes that sharpen the subspace, at most."),
    _knob("SVD", "--oversampling", _svd, "Extra directions carried along.  [default: 28 or 10 %]"),
    _knob("SVD", "--init", _svd, "Begin with an earlier result's vectors; fewer passes do.", type=str, metavar="KEY"),
    _knob("SVD", "--tol", _svd, "Stop once all residuals are below this; 0 for never."),
]
SGNS = [
    SIZE,
    SEED,
    _knob("SGNS", "--window", _sgns, WINDOW),
    _knob("SGNS", "--negative", _sgns, "Noise words for each pair."),
    _knob("SGNS", "--ns-exponent", _sgns, "Of the noise distribution."),
    _knob("SGNS", "--sample", _sgns, "Subsampling threshold of frequent words; 0 for none."),
    _knob("SGNS", "--alpha", _sgns, "Learning rate at the start."),
    _knob("SGNS", "--min-alpha", _sgns, "Learning rate at the end."),
    _knob("SGNS", "--epochs", _sgns, "Passes over the text."),
    _knob("SGNS", "--replicas", _sgns, "Models trained side by side and merged after each round."),
    _knob("SGNS", "--threads", _sgns, "Threads in each replica; 1 gives the same bits every time."),
    _knob("SGNS", "--round-tokens", _sgns, "Tokens between two merges.  [default: from the corpus]"),
    _knob("SGNS", "--exact", _sgns, "Draw negatives afresh for each pair, as word2vec does: slower."),
]
MORE = [
    _knob(
        "SGNS",
        "--continue-from",
        _sgns,
        "Train a result further; options left out are its own.",
        type=str,
        metavar="KEY",
    ),
]
BOTH_WINDOWS = Knob(
    ["--window"], type=int, help=f"{WINDOW}  [default: 10 for counts, 5 for SGNS]", default=None, section="Vectors"
)
_BOTH = [SIZE, BOTH_WINDOWS, SEED]
ROADS = [
    *TEXT,
    *_BOTH,
    *(knob for part in (COUNTS, PMI, SVD, SGNS) for knob in part if knob.name not in {both.name for both in _BOTH}),
]

SCHEDULER = Knob(["--scheduler"], metavar="ADDRESS", section="Run", help="Run on this Dask scheduler's workers.")
CERTIFICATES = Knob(
    ["--certificates"],
    metavar="FOLDER",
    section="Run",
    help="For a tls:// scheduler: has ca.pem, cert.pem, key.pem.  [default: as Dask is configured]",
)
WORKERS = Knob(["--workers"], type=int, section="Run", help="Worker processes here.  [default: one a core]")
MEMORY = Knob(
    ["--memory-limit"], type=Size(), section="Run", help="Of each worker, e.g. 2GiB.  [default: an equal share]"
)
SHARD = Knob(
    ["--shard-size"], type=Size(), default="64MiB", show_default=True, section="Run", help="Text that one task reads."
)
STOPS = [
    Knob(["--time-limit"], type=Duration(), section="Run", help="Stop after e.g. 90min; the same command goes on."),
    Knob(["--until"], type=click.IntRange(1), metavar="EPOCHS", section="Run", help="Stop SGNS after so many of all."),
    Knob(
        ["--early-stopping"],
        type=click.IntRange(1),
        metavar="EPOCHS",
        section="Run",
        help="Stop SGNS when the loss of held-out text has not fallen for so many; the best one's vectors are kept.",
    ),
]
REPORT = Knob(
    ["--performance-report"], metavar="FILE", section="Run", help="Write Dask's report of the run, an HTML page."
)
RUN = [SCHEDULER, CERTIFICATES, WORKERS, MEMORY, SHARD]
OUTPUT = Knob(["--output", "-o"], metavar="W", section="Run", help="The workspace, made if there is none.")
VECTORS = click.Option(["--vectors"], help="svd, sgns, ppmi, parted by commas.  [default: svd and sgns, if there]")
EXPONENT = click.Option(
    ["--p"], type=float, default=0.5, show_default=True, help="Exponent of the singular values: U S^p."
)
CONTEXT = click.Option(
    ["--context"],
    type=click.Choice(["none", "add"]),
    default="none",
    show_default=True,
    help="add: w + c instead of w.",
)
POSTS = ("none", "centre", "all-but-the-top", "zipfian-whitening")
POST = click.Option(
    ["--post"],
    type=click.Choice(POSTS),
    default="none",
    show_default=True,
    help="What is done to the vectors then.",
)
TOPN = click.Option(["--topn", "-n"], type=click.IntRange(1), default=10, show_default=True, help="How many words.")
KEY = click.Option(["--key"], help="One result among several: KEY or ROAD/KEY, see status.  [default: the newest]")
QUIET = click.Option(["--quiet", "-q"], is_flag=True, help="Print no progress.")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print JSON, for a machine to read.")


def apart(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where to run, and the parameters that were on the command line."""
    resources = {knob.name for knob in (*RUN, *STOPS, REPORT)}
    given = {name: value for name, value in options.items() if name not in resources and value is not None}
    return {name: value for name, value in options.items() if name in resources}, given
