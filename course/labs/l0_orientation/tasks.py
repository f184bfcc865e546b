"""What is looked at in lab 0: a working kernel, and a hand-in that was repaired."""

from typing import Any

from grading.compare import is_whole
from grading.tasks import Case, Check, History, Symptom, Task
from sim.world import World

_OLDEST = {"python": (3, 11), "pandas": (3, 0)}


def _same(case: Case, value: Any) -> float:
    return float(type(value) is type(case.expected) and value == case.expected)


# ---- 0.1 ---------------------------------------------------------------------------------------------


def _greetings(names: list[str], kind: Any) -> list[Case]:
    return [Case("greet", name, (name,), kind, f"Welcome to Lindenmoor, {name}!") for name in names]


def _morning_fixtures() -> list[Case]:
    return [*_greetings(["Ana", "Zoë Núñez"], "fixture"), Case("workplace", "this kernel", ())]


def _morning_district(world: World) -> list[Case]:
    """Greets three people of the district, the one with the most unusual letters among them."""
    names = sorted(set(world.tables["his_patients"]["given_name"].dropna()))
    unusual = max(names, key=lambda name: (sum(ord(letter) > 127 for letter in name), name))
    return _greetings([names[0], names[-1], unusual], "district")


def _morning_contract(case: Case, value: Any) -> str | None:
    if case.function == "workplace" and not (
        isinstance(value, dict) and all(isinstance(value.get(key), str) for key in _OLDEST)
    ):
        return 'workplace() must return a dictionary with the two texts "python" and "pandas".'
    return None


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:2])


def _new_enough(case: Case, value: Any) -> float:
    return float(all(_version(value[key]) >= oldest for key, oldest in _OLDEST.items()))


def _ignores_name(case: Case, value: Any) -> bool:
    return isinstance(value, str) and case.args[0] not in value


MORNING = Task(
    id="0.1",
    title="Say good morning",
    functions=("greet", "workplace"),
    checks=(
        Check(
            "0.1.greet",
            "Greets people you can see",
            0.5,
            "greet",
            _same,
            ("fixture",),
            expected="The text “Welcome to Lindenmoor, NAME!” with the name that was passed in.",
        ),
        Check(
            "0.1.anybody",
            "Greets people of the hidden districts",
            0.5,
            "greet",
            _same,
            expected="The same text for any name, accents included.",
        ),
        Check(
            "0.1.workplace",
            "Python and pandas are new enough",
            1.0,
            "workplace",
            _new_enough,
            ("fixture",),
            expected="Python 3.11 or newer and pandas 3.0 or newer, asked for when the function runs.",
        ),
    ),
    contract=_morning_contract,
    fixtures=_morning_fixtures,
    district=_morning_district,
    symptoms=(
        Symptom("ENV-KERNEL", "workplace", lambda case, value: not _new_enough(case, value)),
        Symptom("MC07", "greet", lambda case, value: value is None),
        Symptom("MC06", "greet", _ignores_name),
    ),
    hints=(
        "Call your function in a new cell and look at the value that comes back, not at what is printed.",
        "The name arrives as the argument. Nothing that you type should decide whose name it is.",
        'A text with a value inside it is written f"… {value} …"; platform and pandas know the versions.',
    ),
)


# ---- 0.6 ---------------------------------------------------------------------------------------------


def _beds_fixtures() -> list[Case]:
    return [
        Case("free_beds", "24 beds, 20 patients", (24, 20), expected=4),
        Case("free_beds", "24 beds, 24 patients", (24, 24), expected=0),
        Case("free_beds", "an empty ward of 8", (8, 0), expected=8),
    ]


def _beds_district(world: World) -> list[Case]:
    """Gives the crowded days: only for marks, so that the drill's first answer is a surprise."""
    if world.truth is None:
        return []
    patients = len(world.tables["his_patients"]) % 40
    return [
        Case("free_beds", "a crowded ward", (20, 21 + patients), "district", 0),
        Case("free_beds", "a closed ward", (0, 2), "district", 0),
        Case("free_beds", "a large ward", (400, 300 + patients), "district", 100 - patients),
    ]


def _beds_contract(case: Case, value: Any) -> str | None:
    return None if is_whole(value) else "free_beds() must return a whole number (an int)."


def _twice(history: History) -> float:
    return float(history.attempts >= 2)


DRILL = Task(
    id="0.6",
    title="Hand in twice",
    functions=("free_beds",),
    checks=(
        Check(
            "0.6.ordinary",
            "Right on ordinary days",
            0.4,
            "free_beds",
            _same,
            ("fixture",),
            expected="The number of further patients that the ward can take.",
        ),
        Check(
            "0.6.crowded",
            "Right on every day",
            0.6,
            "free_beds",
            _same,
            combine="worst",
            expected="A ward with more patients than beds can take none.",
        ),
        Check(
            "0.6.twice",
            "Two different answers were handed in",
            1.0,
            "free_beds",
            expected="A first hand-in, its feedback, and a second hand-in that differs.",
            history=_twice,
        ),
    ),
    contract=_beds_contract,
    fixtures=_beds_fixtures,
    district=_beds_district,
    symptoms=(Symptom("MC08", "free_beds", lambda case, value: case.args[1] > case.args[0] and value < 0),),
    hints=(
        "Which days did you not try?",
        "Put more patients than beds into your function and read the answer aloud as the clerk would.",
        "What is the smallest number of patients who can still come? Python has a function for such a limit.",
    ),
)

TASKS = [MORNING, DRILL]
