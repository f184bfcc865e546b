# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_1_1
def load_clinic(raw: bytes, meta: dict) -> pd.DataFrame:
    """Reads a clinic's file as its contract says.

    Returns a DataFrame with one column for each field of the contract, one row for each row of the file.
    """
    from io import StringIO

    # 1. Bytes to text by the encoding that is named, text to cells by a reader that guesses nothing.
    text = raw.decode(____)
    cells = pd.read_csv(StringIO(text), sep=____, dtype=str, keep_default_na=____)
    # 2. Each column by its type.
    answer = pd.DataFrame(index=cells.index)
    for column in meta["columns"]:
        values = cells[column["column"]]
        if "blanks" in column:  # only such columns have blanks
            values = values.where(~values.isin(____))
        if column["type"] == "number":
            values = pd.to_numeric(____)
        if column["type"] == "date":
            values = pd.to_datetime(values, format=____).dt.strftime(____)
        if column["type"] == "code":
            values = values.map(____)
        answer[column["field"]] = values
    return answer


def date_order(dates: list[str]) -> dict[str, object]:
    """Says in which order dates give day and month, if they prove it.

    Returns a dictionary such as {"order": "day-first", "either": 0.4, "reason": "proved"}.
    """
    only_day_first = only_month_first = both = 0
    for date in dates:
        first, second, _year = [int(part) for part in date.split("/")]
        if first > ____:  # no month has this number
            only_day_first += 1
        elif second > ____:
            only_month_first += 1
        elif ____:  # two readings that mean two different days
            both += 1
    either = both / len(dates)
    if only_day_first and only_month_first:
        return {"order": "cannot-tell", "either": either, "reason": ____}
    if only_day_first:
        return {"order": ____, "either": either, "reason": "proved"}
    if only_month_first:
        return {"order": ____, "either": either, "reason": "proved"}
    return {"order": "cannot-tell", "either": either, "reason": ____}


# %% solve_1_2
def blank_reason(df: pd.DataFrame, form_meta: dict) -> pd.DataFrame:
    """Says why each cell of a form is blank.

    Returns a DataFrame with form_id and a column for each field: a reason, "review", or missing for an answer.
    """
    known = {}  # what was found for the fields so far, by their names

    def state(condition, form, row):
        """Whether a condition holds, fails or is open for one form."""
        name = condition["field"]
        if name == "age":
            inside = condition.get("from", ____) <= int(form["age"]) <= condition.get("to", ____)
            return "holds" if inside else "fails"
        if name in known and isinstance(known[name][row], str) and known[name][row] != "review":
            return "fails" if known[name][row] == ____ else ____  # the field it looks at is blank
        return "holds" if form[name] == ____ else "fails"

    for field in form_meta["fields"]:
        name, answers = field["field"], []
        for row, form in enumerate(df.to_dict("records")):
            states = [state(condition, form, row) for condition in field.get("asked_if", [])]
            cell = form[name] if isinstance(form[name], str) else None
            if cell in field["marks"]:
                why = field["marks"][cell]  # 1. a mark of this very field
            elif cell is None:
                # 2. an empty cell: the first that is true
                if "fails" in states:
                    why = ____
                elif "open" in states:
                    why = ____
                elif form["filled_on"] < ____:
                    why = ____
                else:
                    why = "unknown"
            else:
                why = ____ if "fails" in states else None  # 3. an answer
            answers.append(why)
        known[name] = answers
    return pd.DataFrame({"form_id": list(df["form_id"]), **known})


def repair(counts: dict[str, int], need: float) -> dict[str, object]:
    """Says how much of a column is there, and what can be done about the rest.

    Returns a dictionary such as {"share": 0.7, "decision": "go-back", "reason": "not-performed"}.
    """
    everybody = sum(number for name, number in counts.items() if name != ____)
    share = counts["answered"] / ____
    if share >= need:
        return {"share": share, "decision": ____, "reason": "enough"}
    again = sorted(["not-asked", ____, ____, ____])  # those for which somebody can go back
    possible = counts["answered"] + sum(____ for name in again)
    if possible / everybody >= need:
        return {"share": share, "decision": "go-back", "reason": max(again, key=____)}
    return {"share": share, "decision": ____, "reason": ____}


