"""The gene laboratory of the large hospital: whom it has tested, and how drugs went with them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.genotypes import Copies, draw, given_outcome
from sim.systems.outcomes import potential_outcomes
from sim.systems.panel_files import write
from sim.systems.planting import days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.variants import HARM, effects, odds_of_copies, panel
from sim.systems.visits import number_book
from sim.systems.wording import drugs

GENETIC_PANELS = Table(
    "genetic_panels",
    "A gene panel of a living patient of the large hospital. What was found is a VCF file, "
    "panels/<panel_id in small letters>.vcf, whose one sample is named after the tube.",
    "panel_id",
    (
        Column("panel_id", "text", 'Number of the panel, "G" and six digits, in the order of plates'),
        Column("mrn", "text", "Record number of the patient from whom the blood was taken"),
        Column("sample_id", "text", 'Number of the tube, "S" and six digits; carries no order'),
        Column("plate", "text", 'The plate on which it was read, "P" and three digits'),
        Column("well", "text", "Place on the plate, 01A to 12H"),
        Column("reason", "text", "diabetes programme, before a drug, or volunteer"),
        Column("taken_on", "text", "Day on which the blood was taken, YYYY-MM-DD"),
        Column("reported_on", "text", "Day of the report, YYYY-MM-DD"),
    ),
)

DRUG_FOLLOWUPS = Table(
    "drug_followups",
    "A call to a patient who takes a drug whose effect depends on genes of the panel; also to patients "
    "without a panel.",
    "followup_id",
    (
        Column("followup_id", "text", 'Number of the call, "F" and six digits'),
        Column("mrn", "text", "Record number of the patient"),
        Column("drug", "text", "The drug, as the county calls it"),
        Column("started_on", "text", "Day of its first prescription, YYYY-MM-DD"),
        Column("asked_on", "text", "Day of the call, YYYY-MM-DD"),
        Column("event", "text", "What had happened since: none, muscle complaints or new vascular event"),
    ),
)

BEFORE_A_DRUG, VOLUNTEERS = 0.6, 0.1
"""Shares of those who take a drug of the panel, and of other grown people, who are tested (assumed)."""

DRUGS = {
    "312961": ("simvastatin", "muscle complaints", 0.12),
    "259255": ("atorvastatin", "muscle complaints", 0.1),
    "309362": ("clopidogrel", "new vascular event", 0.15),
}
"""Drugs (RxNorm) that are followed up, what may happen, and to how many it does (assumed)."""

CALLED_DAYS, SOONEST = 365, 90
"""Calls were made in the last year, at the soonest so many days after the first prescription (assumed)."""

NO_FUNCTION = ("rs4244285", "rs4986893")
"""Variants that leave no function to an allele of CYP2C19."""

ROWS, COLUMNS = "ABCDEFGH", 12
"""Of a plate."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Tests some people and calls those who take certain drugs.

    Returns:
        Working tables. Of `genetic_panels`: `_person`; `_genes`, the person whose blood was in the tube;
        for each variant of the panel the person's copies, under its name after an underscore; `_male`. Of
        `drug_followups`: `_person`.
    """
    people = setting.people
    outcomes = potential_outcomes(people, setting.today, setting.stream("outcomes"))
    carriers = outcomes.set_index("person")["carrier"]
    copies = draw(people, setting.records.tables["conditions"], carriers, setting.stream("genotypes"))
    taken = _prescribed(setting)
    return {
        "genetic_panels": _panels(setting, carriers.index, taken, copies),
        "drug_followups": _followups(setting, taken, copies),
    }


def _prescribed(setting: Setting) -> pd.DataFrame:
    """Returns who takes which drug of the panel: person (number), code, first start and last stop."""
    medications = setting.records.tables["medications"]
    mine = medications[medications["CODE"].isin(list(DRUGS))]
    number = pd.Series(setting.people.index, index=setting.people["person_id"])
    told = pd.DataFrame(
        {
            "person": mine["PATIENT"].map(number),
            "code": mine["CODE"],
            "start": mine["START"],
            "stop": mine["STOP"].fillna(pd.Timestamp.max.floor("D")),
        }
    )
    by = told.groupby(["person", "code"], sort=True)
    return by.agg(start=("start", "min"), stop=("stop", "max")).reset_index()


def _panels(
    setting: Setting, programme: "pd.Index[Any]", taken: pd.DataFrame, copies: Copies
) -> pd.DataFrame:
    people, rng = setting.people, setting.stream("genetic panels")
    age = (setting.today - people["birth_date"]).dt.days / 365.2425
    draws = rng.random((4, len(people)))
    users = people.index.isin(taken["person"])
    reason = np.select(
        [people.index.isin(programme), users & (draws[0] < BEFORE_A_DRUG), draws[0] < VOLUNTEERS],
        ["diabetes programme", "before a drug", "volunteer"],
        "",
    )
    numbers = number_book(setting.tables["his_patients"])["first"].reindex(people.index)
    tested = np.flatnonzero((reason != "") & people["alive"] & (age >= 18) & numbers.notna())
    tested = tested[np.argsort(draws[1][tested], kind="stable")]
    count, place = len(tested), np.arange(len(tested))
    blood = setting.today - pd.to_timedelta(np.round(60 + 600 * draws[2][tested]), unit="D")
    wait = pd.to_timedelta(np.round(7 + 21 * draws[3][tested]), unit="D")
    well = place % (len(ROWS) * COLUMNS)
    table = pd.DataFrame(
        {
            "panel_id": [f"G{number:06d}" for number in range(1, count + 1)],
            "mrn": numbers.to_numpy()[tested],
            "sample_id": [f"S{number}" for number in rng.choice(900_000, count, replace=False) + 100_000],
            "plate": [f"P{1 + number // (len(ROWS) * COLUMNS):03d}" for number in place],
            "well": [f"{number % COLUMNS + 1:02d}{ROWS[number // COLUMNS]}" for number in well.tolist()],
            "reason": reason[tested],
            "taken_on": days(pd.Series(blood)),
            "reported_on": days(pd.Series(blood + wait)),
            "_person": people.index.to_numpy()[tested],
            "_genes": people.index.to_numpy()[tested],
            "_male": (people["sex"] == "M").to_numpy()[tested],
        }
    )
    found = pd.DataFrame(copies[tested], columns=[f"_{variant.rsid}" for variant in panel()])
    return pd.concat([table, found], axis=1).astype({"mrn": "str"})


def _followups(setting: Setting, taken: pd.DataFrame, copies: Copies) -> pd.DataFrame:
    """Calls everybody who has taken a drug for some time, and lets genes decide how it went."""
    rng = setting.stream("drug follow-ups")
    row_of = pd.Series(np.arange(len(setting.people)), index=setting.people.index)
    draws = rng.random((2, len(taken)))
    asked = setting.today - pd.to_timedelta(np.round(1 + CALLED_DAYS * draws[0]), unit="D")
    chance = np.zeros(len(taken))
    for code in DRUGS:
        rows = (taken["code"] == code).to_numpy()
        chance[rows] = _chances(code, copies[row_of[taken["person"][rows]]])
    event = taken["code"].map({code: what[1] for code, what in DRUGS.items()})
    words = drugs()["en" if setting.country == "us" else "zh"]
    numbers = number_book(setting.tables["his_patients"])["first"]
    table = pd.DataFrame(
        {
            "mrn": numbers.reindex(taken["person"]).to_numpy(dtype=object),
            "drug": taken["code"].map(words),
            "started_on": days(taken["start"]),
            "asked_on": days(pd.Series(asked)),
            "event": event.where(draws[1] < chance, "none"),
            "_person": taken["person"],
        }
    )
    died = setting.people["death_date"].reindex(taken["person"]).to_numpy()
    takes = (taken["start"] + pd.Timedelta(days=SOONEST) <= asked) & (asked <= taken["stop"])
    kept = takes.to_numpy() & ~(asked.to_numpy() >= died) & table["mrn"].notna().to_numpy()
    rows = table.loc[kept].sort_values(["asked_on", "_person", "drug"], kind="stable", ignore_index=True)
    idents = pd.Series([f"F{number:06d}" for number in range(1, len(rows) + 1)], dtype="str")
    calls: pd.DataFrame = rows.assign(followup_id=idents).astype({"mrn": "str"})
    return calls


def _chances(code: str, copies: Copies) -> npt.NDArray[np.float64]:
    """Returns how likely the event of a drug is with each row of genotypes; on average as `DRUGS` says."""
    name, event, share = DRUGS[code]
    place = {variant.rsid: n for n, variant in enumerate(panel())}
    if name == "clopidogrel":
        kind = (copies[:, [place[rsid] for rsid in NO_FUNCTION]].sum(axis=1) > 0).astype(np.int64)
        odds = np.array([1.0, effects()["CYP2C19", f"{name}: {event}"]["no function"]])
    else:
        kind = copies[:, place["rs4149056"]].astype(np.int64)
        odds = np.array(odds_of_copies("rs4149056", f"{name}: {event}"))
    prior = np.bincount(kind, minlength=len(odds)) / max(len(kind), 1)
    cases, _ = given_outcome(prior, odds, share)
    chance: npt.NDArray[np.float64] = (cases * share / np.maximum(prior, 1e-12))[kind]
    return chance


def tell(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns whose genes each file holds, and what they are.

    `panel_truth`: panel_id, person, genes_of (another person where tubes changed places) and carrier,
    whether the person carries the variant by which the outreach treatment harms. `panel_genotypes`: person,
    rsid and copies, of everybody with a panel.
    """
    table = tables["genetic_panels"]
    told = table[["panel_id", "_person", "_genes"]].rename(
        columns={"_person": "person", "_genes": "genes_of"}
    )
    names = [variant.rsid for variant in panel()]
    copies = table[[f"_{name}" for name in names]].to_numpy()
    genotypes = pd.DataFrame(
        {
            "person": np.repeat(table["_person"].to_numpy(), len(names)),
            "rsid": np.tile(np.array(names, dtype=object), len(table)),
            "copies": copies.ravel(),
        }
    )
    return {"panel_truth": told.assign(carrier=table[f"_{HARM}"] > 0), "panel_genotypes": genotypes}


RECORDERS = (
    Recorder(
        "genomics",
        (GENETIC_PANELS, DRUG_FOLLOWUPS),
        record,
        reads=("his_patients",),
        files=write,
        facts=tell,
    ),
)
