"""Wrong answers to lab 4 that the judge must recognise by their misconception."""

from grading.examples import Wrong

UNIQUENESS = [
    Wrong(
        "4.1",
        "counts the different rows as rows that are alone",
        "MC60",
        (0.75, 0.95),
        """\
_right = uniqueness


def uniqueness(sample, register, qids):
    alone = 1 - sample.duplicated(qids).mean()
    return _right(sample, register, qids) | {"sample_unique": float(alone)}
""",
    ),
    Wrong(
        "4.1",
        "who is alone in the file is alone in the county",
        "MC130",
        (0.6, 0.85),
        """\
_right = uniqueness


def uniqueness(sample, register, qids):
    told = _right(sample, register, qids)
    return told | {"population_unique": told["sample_unique"]}
""",
    ),
    Wrong(
        "4.1",
        "without names there is no risk",
        "MC61",
        (0.7, 0.8),
        """\
def may_release(report, attacker, limit):
    return {"risk": 0.0 if attacker["names_removed"] else report["prosecutor"], "release": True}
""",
    ),
]

LINKAGE = [
    Wrong(
        "4.2",
        "claims whoever shares sex, area and year of birth",
        "MC62",
        (0.65, 0.88),
        """\
def reidentify(file, members):
    year = lambda table: table.assign(year=table["birth_date"].str[:4])
    both = ["year", "sex", "area"]
    found = year(members).merge(year(file).dropna(), on=both)
    return found[["member_no", "row_id"]].to_numpy().tolist()
""",
    ),
    Wrong(
        "4.2",
        "gives every member the most similar row",
        "MC137",
        (0.15, 0.7),
        """\
def reidentify(file, members):
    rows = file.dropna()
    days = pd.to_datetime(rows["birth_date"]).to_numpy()
    claims = []
    for member in members.to_dict("records"):
        apart = np.abs((days - np.datetime64(member["birth_date"])) / np.timedelta64(1, "D"))
        apart += 40 * (rows["sex"] != member["sex"]).to_numpy()
        apart += 20 * (rows["area"] != member["area"]).to_numpy()
        claims.append([member["member_no"], rows["row_id"].iloc[apart.argmin()]])
    return claims
""",
    ),
    Wrong(
        "4.2",
        "one row that fits is certain",
        "MC137",
        (0.7, 0.95),
        """\
def confidence(rows, people, limit):
    share = 1 / rows if rows else 0.0
    return {"confidence": share, "claim": rows > 0 and share >= limit}
""",
    ),
]

PSEUDONYMS = [
    Wrong(
        "4.3",
        "a plain hash of the record number",
        "MC63",
        (0.6, 0.8),
        """\
def pseudonymise(projects, keys):
    digest = lambda number: hashlib.sha256(number.encode()).hexdigest()
    return {project: [digest(number) for number in numbers] for project, numbers in projects.items()}
""",
    ),
    Wrong(
        "4.3",
        "the project's name as a salt",
        "MC63",
        (0.6, 0.8),
        """\
def pseudonymise(projects, keys):
    digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
    return {project: [digest(project + number) for number in numbers] for project, numbers in projects.items()}
""",
    ),
    Wrong(
        "4.3",
        "eight characters of the digest",
        "MC138",
        (0.85, 0.95),
        """\
_right = pseudonymise


def pseudonymise(projects, keys):
    return {project: [name[:8] for name in names] for project, names in _right(projects, keys).items()}
""",
    ),
    Wrong(
        "4.3",
        "a keyed code is a Safe Harbor code",
        "MC131",
        (0.8, 0.95),
        """\
_right = judge_code


def judge_code(scheme):
    told = _right(scheme)
    return told | {"safe_harbor_code": told["reversible_by"] != "everybody"}
""",
    ),
    Wrong(
        "4.3",
        "a hash cannot be turned back",
        "MC63",
        (0.8, 0.97),
        """\
_right = judge_code


def judge_code(scheme):
    told = _right(scheme)
    return told | {"reversible_by": "nobody"} if "hash" in scheme["method"] else told
""",
    ),
]

