"""Train a model while the operating system allows this process half of its bytes.

``python -m tests.memory.larger WORKSPACE [--in-memory]``: the limit is RLIMIT_DATA, what the process holds once
everything is imported and compiled, plus half of the model. With ``--in-memory`` the model is promised all the memory
that it likes, and so is not laid in a file, which must fail.
"""

from __future__ import annotations

import argparse

from dsgns.parameters import SGNSParameters
from dsgns.sgns.plan import model_bytes
from dsgns.sgns.stage import train
from dsgns.store import Workspace
from tests.benchmarks.rounds import zipf_tokens
from tests.memory.limited import limit_to
from tests.support.serial import SerialEngine

WORDS, SIZE = 200_000, 300
PARAMETERS = SGNSParameters(vector_size=SIZE, epochs=1)


def main() -> None:
    """Warm up on a small vocabulary, set the limit, train."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace")
    parser.add_argument("--in-memory", action="store_true")
    given = parser.parse_args()
    small, large = (Workspace.create(f"{given.workspace}/{name}") for name in ("small", "large"))
    train(SerialEngine(1 << 30), small, zipf_tokens(small, 5_000, 500), PARAMETERS)
    tokens = zipf_tokens(large, 20_000, WORDS)
    model = model_bytes(WORDS, SIZE)
    limit_to(model // 2)
    engine = SerialEngine(8 << 30 if given.in_memory else 400 << 20)
    print(train(engine, large, tokens, PARAMETERS).key)


if __name__ == "__main__":
    main()
