"""Points of pairs of records by Fellegi and Sunter, and how many points pairs of each kind have.

A field that agrees in two records adds log2(m / u), where m is how often it does so in two records of one
person and u how often in two people's; one that disagrees adds log2((1 - m) / (1 - u)), which is negative;
a blank adds nothing (Fellegi and Sunter 1969, "A theory for record linkage", J Am Stat Assoc 64,
1183-1210). Names have a level between: alike, with a letter or two apart.

Fields are taken as independent within a kind of pair, so all patterns of agreement can be gone through: a
few hundred, no simulation. What makes fields depend on each other in life is in the kinds: twins share all
but the given name, a father and his son all but the birth date, namesakes all but the contacts.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

GROUPS = ("settled", "renamed", "newcomers")
"""Patients who kept name and country, who changed their name, and who came from elsewhere."""

TWO_PEOPLE = ("twin", "junior", "namesake", "stranger")
"""Kinds of pairs of two people's records; a junior is a son or daughter with a parent's name."""

KINDS = len(GROUPS) * (1 + len(TWO_PEOPLE))
"""Kinds of pairs in all: of one person by group, then, group by group, of somebody of it and of another."""

FIELDS = ("id", "given", "family", "born", "sex", "phone", "area")
"""What is compared; `id` is an identifier that was checked against a card."""

NAMES = ("given", "family")
"""Fields that can be alike without being equal."""

DIFFERS = {"twin": ("given",), "junior": ("born",), "namesake": ("phone", "area")}
"""Fields in which people easily taken for one another are as strangers, beside the identifier."""

TYPED = {"id": 0.05, "given": 1.0, "family": 1.0, "born": 0.7, "sex": 0.05, "phone": 1.0, "area": 0.3}
"""How often a field is mistyped, with a name as 1 (assumed)."""

SAME_ID, SAME_SEX, ALIKE = 1e-6, 0.5, 3.0
"""How often strangers agree on identifier and sex; how much oftener their names are alike than equal."""

EQUAL, NEAR, OTHER, BLANK = range(4)
"""Levels of agreement: the columns of `chances`."""


def chances(error: float, missing: float, f: Mapping[str, float]) -> dict[str, Numbers]:
    """Returns for each field how often pairs of each kind agree in it.

    Args:
        error: Share of names that are mistyped in a record.
        missing: Share of records without a checked identifier.
        f: Figures of `sim.policy.linking`.

    Returns:
        For each field one row a kind, in the order told at `KINDS`, with the chances of the four levels.
    """
    one = {group: _one_person(group, error, missing, f) for group in GROUPS}
    settled, kinds = one["settled"], list(one.values())
    for group in GROUPS:
        apart = {name: _strangers(name, one[group][name][BLANK], f) for name in FIELDS}
        for kind in TWO_PEOPLE:
            differs = ("id", *DIFFERS.get(kind, FIELDS))
            kinds.append({name: apart[name] if name in differs else settled[name] for name in FIELDS})
    return {name: np.array([kind[name] for kind in kinds]) for name in FIELDS}


def _one_person(group: str, error: float, missing: float, f: Mapping[str, float]) -> dict[str, list[float]]:
    """Returns the levels of two records of one person."""
    new = group == "newcomers"
    other = {
        "given": f["rewritten"] if new else 0.0,
        "family": f["rewritten"] if new else f["old_name"] if group == "renamed" else 0.0,
        "phone": f["old_phone"],
        "area": f["moved"],
    }
    blank = {
        "id": min(1.0, missing * (f["uncarded"] if new else 1.0)),
        "phone": f["blank_phone"],
        "area": f["blank_area"],
    }
    found = {}
    for name in FIELDS:
        both = (1 - blank.get(name, 0.0)) ** 2
        typed = 1 - (1 - error * TYPED[name]) ** 2
        kept = 1 - other.get(name, 0.0)
        near = kept * typed * f[f"alike_{name}"] if name in NAMES else 0.0
        equal = kept * (1 - typed)
        found[name] = [both * equal, both * near, both * (1 - equal - near), 1 - both]
    return found


def _strangers(name: str, blank: float, f: Mapping[str, float]) -> list[float]:
    """Returns the levels of two people's records."""
    equal = {"id": SAME_ID, "sex": SAME_SEX}.get(name, f.get(f"same_{name}", 0.0))
    near = min(ALIKE * equal, 1 - equal) if name in NAMES else 0.0
    return [(1 - blank) * equal, (1 - blank) * near, (1 - blank) * (1 - equal - near), blank]


def by_group(kinds: Numbers) -> Numbers:
    """Returns what belongs to pairs of two people: group, kind, and whatever else there is."""
    return kinds[len(GROUPS) :].reshape(len(GROUPS), len(TWO_PEOPLE), *kinds.shape[1:])


def weights(field: Numbers, shares: Numbers, alike: bool) -> Numbers:
    """Returns the points for each level of a field.

    Args:
        field: The field's chances, as `chances` returns them.
        shares: How large a share of patients each of the `GROUPS` is.
        alike: Whether names that are alike count apart; else they count as different.

    Example:
        >>> certain = np.array([[0.9, 0, 0.1, 0]] * 3 + [[0.1, 0, 0.9, 0]] * 12)
        >>> weights(certain, np.ones(3) / 3, False).round(2).tolist()
        [3.17, -3.17, -3.17, 0.0]
    """
    m, u = shares @ field[: len(GROUPS)], shares @ by_group(field)[:, -1]
    if not alike:
        m[NEAR : OTHER + 1], u[NEAR : OTHER + 1] = m[NEAR:BLANK].sum(), u[NEAR:BLANK].sum()
    known = (m > 0) & (u > 0)
    known[BLANK] = False
    scale = (1 - u[BLANK]) / (1 - m[BLANK]) if max(u[BLANK], m[BLANK]) < 1 else 1.0
    points = np.zeros(4)
    points[known] = np.log2(m[known] / u[known] * scale)
    return points


def scores(levels: Mapping[str, Numbers], shares: Numbers, alike: bool) -> tuple[Numbers, Numbers]:
    """Goes through all patterns of agreement.

    Args:
        levels: As `chances` returns them.
        shares: How large a share of patients each of the `GROUPS` is.
        alike: Whether names that are alike count apart.

    Returns:
        The points of each pattern, from few to many; and one row a kind, one column a pattern: how often it
        has so many points or more.
    """
    points, chance = np.zeros(1), np.ones((KINDS, 1))
    for field in levels.values():
        some = field.any(axis=0)
        worth = weights(field, shares, alike)[some]
        points = (points[:, None] + worth).ravel()
        chance = (chance[:, :, None] * field[:, None, some]).reshape(KINDS, -1)
    order = np.argsort(points, kind="stable")
    return points[order], chance[:, order][:, ::-1].cumsum(axis=1)[:, ::-1]


def reaching(points: Numbers, tails: Numbers, threshold: float) -> Numbers:
    """Returns for each kind the share of pairs with so many points or more.

    Args:
        points: Points of the patterns, as `scores` returns them.
        tails: How often they are reached.
        threshold: The points.
    """
    at = int(np.searchsorted(points, threshold))
    return tails[:, at] if at < len(points) else np.zeros(KINDS)
