"""Results of the laboratories, with LOINC where the hospital itself gives it."""

import json
from collections.abc import Iterable

import pandas as pd

from sim.exchange.fhir.systems import LOINC, TESTS
from sim.holdings.writing import ORGANIZATION, constant, prefixed, resource, subject, token
from sim.systems.bundle_pieces import STATUSES, local_times, piece, values

_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def observations(code: str, rows: pd.DataFrame, country: str, loinc: dict[str, str]) -> pd.DataFrame:
    """Writes results.

    Args:
        code: The hospital's code.
        rows: Rows of `lis_results`.
        country: Code of the country.
        loinc: LOINC by the hospital's own code, see `standard_codes`.
    """
    idents, system = prefixed(code, rows["row_id"]), TESTS.format(code)
    status, standard = rows["status"].map(STATUSES), rows["test_code"].map(loinc).astype("str")
    standard = standard.where(rows["test_code"].isin(list(loinc)))
    size = len(rows)
    text = resource(
        "Observation",
        idents,
        piece(status, ',"status":%s'),
        constant(f',"category":[{{"coding":[{{"system":"{_CATEGORY}","code":"laboratory"}}]}}]', size),
        piece(rows["test_code"], f',"code":{{"coding":[{{"system":"{system}","code":%s'),
        piece(rows["test_name"], ',"display":%s'),
        constant("}", size),
        piece(standard, f',{{"system":"{LOINC}","code":%s}}'),
        constant("]}", size),
        subject(rows["mrn"]),
        ',"effectiveDateTime":"' + local_times(rows["collected_at"], country) + '"',
        ',"issued":"' + local_times(rows["reported_at"], country) + '"',
        constant(f',"performer":[{{"reference":"{ORGANIZATION.format(code)}"}}]', size),
        values(rows),
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": rows["mrn"].to_numpy(dtype=object),
            "encounter": None,
            "code": token(system, rows["test_code"]),
            "loinc": token(LOINC, standard),
            "date": rows["collected_at"].to_numpy(),
            "status": status.to_numpy(dtype=object),
            "organization": code,
        }
    )


def standard_codes(code: str, bundles: Iterable[str]) -> dict[str, str]:
    """Returns the LOINC code that a hospital gives beside its own, where it gives but one.

    Args:
        code: The hospital's code.
        bundles: What it sent, a bundle each.

    Returns:
        LOINC by the hospital's own code.
    """
    system = TESTS.format(code)
    found: dict[str, set[str]] = {}
    for text in bundles:
        for entry in json.loads(text)["entry"]:
            codings = entry["resource"].get("code", {}).get("coding", [])
            by_system = {coding.get("system"): coding.get("code") for coding in codings}
            if system in by_system and LOINC in by_system:
                found.setdefault(by_system[system], set()).add(by_system[LOINC])
    return {own: codes.pop() for own, codes in found.items() if len(codes) == 1}
