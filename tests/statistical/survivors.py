"""Writes what became of broken reference solutions as a page: `docs/mutants.md`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.statistical.broken import DISTRICTS, DRAWN, EXAMPLES, SURVIVED, Fate, Reasons

_HEAD = """# Broken solutions that the checks must notice

Every reference solution is broken automatically, by one small slip at a time: off by one, a wrong column, a
dropped condition, key, argument or step, a limit that does not count itself, the opposite comparison,
another operator. Each broken program is asked as in grading: first the visible examples, then arguments
drawn for its text, then up to three whole districts. It is noticed as soon as a check is not right. `make
test-full` does this and writes this page.

Of {count} broken programs {noticed} were noticed, {share:.1%} survived. Of the survivors {open} are in
functions whose text asks for a result and leaves the way open: there a changed rule of the reference is one
more right answer. In all other functions {rest} of {others} survived ({rest_share:.1%}); those without a
reason below: {unexplained}.

| task | broken | {stages} |
|---|--:|{lines}|
"""


def page(found: Sequence[Fate], known: Reasons) -> str:
    """Returns the page."""
    return _head(found, known) + "".join(_table(found)) + "".join(_survivors(found, known))


def _head(found: Sequence[Fate], known: Reasons) -> str:
    survivors = [fate for fate in found if fate.survived]
    free = [fate for fate in survivors if fate.function in known.open]
    others = [fate for fate in found if fate.function not in known.open]
    rest = len(survivors) - len(free)
    return _HEAD.format(
        count=len(found),
        noticed=len(found) - len(survivors),
        share=len(survivors) / len(found),
        open=len(free),
        rest=rest,
        others=len(others),
        rest_share=rest / len(others),
        unexplained=sum(not known.of(fate) for fate in survivors),
        stages=" | ".join(["noticed by examples", DRAWN, *_districts(), SURVIVED]),
        lines="--:|" * (len(DISTRICTS) + 2) + "--:",
    )


def _districts() -> list[str]:
    return [f"district {number}" for number in range(1, len(DISTRICTS) + 1)]


def _table(found: Sequence[Fate]) -> Iterator[str]:
    for task in dict.fromkeys(fate.task for fate in found):
        ends = Counter(fate.end for fate in found if fate.task == task)
        counts = [ends[stage] for stage in (EXAMPLES, DRAWN, *DISTRICTS, SURVIVED)]
        yield f"| {task} | {sum(counts)} | {' | '.join(map(str, counts))} |\n"


def _survivors(found: Sequence[Fate], known: Reasons) -> Iterator[str]:
    yield "\n## The survivors, and why\n\n"
    survivors = [fate for fate in found if fate.survived]
    for function, why in known.open.items():
        count = sum(fate.function == function for fate in survivors)
        yield f"* `{function}`, {count} survivors: {why}\n"
    yield "\n| task | slip | from, to | why it changes nothing that is asked |\n|---|---|---|---|\n"
    for fate in survivors:
        if fate.function not in known.open:
            name = fate.name.replace("|", "\\|")
            yield f"| {fate.task} | {fate.kind} | `{name}` | {known.of(fate) or 'not explained'} |\n"
