"""Encoded corpora as the tokens stage leaves them, from ids."""

from __future__ import annotations

import numpy as np

from dsgns.store import Output, Workspace


def write_vocabulary(workspace: Workspace, names: list[bytes], counts: np.ndarray, key: str) -> Output:
    """A completed vocabulary of some words."""
    vocabulary = workspace.output("vocabulary", key)
    text = b"".join(names)
    vocabulary.write(
        "words",
        {
            "bytes": np.frombuffer(text, np.uint8),
            "offsets": np.cumsum([0, *map(len, names)]).astype(np.int64),
            "counts": counts.astype(np.int64),
        },
    )
    facts = {"size": len(names), "text_bytes": len(text)}
    vocabulary.finish({"facts": facts, "inputs": {}, "parameters": {}, "finished": 0.0})
    return vocabulary


def write_tokens(
    workspace: Workspace,
    blocks: list[np.ndarray],
    held_out: np.ndarray,
    words: int,
    names: list[bytes] | None = None,
    key: str = "00000000",
) -> Output:
    """Completed tokens in blocks of ids, with the vocabulary that they were encoded with."""
    ids = np.concatenate(blocks)
    counts = np.maximum(np.bincount(ids[ids >= 0], minlength=words), 1)
    names = names or [b"w%d" % word for word in range(words)]
    vocabulary = write_vocabulary(workspace, names, counts, f"v-{key}")
    tokens = workspace.output("tokens", f"t-{key}")
    for number, block in enumerate(blocks):
        own = held_out if number == 0 else held_out[:0]
        tokens.write(f"ids/{number:05d}", {"ids": block.astype(np.int32), "held_out": own.astype(np.int32)})
    tokens.finish(
        {
            "facts": {
                "ids": ids.size,
                "held_out_ids": held_out.size,
                "block_ids": [block.size for block in blocks],
                "block_held_out_ids": [held_out.size] + [0] * (len(blocks) - 1),
                "vocabulary_size": words,
                "vocabulary": vocabulary.key,
            },
            "inputs": {"vocabulary": vocabulary.key},
            "parameters": {},
            "finished": 0.0,
        }
    )
    return tokens
