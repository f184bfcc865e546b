"""The resources of bundles as text, one a row, put together column by column."""

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.exchange.fhir.systems import ABSENT, ACT, BASE, DIAGNOSES, LOINC, RECORD_NUMBERS, TESTS, UCUM
from sim.systems.dialects import DIALECTS
from sim.systems.message_movements import CLASSES

Texts = npt.NDArray[Any]
"""Pieces of text, one a row; nothing where there is nothing to say."""

OFFSETS = {"us": "-06:00", "cn": "+08:00"}
"""The hospitals' clocks against universal time, summer and winter (assumed)."""

ACTS = {"I": "IMP", "E": "EMER"}
GENDERS = {"F": "female", "M": "male"}
STATUSES = {"F": "final", "C": "corrected", "X": "cancelled"}
"""Codes of FHIR by those of the tables."""

SPELT = {"mL/min/1.73m2": "mL/min/{1.73_m2}"}
"""Units of which UCUM has another spelling."""

NUMBER = r"(<=|>=|<|>|≤|≥)?((?:0|[1-9][0-9]*)(?:\.[0-9]+)?)"
"""A result that is a quantity: a number as JSON writes it, with or without a sign of comparison."""

SIGNS = {"≤": "<=", "≥": ">="}


def piece(values: "pd.Series[str]", template: str = "%s") -> Texts:
    """Writes JSON texts into a template, worked out once for each text that is different.

    Args:
        values: Texts; where one is missing, nothing is written.
        template: What to write, with %s for the text in its quotation marks.

    Example:
        >>> piece(pd.Series(["a", None]), '{"family":%s}').tolist()
        ['{"family":"a"}', '']
    """
    codes, unique = pd.factorize(values)
    written = [template % json.dumps(str(text), ensure_ascii=False) for text in unique]
    texts: Texts = np.array([*written, ""], dtype=object)[codes]
    return texts


def local_times(times: "pd.Series[pd.Timestamp]", country: str) -> Texts:
    """Writes times with the offset of the country."""
    texts = np.datetime_as_string(times.to_numpy(dtype="datetime64[s]"), unit="s").astype(object)
    written: Texts = texts + OFFSETS[country]
    return written


def joined(texts: Iterable[str], places: npt.NDArray[np.intp], size: int) -> list[str]:
    """Joins with commas the texts that belong to the same place.

    Args:
        texts: Texts.
        places: Place of each, in ascending order.
        size: Number of places.
    """
    every = list(texts)
    ends = np.searchsorted(places, np.arange(size + 1)).tolist()
    return [",".join(every[begin:end]) for begin, end in pairwise(ends)]


