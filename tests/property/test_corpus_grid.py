"""The tokens of a corpus are the same however it is cut, and what plain Python finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dsgns.corpus.kernels_documents import HELD_OUT, USED, Choice, destination
from dsgns.corpus.streams import threshold
from dsgns.parameters import CorpusParameters
from tests.oracle.text import TOKENIZERS, documents, is_valid
from tests.support.texts import place_files, tokens_by_shards, use_small_steps

PIECES = [b"a", b"bb", b"the", b"of", b" ", b"  ", b"\n", b"\n\n", b"\n \n", b"\r\n", b"\t", b"\0", b".", b"Word-7"]
ODD_PIECES = [
    "é".encode(),
    "Straße".encode(),
    "e\u0301 ".encode(),
    "ΑΣ Σ".encode(),
    "日本語".encode(),
    b"\xff",
    b"\xe2\x82",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"x" * 30,
]
FEW_ENDS = [b"a ", b"the ", b"of ", b"word "] * 12 + [b"\n", b"\n\n"]
TEXT = st.lists(st.sampled_from(PIECES + ODD_PIECES), max_size=60).map(b"".join)
KINDS = st.sampled_from(["line", "file", "blank-line"])
EXAMPLES = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@EXAMPLES
@example([b"\xef\xbb\xbf\n\n\xff"], "blank-line", "whitespace", 0.0, True, 1, 64)
@given(
    files=st.lists(TEXT, min_size=1, max_size=3),
    kind=KINDS,
    tokenizer=st.sampled_from(["whitespace", "words", "ngrams", "tests.oracle.text:split"]),
    held_out=st.sampled_from([0.0, 0.4]),
    skip=st.booleans(),
    shard_size=st.integers(1, 120),
    step=st.integers(64, 100),
)
def test_tokens_do_not_depend_on_the_grid(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: list[bytes],
    kind: str,
    tokenizer: str,
    held_out: float,
    skip: bool,
    shard_size: int,
    step: int,
) -> None:
    use_small_steps(monkeypatch, step)
    parameters = CorpusParameters(document=kind, tokenizer=tokenizer, held_out=held_out)
    expected: list[list[list[str]]] = [[], [], []]
    dropped: dict[int, np.ndarray] = {}
    for source, data in enumerate(files):
        found = documents(data, kind)
        if skip:
            dropped[source] = np.array([start for start, text in found if not is_valid(text)], np.int64)
        choice = Choice(source, threshold(held_out), dropped.get(source, np.empty(0, np.int64)))
        for start, text in found:
            expected[destination(choice, start)].append(TOKENIZERS.get(tokenizer, TOKENIZERS["whitespace"])(text))
    places = place_files(tmp_path, files)
    assert tokens_by_shards(places, shard_size, parameters, dropped) == expected
    assert tokens_by_shards(places, 1 << 20, parameters, dropped) == expected


@EXAMPLES
@given(
    data=st.lists(st.sampled_from(FEW_ENDS), min_size=200, max_size=400).map(b"".join),
    kind=KINDS,
    shard_size=st.integers(1, 300),
    step=st.integers(64, 80),
)
def test_parts_of_long_documents_do_not_depend_on_the_grid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, kind: str, shard_size: int, step: int
) -> None:
    use_small_steps(monkeypatch, step)
    parameters = CorpusParameters(document=kind, tokenizer="tests.oracle.text:numbered")
    places = place_files(tmp_path, [data])
    whole = tokens_by_shards(places, 1 << 20, parameters)
    assert tokens_by_shards(places, shard_size, parameters) == whole
    words = [[word.rpartition("/")[0] for word in document] for document in whole[USED]]
    assert words == [TOKENIZERS["whitespace"](text) for _, text in documents(data, kind)]


def test_a_share_of_the_documents_is_held_out() -> None:
    choice = Choice(3, threshold(0.25), np.empty(0, np.int64))
    held_out = sum(destination(choice, 40 * number) == HELD_OUT for number in range(20000))
    # Twenty thousand draws at 1/4 have a standard deviation of 61.
    assert abs(held_out - 5000) < 5 * 61
