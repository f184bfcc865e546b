"""The k-anonymous file, against telling row by row."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from sim.policy.classes import AREA, AREAS, FACTORS, LEVELS, ZONE, ZONES, estimates, k_anonymous, people
from sim.seeds import PUBLIC_KEY, Seeds


@cache
def counts(smallest: int = 20):
    return people(smallest, 3, Seeds(PUBLIC_KEY, "test", "classes"))


def row_by_row(one, k, fields):
    """Returns rows told by place and true area, rows left out, and the sizes of all classes."""
    left = [place for place, number in np.ndenumerate(one) for _ in range(number)]
    told, sizes = Counter(), []
    for width, place in LEVELS[fields]:
        wide = (1, AREAS // ZONES, AREAS)[place]

        def tells(row, width=width, wide=wide):
            area, sex, month = row
            return area // wide, sex, month // width

        found = Counter(map(tells, left))
        told.update((place, row[0]) for row in left if found[tells(row)] >= k)
        sizes += [size for size in found.values() if size >= k]
        left = [row for row in left if found[tells(row)] < k]
    return told, len(left), sizes


@pytest.mark.parametrize(("k", "fields"), [(2, 4), (5, 3), (11, 2), (25, 1), (5, 1)])
def test_telling_counts_agrees_with_telling_rows(k, fields):
    found = k_anonymous(counts(), k, fields)
    for replicate, one in enumerate(counts()):
        told, left_out, sizes = row_by_row(one, k, fields)
        assert found.left_out[replicate] == left_out and found.classes[replicate] == len(sizes)
        for place in range(3):
            assert found.rows[replicate, place].tolist() == [told[place, area] for area in range(AREAS)]
        assert min(sizes) >= k and sum(sizes) + left_out == one.sum()


def test_no_area_is_told_where_the_set_has_none():
    for fields in (1, 2):
        assert not k_anonymous(counts(), 2, fields).rows[:, AREA].any()
    assert k_anonymous(counts(), 2, 3).rows[:, AREA].any()


def test_areas_have_about_the_patients_they_should():
    assert counts(500).sum(axis=(2, 3)).mean(axis=0) == pytest.approx(500 * FACTORS, rel=0.06)


def test_a_reader_takes_rows_with_their_area_as_they_are_and_shares_out_the_rest():
    fine = k_anonymous(counts(2000), 2, 3)
    assert estimates(fine) == pytest.approx(counts(2000).sum(axis=(2, 3)), rel=0.01)
    coarse = k_anonymous(counts(2000), 2, 1)
    zones, true = (x.reshape(3, ZONES, -1).sum(axis=2) for x in (estimates(coarse), coarse.rows[:, ZONE]))
    assert zones == pytest.approx(true, rel=0.001)
