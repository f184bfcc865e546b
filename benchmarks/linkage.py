"""How well three ways of linking find the registrations of one person in three hospitals.

Run: `python -m benchmarks.linkage --districts 10 --out docs/linkage.md`. Exact keys, weights on string
distances (rapidfuzz) and a Fellegi-Sunter model trained without labels (splink) are given the same cleaned
registrations of H1, H2 and H3; the district's truth judges them.
"""

import argparse
import logging
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
from rapidfuzz.distance import JaroWinkler
from tqdm import tqdm

from sim.world import World, make_world

Pairs = set[tuple[str, str]]

HOSPITALS = ("his_patients", "h2_his_patients", "h3_his_patients")
FIELDS = ("given", "family", "born", "sex", "phone", "address", "card")
SURE, THRESHOLD = 0.9, 9.5
"""Similarity from which two names agree, and the points from which rapidfuzz links: chosen on district t0,
which is not among those measured."""

MATCH = 0.9
"""Probability from which splink links."""


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
    return _within(pd.DataFrame({"unique_id": names, "person": records["person"].to_numpy()}), ["person"])


def _within(table: pd.DataFrame, keys: list[str]) -> Pairs:
    """Returns the pairs of rows that agree on some columns, blanks excepted."""
    rows = table.dropna(subset=keys)
    rows = rows[rows.duplicated(keys, keep=False)][["unique_id", *keys]]
    pairs = rows.merge(rows, on=keys)
    ordered = pairs[pairs["unique_id_x"] < pairs["unique_id_y"]]
    return set(zip(ordered["unique_id_x"], ordered["unique_id_y"], strict=True))


def exact(table: pd.DataFrame) -> Pairs:
    """Links who agrees on names, date of birth and sex."""
    return _within(table, ["given", "family", "born", "sex"])


BLOCKS = (["born"], ["given", "family"], ["phone"], ["card"], ["address"])
"""Pairs are compared if they agree on one of these."""


def fuzzy(table: pd.DataFrame) -> Pairs:
    """Links by points: names by Jaro-Winkler similarity, the rest by agreement."""
    candidates = sorted(set().union(*(_within(table, keys) for keys in BLOCKS)))
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


def probabilistic(table: pd.DataFrame) -> Pairs:
    """Links by splink: weights learned by expectation maximisation, without labels."""
    import splink.comparison_library as cl
    from splink import Linker, SettingsCreator, block_on
    from splink.backends.duckdb import DuckDBAPI

    logging.getLogger("splink").setLevel(logging.ERROR)
    comparisons = [
        cl.JaroWinklerAtThresholds("given", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("family", [0.9, 0.75]).configure(term_frequency_adjustments=True),
        cl.DamerauLevenshteinAtThresholds("born", [1, 2]),
        *(cl.ExactMatch(field) for field in ("sex", "phone", "address", "card")),
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=[block_on(*keys) for keys in BLOCKS],
    )
    linker = Linker(DuckDBAPI().register(table), settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("card"), block_on("given", "family", "born")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for keys in (["born"], ["given", "family"], ["phone"]):
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*keys))
    found = linker.inference.predict(threshold_match_probability=MATCH).as_pandas_dataframe()
    sides = np.sort(found[["unique_id_l", "unique_id_r"]].to_numpy(dtype=str), axis=1)
    return {(a, b) for a, b in sides}


METHODS = {"exact keys": exact, "rapidfuzz": fuzzy, "splink": probabilistic}


def lookalikes(world: World) -> set[frozenset[int]]:
    """Returns the pairs of persons easily taken for one another: twins, namesakes, fathers and sons."""
    assert world.truth is not None
    people = world.truth.people
    living = people[people["alive"]]
    person_of = pd.Series(living.index, index=living["slot"])
    found = set()
    for column in ("twin_of", "namesake_of", "junior_of"):
        linked = living[living[column] >= 0]
        found |= {frozenset(pair) for pair in zip(linked.index, linked[column].map(person_of), strict=True)}
    return found


def measure(ident: str) -> list[dict[str, object]]:
    """Returns a row for each method on one district."""
    world = make_world(ident, systems=["his"])
    assert world.truth is not None
    table, true, alike = gather(world), true_pairs(world), lookalikes(world)
    records = world.truth.person_of_record
    person = pd.Series(records["person"].to_numpy(), index=records["table"] + ":" + records["record"])
    rows = []
    for name, method in METHODS.items():
        found = method(table)
        false = found - true
        right = len(found & true)
        precision, recall = right / max(1, len(found)), right / len(true)
        hard = sum(frozenset((person[a], person[b])) in alike for a, b in false)
        rows.append(
            {
                "district": ident,
                "method": name,
                "precision": precision,
                "recall": recall,
                "F1": 2 * precision * recall / max(1e-9, precision + recall),
                "true pairs": len(true),
                "false links": len(false),
                "of lookalikes": hard,
            }
        )
    return rows


def report(rows: pd.DataFrame, command: str) -> str:
    """Writes the page."""
    lines = [
        "# Linking three hospitals' registrations",
        "",
        f"Written by `{command}`. Every pair of registrations of one person in H1, H2 and H3, within",
        "a hospital and between hospitals, is to be found; the truth is the district's. All three get",
        "the same cleaned fields: names in capitals without accents, digits of dates and telephones,",
        "address, identifier.",
        "",
        "- *exact keys*: equal names, date of birth and sex.",
        f"- *rapidfuzz*: names by Jaro-Winkler similarity (agree from {SURE}), points for other fields, a",
        f"  link from {THRESHOLD} points; points and threshold chosen on a district not measured here.",
        f"- *splink*: Fellegi-Sunter weights learned without labels; a link from probability {MATCH}.",
        "",
        f"Mean over {rows['district'].nunique()} districts of 2,000 people, lowest and highest in brackets.",
        "",
        "| method | precision | recall | F1 | false links | of them twins, namesakes, father and son |",
        "|---|---|---|---|---|---|",
    ]
    for name in METHODS:
        own = rows[rows["method"] == name]
        cells = [
            f"{own[c].mean():.3f} ({own[c].min():.3f}–{own[c].max():.3f})"
            for c in ("precision", "recall", "F1")
        ]
        share = own["of lookalikes"].sum() / max(1, own["false links"].sum())
        lines.append(
            f"| {name} | {' | '.join(cells)} | {own['false links'].mean():.1f} a district | {share:.0%} |"
        )
    lines += ["", f"True pairs a district: {rows['true pairs'].min():,} to {rows['true pairs'].max():,}.", ""]
    return "\n".join(lines)


def main() -> None:
    """Measures and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, default=10)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    rows = [row for k in tqdm(range(1, chosen.districts + 1), unit="district") for row in measure(f"t{k}")]
    command = f"python -m benchmarks.linkage --districts {chosen.districts} --out docs/linkage.md"
    text = report(pd.DataFrame(rows), command)
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8", newline="\n")
    print(text)


if __name__ == "__main__":
    main()
