"""The chapter of docs/district.md on images, genes and devices: files as their usual readers see them."""

import io
import time

import paho.mqtt.client as paho
import pandas as pd
import pydicom

from sim.exchange.mqtt import Stream, write_messages
from sim.world import World

_HEAD = """## What images, genes and devices tell

Read with pydicom, as the file stands, and through the district's own MQTT broker.
"""

_SHOWN = 3
"""Messages of a device that are shown."""


def chapter(world: World, records: pd.DataFrame) -> str:
    """Shows the header of the person's first image, the gene panel, and what a device sends."""
    of = {table: rows["record"].tolist() for table, rows in records.groupby("table")}
    parts = [_HEAD]
    for table in ("imaging_studies", "h2_imaging_studies", "h3_imaging_studies"):
        for accession in of.get(table, [])[:1]:
            parts += [f"### The header of image 1 of {accession} (DICOM)\n", _image(world, accession)]
    for panel in of.get("genetic_panels", [])[:1]:
        parts += [f"### The gene panel {panel} (VCF)\n", _panel(world, panel)]
    for device in of.get("devices", [])[:1]:
        parts += [f"### What device {device} sends (MQTT)\n", _sent(world, device)]
    return "\n".join(parts)


def _block(text: str) -> str:
    return f"```\n{text}\n```\n"


def _image(world: World, accession: str) -> str:
    image = pydicom.dcmread(io.BytesIO(world.files[f"imaging/{accession.lower()}_1.dcm"]))
    return _block("\n".join(line for line in str(image).splitlines() if line.startswith("(")))


def _panel(world: World, panel: str) -> str:
    lines = world.files[f"panels/{panel.lower()}.vcf"].decode("utf-8").splitlines()
    return _block("\n".join(line for line in lines if not line.startswith("##")))


def _sent(world: World, device: str) -> str:
    """Replays the device's first readings and returns what a subscriber receives."""
    readings = world.tables["app_readings"]
    first = readings[readings["device_id"] == device].head(_SHOWN)
    received: list[str] = []
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_connect = lambda client, *rest: client.subscribe("district/#", qos=1)
    client.on_message = lambda client, data, message: received.append(
        f"{message.topic} {message.payload.decode('utf-8')}"
    )
    with Stream(write_messages(first), port=0, speed=None) as stream:
        client.connect("127.0.0.1", stream.port)
        client.loop_start()
        stream.wait(60)
        for _ in range(600):
            if len(received) == len(first):
                break
            time.sleep(0.1)
        client.loop_stop()
    return _block("\n".join(received))