ANONYMITY = [
    Wrong(
        "4.4",
        "drops everybody in a small class",
        "MC132",
        (0.45, 0.7),
        """\
def anonymise(file, qids, k):
    low = file["age"] // 10 * 10
    told = {"age": low.astype(str) + "-" + (low + 9).astype(str), "area": file["area"].str[:3].fillna("")}
    told = file[["row_id"]].assign(**{name: told.get(name, file.get(name)) for name in qids})
    return told[told.groupby(qids)["row_id"].transform("size") >= k].reset_index(drop=True)
""",
    ),
    Wrong(
        "4.4",
        "counts the classes without the sex and the place",
        "MC139",
        (0.2, 0.5),
        """\
def anonymise(file, qids, k):
    low = file["age"] // 10 * 10
    told = {"age": low.astype(str) + "-" + (low + 9).astype(str), "area": file["area"].str[:3].fillna("")}
    told = file[["row_id"]].assign(**{name: told.get(name, file.get(name)) for name in qids})
    return told[told.groupby("age")["row_id"].transform("size") >= k].reset_index(drop=True)
""",
    ),
    Wrong(
        "4.4",
        "a blank fits every class",
        "MC139",
        (0.2, 0.65),
        """\
_right = anonymise


def anonymise(file, qids, k):
    if "area" not in file or not file["area"].isna().any():
        return _right(file, qids, k)
    low = file["age"] // 20 * 20
    told = {"age": low.astype(str) + "-" + (low + 19).astype(str), "area": file["area"].str[:2].fillna("")}
    told = file[["row_id"]].assign(**{name: told.get(name, file.get(name)) for name in qids})
    size = told.groupby(qids)["row_id"].transform("size")
    return told[(size >= k) | (told["area"] == "")].reset_index(drop=True)
""",
    ),
]

DIVERSITY = [
    Wrong(
        "4.5a",
        "a class of k rows leaks nothing",
        "MC64",
        (0.15, 0.55),
        """\
def leaks(released, qids, sensitive):
    return released.loc[released.groupby(qids)["row_id"].transform("size") < 2, "row_id"].tolist()


def mend(released, qids, sensitive, k):
    return released


def learns(counts, k, limit):
    best = max(counts, key=counts.get)
    size = sum(counts.values())
    return {"diagnosis": best, "chance": counts[best] / size, "protected": size >= k}
""",
    ),
    Wrong(
        "4.5a",
        "leaves every leaking class out",
        "MC132",
        (0.4, 0.8),
        """\
def mend(released, qids, sensitive, k):
    return released[~released["row_id"].isin(leaks(released, qids, sensitive))].reset_index(drop=True)
""",
    ),
]

DIFFERENCING = [
    Wrong(
        "4.6",
        "sees no way past the least count",
        "MC65",
        (0.1, 0.4),
        """\
def plan(target, patients):
    return {"plus": [], "minus": []}


def refuse(asked, new, least):
    small = 0 < len(new) < least
    return {"refuse": small, "because": "small" if small else None}
""",
    ),
    Wrong(
        "4.6",
        "asks for the disease only",
        "MC134",
        (0.4, 0.75),
        """\
_right = plan


def plan(target, patients):
    told = _right(target, patients)
    return {side: [q | {"diagnoses": ["B20"]} for q in questions] for side, questions in told.items()}
""",
    ),
    Wrong(
        "4.6",
        "audits one question at a time",
        "MC65",
        (0.8, 0.95),
        """\
def refuse(asked, new, least):
    small = 0 < len(new) < least
    return {"refuse": small, "because": "small" if small else None}
""",
    ),
]

NOISE = [
    Wrong(
        "4.7",
        "every question gets the whole budget",
        "MC66",
        (0.7, 0.9),
        """\
def ledger(budget, asked):
    return [eps <= budget for eps in asked]
""",
    ),
    Wrong(
        "4.7",
        "a mean has the sensitivity of a count",
        "MC67",
        (0.7, 0.85),
        """\
def noisy_mean(values, low, high, eps, n):
    middle = np.clip(values, low, high).mean()
    return np.random.default_rng().laplace(middle, 1 / eps, n).tolist()
""",
    ),
    Wrong(
        "4.7",
        "a replaced person counts once",
        "MC67",
        (0.8, 0.92),
        """\
def noisy(counts, eps, neighbours, n):
    return np.random.default_rng().laplace(counts, 1 / eps, (n, len(counts))).tolist()
""",
    ),
    Wrong(
        "4.7",
        "no negative counts",
        "MC69",
        (0.75, 0.95),
        """\
_right = noisy


def noisy(counts, eps, neighbours, n):
    return [[max(0, count) for count in row] for row in _right(counts, eps, neighbours, n)]
""",
    ),
    Wrong(
        "4.7",
        "a fixed seed is good practice",
        "MC68",
        (0.8, 0.95),
        """\
_right = faults


def faults(design):
    return [fault for fault in _right(design) if fault != "seed"]
""",
    ),
    Wrong(
        "4.7",
        "setting negatives to 0 is harmless",
        "MC69",
        (0.85, 0.98),
        """\
_right = faults


def faults(design):
    return [fault for fault in _right(design) if fault != "bias"]
""",
    ),
]

