"""Linking three hospitals: what is measured is what the truth says, and naive keys do worst."""

import pytest

from benchmarks import bench_linkage
from benchmarks.bench_linkage import measure
from benchmarks.linkage import METHODS, exact, gather, true_pairs
from benchmarks.linkage_page import GROUPS, page, scores
from sim.world import make_world


@pytest.fixture(scope="module")
def world():
    return make_world("t0", size="demo", systems=["his"])


@pytest.fixture(scope="module")
def found(world):
    return measure(world)


def test_every_true_pair_counts_in_one_group_and_every_link_is_right_or_false(world, found):
    true, links = true_pairs(world), exact(gather(world))
    counts = found["exact keys"]
    assert sum(counts["true"].values()) == len(true) > 200
    assert sum(counts["found"].values()) == len(links & true)
    assert sum(counts["false"].values()) == len(links - true)
    assert set(counts["true"]) == set(GROUPS) and min(counts["true"].values()) > 0


def test_exact_keys_do_worst_and_nobody_is_perfect(found):
    f1 = {name: scores(counts)["F1"] for name, counts in found.items()}
    assert f1["exact keys"] < min(f1["rapidfuzz"], f1["splink"]) - 0.03
    assert max(f1.values()) < 1
    exact_keys = found["exact keys"]
    for group in ("changed name", "newborn"):
        assert exact_keys["found"][group] < 0.5 * exact_keys["true"][group], group


def test_the_page_is_worked_out_from_what_was_measured(found):
    text = page({"a": found, "b": found})
    assert "| exact keys | " in text and all(f"| {group} | " in text for group in GROUPS)
    assert "“exact keys” does worst" in text and "No way is without error" in text
    best = dict.fromkeys(METHODS, found["splink"])
    assert "“exact keys” does worst" not in page({"a": {**best, "rapidfuzz": found["exact keys"]}})


def test_a_stopped_run_goes_on(found, monkeypatch, tmp_path):
    monkeypatch.setattr(bench_linkage, "ROOT", tmp_path)
    monkeypatch.setattr(bench_linkage, "measure", lambda world: found)
    monkeypatch.setattr(bench_linkage, "make_world", lambda ident, **rest: None)
    first = bench_linkage.measured("t1")
    monkeypatch.setattr(bench_linkage, "measure", lambda world: pytest.fail("measured again"))
    assert bench_linkage.measured("t1") == first == found
