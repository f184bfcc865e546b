"""Lindenmoor County: like the United States, and nowhere in them."""

from sim.countries.country import Country

COUNTRY = Country(
    code="us",
    county="Lindenmoor County",
    state="Lindenmark",
    language="en",
    encoding="cp1252",
    facilities={
        "H1": "Lindenmoor General Hospital",
        "H2": "Saint Orla Hospital",
        "H3": "Thistlemarsh District Hospital",
        "C1": "Quillhaven Community Clinic",
        "C2": "Juniper Sound Health Centre",
        "R1": "Lindenmoor County Registry Office",
    },
    seats=("X0101", "X1101", "X2301", "X0201", "X3201", "X0102"),
    payers={
        "Senior Programme": "Senior Programme",
        "Low-Income Programme": "Low-Income Programme",
        "Larkfield Mutual": "Larkfield Mutual",
        "Brightwell Health Plan": "Brightwell Health Plan",
        "Self-pay": "Self-pay",
    },
    zones=("X0", "X1", "X2", "X3"),
    phone=r"555-\d{3}-\d{4}",
    identifier=r"9\d{8}",
    no_identifier="999999999",
    blank_names=("Na", "Null"),
)
"""Telephones stand under the area code 555, which is not given out; social security numbers never begin
with 9."""
