from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tokenizers
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from dsgns.corpus.functions import _loaded, load_function, load_tokenizer, tokenizer_fingerprint
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import TokenizerError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Workspace
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.serial import SerialEngine


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where modules can be imported from; what was imported is forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for path in tmp_path.glob("*.py"):
        sys.modules.pop(path.stem, None)


@pytest.mark.parametrize("name", ["no.such.module:f", "json:no_such_function", "os:"])
def test_a_tokenizer_that_cannot_be_loaded(name: str) -> None:
    with pytest.raises(TokenizerError, match=f"The tokenizer {name} cannot be loaded"):
        load_function(name)


def test_what_is_no_function() -> None:
    with pytest.raises(TokenizerError, match="is a int; it must be a function"):
        load_function("sys:maxsize")


def test_the_fingerprint_is_of_the_source(folder: Path) -> None:
    for name in ("one", "two"):
        (folder / f"{name}_tokens.py").write_text("split, chop = str.split, lambda text: text.split('-')\n")
    known = tokenizer_fingerprint("one_tokens:chop")
    assert known == tokenizer_fingerprint("one_tokens:chop")
    assert known != tokenizer_fingerprint("two_tokens:chop")
    assert known.split()[1] == tokenizer_fingerprint("two_tokens:chop").split()[1]
    (folder / "two_tokens.py").write_text("chop = lambda text: [text]\n")
    assert known.split()[1] != tokenizer_fingerprint("two_tokens:chop").split()[1]


def test_an_edited_tokenizer_is_not_served_stale_tokens(folder: Path) -> None:
    (folder / "text.txt").write_text("a-b a-b\n")
    (folder / "rules_of_mine.py").write_text("PARTS = ' '\n")
    (folder / "tokens_of_mine.py").write_text(
        "from rules_of_mine import PARTS\ndef split(text):\n    return text.split(PARTS)\n"
    )
    assert words_of(folder) == {"a-b": 2}
    # First what the module imports, then the module itself: this process has imported both before.
    (folder / "rules_of_mine.py").write_text("PARTS = '-' # and not white space\n")
    with pytest.raises(TokenizerError, match="'b a'"):
        words_of(folder)
    (folder / "tokens_of_mine.py").write_text("def split(text):\n    return text.replace('-', ' ').split()\n")
    assert words_of(folder) == {"a": 2, "b": 2}


def test_the_fingerprint_is_of_the_module_that_is_named_too(folder: Path) -> None:
    (folder / "makers_of_mine.py").write_text(
        "def make(lower):\n    return lambda text: (text.lower() if lower else text).split()\n"
    )
    (folder / "named_of_mine.py").write_text("from makers_of_mine import make\nsplit = make(lower=True)\n")
    known = tokenizer_fingerprint("named_of_mine:split")
    assert load_function("named_of_mine:split")("A b") == ["a", "b"]
    (folder / "named_of_mine.py").write_text("from makers_of_mine import make\nsplit = make(lower=False)\n")
    edited = tokenizer_fingerprint("named_of_mine:split")
    assert edited != known
    assert load_function("named_of_mine:split")("A b") == ["A", "b"]
    (folder / "makers_of_mine.py").write_text("def make(lower):\n    return str.split\n")
    assert tokenizer_fingerprint("named_of_mine:split") not in (known, edited)


def test_the_fingerprint_is_of_what_is_imported_only_when_the_function_runs(folder: Path) -> None:
    (folder / "package_of_mine").mkdir()
    (folder / "package_of_mine" / "__init__.py").write_text("raise RuntimeError('too early')\n")
    rules = folder / "package_of_mine" / "rules.py"
    rules.write_text("PARTS = ' '")
    (folder / "late_of_mine.py").write_text(
        "def split(text):\n    from package_of_mine.rules import PARTS\n    return text.split(PARTS)\n"
    )
    known = tokenizer_fingerprint("late_of_mine:split")
    rules.write_text("PARTS = '-' # and not white space")
    edited = tokenizer_fingerprint("late_of_mine:split")
    assert edited != known
    (folder / "package_of_mine" / "__init__.py").write_text("raise RuntimeError('too early')\n# no more\n")
    assert tokenizer_fingerprint("late_of_mine:split") != edited


def test_importing_what_was_hashed_before_leaves_the_fingerprint(folder: Path) -> None:
    (folder / "later_of_mine.py").write_text("PARTS = '-'")
    (folder / "calm_of_mine.py").write_text(
        "def split(text):\n    from later_of_mine import PARTS\n    return text.split(PARTS)\n"
    )
    known = tokenizer_fingerprint("calm_of_mine:split")
    assert load_function("calm_of_mine:split")("a-b") == ["a", "b"]
    _loaded.clear()
    assert tokenizer_fingerprint("calm_of_mine:split") == known


def test_a_tokenizer_in_a_file(folder: Path) -> None:
    path = folder / "tokenizer.json"
    save_tokenizer(path, ["a", "b"])
    # A file may say that texts are cut off; no token may be lost.
    assert load_tokenizer(str(path))("a b a b c") == ["a", "b", "a", "b", "[UNK]"]
    known = tokenizer_fingerprint(str(path))
    save_tokenizer(path, ["a", "b", "c"])
    assert load_tokenizer(str(path))("a b a b c") == ["a", "b", "a", "b", "c"]
    assert tokenizer_fingerprint(str(path)) != known


def test_files_that_are_no_tokenizers(folder: Path) -> None:
    with pytest.raises(TokenizerError, match=r"nowhere\.json cannot be read"):
        load_tokenizer(str(folder / "nowhere.json"))
    (folder / "other.json").write_text("[1, 2]")
    with pytest.raises(TokenizerError, match="The file is no tokenizer"):
        load_tokenizer(str(folder / "other.json"))


def words_of(folder: Path) -> dict[str, int]:
    """The words of ``text.txt`` by a tokenizer of the user's, with their counts."""
    engine, workspace = SerialEngine(1 << 30), Workspace.create(str(folder / "W"))
    parameters = CorpusParameters(tokenizer="tokens_of_mine:split")
    corpus = prepare_corpus(engine, workspace, [str(folder / "text.txt")], parameters)
    words = load_vocabulary(build_vocabulary(engine, workspace, corpus, VocabularyParameters(min_count=1)))
    return dict(zip(words.words, words.counts.tolist(), strict=True))


def save_tokenizer(path: Path, words: list[str]) -> None:
    """Write a tokenizer that knows some words, and cuts texts off after two."""
    tokenizer = tokenizers.Tokenizer(
        WordLevel({word: number for number, word in enumerate(["[UNK]", *words])}, "[UNK]")
    )
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_truncation(2)
    tokenizer.save(str(path))
