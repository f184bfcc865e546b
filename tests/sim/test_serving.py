"""`hilab serve` starts an exchange from a folder, says where it is, and ends."""

import json
import threading

import pytest

from sim import exchange_client
from sim.errors import HilabError
from sim.exchange.facade.audit import first_broken
from sim.serving import serve_command
from sim.world import make_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "district"
    make_world("s001", size="demo", systems=["his", "governance"], rates={}).save(folder)
    return folder


def test_a_folder_is_served_until_somebody_ends_it(folder, tmp_path):
    said, until, asked = [], threading.Event(), []

    def visit(text):
        said.append(text)
        address = text.split()[4].rstrip(",")
        asked.append(exchange_client(at=address).count("Patient"))
        until.set()

    log = tmp_path / "log.jsonl"
    serve_command(str(folder), 0, "2026A", "demo", "us", log, visit, until)
    assert asked[0] > 300 and "on this computer only" in said[0]
    lines = log.read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[-1])["target"] == "Patient?_count,_summary" and first_broken(lines) is None
    with pytest.raises(HilabError, match="expected a new file"):
        serve_command(str(folder), 0, "2026A", "demo", "us", log, said.append, until)


def test_a_folder_that_holds_no_district_is_refused(tmp_path):
    with pytest.raises(HilabError, match="holds no district"):
        serve_command(str(tmp_path), 0, "2026A", "demo", "us", None, print)


def test_a_district_without_hospitals_cannot_be_served():
    world = make_world("s001", size="demo", systems=["register"], rates={})
    with pytest.raises(HilabError, match="system 'his'"):
        world.serve()
