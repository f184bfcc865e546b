"""The six institutions of a district."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["hospital", "clinic", "registry"]


@dataclass(frozen=True)
class Facility:
    """One institution.

    Attributes:
        code: Its short name in files: H1, H2, H3, C1, C2 or R1.
        kind: What it is.
        about: Size and character, in a few words.
    """

    code: str
    kind: Kind
    about: str


FACILITIES = {
    facility.code: facility
    for facility in (
        Facility("H1", "hospital", "the large general hospital, which has a record of everybody"),
        Facility("H2", "hospital", "a middle-sized hospital with another laboratory and older software"),
        Facility("H3", "hospital", "a small hospital that enters much by hand"),
        Facility("C1", "clinic", "a community clinic that exports one comma-separated file"),
        Facility("C2", "clinic", "a second community clinic with forms and habits of its own"),
        Facility("R1", "registry", "the public-health registry: immunisations and notifiable diseases"),
    )
}
"""By code. Their names are the country's (`sim.countries`)."""

HOSPITALS = tuple(code for code, facility in FACILITIES.items() if facility.kind == "hospital")
