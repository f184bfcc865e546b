"""A small made-up history, so that decoding is tested apart from the engine."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.engine import FLAGS, VITALS, Code, Events, Kind, Lives, State
from sim.records.lives import HORIZON
from sim.seeds import PUBLIC_KEY, Seeds

SNOMED, LOINC = "SNOMED-CT", "LOINC"
_ALWAYS, _NEVER = {"level": "mild", "value": 1.0}, {"level": "none", "value": 1.0}
_IMAGE = {"title": "Chest", "sop_class": {"code": "1.2.840.10008.5.1.4.1.1.1.1", "display": "Digital X-Ray"}}
STATES = (
    State(
        "a",
        "Visit",
        Kind.ENCOUNTER,
        SNOMED,
        "185345009",
        "Encounter for symptom",
        encounter_class="ambulatory",
    ),
    State(
        "a", "Stay", Kind.ENCOUNTER, SNOMED, "185347001", "Encounter for problem", encounter_class="inpatient"
    ),
    State("a", "Diabetes", Kind.CONDITION, SNOMED, "44054006", "Diabetes mellitus type 2 (disorder)"),
    State("a", "Metformin", Kind.MEDICATION, "RxNorm", "860975", "metformin 500 MG", reason=2),
    State("a", "HbA1c", Kind.OBSERVATION, LOINC, "4548-4", "Hemoglobin A1c", unit="%", category="laboratory"),
    State(
        "a",
        "Creatinine",
        Kind.OBSERVATION,
        LOINC,
        "2160-0",
        "Creatinine",
        unit="mg/dL",
        category="laboratory",
    ),
    State(
        *("a", "Smoking", Kind.OBSERVATION, LOINC, "72166-2", "Tobacco smoking status"),
        category="social-history",
        value_code=Code(SNOMED, "266919005", "Never smoked"),
    ),
    State("a", "Check", Kind.PROCEDURE, SNOMED, "430193006", "Medication Reconciliation"),
    State("a", "Death", Kind.DEATH),
    State("a", "Emergency", Kind.ENCOUNTER, SNOMED, "50849002", "Emergency", encounter_class="emergency"),
    State("a", "Flu shot", Kind.IMMUNIZATION, "CVX", "140", "Influenza, seasonal"),
    State("a", "Diet", Kind.CAREPLAN, SNOMED, "698360004", "Diabetes self management plan", reason=2),
    State(
        *("a", "Peanut", Kind.ALLERGY, SNOMED, "91935009", "Allergy to peanuts"),
        details={
            "allergy_type": "allergy",
            "category": "food",
            "reactions": [
                {"reaction": {"code": "271807003", "display": "Rash"}, "possible_severities": [_ALWAYS]},
                {"reaction": {"code": "422587007", "display": "Nausea"}, "possible_severities": [_NEVER]},
                {"reaction": {"code": "402387002", "display": "Swelling"}, "possible_severities": [_ALWAYS]},
            ],
        },
    ),
    State("a", "Pump", Kind.DEVICE, SNOMED, "69805005", "Insulin pump"),
    State(
        *("a", "Strips", Kind.SUPPLY),
        details={
            "supplies": [
                {"quantity": 50, "code": {"code": "337388004", "display": "Test strips"}},
                {"quantity": 2, "code": {"code": "337414009", "display": "Lancets"}},
            ]
        },
    ),
    State(
        *("a", "X-ray", Kind.IMAGING, SNOMED, "399208008", "Plain X-ray of chest"),
        details={
            "series": [
                {
                    "body_site": {"code": "51185008", "display": "Chest"},
                    "modality": {"code": "DX", "display": "Digital Radiography"},
                    "instances": [_IMAGE, _IMAGE],
                }
            ]
        },
    ),
    State(
        *("a", "Call", Kind.ENCOUNTER, SNOMED, "185317003", "Telephone encounter"),
        encounter_class="ambulatory",
        details={"telemedicine_possibility": "always"},
    ),
)
NAMES = {state.name: i for i, state in enumerate(STATES)}


class Diary:
    """Collects events of lives in order."""

    def __init__(self) -> None:
        self.rows: list[tuple[Any, ...]] = []
        self.lives: list[tuple[int, int, float]] = []

    def note(
        self, day: float, kind: Kind, state: str, value: float = np.nan, met: int = 0, link: int = -1
    ) -> int:
        slot, attempt, _ = self.lives[-1]
        self.rows.append((slot, attempt, day, kind, NAMES[state], value, met, link))
        return len(self.rows) - 1

    def live(self, slot: int, attempt: int, birth: float, death: float) -> None:
        """Tells a life: a visit with a diagnosis, a stay that is left on another day, and what nobody saw."""
        self.lives.append((slot, attempt, death))
        span = (HORIZON if np.isnan(death) else death) - birth
        first = birth + 0.4 * span
        visit = self.note(first, Kind.ENCOUNTER, "Visit")
        ill = self.note(first, Kind.CONDITION, "Diabetes")
        pills = self.note(first + 0.001, Kind.MEDICATION, "Metformin", link=NAMES["Diabetes"])
        self.note(first + 0.002, Kind.OBSERVATION, "HbA1c", 7.04)
        self.note(first + 0.002, Kind.OBSERVATION, "Creatinine", 0.987)
        self.note(first + 0.002, Kind.OBSERVATION, "Smoking")
        self.note(first + 0.003, Kind.PROCEDURE, "Check", 0.01)
        self.note(first + 0.012, Kind.IMMUNIZATION, "Flu shot")
        self.note(first + 0.013, Kind.CAREPLAN, "Diet", link=NAMES["Diabetes"])
        self.note(first + 0.013, Kind.ALLERGY, "Peanut")
        self.note(first + 0.014, Kind.DEVICE, "Pump")
        self.note(first + 0.014, Kind.SUPPLY, "Strips")
        self.note(first + 0.015, Kind.IMAGING, "X-ray")
        self.note(first + 0.02, Kind.ENCOUNTER_END, "Visit", link=visit)
        self.note(first + 0.05 * span, Kind.CONDITION, "Diabetes", met=-1)
        later = birth + 0.7 * span
        stay = self.note(later, Kind.ENCOUNTER, "Stay", met=1, link=NAMES["Diabetes"])
        self.note(later + 0.1, Kind.CONDITION_END, "Diabetes", met=1, link=ill)
        if slot % 2:
            self.note(later + 0.1, Kind.MEDICATION_END, "Metformin", met=1, link=pills)
        self.note(later + min(3.5, 0.1 * span), Kind.ENCOUNTER_END, "Stay", met=1, link=stay)
        call = birth + 0.95 * span
        self.note(call, Kind.ENCOUNTER, "Call", met=3)
        last = birth + span - 0.01
        self.note(last, Kind.ENCOUNTER, "Emergency", met=2)
        if not np.isnan(death):
            self.note(death, Kind.DEATH, "Death", met=-1)

    def events(self) -> Events:
        types = (np.int32, np.int16, np.float64, np.int8, np.int32, np.float64, np.int32, np.int32)
        columns = [
            np.array(column, dtype=kind)
            for column, kind in zip(zip(*self.rows, strict=True), types, strict=True)
        ]
        slot, attempt, death = zip(*self.lives, strict=True)
        lives = Lives(
            np.array(slot, dtype=np.int32),
            np.array(attempt, dtype=np.int16),
            np.array(death),
            np.tile(np.arange(len(VITALS), dtype=np.float32), (len(slot), 1)) + np.array(slot)[:, None],
        )
        flags = {name: np.array([(s + i) % 3 == 0 for s in slot]) for i, name in enumerate(FLAGS)}
        return Events(*columns, lives=lives, flags=flags)


def history(people: pd.DataFrame) -> Events:
    """Tells the lives of everybody; every third slot has somebody who died before."""
    diary = Diary()
    birth = (people["birth_date"] - pd.Timestamp("1900-01-01")) / pd.Timedelta(days=1)
    for slot, born in enumerate(birth):
        if slot % 3 == 0:
            diary.live(slot, 0, born, born + 0.8 * (HORIZON - born))
        diary.live(slot, int(slot % 3 == 0), born, np.nan)
    return diary.events()


SEEDS = Seeds(PUBLIC_KEY, "2026A", "records")
PROGRAM: Any = SimpleNamespace(states=STATES)
