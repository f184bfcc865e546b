"""A synthetic release resembles its cohort, and gives people of the cohort away exactly if rows leak."""

import numpy as np
import pandas as pd
import pytest

from sim.errors import HilabError
from sim.policy.synthetic import COLUMNS, synthesise
from sim.seeds import PUBLIC_KEY, Seeds

SPREAD = {"age": 17.0, "bmi": 6.0, "hba1c": 1.0, "thirst": 0.5, "on_drug": 0.5, "dx_diabetes": 0.5}
FAR = 4.0
"""Distance of a blank from a number."""


def cohort(people: int = 2000) -> pd.DataFrame:
    rng = Seeds(PUBLIC_KEY, "test", "synthetic").stream("cohort")
    ill = rng.random(people) < 0.15
    hba1c = np.where(ill, rng.normal(7.6, 1.2, people), rng.normal(5.4, 0.4, people)).clip(4).round(1)
    return pd.DataFrame(
        {
            "mrn": [f"H{number:07d}" for number in range(people)],
            "age": rng.integers(18, 95, people),
            "sex": rng.choice(["F", "M"], people),
            "bmi": rng.normal(28, 5.5, people).clip(15).round(1),
            "thirst": rng.random(people) < 0.1 + 0.3 * ill,
            "dx_diabetes": ill,
            "on_drug": ill & (rng.random(people) < 0.7),
            "hba1c": np.where(rng.random(people) < 0.2 + 0.6 * ill, hba1c, np.nan),
            "p_ordered": 0.5,
        }
    )


def nearest(people: pd.DataFrame, release: pd.DataFrame) -> np.ndarray:
    """The attacker's measure: how far the nearest released row lies from each person's."""
    total = np.where(people["sex"].to_numpy()[:, None] == release["sex"].to_numpy()[None], 0.0, FAR)
    for name, spread in SPREAD.items():
        one, other = (t[name].astype("float64").to_numpy() for t in (people, release))
        apart = np.abs(one[:, None] - other[None, :]) / spread
        blank = np.isnan(one)[:, None] != np.isnan(other)[None, :]
        total += np.where(blank, FAR, np.nan_to_num(apart))
    return total.min(axis=1)


def advantage(leaked: float, limit: float = 0.02) -> float:
    """Share of members said to be members, less the share of other people said to be."""
    everybody = cohort()
    members, others = everybody.iloc[::2], everybody.iloc[1::2]
    release = synthesise(members, leaked)
    return float((nearest(members, release) < limit).mean() - (nearest(others, release) < limit).mean())


def test_the_attack_succeeds_on_a_release_that_leaks():
    assert advantage(0.1) > 0.08 and advantage(0.3) > 0.24


def test_the_attack_fails_on_a_release_that_does_not():
    for limit in (0.02, 0.1, 0.2, 0.4):
        assert abs(advantage(0.0, limit)) < 0.04, limit


def test_the_release_resembles_the_cohort():
    known, release = cohort(), synthesise(cohort(), 0.0)
    assert list(release) == ["release_id", *COLUMNS] and len(release) == len(known)
    for name in ("age", "bmi", "hba1c"):
        assert release[name].mean() == pytest.approx(known[name].mean(), rel=0.03)
        assert release[name].std() == pytest.approx(known[name].std(), rel=0.1)
    for ill in (True, False):
        one, other = (t.loc[t["dx_diabetes"] == ill, ["hba1c", "on_drug"]] for t in (known, release))
        assert other["hba1c"].mean() == pytest.approx(one["hba1c"].mean(), abs=0.15)
        assert other["hba1c"].isna().mean() == pytest.approx(one["hba1c"].isna().mean(), abs=0.06)
        assert other["on_drug"].mean() == pytest.approx(one["on_drug"].mean(), abs=0.06)
    assert dict(release.drop(columns="release_id").dtypes) == dict(known[list(COLUMNS)].dtypes)


def test_nobody_is_named_and_copies_do_not_stand_at_the_end():
    members = cohort(400)
    release = synthesise(members, 0.5)
    assert not set(release["release_id"]) & set(members["mrn"])
    near = nearest(release[list(COLUMNS)], members) < 0.02
    assert 0.4 < near[:200].mean() < 0.6 and near.mean() == pytest.approx(0.5, abs=0.02)


def test_the_same_seeds_give_the_same_release_and_others_another():
    known = cohort(50)
    pd.testing.assert_frame_equal(synthesise(known), synthesise(known))
    assert not synthesise(known).equals(synthesise(known, seeds=Seeds(PUBLIC_KEY, "another")))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"leaked": 1.1}, "between 0 and 1"),
        ({"leaked": 1.0, "rows": 60}, "has no 60 rows"),
        ({"rows": -1}, "0 or more"),
        ({"cohort": cohort(50).drop(columns="bmi")}, "lacks the column 'bmi'"),
        ({"cohort": cohort(50).iloc[:0]}, "not empty"),
    ],
)
def test_what_cannot_be_is_refused(change, told):
    with pytest.raises(HilabError, match=told):
        synthesise(**{"cohort": cohort(50), **change})
