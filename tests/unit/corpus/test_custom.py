from __future__ import annotations

from pathlib import Path

import pytest

from dsgns.corpus.kernels_documents import USED
from dsgns.errors import TokenizerError
from dsgns.parameters import CorpusParameters
from tests.support.texts import place_files, tokens_by_shards

MODULE = """
def pairs(text):
    return [text[at:at + 2] for at in range(0, len(text), 2)]

def lines(text):
    return text.split("\\n")

def fail(text):
    return ["fine"] if "good" in text else 1 // 0

def phrases(text):
    return ["new york"]

def empty(text):
    return ["a", ""]

def numbers(text):
    return [1, 2]

def one_string(text):
    return "abc"

def nothing(text):
    return None

def surrogate(text):
    return ["\\ud800"]
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module of the user's, at hand for import."""
    path = tmp_path / f"tokens_of_{tmp_path.name}.py"
    path.write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    return path


def tokens(module: Path, function: str, data: bytes, kind: str = "line") -> list[list[str]]:
    parameters = CorpusParameters(tokenizer=f"{module.stem}:{function}", document=kind)
    return tokens_by_shards(place_files(module.parent, [data]), 1 << 20, parameters)[USED]


def test_a_function_gets_documents_and_gives_tokens(module: Path) -> None:
    assert tokens(module, "pairs", "abcd\nÄÖÜ\n\n".encode()) == [["ab", "cd"], ["ÄÖ", "Ü"], []]


def test_line_feeds_within_documents_are_the_users(module: Path) -> None:
    assert tokens(module, "lines", b"\n\none\ntwo\n\n\nthree", "blank-line") == [["one", "two"], ["three"]]
    assert tokens(module, "lines", b"one\ntwo", "file") == [["one", "two"]]


@pytest.mark.parametrize(
    ("function", "complaint"),
    [
        ("fail", "ZeroDivisionError"),
        ("phrases", "'new york'"),
        ("empty", "''"),
        ("numbers", "TypeError"),
        ("one_string", "one str"),
        ("nothing", "TypeError"),
        ("surrogate", "UnicodeEncodeError"),
    ],
)
def test_a_tokenizer_that_misbehaves(module: Path, function: str, complaint: str) -> None:
    with pytest.raises(TokenizerError, match=r"document that begins at byte (0|10) of .*0\.txt: ") as caught:
        tokens(module, function, b"good text\nno text\n")
    assert complaint in str(caught.value)
    assert ("byte 10" in str(caught.value)) == (function == "fail")
