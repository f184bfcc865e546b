"""Right answers written from the tasks' text alone.

Each was written without looking at the checks, the project's own solutions or any other source than
the released notebook of lab 1 and one district.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="1.3",
        name="DuckDB SQL",
        source='''
LABELS = """
    with marked as (
        select *,
            row_number() over (
                partition by specimen_id, test_code, reported_at order by received_at, row_id
            ) as hearing,
            max(reported_at) over (partition by specimen_id, test_code) as newest
        from messages
    ),
    first_look as (
        select *,
            case
                when hearing > 1 then 'resend'
                when status = 'X' then 'cancelled'
                when reported_at < newest then 'superseded'
                else 'valid'
            end as kind
        from marked
    ),
    counted as (
        select *,
            row_number() over (
                partition by kind, mrn, test_code, cast(collected_at as date)
                order by collected_at, specimen_id
            ) as measurement
        from first_look
    )
    select row_id, mrn, specimen_id, test_code, received_at, try_cast(value as double) as number,
        kind = 'valid' as valid,
        case
            when kind <> 'valid' then kind
            when measurement > 1 then 'repeat'
            else 'current'
        end as label
    from counted
"""


def labelled(lis: pd.DataFrame, query: str) -> pd.DataFrame:
    """Runs a query that may use the table `labels`."""
    needed = ["row_id", "mrn", "specimen_id", "test_code", "value", "status"]
    times = ["collected_at", "reported_at", "received_at"]
    with duckdb.connect() as connection:
        connection.register("messages", lis[needed + times])
        connection.execute(f"create temp table labels as {LABELS}")
        return connection.execute(query).df()


def copies(lis: pd.DataFrame) -> pd.DataFrame:
    return labelled(lis, "select row_id, label from labels")


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    wrong = labelled(
        lis,
        """
        with shown as (
            select * from labels
            qualify row_number() over (
                partition by specimen_id, test_code order by received_at desc, row_id desc
            ) = 1
        )
        select shown.label, count(*) as n
        from shown left join labels as truth
            on truth.valid and truth.specimen_id = shown.specimen_id
            and truth.test_code = shown.test_code
        where shown.number is distinct from truth.number
        group by shown.label
        order by n desc, shown.label
        """,
    )
    if wrong.empty:
        return {"wrong": 0, "cause": "none"}
    return {"wrong": int(wrong["n"].sum()), "cause": str(wrong["label"].iloc[0])}
''',
    ),
    Alternative(
        task="1.3",
        name="plain Python",
        source='''
def read_rows(lis):
    """The rows as dictionaries, in the order in which they arrived."""
    names = ["row_id", "mrn", "specimen_id", "test_code", "value", "status"]
    names += ["collected_at", "reported_at", "received_at"]
    rows = [dict(zip(names, values)) for values in zip(*(lis[name].tolist() for name in names))]
    for row in rows:
        row["result"] = (row["specimen_id"], row["test_code"])
        row["number"] = float(row["value"]) if isinstance(row["value"], str) else None
    rows.sort(key=lambda row: (row["received_at"], row["row_id"]))
    return rows


def find_labels(rows):
    """Labels of all rows by row_id, and the valid row of each specimen and test."""
    newest = {}
    for row in rows:
        said = row["reported_at"]
        if row["result"] not in newest or said > newest[row["result"]]:
            newest[row["result"]] = said
    labels = {}
    valid = {}
    heard = set()
    for row in rows:
        version = row["result"] + (row["reported_at"],)
        if version in heard:
            labels[row["row_id"]] = "resend"
            continue
        heard.add(version)
        if row["status"] == "X":
            labels[row["row_id"]] = "cancelled"
        elif row["reported_at"] < newest[row["result"]]:
            labels[row["row_id"]] = "superseded"
        else:
            valid[row["result"]] = row
    days = defaultdict(list)
    for row in valid.values():
        days[row["mrn"], row["test_code"], row["collected_at"].date()].append(row)
    for measured in days.values():
        measured.sort(key=lambda row: (row["collected_at"], row["specimen_id"]))
        for place, row in enumerate(measured):
            labels[row["row_id"]] = "repeat" if place else "current"
    return labels, valid


def copies(lis: pd.DataFrame) -> pd.DataFrame:
    labels, _ = find_labels(read_rows(lis))
    return pd.DataFrame({"row_id": list(labels.keys()), "label": list(labels.values())})


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    rows = read_rows(lis)
    labels, valid = find_labels(rows)
    screen = {}
    for row in rows:
        screen[row["result"]] = row
    causes = Counter()
    for result, shown in screen.items():
        right = valid[result]["number"] if result in valid else None
        if shown["number"] != right:
            causes[labels[shown["row_id"]]] += 1
    if not causes:
        return {"wrong": 0, "cause": "none"}
    most = max(causes.values())
    cause = min(label for label, n in causes.items() if n == most)
    return {"wrong": sum(causes.values()), "cause": cause}
''',
    ),
    Alternative(
        task="1.3",
        name="pandas, peeling off one label after another",
        source='''
RESULT = ["specimen_id", "test_code"]


def peel(lis: pd.DataFrame) -> pd.DataFrame:
    """The rows in order of arrival with their label; the valid ones have valid set to True."""
    table = lis.sort_values(["received_at", "row_id"]).reset_index(drop=True)
    table["label"] = "current"
    resend = table.duplicated([*RESULT, "reported_at"], keep="first")
    table.loc[resend, "label"] = "resend"
    cancelled = ~resend & table["status"].eq("X")
    table.loc[cancelled, "label"] = "cancelled"
    newest = table.groupby(RESULT)["reported_at"].transform("max")
    superseded = ~resend & ~cancelled & (table["reported_at"] < newest)
    table.loc[superseded, "label"] = "superseded"
    table["valid"] = ~(resend | cancelled | superseded)
    valid = table[table["valid"]].sort_values(["collected_at", "specimen_id"])
    valid = valid.assign(day=valid["collected_at"].dt.normalize())
    repeat = valid.duplicated(["mrn", "test_code", "day"], keep="first")
    table.loc[repeat[repeat].index, "label"] = "repeat"
    return table


def copies(lis: pd.DataFrame) -> pd.DataFrame:
    return peel(lis)[["row_id", "label"]]


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    table = peel(lis)
    table["number"] = pd.to_numeric(table["value"])
    shown = table.drop_duplicates(RESULT, keep="last").set_index(RESULT)
    right = table[table["valid"]].set_index(RESULT)["number"].reindex(shown.index)
    number = shown["number"]
    wrong = ~((number == right) | (number.isna() & right.isna()))
    if not wrong.any():
        return {"wrong": 0, "cause": "none"}
    causes = shown.loc[wrong, "label"].value_counts()
    return {"wrong": int(wrong.sum()), "cause": min(causes[causes == causes.max()].index)}
''',
    ),
    Alternative(
        task="1.4",
        name="DuckDB SQL, pairs in classes",
        source='''
PAIRS = """
    with people as (
        select mrn, sex, birth_date, phone, address, verified_id,
            lower(given_name) as given, lower(family_name) as family,
            least(lower(given_name), lower(family_name)) || '|'
                || greatest(lower(given_name), lower(family_name)) as names,
            regexp_matches(lower(given_name), '^baby of |之[子女]$') as newborn,
            birth_date[1:5] || birth_date[9:10] || '-' || birth_date[6:7] as swapped,
            birth_date is null or birth_date[5:] = '-01-01' as vague
        from registrations
    ),
    candidates as (
        select a.mrn as one, b.mrn as other from people a join people b using (verified_id)
        union select a.mrn, b.mrn from people a join people b using (names, birth_date)
        union select a.mrn, b.mrn from people a join people b using (names, phone)
        union select a.mrn, b.mrn from people a join people b using (names, address)
        union select a.mrn, b.mrn from people a join people b using (birth_date, phone)
        union select a.mrn, b.mrn from people a join people b using (birth_date, address)
        union select a.mrn, b.mrn from people a join people b using (birth_date, family)
        union select a.mrn, b.mrn from people a join people b using (birth_date, given, sex)
        union select a.mrn, b.mrn from people a join people b
            on a.names = b.names and a.birth_date = b.swapped
        union select a.mrn, b.mrn from people a join people b
            on a.given = b.given and a.sex = b.sex and (a.phone = b.phone or a.address = b.address)
    ),
    compared as (
        select one, other,
            a.names = b.names as same_names,
            a.names = b.names or (
                jaro_winkler_similarity(a.given, b.given) >= 0.85
                and jaro_winkler_similarity(a.family, b.family) >= 0.85
            ) or (
                jaro_winkler_similarity(a.given, b.family) >= 0.85
                and jaro_winkler_similarity(a.family, b.given) >= 0.85
            ) as like_names,
            a.given = b.given and a.sex = 'F' as may_be_married,
            a.newborn <> b.newborn and a.family = b.family as was_named,
            a.newborn or b.newborn as newborn,
            coalesce(a.sex = b.sex, false) as same_sex,
            coalesce(a.birth_date = b.birth_date, false) as same_birth,
            coalesce(a.birth_date = b.swapped, false) as swapped_birth,
            a.vague or b.vague as vague_birth,
            coalesce(a.birth_date[:4] = b.birth_date[:4], false) or a.birth_date = '1900-01-01'
                or b.birth_date = '1900-01-01' as same_year,
            coalesce(a.phone = b.phone, false) as same_phone,
            coalesce(a.address = b.address, false) as same_address,
            coalesce(a.verified_id = b.verified_id, false) as same_id,
            coalesce(a.verified_id <> b.verified_id, false) as other_id
        from candidates
        join people a on a.mrn = one
        join people b on b.mrn = other
        where one < other
    ),
    judged as (
        select *,
            same_birth or swapped_birth or (vague_birth and same_year) as like_birth,
            same_phone::int + same_address::int as contacts,
            same_names and same_birth and same_sex and not vague_birth and not newborn and not other_id
                and ((same_id and (same_phone or same_address)) or (same_phone and same_address)) as sure
        from compared
    )
    select one, other, sure,
        case
            when not same_sex then 0
            when like_names and like_birth and same_id then 95
            when like_names and same_birth and not other_id and contacts > 0 then 90
            when was_named and same_birth and contacts > 0 and not other_id then 85
            when may_be_married and like_birth and same_id then 80
            when like_names and like_birth and not other_id and contacts > 0 then 75
            when may_be_married and same_birth and not other_id and contacts > 0 then 70
            when like_names and like_birth and contacts > 0 then 60
            when like_names and same_birth and not other_id then 50
            when like_names and same_id then 45
            when was_named and same_birth and not other_id then 40
            when may_be_married and same_birth and not other_id then 35
            when same_birth and same_id then 30
            when like_names and same_birth then 25
            when same_birth and contacts = 2 and not other_id then 10
            else 0
        end + contacts as chance
    from judged