# %% solve_1_3
def copies(lis: pd.DataFrame) -> pd.DataFrame:
    """Labels every row of the laboratory's table.

    Returns a DataFrame with the columns row_id and label, one row for each row of `lis`.
    """
    table = lis.sort_values(["received_at", "row_id"])  # as our system heard them
    version = ["specimen_id", "test_code", ____]
    result = ["specimen_id", "test_code"]
    # 1. Of each version, all rows but the first that arrived.
    resend = table.duplicated(version)
    # 2. What is cancelled.
    cancelled = table["status"] == ____
    # 3. What has a version that was said later.
    newest = table.groupby(result)[____].transform("max")
    superseded = table[____] < newest
    # The first condition that holds gives the label.
    table["label"] = np.select([____, ____, ____], ["resend", "cancelled", "superseded"], default="current")
    # 4. Of the valid results of one patient, test and day, all but the one collected first.
    good = table[table["label"] == "current"].sort_values([____, "specimen_id"])
    day = good["collected_at"].dt.date
    later = good.assign(on=day).duplicated(["mrn", "test_code", "on"])
    table.loc[later[later].index, "label"] = ____
    return table[["row_id", "label"]]


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    """Counts the wrong values on a screen that shows what arrived last, and names their cause.

    Returns a dictionary such as {"wrong": 17, "cause": "resend"}.
    """
    table = lis.merge(copies(lis), on="row_id").sort_values([____, "row_id"])
    labels = []
    for _, rows in table.groupby(["specimen_id", "test_code"]):
        screen = rows.iloc[____]  # the row that arrived last
        valid = rows[rows["label"].isin([____, ____])]
        shows_number = pd.notna(screen["value"])
        if len(valid):
            right = shows_number and float(screen["value"]) == float(____)
        else:
            right = ____  # nothing is valid: what must the screen show?
        if not right:
            labels.append(screen["label"])
    if not labels:
        return {"wrong": 0, "cause": "none"}
    most = max(sorted(set(labels)), key=____)  # of equally many, the first in the alphabet
    return {"wrong": len(labels), "cause": most}


# %% solve_1_4
def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
    """Finds registrations of one person.

    Returns {"auto_merge": [[a, b], ...], "review": [[a, b], ...]}, the review list best first.
    """
    # 1. Candidates: pairs that share one strong key. Missing keys are no keys.
    keys = [["given_name", "family_name", "birth_date"], ["phone"], ____]
    lists = []
    for key in keys:
        known = his.dropna(subset=key)
        pairs = known.merge(known, on=key, suffixes=("_a", "_b"))
        lists.append(pairs[pairs["mrn_a"] < pairs["mrn_b"]][["mrn_a", "mrn_b"]])
    pairs = pd.concat(lists).drop_duplicates()
    # 2. How many independent facts agree? Weigh them by what they prove.
    left = his.set_index("mrn").loc[pairs["mrn_a"]].reset_index()
    right = his.set_index("mrn").loc[pairs["mrn_b"]].reset_index()
    equal = {name: (left[name] == right[name]).to_numpy() for name in his.columns if name != "mrn"}
    weights = {"given_name": ____, "family_name": ____, "birth_date": ____, "phone": ____, "address": ____}
    points = sum(weight * equal[name] for name, weight in weights.items())
    # 3. Sure enough to merge unseen: nothing that twins, namesakes, father and son could share.
    sure = equal["given_name"] & equal["family_name"] & equal["birth_date"] & ____
    # 4. The rest, best first, without the tail.
    pairs = pairs.assign(points=points, sure=sure)
    queue = pairs[~pairs["sure"] & (pairs["points"] >= ____)].sort_values("points", ascending=____)
    merge = pairs[pairs["sure"]]
    return {
        "auto_merge": merge[["mrn_a", "mrn_b"]].to_numpy().tolist(),
        "review": queue[["mrn_a", "mrn_b"]].to_numpy().tolist(),
    }


