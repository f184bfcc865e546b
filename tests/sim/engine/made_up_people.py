"""Adults with the diseases that the modules give them, as far as their values depend on it."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim import seeds
from sim.engine import FLAGS, VITALS
from sim.engine.hooks.physiology import vital_sign
from sim.paths import datasets

AGES = [18, 25, 35, 45, 55, 65, 75, 90]
SHARES = {  # by the ages above, men then women: near the figures that the modules are tuned to
    "hypertension": ([0.20, 0.28, 0.38, 0.52, 0.63, 0.70, 0.76, 0.78], [0.08, 0.13, 0.25, 0.42, 0.57, 0.70, 0.79, 0.82]),
    "diabetes": ([0.01, 0.015, 0.05, 0.115, 0.21, 0.295, 0.31, 0.25], [0.01, 0.02, 0.05, 0.095, 0.155, 0.21, 0.22, 0.20]),
    "prediabetes": ([0.06, 0.09, 0.16, 0.26, 0.34, 0.38, 0.40, 0.40], [0.05, 0.07, 0.13, 0.23, 0.32, 0.38, 0.41, 0.42]),
    "kidney_disease": ([0.002, 0.003, 0.007, 0.012, 0.03, 0.08, 0.20, 0.42], [0.001, 0.002, 0.005, 0.012, 0.035, 0.10, 0.25, 0.50]),
    "lipid_disorder": ([0.03, 0.07, 0.21, 0.38, 0.48, 0.57, 0.58, 0.57], [0.02, 0.05, 0.15, 0.30, 0.43, 0.55, 0.58, 0.56]),
    "smoker": ([0.20, 0.25, 0.24, 0.22, 0.21, 0.17, 0.10, 0.05], [0.14, 0.18, 0.18, 0.18, 0.17, 0.13, 0.07, 0.04]),
    "alcohol_disorder": ([0.08, 0.12, 0.10, 0.08, 0.06, 0.04, 0.03, 0.01], [0.06, 0.08, 0.05, 0.04, 0.03, 0.02, 0.01, 0.0]),
    "copd": ([0.0, 0.01, 0.02, 0.03, 0.07, 0.10, 0.12, 0.12], [0.0, 0.01, 0.02, 0.04, 0.08, 0.11, 0.12, 0.10]),
    "anemia": ([0.02] * 6 + [0.06, 0.10], [0.05] * 6 + [0.06, 0.10]),
    "cancer": ([0.0, 0.004, 0.01, 0.02, 0.05, 0.10, 0.17, 0.18], [0.0, 0.005, 0.01, 0.03, 0.06, 0.10, 0.14, 0.15]),
}  # fmt: skip
TREATED = {  # given the disease: by the ages above
    "on_hypertension_drug": ("hypertension", [0.06, 0.08, 0.19, 0.38, 0.54, 0.66, 0.74, 0.76]),
    "on_diabetes_drug": ("diabetes", [0.69] * 8),
    "on_statin": ("lipid_disorder", [0.05, 0.10, 0.20, 0.35, 0.52, 0.68, 0.75, 0.72]),
}


def rows_of(name: str) -> list[dict[str, str]]:
    """Returns the rows of a reference table."""
    path: Path = datasets("reference", name)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@dataclass(frozen=True)
class People:
    """Adults on one day.

    Attributes:
        keys: Keys of their physiology streams.
        age: Ages in years, as the country's.
        sex: 0 men, 1 women.
        flags: f64[people, FLAGS].
    """

    keys: list[int]
    age: np.ndarray
    sex: np.ndarray
    flags: np.ndarray

    def values(self, vital: str) -> np.ndarray:
        """Returns one vital sign of everybody."""
        which = VITALS.index(vital)
        columns = zip(self.keys, self.age, self.sex, self.flags, strict=True)
        return np.array(
            [vital_sign(which, key, 45_500.0, age, sex, flags) for key, age, sex, flags in columns]
        )


def adults(count: int, seed: int = 3) -> People:
    """Returns adults of a country like the USA of 2019."""
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = [
        row
        for row in rows_of("us_population_single_age_sex.csv")
        if row["year"] == "2019" and row["sex"] in ("male", "female") and 20 <= int(row["age"]) < 100
    ]
    weights = np.array([float(row["population"]) for row in rows])
    chosen = rng.choice(len(rows), count, p=weights / weights.sum())
    age = np.array([float(rows[i]["age"]) for i in chosen]) + rng.random(count)
    sex = np.array([int(rows[i]["sex"] == "female") for i in chosen])
    flags = np.zeros((count, len(FLAGS)))
    for flag, shares in SHARES.items():
        share = np.where(sex == 0, *(np.interp(age, AGES, by_age) for by_age in shares))
        flags[:, FLAGS.index(flag)] = rng.random(count) < share
    flags[:, FLAGS.index("prediabetes")] *= 1.0 - flags[:, FLAGS.index("diabetes")]
    flags[:, FLAGS.index("kidney_disease")] *= 3.0
    for flag, (disease, share) in TREATED.items():
        ill = flags[:, FLAGS.index(disease)] > 0
        drugs = 1 if flag == "on_statin" else rng.choice([1, 2, 3], count, p=[0.55, 0.32, 0.13])
        flags[:, FLAGS.index(flag)] = ill * (rng.random(count) < np.interp(age, AGES, share)) * drugs
    return People([seeds.mix(seed, k) for k in range(count)], age, sex, flags)
