"""What subsampling left out of each file, told once a training is done, and proof that it is all."""

from __future__ import annotations

from dsgns.corpus.report import SOURCES
from dsgns.engine import Job
from dsgns.errors import CorpusError
from dsgns.parameters import SGNSParameters
from dsgns.sgns.corpus import Corpus
from dsgns.sgns.plan import REPLAYED, projected_subsampled
from dsgns.sgns.subsampled import SUBSAMPLED
from dsgns.sgns.task_subsampled import count_subsampled


def tell_subsampled(job: Job, corpus: Corpus, parameters: SGNSParameters, subsampled: int) -> None:
    """Write the blocks ``subsampled/<k>``, unless nothing is subsampled, or tokens do not tell of files.

    Parameters
    ----------
    subsampled
        How many tokens the training itself met that were left out.

    Raises
    ------
    CorpusError
        If those of all files are not as many.
    """
    told, ids = corpus.tokens.manifest(SOURCES), corpus.tokens.facts["ids"]
    if not parameters.sample or told is None or "ids" not in told.arrays:
        return
    starts = range(0, ids, REPLAYED)
    bounds = {f"{SUBSAMPLED}/{start // REPLAYED:05d}": (start, min(start + REPLAYED, ids)) for start in starts}
    counted = job.run(
        "sgns: subsampled by file",
        count_subsampled,
        {name: (job.output, name, corpus, parameters, *between) for name, between in bounds.items()},
        projected_bytes=projected_subsampled(corpus.tokens.facts["vocabulary_size"], told.arrays["ids"]["shape"][0]),
        unit="tokens",
        weights={name: stop - start for name, (start, stop) in bounds.items()},
    )
    total = sum(block.facts["total"] for block in counted.values())
    if total != subsampled:
        raise CorpusError(
            f"The account of subsampling does not close: training left out {subsampled} tokens, and those of all files "
            f"are {total}. Run the same command again; report it if it stays so."
        )
