from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsgns.corpus.shards import plan_shards
from dsgns.corpus.validate import crossing_of, dropped_documents, find_invalid, invalid_in
from dsgns.parameters import CorpusParameters
from dsgns.store import Workspace
from tests.oracle.text import documents, is_valid
from tests.support.texts import place_files, use_small_steps

TEXT = st.lists(st.sampled_from([b"words of text ", b"\n", b"\n\n", b"\xff", "é".encode(), b"a "]), max_size=40).map(
    b"".join
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(TEXT, min_size=1, max_size=2), kind=st.sampled_from(["line", "file", "blank-line"]))
def test_every_shard_knows_its_bad_documents(
    tmp_path: Path, workspace: Workspace, files: list[bytes], kind: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        use_small_steps(patch, 64)
        parameters = CorpusParameters(document=kind, errors="skip")
        shards = plan_shards(place_files(tmp_path, files), None, 70, parameters)
        output = workspace.output("vocabulary", "a-key")
        names = [f"invalid/{number:05d}" for number in range(len(shards))]
        found = [find_invalid(output, name, shard, parameters, None) for name, shard in zip(names, shards, strict=True)]
    bad = [{start for start, text in documents(data, kind) if not is_valid(text)} for data in files]
    for name, shard in zip(names, shards, strict=True):
        dropped = dropped_documents(output, invalid_in(shard, name, crossing_of(found)))
        for span in shard.spans:
            here = {start for start in bad[span.source] if span.document <= start < span.stop}
            assert here <= set(dropped.get(span.source, [])) <= bad[span.source]
