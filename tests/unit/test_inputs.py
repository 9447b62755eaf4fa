from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dsgns.corpus import spool as spooling
from dsgns.corpus.sources import find_sources
from dsgns.errors import EmptyCorpusError, ParameterError, SourceNotFoundError
from dsgns.inputs import Documents, look_at, named, texts_of
from dsgns.parameters import CorpusParameters
from dsgns.store import Workspace
from tests.support.encoding import documents, encoded

DEFAULT = CorpusParameters()


def once(items: list[Any]) -> Iterator[Any]:
    yield from items


def keep(workspace: Workspace, inputs: Any, **options: Any) -> list[str]:
    return named(workspace, texts_of(inputs), CorpusParameters(**options), lambda text: None)


def content(workspace: Workspace, inputs: Any) -> bytes:
    (name,) = keep(workspace, inputs)
    return Path(name).read_bytes()


@pytest.mark.parametrize("inputs", [[["to", "be"], ["or"]], (("to", "be"), ("or",)), iter([["to", "be"], ["or"]])])
def test_token_lists_are_documents_and_stay_as_they_are(workspace: Workspace, inputs: Any) -> None:
    assert content(workspace, inputs) == b"to be\nor\n"


def test_strings_that_are_gone_through_once_are_documents(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spooling, "_STEP", 5)
    assert content(workspace, once(["to be\nor", "", "not \u2603"])) == "to be\vor\n\nnot \u2603\n".encode()
    assert content(workspace, io.StringIO("a line\nanother")) == b"a line\v\nanother\n"


def test_names_are_names(tmp_path: Path) -> None:
    assert texts_of(tmp_path) == [str(tmp_path)]
    assert texts_of({"a.txt"}) == ["a.txt"]
    mixed = texts_of(["a.txt", once(["words"]), tmp_path])
    assert [type(text) for text in mixed] == [str, Documents, str]


def test_names_that_would_be_taken_for_documents_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    for names in (once([str(tmp_path / "a.txt")]), tmp_path.glob("*")):
        with pytest.raises(ParameterError, match=r"a\.txt', is a file. Make a list of names to have files read: list"):
            texts_of(names)


def test_a_list_of_texts_is_not_taken_for_names() -> None:
    for text in ("It was the best of times, it was the worst of times.", "one\ntwo"):
        with pytest.raises(ParameterError, match=r"A list of strings names files, and .* such as iter\(texts\)"):
            texts_of([text])
    names = ["the best of all my texts 2.txt", "my corpus/*.txt"]
    with pytest.raises(ParameterError, match="names files"):
        texts_of(names)
    assert texts_of(names[1:]) == names[1:]


REFUSED = [
    (
        [["a b"]],
        "Document 0 of the iterable holds the token 'a b'; tokens must not be empty and must hold no white space.",
    ),
    ([["a"], ["b\tc", "d"]], "Document 1 of the iterable holds the token 'b\\tc'"),
    ([["", "a"]], "Document 0 of the iterable holds the token ''"),
    ([["a", "\0"]], "Document 0 of the iterable holds the token '\\x00'"),
    ([["a", 3]], "Document 0 of the iterable holds 3, a int; tokens must be strings."),
    ([["a", None]], "Document 0 of the iterable holds None, a NoneType"),
    (once(["a", 3]), "Document 1 of the iterable is a int; documents must be strings, or lists of tokens."),
    (once([b"a"]), "Document 0 of the iterable is a bytes"),
    (once([{"text": "a"}]), "Document 0 of the iterable is a dict"),
]


@pytest.mark.parametrize(("inputs", "told"), REFUSED)
def test_documents_that_are_none(workspace: Workspace, inputs: Any, told: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(told)):
        keep(workspace, inputs)
    assert not [path for path in Path(workspace.url).rglob("spool/*") if path.is_file()]


@pytest.mark.parametrize("inputs", [5, None, b"a.txt", {"text": "a"}])
def test_inputs_that_are_none(inputs: Any) -> None:
    with pytest.raises(ParameterError, match=r"inputs is .*; it must be a path or URL: a string or a pathlib.Path"):
        texts_of(inputs)


def test_options_that_would_change_documents(workspace: Workspace) -> None:
    for option in ({"document": "file"}, {"input_format": "json"}):
        with pytest.raises(
            ParameterError, match=r"is for files; of an iterable each item is one document. Leave it out"
        ):
            look_at(texts_of(once(["a"])), CorpusParameters(**option))
    with pytest.raises(
        ParameterError, match="tokenizer is 'words', but document 0 of the iterable is a list of tokens"
    ):
        keep(workspace, [["a"]], tokenizer="words")


def test_nothing_at_all(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmptyCorpusError, match="The iterable held not a byte"):
        keep(workspace, once([]))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(EmptyCorpusError, match="Standard input held not a byte"):
        keep(workspace, "-")
    with pytest.raises(EmptyCorpusError, match="No input was given"):
        look_at(texts_of([]), DEFAULT)
    with pytest.raises(SourceNotFoundError, match="Standard input can be read only once"):
        find_sources(["-"])


def test_the_same_text_handed_over_again_goes_on_from_what_was_made(workspace: Workspace, tmp_path: Path) -> None:
    told: list[str] = []
    first = encoded(workspace, named(workspace, texts_of(once(["a b", "c"])), DEFAULT, told.append))
    second = encoded(workspace, keep(workspace, [["a", "b"], ["c"]]))
    assert first == second
    # Or its file is named.
    (name,) = re.findall(r"kept in (\S+);", told[0])
    assert encoded(workspace, [name]) == first
    assert documents(workspace, first) == [["a", "b"], ["c"]]
    assert encoded(workspace, keep(workspace, once(["a b"]))) != first


def test_a_generator_that_fails_leaves_nothing_that_would_be_taken_for_whole(workspace: Workspace) -> None:
    def fails() -> Iterator[str]:
        yield "a b " * 400_000
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        keep(workspace, fails())
    assert not [path for path in Path(workspace.url).rglob("spool/*") if path.is_file()]


def test_a_mark_at_the_beginning_of_a_token_stays(workspace: Workspace) -> None:
    tokens = encoded(workspace, keep(workspace, [["\ufeffa", "b"]]))
    assert documents(workspace, tokens) == [["\ufeffa", "b"]]


def test_lone_surrogates_are_bad_bytes(workspace: Workspace) -> None:
    tokens = encoded(workspace, keep(workspace, once(["a \ud800"])))
    assert tokens.facts["invalid_bytes"] == 3


@pytest.mark.parametrize(
    ("data", "input_format"), [(b"a b\n", "auto"), (b'{"text": "a b"}', "json"), (b"text\na b\n", "csv")]
)
def test_standard_input_is_kept_byte_by_byte(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, data: bytes, input_format: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    (name,) = keep(workspace, "-", input_format=input_format)
    assert Path(name).read_bytes() == data
    assert documents(workspace, encoded(workspace, [name], input_format=input_format)) == [["a", "b"]]


def test_a_workspace_far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace.create("memory://handed/w.dsgns")
    for _ in range(2):
        (name,) = keep(workspace, once(["a b"]))
        assert name.startswith("memory://handed/w.dsgns/spool/")
        (source,) = find_sources([name])
        assert source.size == 4
