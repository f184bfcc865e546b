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
SHARES = {  # % by the ages above, men then women: near the figures that the modules are tuned to
    "hypertension": ("20 28 38 52 63 70 76 78", "8 13 25 42 57 70 79 82"),
    "diabetes": ("1 1.5 5 11.5 21 29.5 31 25", "1 2 5 9.5 15.5 21 22 20"),
    "prediabetes": ("6 9 16 26 34 38 40 40", "5 7 13 23 32 38 41 42"),
    "kidney_disease": ("0.2 0.3 0.7 1.2 3 8 20 42", "0.1 0.2 0.5 1.2 3.5 10 25 50"),
    "lipid_disorder": ("3 7 21 38 48 57 58 57", "2 5 15 30 43 55 58 56"),
    "smoker": ("20 25 24 22 21 17 10 5", "14 18 18 18 17 13 7 4"),
    "alcohol_disorder": ("8 12 10 8 6 4 3 1", "6 8 5 4 3 2 1 0"),
    "copd": ("0 1 2 3 7 10 12 12", "0 1 2 4 8 11 12 10"),
    "anemia": ("2 2 2 2 2 2 6 10", "5 5 5 5 5 5 6 10"),
    "cancer": ("0 0.4 1 2 5 10 17 18", "0 0.5 1 3 6 10 14 15"),
}
TREATED = {  # % of those with the disease, by the ages above
    "on_hypertension_drug": ("hypertension", "6 8 19 38 54 66 74 76"),
    "on_diabetes_drug": ("diabetes", "69 69 69 69 69 69 69 69"),
    "on_statin": ("lipid_disorder", "5 10 20 35 52 68 75 72"),
}


def share_at(age: np.ndarray, percents: str) -> np.ndarray:
    """Returns shares at ages."""
    return np.interp(age, AGES, [float(percent) / 100 for percent in percents.split()])


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
        share = np.where(sex == 0, *(share_at(age, percents) for percents in shares))
        flags[:, FLAGS.index(flag)] = rng.random(count) < share
    flags[:, FLAGS.index("prediabetes")] *= 1.0 - flags[:, FLAGS.index("diabetes")]
    flags[:, FLAGS.index("kidney_disease")] *= 3.0
    for flag, (disease, share) in TREATED.items():
        ill = flags[:, FLAGS.index(disease)] > 0
        drugs = 1 if flag == "on_statin" else rng.choice([1, 2, 3], count, p=[0.55, 0.32, 0.13])
        flags[:, FLAGS.index(flag)] = ill * (rng.random(count) < share_at(age, share)) * drugs
    return People([seeds.mix(seed, k) for k in range(count)], age, sex, flags)