def merge_risk(checked: int, wrong: int, merges: int, limit: float) -> dict[str, object]:
    """Says how many wrong charts a year a merging rule would make, and whether it may merge unseen.

    Returns a dictionary such as {"expected": 1.5, "decision": "review", "reason": "too-many-seen"}.
    """
    rate = wrong / checked if wrong > 0 else ____  # none seen does not mean none there
    expected = ____
    if expected <= limit:
        return {"expected": expected, "decision": ____, "reason": "within-limit"}
    why = "too-many-seen" if ____ else "too-few-checked"
    return {"expected": expected, "decision": ____, "reason": why}


# %% solve_1_4 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and registrations on which the two others are wrong."""
    return {
        "rule": "____",
        "registrations": [
            {"person": 1, "given_name": "Ana", "family_name": "Torres", "birth_date": "1980-05-17",
             "phone": "555-0101", "address": "3 Mill Lane"},
            {"person": 1, "given_name": "____", "family_name": "____", "birth_date": "____",
             "phone": "____", "address": "____"},
        ],
    }  # fmt: skip


# %% solve_1_5
def plausibility(tables: dict[str, pd.DataFrame]) -> dict[str, list]:
    """Applies rules of plausibility to the district's tables.

    Returns {"rules": [{"rule_id": ..., "level": ..., "field": ..., "predicate": ..., "severity": ...}, ...],
    "flags": [[rule_id, record], ...]}.
    """
    rules, flags = [], []

    def add(level, field, predicate, severity, records):
        """Notes a rule and whom it flags."""
        name = f"R{len(rules) + 1}"
        words = [name, level, field, predicate, severity]
        rules.append(dict(zip(["rule_id", "level", "field", "predicate", "severity"], words)))
        flags.extend([name, str(record)] for record in set(records))

    his, stays = tables["his_patients"], tables["his_encounters"]
    app = tables["app_readings"]
    # Impossible: an error. Rare: a query. Both are written like this one.
    found = his[his["birth_date"] == ____]
    add("value", "his_patients.birth_date", "nobody alive was born in 1900", "error", found["mrn"])
    found = stays[____ < ____]
    add("record", "his_encounters.discharged_at", "not before admission", "error", found["encounter_id"])
    found = his[his["verified_id"].fillna("").str.fullmatch(____)]
    add("value", "his_patients.verified_id", "stands for somebody", "error", found["mrn"])
    found = app[((app["kind"] == "heart_rate") & ~app["value"].between(____, ____)) | ____]
    add("value", "app_readings.value", "a living body gives it", "error", found["reading_id"])
    # Whole devices: how long does the reading that arrives soonest need?
    offset = app["utc_offset"].str[:3].astype(int)  # what the device states, in hours
    local = app["taken_at"] + pd.to_timedelta(____, unit="h")  # the same moment on the district's clock
    hours = (app["uploaded_at"] - local) / pd.Timedelta(hours=1)
    old = hours > ____  # fell back by years
    add("device", "app_readings.taken_at", "of these years", "error", app.loc[old, "device_id"])
    soonest = hours[~old].groupby(app.loc[~old, "device_id"]).____()
    add("device", "app_readings.taken_at", "its stated zone", "error", soonest[____].index)
    # Seven more rules, queries perhaps: births on 1 January, ages above 100, glucose, potassium, BMI …
    ____
    return {"rules": rules, "flags": flags}


def rule_report(flagged: list[str], wrong: list[str], sick: list[str], allowed: int) -> dict[str, object]:
    """Judges a rule by what it catches and whom it alarms.

    Returns a dictionary such as {"caught": 0.75, "alarmed": 0, "decision": "error", "reason": "safe"}.
    """
    named = set(flagged)
    share = len(named & set(wrong)) / ____
    alarmed = len(____)
    if share == 0:
        words = "drop", ____
    elif ____:
        words = "query", "hits-the-sick"
    else:
        words = ____, "safe"
    return {"caught": share, "alarmed": alarmed, "decision": words[0], "reason": words[1]}


