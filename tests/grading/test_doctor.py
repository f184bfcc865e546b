"""The doctor tests isolation for real, refuses where it does not hold, and knows what to do."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from grading import doctor
from grading.doctor import doctor_grader, probe, report
from grading.pool import close_all
from grading.remedies import Facts, read_facts, remedy
from grading.sandbox import Server
from grading.stage import stage
from grading.words import strings
from sim.errors import HilabError

CLOSED = dict.fromkeys(doctor._DOORS, False) | {"forked": 30, "eaten": False}


def test_this_system_isolates():
    told = doctor_grader()
    assert told.count("✓") >= len(doctor._DOORS) + 1 and "does not reach the network" in told


def test_a_door_that_is_open_is_found(tmp_path):
    """Files that every sandbox shows stand for a secret that leaked."""
    found = probe(stage(tmp_path), Path("/usr/bin/env"), Path("/usr/bin/bwrap"))
    assert found["home"] and found["course"] and not found["network"]
    with pytest.raises(HilabError, match=r"reaches your home folder, files of the course\."):
        report(found, "")


@pytest.mark.parametrize("door", doctor._DOORS)
def test_every_open_door_is_a_refusal(door):
    with pytest.raises(HilabError, match="Do not grade"):
        report(CLOSED | {door: True}, "")
    with pytest.raises(HilabError, match="Do not grade"):
        report({name: value for name, value in CLOSED.items() if name != door}, "")


def test_what_does_not_hold_is_told():
    assert "!" not in report(CLOSED, "")
    told = report(CLOSED | {"forked": 200, "eaten": True}, "mounting /proc: Operation not permitted")
    assert "limits the processes" in told and "limits the memory" in told and "mounting /proc" in told


def test_without_a_sandbox_the_doctor_says_why(monkeypatch):
    close_all()
    told = "bwrap: setting up uid map: Permission denied"

    def broken(self, alone=False):
        raise HilabError(told)

    monkeypatch.setattr(Server, "open", broken)
    with pytest.raises(HilabError, match=r"cannot isolate .*uid map: Permission denied"):
        doctor_grader()
    close_all()


LINUX = Facts(release="6.8.0-45-generic")


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (Facts("Darwin"), "limactl start"),
        (Facts("Windows"), "wsl --install"),
        (replace(LINUX, release="4.4.0-19041-Microsoft"), "wsl --set-version NAME 2"),
        (replace(LINUX, bubblewrap=False), "install the package 'bubblewrap'"),
        (replace(LINUX, most_namespaces=0), "user.max_user_namespaces=15000"),
        (replace(LINUX, allowed=False), "kernel.unprivileged_userns_clone=1"),
        (replace(LINUX, container="docker"), "systempaths=unconfined"),
        (replace(LINUX, container="podman"), "unmask=ALL"),
        (replace(LINUX, container="kubernetes"), "procMount: Unmasked"),
        (replace(LINUX, container="docker", hub=True), "outside of it"),
        (replace(LINUX, apparmor=True), "profile bwrap /usr/bin/bwrap flags=(unconfined)"),
        (LINUX, "ask who runs this computer"),
    ],
)
def test_every_system_has_its_remedy(facts, words):
    assert words in remedy("bwrap: no way", facts)


@pytest.mark.parametrize("name", [name for name in strings("en") if name.startswith("remedy.")])
def test_a_remedy_keeps_its_commands_in_every_language(name):
    """What is to be typed stands between quotation marks or holds an equals sign."""
    typed = re.compile(r"'[^']+'|[a-z_.]+=[0-9]+|/etc/[a-z./0-9-]+[a-z]")
    assert typed.findall(strings("zh")[name]) == typed.findall(strings("en")[name])


def test_the_report_speaks_chinese(monkeypatch):
    told = report(CLOSED | {"forked": 200}, "mounting /proc", "zh")
    assert (
        told.count("✓ 沙箱里的代码够不到") == len(doctor._DOORS)
        and "不允许再建命名空间（mounting /proc）" in told
    )
    with pytest.raises(HilabError, match="够得到网络、别人的权限。请不要批改"):
        report(CLOSED | {"network": True, "rights": True}, "", "zh")
    assert "安装软件包 'bubblewrap'" in remedy("", replace(LINUX, bubblewrap=False), "zh")


def test_wsl_2_is_an_ordinary_linux():
    assert "WSL" not in remedy("", replace(LINUX, release="5.15.153.1-microsoft-standard-WSL2"))


def test_facts_are_read_from_the_system(monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    facts = read_facts()
    assert facts.hub and facts.system == "Linux" and facts.container in ("kubernetes", "podman")
