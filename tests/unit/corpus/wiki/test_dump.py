from __future__ import annotations

import bz2
import io
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from dsgns.corpus import parts
from dsgns.corpus.sources import Source, find_sources
from dsgns.corpus.stage import prepare_corpus
from dsgns.corpus.wiki.dump import PageReport, read_dump, total_pages
from dsgns.errors import ParameterError, TruncatedSourceError
from dsgns.parameters import CorpusParameters, VocabularyParameters
from dsgns.sampling import read_sample
from dsgns.status import status
from dsgns.store import Output, Workspace
from dsgns.tokens.stage import encode_tokens
from dsgns.tokens.stream import TokenStream
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.vocabulary.vocabulary import load_vocabulary
from tests.support.serial import SerialEngine
from tests.support.wiki.dumps import Entry, export, multistream

ENTRIES = [
    Entry("Ada", "'''Ada''' wrote\n\nprograms.[[Tập tin:Ada.jpg|nhỏ]]\n{|\n| in a table\n|}"),
    Entry("Talk:Ada", "talk", 1),
    Entry("Lovelace", "#redirect [[Ada]]", redirect=True),
    Entry("Ada (disambiguation)", "Ada may mean\n* [[Ada]]"),
    Entry("Mercury", "'''Mercury''' is\n{{định hướng}}"),
    Entry("Style", "p {}", model="css"),
    Entry("Nothing", "{{stub}}"),
    Entry("Grace", "Grace wrote, too."),
]


def read(path: Path, data: bytes, **options: str) -> tuple[bytes, dict[str, int]]:
    path.write_bytes(data)
    (source,) = find_sources([str(path)])
    report = PageReport()
    with path.open("rb") as file:
        text = b"".join(read_dump(file, source, CorpusParameters(**options), report))
    counted = asdict(report)
    assert counted.pop("pages") == sum(counted.values()) == len(ENTRIES)
    return text, {name: number for name, number in counted.items() if number}


def test_pages_are_lines_and_all_are_accounted_for(tmp_path: Path) -> None:
    text, became = read(tmp_path / "a.xml", export(ENTRIES))
    assert text.partition(b"\n")[0].split() == b"Ada wrote programs. in a table".split()
    assert text.count(b"\n") == 4
    assert became == {"kept": 4, "other_namespaces": 1, "redirects": 1, "other_models": 1, "empty": 1}


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({"namespaces": "0,1"}, 5),
        ({"namespaces": "1"}, 1),
        ({"redirects": "keep"}, 5),
        ({"disambiguations": "drop"}, 2),
        ({"tables": "drop"}, 4),
    ],
)
def test_what_is_kept_is_an_option(tmp_path: Path, options: dict[str, str], kept: int) -> None:
    text, became = read(tmp_path / "a.xml", export(ENTRIES), **options)
    assert became["kept"] == kept
    assert (b"in a table" in text) == ("tables" not in options and options.get("namespaces") != "1")


def disambiguations(text: str) -> int:
    """How many there are in a dump of one page."""
    data, report = export([Entry("Ada", text)]), PageReport()
    list(read_dump(io.BytesIO(data), Source("a.xml", len(data), ""), CorpusParameters(disambiguations="drop"), report))
    return report.disambiguations


@pytest.mark.parametrize(
    ("template", "is_one"),
    [
        ("{{disambiguation}}", 1),
        ("{{ Template:Human name disambiguation | x}}", 1),
        ("{{\n disambiguation - cleanup \n|x}}", 1),
        ("{{Disambiguation disambiguation}}", 1),
        ("{{hndis-cat}}", 0),
        ("{{hndisx\n}}", 1),
        ("{{Dab }}", 1),
        ("{{desambiguación}}", 1),
        ("{{dabble}}", 0),
        ("{{see|disambiguation}}", 0),
        ("{{disambiguation: x}}", 0),
        ("{disambiguation}", 0),
    ],
)
def test_templates_that_tell_a_disambiguation(template: str, is_one: int) -> None:
    assert disambiguations(f"Ada may be\n{template}\n") == is_one


@pytest.mark.parametrize(
    "text",
    [
        "{{" + " " * 200_000,
        "{{disambiguation" + " " * 200_000,
        "{{" + "disambiguation" * 14_000,
    ],
    ids=["spaces", "spaces after", "repeated"],
)
def test_a_page_is_judged_in_time_that_grows_with_its_size(text: str) -> None:
    disambiguations("")  # Compiles.
    began = time.process_time()
    assert disambiguations(text) == 0
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [("namespaces", "0;1", "such as 0 or 0,14"), ("tables", "maybe", "keep, drop"), ("redirects", "", "keep, drop")],
)
def test_an_option_that_is_none(option: str, given: str, told: str) -> None:
    with pytest.raises(ParameterError, match=f"{option} is {given!r}; it must be .*{told}"):
        CorpusParameters(**{option: given})


