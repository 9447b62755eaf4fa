"""Chinese text from characters to scores: segmented, and with its spaces taken away."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from dsgns.evaluation.similarity import evaluate_similarity
from dsgns.pipeline import TrainParameters, encode, walk_svd
from dsgns.store import Workspace
from dsgns.vectors.load import load_vectors
from tests.support.serial import SerialEngine

CHARACTERS = 500_000
LEAST_COVERED, LEAST_RHO = 100, 0.2


@pytest.mark.data
@pytest.mark.parametrize("tokenizer", ["whitespace", "jieba", "ngrams"])
def test_likeness_of_chinese_words_is_learned(tmp_path: Path, workspace: Workspace, data: Path, tokenizer: str) -> None:
    with lzma.open(data / "corpora" / "zhwiki_segmented.txt.xz", "rt", encoding="utf-8") as file:
        text = file.read(CHARACTERS)
    path = tmp_path / "zh.txt"
    path.write_text(text if tokenizer == "whitespace" else text.replace(" ", ""), encoding="utf-8")
    parameters = TrainParameters.from_options(tokenizer=tokenizer, vector_size=50, min_count=3)
    engine = SerialEngine(1 << 30)
    made = walk_svd(engine, workspace, encode(engine, workspace, [str(path)], parameters), parameters)
    scored = evaluate_similarity(load_vectors(workspace, made), data / "eval" / "zh_wordsim297.tsv")
    assert scored.covered >= LEAST_COVERED
    assert scored.spearman > LEAST_RHO
