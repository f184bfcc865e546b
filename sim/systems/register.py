"""The demographic register of the county, which the public-health registry keeps."""

import pandas as pd

from sim.population.register import STRANGER, list_residents
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

REGISTER = Table(
    "register",
    "A resident of the county, complete and without mistake: of 50,000 people a district's are a sample.",
    "register_no",
    (
        Column("register_no", "text", 'Number in the register, "N" and seven digits; carries no order'),
        Column("birth_date", "text", "Date of birth, YYYY-MM-DD"),
        Column("sex", "text", '"F" or "M"'),
        Column("area", "text", "Area of residence, as in his_patients"),
    ),
    facilities=("R1",),
)


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    return {"register": list_residents(setting.people, setting.stream("register"), setting.country)}


def _facts(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Says which row is whose: register_no and person, for the district's people only."""
    register = tables["register"]
    ours = register.loc[register["_person"] != STRANGER, ["register_no", "_person"]]
    return {"person_of_register": ours.rename(columns={"_person": "person"}).reset_index(drop=True)}


RECORDERS = (Recorder("register", (REGISTER,), _record, facts=_facts),)