# %% solve_1_6
def fitness(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame, purpose: dict
) -> dict[str, object]:
    """Counts for how many units the data are complete enough for a purpose.

    Returns {"denominator": int, "numerator": int, "fields": {field: int, ...}}.
    """
    as_of = pd.Timestamp(purpose["as_of"])
    units = {"patients": patients, "encounters": encounters}[purpose["table"]]
    asked = purpose["eligible"]

    def in_window(column, days):
        """Which dates lie in a window of so many days; a missing one lies in none."""
        age = (as_of - pd.to_datetime(column).dt.normalize()) / pd.Timedelta(days=1)
        return (age >= ____) & (age <= ____)

    # 1. Who is eligible: all conditions that are named, joined by "and".
    ok = pd.Series(True, index=units.index)
    if "min_age" in asked:
        birth = pd.to_datetime(units["birth_date"])
        had_birthday = (birth.dt.month < as_of.month) | ____
        age = as_of.year - birth.dt.year - ~had_birthday
        ok &= age >= asked["min_age"]
    if "dx_prefix" in asked:
        match = encounters["dx_code"].fillna("").str.startswith(____)
        match &= in_window(encounters["admitted_at"], ____)
        ok &= units["mrn"].isin(____)
    if asked.get("exclude_deceased"):
        ok &= ____
    if asked.get("exclude_moved_away"):
        ok &= ____
    if "class" in asked:
        ok &= ____
    if "dated_by" in asked:
        ok &= in_window(units[asked["dated_by"]], ____)
    # 2. Who has each field.
    newest = results.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    valid = results[(results["reported_at"] == newest) & results["status"].isin(____) & ____]
    everything, fields = ok.copy(), {}
    for field in purpose["required"]:
        if field["source"] == "results":
            mine = valid[valid["test_code"] == field["test_code"]]
            mine = mine[in_window(mine[field["dated_by"]], field["window_days"])]
            has = units["mrn"].isin(____)
        else:
            has = units[field["field"]].____()
            if "dated_by" in field:
                has &= in_window(____, field["window_days"])
        fields[field["field"]] = int((ok & has).sum())
        everything &= has
    return {"denominator": int(ok.sum()), "numerator": int(____), "fields": fields}


def verdict(report: dict, need: float) -> dict[str, object]:
    """Says whether data are fit for use, and if not, why.

    Returns a dictionary such as {"share": 0.473, "use": False, "reason": "weak-field"}.
    """
    if report["denominator"] == 0:
        return {"share": ____, "use": False, "reason": "nobody"}
    share = ____
    if share >= need:
        return {"share": share, "use": True, "reason": ____}
    shares = [count / report["denominator"] for count in report["fields"].values()]
    why = "weak-field" if any(____ for one in shares) else "combination"
    return {"share": share, "use": False, "reason": why}


# %% solve_1_7
def blank_bias(cohort: pd.DataFrame, deltas: list[float]) -> dict[str, dict[str, object]]:
    """Estimates and bounds the share of high HbA1c and of diabetes when most people were not tested.

    Returns {"hba1c_high": {...}, "diabetes": {...}}, each with the numbers tested, missing_as_negative,
    mar, low and high, and the list curve, one number for each delta.
    """
    was_tested = cohort["hba1c"].notna()
    is_high = cohort["hba1c"] >= ____  # a missing value is never high
    known = cohort["dx_diabetes"] | cohort["on_drug"]
    w = (1 - cohort["p_ordered"]) / ____  # how many untested people each tested one stands for

    def numbers(yes, not_known, teacher):
        n, K, U = len(cohort), yes.sum(), not_known.sum()
        m = w[teacher & is_high].sum() / ____
        curve = []
        for delta in deltas:
            q = ____  # delta times the odds of m, as a share
            curve.append(float((K + U * q) / n))
        return {
            "tested": float((yes & was_tested).sum() / ____),
            "missing_as_negative": float(____),
            "low": float(____),
            "high": float(____),
            "mar": float((K + ____) / n),
            "curve": curve,
        }

    return {
        "hba1c_high": numbers(is_high, ~was_tested, was_tested),
        "diabetes": numbers(____, ____, ____),
    }


