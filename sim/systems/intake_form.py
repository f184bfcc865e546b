"""The intake form of the community clinic: what it asks whom since when, and what its marks mean."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

UNKNOWN, DECLINED, NOT_ASKED = "asked-unknown", "asked-declined", "not-asked"
NOT_DONE, ERROR, NOT_APPLICABLE, NO_REASON = "not-performed", "error", "not-applicable", "unknown"

REASONS = (NOT_ASKED, UNKNOWN, DECLINED, NOT_APPLICABLE, NOT_DONE, ERROR)
"""Reasons for a blank that the form's description decides: codes of FHIR's data-absent-reason."""

_WORDS = {UNKNOWN: "DK", DECLINED: "REF", NOT_ASKED: "NS", NOT_DONE: "ND", ERROR: "ERR"}
_CHINESE = {UNKNOWN: "不详", DECLINED: "拒答", NOT_ASKED: "未问", NOT_DONE: "未测", ERROR: "仪器故障"}

MARKS = {"us": _WORDS, "cn": _CHINESE}
"""What is written instead of an answer in words, by country and reason."""

COUNTED_MARKS = {UNKNOWN: "-8", DECLINED: "-7", NOT_ASKED: "-6"}
"""What is written instead of a counted answer. The same numbers mean something else on a measurement."""

MEASURED_MARKS = {NOT_DONE: "-8", ERROR: "-9", DECLINED: "-7"}
"""What is written instead of a measured number."""

ASKED, COUNTED, MEASURED = "question", "count", "measurement"
"""Kinds of field: a question answered in words, one answered with a number, a measurement."""

FIRST_DAY = "2022-01-01"
"""The day from which the form has been in use."""


@dataclass(frozen=True)
class Field:
    """One field of the form.

    Attributes:
        name: Its name, a column of `intake_forms`.
        kind: "question", "count" or "measurement".
        question: What is asked or measured, in English and Chinese.
        answers: The answers that are allowed, in English and Chinese; none where any text or number is.
        span: Least and most of a number.
        asked_if: Conditions that must all hold: field and what it must be (a text), or from and to (numbers).
        since: First day on which the form had the field.
    """

    name: str
    kind: str
    question: tuple[str, str]
    answers: tuple[tuple[str, str], ...] = ()
    span: tuple[int, int] | None = None
    asked_if: tuple[tuple[str, Any], ...] = ()
    since: str = FIRST_DAY

    def marks(self, country: str) -> dict[str, str]:
        """Returns what is written for each reason; other reasons do not occur in this field."""
        if self.kind == COUNTED:
            return COUNTED_MARKS
        if self.kind == MEASURED and self.span is not None:
            return MEASURED_MARKS
        kept = (NOT_DONE, ERROR, DECLINED) if self.kind == MEASURED else (UNKNOWN, DECLINED, NOT_ASKED)
        return {reason: MARKS[country][reason] for reason in kept}

    @property
    def parent(self) -> str | None:
        """Returns the field whose answer leads to this one, or None."""
        return next((name for name, _ in self.asked_if if name not in ("sex", "age")), None)


YES_NO = (("yes", "是"), ("no", "否"))

FIELDS = (
    Field("phone", ASKED, ("Telephone number", "联系电话")),
    Field(
        "smoking",
        ASKED,
        ("Do you smoke?", "是否吸烟"),
        (("never", "从不"), ("former", "已戒"), ("current", "吸烟")),
        asked_if=(("age", (12, None)),),
    ),
    Field(
        "cigarettes_per_day",
        COUNTED,
        ("How many cigarettes a day?", "每日吸烟支数"),
        span=(1, 80),
        asked_if=(("smoking", ("current", "吸烟")),),
    ),
    Field(
        "alcohol",
        ASKED,
        ("How often do you drink alcohol?", "饮酒频率"),
        (("never", "从不"), ("monthly", "每月"), ("weekly", "每周"), ("daily", "每天")),
        asked_if=(("age", (15, None)),),
        since="2024-07-01",
    ),
    Field(
        "pregnant",
        ASKED,
        ("Are you pregnant?", "是否怀孕"),
        YES_NO,
        asked_if=(("sex", ("F", "F")), ("age", (12, 50))),
    ),
    Field(
        "gestation_weeks",
        COUNTED,
        ("Completed weeks of pregnancy", "孕周"),
        span=(1, 43),
        asked_if=(("pregnant", ("yes", "是")),),
    ),
    Field("allergy", ASKED, ("Allergies; the word for none is an answer", "过敏史，“无”也是回答")),
    Field(
        "diabetes",
        ASKED,
        ("Has a doctor told you that you have diabetes?", "是否确诊糖尿病"),
        YES_NO,
        asked_if=(("age", (18, None)),),
    ),
    Field(
        "hba1c",
        MEASURED,
        ("HbA1c, NGSP %", "糖化血红蛋白，NGSP %"),
        span=(3, 20),
        asked_if=(("diabetes", ("yes", "是")),),
        since="2023-07-01",
    ),
    Field("weight_kg", MEASURED, ("Weight, kg", "体重，kg"), span=(1, 300)),
    Field(
        "blood_pressure",
        MEASURED,
        ("Blood pressure, systolic/diastolic, mmHg", "血压，收缩压/舒张压，mmHg"),
        asked_if=(("age", (18, None)),),
    ),
    Field(
        "falls_last_year",
        COUNTED,
        ("How often did you fall in the last year?", "过去一年跌倒次数"),
        span=(0, 50),
        asked_if=(("age", (65, None)),),
        since="2025-01-01",
    ),
)
"""The fields in the order in which they are asked; a field comes after the one that it depends on."""

NO_ALLERGY = {"us": "none", "cn": "无"}
"""What stands for no known allergy: an answer, and no blank."""

RULES = (
    "A cell is a blank if it is empty or holds one of its field's marks. What a mark means stands with the "
    "field; one mark can mean different things in different fields. For an empty cell the first rule that "
    "holds counts:",
    "1. asked_if does not hold, or rests on a field that was not applicable itself: not-applicable.",
    "2. asked_if rests on a field that is blank for another reason, so that the question was not reached: "
    "not-asked.",
    "3. The form was filled in before the field's since: not-asked.",
    "4. Otherwise nobody knows why: unknown.",
    "An answer where asked_if does not hold is no blank: it stays, and somebody looks into it.",
)
"""What an empty cell means, in words."""


@cache
def field_named(name: str) -> Field:
    """Returns a field by its name.

    Example:
        >>> field_named("hba1c").parent, field_named("pregnant").parent
        ('diabetes', None)
    """
    return next(field for field in FIELDS if field.name == name)


def children(name: str) -> tuple[Field, ...]:
    """Returns the fields that are reached through a field's answer.

    Example:
        >>> [field.name for field in children("smoking")]
        ['cigarettes_per_day']
    """
    return tuple(field for field in FIELDS if field.parent == name)


def describe_form(country: str) -> bytes:
    """Writes the form's description: `clinic_form.yaml`.

    Args:
        country: Code of the country; questions, answers and marks are in its language.

    Example:
        >>> form = yaml.safe_load(describe_form("us"))
        >>> [f["marks"]["DK"] for f in form["fields"] if f["field"] == "smoking"]
        ['asked-unknown']
    """
    content = {
        "form": "intake form of the community clinic",
        "rules": list(RULES),
        "fields": [_described(field, country) for field in FIELDS],
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    return text.encode("utf-8")


def _described(field: Field, country: str) -> dict[str, Any]:
    language = int(country == "cn")
    told: dict[str, Any] = {"field": field.name, "kind": field.kind, "question": field.question[language]}
    if field.asked_if:
        told["asked_if"] = [_condition(name, wanted, language) for name, wanted in field.asked_if]
    told["since"] = field.since
    if field.answers:
        told["answers"] = [answer[language] for answer in field.answers]
    if field.span is not None:
        told["from"], told["to"] = field.span
    told["marks"] = {mark: reason for reason, mark in field.marks(country).items()}
    return told


def _condition(name: str, wanted: tuple[Any, Any], language: int) -> dict[str, Any]:
    if name != "age":
        return {"field": name, "is": wanted[language]}
    bounds = {"from": wanted[0], "to": wanted[1]}
    return {"field": name} | {word: bound for word, bound in bounds.items() if bound is not None}
