from __future__ import annotations

import numpy as np
import pytest

from dsgns.store import Output, Workspace
from dsgns.tokens.stream import TokenStream

BLOCKS = [[5, 1, -1], [], [2, -1, -1, 3], [4]]


@pytest.fixture
def tokens(workspace: Workspace) -> Output:
    output = workspace.output("tokens", "a-key")
    for number, values in enumerate(BLOCKS):
        ids = np.array(values, np.int32)
        output.write(f"ids/{number:05d}", {"ids": ids, "held_out": ids[:1]})
    lengths = [len(values) for values in BLOCKS]
    facts = {"block_ids": lengths, "block_held_out_ids": [min(n, 1) for n in lengths], "vocabulary_size": 6}
    output.finish({"facts": facts})
    return output


def test_any_stretch_of_the_stream(tokens: Output) -> None:
    every = [number for values in BLOCKS for number in values]
    stream = TokenStream(tokens)
    assert (stream.length, stream.vocabulary_size) == (8, 6)
    for start in range(9):
        for stop in range(start, 9):
            found = stream.read(start, stop)
            assert found.tolist() == every[start:stop]
            assert found.dtype == np.int32


def test_the_held_out_documents(tokens: Output) -> None:
    stream = TokenStream(tokens, held_out=True)
    assert stream.read(0, stream.length).tolist() == [5, 2, 4]


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (0, 9), (3, 2)])
def test_what_is_not_in_the_stream(tokens: Output, start: int, stop: int) -> None:
    with pytest.raises(IndexError, match="there are 8"):
        TokenStream(tokens).read(start, stop)
