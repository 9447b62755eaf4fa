"""Run one stage while the operating system allows it a quarter of its data, and say how that went.

``python -m tests.memory.limited STAGE CORPUS WORKSPACE [--in-memory] [--mib N]``: the workspace holds what the stage
needs. The limit is RLIMIT_DATA: what the process holds once everything is imported and compiled, plus a
quarter of the stage's data, or so many MiB. With ``--in-memory`` the data are read whole instead, which must fail.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path

import numpy as np

from dsgns import pipeline
from dsgns.pipeline import TrainParameters
from dsgns.store import Output, Workspace
from tests.support.corpora import write_lines, zipf_lines
from tests.support.serial import SerialEngine

LONG = ("vocabulary", "tokens", "sgns")
WIDE = ("counts", "ppmi", "svd")
# Subsampling this hard leaves SGNS little to train on but everything to read.
PARAMETERS = TrainParameters.from_options(
    vector_size=16, min_count=1, epochs=1, power_iterations=1, sample=1e-7, subsample=0.0
)


def run_stage(engine: SerialEngine, workspace: Workspace, corpus: str, stage: str) -> Output:
    """Make a stage's output; what it needs is there already, or is made first."""
    prepared = pipeline.prepare_corpus(engine, workspace, [corpus], PARAMETERS.corpus)
    vocabulary = pipeline.build_vocabulary(engine, workspace, prepared, PARAMETERS.vocabulary)
    if stage == "vocabulary":
        return vocabulary
    tokens = pipeline.encode_tokens(engine, workspace, prepared, vocabulary)
    if stage == "tokens":
        return tokens
    if stage == "counts":
        return pipeline.count_cooccurrences(engine, workspace, tokens, PARAMETERS.counts)
    walk = {"ppmi": pipeline.walk_ppmi, "svd": pipeline.walk_svd, "sgns": pipeline.walk_sgns}[stage]
    return walk(engine, workspace, tokens, PARAMETERS)


def data_bytes(workspace: Workspace, corpus: str, stage: str) -> int:
    """Bytes of what a stage reads or writes, as arrays: text, token ids, or counts as compressed sparse rows."""
    if stage in ("vocabulary", "tokens"):
        return Path(corpus).stat().st_size
    if stage == "sgns":
        return 4 * workspace.latest("tokens").facts["ids"]
    return 12 * json.loads(Path(corpus).with_suffix(".json").read_text())["nonzeros"]


def limit_to(quarter: int) -> int:
    """Let this process hold ``quarter`` bytes more than it does; the limit."""
    with open("/proc/self/status") as status:
        held = next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData"))
    resource.setrlimit(resource.RLIMIT_DATA, (held + quarter, held + quarter))
    return held + quarter


def main() -> None:
    """Warm up on a small corpus, set the limit, run the stage."""
    parser = argparse.ArgumentParser()
    parser.add_argument("stage", choices=LONG + WIDE)
    parser.add_argument("corpus")
    parser.add_argument("workspace")
    parser.add_argument("--in-memory", action="store_true")
    parser.add_argument("--mib", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small = write_lines(Path(folder) / "small.txt", zipf_lines(20_000, types=500))
        run_stage(SerialEngine(256 << 20), Workspace.create(f"{folder}/w"), small, given.stage)
    workspace = Workspace.open(given.workspace)
    data = data_bytes(workspace, given.corpus, given.stage)
    quarter = data // 4 if given.mib is None else given.mib << 20
    limit = limit_to(quarter)
    if given.in_memory:
        np.ones(data, np.uint8)
    engine = SerialEngine(quarter, shard_size=quarter // 4)
    output = run_stage(engine, workspace, given.corpus, given.stage)
    json.dump({"stage": given.stage, "key": output.key, "quarter": quarter, "limit": limit}, sys.stdout)


if __name__ == "__main__":
    main()