"""


def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
    columns = ["mrn", "given_name", "family_name", "sex", "birth_date"]
    columns += ["phone", "address", "verified_id"]
    with duckdb.connect() as connection:
        connection.register("registrations", his[columns].astype("str"))
        connection.execute(f"create temp table pairs as {PAIRS}")
        sure = connection.execute("select one, other from pairs where sure order by one, other")
        auto_merge = [[one, other] for one, other in sure.fetchall()]
        queue = connection.execute(
            """
            select one, other from pairs where not sure and chance >= 10
            order by chance desc, one, other limit 15000
            """
        )
        review = [[one, other] for one, other in queue.fetchall()]
    return {"auto_merge": auto_merge, "review": review}


def merge_risk(checked: int, wrong: int, merges: int, limit: float) -> dict[str, object]:
    rate = wrong / checked if wrong else 3 / checked
    expected = merges * rate
    if expected <= limit:
        return {"expected": expected, "decision": "auto", "reason": "within-limit"}
    reason = "too-many-seen" if wrong else "too-few-checked"
    return {"expected": expected, "decision": "review", "reason": reason}
''',
    ),
    Alternative(
        task="1.4",
        name="plain Python, points for and against",
        source='''
def likeness(first, second):
    return difflib.SequenceMatcher(None, first, second).ratio()


def is_newborn(person):
    return person["given"].startswith("baby of ") or person["given"].endswith(("之子", "之女"))


def blocking_keys(person):
    """Everything under which a record may meet another record of the same person."""
    given, family, birth = person["given"], person["family"], person["birth_date"]
    names = tuple(sorted([given, family]))
    keys = [("contact", names, person["phone"]), ("contact", names, person["address"])]
    keys += [("contact", given, person["phone"]), ("contact", given, person["address"])]
    if person["verified_id"]:
        keys.append(("id", person["verified_id"]))
    if birth:
        day_or_month = tuple(sorted([birth[5:7], birth[8:10]]))
        keys += [("birth", birth, family), ("birth", birth, given), ("birth", birth, names)]
        keys += [("swapped", birth[:4], day_or_month, names)]
        keys += [("birth", birth, person["phone"]), ("birth", birth, person["address"])]
    return {key for key in keys if None not in key}


def name_points(a, b):
    if {a["given"], a["family"]} == {b["given"], b["family"]}:
        return 4.0
    if is_newborn(a) != is_newborn(b):
        return 2.0 if likeness(a["family"], b["family"]) >= 0.8 else -4.0
    straight = min(likeness(a["given"], b["given"]), likeness(a["family"], b["family"]))
    crossed = min(likeness(a["given"], b["family"]), likeness(a["family"], b["given"]))
    if max(straight, crossed) >= 0.7:
        return 3.0 * max(straight, crossed)
    if a["given"] == b["given"]:
        return 1.0 if a["sex"] == "F" else -2.0
    return -6.0


def birth_points(a, b):
    first, second = a["birth_date"], b["birth_date"]
    if not first or not second or "1900-01-01" in (first, second):
        return 1.0
    if first == second:
        return 4.0
    if first[:4] == second[:4]:
        if first[5:7] == second[8:10] and first[8:10] == second[5:7]:
            return 2.5
        if "01-01" in (first[5:], second[5:]):
            return 2.0
    return -5.0


def points(a, b):
    total = name_points(a, b) + birth_points(a, b)
    if a["verified_id"] and b["verified_id"]:
        total += 4.0 if a["verified_id"] == b["verified_id"] else -3.0
    for name in ["phone", "address"]:
        if a[name] and a[name] == b[name]:
            total += 1.5
    if a["sex"] != b["sex"]:
        total -= 4.0
    return total


def clear(a, b):
    """Whether two records may be merged unseen."""
    for name in ["given", "family", "birth_date", "sex"]:
        if not a[name] or a[name] != b[name]:
            return False
    if is_newborn(a) or a["birth_date"].endswith("-01-01"):
        return False
    phone = a["phone"] is not None and a["phone"] == b["phone"]
    address = a["address"] is not None and a["address"] == b["address"]
    if a["verified_id"] and b["verified_id"]:
        return a["verified_id"] == b["verified_id"] and (phone or address)
    return phone and address


def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
    columns = ["mrn", "given_name", "family_name", "sex", "birth_date"]
    columns += ["phone", "address", "verified_id"]
    people = {}
    blocks = defaultdict(list)
    for values in zip(*(his[name].tolist() for name in columns)):
        person = {k: v if isinstance(v, str) else None for k, v in zip(columns, values)}
        person["given"] = (person["given_name"] or "").lower()
        person["family"] = (person["family_name"] or "").lower()
        people[person["mrn"]] = person
        for key in blocking_keys(person):
            blocks[key].append(person["mrn"])
    candidates = set()
    for members in blocks.values():
        if len(members) <= 50:
            candidates.update(itertools.combinations(sorted(members), 2))
    auto_merge, queue = [], []
    for one, other in sorted(candidates):
        a, b = people[one], people[other]
        if clear(a, b):
            auto_merge.append([one, other])
            continue
        score = points(a, b)
        if score >= 4.0:
            queue.append((score, one, other))
    queue.sort(key=lambda entry: -entry[0])
    return {"auto_merge": auto_merge, "review": [[one, other] for _, one, other in queue[:15000]]}


def merge_risk(checked: int, wrong: int, merges: int, limit: float) -> dict[str, object]:
    answer = {"decision": "auto", "reason": "within-limit"}
    if wrong == 0:
        answer["expected"] = merges * 3 / checked
    else:
        answer["expected"] = merges * wrong / checked
    if answer["expected"] > limit:
        answer["decision"] = "review"
        answer["reason"] = "too-few-checked" if wrong == 0 else "too-many-seen"
    return answer
''',
    ),
    Alternative(
        task="1.6",
        name="DuckDB SQL",
        source='''
def quoted(name: str) -> str:
    """A column's name for a query."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text for a query."""
    return "'" + str(text).replace("'", "''") + "'"


