"""How a district comes about: its systems record clean records, then defects happen, then truth is kept."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from sim.defects.registry import spoil
from sim.population import SNAPSHOT
from sim.records import Records
from sim.seeds import Seeds
from sim.systems import clinic, cohort, his, lis, visits
from sim.systems.planting import scaled
from sim.systems.schema import KEYS, SYSTEMS
from sim.truth import Truth, list_duplicates, list_labels, list_lookalikes

TODAY = pd.Timestamp(SNAPSHOT)

LABORATORY_YEARS = 2
"""How far back laboratory results are kept."""

PURPOSES = Path(__file__).with_name("purposes.yaml")


class District:
    """One district in the making. Every part is made when it is first asked for, from streams of its own.

    Args:
        records: Clean records of everybody.
        seeds: The district's streams.
        rates: Rates of defects that differ from the documented ones.
        people: Number of living people; scales what is planted.
    """

    def __init__(self, records: Records, seeds: Seeds, rates: Mapping[str, float], people: int) -> None:
        """Keeps what a district is made from; nothing is made yet."""
        self.records = records
        self.seeds = seeds
        self.rates = rates
        self.size = people
        self._ledgers: dict[str, pd.DataFrame] = {}

    def _spoil(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        spoiled, self._ledgers[name] = spoil(table, name, self.seeds, self.rates, self.size)
        return spoiled

    @cached_property
    def visits(self) -> pd.DataFrame:
        """Visits of the last three years."""
        least = scaled(visits.LEAST_GESTATIONAL, self.size)
        stream = self.seeds.stream("visits")
        return visits.list_visits(self.records.tables, self.records.people, TODAY, least, stream)

    @cached_property
    def his_patients(self) -> pd.DataFrame:
        """Working table of registrations."""
        first_visit = self.visits.groupby("person")["start"].min()
        clean = his.register(
            self.records.people, first_visit, SNAPSHOT, self.seeds.stream("his registrations")
        )
        return self._spoil(clean, "his_patients")

    @cached_property
    def filed(self) -> pd.DataFrame:
        """For each visit the record number it is filed under (mrn) and the person (_person)."""
        number = visits.file_under(self.visits, his.directory(self.his_patients))
        return pd.DataFrame({"mrn": number, "_person": self.visits["person"]}).dropna()

    @cached_property
    def his_encounters(self) -> pd.DataFrame:
        """Working table of the hospital's visits and stays."""
        filed = self.filed["mrn"].reindex(self.visits.index)
        stream = self.seeds.stream("his encounters")
        return self._spoil(his.admit(self.visits, filed, SNAPSHOT, stream), "his_encounters")

    @cached_property
    def lis_results(self) -> pd.DataFrame:
        """Working table of laboratory results; those of the clinic's visits go elsewhere."""
        since = TODAY - pd.DateOffset(years=LABORATORY_YEARS)
        here = self.filed[~self.visits["at_clinic"].reindex(self.filed.index)]
        least = scaled(lis.LEAST_REPEATED, self.size)
        observations = self.records.tables["observations"]
        clean = lis.analyse(observations, here, since, TODAY, least, self.seeds.stream("lis"))
        spoiled = self._spoil(clean, "lis_results")
        numbered, self._ledgers["lis_results"] = lis.number_by_arrival(spoiled, self._ledgers["lis_results"])
        return numbered

    @cached_property
    def diabetes_cohort(self) -> pd.DataFrame:
        """Working table of the cohort."""
        first = his.directory(self.his_patients)["first"]
        clean = cohort.enrol(self.records.people, first, SNAPSHOT, self.seeds.stream("cohort"))
        return self._spoil(clean, "diabetes_cohort")

    @cached_property
    def clinic_visits(self) -> pd.DataFrame:
        """Working table of the clinic's file."""
        observations, people = self.records.tables["observations"], self.records.people
        clean = clinic.see(self.visits, observations, people, self.seeds.stream("clinic"))
        return self._spoil(clean, "clinic_visits")

    def working(self, systems: list[str]) -> dict[str, pd.DataFrame]:
        """Returns the working tables of some systems."""
        return {name: getattr(self, name) for system in systems for name in SYSTEMS[system]}

    def files(self, systems: list[str]) -> dict[str, bytes]:
        """Returns what is shipped beside the Parquet tables."""
        files = {"purposes.yaml": PURPOSES.read_bytes().replace(b"\r\n", b"\n")}
        if "cohort" in systems:
            files["ordering_model.yaml"] = cohort.describe(self.diabetes_cohort)
        if "clinic" in systems:
            files["clinic_visits.csv"] = clinic.write(self.clinic_visits)
        return dict(sorted(files.items()))

    def truth(self, systems: list[str]) -> Truth:
        """Returns the truth about the tables of some systems."""
        tables = self.working(systems)
        return Truth(
            ledger=self._ledger(tables),
            result_labels=_labels(tables.get("lis_results")),
            person_of_record=_persons(tables),
            lookalikes=list_lookalikes(self.his_patients),
            duplicates=list_duplicates(self.his_patients),
            cohort=_cohort_truth(tables.get("diabetes_cohort"), self._ledgers.get("diabetes_cohort")),
            people=self.records.people,
            records=self.records,
        )

    def _ledger(self, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
        system_of = {table: system for system, names in SYSTEMS.items() for table in names}
        parts = [self._ledgers[name].assign(system=system_of[name], table=name) for name in tables]
        columns = ["system", "table", "record", "field", "clean", "dirty", "defect"]
        return pd.concat([pd.DataFrame(columns=columns), *parts], ignore_index=True)[columns].astype("str")


def _labels(results: pd.DataFrame | None) -> pd.DataFrame:
    if results is None:
        return pd.DataFrame(columns=["row_id", "label"], dtype="str")
    return list_labels(results)


def _persons(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    system_of = {table: system for system, names in SYSTEMS.items() for table in names}
    parts = [
        pd.DataFrame(
            {
                "system": system_of[name],
                "table": name,
                "record": table[KEYS[name]],
                "person": table["_person"],
            }
        )
        for name, table in tables.items()
    ]
    if not parts:
        return pd.DataFrame(columns=["system", "table", "record", "person"])
    return pd.concat(parts, ignore_index=True).astype({"person": "int64"})


def _cohort_truth(cohort_table: pd.DataFrame | None, ledger: pd.DataFrame | None) -> pd.DataFrame:
    if cohort_table is None or ledger is None:
        return pd.DataFrame(columns=["mrn", "hba1c_true", "diabetes_true", "avoids"])
    absent = ledger.set_index("record")["clean"].astype("float64")
    return pd.DataFrame(
        {
            "mrn": cohort_table["mrn"],
            "hba1c_true": cohort_table["hba1c"].fillna(cohort_table["mrn"].map(absent)),
            "diabetes_true": cohort_table["_diabetes"],
            "avoids": cohort_table["_avoids"],
        }
    )
