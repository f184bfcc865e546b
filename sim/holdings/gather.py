"""Gathers what the hospitals of a district hold into the store of an exchange."""

from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd

from sim.exchange.facade.consent import Consents
from sim.exchange.facade.shelves import Maker, Store
from sim.holdings import care, people, results, visits
from sim.holdings.sent import Faulty
from sim.holdings.writing import stacked
from sim.systems.bundle_pieces import OFFSETS
from sim.systems.facilities import HOSPITALS

Tables = Mapping[str, pd.DataFrame]

KEEPER = "H1"
"""The hospital that keeps consents."""


def gather(tables: Tables, files: Mapping[str, bytes], country: str) -> tuple[Store, Consents]:
    """Returns the resources of all hospitals, made when they are first asked for, and the patients' answers.

    Args:
        tables: A district's tables, as shipped; a type whose table is missing is missing.
        files: Its files; only the hospitals' bundles are read.
        country: Code of the country.
    """
    held = Held(tables, files, country)
    answers = tables["consents"].to_dict("records") if "consents" in tables else []
    book = Consents({str(name): cell for name, cell in row.items()} for row in answers)
    return Store(held.makers(book), OFFSETS[country]), book


class Held:
    """What the hospitals hold.

    Args:
        tables: A district's tables.
        files: Its files.
        country: Code of the country.
    """

    def __init__(self, tables: Tables, files: Mapping[str, bytes], country: str) -> None:
        """Reads nothing yet."""
        self.tables, self.files, self.country = tables, files, country
        self.faulty = cache(lambda code: Faulty(code, self._bundles(code)))

    def _bundles(self, code: str) -> list[str]:
        content = self.files.get(f"messages/{code.lower()}_bundles.ndjson", b"")
        return [line for line in content.decode("utf-8").split("\n") if line]

    def makers(self, book: Consents) -> dict[str, Maker]:
        """Returns what makes the shelf of each type whose tables are there."""
        country = self.country
        found: dict[str, Maker] = {}
        everyone = self._codes("his_patients")
        if everyone:
            found["Organization"] = lambda: people.organizations(everyone, country)
        self._add(found, "Patient", {"his_patients": people.patients})
        self._add(found, "Encounter", {"his_encounters": self._told(visits.encounters)})
        self._add(
            found,
            "Condition",
            {"his_encounters": self._told(visits.diagnoses), "emr_problems": self._told(visits.problems)},
        )
        self._add(found, "Observation", {"lis_results": self._observations})
        self._add(found, "MedicationDispense", {"pharmacy_dispenses": self._told(care.dispenses)})
        self._add(found, "AllergyIntolerance", {"emr_covers": self._told(care.allergies)})
        self._add(found, "Claim", {"claims": self._told(care.claims)})
        if "consents" in self.tables:
            found["Consent"] = lambda: care.consents(KEEPER, book)
        return found

    def _codes(self, name: str) -> list[str]:
        return [code for code in HOSPITALS if _full(name, code) in self.tables]

    def _told(self, write: Callable[[str, pd.DataFrame, str], pd.DataFrame]) -> "Writer":
        return lambda code, rows: write(code, rows, self.country)

    def _observations(self, code: str, rows: pd.DataFrame) -> pd.DataFrame:
        loinc = results.standard_codes(code, self._bundles(code))
        return results.observations(code, rows, self.country, loinc)

    def _add(self, found: dict[str, Maker], kind: str, writers: Mapping[str, "Writer"]) -> None:
        """Adds a type that is written from one table or several, if any of them is there."""
        sources = [(code, name) for name in writers for code in self._codes(name)]
        if sources:
            found[kind] = lambda: stacked(
                self._write(kind, code, name, writers[name]) for code, name in sources
            )

    def _write(self, kind: str, code: str, name: str, write: "Writer") -> pd.DataFrame:
        table = write(code, self.tables[_full(name, code)].reset_index(drop=True))
        return self.faulty(code).laid_over(kind, table)


Writer = Callable[[str, pd.DataFrame], pd.DataFrame]
"""Writes the rows of a hospital (code) as resources."""


def _full(name: str, code: str) -> str:
    """Returns the full name of a hospital's table.

    Example:
        >>> _full("lis_results", "H1"), _full("lis_results", "H2")
        ('lis_results', 'h2_lis_results')
    """
    return name if code == "H1" else f"{code.lower()}_{name}"
