"""Patients as each hospital registered them, and the hospitals."""

import json

import pandas as pd

from sim.countries import country as find_country
from sim.exchange.fhir.systems import RECORD_NUMBERS
from sim.holdings.writing import ORGANIZATION, constant, resource, token
from sim.systems.bundle_pieces import GENDERS, piece

NATIONAL = "urn:hilab:national"
"""Whoever gives the national number (`verified_id`)."""


def patients(code: str, people: pd.DataFrame) -> pd.DataFrame:
    """Writes patients.

    Args:
        code: The hospital's code.
        people: Rows of `his_patients`.
    """
    size, numbers = len(people), people["mrn"].to_numpy(dtype=object)
    gender = people["sex"].map(GENDERS).fillna("unknown")
    system = RECORD_NUMBERS.format(code)
    text = resource(
        "Patient",
        numbers,
        piece(people["mrn"], f',"identifier":[{{"system":"{system}","value":%s}}'),
        piece(people["verified_id"], f',{{"system":"{NATIONAL}","value":%s}}'),
        constant("]", size),
        _name(people),
        piece(people["phone"], ',"telecom":[{"system":"phone","value":%s}]'),
        piece(gender, ',"gender":%s'),
        piece(people["birth_date"], ',"birthDate":%s'),
        piece(people["deceased_on"], ',"deceasedDateTime":%s'),
        _address(people),
        constant(f',"managingOrganization":{{"reference":"{ORGANIZATION.format(code)}"}}', size),
    )
    return pd.DataFrame(
        {
            "id": numbers,
            "text": text,
            "identifier": token(system, people["mrn"]),
            "national": token(NATIONAL, people["verified_id"]),
            "family": people["family_name"].to_numpy(dtype=object),
            "given": people["given_name"].to_numpy(dtype=object),
            "birthdate": people["birth_date"].to_numpy(dtype=object),
            "gender": gender.to_numpy(dtype=object),
            "phone": people["phone"].to_numpy(dtype=object),
            "area": people["area"].to_numpy(dtype=object),
            "organization": code,
        }
    )


def _name(people: pd.DataFrame) -> "pd.Series[str]":
    parts = piece(people["family_name"], ',"family":%s') + piece(people["given_name"], ',"given":[%s]')
    named = pd.Series(parts, dtype=object).str.slice(1)
    return (',"name":[{' + named + "}]").where(named != "", "")


def _address(people: pd.DataFrame) -> "pd.Series[str]":
    parts = piece(people["address"], ',"line":[%s]') + piece(people["area"], ',"postalCode":%s')
    placed = pd.Series(parts, dtype=object).str.slice(1)
    return (',"address":[{' + placed + "}]").where(placed != "", "")


def organizations(codes: list[str], country: str) -> pd.DataFrame:
    """Writes the hospitals.

    Args:
        codes: Their codes.
        country: Code of the country.
    """
    names = [find_country(country).facilities[code] for code in codes]
    texts = [
        json.dumps(
            {"resourceType": "Organization", "id": code, "active": True, "name": name},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for code, name in zip(codes, names, strict=True)
    ]
    return pd.DataFrame({"id": codes, "text": texts, "name": names}, dtype=object)
