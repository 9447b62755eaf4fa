"""Wikipedia's dumps as they come: nothing has to be extracted first.

    python examples/wikipedia.py [FOLDER [DUMP]]

DUMP is such as enwiki-latest-pages-articles-multistream.xml.bz2. Without it a small one of the same form is written:
Python's language reference, a topic a page, ten pages a bz2 stream, so that all workers read it.
"""

from __future__ import annotations

import bz2
import sys
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics
from xml.sax.saxutils import escape

import dsgns

HEADER = (
    '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="en"><siteinfo>'
    '<namespaces><namespace key="0" case="first-letter" /></namespaces></siteinfo>\n'
)


def pages() -> Iterator[str]:
    """A page for each topic, and one that leads to it."""
    for number, (name, text) in enumerate(sorted(topics.items())):
        for offset, (title, wikitext) in enumerate([(name, f"'''{name}'''\n\n{text}"), (f"{name} (Python)", "")]):
            leads = f'<redirect title="{escape(name)}" />' if offset else ""
            yield (
                f"<page><title>{escape(title)}</title><ns>0</ns><id>{2 * number + offset + 1}</id>{leads}<revision>"
                f"<id>1</id><model>wikitext</model><text>{escape(wikitext)}</text></revision></page>\n"
            )


def write_dump(file: Path) -> Path:
    """Write a dump of many bz2 streams, as Wikipedia's are; the file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    there = list(pages())
    streams = [HEADER, *("".join(there[first : first + 10]) for first in range(0, len(there), 10)), "</mediawiki>\n"]
    file.write_bytes(b"".join(bz2.compress(stream.encode()) for stream in streams))
    return file


def main(folder: Path, dump: Path | None = None) -> None:
    """Train on a dump, tell what became of its pages, ask for neighbours."""
    text = dump or write_dump(folder / "topics-pages-articles-multistream.xml.bz2")
    # Of Wikipedia in one's own language: disambiguations="drop", tables="drop", namespaces="0,14" and the like.
    options = {"tokenizer": "words", "min_count": 5 if dump else 3, "vector_size": 300 if dump else 50}
    workspace = dsgns.train(text, folder / "wiki.dsgns", method="svd", **options)
    became = workspace.status()["pages"]
    print(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in became.items() if count))
    nearest = ", ".join(word for word, cosine in workspace.vectors("svd").most_similar("class", topn=5))
    print(f"nearest to class: {nearest}")


# Worker processes import this file; without this line each would begin a training of its own.
if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:]]
    main(given[0] if given else Path("demo"), given[1] if len(given) > 1 else None)
