"""Task 1.9 (optional): what is owed for each visit after voids, replacements and adjustments."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

import pandas as pd

from grading.compare import ramp, weaker
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

KINDS = {"o": "original", "v": "void", "r": "replacement", "a": "adjustment"}
STATUSES = {"+": "accepted", "-": "denied", "?": "pending"}
CENT = 0.005

Net: TypeAlias = "pd.Series[float]"
Visits: TypeAlias = "pd.Series[bool]"


# ---- Cases: the dentist ------------------------------------------------------------------------------

_LINES = """
D01 C01 1 o .   V1  P1  100 +
D02 C02 1 o .   V2  P1   80 +
D03 C02 2 o .   V2  P1   20 +
D04 C03 1 a C02 V2  P1  -15 +
D05 C04 1 v C02 V2  P1   80 +
D06 C04 2 v C02 V2  P1   20 +
D07 C05 1 o .   V2  P1   90 +
D08 C06 1 o .   V3  P2  200 +
D09 C07 1 r C06 V3  P2  150 +
D10 C08 1 v C07 V3  P2  150 +
D11 C09 1 o .   V4  P2   60 -
D12 C09 2 o .   V4  P2   40 +
D13 C10 1 o .   V5  P3  120 +
D14 C11 1 v C10 V5  P3  120 ?
D15 C12 1 o .   V6  P3   70 +
D16 C13 1 a C12 V6  P3  -10 +
D17 C14 1 a C12 V6  P3   -5 +
D18 C15 1 o .   V7  P4  300 +
D19 C16 1 a C99 V7  P4  -50 +
D20 C17 1 o .   V8  P4   50 ?
D21 C18 1 o .   V9  P5  500 +
D22 C18 2 o .   V9  P5   60 +
D23 C19 2 v C18 V9  P5   60 +
D24 C20 1 o .   V10 P5  110 +
D25 C20 2 o .   V10 P5   45 +
D26 C21 2 a C20 V10 P5   -5 +
D27 C22 1 r C20 V10 P5  100 +
D28 C23 1 a C98 V1  P1   -9 ?
D29 C24 1 o .   V11 P3   30 -
D30 C25 1 a C24 V11 P3   -5 +
"""
"""A dentist's lines: line_id, claim_id, line, kind, refers_to, encounter_id, mrn, amount, status."""

_NET = {
    "V1": 100,
    "V2": 90,
    "V3": 0,
    "V4": 40,
    "V5": 120,
    "V6": 55,
    "V7": 300,
    "V8": 0,
    "V9": 500,
    "V10": 100,
    "V11": 0,
}
_COLUMNS = ["line_id", "claim_id", "line", "kind", "refers_to", "encounter_id", "mrn", "amount", "status"]


def _dentist() -> pd.DataFrame:
    """Returns the dentist's lines with the columns of `claims` that matter."""
    cells = [line.split() for line in _LINES.strip().splitlines()]
    lines = pd.DataFrame(cells, columns=_COLUMNS)
    lines = lines.assign(
        kind=lines["kind"].map(KINDS),
        status=lines["status"].map(STATUSES),
        refers_to=lines["refers_to"].where(lines["refers_to"] != "."),
    )
    return lines.astype("str").astype({"line": "int64", "amount": "float64"})


def fixtures() -> list[Case]:
    """Gives 30 lines of a dentist, and seven limits for the patients."""
    lines = _dentist()
    net = pd.DataFrame(
        {"encounter_id": pd.Series([*_NET], dtype="str"), "net": [float(n) for n in _NET.values()]}
    )
    limits = [
        ("a low limit", 200, ["P1", "P2"], []),
        ("a limit that a lost credit crosses", 270, ["P1", "P2"], ["P4"]),
        ("a high limit", 700, ["P5"], []),
        ("a limit that a net amount just reaches", 190, ["P1", "P2"], []),
        ("a limit that a plain sum just reaches", 250, ["P1", "P2"], ["P4"]),
        ("a limit that a net amount alone just reaches", 300, ["P1", "P2"], []),
        ("a limit that only a plain sum reaches", 540, [], []),
    ]
    return [
        Case("net_amounts", "a dentist", (lines,), expected=net),
        Case("orphans", "a dentist", (lines,), expected=["D19"]),
        *(
            Case("at_limit", name, (lines, float(limit)), expected={"wrongly": w, "overlooked": o})
            for name, limit, w, o in limits
        ),
    ]  # fmt: skip


