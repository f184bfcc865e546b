"""Made-up records with everything that the three laboratories measure, each from a stream of its own."""

import numpy as np
import pandas as pd

from sim.records import Records

MEASURED = {
    "3094-0": (0.5, 15, 0.4),
    "98979-8": (0.4, 85, 0.25),
    "2951-2": (0.4, 140, 0.02),
    "2075-0": (0.4, 103, 0.03),
    "2093-3": (0.4, 190, 0.25),
    "2571-8": (0.4, 120, 0.5),
    "2085-9": (0.4, 52, 0.3),
    "18262-6": (0.3, 110, 0.3),
    "13457-7": (0.2, 110, 0.3),
    "1742-6": (0.3, 24, 0.5),
    "1920-8": (0.3, 24, 0.5),
    "17861-6": (0.3, 9.4, 0.04),
    "1975-2": (0.3, 0.7, 0.4),
    "3084-1": (0.2, 5.5, 0.25),
    "6690-2": (0.3, 7, 0.25),
    "777-3": (0.3, 250, 0.25),
    "4544-3": (0.2, 42, 0.1),
}
"""Share of visits with an observation, its usual value and how much it varies, by LOINC code."""


def with_laboratory(records: Records) -> Records:
    """Adds the observations."""
    rng = np.random.default_rng(31)
    encounters = records.tables["encounters"]
    parts = [records.tables["observations"]]
    for code, (share, usual, spread) in MEASURED.items():
        visits = encounters[rng.random(len(encounters)) < share]
        values = usual * np.exp(spread * rng.normal(0, 1, len(visits)))
        columns = {"DATE": visits["START"], "PATIENT": visits["PATIENT"], "ENCOUNTER": visits["Id"]}
        written = pd.Series(values.round(2), index=visits.index).astype("str")
        parts.append(pd.DataFrame({**columns, "CODE": code, "VALUE": written}))
    observations = pd.concat(parts, ignore_index=True)
    return Records({**records.tables, "observations": observations}, records.people)
