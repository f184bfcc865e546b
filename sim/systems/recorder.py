"""How a system is described: what it is told, what it records, what it ships."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from sim.records import Records
from sim.seeds import Seeds
from sim.systems.facilities import Facility
from sim.systems.schema import Table
from sim.systems.visits import file_under, number_book

T = TypeVar("T")

Tables = Mapping[str, pd.DataFrame]
"""Working tables by their plain name, such as "lis_results" for every hospital's results."""


@dataclass(frozen=True)
class Setting:
    """What a system of one facility is told: the clean records, and who it is.

    Attributes:
        records: Clean records of everybody: `records.tables` (Synthea's columns), `records.people`.
        visits: Every visit of the last three years, wherever it was; see `sim.systems.visits.list_visits`.
        country: Code of the country, "us" or "cn".
        facility: The facility that records.
        size: Number of living people; scales what is planted.
        seeds: The district's streams; use `stream`.
        today: The day the district is looked at.
        tables: The finished (spoiled) working tables of this facility that the recorder `reads`, and those
            that it `may_read` and the facility keeps.
        common: What was worked out for one recorder and is the same for others; use `once`.
    """

    records: Records
    visits: pd.DataFrame
    country: str
    facility: Facility
    size: int
    seeds: Seeds
    today: pd.Timestamp
    tables: Tables = field(default_factory=dict)
    common: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def people(self) -> pd.DataFrame:
        """Everybody, the dead included; the index is the person number."""
        return self.records.people

    @cached_property
    def here(self) -> pd.DataFrame:
        """The visits to this facility."""
        code = self.facility.code
        return self.once(("here", code), lambda: self.visits[self.visits["facility"] == code])

    @cached_property
    def filed(self) -> pd.DataFrame:
        """For each visit to this hospital the record number it is filed under (mrn) and the person (_person).

        Index = visit id. Only where the recorder reads `his_patients`; visits of people without a
        registration are left out.
        """
        numbers = file_under(self.here, number_book(self.tables["his_patients"]))
        return pd.DataFrame({"mrn": numbers, "_person": self.here["person"]}).dropna()

    def once(self, name: Hashable, make: Callable[[], T]) -> T:
        """Returns what `make` makes, worked out a single time for all recorders of a district.

        Args:
            name: What it is called; nothing else of the district has this name.
            make: A pure function of what is the same in every setting. Nobody changes what it returns.
        """
        if name not in self.common:
            self.common[name] = make()
        made: T = self.common[name]
        return made

    def stream(self, name: str) -> np.random.Generator:
        """Returns a random stream of this facility's own, always at its beginning."""
        return self.seeds.stream(f"{self.facility.code} {name}")


Record = Callable[[Setting], dict[str, pd.DataFrame]]
Finish = Callable[[str, pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]]
Files = Callable[[Setting, Tables], dict[str, bytes]]
Facts = Callable[[Setting, Tables], dict[str, pd.DataFrame]]


@dataclass(frozen=True)
class Recorder:
    """A part of a system: what makes one or several of its tables in every facility that keeps them.

    Attributes:
        system: The system's name, such as "lis"; a district is made of whole systems.
        tables: What it keeps.
        record: A pure function of the setting that returns the clean working tables by plain name. Columns
            that begin with an underscore never leave the simulator; `_person` says whose record a row is.
        reads: Plain names of the tables of the same facility that it builds upon; it gets them spoiled, as
            the facility holds them. Nothing else of other tables reaches it.
        may_read: Plain names of further tables that it builds upon where the facility keeps them.
        finish: Rewrites a table (by plain name) and its ledger after the defects, for example to number rows.
        files: Writes what is shipped besides Parquet: file name to content. A name may hold one folder, as in
            "messages/h1_oru.hl7".
        facts: Returns further truth by name, such as "concept_of_code". Facilities' frames are put together
            with a column `facility`.
    """

    system: str
    tables: tuple[Table, ...]
    record: Record
    reads: tuple[str, ...] = ()
    may_read: tuple[str, ...] = ()
    finish: Finish | None = None
    files: Files | None = None
    facts: Facts | None = None
