"""How the comparison is made, in words, and the definitions of all measures as a table."""

from sim.validation.definitions import define, definitions
from sim.validation.people import ACUTE
from sim.validation.targets import ERRORS, POINTS, RELATIVE
from sim.validation.visits import HOSPITAL, MOST_DRUGS, OFFICE
from sim.validation.windows import LONG, RECENT

DEFINITION = ("measure", "kind", "numerator", "denominator", "measured", "window", "remark")
"""Columns of the table of definitions."""


def rule() -> str:
    """Says when a generated value agrees."""
    sentences = (
        f"A value agrees when it lies within {RELATIVE:.0%} of the published one, or within {ERRORS:.0f}",
        "standard errors of the difference (of the generated value, and of the published where it is known),",
        f"or, for shares of people or visits, within {POINTS} percentage points: whichever is widest.",
        "Agreeing strictly means agreeing without the generated value's own standard error, as a population",
        "without end would have to.",
    )
    return " ".join(sentences)


def method() -> list[str]:
    """Says, one paragraph a string, what is looked at and how."""
    return [" ".join(paragraph.split()) for paragraph in _METHOD.strip().split("\n\n")]


_METHOD = f"""
Everything is worked out from tables in Synthea's layout. People are those alive on the day after
the newest encounter. What they were ever told is a condition row, what they take is a medication of
the last 30 days, and a value is the mean of the last day, within {RECENT} years, on which it was
measured in ordinary life, so not in encounters of the classes {", ".join(ACUTE)}.

Not everybody is measured. The measured stand for all people of the same age decade, sex and
recorded diagnoses (diabetes, prediabetes, hypertension, lipid disorder, depression or anxiety), as
the weights of a survey make them. Where more than a fifth of a group are unlike anybody measured,
there is no value.

Visits and stays are those of the last {RECENT} years, per year lived by anybody, the dead included;
deaths and new diagnoses are those of the last {LONG} years. Office visits are encounters of the
classes {", ".join(OFFICE)}; {", ".join(HOSPITAL)} stand for themselves. At most {MOST_DRUGS} drugs
a visit are counted, as the survey did. What a visit was for is its reason, or else a condition that
began in it.

Age-adjusted figures are weighted to the ages of the US population of 2000. A concept of which the
records hold no code counts as not recorded, and so as missed. Figures of China are compared only
with populations of China.
"""


def definition_rows() -> list[tuple[str, ...]]:
    """Returns the definition of every measure, in the columns of `DEFINITION`."""
    return [(name, *_definition(name)) for name in definitions()["measures"]]


def _definition(name: str) -> tuple[str, ...]:
    given = define(name)
    windows = {
        "rate": f"{given.get('years')} years",
        "visit_share": f"{RECENT} years",
        "visit_mean": f"{RECENT} years",
    }
    windows |= {"death_probability": f"{LONG} years", "life_expectancy": f"{LONG} years"}
    counted = given.get("of", "") + (f" where {given['where']}" if "where" in given else "")
    pair = f"({given['a']}) x ({given['b']})" if "a" in given else ""
    among = " and ".join(text for text in (given.get("among"), given.get("denominator")) if text)
    remarks = ["adjusted to the ages of 2000" if given.get("adjusted") else "", given.get("note", "")]
    return (
        given["kind"],
        given.get("numerator", "") or pair or counted or given.get("value", ""),
        f"years lived, times {given['per']:,}" if "per" in given else among,
        ", ".join(given.get("measured", [])),
        windows.get(given["kind"], "last day"),
        "; ".join(text for text in remarks if text),
    )
