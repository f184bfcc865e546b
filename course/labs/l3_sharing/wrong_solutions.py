"""Wrong answers to lab 3 that the judge must recognise by their misconception."""

from grading.examples import Wrong

CLEANING = [
    Wrong(
        "3.1",
        "three letters are enough",
        "MC40",
        (0.3, 0.65),
        """\
_right = clean


def clean(patients):
    told = _right(patients)
    told["given"], told["family"] = told["given"].str[:3], told["family"].str[:3]
    both = zip(told["given"], told["family"])
    return told.assign(name=[" ".join(sorted(part for part in parts if part)) for parts in both])
""",
    ),
    Wrong(
        "3.1",
        "the rule that joins most",
        "MC40",
        (0.75, 0.92),
        """\
def best_rule(rules, pairs):
    found = []
    for letter, keys in sorted(rules.items()):
        joined = [keys[one] == keys[two] for one, two, same in pairs if same]
        merged = sum(keys[one] == keys[two] for one, two, same in pairs if not same)
        found.append({"rule": letter, "joined": sum(joined) / len(joined), "merged": merged})
    return max(found, key=lambda told: told["joined"])
""",
    ),
    Wrong(
        "3.1",
        "only A to Z are letters",
        "MC200",
        (0.5, 0.95),
        """\
_right = clean


def clean(patients):
    plain = lambda names: names.str.lower().str.replace("[^a-z]", "", regex=True)
    given, family = plain(patients["given_name"]), plain(patients["family_name"])
    whole = [" ".join(sorted(part for part in both if part)) for both in zip(given, family)]
    return _right(patients).assign(given=given, family=family, name=whole)
""",
    ),
    Wrong(
        "3.1",
        "writes the key over the name",
        "MC201",
        (0.85, 0.95),
        """\
_right = clean


def clean(patients):
    told = _right(patients)
    return told.assign(given_name=told["given"], family_name=told["family"], phone=told["digits"])
""",
    ),
]

BLOCKING = [
    Wrong(
        "3.2",
        "one key for everybody",
        "MC202",
        (0.5, 0.71),
        """\
def block(a, b, budget):
    both = a.dropna(subset=["birth_date"]).merge(b.dropna(subset=["birth_date"]), on="birth_date")
    return both[["number_x", "number_y"]].to_numpy().tolist()
""",
    ),
    Wrong(
        "3.2",
        "blanks are alike",
        "MC41",
        (0.25, 0.3),
        """\
def block(a, b, budget):
    pairs = set()
    for key in ("birth_date", "digits", "address", "verified_id"):
        both = a.merge(b, on=key)
        pairs |= set(zip(both["number_x"], both["number_y"]))
    return sorted(pairs)
""",
    ),
    Wrong(
        "3.2",
        "adds up what each pass makes",
        "MC203",
        (0.75, 0.9),
        """\
def measure_passes(passes, true, rows, need):
    known = {tuple(pair) for pair in true}
    found = sum(tuple(pair) in known for pairs in passes for pair in pairs)
    completeness = found / len(known)
    reduction = 1 - sum(len(pairs) for pairs in passes) / (rows[0] * rows[1])
    enough = completeness >= need[0] and reduction >= need[1]
    return {"completeness": completeness, "reduction": reduction, "enough": enough}
""",
    ),
]

