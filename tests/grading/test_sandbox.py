"""What one hand-in can reach of the system, of the grader, and of another hand-in: nothing."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from grading import pool, sandbox
from grading.kernel import Call, Kernel
from grading.pool import Pool, shared
from grading.sandbox import Limits, Sandbox, Server
from grading.stage import stage
from sim.errors import HilabError

SETUP = "import pandas as pd\n"

LEAVE = """
import ctypes, os, socket, subprocess, threading
shm = ctypes.CDLL(None).shmget(4711, 4096, 0o1666)
held = []
def leave():
    for folder in ('/tmp', '/dev/shm'):
        open(folder + '/left-by-one', 'w').write('x')
    for family, address in ((socket.AF_UNIX, '\\0left-by-one'), (socket.AF_INET, ('127.0.0.1', 4711))):
        held.append(socket.socket(family)); held[-1].bind(address); held[-1].listen()
    held.append(subprocess.Popen(['sleep', '600']))
    held.append(os.openpty())
    return shm >= 0
"""

LOOK = """
import ctypes, os, socket
def connects(family, address):
    with socket.socket(family) as s:
        s.settimeout(1)
        return s.connect_ex(address) == 0
def look():
    found = [p for p in ('/tmp', '/dev/shm') if 'left-by-one' in os.listdir(p)]
    found += ['unix'] * connects(socket.AF_UNIX, '\\0left-by-one')
    found += ['inet'] * connects(socket.AF_INET, ('127.0.0.1', 4711))
    found += ['shm'] * (ctypes.CDLL(None).shmget(4711, 0, 0) >= 0)
    found += ['terminals'] * (os.listdir('/dev/pts') != ['ptmx'])
    alive = [open(f'/proc/{p}/cmdline').read() for p in os.listdir('/proc') if p.isdigit()]
    found += ['processes'] * (len(alive) != 2 or any('sleep' in line for line in alive))
    return found
"""

ESCAPE = """
import ctypes, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def tries():
    done = []
    for name, made in (
        ('user namespace', libc.unshare(0x10000000)),
        ('mount namespace', libc.unshare(0x00020000)),
        ('mount', libc.mount(b'tmpfs', b'/mnt', b'tmpfs', 0, None)),
        ('mount over', libc.mount(b'tmpfs', b'/usr', b'tmpfs', 0, None)),
        ('unmount', libc.umount2(b'/tmp', 2)),
        ('writable root', libc.mount(b'none', b'/', None, 0x20 | 0x1000, None)),
        ('another root', libc.chroot(b'/tmp')),
        ('host name', libc.sethostname(b'evil', 4)),
        ('become root', libc.setuid(0)),
        ('traced parent', libc.ptrace(16, os.getppid(), 0, 0)),
        ('raised limit', libc.prctl(4, 1, 0, 0, 0) or libc.setpriority(0, 0, -5)),
    ):
        if made == 0:
            done.append(name)
    for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/user/max_user_namespaces', '/proc/sysrq-trigger',
                 '/proc/1/mem', '/usr/evil', '/opt/hilab/evil', '/etc/evil', '/evil', '/dev/evil'):
        try:
            open(path, 'r+b' if os.path.exists(path) else 'wb').close()
            done.append(path)
        except OSError:
            pass
    if any(line.split()[1].strip('0') for line in open('/proc/self/status') if line.startswith('Cap')):
        done.append('capabilities')
    return done
"""


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    return stage(tmp_path_factory.mktemp("cache"))


def answer(kernel, source, name, seconds=10.0):
    (reply,) = kernel.ask(source, [Call(name)], seconds).replies
    assert reply.problem == "", reply
    return reply.value


def test_a_handin_sees_nothing_of_one_that_runs_beside_it(staged):
    with Kernel(staged, SETUP) as one, Kernel(staged, SETUP) as other, open_question(one, LEAVE):
        assert answer(other, LOOK, "look") == []


@contextlib.contextmanager
def open_question(kernel, source):
    """A question of a hand-in that is left open, its processes running."""
    from grading.kernel import _Question

    kernel.start()
    question = _Question(kernel._sandbox.line, kernel._decoder, 10.0, time.monotonic() + 60)
    question.begin(source)
    assert question.call(Call("leave")).value is True
    yield
    kernel._stop()


def test_nothing_is_left_for_the_next_question_and_the_next_handin(staged):
    with Kernel(staged, SETUP) as one:
        assert answer(one, LEAVE, "leave") is True
        assert answer(one, LOOK, "look") == []
        assert answer(one, LEAVE, "leave") is True
    with Kernel(staged, SETUP) as other:
        assert answer(other, LOOK, "look") == []


def test_no_way_out_and_no_way_up(staged):
    with Kernel(staged, SETUP) as kernel:
        assert answer(kernel, ESCAPE, "tries") == []


def test_namespaces_differ_between_handins_and_from_ours(staged):
    source = (
        "import os\ndef f():\n"
        "    return {n: os.readlink('/proc/self/ns/' + n) for n in os.listdir('/proc/self/ns')}"
    )
    with Kernel(staged, SETUP) as one, Kernel(staged, SETUP) as other:
        found = [answer(kernel, source, "f") for kernel in (one, other)]
    found.append({path.name: str(path.readlink()) for path in Path("/proc/self/ns").iterdir()})
    for name in ("user", "mnt", "pid", "ipc", "net", "uts", "cgroup"):
        assert len({ns[name] for ns in found}) == 3, name


def opened(staged) -> Sandbox:
    return shared(staged, SETUP, Limits()).open()


def owner(pid):
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Uid:"))


def test_the_real_user_owns_nothing(staged):
    with opened(staged) as one:
        user = owner(one.pid)
    assert user == os.getuid() or (os.getuid() == 0 and user > 60_000)
    assert user != 0


def test_memory_processes_and_files_are_limited(staged):
    source = """
