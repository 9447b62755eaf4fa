"""What is to be said of large files that one worker each must read from beginning to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from dsgns.corpus import parts
from dsgns.corpus.sources import Source

_DUMPS = "Only dumps of many bz2 streams, whose names end in -multistream.xml.bz2, are read by all."
_RECORDS = (
    "Separated values, compressed JSON lines and streams of Arrow are not cut; several files of them, JSON lines that "
    "are not compressed, and Parquet are read by all."
)


def read_serially(sources: Sequence[Source]) -> list[str]:
    """A sentence or two for each kind of such files; those too small to be cut in any case are not worth a word.

    Parameters
    ----------
    sources
        In the parts that they were cut into.
    """
    cut = Counter(part.url for part in sources)
    alone = [source for source in sources if cut[source.url] == 1]
    # Wikitext takes a hundred times as long as records do.
    dumps = [source.url for source in alone if source.form == "export" and source.size > parts.LEAST_PART]
    records = [source.url for source in alone if source.form not in ("", "export") and source.size > parts.MOST_PART]
    return [f"{_named(urls)} {why}" for urls, why in ((dumps, _DUMPS), (records, _RECORDS)) if urls]


def _named(urls: Sequence[str]) -> str:
    others = f" and {len(urls) - 1} more are each" if len(urls) > 1 else " is"
    return f"{urls[0]}{others} read by one worker from beginning to end."
