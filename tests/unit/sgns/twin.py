"""word2vec's skip-gram with negative sampling in plain Python, float64, replaying the same draws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dsgns.parameters import SGNSParameters
from dsgns.sgns.noise import alias_table, keep_thresholds, noise_distribution

_MASK = (1 << 64) - 1


def splitmix(key: int, number: int) -> int:
    """The ``number``-th output of SplitMix64 seeded with ``key``."""
    x = (key + (number + 1) * 0x9E3779B97F4A7C15) & _MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


@dataclass
class Twin:
    """One corpus, its tables, and two float64 matrices that are trained in place."""

    ids: np.ndarray
    counts: np.ndarray
    parameters: SGNSParameters

    def __post_init__(self) -> None:
        p = self.parameters
        self.keep = keep_thresholds(self.counts, p.sample).tolist()
        self.noise = alias_table(noise_distribution(self.counts, p.ns_exponent)).tolist()
        shape = (len(self.counts), p.vector_size)
        self.inputs, self.outputs = np.empty(shape), np.zeros(shape)
        key = splitmix(splitmix(0, p.seed), 1 << 62)
        for row, column in np.ndindex(*shape):
            share = (splitmix(splitmix(key, row), column) >> 11) * 2.0**-53
            self.inputs[row, column] = (share - 0.5) / p.vector_size

    def bits(self, epoch: int, position: int) -> int:
        return splitmix(splitmix(splitmix(0, self.parameters.seed), epoch), position)

    def stays(self, epoch: int, position: int) -> bool:
        return self.bits(epoch, position) >> 32 <= self.keep[self.ids[position]]

    def windows(self, epoch: int, start: int, stop: int) -> Iterator[tuple[int, list[int]]]:
        """Each centre's position and the positions of its contexts, left and right, the nearest first."""
        document: list[int] = []
        for position in range(len(self.ids) + 1):
            if position < len(self.ids) and self.ids[position] >= 0:
                if self.stays(epoch, position):
                    document.append(position)
                continue
            for i, centre in enumerate(document):
                if start <= centre < stop:
                    reach = 1 + ((self.bits(epoch, centre) & 0xFFFFFFFF) * self.parameters.window >> 32)
                    yield centre, document[max(0, i - reach) : i][::-1] + document[i + 1 : i + 1 + reach]
            document = []

    def noise_words(self, epoch: int, centre: int, group: int) -> list[int]:
        negative, words = self.parameters.negative, []
        for number in range(group * negative, (group + 1) * negative):
            drawn = splitmix(self.bits(epoch, centre), number)
            slot = (drawn >> 32) * len(self.noise) >> 32
            threshold, alias = self.noise[slot] >> 32, self.noise[slot] & 0xFFFFFFFF
            words.append(slot if drawn & 0xFFFFFFFF < threshold else alias)
        return words

    def train(self) -> None:
        """All epochs."""
        p, length = self.parameters, len(self.ids)
        for epoch in range(p.epochs):
            for centre, contexts in self.windows(epoch, 0, length):
                progress = (epoch * length + centre) / (p.epochs * length)
                rate = p.alpha - (p.alpha - p.min_alpha) * progress
                words = [int(self.ids[position]) for position in contexts]
                height = 1 if p.exact else 4
                for begin in range(0, len(words), height):
                    noise = self.noise_words(epoch, centre, begin if p.exact else 0)
                    self.step(words[begin : begin + height], int(self.ids[centre]), noise, rate)

    def step(self, contexts: list[int], centre: int, noise: list[int], rate: float) -> None:
        """word2vec's updates of all contexts by all targets, a block of targets after the other."""
        targets = [(centre, 1.0)] + [(word, 0.0) for word in noise]
        while targets and contexts:
            size = next(size for size in (6, 4, 2, 1) if size <= len(targets))
            block, targets = targets[:size], targets[size:]
            words, labels = [word for word, _ in block], np.array([label for _, label in block])
            y = self.outputs[words].copy()
            gradients = [rate * (labels - 1 / (1 + np.exp(-y @ self.inputs[context]))) for context in contexts]
            for context, gradient in zip(contexts, gradients, strict=True):
                # A word that occurs twice adds up on either side.
                np.add.at(self.outputs, words, np.outer(gradient, self.inputs[context]))
                self.inputs[context] += gradient @ y

    def loss(self, epoch: int, start: int, stop: int) -> tuple[float, int]:
        """Summed loss and number of the pairs of the centres from ``start`` to ``stop``."""
        total, pairs = 0.0, 0
        for centre, contexts in self.windows(epoch, start, stop):
            for pair, position in enumerate(contexts):
                x = self.inputs[self.ids[position]]
                total += np.log1p(np.exp(-x @ self.outputs[self.ids[centre]]))
                for word in self.noise_words(epoch, centre, pair if self.parameters.exact else 0):
                    total += np.log1p(np.exp(x @ self.outputs[word]))
                pairs += 1
        return total, pairs


def toy_corpus(length: int = 400, words: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Zipf-like ids with a separator now and then and at the end, int32, and each word's count."""
    rng = np.random.default_rng(seed)
    weights = 1 / np.arange(1, words + 1)
    ids = rng.choice(words, size=length, p=weights / weights.sum()).astype(np.int32)
    ids[rng.random(length) < 0.05] = -1
    ids[-1] = -1
    return ids, np.maximum(np.bincount(ids[ids >= 0], minlength=words), 1)
