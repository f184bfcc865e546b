import os
import time
from unittest.mock import patch

import pandas as pd
import pytest

from grading.channel import Channel
from grading.kernel import Call, Kernel
from grading.sealed import Sealed
from grading.stage import stage
from grading.tasks import Case


@pytest.fixture(scope="module")
def staged(tmp_path_factory):
    return stage(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def kernel(staged):
    with Kernel(staged, "import pandas as pd\n") as running:
        yield running


def ask(kernel, source, *calls, seconds=1.5):
    return kernel.ask(source, [Call.of(Case(name, "", args)) for name, args in calls], seconds)


def test_magics_and_shell_lines_do_not_stop_a_cell(kernel):
    source = "%precision 3\n!ls /\nget_ipython().run_line_magic('pwd', '')\ndef f(x):\n    return x + 1"
    answers = ask(kernel, source, ("f", (1,)))
    assert answers.replies[0].value == 2 and answers.flags == ()


def test_an_error_costs_its_call_only(kernel):
    one, two, three = ask(kernel, "def f(x):\n    return 1 / x", ("f", (0,)), ("f", (2,)), ("g", ())).replies
    assert (
        one.problem == "error" and one.message == "ZeroDivisionError: division by zero (line 2 of the cell)"
    )
    assert two.value == 0.5
    assert three.message == "The cell defines no function g()."


def test_a_cell_that_stops_says_where(kernel):
    (reply,) = ask(kernel, "def f(:\n    pass", ("f", ())).replies
    assert reply.problem == "error" and "SyntaxError" in reply.message


def test_warnings_and_output_are_no_failure(kernel):
    source = (
        "import sys, warnings\nwarnings.warn('careful')\nprint('x', file=sys.stderr)\n"
        "def f():\n    warnings.warn('again'); print('y' * 10); return 1"
    )
    assert ask(kernel, source, ("f", ())).replies[0].value == 1


def test_changed_arguments_break_the_contract(kernel):
    table = pd.DataFrame({"a": [1, 2]})
    source = "def f(t):\n    t['b'] = 0\n    return 1\ndef g(t):\n    return t.assign(b=0)"
    changed, kept = ask(kernel, source, ("f", (table,)), ("g", (table,))).replies
    assert changed.problem == "contract" and "argument number 1" in changed.message
    assert kept.value["b"].tolist() == [0, 0]


def test_what_is_not_plain_breaks_the_contract(kernel):
    source = "def f():\n    return object()\ndef g():\n    return 'x' * 5_000_000"
    odd, large = ask(kernel, source, ("f", ()), ("g", ())).replies
    assert odd.problem == large.problem == "contract" and "too large" in large.message


def test_an_endless_loop_ends_and_the_next_question_is_answered(kernel):
    began = time.monotonic()
    first, second = ask(kernel, "def f():\n    while True: pass", ("f", ()), ("f", ())).replies
    assert first.problem == second.problem == "timeout" and time.monotonic() - began < 10
    assert ask(kernel, "def f():\n    return 1", ("f", ())).replies[0].value == 1


@pytest.mark.parametrize(
    "line",
    ["os._exit(0)", "os.kill(os.getpid(), 9)", "os.kill(-1, 9)", "os.kill(os.getppid(), 9)", "os.close(3)"],
)
def test_dying_costs_its_own_question(kernel, line):
    answers = ask(kernel, f"import os\ndef f():\n    {line}\n    return 1", ("f", ()), ("f", ()))
    assert len(answers.replies) == 2
    assert ask(kernel, "def f():\n    return 2", ("f", ())).replies[0].value == 2


def test_a_cell_starts_from_a_clean_namespace(kernel):
    ask(kernel, "left = 1\ndef f():\n    return 1", ("f", ()))
    (reply,) = ask(kernel, "def f():\n    return left", ("f", ())).replies
    assert "NameError" in reply.message


def test_scratch_files_and_processes_do_not_outlive_a_question(kernel):
    source = (
        "import os, subprocess\ndef f():\n    open('/tmp/left', 'w').close()\n"
        "    subprocess.Popen(['sleep', '60'])\n    return 1"
    )
    assert ask(kernel, source, ("f", ())).replies[0].value == 1
    look = (
        "import os\ndef f():\n    names = [open(f'/proc/{p}/comm').read().strip()"
        " for p in os.listdir('/proc') if p.isdigit()]\n    return [os.listdir('/tmp'), 'sleep' in names]"
    )
    files, alive = ask(kernel, look, ("f", ())).replies[0].value
    assert "left" not in files and not alive


def test_memory_and_disk_are_limited(kernel):
    source = (
        "def f():\n    return len(bytearray(8 << 30))\n"
        "def g():\n    open('/tmp/big', 'wb').write(b'0' * (400 << 20))\n    return 1"
    )
    memory, disk = ask(kernel, source, ("f", ()), ("g", ()), seconds=5).replies
    assert memory.problem in ("error", "died") and disk.problem == "error"


def test_a_changed_assert_is_flagged(kernel):
    source = (
        "import ast, IPython\n"
        "class Strip(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Strip())\n"
        "def f():\n    return 1"
    )
    assert ask(kernel, source, ("f", ())).flags


def test_raise_that_does_nothing_is_flagged(kernel):
    source = (
        "import ast\nclass Strip(ast.NodeTransformer):\n"
        "    def visit_Raise(self, node):\n        return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Strip())\n"
        "def f():\n    return 1"
    )
    assert "raise does not raise any more" in ask(kernel, source, ("f", ())).flags


def test_the_setup_cell_must_work(staged):
    from sim.errors import HilabError

    with Kernel(staged, "import no_such_thing") as kernel, pytest.raises(HilabError, match="setup cell"):
        kernel.start()


def test_large_arguments_of_the_class_cannot_be_changed_by_a_handin(kernel):
    table = pd.DataFrame({"a": range(20_000), "b": ["x"] * 20_000})
    call = Call.of(Case("f", "large", (table, bytes(100_000))))
    assert all(isinstance(part, Sealed) for part in call.parts)
    spoil = """
import ctypes, glob, mmap, os

def f(table, raw):
    for path in glob.glob("/proc/self/fd/*"):
        try:
            if "arguments" in os.readlink(path):
                os.ftruncate(os.open(path, os.O_RDWR), 0)
        except OSError:
            pass
    mapped = [line.split("-")[0] for line in open("/proc/self/maps") if "arguments" in line]
    for start in mapped:  # the memory below the tables, past everything that pandas knows
        ctypes.memset(int(start, 16), 0, 100_000)
    return len(mapped)
"""
    honest = "def f(table, raw):\n    return int(table['a'].sum()) + raw.count(0)"
    (spoilt,) = kernel.ask(spoil, [call], 5).replies
    (kept,) = kernel.ask(honest, [call], 5).replies
    assert spoilt.value == 1
    assert kept.value == sum(range(20_000)) + 100_000
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(call.parts[0].file, b"x")


def test_an_argument_of_several_calls_comes_once_and_is_new_to_each(kernel):
    table = pd.DataFrame({"a": range(20_000), "b": [["x"]] * 20_000})
    calls = [Call.of(Case("f", "first", (table, 1))), Call.of(Case("f", "second", (table, 2)))]
    assert calls[0].parts[0] is calls[1].parts[0]
    source = """
def f(table, number):
    found = [int(table["a"].sum()), list(table["b"].iloc[0])]
    if number == 1:
        table["b"].iloc[0][0] = "spoilt"
        table.loc[0, "a"] = 5
    return found
"""
    with patch.object(Channel, "hand_over", autospec=True, side_effect=Channel.hand_over) as handed:
        first, second = kernel.ask(source, calls, 5).replies
    assert handed.call_count == 1
    assert first.problem == "contract" and first.message.startswith("f() changed its argument number 1")
    assert second.value == [sum(range(20_000)), ["x"]]


def test_a_call_reaches_no_other_calls_arguments_and_spoils_only_its_own(kernel, staged):
    """The people of the second call are what the first is asked for; tables are wiped past pandas' guard."""
    records = pd.DataFrame({"a": range(20_000), "b": range(20_000)})
    people = pd.DataFrame({"person": range(20_000)})
    calls = [Call.of(Case("f", "records", (records,))), Call.of(Case("g", "people", (people,)))]
    spoil = """
import gc, sys
import pandas as pd

def tables():
    seen, frame = list(gc.get_objects()), sys._getframe()
    while frame:
        seen += frame.f_locals.values()
        frame = frame.f_back
    for module in list(sys.modules.values()):
        seen += getattr(module, "__dict__", {}).values()
    seen += [item for held in seen if type(held) in (list, tuple) for item in held]
    seen += [item for held in seen if type(held) is dict for item in list(held.values())]
    return {id(item): item for item in seen if type(item) is pd.DataFrame}.values()

early = [name for table in tables() for name in table.columns]

def f(given):
    found = tables()
    for table in found:
        for block in table._mgr.blocks:
            if type(block.values).__name__ == "ndarray":
                try:
                    block.values.flags.writeable = True
                    block.values[...] = 0
                except ValueError:  # columns that Arrow keeps cannot be written to at all
                    pass
    return [early, sorted({name for table in found for name in table.columns})]

def g(given):
    return int(given["person"].sum())
"""
    honest = "def f(t):\n    return int(t['a'].sum())\ndef g(t):\n    return int(t['person'].sum())"
    total = sum(range(20_000))
    first, second = kernel.ask(spoil, calls, 20).replies
    assert first.value == [[], ["a", "b"]] and second.value == total
    assert [reply.value for reply in kernel.ask(honest, calls, 20).replies] == [total, total]
    with Kernel(staged, "import pandas as pd\n") as other:
        assert [reply.value for reply in other.ask(honest, calls, 20).replies] == [total, total]
