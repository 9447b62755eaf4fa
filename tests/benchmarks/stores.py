"""Where a parameter server's shards can live on Dask: futures, actors, or a memory-mapped file, by one contract.

    python -m tests.benchmarks.stores --words 400000 --vector-size 300 --pulled 150000 --rounds 12

In each round every worker pulls some rows, changes them, and pushes the changes, which are added up in order. What
training does to rows is left out: what differs is how they are carried. Then the same with a worker that is killed
half-way: of ``futures`` Dask makes again what it held; ``actors`` are gone with it, so all rounds begin anew, as from
a checkpoint; in the ``file`` nobody knows which changes had been added, so they begin anew as well.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import psutil
from distributed import Client, LocalCluster, wait

from dsgns.display.figures import markdown
from dsgns.engine.deadline import known_workers

WORKERS = 2


def initial(start: int, stop: int, size: int) -> np.ndarray:
    """The rows of a shard before the first round, float32."""
    return np.random.default_rng(start).random((stop - start, size), np.float32)


def pulled(number: int, replica: int, words: int, count: int) -> np.ndarray:
    """The words that a replica pulls in a round, ascending."""
    rng = np.random.default_rng((number, replica))
    return np.unique((words ** rng.random(count)).astype(np.int64) - 1)


def change(rows: np.ndarray) -> np.ndarray:
    """What stands for training."""
    return rows * np.float32(1e-3)


def added(shard: np.ndarray, start: int, *updates: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """A shard's next version."""
    following = shard.copy()
    for words, values in updates:
        first, last = np.searchsorted(words, (start, start + len(shard)))
        following[words[first:last] - start] += values[first:last]
    return following


class Store(Protocol):
    """What a store of rows has to do."""

    def begin(self) -> None:
        """Hold the rows as they are before the first round."""

    def round(self, number: int) -> None:
        """Have every replica pull, change and push, and wait until that is done."""

    def rows(self) -> np.ndarray:
        """All rows as they are now."""


