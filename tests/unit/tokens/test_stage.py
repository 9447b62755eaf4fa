from __future__ import annotations

import bz2
import gzip
import lzma
import os
from collections import Counter
from pathlib import Path

import pytest
import zstandard

from dsgns.corpus import shards
from dsgns.corpus.kernels_documents import HELD_OUT, USED, Choice, destination
from dsgns.corpus.stage import prepare_corpus
from dsgns.corpus.streams import _NOWHERE, threshold
from dsgns.errors import CorpusError, TruncatedSourceError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.oracle.text import TOKENIZERS, documents, ids, is_valid, vocabulary
from tests.support.corpora import zipf_lines
from tests.support.serial import SerialEngine
from tests.support.texts import use_small_steps

LINES = zipf_lines(6000, line=30)
PARAGRAPHS = "\r\n".join(line + ("\r\n\r\n" if number % 4 == 0 else "") for number, line in enumerate(LINES)).encode()
PACKERS = {
    "plain": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def encode(
    workspace: Workspace, inputs: list[str], parameters: CorpusParameters, shard_size: int = 4096, min_count: int = 3
) -> tuple[Output, Output]:
    engine = SerialEngine(1 << 30, shard_size)
    corpus = prepare_corpus(engine, workspace, inputs, parameters)
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(min_count))
    return words, encode_tokens(engine, workspace, corpus, words)


def stream(tokens: Output, held_out: bool = False) -> list[int]:
    found = TokenStream(tokens, held_out)
    return found.read(0, found.length).tolist()


def expected(files: list[bytes], parameters: CorpusParameters, min_count: int = 3) -> tuple[list[int], list[int]]:
    """Ids of the used and of the held-out documents."""
    parted: tuple[list[list[str]], list[list[str]]] = [], []
    for source, data in enumerate(files):
        choice = Choice(source, threshold(parameters.held_out), _NOWHERE)
        for start, text in documents(data, parameters.document):
            if parameters.errors != "skip" or is_valid(text):
                held_out = destination(choice, start) == HELD_OUT
                parted[held_out].append(TOKENIZERS[parameters.tokenizer](text))
    counts = Counter(word for document in parted[USED] for word in document)
    words = vocabulary(counts, min_count)
    return ids(parted[0], words), ids(parted[1], words)


