"""Chinese: text without spaces becomes words, or characters, and vectors as any other.

With the extra jieba (`pip install 'dsgns[jieba]'`) words are those of its dictionary, without it single characters.
The text is made here, of some sentences with words that stand in for one another.

    python examples/chinese.py [FOLDER]
"""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path

import dsgns

SENTENCES = [
    "我昨天从{city}坐火车来。",
    "{city}的冬天很冷，夏天很热。",
    "{city}是一个很大的城市。",
    "他早上吃{food}，喝{drink}。",
    "这家店的{food}很好吃。",
    "我想喝一杯{drink}。",
    "桌子上有一杯{drink}和一碗{food}。",
]
WORDS = {
    "city": ["北京", "上海", "广州", "南京", "成都"],
    "food": ["米饭", "面条", "饺子", "豆腐"],
    "drink": ["咖啡", "牛奶", "果汁", "啤酒"],
}


def write_text(file: Path, lines: int = 4000) -> Path:
    """Write sentences, one a line; the file."""
    draw = random.Random(1)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as text:
        for _ in range(lines):
            chosen = {kind: draw.choice(words) for kind, words in WORDS.items()}
            text.write(draw.choice(SENTENCES).format(**chosen) + "\n")
    return file


def main(folder: Path) -> None:
    """Train, and ask what is near a city and a drink."""
    tokenizer = "jieba" if importlib.util.find_spec("jieba") else "characters"
    text = write_text(folder / "chinese.txt")
    workspace = dsgns.train(text, folder / "chinese.dsgns", method="svd", tokenizer=tokenizer, vector_size=20)
    vectors = workspace.vectors("svd")
    for word in filter(vectors.has_index_for, ["上海", "咖啡", "京", "奶"]):
        print(f"{word}: {'、'.join(near for near, cosine in vectors.most_similar(word, topn=3))}")
    print(f"{len(vectors)} words by {tokenizer}")


# Worker processes import this file; without this line each would begin a training of its own.
if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
