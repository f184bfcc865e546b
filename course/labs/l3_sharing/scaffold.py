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
