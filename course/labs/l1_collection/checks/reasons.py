"""Task 1.2: why each cell of a form is blank, as the form's description decides it."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from grading.compare import close, is_number, ramp, weaker
from grading.once import once
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

NOT_APPLICABLE, NOT_ASKED, UNKNOWN = "not-applicable", "not-asked", "unknown"
CODES = (NOT_ASKED, "asked-unknown", "asked-declined", NOT_APPLICABLE, "not-performed", "error", UNKNOWN)
REVIEW = "review"
DECISIONS = ("use", "go-back", "leave")
WHY = ("enough", "closed", *CODES)

Marks = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]
Form = Mapping[str, Any]


# ---- Cases: the eye clinic ---------------------------------------------------------------------------


def _field(name: str, kind: str, marks: Mapping[str, str], since: str, *asked_if: Form) -> dict[str, Any]:
    asked = {"asked_if": list(asked_if)} if asked_if else {}
    return {"field": name, "kind": kind, **asked, "since": since, "marks": dict(marks)}


_SPOKEN = {"?": "asked-unknown", "X": "asked-declined", "NS": NOT_ASKED}
_COUNTED = {"-8": "asked-unknown", "-7": "asked-declined"}
_MEASURED = {"?": "error", "-8": "not-performed"}

EYE_FORM = {
    "form": "intake form of an eye clinic",
    "fields": [
        _field("glasses", "question", _SPOKEN, "2020-01-01"),
        _field("strength", "measurement", _MEASURED, "2021-03-01", {"field": "glasses", "is": "yes"}),
        _field("drives", "question", _SPOKEN, "2020-01-01", {"field": "age", "from": 17}),
        _field(
            "at_night",
            "question",
            _SPOKEN,
            "2020-01-01",
            {"field": "drives", "is": "yes"},
            {"field": "age", "from": 17, "to": 80},
        ),
        _field("halos", "count", _COUNTED, "2020-01-01", {"field": "at_night", "is": "yes"}),
        _field("patch", "question", _SPOKEN, "2020-01-01", {"field": "age", "to": 12}),
    ],
}

_EYES = """
E01 2020-05-04 F 34 | yes  .    yes no  .  .   | .              not-asked      .              .  ~      ~
E02 2021-06-01 M 71 | yes  -8   ?   .   .  .   | .              not-performed  asked-unknown  !  !      ~
E03 2021-06-02 F  9 | X    .    .   .   .  yes | asked-declined not-asked      ~              ~  ~      .
E04 2021-06-03 M 45 | no   .    yes yes -8 yes | .              ~              .  .  asked-unknown review
E05 2022-01-10 F 85 | yes  ?    yes .   .  .   | .              error          .              ~  ~      ~
E06 2022-01-11 F 28 | .    .    .   .   .  .   | unknown        !              unknown        !  !      ~
E07 2022-02-01 M 90 | yes  2.5  ?   .   .  X   | .              .          asked-unknown  ~  ~ asked-declined
E08 2022-02-02 F 30 | yes  .    NS  .   .  .   | .              unknown        not-asked      !  !      ~
E09 2022-02-03 M  8 | no   .    .   .   .  X   | .              ~              ~  ~  ~   asked-declined
E10 2022-03-01 M 15 | no   .    yes no  .  .   | .              ~              review  review    ~      ~
E11 2022-03-02 F 52 | yes  -1.5 yes yes 12 .   | .              .              .              .  .      ~
"""
"""Form, day, sex, age | glasses, strength, drives, at_night, halos, patch | what each of these is. A dot:
nothing there, or an answer; ~: not applicable; !: not asked because an earlier question has no answer."""

_SHORT = {".": None, "~": NOT_APPLICABLE, "!": NOT_ASKED}


def _read_eyes() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the eye clinic's forms, and what their cells are."""
    lines = [line.split("|") for line in _EYES.strip().splitlines()]
    cells = [[[_SHORT.get(cell, cell) for cell in part.split()] for part in line] for line in lines]
    fields = [field["field"] for field in EYE_FORM["fields"]]
    head = ["form_id", "filled_on", "sex", "age"]
    forms = pd.DataFrame([who + what for who, what, _ in cells], columns=head + fields)
    told = pd.DataFrame([[who[0], *why] for who, _, why in cells], columns=["form_id", *fields])
    return forms.astype("str"), told.astype("str")


