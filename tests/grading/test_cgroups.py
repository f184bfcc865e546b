"""Control groups in both versions; the kernel's files are played by plain ones."""

import os
from pathlib import Path

import pytest

from grading import cgroups
from grading.cgroups import Cgroup, groups, sweep

VERSION_1 = {"memory": ["memory.limit_in_bytes"], "pids": ["pids.max"], "cpu": ["cpu.shares"]}
VERSION_2 = ["memory.max", "memory.swap.max", "pids.max"]


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Makes the files that the kernel puts into a new group, and lets a group be removed with them."""
    monkeypatch.setattr(cgroups, "_ROOT", tmp_path)
    mkdir, rmdir = Path.mkdir, Path.rmdir

    def made(path, *words, **options):
        mkdir(path, *words, **options)
        files = VERSION_1.get(path.parent.name, VERSION_2) if path.name.startswith("hilab-") else []
        for name in [*files, "cgroup.procs"] if files else []:
            (path / name).touch()

    def removed(path):
        for file in path.iterdir():
            file.unlink()
        rmdir(path)

    monkeypatch.setattr(Path, "mkdir", made)
    monkeypatch.setattr(Path, "rmdir", removed)
    return tmp_path


def read(path):
    return path.read_text(encoding="ascii")


def test_version_1(kernel):
    for name in VERSION_1:
        (kernel / name).mkdir()
    group = Cgroup(3, 1 << 30, 64)
    name = f"hilab-{os.getpid()}-3"
    assert group.limits == {"memory", "processes"} and groups() == [name]
    assert read(kernel / "memory" / name / "memory.limit_in_bytes") == str(1 << 30)
    assert read(kernel / "pids" / name / "pids.max") == "64"
    group.add([4711])
    assert [read(kernel / part / name / "cgroup.procs") for part in VERSION_1] == ["4711"] * 3
    assert group.remove() and groups() == [] and group.limits == set()


def test_version_2(kernel):
    (kernel / "cgroup.controllers").touch()
    lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
    own = next((line[3:].strip("/") for line in lines if line.startswith("0::")), "")
    parent = (kernel / own).parent if own else kernel
    parent.mkdir(parents=True, exist_ok=True)
    (parent / "cgroup.subtree_control").touch()
    group = Cgroup(0, 1 << 30, 64)
    made = parent / f"hilab-{os.getpid()}-0"
    assert group.limits == {"memory", "processes"}
    assert read(made / "memory.max") == str(1 << 30) and read(made / "memory.swap.max") == "0"
    assert read(made / "pids.max") == "64" and read(parent / "cgroup.subtree_control") == "+cpu"


def test_without_control_groups_nothing_is_limited(kernel):
    group = Cgroup(0, 1 << 30, 64)
    group.add([4711])
    assert group.limits == set() and group.remove()


def test_groups_of_killed_graders_are_removed(kernel):
    for name in VERSION_1:
        (kernel / name).mkdir()
    Cgroup(1, 1 << 30, 64)
    for part in VERSION_1:
        (kernel / part / "hilab-999999999-1").mkdir()
    assert len(groups()) == 2
    sweep()
    assert groups() == [f"hilab-{os.getpid()}-1"]
