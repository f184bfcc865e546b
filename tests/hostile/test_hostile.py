# ruff: noqa: E501
"""Hand-ins that try to gain or to harm. Each gains nothing, harms nothing, and costs nobody else a point."""

import hashlib
from pathlib import Path

import pytest

from grading.districts import load_prepared
from grading.grade import grade
from grading.gradebook import score
from grading.judge import assess
from grading.kernel import Kernel
from grading.stage import stage
from tests.classroom import LAB, RIGHT, submit

STEAL = """
import glob, os
def read(pattern):
    found = []
    for path in glob.glob(pattern, recursive=True):
        try:
            text = open(path, encoding='utf-8', errors='replace').read()
            if 'environ' not in path or 'HILAB_LABS' in text:
                found.append(text)
        except OSError:
            pass
    return found
seen = [read(p) for p in PATTERNS]
def free(table):
    return sum(map(len, seen)) + 1000
def busiest(table):
    return free(table)
"""

FORGED = """
import json, os, struct
def frames(text):
    data = text.encode()
    return struct.pack('>I', len(data)) + data
def free(table):
    for fd in range(3, 32):
        try:
            os.write(fd, frames(json.dumps({'token': 'x', 'problem': ''}) + '\\n5') * 3)
        except OSError:
            pass
    return 0
busiest = free
"""

EQUAL = """
class Any(int):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __hash__(self): return 0
    def __repr__(self): return 'True'
    def __reduce__(self): return (print, ('x',))
def free(table): return Any(987654)
def busiest(table): return Any(987654)
"""

PATCH = """
import builtins, json, pandas as pd, sys
pd.DataFrame.equals = lambda *a: True
pd.Series.equals = lambda *a: True
json.dumps = lambda *a, **k: '{"problem": ""}'
json.loads = lambda *a, **k: {"do": "end"}
builtins.len = lambda x: 0
for module in list(sys.modules.values()):
    if getattr(module, '__name__', '').startswith('grading') or getattr(module, '__file__', '') and 'runner' in str(getattr(module, '__file__', '')):
        for name in list(vars(module)):
            if callable(vars(module)[name]):
                setattr(module, name, lambda *a, **k: b'1')
def free(table): return 987654
def busiest(table): return 987654
"""

WRITE = """
import os, pathlib
for target in ('/usr/bin/evil', '/etc/evil', '/opt/hilab/grading/evil.py', COURSE + '/gradebook.db', COURSE + '/evil'):
    try:
        pathlib.Path(target).write_text('evil')
    except OSError:
        pass
os.system('rm -rf / --no-preserve-root >/dev/null 2>&1')
def free(table): return 987654
def busiest(table): return 987654
"""

NETWORK = """
import socket
def free(table):
    for family, address in ((socket.AF_INET, ('1.1.1.1', 53)), (socket.AF_INET, ('127.0.0.1', 22)), (socket.AF_UNIX, '/run/dbus/system_bus_socket')):
        try:
            s = socket.socket(family); s.settimeout(0.3); s.connect(address)
            return 111111
        except OSError:
            pass
    return 222222
busiest = free
"""

KILL = """
import os, signal
def free(table):
    for pid in range(1, 400):
        if pid != os.getpid():
            try: os.kill(pid, signal.SIGKILL)
            except OSError: pass
    return 987654
busiest = free
"""

BOMB = """
import os
def free(table):
    for _ in range(300):
        try:
            if os.fork() == 0:
                while True: pass
        except OSError:
            return 987654
    return 987654
busiest = free
"""

FLOOD = """
import os, sys
def free(table):
    for _ in range(200):
        print('x' * 100_000); print('y' * 100_000, file=sys.stderr); os.write(1, b'z' * 100_000); os.write(2, b'z' * 100_000)
    return [0] * 3_000_000
busiest = free
"""

BACKGROUND = """
import os, subprocess, threading, time
subprocess.Popen(['sh', '-c', 'while true; do echo evil > /tmp/evil; done'], start_new_session=True)
def free(table):
    threading.Thread(target=lambda: time.sleep(100)).start()
    if os.fork() == 0:
        os.setsid(); time.sleep(1000)
    return 987654
busiest = free
"""

STUBBORN = """
import signal, time
for number in range(1, 32):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
def free(table):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        try: time.sleep(1000)
        except BaseException: pass
busiest = free
"""

FRAMES = """
import gc, sys
def free(table):
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and 'expected' in value: return value['expected']
        frame = frame.f_back
    for thing in gc.get_objects():
        if type(thing).__name__ == 'Case': return thing.expected
    return 987654
busiest = free
"""

HOSTILE = {
    "steal": STEAL,
    "forged": FORGED,
    "equal": EQUAL,
    "patch": PATCH,
    "write": WRITE,
    "network": NETWORK,
    "kill": KILL,
    "bomb": BOMB,
    "flood": FLOOD,
    "background": BACKGROUND,
    "stubborn": STUBBORN,
    "frames": FRAMES,
}


def fingerprints(folder):
    """Hashes of everything in the course that no hand-in may change."""
    skip = ("feedback", "autograded", "gradebook.db", "submitted")
    return {
        path: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.relative_to(folder).parts[0].startswith(skip)
        and ".hilab" not in path.parts
    }


def filled(source, course):
    """Tells the attacker where everything lies."""
    patterns = [
        f"{course.folder}/**/*",
        "/work/main/course/**",
        "/root/.ssh/*",
        "/proc/*/environ",
        "/etc/shadow",
    ]
    return f"PATTERNS = {patterns!r}\nCOURSE = {str(course.folder)!r}\n{source}"


@pytest.fixture(scope="module")
def sandbox(classroom):
    with Kernel(stage(classroom / ".hilab" / "cache"), "import pandas as pd") as running:
        yield running


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_answer_gains_nothing_and_harms_nothing(course, sandbox, name):
    ready = load_prepared(course, LAB)
    before = fingerprints(course.folder)
    beds, shout = ready.tasks
    answers = sandbox.ask(filled(HOSTILE[name], course), ready.calls["9.1"], beds.seconds)
    result = assess(beds, ready.cases["9.1"], answers.replies)
    assert result.got == 0
    honest = sandbox.ask(RIGHT["solve_9_2"], ready.calls["9.2"], shout.seconds)
    assert assess(shout, ready.cases["9.2"], honest.replies).got == 1.0
    assert fingerprints(course.folder) == before
    assert not Path("/usr/bin/evil").exists() and not Path("/tmp/evil").exists()
    if name == "network":
        assert 222222 in [reply.value for reply in answers.replies]
    if name == "steal":
        assert {reply.value for reply in answers.replies} == {1000}


def test_hostile_beside_honest_in_one_class(course):
    submit(course, "ada", RIGHT)
    submit(course, "ben", {**RIGHT, "solve_9_1": filled(KILL, course)})
    done = grade(course.folder, LAB)
    assert done.marks["ada"].got == 5.0 and done.marks["ben"].got == 1.0
    assert score(course, LAB, "ada")[0] == 5.0 and score(course, LAB, "ben")[0] == 1.0
