"""How each hospital writes its messages: every one in its own way."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.exchange.hl7 import Separators
from sim.exchange.hl7.message import ENCODINGS, VERSION


@dataclass(frozen=True)
class Dialect:
    """One hospital's habits in HL7 and FHIR.

    Attributes:
        separators: The separators of its messages.
        clock: How it writes times (strftime).
        given_first: Whether the given name stands before the family name (PID-5), against the standard.
        codes: What it calls its own code system (OBX-3).
        charsets: What its messages are written in, by country, as MSH-18 says it.
        own_segment: Whether it adds a segment of its own, ZPV, which holds the class of the visit.
        both_codes: Whether its bundles give LOINC beside the local code of a test.
    """

    separators: Separators
    clock: str
    given_first: bool
    codes: str
    charsets: dict[str, str]
    own_segment: bool
    both_codes: bool

    def times(self, times: "pd.Series[pd.Timestamp]") -> list[str]:
        """Writes times; a missing one as nothing."""
        return times.dt.strftime(self.clock).fillna("").tolist()

    def texts(self, texts: "pd.Series[str]") -> list[str]:
        """Writes text, escaped; missing text as nothing."""
        codes, unique = pd.factorize(texts)
        written = np.array([*(self.separators.escaped(str(text)) for text in unique), ""], dtype=object)
        return list(written[codes])

    def encode(self, texts: "pd.Series[str]", country: str) -> bytes:
        """Writes messages as bytes, as MSH-18 says; what the character set lacks becomes a question mark."""
        return "".join(texts).encode(ENCODINGS[self.charsets[country]], errors="replace")

    def headers(
        self, facility: str, kinds: list[str], times: list[str], idents: list[str], country: str
    ) -> list[str]:
        """Writes the segments MSH.

        Args:
            facility: Who sends.
            kinds: MSH-9 of each message, with the usual separators.
            times: When each was sent.
            idents: Number of each.
            country: Code of the country.
        """
        signs = self.separators
        part, charset = signs.component, self.charsets[country]
        start = f"MSH|{signs.others}|{facility}SYS|{facility}|HUB|DISTRICT|"
        end = f"P|{VERSION}||||||{charset}\r" if charset else f"P|{VERSION}\r"
        return [
            f"{start}{time}||{kind.replace('^', part)}|{ident}|{end}"
            for kind, time, ident in zip(kinds, times, idents, strict=True)
        ]

    def patients(self, people: pd.DataFrame, facility: str) -> list[str]:
        """Writes the segments PID of some rows of `his_patients`."""
        part = self.separators.component
        first, second = ("given_name", "family_name") if self.given_first else ("family_name", "given_name")
        columns = (self.texts(people[name]) for name in ("mrn", first, second, "sex", "address", "area"))
        births = people["birth_date"].str.replace("-", "").fillna("").tolist()
        phones = self.texts(people["phone"])
        authority = part * 3 + facility + part + "MR"
        return [
            f"PID|1||{mrn}{authority}||{one}{part}{two}||{birth}|{sex}|||{street}{part * 4}{area}||{phone}\r"
            for mrn, one, two, sex, street, area, birth, phone in zip(*columns, births, phones, strict=True)
        ]


DIALECTS = {
    "H1": Dialect(
        Separators(),
        "%Y%m%d%H%M%S",
        False,
        "H1LAB",
        {"us": "UNICODE UTF-8", "cn": "GB 18030-2000"},
        True,
        True,
    ),
    "H2": Dialect(
        Separators("|", "#", "*", "!", "%"),
        "%Y%m%d%H%M%S",
        False,
        "99ORL",
        {"us": "8859/1", "cn": "UNICODE UTF-8"},
        False,
        True,
    ),
    "H3": Dialect(
        Separators(), "%Y%m%d%H%M", True, "L", {"us": "8859/1", "cn": "GB 18030-2000"}, False, False
    ),
}
"""The hospitals' dialects. H2 has separators that few expect, so that a plain "%" of a unit is escaped; H3
turns names round and gives times to the minute."""
