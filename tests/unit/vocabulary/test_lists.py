"""Words kept, left out, and all there may be: by files, exactly, with errors that name file and line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import ParameterError, VocabularyError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.lists import KEPT, STOPPED, read_list, read_lists
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine
from tests.unit.cooccurrence.corpora import memory_workspace

LINES = zipf_lines(6000, types=400)
COUNTS = Counter(word for line in LINES for word in line.split())
ENGINE = SerialEngine(1 << 30, 1 << 14)


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_lines(tmp_path_factory.mktemp("text") / "text.txt", LINES)


def built(workspace: Workspace, text: str, **options) -> tuple[Output, Output]:
    corpus = prepare_corpus(ENGINE, workspace, [text], CorpusParameters())
    vocabulary = build_vocabulary(ENGINE, workspace, corpus, VocabularyParameters(**options))
    return vocabulary, encode_tokens(ENGINE, workspace, corpus, vocabulary)


def listed(folder: Path, name: str, words) -> str:
    (folder / name).write_text("".join(f"{word}\n" for word in words))
    return str(folder / name)


def expected(keep: set[str], stop: set[str], only: set[str] | None, min_count: int, most: int | None) -> list[str]:
    """The plainest there is: the words to keep, and of the others the most frequent ones."""
    kept = ((only or set()) | keep) - (stop - keep)
    first = sorted((word for word in kept if COUNTS[word]), key=lambda word: (-COUNTS[word], word.encode()))
    rest = [word for word in COUNTS if word not in kept | stop and COUNTS[word] >= min_count and only is None]
    rest.sort(key=lambda word: (-COUNTS[word], word.encode()))
    room = len(rest) if most is None or only is not None else max(most - len(first), 0)
    return sorted(first + rest[:room], key=lambda word: (-COUNTS[word], word.encode()))


WORDS = st.sets(
    st.sampled_from([*sorted(COUNTS), "nosuchword", "nor-this-one-that-is-longer-than-the-others"]), max_size=25
)


@settings(deadline=None, max_examples=25)
@given(
    keep=WORDS,
    stop=WORDS,
    only=st.none() | WORDS.filter(lambda words: words & COUNTS.keys()),
    min_count=st.integers(1, 30),
    most=st.none() | st.integers(1, 60),
)
def test_any_lists_give_what_plain_python_finds(tmp_path_factory, text, keep, stop, only, min_count, most):
    folder, stop = tmp_path_factory.mktemp("lists"), stop - keep
    files = {"keep": keep, "stop": stop, "vocabulary": only}
    options = {name: listed(folder, name, sorted(words)) for name, words in files.items() if words}
    words = expected(keep, stop, only, min_count, most)
    if not words:
        return
    vocabulary, tokens = built(memory_workspace(), text, min_count=min_count, max_vocabulary=most, **options)
    found = load_vocabulary(vocabulary)
    assert found.words == words
    assert found.counts.tolist() == [COUNTS[word] for word in words]
    facts, accounts = vocabulary.facts, tokens.facts["conservation"]
    assert facts["distinct"] == len(COUNTS)
    if keep or (only or set()) - stop:
        assert facts["absent"] == len((((only or set()) - stop) | keep) - COUNTS.keys())
    left_out = facts["left_out"]
    assert sum(left_out.values()) == accounts["out_of_vocabulary"] == sum(COUNTS.values()) - sum(found.counts)
    assert left_out.get("stop", 0) == sum(COUNTS[word] for word in stop)
    if only is None:
        rare = {word for word in COUNTS if COUNTS[word] < min_count} - keep - stop
        assert left_out["min_count"] == sum(COUNTS[word] for word in rare)
    assert tokens.facts["left_out"] == left_out


def test_a_list_with_counts_is_chosen_from_by_them(workspace, text, tmp_path):
    words = sorted(COUNTS)[:10]
    path = listed(tmp_path, "counts.txt", [f"{word}\t{number}" for number, word in enumerate(words)])
    vocabulary, _ = built(workspace, text, vocabulary=path, min_count=3, max_vocabulary=4)
    found = load_vocabulary(vocabulary)
    assert set(found.words) == set(words[6:])
    assert found.counts.tolist() == [COUNTS[word] for word in found.words], "the text's own counts"
    with pytest.raises(VocabularyError, match=r"min_count is 20, above every count in .*counts.txt"):
        built(workspace, text, vocabulary=path, min_count=20)


def test_what_lists_say_makes_the_key_and_not_where_they_lie(workspace, text, tmp_path):
    words = sorted(COUNTS)[:5]
    (tmp_path / "elsewhere").mkdir()
    one, other = listed(tmp_path, "a", words), listed(tmp_path / "elsewhere", "b", words[::-1])
    first, second = (built(workspace, text, stop=path)[0] for path in (one, other))
    assert first.key == second.key != built(workspace, text)[0].key
    assert built(workspace, text, stop=listed(tmp_path, "a", words[:4]))[0].key != first.key
    assert built(workspace, text, keep=one)[0].key != first.key


def test_no_word_that_is_in_the_text(workspace, text, tmp_path):
    path = listed(tmp_path, "words", ["Nosuchword"])
    with pytest.raises(VocabularyError, match=r"No word of .*words is in the text .* as the tokenizer leaves them"):
        built(workspace, text, vocabulary=path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"words is empty; a file of words has one a line"),
        (b"a\n\nb\n", r"Line 2 of .*words is blank"),
        (b"a\nb \n", r"Line 2 of .*words is 'b '; a file of words has one a line, with no white space"),
        (b"new york\n", r"Line 1 of .*words is 'new york'"),
        (b"a\nb\na\n", r"Line 3 of .*words has 'a' again, which is line 1 of .*words"),
        (b"a\r\nb\r\na\r\n", r"Line 3 of .*words has 'a' again"),
        (b"a\nb\xff\n", r"Line 2 of .*words is no UTF-8 \(byte 2 of it\)"),
        (b"a\nb\0c\n", r"Line 2 of .*words is 'b\\x00c'"),
    ],
)
def test_a_list_that_is_none(tmp_path, content, message):
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(VocabularyError, match=message):
        read_list(str(tmp_path / "words"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a 3\nb\n", r"Line 2 of .*words is 'b'; like the first line it must be a word and its count"),
        (b"a 3\nb many\n", r"Line 2 of .*words is 'b many'"),
        (b"a 3\nb -1\n", r"Line 2 of .*words is 'b -1'"),
        (b"a\nb 3\n", r"Line 2 of .*words is 'b 3'; a file of words has one a line"),
        (b"a 3\na 4\n", r"Line 2 of .*words has 'a' again"),
    ],
)
def test_counts_that_are_none(tmp_path, content, message):
    (tmp_path / "words").write_bytes(content)
    with pytest.raises(VocabularyError, match=message):
        read_list(str(tmp_path / "words"), counts=True)


def test_marks_bytes_and_line_ends(tmp_path):
    (tmp_path / "words").write_bytes(b"\xef\xbb\xbfone\r\ntw\xc3\xb6\r\nthree")
    assert read_list(str(tmp_path / "words")).lines == {b"one": 1, "twö".encode(): 2, b"three": 3}


def test_lists_at_odds_and_files_that_are_not_there(tmp_path):
    keep, stop = listed(tmp_path, "keep", ["a", "b"]), listed(tmp_path, "stop", ["c", "b"])
    with pytest.raises(VocabularyError, match=r"'b' is to be kept \(line 2 of .*keep\) and to be left out \(line 2 of"):
        read_lists(VocabularyParameters(keep=keep, stop=stop))
    assert read_lists(VocabularyParameters(vocabulary=keep, stop=stop)).marks == {
        b"a": KEPT,
        b"b": STOPPED,
        b"c": STOPPED,
    }
    with pytest.raises(ParameterError, match=r"The word list .*nosuch cannot be read \(No such file"):
        read_lists(VocabularyParameters(stop=str(tmp_path / "nosuch")))
