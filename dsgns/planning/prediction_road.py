"""The prediction road: training, in one piece or in rounds of replicas."""

from __future__ import annotations

import numpy as np

from dsgns import rates
from dsgns.parameters import SGNSParameters
from dsgns.planning.setting import Setting, StagePlan
from dsgns.sgns import plan as training
from dsgns.sgns.grid import Grid, row_grid
from dsgns.sgns.model import padded
from dsgns.sgns.noise import keep_probabilities
from dsgns.sgns.schedule import intervals, rounds, rounds_a_checkpoint, task_tokens


def sgns(setting: Setting) -> StagePlan:
    """Training."""
    asked = setting.parameters.sgns
    grid = row_grid(setting.words, asked.vector_size, asked.replicas)
    train = _in_one_piece if asked.replicas == 1 else _in_rounds
    tasks, promised, likely, checkpoints, seconds = train(setting, asked, grid)
    tasks += 2 * len(grid) + (-(-setting.ids // training.REPLAYED) if asked.sample else 0)
    model = training.model_bytes(setting.words, asked.vector_size)
    return setting.stage("sgns", tasks, promised, likely, model, checkpoints * model, seconds)


def _in_one_piece(setting: Setting, asked: SGNSParameters, grid: Grid) -> tuple[int, int, int, int, float]:
    """Tasks, promised and likely bytes, checkpoints that are kept, and seconds of one replica."""
    words, tasks = setting.words, len(intervals(asked, setting.ids, setting.words))
    block = round(rates.WRITTEN_BLOCK * training.projected_block(asked, grid))
    room = training.room_for_interval(setting.counts, asked, grid, setting.allowed("sgns"))
    held = training.model_bytes(words, asked.vector_size)
    likely = held + max(training.training_bytes(words, asked), block) if room.chunk is None else room.projected
    seconds = training_seconds(setting, asked) / asked.threads + rates.TASK * tasks
    return tasks, room.projected, likely, min(tasks, 2), seconds


def _in_rounds(setting: Setting, asked: SGNSParameters, grid: Grid) -> tuple[int, int, int, int, float]:
    """The same of several replicas."""
    promised = training.projected_round(setting.counts, setting.ids, asked, grid, setting.workers)
    turns = rounds(asked, setting.ids)
    tasks = sum(len(turn.spans) for turn in turns)
    checkpoints = min(2, -(-len(turns) // rounds_a_checkpoint(asked, setting.ids, setting.words)))
    at_once = min(task_tokens(asked, setting.ids)[1], setting.workers) * asked.threads
    sent, columns = work_of_rounds(asked, setting.ids, setting.words)
    # Between the training of two rounds little is done at the same time: each step waits for the one before.
    seconds = training_seconds(setting, asked) / at_once + rates.ROUND_TASK * sent + rates.ROUND_COLUMN * columns
    return tasks, promised, round(rates.ROUND * promised), checkpoints, seconds


def work_of_rounds(parameters: SGNSParameters, length: int, vocabulary_size: int) -> tuple[int, int]:
    """The tasks of all rounds of replicas, and the columns of the vectors that rounds merge, each round's counted."""
    shards = len(row_grid(vocabulary_size, parameters.vector_size, parameters.replicas))
    turns = rounds(parameters, length)
    groups = sum(len(turn.groups()) for turn in turns)
    # A group's words, its training, its rows of each shard and its changes to it; merges, and what they rest on.
    return (groups + len(turns)) * (2 + 2 * shards), len(turns) * padded(parameters.vector_size)


def training_seconds(setting: Setting, asked: SGNSParameters) -> float:
    """CPU seconds of all pairs that are trained."""
    pairs = pairs_trained(setting.counts, setting.known.used, asked)
    return pairs * (rates.TRAIN_PAIR + rates.TRAIN_NUMBER * asked.vector_size) * rates.EXACT[asked.exact]


def pairs_trained(counts: np.ndarray, used: int, parameters: SGNSParameters) -> float:
    """Pairs of rows that meet in training on ``used`` tokens of words with these counts, int64, shape (V,)."""
    kept = float(counts @ keep_probabilities(counts, parameters.sample) / counts.sum())
    return parameters.epochs * used * kept * (parameters.window + 1) * (parameters.negative + 1)
