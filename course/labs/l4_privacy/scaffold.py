# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_4_1
def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    """Measures who is alone in a file and in the county.

    Returns a dictionary with sample_unique, population_unique, prosecutor and journalist.
    """
    # Each row as a tuple of its values, a blank written out, so that blanks are alike.
    mine = [tuple(row) for row in sample[qids].fillna(____).itertuples(index=False)]
    theirs = [tuple(row) for row in ____[qids].itertuples(index=False)]
    in_file, in_county = Counter(mine), Counter(____)

    alone_here = alone_there = here = there = 0.0
    for row in mine:
        f, county = in_file[row], in_county[row]
        alone_here += f == ____
        alone_there += ____
        here += 1 / f
        there += ____ if county else 0
    n = len(mine)
    names = ["sample_unique", "population_unique", "prosecutor", "journalist"]
    return dict(zip(names, [alone_here / n, alone_there / n, here / n, there / n]))


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    """Decides whether a file may be given away, for one attacker.

    Returns a dictionary such as {"risk": 0.79, "release": False}.
    """
    if attacker["knows_who_is_inside"]:
        counts = report[____]
    else:
        counts = report[____]
    return {"risk": counts, "release": ____}


# %% solve_4_1 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and a town in which the two others are wrong."""
    return {
        "rule": "____",
        "people": [
            {"sex": "F", "born": "1950", "area": "X0101", "in_file": True, "named": False},
            {"sex": "____", "born": "____", "area": "____", "in_file": "____", "named": "____"},
        ],
    }