def in_window(column: str, as_of: str, days: int) -> str:
    """The condition that a date, be it a text or a time, lies in the window."""
    day = f"try_cast(left(cast({column} as varchar), 10) as date)"
    age = f"date_diff('day', {day}, date {literal(as_of)})"
    return f"coalesce({age} between 0 and {int(days)}, false)"


def eligible_condition(rules: dict, as_of: str) -> str:
    person = "(select {} from patients p where p.mrn = u.mrn)"
    parts = ["true"]
    if "min_age" in rules:
        born = "cast(replace(left(p.birth_date, 10), '-', '') as integer)"
        today = int(as_of.replace("-", ""))
        years = person.format(f"({today} - {born}) // 10000")
        parts.append(f"coalesce({years} >= {int(rules['min_age'])}, false)")
    if "dx_prefix" in rules:
        begins = " or ".join(f"starts_with(e.dx_code, {literal(p)})" for p in rules["dx_prefix"])
        found = f"select e.mrn from encounters e where ({begins})"
        if "dx_window_days" in rules:
            found += " and " + in_window("e.admitted_at", as_of, rules["dx_window_days"])
        parts.append(f"u.mrn in ({found})")
    if rules.get("exclude_deceased"):
        parts.append(person.format("p.deceased_on") + " is null")
    if rules.get("exclude_moved_away"):
        parts.append(person.format("p.moved_away_on") + " is null")
    if "class" in rules:
        parts.append(f"u.\\"class\\" in ({', '.join(literal(c) for c in rules['class'])})")
    if "dated_by" in rules:
        parts.append(in_window("u." + quoted(rules["dated_by"]), as_of, rules["window_days"]))
    return " and ".join(parts)


