"""What really holds in a district; whoever grades reads it, and it never goes into a student's files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

LABELS = ("current", "superseded", "resend", "repeat", "cancelled")

KINDS = ("twin", "namesake", "junior")
"""People easily confused: twins, people of one name and birth date, fathers and sons of one name."""


@dataclass(frozen=True)
class Truth:
    """The truth about a district.

    Attributes:
        ledger: Every defect: system, table, record, field, clean, dirty, defect.
        result_labels: For each row (row_id) of `lis_results` its label, one of `LABELS`.
        person_of_record: Which person (number) a record is about: system, table, record, person.
        lookalikes: Pairs of registrations (`his_patients`) of different persons that must never be merged:
            kind, mrn_a, mrn_b.
        duplicates: Pairs of registrations (`his_patients`) of one person: mrn_a, mrn_b, cause (plain,
            surname, newborn).
        cohort: The diabetes cohort: mrn, hba1c_true (NGSP %), diabetes_true (diagnosed, treated or 6.5 %
            and more), avoids (the hidden trait).
        people: Everybody, the dead included; index = person number.
        records: The clean records of everybody.
        facts: What systems know besides, by name, each with a column `facility`: "concept_of_code",
            "unit_of_result", "potential_outcomes" and others; datasets/README.md lists them.
        texts: Tables that are shipped only within files, such as `clinic_visits`, as they stand there: the
            column that names their records, then their columns.
    """

    ledger: pd.DataFrame
    result_labels: pd.DataFrame
    person_of_record: pd.DataFrame
    lookalikes: pd.DataFrame
    duplicates: pd.DataFrame
    cohort: pd.DataFrame
    people: pd.DataFrame = field(repr=False)
    records: Any = field(repr=False, default=None)
    facts: Mapping[str, pd.DataFrame] = field(repr=False, default_factory=dict)
    texts: Mapping[str, pd.DataFrame] = field(repr=False, default_factory=dict)

    def restore(self, name: str, table: pd.DataFrame, key: str) -> pd.DataFrame:
        """Puts the clean value back into every cell that a defect changed.

        Rows that a defect added stay; what was never there (a blank) becomes what would have stood there.

        Args:
            name: Full name of the table.
            table: The table as it was shipped.
            key: The column that names its records.

        Returns:
            A copy with clean values in the changed cells, converted to their column's
            kind.
        """
        mine = self.ledger[(self.ledger["table"] == name) & self.ledger["field"].isin(table.columns)]
        first = mine[mine["field"] != key].drop_duplicates(["record", "field"])
        clean = table.copy()
        for column, cells in first.groupby("field"):
            told = clean[key].isin(cells["record"])
            values = clean.loc[told, key].map(cells.set_index("record")["clean"])
            clean.loc[told, column] = values.astype(clean[column].dtype)
        return clean

    def defects(self, defect: str) -> pd.DataFrame:
        """Returns the ledger of one defect, for example "D05"."""
        return self.ledger[self.ledger["defect"] == defect].reset_index(drop=True)


def list_labels(results: pd.DataFrame | None) -> pd.DataFrame:
    """Returns the label of every laboratory row, from what the defects did to it.

    Args:
        results: Working table of `lis_results`; its `_fate` says what became of each row. None where the
            district has no laboratory.

    Returns:
        Columns row_id and label, in the order of the rows.
    """
    if results is None:
        return pd.DataFrame(columns=["row_id", "label"], dtype="str")
    valid = results["_fate"] == "valid"
    order = results[valid].sort_values(["collected_at", "specimen_id"], kind="stable")
    number = order.groupby(
        [order["mrn"], order["test_code"], order["collected_at"].dt.normalize()]
    ).cumcount()
    label = results["_fate"].where(~valid, "current").astype("str")
    label.loc[number.index[number > 0]] = "repeat"
    return pd.DataFrame({"row_id": results["row_id"], "label": label})


def list_duplicates(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the pairs of registrations of one person, from the working table of `his_patients`."""
    first, second = patients[patients["_cause"].isna()], patients[patients["_cause"].notna()]
    pairs = second.merge(first[["_person", "mrn"]], on="_person", suffixes=("", "_first"))
    return _ordered(pairs["mrn_first"], pairs["mrn"]).assign(cause=pairs["_cause"].astype("str"))


def list_lookalikes(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the pairs of registrations of people easily taken for one another, each pair once."""
    found = []
    for kind in KINDS:
        these = patients.loc[patients[f"_{kind}"] >= 0, ["mrn", f"_{kind}"]]
        pairs = these.merge(patients[["_person", "mrn"]], left_on=f"_{kind}", right_on="_person")
        found.append(_ordered(pairs["mrn_x"], pairs["mrn_y"]).assign(kind=kind).drop_duplicates())
    return pd.concat(found, ignore_index=True)[["kind", "mrn_a", "mrn_b"]]


def list_cohort(cohort: pd.DataFrame | None, ledger: pd.DataFrame | None) -> pd.DataFrame:
    """Returns the truth about the cohort (`Truth.cohort`) from its working table and its ledger."""
    if cohort is None or ledger is None:
        return pd.DataFrame(columns=["mrn", "hba1c_true", "diabetes_true", "avoids"])
    absent = ledger.set_index("record")["clean"].astype("float64")
    return pd.DataFrame(
        {
            "mrn": cohort["mrn"],
            "hba1c_true": cohort["hba1c"].fillna(cohort["mrn"].map(absent)),
            "diabetes_true": cohort["_diabetes"],
            "avoids": cohort["_avoids"],
        }
    )


def _ordered(one: "pd.Series[str]", other: "pd.Series[str]") -> pd.DataFrame:
    """Puts the lower record number first."""
    swap = one > other
    return pd.DataFrame({"mrn_a": one.mask(swap, other), "mrn_b": other.mask(swap, one)}).reset_index(
        drop=True
    )
