from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsgns.errors import ParameterError
from dsgns.parameters import VocabularyParameters
from dsgns.phrases.formulas import Scoring


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(1, 5000), min_size=2, max_size=12),
    threshold=st.floats(0, 200),
    discount=st.floats(0, 20),
    formula=st.sampled_from(["default", "npmi"]),
)
def test_no_pair_that_may_be_a_phrase_is_left_uncounted(
    counts: list[int], threshold: float, discount: float, formula: str
) -> None:
    known = np.sort(np.array(counts, np.int64))[::-1]
    scoring = Scoring(threshold / 200 if formula == "npmi" else threshold, discount, formula)
    total = int(known.sum())
    partners = scoring.partners(known, total)
    for seldom in range(known.size):
        for often in range(seldom + 1):
            most = known[[seldom]]
            if scoring.chosen(most, most, known[[often]], total)[0]:
                assert often >= partners[seldom]


def test_scores_are_those_of_the_papers() -> None:
    pairs, first, second = (np.array([number]) for number in (20, 40, 30))
    assert Scoring(1.0, 5.0).scores(pairs, first, second, 10_000)[0] == pytest.approx(15 / 40 / 30 * 10_000)
    found = Scoring(0.5, 5.0, "npmi").scores(pairs, first, second, 10_000)[0]
    assert found == pytest.approx(np.log(0.002 / (0.004 * 0.003)) / -np.log(0.002))
    assert Scoring(0.5, 5.0, "npmi").scores(*(np.array([7]),) * 3, 7)[0] == 1.0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phrases": 9}, "phrases is 9; it must be between 0 and 8"),
        ({"phrase_threshold": -1.0}, "phrase_threshold is -1.0; it must be at least 0"),
        ({"phrase_scoring": "npmi"}, "phrase_threshold is 100.0; it must be between -1 and 1 with npmi, such as 0.5"),
        ({"phrase_scoring": "pmi"}, "phrase_scoring is 'pmi'; it must be one of default, npmi"),
        ({"phrase_delimiter": "__"}, "phrase_delimiter is '__'; it must be one character of ASCII"),
    ],
)
def test_wrong_parameters(options: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        VocabularyParameters(**options)  # type: ignore[arg-type]
