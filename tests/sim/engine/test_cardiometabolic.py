"""The stories of heart, vessels, sugar and kidneys: what follows what in every record.

These modules run alone here, with smoking, on which their risks depend.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from histories import END

from sim.engine import Events, Kind, Program, load_program, simulate
from sim.engine.program import OWN_MODULES
from sim.population.ages import draw_ages

N = 2500

STATINS = {"259255", "312961", "859419", "904458"}
INFARCTIONS = {"401303003", "401314000"}
MODULES = {
    "Hypertension": "hypertension",
    "Diabetes": "diabetes",
    "Obesity": "obesity",
    "Lipid Disorder": "lipid_disorder",
    "Coronary Disease": "coronary_disease",
    "Stroke": "stroke",
    "Heart Failure": "heart_failure",
    "Atrial Fibrillation": "atrial_fibrillation",
    "Kidney Disease": "kidney_disease",
    "Gout": "gout",
}


class Records:
    """Simulated lives, and which of their events have which code or state."""

    def __init__(self, program: Program) -> None:
        days, sexes = draw_ages(N, np.random.default_rng(31))
        birth = days + 25_567.0  # 1900-01-01 to 1970-01-01
        self.sex = (sexes == "F").astype(int)
        ones = np.ones(N, dtype=int)
        self.events: Events = simulate(program, birth, self.sex, 0 * ones, ones, END, seed=9, threads=2)
        self.program = program
        self.age = (END - birth) / 365.25
        self.life = self.events.slot.astype(np.int64) * 1000 + self.events.attempt
        last = self.events.lives.attempt[np.isnan(self.events.lives.death_day)]
        self.of_living = self.events.attempt == last[self.events.slot]

    def at(self, kind: Kind, codes: set[str]) -> np.ndarray:
        """Returns which events are of a kind and have one of the codes."""
        wanted = np.array([state.code in codes for state in self.program.states])
        return (self.events.kind == kind) & wanted[self.events.state]

    def ever(self, *codes: str) -> np.ndarray:
        """Returns which of the living ever had one of the conditions."""
        had = np.zeros(N, dtype=bool)
        had[self.events.slot[self.at(Kind.CONDITION, set(codes)) & self.of_living]] = True
        return had

    def first(self, mask: np.ndarray) -> dict[int, float]:
        """Returns the day of the first of the chosen events in each life."""
        days: dict[int, float] = {}
        for life, day in zip(self.life[mask], self.events.day[mask], strict=True):
            days[int(life)] = min(float(day), days.get(int(life), np.inf))
        return days


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    folder: Path = tmp_path_factory.mktemp("modules")
    for file in (*MODULES.values(), "smoking"):
        shutil.copy(OWN_MODULES / f"{file}.json", folder)
    return Records(load_program(folder))


def stay_lengths(records: Records, module: str) -> np.ndarray:
    """Returns the days of every stay in hospital that a module's story has."""
    events, states = records.events, records.program.states
    stay = np.array([s.module == module and s.encounter_class == "inpatient" for s in states])
    ends = np.flatnonzero((events.kind == Kind.ENCOUNTER_END) & stay[events.state])
    return np.asarray(events.day[ends] - events.day[events.link[ends]])


def test_nobody_is_treated_before_the_diagnosis(records: Records) -> None:
    pairs = {
        "59621000": {"197361", "310798"},
        "44054006": {"860975", "1373463", "897122", "106892"},
        "84114007": {"200033", "1656356"},
        "90560007": {"197319", "197541"},
    }
    for condition, drugs in pairs.items():
        known = records.first(records.at(Kind.CONDITION, {condition}))
        treated = records.first(records.at(Kind.MEDICATION, drugs))
        assert len(treated) > 20, condition
        assert all(known.get(life, np.inf) <= day for life, day in treated.items()), condition


def test_who_survives_an_infarction_takes_a_statin_and_has_had_an_infarction(records: Records) -> None:
    attack = records.first(records.at(Kind.CONDITION, INFARCTIONS))
    old = records.first(records.at(Kind.CONDITION, {"399211009"}))
    statin = records.first(records.at(Kind.MEDICATION, STATINS))
    assert len(old) > 40
    assert all(attack[life] < day < attack[life] + 30 for life, day in old.items())
    assert sum(life in statin for life in old) > 0.85 * len(old)


