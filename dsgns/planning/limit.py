"""The stages of a road, and the least memory under which all of them fit."""

from __future__ import annotations

from collections.abc import Callable

from dsgns.engine import LEAST_LIMIT, needed_limit
from dsgns.planning.count_road import counts, marginals, svd
from dsgns.planning.prediction_road import sgns
from dsgns.planning.setting import Setting, StagePlan
from dsgns.planning.text import phrases, tokens, vocabulary

_ROADS: dict[str, tuple[Callable[[Setting], StagePlan], ...]] = {
    "svd": (counts, marginals, svd),
    "sgns": (sgns,),
    "both": (counts, marginals, svd, sgns),
}
_MARGIN = 1.05  # of a limit: what estimates of words, and of what a worker holds, were off by, and more
_MIB = 1 << 20


def stages(setting: Setting, method: str) -> list[StagePlan]:
    """Those of one road or both, in order."""
    text = (vocabulary, tokens) if not setting.parameters.vocabulary.phrases else (phrases, vocabulary, tokens)
    return [stage(setting) for stage in (*text, *_ROADS[method])]


def advised_limit(setting: Setting, method: str, least: int = LEAST_LIMIT) -> int:
    """A limit under which all stages are going to fit, the same whatever the setting's own is.

    Parameters
    ----------
    least
        No limit below this is thought of.
    """
    limit = max(least, LEAST_LIMIT)
    while tight := [stage for stage in stages(setting.under(limit), method) if not setting.under(limit).fits(stage)]:
        # Where there is more memory, work is cut into larger pieces: whether all fits has to be looked at again.
        limit = max(needed_limit(stage.projected_bytes, stage.held_bytes) for stage in tight)
    return -(-round(_MARGIN * limit) // _MIB) * _MIB
