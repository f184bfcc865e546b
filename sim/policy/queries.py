"""A desk that answers questions about patients with counts only, and withholds small ones.

It looks safe: nobody's record leaves the hospital, and no count from 1 to 4 is told. Task 4.6 shows what two
of its answers tell when they are held against each other.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

import pandas as pd

from sim.errors import HilabError
from sim.words import said

WITHHELD = 5
"""Counts below this, but for 0, are withheld."""

NEEDED = {"patients": ("mrn", "sex", "birth_date", "area"), "encounters": ("mrn", "dx_code")}


@dataclass
class QueryDesk:
    """Counts patients of a hospital who fit all conditions of a question.

    Attributes:
        patients: Table with mrn, sex, birth_date (YYYY-MM-DD) and area. Who has a blank in a field fits no
            condition on it.
        encounters: Table with mrn and dx_code.
        withheld: Counts below this, but for 0, are not told.
        asked: How many questions have been answered or refused.

    Raises:
        HilabError: A table lacks a column.

    Example:
        >>> people = pd.DataFrame({"mrn": list("abcdef"), "sex": list("FFFFFM"), "area": "X0101",
        ...                        "birth_date": "1970-01-01"})
        >>> visits = pd.DataFrame({"mrn": list("abcdef"), "dx_code": "E11.9"})
        >>> desk = QueryDesk(people, visits)
        >>> desk.count(diagnoses=["E11"]), desk.count(sex="M"), desk.count(diagnoses=["I10"])
        (6, None, 0)
    """

    patients: pd.DataFrame
    encounters: pd.DataFrame
    withheld: int = WITHHELD
    asked: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Looks whether all columns are there, and reads the years of birth."""
        for name, columns in NEEDED.items():
            for column in columns:
                if column not in getattr(self, name):
                    lacks = "The table of {name} lacks the column '{column}'."
                    raise HilabError(said(lacks, name=name, column=column))
        self._years = pd.to_numeric(self.patients["birth_date"].str[:4], errors="coerce")

    def count(
        self,
        *,
        diagnoses: Collection[str] | None = None,
        sex: str | None = None,
        birth_years: Collection[int] | None = None,
        areas: Collection[str] | None = None,
    ) -> int | None:
        """Counts the patients who fit every condition that is given.

        Args:
            diagnoses: Beginnings of codes; some visit of the patient carries one of them.
            sex: "F" or "M".
            birth_years: Years of birth.
            areas: Areas of residence.

        Returns:
            Their number, or None where it is withheld.
        """
        self.asked += 1
        fit = pd.Series(True, index=self.patients.index)
        if diagnoses is not None:
            coded = self.encounters["dx_code"].str.startswith(tuple(diagnoses), na=False)
            fit &= self.patients["mrn"].isin(self.encounters.loc[coded, "mrn"])
        if sex is not None:
            fit &= self.patients["sex"] == sex
        if birth_years is not None:
            fit &= self._years.isin(list(birth_years))
        if areas is not None:
            fit &= self.patients["area"].isin(list(areas))
        found = int(fit.sum())
        return None if 0 < found < self.withheld else found
