"""What goes wrong on the way to the public-health registry: cases left out, cases reported twice."""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose

NOT_RECOGNISED = 0.3
"""Share of second reports in which the registry takes the person for somebody new (assumed)."""

LATER_DAYS = 21
"""The second report arrives within so many days of the first (assumed)."""

OTHERS = {"H1": "H2", "H2": "H1", "H3": "H1", "C1": "H1", "C2": "H1"}
"""Who reports what another has reported already: where specimens and patients are sent on (assumed)."""


def _leave_out(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = choose(pd.Series(True, index=table.index), rate, minimum, rng)
    gone = np.zeros(len(table), dtype=bool)
    gone[rows] = True
    cases = "case " + table["_case"].iloc[rows].astype("str")
    ledger = write_ledger(cases.to_numpy(), "reporter", table["reporter"].iloc[rows].to_numpy(), None)
    kept: pd.DataFrame = table[~gone]
    return kept.reset_index(drop=True), ledger


@defect(
    "D37",
    "A case of a notifiable disease is never reported",
    tables=("notifications",),
    rate=0.3,
    minimum=60,
    limits="All diseases, facilities and years alike. The ledger names the case by its number in the truth.",
)
def report_no_case(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Removes the reports of some cases.

    Args:
        table: Working table of `notifications`.
        rate: Share of cases.
        minimum: Least number of cases.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: record "case 12", and who should have reported.
    """
    return _leave_out(table, rate, minimum, rng)


@defect(
    "D58",
    "A dose of a vaccine is never reported",
    tables=("immunisations",),
    rate=0.08,
    minimum=60,
    limits="All vaccines, facilities and years alike. The ledger names the dose by its number in the truth.",
)
def report_no_dose(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Removes the reports of some doses; arguments and result as for `report_no_case`."""
    return _leave_out(table, rate, minimum, rng)


@defect(
    "D38",
    "One case or dose is reported by two facilities",
    tables=("notifications", "immunisations"),
    rate=0.08,
    minimum=40,
    limits="Never by three. The second report names the same day or the next two, and the same person; names "
    "are written alike.",
)
def report_twice(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds reports of another facility.

    Args:
        table: Working table of `notifications` or `immunisations`.
        rate: Share of reports.
        minimum: Least number of reports.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger: the added report, and the one it repeats as clean.
    """
    key = "report_id" if "report_id" in table else "dose_id"
    day = "diagnosed_on" if "report_id" in table else "given_on"
    before = table["reported_on"] < table["reported_on"].max() - pd.Timedelta(days=LATER_DAYS)
    rows = choose(before, rate, minimum, rng)
    first = table.iloc[rows]
    drawn = rng.integers(0, LATER_DAYS, len(rows))
    shift = pd.to_timedelta(rng.choice([0, 0, 1, 2], len(rows)), unit="D")
    new = rng.random(len(rows)) < NOT_RECOGNISED
    arrived = first["reported_on"] + pd.to_timedelta(np.maximum(drawn, shift.days), unit="D")
    second = first.assign(
        **{key: first[key] + "+", day: first[day] + shift},
        registry_no=first["registry_no"].mask(new, first["_other_no"]),
        reporter=first["reporter"].map(OTHERS),
        reported_on=arrived,
    )
    ledger = write_ledger(second[key].to_numpy(), key, first[key].to_numpy(), second[key].to_numpy())
    return pd.concat([table, second], ignore_index=True), ledger
