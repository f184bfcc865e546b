"""The client of a student: over loopback and over a unix socket, in a notebook and outside, all the same."""

import json
import socket
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim import exchange_client
from sim.errors import HilabError
from sim.exchange.client import Refused
from sim.exchange.client.frames import COLUMNS
from sim.exchange.facade.parameters import KINDS
from sim.exchange.facade.server import serve
from sim.exchange.vocabulary import RUNNING, WHERE
from sim.holdings.opening import make_exchange
from sim.world import World


@pytest.fixture(scope="module")
def running(held, made):
    exchange = make_exchange(*held[:2], "us")
    exchange.store._shelves = dict(made.exchange.store._shelves)
    with serve(exchange) as running:
        yield running


@pytest.fixture(scope="module")
def treating(running):
    client = exchange_client(at=running)
    yield client
    client.close()


def test_a_world_serves_itself_within_a_second_on_this_computer_only(held):
    world = World(*held[:2], {"country": "us"})
    world.serve().stop()  # what is imported is imported once in a notebook
    start = time.perf_counter()
    running = world.serve()
    client = exchange_client()
    assert client.count("Patient") > 300
    taken = time.perf_counter() - start
    running.stop()
    assert client.where == running.address and running.address.startswith("http://127.0.0.1:")
    assert running.address not in RUNNING
    with pytest.raises(HilabError, match="has it been stopped"):
        client.search("Encounter")
    assert taken < 5  # a second on a computer that does nothing else; benchmarks/ measure it


def test_a_port_that_is_taken_is_named(held):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(HilabError, match=rf"^Port {port} cannot be used"):
            serve(make_exchange(*held[:2], "us"), port)
    for port in (-1, 70_000):
        with pytest.raises(HilabError, match="from 0 to 65535"):
            serve(make_exchange(*held[:2], "us"), port)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no unix sockets")
def test_behind_a_unix_socket_everything_is_the_same(held, made, treating, tmp_path, monkeypatch):
    path = tmp_path / "door"
    exchange = make_exchange(*held[:2], "us")
    exchange.store._shelves = dict(made.exchange.store._shelves)
    with serve(exchange, path=path) as running:
        monkeypatch.setenv(WHERE, f"unix:{path}")
        client = exchange_client()
        assert client.where == running.address
        for criteria in ({"gender": "female"}, {"birthdate": "lt1950"}):
            pd.testing.assert_frame_equal(
                client.search("Patient", **criteria), treating.search("Patient", **criteria)
            )
        there, here = client.export("Organization"), treating.export("Organization")
        pd.testing.assert_frame_equal(there["Organization"], here["Organization"])
        with pytest.raises(HilabError, match="cannot be used as a socket"):
            serve(exchange, path=path)
    assert not path.exists()
    with pytest.raises(HilabError, match="cannot be used as a socket"):
        serve(exchange, path=Path("/", *["long"] * 60))


def test_without_an_exchange_the_client_says_how_to_start_one(monkeypatch):
    monkeypatch.setattr("sim.exchange.client.client.RUNNING", [])
    with pytest.raises(HilabError, match=r"world\.serve\(\)"):
        exchange_client()
    with pytest.raises(HilabError, match="expected an address"):
        exchange_client(at="somewhere")
    with pytest.raises(HilabError, match="No exchange answers at http://127"):
        exchange_client(at="http://127.0.0.1:9").count("Patient")


def test_a_search_is_a_table_of_all_pages(treating, held):
    people = treating.search("Patient")
    tables = [held[0][f"{name}his_patients"] for name in ("", "h2_", "h3_")]
    assert people["id"].tolist() == pd.concat(tables)["mrn"].tolist() and len(people) > 500
    assert people["hospital"].value_counts().to_dict() == {
        code: len(table) for code, table in zip(("H1", "H2", "H3"), tables, strict=True)
    }
    assert people.head(len(tables[0]))["family"].tolist() == tables[0]["family_name"].tolist()
    assert len(treating.search("Patient", limit=3)) == 3
    some = people["id"].iloc[:3].tolist()
    assert treating.search("Patient", id=some)["id"].tolist() == some
    nobody = treating.search("Patient", family="Qqq")
    assert len(nobody) == 0 and "family" in nobody


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_is_a_table_with_something_in_every_column(kind, treating):
    table = treating.search(kind, limit=4000)
    assert len(table) > 0 and list(table.columns) == ["id", *COLUMNS[kind]]
    empty = [name for name in table.columns if table[name].isna().all()]
    assert set(empty) <= {"text", "sign", "onset"}  # what laboratories seldom say


def test_who_is_meant_is_a_table_with_scores(treating, held):
    row = held[0]["his_patients"].iloc[2]
    found = treating.match(
        family=row["family_name"], given=row["given_name"], birth_date=row["birth_date"], limit=3
    )
    assert row["mrn"] in set(found["id"]) and found["score"].is_monotonic_decreasing
    with pytest.raises(HilabError, match="does not know 'shoe'"):
        treating.match(shoe="42")
    with pytest.raises(Refused, match="at least an identifier"):
        treating.match(gender="female")


def test_an_export_is_tables_and_agrees_with_the_search(treating):
    tables = treating.export("Patient", "Consent", hospital="H3")
    assert set(tables) == {"Patient"}  # nobody is asked for consent at H3
    searched = treating.search("Patient", organization="H3")
    pd.testing.assert_frame_equal(tables["Patient"], searched)


def test_a_refusal_teaches(running):
    client = exchange_client("university", basis="operations", purpose="research", at=running)
    with pytest.raises(Refused, match=r"'research' is covered by the basis 'consent'") as refused:
        client.search("Patient")
    assert (refused.value.status, refused.value.code) == (403, "forbidden")
    with pytest.raises(Refused, match="client_name: expected one of"):
        exchange_client("burglar", at=running).token()
    with pytest.raises(Refused, match="jurisdiction: expected one of HIPAA"):
        exchange_client(jurisdiction="Roman", at=running).token()
    with pytest.raises(Refused, match=r"needs system/Claim\.s"):
        exchange_client(at=running, scope="system/Patient.rs").search("Claim")


def test_what_is_kept_back_is_a_table(treating):
    listed = treating.quarantine()
    assert len(listed) > 10
    kind, ident = listed["reference"].iloc[0].split("/")
    with pytest.raises(Refused, match="not allow"):
        treating.read(kind, ident)
    assert ident not in set(treating.search(kind)["id"])


def test_the_privacy_office_reads_the_log(running, treating):
    treating.read("Organization", "H2")
    office = exchange_client("privacy_office", at=running)
    log = office.audit()
    mine = log[log["target"] == "Organization/H2"].iloc[-1]
    assert mine["purpose"] == "treatment" and mine["outcome"] == "200 allowed"
    assert (log["previous"].iloc[1:].to_numpy() == log["hash"].iloc[:-1].to_numpy()).all()
    assert json.loads(running.exchange.log.lines[0])["hash"] == log["hash"].iloc[0]
    with pytest.raises(Refused, match="privacy office"):
        treating.audit()


def test_china_is_served_too_and_treatment_needs_consent_there(held_cn):
    with World(*held_cn[:2], {"country": "cn"}).serve() as running:
        agreed = exchange_client(at=running).search("Patient")
        everybody = exchange_client(at=running, jurisdiction="HIPAA").search("Patient")
    assert 0 < len(agreed) < len(everybody)
    assert everybody["family"].str.match(r"[一-鿿]+").mean() > 0.9