def fixtures() -> list[Case]:
    """Gives eleven forms of an eye clinic and six columns to decide upon."""
    forms, told = _read_eyes()
    return [
        Case("blank_reason", "an eye clinic", (forms, EYE_FORM), expected=told),
        _decision("most need not answer", (95, 2, 1, 2, 900, 0, 0, 0), 0.9, 0.95, "use", "enough"),
        _decision("nobody asked", (80, 12, 0, 5, 40, 0, 0, 3), 0.9, 0.8, "go-back", NOT_ASKED),
        _decision("many declined", (80, 5, 3, 12, 40, 0, 0, 0), 0.9, 0.8, "leave", "closed"),
        _decision("as many errors as gaps", (88, 0, 0, 0, 0, 6, 6, 0), 0.95, 0.88, "go-back", "error"),
        _decision("nobody knows why", (60, 8, 0, 0, 10, 0, 2, 30), 0.9, 0.6, "go-back", UNKNOWN),
        _decision("they do not know", (70, 0, 25, 0, 10, 0, 0, 5), 0.8, 0.7, "leave", "closed"),
    ]  # fmt: skip


def _decision(name: str, counts: tuple[int, ...], need: float, share: float, decision: str, why: str) -> Case:
    wanted = {"share": share, "decision": decision, "reason": why}
    return Case("repair", name, (_counted(counts), need), expected=wanted)


def _counted(counts: Iterable[int]) -> dict[str, int]:
    return dict(zip(("answered", *CODES), counts, strict=True))


# ---- Cases: the district -----------------------------------------------------------------------------


def district(world: World) -> list[Case]:
    """Gives the clinic's forms, the same on another program's form, and columns to decide upon."""
    forms = world.tables["intake_forms"]
    form = yaml.safe_load(world.files["clinic_form.yaml"])
    told = _told(world, forms, form)
    other, other_form, names = _other_program(forms, form)
    numbers = new_ids(forms["form_id"], "Z")
    other = widened(shuffled(renamed(other, {"form_id": numbers}), "1.2"))
    if told is not None:
        retold = renamed(told.rename(columns=names), {"form_id": numbers})
    return [
        Case("blank_reason", "the clinic's forms", (forms, form), "district", told),
        Case(
            "blank_reason",
            "the same forms in another program",
            (other, other_form),
            "variant",
            None if told is None else retold,
        ),
        *_columns(len(forms), None if told is None else REFERENCE),
    ]


def _told(world: World, forms: pd.DataFrame, form: Form) -> pd.DataFrame | None:
    """Returns what the generator knows about every cell; None without its truth."""
    if world.truth is None:
        return None
    blanks = world.truth.facts["blank_reasons"].drop(columns="facility")
    odd = world.truth.defects("D57").query("field == 'pregnant'")
    odd = pd.DataFrame({"form_id": odd["record"], "field": odd["field"], "reason": REVIEW})
    wide = pd.concat([blanks, odd]).pivot(index="form_id", columns="field", values="reason")
    wide = wide.reindex(index=forms["form_id"], columns=[field["field"] for field in form["fields"]])
    return wide.reset_index().rename_axis(columns=None).astype("str")


_OTHER_MARKS = {
    "question": {"asked-unknown": "?", "asked-declined": "-", NOT_ASKED: "/"},
    "count": {"asked-unknown": "998", "asked-declined": "999", NOT_ASKED: "997"},
    "measurement": {"not-performed": "?", "error": "999", "asked-declined": "/"},
}


def _other_program(forms: pd.DataFrame, form: Form) -> tuple[pd.DataFrame, dict[str, Any], dict[str, str]]:
    """Writes forms as another program does: fields have numbers, and marks are others."""
    names = {field["field"]: f"q{number:02d}" for number, field in enumerate(form["fields"], 11)}
    written, fields = forms.rename(columns=names), []
    for field in form["fields"]:
        name, marks = names[field["field"]], _OTHER_MARKS[field["kind"]]
        asked = [{**one, "field": names.get(one["field"], one["field"])} for one in field.get("asked_if", [])]
        new = {old: marks[reason] for old, reason in field["marks"].items()}
        written[name] = written[name].replace(new)
        fields.append(
            {key: what for key, what in field.items() if key not in ("asked_if", "question")}
            | {"field": name, "marks": {new[old]: reason for old, reason in field["marks"].items()}}
            | ({"asked_if": asked} if asked else {})
        )
    return written, {"form": "export", "fields": fields}, names


