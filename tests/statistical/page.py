"""Writes what all answers earned as a table: `docs/solutions.md`."""

from tests.course.answers import LABS
from tests.statistical.tried import DISTRICTS, Answer, Outcome, answers, of

_HEAD = """# What right and wrong answers earn

Labs {labs}. Measured on {count} districts that are in no course ({first} to {last}), by `make test-full`,
which writes this page and takes 50 unless it is told another number. Shares are of a task's points: the
lowest and the highest of all districts. *Recognised* is the share of districts on which the misconception
of a wrong answer is the first that the feedback names. *Allowed* is the band in which its points must lie
on at least 95 % of the districts. Of an empty answer only the second hand-in of task 0.6 earns points. The
alternatives were written from the tasks' text alone.

| task | answer | points, share | recognised | allowed |
|---|---|---|---|---|
"""


def table(found: list[Outcome]) -> str:
    """Returns the page."""
    labs = ", ".join(lab[1] for lab in LABS)
    head = _HEAD.format(labs=labs, count=len(DISTRICTS), first=DISTRICTS[0], last=DISTRICTS[-1])
    return head + "".join(_row(answer, of(answer, found)) for answer in answers())


def _row(answer: Answer, earned: list[Outcome]) -> str:
    shares = [one.share for one in earned]
    named = sum(one.codes[:1] == (answer.code,) for one in earned) / len(earned)
    name = f"{answer.kind}: {answer.name}" if answer.name else answer.kind
    told = f"{answer.code} {named:.0%}" if answer.code else ""
    cells = (answer.task, name, _span(min(shares), max(shares)), told, _span(*answer.band))
    return f"| {' | '.join(cells)} |\n"


def _span(low: float, high: float) -> str:
    return f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
