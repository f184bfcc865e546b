"""The comparison as lines of text, and as a summary in Markdown."""

import math

import pandas as pd

from sim.validation.validation import ENOUGH, ENOUGH_IN_DOMAIN, Validation


def number(value: float) -> str:
    """Writes a number with four figures, without exponents where they can be spared.

    Example:
        >>> number(40.312), number(0.00041234), number(35798453.0), number(float("nan"))
        ('40.31', '0.0004123', '35,798,453', '-')
    """
    if not math.isfinite(value):
        return "-"
    if value == 0 or abs(value) >= 1000:
        return f"{value:,.0f}"
    text = f"{value:.{max(0, 3 - math.floor(math.log10(abs(value))))}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def verdict(row: pd.Series) -> str:
    """Says in one word how a row came out.

    Example:
        >>> verdict(pd.Series({"missing": "", "within": False, "generated": 3.0, "published_value": 2.0}))
        'high'
    """
    if row["missing"]:
        return "missing"
    if row["within"]:
        return "ok"
    return "high" if row["generated"] > row["published_value"] else "low"


def lines(table: pd.DataFrame) -> list[str]:
    """Writes one line a target, under a heading a domain."""
    out = []
    for domain, part in table.groupby("domain", sort=False):
        out += ["", str(domain), _line("id", "p", "", "published", "generated", "tolerance", "what")]
        out += [_row(row) for _, row in part.iterrows()]
    return out


def summary(validation: Validation) -> list[str]:
    """Writes the score by domain and the verdict."""
    head = f"{'':<26}{'targets':>8}{'within':>8}{'strictly':>9}{'missing':>8}{'share':>8}"
    out = [f"{validation.people:,} living people, records to {validation.end}.", "", head]
    for name, row in validation.score.iterrows():
        out.append(
            f"{name:<26}{row['targets']:>8.0f}{row['within']:>8.0f}{row['within_strictly']:>9.0f}"
            f"{row['not_recorded']:>8.0f}{row['share']:>8.1%}"
        )
    word = "Enough" if validation.passed else "Not enough"
    asked = f"{ENOUGH:.0%} of priority 1 and {ENOUGH_IN_DOMAIN:.0%} in each domain are asked for."
    return [*out, "", chance(validation), f"{word}: {asked}"]


def chance(validation: Validation) -> str:
    """Says how much of the agreement rests on the width of the population's own standard errors."""
    table = validation.table[validation.table["is_fact"] & (validation.table["priority"] == 1)]
    within = int(table["within"].sum())
    lucky = within - int(table["within_strictly"].sum())
    people = f"{validation.people:,} people"
    return f"{lucky} of the {within} that agree do so only because {people} leave room for chance."


def describe(row: pd.Series) -> str:
    """Says whom a target is about."""
    group = [row["sex"] if row["sex"] != "all" else "", row["age_band"] if row["age_band"] != "all" else ""]
    more = f" ({row['subgroup']})" if row["subgroup"] else ""
    return " ".join([row["measure"], *[each for each in group if each]]) + more


def _row(row: pd.Series) -> str:
    what = describe(row) + (f"  [{row['missing']}]" if row["missing"] else "")
    published, generated = number(row["published_value"]), number(row["generated"])
    front = (row["target_id"], str(row["priority"]), verdict(row))
    return _line(*front, published, generated, number(row["tolerance"]), what)


def _line(id: str, priority: str, word: str, published: str, generated: str, allowed: str, what: str) -> str:
    return f"{id:<6}{priority:>2} {word:<8}{published:>12}{generated:>12}{allowed:>11}  {what}"
