"""What goes wrong with values and units of laboratory results, mostly where people write by hand."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.cells import refiled, replaced
from sim.defects.registry import defect, write_ledger
from sim.systems.lis import LIS_RESULTS
from sim.systems.planting import choose, how_many

H2, H3 = (LIS_RESULTS.name_at(code) for code in ("H2", "H3"))

MIXED = 0.04
"""Share of pages on which a second bench took over halfway down (assumed; at least one of each kind)."""

MOST_MIXED = 0.1
"""Largest share of such pages among the results without a unit: whoever abstains only there abstains seldom
(planted)."""

BARE = 0.4
"""Share of pages without units on which every unit is missing, not only those of the tests that look alike in
both units (assumed)."""

LIMITS: dict[str, tuple[float | None, float | None]] = {
    "98979-8": (None, 90),
    "33914-3": (None, 90),
    "1988-5": (5, None),
    "1742-6": (15, None),
    "1920-8": (15, None),
    "2160-0": (0.6, None),
    "14682-9": (53, None),
    "14927-8": (0.9, 5.6),
    "14646-4": (0.8, 2.2),
    "14647-2": (3.4, 7.8),
    "14631-6": (5, None),
}
"""Below and above which a laboratory reports only the limit, by concept, in the value's unit (assumed)."""

OR_EQUAL = 0.7
"""Share of limits typed as <= or >=, where results are entered by hand (assumed)."""

SPACED = 0.3
"""Share of comparators typed with a blank after them, where results are entered by hand (assumed)."""

SPELLINGS = {
    "mg/dL": ("mg/dl", "MG/DL"),
    "mmol/L": ("mmol/l", "MMOL/L"),
    "g/dL": ("g/dl", "G/DL"),
    "umol/L": ("µmol/L", "umol/l"),
    "U/L": ("u/l", "U/l"),
}
"""Two more ways in which a unit is typed."""

UNKNOWN = ("units", "arb.", "xx", "?")
"""What is typed in place of a unit, and means none."""


