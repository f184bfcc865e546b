"""The stories of the chronic diseases, cancers and pregnancy hold together (3,000 slots, fixed seed)."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from histories import END
from numpy.typing import NDArray

from sim.engine import Kind, Program, State, load_program, simulate
from sim.engine.program import OWN_MODULES
from sim.population.ages import draw_ages

N = 3000
YEAR = 365.25
STORIES = (
    *("smoking", "other_tobacco", "check_up_questionnaires", "asthma", "copd", "dementia", "arthritis"),
    *("depression", "anxiety", "alcohol", "hiv", "pregnancy", "hypertension"),
    *("breast_cancer", "colorectal_cancer", "lung_cancer", "prostate_cancer", "other_cancers"),
)
ANTIDEPRESSANTS = {"312938", "596926", "310385"}

Mask = NDArray[np.bool_]


class Cohort:
    """What happened to some thousand people, and questions about it."""

    def __init__(self, program: Program) -> None:
        days, sexes = draw_ages(N, np.random.default_rng(21))
        self.birth = np.minimum(days + 25_567.0, END)  # 1900-01-01 to 1970-01-01
        self.sex = (sexes == "F").astype(int)
        race = np.random.default_rng(22).choice(6, N, p=(0.76, 0.14, 0.01, 0.06, 0.002, 0.028))
        self.events = simulate(program, self.birth, self.sex, race, np.ones(N, dtype=int), END, 9, threads=2)
        self.states = program.states
        self.age = (END - self.birth) / YEAR
        lives = self.events.lives
        self.life = np.searchsorted(
            lives.slot * 1000 + lives.attempt, self.events.slot * 1000 + self.events.attempt
        )
        self.living = np.isnan(lives.death_day)

    def where(self, test: Callable[[State], bool]) -> NDArray[np.int64]:
        """Returns the events whose state passes a test."""
        chosen = np.array([test(state) for state in self.states])
        return np.flatnonzero(chosen[self.events.state])

    def named(self, module: str, *names: str) -> NDArray[np.int64]:
        """Returns the events of some states of a module, of all of them by default."""
        return self.where(lambda state: state.module == module and (not names or state.name in names))

    def onsets(self, codes: set[str], kind: Kind = Kind.CONDITION) -> NDArray[np.int64]:
        """Returns the onsets or orders of some codes."""
        return self.where(lambda state: state.kind == kind and state.code in codes)

    def ages(self, events: NDArray[np.int64]) -> NDArray[np.float64]:
        """Returns ages at events, in years."""
        return (self.events.day[events] - self.birth[self.events.slot[events]]) / YEAR

    def lives_with(self, events: NDArray[np.int64]) -> Mask:
        """Returns for every life whether it has one of the events."""
        found = np.zeros(len(self.living), dtype=bool)
        found[self.life[events]] = True
        return found

    def open(self, starts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Returns the onsets or orders that have not ended."""
        ends = [int(kind) for kind in Kind if kind.name.endswith("_END")]
        ended = self.events.link[np.isin(self.events.kind, ends)]
        return starts[~np.isin(starts, ended)]

    def share(self, lives: Mask, low: float, high: float, sex: int | None = None) -> float:
        """Returns the share of the living of an age band."""
        band = (self.age >= low) & (self.age < high)
        if sex is not None:
            band &= self.sex == sex
        return float(lives[self.living][band].mean())


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    folder: Path = tmp_path_factory.mktemp("modules")
    for name in STORIES:
        shutil.copy(OWN_MODULES / f"{name}.json", folder)
    shutil.copytree(OWN_MODULES / "oncology", folder / "oncology")
    return Cohort(load_program(folder))


def test_cancers_of_one_sex(cohort: Cohort) -> None:
    sex = cohort.sex[cohort.events.slot]
    for module, expected in (("Breast Cancer", 1), ("Prostate Cancer", 0), ("Pregnancy", 1)):
        events = cohort.named(module)
        assert len(events) > 50 and (sex[events] == expected).all(), module
    for code, expected in (("363443007", 1), ("371973000", 1), ("363354003", 1), ("363449006", 0)):
        assert (sex[cohort.onsets({code})] == expected).all(), code