def has_condition(rule: dict, as_of: str) -> str:
    if rule["source"] == "results":
        found = f"select mrn from valid where test_code = {literal(rule['test_code'])}"
        if "dated_by" in rule:
            found += " and " + in_window(quoted(rule["dated_by"]), as_of, rule["window_days"])
        return f"u.mrn in ({found})"
    condition = f"u.{quoted(rule['field'])} is not null"
    if "dated_by" in rule:
        condition += " and " + in_window("u." + quoted(rule["dated_by"]), as_of, rule["window_days"])
    return condition


def fitness(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame, purpose: dict
) -> dict[str, object]:
    as_of = str(purpose["as_of"])
    required = purpose["required"]
    flags = [f"({has_condition(rule, as_of)})" for rule in required]
    counts = ["count(*)", f"count(*) filter (where {' and '.join(['true', *flags])})"]
    counts += [f"count(*) filter (where {flag})" for flag in flags]
    query = f"""
        with valid as (
            select * from (
                select *, max(reported_at) over (partition by specimen_id, test_code) as newest
                from results
            )
            where reported_at = newest and status in ('F', 'C') and value is not null
        )
        select {', '.join(counts)} from {quoted(purpose['table'])} u
        where {eligible_condition(purpose['eligible'], as_of)}
    """
    with duckdb.connect() as connection:
        for name, table in [("patients", patients), ("encounters", encounters), ("results", results)]:
            connection.register(name, table)
        row = [int(n) for n in connection.execute(query).fetchone()]
    fields = {rule["field"]: n for rule, n in zip(required, row[2:])}
    return {"denominator": row[0], "numerator": row[1], "fields": fields}


