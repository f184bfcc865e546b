"""What goes wrong in the log of remote visits: lines are delivered twice."""

import numpy as np
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose


@defect(
    "D69",
    "A line of the log is delivered twice",
    tables=("tele_log",),
    rate=0.02,
    minimum=35,
    limits="The copy is the same but for its number and when it was received, at most ten minutes later. No "
    "line is lost.",
)
def deliver_twice(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds copies of some lines that are received later.

    Args:
        table: Working table of `tele_log`.
        rate: Share of lines.
        minimum: Least number of lines.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: the added lines, no clean value, and the event that they repeat.
    """
    rows = choose(table["event_id"].notna(), rate, minimum, rng)
    later = pd.to_timedelta(rng.integers(1, 600, len(table))[rows], unit="s")
    names = np.array([f"z{number}" for number in range(len(rows))], dtype=object)
    copies = table.iloc[rows].reset_index(drop=True)
    received = (copies["received_at"] + later).astype(table["received_at"].dtype)
    ledger = write_ledger(names, "event_id", None, copies["event_id"].to_numpy(dtype=object))
    added = copies.assign(line_id=names, received_at=received)
    return pd.concat([table, added], ignore_index=True).astype({"line_id": "str"}), ledger
