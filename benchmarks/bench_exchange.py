"""How fast the exchange starts, answers and exports a district of 2,000 people.

Run: `python -m benchmarks exchange`. The exchange runs in a process of its own that is held to one core where
the system allows it; beside it, in the same run, a bare Starlette application answers with the same bytes, so
that the ratio tells what tokens, rules, consent and log cost, whatever the computer.
"""

import json
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sim.exchange.client import Client, exchange_client
from sim.world import make_world

SYSTEMS = ("his", "lis", "emr", "pharmacy", "billing", "governance", "messages")

_SERVER = """
import json, os, sys, time
import pandas
from sim.world import World
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
world = World.load(sys.argv[1])
begin = time.perf_counter()
running = world.serve()
started = time.perf_counter() - begin
begin = time.perf_counter()
running.exchange.store.fill()
filled = time.perf_counter() - begin
print(json.dumps({"address": running.address, "started": started, "filled": filled}), flush=True)
sys.stdin.read()
"""

_BARE = """
import json, os, socket, sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
text = sys.argv[1]
async def answer(request):
    return Response(text, media_type="application/json")
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen(128)
print(json.dumps({"address": f"http://127.0.0.1:{listener.getsockname()[1]}"}), flush=True)
app = Starlette(routes=[Route("/{path:path}", answer)])
how = {"lifespan": "off", "log_level": "critical", "access_log": False, "loop": "asyncio", "http": "h11"}
uvicorn.Server(uvicorn.Config(app, **how)).run(sockets=[listener])
"""


class Server:
    """A process that answers; its first line says where."""

    def __init__(self, script: str, argument: str) -> None:
        """Starts it and waits until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        self.told = json.loads(self.process.stdout.readline())

    def stop(self) -> None:
        """Ends it."""
        self.process.kill()
        self.process.wait()


def rate(address: str, paths: list[str], headers: str, seconds: float) -> float:
    """Returns the answers a second that one connection gets.

    Args:
        address: Where the server is.
        paths: What is asked for, one after the other.
        headers: Further lines of each request.
        seconds: How long.
    """
    port = int(address.rpartition(":")[2])
    asked = [f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n".encode() for path in paths]
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        count, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            line.sendall(asked[count % len(asked)])
            _answer(line)
            count += 1
        return count / (time.perf_counter() - begin)


def _answer(line: socket.socket) -> bytes:
    """Reads one answer, and fails where it is none."""
    text = line.recv(65_536)
    while b"\r\n\r\n" not in text:
        text += line.recv(65_536)
    head, _, body = text.partition(b"\r\n\r\n")
    if b" 200 " not in head[:20]:
        raise ValueError(f"expected an answer, found {head[:200]!r} {body[:300]!r}")
    size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    while len(body) < size:
        body += line.recv(65_536)
    return body


def exported(client: Client) -> tuple[float, int]:
    """Returns the seconds from order to the last byte of all files, and the number of resources."""
    begin = time.perf_counter()
    token = {"Authorization": f"Bearer {client.token()}"}
    send = client.connection.send
    ordered = send("GET", "/fhir/$export", headers=token | {"Prefer": "respond-async"})
    status = "/fhir/" + ordered.headers["content-location"].partition("/fhir/")[2]
    while (answer := send("GET", status, headers=token)).status_code == 202:
        time.sleep(0.02)
    count = 0
    for file in answer.json()["output"]:
        path = "/fhir/" + file["url"].partition("/fhir/")[2]
        count += send("GET", path, headers=token).content.count(b"\n")
    taken = time.perf_counter() - begin
    send("DELETE", status, headers=token)
    return taken, count


def main(seconds: float = 3.0, rounds: int = 3) -> None:
    """Measures and prints."""
    with tempfile.TemporaryDirectory() as folder:
        world = make_world("s001", systems=SYSTEMS)
        world.save(Path(folder) / "district")
        patients = world.tables["his_patients"]["mrn"].head(200).tolist()
        starts = []
        for last in [*[False] * (rounds - 1), True]:
            exchange = Server(_SERVER, str(Path(folder) / "district"))
            starts.append(exchange.told)
            try:
                if last:
                    print(f"start, libraries included   {min(each['started'] for each in starts):8.2f} s")
                    print(f"all shelves filled          {min(each['filled'] for each in starts):8.2f} s")
                    _measure(exchange, patients, seconds, rounds)
            finally:
                exchange.stop()


def _measure(exchange: Server, patients: list[str], seconds: float, rounds: int) -> None:
    address = exchange.told["address"]
    client = exchange_client(at=address)
    taken = [exported(client) for _ in range(rounds)]
    print(f"export, {taken[0][1]:,} resources   {min(each for each, _ in taken):8.2f} s")
    bare = Server(_BARE, json.dumps(client.read("Patient", patients[0])))
    time.sleep(1)
    token = f"Authorization: Bearer {client.token()}\r\n"
    asks = {
        "read": ([f"/fhir/Patient/{mrn}" for mrn in patients], token),
        "search": ([f"/fhir/Observation?patient={mrn}&_count=10" for mrn in patients], token),
    }
    try:
        baseline = max(rate(bare.told["address"], ["/x"], "", seconds) for _ in range(rounds))
        print(f"bare Starlette              {baseline:8.0f} answers a second")
        for name, (paths, headers) in asks.items():
            found = max(rate(address, paths, headers, seconds) for _ in range(rounds))
            print(f"{name:<28}{found:8.0f} answers a second, {found / baseline:.2f} of it")
    finally:
        bare.stop()


if __name__ == "__main__":
    main()