class Pieces:
    """Writes the resources of one hospital, each as an entry of a bundle.

    Args:
        code: The hospital's code.
        country: Code of the country.
    """

    def __init__(self, code: str, country: str) -> None:
        """Keeps who writes."""
        self.code, self.country, self.dialect = code, country, DIALECTS[code]
        self._base = BASE.format(code.lower())

    def _start(self, kind: str, idents: Texts) -> Texts:
        """Writes the beginning of entries; record and row numbers need no quoting."""
        base = f'{{"fullUrl":"{self._base}/{kind}/'
        middle = f'","resource":{{"resourceType":"{kind}","id":"'
        starts: Texts = base + idents + middle + idents + '"'
        return starts

    def patients(self, people: pd.DataFrame) -> Texts:
        """Writes patients: rows of `his_patients`."""
        numbers = people["mrn"].to_numpy(dtype=object)
        families, given = (
            piece(people["family_name"], '"family":%s'),
            piece(people["given_name"], '"given":[%s]'),
        )
        homes = _both(piece(people["address"], '"line":[%s]'), piece(people["area"], '"postalCode":%s'))
        identifier = f',"identifier":[{{"system":"{RECORD_NUMBERS.format(self.code)}","value":"'
        entries: Texts = (
            self._start("Patient", numbers)
            + identifier
            + numbers
            + '"}],"name":[{'
            + _both(families, given)
            + '}],"gender":'
            + piece(people["sex"].map(GENDERS).fillna("unknown"))
            + piece(people["birth_date"], ',"birthDate":%s')
            + piece(people["deceased_on"], ',"deceasedDateTime":%s')
            + np.where(homes == "", "", ',"address":[{' + homes + "}]")
            + piece(people["phone"], ',"telecom":[{"system":"phone","value":%s}]')
            + "}}"
        )
        return entries

    def visits(self, visits: pd.DataFrame) -> Texts:
        """Writes visits: rows of `his_encounters`."""
        acts = visits["class"].map(CLASSES).map(ACTS)
        entries: Texts = (
            self._start("Encounter", visits["encounter_id"].to_numpy(dtype=object))
            + ',"status":"finished"'
            + piece(acts, f',"class":{{"system":"{ACT}","code":%s}}')
            + _subject(visits["mrn"].to_numpy(dtype=object))
            + ',"period":{"start":"'
            + local_times(visits["admitted_at"], self.country)
            + '","end":"'
            + local_times(visits["discharged_at"], self.country)
            + '"}}}'
        )
        return entries

    def diagnoses(self, visits: pd.DataFrame) -> Texts:
        """Writes the diagnosis of each visit."""
        visit = visits["encounter_id"].to_numpy(dtype=object)
        codes = piece(
            visits["dx_code"], f',"code":{{"coding":[{{"system":"{DIAGNOSES[self.country]}","code":%s'
        )
        entries: Texts = (
            self._start("Condition", visit + "-dx")
            + codes
            + piece(visits["dx_text"], ',"display":%s')
            + "}]}"
            + _subject(visits["mrn"].to_numpy(dtype=object))
            + _during(visit)
            + "}}"
        )
        return np.where(codes == "", "", entries)

    def results(self, rows: pd.DataFrame, visit: Texts) -> Texts:
        """Writes results.

        Args:
            rows: Rows of `lis_results`.
            visit: The visit during which each was taken.
        """
        system = TESTS.format(self.code)
        entries: Texts = (
            self._start("Observation", rows["row_id"].to_numpy(dtype=object))
            + piece(rows["status"].map(STATUSES), ',"status":%s')
            + piece(rows["test_code"], f',"code":{{"coding":[{{"system":"{system}","code":%s')
            + piece(rows["test_name"], ',"display":%s')
            + "}"
            + self._standard(rows)
            + "]}"
            + _subject(rows["mrn"].to_numpy(dtype=object))
            + _during(visit)
            + ',"effectiveDateTime":"'
            + local_times(rows["collected_at"], self.country)
            + '","issued":"'
            + local_times(rows["reported_at"], self.country)
            + '"'
            + values(rows)
            + "}}"
        )
        return entries

    def _standard(self, rows: pd.DataFrame) -> Texts | str:
        """Writes the code of LOINC beside the local one, where the hospital gives both."""
        if not self.dialect.both_codes:
            return ""
        return piece(rows["_loinc"], f',{{"system":"{LOINC}","code":%s}}')

    def reports(self, visits: pd.DataFrame, results: list[str]) -> list[str]:
        """Writes the report of each visit that has results.

        Args:
            visits: Rows of `his_encounters`.
            results: References to the results of each.
        """
        visit = visits["encounter_id"].to_numpy(dtype=object)
        held: Texts = np.array(results, dtype=object)
        entries: Texts = (
            self._start("DiagnosticReport", visit + "-lab")
            + ',"status":"final","code":{"text":"Laboratory"}'
            + _subject(visits["mrn"].to_numpy(dtype=object))
            + _during(visit)
            + ',"result":['
            + held
            + "]}}"
        )
        return list(np.where(held == "", "", entries))


def _both(one: Texts, other: Texts) -> Texts:
    """Puts two pieces together, with a comma where there are two."""
    both: Texts = one + np.where((one != "") & (other != ""), ",", "").astype(object) + other
    return both


def _subject(numbers: Texts) -> Texts:
    subject: Texts = ',"subject":{"reference":"Patient/' + numbers + '"}'
    return subject


def _during(visit: Texts) -> Texts:
    during: Texts = ',"encounter":{"reference":"Encounter/' + visit + '"}'
    return during


def values(rows: pd.DataFrame) -> Texts:
    """Writes values: a quantity where it is a number, text where not, a reason where there is none.

    Numbers keep the decimal places that the laboratory gave, as FHIR wants it. The unit of a text is left
    out, for a text has none.
    """
    codes, unique = pd.factorize(rows["value"].fillna(""))
    texts = pd.Series(unique, dtype="str")
    parts = texts.str.extract(f"^{NUMBER}$")
    sign = piece(parts[0].replace(SIGNS), ',"comparator":%s')
    quantity: Texts = ',"valueQuantity":{"value":' + parts[1].fillna("").to_numpy(dtype=object) + sign
    number, text = parts[1].notna().to_numpy()[codes], piece(texts, ',"valueString":%s')[codes]
    units = piece(rows["unit"], ',"unit":%s') + piece(
        rows["unit"].replace(SPELT), f',"system":"{UCUM}","code":%s'
    )
    reason = piece(
        rows["status"].map({"X": "not-performed"}).fillna("unknown"),
        f',"dataAbsentReason":{{"coding":[{{"system":"{ABSENT}","code":%s}}]}}',
    )
    absent = (unique == "")[codes] if len(unique) else np.zeros(0, dtype=bool)
    written: Texts = np.where(absent, reason, np.where(number, quantity[codes] + units + "}", text))
    return written
