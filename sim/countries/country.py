"""What is known about a country."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """One country and the district in it.

    Attributes:
        code: "us" or "cn", as in `hilab world --country`.
        county: The district; invented.
        state: The state or province it belongs to; invented.
        language: Of its records: "en" or "zh".
        encoding: What its office programs write text files in, in Python's words.
        facilities: Names of the institutions by code, H1 to R1; invented.
        seats: The area in which each institution stands, in the same order.
        payers: What each payer of the clean records is called here. Several may become one.
        zones: The four parts of the district; an area's code begins with its zone's.
        phone: Pattern of its telephone numbers, none of which can be dialled.
        identifier: Pattern of its verified identifiers, none of which a state has issued.
        no_identifier: What careless desks type for an identifier that they do not know.
        blank_names: Surnames that careless software reads as a missing value.
    """

    code: str
    county: str
    state: str
    language: str
    encoding: str
    facilities: Mapping[str, str]
    seats: tuple[str, ...]
    payers: Mapping[str, str]
    zones: tuple[str, str, str, str]
    phone: str
    identifier: str
    no_identifier: str
    blank_names: tuple[str, ...]
