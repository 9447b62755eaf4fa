"""What work takes here: the figures of dsgns/rates.py, measured again.

    python -m tests.benchmarks.rates corpus.txt

Runs every stage over a text on one local worker, for two sizes of vectors and several windows, and prints each figure
as it was measured beside the one that plans are made with. Seconds are CPU seconds, so that what else the machine does
hardly matters. Needs a text of some millions of tokens and a minute for each ten of them; kernels are compiled first.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dsgns import rates
from dsgns.cooccurrence.stage import count_cooccurrences
from dsgns.corpus.stage import prepare_corpus
from dsgns.engine import Client, Engine
from dsgns.engine.cluster import connect
from dsgns.parameters import (
    CorpusParameters,
    CountsParameters,
    PMIParameters,
    Resources,
    SGNSParameters,
    SVDParameters,
    VocabularyParameters,
)
from dsgns.planning.count_road import dense_flops
from dsgns.planning.prediction_road import pairs_trained, work_of_rounds
from dsgns.pmi.stage import weigh
from dsgns.sgns.stage import train
from dsgns.store import Output, Workspace
from dsgns.svd.stage import factorize
from dsgns.tokens.stage import encode_tokens
from dsgns.vocabulary.stage import build_vocabulary
from dsgns.warmup import warm_up
from tests.benchmarks.scale_weights import disk_bytes
from tests.benchmarks.spent import tree_seconds

WINDOWS = (1, 2, 5, 10)
SIZES = (100, 300)
REPLICAS = 4
WEIGHTINGS = ("harmonic", "dynamic", "flat")

_HEAD = 2 << 20

Figures = Iterator[tuple[str, float, float]]
"""Name of a figure, as it is planned with, as it was measured."""


class Metered(Engine):
    """An engine that keeps the CPU seconds of every step: of this process and of all below it."""

    def __init__(self, client: Client, resources: Resources) -> None:
        self.spent: Counter[str] = Counter()
        super().__init__(client, resources)

    def run(
        self,
        label: str,
        function: Callable[..., Any],
        items: Mapping[str, tuple[Any, ...]],
        lost: dict[str, str] | None = None,
    ) -> Iterator[tuple[str, Any]]:
        began = tree_seconds()
        yield from super().run(label, function, items, lost)
        self.spent[label] += tree_seconds() - began

    def take(self, *labels: str) -> float:
        """The seconds of some steps since they were last asked for."""
        return sum(self.spent.pop(label, 0.0) for label in labels)


class Measurement:
    """A text, and the stages gone through with it.

    Parameters
    ----------
    engine
        Runs the tasks.
    text
        One plain file.
    folder
        For the workspace.
    """

    def __init__(self, engine: Metered, text: Path, folder: Path) -> None:
        self.engine, self.workspace = engine, Workspace.create(str(folder))
        self.corpus = prepare_corpus(self.engine, self.workspace, [str(text)], CorpusParameters())
        self.words = build_vocabulary(self.engine, self.workspace, self.corpus, VocabularyParameters())
        self.tokens = encode_tokens(self.engine, self.workspace, self.corpus, self.words)
        self.bytes = text.stat().st_size

    def figures(self) -> Figures:
        """All of them."""
        yield from self.reading()
        yield from self.counting()
        yield from self.factorizing()
        yield from self.training()
        yield from self.replicating()

    def reading(self) -> Figures:
        """Of vocabulary and tokens."""
        take, facts = self.engine.take, self.words.facts
        yield "SCAN", rates.SCAN, take("vocabulary: scan") / self.bytes
        merging = take("vocabulary: merge", "vocabulary: choose")
        yield "MERGE_WORD", rates.MERGE_WORD, merging / facts["distinct"]
        yield "VOCABULARY_BYTES", rates.VOCABULARY_BYTES, self._disk(self.words) / facts["size"]
        yield "ENCODE", rates.ENCODE, take("tokens: encode") / self.bytes
        yield "TOKEN_BYTES", rates.TOKEN_BYTES, self._disk(self.tokens) / self.tokens.facts["ids"]

    def counting(self) -> Figures:
        """Of counts: in panels for several windows, and spilled for each weighting."""
        used, spent, work = self.tokens.facts["tokens"], {}, []
        for window in WINDOWS:
            cells = self._count(CountsParameters(window=window)).facts["nonzeros"]
            spent[window] = self.engine.take("counts: count")
            work.append((used, cells))
        token, cell = _fitted(work, list(spent.values()))
        yield "COUNT_TOKEN", rates.COUNT_TOKEN, token
        yield "WRITE_CELL", rates.WRITE_CELL, cell
        bits, sizes = [], []
        for weighting in WEIGHTINGS:
            counts = self._count(CountsParameters(weighting=weighting), spill=True)
            bits.append((1, math.log2(counts.facts["scale"])))
            sizes.append(self._disk(counts) / counts.facts["nonzeros"])
        spilling = self.engine.take("counts: spill", "counts: merge") / len(sizes) - spent[counts.parameters["window"]]
        yield "SPILL_CELL", rates.SPILL_CELL, spilling / counts.facts["nonzeros"]
        size, bit = _fitted(bits, sizes)
        yield "COUNT_BYTES", rates.COUNT_BYTES, size
        yield "COUNT_BIT", rates.COUNT_BIT, bit

    def factorizing(self) -> Figures:
        """Of marginals and svd."""
        counts = self._count(CountsParameters())
        cells, words = counts.facts["nonzeros"], self.words.facts["size"]
        weigh(self.engine, self.workspace, counts, PMIParameters())
        yield "WEIGH_CELL", rates.WEIGH_CELL, self.engine.take("marginals: sum", "marginals: fold") / cells
        products, algebra, packed = [], [], 0.0
        for size in SIZES:
            parameters = SVDParameters(vector_size=size)
            made = factorize(self.engine, self.workspace, counts, PMIParameters(), parameters).facts
            packed += self.engine.take("svd: pack") / cells / len(SIZES)
            # The first of the passes is the sparse start's, which costs next to nothing.
            flops = 2 * (made["passes"] - 1) * made["nonzeros"] * made["width"]
            products.append(self.engine.take("svd: multiply", "svd: sketch") / flops)
            steps = [label for label in self.engine.spent if label.startswith("svd: ")]
            algebra.append(self.engine.take(*steps) / dense_flops(words, made["width"], made["iterations"]))
        yield "POSITIVE", rates.POSITIVE, made["nonzeros"] / cells
        yield "PACK_CELL", rates.PACK_CELL, packed
        for size, product, dense in zip(SIZES, products, algebra, strict=True):
            yield f"MULTIPLY_FLOP at {size}", rates.MULTIPLY_FLOP, product
            yield f"DENSE_FLOP at {size}", rates.DENSE_FLOP, dense

    def training(self) -> Figures:
        """Of sgns."""
        counts, used = self.words.read("words", "counts")["counts"], self.tokens.facts["tokens"]
        work, spent = [], []
        for size in SIZES:
            parameters = SGNSParameters(vector_size=size, epochs=1)
            train(self.engine, self.workspace, self.tokens, parameters)
            spent.append(self.engine.take("sgns: train"))
            pairs = pairs_trained(counts, used, parameters)
            work.append((pairs, pairs * size))
        pair, number = _fitted(work, spent)
        yield "TRAIN_PAIR", rates.TRAIN_PAIR, pair
        yield "TRAIN_NUMBER", rates.TRAIN_NUMBER, number

    def replicating(self) -> Figures:
        """Of rounds of replicas, whose training itself is taken to be as fast as it is planned."""
        counts, facts = self.words.read("words", "counts")["counts"], self.tokens.facts
        work, spent = [], []
        for size in SIZES:
            parameters = SGNSParameters(vector_size=size, epochs=1, replicas=REPLICAS)
            began = tree_seconds()
            train(self.engine, self.workspace, self.tokens, parameters)
            pairs = pairs_trained(counts, facts["tokens"], parameters) * (rates.TRAIN_PAIR + rates.TRAIN_NUMBER * size)
            spent.append(tree_seconds() - began - pairs)
            work.append(work_of_rounds(parameters, facts["ids"], len(counts)))
        task, column = _fitted(work, spent)
        yield "ROUND_TASK", rates.ROUND_TASK, task
        yield "ROUND_COLUMN", rates.ROUND_COLUMN, column

    def _count(self, parameters: CountsParameters, *, spill: bool = False) -> Output:
        for key in self.workspace.keys("counts"):
            self.workspace.output("counts", key).remove("")
        return count_cooccurrences(self.engine, self.workspace, self.tokens, parameters, spill=spill)

    @staticmethod
    def _disk(output: Output) -> int:
        return disk_bytes(Path(output.url) / output.stage / output.key)


def _fitted(work: Sequence[tuple[float, float]], taken: Sequence[float]) -> tuple[float, float]:
    """What one of each kind of work takes, by least squares of the relative errors."""
    parts = np.array(work) / np.array(taken)[:, None]
    first, second = np.linalg.lstsq(parts, np.ones(len(taken)), rcond=None)[0]
    return float(first), float(second)


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.rates",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--folder", type=Path, help="for the workspace, which is thrown away")
    given = parser.parse_args(arguments)
    for window in WINDOWS:
        warm_up(window)
    print(f"{'':<24}{'planned with':>14}{'measured':>12}")
    resources = Resources(workers=1, memory_limit=2 << 30)
    with tempfile.TemporaryDirectory(dir=given.folder) as folder, connect(resources, None, None) as client:
        engine = Metered(client, resources)
        head = Path(folder) / "head.txt"
        with given.corpus.open("rb") as text:
            head.write_bytes(text.read(_HEAD))
        # What a worker does for the first time has to wait for its kernels.
        list(Measurement(engine, head, Path(folder) / "first").figures())
        for name, planned, measured in Measurement(engine, given.corpus, Path(folder) / "workspace").figures():
            print(f"{name:<24}{_told(planned):>14}{_told(measured):>12}", flush=True)


def _told(figure: float) -> str:
    return f"{figure:.3g}" if figure > 1e-3 else f"{figure * 1e9:.3g} ns"


if __name__ == "__main__":
    main()