# ---- Cases: the district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives the hospital's claims, the same with other numbers in another order, and limits."""
    claims = world.tables["claims"]
    visits, patients = (
        new_ids(claims[name], letter) for name, letter in (("encounter_id", "V"), ("mrn", "P"))
    )
    numbers = new_ids([*claims["claim_id"], *claims["refers_to"].dropna()], "C")
    names = {"claim_id": numbers, "refers_to": numbers, "encounter_id": visits, "mrn": patients}
    other = widened(shuffled(renamed(claims, names), "1.9"))
    net = orphans = other_net = expected = None
    if world.truth is not None:
        net, orphans = _told(world)
        other_net, expected = renamed(net, {"encounter_id": visits}), REFERENCE
    return [
        Case("net_amounts", "the hospital's claims", (claims,), "district", net),
        Case("net_amounts", "the same claims with other numbers", (other,), "variant", other_net),
        Case("orphans", "the hospital's claims", (claims,), "district", orphans),
        Case("orphans", "the same claims with other numbers", (other,), "variant", orphans),
        *(
            Case("at_limit", f"a limit of {limit:.2f}", (claims, limit), "district", expected)
            for limit in _limits(claims)
        ),
    ]  # fmt: skip


def _told(world: World) -> tuple[pd.DataFrame, list[str]]:
    """Returns what the generator knows about the large hospital's visits and lines."""
    assert world.truth is not None
    nets, fates = (world.truth.facts[name] for name in ("claim_net", "claim_line_fate"))
    net = nets.loc[nets["facility"] == "H1", ["encounter_id", "net"]].reset_index(drop=True)
    lost = fates.loc[(fates["facility"] == "H1") & (fates["fate"] == "credit"), "line_id"]
    return net, lost.tolist()


