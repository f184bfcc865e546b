"""`$match`: who of the registered might this person be?

The weights are guesses of the kind that products ship with: good enough to find most people, and
worth beating.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.exchange.facade.columns import Rows
from sim.exchange.facade.refusals import bad
from sim.exchange.facade.shelves import Shelf

WEIGHTS = {
    "identifier": (14.0, -4.0),
    "birthdate": (8.0, -5.0),
    "family": (7.0, -4.0),
    "given": (5.0, -3.0),
    "phone": (6.0, -0.5),
    "gender": (1.0, -4.0),
    "area": (3.0, -0.5),
}
"""Points for what agrees and what does not, as powers of two (assumed)."""

BLOCKS = ("identifier", "birthdate", "family", "phone")
"""One of these must agree before anybody is compared."""

EVEN = 12.0
"""Points at which a match is as likely as not, among thousands of people (assumed)."""

GRADES = ((0.99, "certain"), (0.8, "probable"), (0.2, "possible"))
"""Least score of each grade; below the last nobody is shown."""

MOST = 50
"""Most candidates of an answer."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who might be meant.

    Attributes:
        row: Place on the shelf.
        score: From 0 to 1.
        grade: "certain", "probable" or "possible".
    """

    row: int
    score: float
    grade: str


@dataclass(frozen=True)
class Sought:
    """Whom a client looks for.

    Attributes:
        features: What is known of them, by the names of `WEIGHTS`.
        certain: Whether only certain matches are wanted.
        count: Most candidates.
    """

    features: Mapping[str, tuple[str, ...]]
    certain: bool
    count: int


def read_sought(content: object) -> Sought:
    """Reads the body of `$match`.

    Args:
        content: Parameters with `resource` (a Patient), and perhaps `onlyCertainMatches` and `count`.

    Raises:
        Refusal: It is something else, or says too little.
    """
    if not isinstance(content, dict) or content.get("resourceType") != "Parameters":
        raise bad("Expected a resource of type Parameters.", "structure")
    listed = content.get("parameter")
    parts = (
        {each.get("name"): each for each in listed if isinstance(each, dict)}
        if isinstance(listed, list)
        else {}
    )
    patient = parts.get("resource", {}).get("resource")
    if not isinstance(patient, dict) or patient.get("resourceType") != "Patient":
        raise bad("Expected the parameter 'resource' with a Patient.", "required")
    certain = parts.get("onlyCertainMatches", {}).get("valueBoolean", False)
    count = parts.get("count", {}).get("valueInteger", 10)
    if not isinstance(certain, bool):
        raise bad("onlyCertainMatches: expected valueBoolean.", "value")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise bad(f"count: expected valueInteger from 1 to {MOST}.", "value")
    features = _features(patient)
    if not set(BLOCKS) & set(features):
        raise bad(
            "Expected at least an identifier, a birth date, a family name or a telephone number.", "required"
        )
    return Sought(features, certain, count)


def _features(patient: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Returns what a Patient says of those things that are compared."""
    names, identifiers = _objects(patient.get("name")), _objects(patient.get("identifier"))
    given = [each for name in names for each in name.get("given", []) if isinstance(name.get("given"), list)]
    said: dict[str, list[object]] = {
        "identifier": [
            f"{each.get('system', '')}|{each['value']}" for each in identifiers if each.get("value")
        ],
        "birthdate": [patient.get("birthDate")],
        "family": [name.get("family") for name in names],
        "given": given,
        "phone": [each.get("value") for each in _objects(patient.get("telecom"))],
        "gender": [patient.get("gender")],
        "area": [each.get("postalCode") for each in _objects(patient.get("address"))],
    }
    texts = {
        name: tuple(each.strip().casefold() for each in values if isinstance(each, str) and each.strip())
        for name, values in said.items()
    }
    return {name: values for name, values in texts.items() if values}


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def match(shelf: Shelf, sought: Sought, open_to: Rows) -> list[Candidate]:
    """Returns who might be meant, the likeliest first.

    Args:
        shelf: The shelf of patients.
        sought: Whom a client looks for.
        open_to: Which patients may be given.
    """
    agreeing = {name: _agreeing(shelf, name, values) for name, values in sought.features.items()}
    blocked: Rows = np.logical_or.reduce([agreeing[name] for name in BLOCKS if name in agreeing])
    rows = np.flatnonzero(blocked & open_to)
    points: npt.NDArray[np.float64] = np.zeros(len(rows))
    for name, hits in agreeing.items():
        points += np.where(hits[rows], *WEIGHTS[name])
    scores = 1 / (1 + 2.0 ** (EVEN - points))
    order = np.lexsort((rows, -scores))
    least = GRADES[0][0] if sought.certain else GRADES[-1][0]
    return [
        Candidate(int(rows[place]), round(float(scores[place]), 4), _grade(float(scores[place])))
        for place in order[: sought.count]
        if scores[place] >= least
    ]


def _agreeing(shelf: Shelf, name: str, values: tuple[str, ...]) -> Rows:
    wanted = set(values)
    if name != "identifier":
        return shelf.words(name).fitting(lambda text: text in wanted, folded=True)
    hits: Rows = np.zeros(len(shelf), dtype=bool)
    for column in ("identifier", "national"):
        hits |= shelf.words(column).fitting(lambda text: text in wanted, folded=True)
    return hits


def _grade(score: float) -> str:
    return next((grade for least, grade in GRADES if score >= least), "certainly-not")