LOST = [
    Wrong(
        "3.6",
        "one recall for every group",
        "MC47",
        (0.53, 0.62),
        """\
_right = recall_by_group


def recall_by_group(pairs, links, by):
    table = _right(pairs, links, by)
    whole = _right(pairs.assign(everybody="yes"), links, ["everybody"]).iloc[0]
    return table.assign(**{name: whole[name] for name in ("recall", "low", "high")})
""",
    ),
    Wrong(
        "3.6",
        "one recall corrects both rates",
        "MC47",
        (0.8, 0.88),
        """\
_right = corrected


def corrected(group, others, gap):
    both = {name: group[name] + others[name] for name in ("known", "found")}
    return _right({**group, **both}, {**others, **both}, gap)
""",
    ),
    Wrong(
        "3.6",
        "whoever lies lower is lost, however few",
        "MC230",
        (0.82, 0.91),
        """\
def who_is_lost(table, least, gap):
    whole = table.groupby("by")[["pairs", "found"]].transform("sum")
    others = (whole["found"] - table["found"]) / (whole["pairs"] - table["pairs"])
    low = others - table["found"] / table["pairs"] >= gap
    return {"lost": table.loc[low, ["by", "group"]].to_numpy().tolist(), "unclear": []}
""",
    ),
    Wrong(
        "3.6",
        "whoever lies surely lower is lost, however little",
        "MC231",
        (0.87, 0.95),
        """\
_right = who_is_lost


def who_is_lost(table, least, gap):
    return _right(table, least, 0.001)
""",
    ),
]

WEIGHING = [
    Wrong(
        "3.3",
        "chance among the pairs that were picked",
        "MC42",
        (0.5, 0.65),
        """\
_right = weigh


def weigh(a, b, pairs, sample):
    told = _right(a, b, pairs, sample)
    apart = [[first, second, not same] for first, second, same in sample]
    told["u"] = _right(a, b, pairs, apart)["m"]
    return told.assign(weight=np.log2(told["m"] / told["u"]))
""",
    ),
    Wrong(
        "3.3",
        "chance among all pairs, one person's too",
        "MC42",
        (0.7, 0.87),
        """\
_right = weigh


def weigh(a, b, pairs, sample):
    told = _right(a, b, pairs, sample).set_index(["field", "level"])
    for field in ("given", "family", "birth_date", "sex", "digits", "address"):
        begins = {"given": 1, "birth_date": 4}.get(field)
        one, two = a[field].dropna(), b[field].dropna()
        every = len(one) * len(two)
        shares = [(one.value_counts() * two.value_counts()).sum() / every]
        if begins:
            one, two = one.str[:begins], two.str[:begins]
            shares.append((one.value_counts() * two.value_counts()).sum() / every - shares[0])
        for level, share in zip(told.loc[field].index, [*shares, 1 - sum(shares)]):
            told.loc[(field, level), "u"] = max(share, 0.000001)
    return told.assign(weight=np.log2(told["m"] / told["u"])).reset_index()
""",
    ),
    Wrong(
        "3.3",
        "a blank is another value",
        "MC43",
        (0.7, 0.85),
        """\
_weigh, _score = weigh, score


def weigh(a, b, pairs, sample):
    return _weigh(a.fillna("(blank in a)"), b.fillna("(blank in b)"), pairs, sample)


def score(a, b, pairs, weights):
    return _score(a.fillna("(blank in a)"), b.fillna("(blank in b)"), pairs, weights)
""",
    ),
    Wrong(
        "3.3",
        "parts are always independent",
        "MC204",
        (0.8, 0.88),
        """\
_right = count_once


def count_once(counts, pattern):
    added = _right(counts, pattern)["added"]
    return {"added": added, "together": added, "count": "each"}
""",
    ),
]

CLUSTERS = [
    Wrong(
        "3.5",
        "follows every link",
        "MC46",
        (0.2, 0.3),
        """\
_right = clusters


def clusters(records, edges):
    return _right(records.assign(verified_id=None), edges)
""",
    ),
    Wrong(
        "3.5",
        "looks at the two ends of a link only",
        "MC46",
        (0.25, 0.4),
        """\
_right = clusters


def clusters(records, edges):
    cards = records.set_index("number")["verified_id"]
    one, two = cards.reindex(edges["a"]).to_numpy(), cards.reindex(edges["b"]).to_numpy()
    apart = pd.notna(one) & pd.notna(two) & (one != two)
    return _right(records.assign(verified_id=None), edges[~apart])
""",
    ),
    Wrong(
        "3.5",
        "takes a cluster in conflict apart altogether",
        "MC232",
        (0.42, 0.55),
        """\
_right = clusters


def clusters(records, edges):
    cards = dict(zip(records["number"], records["verified_id"]))
    told = []
    for group in _right(records.assign(verified_id=None), edges):
        shown = {cards[number] for number in group if isinstance(cards[number], str)}
        told += [group] if len(shown) < 2 else [[number] for number in group]
    return told
""",
    ),
    Wrong(
        "3.5",
        "takes links as they come",
        "MC233",
        (0.6, 0.78),
        """\
_right = clusters


def clusters(records, edges):
    return _right(records, edges.assign(score=range(len(edges), 0, -1)))
""",
    ),
]

