"""Task 0.1: a working kernel, and a function that is called from outside."""

from typing import Any

from grading.tasks import Case, Check, Symptom, Task
from sim.world import World

_OLDEST = {"python": (3, 11), "pandas": (3, 0)}


def _same(case: Case, value: Any) -> float:
    return float(type(value) is type(case.expected) and value == case.expected)


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
