from __future__ import annotations

from pathlib import Path

import numba
import pytest

from dsgns import compile as compiling
from dsgns.compile import cache_folder, kernel


@kernel
def doubled(x):
    return 2 * x


def test_a_kernel_is_kept_in_our_folder_and_nobody_elses():
    before = numba.config.CACHE_DIR
    assert doubled(4) == 8
    assert before == numba.config.CACHE_DIR
    assert Path(doubled.stats.cache_path).is_relative_to(before or cache_folder())


def test_a_function_without_a_file_is_not_kept():
    space: dict = {}
    exec("def tripled(x):\n    return 3 * x", space)
    assert kernel(space["tripled"])(4) == 12


def test_kernels_that_were_compiled_at_another_level_are_not_taken_for_these(monkeypatch: pytest.MonkeyPatch):
    usual = compiling._source_hash()
    monkeypatch.setattr(numba.config, "OPT", 0)
    assert compiling._source_hash() != usual
