"""Devices stream through a real broker: a subscriber receives what the files hold, whatever else is sent."""

import json
import socket
import subprocess
import sys
import threading
import time

import paho.mqtt.client as paho
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.exchange.mqtt import Stream, read_payload, write_messages
from sim.exchange.mqtt.__main__ import main
from sim.exchange.mqtt.broker import HOST
from sim.exchange.mqtt.messages import FIELDS, ROOT, TIMES
from sim.world import World

CONNECT = bytes.fromhex("101000044d5154540402003c000474657374")
"""A right first packet of a client named test."""

GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"\x00" * 50,
    b"\xff" * 50,
    b"\x10\xff\xff\xff\xff\xff",
    b"\x10\x7f\x00\x04MQTT\x04\x02",
    CONNECT + b"\x30\xff\xff\xff\x7f",
    CONNECT + b"\x82\x03\x00\x01\x00",
    CONNECT + b"\x32\x05\x00\x03\xff\xfe\xfd",
    CONNECT + b"\x36" + b"\xc3\x28" * 20,
    CONNECT + b"\xf0\x00",
    CONNECT * 3,
    b"\x10",
    b"",
]


def readings(count: int = 60) -> pd.DataFrame:
    """Some readings, of which those taken first arrive last."""
    at = pd.Timestamp("2025-11-03 06:00:00")
    kinds = ["steps", "sbp", "glucose"]
    rows = [
        (
            f"A{n:08d}",
            f"DV{n % 4}",
            kinds[n % 3],
            at + pd.Timedelta(minutes=n),
            "+08:00",
            at + pd.Timedelta(minutes=2 * count - n),
            n / 2,
            "步/h",
        )
        for n in range(count)
    ]
    return pd.DataFrame(rows, columns=FIELDS).astype(dict.fromkeys(TIMES, "datetime64[s]"))


class Listener:
    """A subscriber that keeps what it receives."""

    def __init__(self, port: int, topic: str = "district/#") -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.on_connect = lambda client, *rest: client.subscribe(topic, qos=1)
        self.client.on_message = lambda client, data, message: self.messages.append(
            (message.topic, message.payload)
        )
        self.client.connect(HOST, port)
        self.client.loop_start()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def until(self, count: int) -> None:
        end = time.monotonic() + 60
        while len(self.messages) < count and time.monotonic() < end:
            time.sleep(0.01)


@pytest.fixture
def world(tmp_path):
    return World({"app_readings": readings()}, {}, {})


def throw(port: int, rubbish: bytes) -> None:
    """Sends bytes to the broker and goes away, rudely."""
    with socket.create_connection((HOST, port), timeout=5) as stranger:
        stranger.settimeout(0.2)
        try:
            stranger.sendall(rubbish)
            stranger.recv(100)
        except OSError:
            pass


def test_a_subscriber_receives_what_the_table_holds_in_the_order_of_arrival(world):
    with world.stream(port=0, speed=None) as stream:
        listener = Listener(stream.port)
        assert stream.wait(60)
        listener.until(60)
        listener.close()
    table = world.tables["app_readings"].sort_values("uploaded_at", ignore_index=True)
    found = pd.DataFrame([read_payload(payload) for _, payload in listener.messages])
    pd.testing.assert_frame_equal(
        found[list(FIELDS)].astype(dict.fromkeys(TIMES, "datetime64[s]")), table, check_dtype=False
    )
    assert [topic for topic, _ in listener.messages] == [
        f"{ROOT}/{device}/{kind}" for device, kind in zip(table["device_id"], table["kind"], strict=True)
    ]
    assert stream.sent == 60


def test_a_subscriber_may_ask_for_one_device_or_one_kind(world):
    with world.stream(port=0, speed=None) as stream:
        one, kind = Listener(stream.port, f"{ROOT}/DV1/#"), Listener(stream.port, f"{ROOT}/+/sbp")
        stream.wait(60)
        one.until(15)
        kind.until(15)
        one.close()
        kind.close()
    assert {topic.split("/")[3] for topic, _ in one.messages} == {"DV1"} and len(one.messages) == 15
    assert {topic.split("/")[4] for topic, _ in kind.messages} == {"sbp"}


