"""Opens an exchange over what a district's hospitals hold."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import yaml

from sim.errors import HilabError
from sim.exchange.facade.audit import Log
from sim.exchange.facade.exchange import Exchange
from sim.exchange.facade.server import Running, serve
from sim.holdings.gather import gather
from sim.population import SNAPSHOT
from sim.systems.disclosures import policies

LAWS = {"us": "HIPAA", "cn": "PIPL"}
"""The law that a client is under unless it says otherwise, by country."""


def make_exchange(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, bytes], country: str, log: Log | None = None
) -> Exchange:
    """Returns an exchange that answers nobody yet.

    Args:
        tables: A district's tables.
        files: Its files: the hospitals' bundles and the rules on disclosure.
        country: Code of the country.
        log: Where it writes what happens.

    Raises:
        HilabError: The district has no hospital.
    """
    store, consents = gather(tables, files, country)
    if "Patient" not in store.kinds:
        raise HilabError("An exchange needs hospitals: make the district with the system 'his'.")
    rules = yaml.safe_load(files["policies.yaml"]) if "policies.yaml" in files else policies()
    return Exchange(store, consents, rules, day=str(SNAPSHOT)[:10], jurisdiction=LAWS[country], log=log)


def open_exchange(
    tables: Mapping[str, pd.DataFrame],
    files: Mapping[str, bytes],
    country: str,
    port: int = 0,
    path: Path | str | None = None,
    log: Path | None = None,
) -> Running:
    """Starts an exchange; its shelves fill in the background.

    Args:
        tables: A district's tables.
        files: Its files.
        country: Code of the country.
        port: Port on loopback; 0 takes a free one.
        path: Path of a unix socket, instead of a port.
        log: A new file for its log.

    Raises:
        HilabError: The port is taken, the district has no hospital, or the log's file is there.
    """
    running = serve(make_exchange(tables, files, country, Log(log)), port, path)
    running.warm()
    return running