def test_acute_orders_end_and_lasting_ones_stay(records: Records) -> None:
    events = records.events
    ended = set(events.link[events.kind == Kind.MEDICATION_END].tolist())
    for drug in ({"197541", "198014"}, {"1804799"}):
        orders = np.flatnonzero(records.at(Kind.MEDICATION, drug) & (events.day < END - 30))
        assert len(orders) > 5
        assert np.mean([order in ended for order in orders]) >= 0.97
    blockers = np.flatnonzero(records.at(Kind.MEDICATION, {"314077"}))
    assert np.mean([order in ended for order in blockers]) < 0.05


def test_acute_infarctions_are_over_and_remembered(records: Records) -> None:
    events = records.events
    ended = set(events.link[events.kind == Kind.CONDITION_END].tolist())
    old = {int(life) for life in records.life[records.at(Kind.CONDITION, {"399211009"})]}
    attacks = np.flatnonzero(records.at(Kind.CONDITION, INFARCTIONS))
    survived = [attack for attack in attacks if int(records.life[attack]) in old]
    assert len(survived) > 40
    assert np.mean([attack in ended for attack in survived]) > 0.95


def test_stays_have_a_length(records: Records) -> None:
    for module, low, high in (("Coronary Disease", 2, 7), ("Heart Failure", 3, 7), ("Stroke", 3, 8)):
        lengths = stay_lengths(records, module)
        assert len(lengths) > 30, module
        assert low < lengths.mean() < high and lengths.max() < 30, (module, lengths.mean())


def test_those_who_die_of_it_have_a_cause(records: Records) -> None:
    deaths = np.flatnonzero(records.events.kind == Kind.DEATH)
    causes = [records.program.states[state] for state in records.events.state[deaths]]
    mine = [cause for cause in causes if cause.module in MODULES]
    assert 0.15 < len(mine) / len(causes) < 0.5  # heart, stroke, diabetes, kidney: about 30 % (CDC 2019)
    assert all(cause.code and cause.icd10 for cause in mine)
    assert {cause.module for cause in mine} >= {"Coronary Disease", "Stroke", "Heart Failure", "Diabetes"}


def test_kidney_stages_follow_one_another(records: Records) -> None:
    stages = [{"431856006"}, {"433144002"}, {"431857002"}, {"46177005"}]
    days = [records.first(records.at(Kind.CONDITION, stage)) for stage in stages]
    for earlier, later in pairwise(days):
        both = earlier.keys() & later.keys()
        assert all(earlier[life] <= later[life] for life in both)
    assert len(days[1]) > 20


def test_prescriptions_say_how_much(records: Records) -> None:
    orders = [s for s in records.program.states if s.module in MODULES and s.kind == Kind.MEDICATION]
    assert len(orders) > 40
    for state in orders:
        given = state.details["prescription"]
        assert given.get("as_needed") or given["dosage"]["amount"] > 0, state.name


@pytest.mark.parametrize(
    ("codes", "oldest", "low", "high"),
    [
        (("414545008", "194828000", "399211009"), 200, 0.05, 0.095),  # 7.2 %, AHA
        (("399211009",), 200, 0.017, 0.045),  # 3.1 %
        (("194828000",), 200, 0.025, 0.057),  # 4.1 %
        (("230690007",), 200, 0.018, 0.042),  # 2.9 %, BRFSS
        (("84114007",), 200, 0.012, 0.034),  # 2.2 %
        (("49436004",), 200, 0.004, 0.02),  # 0.95 %, ATRIA
        (("55822004",), 200, 0.28, 0.39),  # 33.3 %, NHANES
        (("55822004",), 40, 0.07, 0.15),  # 10.9 %
        (("90560007",), 200, 0.024, 0.055),  # 3.9 %
        (("431855005", "431856006", "433144002", "431857002", "46177005"), 200, 0.018, 0.047),  # 3.1 %
    ],
)
def test_prevalence(records: Records, codes: tuple[str, ...], oldest: int, low: float, high: float) -> None:
    adults = (records.age >= 20) & (records.age < oldest)
    assert low < records.ever(*codes)[adults].mean() < high


def test_men_have_infarctions_earlier_and_more(records: Records) -> None:
    had = records.ever("399211009")
    middle = (records.age >= 45) & (records.age < 75)
    assert had[middle & (records.sex == 0)].mean() > 1.3 * had[middle & (records.sex == 1)].mean()
