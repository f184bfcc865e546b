"""The page docs/linkage.md, from what `benchmarks.bench_linkage` measured."""

from collections.abc import Mapping

import pandas as pd

from benchmarks.linkage import MATCH, METHODS, SURE, THRESHOLD

COMMAND = "python -m benchmarks linkage"

GROUPS = {
    "changed name": "one registration has the surname before marriage",
    "newborn": 'one registration reads "Baby of" and the mother\'s name',
    "twin": "the person has a twin of the same sex at the same address",
    "namesake": "somebody else has the same names and date of birth",
    "father or son": "somebody at the same address has the same names",
    "everybody else": "none of these",
}
"""Hard groups and what they are. A pair of registrations counts in the first that fits."""

ALIKE = {"twin_of": "twins", "namesake_of": "namesakes", "junior_of": "father and son"}
"""Kinds of people easily taken for one another, by the column that says with whom."""

OTHERS = "others"

Counts = dict[str, int]

Found = Mapping[str, Mapping[str, Mapping[str, Counts]]]
"""By district and way: true pairs and pairs found by group, false links by kind of people."""


def scores(counts: Mapping[str, Counts]) -> dict[str, float]:
    """Returns precision, recall and F1.

    Example:
        >>> scores({"true": {"a": 4}, "found": {"a": 3}, "false": {"b": 1}})
        {'precision': 0.75, 'recall': 0.75, 'F1': 0.75}
    """
    right, true, false = (sum(counts[name].values()) for name in ("found", "true", "false"))
    precision, recall = right / max(1, right + false), right / max(1, true)
    return {
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / max(1e-9, precision + recall),
    }


_HEAD = """# Linking three hospitals' registrations

Written by `{command}` from districts {districts} of 2,000 people. Every figure below comes
from that command.

A person may be registered in three hospitals, and twice in the large one. Every pair of registrations of one
person is to be found; the district's truth says which they are. All three ways get the same cleaned fields:
names in capitals without accents, sex, digits of dates and telephones, address, and the checked identifier,
placeholders taken out.

- *exact keys*: equal names, date of birth and sex.
- *rapidfuzz*: points for names that agree by Jaro-Winkler similarity (from {sure}) and for other fields that
  agree; a link from {threshold} points. Points and threshold were chosen on district t0, not measured here.
- *splink*: Fellegi-Sunter weights, learned without labels; telephone and address count as one field, because
  households share both. A link from probability {match}, chosen on t0, too.

## How much is found, and how much of it is right

Mean over {count} districts; in brackets the lowest and the highest. True pairs a district: {pairs}.

| way | precision | recall | F1 |
|---|---|---|---|
{methods}

## Who is taken for whom

False links a district, by the two people whom they make one.

| way | {kinds} |
|---|{kindlines}|
{false}

## Who is lost

Share of true pairs found, all districts together. The pairs of a group are few in one district.

| group | what it is | true pairs | {names} |
|---|---|---|{lines}|
{groups}

{reading}
"""


def page(found: Found) -> str:
    """Returns the page from what was measured, by district and way."""
    pairs = [sum(ways["exact keys"]["true"].values()) for ways in found.values()]
    names = list(METHODS)
    return _HEAD.format(
        command=COMMAND,
        districts=f"{next(iter(found))} to {list(found)[-1]}",
        sure=SURE,
        threshold=THRESHOLD,
        match=MATCH,
        count=len(found),
        pairs=f"{min(pairs):,} to {max(pairs):,}",
        kinds=" | ".join((*ALIKE.values(), OTHERS)),
        kindlines="---|" * len(ALIKE) + "---",
        false="\n".join(_false_row(name, [ways[name] for ways in found.values()]) for name in names),
        methods="\n".join(_row(name, [ways[name] for ways in found.values()]) for name in names),
        names=" | ".join(names),
        lines="---|" * (len(names) - 1) + "---",
        groups="\n".join(_lost(group, found) for group in GROUPS),
        reading=_reading(found),
    )


def _row(name: str, counts: list[Mapping[str, Counts]]) -> str:
    told = pd.DataFrame([scores(each) for each in counts])
    cells = [f"{told[c].mean():.3f} ({told[c].min():.3f}–{told[c].max():.3f})" for c in told.columns]
    return f"| {name} | {' | '.join(cells)} |"


def _false_row(name: str, counts: list[Mapping[str, Counts]]) -> str:
    mean = pd.DataFrame([each["false"] for each in counts]).mean()
    return f"| {name} | {' | '.join(f'{number:.1f}' for number in mean)} |"


def _together(found: Found, way: str, what: str, group: str) -> int:
    return sum(ways[way][what][group] for ways in found.values())


def _recall(found: Found, way: str, group: str) -> float:
    return _together(found, way, "found", group) / max(1, _together(found, way, "true", group))


def _lost(group: str, found: Found) -> str:
    true = _together(found, "exact keys", "true", group)
    cells = " | ".join(f"{_recall(found, way, group):.3f}" for way in METHODS)
    return f"| {group} | {GROUPS[group]} | {true:,} | {cells} |"


def _reading(found: Found) -> str:
    """Says in words what the tables show; every sentence is worked out from them."""
    mean = {
        name: pd.DataFrame([scores(ways[name]) for ways in found.values()]).mean().to_dict()
        for name in METHODS
    }
    order = sorted(METHODS, key=lambda name: mean[name]["F1"])
    best, worst = order[-1], order[0]
    perfect = [name for name in METHODS for ways in found.values() if scores(ways[name])["F1"] == 1]
    lost = sorted(GROUPS, key=lambda group: _recall(found, best, group))[:2]
    wrong = pd.DataFrame([ways[best]["false"] for ways in found.values()]).sum()
    return (
        f"In words: “{worst}” does worst (mean F1 {mean[worst]['F1']:.3f}), “{best}” best "
        f"({mean[best]['F1']:.3f}). {'No way is' if not perfect else 'Some way is'} without error in any "
        f"district.\nOf true pairs it misses most often those of the groups “{lost[0]}” and “{lost[1]}”; "
        f"{1 - wrong[OTHERS] / wrong.sum():.0%} of its false links\njoin twins, namesakes, or a father "
        "and his son."
    )
