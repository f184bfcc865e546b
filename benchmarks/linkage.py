"""Three ways of finding the registrations of one person in three hospitals.

Exact keys, points for string distances (rapidfuzz), and a Fellegi-Sunter model trained without labels
(splink). All get the same cleaned registrations. `benchmarks.bench_linkage` measures them.
"""

import logging
import unicodedata

import numpy as np
import pandas as pd
from rapidfuzz.distance import JaroWinkler

from sim.world import World

Pairs = set[tuple[str, str]]

HOSPITALS = ("his_patients", "h2_his_patients", "h3_his_patients")
SURE, THRESHOLD = 0.9, 9.5
"""Similarity from which two names agree, and the points from which rapidfuzz links: chosen on district t0,
which is not among those measured."""

MATCH = 0.9999
"""Probability from which splink links; chosen on district t0, too."""


def gather(world: World) -> pd.DataFrame:
    """Puts the registrations of the three hospitals together, cleaned alike."""
    tables = [world.tables[name].assign(hospital=name) for name in HOSPITALS]
    found = pd.concat(tables, ignore_index=True)
    return pd.DataFrame(
        {
            "unique_id": found["hospital"] + ":" + found["mrn"],
            "given": found["given_name"].map(plain, na_action="ignore"),
            "family": found["family_name"].map(plain, na_action="ignore"),
            "born": found["birth_date"].str.replace(r"\D", "", regex=True),
            "sex": found["sex"].map(plain, na_action="ignore").str[:1],
            "phone": found["phone"].str.replace(r"\D", "", regex=True).str[-7:],
            "address": found["address"].map(plain, na_action="ignore"),
            "card": found["verified_id"].mask(found["verified_id"] == "999999999"),
        }
    )


def plain(text: str) -> str:
    """Returns capitals without accents or marks."""
    letters = unicodedata.normalize("NFKD", text).upper()
    return "".join(letter for letter in letters if letter.isalnum())


def true_pairs(world: World) -> Pairs:
    """Returns every pair of registrations of one person."""
    assert world.truth is not None
    records = world.truth.person_of_record
    records = records[records["table"].isin(HOSPITALS)]
    names = (records["table"] + ":" + records["record"]).to_numpy()
    return within(pd.DataFrame({"unique_id": names, "person": records["person"].to_numpy()}), ["person"])


def within(table: pd.DataFrame, keys: list[str]) -> Pairs:
    """Returns the pairs of rows that agree on some columns, blanks excepted."""
    rows = table.dropna(subset=keys)
    rows = rows[rows.duplicated(keys, keep=False)][["unique_id", *keys]]
    pairs = rows.merge(rows, on=keys)
    ordered = pairs[pairs["unique_id_x"] < pairs["unique_id_y"]]
    return set(zip(ordered["unique_id_x"], ordered["unique_id_y"], strict=True))


def exact(table: pd.DataFrame) -> Pairs:
    """Links who agrees on names, date of birth and sex."""
    return within(table, ["given", "family", "born", "sex"])


BLOCKS = (["born"], ["given", "family"], ["phone"], ["card"], ["address"])
"""Pairs are compared if they agree on one of these."""


def fuzzy(table: pd.DataFrame) -> Pairs:
    """Links by points: names by Jaro-Winkler similarity, the rest by agreement."""
    candidates = sorted(set().union(*(within(table, keys) for keys in BLOCKS)))
    one, other = (table.set_index("unique_id").loc[[pair[side] for pair in candidates]] for side in (0, 1))
    points = np.zeros(len(candidates))
    straight, crossed = (
        _names(one, other),
        _names(one, other.rename(columns={"given": "family", "family": "given"})),
    )
    points += np.maximum(straight, crossed - 1)
    for field, right, wrong in (
        ("born", 5, -3),
        ("sex", 0.5, -3),
        ("phone", 3, -0.5),
        ("address", 2, -0.5),
        ("card", 7, -4),
    ):
        a, b = one[field].to_numpy(dtype=object), other[field].to_numpy(dtype=object)
        known = pd.notna(a) & pd.notna(b)
        points += np.where(known, np.where(a == b, right, wrong), 0)
    return {pair for pair, reached in zip(candidates, points >= THRESHOLD, strict=True) if reached}


def _names(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    """Returns up to 6 points for two pairs of names."""
    total = np.zeros(len(one))
    for field in ("given", "family"):
        near = [JaroWinkler.similarity(a, b) for a, b in zip(one[field], other[field], strict=True)]
        total += np.where(np.array(near) >= SURE, 3, -2)
    return total


HOME = """
"phone_l" = "phone_r" {} "address_l" = "address_r"
"""


def probabilistic(table: pd.DataFrame) -> Pairs:
    """Links by splink: weights learned by expectation maximisation, without labels.

    Telephone and address are compared together: members of a household share both, so that to count them as
    two independent agreements links families.
    """
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    unknown = " AND ".join(f'("{f}_l" IS NULL OR "{f}_r" IS NULL)' for f in ("phone", "address"))
    home = [
        cll.CustomLevel(unknown).configure(is_null_level=True),
        cll.CustomLevel(HOME.format("AND")),
        cll.CustomLevel(HOME.format("OR")),
        cll.ElseLevel(),
    ]
    comparisons = [
        cl.JaroWinklerAtThresholds("given", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("family", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("born", [1, 2]),
        cl.ExactMatch("sex"),
        cl.ExactMatch("card"),
        cl.CustomComparison(output_column_name="home", comparison_levels=home),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*keys) for keys in BLOCKS],
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("card"), block_on("given", "family", "born")], recall=0.9
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for keys in (["born"], ["given", "family"], ["card"]):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*keys))
    found = linker.inference.predict(threshold_match_probability=MATCH).as_pandas_dataframe()
    sides = np.sort(found[["unique_id_l", "unique_id_r"]].to_numpy(dtype=str), axis=1)
    return {(a, b) for a, b in sides}


METHODS = {"exact keys": exact, "rapidfuzz": fuzzy, "splink": probabilistic}
