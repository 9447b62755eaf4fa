"""Every knob: frozen records that check themselves when they are made."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass

from dsgns.corpus_parameters import ACCENTS as ACCENTS
from dsgns.corpus_parameters import DECODING as DECODING
from dsgns.corpus_parameters import DIGITS as DIGITS
from dsgns.corpus_parameters import DOCUMENTS as DOCUMENTS
from dsgns.corpus_parameters import INPUT_FORMATS as INPUT_FORMATS
from dsgns.corpus_parameters import KEEPING as KEEPING
from dsgns.corpus_parameters import TOKENIZERS as TOKENIZERS
from dsgns.corpus_parameters import CorpusParameters as CorpusParameters
from dsgns.kinds import at_least, one_of, require
from dsgns.record import Parameters
from dsgns.sizes import enough_bytes

WEIGHTINGS = ("flat", "dynamic", "harmonic")
TRANSFORMS = ("sppmi", "root-cca")
SCORINGS = ("default", "npmi")
METHODS = ("svd", "sgns", "both")
ANALOGIES = ("3CosAdd", "3CosMul")


@dataclass(frozen=True)
class VocabularyParameters(Parameters):
    """Which words get an id.

    Parameters
    ----------
    min_count
        Least number of occurrences.
    max_vocabulary
        Most words to keep, the most frequent first; ``None`` for all.
    keep, stop
        Files of words, one a line: those that are kept whatever their count, before all others, and those that are
        left out.
    vocabulary
        A file of words: no others are kept, and these whatever their count in the text. Where each has a count behind
        it, ``min_count`` and ``max_vocabulary`` choose among them by these. ``keep`` adds to them.
    phrases
        How many times pairs of words are looked for that make a phrase, and so one word; phrases of more words take
        more passes (Mikolov et al. 2013).
    phrase_threshold
        What the score of a phrase is above.
    phrase_discount
        Taken from how often a pair was seen, so that rare ones make no phrases: ``min_count`` of word2phrase. Under
        ``npmi`` how often it must be seen at least.
    phrase_scoring
        ``default``: word2phrase's; ``npmi``: normalised pointwise mutual information, between -1 and 1 (Bouma 2009).
    phrase_delimiter
        The character between the words of a phrase.
    """

    LISTS = ("keep", "stop", "vocabulary")
    PHRASES = ("phrases", "phrase_threshold", "phrase_discount", "phrase_scoring", "phrase_delimiter")
    LATER = frozenset({*LISTS, *PHRASES})
    CHOICE = ("min_count", "max_vocabulary", *LISTS)
    """Those that choose among words, wherever these come from."""

    min_count: int = 5
    max_vocabulary: int | None = None
    keep: str | None = None
    stop: str | None = None
    vocabulary: str | None = None
    phrases: int = 0
    phrase_threshold: float = 100.0
    phrase_discount: float = 5.0
    phrase_scoring: str = "default"
    phrase_delimiter: str = "_"

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in self.LISTS:
            if (path := getattr(self, name)) and "://" not in path:
                # Read again by a later stage, from wherever that is begun.
                object.__setattr__(self, name, os.path.abspath(path))
        at_least("min_count", self.min_count, 1)
        if self.max_vocabulary is not None:
            at_least("max_vocabulary", self.max_vocabulary, 1)
        self._check_phrases()

    def _check_phrases(self) -> None:
        require(0 <= self.phrases <= 8, "phrases", self.phrases, "between 0 and 8")
        one_of("phrase_scoring", self.phrase_scoring, SCORINGS)
        at_least("phrase_discount", self.phrase_discount, 0.0)
        if self.phrase_scoring == "npmi":
            between = "between -1 and 1 with npmi, such as 0.5"
            require(-1.0 <= self.phrase_threshold <= 1.0, "phrase_threshold", self.phrase_threshold, between)
        else:
            at_least("phrase_threshold", self.phrase_threshold, 0.0)
        sign = self.phrase_delimiter
        visible = len(sign) == 1 and "!" <= sign <= "~"
        require(visible, "phrase_delimiter", sign, "one character of ASCII that is no white space")


@dataclass(frozen=True)
class CountsParameters(Parameters):
    """Which pairs of tokens are counted, and how much each counts.

    Parameters
    ----------
    window
        Most tokens between a word and its context, on either side.
    weighting
        ``flat``: 1; ``dynamic``: (L + 1 - d) / L, the expectation of word2vec's random window;
        ``harmonic``: 1 / d, GloVe's.
    """

    window: int = 10
    weighting: str = "harmonic"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(1 <= self.window <= 40, "window", self.window, "between 1 and 40")
        one_of("weighting", self.weighting, WEIGHTINGS)


@dataclass(frozen=True)
class PMIParameters(Parameters):
    """How counts are weighted: as shifted positive pointwise mutual information, unless asked otherwise.

    Parameters
    ----------
    cds
        Context distribution smoothing: the exponent of the context counts (Levy, Goldberg & Dagan 2015).
    shift
        k of ``max(PMI - log k, 0)``.
    subsample
        Expected subsampling of counts at this threshold, word2vec's ``t``; 0 for none.
    transform
        ``sppmi``, or ``root-cca``: the square roots of the counts, scaled as by canonical correlation analysis
        (Stratos, Collins & Hsu 2015), which knows neither ``cds`` nor ``shift``.
    """

    LATER = frozenset({"transform"})

    cds: float = 0.75
    shift: float = 1.0
    subsample: float = 1e-5
    transform: str = "sppmi"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0.0 < self.cds <= 1.0, "cds", self.cds, "in (0, 1]")
        require(self.shift > 0.0, "shift", self.shift, "above 0")
        at_least("subsample", self.subsample, 0.0)
        one_of("transform", self.transform, TRANSFORMS)
        for name in ("cds", "shift") if self.transform == "root-cca" else ():
            given = getattr(self, name)
            require(given == getattr(type(self), name), name, given, "left out with root-cca, which has none")


@dataclass(frozen=True)
class SVDParameters(Parameters):
    """How the matrix is factorised.

    Parameters
    ----------
    vector_size
        Number of singular vectors.
    power_iterations
        Most applications of the shifted M^T M, besides the random start's.
    oversampling
        Extra directions carried along; ``None`` for max(28, 10 % of ``vector_size``).
    tol
        Stop early once the residuals are below this; 0 for never.
    seed
        Of the random start.
    init
        ``KEY`` or ``svd/KEY`` of an earlier result over the same vocabulary, to begin with its right vectors in place
        of random ones.
    """

    LATER = frozenset({"init"})

    vector_size: int = 300
    power_iterations: int = 4
    oversampling: int | None = None
    tol: float = 0.0
    seed: int = 1
    init: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least("vector_size", self.vector_size, 1)
        at_least("power_iterations", self.power_iterations, 1)
        at_least("tol", self.tol, 0.0)
        at_least("seed", self.seed, 0)
        if self.oversampling is not None:
            at_least("oversampling", self.oversampling, 0)
        if self.init is not None:
            # However it is written, it is the same result, and leads to the same key.
            object.__setattr__(self, "init", self.init.removeprefix("svd/"))


@dataclass(frozen=True)
class SGNSParameters(Parameters):
    """How skip-gram with negative sampling is trained (Mikolov et al. 2013).

    Parameters
    ----------
    vector_size
        Length of a vector.
    window
        Largest window; each position draws its own, as word2vec does.
    negative
        Noise words for each positive pair.
    ns_exponent
        The noise distribution is the unigram distribution to this power.
    sample
        Subsampling threshold of frequent words; 0 for none.
    alpha, min_alpha
        Learning rate at the start and at the end; it falls linearly.
    epochs
        Passes over the corpus.
    seed
        Of every random draw; draws are keyed by (seed, epoch, token position).
    replicas
        Copies that train side by side, each on its part of a round, and are merged after it.
    threads
        Threads within each replica. With 1 the result is the same to the bit on any number of machines.
    round_tokens
        Tokens a replica trains between two merges; ``None`` for an equal share of 1/128 of the corpus.
    exact
        Draw fresh negatives for each pair, as word2vec does; the slower reference. Otherwise the pairs of
        one centre position share their negatives.
    continue_from
        ``KEY`` or ``sgns/KEY`` of an earlier result, to begin with its rows in place of random ones. The learning rate
        falls once more from ``alpha`` to ``min_alpha`` over ``epochs`` more passes.
    """

    LATER = frozenset({"continue_from"})

    vector_size: int = 300
    window: int = 5
    negative: int = 5
    ns_exponent: float = 0.75
    sample: float = 1e-3
    alpha: float = 0.05
    min_alpha: float = 1e-4
    epochs: int = 5
    seed: int = 1
    replicas: int = 1
    threads: int = 1
    round_tokens: int | None = None
    exact: bool = False
    continue_from: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("vector_size", "window", "negative", "epochs", "replicas", "threads"):
            at_least(name, getattr(self, name), 1)
        require(self.window <= 40, "window", self.window, "between 1 and 40")
        require(self.negative <= 40, "negative", self.negative, "between 1 and 40")
        at_least("seed", self.seed, 0)
        at_least("sample", self.sample, 0.0)
        require(0.0 <= self.ns_exponent <= 1.0, "ns_exponent", self.ns_exponent, "in [0, 1]")
        require(0.0 < self.alpha < 1.0, "alpha", self.alpha, "in (0, 1)")
        require(0.0 <= self.min_alpha <= self.alpha, "min_alpha", self.min_alpha, f"between 0 and alpha ({self.alpha})")
        if self.round_tokens is not None:
            at_least("round_tokens", self.round_tokens, 1)
        if self.continue_from is not None:
            object.__setattr__(self, "continue_from", self.continue_from.removeprefix("sgns/"))

    @property
    def draw_seed(self) -> int:
        """What keys the draws of training: what goes on from a result is not to repeat the draws that led to it."""
        return self.seed + (zlib.crc32(self.continue_from.encode()) << 16 if self.continue_from else 0)


@dataclass(frozen=True)
class Resources(Parameters):
    """Where a run may take place. Nothing here changes a result.

    Parameters
    ----------
    workers
        Worker processes of the local cluster; ``None`` for one a core.
    memory_limit
        Bytes each worker may use; ``None`` for an equal share of what the machine has free.
    shard_size
        Bytes of text that one task reads.
    """

    workers: int | None = None
    memory_limit: int | None = None
    shard_size: int = 64 * 2**20

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.workers is not None:
            at_least("workers", self.workers, 1)
        if self.memory_limit is not None:
            enough_bytes("memory_limit", self.memory_limit, 2**20)
        enough_bytes("shard_size", self.shard_size, 2**10)
