"""What is skipped where that is allowed: the same in every reading, and told with its bytes."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dsgns.corpus.skipping import broken_off
from dsgns.corpus.sources import Source
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases.stage import learn_phrases
from dsgns.store import Output, Workspace
from dsgns.store.digest import digests
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary import stage_steps
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.encoding import documents
from tests.support.serial import SerialEngine

SHARD = 1024
LINES = [f"new york is number {number} of many" for number in range(60)]
PHRASES = VocabularyParameters(1, phrases=2, phrase_threshold=1.0, phrase_discount=1.0)


def encode(
    workspace: Workspace, inputs: list[Path], words: VocabularyParameters | None = None, **options: Any
) -> Output:
    engine, words = SerialEngine(1 << 30, SHARD), words or VocabularyParameters(1)
    corpus = prepare_corpus(engine, workspace, [str(path) for path in inputs], CorpusParameters(**options))
    phrases = learn_phrases(engine, workspace, corpus, words) if words.phrases else None
    return encode_tokens(engine, workspace, corpus, build_vocabulary(engine, workspace, corpus, words, phrases))


def lose(monkeypatch: pytest.MonkeyPatch, poison: bytes) -> list[tuple[int, int]]:
    """Let each counting of words fail on the shard in which this stands; the list that its bytes then go to."""
    counted: Callable[..., Any] = stage_steps.scan_shard
    lost: list[tuple[int, int]] = []

    def failing(output: Output, name: str, shard: Any, *rest: Any) -> Any:
        for span in shard.spans:
            if poison in Path(span.place.url).read_bytes()[span.start : span.stop]:
                lost.append((span.start, span.stop))
                raise CorpusError("workers die of it")
        return counted(output, name, shard, *rest)

    monkeypatch.setattr(stage_steps, "scan_shard", failing)
    return lost


@pytest.mark.parametrize("bad", [b" poison \xff ", b" poison "])
def test_a_bad_document_goes_as_a_whole_where_a_part_of_it_is_skipped(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: bytes
) -> None:
    long = b" ".join(b"long%d" % number for number in range(2000))
    text = "\n".join(LINES[:30]).encode() + b"\nlong" + bad + long + b"\n" + "\n".join(LINES[30:]).encode()
    (tmp_path / "a.txt").write_bytes(text)
    lose(monkeypatch, b"poison")
    tokens = encode(workspace, [tmp_path / "a.txt"], errors="skip", skip_bad_shards=True)
    ((start, stop),) = [(each["start"], each["stop"]) for each in tokens.facts["skipped"]]
    assert b"poison" in text[start:stop]
    assert b"long1999" not in text[start:stop], "the document has to reach beyond what is skipped"
    found = {word for document in documents(workspace, tokens) for word in document}
    assert ("long1999" in found) == (b"\xff" not in bad)
    assert "59" in found


def test_phrases_are_learned_from_what_is_not_skipped(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = random.Random(1).choices(LINES, k=200)
    text = "\n".join([*lines[:100], "a poison word", *lines[100:]]).encode() + b"\n"
    (tmp_path / "a.txt").write_bytes(text)
    lost = lose(monkeypatch, b"poison")
    tokens = encode(workspace, [tmp_path / "a.txt"], PHRASES, skip_bad_shards=True)
    ((start, stop),) = lost
    assert [(each["start"], each["stop"]) for each in tokens.facts["skipped"]] == lost, "lost once, and then left out"
    (tmp_path / "b.txt").write_bytes(text[:start] + text[stop:])
    same = encode(workspace, [tmp_path / "b.txt"], PHRASES)
    assert digests(tokens)["ids"] == digests(same)["ids"]
    assert documents(workspace, tokens) == documents(workspace, same)
    assert any("new_york" in word for document in documents(workspace, tokens) for word in document)
    assert tokens.facts["conservation"] == same.facts["conservation"]


HEX = random.Random(2).randbytes(9000).hex().encode()
ROWS = b"text\n" + b"".join(b'"row %d of many"\n' % number for number in range(900))
BROKEN = {
    "csv.gz": (lambda: gzip.compress(HEX)[:700], 0),
    "csv": (lambda: ROWS + b'"a row that is never\n' + b"closed, and goes on\n" * 9, 900),
    "jsonl.gz": (lambda: gzip.compress(b'{"text": "some words"}\n' * 9 + HEX)[:5000], 9),
    "parquet": (lambda: b"PAR1" + bytes(200), 0),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_records_that_break_off_are_told_with_their_bytes(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    make, rows = BROKEN[kind]
    broken = tmp_path / f"a.{kind}"
    broken.write_bytes(make())
    (tmp_path / "b.txt").write_text("\n".join(LINES))
    with pytest.raises((TruncatedSourceError, CorpusError), match=rf"a\.{kind}"):
        encode(workspace, [broken, tmp_path / "b.txt"])
    tokens = encode(workspace, [broken, tmp_path / "b.txt"], skip_bad_shards=True)
    (skipped,) = tokens.facts["skipped"]
    assert (skipped["file"], skipped["stop"]) == (str(broken), broken.stat().st_size)
    assert 0 <= skipped["start"] <= skipped["stop"]
    assert rows + len(LINES) <= tokens.facts["documents"] <= rows + len(LINES) + 1
    assert documents(workspace, tokens)[-1] == LINES[-1].split()


def test_bytes_that_are_skipped_of_a_part_are_told_as_those_of_the_file() -> None:
    part = Source("a.jsonl", 500, "", "", "json", start=1000)
    told = [broken_off(3, part, reached, "it breaks off") for reached in (0, 1200, 9000)]
    assert [(each["start"], each["stop"]) for each in told] == [(1000, 1500), (1200, 1500), (1500, 1500)]
    assert told[0] | {"start": 0, "stop": 0} == {
        "source": 3, "file": "a.jsonl", "start": 0, "stop": 0, "why": "it breaks off",
    }  # fmt: skip
