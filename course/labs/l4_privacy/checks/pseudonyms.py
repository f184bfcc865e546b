"""Task 4.3: plain hashes that give back their numbers, and pseudonyms that do not."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from grading.compare import ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

LETTERS = "ABCDEF"
REVERSERS = ("everybody", "the keeper", "nobody")
LEAST, MOST = 16, 64
CHANCE = 3
"""So many pseudonyms from which the number can be told are no chance any more."""

ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b")


# ---- Cases -------------------------------------------------------------------------------------------


def _hash(number: str, salt: str = "") -> str:
    return hashlib.sha256((salt + number).encode()).hexdigest()


def _recover(name: str, kind: Kind, numbers: list[str], form: tuple[str, int, str], known: bool) -> Case:
    """Gives hashes of record numbers, and some of other things, which nobody can turn back."""
    letters, digits, salt = form
    other = [_hash(number, "a key that nobody told") for number in numbers[: len(numbers) // 10 + 1]]
    hashes = sorted([_hash(number, salt) for number in numbers] + other)
    told = {_hash(number, salt): number for number in numbers}
    return Case("recover", name, (hashes, letters, digits, salt), kind, told if known else None)


def _key(name: str) -> str:
    return hashlib.sha256(f"l4 {name}".encode()).hexdigest()


def _projects(name: str, kind: Kind, numbers: list[str], known: bool) -> Case:
    """Gives a study, its follow-up with the same key, and another study with a key of its own."""
    half = len(numbers) // 2
    projects = {
        "heart": [*numbers, *numbers[:3]],
        "lungs": list(reversed(numbers[: half + 1])),
        "heart follow-up": numbers[half // 2 :],
    }
    keys = {"heart": _key(name), "lungs": _key(f"{name} lungs"), "heart follow-up": _key(name)}
    return Case("pseudonymise", name, (projects, keys), kind, "of the form wanted" if known else None)


_SCHEMES = (
    # made_from, method, secret; who can turn it back, whether it is a Safe Harbor code
    (("record number", "hash", "none"), "everybody", False),
    (("record number", "salted hash", "beside the data"), "everybody", False),
    (("record number", "hmac", "kept apart"), "the keeper", False),
    (("random number", "table", "kept apart"), "the keeper", True),
    (("random number", "table", "beside the data"), "everybody", False),
    (("random number", "table", "destroyed"), "nobody", True),
    (("telephone number", "hmac", "destroyed"), "nobody", False),
)
_OTHERS = (
    ("telephone number", "hash", "none"),
    ("date of birth", "hash", "none"),
    ("record number", "salted hash", "kept apart"),
    ("telephone number", "hmac", "kept apart"),
    ("record number", "hmac", "beside the data"),
    ("record number", "hmac", "destroyed"),
    ("date of birth", "salted hash", "beside the data"),
    ("random number", "table", "kept apart"),
    ("random number", "table", "destroyed"),
    ("random number", "table", "beside the data"),
)


def _scheme(told: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("made_from", "method", "secret"), told, strict=True))


def fixtures() -> list[Case]:
    """Gives two small heaps of hashes, three small projects and seven schemes."""
    return [
        _recover("three numbers of A and B", "fixture", ["A012", "A999", "B500"], ("AB", 3, ""), True),
        _recover(
            "with a salt that lies beside the data", "fixture", ["B007", "A100"], ("AB", 3, "lab4:"), True
        ),
        _projects("eight patients", "fixture", [f"A{number:03d}" for number in range(8)], True),
        *(
            Case(
                "judge_code",
                ", ".join(told),
                (_scheme(told),),
                expected={"reversible_by": who, "safe_harbor_code": code},
            )
            for told, who, code in _SCHEMES
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives hashes and projects of the hospital's record numbers, and further schemes."""
    known = world.truth is not None
    mrns = world.tables["his_patients"]["mrn"]
    # As the network's six facilities write them: a letter and five digits.
    numbers = sorted({LETTERS[int(mrn[1]) % 6] + mrn[-5:] for mrn in mrns})
    rng = Seeds(PUBLIC_KEY, "variant", "4.3").stream("numbers")
    many = [f"{LETTERS[place % 6]}{place:05d}" for place in rng.permutation(20_000).tolist()]
    return [
        _recover("six facilities", "district", numbers[:1500], (LETTERS, 5, ""), known),
        _recover("with a salt", "variant", numbers[-800:], (LETTERS, 5, numbers[0]), known),
        _projects("the hospital", "district", numbers, known),
        _projects("20,000 patients", "variant", many, known),
        *(
            Case("judge_code", ", ".join(t), (_scheme(t),), "district", REFERENCE if known else None)
            for t in _OTHERS
        ),
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if not isinstance(value, dict):
        return f"{case.function}() must return a dictionary."
    if case.function == "judge_code":
        right = value.get("reversible_by") in REVERSERS and isinstance(value.get("safe_harbor_code"), bool)
        told = f'{{"reversible_by": one of {", ".join(REVERSERS)}, "safe_harbor_code": True or False}}'
        return None if right else f"judge_code() must return {told}."
    if case.function == "recover":
        texts = all(isinstance(key, str) and isinstance(found, str) for key, found in value.items())
        return None if texts else "recover() must return texts by texts: the number of each hash found."
    projects = case.args[0]
    if set(value) != set(projects):
        return "pseudonymise() must return every project by its name, and no other."
    for name, numbers in projects.items():
        told = value[name]
        if not isinstance(told, list) or len(told) != len(numbers):
            return f"pseudonymise(): project '{name}' needs a list of {len(numbers)} pseudonyms."
        if not all(isinstance(each, str) and 0 < len(each) <= MOST for each in told):
            return f"pseudonymise(): a pseudonym is a text of at most {MOST} characters."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _share(case: Case, value: Any) -> float:
    """Scores what was recovered; a wrong number takes away as much as a right one gives."""
    right = sum(value.get(key) == number for key, number in case.expected.items())
    return ramp((right - (len(value) - right)) / len(case.expected), zero_at=0.0, full_at=0.95)


def _names(case: Case, value: Any, project: str) -> dict[str, str]:
    """Returns the pseudonym of each number; of a number with more than one the last."""
    return dict(zip(case.args[0][project], value[project], strict=True))


def _stable(case: Case, value: Any) -> float:
    """Whether equal numbers have equal pseudonyms and different ones different ones, of enough letters."""
    for project, numbers in case.args[0].items():
        pairs = set(zip(numbers, value[project], strict=True))
        told = {name for _, name in pairs}
        if len(pairs) != len(set(numbers)) or len(told) != len(pairs) or min(map(len, told)) < LEAST:
            return 0.0
    return 1.0


def _follows(case: Case, value: Any) -> float:
    """The share of people whom the follow-up finds again."""
    first, later = (_names(case, value, project) for project in ("heart", "heart follow-up"))
    both = set(first) & set(later)
    return ramp(sum(first[one] == later[one] for one in both) / len(both), zero_at=0.5, full_at=1.0)


def _unlinked(case: Case, value: Any) -> float:
    """Whether no pseudonym of the one study stands in the other."""
    return float(not set(value["heart"]) & set(value["lungs"]) and _alive(case, value))


def _alive(case: Case, value: Any) -> bool:
    """Whether the pseudonyms tell people apart at all."""
    return _stable(case, value) > 0 or len(set(value["heart"])) > len(set(case.args[0]["heart"])) / 2


def _safe(case: Case, value: Any) -> float:
    """Whether who holds the numbers and the projects' names, but no key, computes no pseudonym.

    In one of several hundred long random texts of the digits 0 to f a number such as A01234 stands by chance;
    in three it does not.
    """
    for project in case.args[0]:
        names = list(_names(case, value, project).items())[:200]
        if sum(_guessed(number, name, project) for number, name in names) >= min(CHANCE, len(names)):
            return 0.0
    return float(_alive(case, value))


def _guessed(number: str, name: str, project: str) -> bool:
    """Whether a pseudonym is the number itself, or follows from it without a secret."""
    low = name.lower()
    if number.lower() in low or number[::-1].lower() in low:
        return True
    tail = low.removeprefix(project.lower()).strip("-_:|. ")
    return any(
        len(tail) >= 6 and digest.startswith(tail[: len(digest)]) for digest in _digests(number, project)
    )


@cache
def _digests(number: str, project: str) -> tuple[str, ...]:
    return tuple(_plain(number, project))


def _plain(number: str, project: str) -> Iterator[str]:
    texts = [number, *(a + between + b for between in ("", ":", "-", "_", "|", " ", "/")
                       for a, b in ((project, number), (number, project)))]  # fmt: skip
    for text in texts:
        for algorithm in ALGORITHMS:
            yield hashlib.new(algorithm, text.encode()).hexdigest()
    for key in ("", project):
        yield hmac.new(key.encode(), number.encode(), "sha256").hexdigest()


def _judged(case: Case, value: Any) -> float:
    return sum(value[key] == case.expected[key] for key in ("reversible_by", "safe_harbor_code")) / 2


def _both_judged(case: Case, value: Any) -> float:
    return float(_judged(case, value) == 1)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _plain_hash(case: Case, value: Any) -> bool:
    return _stable(case, value) == 1 and _safe(case, value) == 0


def _short(case: Case, value: Any) -> bool:
    return any(len(name) < LEAST for name in value["heart"])


def _derived(case: Case, value: Any) -> bool:
    """Whether a code made from what is known of a person was taken for a Safe Harbor code."""
    return bool(case.args[0]["made_from"] != "random number" and value["safe_harbor_code"])


def _hash_is_safe(case: Case, value: Any) -> bool:
    scheme = case.args[0]
    return bool("hash" in scheme["method"] and scheme["secret"] in ("none", "beside the data")
                and value["reversible_by"] != "everybody")  # fmt: skip


def _check(name: str, title: str, points: float, score: Callable[[Case, Any], float], expected: str) -> Check:
    return Check(f"4.3.{name}", title, points, "pseudonymise", score,
                 ("fixture", "district", "variant"), "worst", expected)  # fmt: skip


PSEUDONYMS = Task(
    id="4.3",
    title="Pseudonyms",
    functions=("recover", "pseudonymise", "judge_code"),
    checks=(
        Check(
            "4.3.example",
            "The example hashes",
            1.0,
            "recover",
            _share,
            ("fixture",),
            expected="The number of every hash that is one of a record number.",
        ),
        Check(
            "4.3.recover",
            "Hashes of six facilities",
            2.0,
            "recover",
            _share,
            expected="At least 95 % of the numbers.",
        ),
        _check("stable", "One person, one pseudonym", 1.0, _stable,
               "Equal for equal numbers, different for different ones, of at least 16 characters."),
        _check("follows", "The follow-up finds its people", 1.0, _follows, "Equal where the key is equal."),
        _check("unlinked", "Two studies cannot be joined", 1.0, _unlinked, "Different where the key is."),
        _check("safe", "Your own attack fails", 1.5, _safe, "Nobody computes a pseudonym without the key."),
        Check(
            "4.3.code_example",
            "The example schemes",
            1.0,
            "judge_code",
            _both_judged,
            ("fixture",),
            expected="Who can turn the code back, and whether Safe Harbor allows it.",
        ),
        Check(
            "4.3.code",
            "Other schemes",
            1.5,
            "judge_code",
            _both_judged,
            expected="Who can turn the code back, and whether Safe Harbor allows it.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC63", "pseudonymise", _plain_hash),
        Symptom("MC138", "pseudonymise", _short),
        Symptom("MC131", "judge_code", _derived),
        Symptom("MC63", "judge_code", _hash_is_safe),
    ),
    hints=(
        "Hash one of the numbers of the example by hand and look for it among the hashes. How many numbers "
        "are there to try?",
        "A hash hides nothing that can be tried out. What must the attacker lack, so that trying is no use?",
        "Write all possible numbers down with their hashes, and look up. For pseudonyms use HMAC with the "
        "project's key over the number; nothing else of the project may go in.",
    ),
)  # fmt: skip
