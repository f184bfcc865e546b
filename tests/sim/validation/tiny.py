"""Small hand-made populations in Synthea's CSV files, whose answers can be counted on fingers."""

import csv
from pathlib import Path
from typing import Any

from sim.records.layout import connect, schema
from sim.validation.cohort import build
from sim.validation.definitions import Question
from sim.validation.measures import Estimate, Measures

LAST = "2025-12-31T09:00:00Z"
"""Time of the newest encounter: records end on 2026-01-01."""


class Population:
    """Rows of Synthea's tables, to be written to a folder."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}

    def add(self, table: str, **columns: Any) -> None:
        self.rows.setdefault(table, []).append(columns)

    def person(self, id: str, born: str, sex: str = "F", died: str = "", **more: str) -> str:
        race = {"RACE": "white", "ETHNICITY": "nonhispanic"}
        self.add("patients", Id=id, BIRTHDATE=born, DEATHDATE=died, GENDER=sex, **race | more)
        return id

    def visit(
        self, id: str, who: str, start: str, stop: str = "", kind: str = "ambulatory", **more: Any
    ) -> str:
        self.add(
            "encounters", Id=id, PATIENT=who, START=start, STOP=stop or start, ENCOUNTERCLASS=kind, **more
        )
        return id

    def told(
        self, who: str, code: int, since: str, until: str = "", encounter: str = "", text: str = "x"
    ) -> None:
        self.add(
            "conditions",
            PATIENT=who,
            CODE=code,
            START=since,
            STOP=until,
            ENCOUNTER=encounter,
            DESCRIPTION=text,
        )

    def takes(self, who: str, text: str, since: str, until: str = "", code: int = 1) -> None:
        self.add("medications", PATIENT=who, CODE=code, DESCRIPTION=text, START=since, STOP=until)

    def value(self, who: str, code: str, value: Any, day: str = "2025-06-01", encounter: str = "") -> None:
        time = f"{day}T08:00:00Z"
        self.add("observations", PATIENT=who, CODE=code, VALUE=value, DATE=time, ENCOUNTER=encounter)

    def write(self, folder: Path) -> Path:
        """Writes the tables; somebody's visit on the last day says when the records end."""
        self.visit("the last", "nobody", LAST)
        folder.mkdir(parents=True, exist_ok=True)
        for table, rows in self.rows.items():
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, schema()[table], restval="")
                writer.writeheader()
                writer.writerows(rows)
        return folder


def measures(population: Population, folder: Path) -> Measures:
    """Makes the tables that measures read from a population."""
    database = connect(population.write(folder))
    _, found = build(database, progress=False)
    return Measures(database, found)


def ask(population: Population, folder: Path, measure: str, *group: Any) -> Estimate:
    """Asks one question of a population."""
    return measures(population, folder).ask(Question(measure, *group))
