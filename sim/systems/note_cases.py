"""What a clinician who writes a note knows about the patient and the visit."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.systems.recorder import Setting
from sim.systems.wording import drugs, lasting

CHEST_PAIN, DYSPNEA, FEVER, COUGH, SORE_THROAT = "29857009", "267036007", "386661006", "49727002", "162397003"
HEADACHE, DIZZINESS, SYNCOPE, NUMBNESS, FATIGUE = "25064002", "404640003", "271594007", "44077006", "84229001"
ABDOMINAL_PAIN, VOMITING, NAUSEA, DIARRHEA = "21522001", "249497008", "422587007", "62315008"
JOINT_PAIN, RASH, DYSURIA, PALPITATIONS, THIRST = "57676002", "271807003", "49650001", "80313002", "17173007"
WEIGHT_LOSS = "89362005"

LIVEBIRTH = "281050002"

SYMPTOMS = (
    *(CHEST_PAIN, DYSPNEA, FEVER, COUGH, SORE_THROAT, HEADACHE, DIZZINESS, SYNCOPE, NUMBNESS, FATIGUE),
    *(ABDOMINAL_PAIN, VOMITING, NAUSEA, DIARRHEA, JOINT_PAIN, RASH, DYSURIA, PALPITATIONS, THIRST),
    WEIGHT_LOSS,
)
"""SNOMED CT codes of what patients complain of."""

DENIED = (
    CHEST_PAIN,
    DYSPNEA,
    FEVER,
    DIZZINESS,
    SYNCOPE,
    ABDOMINAL_PAIN,
    VOMITING,
    HEADACHE,
    PALPITATIONS,
    RASH,
)
DENIED_FOR_CHILDREN = (FEVER, VOMITING, COUGH, DYSPNEA, RASH, DIARRHEA)
"""What clinicians ask about, and write down when it is absent."""

PNEUMONIA, BRONCHITIS, INFLUENZA, INFARCTION, EMBOLISM = (
    *("233604007", "10509002", "6142004"),
    *("22298006", "59282003"),
)
APPENDICITIS, CHOLECYSTITIS, ULCER, INFECTION, STROKE = (
    *("74400008", "65275009", "13200003"),
    *("68566005", "230690007"),
)
ANEMIA, THYROID, MIGRAINE, ARTHRITIS, KIDNEY_STONE = (
    *("271737000", "40930008", "37796009"),
    *("396275006", "95570007"),
)

GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "J4": ((DYSPNEA, COUGH), (PNEUMONIA, EMBOLISM)),
    "J": ((COUGH, FEVER, SORE_THROAT), (PNEUMONIA, BRONCHITIS, INFLUENZA)),
    "I10": ((DIZZINESS, HEADACHE), ()),
    "I2": ((CHEST_PAIN, DYSPNEA), (INFARCTION, EMBOLISM)),
    "I4": ((PALPITATIONS, DIZZINESS), (THYROID, ANEMIA)),
    "I6": ((NUMBNESS, DIZZINESS), (STROKE,)),
    "I": ((DYSPNEA, FATIGUE), (INFARCTION, ANEMIA)),
    "E": ((THIRST, FATIGUE), (THYROID, ANEMIA)),
    "K": ((ABDOMINAL_PAIN, NAUSEA, VOMITING), (APPENDICITIS, CHOLECYSTITIS, ULCER)),
    "A": ((DIARRHEA, FEVER, VOMITING), (APPENDICITIS, INFECTION)),
    "N9": ((), ()),
    "N": ((DYSURIA, FEVER), (KIDNEY_STONE, INFECTION)),
    "M": ((JOINT_PAIN,), (ARTHRITIS,)),
    "L": ((RASH,), ()),
    "G": ((HEADACHE, NAUSEA), (MIGRAINE, STROKE)),
    "R07": ((CHEST_PAIN, PALPITATIONS), (INFARCTION, EMBOLISM)),
    "R10": ((ABDOMINAL_PAIN, NAUSEA), (APPENDICITIS, CHOLECYSTITIS)),
    "R06": ((DYSPNEA,), (PNEUMONIA, EMBOLISM)),
    "R42": ((DIZZINESS,), (ANEMIA, STROKE)),
    "R5": ((FATIGUE, DIZZINESS), (ANEMIA, INFECTION)),
    "C": ((FATIGUE, WEIGHT_LOSS), (ANEMIA,)),
    "D": ((FATIGUE, DIZZINESS), (ANEMIA,)),
}
"""By the beginning of the diagnosis code, the longest first match: usual complaints, and what else it may
be (SNOMED CT)."""

VITALS = ("8480-6", "8462-4", "8867-4", "8310-5", "59408-5")
"""LOINC codes of systolic and diastolic pressure, heart rate, temperature, oxygen saturation."""

TESTS = {
    "4548-4": (("%", 1.0, 1), ("%", 1.0, 1)),
    "2345-7": (("mg/dL", 1.0, 0), ("mmol/L", 0.0555, 1)),
    "2160-0": (("mg/dL", 1.0, 2), ("umol/L", 88.4, 0)),
    "2823-3": (("mmol/L", 1.0, 1), ("mmol/L", 1.0, 1)),
    "718-7": (("g/dL", 1.0, 1), ("g/L", 10.0, 0)),
    "18262-6": (("mg/dL", 1.0, 0), ("mmol/L", 0.02586, 1)),
}
"""Tests that notes quote, by LOINC code: unit, factor and decimals as US laboratories and as others report
them. Factors are those of codes_labs_vitals.csv."""

FAMILY = ("44054006", "59621000", "230690007", "414545008", "363406005")
"""What relatives have (SNOMED CT)."""

FAMILY_KNOWN = 0.55
"""Share of people with a relative who has one of `FAMILY` (assumed; drawn, not read from relatives' lives)."""

MOST_LISTED = 4
"""At most so many conditions, drugs or results stand in one sentence (assumed)."""

GENERATION = 16 * 365
"""Days between people who count as parent and child when a household is described (assumed)."""


@dataclass(frozen=True, slots=True)
class Case:
    """One visit as its clinician knows it. Conditions are SNOMED CT codes, drugs RxNorm codes.

    Attributes:
        age: Days lived.
        sex: "F" or "M".
        given, surname, phone, town: The patient's.
        relative: Who lives with the patient: relation, given name, surname, telephone; None if nobody does.
        family: A relation and what that relative has; None if nothing is known.
        code: ICD code of the main diagnosis.
        text: It in words.
        main: Its SNOMED CT code; missing for a check-up.
        found: What was diagnosed at the visit.
        history: What the patient has had for long.
        takes: Drugs from before.
        started: Drugs begun at the visit.
        vitals: Numbers by LOINC code.
        results: LOINC code, written number and unit of each test.
        done: SNOMED CT codes of what was done.
        begin, end: First and last day.
    """

    age: int
    sex: str
    given: str
    surname: str
    phone: str
    town: str
    relative: tuple[str, str, str, str] | None
    family: tuple[str, str] | None
    code: str
    text: str
    main: str | None
    found: frozenset[str]
    history: tuple[str, ...]
    takes: tuple[str, ...]
    started: tuple[str, ...]
    vitals: dict[str, float]
    results: tuple[tuple[str, str, str], ...]
    done: tuple[str, ...]
    begin: date
    end: date

    @property
    def complaints(self) -> tuple[str, ...]:
        """What somebody with this diagnosis usually complains of; empty if it is no illness of `GROUPS`."""
        return _group(self.code)[0]

    @property
    def suspects(self) -> tuple[str, ...]:
        """What else it may be."""
        known = {self.main, *self.found, *self.history}
        return tuple(code for code in _group(self.code)[1] if code not in known)

    @property
    def denials(self) -> tuple[str, ...]:
        """What the patient may say to be free of."""
        has = {self.main, *self.found, *self.complaints}
        asked = DENIED_FOR_CHILDREN if self.age < 6 * 365 else DENIED
        return tuple(code for code in asked if code not in has)


def _group(code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    for size in (3, 2, 1):
        if code[:size] in GROUPS:
            return GROUPS[code[:size]]
    return (), ()


def open_cases(setting: Setting, visits: pd.DataFrame) -> list[Case]:
    """Returns what is known at each visit, in their order.

    Args:
        setting: The hospital.
        visits: Visits in the form of `setting.visits`.
    """
    tables, keys = setting.records.tables, visits.index.tolist()
    who = setting.people.loc[visits["person"]].set_index(visits.index)
    found = _found(tables["conditions"], visits)
    history = _lasting(tables["conditions"], visits, who["person_id"])
    started, takes = _drugs(tables["medications"], visits, who["person_id"])
    vitals, results = _measured(tables["observations"], visits, units(setting))
    done = _at(tables["procedures"], visits, "CODE")
    relatives, families = companions(setting.people), family_histories(setting)
    columns: tuple[Iterable[Any], ...] = (
        (visits["start"].dt.normalize() - who["birth_date"]).dt.days.tolist(),
        *(plain(who[name]) for name in ("sex", "given", "surname", "phone", "town")),
        [relatives.get(person) for person in visits["person"].tolist()],
        [families[person] for person in visits["person"].tolist()],
        plain(visits["dx_code"].fillna("")),
        plain(visits["dx_text"].fillna("")),
        plain(visits["snomed"]),
        [found.get(visit, frozenset()) for visit in keys],
        *([known.get(visit, ()) for visit in keys] for known in (history, takes, started)),
        [vitals.get(visit, {}) for visit in keys],
        [tuple(results.get(visit, ())[:MOST_LISTED]) for visit in keys],
        [tuple(done.get(visit, ())) for visit in keys],
        visits["start"].dt.date.tolist(),
        visits["stop"].dt.date.tolist(),
    )
    return [Case(*row) for row in zip(*columns, strict=True)]


def units(setting: Setting) -> int:
    """Returns which of the units of `TESTS` this hospital's laboratory uses."""
    return 0 if setting.country == "us" and setting.facility.code != "H2" else 1


def among(texts: "pd.Series[str]", wanted: Iterable[str]) -> "pd.Series[bool]":
    """Says which texts are among some others, faster than `Series.isin` on Arrow strings.

    Example:
        >>> among(pd.Series(["a", "b", None]), ["b"]).tolist()
        [False, True, False]
    """
    values = pa.array(wanted, type=pa.large_string(), from_pandas=True)
    mask = pc.is_in(pa.array(texts, type=pa.large_string(), from_pandas=True), value_set=values)
    return pd.Series(mask.to_numpy(zero_copy_only=False), index=texts.index)


def plain(texts: "pd.Series[str]") -> list[Any]:
    """Returns texts as a list, faster than `Series.tolist` on Arrow strings; blanks are None."""
    listed: list[Any] = texts.to_numpy(dtype=object, na_value=None).tolist()
    return listed


def _gather(keys: Iterable[Hashable], values: Iterable[Any]) -> dict[Hashable, list[Any]]:
    found: dict[Hashable, list[Any]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        found[key].append(value)
    return found


def _at(table: pd.DataFrame, visits: pd.DataFrame, column: str) -> dict[Hashable, list[Any]]:
    """Returns a column of what happened at each visit, without repeats."""
    there = table[among(table["ENCOUNTER"], visits.index)].drop_duplicates(["ENCOUNTER", column])
    return _gather(plain(there["ENCOUNTER"]), plain(there[column]))


def _found(conditions: pd.DataFrame, visits: pd.DataFrame) -> dict[Hashable, frozenset[str]]:
    return {visit: frozenset(codes) for visit, codes in _at(conditions, visits, "CODE").items()}


def _of_patients(
    table: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]", columns: list[str]
) -> pd.DataFrame:
    """Joins what patients have or take to each of their visits, if it had begun and not ended."""
    about = pd.DataFrame({"visit": visits.index, "PATIENT": patients.to_numpy()})
    about = about.assign(at=visits["start"].to_numpy(), main=visits["snomed"].to_numpy(dtype=object))
    kept = table.loc[among(table["PATIENT"], patients.unique()), columns]
    joined = about.merge(kept, on="PATIENT", how="inner")
    return joined[(joined["START"] <= joined["at"]) & ~(joined["STOP"] < joined["at"])]


def _lasting(
    conditions: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]"
) -> dict[Hashable, tuple[str, ...]]:
    """Lists what patients have had for long at each visit, the main diagnosis left out."""
    chronic = conditions[among(conditions["CODE"], sorted(lasting()))]
    known = _of_patients(chronic, visits, patients, ["PATIENT", "ENCOUNTER", "CODE", "START", "STOP"])
    earlier = (known["ENCOUNTER"] != known["visit"]) & (known["CODE"] != known["main"])
    known = known[earlier].drop_duplicates(["visit", "CODE"])
    found = _gather(plain(known["visit"]), plain(known["CODE"]))
    return {visit: tuple(codes[:MOST_LISTED]) for visit, codes in found.items()}


def _drugs(
    medications: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]"
) -> tuple[dict[Hashable, tuple[str, ...]], dict[Hashable, tuple[str, ...]]]:
    """Returns the drugs begun at each visit, and those that were taken already."""
    known = medications[among(medications["CODE"], drugs().index)]
    begun = {visit: tuple(codes[:MOST_LISTED]) for visit, codes in _at(known, visits, "CODE").items()}
    taken = _of_patients(known, visits, patients, ["PATIENT", "ENCOUNTER", "CODE", "START", "STOP"])
    taken = taken[taken["ENCOUNTER"] != taken["visit"]].drop_duplicates(["visit", "CODE"])
    before = _gather(plain(taken["visit"]), plain(taken["CODE"]))
    return begun, {visit: tuple(codes[:MOST_LISTED]) for visit, codes in before.items()}


