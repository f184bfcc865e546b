"""What goes wrong with codes of laboratory results: they change on a day, or tell another property."""

import numpy as np
import pandas as pd

from sim.defects.cells import refiled, replaced
from sim.defects.registry import defect, write_ledger
from sim.systems.lis import LIS_RESULTS
from sim.systems.planting import choose

BY_FACILITY = {code: LIS_RESULTS.name_at(code) for code in LIS_RESULTS.facilities}


@defect(
    "D09",
    "Local codes change on a day: some tests get other codes, some codes other meanings",
    tables=tuple(BY_FACILITY.values()),
    rate=1.0,
    minimum=0,
    limits="All changes of a laboratory are made on one day, and nobody uses an old code after it: the usual "
    "rate touches every result, taken from that day on, of a test whose code changes. Nothing of it is wrong "
    "in itself: the clean value is what would stand there had codes never changed. Where the unit changes "
    "too, results are never corrected.",
)
def change_codes(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Files results that were taken after the change of codes as the code book then says.

    Args:
        table: Working table of `lis_results`.
        rate: Share of rows; at most those that the change concerns.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of code and name, and of value and unit where these change too.
    """
    concerned = (table["_next_code"] != "") & (table["collected_at"] >= table["_changes_on"])
    rows = choose(concerned, rate, minimum, rng)
    return refiled(table, rows, "_next", ("test_code", "test_name", "value", "unit"))


@defect(
    "D29",
    "A result stands under the code of another property: a molar value under a code of mass",
    tables=(BY_FACILITY["H2"], BY_FACILITY["H3"]),
    rate=0.023,
    minimum=40,
    source="MCDONALD2022: mapping error rate, all results",
    limits="About half of all mapping errors lie in the property, so half of that rate. Codes of the wrong "
    "specimen or method are not modelled, nor codes of amounts of substance on values of mass.",
)
def file_under_mass(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Files some molar results under the code for the same test in units of mass.

    Args:
        table: Working table of `lis_results`.
        rate: Share of rows.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of code and name.
    """
    rows = choose((table["_mass_code"] != "") & table["value"].notna(), rate, minimum, rng)
    clean = table.iloc[rows]
    new = {
        name: clean[f"_mass_{name.removeprefix('test_')}"].to_numpy() for name in ("test_code", "test_name")
    }
    records = clean["row_id"].to_numpy()
    ledgers = [write_ledger(records, name, clean[name].to_numpy(), new[name]) for name in new]
    told = clean["_mass_loinc"].to_numpy()
    return replaced(table, rows, **new, _loinc=told), pd.concat(ledgers, ignore_index=True)
