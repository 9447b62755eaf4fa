"""Which counts go together: of texts that became words by the same rules, each text once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsgns.cooccurrence.readings import reading_of
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import prepare_corpus
from dsgns.errors import MergeError
from dsgns.merging import add_up, find_addends
from dsgns.parameters import CorpusParameters, CountsParameters, VocabularyParameters
from dsgns.phrases.stage import learn_phrases
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from tests.support.corpora import write_lines
from tests.support.serial import SerialEngine

ENGINE = SerialEngine(1 << 30)
MAY, JUNE = ["tea for two", "Two for tea"], ["me for you", "and you for me and two"]


def counted(folder: Path, name: str, lines: list[str], min_count: int = 1, phrases: int = 0, **reading) -> str:
    """Where the counts of some lines lie, in the workspace of their text's name."""
    workspace = Workspace.create(str(folder / f"{name}.dsgns"))
    path = folder / f"{name}.txt"
    parameters = CorpusParameters(**reading)
    corpus = prepare_corpus(ENGINE, workspace, [str(path) if path.exists() else write_lines(path, lines)], parameters)
    asked = VocabularyParameters(min_count, phrases=phrases, phrase_threshold=0, phrase_discount=0)
    learned = learn_phrases(ENGINE, workspace, corpus, asked) if phrases else None
    vocabulary = build_vocabulary(ENGINE, workspace, corpus, asked, learned)
    tokens = encode_tokens(ENGINE, workspace, corpus, vocabulary)
    counts = count_cooccurrences(ENGINE, workspace, tokens, CountsParameters(5))
    return f"{counts.url}/{counts.name}"


def test_the_same_text_is_not_added_twice_whatever_its_vocabulary(workspace, tmp_path):
    every, often = counted(tmp_path, "may", MAY), counted(tmp_path, "may", MAY, min_count=2)
    with pytest.raises(MergeError, match=r"counts/\S+ and counts/\S+ were made from the same text"):
        find_addends([every, often])
    june = counted(tmp_path, "june", JUNE)
    both = add_up(ENGINE, workspace, find_addends([every, june]))
    with pytest.raises(MergeError, match="were made from the same text"):
        find_addends([both.url, often])
    less = add_up(ENGINE, workspace, find_addends([both.url], [every]))
    assert len(find_addends([less.url, often])) == 2, "what was taken away may be added again"


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ({}, {"lowercase": True}, r"may.* was read with lowercase False, that of .*june.* with lowercase True"),
        ({"tokenizer": "words"}, {}, r"with tokenizer words, that of .* with tokenizer whitespace"),
        ({"tokenizer": "words"}, {"tokenizer": "words", "digits": "drop"}, r"digits keep, that of .* with digits drop"),
        ({"phrases": 1}, {}, r"with phrases p1-t0-d0-\w+, that of .* with phrases none"),
    ],
)
def test_texts_that_became_words_by_other_rules_are_refused(tmp_path, one, other, message):
    may, june = counted(tmp_path, "may", MAY, **one), counted(tmp_path, "june", JUNE, **other)
    with pytest.raises(MergeError, match=message):
        find_addends([may, june])


def test_a_sum_remembers_how_its_texts_were_read(workspace, tmp_path):
    parts = [counted(tmp_path, name, lines, lowercase=True) for name, lines in (("may", MAY), ("june", JUNE))]
    made = add_up(ENGINE, workspace, find_addends(parts))
    assert made.facts["reading"]["lowercase"] is True
    assert sorted(made.facts["corpora"]) == sorted(made.facts["parts"])
    with pytest.raises(MergeError, match="lowercase"):
        find_addends([made.url, counted(tmp_path, "july", MAY)])


def test_what_makes_no_difference_is_no_other_rule(tmp_path):
    may = counted(tmp_path, "may", MAY, tokenizer="words", lowercase=True, ngram=3)
    june = counted(tmp_path, "june", JUNE, tokenizer="words", document="file")
    assert len(find_addends([may, june])) == 2


def test_an_edited_tokenizer_is_another(workspace, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    module = tmp_path / "splitting_in_two_ways.py"
    readings, path = [], write_lines(tmp_path / "may.txt", MAY)
    for way in ("text.split()", "text.lower().split(' ')"):
        module.write_text(f"def split(text):\n    return {way}\n")
        parameters = CorpusParameters(tokenizer="splitting_in_two_ways:split")
        readings.append(reading_of(prepare_corpus(ENGINE, workspace, [path], parameters)))
    assert {name for name in readings[0] if readings[0][name] != readings[1][name]} == {"tokenizer_version"}


def test_a_corpus_that_is_gone_tells_nothing(workspace):
    assert reading_of(Output(workspace.url, "corpus", "gone")) == {}
