"""A counter-example in plain words: what goes in, what a right solution says, what the student's says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from grading.agree import agree, form
from grading.shrink import Smallest
from grading.tables import markdown, short
from grading.tasks import Case, Reply
from grading.witness import Bench, Seen

_MOST_DIFFERENCES = 12


@dataclass(frozen=True)
class Counterexample:
    """The smallest input that was found for one failed check.

    Attributes:
        whole: The case in which it failed first.
        seen: What everybody answers to the small input.
        small: How small it became.
        names: The names of the function's arguments.
    """

    whole: Case
    seen: Seen
    small: Smallest
    names: Sequence[str]

    def name(self, number: int) -> str:
        """Returns the name of an argument."""
        return self.names[number] if number < len(self.names) else f"argument {number + 1}"

    @property
    def sizes(self) -> dict[str, tuple[int, int]]:
        """Rows of each table, or items of each list, before and after."""
        pairs = enumerate(zip(self.whole.args, self.seen.case.args, strict=True))
        return {
            self.name(number): (len(before), len(after))
            for number, (before, after) in pairs
            if isinstance(before, pd.DataFrame | list)
        }


def no_difference(whole: Seen) -> str:
    """Says why there is nothing to show."""
    if whole.reference.problem:
        return "The reference solution itself stops on this input: look at the check."
    return (
        f"On “{whole.case.name}” the answer is the one that a right solution of the lab gives. Look at the "
        "check itself: it may be wrong or too strict."
    )


def told(bench: Bench, found: Counterexample) -> Iterator[str]:
    """Gives the paragraphs that show a counter-example."""
    seen, case = found.seen, found.seen.case
    kept = ", ".join(
        f"{after:,} of {before:,} rows of `{name}`" for name, (before, after) in found.sizes.items()
    )
    first = f"It failed on “{found.whole.name}” ({found.whole.kind})."
    if found.sizes and any(after < before for before, after in found.sizes.values()):
        proof = (
            "without any one of them the fault is gone"
            if found.small.proven
            else "it may still become smaller; there was no more time"
        )
        first += f" The same fault shows on {kept}: {proof} ({found.small.tried} inputs were tried)."
    yield first
    for number, arg in enumerate(case.args):
        name = found.name(number)
        yield (
            f"`{name}`:\n\n{markdown(arg)}" if isinstance(arg, pd.DataFrame) else f"`{name}` = `{short(arg)}`"
        )
    yield f"**The reference answers**\n\n{_value(seen.reference)}"
    yield f"**The student's `{case.function}` answers**\n\n{_value(seen.student)}"
    if breach := bench.breach(case, seen.student):
        yield f"The form is wrong: {breach}"
    elif not seen.student.problem:
        yield "\n".join(
            ["**Where they differ**", "", *_differences(seen.reference.value, seen.student.value)]
        )
    yield _others(seen)
    if found.whole.kind != "fixture":
        yield "These rows come from a hidden district. Show the student a like example, not these rows."


def _value(reply: Reply) -> str:
    if reply.problem:
        words = {"error": "It stops", "timeout": "It takes too long", "died": "The program ends"}
        return f"{words.get(reply.problem, 'The form is wrong')}: `{reply.message}`"
    return markdown(reply.value) if isinstance(reply.value, pd.DataFrame) else f"`{short(reply.value)}`"


def _differences(right: Any, other: Any) -> list[str]:
    """Returns what differs between two answers, in words."""
    if isinstance(right, Mapping) and isinstance(other, Mapping):
        apart = [key for key in right if key not in other or not agree(right[key], other[key])]
        pairs = [(f"`{key}`", short(right[key]), short(other.get(key, "nothing"))) for key in apart]
    elif isinstance(right, pd.DataFrame) and isinstance(other, pd.DataFrame):
        columns = list(right.columns)
        mine = [tuple(map(form, row)) for row in other.reindex(columns=columns).itertuples(index=False)]
        theirs = [tuple(map(form, row)) for row in right.itertuples(index=False)]
        known = {row[0]: row for row in mine}
        apart = [row for row in theirs if row not in mine]
        pairs = [
            (f"`{columns[0]}` {row[0]}", short(row[1:]), short(known.get(row[0], ("nothing",))[1:]))
            for row in apart
        ]
    else:
        pairs = [("The answer", short(right), short(other))]
    lines = [f"* {what}: the reference says `{one}`, the student `{two}`." for what, one, two in pairs]
    more = len(lines) - _MOST_DIFFERENCES
    return lines[:_MOST_DIFFERENCES] + ([f"* and {more} more."] if more > 0 else [])


def _others(seen: Seen) -> str:
    if not seen.others:
        return "The lab holds no other right solution to compare with."
    same = [not reply.problem and agree(seen.reference.value, reply.value) for _, reply in seen.others]
    all_of = f"{sum(same)} of {len(same)} other right solutions of the lab answer as the reference does"
    return f"{all_of}, and none as the student does."