def decide(part: dict, limit: float) -> dict[str, str]:
    """Answers whether the true share lies above a limit, and what allows to say so.

    Returns a dictionary such as {"answer": "cannot-tell", "reason": "crosses"}.
    """
    if part["low"] > limit:
        return {"answer": ____, "reason": "bounds"}
    if ____ <= limit:
        return {"answer": "no", "reason": "bounds"}
    if all(____ for point in part["curve"]):
        return {"answer": "yes", "reason": ____}
    if not any(____ for point in part["curve"]):
        return {"answer": "no", "reason": ____}
    return {"answer": "cannot-tell", "reason": "crosses"}


# %% solve_1_8
def desk_plan(seconds: float, load: float) -> dict[str, object]:
    """Chooses the plan for the desk that spares patients most within a budget of seconds.

    Returns a dictionary such as {"identifiers": 2, "others": 0, "barcode": True, "threshold": 0.85}.
    """
    from sim.policy.plans import Plan, judge

    best, harm = None, float("inf")
    for identifiers in range(____):
        for others in range(____):
            for barcode in [False, True]:
                for threshold in np.arange(0.5, ____, 0.05).round(2).tolist():
                    told = judge(Plan(identifiers, others, barcode, threshold), load)
                    if told["seconds"] > ____:
                        continue
                    events = told["missed_recalls"] + 5 * told["wrong_patients"] + ____
                    if events < harm:
                        harm, best = events, (identifiers, others, barcode, threshold)
    return {"identifiers": best[0], "others": best[1], "barcode": best[2], "threshold": ____}


def all_mandatory(load: float) -> dict[str, object]:
    """Compares a form all of whose fields must be filled with one none of whose fields must be.

    Returns a dictionary such as {"blanks": -200.0, "junk": 80.1, "wrong_patients": 3.2, "helps": False}.
    """
    from sim.policy.plans import Plan, judge

    strict = judge(Plan(identifiers=____, others=____, barcode=False, threshold=1.0), load)
    free = judge(Plan(identifiers=0, others=0, barcode=False, threshold=1.0), load)
    answer = {name: strict[name] - free[name] for name in ["blanks", "junk", ____]}
    return answer | {"helps": ____}


# %% solve_1_9
def net_amounts(claims: pd.DataFrame) -> pd.DataFrame:
    """Says what the payer owes for each visit. Returns a DataFrame with encounter_id and net."""
    accepted = claims[claims["status"] == ____]
    rows = accepted.to_dict("records")
    # What is taken back: single lines. What is replaced: whole claims.
    voided = {(row["refers_to"], row["line"]) for row in rows if row["kind"] == ____}
    replaced = {row["refers_to"] for row in rows if row["kind"] == ____}
    standing = {}  # the lines that count, by claim and line
    for row in rows:
        place = (row["claim_id"], row["line"])
        if row["kind"] in ["original", ____] and place not in voided and ____:
            standing[place] = row["amount"]
    owed = dict.fromkeys(claims["encounter_id"], 0.0)
    for row in rows:
        if (row["claim_id"], row["line"]) in standing and row["kind"] in ["original", "replacement"]:
            owed[row["encounter_id"]] += row["amount"]
        if row["kind"] == "adjustment" and ____ in standing:  # the line that it adjusts
            owed[row["encounter_id"]] += ____
    return pd.DataFrame({"encounter_id": list(owed), "net": [round(amount, 2) for amount in owed.values()]})


def orphans(claims: pd.DataFrame) -> list[str]:
    """Lists the accepted adjustments of claims that are not there, by line_id."""
    mine = claims[(claims["kind"] == ____) & (claims["status"] == "accepted")]
    return list(mine.loc[____, "line_id"])


def at_limit(claims: pd.DataFrame, limit: float) -> dict[str, list[str]]:
    """Names the patients whom a plain sum puts on the wrong side of a limit.

    Returns a dictionary such as {"wrongly": ["H1000007"], "overlooked": []}.
    """
    of_visit = dict(zip(claims["encounter_id"], claims["mrn"]))
    by_visit = net_amounts(claims)
    net = by_visit.groupby(by_visit["encounter_id"].map(of_visit))["net"].sum().round(2)
    simple = claims[claims["status"] == "accepted"].groupby("mrn")["amount"].____().round(2)
    simple = simple.reindex(net.index, fill_value=____)  # who has no accepted line
    return {"wrongly": list(net.index[(simple > limit) & ____]), "overlooked": list(net.index[____])}
