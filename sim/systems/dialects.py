"""How each hospital writes its messages: every one in its own way."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.exchange.hl7 import Separators
from sim.exchange.hl7.message import ENCODINGS, VERSION

Texts = npt.NDArray[Any]
"""Pieces of text, one a row."""

DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
"""Where the digits stand in a time such as 2025-03-01T08:30:00."""

AUTHORITIES = {"H1": "2.999.1.1", "H2": "2.999.1.2", "H3": "2.999.1.3"}
"""Who gives record numbers, as object identifiers under the arc that is kept for examples (PID-3.4)."""


@dataclass(frozen=True)
class Dialect:
    """One hospital's habits in HL7 and FHIR.

    Attributes:
        separators: The separators of its messages.
        clock: How it writes times (strftime): to the second or to the minute.
        given_first: Whether the given name stands before the family name (PID-5), against the standard.
        codes: What it calls its own code system (OBX-3).
        charsets: What its messages are written in, by country, as MSH-18 says it.
        own_segment: Whether it adds a segment of its own, ZPV, which holds the class of the visit.
        structured: Whether it parts the sign from the number in results such as "<0.1" (SN); text if not.
        both_codes: Whether its bundles give LOINC beside the local code of a test.
    """

    separators: Separators
    clock: str
    given_first: bool
    codes: str
    charsets: dict[str, str]
    own_segment: bool
    structured: bool
    both_codes: bool

    def times(self, times: "pd.Series[pd.Timestamp]") -> Texts:
        """Writes times; a missing one as nothing."""
        size = 14 if self.clock.endswith("%S") else 12
        written = np.datetime_as_string(times.to_numpy(dtype="datetime64[s]"), unit="s").astype("S19")
        digits = written.view("S1").reshape(-1, 19)[:, DIGITS[:size]]
        texts = np.ascontiguousarray(digits).view(f"S{size}").ravel().astype("U").astype(object)
        texts[times.isna().to_numpy()] = ""
        return texts

    def texts(self, texts: "pd.Series[str]") -> Texts:
        """Writes text, escaped; missing text as nothing."""
        codes, unique = pd.factorize(texts)
        written = np.array([*(self.separators.escaped(str(text)) for text in unique), ""], dtype=object)
        return written[codes]

    def encode(self, texts: "pd.Series[str]", country: str) -> bytes:
        """Writes messages as bytes, as MSH-18 says; what the character set lacks becomes a question mark."""
        return "".join(texts).encode(ENCODINGS[self.charsets[country]], errors="replace")

    def headers(self, facility: str, kinds: Texts, times: Texts, idents: list[str], country: str) -> Texts:
        """Writes the segments MSH.

        Args:
            facility: Who sends.
            kinds: MSH-9 of each message, with the usual separators.
            times: When each was sent.
            idents: Number of each.
            country: Code of the country.
        """
        signs = self.separators
        charset = self.charsets[country]
        start = f"MSH|{signs.others}|{facility}SYS|{facility}|HUB|DISTRICT|"
        end = f"P|{VERSION}||||||{charset}\r" if charset else f"P|{VERSION}\r"
        names = {kind: kind.replace("^", signs.component) for kind in np.unique(kinds)}
        return np.array(
            [
                f"{start}{time}||{names[kind]}|{ident}|{end}"
                for kind, time, ident in zip(kinds, times, idents, strict=True)
            ],
            dtype=object,
        )

    def patients(self, people: pd.DataFrame, facility: str) -> "pd.Series[str]":
        """Writes the segments PID of some rows of `his_patients`.

        Returns:
            The segments; index = record number.
        """
        part, under = self.separators.component, self.separators.subcomponent
        first, second = ("given_name", "family_name") if self.given_first else ("family_name", "given_name")
        columns = (self.texts(people[name]) for name in ("mrn", first, second, "sex", "address", "area"))
        births = people["birth_date"].str.replace("-", "").fillna("").tolist()
        phones = self.texts(people["phone"])
        authority = f"{part * 3}{facility}{under}{AUTHORITIES[facility]}{under}ISO{part}MR"
        written = [
            f"PID|1||{mrn}{authority}||{one}{part}{two}||{birth}|{sex}|||{street}{part * 4}{area}||{phone}\r"
            for mrn, one, two, sex, street, area, birth, phone in zip(*columns, births, phones, strict=True)
        ]
        return pd.Series(written, index=people["mrn"].to_numpy(dtype=object), dtype=object)

    def understood(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Puts what a reader of messages found into the words of the hospital's tables.

        Args:
            rows: Of `read_results`, `read_movements` or `read_patients`.

        Returns:
            The rows with given_name and family_name in place of name_1 and name_2, birth dates such as
            1980-02-01, and times as times; what cannot be read as a time is missing.
        """
        names = ("given_name", "family_name") if self.given_first else ("family_name", "given_name")
        told = rows.rename(columns=dict(zip(("name_1", "name_2"), names, strict=True)))
        born = told["birth_date"].str.replace(r"^(\d{4})(\d{2})(\d{2})$", r"\1-\2-\3", regex=True)
        times = {
            name: pd.to_datetime(told[name], format=self.clock, errors="coerce").astype("datetime64[s]")
            for name in told.columns
            if name.endswith("_at")
        }
        return told.assign(birth_date=born, **times)


DIALECTS = {
    "H1": Dialect(
        Separators(),
        "%Y%m%d%H%M%S",
        given_first=False,
        codes="H1LAB",
        charsets={"us": "UNICODE UTF-8", "cn": "GB 18030-2000"},
        own_segment=True,
        structured=True,
        both_codes=True,
    ),
    "H2": Dialect(
        Separators("|", "#", "*", "!", "%"),
        "%Y%m%d%H%M%S",
        given_first=False,
        codes="99ORL",
        charsets={"us": "8859/1", "cn": "UNICODE UTF-8"},
        own_segment=False,
        structured=False,
        both_codes=True,
    ),
    "H3": Dialect(
        Separators(),
        "%Y%m%d%H%M",
        given_first=True,
        codes="L",
        charsets={"us": "8859/1", "cn": "GB 18030-2000"},
        own_segment=False,
        structured=False,
        both_codes=False,
    ),
}
"""The hospitals' dialects. H2 has separators that few expect, so that a plain "%" of a unit is escaped; H3
turns names round and gives times to the minute."""
