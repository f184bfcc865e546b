"""Registrations that lose people: newcomers written by ear, and somebody of whom only the name was asked."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects import characters
from sim.defects.between import OTHER_HOSPITALS, rewrite
from sim.defects.registry import defect
from sim.systems.planting import choose

Frame = pd.DataFrame

SOUNDS = (
    ("ph", "f"),
    ("ck", "k"),
    ("ei", "ai"),
    ("ee", "i"),
    ("ou", "u"),
    ("th", "t"),
    ("y", "i"),
    ("z", "s"),
    ("c", "k"),
    ("v", "w"),
    ("j", "y"),
)
"""Spellings that a clerk takes for one another by ear (assumed)."""


def by_ear(name: str) -> str:
    """Writes a surname as somebody writes it who has only heard it; no first letter changes.

    Example:
        >>> by_ear("Murphy"), by_ear("LOPEZ"), by_ear("Bell"), by_ear("Lin")
        ('Murfy', 'LOPES', 'Bel', 'Linn')
    """
    first, rest = name[:1], name[1:].lower()
    heard = next((rest.replace(a, b) for a, b in SOUNDS if a in rest), None)
    if heard is None:
        doubled = len(rest) > 1 and rest[-1] == rest[-2]
        heard = rest[:-1] if doubled else rest + name[-1].lower()
    return first + (heard.upper() if name.isupper() else heard)


@defect(
    "D47",
    "A newcomer is registered by ear and without papers",
    tables=OTHER_HOSPITALS,
    rate=0.06,
    minimum=45,
    limits="Only people who came from elsewhere, so that fewer may be touched than the rate says. The year "
    "of birth is right and the day is 1 January; the surname sounds right; there is no checked identifier "
    "and no telephone. The large hospital asks for papers and errs with nobody.",
    local=True,
)
def write_by_ear(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Registers some newcomers with what could be understood.

    Args:
        table: Working table of `his_patients` of a smaller hospital.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.
        country: Code of the country; in China a character is taken for another of its sound or look.

    Returns:
        The table and the ledger.
    """
    draws = rng.random((2, len(table)))
    rows = choose(table["_newcomer"] & table["birth_date"].notna(), rate, minimum, rng)
    names = table["family_name"].iloc[rows]
    if country == "cn":
        ways = (draws[1][rows] * 3).astype(int) + 1
        heard = [characters.mistype(*one) for one in zip(names, draws[0][rows], ways, strict=True)]
    else:
        heard = [by_ear(name) for name in names]
    first = table["birth_date"].iloc[rows].str[:4] + "-01-01"
    return _written(
        table,
        rows,
        {
            "family_name": np.array(heard, dtype=object),
            "birth_date": first.to_numpy(dtype=object),
            "verified_id": None,
            "phone": None,
        },
    )


@defect(
    "D48",
    "Somebody of whom there are two is registered by name alone",
    tables=OTHER_HOSPITALS,
    rate=0.03,
    minimum=36,
    limits="Only people who bear the very names of somebody else, so that fewer may be touched than the "
    "rate says: fathers and sons, and namesakes. Birth date and checked identifier are missing.",
)
def register_by_name(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[Frame, Frame]:
    """Leaves out what would tell some people from those of their name; arguments as for `write_by_ear`."""
    rows = choose(table["_alike"] >= 0, rate, minimum, rng)
    return _written(table, rows, {"birth_date": None, "verified_id": None})


def _written(
    table: Frame, rows: npt.NDArray[np.intp], values: "dict[str, npt.NDArray[np.object_] | None]"
) -> tuple[Frame, Frame]:
    """Writes values into fields of some rows, None for a blank."""
    written, ledgers = table, []
    for field, new in values.items():
        written, ledger = rewrite(written, rows, field, np.full(len(rows), None) if new is None else new)
        ledgers.append(ledger)
    return written, pd.concat(ledgers, ignore_index=True)
