"""What every country must say."""

import re

import pytest

from sim.countries import COUNTRIES, country
from sim.errors import HilabError
from sim.records.payers import PAYERS
from sim.systems.facilities import FACILITIES


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_country_names_every_facility_and_payer(code: str) -> None:
    here = country(code)
    assert here.code == code
    assert list(here.facilities) == list(FACILITIES)
    assert len({*here.facilities.values()}) == len(FACILITIES)
    assert set(here.payers) == {payer.name for payer in PAYERS}


@pytest.mark.parametrize("code", COUNTRIES)
def test_a_country_can_write_its_own_words(code: str) -> None:
    here = country(code)
    for word in (
        here.county,
        here.state,
        *here.facilities.values(),
        *here.payers.values(),
        *here.blank_names,
    ):
        assert word.encode(here.encoding).decode(here.encoding) == word


@pytest.mark.parametrize("code", COUNTRIES)
def test_what_careless_desks_type_is_as_long_as_an_identifier(code: str) -> None:
    here = country(code)
    assert set(here.no_identifier) == {"9"}
    longest = {"us": 9, "cn": 18}[code]
    assert len(here.no_identifier) == longest
    assert re.compile(here.identifier) and re.compile(here.phone)


def test_countries_share_no_zone() -> None:
    zones = [zone for code in COUNTRIES for zone in country(code).zones]
    assert len(set(zones)) == 8


def test_an_unknown_country_is_named() -> None:
    with pytest.raises(HilabError, match=r"There is no country 'fr'. The countries are: us, cn\."):
        country("fr")