_SHAPES = {
    "most need not answer": ((185, 4, 2, 3, 1700, 0, 0, 1), 0.9),
    "a measurement is often left out": ((70, 4, 0, 3, 25, 16, 9, 2), 0.9),
    "the device is broken": ((70, 3, 0, 4, 12, 7, 15, 2), 0.9),
    "a question is new": ((40, 52, 3, 2, 30, 0, 0, 3), 0.85),
    "many decline": ((55, 6, 4, 31, 8, 0, 0, 4), 0.8),
    "few know": ((48, 2, 43, 3, 60, 0, 0, 4), 0.75),
    "asking again helps, but not enough": ((50, 20, 8, 17, 200, 0, 0, 5), 0.8),
    "little is needed": ((52, 20, 8, 17, 200, 0, 0, 5), 0.5),
}


def _columns(rows: int, expected: Any) -> list[Case]:
    """Gives counts of columns, more or fewer with the district, and never near a limit."""
    times = 3 + rows % 11
    return [
        Case("repair", name, (_counted(times * n for n in counts), need), "district", expected)
        for name, (counts, need) in _SHAPES.items()
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _repair_form(value) if case.function == "repair" else _table_form(*case.args, value)


def _table_form(forms: pd.DataFrame, form: Form, value: Any) -> str | None:
    columns = ["form_id", *_fields(form)]
    if not isinstance(value, pd.DataFrame) or sorted(map(str, value.columns)) != sorted(columns):
        return f"blank_reason() must return a DataFrame with the columns {', '.join(columns)}."
    if sorted(value["form_id"].astype("str").tolist()) != sorted(forms["form_id"].tolist()):
        return "blank_reason() must return every form exactly once."
    for name in columns[1:]:
        words = set(value[name].dropna())
        if odd := words - {*CODES, REVIEW}:
            return (
                f"blank_reason(): {name} holds {min(map(repr, odd))}; a cell is missing or one of "
                f"{', '.join((*CODES, REVIEW))}."
            )
    return None


def _repair_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or not is_number(value.get("share"))
        or value.get("decision") not in DECISIONS
        or value.get("reason") not in WHY
    ):
        return (
            f'repair() must return {{"share": a number, "decision": one of {", ".join(DECISIONS)}, '
            f'"reason": one of {", ".join(WHY)}}}.'
        )
    return None


def _fields(form: Form) -> list[str]:
    return [field["field"] for field in form["fields"]]


# ---- Scores ------------------------------------------------------------------------------------------


class _Cells:
    """All cells of a case, one after another: what stands there, what it is, what was answered.

    Args:
        case: A case of `blank_reason`.
        value: What came back, in the right form.
    """

    def __init__(self, case: Case, value: pd.DataFrame) -> None:
        """Lays the three tables side by side, whatever the order of their rows and columns."""
        forms, self.form = case.args
        names = _fields(self.form)
        order = forms["form_id"]

        def laid(table: pd.DataFrame) -> Texts:
            cells = table.set_index(table["form_id"].astype("str")).loc[order, names].astype(object)
            return np.asarray(cells.where(cells.notna(), None).to_numpy().ravel("F"), dtype=object)

        self.text, self.want, self.got = laid(forms), laid(case.expected), laid(value)
        self.field = np.repeat(np.array(names, dtype=object), len(order))
        since = np.repeat([field["since"] for field in self.form["fields"]], len(order))
        self.early = np.tile(forms["filled_on"].to_numpy(dtype=object), len(names)) < since
        self.empty = np.equal(self.text, None)
        self.right = np.equal(self.want, self.got)

    def found(self, which: Marks) -> float:
        """Returns the share of some cells that are right; 1 if there is none."""
        return float(self.right[which].mean()) if which.any() else 1.0

    def is_(self, reason: str | None) -> Marks:
        """Marks the cells that are of this kind."""
        return np.asarray(np.equal(self.want, reason), dtype=bool)

    def says(self, reason: str | None) -> Marks:
        """Marks the cells that were said to be of this kind."""
        return np.asarray(np.equal(self.got, reason), dtype=bool)

    @property
    def reached(self) -> Marks:
        """Marks empty cells that would have been asked, had an earlier question been answered."""
        return self.empty & self.is_(NOT_ASKED) & ~self.early


