"""Models that lie in a file: the same bits, and only the rows of a chunk in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dsgns.engine import Event
from dsgns.parameters import SGNSParameters
from dsgns.sgns import row_file
from dsgns.sgns.grid import row_grid
from dsgns.sgns.kernels.positions import RowMaps
from dsgns.sgns.plan import Room, model_bytes, projected_interval, room_for_interval
from dsgns.sgns.row_file import RowFile
from dsgns.sgns.stage import train
from tests.unit.sgns.test_stage import interrupt_after

pytestmark = pytest.mark.skipif(not row_file.FILED, reason="pages that are let go of are Linux's to keep")
PARAMETERS = SGNSParameters(vector_size=20, window=3, negative=3, sample=0.0, epochs=2)


def test_rows_come_back_as_they_were_written(tmp_path) -> None:
    rng = np.random.default_rng(0)
    expected = rng.random((2, 50, 16)).astype(np.float32)
    file = RowFile(16, [(0, 20), (20, 50)], str(tmp_path))
    assert list(tmp_path.iterdir()) == [], "the file has no name: nothing of it outlives its process"
    for start, (inputs, outputs) in zip((0, 20), file.blocks(), strict=True):
        assert not inputs.any()
        inputs[:], outputs[:] = (matrix[start : start + len(inputs)] for matrix in expected)
    words = RowMaps(np.array([3, 19, 20, 49], np.int32), np.array([25], np.int32))
    model = file.gather(words)
    np.testing.assert_array_equal(model.inputs, expected[0, words.inputs])
    np.testing.assert_array_equal(model.maps.inputs[words.inputs], [0, 1, 2, 3])
    model.inputs[:] += 1
    model.outputs[:] *= 2
    file.scatter(words, model)
    expected[0, words.inputs] += 1
    expected[1, words.outputs] *= 2
    found = [np.concatenate([block[place].copy() for block in file.blocks()]) for place in range(2)]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("calls", [None, 11])
def test_training_comes_to_the_same_bits_interrupted_or_not(
    calls, serial, workspace, tokens, vectors_of, monkeypatch, short_intervals
) -> None:
    whole = train(serial, workspace, tokens, PARAMETERS)
    expected, facts = vectors_of(whole), whole.facts
    whole.remove("")
    told: list[Event] = []
    serial.listener = told.append
    monkeypatch.setattr("dsgns.sgns.stage.room_for_interval", lambda *args: Room(1 << 20, 3_000))
    if calls is not None:
        with pytest.MonkeyPatch.context() as patch:
            interrupt_after(patch, calls)
            with pytest.raises(KeyboardInterrupt):
                train(serial, workspace, tokens, PARAMETERS)
    again = train(serial, workspace, tokens, PARAMETERS)
    for matrix, rows in vectors_of(again).items():
        np.testing.assert_array_equal(rows, expected[matrix])
    assert {name: again.facts[name] for name in ("loss", "held_out_loss", "pairs", "subsampled")} == {
        name: facts[name] for name in ("loss", "held_out_loss", "pairs", "subsampled")
    }
    assert any("lies in a file" in event.text for event in told)


def test_what_fits_is_in_memory_and_what_does_not_in_a_file() -> None:
    large, counts = SGNSParameters(vector_size=300), (1e9 / np.arange(1, 2_000_001)).astype(np.int64)
    grid = row_grid(2_000_000, 300)
    whole = projected_interval(2_000_000, large, grid)
    assert model_bytes(2_000_000, 300) > 4 << 30
    assert room_for_interval(counts, large, grid, whole) == Room(whole, None)
    tight, wide = (room_for_interval(counts, large, grid, size << 20) for size in (700, 2000))
    assert tight.projected <= 700 << 20
    assert wide.projected <= 2000 << 20
    assert 0 < tight.chunk < wide.chunk
    least = room_for_interval(counts, large, grid, 0)
    assert tight.projected > least.projected > 200 << 20, "what a refusal names as enough"
    small = room_for_interval(counts[:1000], replace(large, threads=2), row_grid(1000, 300), 0)
    assert small.chunk is None, "a small model in a file would need no less"


def test_a_full_disk_is_an_error_at_once(tmp_path, monkeypatch) -> None:
    def full(file: int, start: int, size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(OSError, match="No space left"):
        RowFile(16, [(0, 10)], str(tmp_path))
