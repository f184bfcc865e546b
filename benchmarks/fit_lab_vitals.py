"""Works out the tables of the physiology hook from the surveys: `python -m benchmarks.fit_lab_vitals`.

Reads `lab_vital_distributions_us.csv`, `lab_vital_correlations_us.csv`,
`lab_vital_correlations_assumed.csv` and `lab_vital_percentiles_nhanes_2017_2020_thirdparty.csv` in
`datasets/reference` and writes
`lab_vital_quantiles.csv` (values at nine percentiles by sex and age, gaps filled) and
`lab_vital_loadings.csv` (how far each value hangs on traits that all values share). Run it again when
a survey table changes; nothing else imports it.
"""

import csv
import math
from collections.abc import Iterator
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.paths import datasets

Floats = NDArray[np.float64]

PERCENTS = ("p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5")
RANKS = np.array([NormalDist().inv_cdf(p) for p in (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)])
BANDS = ("2-5", "6-11", "12-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80+")
AGES = (4, 9, 16, 25, 35, 45, 55, 65, 75, 85)
ADULTS = np.array([0.165, 0.17, 0.165, 0.175, 0.16, 0.105, 0.06])  # shares of the decades from 20 on
MEN = 0.485
_ALL = np.linspace(-3.5, 3.5, 1401)
_WEIGHTS = np.exp(-0.5 * _ALL**2) / np.exp(-0.5 * _ALL**2).sum()

NHANES = "NHANES_2017_2018"
PRESSURE = "NHANES_2015_2016"
BIOAGE = "BIOAGE_NHANES4_2013_2018"
SOURCES = {  # vital sign: (measure, source) in lab_vital_distributions_us.csv
    "height": ("Body height", NHANES),
    "bmi": ("Body mass index", NHANES),
    "waist": ("Waist circumference", NHANES),
    "sbp": ("Systolic blood pressure", PRESSURE),
    "dbp": ("Diastolic blood pressure", PRESSURE),
    "heart_rate": ("Heart rate (60-s pulse)", PRESSURE),
    "hba1c": ("Hemoglobin A1c", NHANES),
    "glucose": ("Glucose, serum (non-fasting, refrigerated)", NHANES),
    "egfr": ("eGFR CKD-EPI 2021 (derived)", NHANES),
    "urea_nitrogen": ("Urea nitrogen (BUN)", NHANES),
    "sodium": ("Sodium", NHANES),
    "potassium": ("Potassium", NHANES),
    "ldl": ("LDL cholesterol (calculated, fasting subsample)", BIOAGE),
    "hdl": ("HDL cholesterol", NHANES),
    "triglycerides": ("Triglycerides (biochemistry panel, mostly non-fasting)", NHANES),
    "chloride": ("Chloride", NHANES),
    "bicarbonate": ("Bicarbonate (total CO2)", NHANES),
    "calcium": ("Calcium", NHANES),
    "phosphate": ("Phosphate", NHANES),
    "albumin": ("Albumin", NHANES),
    "total_protein": ("Total protein", NHANES),
    "alt": ("ALT", NHANES),
    "ast": ("AST", NHANES),
    "ggt": ("GGT", NHANES),
    "alkaline_phosphatase": ("Alkaline phosphatase", NHANES),
    "bilirubin": ("Total bilirubin", NHANES),
    "uric_acid": ("Uric acid", NHANES),
    "ldh": ("LDH", NHANES),
    "creatine_kinase": ("Creatine kinase", NHANES),
    "insulin": ("Insulin, fasting", NHANES),
    "wbc": ("Leukocytes (WBC)", BIOAGE),
    "rbc": ("Erythrocytes (RBC)", BIOAGE),
    "mcv": ("MCV", BIOAGE),
    "rdw": ("RDW", BIOAGE),
    "lymphocytes": ("Lymphocytes %", BIOAGE),
    "neutrophils": ("Neutrophils %", BIOAGE),
}
THIRD_PARTY = {"crp": "hscrp", "tsh": "tsh"}

