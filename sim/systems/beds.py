"""Bed management: who lay in a bed of a hospital overnight, whatever the visit was booked as."""

import numpy as np
import pandas as pd

from sim.systems.facilities import HOSPITALS
from sim.systems.his import WARDS
from sim.systems.planting import first_of, scaled
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table

BED_STAYS = Table(
    "bed_stays",
    "A patient's stay in a bed of the hospital: every inpatient stay, and emergencies and visits kept "
    "overnight that registration booked as something else. A transfer ends one stay and begins another.",
    "stay_id",
    (
        Column("stay_id", "text", 'Number of the stay, digit of the hospital, "B" and five digits'),
        Column("mrn", "text", "Record number under which the patient lay there"),
        Column("ward", "text", "Ward of the bed"),
        Column("admitted_at", "time", "When the bed was taken"),
        Column("discharged_at", "time", "When the bed was free again"),
        Column("admission", "text", '"planned" or "unplanned"'),
        Column("discharged_to", "text", '"home", "other hospital" or "died"'),
    ),
    facilities=HOSPITALS,
)

READMITTED_ELSEWHERE, READMITTED_HERE, TRANSFERRED, PLANNED_RETURNS = 75, 40, 24, 22
"""Pairs of visits that become two stays, and second stays that were planned. Planted: few emergencies of so
small a district would end in a ward, too few to tell the hospitals' rates apart."""

PLANNED = 0.35
"""Share of inpatient stays that were planned (assumed)."""

WINDOW = pd.Timedelta(days=28)
"""Pairs of visits that become stays lie at most so far apart; a return counts up to 30 days."""

APART, HANDOVER = pd.Timedelta(hours=26), pd.Timedelta(hours=2)
"""How long before the next stay a stay ends at the latest: before a return, and before a transfer."""

LAST_VISIT, HOME_TO_DIE = pd.Timedelta(days=60), pd.Timedelta(days=20)
"""Whose last visit was so shortly before death is kept from then on, and goes home so long before it."""

NIGHTS = (1, 4)
"""Nights of a stay that was booked as something else, at least and at most (assumed)."""


def lie_in(visits: pd.DataFrame, people: pd.DataFrame, size: int, rng: np.random.Generator) -> pd.DataFrame:
    """Lists the stays of a whole district.

    Args:
        visits: Every visit, index visit id: person, start, stop, class and facility.
        people: Everybody; the index is the person number.
        size: Number of living people; scales what is planted.
        rng: A stream at its beginning.

    Returns:
        One row a stay, index visit id, by person and begin: person, facility, start, stop, admission,
        discharged_to.
    """
    seen = visits[visits["facility"].isin(HOSPITALS)].sort_values(["person", "start"], kind="stable")
    order = rng.random(len(seen))
    draws = rng.random((3, len(seen)))
    acute = seen["class"].isin(["inpatient", "emergency"]).to_numpy()
    urgent, order = seen[acute], order[acute]
    later = urgent.groupby("person")[["start", "facility"]].shift(-1)
    gap = later["start"] - urgent["start"]
    elsewhere = later["facility"].notna() & (later["facility"] != urgent["facility"])
    soon = (gap > pd.Timedelta(days=2)) & (gap <= WINDOW)
    at_once = (gap > 2 * HANDOVER) & (gap <= pd.Timedelta(days=2)) & elsewhere

    def pairs(allowed: "pd.Series[bool]", count: int) -> "pd.Series[bool]":
        chosen = first_of(allowed, order, scaled(count, size))
        return pd.Series(np.isin(np.arange(len(urgent)), chosen), index=urgent.index)

    moved = pairs(at_once, TRANSFERRED)
    returns = pairs(soon & elsewhere, READMITTED_ELSEWHERE)
    begun = moved | returns | pairs(soon & ~elsewhere, READMITTED_HERE)
    second = begun.groupby(urgent["person"]).shift(1, fill_value=False)
    planned_return = returns.groupby(urgent["person"]).shift(1, fill_value=False)
    back = first_of(planned_return, order, scaled(PLANNED_RETURNS, size))
    left = seen["person"].map(people["death_date"]) - seen["start"]
    dying = (left > pd.Timedelta(days=3)) & (left <= LAST_VISIT) & ~seen["person"].duplicated(keep="last")
    stays = seen.assign(
        moved=moved.reindex(seen.index, fill_value=False),
        dying=dying,
        planned=(seen["class"] == "inpatient") & (draws[0] < PLANNED),
        hours=24 * (NIGHTS[0] + (draws[1] * (NIGHTS[1] - NIGHTS[0] + 1)).astype(np.int64)) + 6 * draws[2],
    )
    stays.loc[urgent.index[begun | second], "planned"] = False
    stays.loc[urgent.index[back], "planned"] = True
    kept = dying | (seen["class"] == "inpatient")
    kept |= (begun | second).reindex(seen.index, fill_value=False)
    return _ended(_one_bed_each(stays[kept]), people)


