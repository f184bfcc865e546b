"""Bloom filters of names: typing errors leave them alike, and no bit is set but by the definition."""

import hashlib
import hmac
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.exchange.linkage.bloom import bigrams, dice, encode, flip
from sim.seeds import PUBLIC_KEY, Seeds

KEY = b"the linkage unit's secret"
texts = st.text(alphabet="abcdeñ李娜", max_size=8)
people = st.fixed_dictionaries({"given": texts, "family": st.none() | texts})
bits = st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=1, max_size=5).map(np.array)


def one_pair(field, pair, salt, length, hashes):
    message = json.dumps([field, salt, pair], ensure_ascii=False).encode()
    digest = hmac.new(KEY, message, hashlib.sha256).hexdigest()
    h1, h2 = int(digest[:32], 16), int(digest[32:], 16)
    return {(h1 + i * h2) % length for i in range(hashes)}


@given(st.lists(people, max_size=4), st.integers(5, 60), st.integers(1, 4), st.sampled_from(["", "1990"]))
def test_filters_follow_the_definition(rows, length, hashes, salt):
    filters = encode(KEY, rows, [salt] * len(rows), length, hashes)
    assert filters.shape == (len(rows), length)
    for row, person in zip(filters, rows, strict=True):
        wanted = set()
        for field, text in person.items():
            for pair in bigrams(text or ""):
                wanted |= one_pair(field, pair, salt, length, hashes)
        assert set(np.flatnonzero(row)) == wanted


@given(bits, bits)
def test_dice_follows_the_definition(one, other):
    found = dice(one, other)
    for a, row in zip(one, found, strict=True):
        for b, value in zip(other, row, strict=True):
            wanted = 2 * (a & b).sum() / (a.sum() + b.sum()) if a.any() or b.any() else 0
            assert value == pytest.approx(wanted)


@given(st.text(alphabet="abcde李娜", max_size=8))
def test_pairs_are_cut_from_the_marked_text(text):
    marked = f"_{text}_"
    assert bigrams(text) == ({a + b for a, b in pairwise(marked)} if text else set())


def test_a_typing_error_leaves_filters_alike_and_other_names_are_not():
    rows = [{"given": "Maria", "family": name} for name in ("Torres", "Torers", "Lindqvist")]
    likeness = dice(encode(KEY, rows)[:1], encode(KEY, rows)[1:])[0]
    assert likeness[0] > 0.7 > 0.6 > likeness[1]
    # Of seven pairs each, Torres and Torers share _t, to, or, re and s_.
    family = dice(*(encode(KEY, [{"family": name}]) for name in ("Torres", "Torers")))
    assert family[0, 0] == pytest.approx(2 * 5 / (7 + 7), abs=0.05)


def test_other_keys_and_salts_set_other_bits():
    row = [{"family": "Torres"}]
    plain = encode(KEY, row)
    for other in (encode(KEY + b"!", row), encode(KEY, row, ["1990"])):
        assert dice(plain, other)[0, 0] < 0.35


def test_flipped_bits_are_half_of_those_decided_anew():
    blank = np.zeros((50, 1000), dtype=bool)
    flipped = flip(blank, 0.1, Seeds(PUBLIC_KEY, "test").stream("flips"))
    assert flipped.mean() == pytest.approx(0.05, abs=0.005) and not blank.any()


def test_what_cannot_be_is_refused():
    with pytest.raises(HilabError, match="16 bytes or more"):
        encode(b"short", [])
    with pytest.raises(HilabError, match="one bit or more"):
        encode(KEY, [], hashes=0)
    with pytest.raises(HilabError, match="between 0 and 1"):
        flip(np.zeros((1, 1), dtype=bool), 2, Seeds(PUBLIC_KEY, "test").stream("flips"))
