"""Lab 4's measures on tables with the margins of the Adult data, worked out by hand; see docs/adult.md."""

from pathlib import Path

import pytest

from grading.tasks import load_module
from sim.errors import HilabError

ADULT = load_module(Path(__file__).resolve().parents[2] / "docs" / "adult.py", "docs_adult")

LESS, MORE = "<=50K", ">50K"
CLASSES = (
    # age, sex, how many earn less and more; together 24,720 and 7,841, as in the file
    (30, "Male", {MORE: 841}),
    (30, "Female", {LESS: 720, MORE: 7000}),
    (40, "Male", {LESS: 24_000}),
)


@pytest.fixture(scope="module")
def names() -> dict:
    return ADULT.reference()


@pytest.fixture
def release(tmp_path):
    lines = [
        f"{age}, ?, 1, HS-grad, 9, Widowed, Sales, Wife, White, {sex}, 0, 0, 40, Cuba, {salary}\n"
        for age, sex, counts in CLASSES
        for salary, count in counts.items()
        for _ in range(count)
    ]
    path = tmp_path / "adult.data"
    path.write_text("".join(lines), encoding="utf-8")
    return ADULT.Release("as it is", ADULT.read(path), ADULT.QIDS, ADULT.SALARY)


def test_the_measures_are_those_of_the_margins(release, names):
    told = ADULT.measure(release, names)
    assert (told.classes, told.k, told.leaking) == (3, 841, 841 + 24_000)
    assert told.t == pytest.approx(24_720 / 32_561) == pytest.approx(0.759190, abs=5e-7)


@pytest.mark.parametrize(
    ("limit", "rows"),
    # The distances: 24,720/32,561 = .7592; 7,000/7,720 - 7,841/32,561 = .6659; 7,841/32,561 = .2408.
    [(0.7592, 0), (0.7591, 841), (0.6660, 841), (0.6659, 8561), (0.2409, 8561), (0.2408, 32_561)],
)
def test_a_class_is_too_far_from_its_distance_on(release, names, limit, rows):
    assert len(names["too_far"](release.table, list(release.qids), release.sensitive, limit)) == rows


def test_a_guess_starts_from_the_published_share(names):
    # adult.names: 76.07 % and 23.93 % of both files together.
    told = names["gain"]({MORE: 841}, {LESS: 7607, MORE: 2393}, MORE)
    assert (told["before"], told["after"]) == (0.2393, 1.0)


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("age, sex\n30, Male\n", encoding="utf-8")
    for name in ("other.csv", "missing.data"):
        with pytest.raises(HilabError, match=f"{name}: not adult.data"):
            ADULT.read(tmp_path / name)