SILOS = [
    Wrong(
        "3.7",
        "a plain hash as token",
        "MC210",
        (0.82, 0.85),
        """\
def make_tokens(people, key):
    texts = people["name"] + "|" + people["birth_date"] + "|" + people["sex"]
    told = [hashlib.sha256(t.encode()).hexdigest() if isinstance(t, str) else None for t in texts]
    return dict(zip(people["number"], told))
""",
    ),
    Wrong(
        "3.7",
        "adds up what each hospital counts",
        "MC48",
        (0.82, 0.88),
        """\
_right = count_people


def count_people(diabetics, least):
    told = _right(diabetics, least)
    own = diabetics.groupby("facility")
    tokens = own["token"].nunique().sum() + diabetics["token"].isna().sum()
    return {**told, "linked": int(own["person"].nunique().sum()), "tokens": int(tokens)}
""",
    ),
    Wrong(
        "3.7",
        "looks for returns within each hospital",
        "MC53",
        (0.77, 0.83),
        """\
_right = readmissions


def readmissions(stays):
    told = _right(stays)
    for way, column in {"linked": "person", "tokens": "token"}.items():
        parts = [
            _right(mine.assign(number=mine[column].fillna("own " + mine["number"])))["added"]
            for _, mine in stays.groupby("facility")
        ]
        discharges, returns = (sum(part[name] for part in parts) for name in ("discharges", "returns"))
        told[way] = {"discharges": discharges, "returns": returns, "rate": returns / discharges}
    return told
""",
    ),
    Wrong(
        "3.7",
        "the mean of the hospitals' rates",
        "MC49",
        (0.93, 0.97),
        """\
_right = readmissions


def readmissions(stays):
    told = _right(stays)
    rates = []
    for _, mine in stays.groupby("facility"):
        if (mine["discharged_to"] != "died").any():
            rates.append(_right(mine)["added"]["rate"])
    return {**told, "added": {**told["added"], "rate": sum(rates) / len(rates)}}
""",
    ),
    Wrong(
        "3.7",
        "what was linked is all that there is",
        "MC211",
        (0.74, 0.78),
        """\
def judge_claim(added, together, sample, claim):
    answer = "too low" if claim < together else "too high" if claim > together else "possible"
    return {"estimate": together, "low": together, "high": together, "claim": answer}
""",
    ),
]

THRESHOLD = [
    Wrong(
        "3.4",
        "one threshold in the middle for all",
        "MC44",
        (0.2, 0.55),
        """\
_right = thresholds


def thresholds(sample):
    told = _right(sample)
    middle = (told["treatment"] + told["statistics"]) / 2
    return told | {"treatment": middle, "statistics": middle}
""",
    ),
    Wrong(
        "3.4",
        "the threshold for treatment serves counting as well",
        "MC44",
        (0.6, 0.75),
        """\
_right = thresholds


def thresholds(sample):
    told = _right(sample)
    return told | {"statistics": told["treatment"]}
""",
    ),
    Wrong(
        "3.4",
        "fewest errors are best",
        "MC45",
        (0.33, 0.55),
        """\
_thresholds, _pick = thresholds, pick


def fewest(sample):
    score = sample["score"]
    wrong = [sample["stands_for"][(score >= threshold) != sample["match"]].sum() for threshold in score]
    return score.iloc[int(np.argmin(wrong))]


def thresholds(sample):
    return _thresholds(sample) | {"treatment": fewest(sample), "statistics": fewest(sample)}


def pick(sample, offers, use, need):
    return _pick(sample, offers, "statistics", {"false_link": 1, "missed_link": 1})
""",
    ),
    Wrong(
        "3.4",
        "no link is false if there is none",
        "MC51",
        (0.3, 0.45),
        """\
_thresholds, _pick = thresholds, pick


def thresholds(sample):
    return _thresholds(sample) | {"treatment": sample["score"].max() + 1}


def pick(sample, offers, use, need):
    highest = max(offers, key=offers.get)
    return _pick(sample, {highest: offers[highest]}, "statistics", {"false_link": 1, "missed_link": 1})
""",
    ),
    Wrong(
        "3.4",
        "every pair of the sample counts alike",
        "MC52",
        (0.7, 0.87),
        """\
_thresholds, _pick = thresholds, pick


def thresholds(sample):
    return _thresholds(sample.assign(stands_for=1.0))


def pick(sample, offers, use, need):
    return _pick(sample.assign(stands_for=1.0), offers, use, need)
""",
    ),
]

