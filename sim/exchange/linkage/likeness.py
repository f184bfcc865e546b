"""How alike two registrations are, in points: slips and short names forgiven, a household counted once.

Points are about log2(m / u) of Fellegi and Sunter (1969, "A theory for record linkage", J Am Stat Assoc 64,
1183-1210). Three things are done that plain agreement (`sim.exchange.linkage.agreement`) does not do. A name
one slip away, or a known short form, counts as alike. Address and telephone count as one thing, since who
lives together shares both. And a given name that is neither equal nor alike speaks strongly against: only
that tells twins apart. So one threshold finds four in five true pairs and hardly a false one.

What they do not tell apart: twins of like names, or who bears one name at one address, where dates are blank.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]

GIVEN = {"equal": 7.5, "short": 5.0, "slip": 4.0, "other": -8.0}
FAMILY = {"equal": 7.0, "slip": 4.0, "other": -3.0}
CROSSED = -2.0
"""Points of names, and of given and family name in each other's place."""

BORN = {"equal": 13.0, "year": 3.5, "other": -8.0}
HOME = {"both": 10.0, "one": 7.0, "neither": -4.0}
SEX = {"equal": 1.0, "other": -9.0}
IDENTIFIER = {"equal": 6.0, "other": -10.0}
"""Points of the other facts, all assumed and rounded. An identifier that agrees counts less than chance
would say, since twins' cards are mixed up."""


def likeness(one: pd.DataFrame, two: pd.DataFrame, short: Mapping[str, str]) -> Numbers:
    """Returns the points of pairs of registrations: row by row of two tables.

    Args:
        one: Registrations: given, family (as `sim.exchange.linkage.tokens.normalise` makes them), birth_date,
            sex, digits (of the telephone), address and verified_id, as text; a blank gives no points.
        two: The registrations that they are compared with, in the same order.
        short: Names and their short forms, normalised.

    Example:
        >>> columns = ["given", "family", "birth_date", "sex", "digits", "address", "verified_id"]
        >>> one = pd.DataFrame([["william", "rose", "1950-02-01", "M", "55501", "3 Mill Lane", None]],
        ...                    columns=columns, dtype="str")
        >>> two = one.assign(given="bill", birth_date="1950-01-02", address="1 Dock Road")
        >>> likeness(one, one, {}).tolist(), likeness(one, two, {"william": "bill"}).tolist()
        ([38.5], [23.5])
    """
    points = _names(one, two, short) + _levels(one, two, "sex", SEX)
    points += _levels(one, two, "verified_id", IDENTIFIER)
    points += _levels(
        one, two, "birth_date", BORN, year=one["birth_date"].str[:4] == two["birth_date"].str[:4]
    )
    called, lives = (_sure(one[name] == two[name]) for name in ("digits", "address"))
    unknown = _unknown(one, two, "digits") & _unknown(one, two, "address")
    alone = np.where(called | lives, HOME["one"], np.where(unknown, 0.0, HOME["neither"]))
    return np.asarray(points + np.where(called & lives, HOME["both"], alone))


def _sure(found: "pd.Series[bool]") -> npt.NDArray[np.bool_]:
    return found.fillna(False).to_numpy(dtype=np.bool_)


def _unknown(one: pd.DataFrame, two: pd.DataFrame, name: str) -> npt.NDArray[np.bool_]:
    return (one[name].isna() | two[name].isna()).to_numpy(dtype=np.bool_)


def _levels(
    one: pd.DataFrame, two: pd.DataFrame, name: str, levels: Mapping[str, float], **between: "pd.Series[bool]"
) -> Numbers:
    """Returns the points of a fact: equal, a level between if it holds, other, or none if it is unknown."""
    points = np.full(len(one), levels["other"])
    for level, holds in between.items():
        points[_sure(holds)] = levels[level]
    points[_sure(one[name] == two[name])] = levels["equal"]
    points[_unknown(one, two, name)] = 0.0
    return points


def _names(one: pd.DataFrame, two: pd.DataFrame, short: Mapping[str, str]) -> Numbers:
    """Returns the points of both names, straight or in each other's place, whichever are more."""
    none: Mapping[str, str] = {}
    straight = _name(one["given"], two["given"], GIVEN, short) + _name(
        one["family"], two["family"], FAMILY, none
    )
    crossed = _name(one["given"], two["family"], GIVEN, short) + _name(
        one["family"], two["given"], FAMILY, none
    )
    return np.maximum(straight, crossed + CROSSED)


def _name(
    one: "pd.Series[str]", two: "pd.Series[str]", levels: Mapping[str, float], short: Mapping[str, str]
) -> Numbers:
    found = np.zeros(len(one))
    for at, (first, second) in enumerate(zip(one, two, strict=True)):
        if not isinstance(first, str) or not isinstance(second, str):
            continue
        if first == second:
            found[at] = levels["equal"]
        elif short.get(first) == second or short.get(second) == first:
            found[at] = levels["short"]
        else:
            found[at] = levels["slip" if slip(first, second) else "other"]
    return found


def slip(one: str, other: str) -> bool:
    """Says whether one slip makes one name of the other, and they still share a letter.

    A slip exchanges a letter, leaves one out, puts one in, or lets two neighbours change places.

    Example:
        >>> slip("miller", "mliler"), slip("miller", "miler"), slip("miller", "millet"), slip("li", "wu")
        (True, True, True, False)
        >>> slip("王", "李"), slip("小红", "晓红"), slip("miller", "milton")
        (False, True, False)
    """
    if abs(len(one) - len(other)) > 1 or not set(one) & set(other):
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if same is None:
        return True
    first, second = one[same:], other[same:]
    turned = first[:2] == second[:2][::-1] and first[2:] == second[2:]
    return turned or first[1:] == second[1:] or first[1:] == second or first == second[1:]
