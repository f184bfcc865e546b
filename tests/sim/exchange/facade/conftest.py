"""A small district's hospitals behind an exchange."""

import pytest

from sim.district import District
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

SYSTEMS = ["his", "lis", "emr", "pharmacy", "billing", "governance", "messages"]


def shipped(records, country="us", systems=SYSTEMS):
    """Returns tables and files of a district as they are shipped."""
    district = District(*records, {}, 300, country)
    working = district.working(systems)
    tables = {name: publish(table, TABLES[name]) for name, table in working.items() if TABLES[name].parquet}
    return tables, district.files(systems), district.truth(["his", "governance"])


@pytest.fixture(scope="session")
def held(cared_for):
    """Returns tables, files and truth of a district."""
    return shipped(cared_for)


@pytest.fixture(scope="session")
def held_cn(made_up_cn):
    """Returns the same of a district of China, without drugs and claims."""
    without = [name for name in SYSTEMS if name not in ("pharmacy", "billing")]
    return shipped(made_up_cn, "cn", without)