def verdict(report: dict, need: float) -> dict[str, object]:
    counts = pd.Series({"": report["numerator"], **report["fields"]}, dtype=float)
    if report["denominator"] == 0:
        return {"share": 0.0, "use": False, "reason": "nobody"}
    shares = counts / report["denominator"]
    use = bool(shares[""] >= need)
    weak = bool((shares.drop("") < need).any())
    return {
        "share": float(shares[""]),
        "use": use,
        "reason": "fit" if use else ("weak-field" if weak else "combination"),
    }
''',
    ),
    Alternative(
        task="1.6",
        name="plain Python",
        source='''
def read_rows(table):
    """The rows of a table as dictionaries with None for what is missing."""
    names = list(table.columns)
    columns = []
    for name in names:
        gaps = table[name].isna().tolist()
        columns.append([None if gap else v for v, gap in zip(table[name].tolist(), gaps)])
    return [dict(zip(names, values)) for values in zip(*columns)]


def day(moment):
    """The calendar day of a text or a time, or None."""
    if moment is None:
        return None
    if isinstance(moment, str):
        return dt.date.fromisoformat(moment[:10])
    return dt.date(moment.year, moment.month, moment.day)


def fitness(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame, purpose: dict
) -> dict[str, object]:
    as_of = day(purpose["as_of"])
    rules = purpose["eligible"]
    people = {row["mrn"]: row for row in read_rows(patients)}
    stays = read_rows(encounters)

    def inside(moment, days):
        moment = day(moment)
        return moment is not None and 0 <= (as_of - moment).days <= days

    diagnosed = set()
    for stay in stays:
        prefixes = tuple(rules.get("dx_prefix", []))
        if stay["dx_code"] is not None and stay["dx_code"].startswith(prefixes):
            if inside(stay["admitted_at"], rules.get("dx_window_days", math.inf)):
                diagnosed.add(stay["mrn"])

    newest = {}
    messages = read_rows(results)
    for row in messages:
        key = row["specimen_id"], row["test_code"]
        newest[key] = max(newest.get(key, row["reported_at"]), row["reported_at"])
    valid = defaultdict(list)
    for row in messages:
        is_newest = row["reported_at"] == newest[row["specimen_id"], row["test_code"]]
        if is_newest and row["status"] in ("F", "C") and row["value"] is not None:
            valid[row["mrn"], row["test_code"]].append(row)

    def eligible(unit):
        person = people.get(unit["mrn"], {})
        if "min_age" in rules:
            born = day(person.get("birth_date"))
            if born is None:
                return False
            before_birthday = (as_of.month, as_of.day) < (born.month, born.day)
            if as_of.year - born.year - before_birthday < rules["min_age"]:
                return False
        if "dx_prefix" in rules and unit["mrn"] not in diagnosed:
            return False
        if rules.get("exclude_deceased") and person.get("deceased_on") is not None:
            return False
        if rules.get("exclude_moved_away") and person.get("moved_away_on") is not None:
            return False
        if "class" in rules and unit["class"] not in rules["class"]:
            return False
        return "dated_by" not in rules or inside(unit[rules["dated_by"]], rules["window_days"])

    def has(unit, rule):
        if rule["source"] == "results":
            rows = valid[unit["mrn"], rule["test_code"]]
        else:
            rows = [unit] if unit[rule["field"]] is not None else []
        if "dated_by" in rule:
            rows = [row for row in rows if inside(row[rule["dated_by"]], rule["window_days"])]
        return len(rows) > 0

    report = {"denominator": 0, "numerator": 0, "fields": {}}
    for rule in purpose["required"]:
        report["fields"][rule["field"]] = 0
    for unit in people.values() if purpose["table"] == "patients" else stays:
        if not eligible(unit):
            continue
        report["denominator"] += 1
        complete = True
        for rule in purpose["required"]:
            if has(unit, rule):
                report["fields"][rule["field"]] += 1
            else:
                complete = False
        report["numerator"] += complete
    return report