def encode(workspace: Workspace, inputs: list[str], **options: str | float) -> tuple[Output, SerialEngine]:
    engine = SerialEngine(1 << 30, 1024)
    corpus = prepare_corpus(engine, workspace, inputs, CorpusParameters(**options))
    words = build_vocabulary(engine, workspace, corpus, VocabularyParameters(1))
    return encode_tokens(engine, workspace, corpus, words), engine


def documents(workspace: Workspace, tokens: Output) -> list[list[str]]:
    words = load_vocabulary(workspace.output("vocabulary", tokens.facts["vocabulary"])).words
    stream = TokenStream(tokens)
    text = " ".join("\n" if id_ < 0 else words[id_] for id_ in stream.read(0, stream.length))
    return [line.split() for line in text.split("\n")[:-1]]


@pytest.mark.parametrize("document", ["line", "blank-line", "file"])
def test_a_page_is_a_document_unless_a_file_is(
    workspace: Workspace, tmp_path: Path, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xml.bz2").write_bytes(multistream(ENTRIES, 2))
    monkeypatch.setattr(parts, "LEAST_PART", 200)
    tokens, _ = encode(workspace, [str(tmp_path / "a.xml.bz2")], document=document)
    found = documents(workspace, tokens)
    lines = [["Ada", "wrote", "programs.", "in", "a", "table"], ["Ada", "may", "mean", "Ada"], ["Mercury", "is"]]
    lines.append(["Grace", "wrote,", "too."])
    assert found == (lines if document != "file" else [[word for line in lines for word in line]])


def test_a_dump_in_parts_gives_the_same_tokens_and_report_as_one_file(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [Entry(f"Page {number}", f"word{number % 7} '''and''' {number**7} more " * 9) for number in range(60)]
    packed = tmp_path / "wiki-multistream.xml.bz2"
    packed.write_bytes(multistream([*entries, *ENTRIES], 3))
    (tmp_path / "wiki-multistream-index.txt.bz2").write_bytes(bz2.compress(b"600:1:Page 1\n"))
    (tmp_path / "alone.xml").write_bytes(export([*entries, *ENTRIES]))
    monkeypatch.setattr(parts, "LEAST_PART", 500)
    # The index lies in the folder as well, and is no text.
    tokens, _ = encode(workspace, [f"{tmp_path}/wiki*"])
    assert len(workspace.latest("corpus").plan["sources"]) > 5
    assert status(workspace)["stages"][0]["text"] == str(packed)
    whole, _ = encode(workspace, [str(tmp_path / "alone.xml")])
    assert documents(workspace, tokens) == documents(workspace, whole)
    assert tokens.facts["pages"] == whole.facts["pages"] == status(workspace)["pages"]
    assert tokens.facts["pages"]["pages"] == len(entries) + len(ENTRIES)
    assert tokens.facts["conservation"] == whole.facts["conservation"]


@pytest.mark.parametrize("document", ["line", "file"])
def test_that_a_dump_is_read_by_one_worker_is_told_where_it_could_be_otherwise(
    workspace: Workspace, tmp_path: Path, document: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 200)
    (tmp_path / "a.xml").write_bytes(export(ENTRIES))
    told = []
    engine = SerialEngine(1 << 30)
    engine.listener = lambda event: told.append(event.text)
    prepare_corpus(engine, workspace, [str(tmp_path / "a.xml")], CorpusParameters(document=document))
    said = any("a.xml is read by one worker from beginning to end" in text for text in told)
    assert said == (document != "file")


def test_a_dump_whose_compression_breaks_off(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.xml.bz2").write_bytes(multistream(ENTRIES, 2)[:-300])
    with pytest.raises(TruncatedSourceError, match=r"a\.xml\.bz2 ends too soon.*copied whole"):
        encode(workspace, [str(tmp_path / "a.xml.bz2")])


def test_a_sample_of_a_dump_is_of_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(export(ENTRIES))
    sample = read_sample([str(tmp_path / "a.xml")], CorpusParameters())
    assert sample.tokens == 15
    assert sample.expansion < 0.1


def test_a_dump_of_one_page(workspace: Workspace, tmp_path: Path) -> None:
    for name, data in {"a.xml": export(ENTRIES[:1]), "b.xml.bz2": multistream(ENTRIES[:1], 100)}.items():
        (tmp_path / name).write_bytes(data)
        tokens, _ = encode(workspace, [str(tmp_path / name)])
        assert documents(workspace, tokens) == [["Ada", "wrote", "programs.", "in", "a", "table"]]
        assert tokens.facts["pages"] == asdict(PageReport(pages=1, kept=1))


def test_reports_add_up() -> None:
    one = PageReport()
    one.count("kept")
    one.count("empty")
    assert total_pages([asdict(one), None, asdict(one)]) == asdict(PageReport(pages=4, kept=2, empty=2))
    assert total_pages([None]) is None
