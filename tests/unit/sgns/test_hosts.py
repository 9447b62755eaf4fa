"""The same vectors from every set of instructions that the kernels can be compiled to."""

from __future__ import annotations

import numpy as np
import pytest

from dsgns.parameters import SGNSParameters
from dsgns.sgns.training import train_array
from tests.support.hosts import AVX2, X86, told_by
from tests.unit.sgns.twin import toy_corpus

PARAMETERS = SGNSParameters(vector_size=40, window=4, negative=6, sample=0.02, epochs=2, alpha=0.1)
HOSTS = {"plain": {"DSGNS_TILES": "plain"}}
if X86:
    HOSTS |= {"avx2": AVX2}

SCRIPT = """
import json, sys
from dsgns.parameters import SGNSParameters
from dsgns.sgns.kernels import lanes, tiles
from dsgns.sgns.training import train_array
from tests.unit.sgns.test_hosts import PARAMETERS
from tests.unit.sgns.twin import toy_corpus
model = train_array(*toy_corpus(), PARAMETERS).model
json.dump({"lanes": lanes.LANES, "plain": tiles.PLAIN, "inputs": model.inputs.tolist()}, sys.stdout)
"""


@pytest.mark.parametrize("host", HOSTS)
def test_every_path_comes_to_the_same_vectors(host):
    said = told_by(SCRIPT, HOSTS[host])
    assert said["plain"] == (host == "plain")
    assert host == "plain" or said["lanes"] == 8
    expected = train_array(*toy_corpus(), PARAMETERS).model.inputs
    np.testing.assert_allclose(said["inputs"], expected, rtol=0, atol=1e-5)
