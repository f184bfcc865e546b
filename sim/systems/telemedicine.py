"""The telehealth desk of the large hospital: which visits became remote, and which had to be converted."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.tele_alerts import TELE_ALERTS, raise_alerts
from sim.systems.tele_log import TELE_LOG, log_events, number_lines

TELE_REQUESTS = Table(
    "tele_requests",
    "An appointment of the last year at the general clinic, for each of which the desk asked whether it "
    "could be remote. The hospital's list of visits (his_encounters) does not tell which were.",
    "request_id",
    (
        Column("request_id", "text", 'Number of the request, "Q" and six digits, in the order of asking'),
        Column("encounter_id", "text", "Number of the visit that came of it"),
        Column("mrn", "text", "Record number of the patient"),
        Column("asked_at", "time", "When the appointment was asked for"),
        Column("device", "text", "What the patient can be reached by: video, telephone or none"),
        Column("offered", "flag", "Whether a remote visit was offered"),
        Column("became", "text", "remote, converted (remote, then on site, too) or on site"),
        Column("on_site_id", "text", "Number of the visit on site into which it was converted"),
        Column("reason", "text", "Why on site: examination needed, no device or declined; blank if remote"),
    ),
)

KEPT_DAYS = 365
"""The desk's list goes back so far."""

CONVERTED_WITHIN = pd.Timedelta(days=14)
CONVERTED = 0.8
"""A remote visit was converted if the patient came on site within these days, in this share of cases
(assumed): the others came about something else."""

OFFERED = 0.4
"""Share of visits on site for which a remote one had been offered (assumed)."""

NO_DEVICE = ((20, 50, 65, 80, 90), (0.10, 0.14, 0.26, 0.45, 0.60))
"""Ages, and shares of people of that age without camera or telephone of their own (assumed)."""

TELEPHONE_ONLY = 0.25
"""Share of the others who have no camera (assumed)."""

HANDS_ON = {
    "21522001": 0.45,
    "29857009": 0.6,
    "128045006": 0.35,
    "44465007": 0.35,
    "125601008": 0.35,
    "30989003": 0.3,
    "45326000": 0.3,
    "404640003": 0.3,
    "40275004": 0.1,
    "367498001": 0.05,
    "54150009": 0.1,
    "36971009": 0.1,
    "59621000": 0.08,
    "44054006": 0.12,
}
"""How often a remote visit does not suffice, by complaint (SNOMED CT): abdominal and chest pain, infected
skin, joints, dizziness, rash, hay fever, colds, and what is controlled by measuring (all assumed)."""

OTHERWISE = 0.2
"""The same for every other complaint (assumed)."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists requests, what the platform logged, and the alerts that readings at home raised.

    Returns:
        Working tables. Of `tele_requests`: `_person`; `_start` of the visit; `_suffices`, whether a
        remote visit would do, for everybody.
    """
    requests = _requests(setting)
    remote = requests[requests["became"] != "on site"].reset_index(drop=True)
    return {
        "tele_requests": requests,
        "tele_log": log_events(setting, remote),
        "tele_alerts": raise_alerts(setting),
    }


