"""Everybody of one county, and the names of those who died."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.countries import COUNTRIES
from sim.countries import country as find_country
from sim.errors import HilabError
from sim.paths import datasets
from sim.population import families as fam
from sim.population import numbers, places
from sim.population.ages import Days, draw_ages, snapshot_day, years_between
from sim.population.households import NOBODY, Flags, form_households
from sim.population.naming import NAMING, Naming
from sim.seeds import Seeds

RACES = ("white", "black", "native", "asian", "hawaiian", "other")
"""Synthea's words, in the order of the engine's codes 0-5."""

ETHNICITIES = ("nonhispanic", "hispanic")
"""Synthea's words."""

_GROUPS = {
    "White alone, not Hispanic": ("white", "nonhispanic"),
    "Black alone, not Hispanic": ("black", "nonhispanic"),
    "Asian alone, not Hispanic": ("asian", "nonhispanic"),
    "American Indian/Alaska Native alone, not Hispanic": ("native", "nonhispanic"),
    "Native Hawaiian/Pacific Islander alone, not Hispanic": ("hawaiian", "nonhispanic"),
    "Some other race alone, not Hispanic": ("other", "nonhispanic"),
    "Two or more races, not Hispanic": ("other", "nonhispanic"),
}

_HISPANIC = "Hispanic or Latino (any race)"

HISPANIC_RACES = {"white": 0.58, "other": 0.34, "black": 0.04, "native": 0.03, "asian": 0.01}
"""Races of Hispanic people (assumed, near their answers in the census of 2010)."""

SES_SHARES = (0.30, 0.40, 0.30)
"""Shares of the socioeconomic groups 0 (low), 1 and 2 (high); thirds but for rounding (assumed)."""

INCOMES = (26_000, 62_000, 135_000)
"""Middle household income of the three socioeconomic groups, in dollars (assumed)."""

TWINS_BORN = 0.011
"""Same-sex twin pairs per child: 3 of 100 births are twins, two thirds of them alike in sex (assumed)."""

TWINS_MIXED = 0.005
"""Pairs of a brother and a sister per child (assumed); a planted county has none."""

PLANTS = {"twins": 24, "namesakes": 14, "juniors": 24, "blank_names": 12}
"""How many pairs (people for each surname, for blank_names) are planted in a county of 2,000."""

BLANK_NAMES = tuple(name for code in COUNTRIES for name in find_country(code).blank_names)
"""Surnames that careless software reads as a missing value, of all countries."""

MOST = 4_000_000
"""Telephone numbers run out above this many people."""

DEAD_AT_MOST = 20
"""In a county of several parts, no part has more dead people than this for each of the living."""


COLUMNS = [
    *("slot", "person_id", "birth_date", "sex", "race", "ethnicity"),
    *("given", "middle", "surname", "birth_surname", "changed_surname_on", "marital"),
    *("household", "address", "town", "area", "phone", "verified_id", "ses", "income"),
    *("twin_of", "namesake_of", "parent", "junior_of"),
]
"""The columns of a population, in order."""


