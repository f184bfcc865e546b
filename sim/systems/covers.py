"""The covers of charts: facts about a patient that were copied once and are seldom looked at again."""

import numpy as np
import pandas as pd

from sim.systems.his import HIS_PATIENTS
from sim.systems.intake_form import NO_ALLERGY
from sim.systems.personal import allergies_of, blood_groups_of
from sim.systems.planting import days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

EMR_COVERS = Table(
    "emr_covers",
    "The cover of a patient's chart in the electronic record, one for each record number. Birth date, "
    "telephone and address were copied from the registration on the day on which the cover was made; blood "
    "group and allergies were asked or looked up. Every hospital keeps its own, so the same fact stands in "
    "several places, and not always alike.",
    "mrn",
    (
        Column("mrn", "text", "Record number of the patient"),
        Column("birth_date", "text", "Date of birth, YYYY-MM-DD"),
        Column("phone", "text", "Telephone number"),
        Column("address", "text", "House number and street"),
        Column("blood_group", "text", "ABO group and Rh factor, such as O+; blank if not known"),
        Column("allergy", "text", "Allergies in words; a word says that there are none; blank if not asked"),
        Column("made_on", "text", "Day on which the cover was made, YYYY-MM-DD"),
    ),
    facilities=HIS_PATIENTS.facilities,
)

NOT_TYPED, NOT_ASKED = 0.3, 0.08
"""Shares of covers without a blood group and without a word on allergies (assumed)."""


def make_covers(setting: Setting) -> dict[str, pd.DataFrame]:
    """Makes the cover of every chart.

    Returns:
        A working table of `emr_covers` with `_person`. What is copied from the registration is as the
        hospital holds it, mistakes included.
    """
    patients, people = setting.tables["his_patients"], setting.people
    rng = setting.stream("emr covers")
    draws = rng.random((3, len(patients)))
    person = patients["_person"]
    allergies, none = allergies_of(setting), NO_ALLERGY[setting.country]
    ids = people["person_id"].reindex(person).to_numpy(dtype=object)
    told = pd.Series([allergies.get(one, none) for one in ids], index=patients.index, dtype="str")
    groups = blood_groups_of(setting).reindex(person).set_axis(patients.index)
    last = pd.to_datetime(patients["deceased_on"]).fillna(setting.today)
    room = (last - patients["registered_at"]).dt.total_seconds().clip(lower=0).to_numpy()
    made = patients["registered_at"] + pd.to_timedelta((room * draws[2] ** 3).astype(np.int64), unit="s")
    table = patients[["mrn", "birth_date", "phone", "address"]].assign(
        blood_group=groups.mask(draws[0] < NOT_TYPED),
        allergy=told.mask(draws[1] < NOT_ASKED),
        made_on=days(made),
        _person=person,
    )
    return {"emr_covers": table.reset_index(drop=True)}


def tell_facts(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns what is true of everybody: `personal_facts`, told once, by the large hospital.

    Columns person, birth_date, blood_group, allergy.
    """
    if setting.facility.code != EMR_COVERS.facilities[0]:
        return {}
    people, allergies = setting.people, allergies_of(setting)
    none = NO_ALLERGY[setting.country]
    told = pd.DataFrame(
        {
            "person": people.index,
            "birth_date": days(people["birth_date"]).to_numpy(),
            "blood_group": blood_groups_of(setting).to_numpy(),
            "allergy": [allergies.get(one, none) for one in people["person_id"].to_numpy(dtype=object)],
        }
    )
    return {"personal_facts": told}


RECORDERS = (Recorder("emr", (EMR_COVERS,), make_covers, reads=("his_patients",), facts=tell_facts),)