def _measured(
    observations: pd.DataFrame, visits: pd.DataFrame, system: int
) -> tuple[dict[Hashable, dict[str, float]], dict[Hashable, list[tuple[str, str, str]]]]:
    """Returns vital signs and test results of each visit."""
    recent = observations[observations["DATE"] >= visits["start"].min()] if len(visits) else observations[:0]
    there = recent[among(recent["CODE"], [*VITALS, *TESTS])]
    there = there[among(there["ENCOUNTER"], visits.index)].drop_duplicates(["ENCOUNTER", "CODE"])
    vitals: dict[Hashable, dict[str, float]] = defaultdict(dict)
    results: dict[Hashable, list[tuple[str, str, str]]] = defaultdict(list)
    numbers = there["VALUE"].astype("float64").tolist()
    for visit, code, number in zip(plain(there["ENCOUNTER"]), plain(there["CODE"]), numbers, strict=True):
        if code in TESTS:
            unit, factor, decimals = TESTS[code][system]
            results[visit].append((code, f"{number * factor:.{decimals}f}", unit))
        else:
            vitals[visit][code] = number
    return vitals, results


def companions(people: pd.DataFrame) -> dict[Hashable, tuple[str, str, str, str]]:
    """Returns for each person one other member of the household: relation, names, telephone.

    The relation is guessed from ages and sexes, as a stranger would: a generation apart they are parent and
    child, else two adults are spouses and children are brother and sister.
    """
    living = people[people["alive"]].sort_values("household", kind="stable")
    home = living.groupby("household", sort=False)
    following = np.arange(len(living)) + 1
    last = home.cumcount(ascending=False).to_numpy() == 0
    following[last] -= home["household"].transform("size").to_numpy()[last]
    other = living.iloc[following]
    older = (living["birth_date"].to_numpy() - other["birth_date"].to_numpy()) / np.timedelta64(1, "D")
    adult = other["birth_date"].to_numpy() < np.datetime64("2007-01-01")
    relation = np.select(
        [older > GENERATION, older < -GENERATION, adult], ["parent", "child", "spouse"], "sibling"
    )
    alone = following == np.arange(len(living))
    rows = zip(
        living.index[~alone].tolist(),
        (relation + " " + other["sex"].to_numpy(dtype=str))[~alone].tolist(),
        *(other[name].to_numpy(dtype=object)[~alone].tolist() for name in ("given", "surname", "phone")),
        strict=True,
    )
    return {person: told for person, *told_list in rows for told in [tuple(told_list)]}


def family_histories(setting: Setting) -> dict[Hashable, tuple[str, str] | None]:
    """Draws for each person, the same in every hospital, a relative and what that relative has."""
    people = setting.people.index.tolist()
    rng = setting.seeds.stream("notes family histories")
    known, elder = rng.random(len(people)) < FAMILY_KNOWN, rng.integers(0, 3, len(people))
    what = rng.integers(0, len(FAMILY), len(people))
    relations = ("mother", "father", "grandmother")
    return {
        person: (relations[who], FAMILY[code]) if has else None
        for person, has, who, code in zip(people, known.tolist(), elder.tolist(), what.tolist(), strict=True)
    }
