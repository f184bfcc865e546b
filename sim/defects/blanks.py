"""Why cells of a form stay blank: nobody asked, nobody knew, somebody declined, a measurement failed."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.intake_form import (
    ASKED,
    COUNTED,
    DECLINED,
    ERROR,
    FIELDS,
    MEASURED,
    NO_REASON,
    NOT_ASKED,
    NOT_DONE,
    UNKNOWN,
    Field,
    children,
)
from sim.systems.planting import choose, first_of, how_many

DECLINING = {"current": 3.0, "吸烟": 3.0, "weekly": 2.0, "每周": 2.0, "daily": 5.0, "每天": 5.0}
"""How much more often people with these answers decline than others (assumed): a blank that depends on
what it hides."""

OFTEN_DECLINED = ("alcohol", "smoking", "phone", "weight_kg")
"""Fields that are declined five times as often as others (assumed)."""

PREGNANT_AGES = (15, 60)
"""Ages of people registered male in whom a pregnancy is recorded."""

Frame = pd.DataFrame
Cells = npt.NDArray[np.object_]
Weigh = Callable[[str, Cells], npt.NDArray[np.float64]]


class _Forms:
    """The cells of some forms while they are being blanked.

    Args:
        table: Working table of `intake_forms`.
        country: Code of the country.
    """

    def __init__(self, table: Frame, country: str) -> None:
        """Copies the cells; the table stays as it is."""
        self.table, self._country = table, country
        self.values = {field.name: _copied(table[field.name]) for field in FIELDS}
        self.whys = {field.name: _copied(table[f"_why_{field.name}"]) for field in FIELDS}
        self._forms = table["form_id"].to_numpy(dtype=object)
        self._changes: list[tuple[Cells, str, Cells, str | None]] = []

    def answered(self, name: str) -> npt.NDArray[np.intp]:
        """Returns the forms on which a field has an answer."""
        return np.flatnonzero(pd.isna(self.whys[name]))

    def blank(self, field: Field, rows: npt.NDArray[np.intp], reason: str) -> None:
        """Blanks a field on some forms; what is reached through it was not asked then."""
        mark = None if reason == NO_REASON else field.marks(self._country)[reason]
        still = rows[pd.isna(self.whys[field.name][rows])]
        self._write(field.name, still, mark, reason)
        for child in children(field.name):
            self._write(child.name, still, None, NOT_ASKED)

    def _write(self, name: str, rows: npt.NDArray[np.intp], mark: str | None, reason: str) -> None:
        values = self.values[name]
        changed = rows if mark is not None else rows[~pd.isna(values[rows])]
        self._changes.append((self._forms[changed], name, values[changed], mark))
        values[rows] = mark
        self.whys[name][rows] = reason

    def result(self) -> tuple[Frame, Frame]:
        """Returns the table with blanks, and the ledger."""
        cells = {**self.values, **{f"_why_{name}": why for name, why in self.whys.items()}}
        columns = {
            name: pd.Series(cell, index=self.table.index, dtype=object) for name, cell in cells.items()
        }
        counts = [len(forms) for forms, *_ in self._changes]
        forms, names, clean, marks = zip(*self._changes, strict=True)
        ledger = write_ledger(
            np.concatenate(forms),
            "",
            np.concatenate(clean),
            np.repeat(np.array(marks, dtype=object), counts),
        )
        return self.table.assign(**columns), ledger.assign(field=np.repeat(names, counts)).astype("str")


def _copied(column: "pd.Series[str]") -> Cells:
    return column.to_numpy(dtype=object).copy()


def _blank_cells(
    table: Frame,
    reason: str,
    kinds: tuple[str, ...],
    rate: float,
    minimum: int,
    rng: np.random.Generator,
    country: str,
    weigh: Weigh | None = None,
) -> tuple[Frame, Frame]:
    """Blanks answered cells for one reason, and empties the fields that are reached through them.

    The share is one of the answered cells of fields of the kinds in which the reason can occur.
    """
    forms = _Forms(table, country)
    fields = [f for f in FIELDS if f.kind in kinds and (reason == NO_REASON or reason in f.marks(country))]
    answered = [forms.answered(field.name) for field in fields]
    rows, which = np.concatenate(answered), np.repeat(np.arange(len(fields)), [len(a) for a in answered])
    draws = rng.random(len(rows))
    if weigh is not None:
        each = zip(fields, answered, strict=True)
        draws = draws / np.concatenate([weigh(f.name, forms.values[f.name][a]) for f, a in each])
    chosen = first_of(np.ones(len(rows), dtype=bool), draws, how_many(len(rows), rate, minimum))
    for number, field in enumerate(fields):
        forms.blank(field, rows[chosen[which[chosen] == number]], reason)
    return forms.result()


_LIMITS = (
    "The rate is a share of the answered cells in which this can happen. A question that is reached through "
    "a blanked one is not asked. "
)


@defect(
    "D55",
    "A question is skipped, and marked as not asked",
    tables=("intake_forms",),
    rate=0.03,
    minimum=60,
    limits=_LIMITS + "All forms and questions alike.",
    local=True,
)
def skip_questions(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Marks some questions as not asked.

    Args:
        table: Working table of `intake_forms`.
        rate: Share of the answered cells of questions.
        minimum: Least number of cells.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table and the ledger.
    """
    return _blank_cells(table, NOT_ASKED, (ASKED, COUNTED), rate, minimum, rng, country)