def populate(
    n: int,
    seeds: Seeds,
    plants: bool = True,
    *,
    county: Seeds | None = None,
    first: int = 0,
    country: str = "us",
) -> pd.DataFrame:
    """Makes the people who are alive in the county, or a part of it, on the snapshot day.

    Households, families and lookalikes never cross the parts of a county. In China nobody has a middle name,
    `race` is "asian" throughout, and `junior_of` is a housemate of the same name; households and incomes
    (in dollars) are those of the US.

    Args:
        n: How many people, 1 to 4,000,000.
        seeds: Random streams; the same seeds give the same people.
        plants: Whether twins, namesakes and fathers and sons of one name are planted (`PLANTS`, in
            proportion to `n`); without, only twins occur, as often as they are born.
        county: Streams that all parts of a county share, where it has several: no two people of it then
            have the same verified identifier.
        first: How many people the parts before this one have.
        country: One of `sim.countries.COUNTRIES`.

    Returns:
        One row a person (`slot` 0 .. n-1) with the columns of `COLUMNS`: texts are `str`, dates
        datetime64[s]; `marital` is "M", "S", "D", "W" or missing for children; `ses` 0-2; `income` dollars a
        year of the household; `parent` is the mother's slot; links are -1 where there is nobody.

    Raises:
        HilabError: If `n` is out of range or the country unknown.
    """
    here, naming = find_country(country), NAMING[country]
    if not 1 <= n <= MOST:
        raise HilabError(f"A population has 1 to {MOST:,} people, not {n:,}.")
    birth, sex = draw_ages(n, seeds.stream("people/ages"), country)
    wanted = {what: max(1, round(count * n / 2000)) if plants else 0 for what, count in PLANTS.items()}
    twins = wanted["twins"] if plants else round(TWINS_BORN * 0.25 * n)
    mixed = 0 if plants else round(TWINS_MIXED * 0.25 * n)
    families = form_households(birth, sex, twins, seeds.stream("people/households"), mixed)
    names = fam.name_people(birth, sex, families, seeds.stream("people/names"), country)
    plant = seeds.stream("people/plants")
    sons = wanted["juniors"] if naming.fathers_and_sons else 0
    junior = fam.plant_juniors(names, birth, sex, families, sons, plant)
    namesake = fam.plant_namesakes(names, birth, sex, families, wanted["namesakes"], plant)
    free = fam.strangers(families) & (namesake == NOBODY)
    if not naming.fathers_and_sons:
        junior = fam.plant_housemates(names, birth, sex, families.household, free, wanted["juniors"], plant)
    kept = (junior != NOBODY) | (namesake != NOBODY)
    kept[junior[junior != NOBODY]] = True
    fam.plant_surnames(names, free & ~kept, here.blank_names, wanted["blank_names"], plant)
    fam.part_given_names(names, birth, sex, families.household, kept, plant, naming)
    people = _homes(families.household, ~families.dependent, seeds, country)
    status = fam.marital_status(
        names,
        years_between(birth, snapshot_day()),
        sex,
        families.dependent,
        seeds.stream("people/marital"),
    )
    single = ~kept & (families.twin == NOBODY) & ~np.isin(names.surname, here.blank_names)
    fam.plant_new_surnames(names, birth, families, single, seeds.stream("people/surnames"), naming)
    people |= _columns(birth, sex, names, status) | {"household": families.household.astype(np.int32)}
    links = {
        "twin_of": families.twin,
        "namesake_of": namesake,
        "parent": families.parent,
        "junior_of": junior,
    }
    people |= {name: slots.astype(np.int32) for name, slots in links.items()}
    people["slot"] = np.arange(n, dtype=np.int32)
    people["person_id"] = numbers.uuids(n, seeds.stream("people/ids"))
    people["verified_id"] = _identifiers(first + np.arange(n), county or seeds, country)
    return pd.DataFrame(people)[COLUMNS]


def identify_dead(
    deaths: pd.DataFrame, seeds: Seeds, *, county: Seeds | None = None, first: int = 0, country: str = "us"
) -> pd.DataFrame:
    """Gives names, addresses and numbers to people who died before the snapshot.

    Args:
        deaths: One row a dead person, sorted by slot and attempt: slot, birth_date, sex, race, ethnicity,
            ses, income, death_date.
        seeds: The same seeds as the population's.
        county: As for `populate`.
        first: As for `populate`.
        country: As for `populate`.

    Returns:
        One row a dead person, in the same order, with the columns of `COLUMNS`. The dead have no family
        links; their households are numbered -1, -2, ...; numbers and ids are none of the living's.
    """
    count = len(deaths)
    rng = seeds.stream("people/dead")
    sex = deaths["sex"].to_numpy(dtype=object)
    birth, death = (_days(deaths[column]) for column in ("birth_date", "death_date"))
    grown = death - birth > 18.1 * 365.2425
    home = np.arange(count, dtype=np.int64)
    names = _dead_names(birth, death, sex, grown, rng, NAMING[country])
    street = places.addresses(home, count, rng, country)
    status = fam.marital_status(
        names, years_between(birth, death), sex, ~grown, seeds.stream("people/dead marital")
    )
    people = _columns(birth, sex, names, status) | _areas(home, count, rng, country) | {"address": street}
    people |= {name: deaths[name].to_numpy() for name in ("slot", "race", "ethnicity", "ses", "income")}
    people |= dict.fromkeys(("twin_of", "namesake_of", "parent", "junior_of"), np.int32(NOBODY))
    people["household"] = (-1 - home).astype(np.int32)
    people["phone"] = _phones(numbers.PHONES[0] * numbers.PHONES[1] - 1 - home, seeds, country)
    people["person_id"] = numbers.uuids(count, seeds.stream("people/dead ids"))
    last = numbers.IDENTIFIERS[0] * numbers.IDENTIFIERS[1] - 1
    people["verified_id"] = _identifiers(last - DEAD_AT_MOST * first - home, county or seeds, country)
    return pd.DataFrame(people, index=range(count))[COLUMNS]


