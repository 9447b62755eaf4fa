"""A corpus known again: files that were touched, or copied back, are those they were if they hold what they held."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from dsgns.corpus.contents import digests
from dsgns.corpus.sources import Source
from dsgns.engine import Engine, Event
from dsgns.store import Output
from dsgns.store.places import local_path

_TELL_EVERY = 0.2
_NAMED = 3

Read = dict[str, str]
"""The digests of files that one run has read, by name: each is read once, whatever it is held against."""

MOST_READ = 4 << 30
"""Bytes of text that are read once more to be known again.

This is done here and not by workers: of more, or over a network, it would hold up the run that it is to spare.
"""


def keep_contents(engine: Engine, corpus: Output, sources: Sequence[Source], read: Read) -> None:
    """Write down what the files on this machine hold, if it is not too much; objects have etags, which say it."""
    here = [source for source in sources if local_path(source.url) is not None]
    if sum(source.size for source in here) <= MOST_READ:
        corpus.keep_contents(_contents(engine, here, read))


def as_now(corpus: Output, sources: list[Source]) -> list[Source]:
    """Sources as a corpus was planned with, each with the time that its file is known by since."""
    contents = corpus.contents
    return [
        replace(source, fingerprint=contents[source.url][0]) if source.url in contents else source for source in sources
    ]


def known_by(corpus: Output, sources: Sequence[Source]) -> None:
    """Take it that the files of a corpus are what they were when they had the times they have now."""
    contents = corpus.contents
    now = {source.url: [source.fingerprint, *contents[source.url][1:]] for source in sources if source.url in contents}
    if now != contents:
        corpus.keep_contents({**contents, **now})


def known_again(
    engine: Engine, corpus: Output, before: Sequence[Source], sources: Sequence[Source], read: Read
) -> str | None:
    """What has become other in the files of a corpus, in words; nothing where it is their times at most.

    Then it is written down by which times they are known now.

    Parameters
    ----------
    before
        What :func:`as_now` has of it.
    sources
        The same files, each whole, as they are now.
    read
        Added to.
    """
    sizes, states = dict.fromkeys((source.url for source in before), 0), {}
    for part in before:
        sizes[part.url] += part.size
        states[part.url] = part.fingerprint
    contents = corpus.contents
    changed = [now for now in sources if (now.size, now.fingerprint) != (sizes[now.url], states[now.url])]
    other = [source for source in changed if source.size != sizes[source.url] or source.url not in contents]
    if not other and changed:
        now = _contents(engine, changed, read)
        other = [source for source in changed if now[source.url][1] != contents[source.url][1]]
        if not other:
            corpus.keep_contents({**contents, **now})
            text = f"{_names(changed)}: written anew, but with the same content."
            engine.listener(Event("note", "corpus", text=text))
    if not other:
        return None
    size = sizes[other[0].url]
    how = f"{size} bytes then, {other[0].size} now" if other[0].size != size else "another time, of the same size"
    since = f"changed since {corpus.name} was made ({how})"
    return f"{_names(other)}: {since}; what depends on it is made anew, beside that."


def _contents(engine: Engine, sources: Sequence[Source], read: Read) -> dict[str, list[str]]:
    """Of each file by name its time, and the digest of what it holds; those that were read are not read again."""
    if unread := [source for source in sources if source.url not in read]:
        _read(engine, unread, read)
    return {source.url: [source.fingerprint, read[source.url]] for source in sources}


def _read(engine: Engine, sources: Sequence[Source], read: Read) -> None:
    label, total, told = "corpus: fingerprint", sum(source.size for source in sources), time.monotonic()

    def tell(done: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= _TELL_EVERY:
            told = now
            engine.listener(Event("advance", label, done, total, "bytes"))

    engine.listener(Event("begin", label, 0, total, "bytes"))
    urls = [source.url for source in sources]
    read.update(zip(urls, digests(urls, tell), strict=True))
    engine.listener(Event("end", label, total, total, "bytes"))


def _names(sources: Sequence[Source]) -> str:
    more = len(sources) - _NAMED
    return ", ".join(source.url for source in sources[:_NAMED]) + (f" and {more} more" if more > 0 else "")
