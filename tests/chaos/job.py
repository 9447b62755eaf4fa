"""The client of a chaotic run: both roads over one text, with counts spilled and replicas, on a scheduler's workers.

python -m tests.chaos.job TEXT OUTPUT ADDRESS
"""

from __future__ import annotations

import sys
from unittest.mock import patch

from dsgns import pipeline
from dsgns.cooccurrence import plan
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.engine import Engine, open_engine
from dsgns.errors import DsgnsError
from dsgns.parameters import Resources
from dsgns.pipeline import TrainParameters
from dsgns.sgns import schedule
from dsgns.store import Workspace

PARAMETERS = TrainParameters.from_options(
    vector_size=48, min_count=2, window=5, epochs=2, power_iterations=4, replicas=2, round_tokens=2_500
)


def walk(engine: Engine, text: str, output: str, parameters: TrainParameters = PARAMETERS) -> None:
    """Walk both roads, with counts in some blocks however few there are; finished outputs are reused."""
    workspace = Workspace.create(output)
    tokens = pipeline.encode(engine, workspace, [text], parameters)
    with patch.object(plan, "BLOCK_NONZEROS", 10_000):
        count_cooccurrences(engine, workspace, tokens, parameters.counts, spill=True)
    pipeline.walk_svd(engine, workspace, tokens, parameters)
    pipeline.walk_sgns(engine, workspace, tokens, parameters)


def main(text: str, output: str, address: str) -> None:
    """The same, on a scheduler, with a checkpoint every few rounds."""
    schedule.LEAST_STEPS, schedule.STEPS_PER_ROW = 20_000, 1
    with open_engine(Resources(shard_size=64 * 1024), scheduler=address) as engine:
        walk(engine, text, output)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except DsgnsError as error:
        sys.exit(f"{type(error).__name__}: {error}")