class Setting:
    """Sizes, and where everything runs."""

    def __init__(self, client: Client, words: int, size: int, count: int, folder: str) -> None:
        self.client, self.words, self.size, self.count, self.folder = client, words, size, count, folder
        edges = [words * k // WORKERS for k in range(WORKERS + 1)]
        self.ranges = list(pairwise(edges))
        self.addresses: list[str] = []

    def meet(self) -> None:
        """Wait until all workers are there."""
        while len(self.addresses) < WORKERS:
            self.client.wait_for_workers(WORKERS, timeout=60)
            self.addresses = sorted(known_workers(self.client))

    def kill(self) -> None:
        """Kill the first worker; another will come in its place."""
        os.kill(self.client.submit(os.getpid, workers=self.addresses[0], pure=False).result(), signal.SIGKILL)
        self.addresses = self.addresses[1:]

    def submit(self, task: Any, *args: Any, k: int, **kind: Any) -> Any:
        """A task on the ``k``-th worker, or on another one if that is gone."""
        place = {"workers": self.addresses[k % len(self.addresses)], "allow_other_workers": True}
        return self.client.submit(task, *args, pure=False, **place, **kind)


def take(shard: np.ndarray, start: int, words: np.ndarray) -> np.ndarray:
    """Copies of the rows of those words that a shard holds."""
    first, last = np.searchsorted(words, (start, start + len(shard)))
    return shard[words[first:last] - start]


def train(words: np.ndarray, *parts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The words, and the changes to their rows."""
    return words, change(np.concatenate(parts))


class Futures:
    """Shards are results of tasks, replaced in each round."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def begin(self) -> None:
        of = self.setting
        self._shards = [of.submit(initial, *rows, of.size, k=k) for k, rows in enumerate(of.ranges)]
        wait(self._shards)

    def round(self, number: int) -> None:
        of, updates = self.setting, []
        for replica in range(WORKERS):
            words = of.submit(pulled, number, replica, of.words, of.count, k=replica)
            parts = [of.submit(take, shard, of.ranges[k][0], words, k=k) for k, shard in enumerate(self._shards)]
            updates.append(of.submit(train, words, *parts, k=replica))
        self._shards = [of.submit(added, shard, of.ranges[k][0], *updates, k=k) for k, shard in enumerate(self._shards)]
        wait(self._shards)

    def rows(self) -> np.ndarray:
        return np.concatenate(self.setting.client.gather(self._shards))


class Shard:
    """An actor: a shard that is changed where it is."""

    def __init__(self, start: int, stop: int, size: int) -> None:
        self.start, self.values = start, initial(start, stop, size)

    def take(self, words: np.ndarray) -> np.ndarray:
        return take(self.values, self.start, words)

    def add(self, *updates: tuple[np.ndarray, np.ndarray]) -> None:
        self.values = added(self.values, self.start, *updates)

    def all(self) -> np.ndarray:
        return self.values


def train_by_actors(number: int, replica: int, words: int, count: int, *shards: Any) -> tuple[np.ndarray, np.ndarray]:
    """Pull from the actors and train."""
    mine = pulled(number, replica, words, count)
    return train(mine, *(asked.result() for asked in [shard.take(mine) for shard in shards]))


def push_to_actors(k: int, shard: Any, *updates: tuple[np.ndarray, np.ndarray]) -> None:
    """Have an actor add changes."""
    shard.add(*updates).result()


class Actors:
    """Shards are actors."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def begin(self) -> None:
        of = self.setting
        made = [of.submit(Shard, *rows, of.size, k=k, actor=True) for k, rows in enumerate(of.ranges)]
        self._shards = [future.result() for future in made]

    def round(self, number: int) -> None:
        of = self.setting
        about = number, of.words, of.count
        updates = [
            of.submit(train_by_actors, number, replica, *about[1:], *self._shards, k=replica)
            for replica in range(WORKERS)
        ]
        pushes = [of.submit(push_to_actors, k, shard, *updates, k=k) for k, shard in enumerate(self._shards)]
        of.client.gather(pushes)

    def rows(self) -> np.ndarray:
        return np.concatenate([shard.all().result() for shard in self._shards])


def mapped(path: str, words: int, size: int) -> np.ndarray:
    """All rows, in a file."""
    return np.memmap(path, np.float32, "r+", shape=(words, size))


def train_from_file(path: str, number: int, replica: int, words: int, size: int, count: int) -> Any:
    """Pull from the file and train."""
    mine = pulled(number, replica, words, count)
    return train(mine, mapped(path, words, size)[mine])


def push_to_file(path: str, words: int, size: int, rows: tuple[int, int], *updates: Any) -> None:
    """Add changes to a range of rows of the file."""
    values = mapped(path, words, size)
    for mine, changes in updates:
        first, last = np.searchsorted(mine, rows)
        values[mine[first:last]] += changes[first:last]


class File:
    """All rows are in one file that every worker maps."""

    def __init__(self, setting: Setting) -> None:
        self.setting, self._path = setting, str(Path(setting.folder) / "rows")

    def begin(self) -> None:
        with open(self._path, "wb") as file:
            for rows in self.setting.ranges:
                file.write(initial(*rows, self.setting.size).tobytes())

    def round(self, number: int) -> None:
        of = self.setting
        about = of.words, of.size
        updates = [
            of.submit(train_from_file, self._path, number, replica, *about, of.count, k=replica)
            for replica in range(WORKERS)
        ]
        pushes = [
            of.submit(push_to_file, self._path, *about, rows, *updates, k=k, retries=0)
            for k, rows in enumerate(of.ranges)
        ]
        of.client.gather(pushes)

    def rows(self) -> np.ndarray:
        return np.array(mapped(self._path, self.setting.words, self.setting.size))


STORES = {"futures": Futures, "actors": Actors, "file": File}
"""By name; all but the first have to begin anew when a worker dies."""


def memory() -> int:
    """Bytes that this process holds for itself, files that it maps left out."""
    held = psutil.Process().memory_info()
    return int(held.rss - held.shared)


def cpu_seconds() -> float:
    """Of this process so far."""
    used = psutil.Process().cpu_times()
    return float(used.user + used.system)


def rounds(store: Store, setting: Setting, count: int, kill_after: int | None, heals: bool) -> float:
    """Run so many rounds, killing a worker after some of them; the seconds that took."""
    setting.meet()
    began, number = time.perf_counter(), 0
    store.begin()
    while number < count:
        if number == kill_after:
            kill_after = None
            setting.kill()
            if not heals:
                number = 0
                setting.meet()
                store.begin()
        store.round(number)
        number += 1
    return time.perf_counter() - began


def measure(name: str, words: int, size: int, count: int, many: int) -> dict[str, Any]:
    """Seconds with and without a worker's death, CPU seconds and memory without, and the rows of both runs."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=WORKERS, threads_per_worker=1, memory_limit="4GiB", host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        setting = Setting(client, words, size, count, folder)
        store, heals = STORES[name](setting), name == "futures"
        rounds(store, setting, 1, None, heals)  # imports and opens what the first one needs
        before = sum(client.run(cpu_seconds).values())
        whole = rounds(store, setting, many, None, heals)
        cpu = sum(client.run(cpu_seconds).values()) - before
        held, expected = max(client.run(memory).values()), store.rows()
        killed = rounds(store, setting, many, many // 2, heals)
        return {"seconds": whole, "killed": killed, "cpu": cpu, "memory": held, "rows": (expected, store.rows())}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all stores and print them beside one another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, default=400_000)
    parser.add_argument("--vector-size", type=int, default=300)
    parser.add_argument("--pulled", type=int, default=150_000)
    parser.add_argument("--rounds", type=int, default=12)
    asked = parser.parse_args(arguments)
    lines = []
    for name in STORES:
        found = measure(name, asked.words, asked.vector_size, asked.pulled, asked.rounds)
        same = all(np.array_equal(found["rows"][0], rows) for rows in found["rows"])
        seconds, cpu = (found[what] / asked.rounds for what in ("seconds", "cpu"))
        lost = f"{found['killed'] - found['seconds']:+.1f}"
        figures = f"{seconds:.2f}", f"{cpu:.2f}", f"{found['memory'] >> 20}", lost
        lines.append([name, *figures, "yes" if same else "no"])
    print(
        markdown(
            ("store", "seconds a round", "CPU seconds", "MiB a worker", "seconds a SIGKILL costs", "same bits"), lines
        )
    )


if __name__ == "__main__":
    main()
