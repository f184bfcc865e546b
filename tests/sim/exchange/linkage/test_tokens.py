"""Keyed tokens: one for a person, another for everybody else, none without the key."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.exchange.linkage.tokens import normalise, token, tokens

KEY = b"the linkage unit's secret"
NAMES = ["Li", "Lin", "Nuñez", "Nunn", "O’Brien", "OBrien", "Zoë", "李娜", "㛃", "Straße", "Müller"]
people = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.dates(), st.sampled_from("FM"))


def of(person, key=KEY):
    given_name, family, born, sex = person
    return token(key, given_name, family, born.isoformat(), sex)


@given(people, people)
def test_tokens_are_equal_exactly_when_normalised_people_are(one, other):
    def same(person):
        return (normalise(person[0]), normalise(person[1]), *person[2:])

    assert (of(one) == of(other)) == (same(one) == same(other))


@given(people)
def test_another_key_gives_another_token(person):
    assert of(person) != of(person, KEY + b"!")


@given(st.text())
def test_normalising_twice_changes_nothing_and_case_never_matters(name):
    once = normalise(name)
    assert normalise(once) == once and normalise(f" {name}-") == once


def test_a_token_is_the_hmac_of_its_parts():
    message = b'["zoe", "nunez", "f", "1990-05-01"]'
    wanted = hmac.new(KEY, message, hashlib.sha256).hexdigest()[:32]
    assert token(KEY, "Zoë", "Núñez", "1990-05-01", "F") == wanted


def test_names_of_different_scripts_and_close_names_stay_apart():
    assert len({normalise(name) for name in NAMES}) == len(NAMES) - 1  # O’Brien is OBrien


@pytest.mark.parametrize("blank", [0, 1, 2, 3])
@pytest.mark.parametrize("how", [None, "", float("nan")])
def test_blanks_get_no_token(blank, how):
    person = ["Ana", "Torres", "1990-05-01", "F"]
    person[blank] = how
    assert tokens(KEY, [person]) == [None]


def test_a_short_key_is_refused():
    with pytest.raises(HilabError, match="16 bytes or more; this one has 6"):
        token(b"secret", "Ana", "Torres", "1990-05-01", "F")
