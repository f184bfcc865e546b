"""The definitions of all measures, and a target as a question about one of them."""

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.validation.concepts import concepts

_TEXTS = ("numerator", "denominator", "among", "a", "b", "where", "value")


@cache
def definitions() -> dict[str, Any]:
    """Returns `measures.yaml`: derived columns, subgroups and measures.

    Example:
        >>> definitions()["measures"]["asthma_now"]
        {'kind': 'share', 'numerator': 'now_asthma'}
    """
    text = Path(__file__).with_name("measures.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def define(measure: str) -> dict[str, Any]:
    """Returns the definition of a measure; a statistic of a value needs none of its own.

    Example:
        >>> define("sbp:p50")
        {'kind': 'statistic', 'value': 'sbp', 'statistic': 'p50', 'measured': ['sbp']}
    """
    if ":" not in measure:
        found: dict[str, Any] = definitions()["measures"][measure]
        return found
    value, statistic = measure.split(":")
    return {"kind": "statistic", "value": value, "statistic": statistic, "measured": [value]}


@dataclass(frozen=True)
class Question:
    """One target as a question to the tables.

    Attributes:
        measure: Name in `measures.yaml`, or "<value>:<statistic>".
        sex: "all", "male" or "female".
        ages: Age band as published, for example "18+", "20-39", "<1", "all".
        subgroup: Name among the subgroups of `measures.yaml`, or blank.
        published: Published value; the standard error of a share or a count is not taken smaller than it
            would be at this value, or a population without a single case would seem to be sure.
    """

    measure: str
    sex: str = "all"
    ages: str = "all"
    subgroup: str = ""
    published: float = math.nan

    def where(self, ages: bool = True) -> str:
        """Says in SQL who belongs to the group.

        Example:
            >>> Question("asthma_now", "female", "5-11").where()
            'age BETWEEN 5 AND 11 AND female'
        """
        parts = [age_range(self.ages)] if ages else []
        if self.sex != "all":
            parts.append("female" if self.sex == "female" else "NOT female")
        if self.subgroup:
            parts.append(f"({definitions()['subgroups'][self.subgroup]})")
        return " AND ".join(part for part in parts if part) or "true"

    def needs(self) -> set[str]:
        """Names the concepts without which the question has no answer.

        Example:
            >>> sorted(Question("hypertension_treated").needs())
            ['antihypertensive', 'dbp', 'hypertension', 'sbp']
        """
        definition = define(self.measure)
        texts = [str(definition.get(key, "")) for key in _TEXTS] + list(definition.get("measured", []))
        needed = {word for text in [*texts, self.where()] for word in _words(text)}
        return needed | {_known().get(name, name) for name in definition.get("needs", [])}


def age_range(ages: str) -> str:
    """Writes an age band as a condition on completed years; a band of other things is no condition.

    Example:
        >>> age_range("20-39"), age_range("60+"), age_range("<1"), age_range("all (crude)"), age_range("30")
        ('age BETWEEN 20 AND 39', 'age >= 60', 'age < 1', '', 'age = 30')
    """
    if found := re.fullmatch(r"(\d+)-(\d+)", ages):
        return f"age BETWEEN {found[1]} AND {found[2]}"
    if found := re.fullmatch(r"(\d+)\+", ages):
        return f"age >= {found[1]}"
    if found := re.fullmatch(r"<(\d+)", ages):
        return f"age < {found[1]}"
    return f"age = {ages}" if ages.isdigit() else ""


@cache
def _known() -> dict[str, str]:
    """Maps each column that is made from a concept to that concept."""
    columns = {name: name for kind in ("observations", "answers") for name in concepts()[kind]}
    columns |= {f"{prefix}_{name}": name for prefix in ("has", "now") for name in concepts()["conditions"]}
    columns |= {f"takes_{name}": name for name in concepts()["drugs"]}
    columns |= {f"habit_{name}": name for name in concepts()["habits"]}
    columns |= {f"reason_{name}": f"reason:{name}" for name in concepts()["reasons"]}
    columns |= {f"doses_{name}": name for name in concepts()["vaccines"] if name != "hib_omp"}
    return columns | {
        "early_rotavirus": "rotavirus",
        "doses_hepb_birth": "hepb",
        "recent_colonoscopy": "colonoscopy",
    }


@cache
def _words(text: str) -> frozenset[str]:
    """Names the concepts in a condition, through derived columns."""
    found: set[str] = set()
    for word in re.findall(r"[a-z_][a-z0-9_]*", text):
        if word in definitions()["derived"]:
            found |= _words(definitions()["derived"][word])
        elif word in _known():
            found.add(_known()[word])
    return frozenset(found)
