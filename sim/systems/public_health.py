"""The public-health registry: doses of vaccines and notifiable diseases, as facilities report them."""

from functools import cache

import numpy as np
import pandas as pd
import yaml

from sim.systems.planting import days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.services import OTHER, service_names
from sim.systems.texts import among
from sim.systems.wording import LANGUAGE, icd_codes, read_codes

_PERSON = (
    Column("registry_no", "text", 'The registry\'s number of the person, "V" and six digits'),
    Column("given_name", "text", "Given name, as reported"),
    Column("family_name", "text", "Family name, as reported"),
    Column("sex", "text", '"F" or "M"'),
    Column("birth_date", "text", "Date of birth, YYYY-MM-DD"),
    Column("area", "text", "Area of residence"),
)

IMMUNISATIONS = Table(
    "immunisations",
    "One report of a dose of a vaccine in the last three years. Hospitals and clinics report by file every "
    "few weeks; the registry finds the person by name, sex and date of birth.",
    "dose_id",
    (
        Column("dose_id", "text", 'Number of the report, "D" and six digits, in the order of arrival'),
        *_PERSON,
        Column("vaccine_code", "text", "CVX code"),
        Column("vaccine", "text", "The vaccine in words"),
        Column("given_on", "text", "Day of the dose, YYYY-MM-DD"),
        Column("reported_on", "text", "Day on which the report arrived, YYYY-MM-DD"),
        Column("reporter", "text", "Code of the facility that reported"),
    ),
    facilities=("R1",),
)

NOTIFICATIONS = Table(
    "notifications",
    "One report of a case of a notifiable disease in the last three years. The list of diseases, with the "
    "days within which a case must be reported, is `notifiable_diseases.yaml`.",
    "report_id",
    (
        Column("report_id", "text", 'Number of the report, "N" and six digits, in the order of arrival'),
        *_PERSON,
        Column("disease_code", "text", "The country's ICD code"),
        Column("disease", "text", "The disease in words"),
        Column("certainty", "text", "suspected or confirmed, as reported"),
        Column("onset_on", "text", "Day on which it began, YYYY-MM-DD"),
        Column("diagnosed_on", "text", "Day of the visit at which it was found, YYYY-MM-DD"),
        Column("reported_on", "text", "Day on which the report arrived, YYYY-MM-DD"),
        Column("reporter", "text", "Code of the facility that reported"),
    ),
    facilities=("R1",),
)

DOSE_DELAY = (1, 45)
"""Days from a dose to its report: least and most (assumed)."""

MEAN_DELAY = 0.8
"""Mean delay of a notification, as a share of the days that are allowed (assumed); a tenth to a quarter
are late."""

CONFIRMED = 0.4
"""Share of cases that are confirmed when they are reported (assumed)."""

FILE = "notifiable_diseases.yaml"


@cache
def notifiable(country: str) -> pd.DataFrame:
    """Returns the country's notifiable diseases: index = SNOMED CT code; columns code, name, within_days.

    Example:
        >>> notifiable("us").loc["6142004", ["code", "name"]].tolist()
        ['J11.1', 'Influenza']
    """
    table = read_codes("codes_notifiable.csv")
    table = table[table["country"] == country].set_index("snomed")
    codes = icd_codes(country)
    return pd.DataFrame(
        {
            "code": [codes[str(snomed)] for snomed in table.index],
            "name": table[LANGUAGE[country]],
            "within_days": table["within_days"].astype("int64"),
        }
    )


def cases(setting: Setting) -> pd.DataFrame:
    """Returns every case of a notifiable disease that was found at a visit, reported or not.

    Returns:
        Columns person, disease (SNOMED CT), onset, diagnosed and reporter; index = number of the case.
    """
    return setting.once("notifiable cases", lambda: _cases(setting))


def _cases(setting: Setting) -> pd.DataFrame:
    table = setting.records.tables["conditions"]
    found = table[among(table["CODE"], notifiable(setting.country).index)]
    visits = setting.visits[["person", "start", "facility"]]
    joined = found[["ENCOUNTER", "CODE", "START"]].merge(visits, left_on="ENCOUNTER", right_index=True)
    joined = joined.sort_values(["start", "person", "CODE"], ignore_index=True)
    return pd.DataFrame(
        {
            "person": joined["person"],
            "disease": joined["CODE"],
            "onset": joined["START"],
            "diagnosed": joined["start"].dt.normalize(),
            "reporter": joined["facility"],
        }
    )


def notify(setting: Setting) -> dict[str, pd.DataFrame]:
    """Reports every case once.

    Returns:
        A working table of `notifications` with `_person`, `_case` (number of the case) and `_other_no` (the
        number that the registry gives if it takes the person for somebody new); days are times.
    """
    rng = setting.stream("notifications")
    found, listed = cases(setting), notifiable(setting.country)
    draws = rng.random((2, len(found)))
    allowed = found["disease"].map(listed["within_days"]).to_numpy(dtype=np.float64)
    delay = np.floor(-np.log1p(-draws[0]) * MEAN_DELAY * allowed).astype(np.int64)
    reported = found["diagnosed"] + pd.to_timedelta(delay, unit="D")
    table = _people(setting, found["person"]).assign(
        report_id=np.arange(len(found)).astype(str),
        disease_code=found["disease"].map(listed["code"]),
        disease=found["disease"].map(listed["name"]),
        certainty=np.where(draws[1] < CONFIRMED, "confirmed", "suspected"),
        onset_on=found["onset"],
        diagnosed_on=found["diagnosed"],
        reported_on=reported,
        reporter=found["reporter"],
        _case=found.index,
    )
    return {"notifications": table[reported <= setting.today].reset_index(drop=True)}


