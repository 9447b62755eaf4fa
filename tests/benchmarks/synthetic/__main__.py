"""The command that writes synthetic text."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tests.benchmarks.synthetic.language import Language, Law
from tests.benchmarks.synthetic.writing import write_text

DESCRIPTION = """\
Write text of any size that follows Zipf's and Mandelbrot's law, in lines.

Words of one theme stand near one another, so that vectors can be checked: see tests.benchmarks.synthetic.planted.
What stands at a position depends on the position, the law and the seed alone, so that parts of one text may be
written by several processes (--start), and a longer text begins with the shorter one.
"""


def main(arguments: list[str] | None = None) -> None:
    """Write, and tell how much."""
    given = _parser().parse_args(arguments)
    law = Law(given.vocabulary, given.exponent, tail=given.tail, line=given.line, seed=given.seed)
    began = time.perf_counter()
    size = write_text(Language(law), given.output, given.tokens, given.start)
    seconds = time.perf_counter() - began
    print(f"{given.tokens:,} tokens, {size:,} bytes in {seconds:.1f} s: {given.output}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks.synthetic",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    law = Law()
    parser.add_argument("--tokens", type=_whole, required=True, help="how many words, such as 1e9")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    parser.add_argument("--vocabulary", type=_whole, default=law.vocabulary, help="default: %(default)s words")
    parser.add_argument("--exponent", type=float, default=law.exponent, help="of frequent words; default: %(default)s")
    parser.add_argument("--tail", type=float, default=law.tail, help="exponent of rare words; default: %(default)s")
    parser.add_argument("--line", type=int, default=law.line, help="mean words in a line; default: %(default)s")
    parser.add_argument("--seed", type=int, default=law.seed, help="default: %(default)s")
    parser.add_argument("--start", type=_whole, default=0, help="position of the first word; default: %(default)s")
    return parser


def _whole(text: str) -> int:
    """A whole number, written 1000 or 1e3."""
    number = float(text)
    if number < 0 or number != int(number):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number")
    return int(number)


if __name__ == "__main__":
    main()