_cells = once(_Cells)


def _marked(case: Case, value: Any) -> float:
    """Scores cells that hold a mark: the reason that was kept worst."""
    cells = _cells(case, value)
    kinds = (~cells.empty & cells.is_(reason) for reason in CODES)
    return ramp(min(cells.found(kind) for kind in kinds), 0.5, 1.0)


def _ruled(case: Case, value: Any) -> float:
    """Scores empty cells that rest on no other: the reason that was kept worst."""
    cells = _cells(case, value)
    kinds = (cells.is_(NOT_APPLICABLE), cells.is_(UNKNOWN), cells.is_(NOT_ASKED) & cells.early)
    return ramp(min(cells.found(cells.empty & kind) for kind in kinds), 0.5, 1.0)


def _reached(case: Case, value: Any) -> float:
    cells = _cells(case, value)
    return ramp(cells.found(cells.reached), 0.5, 1.0)


def _answers(case: Case, value: Any) -> float:
    """Scores that answers are called answers, unless blanks are, too."""
    cells = _cells(case, value)
    blank = ~cells.is_(None) & ~cells.is_(REVIEW)
    return ramp(cells.found(cells.is_(None)), 0.9, 1.0) if cells.found(blank) > 0.5 else 0.0


def _reviewed(case: Case, value: Any) -> float:
    cells = _cells(case, value)
    found, true = (set(np.flatnonzero(which)) for which in (cells.says(REVIEW), cells.is_(REVIEW)))
    return ramp(weaker(found, true), 0.5, 1.0)


def _whole(case: Case, value: Any) -> float:
    parts = (_marked, _ruled, _reached, _answers, _reviewed)
    return sum(part(case, value) for part in parts) / len(parts)


def _share_right(case: Case, value: Any) -> float:
    return float(close(value["share"], case.expected["share"], 0.001))


def _decided(case: Case, value: Any) -> float:
    return float(all(value[key] == case.expected[key] for key in ("decision", "reason")))


def _both(case: Case, value: Any) -> float:
    return (_share_right(case, value) + 3 * _decided(case, value)) / 4


# ---- Misconceptions ----------------------------------------------------------------------------------


def _all_alike(case: Case, value: Any) -> bool:
    """Whether all blanks were given one reason."""
    given = set(_cells(case, value).got) - {None, REVIEW}
    return len(given) == 1


def _mark_kept(case: Case, value: Any) -> bool:
    """Whether a mark was taken for an answer."""
    cells = _cells(case, value)
    blank = ~cells.is_(None) & ~cells.is_(REVIEW)
    return bool((blank & ~cells.empty & (cells.says(None) | cells.says(REVIEW))).any())


def _mark_of_another(case: Case, value: Any) -> bool:
    """Whether a mark was read as it is meant in another field."""
    cells = _cells(case, value)
    meant: dict[str, set[str]] = {}
    for field in cells.form["fields"]:
        for mark, reason in field["marks"].items():
            meant.setdefault(mark, set()).add(reason)
    wrong = np.flatnonzero(~cells.empty & ~cells.right)
    return any(len(meant.get(cells.text[at], ())) > 1 and cells.got[at] in CODES for at in wrong)


def _gap_in_a_man(case: Case, value: Any) -> bool:
    """Whether empty cells that do not apply were called something else."""
    cells = _cells(case, value)
    return cells.found(cells.empty & cells.is_(NOT_APPLICABLE)) < 0.5


def _skipped(case: Case, value: Any) -> bool:
    """Whether a question that was not reached was said not to apply."""
    cells = _cells(case, value)
    return bool((cells.reached & cells.says(NOT_APPLICABLE)).any())