GATE = [
    Wrong(
        "3.8",
        "what no rule forbids is allowed",
        "MC223",
        (0.9, 0.99),
        """\
_right = release


def release(request, records, bases, policies):
    told = _right(request, records, bases, policies)
    if told["reasons"] != ["no_rule"]:
        return told
    mine = records[(records["mrn"] == request["mrn"]) & (records["data"] == request["data"])]
    return {"rows": mine["row_id"].tolist(), "reasons": ["allowed"]}
""",
    ),
    Wrong(
        "3.8",
        "whoever names a basis may do with the data what they like",
        "MC224",
        (0.8, 0.95),
        """\
_right = release


def release(request, records, bases, policies):
    rules = [rule | {"purposes": [request["purpose"]]} for rule in policies["rules"]]
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "who agreed to one thing agreed to all",
        "MC220",
        (0.7, 0.95),
        """\
_right = release


def release(request, records, bases, policies):
    all_one = bases.assign(purpose=request["purpose"], recipient=request["recipient"])
    return _right(request, records, all_one, policies)
""",
    ),
    Wrong(
        "3.8",
        "psychotherapy notes are a record like any other",
        "MC222",
        (0.9, 0.98),
        """\
_right = release


def release(request, records, bases, policies):
    return _right(request, records, bases, policies | {"notes": "nothing"})
""",
    ),
    Wrong(
        "3.8",
        "one law for everybody",
        "MC56",
        (0.8, 0.97),
        """\
_right = release


def release(request, records, bases, policies):
    return _right(request | {"jurisdiction": "HIPAA"}, records, bases, policies)
""",
    ),
    Wrong(
        "3.8",
        "without consent nothing leaves the house",
        "MC117",
        (0.8, 0.92),
        """\
_right = release


def release(request, records, bases, policies):
    rules = [rule | {"consent": True} for rule in policies["rules"]]
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "who has agreed may be asked for anything",
        "MC117",
        (0.9, 0.99),
        """\
_right = release


def release(request, records, bases, policies):
    told = _right(request, records, bases, policies)
    keys = ["mrn", "purpose", "recipient"]
    mine = bases[(bases[keys] == [request[key] for key in keys]).all(axis=1)]
    agreed = (mine["decided"] == "permit").any() and not mine["revoked_on"].notna().any()
    if not told["rows"] and agreed:
        rows = records.loc[records["mrn"] == request["mrn"], "row_id"].tolist()
        return {"rows": rows, "reasons": ["allowed"]}
    return told
""",
    ),
    Wrong(
        "3.8",
        "no treatment without a consent",
        "MC54",
        (0.8, 0.97),
        """\
_right = release


def release(request, records, bases, policies):
    rules = [rule | {"consent": rule["consent"] or rule["basis"] == "treatment"} for rule in policies["rules"]]
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "a revocation undoes what was given before",
        "MC50",
        (0.9, 0.99),
        """\
_right = release


def release(request, records, bases, policies):
    early = bases["revoked_on"].where(bases["revoked_on"].isna(), bases["given_on"])
    return _right(request, records, bases.assign(revoked_on=early), policies)
""",
    ),
    Wrong(
        "3.8",
        "once agreed, agreed for good",
        "MC50",
        (0.9, 0.99),
        """\
_right = release


def release(request, records, bases, policies):
    return _right(request, records, bases.assign(revoked_on=None), policies)
""",
    ),
    Wrong(
        "3.8",
        "cuts a record that is meant for treatment",
        "MC55",
        (0.9, 0.99),
        """\
_right = release


def release(request, records, bases, policies):
    rules = [rule | {"minimum": True} for rule in policies["rules"]]
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "who may have it may have all of it",
        "MC221",
        (0.6, 0.9),
        """\
_right = release


def release(request, records, bases, policies):
    rules = [rule | {"minimum": False} for rule in policies["rules"]]
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "knows the rules by heart",
        "MC225",
        (0.9, 0.99),
        """\
_right = release
COVERED = {
    "treatment": ["treatment"],
    "operations": ["payment", "quality_review"],
    "public_health": ["notification", "vaccination_register"],
    "required_by_law": ["court_order", "injury_report"],
    "consent": ["research", "marketing", "home_monitoring"],
}


def release(request, records, bases, policies):
    rules = []
    for law in ("HIPAA", "GDPR", "PIPL"):
        for basis, purposes in COVERED.items():
            asks = basis == "consent" or (law == "PIPL" and basis in ("treatment", "operations"))
            whole = law == "HIPAA" and basis == "treatment"
            flags = {"consent": asks, "minimum": not whole, "emergency": basis == "treatment"}
            rules.append({"jurisdiction": law, "basis": basis, "purposes": purposes, **flags})
    return _right(request, records, bases, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "a token that opens everything, to be on the safe side",
        "MC226",
        (0.9, 0.97),
        """\
_right = order_token


def order_token(order, policies):
    told = _right(order, policies)
    return told and told | {"scope": "system/*.rs"}
""",
    ),
    Wrong(
        "3.8",
        "what is only searched may be read as well",
        "MC226",
        (0.92, 0.98),
        """\
_right = order_token


def order_token(order, policies):
    return _right(order | {"does": "export"}, policies)
""",
    ),
    Wrong(
        "3.8",
        "a token for whatever is wanted",
        "MC221",
        (0.92, 0.99),
        """\
_right = order_token


def order_token(order, policies):
    rules = [rule | {"minimum": False} for rule in policies["rules"]]
    return _right(order, policies | {"rules": rules})
""",
    ),
    Wrong(
        "3.8",
        "consent is the basis of everything",
        "MC117",
        (0.92, 0.99),
        """\
_right = order_token


def order_token(order, policies):
    told = _right(order, policies)
    return told and told | {"basis": "consent"}
""",
    ),
    Wrong(
        "3.8",
        "a letter makes the past unlawful",
        "MC50",
        (0.85, 0.97),
        """\
_right = answer_letter


def answer_letter(letter, log):
    told = _right(letter, log)
    return {entry: "unlawful" if word == "lawful" else word for entry, word in told.items()}
""",
    ),
    Wrong(
        "3.8",
        "what is planned goes on",
        "MC50",
        (0.85, 0.97),
        """\
_right = answer_letter


def answer_letter(letter, log):
    told = _right(letter, log)
    return {entry: "untouched" if word == "stop" else word for entry, word in told.items()}
""",
    ),
    Wrong(
        "3.8",
        "a letter ends everything",
        "MC220",
        (0.75, 0.95),
        """\
_right = answer_letter


def answer_letter(letter, log):
    same = {"purpose": letter["purpose"], "recipient": letter["recipient"]}
    return _right(letter, [entry | same for entry in log])
""",
    ),
    Wrong(
        "3.8",
        "a letter ends what needs no consent",
        "MC117",
        (0.8, 0.95),
        """\
_right = answer_letter


def answer_letter(letter, log):
    return _right(letter, [entry | {"needs_consent": True} for entry in log])
""",
    ),
]

WRONG = [*CLEANING, *BLOCKING, *WEIGHING, *THRESHOLD, *CLUSTERS, *LOST, *SILOS, *GATE]
