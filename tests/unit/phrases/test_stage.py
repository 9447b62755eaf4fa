from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from dsgns.corpus.grid import BREAK
from dsgns.corpus.ledger import Ledger
from dsgns.corpus.shards import Shard, Span
from dsgns.corpus.stage import prepare_corpus
from dsgns.corpus.streams import read_tokens
from dsgns.errors import MemoryPromiseError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.phrases import pairs
from dsgns.phrases.stage import learn_phrases
from dsgns.phrases.table import load_phrases
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.oracle.phrases import Documents, Found, learn
from tests.support.serial import SerialEngine
from tests.support.texts import place_files, use_small_steps

PAIRS = ["new york", "united states of", "los angeles", "machine learning", "natural language processing"]


def text(tokens: int = 6000, seed: int = 1) -> Documents:
    """Words at random, in which some stand together; a few are joined already, and some are long."""
    draw = random.Random(seed)
    words = [f"w{number}" for number in range(150)] + ["new_york", "a-word-that-is-longer-than-twenty-four-bytes"]
    weights = [1 / (rank + 3) for rank in range(len(words))]
    documents: Documents = [[]]
    while sum(map(len, documents)) < tokens:
        documents[-1] += draw.choice(PAIRS).split() if draw.random() < 0.15 else draw.choices(words, weights)
        if draw.random() < 0.03:
            documents.append([])
    return documents


def parameters(
    passes: int = 2, threshold: float = 8.0, discount: float = 2.0, **others: object
) -> VocabularyParameters:
    options = {"phrases": passes, "phrase_threshold": threshold, "phrase_discount": discount, "min_count": 1, **others}
    return VocabularyParameters(**options)  # type: ignore[arg-type]


def encode(
    workspace: Workspace, path: Path, wanted: VocabularyParameters, corpus: CorpusParameters, shard_size: int = 4096
) -> tuple[Output, Output, Output]:
    engine = SerialEngine(1 << 30, shard_size)
    prepared = prepare_corpus(engine, workspace, [str(path)], corpus)
    phrases = learn_phrases(engine, workspace, prepared, wanted)
    vocabulary = build_vocabulary(engine, workspace, prepared, wanted, phrases)
    return phrases, vocabulary, encode_tokens(engine, workspace, prepared, vocabulary)


def passes_of(phrases: Output) -> list[Found]:
    found: list[Found] = [{} for _ in range(phrases.facts["passes"])]
    for phrase in load_phrases(phrases):
        found[phrase.in_pass - 1][phrase.first, phrase.second] = phrase.count, pytest.approx(phrase.score)
    return found


def documents_of(tokens: Output, vocabulary: Output, held_out: bool = False) -> Documents:
    words, stream = load_vocabulary(vocabulary).words, TokenStream(tokens, held_out)
    found: Documents = [[]]
    for number in stream.read(0, stream.length).tolist():
        found.append([]) if number < 0 else found[-1].append(words[number])
    assert found.pop() == []
    return found


def written(documents: Documents, seed: int = 2) -> str:
    """Documents as lines, with all kinds of white space in them."""
    draw = random.Random(seed)
    spaces = [" ", " ", "  ", "\t", " \t   "]
    return "".join(" ".join(word + draw.choice(spaces) for word in document) + "\n" for document in documents)


@pytest.mark.parametrize(("formula", "threshold", "discount"), [("default", 8.0, 2.0), ("npmi", 0.3, 5.0)])
@pytest.mark.parametrize("packer", [bytes, gzip.compress])
def test_phrases_counts_and_text_are_what_word2phrase_makes(
    workspace: Workspace, tmp_path: Path, formula: str, threshold: float, discount: float, packer: type
) -> None:
    documents = text()
    (tmp_path / "a.txt").write_bytes(packer(written(documents).encode()))
    wanted = parameters(3, threshold, discount, phrase_scoring=formula, phrase_delimiter="+")
    phrases, vocabulary, tokens = encode(workspace, tmp_path / "a.txt", wanted, CorpusParameters())
    expected, left = learn(documents, 3, threshold, discount, formula, "+")
    assert passes_of(phrases) == expected
    assert len(expected[0]) > 4
    assert expected[1]
    assert documents_of(tokens, vocabulary) == left
    assert phrases.facts["phrases"] == [len(found) for found in expected]
    assert tokens.facts["conservation"]["tokens_read"] == sum(map(len, left))


