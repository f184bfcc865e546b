"""The institutions of the county and the people who work there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.population.names import draw_names, given_names
from sim.population.numbers import Ints, uuids
from sim.population.places import STATE, areas
from sim.seeds import Seeds


@dataclass(frozen=True)
class Facility:
    """An institution.

    Attributes:
        name: What it is called; invented.
        kind: "hospital", "clinic" or "registry".
        area: Where it stands.
        zones: Whose inhabitants usually come here.
        specialities: Of its staff, one entry a person.
    """

    name: str
    kind: str
    area: str
    zones: tuple[str, ...] = ()
    specialities: tuple[str, ...] = ()


_HOSPITAL = (
    *("EMERGENCY MEDICINE", "INTERNAL MEDICINE", "GENERAL SURGERY", "OBSTETRICS/GYNECOLOGY"),
    *("PEDIATRIC MEDICINE", "CARDIOLOGY", "EMERGENCY MEDICINE", "INTERNAL MEDICINE", "INTERNAL MEDICINE"),
)
_CLINIC = ("GENERAL PRACTICE",) * 6 + ("PEDIATRIC MEDICINE", "NURSE PRACTITIONER")

FACILITIES = (
    Facility("Lindenmoor General Hospital", "hospital", "X0101", ("X0",), _HOSPITAL),
    Facility("Saint Orla Hospital", "hospital", "X1101", ("X1",), _HOSPITAL),
    Facility("Thistlemarsh District Hospital", "hospital", "X2301", ("X2", "X3"), _HOSPITAL),
    Facility("Quillhaven Community Clinic", "clinic", "X0201", ("X0",), _CLINIC),
    Facility("Juniper Sound Health Centre", "clinic", "X3201", ("X1", "X2", "X3"), _CLINIC),
    Facility("Lindenmoor County Registry Office", "registry", "X0102"),
)
"""All institutions; elsewhere an institution is an index into these. The registry office treats nobody."""

ZONES = ("X0", "X1", "X2", "X3")
"""The zones of the county; elsewhere a zone is an index into these."""

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


def hire(seeds: Seeds, county: Seeds | None = None) -> Staff:
    """Staffs the county's institutions; their counts of encounters are still 0.

    Args:
        seeds: Of the part of the population that this staff treats.
        county: Of the whole population, where it has several parts: they share the institutions.
    """
    rng = seeds.stream("records/facilities")
    size = np.array([len(facility.specialities) for facility in FACILITIES])
    own, home = uuids(len(FACILITIES), rng), np.repeat(np.arange(len(FACILITIES)), size)
    shared = own if county is None else uuids(len(FACILITIES), county.stream("records/facilities"))
    organizations = _places(np.arange(len(FACILITIES))).assign(
        Id=shared,
        NAME=[facility.name for facility in FACILITIES],
        PHONE=[f"555-000-{number + 1:04d}" for number in range(len(FACILITIES))],
        REVENUE=0.0,
        UTILIZATION=0,
    )
    sex = rng.permutation(np.array(["F", "M"], dtype=object)[np.arange(len(home)) % 2])
    surname = draw_names("surname", len(home), rng)
    providers = _places(home).assign(
        Id=uuids(len(home), rng),
        ORGANIZATION=shared[home],
        NAME=given_names(sex, rng, 0.0) + " " + surname,
        GENDER=sex,
        SPECIALITY=[speciality for facility in FACILITIES for speciality in facility.specialities],
        ENCOUNTERS=0,
        PROCEDURES=0,
    )
    return Staff(organizations, providers, np.cumsum(size) - size, size)


def _places(index: Ints) -> pd.DataFrame:
    """Says where institutions stand; latitude and longitude are blank, for the county is on no map."""
    area = [FACILITIES[i].area for i in index]
    return pd.DataFrame(
        {
            "ADDRESS": [f"{i + 1} Infirmary Square" for i in index],
            "CITY": areas().set_index("area")["town"].loc[area].to_numpy(),
            "STATE": STATE,
            "ZIP": area,
            "LAT": np.nan,
            "LON": np.nan,
        }
    )


def choose_facilities(zone: Ints, hospital: npt.NDArray[np.bool_], luck: Ints) -> Ints:
    """Chooses where encounters take place: usually at the nearest institution of the right kind.

    Args:
        zone: The patient's zone for each encounter, an index into `ZONES`.
        hospital: Whether it takes place in a hospital, or else in a clinic.
        luck: An arbitrary number from 0 to 2**63 - 1.

    Returns:
        Indices into `FACILITIES`.
    """
    place = np.empty(len(zone), dtype=np.int64)
    for kind, here in (("hospital", hospital), ("clinic", ~hospital)):
        offers = np.array([i for i, facility in enumerate(FACILITIES) if facility.kind == kind])
        usual = [next(i for i in offers if name in FACILITIES[i].zones) for name in ZONES]
        place[here] = np.array(usual)[zone[here]]
        away = here & (luck % 1000 < ELSEWHERE * 1000)
        place[away] = offers[(luck[away] >> 20) % len(offers)]
    return place
