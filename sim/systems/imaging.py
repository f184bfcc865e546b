"""The imaging departments of the hospitals: which examinations were made, and what they showed."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems import pictures
from sim.systems.imaging_files import header_parts, tell_identifiers, write
from sim.systems.imaging_orders import EXAMINATIONS, NO_FINDING, ORDERS
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

IMAGING_STUDIES = Table(
    "imaging_studies",
    "An examination by X-ray or CT in the last year, as the department's own software lists it. Its images "
    "are DICOM files, imaging/<accession in small letters>_<number>.dcm. Who is in the header of a file was "
    "chosen at the console, and need not be who is in this list.",
    "accession",
    (
        Column("accession", "text", "Accession number: facility, year and six digits in the order of time"),
        Column("mrn", "text", "Record number of the patient for whom it was ordered"),
        Column("encounter_id", "text", "Number of the visit"),
        Column("taken_at", "time", "When it was made"),
        Column("modality", "text", "CR (X-ray) or CT"),
        Column("body_part", "text", "What was examined, in DICOM's words"),
        Column("examination", "text", "What it is called here"),
        Column("images", "number", "How many images it has"),
        Column("study_uid", "text", "Study Instance UID"),
        Column("conclusion", "text", "What was read from it"),
        Column("online", "flag", "Whether its images are in the archive; older ones are on tape"),
    ),
    facilities=("H1", "H2", "H3"),
)

ONLINE = 1_000
"""The archive of each hospital holds so many of its newest examinations; it binds in a district of 50,000
only (assumed)."""

KEPT_DAYS = 365
"""The list goes back so far."""

MISSED = 0.05
"""Share of findings that whoever reads the images overlooks (assumed)."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the examinations.

    Returns:
        A working table of `imaging_studies`; beside the published columns `_person`; `_examination`, a key
        of `EXAMINATIONS`; `_finding`, whether something can be seen, with `_row`, `_column` and `_radius`,
        where; what will stand in the headers (`sim.systems.imaging_files.header_parts`); `_burnt`, the words
        burned into the first image, missing for none.
    """
    rng = setting.stream("imaging")
    visits = _ordered(setting, rng)
    what = visits["_examination"]
    draws = rng.random((len(visits), 5))
    chance = visits["_snomed"].map({code: order[2] for code, order in ORDERS.items()}).to_numpy(dtype=float)
    finding = draws[:, 0] < chance
    read = finding & (draws[:, 1] >= MISSED)
    words = what.map({name: one.findings[setting.country] for name, one in EXAMINATIONS.items()})
    table = pd.DataFrame(
        {
            "accession": _accessions(setting.facility.code, visits["_at"]),
            "mrn": visits["mrn"],
            "encounter_id": visits["encounter_id"],
            "taken_at": visits["_at"],
            "modality": what.map({name: one.modality for name, one in EXAMINATIONS.items()}),
            "body_part": what.map({name: one.body_part for name, one in EXAMINATIONS.items()}),
            "examination": what.map({name: one.names[setting.country] for name, one in EXAMINATIONS.items()}),
            "images": what.map({name: len(one.views) for name, one in EXAMINATIONS.items()}).astype("int64"),
            "study_uid": _uids(len(visits), rng),
            "conclusion": words.where(read, NO_FINDING[setting.country]),
            "online": np.arange(len(visits)) >= len(visits) - ONLINE,
            "_person": visits["_person"],
            "_examination": what,
            "_finding": finding,
            "_row": (pictures.SIDE * (0.35 + 0.3 * draws[:, 2])).astype(np.int64),
            "_column": (pictures.SIDE * (0.35 + 0.3 * draws[:, 3])).astype(np.int64),
            "_radius": (3 + 5 * draws[:, 4]).round(1),
            "_burnt": pd.Series(None, index=visits.index, dtype="str"),
        }
    )
    return {"imaging_studies": table.assign(**header_parts(setting, table))}


def _ordered(setting: Setting, rng: np.random.Generator) -> pd.DataFrame:
    """Draws the visits at which something is imaged, in the order in which it is."""
    visits = setting.tables["his_encounters"]
    since = setting.today - pd.Timedelta(days=KEPT_DAYS)
    visits = visits[visits["mrn"].notna() & (visits["admitted_at"] >= since)].reset_index(drop=True)
    snomed = setting.here["snomed"].reindex(visits["_encounter"]).to_numpy(dtype=object)
    share = pd.Series(snomed).map({code: order[1] for code, order in ORDERS.items()}).fillna(0.0)
    draws, waits = rng.random(len(visits)), rng.integers(10, 240, len(visits))
    chosen = np.flatnonzero(draws < share.to_numpy())
    remote, came = _remote(setting), visits["_encounter"].to_numpy(dtype=object)[chosen].tolist()
    chosen = chosen[[visit not in remote for visit in came]]
    at = visits["admitted_at"] + pd.to_timedelta(waits, unit="min")
    found = visits.assign(_snomed=snomed, _at=at).iloc[chosen]
    found = found.assign(
        _examination=found["_snomed"].map({code: order[0] for code, order in ORDERS.items()})
    )
    return found.sort_values(["_at", "encounter_id"], kind="stable", ignore_index=True)


def _remote(setting: Setting) -> set[str]:
    """Returns the visits that took place by video or telephone, at which nothing can be imaged."""
    encounters = setting.records.tables["encounters"]
    return set(
        encounters["Id"].to_numpy(dtype=object)[(encounters["ENCOUNTERCLASS"] == "virtual").to_numpy()]
    )


def _accessions(code: str, at: "pd.Series[pd.Timestamp]") -> list[str]:
    years = at.dt.strftime("%y").tolist()
    return [f"{code}{year}{number:06d}" for number, year in enumerate(years, start=1)]


def _uids(count: int, rng: np.random.Generator) -> list[str]:
    """Makes identifiers of random UUIDs, as DICOM allows everybody (arc 2.25)."""
    drawn = rng.bytes(16 * count)
    return [f"2.25.{_uuid(drawn[16 * n : 16 * n + 16])}" for n in range(count)]


def _uuid(drawn: bytes) -> int:
    """Returns the number of a UUID of version 4 made from 16 random bytes."""
    number = int.from_bytes(drawn, "big") & ~(0xF << 76) & ~(0x3 << 62)
    return number | 0x4 << 76 | 0x2 << 62


def tell(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns what can be seen, whose images they are, and what in the files identifies people.

    `image_truth`: accession, person, finding, image (the number of the one that shows it), row, column,
    radius, and burnt, the words burned into the first image. `image_identifiers`: see
    `sim.systems.imaging_files.tell_identifiers`.
    """
    table = tables["imaging_studies"]
    hidden = ["_person", "_finding", "_row", "_column", "_radius", "_burnt"]
    told = table[["accession", *hidden]].rename(columns={name: name[1:] for name in hidden})
    return {
        "image_truth": told.assign(image=finding_image(table)),
        "image_identifiers": tell_identifiers(setting),
    }


def finding_image(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Returns the number of the image that shows a finding, from 1: the middle one."""
    middle: npt.NDArray[np.int64] = (table["images"].to_numpy() + 1) // 2
    return middle


RECORDERS = (
    Recorder(
        "imaging",
        (IMAGING_STUDIES,),
        record,
        reads=("his_patients", "his_encounters"),
        may_read=("staff",),
        files=write,
        facts=tell,
    ),
)