@pytest.mark.parametrize("tokenizer", ["whitespace", "words", "tests.oracle.phrases:split"])
@pytest.mark.parametrize("kind", ["line", "file"])
def test_they_are_the_same_on_any_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, tokenizer: str
) -> None:
    use_small_steps(monkeypatch, 700)
    monkeypatch.setattr(pairs, "MOST_PAIRS", 64)
    (tmp_path / "a.txt").write_text(written(text(2000)))
    corpus = CorpusParameters(document=kind, held_out=0.3 if kind == "line" else 0.0, tokenizer=tokenizer)
    made = []
    for shard_size in (3000, 1 << 20):
        workspace = Workspace.create(str(tmp_path / f"w{shard_size}.dsgns"))
        phrases, vocabulary, tokens = encode(workspace, tmp_path / "a.txt", parameters(), corpus, shard_size)
        held_out = documents_of(tokens, vocabulary, held_out=True)
        made.append((list(load_phrases(phrases)), documents_of(tokens, vocabulary), held_out))
    assert made[0] == made[1]
    assert made[0][0]
    assert (kind == "file") or any("new_york" in document for document in made[0][2])


@pytest.mark.parametrize("tokenizer", ["whitespace", "tests.oracle.phrases:split"])
def test_parts_of_a_document_that_lie_in_one_shard_are_parts_still(tmp_path: Path, tokenizer: str) -> None:
    data = b"a b a b a b"
    place, corpus = place_files(tmp_path, [data])[0], CorpusParameters(document="file", tokenizer=tokenizer)
    for cut in (5, 6):  # before or behind the white space
        shard = Shard((Span(0, place, 0, cut, 0), Span(0, place, cut, len(data), 0)))
        read = read_tokens(shard, corpus, None, Ledger(shard.sources), parts=True)
        first, second = b"".join(part[:size].tobytes() + b" " for _, part, size in read).split(bytes([BREAK]))[:2]
        assert (first.split(), second.split()) == ([b"a", b"b", b"a"], [b"b", b"a", b"b"])


def test_held_out_documents_teach_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(written(text()))
    wanted = parameters(1, phrase_delimiter="+")
    phrases, vocabulary, tokens = encode(workspace, tmp_path / "a.txt", wanted, CorpusParameters(held_out=0.5))
    made = {phrase.phrase for phrase in load_phrases(phrases)}
    kept = [word for document in documents_of(tokens, vocabulary) for word in document]
    # No phrase of one pass has more than two words; each of its words was a token that counted.
    assert phrases.facts["tokens"] == [sum(2 if word in made else 1 for word in kept)]


def test_passes_that_find_nothing_are_the_last(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a b c d e\n" * 3)
    phrases, vocabulary, _ = encode(workspace, tmp_path / "a.txt", parameters(5, 100.0, 5.0), CorpusParameters())
    assert phrases.facts["passes"] == 1
    assert list(load_phrases(phrases)) == []
    assert load_vocabulary(vocabulary).words == list("abcde")


def test_only_what_is_asked_for_is_made_anew(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(written(text(1000)))
    engine, path = SerialEngine(1 << 30), tmp_path / "a.txt"
    first = encode(workspace, path, parameters(), CorpusParameters())
    assert encode(workspace, path, parameters(), CorpusParameters(), shard_size=1 << 20) == first
    fewer = encode(workspace, path, parameters(min_count=3), CorpusParameters())
    assert fewer[0] == first[0]
    assert fewer[1].inputs["phrases"] == first[0].key
    corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())
    plain = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    assert plain.inputs == {"corpus": corpus.key}
    assert sorted(first[0].manifests()) == ["phrases/2"]


def test_a_plan_that_does_not_fit_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(written(text(1000)))
    engine = SerialEngine(200 << 20)
    corpus = prepare_corpus(engine, workspace, [str(tmp_path / "a.txt")], CorpusParameters())
    with pytest.raises(MemoryPromiseError, match="phrases: pass-1/pairs needs"):
        learn_phrases(engine, workspace, corpus, parameters())