def test_time_passes_as_was_asked(world):
    """59 minutes at half an hour a second are two seconds, of which the start may take some."""
    begun = time.monotonic()
    with world.stream(port=0, speed=1800) as stream:
        listener = Listener(stream.port)
        assert stream.wait(60) and time.monotonic() - begun > 1.5
        listener.close()


def test_garbage_does_not_kill_the_broker(world):
    with world.stream(port=0, speed=60 * 60) as stream:
        listener = Listener(stream.port)
        strangers = [threading.Thread(target=throw, args=(stream.port, each)) for each in GARBAGE * 3]
        for stranger in strangers:
            stranger.start()
        for stranger in strangers:
            stranger.join()
        assert stream.wait(60)
        listener.until(60)
        late = Listener(stream.port)
        late.until(0)
        late.close()
        listener.close()
    assert len(listener.messages) == 60


@pytest.fixture(scope="module")
def waiting():
    """A broker that waits; strangers come and go."""
    with Stream(write_messages(readings()), port=0, speed=None) as stream:
        yield stream


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.booleans(), st.binary(min_size=1, max_size=80))
def test_whatever_bytes_are_sent_the_broker_answers_the_next_client(waiting, introduced, rubbish):
    with socket.create_connection((HOST, waiting.port), timeout=5) as stranger:
        stranger.sendall((CONNECT if introduced else b"") + rubbish)
    with socket.create_connection((HOST, waiting.port), timeout=5) as guest:
        guest.settimeout(5)
        guest.sendall(CONNECT.replace(b"test", b"next"))
        assert guest.recv(4)[:2] == b"\x20\x02"


def test_a_port_in_use_gives_one_sentence(world):
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with (
            pytest.raises(HilabError, match=f"Port {port} of this computer is in use"),
            world.stream(port=port),
        ):
            pass


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"port": -1}, "A port is a number"),
        ({"port": 70_000}, "A port is a number"),
        ({"speed": 0}, "speed"),
        ({"speed": -2.0}, "speed"),
    ],
)
def test_what_cannot_be_gives_one_sentence(world, arguments, sentence):
    with pytest.raises(HilabError, match=sentence):
        world.stream(**arguments)


def test_a_district_without_devices_says_so():
    with pytest.raises(HilabError, match="no table app_readings"):
        World({}, {}, {}).stream()


def test_a_stream_that_nobody_listens_to_ends_at_once_when_left(world):
    begun = time.monotonic()
    with world.stream(port=0) as stream:
        port = stream.port
    assert time.monotonic() - begun < 5 and stream.sent == 0
    with pytest.raises(OSError):
        socket.create_connection((HOST, port), timeout=1).close()


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"\xff", b"", b'{"value": 1}'])
def test_another_payload_is_refused(payload):
    with pytest.raises(ValueError):
        read_payload(payload)


@settings(max_examples=40, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20))
def test_every_value_survives_the_journey(value, unit):
    table = readings(1).assign(value=value, unit=unit)
    message = next(write_messages(table))
    told = read_payload(message.payload)
    assert told["value"] == value and told["unit"] == unit and json.loads(message.payload)["kind"] == "steps"


def test_the_command_streams_a_district_s_folder(tmp_path):
    folder = tmp_path / "a 县"
    folder.mkdir()
    readings(20).to_parquet(folder / "app_readings.parquet")
    program = subprocess.Popen(
        [sys.executable, "-m", "sim.exchange.mqtt", str(folder), "0", "1e6"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    first = program.stdout.readline()
    port = int(first.partition("127.0.0.1:")[2].split()[0])
    listener = Listener(port)
    rest = program.communicate(timeout=20)[0]
    listener.close()
    assert program.returncode == 0 and rest == "20 readings sent.\n" and len(listener.messages) == 20


@pytest.mark.parametrize(
    "arguments", [[], ["-h"], ["x", "y"], ["nowhere"], ["a", "b", "c", "d"], ["nowhere", "70000"]]
)
def test_a_wrong_call_gives_one_sentence(arguments, capsys):
    assert main(arguments) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_file_that_is_no_table_gives_one_sentence(tmp_path, capsys):
    (tmp_path / "app_readings.parquet").write_bytes(b"PAR1")
    assert main([str(tmp_path), "0"]) == 2
    assert "is not the table app_readings" in capsys.readouterr().err
