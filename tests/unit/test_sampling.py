"""A sample of a corpus, and what is made of it."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsgns import sampling
from dsgns.errors import EmptyCorpusError, SourceNotFoundError
from dsgns.extrapolation import Extrapolation, distinct_pairs
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.sampling import SEPARATOR, read_sample
from tests.support.corpora import write_lines, zipf_lines

LINES = zipf_lines(60_000, types=3000)
WORDS = [word for line in LINES for word in line.split()]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_lines(tmp_path_factory.mktemp("corpus") / "corpus.txt", LINES)


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small corpus is one to be sampled."""
    monkeypatch.setattr(sampling, "WINDOW", 3000)


def test_a_small_corpus_is_seen_whole(corpus: str) -> None:
    sample = read_sample([corpus], CorpusParameters())
    known = Extrapolation(sample, VocabularyParameters(min_count=3))
    assert sample.looked_at == sample.text_bytes == Path(corpus).stat().st_size
    counts = np.unique(WORDS, return_counts=True)[1]
    assert known.tokens == len(WORDS)
    assert known.distinct == len(counts)
    assert known.vocabulary_size == (counts >= 3).sum()
    assert known.used == counts[counts >= 3].sum()
    # One document is counted for the file itself, which may end without a line feed.
    assert known.documents == len(LINES) + 1


def test_a_part_tells_of_the_whole(corpus: str, small_windows: None) -> None:
    sample = read_sample([corpus], CorpusParameters())
    known = Extrapolation(sample, VocabularyParameters(min_count=3))
    assert sample.looked_at <= 16 * 3000 < sample.text_bytes / 3
    counts = np.unique(WORDS, return_counts=True)[1]
    assert known.tokens == pytest.approx(len(WORDS), rel=0.05)
    # These words are drawn from a list that ends, where those of a language do not: too many are expected.
    assert len(counts) < known.distinct < 1.5 * len(counts)
    assert known.vocabulary_size == pytest.approx((counts >= 3).sum(), rel=0.3)
    assert known.counts().sum() == pytest.approx(known.used, rel=0.15)


def test_a_compressed_source_is_sampled_from_its_beginning(tmp_path: Path, small_windows: None) -> None:
    text = "\n".join(LINES).encode()
    path = tmp_path / "corpus.txt.gz"
    path.write_bytes(gzip.compress(text))
    sample = read_sample([str(path)], CorpusParameters())
    assert sample.text_bytes == pytest.approx(len(text), rel=0.2)
    assert sample.looked_at < len(text)
    assert Extrapolation(sample, VocabularyParameters()).tokens == pytest.approx(len(WORDS), rel=0.2)


def test_many_small_files_are_sampled_evenly(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02d}.txt").write_text(f"common word{number}\n")
    sample = read_sample([str(tmp_path)], CorpusParameters())
    known = Extrapolation(sample, VocabularyParameters(min_count=1))
    assert len(sample.sources) == 40
    assert known.tokens == pytest.approx(80, rel=0.05)


@pytest.mark.parametrize(
    ("tokenizer", "tokens"), [("whitespace", 4), ("words", 3), ("tests.unit.test_sampling:by_letter", 10)]
)
def test_each_tokenizer_is_followed(tmp_path: Path, tokenizer: str, tokens: int) -> None:
    path = write_lines(tmp_path / "t.txt", ["Ab, cd", "ef ---"])
    sample = read_sample([path], CorpusParameters(tokenizer=tokenizer))
    assert sample.tokens == tokens


def by_letter(text: str) -> list[str]:
    """A tokenizer of one's own."""
    return [letter for letter in text if letter.strip()]


def test_words_cut_in_two_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sampling, "WINDOW", 100)
    path = write_lines(tmp_path / "t.txt", ["wonderful " * 2000])
    sample = read_sample([path], CorpusParameters())
    # What is left is cut at the end only, and may be cut at any letter.
    assert len(sample.counts) <= 10
    assert sample.counts[0] > 0.85 * sample.tokens


def test_no_text_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EmptyCorpusError, match="no token"):
        read_sample([write_lines(tmp_path / "t.txt", [" "])], CorpusParameters())
    with pytest.raises(SourceNotFoundError):
        read_sample([str(tmp_path / "none.txt")], CorpusParameters())


@given(st.lists(st.integers(-1, 5), max_size=60).map(lambda ids: np.array(ids, np.int32)), st.integers(1, 4))
def test_pairs_are_counted_once_and_within_documents(ids: np.ndarray, window: int) -> None:
    pairs = set()
    for place, first in enumerate(ids):
        for second in ids[place + 1 : place + 1 + window]:
            if SEPARATOR in (first, second):
                break
            pairs |= {(first, second), (second, first)}
    assert distinct_pairs(ids, window) == (len(pairs), int((ids != SEPARATOR).sum()))


def test_most_words_bounds_the_vocabulary(corpus: str) -> None:
    sample = read_sample([corpus], CorpusParameters())
    known = Extrapolation(sample, VocabularyParameters(min_count=1, max_vocabulary=100))
    assert known.vocabulary_size == 100
    assert known.used == sample.counts[:100].sum()
    assert known.counts().tolist() == sample.counts[:100].tolist()
