"""Text of any size that is known in advance; ``python -m tests.benchmarks.synthetic --help``."""

from tests.benchmarks.synthetic.language import Language, Law
from tests.benchmarks.synthetic.planted import share_of_neighbours
from tests.benchmarks.synthetic.writing import write_text

__all__ = ["Language", "Law", "share_of_neighbours", "write_text"]
