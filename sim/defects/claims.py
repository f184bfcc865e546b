"""What happens to claims after they were sent, and what is never claimed at all."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import how_many

_Way = Callable[[npt.NDArray[np.int64]], None]

DECIDED = pd.Timedelta(days=150)
"""Only claims decided so long ago are changed, so that whatever follows is decided too."""

PATTERN = (
    "void",
    "void",
    "adjust",
    "adjust",
    "void",
    "adjust",
    "replace",
    "adjust",
    "void",
    "replace",
    "credit",
)
"""What happens to the first, second … claim that is drawn, and then over again: 4 of 11 voids, 4 adjustments,
2 replacements, 1 credit (assumed)."""

BILLED_AGAIN, ADJUSTED_FIRST = 0.4, 0.25
"""Shares of voided claims that are billed once more, and that had been adjusted before (assumed)."""

VOIDED_LATER, ADJUSTED_TWICE = 0.2, 0.15
"""Shares of replacements that are voided in the end, and of adjusted lines adjusted again (assumed)."""

LEAST_SHARE, MOST_SHARE = 0.05, 0.45
"""An adjustment takes off so much of its line, at least and at most (assumed)."""


@defect(
    "D24",
    "A service lies outside the payer's coverage and is never claimed",
    tables=("claims", "h2_claims", "h3_claims"),
    rate=0.03,
    minimum=60,
    limits="A payer covers a code always or never, all years alike; visits and rooms are always covered. The "
    "ledger names an absent line by its visit and the line it would have been.",
)
def leave_uncovered_out(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Removes the lines of some services of some payers.

    Args:
        table: Working table of `claims`, originals only.
        rate: Share of lines.
        minimum: Least number of lines.
        rng: Stream to draw from.

    Returns:
        The table with lines numbered anew, and the ledger: record "visit/line", and the absent amount.
    """
    services = table["_class"].isin(("procedure", "vaccine"))
    kinds = (table["payer"] + "|" + table["code"]).where(services)
    sizes = kinds.value_counts().sort_index()
    order = sizes.iloc[rng.permutation(len(sizes))]
    wanted = how_many(len(table), rate, minimum)
    before = order.cumsum() - order
    absent = kinds.isin(order.index[before < wanted])
    gone, kept = table[absent], table[~absent].reset_index(drop=True)
    record = gone["encounter_id"] + "/" + gone["line"].astype("str")
    ledger = write_ledger(record.to_numpy(), "amount", gone["amount"].map("{:.2f}".format).to_numpy(), None)
    return kept.assign(line=kept.groupby("_claim").cumcount() + 1), ledger


