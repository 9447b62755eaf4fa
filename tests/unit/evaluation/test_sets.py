"""Evaluation files in their many shapes."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.errors import EvaluationFileError
from dsgns.evaluation.sets import AnalogySet, SimilaritySet, read_analogies, read_set, read_similarities
from dsgns.evaluation.similarity import evaluate_similarity


@pytest.mark.parametrize(
    "text",
    [
        "# name\n\ncup\tmug\t8.5\ncar\ttrain\t6\n",
        "Word 1,Word 2,Human (mean)\ncup,mug,8.5\ncar,train,6",
        "cup mug 8.5\r\n  car   train 6  \r\n",
        "\ufeffword1\tword2\tmean\t1\t2\ncup\tmug\t8.5\t9\t8\ncar\ttrain\t6\t6\t6\n",
    ],
)
def test_similarities(tmp_path, text):
    (tmp_path / "set.csv").write_bytes(text.encode())
    judged = read_similarities(tmp_path / "set.csv")
    assert judged.name == "set"
    assert judged.pairs == (("cup", "mug"), ("car", "train"))
    assert judged.scores.tolist() == [8.5, 6]
    assert not judged.note
    assert isinstance(read_set(tmp_path / "set.csv"), SimilaritySet)


def test_a_first_line_of_words_is_taken_for_names_but_not_silently(tmp_path, vectors):
    (tmp_path / "set.tsv").write_text("# a comment\nw1\tw2\thigh\nword1\tword2\t6\n")
    judged = read_similarities(tmp_path / "set.tsv")
    assert judged.pairs == (("word1", "word2"),)
    assert judged.note.startswith(f"{tmp_path}/set.tsv, line 2: 'w1 w2 high' was taken for the names of columns")
    with pytest.warns(UserWarning, match="'w1 w2 high' was taken"):
        evaluate_similarity(vectors, tmp_path / "set.tsv")


def test_words_may_hold_spaces_between_tabs(tmp_path):
    (tmp_path / "set.tsv").write_text("ice cream\tsorbet, lemon\t7\n")
    assert read_similarities(tmp_path / "set.tsv").pairs == (("ice cream", "sorbet, lemon"),)


@pytest.mark.parametrize("text", ["# name\n: capitals\nAthens Greece Oslo Norway\n\n: gram1\na b c d\ne\tf\tg\th\n"])
def test_analogies(tmp_path, text):
    (tmp_path / "set.txt").write_text(text)
    asked = read_analogies(tmp_path / "set.txt")
    assert asked.sections == ("capitals", "gram1")
    assert asked.questions == (("Athens", "Greece", "Oslo", "Norway"), ("a", "b", "c", "d"), ("e", "f", "g", "h"))
    np.testing.assert_array_equal(asked.section_of, [0, 1, 1])
    assert isinstance(read_set(tmp_path / "set.txt"), AnalogySet)


def test_questions_need_no_section(tmp_path):
    (tmp_path / "set.txt").write_text("Athens Greece Oslo Norway\n")
    asked = read_set(tmp_path / "set.txt")
    assert isinstance(asked, AnalogySet)
    assert (len(asked.questions), asked.sections) == (1, ("questions",))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cup\tmug\t8.5\ncar\ttrain\n", "line 2: 'car"),
        ("cup\tmug\t8.5\n# x\ncar\ttrain\thigh\n", "line 3: .*high"),
        ("cup\tmug\tnan\ncar\ttrain\t6\n", "line 1: 'cup mug nan' is no pair"),
        ("cup,mug,8;5\ncar,train,6\n", "line 1: 'cup,mug,8;5' is no pair"),
        ("cup\tmug\t\tx\ncar\ttrain\t6\n", "line 1: .*is no pair"),
        ("word1\tword2\tscore\ncup\tmug\thigh\n", "line 2: 'cup mug high' is no pair"),
        ("word1\tword2\tPOS\tscore\nold\tnew\tA\t1.58\n", r"line 2: .*if the score is in column 4, `cut -f1,2,4 "),
        (": capitals\nAthens Greece Oslo\n", "line 2: 'Athens Greece Oslo' is no question"),
        (": capitals\n", "holds no question"),
        ("# nothing\n", "holds no pair"),
        (b"caf\xe9\tbar\t3\n", "no UTF-8"),
    ],
)
def test_faults_are_named(tmp_path, text, message):
    (tmp_path / "bad.tsv").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(EvaluationFileError, match=rf"bad\.tsv.*{message}"):
        read_set(tmp_path / "bad.tsv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(EvaluationFileError, match=r"nowhere\.tsv.*No such file"):
        read_set(tmp_path / "nowhere.tsv")
