"""What made-up records lack and a telehealth desk needs: visits by video or telephone."""

import numpy as np

from sim.records import Records


def with_remote(records: Records, share: float = 0.4) -> Records:
    """Returns the records with some ambulatory visits taking place remotely, from a stream of their own."""
    rng = np.random.default_rng(53)
    encounters = records.tables["encounters"]
    ambulatory = (encounters["ENCOUNTERCLASS"] == "ambulatory").to_numpy()
    remote = ambulatory & (rng.random(len(encounters)) < share)
    changed = encounters["ENCOUNTERCLASS"].mask(remote, "virtual").astype("str")
    return Records(records.tables | {"encounters": encounters.assign(ENCOUNTERCLASS=changed)}, records.people)
