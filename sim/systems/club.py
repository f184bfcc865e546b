"""The membership list of a sports club, which anybody may read: where an attack on released data begins."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.population.naming import NAMING
from sim.population.register import STRANGER
from sim.systems.planting import LAB_PEOPLE
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

CLUB_MEMBERS = Table(
    "club_members",
    "A member of the county's sports club, as the club prints its list for everybody. About half of the "
    "members have a record in the district's hospitals. Nothing in it is about health.",
    "member_no",
    (
        Column("member_no", "text", 'Number in the club, "S" and four digits; carries no order'),
        Column("given_name", "text", "Given name"),
        Column("family_name", "text", "Family name"),
        Column("birth_date", "text", "Date of birth, YYYY-MM-DD"),
        Column("sex", "text", '"F" or "M"'),
        Column("area", "text", "Area of residence, as in his_patients"),
    ),
    facilities=("R1",),
)

OURS, OTHERS, NAMESAKES = 260, 220, 24
"""Members among 2,000 people of a district, among the rest of the county, and those of the rest who bear the
name of a patient of their sex (assumed)."""

YOUNGEST, OLDEST = "1945-01-01", "2007-12-31"
"""Members were born between these days (assumed)."""


def list_members(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the members of the club.

    Returns:
        A working table of `club_members` with `_person`, which is `STRANGER` for whoever is not among the
        district's people, and `_namesake`: the patient whose name a stranger bears, or -1.
    """
    rng = setting.stream("club")
    scale = min(setting.size, LAB_PEOPLE) / LAB_PEOPLE
    residents = setting.tables["register"]
    fit = residents["birth_date"].between(YOUNGEST, OLDEST).to_numpy()
    theirs = (residents["_person"] == STRANGER).to_numpy()
    ours = _some(np.flatnonzero(fit & ~theirs), round(OURS * scale), rng)
    others = _some(np.flatnonzero(fit & theirs), round(OTHERS * scale), rng)
    members = residents.iloc[np.concatenate([ours, others])].reset_index(drop=True)
    members = _named(members, setting, round(NAMESAKES * scale), rng)
    numbers = rng.choice(9000, len(members), replace=False) + 1000
    mixed = members.assign(member_no=[f"S{number}" for number in numbers.tolist()])
    return {"club_members": mixed.sort_values("member_no", ignore_index=True)}


def _some(rows: npt.NDArray[np.intp], count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
    return rng.permutation(rows)[:count]


def _named(members: pd.DataFrame, setting: Setting, namesakes: int, rng: np.random.Generator) -> pd.DataFrame:
    """Gives members their names: patients their own, some strangers a patient's, the others new ones."""
    people, naming = setting.people, NAMING[setting.country]
    stranger = (members["_person"] == STRANGER).to_numpy()
    sex = members["sex"].to_numpy(dtype=object)
    given = naming.given(sex, rng, naming.unusual_given)
    family = naming.surnames(len(members), rng, naming.unusual_surnames)
    bears = np.full(len(members), -1, dtype=np.int64)
    patients = rng.permutation(people.index[people["alive"]].to_numpy())
    of_sex = {one: iter(patients[(people["sex"].loc[patients] == one).to_numpy()].tolist()) for one in "FM"}
    for row in np.flatnonzero(stranger)[:namesakes].tolist():
        bears[row] = next(of_sex[sex[row]])
    known = np.where(stranger, bears, members["_person"].to_numpy())
    named = known >= 0
    given[named] = people["given"].loc[known[named]].to_numpy(dtype=object)
    family[named] = people["surname"].loc[known[named]].to_numpy(dtype=object)
    return members.assign(given_name=given, family_name=family, _namesake=bears)


def tell_members(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns who the members are: `person_of_member`, with the columns member_no, person and namesake.

    `person` is -1 for whoever is not among the district's people; `namesake` is the person whose name such a
    member bears, or -1.
    """
    told = tables["club_members"][["member_no", "_person", "_namesake"]]
    return {"person_of_member": told.rename(columns={"_person": "person", "_namesake": "namesake"})}


RECORDERS = (Recorder("club", (CLUB_MEMBERS,), list_members, reads=("register",), facts=tell_members),)
