import json
import os
import stat
import zipfile

import pytest

from grading.collect import collect
from grading.kitfile import kit_facts
from grading.receipts import history, receipts
from sim.errors import HilabError
from sim.seeds import derive
from tests.classroom import LAB, RIGHT, answered


def hand_in(course, path, student="ada", answers=RIGHT, kit=True, extra=(), raw=None, time=1_700_000_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        notebook = raw if raw is not None else json.dumps(answered(course, answers)).encode()
        archive.writestr(f"{LAB}.ipynb", notebook)
        if kit:
            ident = derive(course.key, "kit", course.term, student).hex()
            released = course.folder / "release" / LAB / f"{LAB}.ipynb"
            facts = kit_facts(released, ident, course.term, course.country, course.world_version)
            archive.writestr("kit.json", json.dumps(facts.__dict__))
        for name, data in extra:
            archive.writestr(name, data)
    os.utime(path, (time, time))
    return path


def test_by_kit_and_by_folder(course, tmp_path):
    zips = tmp_path / "zips"
    hand_in(course, zips / "from-ada.zip", "ada")
    hand_in(course, zips / "ben" / "whatever (1).zip", kit=False)
    assert "Collected 2 of 2" in collect(course.folder, zips)
    for name in ("ada", "ben"):
        assert course.submitted(LAB, name).is_file()
    stamp = course.submitted(LAB, "ada").with_name("timestamp.txt").read_text(encoding="utf-8")
    assert stamp == "2023-11-14 22:13:20.000000 UTC"


def test_the_newest_counts_and_attempts_are_known(course, tmp_path):
    zips = tmp_path / "zips"
    wrong = {"solve_9_2": "def shout(text):\n    return text"}
    hand_in(course, zips / "a.zip", answers=RIGHT, time=1_700_000_900)
    hand_in(course, zips / "b.zip", answers=wrong, time=1_700_000_100)
    hand_in(course, zips / "c.zip", answers=wrong, time=1_700_000_200)
    collect(course.folder, zips)
    assert "upper" in course.submitted(LAB, "ada").read_text(encoding="utf-8")
    assert len(receipts(course, LAB, "ada")) == 2
    assert history(course, LAB, "ada", "solve_9_2").attempts == 2
    assert history(course, LAB, "ada", "solve_9_1").attempts == 1


def test_a_stranger_is_named_and_the_others_are_collected(course, tmp_path):
    zips = tmp_path / "zips"
    hand_in(course, zips / "x.zip", "mallory")
    hand_in(course, zips / "y.zip", "ada")
    with pytest.raises(HilabError, match="nobody on the roster"):
        collect(course.folder, zips)
    assert course.submitted(LAB, "ada").is_file()
    assert not (course.folder / "submitted" / "mallory").exists()


def test_another_students_kit_is_noted(course, tmp_path):
    hand_in(course, tmp_path / "zips" / "ben" / "x.zip", "ada")
    assert "issued to ada" in collect(course.folder, tmp_path / "zips")
    assert course.submitted(LAB, "ben").is_file()


def link(name):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


@pytest.mark.parametrize(
    "extra",
    [
        ("../../evil.ipynb", b"{}"),
        ("/etc/evil.ipynb", b"{}"),
        ("..\\evil.ipynb", b"{}"),
        (link("l.ipynb"), b"/etc/passwd"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(course, tmp_path, extra):
    hand_in(course, tmp_path / "zips" / "x.zip", extra=[extra])
    with pytest.raises(HilabError, match="link or a name"):
        collect(course.folder, tmp_path / "zips")
    assert not course.submitted(LAB, "ada").exists()


@pytest.mark.parametrize("raw", [b"{", b"[]"])
def test_a_broken_notebook_is_named_and_does_not_replace_a_good_one(course, tmp_path, raw):
    hand_in(course, tmp_path / "zips" / "a.zip")
    hand_in(course, tmp_path / "zips" / "b.zip", raw=raw, time=1_700_000_900)
    with pytest.raises(HilabError, match=r"b\.zip"):
        collect(course.folder, tmp_path / "zips")
    assert "upper" in course.submitted(LAB, "ada").read_text(encoding="utf-8")
    assert not list(course.store.glob("tmp*"))


def test_no_zip_no_folder(course, tmp_path):
    (tmp_path / "not.zip").write_bytes(b"PK nonsense")
    with pytest.raises(HilabError, match="is not a zip"):
        collect(course.folder, tmp_path)
    with pytest.raises(HilabError, match="is no folder"):
        collect(course.folder, tmp_path / "nowhere")
