from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsgns.corpus.sentences import end_sentences
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import ParameterError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.serial import SerialEngine
from tests.support.texts import use_small_steps

TEXT = (
    'Here is one. And "here another!" Is J. R. Smith of the U.S. Army 3.5 feet tall? Yes.\n'
    "e.g. this one.  \nno end here\nWhat?!  (Indeed.) Well\n他来了。你好！「好。」再见\nक्या हुआ। अच्छा. \n"
)
WHITESPACE = [
    "Here is one.", 'And "here another!"', "Is J. R. Smith of the U.S. Army 3.5 feet tall?", "Yes.",
    "e.g. this one.", "", "no end here", "What?!", "(Indeed.)", "Well",
    "他来了。你好！「好。」再见", "क्या हुआ।", "अच्छा.", "",
]  # fmt: skip
WORDS = ["here is one", "and here another", "is j r smith of the u.s army 3.5 feet tall", "yes", "你好", "好"]


def parted(text: str, wide: bool) -> tuple[list[str], int]:
    """The sentences of a text, and how many of them end no document."""
    data = np.zeros(len(text.encode()) + 96, np.uint8)
    size = len(text.encode())
    data[:size] = np.frombuffer(text.encode(), np.uint8)
    size, ends = end_sentences(data, size, wide)
    return data[:size].tobytes().decode().split("\n")[:-1], ends


def encoded(folder: Path, corpus: CorpusParameters, shard_size: int = 1 << 20) -> tuple[list[str], Output]:
    """What stands between two separators, and the encoded corpus."""
    workspace, engine = Workspace.create(str(folder / f"w{shard_size}.dsgns")), SerialEngine(1 << 30, shard_size)
    prepared = prepare_corpus(engine, workspace, [str(folder / "a.txt")], corpus)
    vocabulary = build_vocabulary(engine, workspace, prepared, VocabularyParameters(1))
    tokens = encode_tokens(engine, workspace, prepared, vocabulary)
    words, stream = load_vocabulary(vocabulary).words, TokenStream(tokens)
    ids = stream.read(0, stream.length).tolist()
    return " ".join("\n" if number < 0 else words[number] for number in ids).split("\n")[:-1], tokens


def test_where_sentences_end() -> None:
    found, ends = parted(TEXT, wide=False)
    assert [sentence.strip() for sentence in found] == WHITESPACE
    assert ends == len(WHITESPACE) - TEXT.count("\n")
    assert parted("The end.", wide=False) == (["The end."], 1)
    assert parted("I. am", wide=False) == ([], 0)


@given(st.text(alphabet='ab.!?" \n。', max_size=40).map(lambda text: text + "\n"), st.booleans())
def test_letters_and_ends_of_documents_stay(text: str, wide: bool) -> None:
    found, ends = parted(text, wide)
    assert len(found) == text.count("\n") + ends
    kept = "".join(found) if not wide else "".join(found).replace("。", "")
    assert "".join(kept.split()) == "".join((text.replace("。", "") if wide else text).split())
    assert wide or not any(re.search(r"[!?。]\s+\S", sentence) for sentence in found)


@pytest.mark.parametrize(("kind", "held_out", "documents"), [("line", 0.4, 20 * TEXT.count("\n")), ("file", 0.0, 1)])
def test_windows_and_documents_are_told_apart_on_any_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, held_out: float, documents: int
) -> None:
    use_small_steps(monkeypatch, 100)
    (tmp_path / "a.txt").write_text(TEXT * 20)
    corpus = CorpusParameters(kind, "words", sentences=True, held_out=held_out)
    one, tokens = encoded(tmp_path, corpus)
    many, others = encoded(tmp_path, corpus, shard_size=1100)
    assert [sentence for sentence in one if sentence.strip()] == [sentence for sentence in many if sentence.strip()]
    assert {sentence.strip() for sentence in one} >= set(WORDS)
    counts = [made.facts["documents"] + made.facts["held_out_documents"] for made in (tokens, others)]
    assert counts == [documents] * 2
    assert len(others.facts["block_ids"]) > 3
    ends = tokens.facts["sentence_ends"]
    assert tokens.facts["ids"] == tokens.facts["tokens"] + tokens.facts["documents"] + ends[0]
    assert bool(ends[1]) == bool(held_out)


def test_a_tokenizer_of_ones_own_knows_its_sentences() -> None:
    with pytest.raises(ParameterError, match="sentences is True; it must be left out with a:b"):
        CorpusParameters(tokenizer="a:b", sentences=True)