def test_screening_at_the_right_ages(cohort: Cohort) -> None:
    screening = {
        ("Breast Cancer", "Mammogram"): (39.9, 77.5),
        ("Colorectal Cancer", "Stool Test"): (49.9, 78.5),
        ("Prostate Cancer", "Normal PSA"): (54.9, 78.5),
    }
    for (module, name), (low, high) in screening.items():
        ages = cohort.ages(cohort.named(module, name))
        assert len(ages) > 100 and ages.min() > low and ages.max() < high, name
    recent = cohort.named("Breast Cancer", "Mammogram", "Telling Mammogram")
    recent = recent[cohort.events.day[recent] > END - 2 * YEAR]
    assert 0.6 < cohort.share(cohort.lives_with(recent), 50, 75, sex=1) < 0.85
    looked = cohort.onsets({"73761001"}, Kind.PROCEDURE)
    looked = looked[cohort.events.day[looked] > END - 10 * YEAR]
    assert 0.52 < cohort.share(cohort.lives_with(looked), 50, 76) < 0.7  # 60.6 %, NHIS 2018


def test_births_need_pregnancies(cohort: Cohort) -> None:
    births = cohort.named("Pregnancy", "Childbirth", "Cesarean")
    pregnancies = cohort.named("Pregnancy", "Normal Pregnancy")
    assert len(births) > 1000
    at = np.searchsorted(pregnancies, births) - 1  # events are in order within a life
    begun = pregnancies[at]
    assert (cohort.life[begun] == cohort.life[births]).all()
    weeks = (cohort.events.day[births] - cohort.events.day[begun]) / 7
    assert weeks.min() > 15 and weeks.max() < 42
    assert len(np.unique(begun)) == len(begun)
    stays = cohort.where(lambda state: state.encounter_class == "inpatient" and state.module == "Pregnancy")
    assert np.isin(cohort.events.encounter[births], cohort.events.encounter[stays]).all()
    ages = cohort.ages(births)
    assert ages.min() > 15 and ages.max() < 47
    women = (cohort.sex == 1) & (cohort.age > 46)
    of_living = births[cohort.living[cohort.life[births]]]
    assert 1.3 < np.isin(cohort.events.slot[of_living], np.flatnonzero(women)).sum() / women.sum() < 2.1
    sections = len(cohort.named("Pregnancy", "Cesarean")) / len(births)
    assert 0.27 < sections < 0.37
    assert 0.04 < len(cohort.onsets({"11687002"})) / len(births) < 0.11


def test_pregnancy_is_over_after_the_birth(cohort: Cohort) -> None:
    flags = cohort.events.flags
    assert not (flags["pregnant"] & (cohort.sex[cohort.events.lives.slot] == 0)).any()
    assert not (flags["gestational_diabetes"] & ~flags["pregnant"]).any()
    still = cohort.lives_with(cohort.open(cohort.onsets({"72892002", "11687002", "398254007"})))
    assert not (still & ~flags["pregnant"]).any()
    assert 0.01 < cohort.share(flags["pregnant"], 18, 45, sex=1) < 0.08  # 1.7 times 9 months of 27 years


def test_what_ends_is_ended(cohort: Cohort) -> None:
    steroids = cohort.open(cohort.onsets({"312615"}, Kind.MEDICATION))
    steroids = steroids[cohort.living[cohort.life[steroids]]]
    assert (END - cohort.events.day[steroids] < 120).all()  # they wait for the next leave from hospital
    taking = cohort.lives_with(cohort.open(cohort.onsets(ANTIDEPRESSANTS, Kind.MEDICATION)))
    assert (taking == cohort.events.flags["on_antidepressant"])[cohort.living].all()
    known = cohort.lives_with(cohort.open(cohort.onsets({"370143000", "21897009"})))
    assert taking.sum() > 100 and not (taking & ~known).any()
    hormones = cohort.lives_with(cohort.open(cohort.onsets({"198240", "199224"}, Kind.MEDICATION)))
    assert not (hormones & ~cohort.lives_with(cohort.open(cohort.onsets({"254837009"})))).any()
    wheezing = cohort.lives_with(cohort.open(cohort.onsets({"195967001"})))
    assert not (wheezing & ~cohort.events.flags["asthma"]).any()