def verdict(report: dict, need: float) -> dict[str, object]:
    whole = report["denominator"]
    if whole == 0:
        return {"share": 0.0, "use": False, "reason": "nobody"}
    share = report["numerator"] / whole
    if share >= need:
        return {"share": share, "use": True, "reason": "fit"}
    for count in report["fields"].values():
        if count / whole < need:
            return {"share": share, "use": False, "reason": "weak-field"}
    return {"share": share, "use": False, "reason": "combination"}
''',
    ),
    Alternative(
        task="1.6",
        name="pandas, one mask for each condition",
        source="""
def fitness(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame, purpose: dict
) -> dict[str, object]:
    today = pd.Timestamp(purpose["as_of"])
    units = {"patients": patients, "encounters": encounters}[purpose["table"]]
    units = units.reset_index(drop=True)

    def within(dates: pd.Series, days: int) -> pd.Series:
        age = (today - pd.to_datetime(dates).dt.normalize()).dt.days
        return age.ge(0) & age.le(days)

    rules = purpose["eligible"]
    about = patients.set_index("mrn").reindex(units["mrn"]).reset_index()
    eligible = pd.Series(True, index=units.index)
    if "min_age" in rules:
        born = pd.to_datetime(about["birth_date"])
        month_day = born.dt.month * 100 + born.dt.day
        birthday_to_come = month_day > today.month * 100 + today.day
        eligible &= (today.year - born.dt.year - birthday_to_come).ge(rules["min_age"])
    if "dx_prefix" in rules:
        hit = encounters["dx_code"].fillna("").str.startswith(tuple(rules["dx_prefix"]))
        hit &= within(encounters["admitted_at"], rules["dx_window_days"])
        eligible &= units["mrn"].isin(encounters.loc[hit, "mrn"])
    for rule, column in [("exclude_deceased", "deceased_on"), ("exclude_moved_away", "moved_away_on")]:
        if rules.get(rule):
            eligible &= about[column].isna()
    if "class" in rules:
        eligible &= units["class"].isin(rules["class"])
    if "dated_by" in rules:
        eligible &= within(units[rules["dated_by"]], rules["window_days"])
    units = units[eligible]

    latest = results.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    good = results["status"].isin(["F", "C"]) & results["value"].notna()
    valid = results[good & results["reported_at"].eq(latest)]

    present = {}
    for rule in purpose["required"]:
        if rule["source"] == "results":
            fitting = valid["test_code"].eq(rule["test_code"])
            if "dated_by" in rule:
                fitting &= within(valid[rule["dated_by"]], rule["window_days"])
            present[rule["field"]] = units["mrn"].isin(valid.loc[fitting, "mrn"])
            continue
        present[rule["field"]] = units[rule["field"]].notna()
        if "dated_by" in rule:
            present[rule["field"]] &= within(units[rule["dated_by"]], rule["window_days"])
    return {
        "denominator": len(units),
        "numerator": int(pd.DataFrame(present, index=units.index).all(axis=1).sum()),
        "fields": {field: int(mask.sum()) for field, mask in present.items()},
    }


def verdict(report: dict, need: float) -> dict[str, object]:
    whole = report["denominator"]
    share = report["numerator"] / whole if whole else 0.0
    use = whole > 0 and share >= need
    if whole == 0:
        reason = "nobody"
    elif use:
        reason = "fit"
    elif min(report["fields"].values()) / whole < need:
        reason = "weak-field"
    else:
        reason = "combination"
    return {"share": share, "use": use, "reason": reason}
""",
    ),
    Alternative(
        task="1.7",
        name="DuckDB SQL",
        source='''
