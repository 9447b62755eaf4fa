"""Vectors for the members of a club, from who met whom: any counts can take the place of text.

Zachary's karate club (1977, J. Anthropological Research 33) broke in two. Short random walks over its friendships give
pairs of members, as node2vec has them; how often a pair is met on the way is a table, and the table is imported.

    python examples/karate_club.py [FOLDER]
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from pathlib import Path

import dsgns

FRIENDS = """\
1: 2 3 4 5 6 7 8 9 11 12 13 14 18 20 22 32; 2: 3 4 8 14 18 20 22 31; 3: 4 8 9 10 14 28 29 33; 4: 8 13 14; 5: 7 11;
6: 7 11 17; 7: 17; 9: 31 33 34; 10: 34; 14: 34; 15: 33 34; 16: 33 34; 19: 33 34; 20: 34; 21: 33 34; 23: 33 34;
24: 26 28 30 33 34; 25: 26 28 32; 26: 32; 27: 30 34; 28: 34; 29: 32 34; 30: 33 34; 31: 33 34; 32: 33 34; 33: 34"""
INSTRUCTOR, PRESIDENT = "member-1", "member-34"


def friendships() -> dict[str, list[str]]:
    """The friends of each member."""
    friends: dict[str, list[str]] = {}
    for entry in FRIENDS.replace("\n", " ").split(";"):
        member, _, others = entry.partition(":")
        for other in others.split():
            friends.setdefault(f"member-{member.strip()}", []).append(f"member-{other}")
            friends.setdefault(f"member-{other}", []).append(f"member-{member.strip()}")
    return friends


def met_on_walks(friends: dict[str, list[str]], walks: int = 200, steps: int = 4) -> Counter[tuple[str, str]]:
    """How often two members are met within some steps of a random walk."""
    draw, met = random.Random(1), Counter[tuple[str, str]]()
    for start in sorted(friends):
        for _ in range(walks):
            here = start
            for _ in range(steps):
                here = draw.choice(friends[here])
                if here != start:
                    met[start, here] += 1
    return met


def main(folder: Path) -> None:
    """Walk, count, import, factorise, and ask on whose side everybody is."""
    folder.mkdir(parents=True, exist_ok=True)
    friends = friendships()
    table = folder / "karate.tsv"
    table.write_text("".join(f"{one}\t{other}\t{times}\n" for (one, other), times in met_on_walks(friends).items()))
    dsgns.import_counts(table, folder / "karate.dsgns")
    # All members are met often: there is nothing to subsample.
    dsgns.factorize(folder / "karate.dsgns", vector_size=4, subsample=0.0)
    vectors = dsgns.open_workspace(folder / "karate.dsgns").vectors("svd")
    sides = {INSTRUCTOR: [], PRESIDENT: []}
    for member in friends:
        sides[max(sides, key=lambda leader: vectors.similarity(member, leader))].append(member.removeprefix("member-"))
    for leader, members in sides.items():
        print(f"with {leader}: {' '.join(sorted(members, key=int))}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo"))
