"""The institutions of the county and the people who work there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.countries import country as find_country
from sim.population.naming import NAMING
from sim.population.numbers import Ints, phone_texts, uuids
from sim.population.places import areas, write_address
from sim.seeds import Seeds


@dataclass(frozen=True)
class Facility:
    """An institution; its name and where it stands are the country's (`sim.countries`).

    Attributes:
        code: Its short name, H1 to R1.
        kind: "hospital", "clinic" or "registry".
        zones: Whose inhabitants usually come here: indices into the country's zones.
        specialities: Of its staff, one entry a person.
    """

    code: str
    kind: str
    zones: tuple[int, ...] = ()
    specialities: tuple[str, ...] = ()


_HOSPITAL = (
    *("EMERGENCY MEDICINE", "INTERNAL MEDICINE", "GENERAL SURGERY", "OBSTETRICS/GYNECOLOGY"),
    *("PEDIATRIC MEDICINE", "CARDIOLOGY", "EMERGENCY MEDICINE", "INTERNAL MEDICINE", "INTERNAL MEDICINE"),
)
_CLINIC = ("GENERAL PRACTICE",) * 6 + ("PEDIATRIC MEDICINE", "NURSE PRACTITIONER")

FACILITIES = (
    Facility("H1", "hospital", (0,), _HOSPITAL),
    Facility("H2", "hospital", (1,), _HOSPITAL),
    Facility("H3", "hospital", (2, 3), _HOSPITAL),
    Facility("C1", "clinic", (0,), _CLINIC),
    Facility("C2", "clinic", (1, 2, 3), _CLINIC),
    Facility("R1", "registry"),
)
"""All institutions; elsewhere an institution is an index into these. The registry office treats nobody."""

SQUARE = {"us": "Infirmary Square", "cn": "医苑路"}
"""The invented street on which all institutions stand, by country."""

ZONES = 4
"""How many zones a county has; elsewhere a zone is an index into its country's."""

ELSEWHERE = 0.12
"""Share of encounters that lead to any institution of the kind, not to the usual one (assumed)."""

IN_HOSPITAL = ("inpatient", "emergency", "outpatient")
"""Encounter classes that take place in a hospital; all others take place in a clinic."""


@dataclass(frozen=True)
class Staff:
    """Institutions and providers.

    Attributes:
        organizations: Synthea's columns, one row for each of `FACILITIES`.
        providers: Synthea's columns, sorted by institution.
        first: Row of each institution's first provider.
        size: Number of each institution's providers.
    """

    organizations: pd.DataFrame
    providers: pd.DataFrame
    first: Ints
    size: Ints

    @property
    def organization_ids(self) -> pa.Array:
        """The ids of the institutions."""
        return pa.array(self.organizations["Id"].to_numpy(dtype=object), pa.string())

    @property
    def provider_ids(self) -> pa.Array:
        """The ids of the providers."""
        return pa.array(self.providers["Id"].to_numpy(dtype=object), pa.string())


def hire(seeds: Seeds, county: Seeds | None = None, country: str = "us") -> Staff:
    """Staffs the county's institutions; their counts of encounters are still 0.

    Args:
        seeds: Of the part of the population that this staff treats.
        county: Of the whole population, where it has several parts: they share the institutions.
        country: Whose institutions, names and places.
    """
    here, naming = find_country(country), NAMING[country]
    rng = seeds.stream("records/facilities")
    size = np.array([len(facility.specialities) for facility in FACILITIES])
    own, home = uuids(len(FACILITIES), rng), np.repeat(np.arange(len(FACILITIES)), size)
    shared = own if county is None else uuids(len(FACILITIES), county.stream("records/facilities"))
    organizations = _places(np.arange(len(FACILITIES)), country).assign(
        Id=shared,
        NAME=[here.facilities[facility.code] for facility in FACILITIES],
        PHONE=phone_texts(np.arange(len(FACILITIES)) + 1, country),
        REVENUE=0.0,
        UTILIZATION=0,
    )
    sex = rng.permutation(np.array(["F", "M"], dtype=object)[np.arange(len(home)) % 2])
    surname = naming.surnames(len(home), rng, 0.0)
    providers = _places(home, country).assign(
        Id=uuids(len(home), rng),
        ORGANIZATION=shared[home],
        NAME=naming.whole(naming.given(sex, rng, 0.0), surname),
        GENDER=sex,
        SPECIALITY=[speciality for facility in FACILITIES for speciality in facility.specialities],
        ENCOUNTERS=0,
        PROCEDURES=0,
    )
    return Staff(organizations, providers, np.cumsum(size) - size, size)


def _places(index: Ints, country: str) -> pd.DataFrame:
    """Says where institutions stand; latitude and longitude are blank, for the county is on no map."""
    here, town = find_country(country), areas(country).set_index("area")["town"]
    area = [here.seats[i] for i in index]
    return pd.DataFrame(
        {
            "ADDRESS": [write_address(i + 1, SQUARE[country], country) for i in index],
            "CITY": town.loc[area].to_numpy(),
            "STATE": here.state,
            "ZIP": area,
            "LAT": np.nan,
            "LON": np.nan,
        }
    )


def choose_facilities(zone: Ints, hospital: npt.NDArray[np.bool_], luck: Ints) -> Ints:
    """Chooses where encounters take place: usually at the nearest institution of the right kind.

    Args:
        zone: The patient's zone for each encounter, an index into its country's zones.
        hospital: Whether it takes place in a hospital, or else in a clinic.
        luck: An arbitrary number from 0 to 2**63 - 1.

    Returns:
        Indices into `FACILITIES`.
    """
    place = np.empty(len(zone), dtype=np.int64)
    for kind, here in (("hospital", hospital), ("clinic", ~hospital)):
        offers = np.array([i for i, facility in enumerate(FACILITIES) if facility.kind == kind])
        usual = [next(i for i in offers if part in FACILITIES[i].zones) for part in range(ZONES)]
        place[here] = np.array(usual)[zone[here]]
        away = here & (luck % 1000 < ELSEWHERE * 1000)
        place[away] = offers[(luck[away] >> 20) % len(offers)]
    return place