@pytest.mark.parametrize(
    ("packer", "kind"), [("plain", "line"), ("gz", "line"), ("bz2", "file"), ("xz", "blank-line"), ("zst", "line")]
)
def test_ids_are_the_same_from_any_compression_on_any_grid(
    tmp_path: Path, packer: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_small_steps(monkeypatch, 5000)
    files = [PARAGRAPHS[:50], PARAGRAPHS, b"", PARAGRAPHS[:7000]]
    for number, data in enumerate(files):
        (tmp_path / f"{number}").write_bytes(PACKERS[packer](data))
    inputs = [str(tmp_path / f"{number}") for number in range(len(files))]
    parameters = CorpusParameters(document=kind, held_out=0.2)
    wanted = expected(files, parameters)
    for shard_size, blocks in ((6000, range(6, 12)), (1 << 20, range(1, 2))):
        workspace = Workspace.create(str(tmp_path / f"w{shard_size}.dsgns"))
        _, tokens = encode(workspace, inputs, parameters, shard_size)
        assert (stream(tokens), stream(tokens, held_out=True)) == wanted
        assert len(tokens.facts["block_ids"]) in blocks
        assert not any(workspace.output("text", key).complete for key in workspace.keys("text"))


def test_every_token_is_accounted_for(workspace: Workspace, tmp_path: Path) -> None:
    data = PARAGRAPHS + b"\na document \xff that is bad\n" + b"rare words only\n"
    (tmp_path / "a.txt").write_bytes(data)
    parameters = CorpusParameters(held_out=0.25, errors="skip")
    words, tokens = encode(workspace, [str(tmp_path / "a.txt")], parameters)
    facts, accounts = tokens.facts, tokens.facts["conservation"]
    assert accounts["tokens_read"] == len(data.split())
    assert accounts["tokens_read"] == sum(accounts.values()) - accounts["tokens_read"]
    assert accounts["filtered"] == 6
    assert accounts["used"] == facts["tokens"] == load_vocabulary(words).total
    assert min(accounts.values()) > 0
    used, held_out = expected([data], parameters)
    assert (stream(tokens), stream(tokens, held_out=True)) == (used, held_out)
    assert (facts["ids"], facts["held_out_ids"]) == (len(used), len(held_out))
    assert (facts["documents"], facts["held_out_documents"]) == (used.count(-1), held_out.count(-1))
    assert facts["filtered_documents"] == 1
    assert facts["invalid_bytes"] == 1
    assert facts["bytes"] == len(data)
    assert facts["vocabulary_size"] == load_vocabulary(words).size
    assert facts["vocabulary"] == words.key


def test_a_bad_byte_drops_its_document_in_every_shard(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "_LEAST_WINDOW", 64)
    long = b"these words are in one long line " * 300
    data = b"good line\n" * 20 + long + b"\xff" + long + b"\n" + b"good line\n" * 20 + long + b"\n"
    (tmp_path / "a.txt").write_bytes(data)
    parameters = CorpusParameters(errors="skip")
    _, tokens = encode(workspace, [str(tmp_path / "a.txt")], parameters, shard_size=5000)
    assert len(tokens.facts["block_ids"]) > 5
    assert stream(tokens) == expected([data], parameters)[0]
    assert tokens.facts["conservation"]["filtered"] == 4200


@pytest.mark.parametrize("errors", ["replace", "skip"])
def test_bad_bytes_are_replaced_or_skipped(workspace: Workspace, tmp_path: Path, errors: str) -> None:
    data = b"caf\xe9 bar\0bar\n" * 5 + "café bar\n".encode() * 5
    (tmp_path / "a.txt").write_bytes(data)
    parameters = CorpusParameters(errors=errors)
    words, tokens = encode(workspace, [str(tmp_path / "a.txt")], parameters)
    assert ("caf\ufffd" in load_vocabulary(words).words) == (errors == "replace")
    assert stream(tokens) == expected([data], parameters)[0]
    assert (tokens.facts["invalid_bytes"], tokens.facts["nul_bytes"]) == (5, 5)
    assert tokens.facts["first_invalid"] == f"{tmp_path}/a.txt, byte 3"


def test_text_that_changes_between_two_readings(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PARAGRAPHS)
    engine = SerialEngine(1 << 30, 4096)
    corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(3))
    time = path.stat().st_mtime_ns
    path.write_bytes(PARAGRAPHS.replace(b"a ", b"b "))
    with pytest.raises(CorpusError, match=r"a\.txt was changed since it was first looked at: it was written again"):
        encode_tokens(engine, workspace, corpus, words)
    os.utime(path, ns=(time, time))
    with pytest.raises(CorpusError, match="The text has changed between two readings"):
        encode_tokens(engine, workspace, corpus, words)


def test_a_changed_file_makes_a_new_corpus(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(PARAGRAPHS)
    _, first = encode(workspace, [str(path)], CorpusParameters())
    assert encode(workspace, [str(path)], CorpusParameters())[1] == first
    os.utime(path, ns=(1, 1))
    assert encode(workspace, [str(path)], CorpusParameters())[1] == first
    path.write_bytes(PARAGRAPHS[::-1])
    assert encode(workspace, [str(path)], CorpusParameters())[1].key != first.key


def test_a_truncated_source(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(PARAGRAPHS)[:-1000])
    with pytest.raises(TruncatedSourceError, match=r"a\.txt\.gz ends too soon"):
        encode(workspace, [str(tmp_path)], CorpusParameters())


def test_decoded_text_that_was_lost_is_made_again(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(PARAGRAPHS))
    engine = SerialEngine(1 << 30, 4096)
    corpus = prepare_corpus(engine, workspace, [str(tmp_path / "a.gz")], CorpusParameters())
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(3))
    text = workspace.output("text", corpus.key)
    assert text.complete
    for name in text.manifests("volumes"):
        text.remove(name)
    tokens = encode_tokens(engine, workspace, corpus, words)
    assert stream(tokens) == expected([PARAGRAPHS], CorpusParameters())[0]
    assert not text.complete
    other = build_vocabulary(engine, workspace, corpus, VocabularyParameters(4))
    assert stream(encode_tokens(engine, workspace, corpus, other)) == expected([PARAGRAPHS], CorpusParameters(), 4)[0]
