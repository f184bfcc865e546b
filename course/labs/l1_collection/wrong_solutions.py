"""Wrong answers to lab 1 that the judge must recognise by their misconception."""

from grading.examples import Wrong

COPIES = [
    Wrong(
        "1.3",
        "copies are rows equal in every column",
        "MC15",
        (0.45, 0.65),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    rows["label"] = "current"
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.drop(columns="label").duplicated(), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "copies must have the same text as value",
        "MC15",
        (0.85, 0.97),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    rows["label"] = "current"
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at", "value"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a second result on one day is a copy",
        "MC16",
        (0.35, 0.5),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "resend"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "the first report is the result",
        "MC17",
        (0.45, 0.6),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    first = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("min")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] > first, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "what arrives last is the result",
        "MC27",
        (0.25, 0.45),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    result = ["specimen_id", "test_code"]
    rows["label"] = "superseded"
    rows.loc[rows.duplicated([*result, "reported_at"], keep="last"), "label"] = "resend"
    rows.loc[~rows.duplicated(result, keep="last"), "label"] = "current"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a cancellation leaves the old value standing",
        "MC28",
        (0.65, 0.93),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    spoken = rows["reported_at"].where(rows["status"] != "X")
    newest = spoken.groupby([rows["specimen_id"], rows["test_code"]]).transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a cancelled row is a result",
        "MC28",
        (0.75, 0.92),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
]

DUPLICATES = [
    Wrong(
        "1.4",
        "one name is one person",
        "MC18",
        (0.2, 0.35),
        """\
def duplicates(his):
    named = his.merge(his, on=["given_name", "family_name", "sex"])
    named = named[named["mrn_x"] < named["mrn_y"]]
    return {"auto_merge": named[["mrn_x", "mrn_y"]].values.tolist(), "review": []}
""",
    ),
    Wrong(
        "1.4",
        "one name and one birth date is one person",
        "MC18",
        (0.3, 0.55),
        """\
def duplicates(his):
    same = his.merge(his, on=["given_name", "family_name", "sex", "birth_date"])
    same = same[same["mrn_x"] < same["mrn_y"]]
    phone = his.dropna(subset=["phone"]).merge(his, on=["phone", "sex", "birth_date"])
    phone = phone[phone["mrn_x"] < phone["mrn_y"]]
    auto = same[["mrn_x", "mrn_y"]].values.tolist()
    seen = {tuple(two) for two in auto}
    review = [two for two in phone[["mrn_x", "mrn_y"]].values.tolist() if tuple(two) not in seen]
    return {"auto_merge": auto, "review": review}
""",
    ),
    Wrong(
        "1.4",
        "one family name, birth date and address is one person",
        "MC19",
        (0.2, 0.35),
        """\
def duplicates(his):
    home = his.merge(his, on=["family_name", "birth_date", "address", "sex"])
    home = home[home["mrn_x"] < home["mrn_y"]]
    return {"auto_merge": home[["mrn_x", "mrn_y"]].values.tolist(), "review": []}
""",
    ),
    Wrong(
        "1.4",
        "a checked identifier is never wrong",
        "MC19",
        (0.2, 0.35),
        """\
def duplicates(his):
    known = his.dropna(subset=["verified_id"])
    same = known.merge(known, on=["verified_id", "birth_date", "sex"])
    same = same[same["mrn_x"] < same["mrn_y"]]
    return {"auto_merge": same[["mrn_x", "mrn_y"]].values.tolist(), "review": []}
""",
    ),
    Wrong(
        "1.4",
        "98 % right is safe",
        "MC29",
        (0.8, 0.95),
        """\
def merge_risk(checked, wrong, merges, limit):
    expected = merges * wrong / checked
    if 1 - wrong / checked >= 0.98:
        return {"expected": expected, "decision": "auto", "reason": "within-limit"}
    return {"expected": expected, "decision": "review", "reason": "too-many-seen"}
""",
    ),
]