MALE_SHIFT = {  # where only women are known: what men have more of, at the ages above (assumed)
    "albumin": (0.1, 0.1, 0.2, 0.42, 0.35, 0.28, 0.2, 0.13, 0.08, 0.05),
    "total_protein": (0.0, 0.0, 0.05, 0.15, 0.12, 0.08, 0.05, 0.02, 0.0, 0.0),
    "bilirubin": (0.0, 0.0, 0.1, 0.16, 0.15, 0.14, 0.13, 0.13, 0.12, 0.12),
    "ldh": (0.0,) * 10,
}
CHILDREN = {  # factors at 4, 9 and 16 years of what was only measured in adults (assumed)
    "wbc": (1.2, 1.0, 0.97),
    "rbc": (0.94, 0.95, 0.98),
    "mcv": (0.91, 0.94, 0.97),
    "rdw": (0.98, 0.97, 0.97),
    "lymphocytes": (1.4, 1.2, 1.05),
    "neutrophils": (0.78, 0.9, 0.97),
    "ldl": (0.83, 0.83, 0.8),
    "crp": (0.5, 0.5, 0.7),
    "tsh": (1.3, 1.2, 1.0),
    "egfr": (1.0, 1.0, 1.0),
    "sbp": (0.85, 0.92, 1.0),
    "dbp": (0.87, 0.95, 1.0),
    "heart_rate": (1.33, 1.14, 1.0),
    "alkaline_phosphatase": (1.6, 1.8, 1.0),
    "phosphate": (1.2, 1.13, 1.0),
}

IS_LEVEL = np.array([1.0] * 10 + [0.0])
"""Which of a row's numbers move when everybody has more: all but the standard deviation."""

HEAVIER = np.array([1.0] * 6 + [1.005, 1.01, 1.015, 1.002, 1.02])
ADJUSTED = {
    ("bmi", "male"): HEAVIER,
    ("bmi", "female"): HEAVIER,
    ("uric_acid", "male"): np.array([*[1.0] * 4, 1.01, 1.03, 1.03, 1.02, 1.01, 1.01, 1.0]),
}
"""Factors on percentiles, mean and deviation of adults (assumed). Body mass index: from 2017-2018 half
way to 2021-2023, when more people were over 40. Uric acid of men, which is worked out of two other
rows, so that 22.9 % are over 7.0 mg/dL (NHANES 2017-2018)."""

TRAITS = 9
"""How many traits all values share."""

NAMES = {  # what the correlation table calls otherwise
    "weight": "bmi",
    "glucose_fasting": "glucose",
    "trig": "triglycerides",
    "creat": "egfr",
    "bun": "urea_nitrogen",
    "totchol": "ldl",
    "uap": "uric_acid",
    "alp": "alkaline_phosphatase",
}


