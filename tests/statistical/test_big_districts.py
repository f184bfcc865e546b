"""A district of 50,000 people, which no quick test makes: it holds what its tasks need at the first draw.

Run with `make test-full`; at about two minutes a district.
"""

import pytest

from sim.countries import COUNTRIES
from sim.world import SIZES, make_world

pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_big_district_is_made_at_the_first_draw(country: str) -> None:
    world = make_world("b001", size="big", country=country)
    assert world.draws == 1
    assert world.truth is not None and world.truth.people["alive"].sum() == SIZES["big"]
