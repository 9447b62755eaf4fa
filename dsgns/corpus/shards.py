"""The corpus cut into shards of about the same size, each one task's work.

The shards cover every byte of every source exactly once, in order. Where the cuts fall changes no result:
documents are told apart, and chosen to be held out, by where they begin in their source.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dsgns.corpus.documents import START, find_cut
from dsgns.corpus.plan import projected_ledger
from dsgns.corpus.texts import Place, open_text
from dsgns.parameters import CorpusParameters
from dsgns.store import Output

PART = 8 << 20
"""A tokenizer of the user's gets documents whole, up to this many bytes; longer ones in parts of this size. Nor do
phrases reach across parts."""

_LEAST_WINDOW, _MOST_WINDOW = 4 << 10, 1 << 20


@dataclass(frozen=True)
class Span:
    """A stretch of one source's text.

    Parameters
    ----------
    source
        Position of the source in the corpus.
    place
        Where its text is found.
    start, stop
        Offsets in bytes.
    document
        Where the document began that the first byte is in; equal to ``start`` when nothing is open there.
    """

    source: int
    place: Place
    start: int
    stop: int
    document: int

    @property
    def last(self) -> bool:
        """Whether the source ends with this span."""
        return self.stop == self.place.size


@dataclass(frozen=True)
class Shard:
    """The stretches of text that one task reads: part of a large source, or several small ones."""

    spans: tuple[Span, ...]

    @property
    def size(self) -> int:
        """Bytes of text."""
        return sum(span.stop - span.start for span in self.spans)

    @property
    def sources(self) -> list[int]:
        """Of each span, the position of its source."""
        return [span.source for span in self.spans]

    @property
    def where(self) -> str:
        """The file and bytes of its text, as a person is told them; of several files, the first and last."""
        first, *more = [f"{span.place.url}, bytes {span.start} to {span.stop}" for span in self.spans]
        return f"{first}, and {len(more)} more, to {more[-1]}" if more else first


def projected_ledgers(shards: Sequence[Shard]) -> int:
    """Memory of the ledger of any of these shards."""
    return max(projected_ledger(len(shard.spans)) for shard in shards)


def plan_shards(
    places: Sequence[Place],
    decoded: Output | None,
    shard_size: int,
    parameters: CorpusParameters,
    parts: bool = False,
) -> list[Shard]:
    """The corpus in shards of about ``shard_size`` bytes of text.

    Parameters
    ----------
    places
        Of the text of each source, in the order of the corpus.
    decoded
        The output that holds the decoded text of compressed sources.
    parts
        Whether long documents are cut on the grid of their parts only, as those for a user's tokenizer always are.
    """
    part = 1 if parameters.streams and not parts else PART
    shards: list[Shard] = []
    spans: list[Span] = []
    room = shard_size
    for source, place in enumerate(places):
        for span in _spans(source, place, decoded, shard_size, parameters.document, part):
            if spans and span.stop - span.start > room:
                shards.append(Shard(tuple(spans)))
                spans, room = [], shard_size
            spans.append(span)
            room -= span.stop - span.start
    return [*shards, Shard(tuple(spans))] if spans else shards


def _spans(
    source: int, place: Place, decoded: Output | None, shard_size: int, document: str, part: int
) -> Iterator[Span]:
    if place.size <= shard_size:
        yield Span(source, place, 0, place.size, 0)
        return
    window = min(max(shard_size // 8, _LEAST_WINDOW), _MOST_WINDOW)
    cut = START
    with open_text(place, decoded) as text:
        for target in range(shard_size, place.size, shard_size):
            if target <= cut.offset:
                continue
            found = find_cut(text, document, target, cut, window, part)
            if found is None:
                break
            yield Span(source, place, cut.offset, found.offset, cut.document)
            cut = found
    yield Span(source, place, cut.offset, place.size, cut.document)
