"""Names of code systems and identifiers that the hospitals' bundles use."""

BASE = "https://{}.hilab.example/fhir"
"""Where a hospital's resources live, by its code in small letters. Nobody can own such an address."""

RECORD_NUMBERS = "urn:hilab:{}:mrn"
TESTS = "urn:hilab:{}:tests"
"""A hospital's own record numbers and test codes, by its code."""

DIAGNOSES = {"us": "http://hl7.org/fhir/sid/icd-10-cm", "cn": "http://hl7.org/fhir/sid/icd-10"}
"""Codes of diagnoses by country."""

ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"

KNOWN = frozenset({*DIAGNOSES.values(), ACT, ABSENT, LOINC, UCUM})
"""Code systems that everybody knows; a hospital's own ones come besides (`own`)."""


def own(facility: str) -> frozenset[str]:
    """Returns the systems that a hospital defines itself.

    Example:
        >>> sorted(own("H1"))
        ['urn:hilab:H1:mrn', 'urn:hilab:H1:tests']
    """
    return frozenset({RECORD_NUMBERS.format(facility), TESTS.format(facility)})


OWN = own("H1") | own("H2") | own("H3")
"""What the three hospitals define themselves."""