def _one_bed_each(stays: pd.DataFrame) -> pd.DataFrame:
    """Leaves out stays that begin too soon after the last of the person, other than by a transfer."""
    kept, last, free, moves = [], -1, pd.Timestamp.min, False
    for person, start, moved in zip(stays["person"], stays["start"], stays["moved"], strict=True):
        keep = person != last or moves or start >= free
        kept.append(keep)
        if keep:
            last, free, moves = person, start + APART + HANDOVER, bool(moved)
    return stays[np.array(kept, dtype=bool)]


def _ended(stays: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Ends every stay before the next of the person, or with death; who is to move, ends it just before."""
    kept_over = stays["start"] + pd.to_timedelta(stays["hours"], unit="h")
    booked = (stays["class"] == "inpatient") & stays["stop"].notna()
    stop = stays["stop"].where(booked, kept_over).dt.floor("min")
    died = stays["person"].map(people["death_date"])
    stop = stop.where(~stays["dying"] | (stop > died - HOME_TO_DIE), died - HOME_TO_DIE)
    after = stays.groupby("person")["start"].shift(-1)
    moves = stays["moved"] & after.notna()
    stop = stop.where(~moves, after - HANDOVER)
    stop = stop.where(moves | ~(stop > after - APART), after - APART)
    dies = died.notna() & (stop >= died)
    stop = stop.where(~dies, died)
    ended = stays.assign(
        stop=stop,
        dies=dies,
        admission=np.where(stays["planned"], "planned", "unplanned"),
    )
    ended = ended[ended["stop"] > ended["start"]]
    arrives = ended.groupby("person")["start"].shift(-1) == ended["stop"] + HANDOVER
    ended["discharged_to"] = np.select([arrives, ended["dies"]], ["other hospital", "died"], "home")
    return ended[["person", "facility", "start", "stop", "admission", "discharged_to"]]


def _everywhere(setting: Setting) -> pd.DataFrame:
    return lie_in(setting.visits, setting.people, setting.size, setting.seeds.stream("beds"))


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    everywhere = setting.once("stays", lambda: _everywhere(setting))
    code = setting.facility.code
    stays = everywhere[everywhere["facility"] == code].join(setting.filed["mrn"], how="inner")
    stays = stays.sort_values(["start", "person"], kind="stable")
    wards = np.array(WARDS[setting.country]["inpatient"], dtype=object)
    table = pd.DataFrame(
        {
            "stay_id": [f"{code[-1]}B{number:05d}" for number in range(1, len(stays) + 1)],
            "mrn": stays["mrn"].to_numpy(),
            "ward": wards[setting.stream("wards of beds").integers(0, len(wards), len(stays))],
            "admitted_at": stays["start"].to_numpy(),
            "discharged_at": stays["stop"].to_numpy(),
            "admission": stays["admission"].to_numpy(),
            "discharged_to": stays["discharged_to"].to_numpy(),
            "_person": stays["person"].to_numpy(),
        }
    )
    return {"bed_stays": table}


RECORDERS = (Recorder("beds", (BED_STAYS,), _record, reads=("his_patients",)),)
