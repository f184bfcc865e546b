"""Information that is not there: fields left blank and tests never ordered."""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems import cohort
from sim.systems.planting import choose, how_many


@defect(
    "D05",
    "The area of residence is left blank",
    tables=("his_patients", "h2_his_patients", "h3_his_patients"),
    rate=0.08,
    minimum=50,
    limits="Blanks do not depend on the patient, the clerk or the hour.",
)
def leave_area_blank(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Blanks the area of some registrations.

    Args:
        table: Working table of `his_patients`.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.

    Returns:
        The table and the ledger.
    """
    rows = choose(table["area"].notna(), rate, minimum, rng)
    ledger = write_ledger(
        table["mrn"].iloc[rows].to_numpy(), "area", table["area"].iloc[rows].to_numpy(), None
    )
    spoiled = table.copy()
    spoiled.loc[rows, "area"] = None
    return spoiled, ledger


@defect(
    "D13",
    "HbA1c is ordered when it is suspected, and for reasons that the record does not hold",
    tables=("diabetes_cohort",),
    rate=0.793,
    minimum=1205,
    limits="One order or none a person. The orders are drawn evenly along the probability (systematic "
    "sampling), so that chance alone neither makes nor hides the bias.",
)
def order_selectively(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Removes the HbA1c of everybody for whom it was not ordered.

    The probability of an order follows the supplied model, but people who avoid doctors (a trait that is
    on no record and commoner in undiagnosed diabetes) are tested less than it says.

    Args:
        table: Working table of `diabetes_cohort`, with everybody's HbA1c.
        rate: Share of persons without an order.
        minimum: Least number of persons without an order.
        rng: Stream to draw from.

    Returns:
        The table with `p_ordered` filled in, and the ledger: absent results and their values.
    """
    tested = len(table) - how_many(len(table), rate, minimum)
    model = cohort.ordering_model(table, tested)
    logit = cohort.linear_predictor(table, model) - cohort.AVOIDANCE * table["_avoids"].to_numpy(dtype=float)
    shift = cohort.solve(logit, tested)
    ordered = _systematic(
        cohort.probability(logit + shift), table["hba1c"].to_numpy() >= cohort.THRESHOLD, rng
    )
    absent = np.flatnonzero(~ordered)
    values = table["hba1c"].iloc[absent].map("{:.1f}".format).to_numpy()
    ledger = write_ledger(table["mrn"].iloc[absent].to_numpy(), "hba1c", values, None)
    probability = cohort.probability(cohort.linear_predictor(table, model)).round(4)
    return table.assign(hba1c=table["hba1c"].where(ordered), p_ordered=probability), ledger


def _systematic(
    probability: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    stratum: "np.ndarray[tuple[int], np.dtype[np.bool_]]",
    rng: np.random.Generator,
) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Draws each person with their probability, spread evenly over strata and probabilities."""
    order = np.lexsort((rng.random(len(probability)), probability, stratum))
    steps = np.floor(np.cumsum(probability[order]) + rng.random())
    drawn = np.zeros(len(probability), dtype=bool)
    drawn[order] = np.diff(steps, prepend=0.0) > 0
    return drawn