FITNESS = [
    Wrong(
        "1.6",
        "one overall share of filled cells",
        "MC21",
        (0.2, 0.35),
        """\
def fitness(patients, encounters, results, purpose):
    table = patients if purpose["table"] == "patients" else encounters
    fields = {}
    for need in purpose["required"]:
        name = need["field"]
        held = table[name].notna() if name in table else table["mrn"].isin(results["mrn"])
        fields[name] = int(held.sum())
    mean = sum(fields.values()) / len(fields)
    return {"denominator": len(table), "numerator": int(mean), "fields": fields}
""",
    ),
    Wrong(
        "1.6",
        "the mean of the fields is the share of the people",
        "MC164",
        (0.65, 0.8),
        """\
_counted = fitness

def fitness(patients, encounters, results, purpose):
    report = _counted(patients, encounters, results, purpose)
    fields = report["fields"]
    return {**report, "numerator": round(sum(fields.values()) / len(fields))}
""",
    ),
    Wrong(
        "1.6",
        "the verdict rests on the mean of the fields",
        "MC164",
        (0.8, 0.95),
        """\
def verdict(report, need):
    if not report["denominator"]:
        return {"share": 0.0, "use": False, "reason": "nobody"}
    share = sum(report["fields"].values()) / len(report["fields"]) / report["denominator"]
    return {"share": share, "use": share >= need, "reason": "fit" if share >= need else "weak-field"}
""",
    ),
    Wrong(
        "1.6",
        "any HbA1c ever measured counts",
        "MC160",
        (0.78, 0.92),
        """\
_counted = fitness

def fitness(patients, encounters, results, purpose):
    required = [
        {**need, "window_days": 100_000} if need["source"] == "results" else need
        for need in purpose["required"]
    ]
    return _counted(patients, encounters, results, {**purpose, "required": required})
""",
    ),
    Wrong(
        "1.6",
        "the dead and those who left are recalled",
        "MC161",
        (0.6, 0.85),
        """\
_counted = fitness

def fitness(patients, encounters, results, purpose):
    rule = {key: value for key, value in purpose["eligible"].items() if not key.startswith("exclude")}
    return _counted(patients, encounters, results, {**purpose, "eligible": rule})
""",
    ),
    Wrong(
        "1.6",
        "every diagnosis with the word diabetes counts",
        "MC166",
        (0.7, 0.9),
        """\
_counted = fitness

def fitness(patients, encounters, results, purpose):
    rule = dict(purpose["eligible"])
    if "dx_prefix" in rule:
        rule["dx_prefix"] = ["E1", "O24"]
    return _counted(patients, encounters, results, {**purpose, "eligible": rule})
""",
    ),
    Wrong(
        "1.6",
        "a cancelled result counts",
        "MC28",
        (0.85, 0.98),
        """\
_counted = fitness

def fitness(patients, encounters, results, purpose):
    spoken = results[results["value"].notna()]
    return _counted(patients, encounters, spoken, purpose)
""",
    ),
]

BLANKS = [
    Wrong(
        "1.7",
        "the tested are like everybody",
        "MC22",
        (0.5, 0.65),
        """\
def blank_bias(cohort, deltas):
    tested = cohort["hba1c"].notna()
    high = cohort["hba1c"] >= 6.5
    record = cohort["dx_diabetes"] | cohort["on_drug"]
    answer = {}
    for name, sure in (("hba1c_high", record & False), ("diabetes", record)):
        yes = sure | high
        n, k, u = len(cohort), int(yes.sum()), int((~tested & ~sure).sum())
        m = float(yes[tested].mean())
        answer[name] = {
            "tested": m, "missing_as_negative": k / n, "mar": m, "low": k / n, "high": (k + u) / n,
            "curve": [(k + u * d * m / (1 - m + d * m)) / n for d in deltas],
        }
    return answer
""",
    ),
    Wrong(
        "1.7",
        "the mean fills the blanks",
        "MC23",
        (0.5, 0.65),
        """\
def blank_bias(cohort, deltas):
    tested = cohort["hba1c"].notna()
    high = cohort["hba1c"] >= 6.5
    imputed = cohort["hba1c"].fillna(cohort["hba1c"].mean()) >= 6.5
    record = cohort["dx_diabetes"] | cohort["on_drug"]
    answer = {}
    for name, sure in (("hba1c_high", record & False), ("diabetes", record)):
        yes = sure | high
        n, k, u = len(cohort), int(yes.sum()), int((~tested & ~sure).sum())
        mar = float((sure | imputed).mean())
        answer[name] = {
            "tested": float(yes[tested].mean()), "missing_as_negative": k / n, "mar": mar,
            "low": k / n, "high": (k + u) / n, "curve": [mar for _ in deltas],
        }
    return answer
""",
    ),
    Wrong(
        "1.7",
        "a blank is a normal value",
        "MC165",
        (0.5, 0.65),
        """\
def blank_bias(cohort, deltas):
    tested = cohort["hba1c"].notna()
    high = cohort["hba1c"] >= 6.5
    record = cohort["dx_diabetes"] | cohort["on_drug"]
    answer = {}
    for name, sure in (("hba1c_high", record & False), ("diabetes", record)):
        yes = sure | high
        n, k, u = len(cohort), int(yes.sum()), int((~tested & ~sure).sum())
        answer[name] = {
            "tested": float(yes[tested].mean()), "missing_as_negative": k / n, "mar": k / n,
            "low": k / n, "high": (k + u) / n, "curve": [k / n for _ in deltas],
        }
    return answer
""",
    ),
    Wrong(
        "1.7",
        "a high HbA1c is diabetes, and nothing else is",
        "MC162",
        (0.5, 0.65),
        """\
_both = blank_bias

def blank_bias(cohort, deltas):
    high = _both(cohort, deltas)["hba1c_high"]
    return {"hba1c_high": high, "diabetes": high}
""",
    ),
    Wrong(
        "1.7",
        "one number where only bounds are earned",
        "MC163",
        (0.6, 0.72),
        """\
_both = blank_bias

def blank_bias(cohort, deltas):
    answer = _both(cohort, deltas)
    for part in answer.values():
        part.update(low=part["mar"], high=part["mar"], curve=[part["mar"]] * len(deltas))
    return answer
""",
    ),
    Wrong(
        "1.7",
        "a best guess answers every question",
        "MC163",
        (0.78, 0.9),
        """\
def decide(part, limit):
    return {"answer": "yes" if part["mar"] > limit else "no", "reason": "curve"}
""",
    ),
]