def _always_so(case: Case, value: Any) -> bool:
    """Whether nothing tells that a form was filled in before it had the field."""
    cells = _cells(case, value)
    return cells.found(cells.empty & cells.is_(NOT_ASKED) & cells.early) < 0.5


def _erased(case: Case, value: Any) -> bool:
    """Whether an answer that should not be there was called a blank."""
    cells = _cells(case, value)
    return bool((cells.is_(REVIEW) & ~cells.right & ~cells.says(None)).any())


def _waved_through(case: Case, value: Any) -> bool:
    """Whether an answer that should not be there was left unseen."""
    cells = _cells(case, value)
    return bool((cells.is_(REVIEW) & cells.says(None)).any())


def _all_rows(case: Case, value: Any) -> bool:
    """Whether cells that do not apply were counted as missing."""
    counts = case.args[0]
    return counts[NOT_APPLICABLE] > 0 and close(
        value["share"], counts["answered"] / sum(counts.values()), 1e-6
    )


def _pressed(case: Case, value: Any) -> bool:
    """Whether those who declined, or do not know, are asked again."""
    shut = ("asked-declined", "asked-unknown")
    return value["reason"] in shut or (case.expected["decision"], value["decision"]) == ("leave", "go-back")


# ---- The task ----------------------------------------------------------------------------------------

_part: Callable[..., Check] = partial(Check, function="blank_reason", combine="worst")

REASONS = Task(
    id="1.2",
    title="Why is it blank?",
    functions=("blank_reason", "repair"),
    checks=(
        Check(
            "1.2.example",
            "The forms of the eye clinic",
            1.0,
            "blank_reason",
            _whole,
            ("fixture",),
            expected="For every cell its reason, review, or a missing value where it is an answer.",
        ),
        _part(
            "1.2.marks",
            "Marks",
            1.5,
            score=_marked,
            expected="Each mark by what it means in its own field.",
        ),
        _part(
            "1.2.rules",
            "Empty cells",
            2.0,
            score=_ruled,
            expected="Not applicable, asked only later, or nobody knows: what the form's rules decide.",
        ),
        _part(
            "1.2.reached",
            "Questions that were not reached",
            1.0,
            score=_reached,
            expected="Not asked, where an earlier question is blank for another reason than not applying.",
        ),
        _part(
            "1.2.answers",
            "Answers stay answers",
            0.5,
            score=_answers,
            expected="No answer is called a blank, while most blanks are found.",
        ),
        _part(
            "1.2.review",
            "Answers that should not be there",
            1.5,
            score=_reviewed,
            expected="Every answer whose condition fails stands for review, and no other one.",
        ),
        Check(
            "1.2.repair_example",
            "Decisions on the example columns",
            0.5,
            "repair",
            _both,
            ("fixture",),
            expected="The share among those whom the field concerns, and what can be done.",
        ),
        Check(
            "1.2.share",
            "The share of other columns",
            0.5,
            "repair",
            _share_right,
            expected="Answers divided by the forms that the field concerns, within .001.",
        ),
        Check(
            "1.2.repair",
            "Decisions on other columns",
            1.5,
            "repair",
            _decided,
            expected="Whether the column is good enough, can be mended by going back, or is left, and why.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC13", "blank_reason", _all_alike),
        Symptom("MC180", "blank_reason", _mark_kept),
        Symptom("MC182", "blank_reason", _mark_of_another),
        Symptom("MC14", "blank_reason", _gap_in_a_man),
        Symptom("MC183", "blank_reason", _skipped),
        Symptom("MC184", "blank_reason", _always_so),
        Symptom("MC26", "blank_reason", _erased),
        Symptom("MC185", "blank_reason", _waved_through),
        Symptom("MC14", "repair", _all_rows),
        Symptom("MC186", "repair", _pressed),
    ),
    hints=(
        "Take one form and go through its fields with a pencil, from first to last. Which line of the "
        "description decides each cell?",
        "Two questions a cell: is there a text, and is it a mark of this field? And: do the conditions hold, "
        "fail, or is one of them open because the field that it looks at is blank?",
        "Go field by field in the order of the form and keep what you found: later fields look at it. Empty "
        "cells get the reason of the first rule that holds, marks their own; look at answers last.",
    ),
)  # fmt: skip