def immunise(setting: Setting) -> dict[str, pd.DataFrame]:
    """Reports every dose once: a working table of `immunisations`, like that of `notify`."""
    rng = setting.stream("immunisations")
    doses = setting.records.tables.get("immunizations")
    doses = pd.DataFrame(columns=["ENCOUNTER", "CODE"]) if doses is None else doses[["ENCOUNTER", "CODE"]]
    visits = setting.visits[["person", "start", "facility"]]
    found = doses.merge(visits, left_on="ENCOUNTER", right_index=True)
    found = found.sort_values(["start", "person", "CODE"], ignore_index=True)
    given = found["start"].dt.normalize()
    reported = given + pd.to_timedelta(rng.integers(*DOSE_DELAY, len(found)), unit="D")
    table = _people(setting, found["person"]).assign(
        dose_id=np.arange(len(found)).astype(str),
        vaccine_code=found["CODE"],
        vaccine=found["CODE"].map(service_names("vaccine", setting.country)).fillna(OTHER[setting.country]),
        given_on=given,
        reported_on=reported,
        reporter=found["facility"],
        _case=found.index,
    )
    return {"immunisations": table[reported <= setting.today].reset_index(drop=True)}


def _people(setting: Setting, persons: "pd.Series[int]") -> pd.DataFrame:
    """Returns what a report says of each person."""
    numbers = setting.stream("people").permutation(800_000)[: 2 * len(setting.people)] + 100_000
    position = setting.people.index.get_indexer(pd.Index(persons))
    columns = ["given", "surname", "sex", "birth_date", "area"]
    who = setting.people[columns].take(position).reset_index(drop=True)
    table = pd.DataFrame(
        {
            "registry_no": [f"V{number}" for number in numbers[position]],
            "given_name": who["given"],
            "family_name": who["surname"],
            "sex": who["sex"],
            "birth_date": days(who["birth_date"]),
            "area": who["area"],
            "_person": persons.to_numpy(),
            "_other_no": [f"V{number}" for number in numbers[position + len(setting.people)]],
        }
    )
    return table


KEYS = {"immunisations": ("dose_id", "D"), "notifications": ("report_id", "N")}
"""Key of each table, and what its numbers begin with."""


def number_reports(name: str, table: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gives reports their final numbers, in the order of arrival, in the table and in its ledger.

    Args:
        name: "immunisations" or "notifications".
        table: Working table with provisional numbers; days are times.
        ledger: Ledger whose `record`, and whose `clean` and `dirty` where the field is the key, hold
            provisional numbers. Cases that were never reported keep theirs.
    """
    key, letter = KEYS[name]
    order = table.sort_values(["reported_on", key], kind="stable", ignore_index=True)
    final = [f"{letter}{number:06d}" for number in range(1, len(order) + 1)]
    name_of = dict(zip(order[key], final, strict=True))
    dates = {str(column): days(order[column]) for column in order if str(column).endswith("_on")}
    names = {
        column: ledger[column].map(name_of).where(ledger["field"] == key, ledger[column])
        for column in ("clean", "dirty")
    }
    record = ledger["record"].map(name_of).fillna(ledger["record"])
    return order.assign(**{key: final}, **dates), ledger.assign(record=record, **names).astype("str")


def tell_reports(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about doses: `dose_of_report`, with the columns record and dose.

    Reports of one dose share its number.
    """
    table = tables["immunisations"]
    told = pd.DataFrame({"record": table["dose_id"], "dose": table["_case"]})
    return {"dose_of_report": told}


def tell_cases(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about notifiable diseases.

    `notifiable_cases` (case, person, disease as SNOMED CT code, onset, diagnosed, reporter, and whether it
    was reported) and `case_of_report` (record, case; reports of one case share its number).
    """
    table = tables["notifications"]
    every = cases(setting).rename_axis("case").reset_index()
    every = every.assign(reported=every["case"].isin(table["_case"]))
    return {
        "notifiable_cases": every,
        "case_of_report": pd.DataFrame({"record": table["report_id"], "case": table["_case"]}),
    }


def describe_diseases(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Writes the list of notifiable diseases: `notifiable_diseases.yaml`."""
    listed = notifiable(setting.country)
    content = {
        "note": "What must be notified in this district (assumed; no state's law).",
        "diseases": [
            {"code": code, "name": name, "within_days": int(within)}
            for code, name, within in listed.itertuples(index=False)
        ],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    return {FILE: text.encode("utf-8")}


RECORDERS = (
    Recorder("registry", (IMMUNISATIONS,), immunise, finish=number_reports, facts=tell_reports),
    Recorder(
        "registry",
        (NOTIFICATIONS,),
        notify,
        finish=number_reports,
        files=describe_diseases,
        facts=tell_cases,
    ),
)
