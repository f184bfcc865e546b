"""How a district comes about: its systems record clean records, then defects happen, then truth is kept."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from sim.defects.registry import spoil
from sim.population import SNAPSHOT
from sim.records import Records
from sim.seeds import Seeds
from sim.systems import planning, visits
from sim.systems.catalogue import RECORDER_OF, SYSTEMS, TABLES
from sim.systems.extremes import plant_extremes
from sim.systems.facilities import FACILITIES
from sim.systems.planting import scaled
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Table
from sim.truth import Truth, list_cohort, list_duplicates, list_labels, list_lookalikes

TODAY = pd.Timestamp(SNAPSHOT)

PURPOSES = Path(__file__).with_name("purposes.yaml")

Pair = tuple[pd.DataFrame, pd.DataFrame]
"""A working table and its ledger."""


class District:
    """One district in the making. Every table is made when it is first asked for, from streams of its own.

    Args:
        records: Clean records of everybody.
        seeds: The district's streams.
        rates: Rates of defects that differ from the documented ones.
        people: Number of living people; scales what is planted.
        country: Code of the country.
        seen: Called with the name of every table that is finished.
    """

    def __init__(
        self,
        records: Records,
        seeds: Seeds,
        rates: Mapping[str, float],
        people: int,
        country: str = "us",
        seen: Callable[[str], None] = lambda name: None,
    ) -> None:
        """Keeps what a district is made from; nothing is made yet."""
        self._lives = records
        self.seeds = seeds
        self.rates = rates
        self.size = people
        self.country = country
        self._seen = seen
        self._settings: dict[tuple[Recorder, str], Setting] = {}
        self._common: dict[Hashable, Any] = {}
        self._clean: dict[str, pd.DataFrame] = {}
        self._finished: dict[str, Pair] = {}

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Visits of the last three years, with the facility where each was."""
        least = scaled(visits.LEAST_GESTATIONAL, self.size)
        stream = self.seeds.stream("visits")
        return visits.list_visits(
            self._lives.tables, self._lives.people, TODAY, least, stream, country=self.country
        )

    @cached_property
    def records(self) -> Records:
        """Clean records of everybody, with the true extremes that nature gives too rarely."""
        stream = self.seeds.stream("extremes")
        return plant_extremes(self._lives, self.visits, TODAY, self.size, stream)

    def setting(self, recorder: Recorder, facility: str) -> Setting:
        """Returns what a recorder is told at a facility."""
        if (recorder, facility) in self._settings:
            return self._settings[recorder, facility]
        own = {table.name: name for name, table in TABLES.items() if RECORDER_OF[name][1] == facility}
        read = (*recorder.reads, *(name for name in recorder.may_read if name in own))
        setting = Setting(
            records=self.records,
            visits=self.visits,
            country=self.country,
            facility=FACILITIES[facility],
            size=self.size,
            seeds=self.seeds,
            today=TODAY,
            tables={name: self.table(own[name]) for name in read},
            common=self._common,
        )
        self._settings[recorder, facility] = setting
        return setting

    def table(self, name: str) -> pd.DataFrame:
        """Returns a finished working table by its full name."""
        return self._finish(name)[0]

    def ledger(self, name: str) -> pd.DataFrame:
        """Returns what went wrong in a table: record, field, clean, dirty, defect."""
        return self._finish(name)[1]

    def _finish(self, name: str) -> Pair:
        if name not in self._finished:
            recorder, _ = RECORDER_OF[name]
            table, ledger = spoil(self.recorded(name), name, self.seeds, self.rates, self.size, self.country)
            if recorder.finish is not None:
                table, ledger = recorder.finish(TABLES[name].name, table, ledger)
            self._finished[name] = table, ledger
            self._seen(name)
        return self._finished[name]

    def recorded(self, name: str) -> pd.DataFrame:
        """Returns a clean working table by its full name; whoever records several makes them together."""
        if name not in self._clean:
            recorder, facility = RECORDER_OF[name]
            for plain, table in recorder.record(self.setting(recorder, facility)).items():
                kind = next(kind for kind in recorder.tables if kind.name == plain)
                self._clean[kind.name_at(facility)] = table
        return self._clean[name]

    def working(self, systems: Iterable[str]) -> dict[str, pd.DataFrame]:
        """Returns the finished working tables of some systems, by full name."""
        return {name: self.table(name) for system in systems for name in SYSTEMS[system]}

    def files(self, systems: Sequence[str]) -> dict[str, bytes]:
        """Returns what is shipped beside the Parquet tables, by file name."""
        files = {"purposes.yaml": PURPOSES.read_bytes().replace(b"\r\n", b"\n")}
        files["district.yaml"] = planning.describe(self.seeds.stream("planning"))
        for recorder, facility in _recorders(systems):
            if recorder.files is not None:
                files |= recorder.files(self.setting(recorder, facility), self._own(recorder, facility))
        return dict(sorted(files.items()))

    def _own(self, recorder: Recorder, facility: str) -> dict[str, pd.DataFrame]:
        """Returns the finished tables of a recorder at a facility, by plain name."""
        kept = (kind for kind in recorder.tables if facility in kind.facilities)
        return {kind.name: self.table(kind.name_at(facility)) for kind in kept}

    def truth(self, systems: Sequence[str]) -> Truth:
        """Returns the truth about the tables of some systems."""
        tables = self.working(systems)
        patients = self.table("his_patients")
        return Truth(
            ledger=self._ledger(tables),
            result_labels=list_labels(tables.get("lis_results")),
            person_of_record=_persons(tables),
            lookalikes=list_lookalikes(patients),
            duplicates=list_duplicates(patients),
            cohort=list_cohort(tables.get("diabetes_cohort"), self.ledger("diabetes_cohort"))
            if "diabetes_cohort" in tables
            else list_cohort(None, None),
            people=self.records.people,
            records=self.records,
            facts=self._facts(systems),
            texts={
                name: _text(table, TABLES[name]) for name, table in tables.items() if not TABLES[name].parquet
            },
        )

    def _ledger(self, tables: Iterable[str]) -> pd.DataFrame:
        parts = [self.ledger(name).assign(system=RECORDER_OF[name][0].system, table=name) for name in tables]
        columns = ["system", "table", "record", "field", "clean", "dirty", "defect"]
        empty = pd.DataFrame(columns=columns, dtype="str")
        return pd.concat([empty, *parts], ignore_index=True)[columns].astype("str")

    def _facts(self, systems: Sequence[str]) -> dict[str, pd.DataFrame]:
        found: dict[str, list[pd.DataFrame]] = {}
        for recorder, facility in _recorders(systems):
            if recorder.facts is not None:
                facts = recorder.facts(self.setting(recorder, facility), self._own(recorder, facility))
                for name, frame in facts.items():
                    found.setdefault(name, []).append(frame.assign(facility=facility))
        return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def _recorders(systems: Sequence[str]) -> list[tuple[Recorder, str]]:
    """Returns who records in some systems, and where, each once."""
    found = []
    for recorder, facility in RECORDER_OF.values():
        if recorder.system in systems and (recorder, facility) not in found:
            found.append((recorder, facility))
    return found


def _text(table: pd.DataFrame, kind: Table) -> pd.DataFrame:
    """Returns a table that is shipped within a file, with the column that names its records in front."""
    columns = [column.name for column in kind.columns if column.name != kind.key]
    return table[[kind.key, *columns]].reset_index(drop=True)


def _persons(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Returns which person each record is about: system, table, record, person."""
    parts = [
        pd.DataFrame(
            {
                "system": RECORDER_OF[name][0].system,
                "table": name,
                "record": table[TABLES[name].key].astype("str"),
                "person": table["_person"].astype("int64"),
            }
        )
        for name, table in tables.items()
        if "_person" in table
    ]
    if not parts:
        return pd.DataFrame(columns=["system", "table", "record", "person"])
    return pd.concat(parts, ignore_index=True)
