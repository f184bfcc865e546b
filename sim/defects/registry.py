"""The register of defects: what each is, how often it happens, who says so and what it leaves out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.seeds import Seeds
from sim.systems.catalogue import find_table
from sim.systems.planting import scaled

Spoiler = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
"""From a table, a rate, a minimum count and a stream to the spoiled table and the ledger of what was done.
A local defect is also given the `country`, a code such as "us"."""

LEDGER = ("record", "field", "clean", "dirty")
"""Columns of the ledger that a defect writes; text, missing where nothing stood."""


@dataclass(frozen=True)
class Defect:
    """One thing that goes wrong.

    Attributes:
        id: Its number in the curriculum.
        name: What happens, in words.
        tables: The tables it happens to, by full name.
        rate: Share of the rows that it touches.
        minimum: Least number in the first of the tables, in a district of 2,000 people; whichever is larger
            holds. In the other tables the rate alone holds.
        source: Where the rate comes from: "source_id: item" of a row of
            datasets/reference/data_quality_facts.csv, or "assumed".
        limits: What it does not model.
        apply: The function that does it.
        local: Whether it looks different from country to country.
    """

    id: str
    name: str
    tables: tuple[str, ...]
    rate: float
    minimum: int
    source: str
    limits: str
    apply: Spoiler
    local: bool = False


DEFECTS: dict[str, Defect] = {}
"""All defects by number."""

ORDER: dict[str, tuple[str, ...]] = {
    "his_patients": ("D01", "D30", "D07", "D02", "D03", "D04", "D05"),
    "h2_his_patients": ("D34", "D44", "D47", "D35", "D36", "D02", "D03", "D42", "D48", "D05"),
    "h3_his_patients": ("D44", "D47", "D35", "D36", "D02", "D03", "D42", "D48", "D05"),
    "emr_covers": ("D42", "D43"),
    "h2_emr_covers": ("D42", "D43"),
    "h3_emr_covers": ("D42", "D43"),
    "his_encounters": ("D06",),
    "lis_results": ("D09", "D11", "D28", "D10"),
    "h2_lis_results": ("D09", "D29", "D12", "D11", "D28", "D10"),
    "h3_lis_results": ("D09", "D08", "D29", "D12", "D31", "D32", "D33", "D11", "D28", "D10"),
    "diabetes_cohort": ("D13",),
    "clinic_visits": ("D17", "D16", "D15", "D14"),
    "clinic2_visits": ("D17", "D16", "D15", "D14"),
    "app_readings": ("D19", "D21", "D18", "D20", "D22"),
    "emr_notes": ("D39", "D40"),
    "h2_emr_notes": ("D39", "D40"),
    "h3_emr_notes": ("D39", "D40"),
    "messages": ("D25",),
    "h2_messages": ("D25",),
    "h3_messages": ("D25",),
    "bundles": ("D25", "D41"),
    "h2_bundles": ("D25", "D41"),
    "h3_bundles": ("D25", "D41"),
    "claims": ("D24", "D23"),
    "h2_claims": ("D24", "D23"),
    "h3_claims": ("D24", "D23"),
    "intake_forms": ("D55", "D51", "D52", "D53", "D54", "D56", "D57"),
    "submissions": ("D61", "D62", "D64", "D65", "D63"),
    "notifications": ("D37", "D38"),
    "immunisations": ("D58", "D38"),
    "access_log": ("D26", "D27"),
    "imaging_studies": ("D67", "D66"),
    "h2_imaging_studies": ("D67", "D66"),
    "h3_imaging_studies": ("D67", "D66"),
    "genetic_panels": ("D68",),
    "tele_log": ("D69",),
}
"""In which order defects happen to a table: records are copied first and mistyped afterwards."""


def defect(
    ident: str,
    name: str,
    *,
    tables: tuple[str, ...],
    rate: float,
    minimum: int,
    limits: str,
    source: str = "assumed",
    local: bool = False,
) -> Callable[[Spoiler], Spoiler]:
    """Registers a function as a defect; the arguments are those of `Defect`."""

    def register(function: Spoiler) -> Spoiler:
        DEFECTS[ident] = Defect(ident, name, tables, rate, minimum, source, limits, function, local)
        return function

    return register


def check_rates(rates: Mapping[str, float]) -> None:
    """Refuses rates of unknown defects and rates that are no shares.

    Raises:
        HilabError: A defect is not registered, or a rate lies outside 0 to 1.
    """
    for ident, rate in rates.items():
        if ident not in DEFECTS:
            raise HilabError(f"There is no defect '{ident}'. The defects are: {', '.join(sorted(DEFECTS))}.")
        if not 0 <= rate <= 1:
            raise HilabError(f"The rate of {ident} is a share between 0 and 1, not {rate}.")


def spoil(
    table: pd.DataFrame,
    name: str,
    seeds: Seeds,
    rates: Mapping[str, float],
    people: int,
    country: str = "us",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lets every defect of a table happen, each from a stream of its own.

    Args:
        table: A clean working table.
        name: Its full name.
        seeds: Streams of the district.
        rates: Rates that differ from the documented ones. A rate given here stands alone: the minimum
            count is then not enforced, so that a rate of 0 takes a defect away.
        people: Number of people in the district; scales the minimum counts.
        country: Code of the country.

    Returns:
        The spoiled table and its ledger, with the columns of `LEDGER` and `defect`.
    """
    ledgers = []
    for ident in ORDER.get(name, ()):
        what = DEFECTS[ident]
        first = name == what.tables[0]
        rate = rates.get(ident, what.rate)
        minimum = scaled(what.minimum, people) if first and ident not in rates else 0
        stream = seeds.stream(f"defect {ident}" if first else f"defect {ident} {name}")
        apply: Any = partial(what.apply, country=country) if what.local else what.apply
        table, ledger = apply(table, rate, minimum, stream)
        ledgers.append(ledger.assign(defect=ident))
    if not ledgers:
        return table, write_ledger([], "", [], []).assign(defect="")
    return table, pd.concat(ledgers, ignore_index=True)


def write_ledger(records: Any, field: Any, clean: Any, dirty: Any) -> pd.DataFrame:
    """Returns ledger rows: what stood in a field of some records, and what stands there now.

    Args:
        records: The records, each by what names it.
        field: The field of each, or of all; the same holds for `clean` and `dirty`, where None is a blank.
        clean: What should stand there.
        dirty: What stands there.
    """
    told = {"record": records, "field": field, "clean": clean, "dirty": dirty}
    return pd.DataFrame({name: _texts(cells, len(records)) for name, cells in told.items()}, copy=False)


def _texts(cells: Any, count: int) -> Any:
    if cells is None or isinstance(cells, str):
        return pd.array(np.full(count, cells, dtype=object), dtype="str")
    if isinstance(cells, np.ndarray) and cells.dtype == object:
        return pd.array(cells, dtype="str")
    return pd.Series(cells).astype("str").array


def registered(table: str) -> list[Defect]:
    """Returns the defects of a table in the order in which they happen.

    Raises:
        HilabError: There is no such table.
    """
    find_table(table)
    return [DEFECTS[ident] for ident in ORDER.get(table, ())]
