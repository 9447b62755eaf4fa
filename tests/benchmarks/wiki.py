"""From wikitext to text: pages in memory, and a dump of many streams on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from dsgns.corpus.sources import find_sources, open_source
from dsgns.corpus.stage import decoded_text, prepare_corpus
from dsgns.corpus.wiki.dump import pages_of
from dsgns.corpus.wiki.wikitext import Scanner
from dsgns.engine import open_engine
from dsgns.parameters import CorpusParameters, Resources
from dsgns.store import Output, Workspace
from tests.benchmarks.contest import Contest, Rival
from tests.benchmarks.desk import Desk
from tests.benchmarks.way import Trial, Way
from tests.support.wiki import dumps, fidelity

TOKENS = 100_000
PAGES_IN_A_STREAM = 10
_ARTICLE = Path(dumps.__file__).with_name("article.wikitext")


def contests(desk: Desk) -> Iterator[Contest]:
    """Our scanner against what takes wikitext apart elsewhere."""
    pages = list(wikitexts(desk))
    size = sum(map(len, pages))
    ours = Way("dsgns", "dsgns", scan, (pages,))
    gensim = Way("gensim", "gensim filter_wiki", apart, (filter_wiki, pages))
    stripped = Way("mwparserfromhell", "mwparserfromhell strip_code", apart, (strip_code, pages))
    rivals = [Rival(desk.peers.way(way), compare_markup) for way in (gensim, stripped)]
    yield Contest("wiki", f"wikitext to text, {size / 1e6:.3g} MB", size, ours, rivals, unit="bytes")


def workers_contest(desk: Desk) -> Contest:
    """Two workers against one."""
    path = multistream(desk)
    two, one = (Way("dsgns", f"{workers} worker(s)", decode, (desk.folder, path, workers)) for workers in (2, 1))
    size = path.stat().st_size
    what = f"multistream dump to text on disk, {size / 1e6:.3g} MB of bz2"
    return Contest("scaling", what, size, two, [Rival(one, require_same_pages)], unit="bytes", clock="wall")


def wikitexts(desk: Desk) -> Iterator[bytes]:
    """The articles of the dumps that were given, else words of the corpus below all kinds of markup."""
    if not desk.dumps:
        lines = desk.text(desk.tokens(TOKENS)).read_bytes().splitlines()
        yield from (_ARTICLE.read_bytes() + line for line in lines)
        return
    for source in find_sources([str(path) for path in desk.dumps]):
        with open_source(source.url) as file:
            yield from (page.text for page in pages_of(file, source)[1] if not (page.namespace or page.redirect))


def multistream(desk: Desk) -> Path:
    """The first dump that has many streams, else one that is made of the pages."""
    given = [path for path in desk.dumps if "multistream" in path.name and path.suffix == ".bz2"]
    if given:
        return given[0]
    path = desk.folder / "pages-multistream.xml.bz2"
    if not path.exists():
        entries = [dumps.Entry(str(number), text.decode()) for number, text in enumerate(wikitexts(desk))]
        path.write_bytes(dumps.multistream(entries, PAGES_IN_A_STREAM))
    return path


def scan(pages: list[bytes]) -> Trial:
    """Our scanner."""
    scanner = Scanner()

    def run() -> list[bytes]:
        return [scanner.plain(page) for page in pages]

    return Trial(run, found=lambda texts: [text.decode("utf-8", "replace") for text in texts])


def apart(strip: Callable[[str], str], pages: list[bytes]) -> Trial:
    """What another makes of each page."""
    texts = [page.decode("utf-8", "replace") for page in pages]
    return Trial(lambda: [strip(text) for text in texts])


def filter_wiki(text: str) -> str:
    """What gensim makes of a page."""
    from gensim.corpora.wikicorpus import filter_wiki

    return filter_wiki(text)


def strip_code(text: str) -> str:
    """What mwparserfromhell makes of a page."""
    import mwparserfromhell

    return str(mwparserfromhell.parse(text).strip_code())


def compare_markup(ours: list[str], theirs: list[str]) -> str:
    """Ours leaves no more markup."""
    left = [fidelity.markup_left(texts) for texts in (ours, theirs)]
    assert left[0] <= left[1], left
    return "marks left in 10,000 characters {:.2f}, theirs {:.2f}".format(*left)


def decode(folder: Path, path: Path, workers: int) -> Trial:
    """Our task on worker processes that are there already."""
    stack = ExitStack()
    engine = stack.enter_context(open_engine(Resources(workers=workers, memory_limit=2 << 30)))
    workspace = Workspace.create(str(folder / f"wiki-{workers}.dsgns"))
    corpus = prepare_corpus(engine, workspace, [str(path)], CorpusParameters())

    def run() -> Output:
        with decoded_text(engine, workspace, corpus) as text:
            assert text is not None
            return text

    output = run()
    return Trial(run, lambda: output.remove(""), lambda text: (text.facts["bytes"], text.facts["pages"]), stack.close)


def require_same_pages(ours: tuple[int, dict[str, int]], theirs: tuple[int, dict[str, int]]) -> str:
    """As much text of as many pages."""
    assert ours == theirs
    return f"{ours[1]['kept']:,} pages, {ours[0]:,} bytes of text equal"
