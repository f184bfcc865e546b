"""Hidden districts: only what a lab reads is made, once, and made again only when something changed."""

import shutil
from types import SimpleNamespace

import pytest

from grading import districts
from grading.districts import load_prepared, prepare, systems_of
from sim.errors import HilabError
from sim.world import make_world
from tests.classroom import LAB, LABS, small_world
from tests.course.answers import LABS as REAL_LABS
from tests.course.answers import tasks


@pytest.fixture
def lab_with_systems(tmp_path, monkeypatch):
    """The toy lab, which says that it reads two systems."""
    shutil.copytree(LABS, tmp_path / "labs")
    with (tmp_path / "labs" / LAB / "lab.yaml").open("a", encoding="utf-8") as facts:
        facts.write("systems: [his, lis]\n")
    monkeypatch.setenv("HILAB_LABS", str(tmp_path / "labs"))


def test_only_the_lab_s_systems_are_made_and_only_once(course, lab_with_systems, monkeypatch):
    asked = []

    def noted(ident, *args, **kwargs):
        asked.append((kwargs["systems"], ident))
        return small_world(ident, *args, **kwargs)

    monkeypatch.setattr("sim.world.make_world", noted)
    assert prepare(course.folder, LAB).startswith("Prepared toy_lab: 3 hidden districts")
    assert [systems for systems, _ in asked] == [("his", "lis")] * 3 and len({i for _, i in asked}) == 3
    load_prepared(course, LAB)
    assert len(asked) == 3


def test_other_systems_are_other_districts(course, monkeypatch, lab_with_systems):
    both = districts.digest(course, LAB)
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    assert districts.digest(course, LAB) != both and systems_of(LAB) is None


def test_a_check_that_needs_another_system_is_named(course, lab_with_systems, monkeypatch):
    monkeypatch.setattr("sim.world.make_world", lambda *args, **kwargs: SimpleNamespace(tables={}))
    with pytest.raises(HilabError, match=r"Task 9\.1: its check looks for 'beds', .*\(his, lis\)"):
        prepare(course.folder, LAB)


@pytest.mark.parametrize("lab", REAL_LABS)
def test_the_systems_that_a_lab_names_are_all_that_its_checks_read(lab):
    world = make_world("t0", size="demo", systems=systems_of(lab))
    for task in tasks(lab):
        assert districts._district_cases(task, world, systems_of(lab)) is not None
