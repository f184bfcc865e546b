"""Records of a small made-up history."""

import pandas as pd
import pytest
from made_up_history import PROGRAM, SEEDS, history

from sim.engine import Events
from sim.population import populate
from sim.records import Records, decode


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    return populate(90, SEEDS)


@pytest.fixture(scope="session")
def events(people: pd.DataFrame) -> Events:
    return history(people)


@pytest.fixture(scope="session")
def records(events: Events, people: pd.DataFrame) -> Records:
    return decode(events, PROGRAM, people, SEEDS)