QUERY = """
    with people as (
        select *,
            hba1c is not null and not isnan(hba1c) as tested,
            coalesce(not isnan(hba1c) and hba1c >= 6.5, false) as high,
            case when $known then dx_diabetes or on_drug else false end as recorded,
            (1 - p_ordered) / p_ordered as w
        from cohort
    )
    select
        count(*),
        count(*) filter (where high or recorded),
        count(*) filter (where not tested and not recorded),
        count(*) filter (where tested),
        count(*) filter (where tested and (high or recorded)),
        sum(w) filter (where tested and high and not recorded)
            / sum(w) filter (where tested and not recorded)
    from people
"""


def blank_bias(cohort: pd.DataFrame, deltas: list[float]) -> dict[str, dict[str, object]]:
    needed = cohort[["hba1c", "dx_diabetes", "on_drug", "p_ordered"]]
    answer = {}
    with duckdb.connect() as connection:
        connection.register("cohort", needed)
        for name, known in [("hba1c_high", False), ("diabetes", True)]:
            row = connection.execute(QUERY, {"known": known}).fetchone()
            n, yes, unknown, tested, tested_yes, m = row
            curve = connection.execute(
                """
                select ($yes + $unknown * delta * $m / (1 - $m + delta * $m)) / $n
                from (select unnest($deltas::double[]) as delta, generate_subscripts($deltas, 1) as i)
                order by i
                """,
                {"yes": yes, "unknown": unknown, "m": m, "n": n, "deltas": list(deltas)},
            ).fetchall()
            answer[name] = {
                "tested": tested_yes / tested,
                "missing_as_negative": yes / n,
                "mar": (yes + unknown * m) / n,
                "low": yes / n,
                "high": (yes + unknown) / n,
                "curve": [float(share) for (share,) in curve],
            }
    return answer


def decide(part: dict, limit: float) -> dict[str, str]:
    query = """
        select case
            when $low > $limit then 'yes bounds'
            when $high <= $limit then 'no bounds'
            when list_min($curve) > $limit then 'yes curve'
            when list_max($curve) <= $limit then 'no curve'
            else 'cannot-tell crosses'
        end
    """
    values = {name: float(part[name]) for name in ["low", "high"]}
    values["curve"] = [float(share) for share in part["curve"]]
    values["limit"] = float(limit)
    with duckdb.connect() as connection:
        answer, reason = connection.execute(query, values).fetchone()[0].split()
    return {"answer": answer, "reason": reason}
