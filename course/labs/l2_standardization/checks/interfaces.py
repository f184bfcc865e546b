"""Task 2.8 (optional): what joining partners costs, point to point or by a hub."""

from typing import Any

from grading.compare import close, is_number, is_whole
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from sim.world import World

EXAMPLES = (
    # c_pair, c_hub, fixed, audit, expected
    (4.0, 5.0, 60.0, 12.0, 7),
    (4.0, 5.0, 60.0, 120.0, 9),
    (0.0, 5.0, 60.0, 12.0, None),
    (3.0, 3.0, 0.0, 0.0, 4),
    (10.0, 1.0, 0.0, 0.0, 2),
    (1.0, 1.0, 1.0, 0.0, 4),
)


# ---- Cases -------------------------------------------------------------------------------------------


def fixtures() -> list[Case]:
    """Gives two exchanges and six break-even points, worked out by hand."""
    return [
        Case("cost", "ten partners", (10, 4.0, 5.0, 60.0, 12.0), expected={"pairs": 360.0, "hub": 172.0}),
        Case("cost", "two partners", (2, 4.0, 5.0, 60.0, 12.0), expected={"pairs": 8.0, "hub": 92.0}),
        *(
            Case("break_even", f"links at {pair:g} and {hub:g}", (pair, hub, fixed, audit), expected=n)
            for pair, hub, fixed, audit, n in EXAMPLES
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives twenty further exchanges whose prices follow the district's size."""
    expected = None if world.truth is None else REFERENCE
    number = len(world.tables["his_patients"])
    prices = [
        (1.0 + (number * k) % 7, 1.0 + (number + 3 * k) % 9, 5.0 * ((number + k) % 30), 4.0 * ((2 * k) % 11))
        for k in range(1, 15)
    ]
    prices += [(0.0, 2.0, 10.0, 0.0), (0.0, 0.0, 0.0, 0.0), (1.0, 0.0, 2.0, 0.0), (2.0, 0.0, 0.0, 4.0)]
    return [
        *(Case("break_even", f"prices {k}", four, "district", expected) for k, four in enumerate(prices, 1)),
        *(
            Case("cost", f"{n} partners", (n, *prices[k]), "district", expected)
            for k, n in enumerate((2, 3, 5, 17, 40))
        ),
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "cost":
        right = isinstance(value, dict) and all(is_number(value.get(name)) for name in ("pairs", "hub"))
        return None if right else 'cost() must return {"pairs": a number, "hub": a number}.'
    return None if value is None or is_whole(value) else "break_even() must return a whole number or None."


# ---- Scores ------------------------------------------------------------------------------------------


def _costs(case: Case, value: Any) -> float:
    return sum(close(value[name], case.expected[name], 1e-6) for name in ("pairs", "hub")) / 2


def _same(case: Case, value: Any) -> float:
    return float(value == case.expected and type(value) is type(case.expected))


# ---- Misconceptions ----------------------------------------------------------------------------------


def _square(case: Case, value: Any) -> bool:
    """Whether every partner was linked with itself, too."""
    n, pair = case.args[:2]
    return pair > 0 and close(value["pairs"], n * n * pair, 1e-6)


def _undirected(case: Case, value: Any) -> bool:
    n, pair = case.args[:2]
    return pair > 0 and close(value["pairs"], n * (n - 1) / 2 * pair, 1e-6)


def _forgets_fixed(case: Case, value: Any) -> bool:
    """Whether the answer is the one of a hub that costs nothing besides its links."""
    pair, hub, fixed, audit = case.args
    if fixed + audit == 0 or pair == 0 or value == case.expected:
        return False
    n = 2
    while n * (n - 1) * pair <= 2 * n * hub:
        n += 1
    return bool(value == n)


INTERFACES = Task(
    id="2.8",
    title="Interfaces",
    functions=("cost", "break_even"),
    checks=(
        Check(
            "2.8.cost",
            "What a year costs",
            1.0,
            "cost",
            _costs,
            ("fixture", "district"),
            expected="Every directed link between partners, or two links a partner, the hub and its audits.",
        ),
        Check(
            "2.8.example",
            "The example break-even points",
            1.0,
            "break_even",
            _same,
            ("fixture",),
            expected="The least number of partners with whom the hub is cheaper, or None.",
        ),
        Check(
            "2.8.break_even",
            "Other break-even points",
            2.0,
            "break_even",
            _same,
            expected="The least number of partners with whom the hub is cheaper, or None.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC125", "cost", _square),
        Symptom("MC125", "cost", _undirected),
        Symptom("MC124", "break_even", _forgets_fixed),
    ),
    hints=(
        "Draw three partners and every arrow between them. Then draw the hub.",
        "Each of n partners sends to n − 1 others; the hub needs one link in and one out for each, and has "
        "to be paid besides.",
        "Try n = 2, 3, 4 and so on until the hub is cheaper. When can that never happen?",
    ),
    optional=True,
)