@defect(
    "D23",
    "A claim is voided, adjusted or replaced, or a credit names a claim that is not there",
    tables=("claims", "h2_claims", "h3_claims"),
    rate=0.02,
    minimum=176,
    limits="The rate is a share of claims. Whoever changes a claim says so: no change is without a reference "
    "but for credits to archived claims. Payers never ask money back by other ways.",
)
def change_claims(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds voids, replacements, adjustments and credits.

    Args:
        table: Working table of `claims`, originals only.
        rate: Share of claims.
        minimum: Least number of claims.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger: every added line, and the line that it changes as clean.
    """
    drawn = _draw(table, rate, minimum, rng)
    changes = _Changes(table, rng)
    for what, apply in changes.ways().items():
        apply(drawn[np.array(PATTERN)[np.arange(len(drawn)) % len(PATTERN)] == what])
    return changes.result()


def _draw(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Returns the claims to change, in the order in which they were drawn."""
    count = int(table["_claim"].max()) + 1 if len(table) else 0
    priority = rng.random(count)
    recent = table["adjudicated_on"].max() - DECIDED
    good = (table["_fate"] == "stands") & (table["adjudicated_on"] < recent)
    all_good = good.groupby(table["_claim"]).all()
    may = all_good.index[all_good].to_numpy()
    order: npt.NDArray[np.int64] = may[np.argsort(priority[may], kind="stable")]
    return order[: how_many(table["_claim"].nunique(), rate, minimum)]


class _Changes:
    """The changes of some claims, one after another.

    Args:
        table: Working table of `claims`.
        rng: Stream to draw from.
    """

    def __init__(self, table: pd.DataFrame, rng: np.random.Generator) -> None:
        """Begins without any change."""
        self._table = table.copy()
        self._rng = rng
        self._added: list[pd.DataFrame] = []
        self._next = int(table["_claim"].max()) + 1 if len(table) else 0

    def ways(self) -> dict[str, _Way]:
        """Returns what can be done to claims, in the order in which it is done."""
        return {
            "adjust": self._adjust_some,
            "void": self._void_some,
            "replace": self._replace_some,
            "credit": self._credit_some,
        }

    def result(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Returns the changed table and its ledger."""
        added = pd.concat(self._added, ignore_index=True) if self._added else self._table.iloc[:0]
        names = [f"+{number}" for number in range(len(added))]
        ledger = write_ledger(names, "line_id", added["_of"].to_numpy() if names else [], names)
        both = pd.concat([self._table, added.assign(line_id=names)], ignore_index=True)
        return both.drop(columns="_of", errors="ignore"), ledger

    def _lines(self, claims: npt.NDArray[np.int64]) -> pd.DataFrame:
        found = self._table[self._table["_claim"].isin(claims)]
        return found.assign(_of=found["line_id"])

    def _renumbered(self, lines: pd.DataFrame) -> pd.DataFrame:
        """Puts lines on new claims, one for each old one."""
        place, old = pd.factorize(lines["_claim"])
        numbers = self._next + place
        self._next += len(old)
        return lines.assign(_claim=numbers)

    def _later(self, lines: pd.DataFrame, least: int, most: int) -> pd.DataFrame:
        """Sends lines so many days after the claim before was decided; all of a claim on one day."""
        place, claims = pd.factorize(lines["_claim"])
        wait = self._rng.integers(least, most, (2, len(claims)))[:, place]
        sent = lines["adjudicated_on"] + pd.to_timedelta(wait[0], unit="D")
        decided = sent + pd.to_timedelta(3 + wait[1] // 3, unit="D")
        return lines.assign(submitted_on=sent, adjudicated_on=decided)

    def _follow(self, lines: pd.DataFrame, kind: str, fate: str) -> pd.DataFrame:
        """Returns lines of new claims that refer to these."""
        later = self._later(lines.assign(_refers=lines["_claim"], kind=kind, _fate=fate), 5, 30)
        return self._renumbered(later)

    def _take_back(self, claims: npt.NDArray[np.int64], fate: str) -> None:
        gone = self._table["_claim"].isin(claims)
        self._table.loc[gone, "_fate"] = fate

    def _adjusted(self, lines: pd.DataFrame, fate: str) -> pd.DataFrame:
        share = self._rng.uniform(LEAST_SHARE, MOST_SHARE, len(lines))
        rows = self._follow(lines, "adjustment", fate)
        return rows.assign(amount=-(lines["amount"].to_numpy() * share).round(2))

    def _adjust_some(self, claims: npt.NDArray[np.int64]) -> None:
        first = self._lines(claims).drop_duplicates("_claim", keep="last")
        once = self._adjusted(first, "adjustment")
        again = first.assign(adjudicated_on=once["adjudicated_on"].to_numpy())
        again = again[self._rng.random(len(again)) < ADJUSTED_TWICE]
        self._added += [once, self._adjusted(again, "adjustment")]

    def _void_some(self, claims: npt.NDArray[np.int64]) -> None:
        lines = self._lines(claims)
        first = lines.drop_duplicates("_claim")
        adjusted = self._adjusted(first[self._rng.random(len(first)) < ADJUSTED_FIRST], "voided")
        adjusted_on = adjusted.set_index("_refers")["adjudicated_on"]
        decided = adjusted_on.reindex(lines["_claim"]).set_axis(lines.index)
        decided = decided.fillna(lines["adjudicated_on"])
        void = self._follow(lines.assign(adjudicated_on=decided), "void", "void")
        self._take_back(claims, "voided")
        old = void["_refers"].unique()
        billed = void["_refers"].isin(old[self._rng.random(len(old)) < BILLED_AGAIN])
        again = self._later(void[billed].assign(_refers=-1, kind="original", _fate="stands"), 3, 15)
        self._added += [adjusted, void, self._renumbered(again)]

    def _replace_some(self, claims: npt.NDArray[np.int64]) -> None:
        lines = self._lines(claims)
        new = self._follow(lines, "replacement", "stands")
        factor = 1 + self._rng.uniform(-0.3, 0.3, len(new))
        new = new.assign(amount=(new["amount"] * factor).round(2))
        self._take_back(claims, "replaced")
        numbers = new["_claim"].unique()
        ended = new["_claim"].isin(numbers[self._rng.random(len(numbers)) < VOIDED_LATER])
        void = self._follow(new[ended], "void", "void")
        self._added += [new.assign(_fate=np.where(ended, "voided", "stands")), void]

    def _credit_some(self, claims: npt.NDArray[np.int64]) -> None:
        first = self._lines(claims).drop_duplicates("_claim")
        rows = self._adjusted(first, "credit")
        archived = -2 - self._rng.choice(60_000, len(rows), replace=False)
        self._added.append(rows.assign(_refers=archived, _of=None))