import os, time
def forks():
    made = []
    try:
        for _ in range(200):
            pid = os.fork()
            if pid == 0:
                time.sleep(60)
            made.append(pid)
    except OSError:
        pass
    return len(made)
def files():
    try:
        for n in range(100_000):
            os.symlink('x', f'/tmp/{n}')
    except OSError:
        return n
def eats():
    for _ in range(5):
        if os.fork() == 0:
            held = bytearray(300 << 20); time.sleep(60)
    for _ in range(150):
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            return 'a child was killed'
        time.sleep(0.1)
"""
    limited = opened(staged)
    limited.close()
    with Kernel(staged, SETUP, Limits(memory=1 << 30, processes=40)) as kernel:
        assert 20 <= answer(kernel, source, "forks") < 40
        assert 10_000 < answer(kernel, source, "files") < 20_001
        (reply,) = kernel.ask(source, [Call("eats")], 20.0).replies
        assert (reply.problem == "died" or reply.value is not None) == ("memory" in limited.limited_by)


def test_after_the_end_nothing_of_a_handin_lives(staged):
    with opened(staged) as one:
        pid = one.pid
        assert Path(f"/proc/{pid}").exists()
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            break
        time.sleep(0.05)
    assert not Path(f"/proc/{pid}").exists()


def test_a_dead_server_is_replaced(staged):
    warm = shared(staged, SETUP, Limits())
    warm.open().close()
    server = warm.warm()
    os.kill(server.pid, 9)
    while server.alive:
        time.sleep(0.01)
    warm.open().close()
    assert warm.warm().pid != server.pid


def test_without_inner_namespaces_every_handin_has_a_server(staged, monkeypatch):
    one = Pool(staged, SETUP, Limits())
    one.slow = "not allowed here"
    monkeypatch.setitem(pool._pools, (staged.name, SETUP, Limits()), one)
    with Kernel(staged, SETUP) as kernel, Kernel(staged, SETUP) as other:
        assert answer(kernel, LEAVE, "leave") is True
        look = LOOK.replace("len(alive) != 2", "len(alive) != 3")
        assert answer(other, look, "look") == answer(kernel, look, "look") == []


def test_deadlines_of_question_and_notebook(staged):
    source = "import time\ndef f():\n    time.sleep(0.6)\n    return 1"
    calls = [Call("f")] * 8
    with Kernel(staged, SETUP, Limits(question=2.0), 3.0) as kernel:
        first, second, third = (kernel.ask(source, calls, 5.0).replies for _ in range(3))
    assert first[0].value == 1 and first[-1].problem == "timeout"
    assert second[-1].problem == "timeout" and {r.problem for r in third} == {"timeout"}
    assert "notebook" in third[0].message


def test_a_killed_grader_leaves_nothing_behind(staged):
    """kill -9 on the grader: server and hand-in end by themselves."""
    code = f"""
import time
from pathlib import Path
from grading.pool import shared
from grading.sandbox import Limits
warm = shared(Path({str(staged)!r}), "", Limits())
print(warm.open().pid, warm.warm().pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as grader:
        pids = [int(word) for word in grader.stdout.readline().split()]
        grader.kill()
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(pids) == 2 and not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_server_that_cannot_start_says_so(tmp_path):
    (tmp_path / "stage-empty").mkdir()
    server = Server(tmp_path / "stage-empty", SETUP, Limits())
    with pytest.raises(HilabError, match="hilab doctor --grader"):
        server.open()
    server.close()


@pytest.mark.parametrize("refused", ["unshare", "furnish", "confine"])
def test_a_system_that_refuses_namespaces_makes_grading_slow_and_not_unsafe(tmp_path, staged, refused):
    """The wheel is changed so that the step fails as it does where the system forbids it."""
    place = tmp_path / f"stage-{refused}"
    shutil.copytree(staged, place)
    shutil.rmtree(place / "grading" / "__pycache__")
    with (place / "grading" / "isolate.py").open("a", encoding="utf-8") as file:
        file.write(f"\ndef {refused}(*_):\n    raise OSError(1, 'not allowed here')\n")
    warm = Pool(place, SETUP, Limits())
    with warm.open() as one:
        assert one.alone and "not allowed here" in warm.slow
    warm.close()


def test_python_may_be_installed_below_the_scratch_folder(staged, monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        Path(place).chmod(0o755)
        Path(place, "library").write_text("here", encoding="utf-8")
        usual = sandbox._python()
        monkeypatch.setattr(sandbox, "_python", lambda: [*usual, place])
        source = (
            f"def f():\n    found = open('{place}/library').read()\n"
            f"    try:\n        open('{place}/evil', 'w')\n    except OSError:\n        return found"
        )
        warm = Pool(staged, "x = 1", Limits())
        monkeypatch.setitem(pool._pools, (staged.name, "x = 1", Limits()), warm)
        with Kernel(staged, "x = 1") as kernel:
            assert answer(kernel, source, "f") == "here" and not warm.slow
        warm.close()
