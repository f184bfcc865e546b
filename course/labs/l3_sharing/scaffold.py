# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_3_1
def clean(patients: pd.DataFrame) -> pd.DataFrame:
    """Gives every registration keys by which it can be compared, beside what was typed.

    Returns the table with the new columns given, family, name and digits.
    """

    def key(text: object) -> str:
        if not isinstance(text, str):  # a missing name
            return ____
        small = text.____()  # small letters, and ss for ß
        apart = unicodedata.normalize("NFKD", small)  # é becomes e and its accent
        return "".join(sign for sign in apart if sign.____())

    told = patients.copy()
    told["given"] = patients["given_name"].map(key)
    told["family"] = patients[____].map(key)
    names = []
    for given, family in zip(told["given"], told["family"]):
        parts = [part for part in (given, family) if part]
        names.append(" ".join(____))
    told["name"] = names
    told["digits"] = patients["phone"].str.replace(r"[^0-9]", ____, regex=True)
    return told


def best_rule(rules: dict[str, dict[str, str]], pairs: list) -> dict[str, object]:
    """Chooses the rule that joins most spellings and merges no two names.

    Returns a dictionary such as {"rule": "B", "joined": 1.0, "merged": 0}.
    """
    answer = {"rule": None, "joined": 0.0, "merged": 0}
    for letter in sorted(rules):
        keys = rules[letter]
        right = wrong = spellings = 0
        for one, two, same in pairs:
            joined = keys[one] == keys[two]
            spellings += same
            right += joined and ____
            wrong += joined and ____
        if wrong > ____:
            continue  # this rule makes one of two people
        if answer["rule"] is None or right / spellings > answer["joined"]:
            answer = {"rule": letter, "joined": ____, "merged": 0}
    return answer


# %% solve_3_1 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and registrations on which the two others are wrong."""
    return {
        "rule": "____",
        "registrations": [
            {"given_name": "Zoë", "family_name": "Núñez", "person": 1},
            {"given_name": "____", "family_name": "____", "person": "____"},
        ],
    }


# %% solve_3_2
def block(a: pd.DataFrame, b: pd.DataFrame, budget: int) -> list[list[str]]:
    """Chooses which pairs of records of two hospitals are compared.

    Returns a list of pairs of numbers, at most as many as the budget.
    """
    chosen = set()
    for column in ["birth_date", "address", ____, ____]:  # one pass by each column
        drawers = defaultdict(list)
        for number, value in zip(b["number"], b[column]):
            if isinstance(value, str):  # a blank is no drawer
                drawers[____].append(____)
        for number, value in zip(a["number"], a[column]):
            if isinstance(value, str):
                for other in drawers.get(____, []):
                    chosen.add((____, other))
    if len(chosen) > ____:
        print("Too many pairs: leave out the pass that makes most of them.")
    return [list(pair) for pair in chosen]


def measure_passes(passes: list, true: list, rows: list[int], need: list[float]) -> dict[str, object]:
    """Says how complete several passes together are, and how many pairs they spare.

    Returns a dictionary such as {"completeness": 0.75, "reduction": 0.975, "enough": False}.
    """
    together = set()  # a set holds each pair once
    for pairs in passes:
        together |= {tuple(pair) for pair in ____}
    found = sum(tuple(pair) in ____ for pair in true)
    share = found / ____
    spared = 1 - len(together) / ____
    return {"completeness": share, "reduction": spared, "enough": ____}
