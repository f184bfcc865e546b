"""Slips in Chinese names: another character of the same sound, or of nearly the same look."""

from collections.abc import Mapping
from functools import cache

from sim.systems.wording import read_codes

WAYS = ("order", "sound", "sound", "look")
"""What happens to a name, as often as it stands here: most names are typed by their sound (assumed)."""


@cache
def similar(kind: str) -> Mapping[str, str]:
    """Returns for each character those that are easily typed instead.

    Args:
        kind: "sound" or "look", as in datasets/codes/homophones_cn.csv.

    Example:
        >>> similar("sound")["俊"][:2], similar("look")["土"]
        ('军君', '士')
    """
    table = read_codes("homophones_cn.csv")
    found: dict[str, str] = {}
    for group in table.loc[table["kind"] == kind, "characters"]:
        for one in group:
            found[one] = found.get(one, "") + group.replace(one, "")
    return found


def mistype(name: str, draw: float, way: int) -> str:
    """Makes one slip in a Chinese given name or surname.

    Args:
        name: A name.
        draw: 0 to 1, says which character.
        way: Index into `WAYS`. Where it cannot happen to this name, the next that can is taken.

    Returns:
        The mistyped name; the name itself where no character of it has a double.

    Example:
        >>> [mistype("建军", 0.6, way) for way in range(4)]
        ['军建', '建均', '建均', '健军']
    """
    for turn in range(len(WAYS)):
        wrong = _slip(name, draw, WAYS[(way + turn) % len(WAYS)])
        if wrong != name:
            return wrong
    return name


def _slip(name: str, draw: float, way: str) -> str:
    if way == "order":
        return name[::-1]
    doubles = similar(way)
    spots = [place for place, one in enumerate(name) if one in doubles]
    if not spots:
        return name
    at = spots[int(draw * len(spots))]
    others = doubles[name[at]]
    return name[:at] + others[int(draw * 97) % len(others)] + name[at + 1 :]