''',
    ),
    Alternative(
        task="1.7",
        name="plain Python",
        source='''
def one_share(rows, deltas, records_count):
    """The numbers of one share; `records_count` tells whether diagnosis and drug make a yes."""
    n = len(rows)
    yes = unknown = tested = tested_yes = 0
    weight_high = weight_all = 0.0
    for hba1c, diagnosis, drug, p in rows:
        is_tested = not math.isnan(hba1c)
        is_high = is_tested and hba1c >= 6.5
        recorded = records_count and (diagnosis or drug)
        if is_high or recorded:
            yes += 1
            tested_yes += is_tested
        elif not is_tested:
            unknown += 1
        tested += is_tested
        if is_tested and not recorded:
            weight = (1 - p) / p
            weight_all += weight
            if is_high:
                weight_high += weight
    m = weight_high / weight_all
    curve = []
    for delta in deltas:
        q = delta * m / (1 - m + delta * m)
        curve.append((yes + unknown * q) / n)
    return {
        "tested": tested_yes / tested,
        "missing_as_negative": yes / n,
        "mar": (yes + unknown * m) / n,
        "low": yes / n,
        "high": (yes + unknown) / n,
        "curve": curve,
    }


def blank_bias(cohort: pd.DataFrame, deltas: list[float]) -> dict[str, dict[str, object]]:
    columns = ["hba1c", "dx_diabetes", "on_drug", "p_ordered"]
    rows = list(zip(*(cohort[name].tolist() for name in columns)))
    return {
        "hba1c_high": one_share(rows, deltas, False),
        "diabetes": one_share(rows, deltas, True),
    }


def decide(part: dict, limit: float) -> dict[str, str]:
    if part["low"] > limit:
        return {"answer": "yes", "reason": "bounds"}
    if part["high"] <= limit:
        return {"answer": "no", "reason": "bounds"}
    above = 0
    for share in part["curve"]:
        if share > limit:
            above += 1
    if above == len(part["curve"]):
        return {"answer": "yes", "reason": "curve"}
    if above == 0:
        return {"answer": "no", "reason": "curve"}
    return {"answer": "cannot-tell", "reason": "crosses"}
''',
    ),
    Alternative(
        task="1.7",
        name="numpy arrays, odds",
        source="""
def summary(yes, unknown, teacher, tested, high, p, deltas):
    weights = 1 / p[teacher] - 1
    m = np.average(high[teacher], weights=weights)
    odds = np.asarray(deltas, dtype=float) * m / (1 - m)
    curve = yes.mean() + unknown.mean() * odds / (1 + odds)
    return {
        "tested": float(yes[tested].mean()),
        "missing_as_negative": float(yes.mean()),
        "mar": float(yes.mean() + unknown.mean() * m),
        "low": float(yes.mean()),
        "high": float((yes | unknown).mean()),
        "curve": curve.tolist(),
    }


def blank_bias(cohort: pd.DataFrame, deltas: list[float]) -> dict[str, dict[str, object]]:
    hba1c = cohort["hba1c"].to_numpy(dtype=float)
    p = cohort["p_ordered"].to_numpy(dtype=float)
    on_record = cohort["dx_diabetes"].to_numpy(dtype=bool) | cohort["on_drug"].to_numpy(dtype=bool)
    tested = ~np.isnan(hba1c)
    high = tested & (np.nan_to_num(hba1c) >= 6.5)
    return {
        "hba1c_high": summary(high, ~tested, tested, tested, high, p, deltas),
        "diabetes": summary(
            high | on_record, ~tested & ~on_record, tested & ~on_record, tested, high, p, deltas
        ),
    }


def decide(part: dict, limit: float) -> dict[str, str]:
    def side(lowest, highest):
        return "yes" if lowest > limit else "no" if highest <= limit else None

    for reason, (lowest, highest) in {
        "bounds": (part["low"], part["high"]),
        "curve": (min(part["curve"]), max(part["curve"])),
    }.items():
        answer = side(lowest, highest)
        if answer is not None:
            return {"answer": answer, "reason": reason}
    return {"answer": "cannot-tell", "reason": "crosses"}
""",
    ),
]
