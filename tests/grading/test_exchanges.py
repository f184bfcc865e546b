"""An answer reaches the hidden exchange from within the sandbox, and nothing else."""

import pytest

from grading.exchanges import hidden_exchange
from grading.kernel import Call, Kernel
from grading.sandbox import Limits
from grading.stage import stage
from grading.tasks import Case
from sim.world import make_world

ANSWER = """
from sim import exchange_client

def counted(who, basis, purpose):
    try:
        return exchange_client(who, basis=basis, purpose=purpose).count("Patient")
    except Exception as error:
        return [type(error).__name__, error.code, str(error)[:40]]

def exported():
    return len(exchange_client().export("Patient", hospital="H2")["Patient"])
"""

PEEK = """
import importlib, os, socket

def peek():
    found = sorted(os.listdir("/opt/exchange"))
    for name in ("sim.exchange.facade.policies", "sim.exchange.facade.consent", "sim.systems", "sim.world"):
        try:
            importlib.import_module(name)
            found.append(name)
        except ImportError:
            pass
    for place in ("/opt/exchange/new", "/opt/exchange/door.2"):
        try:
            open(place, "w").close()
            found.append(place)
        except OSError:
            pass
    with socket.socket() as line:
        if line.connect_ex(("127.0.0.1", 8765)) == 0:
            found.append("network")
    try:
        os.unlink("/opt/exchange/door")
        found.append("unlinked")
    except OSError:
        pass
    return found
"""


@pytest.fixture(scope="module")
def world():
    return make_world("hidden", size="demo", systems=["his", "governance"], rates={})


@pytest.fixture(scope="module")
def kernel(world, tmp_path_factory):
    staged = stage(tmp_path_factory.mktemp("cache"), client=True)
    with (
        hidden_exchange(world.tables, world.files) as door,
        Kernel(staged, "import pandas as pd\n", Limits(door=door)) as kernel,
    ):
        yield kernel
    assert not door.exists()


def ask(kernel, source, name, *arguments):
    (reply,) = kernel.ask(source, [Call.of(Case(name, "", arguments))], 60.0).replies
    assert reply.problem == "", reply
    return reply.value


def test_an_answer_asks_the_hidden_exchange_as_it_asks_its_own(kernel, world):
    everybody = sum(len(world.tables[f"{name}his_patients"]) for name in ("", "h2_", "h3_"))
    assert ask(kernel, ANSWER, "counted", "second_hospital", "treatment", "treatment") == everybody
    refused = ask(kernel, ANSWER, "counted", "university", "operations", "research")
    assert refused[:2] == ["Refused", "forbidden"] and refused[2].startswith("Under HIPAA")
    assert ask(kernel, ANSWER, "exported") == len(world.tables["h2_his_patients"])


def test_nothing_but_the_socket_leads_outside(kernel):
    assert ask(kernel, PEEK, "peek") == ["door"]


def test_without_a_door_there_is_no_exchange(tmp_path):
    with Kernel(stage(tmp_path, client=True), "import pandas as pd\n") as kernel:
        source = ANSWER.replace("error.code", "''")
        assert ask(kernel, source, "counted", "court", "treatment", "treatment")[0] == "HilabError"
