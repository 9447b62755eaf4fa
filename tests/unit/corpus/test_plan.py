from __future__ import annotations

import gzip
import os
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from dsgns.corpus.decode import decode_volume
from dsgns.corpus.plan import projected_decode, projected_validate
from dsgns.corpus.records.report import LONGEST_RECORD
from dsgns.corpus.shards import Shard, plan_shards
from dsgns.corpus.sources import find_sources
from dsgns.corpus.validate import find_invalid
from dsgns.corpus.wiki.export import LONGEST_PAGE
from dsgns.parameters import CorpusParameters
from dsgns.store import Workspace
from dsgns.tokens.plan import projected_encode
from dsgns.tokens.task import encode_shard
from dsgns.vocabulary.merge import choose_words, merge_range
from dsgns.vocabulary.plan import projected_choose, projected_merge, projected_scan
from dsgns.vocabulary.task import scan_shard
from tests.support.texts import place_files
from tests.support.wiki.dumps import Entry, export

SIZE = 4 << 20
# As many different words, tokens and documents as a text of its size can have.
TEXTS = {
    "different words": "".join(f"{number:x} " for number in range(SIZE // 6)).encode(),
    "one letter": b"a " * (SIZE // 2),
    "empty lines": b"\n" * (8 * SIZE),
    "long words": b"".join(b"%x-this-word-is-longer-than-a-slot " % number for number in range(SIZE // 40)),
    "one word": b"x" * (3 << 20) + b" " + b"y" * (1 << 20),
    "bad bytes": b"\xff\n" * (SIZE // 8),
}


def peak(task: Callable[[], object]) -> int:
    """The most bytes that Python and NumPy hold while the task runs."""
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize(("held_out", "tokenizer"), [(0.0, "whitespace"), (0.5, "words")])
def test_tasks_keep_to_what_was_projected(
    workspace: Workspace, tmp_path: Path, text: str, held_out: float, tokenizer: str
) -> None:
    parameters = CorpusParameters(held_out=held_out, tokenizer=tokenizer)
    shard = Shard(plan_shards(place_files(tmp_path, [TEXTS[text]]), None, 1 << 30, parameters)[0].spans)
    output = workspace.output("vocabulary", "a-key")
    scan = peak(lambda: scan_shard(output, "scan/0", shard, parameters, None, None))
    assert scan <= projected_scan(held_out > 0, lean=True)
    facts = output.facts_of("scan/0")
    blocks = [*facts["parts"], "scan/0"]
    words = sum(output.facts_of(block)["layout"]["values"]["shape"][0] for block in blocks)
    size = sum(output.facts_of(block)["layout"]["text"]["shape"][0] for block in blocks)
    merge = peak(lambda: merge_range(output, "merged/0", blocks, 0, 1024, 1, None))
    assert merge <= projected_merge(words, size)
    choose = peak(lambda: choose_words(output, "words", ["merged/0"], None))
    kept = output.facts_of("merged/0")
    assert choose <= projected_choose(kept["kept"], kept["bytes"])
    encode = peak(lambda: encode_shard(output, "ids/0", output, shard, parameters, None, None))
    assert encode <= projected_encode(kept["kept"], kept["bytes"], held_out > 0, lean=True)
    validate = peak(lambda: find_invalid(output, "invalid/0", shard, parameters, None))
    assert validate <= projected_validate(shard.size)


@pytest.mark.parametrize("text", ["a&lt;", "[[a|b]] ", "{|\n|a\n|}\n"])
def test_reading_a_dump_keeps_to_what_was_projected(workspace: Workspace, tmp_path: Path, text: str) -> None:
    longest = text * ((LONGEST_PAGE - 2000) // len(text.replace("&", "&amp;")))
    (tmp_path / "a.xml").write_bytes(export([Entry("Long", longest)]))
    sources = tuple(find_sources([str(tmp_path / "a.xml")]))
    decoded = workspace.output("text", "a-key")
    read = peak(lambda: decode_volume(decoded, "streams/0", 0, sources, CorpusParameters()))
    assert LONGEST_PAGE < read <= projected_decode({"export"})


LONG = {
    "json": '{"text": "\N{FACE WITH TEARS OF JOY}%s"}\n',
    "csv": 'text\n"%s"\n',
}


@pytest.mark.parametrize("form", LONG)
@pytest.mark.parametrize("text", ["a ", "\N{SNOWMAN}", "\\n"])
def test_reading_records_keeps_to_what_was_projected(
    workspace: Workspace, tmp_path: Path, form: str, text: str
) -> None:
    longest = LONG[form] % (text * ((LONGEST_RECORD - 100) // len(text.encode())))
    (tmp_path / f"a.{form}").write_text(longest)
    sources = tuple(find_sources([str(tmp_path / f"a.{form}")]))
    decoded = workspace.output("text", "a-key")
    read = peak(lambda: decode_volume(decoded, "streams/0", 0, sources, CorpusParameters()))
    assert decoded.facts_of("streams/0")["records"]["kept"] == 1
    assert read <= projected_decode({form})


def test_decoding_keeps_to_what_was_projected(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"text " * 10_000 + os.urandom(40 << 20), 1))
    sources = tuple(
        find_sources(
            [str(tmp_path / "a.gz")],
        )
    )
    decoded = workspace.output("text", "a-key")
    assert peak(lambda: decode_volume(decoded, "streams/0", 0, sources, CorpusParameters())) <= projected_decode({""})