RELEASING = [
    Wrong(
        "4.8",
        "a synthetic release has no risk",
        "MC135",
        (0.6, 0.92),
        """\
_right = choose_release


def choose_release(measures, recipient):
    free = [one | {"membership": 0.0} if one["kind"] == "synthetic" else one for one in measures]
    return _right(free, recipient)
""",
    ),
    Wrong(
        "4.8",
        "a synthetic release always goes out",
        "MC135",
        (0.8, 0.99),
        """\
_right = advantage


def advantage(inside, outside, limit, kind):
    told = _right(inside, outside, limit, kind)
    return told | {"release": True} if kind == "synthetic" else told
""",
    ),
]

HARBOR = [
    Wrong(
        "4.9",
        "deletes columns and looks into none",
        "MC136",
        (0.1, 0.75),
        """\
def safe_harbor(table, people, found):
    bad = {"age": table["age"] > 89, "admitted": table["admitted"].str.len().fillna(0) > 4}
    return [[row, what] for what, rows in bad.items() for row in table.loc[rows, "row_id"]]
""",
    ),
    Wrong(
        "4.9",
        "leaves names in notes",
        "MC136",
        (0.3, 0.9),
        """\
_right = scrub


def scrub(notes, names):
    return _right(notes, names.head(1))
""",
    ),
]

CLOSENESS = [
    Wrong(
        "4.5b",
        "two values are enough",
        "MC133",
        (0.5, 0.7),
        """\
def too_far(released, qids, sensitive, t):
    values = released.groupby(qids)[sensitive].transform("nunique")
    return released.loc[values < 2, "row_id"].tolist()
""",
    ),
    Wrong(
        "4.5b",
        "a class gets company until it holds two values",
        "MC133",
        (0.5, 0.7),
        """\
def tighten(released, qids, sensitive, k, t):
    table = released.copy()
    values = table.groupby(qids)[sensitive].transform("nunique")
    if (values < 2).any():
        table.loc[(values < 2) | (values == values.max()), qids] = "*"
    return table
""",
    ),
]

IMAGES = [
    Wrong(
        "4.10",
        "empties the patient's group and the standard identifiers",
        "MC240",
        (0.5, 0.85),
        """\
_right = clean_headers


def clean_headers(headers):
    table = headers[~headers["tag"].str.startswith("0010") | (headers["tag"] == "00100040")]
    new = _right(headers)
    rest = table.merge(new[["file", "tag"]], on=["file", "tag"], how="left", indicator=True)
    return pd.concat([new, rest.loc[rest["_merge"] == "left_only", ["file", "tag", "value"]]])
""",
    ),
    Wrong(
        "4.10",
        "a new identifier in every place",
        "MC241",
        (0.8, 0.95),
        """\
_right = clean_headers


def clean_headers(headers):
    table = _right(headers)
    uids = table["tag"].isin(["00080018", "0020000D", "0020000E", "00200052"])
    table.loc[uids, "value"] = [f"2.25.{uuid.uuid4().int}" for _ in range(uids.sum())]
    return table
""",
    ),
    Wrong(
        "4.10",
        "believes the header that no words are burned in",
        "MC242",
        (0.8, 0.9),
        """\
def words_in(files):
    heads = {name: pydicom.dcmread(io.BytesIO(data)) for name, data in files.items()}
    return [name for name, head in heads.items() if head.get("BurnedInAnnotation") == "YES"]
""",
    ),
    Wrong(
        "4.10",
        "ninety-nine of a hundred is enough for any number of files",
        "MC243",
        (0.8, 0.98),
        """\
_right = verdict


def verdict(tried, files, limit):
    told = _right(tried, files, limit)
    return told | {"release": told["recall"] >= 0.95}
""",
    ),
]

WRONG = [
    *UNIQUENESS,
    *LINKAGE,
    *PSEUDONYMS,
    *ANONYMITY,
    *DIVERSITY,
    *DIFFERENCING,
    *NOISE,
    *RELEASING,
    *HARBOR,
    *CLOSENESS,
    *IMAGES,
]
