"""Wrong answers to lab 1 that the judge must recognise by their misconception."""

from grading.examples import Wrong

CLINIC = [
    Wrong(
        "1.1",
        "bytes that are no UTF-8 can be ignored",
        "MC10",
        (0.5, 0.8),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    text = raw.decode("utf-16" if meta["encoding"] == "UTF-16" else "utf-8", errors="ignore")
    return _right(text.encode("utf-8"), {**meta, "encoding": "utf-8"})
""",
    ),
    Wrong(
        "1.1",
        "Latin-1 is Windows-1252",
        "MC10",
        (0.65, 0.85),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    return _right(raw, {**meta, "encoding": meta["encoding"].replace("windows-1252", "latin-1")})
""",
    ),
    Wrong(
        "1.1",
        "GBK is GB18030",
        "MC10",
        (0.65, 0.995),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    if meta["encoding"] != "GB18030":
        return _right(raw, meta)
    return _right(raw.decode("gbk", errors="replace").encode("utf-8"), {**meta, "encoding": "utf-8"})
""",
    ),
    Wrong(
        "1.1",
        "guesses day and month row by row",
        "MC11",
        (0.7, 0.93),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    as_text = [{**c, "type": "text"} if c["type"] == "date" else c for c in meta["columns"]]
    table = _right(raw, {**meta, "columns": as_text})
    for c in meta["columns"]:
        if c["type"] == "date" and "/" in c["format"]:
            guess = pd.to_datetime(table[c["field"]], format="%d/%m/%Y", errors="coerce")
            other = pd.to_datetime(table[c["field"]], format="%m/%d/%Y", errors="coerce")
            table[c["field"]] = guess.fillna(other).dt.strftime("%Y-%m-%d")
        elif c["type"] == "date":
            table[c["field"]] = pd.to_datetime(table[c["field"]], format=c["format"]).dt.strftime("%Y-%m-%d")
    return table
""",
    ),
    Wrong(
        "1.1",
        "the month comes first if nothing tells",
        "MC11",
        (0.85, 0.96),
        """\
_right = date_order

def date_order(dates):
    found = _right(dates)
    if found["reason"] == "nothing-tells":
        return {**found, "order": "month-first", "reason": "proved"}
    return found
""",
    ),
    Wrong(
        "1.1",
        "most of the dates decide",
        "MC181",
        (0.85, 0.97),
        """\
_right = date_order

def date_order(dates):
    found = _right(dates)
    if found["reason"] != "contradiction":
        return found
    first = sum(int(date[:2]) > 12 for date in dates)
    second = sum(int(date[3:5]) > 12 for date in dates)
    return {**found, "order": "day-first" if first > second else "month-first", "reason": "proved"}
""",
    ),
    Wrong(
        "1.1",
        "a text that means nothing somewhere means nothing anywhere",
        "MC12",
        (0.7, 0.97),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    words = {"", "na", "n/a", "null", "none", "unk", "-9", "-"}
    words |= {word.lower() for c in meta["columns"] for word in c.get("blanks", [])}
    table = _right(raw, meta)
    for c in meta["columns"]:
        if c["type"] == "text":
            table[c["field"]] = table[c["field"]].mask(table[c["field"]].str.lower().isin(words))
    return table
""",
    ),
    Wrong(
        "1.1",
        "the reader of CSV knows what a blank is",
        "MC12",
        (0.7, 0.97),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    import io

    cells = pd.read_csv(io.BytesIO(raw), sep=meta["delimiter"], encoding=meta["encoding"], dtype="str")
    table = _right(raw, meta)
    for c in meta["columns"]:
        if c["type"] == "text":
            table[c["field"]] = table[c["field"]].mask(cells[c["column"]].isna())
    return table
""",
    ),
    Wrong(
        "1.1",
        "a code that tells no sex is a blank",
        "MC25",
        (0.8, 0.93),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    table = _right(raw, meta)
    return table.assign(sex=table["sex"].where(table["sex"].isin(["female", "male"])))
""",
    ),
    Wrong(
        "1.1",
        "whoever has no sex is left out",
        "MC25",
        (0.2, 0.4),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    table = _right(raw, meta)
    return table[table["sex"].isin(["female", "male"])].reset_index(drop=True)
""",
    ),
    Wrong(
        "1.1",
        "only an empty cell is blank",
        "MC180",
        (0.8, 0.95),
        """\
_right = load_clinic

def load_clinic(raw, meta):
    columns = [{**c, "blanks": [""]} if c["type"] == "text" and "blanks" in c else c for c in meta["columns"]]
    return _right(raw, {**meta, "columns": columns})
""",
    ),
]

