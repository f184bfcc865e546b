"""What made-up records lack and imaging departments need: visits at which something is imaged."""

import numpy as np

from sim.records import Records

REASONS = ("233604007", "62106007", "95570007", "44465007", "65966004")
"""Pneumonia, concussion, kidney stone, sprained ankle, broken forearm."""


def with_images(records: Records, share: float = 0.25) -> Records:
    """Returns the records with other reasons for some visits, drawn from a stream of their own."""
    rng = np.random.default_rng(47)
    encounters = records.tables["encounters"]
    reasons = encounters["REASONCODE"].to_numpy(dtype=object, copy=True)
    chosen = rng.random(len(encounters)) < share
    reasons[chosen] = rng.choice(REASONS, int(chosen.sum()))
    changed = encounters.assign(REASONCODE=reasons).astype({"REASONCODE": "str"})
    return Records(records.tables | {"encounters": changed}, records.people)