def _limits(claims: pd.DataFrame) -> list[float]:
    """Returns limits that some patients cross only because of a void, or stay below because of a credit."""
    accepted = claims[claims["status"] == "accepted"]
    added = accepted.groupby("mrn")["amount"].sum()
    voids = accepted[accepted["kind"] == "void"].sort_values(["amount", "line_id"])
    lost = accepted[(accepted["amount"] < 0) & ~accepted["refers_to"].isin(claims["claim_id"])]
    lost = lost.sort_values(["amount", "line_id"])
    rows = [
        voids.iloc[len(voids) // 4],
        voids.iloc[len(voids) // 2],
        voids.iloc[-1],
        lost.iloc[0],
        lost.iloc[1],
    ]
    return [round(float(added[row["mrn"]] - row["amount"] / 2), 2) for row in rows]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "net_amounts":
        return _net_form(case.args[0], value)
    if case.function == "orphans":
        return None if _texts(value) else "orphans() must return a list of line_id."
    if not isinstance(value, dict) or not all(_texts(value.get(name)) for name in ("wrongly", "overlooked")):
        return 'at_limit() must return {"wrongly": a list of mrn, "overlooked": a list of mrn}.'
    return None


def _net_form(claims: pd.DataFrame, value: Any) -> str | None:
    if not isinstance(value, pd.DataFrame) or sorted(map(str, value.columns)) != ["encounter_id", "net"]:
        return "net_amounts() must return a DataFrame with the columns encounter_id and net."
    if sorted(value["encounter_id"].astype("str")) != sorted(claims["encounter_id"].unique()):
        return "net_amounts() must return every encounter_id of the claims exactly once."
    if not pd.api.types.is_numeric_dtype(value["net"]) or value["net"].isna().any():
        return "net_amounts(): net must be a number everywhere, 0 where nothing is owed."
    return None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


# ---- Scores ------------------------------------------------------------------------------------------


def _off(case: Case, value: pd.DataFrame) -> Net:
    """Returns by how much each visit's net is too high."""
    want, got = (
        table.set_index(table["encounter_id"].astype("str"))["net"] for table in (case.expected, value)
    )
    return got.astype("float64").reindex(want.index) - want  # fmt: skip


def _sums(claims: pd.DataFrame, which: Visits, off: Net) -> Net:
    """Adds up some lines for each visit."""
    added: Net = claims["amount"].where(which, 0.0).groupby(claims["encounter_id"]).sum().reindex(off.index)
    return added


def _with(claims: pd.DataFrame, off: Net, *kinds: str) -> Visits:
    """Marks the visits that have a line of one of these kinds."""
    visits = claims.loc[claims["kind"].isin(kinds), "encounter_id"]
    return pd.Series(off.index.isin(visits), index=off.index)


def _found(off: Net, which: Visits) -> float:
    """Returns the share of some visits whose net is right to the cent."""
    return float((off[which].abs() < CENT).mean()) if which.any() else 1.0


def _voided(case: Case, value: Any) -> float:
    """Scores visits with a void, those that were adjusted before for themselves."""
    claims, off = case.args[0], _off(case, value)
    void, adjusted = _with(claims, off, "void"), _with(claims, off, "adjustment")
    return ramp(min(_found(off, void & adjusted), _found(off, void & ~adjusted)), 0.5, 1.0)


def _changed(case: Case, value: Any) -> float:
    """Scores visits with a replacement and those with an adjustment."""
    claims, off = case.args[0], _off(case, value)
    void = _with(claims, off, "void")
    kinds = (_with(claims, off, kind) & ~void for kind in ("replacement", "adjustment"))
    return ramp(min(_found(off, which) for which in kinds), 0.5, 1.0)


def _plain(case: Case, value: Any) -> float:
    """Scores visits of which nothing was changed, those with an unpaid line for themselves.

    An answer that knows no change at all earns nothing here.
    """
    claims, off = case.args[0], _off(case, value)
    changed = _with(claims, off, "void", "replacement", "adjustment")
    open_ = off.index.isin(claims.loc[claims["status"] != "accepted", "encounter_id"])
    if _found(off, changed) < 0.25:
        return 0.0
    return ramp(min(_found(off, ~changed & open_), _found(off, ~changed & ~open_)), 0.5, 1.0)


def _whole(case: Case, value: Any) -> float:
    return sum(part(case, value) for part in (_voided, _changed, _plain)) / 3


def _lost(case: Case, value: Any) -> float:
    return ramp(weaker(set(value), set(case.expected)), 0.5, 1.0)


def _limited(case: Case, value: Any) -> float:
    return sum(set(value[name]) == set(case.expected[name]) for name in ("wrongly", "overlooked")) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _mostly(off: Net, which: Visits, extra: Net) -> bool:
    """Whether most of some visits are too high by just this much, which is not nothing."""
    where = which & (extra.abs() >= CENT)
    return bool(where.any() and ((off - extra)[where].abs() < CENT).mean() > 0.5)


def _adds_voids(case: Case, value: Any) -> bool:
    claims, off = case.args[0], _off(case, value)
    void = (claims["kind"] == "void") & (claims["status"] == "accepted")
    visits = _with(claims, off, "void") & ~_with(claims, off, "replacement", "adjustment")
    return _mostly(off, visits, 2 * _sums(claims, void, off))


def _keeps_adjustments(case: Case, value: Any) -> bool:
    """Whether a line is taken back but not what had been taken off it before."""
    claims, off = case.args[0], _off(case, value)
    visits = _with(claims, off, "void") & _with(claims, off, "adjustment")
    return _mostly(off, visits, _sums(claims, claims["kind"] == "adjustment", off))


def _adds_replacements(case: Case, value: Any) -> bool:
    claims, off = case.args[0], _off(case, value)
    old = (claims["kind"] == "original") & (claims["status"] == "accepted")
    visits = _with(claims, off, "replacement") & ~_with(claims, off, "void", "adjustment")
    return _mostly(off, visits, _sums(claims, old, off))


def _pays_everything(case: Case, value: Any) -> bool:
    claims, off = case.args[0], _off(case, value)
    visits = ~_with(claims, off, "void", "replacement", "adjustment")
    return _mostly(off, visits, _sums(claims, claims["status"] != "accepted", off))


def _takes_any_credit(case: Case, value: Any) -> bool:
    claims, off = case.args[0], _off(case, value)
    taken = (claims["kind"] == "adjustment") & (claims["status"] == "accepted")
    visits = _with(claims, off, "adjustment") & ~_with(claims, off, "void", "replacement")
    extra, wrong = _sums(claims, taken, off), off.abs() >= CENT
    return bool((visits & wrong & ((off - extra).abs() < CENT)).any())


def _overlooks_none(case: Case, value: Any) -> bool:
    return bool(case.expected["overlooked"]) and not value["overlooked"]


# ---- The task ----------------------------------------------------------------------------------------

_part: Callable[..., Check] = partial(Check, function="net_amounts", points=0.5, combine="worst")

CLAIMS = Task(
    id="1.9",
    title="What is owed",
    functions=("net_amounts", "orphans", "at_limit"),
    checks=(
        Check(
            "1.9.example",
            "The dentist's lines",
            0.5,
            "net_amounts",
            _whole,
            ("fixture",),
            expected="What is owed for each visit, to the cent.",
        ),
        _part(
            "1.9.voids", "Visits with a void", score=_voided, expected="What was taken back counts no more."
        ),
        _part(
            "1.9.changes",
            "Visits with a replacement or an adjustment",
            score=_changed,
            expected="The new claim in place of the old one, and what was taken off.",
        ),
        _part(
            "1.9.plain",
            "Visits of which nothing was changed",
            score=_plain,
            expected="What the payer accepted.",
        ),
        Check(
            "1.9.orphans_example",
            "The dentist's credits without a claim",
            0.25,
            "orphans",
            _lost,
            ("fixture",),
            expected="Every accepted adjustment of a claim that is not there, and no other line.",
        ),
        Check(
            "1.9.orphans",
            "The hospital's credits without a claim",
            0.75,
            "orphans",
            _lost,
            expected="Every accepted adjustment of a claim that is not there, and no other line.",
        ),
        Check(
            "1.9.limit_example",
            "The dentist's patients at a limit",
            0.25,
            "at_limit",
            _limited,
            ("fixture",),
            expected="Who is over the limit only in the plain sum, and who only in what is owed.",
        ),
        Check(
            "1.9.limit",
            "The hospital's patients at a limit",
            0.75,
            "at_limit",
            _limited,
            ("district",),
            expected="Who is over the limit only in the plain sum, and who only in what is owed.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC187", "net_amounts", _adds_voids),
        Symptom("MC188", "net_amounts", _keeps_adjustments),
        Symptom("MC189", "net_amounts", _adds_replacements),
        Symptom("MC198", "net_amounts", _pays_everything),
        Symptom("MC199", "net_amounts", _takes_any_credit),
        Symptom("MC178", "at_limit", _overlooks_none),
    ),
    hints=(
        "Take the dentist's visit V2 and strike out lines with a pencil. What is left, and why?",
        "Ask of every accepted line: is it taken back, is its claim replaced? Then ask what hangs on it.",
        "Find the pairs of claim and line that voids name, and the claims that replacements name. What "
        "counts are originals and replacements outside both, and the adjustments of lines that count.",
    ),
    optional=True,
)