def _runs(pages: "pd.Series[str]", priority: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Returns for each row the place of its page in a random order that takes both kinds of pages alike.

    Args:
        pages: The page of each row; its first letter is its kind.
        priority: A random number for each row; as many of the first are used as there are pages.
    """
    page, unique = pd.factorize(pages, sort=True)
    kind = pd.Series(unique).str[:1]
    rank = pd.Series(priority[: len(unique)]).groupby(kind).rank(method="first")
    share = (rank - 0.5) / kind.map(kind.value_counts())
    place = np.empty(len(unique), dtype=np.intp)
    place[np.argsort(share.to_numpy(), kind="stable")] = np.arange(len(unique))
    return place[page]


@defect(
    "D08",
    "A laboratory writes a test in two units: a page at a time, some pages from the middle on",
    tables=(H3,),
    rate=0.18,
    minimum=500,
    limits="Only HbA1c, haemoglobin, urea, glucose and creatinine, and only where results are entered by "
    "hand. Code and name stay. Such results are never corrected or cancelled.",
)
def mix_units(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes the results of some pages of the bench book in the other unit of their test.

    Args:
        table: Working table of `lis_results`.
        rate: Share of rows.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table with a further column `_bench` (A or B), and the ledger of value and unit.
    """
    count = how_many(len(table), rate, minimum)
    paired = table["_paired"].to_numpy(dtype=bool)
    place = _runs(table["batch_id"], rng.random(len(table)))
    total = np.bincount(place[paired], minlength=table["batch_id"].nunique()).cumsum()
    whole = int(np.searchsorted(total, count)) + 1 if count else 0
    second = place < whole
    if count:
        for page in _mixed_pages(table, place, whole):
            mine = np.flatnonzero(place == page)
            taken = table["collected_at"].iloc[mine]
            second[mine] = (taken > taken[table["_overlaps"].iloc[mine]].median()).to_numpy()
    rows = np.flatnonzero(second & paired)
    benched = table.assign(_bench=np.where(second, "B", "A"))
    return refiled(benched, rows, "_other", ("value", "unit"))


def _mixed_pages(table: pd.DataFrame, place: npt.NDArray[np.intp], whole: int) -> list[int]:
    """Returns the pages on which the bench changes: the last in the random order, full ones first."""
    alike = np.bincount(place, weights=table["_overlaps"], minlength=1).astype(int)
    section = pd.Series(table["batch_id"].str[:1].to_numpy(), index=place).groupby(level=0).first()
    count, chosen = max(2, round(MIXED * len(section))), []
    for number in range(count):
        kind = sorted(section.unique())[number % section.nunique()]
        left = [page for page in section.index[section == kind] if page >= whole and page not in chosen]
        if left:
            chosen.append(max(left, key=lambda page: (alike[page], page)))
    return chosen


@defect(
    "D31",
    "A unit is left out, a page at a time",
    tables=(H3,),
    rate=0.07,
    minimum=260,
    limits="The rate counts results of haemoglobin and urea, whose values look alike in both units; on two "
    "pages in five the others lack their units too. Where it happens does not depend on who wrote.",
)
def leave_out_units(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leaves out the units of some pages, pages in both units and mixed ones among them.

    Args:
        table: Working table of `lis_results`, after `mix_units`.
        rate: Share of rows, counted in results that look alike in both units.
        minimum: Least number of these.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of the units.
    """
    count = how_many(len(table), rate, minimum)
    draws = rng.random((2, len(table)))
    place = _runs(table["batch_id"], draws[0])
    chosen = _pages_without(table, place, count)
    serum = [page for page in chosen if page in set(place[(table["batch_id"].str[:1] == "S").to_numpy()])]
    bare = sorted(serum, key=lambda page: draws[1][page])[: round(BARE * len(serum))]
    alike = np.isin(place, chosen) & table["_overlaps"].to_numpy(dtype=bool)
    rows = np.flatnonzero((alike | np.isin(place, bare)) & table["unit"].notna().to_numpy())
    units = table["unit"].iloc[rows].to_numpy()
    ledger = write_ledger(table["row_id"].iloc[rows].to_numpy(), "unit", units, None)
    return replaced(table, rows, unit=None), ledger


def _pages_without(table: pd.DataFrame, place: npt.NDArray[np.intp], count: int) -> list[int]:
    """Returns the pages on which units are left out: a few mixed ones, then of either bench in turn."""
    alike = table[table["_overlaps"]].assign(place=place[table["_overlaps"]])
    pages = alike.groupby("place").agg(rows=("unit", "size"), low=("_bench", "min"), high=("_bench", "max"))
    pages["kind"] = alike.groupby("place")["batch_id"].first().str[:1] + pages["high"]
    mixed = pages[pages["low"] != pages["high"]]
    mixed = mixed[mixed["rows"].cumsum() <= MOST_MIXED * count]
    pure = pages[pages["low"] == pages["high"]]
    pure = pure.assign(turn=pure.groupby("kind").cumcount()).sort_values(["turn", "kind"], kind="stable")
    before = pure["rows"].cumsum() - pure["rows"] + mixed["rows"].sum()
    return [*mixed.index, *pure.index[before < count]] if count else []


@defect(
    "D12",
    "Only a limit is reported, as text: the value lies beyond what the analyser measures",
    tables=(H3, H2),
    rate=0.025,
    minimum=110,
    limits="All analysers of a laboratory have the same limits; the value itself is lost to everybody. Such "
    "results are never corrected or cancelled. Only where results are entered by hand do <= and >= occur.",
)
def report_limits(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Writes the limit with a comparator in place of some values beyond it.

    Args:
        table: Working table of `lis_results`.
        rate: Share of rows.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of the values.
    """
    limits = table["_concept"].map(LIMITS)
    low, high = (pd.to_numeric(limits.str[side], errors="coerce") for side in (0, 1))
    number = pd.to_numeric(table["value"], errors="coerce")
    below, above = number < low, number > high
    draws = rng.random((2, len(table)))
    rows = choose(below | above, rate, minimum, rng)
    picked = table.iloc[rows]
    sign = np.where(below.iloc[rows], "<", ">").astype(object)
    by_hand = picked["_by_hand"].to_numpy(dtype=bool)
    sign[by_hand & (draws[0][rows] < OR_EQUAL)] += "="
    sign[by_hand & (draws[1][rows] < SPACED)] += " "
    limit = low.where(below, high).iloc[rows]
    dirty = sign + np.array([f"{value:g}" for value in limit], dtype=object)
    ledger = write_ledger(picked["row_id"].to_numpy(), "value", picked["value"].to_numpy(), dirty)
    return replaced(table, rows, value=dirty, _touched=True), ledger


@defect(
    "D32",
    "A unit is typed in another spelling",
    tables=(H3,),
    rate=0.08,
    minimum=140,
    limits="Only capitals and the letter for micro; no unit of another language or of an older system.",
)
def respell_units(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Types some units in one of two other ways; arguments as for `report_limits`.

    Returns:
        The table, and the ledger of the units.
    """
    which = rng.integers(0, 2, len(table))
    rows = choose(table["unit"].isin(list(SPELLINGS)), rate, minimum, rng)
    clean = table["unit"].iloc[rows].tolist()
    dirty = [SPELLINGS[unit][way] for unit, way in zip(clean, which[rows], strict=True)]
    ledger = write_ledger(table["row_id"].iloc[rows].to_numpy(), "unit", clean, dirty)
    return replaced(table, rows, unit=dirty), ledger


@defect(
    "D33",
    "A unit is typed that nobody knows",
    tables=(H3,),
    rate=0.008,
    minimum=25,
    limits="Never a known unit of something else, which would be wrong and look right.",
)
def garble_units(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Types something else in place of some units; arguments as for `report_limits`.

    Returns:
        The table, and the ledger of the units.
    """
    which = rng.integers(0, len(UNKNOWN), len(table))
    rows = choose(table["unit"].notna(), rate, minimum, rng)
    dirty = np.array(UNKNOWN, dtype=object)[which[rows]]
    ledger = write_ledger(
        table["row_id"].iloc[rows].to_numpy(), "unit", table["unit"].iloc[rows].to_numpy(), dirty
    )
    return replaced(table, rows, unit=dirty), ledger