PLAUSIBILITY = [
    Wrong(
        "1.5",
        "deletes what lies three standard deviations out",
        "MC20",
        (0.45, 0.8),
        """\
_right = plausibility


def plausibility(tables):
    found = _right(tables)
    for rule in found["rules"]:
        if rule["field"] != "his_patients.birth_date":
            rule["severity"] = "error"
    readings, results = tables["app_readings"], tables["lis_results"]
    number = pd.to_numeric(results["value"], errors="coerce")
    z = (number - number.groupby(results["test_code"]).transform("mean")) / number.groupby(
        results["test_code"]
    ).transform("std")
    found["rules"].append(
        {
            "rule_id": "Z1",
            "level": "value",
            "field": "lis_results.value",
            "predicate": "within three standard deviations",
            "severity": "error",
        }
    )
    found["flags"] += [["Z1", row] for row in results.loc[z.abs() > 3, "row_id"]]
    pressure = readings[(readings["kind"] == "sbp") & (readings["value"] > 200)]
    found["rules"].append({**found["rules"][-1], "rule_id": "Z2", "field": "app_readings.value"})
    found["flags"] += [["Z2", row] for row in pressure["reading_id"]]
    return found
""",
    ),
    Wrong(
        "1.5",
        "every 1 January is a default",
        "MC171",
        (0.6, 0.85),
        """\
_right = plausibility


def plausibility(tables):
    found = _right(tables)
    for rule in found["rules"]:
        if rule["predicate"] == "is not 1 January":
            rule["severity"] = "error"
    return found
""",
    ),
    Wrong(
        "1.5",
        "keeps 1900 as an age of 125",
        "MC172",
        (0.6, 0.95),
        """\
_right = plausibility


def plausibility(tables):
    found = _right(tables)
    for rule in found["rules"]:
        if rule["predicate"] == "is not 1900-01-01":
            rule["severity"] = "query"
    return found
""",
    ),
    Wrong(
        "1.5",
        "does not look at offsets",
        "MC170",
        (0.6, 0.985),
        """\
_right = plausibility


def plausibility(tables):
    readings = tables["app_readings"]
    alike = readings.assign(utc_offset=readings["utc_offset"].mode().iloc[0])
    return _right({**tables, "app_readings": alike})
""",
    ),
    Wrong(
        "1.5",
        "a rule that finds something may stop records",
        "MC173",
        (0.7, 0.985),
        """\
_right = rule_report


def rule_report(flagged, wrong, sick, allowed):
    found = _right(flagged, wrong, sick, allowed)
    if found["decision"] == "query":
        found.update(decision="error", reason="safe")
    return found
""",
    ),
]

FORM = [
    Wrong(
        "1.8",
        "makes every field mandatory",
        "MC24",
        (0.2, 0.45),
        """\
_right = desk_plan


def desk_plan(seconds, load):
    from sim.policy.plans import Plan, judge

    for identifiers in (3, 2, 1, 0):
        if judge(Plan(identifiers, 7), load)["seconds"] <= seconds:
            return {"identifiers": identifiers, "others": 7, "barcode": False, "threshold": 1.0}
    return {"identifiers": 0, "others": 7, "barcode": False, "threshold": 1.0}
""",
    ),
    Wrong(
        "1.8",
        "forgets the budget",
        "MC174",
        (0.2, 0.7),
        """\
_right = desk_plan


def desk_plan(seconds, load):
    return _right(10_000.0, load)
""",
    ),
]

WRONG = [*COPIES, *DUPLICATES, *PLAUSIBILITY, *FITNESS, *BLANKS, *FORM]
