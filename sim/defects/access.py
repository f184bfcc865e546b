"""What is wrong in a log of accesses: charts opened out of curiosity, accounts that outlive their owner."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import how_many

OPENINGS = (3, 8)
"""How many openings a curious owner of an account makes, at least and at most (assumed)."""

LATE_OPENINGS = (1, 4)
"""The same of an account after its owner has left (assumed)."""

AFTER_LEAVING = "after leaving"


@defect(
    "D26",
    "A chart is opened out of curiosity",
    tables=("access_log",),
    rate=0.15,
    minimum=20,
    limits="The rate is a share of accounts. Each is curious about one person only: a colleague, somebody "
    "known to all, somebody of the other sex and like age, or a neighbour. Nobody asks somebody else to "
    "look, and nobody hides it.",
)
def snoop(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds openings of a chart that the account has no work with, near times at which it is at work.

    Args:
        table: Working table of `access_log`.
        rate: Share of accounts.
        minimum: Least number of accounts.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: the added rows, no clean value, and the pattern.
    """
    may = table.dropna(subset=["_victim"])
    accounts = _in_turn(_drawn(may, 1.0, 0, rng), may)
    accounts = accounts[: how_many(len(accounts), rate, minimum)]
    rows = _again(may, accounts, OPENINGS, rng)
    minutes = pd.to_timedelta(rng.integers(-90, 91, len(rows)), unit="min")
    added = rows.assign(
        at=(rows["at"] + minutes).clip(table["at"].min(), table["at"].max()),
        mrn=rows["_victim"],
        part=rng.choice(["chart", "results", "registration"], len(rows)),
        action=np.where(rng.random(len(rows)) < 0.1, "print", "view"),
        _why=rows["_pattern"],
    )
    return _added(table, added, "c")


@defect(
    "D27",
    "An account is used after its owner has left",
    tables=("access_log",),
    rate=0.5,
    minimum=15,
    limits="The rate is a share of the accounts whose owners left. What is opened are charts that they once "
    "worked with; whether they do it themselves or somebody has their password, the log cannot tell.",
)
def outlive(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds openings by accounts after the day on which their owners left.

    Args:
        table: Working table of `access_log`.
        rate: Share of those accounts.
        minimum: Least number of accounts.
        rng: Stream to draw from.

    Returns:
        The table and the ledger: the added rows, no clean value, and "after leaving".
    """
    may = table[table["_left_on"].notna() & (table["_why"] == "work")]
    accounts = _drawn(may, rate, minimum, rng)
    rows = _again(may, accounts, LATE_OPENINGS, rng)
    left = pd.to_datetime(rows["_left_on"])
    room = (table["at"].max() - left).dt.total_seconds().to_numpy() - 3600
    later = pd.to_timedelta(3600 + (rng.random(len(rows)) * room).astype(np.int64), unit="s")
    added = rows.assign(at=left + later, action="view", _why=AFTER_LEAVING)
    return _added(table, added, "g")


def _drawn(
    rows: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> npt.NDArray[np.object_]:
    """Draws accounts."""
    accounts = np.array(sorted(rows["staff_id"].unique()), dtype=object)
    return rng.permutation(accounts)[: how_many(len(accounts), rate, minimum)]


def _in_turn(accounts: npt.NDArray[np.object_], rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Orders accounts so that the patterns take turns."""
    pattern = rows.drop_duplicates("staff_id").set_index("staff_id")["_pattern"].reindex(accounts)
    turn = pattern.groupby(pattern).cumcount().to_numpy()
    return accounts[np.argsort(turn, kind="stable")]


def _again(
    rows: pd.DataFrame,
    accounts: npt.NDArray[np.object_],
    times: tuple[int, int],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draws for each account so many of its rows, some perhaps twice."""
    places = rows.reset_index(drop=True).groupby("staff_id").indices
    counts = rng.integers(times[0], times[1] + 1, len(accounts))
    chosen = [rng.choice(places[one], count) for one, count in zip(accounts, counts, strict=True)]
    return rows.iloc[np.concatenate([np.empty(0, dtype=np.int64), *chosen])].reset_index(drop=True)


def _added(table: pd.DataFrame, added: pd.DataFrame, mark: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = np.array([f"{mark}{number}" for number in range(len(added))], dtype=object)
    ledger = write_ledger(names, "mrn", None, added["_why"].to_numpy(dtype=object))
    return pd.concat([table, added.assign(access_id=names)], ignore_index=True), ledger