def test_nobody_dies_of_a_cancer_that_nobody_found(cohort: Cohort) -> None:
    deaths = cohort.where(lambda state: state.name == "Dies of Cancer")
    found = cohort.where(lambda state: state.icd10.startswith("C"))
    assert len(deaths) > 50 and cohort.lives_with(found)[cohort.life[deaths]].all()
    staged = cohort.where(lambda state: state.module == "Staging" and state.kind == Kind.OBSERVATION)
    assert cohort.lives_with(found)[cohort.life[staged]].all()
    assert 0.9 < len(staged) / len(found) <= 1.0  # some die before


def test_instruments_and_drugs_of_their_time(cohort: Cohort) -> None:
    def first_year(code: str) -> float:
        events = cohort.where(lambda state: code in (state.code, getattr(state.value_code, "code", "")))
        assert len(events) > 0, code
        return 1900.0 + float(cohort.events.day[events].min()) / YEAR

    for code, year in (("44261-6", 2002), ("70274-6", 2007), ("722499006", 2010)):
        assert year - 0.1 < first_year(code) < year + 3, code
    assert first_year("997223") > 1997 and first_year("86406008") > 1980


def test_smokers_fall_ill_more_often(cohort: Cohort) -> None:
    flags, old = cohort.events.flags, cohort.age[cohort.events.lives.slot] > 45
    copd = cohort.lives_with(cohort.onsets({"13645005"}))
    never = old & ~flags["smoker"] & ~flags["former_smoker"]
    assert copd[old & flags["smoker"]].mean() > 3 * copd[never].mean()
    lung = cohort.lives_with(cohort.onsets({"254637007", "254632001"}))
    ever = flags["smoker"] | flags["former_smoker"]
    assert lung[old & ever].mean() > 3 * lung[never].mean()
    assert not (flags["smoker"] & flags["former_smoker"]).any()


def test_prevalence(cohort: Cohort) -> None:
    def known(*codes: str) -> Mask:
        return cohort.lives_with(cohort.open(cohort.onsets(set(codes))))

    asthma = known("195967001")
    arthritis = known("69896004", "239873007", "239872002", "396275006")
    assert 0.06 < cohort.share(asthma, 0, 120) < 0.095  # 7.7 %, NHIS 2021
    assert cohort.share(asthma, 0, 5) < 0.05 < cohort.share(asthma, 12, 18)
    assert cohort.share(asthma, 18, 120, sex=1) > 1.2 * cohort.share(asthma, 18, 120, sex=0)
    assert 0.18 < cohort.share(arthritis, 18, 120) < 0.26  # 21.2 %, MMWR 2023
    assert cohort.share(arthritis, 18, 35) < 0.07 and cohort.share(arthritis, 75, 120) > 0.43
    assert 0.045 < cohort.share(known("13645005"), 18, 120) < 0.095  # 6.0 %, age-standardised, BRFSS 2021
    dementia = known("26929004", "52448006")
    assert 0.02 < cohort.share(dementia, 65, 120) < 0.065  # 4.0 %, NHIS 2022
    assert cohort.share(dementia, 85, 120) > 3 * cohort.share(dementia, 65, 75)
    smokes = cohort.events.flags["smoker"]
    assert 0.14 < cohort.share(smokes, 18, 120) < 0.2  # 15.5 %, NHIS 2016; 18.5 %, NHANES 2015-2016
    assert cohort.share(smokes, 60, 120) < cohort.share(smokes, 20, 60)
    assert 0.2 < cohort.share(cohort.events.flags["former_smoker"], 20, 120) < 0.3  # 25.0 %