def _requests(setting: Setting) -> pd.DataFrame:
    rng, people = setting.stream("telemedicine"), setting.people
    visits = _appointments(setting)
    without, camera = _devices(people, setting.today, rng)
    row = pd.Series(np.arange(len(people)), index=people.index)[visits["_person"]].to_numpy()
    draws = rng.random((5, len(visits)))
    remote = visits["_remote"].to_numpy(dtype=bool)
    came = _came_again(setting, visits)
    converted = remote & came.notna().to_numpy() & (draws[0] < CONVERTED)
    device = np.select([without[row] & ~remote, camera[row]], ["none", "video"], "telephone")
    offered = remote | (draws[1] < OFFERED)
    why = np.select([~offered, device == "none"], ["examination needed", "no device"], "declined")
    why = np.where(converted, "examination needed", why)
    fails = visits["_snomed"].map(HANDS_ON).fillna(OTHERWISE).to_numpy(dtype=float)
    ahead = pd.to_timedelta(np.round(60 + draws[2] * 14 * 24 * 60), unit="min")
    table = pd.DataFrame(
        {
            "encounter_id": visits["encounter_id"],
            "mrn": visits["mrn"],
            "asked_at": (visits["admitted_at"] - ahead).dt.floor("s"),
            "device": pd.Series(device, dtype="str"),
            "offered": offered,
            "became": pd.Series(
                np.select([converted, remote], ["converted", "remote"], "on site"), dtype="str"
            ),
            "on_site_id": came.where(converted),
            "reason": pd.Series(why, dtype="str").where(~remote | converted),
            "_person": visits["_person"],
            "_start": visits["admitted_at"],
            "_suffices": np.where(remote, ~converted, draws[3] >= fails),
        }
    )
    table = table.sort_values(["asked_at", "encounter_id"], kind="stable", ignore_index=True)
    return table.assign(request_id=[f"Q{number:06d}" for number in range(1, len(table) + 1)])


def _appointments(setting: Setting) -> pd.DataFrame:
    """Returns the year's visits to the general clinic with their complaint, and whether they were remote."""
    visits = setting.tables["his_encounters"]
    since = setting.today - pd.Timedelta(days=KEPT_DAYS)
    fit = (visits["class"] == "ambulatory") & (visits["admitted_at"] >= since) & visits["mrn"].notna()
    visits = visits[fit].reset_index(drop=True)
    encounters = setting.records.tables["encounters"]
    virtual = (encounters["ENCOUNTERCLASS"] == "virtual").to_numpy()
    remote = set(encounters["Id"].to_numpy(dtype=object)[virtual].tolist())
    return visits.assign(
        _remote=[visit in remote for visit in visits["_encounter"].tolist()],
        _snomed=setting.here["snomed"].reindex(visits["_encounter"]).to_numpy(dtype=object),
    )


def _devices(
    people: pd.DataFrame, today: pd.Timestamp, rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Draws who has no device at all, and who has a camera."""
    age = ((today - people["birth_date"]).dt.days / 365.2425).to_numpy()
    draws = rng.random((2, len(people)))
    without = draws[0] < np.interp(age, *NO_DEVICE)
    return without, ~without & (draws[1] >= TELEPHONE_ONLY)


def _came_again(setting: Setting, visits: pd.DataFrame) -> "pd.Series[str]":
    """Returns for each visit the next one on site soon after, if there was one."""
    every = setting.tables["his_encounters"]
    every = every[every["mrn"].notna()].sort_values(["_person", "admitted_at", "encounter_id"], kind="stable")
    same = every["_person"].eq(every["_person"].shift(-1)).to_numpy()
    soon = (every["admitted_at"].shift(-1) - every["admitted_at"] <= CONVERTED_WITHIN).to_numpy()
    remote = set(visits.loc[visits["_remote"], "encounter_id"])
    following = every["encounter_id"].shift(-1)
    there = np.array([one not in remote for one in following.tolist()], dtype=bool)
    found = following.where(same & soon & there).set_axis(every["encounter_id"])
    return found.reindex(visits["encounter_id"]).reset_index(drop=True).astype("str")


def tell(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns what a remote visit would have done: `tele_truth`.

    Columns request_id, person and suffices, whether a remote visit is enough; also where there was none.
    """
    told = tables["tele_requests"][["request_id", "_person", "_suffices"]]
    return {"tele_truth": told.rename(columns={"_person": "person", "_suffices": "suffices"})}


RECORDERS = (
    Recorder(
        "telemedicine",
        (TELE_REQUESTS, TELE_LOG, TELE_ALERTS),
        record,
        reads=("his_patients", "his_encounters", "devices", "app_readings"),
        may_read=("staff",),
        finish=number_lines,
        facts=tell,
    ),
)