def _dead_names(
    birth: Days, death: Days, sex: numbers.Texts, grown: Flags, rng: np.random.Generator, naming: Naming
) -> fam.Names:
    count = len(birth)
    unusual = naming.unusual_surnames
    born = naming.surnames(count, rng, unusual)
    married = grown & (rng.random(count) < 0.6)
    changed = married & (sex == "F") & (rng.random(count) < naming.wives_change)
    surname = np.where(changed, naming.surnames(count, rng, unusual), born)
    changed_on = np.where(changed & (surname != born), fam.wedding_days(birth, death, rng), fam.NEVER)
    given = naming.given(sex, rng, naming.unusual_given)
    return fam.Names(given, fam.middle_names(sex, rng, naming), surname, born, changed_on, married)


def _columns(birth: Days, sex: numbers.Texts, names: fam.Names, marital: numbers.Texts) -> dict[str, object]:
    never = names.changed_on == fam.NEVER
    changed = np.where(never, 0, names.changed_on).astype("datetime64[D]").astype("datetime64[s]")
    changed[never] = np.datetime64("NaT")
    return {
        "birth_date": birth.astype("datetime64[D]").astype("datetime64[s]"),
        "sex": sex,
        "given": names.given,
        "middle": pd.array(names.middle, dtype="str"),
        "surname": names.surname,
        "birth_surname": names.birth_surname,
        "changed_surname_on": changed,
        "marital": pd.array(marital, dtype="str"),
    }


def _homes(household: numbers.Ints, grown: Flags, seeds: Seeds, country: str) -> dict[str, object]:
    """Draws what people who live together share, and the telephones."""
    rng = seeds.stream("people/homes")
    count = int(household.max()) + 1
    ses = rng.choice(3, count, p=SES_SHARES)
    income = np.round(np.array(INCOMES)[ses] * np.exp(rng.normal(0, 0.3, count)), -2)
    groups, shares = _race_groups()
    group = rng.choice(len(groups), count, p=shares)
    race, ethnicity = (np.array([words[i] for words in groups], dtype=object)[group] for i in (0, 1))
    own = grown & (rng.random(len(household)) < 0.7)
    line = np.where(own, count + np.arange(len(household)), household)
    if country == "cn":
        race[:], ethnicity[:] = "asian", "nonhispanic"
    return _areas(household, count, rng, country) | {
        "race": race[household],
        "ethnicity": ethnicity[household],
        "ses": ses[household].astype(np.int8),
        "income": income[household].astype(np.int64),
        "phone": _phones(line, seeds, country),
        "address": places.addresses(household, count, seeds.stream("people/addresses"), country),
    }


def _race_groups() -> tuple[list[tuple[str, str]], npt.NDArray[np.float64]]:
    """Reads the 2020 census shares; Hispanic people are of the races in `HISPANIC_RACES`."""
    table = pd.read_csv(datasets("reference", "demographics_summary.csv"), encoding="utf-8")
    shares = table[table["item"] == "race/ethnicity"].set_index("category")["value"]
    groups = [*_GROUPS.values(), *((race, "hispanic") for race in HISPANIC_RACES)]
    hispanic = shares[_HISPANIC] * np.array(list(HISPANIC_RACES.values()))
    count = np.concatenate([shares[list(_GROUPS)].to_numpy(dtype=float), hispanic])
    return groups, count / count.sum()


def _areas(household: numbers.Ints, count: int, rng: np.random.Generator, country: str) -> dict[str, object]:
    home = places.draw_areas(count, rng, country)[household]
    return {name: places.areas(country)[name].to_numpy(dtype=object)[home] for name in ("area", "town")}


def _phones(line: numbers.Ints, seeds: Seeds, country: str) -> numbers.Texts:
    return numbers.phone_texts(numbers.scatter(line, numbers.PHONES, seeds.stream("people/phones")), country)


def _identifiers(index: numbers.Ints, seeds: Seeds, country: str) -> numbers.Texts:
    """Never gives out 999999999, which careless desks type for an unknown identifier."""
    stream = "people/identifiers"
    drawn = numbers.scatter(index, numbers.IDENTIFIERS, seeds.stream(stream))
    spare = numbers.scatter(np.array([50_000_000]), numbers.IDENTIFIERS, seeds.stream(stream))
    return numbers.identifier_texts(np.where(drawn == 99_999_999, spare, drawn), country)


def _days(dates: pd.Series) -> Days:
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)
