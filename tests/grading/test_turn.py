"""Two graders at once: the second says so or waits; whatever ended the first."""

import json
import os
import socket
import subprocess
import sys
import time

import pytest

from grading import turn as turns
from grading.course import init, load_course
from grading.turn import turn
from sim.errors import HilabError

HOLD = """
import sys, time
from pathlib import Path
from grading.course import load_course
from grading.turn import turn
with turn(load_course(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture
def course(tmp_path):
    init(tmp_path / "course")
    return load_course(tmp_path / "course")


def holder(course, seconds):
    words = [sys.executable, "-c", HOLD, str(course.folder), str(seconds)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    return process


def test_the_second_grader_says_who_the_first_is(course):
    with holder(course, 60) as first:
        with pytest.raises(HilabError, match=f"process {first.pid} has been grading"), turn(course):
            pass
        first.kill()
    with turn(course):
        note = json.loads((course.store / "grading.lock").read_text(encoding="utf-8"))
        assert note["pid"] == os.getpid()


def test_the_second_grader_can_wait(course, capsys):
    with holder(course, 1.0), turn(course, wait=True):
        assert "Waiting: process" in capsys.readouterr().out


def test_the_same_thread_may_ask_again(course):
    with turn(course):
        with turn(course):
            pass
        assert (course.store / "grading.lock").read_text(encoding="utf-8") != ""
    assert (course.store / "grading.lock").read_text(encoding="utf-8") == ""


def test_without_locks_a_note_of_a_dead_process_is_stale(course, monkeypatch):
    def no_locks(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(turns.fcntl, "flock", no_locks)
    path = course.store / "grading.lock"
    ended = subprocess.Popen(["true"])
    ended.wait()
    for pid, host, free in (
        (ended.pid, socket.gethostname(), True),
        (os.getppid(), socket.gethostname(), False),
        (ended.pid, "elsewhere", False),
    ):
        path.write_text(json.dumps({"pid": pid, "host": host, "since": "now"}), encoding="utf-8")
        began = time.monotonic()
        try:
            with turn(course):
                taken = True
        except HilabError:
            taken = False
        assert taken == free and time.monotonic() - began < 5
