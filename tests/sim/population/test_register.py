"""The demographic register: the district's people among 50,000, told apart by nothing but chance."""

import numpy as np
import pandas as pd
import pytest

from sim.population import populate
from sim.population.register import REGISTERED, STRANGER, list_residents
from sim.seeds import PUBLIC_KEY, Seeds

SEEDS = Seeds(PUBLIC_KEY, "register")


@pytest.fixture(scope="module", params=["us", "cn"])
def both(request):
    people = populate(2000, SEEDS, country=request.param).assign(alive=True)
    people.loc[:49, "alive"] = False
    return people, list_residents(people, SEEDS.stream("register"), request.param)


def test_the_living_are_registered_once_with_their_own_data(both):
    people, register = both
    assert len(register) == REGISTERED and register["register_no"].is_unique
    ours = register[register["_person"] != STRANGER].set_index("_person").sort_index()
    living = people[people["alive"]]
    assert list(ours.index) == list(living.index)
    for column in ("sex", "area"):
        assert (ours[column] == living[column]).all()
    assert (pd.to_datetime(ours["birth_date"]) == living["birth_date"]).all()


def test_it_holds_nothing_about_names_or_health_and_no_blank(both):
    _, register = both
    shown = [name for name in register.columns if not name.startswith("_")]
    assert sorted(shown) == ["area", "birth_date", "register_no", "sex"]
    assert register[shown].notna().all(axis=None)


def test_the_others_are_of_the_same_ages_sexes_and_areas(both):
    """Shares of the sample lie within 4 standard errors of those of the rest."""
    _, register = both
    ours = register["_person"] != STRANGER
    decade = register["birth_date"].str[:3]
    for values in (register["sex"], decade, register["area"].str[:2]):
        for value, share in values[~ours].value_counts(normalize=True).items():
            error = (share * (1 - share) / ours.sum()) ** 0.5
            assert abs((values[ours] == value).mean() - share) < 4 * error + 0.01, value


def test_neither_number_nor_place_tells_who_is_in_the_district(both):
    _, register = both
    ours = np.flatnonzero(register["_person"] != STRANGER)
    assert abs(ours.mean() / REGISTERED - 0.5) < 0.03
    assert register["register_no"].is_monotonic_increasing
    order = register["_person"].to_numpy()[ours]
    assert abs(np.corrcoef(order, ours)[0, 1]) < 0.1


def test_many_are_alone_in_the_sample_but_not_in_the_county(both):
    """The situation of task 4.1."""
    _, register = both
    keys = [register["birth_date"].str[:4], register["sex"], register["area"]]
    crowd = register.groupby(keys)["register_no"].transform("size")
    ours = register["_person"] != STRANGER
    sample = register[ours].groupby([key[ours] for key in keys])["register_no"].transform("size")
    assert ((sample == 1) & (crowd[ours] > 1)).sum() >= 1000


def test_a_large_district_is_its_own_register():
    people = populate(300, SEEDS).assign(alive=True)
    register = list_residents(people, SEEDS.stream("register"), count=200)
    assert len(register) == 300 and (register["_person"] != STRANGER).all()


def test_the_same_stream_gives_the_same_register():
    people = populate(50, SEEDS).assign(alive=True)
    one, other = (list_residents(people, SEEDS.stream("again"), count=400) for _ in range(2))
    pd.testing.assert_frame_equal(one, other)