def rows_of(name: str) -> list[dict[str, str]]:
    """Returns the rows of a reference table."""
    with datasets("reference", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values_of(row: dict[str, str]) -> Floats:
    """Returns the percentiles of a row, then mean and standard deviation."""
    return np.array([*(float(row[p]) for p in PERCENTS), float(row["mean"]), float(row["sd"])])


def extended(points: Floats, z: Floats, tail: float) -> Floats:
    """Returns values at normal scores, beyond the percentiles as the hook reaches them."""
    inner = np.interp(z, RANKS, points)
    low = points[0] + (z - RANKS[0]) * (points[1] - points[0]) / (RANKS[1] - RANKS[0])
    high = points[-1] * np.exp(tail * np.minimum(z - RANKS[-1], 2.0))
    low = np.maximum(low, 0.4 * points[0])
    values: Floats = np.where(z < RANKS[0], low, np.where(z > RANKS[-1], high, inner))
    return values


def other_sex(both: Floats, one: Floats, share: float) -> Floats:
    """Returns percentiles, mean and deviation of one sex, out of those of everybody and the other sex.

    Args:
        both: Percentiles, mean and deviation of everybody.
        one: Those of the known sex.
        share: Share of the known sex.
    """
    grid = np.unique(np.concatenate([extended(both[:9], _ALL, 0.3), extended(one[:9], _ALL, 0.3)]))

    def below(points: Floats) -> Floats:
        steps = extended(points, _ALL, 0.3) + 1e-9 * np.arange(_ALL.size)
        shares: Floats = np.interp(grid, steps, np.cumsum(_WEIGHTS))
        return shares

    rest = np.clip((below(both[:9]) - share * below(one[:9])) / (1.0 - share), 0.0, 1.0)
    rest = np.maximum.accumulate(rest) + 1e-12 * np.arange(grid.size)
    points = np.interp([NormalDist().cdf(z) for z in RANKS], rest, grid)
    mean = (both[9] - share * one[9]) / (1.0 - share)
    square = (both[9] ** 2 + both[10] ** 2 - share * (one[9] ** 2 + one[10] ** 2)) / (1.0 - share)
    return np.array([*points, mean, math.sqrt(max(square - mean**2, 0.0))])


def fitted_tail(mean: float, spread: float, points: Floats) -> float:
    """Returns the growth of the upper tail with which mean and spread come out as near as can be."""
    candidates = np.linspace(0.0, 1.2, 121)
    values = [extended(points, _ALL, t) for t in candidates]
    means = np.array([(x * _WEIGHTS).sum() for x in values])
    spreads = np.array(
        [math.sqrt((x**2 * _WEIGHTS).sum() - m**2) for x, m in zip(values, means, strict=True)]
    )
    misses = (3.0 * (means / mean - 1.0)) ** 2 + (spreads / spread - 1.0) ** 2
    return float(candidates[misses.argmin()])


def surveyed(measure: str, source: str) -> dict[tuple[str, str], Floats]:
    """Returns mean and percentiles by sex and age band, with the missing sex worked out."""
    found = {
        (row["sex"], row["age_band"]): values_of(row)
        for row in rows_of("lab_vital_distributions_us.csv")
        if row["measure"] == measure and row["source_id"] == source
    }
    for band in {band for _, band in found}:
        both, man, woman = (found.get((sex, band)) for sex in ("all", "male", "female"))
        if both is not None and man is not None and woman is None:
            found["female", band] = other_sex(both, man, MEN)
        elif both is not None and woman is not None and man is None:
            found["male", band] = other_sex(both, woman, 1.0 - MEN)
        elif both is not None and man is None and woman is None:
            found["male", band] = found["female", band] = both
    return found


def third_party(metric: str) -> dict[tuple[str, str], Floats]:
    """Returns mean and percentiles of a third party's table; the outermost are carried on."""
    found = {}
    for row in rows_of("lab_vital_percentiles_nhanes_2017_2020_thirdparty.csv"):
        if row["metric"] == metric:
            p = [float(row[f"p{n}"]) for n in (5, 10, 25, 50, 75, 90, 95)]
            ends = [
                max(float(row["p1"]), p[0] * p[0] / p[1] * 0.9),
                min(float(row["p99"]), p[-1] * p[-1] / p[-2]),
            ]
            values = np.array(
                [min(ends[0], p[0]), *p, max(ends[1], p[-1]), float(row["mean"]), float(row["sd"])]
            )
            for band in ("70-79", "80+") if row["age_band"] == "70+" else (row["age_band"],):
                found[row["sex"], band] = values
    return found


def completed(vital: str, found: dict[tuple[str, str], Floats]) -> Iterator[tuple[str, int, Floats, str]]:
    """Yields sex, age, mean with percentiles, and status for every age."""
    for sex in ("male", "female"):
        for place, (band, age) in enumerate(zip(BANDS, AGES, strict=True)):
            status, values = "computed", found.get((sex, band))
            if values is None and sex == "male" and vital in MALE_SHIFT and ("female", band) in found:
                status, values = "assumed", found["female", band] + MALE_SHIFT[vital][place] * IS_LEVEL
            if values is None:
                near = next(b for b in BANDS[place:] if (sex, b) in found or ("female", b) in found)
                start = found[sex, near] if (sex, near) in found else found["female", near]
                status, values = "assumed", start * (CHILDREN[vital][place] if vital in CHILDREN else 1.0)
            yield sex, age, values, status


def smoothed(values: Floats) -> Floats:
    """Returns adult rows (ages by values) with a third of each neighbour's noise taken out."""
    out = values.copy()
    out[1:-1] = 0.25 * values[:-2] + 0.5 * values[1:-1] + 0.25 * values[2:]
    return out


def write_quantiles() -> None:
    """Writes `lab_vital_quantiles.csv`."""
    with datasets("reference", "lab_vital_quantiles.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["vital", "sex", "age", *PERCENTS, "tail", "status"])
        for vital in [*SOURCES, *THIRD_PARTY]:
            found = third_party(THIRD_PARTY[vital]) if vital in THIRD_PARTY else surveyed(*SOURCES[vital])
            rows = list(completed(vital, found))
            for sex in ("male", "female"):
                mine = [row for row in rows if row[0] == sex]
                table = np.array([row[2] for row in mine])
                table[3:] = smoothed(table[3:])
                table[3:] *= ADJUSTED.get((vital, sex), 1.0)
                points = ADULTS @ table[3:]
                tail = fitted_tail(points[9], points[10], points[:9])
                for (_, age, _, status), values in zip(mine, table, strict=True):
                    numbers = [f"{value:.5g}" for value in np.maximum.accumulate(values[:9])]
                    writer.writerow([vital, sex, age, *numbers, f"{tail:.3f}", status])


def partial_correlations() -> dict[tuple[str, str], float]:
    """Returns correlations of normal scores at equal age and sex, averaged over the sexes."""
    sums: dict[tuple[str, str], list[float]] = {}
    for sex in ("male", "female"):
        table = {
            frozenset((row["var_a"], row["var_b"])): float(row["spearman"])
            for row in rows_of("lab_vital_correlations_us.csv")
            if row["sex"] == sex
        }
        for pair, r in table.items():
            a, b = sorted(pair)
            if "age" in pair or "totchol" in pair or pair in ({"height", "weight"}, {"bmi", "weight"}):
                continue
            proxies = {"weight": "bmi"}  # serve where the value itself is missing
            if frozenset(proxies.get(x, x) for x in pair) in table and pair & set(proxies):
                continue
            with_age = [table.get(frozenset(("age", x)), 0.0) for x in (a, b)]
            part = (r - with_age[0] * with_age[1]) / math.sqrt(
                (1 - with_age[0] ** 2) * (1 - with_age[1] ** 2)
            )
            sign = (-1.0 if "creat" in pair else 1.0) * 2.0 * math.sin(math.pi * part / 6.0)
            sums.setdefault((NAMES.get(a, a), NAMES.get(b, b)), []).append(sign)
    return {pair: float(np.mean(values)) for pair, values in sums.items()}


def write_loadings() -> None:
    """Fits the loadings by gradient descent on the known correlations and writes them."""
    known = partial_correlations()
    for row in rows_of("lab_vital_correlations_assumed.csv"):
        pair = row["var_a"], row["var_b"]
        if pair not in known and pair[::-1] not in known:
            known[pair] = float(row["correlation"])
    names = sorted({name for pair in known for name in pair} | {"potassium", "phosphate"})
    places = {name: i for i, name in enumerate(names)}
    first, second = (np.array([places[pair[k]] for pair in known]) for k in (0, 1))
    target = np.array(list(known.values()))
    surveyed_names = {
        NAMES.get(row[var], row[var])
        for row in rows_of("lab_vital_correlations_us.csv")
        for var in ("var_a", "var_b")
    }
    guess = 0.1 - 0.06 * np.array(
        [[a in surveyed_names and b in surveyed_names for b in names] for a in names]
    )
    guess[first, second] = guess[second, first] = 0.0
    np.fill_diagonal(guess, 0.0)  # what nobody knows is drawn towards no correlation
    rng = np.random.Generator(np.random.PCG64(1))
    loads = 0.3 * rng.standard_normal((len(names), TRAITS))
    keep = np.ones_like(loads, dtype=bool)
    speed, scale = np.zeros_like(loads), np.zeros_like(loads)
    for round_ in range(12_000):
        error = (loads[first] * loads[second]).sum(axis=1) - target
        slope = np.zeros_like(loads)
        np.add.at(slope, first, error[:, None] * loads[second])
        np.add.at(slope, second, error[:, None] * loads[first])
        slope += (guess * (loads @ loads.T)) @ loads
        slope += 0.012 * np.sign(loads)  # few traits for each value
        size = (loads**2).sum(axis=1)
        slope += np.where(size > 0.82, 4.0 * (size - 0.82), 0.0)[:, None] * loads
        speed, scale = 0.9 * speed + 0.1 * slope, 0.99 * scale + 0.01 * slope**2
        loads = keep * (loads - 0.003 * speed / (np.sqrt(scale) + 1e-9))
        if round_ in (8_000, 10_000):
            keep = np.abs(loads) > 0.08
    error = (loads[first] * loads[second]).sum(axis=1) - target
    print(
        f"{int(keep.sum())} loadings of {len(names)} values; root mean square error of a correlation:",
        end=" ",
    )
    print(f"{np.sqrt((error**2).mean()):.3f}")
    with datasets("reference", "lab_vital_loadings.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["vital", *(f"trait{k + 1}" for k in range(TRAITS)), "status"])
        for name, row in zip(names, loads, strict=True):
            writer.writerow([name, *(f"{x:.3f}" if x else "0" for x in row), "computed"])


if __name__ == "__main__":
    write_quantiles()
    write_loadings()
