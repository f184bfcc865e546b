"""What holds of every population, whatever its size and seeds."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.population import SNAPSHOT, identify_dead, populate
from sim.population.ages import draw_ages, structure
from sim.population.families import name_people
from sim.population.households import form_households
from sim.population.numbers import scatter
from sim.population.people import COLUMNS, MOST
from sim.seeds import PUBLIC_KEY, Seeds

LEAST = {"twins": 20, "namesakes": 10, "juniors": 20}
YEAR = pd.Timedelta(days=365.2425)


def people_of(n: int, word: str, plants: bool = True) -> pd.DataFrame:
    return populate(n, Seeds(PUBLIC_KEY, "2026A", word), plants)


@pytest.fixture(scope="module", params=["s001", "s002", "s003"])
def lab(request: pytest.FixtureRequest) -> pd.DataFrame:
    return people_of(2000, request.param)


def pairs(people: pd.DataFrame, link: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    here = people[people[link] >= 0]
    return here, people.loc[here[link]].set_index(here.index)


def plain(name: pd.Series) -> pd.Series:
    return name.map(str.isascii).astype(bool)


def count_plants(people: pd.DataFrame) -> dict[str, int]:
    return {
        "twins": int((people["twin_of"] >= 0).sum()) // 2,
        "namesakes": int((people["namesake_of"] >= 0).sum()) // 2,
        "juniors": int((people["junior_of"] >= 0).sum()),
    }


@settings(max_examples=25, deadline=None)
@given(word=st.text(max_size=5), n=st.sampled_from([300, 2000]))
def test_least_plants(word: str, n: int) -> None:
    people = people_of(n, word)
    counts = count_plants(people)
    for what, least in LEAST.items():
        assert counts[what] >= least * n / 2000, what
    changed = people["changed_surname_on"].notna() & (people["sex"] == "F")
    assert changed.sum() >= 200 * n / 2000
    strange = ~plain(people["given"]) | ~plain(people["surname"])
    assert strange.mean() >= 0.08
    for surname in ("Na", "Null"):
        assert (people["surname"] == surname).sum() >= max(1, 8 * n // 2000)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 120), word=st.text(max_size=3), plants=st.booleans())
def test_small_places_are_sound(n: int, word: str, plants: bool) -> None:
    people = people_of(n, word, plants)
    assert list(people.columns) == COLUMNS and people["slot"].tolist() == list(range(n))
    check_lookalikes(people)
    check_parents(people)


def check_lookalikes(people: pd.DataFrame) -> None:
    twins, others = pairs(people, "twin_of")
    for same in ("birth_date", "sex", "birth_surname", "address", "household"):
        assert (twins[same] == others[same]).all(), same
    assert (twins["given"] != others["given"]).all()
    assert (twins.index == others["twin_of"]).all()
    namesakes, others = pairs(people, "namesake_of")
    for same in ("given", "surname", "birth_date", "sex"):
        assert (namesakes[same] == others[same]).all(), same
    for differs in ("household", "address", "phone", "verified_id", "person_id"):
        assert (namesakes[differs] != others[differs]).all(), differs
    assert (namesakes.index == others["namesake_of"]).all()
    juniors, fathers = pairs(people, "junior_of")
    for same in ("given", "surname", "address", "household", "sex"):
        assert (juniors[same] == fathers[same]).all(), same
    years = (juniors["birth_date"] - fathers["birth_date"]) / YEAR
    assert years.between(18, 45).all()


def check_parents(people: pd.DataFrame) -> None:
    children, parents = pairs(people, "parent")
    years = (children["birth_date"] - parents["birth_date"]) / YEAR
    assert years.between(16, 50).all()
    assert (children["household"] == parents["household"]).all()


def test_lookalikes_and_parents(lab: pd.DataFrame) -> None:
    check_lookalikes(lab)
    check_parents(lab)
    born = lab["birth_date"].dt.year
    assert (lab.loc[born > 2010, "parent"] >= 0).mean() > 0.97


def test_siblings_are_not_born_within_months(lab: pd.DataFrame) -> None:
    children = lab[lab["parent"] >= 0].sort_values(["parent", "birth_date"])
    gap = children.groupby("parent")["birth_date"].diff().dropna()
    assert (gap[gap > pd.Timedelta(0)] > pd.Timedelta(days=270)).all()
    equal = children.loc[gap[gap == pd.Timedelta(0)].index]
    assert (equal["twin_of"] >= 0).all()


def test_only_the_planted_are_lookalikes(lab: pd.DataFrame) -> None:
    same = lab.duplicated(["given", "surname", "birth_date"], keep=False)
    assert set(lab.index[same]) == set(lab.index[lab["namesake_of"] >= 0])
    sharing = lab[lab.duplicated(["household", "given"], keep=False)]
    family = set(lab.index[lab["junior_of"] >= 0]) | set(lab["junior_of"])
    assert set(sharing.index) <= family


def test_numbers_are_never_given_out_twice() -> None:
    people = people_of(50_000, "many")
    assert people["verified_id"].is_unique and people["person_id"].is_unique
    assert people["verified_id"].str.fullmatch(r"9\d{8}").all()
    assert not (people["verified_id"] == "999999999").any()
    assert people["phone"].str.fullmatch(r"555-\d{3}-\d{4}").all()
    homes = people.groupby("phone")["household"].nunique()
    assert (homes == 1).all(), "a telephone belongs to one household"
    assert (people.groupby("household")["address"].nunique() == 1).all()
    assert (people.groupby("address")["household"].nunique() == 1).all()


def test_ages_follow_the_country() -> None:
    people = people_of(50_000, "ages", plants=False)
    reference = structure()
    age = (pd.Timestamp(SNAPSHOT) - people["birth_date"]) / YEAR
    assert age.min() >= 0
    for sex in "MF":
        ours = np.histogram(age[people["sex"] == sex], bins=[*range(0, 101, 5), 111])[0] / len(people)
        part = reference[reference["sex"] == sex]
        theirs = np.histogram(part["age"], bins=[*range(0, 101, 5), 111], weights=part["share"])[0]
        assert np.abs(ours - theirs).max() < 0.001
    shares = people["race"].value_counts(normalize=True)
    assert abs((people["ethnicity"] == "hispanic").mean() - 0.187) < 0.01
    assert abs(shares["black"] - 0.121) < 0.01


def test_ages_of_a_planted_county_are_near(lab: pd.DataFrame) -> None:
    age = (pd.Timestamp(SNAPSHOT) - lab["birth_date"]) / YEAR
    reference = structure()
    for low in range(0, 90, 10):
        share = reference.loc[reference["age"].between(low, low + 9), "share"].sum()
        assert abs(age.between(low, low + 10, inclusive="left").mean() - share) < 0.01


def test_names_fit_windows_1252_and_surnames_run_in_families(lab: pd.DataFrame) -> None:
    for column in ("given", "middle", "surname", "birth_surname", "address", "town"):
        assert lab[column].notna().all()
        lab[column].map(lambda text: text.encode("cp1252"))
    curly = (lab["given"] + lab["surname"]).map(
        lambda text: any(0x80 <= b < 0xA0 for b in text.encode("cp1252"))
    )
    assert curly.sum() >= 20
    children = lab[lab["parent"] >= 0]
    mothers = lab.loc[children["parent"]]
    shared = children["surname"].to_numpy() == mothers["surname"].to_numpy()
    assert 0.6 < shared.mean() < 0.98
    changed = lab["changed_surname_on"].notna()
    assert (changed == (lab["surname"] != lab["birth_surname"])).all()
    grown = lab.loc[changed, "birth_date"] + 18 * YEAR
    assert lab.loc[changed, "changed_surname_on"].between(grown, pd.Timestamp(SNAPSHOT)).all()


def test_zones_have_their_people() -> None:
    zone = people_of(50_000, "zones")["area"].str[:3].str[1:].astype(int)
    counts = [((zone >= low) & (zone <= high)).sum() for low, high in ((1, 9), (10, 19), (20, 29), (30, 40))]
    assert np.allclose(counts, [26_000, 14_000, 7_000, 3_000], rtol=0.06)


def test_same_seeds_same_people() -> None:
    first, second, other = people_of(300, "a"), people_of(300, "a"), people_of(300, "b")
    pd.testing.assert_frame_equal(first, second)
    assert not first["person_id"].isin(other["person_id"]).any()


def test_without_plants_nobody_is_planted() -> None:
    people = people_of(2000, "a", plants=False)
    counts = count_plants(people)
    assert counts["namesakes"] == counts["juniors"] == 0
    assert 1 <= counts["twins"] <= 14


def test_couples_twins_and_races_are_of_many_kinds() -> None:
    people = people_of(20_000, "kinds", plants=False)
    twins, others = pairs(people, "twin_of")
    assert 10 <= (twins["sex"] != others["sex"]).sum() / 2 <= 40
    hispanic = people[people["ethnicity"] == "hispanic"]["race"].value_counts(normalize=True)
    assert 0.5 < hispanic["white"] < 0.65 and hispanic["other"] > 0.25 and hispanic["black"] > 0.01
    status = people["marital"].value_counts(normalize=True)
    assert set(status.index) == {"M", "S", "D", "W"}
    age = (pd.Timestamp(SNAPSHOT) - people["birth_date"]) / YEAR
    widowed = (people["marital"] == "W") & (age > 75)
    women = people["sex"] == "F"
    assert widowed[women & (age > 75)].mean() > 1.5 * widowed[~women & (age > 75)].mean()
    kept = people["changed_surname_on"].notna() & (people["marital"] != "M")
    assert kept.any() and people.loc[kept, "marital"].isin(["D", "W"]).all()


def test_partners_share_a_household_and_are_each_other_s() -> None:
    seeds = Seeds(PUBLIC_KEY, "couples")
    birth, sex = draw_ages(20_000, seeds.stream("ages"))
    families = form_households(birth, sex, 0, seeds.stream("households"))
    one = np.flatnonzero(families.partner >= 0)
    other = families.partner[one]
    assert (families.partner[other] == one).all()
    assert (families.household[one] == families.household[other]).all()
    alike = (sex[one] == sex[other]).mean()
    assert 0.008 < alike < 0.025
    names = name_people(birth, sex, families, seeds.stream("names"))
    assert (names.married[one] == names.married[other]).all()
    assert names.married[one[sex[one] == sex[other]]].mean() > 0.6


def deaths_of(people: pd.DataFrame, count: int) -> pd.DataFrame:
    deaths = people.head(count)
    lived = 0.9 * (pd.Timestamp(SNAPSHOT) - deaths["birth_date"])
    return deaths.assign(death_date=deaths["birth_date"] + lived)


def test_the_dead_are_nobody_alive() -> None:
    people = people_of(2000, "dead")
    deaths = deaths_of(people, 700)
    dead = identify_dead(deaths, Seeds(PUBLIC_KEY, "2026A", "dead"))
    assert list(dead.columns) == COLUMNS and len(dead) == 700
    for column in ("birth_date", "sex", "race", "slot", "income"):
        assert (dead[column].to_numpy() == deaths[column].to_numpy()).all(), column
    for column in ("person_id", "verified_id", "phone"):
        assert dead[column].is_unique and not dead[column].isin(people[column]).any(), column
    assert (dead[["twin_of", "namesake_of", "parent", "junior_of"]] == -1).all(axis=None)
    assert dead["household"].max() < 0 and dead["household"].is_unique
    changed = dead["changed_surname_on"].dropna()
    assert len(changed) > 50 and (changed < deaths["death_date"].loc[changed.index]).all()
    assert dead.dtypes.equals(people.dtypes)


def test_nobody_died() -> None:
    people = people_of(10, "none")
    assert len(identify_dead(deaths_of(people, 0), Seeds(PUBLIC_KEY, "none"))) == 0


@pytest.mark.parametrize("n", [0, -1, MOST + 1])
def test_a_population_has_a_size(n: int) -> None:
    with pytest.raises(HilabError, match="A population has 1 to 4,000,000 people"):
        people_of(n, "a")


@given(halves=st.tuples(st.integers(1, 30), st.integers(1, 30)), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_scatter_is_a_shuffle(halves: tuple[int, int], seed: int) -> None:
    size = halves[0] * halves[1]
    drawn = scatter(np.arange(size), halves, np.random.default_rng(seed))
    assert sorted(drawn.tolist()) == list(range(size))


def test_fifty_thousand_people_are_quick() -> None:
    start = time.perf_counter()
    people_of(50_000, "quick")
    assert time.perf_counter() - start < 3
