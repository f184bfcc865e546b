"""Puts a learner's own rule for duplicates to work at the registration desk of the exploration."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.explore.asking import ask
from sim.words import said

TRUE_IN_QUEUE = 1 / 3
"""Share of true pairs among those left to a clerk (assumed)."""

EXPECTED = 0.06
"""Share of registrations that are somebody's second (the documented rate of defect D01)."""


def own_rule(
    function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], str]:
    """Runs `duplicates(his)` on a district and turns its answer into controls of the desk.

    The truth is not in a student's files. So a merge counts as wrong if the two records contradict each
    other: another sex, birth date, given name or verified number.

    Args:
        function: The learner's function.
        tables: The tables of a district.

    Returns:
        Values for `review`, `caught` and `merged_wrongly`, and a sentence that says what was found.

    Raises:
        HilabError: The function fails, takes too long, or its answer has another form.
    """
    patients = tables["his_patients"]
    answer, seconds = ask(function, patients)
    merged, queue = (_pairs(answer, part) for part in ("auto_merge", "review"))
    doubtful = contradicting(patients, merged)
    registrations = len(patients)
    found = len(merged) - doubtful + TRUE_IN_QUEUE * len(queue)
    values = {
        "review": len(queue) / registrations,
        "caught": min(0.95, max(0.0, found / (EXPECTED * registrations))),
        "merged_wrongly": doubtful / registrations,
    }
    told = said(
        "Your function took {seconds:.1f} s on the {registrations:,} registrations of your district. It "
        "merges {merged:,} pairs unseen, of which {doubtful:,} contradict themselves, and leaves {queue:,} "
        "pairs to a clerk. At the desk it prevents {caught:.0%} of the duplicates, and the clerk looks at "
        "{looked:.0f} of 1,000 registrations. Assumed: 6 % of the registrations are somebody's second, and "
        "one in three pairs of the queue is a true one.",
        seconds=seconds,
        registrations=registrations,
        merged=len(merged),
        doubtful=doubtful,
        queue=len(queue),
        caught=values["caught"],
        looked=1000 * values["review"],
    )
    return values, told


def _pairs(answer: Any, part: str) -> list[Sequence[str]]:
    pairs = answer.get(part) if isinstance(answer, dict) else None
    if not isinstance(pairs, list) or not all(isinstance(p, list | tuple) and len(p) == 2 for p in pairs):
        wanted = "Your function must return a dictionary whose '{part}' is a list of pairs."
        raise HilabError(said(wanted, part=part))
    return pairs


def contradicting(patients: pd.DataFrame, pairs: Sequence[Sequence[str]]) -> int:
    """Counts the pairs of record numbers whose records cannot both be right about one person.

    Example:
        >>> people = pd.DataFrame({"mrn": ["1", "2"], "sex": ["F", "F"], "birth_date": ["1990-01-01"] * 2,
        ...                        "given_name": ["Ada", "Eva"], "verified_id": [None, None]})
        >>> contradicting(people, [["1", "2"]]), contradicting(people, [])
        (1, 0)
    """
    known = patients.drop_duplicates("mrn").set_index("mrn")
    table = pd.DataFrame([list(pair) for pair in pairs], columns=["a", "b"])
    wrong = ~(table["a"].isin(known.index) & table["b"].isin(known.index))
    for field in ("sex", "birth_date", "given_name", "verified_id"):
        a, b = (table[side].map(known[field]) for side in ("a", "b"))
        wrong |= a.notna() & b.notna() & (a != b)
    return int(wrong.sum())
