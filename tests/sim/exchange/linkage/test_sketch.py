"""HyperLogLog: sketches merge without loss, and err as little as its authors say."""

import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.exchange.linkage.sketch import BITS, Sketch, estimate, merge, sketch
from sim.seeds import PUBLIC_KEY, Seeds

lists = st.lists(st.text(max_size=6), max_size=60)


@given(lists, st.integers(4, 12))
def test_registers_follow_the_definition(tokens, p):
    wanted = [0] * 2**p
    for each in tokens:
        bits = "".join(f"{byte:08b}" for byte in hashlib.blake2b(each.encode(), digest_size=8).digest())
        tail = bits[-BITS:]
        place = tail.index("1") + 1 if "1" in tail else BITS + 1
        wanted[int(bits[:p], 2)] = max(wanted[int(bits[:p], 2)], place)
    assert sketch(tokens, p).registers.tolist() == wanted


@given(lists, lists)
def test_merging_equals_sketching_both_together(one, other):
    together = merge(sketch(one), sketch(other))
    assert (together.registers == sketch(one + other).registers).all()
    assert (merge(together, together).registers == together.registers).all()


@settings(max_examples=30)
@given(st.sets(st.text(max_size=6), max_size=60))
def test_few_tokens_are_counted_almost_exactly(tokens):
    assert estimate(sketch(tokens)) == pytest.approx(len(tokens), abs=2.5)


@pytest.mark.parametrize("number", [200, 10_000, 14_000, 60_000])
def test_estimates_scatter_as_the_authors_say_and_around_the_truth(number):
    """At 10,000 to 20,000 of 4,096 registers the estimator of 2007 is biased; this one must not be."""
    rng = Seeds(PUBLIC_KEY, "test").stream("hashes")
    runs, size = 300, 4096
    hashes = rng.integers(0, 2**64, (runs, number), dtype=np.uint64)
    found = []
    for row in hashes:
        registers = np.zeros(size, dtype=np.uint8)
        low = (row & np.uint64(2**BITS - 1)).astype(np.float64)
        np.maximum.at(registers, row >> np.uint64(52), (BITS + 1 - np.frexp(low)[1]).astype(np.uint8))
        found.append(estimate(Sketch(registers)) / number - 1)
    error = Sketch(np.zeros(size, dtype=np.uint8)).error
    assert error == pytest.approx(0.01625)
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(runs)
    # The spread of 300 runs is itself known to 4 %; small numbers are told more exactly.
    assert np.std(found) < 1.17 * error
    if number > 20_000:
        assert np.std(found) > 0.83 * error


def test_sketches_of_other_sizes_are_refused():
    with pytest.raises(HilabError, match="p from 4 to 12, not 3"):
        sketch([], 3)
    for pair in ((), (sketch([], 4), sketch([], 5))):
        with pytest.raises(HilabError, match="as many registers"):
            merge(*pair)
