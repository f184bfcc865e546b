"""The own modules give a population in the published bands (1,500 living people, fixed seed)."""

import numpy as np
import pytest
from histories import END

from sim.engine import VITALS, Events, Kind, Program, simulate
from sim.population.ages import draw_ages

N = 1500


class Cohort:
    """The living of a simulated population and what they had."""

    def __init__(self, program: Program) -> None:
        days, sexes = draw_ages(N, np.random.default_rng(20))
        birth, self.sex = days + 25_567.0, (sexes == "F").astype(int)  # 1900-01-01 to 1970-01-01
        people = (birth, self.sex, np.zeros(N, dtype=int), np.ones(N, dtype=int))
        self.events: Events = simulate(program, *people, END, seed=8, threads=2)
        self.program, self.age = program, (END - birth) / 365.25
        living = np.isnan(self.events.lives.death_day)
        self.flags = {name: flags[living] for name, flags in self.events.flags.items()}
        self.vitals = dict(zip(VITALS, self.events.lives.vitals[living].T, strict=True))
        last = self.events.lives.attempt[living]
        self.of_living = self.events.attempt == last[self.events.slot]

    def yearly(self, kinds: int, **where: str) -> float:
        """Returns events a person-year in the last three years, of states with given fields."""
        chosen = [all(getattr(s, k) == v for k, v in where.items()) for s in self.program.states]
        recent = self.of_living & (self.events.day > END - 3 * 365.25) & (self.events.kind == kinds)
        return float((recent & np.array(chosen)[self.events.state]).sum() / (3 * N))


@pytest.fixture(scope="module")
def cohort(program: Program) -> Cohort:
    return Cohort(program)


def test_diabetes(cohort: Cohort) -> None:
    adult = cohort.age >= 18
    diabetes, known = cohort.flags["diabetes"] & adult, cohort.flags["diabetes_diagnosed"]
    assert 0.11 < diabetes.sum() / adult.sum() < 0.165  # 13.2 % at the ages of 2000, 14 % at those of today
    assert 0.15 < (diabetes & ~known).sum() / diabetes.sum() < 0.36  # about 1 in 4
    treated = adult & cohort.flags["on_diabetes_drug"]
    assert (treated & ~known).sum() == 0 and treated.sum() > 0.7 * (diabetes & known).sum()
    assert (cohort.vitals["hba1c"][treated] < 6.5).mean() > 0.25
    old, young = cohort.age >= 65, adult & (cohort.age < 45)
    assert diabetes[old].mean() > 5 * diabetes[young].mean()


def test_hypertension(cohort: Cohort) -> None:
    adult = cohort.age >= 18
    high = cohort.flags["hypertension"]
    assert 0.42 < high[adult].mean() < 0.53  # 47.7 %, NCHS Data Brief 511
    for low, top, expected in ((18, 40, 0.234), (40, 60, 0.525), (60, 99, 0.716)):
        band = (cohort.age >= low) & (cohort.age < top)
        assert abs(high[band].mean() - expected) < 0.09, (low, high[band].mean())
    assert abs(cohort.flags["hypertension_diagnosed"][high].mean() - 0.592) < 0.1
    assert abs(cohort.flags["on_hypertension_drug"][high].mean() - 0.512) < 0.1


def test_asthma_and_obesity(cohort: Cohort) -> None:
    assert 0.055 < cohort.flags["asthma"].mean() < 0.1  # 7.7 %, NHIS 2021
    adult = cohort.age >= 20
    assert 0.34 < (cohort.vitals["bmi"][adult] >= 30).mean() < 0.47  # 40.3 %, NCHS Data Brief 508


def test_gestational_diabetes_in_seven_of_a_hundred_pregnancies(cohort: Cohort) -> None:
    def onsets(code: str) -> int:
        chosen = np.array([state.code == code for state in cohort.program.states])[cohort.events.state]
        return int((chosen & (cohort.events.kind == Kind.CONDITION)).sum())

    assert 0.04 < onsets("11687002") / onsets("72892002") < 0.1
    women = (cohort.sex == 1) & (cohort.age > 46)
    assert 1.2 < onsets("72892002") / (women.sum() + (cohort.sex == 1).sum()) * 2 < 2.8


def test_known_diabetes_is_monitored_every_three_to_twelve_months(cohort: Cohort) -> None:
    chosen = np.array([state.name == "Monitoring HbA1c" for state in cohort.program.states])
    events = cohort.events
    at = np.flatnonzero(chosen[events.state] & (events.kind == Kind.OBSERVATION) & cohort.of_living)
    gaps = np.diff(events.day[at])[np.diff(events.slot[at]) == 0]
    assert len(gaps) > 300
    assert np.quantile(gaps, 0.01) > 85 and np.quantile(gaps, 0.95) < 366