@defect(
    "D51",
    "A question is asked and the person does not know",
    tables=("intake_forms",),
    rate=0.03,
    minimum=60,
    limits=_LIMITS + "All people and questions alike.",
    local=True,
)
def know_no_answer(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Marks some questions as asked and not known; arguments and result as for `skip_questions`."""
    return _blank_cells(table, UNKNOWN, (ASKED, COUNTED), rate, minimum, rng, country)


@defect(
    "D52",
    "A question is asked and the person declines to answer",
    tables=("intake_forms",),
    rate=0.03,
    minimum=60,
    limits=_LIMITS + "Smokers and drinkers decline more often to say so, and some fields are declined more "
    "often than others; age, sex and who asks make no difference.",
    local=True,
)
def decline_answers(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Marks some fields as declined; arguments and result as for `skip_questions`."""
    return _blank_cells(table, DECLINED, (ASKED, COUNTED, MEASURED), rate, minimum, rng, country, _reluctance)


def _reluctance(name: str, answers: Cells) -> npt.NDArray[np.float64]:
    """Returns how much more often each answer is withheld than others are."""
    usual = 5.0 if name in OFTEN_DECLINED else 1.0
    return np.array([DECLINING.get(answer, 1.0) * usual for answer in answers])


@defect(
    "D53",
    "A measurement is not performed",
    tables=("intake_forms",),
    rate=0.05,
    minimum=60,
    limits=_LIMITS + "All measurements alike. Beside these stand measurements that the clean records lack.",
    local=True,
)
def measure_nothing(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Marks some measurements as not performed; arguments and result as for `skip_questions`."""
    return _blank_cells(table, NOT_DONE, (MEASURED,), rate, minimum, rng, country)


@defect(
    "D54",
    "A measurement fails: the device shows an error",
    tables=("intake_forms",),
    rate=0.03,
    minimum=60,
    limits=_LIMITS + "All measurements alike; devices do not fail in series.",
    local=True,
)
def fail_to_measure(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Marks some measurements as failed; arguments and result as for `skip_questions`."""
    return _blank_cells(table, ERROR, (MEASURED,), rate, minimum, rng, country)


@defect(
    "D56",
    "A field is left empty without any reason",
    tables=("intake_forms",),
    rate=0.015,
    minimum=40,
    limits=_LIMITS + "All forms and fields alike.",
    local=True,
)
def leave_empty(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Empties some fields; arguments and result as for `skip_questions`."""
    return _blank_cells(table, NO_REASON, (ASKED, COUNTED, MEASURED), rate, minimum, rng, country)


@defect(
    "D57",
    "A pregnancy is recorded in a person who is registered male",
    tables=("intake_forms",),
    rate=0.015,
    minimum=20,
    limits="The rate is a share of forms. Whether the sex is wrong, the form is another person's, or a man "
    "is pregnant is not told: the value is not wrong by itself.",
    local=True,
)
def record_pregnancies(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Answers the questions about a pregnancy on some forms of people registered male.

    Arguments and result as for `skip_questions`, the rate being a share of forms.
    """
    age = table["age"].astype("int64")
    rows = choose((table["sex"] == "M") & age.between(*PREGNANT_AGES), rate, minimum, rng)
    told = table.copy()
    weeks = rng.integers(6, 40, len(rows)).astype(str)
    ledgers = []
    for name, value in (("pregnant", "是" if country == "cn" else "yes"), ("gestation_weeks", weeks)):
        told.loc[rows, name] = value
        told.loc[rows, f"_why_{name}"] = None
        dirty = told[name].iloc[rows].to_numpy()
        ledgers.append(
            write_ledger(
                table["form_id"].iloc[rows].to_numpy(), name, table[name].iloc[rows].to_numpy(), dirty
            )
        )
    return told, pd.concat(ledgers, ignore_index=True)
