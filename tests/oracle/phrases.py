"""Phrases by plain Python, as word2phrase finds and writes them."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise

Documents = list[list[str]]
Found = dict[tuple[str, str], tuple[int, float]]


def find(documents: Documents, threshold: float, discount: float, formula: str = "default") -> Found:
    """Pairs of neighbours whose score is above the threshold, with their counts and scores."""
    words = Counter(word for document in documents for word in document)
    pairs = Counter(pair for document in documents for pair in pairwise(document))
    total, found = words.total(), {}
    for (a, b), count in pairs.items():
        score = (count - discount) / words[a] / words[b] * total
        if formula == "npmi":
            if count < discount:
                continue
            score = math.log(count * (total / words[a]) / words[b]) / -math.log(count / total)
        if score > threshold:
            found[a, b] = count, score
    return found


def join(document: list[str], found: Found, delimiter: str = "_") -> list[str]:
    """Phrases made one word, greedily from left to right."""
    joined: list[str] = []
    at = 0
    while at < len(document):
        if tuple(document[at : at + 2]) in found:
            joined.append(delimiter.join(document[at : at + 2]))
            at += 2
        else:
            joined.append(document[at])
            at += 1
    return joined


def split(text: str) -> list[str]:
    """A tokenizer of one's own."""
    return text.split()


def learn(
    documents: Documents, passes: int, threshold: float, discount: float, formula: str = "default", delimiter: str = "_"
) -> tuple[list[Found], Documents]:
    """What each pass finds, and what the last one leaves."""
    every = []
    for _ in range(passes):
        every.append(find(documents, threshold, discount, formula))
        documents = [join(document, every[-1], delimiter) for document in documents]
    return every, documents
