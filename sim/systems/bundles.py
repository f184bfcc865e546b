"""Stays and emergencies as FHIR R4 bundles, one a visit, in a file a hospital.

The text is put together from pieces, a column at a time, which is many times as fast as writing a tree for
each bundle; a test holds it against such trees.
"""

import pandas as pd

from sim.systems.bundle_pieces import Pieces, joined, local_times
from sim.systems.message_movements import CLASSES
from sim.systems.messages import KEPT, YEAR
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.texts import among

BUNDLES = Table(
    "bundles",
    "A stay or emergency that ended in 2025 as a FHIR R4 bundle, a line of "
    "messages/<facility>_bundles.ndjson: patient, visit, diagnosis, and, where the hospital has a "
    "laboratory, results and report. H3 gives its own test codes only; the others give LOINC beside them. "
    "The columns tell what the file holds; no table is shipped.",
    "bundle_id",
    (
        Column("bundle_id", "text", "Identity of the bundle (Bundle.id)"),
        Column("facility", "text", "Who sent it"),
        Column("mrn", "text", "Record number of the patient"),
        Column("encounter_id", "text", "Number of the visit"),
        Column("sent_at", "time", "When it was sent, local time (Bundle.timestamp)"),
        Column("text", "text", "The bundle"),
    ),
    KEPT,
    parquet=False,
)

SENT_AFTER = pd.Timedelta(days=1)
"""From the end of a visit to its bundle (assumed); results are then there."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes a bundle for every stay and emergency of the year that has an end."""
    code = setting.facility.code
    visits = _chosen(setting.tables["his_encounters"], setting.tables["his_patients"])
    sent_at = visits["discharged_at"] + SENT_AFTER
    idents = [f"{code}B{number:05d}" for number in range(1, len(visits) + 1)]
    texts = _texts(setting, visits, idents, sent_at)
    table = pd.DataFrame(
        {
            "bundle_id": pd.Series(idents, dtype="str"),
            "facility": pd.Series(code, index=visits.index, dtype="str"),
            "mrn": visits["mrn"],
            "encounter_id": visits["encounter_id"],
            "sent_at": sent_at,
            "text": pd.Series(texts, dtype="str"),
            "_person": visits["_person"],
        }
    )
    return {"bundles": table}


def _chosen(visits: pd.DataFrame, patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the visits that are told, in the order of their end."""
    ended = visits["class"].isin(list(CLASSES)) & (visits["discharged_at"].dt.year == YEAR)
    chosen: pd.DataFrame = visits[ended & (visits["discharged_at"] >= visits["admitted_at"])]
    chosen = chosen[among(chosen["mrn"], patients["mrn"])]
    return chosen.sort_values(["discharged_at", "encounter_id"], kind="stable", ignore_index=True)


def _texts(
    setting: Setting, visits: pd.DataFrame, idents: list[str], sent_at: "pd.Series[pd.Timestamp]"
) -> list[str]:
    """Writes the bundles of some visits."""
    pieces = Pieces(setting.facility.code, setting.country)
    patients = setting.tables["his_patients"].set_index("mrn", drop=False)
    people = patients.loc[visits["mrn"].drop_duplicates()]
    persons = pd.Series(pieces.patients(people), index=people.index, dtype=object)
    results, reports = _results(setting, visits, pieces)
    entries = zip(
        persons.loc[visits["mrn"]],
        pieces.visits(visits),
        pieces.diagnoses(visits),
        results,
        reports,
        strict=True,
    )
    times = local_times(sent_at, setting.country)
    return [
        f'{{"resourceType":"Bundle","id":"{ident}","type":"collection","timestamp":"{time}",'
        f'"entry":[{",".join(filter(None, parts))}]}}'
        for ident, time, parts in zip(idents, times, entries, strict=True)
    ]


def _results(setting: Setting, visits: pd.DataFrame, pieces: Pieces) -> tuple[list[str], list[str]]:
    """Returns the results that were taken during each visit, and the report that holds them."""
    nothing = [""] * len(visits)
    if "lis_results" not in setting.tables:
        return nothing, nothing
    found = results_of(visits, setting.tables["lis_results"])
    places = found["place"].to_numpy()
    visit = found["encounter_id"].to_numpy(dtype=object)
    results = joined(pieces.results(found, visit), places, len(visits))
    named = [f'{{"reference":"Observation/{row}"}}' for row in found["row_id"].tolist()]
    return results, pieces.reports(visits, joined(named, places, len(visits)))


def results_of(visits: pd.DataFrame, results: pd.DataFrame) -> pd.DataFrame:
    """Returns the results that were taken during each visit, every version once.

    Args:
        visits: The visits, with a running index.
        results: Rows of `lis_results`.

    Returns:
        The results in the order of the visits, with the visit's index (place) and encounter_id.
    """
    spans = visits[["mrn", "encounter_id", "admitted_at", "discharged_at"]].reset_index(names="place")
    theirs = results[among(results["mrn"], spans["mrn"])]
    theirs = theirs.drop_duplicates(["specimen_id", "test_code", "reported_at"])
    found = theirs.reset_index(names="_row").merge(spans, on="mrn")
    during = found["collected_at"].between(found["admitted_at"], found["discharged_at"])
    return found[during].sort_values(["place", "_row"], kind="stable", ignore_index=True)


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Writes the file: one bundle a line, in UTF-8."""
    text = "".join(f"{line}\n" for line in tables["bundles"]["text"].tolist())
    return {f"messages/{setting.facility.code.lower()}_bundles.ndjson": text.encode("utf-8")}


RECORDERS = (
    Recorder(
        "messages",
        (BUNDLES,),
        record,
        reads=("his_patients", "his_encounters"),
        may_read=("lis_results",),
        files=write,
    ),
)