REASONS = [
    Wrong(
        "1.2",
        "a blank is a blank",
        "MC13",
        (0.2, 0.35),
        """\
def blank_reason(df, form_meta):
    told = df[["form_id"]].copy()
    for field in form_meta["fields"]:
        cell = df[field["field"]]
        blank = cell.isna() | cell.isin(list(field["marks"]))
        told[field["field"]] = blank.map({True: "unknown", False: None})
    return told
""",
    ),
    Wrong(
        "1.2",
        "only an empty cell is blank",
        "MC180",
        (0.6, 0.8),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    fields = [{**field, "marks": {}} for field in form_meta["fields"]]
    return _right(df, {**form_meta, "fields": fields})
""",
    ),
    Wrong(
        "1.2",
        "every empty cell is a gap",
        "MC14",
        (0.35, 0.5),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    fields = [{**field, "asked_if": []} for field in form_meta["fields"]]
    return _right(df, {**form_meta, "fields": fields})
""",
    ),
    Wrong(
        "1.2",
        "a mark means the same everywhere",
        "MC182",
        (0.75, 0.9),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    marks = {}
    for field in form_meta["fields"]:
        marks.update(field["marks"])
    fields = [{**field, "marks": marks} for field in form_meta["fields"]]
    return _right(df, {**form_meta, "fields": fields})
""",
    ),
    Wrong(
        "1.2",
        "what was not reached does not apply",
        "MC183",
        (0.8, 0.92),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    told = _right(df, form_meta)
    for field in form_meta["fields"]:
        name = field["field"]
        for condition in field.get("asked_if", []):
            if condition["field"] in told:
                lead = told[condition["field"]]
                gone = df[name].isna() & lead.notna() & (lead != "review")
                told.loc[gone, name] = "not-applicable"
    return told
""",
    ),
    Wrong(
        "1.2",
        "the form was always the same",
        "MC184",
        (0.7, 0.85),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    fields = [{**field, "since": "0000-00-00"} for field in form_meta["fields"]]
    return _right(df, {**form_meta, "fields": fields})
""",
    ),
    Wrong(
        "1.2",
        "what cannot be is a mistake",
        "MC26",
        (0.75, 0.9),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    return _right(df, form_meta).replace("review", "error")
""",
    ),
    Wrong(
        "1.2",
        "the form's rule holds for answers, too",
        "MC26",
        (0.75, 0.9),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    return _right(df, form_meta).replace("review", "not-applicable")
""",
    ),
    Wrong(
        "1.2",
        "what is filled in is in order",
        "MC185",
        (0.75, 0.9),
        """\
_right = blank_reason

def blank_reason(df, form_meta):
    told = _right(df, form_meta)
    return told.mask(told == "review")
""",
    ),
    Wrong(
        "1.2",
        "the share of all forms",
        "MC14",
        (0.8, 0.9),
        """\
_right = repair

def repair(counts, need):
    counts = {**counts, "unknown": counts["unknown"] + counts["not-applicable"], "not-applicable": 0}
    return _right(counts, need)
""",
    ),
    Wrong(
        "1.2",
        "who declined is asked once more",
        "MC186",
        (0.88, 0.97),
        """\
def repair(counts, need):
    blank = {reason: n for reason, n in counts.items() if reason not in ("answered", "not-applicable")}
    concerned = counts["answered"] + sum(blank.values())
    share = counts["answered"] / concerned
    if share >= need:
        return {"share": share, "decision": "use", "reason": "enough"}
    return {"share": share, "decision": "go-back", "reason": max(sorted(blank), key=blank.get)}
""",
    ),
]

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
        (0.24, 0.26),
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
        (0.55, 0.72),
        """\
_right = desk_plan


def desk_plan(seconds, load):
    return _right(10_000.0, load)
""",
    ),
]

CLAIMS = [
    Wrong(
        "1.9",
        "all accepted lines are added up",
        "MC187",
        (0.4, 0.6),
        """\
def net_amounts(claims):
    amount = claims["amount"].where(claims["status"] == "accepted", 0.0)
    return amount.groupby(claims["encounter_id"]).sum().rename("net").reset_index()
""",
    ),
    Wrong(
        "1.9",
        "a void is a minus",
        "MC188",
        (0.7, 0.87),
        """\
_right = net_amounts

def net_amounts(claims):
    sent = claims[claims["status"] == "accepted"]
    replaced = sent["claim_id"].isin(sent.loc[sent["kind"] == "replacement", "refers_to"])
    lost = (sent["kind"] == "adjustment") & ~sent["refers_to"].isin(claims["claim_id"])
    amount = sent["amount"].mask(sent["kind"] == "void", -sent["amount"]).mask(replaced | lost, 0.0)
    net = amount.groupby(sent["encounter_id"]).sum()
    return net.reindex(claims["encounter_id"].unique(), fill_value=0.0).rename("net").reset_index()
""",
    ),
    Wrong(
        "1.9",
        "deletes voids together with their originals",
        "MC188",
        (0.7, 0.87),
        """\
def net_amounts(claims):
    sent = claims[(claims["status"] == "accepted")]
    lines = sent["claim_id"] + "/" + sent["line"].astype(str)
    aims = sent["refers_to"] + "/" + sent["line"].astype(str)
    gone = lines.isin(aims[sent["kind"] == "void"]) | (sent["kind"] == "void")
    gone |= sent["claim_id"].isin(sent.loc[sent["kind"] == "replacement", "refers_to"])
    gone |= (sent["kind"] == "adjustment") & ~sent["refers_to"].isin(claims["claim_id"])
    net = sent["amount"].mask(gone, 0.0).groupby(sent["encounter_id"]).sum()
    return net.reindex(claims["encounter_id"].unique(), fill_value=0.0).rename("net").reset_index()
""",
    ),
    Wrong(
        "1.9",
        "a replacement is one claim more",
        "MC189",
        (0.55, 0.78),
        """\
_right = net_amounts

def net_amounts(claims):
    kind = claims["kind"].replace({"replacement": "original"})
    return _right(claims.assign(kind=kind))
""",
    ),
    Wrong(
        "1.9",
        "what was sent is owed",
        "MC198",
        (0.55, 0.82),
        """\
_right = net_amounts

def net_amounts(claims):
    return _right(claims.assign(status="accepted"))
""",
    ),
    Wrong(
        "1.9",
        "a credit is a credit",
        "MC199",
        (0.8, 0.95),
        """\
_right = net_amounts

def net_amounts(claims):
    net = _right(claims).set_index("encounter_id")["net"]
    lost = claims[claims["line_id"].isin(orphans(claims))]
    less = lost.groupby("encounter_id")["amount"].sum()
    return net.add(less, fill_value=0.0).rename("net").reset_index()
""",
    ),
    Wrong(
        "1.9",
        "a plain sum is never too low",
        "MC178",
        (0.9, 0.995),
        """\
_right = at_limit

def at_limit(claims, limit):
    return {**_right(claims, limit), "overlooked": []}
""",
    ),
]

WRONG = [*CLINIC, *REASONS, *COPIES, *DUPLICATES, *PLAUSIBILITY, *FITNESS, *BLANKS, *FORM, *CLAIMS]
