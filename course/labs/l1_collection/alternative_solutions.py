"""Right answers written from the tasks' text alone.

Each was written without looking at the checks, the project's own solutions or any other source than
the released notebook of lab 1 and one district.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="1.1",
        name="the csv module and strptime",
        source="""
import csv
import io


def load_clinic(raw: bytes, meta: dict) -> pd.DataFrame:
    text = io.StringIO(raw.decode(meta["encoding"]), newline="")
    rows = list(csv.DictReader(text, delimiter=meta["delimiter"]))
    return pd.DataFrame(
        {
            column["field"]: [read_cell(row[column["column"]], column) for row in rows]
            for column in meta["columns"]
        }
    )


def read_cell(cell, column):
    if cell in column.get("blanks", []):
        return None
    if column["type"] == "number":
        return float(cell)
    if column["type"] == "date":
        return dt.datetime.strptime(cell, column["format"]).date().isoformat()
    if column["type"] == "code":
        return column["codes"][cell]
    return cell


def date_order(dates: list[str]) -> dict[str, object]:
    either = day_first = month_first = 0
    for text in dates:
        first, second, _ = map(int, text.split("/"))
        if first > 12:
            day_first += 1
        elif second > 12:
            month_first += 1
        elif first != second:
            either += 1
    answer = {"order": "cannot-tell", "either": either / len(dates)}
    if day_first and month_first:
        return answer | {"reason": "contradiction"}
    if not day_first and not month_first:
        return answer | {"reason": "nothing-tells"}
    return answer | {"order": "day-first" if day_first else "month-first", "reason": "proved"}
""",
    ),
    Alternative(
        task="1.1",
        name="pandas, everything read as text first",
        source="""
import io


def load_clinic(raw: bytes, meta: dict) -> pd.DataFrame:
    cells = pd.read_csv(
        io.BytesIO(raw),
        sep=meta["delimiter"],
        encoding=meta["encoding"],
        dtype="str",
        keep_default_na=False,
        na_filter=False,
    )
    table = pd.DataFrame(index=cells.index)
    for column in meta["columns"]:
        values = cells[column["column"]]
        values = values.mask(values.isin(column.get("blanks", [])))
        if column["type"] == "number":
            values = pd.to_numeric(values)
        elif column["type"] == "date":
            values = pd.to_datetime(values, format=column["format"]).dt.strftime("%Y-%m-%d")
        elif column["type"] == "code":
            values = values.map(column["codes"])
        table[column["field"]] = values
    return table


def date_order(dates: list[str]) -> dict[str, object]:
    numbers = pd.Series(dates, dtype="str").str.extract(r"(\\d+)\\D+(\\d+)").astype(int)
    first, second = numbers[0], numbers[1]
    both = (first <= 12) & (second <= 12) & (first != second)
    proofs = (bool((first > 12).any()), bool((second > 12).any()))
    order, reason = {
        (True, False): ("day-first", "proved"),
        (False, True): ("month-first", "proved"),
        (False, False): ("cannot-tell", "nothing-tells"),
        (True, True): ("cannot-tell", "contradiction"),
    }[proofs]
    return {"order": order, "either": float(both.mean()), "reason": reason}
""",
    ),
    Alternative(
        task="1.1",
        name="cells cut by a regular expression, told by DuckDB",
        source='''
def cut(text, delimiter):
    """The cells of each line; a cell in quotation marks may hold anything, its own marks doubled."""
    d = re.escape(delimiter)
    cell = re.compile(f'(?:"((?:[^"]|"")*)"|([^{d}\\\\r\\\\n]*))({d}|\\\\r\\\\n|$)')
    lines, line, place = [], [], 0
    while place < len(text):
        found = cell.match(text, place)
        quoted, plain, end = found.groups()
        line.append(plain if quoted is None else quoted.replace('""', '"'))
        place = found.end()
        if end == delimiter and place == len(text):
            line.append("")
        if end != delimiter or place == len(text):
            lines.append(line)
            line = []
    return lines


def load_clinic(raw: bytes, meta: dict) -> pd.DataFrame:
    header, *lines = cut(raw.decode(meta["encoding"]), meta["delimiter"])
    numbered = [[place, *line] for place, line in enumerate(lines)]
    cells = pd.DataFrame(numbered, columns=["the line", *header])
    terms, values = [], {}

    def value(given):
        """The name under which a query gets a value."""
        values[f"v{len(values)}"] = given
        return f"$v{len(values) - 1}"

    for column in meta["columns"]:
        term = f'"{column["column"]}"'
        if "blanks" in column:
            blank = f"list_contains({value(list(column['blanks']))}::varchar[], {term})"
            term = f"case when {blank} then null else {term} end"
        if column["type"] == "number":
            term = f"cast({term} as double)"
        elif column["type"] == "date":
            term = f"strftime(strptime({term}, {value(column['format'])}), '%Y-%m-%d')"
        elif column["type"] == "code":
            codes, meanings = value(list(column["codes"])), value(list(column["codes"].values()))
            term = f"map({codes}::varchar[], {meanings}::varchar[])[{term}]"
        terms.append(f'{term} as "{column["field"]}"')
    with duckdb.connect() as connection:
        connection.register("cells", cells)
        return connection.execute(f'select {", ".join(terms)} from cells order by "the line"', values).df()


def date_order(dates: list[str]) -> dict[str, object]:
    query = """
        with parts as (
            select list_transform(regexp_extract_all(one, '[0-9]+')[1:2], lambda x: x::int) as p
            from (select unnest(?::varchar[]) as one)
        )
        select count(*) filter (where p[1] > 12), count(*) filter (where p[2] > 12),
            count(*) filter (where greatest(p[1], p[2]) <= 12 and p[1] <> p[2]) / count(*)
        from parts
    """
    with duckdb.connect() as connection:
        [(day_first, month_first, either)] = connection.execute(query, [dates]).fetchall()
    order, reason = "cannot-tell", "contradiction" if day_first else "nothing-tells"
    if bool(day_first) != bool(month_first):
        order, reason = "day-first" if day_first else "month-first", "proved"
    return {"order": order, "either": either, "reason": reason}
''',
    ),
    Alternative(
        task="1.2",
        name="one form at a time, as a clerk would",
        source="""
def condition_state(condition, form, said):
    name = condition["field"]
    if name == "age":
        age = int(form["age"])
        low, high = condition.get("from", age), condition.get("to", age)
        return "holds" if low <= age <= high else "fails"
    reason = said.get(name)
    if reason == "not-applicable":
        return "fails"
    if reason is not None and reason != "review":
        return "open"
    return "holds" if form[name] == condition["is"] else "fails"


def one_cell(field, form, said):
    text = form[field["field"]]
    empty = not isinstance(text, str) or text == ""
    if not empty and text in field["marks"]:
        return field["marks"][text]
    states = {condition_state(condition, form, said) for condition in field.get("asked_if") or []}
    if not empty:
        return "review" if "fails" in states else None
    if "fails" in states:
        return "not-applicable"
    if "open" in states or form["filled_on"] < field["since"]:
        return "not-asked"
    return "unknown"


def blank_reason(df: pd.DataFrame, form_meta: dict) -> pd.DataFrame:
    rows = []
    for form in df.to_dict("records"):
        said = {}
        for field in form_meta["fields"]:
            said[field["field"]] = one_cell(field, form, said)
        rows.append({"form_id": form["form_id"], **said})
    return pd.DataFrame(rows, columns=["form_id", *[field["field"] for field in form_meta["fields"]]])


def repair(counts: dict[str, int], need: float) -> dict[str, object]:
    concerned = sum(number for reason, number in counts.items() if reason != "not-applicable")
    share = counts["answered"] / concerned
    if share >= need:
        return {"share": share, "decision": "use", "reason": "enough"}
    open_ways = ["error", "not-asked", "not-performed", "unknown"]
    if (counts["answered"] + sum(counts[way] for way in open_ways)) / concerned >= need:
        # max keeps the first of equal ones, and the list is in the order of the alphabet.
        return {"share": share, "decision": "go-back", "reason": max(open_ways, key=counts.get)}
    return {"share": share, "decision": "leave", "reason": "closed"}
""",
    ),
    Alternative(
        task="1.2",
        name="pandas, a whole column at a time",
        source="""
def blank_reason(df: pd.DataFrame, form_meta: dict) -> pd.DataFrame:
    age = pd.to_numeric(df["age"])
    out = pd.DataFrame({"form_id": df["form_id"]})
    for field in form_meta["fields"]:
        name = field["field"]
        fails = pd.Series(False, index=df.index)
        unreached = fails.copy()
        for condition in field.get("asked_if", []):
            at = condition["field"]
            if at == "age":
                fails |= (age < condition.get("from", -1)) | (age > condition.get("to", 1000))
                continue
            if at in out.columns:
                blank = out[at].notna() & out[at].ne("review")
                fails |= out[at].eq("not-applicable")
                unreached |= blank & out[at].ne("not-applicable")
            else:
                blank = pd.Series(False, index=df.index)
            fails |= ~blank & df[at].fillna("").ne(condition["is"])
        cell = df[name].astype(object).where(df[name].notna(), "")
        empty = cell.eq("")
        early = df["filled_on"].lt(field["since"])
        reason = pd.Series(None, index=df.index, dtype=object)
        # From the weakest to the strongest: what comes later overwrites.
        reason[empty] = "unknown"
        reason[empty & (early | unreached)] = "not-asked"
        reason[empty & fails] = "not-applicable"
        reason[~empty & fails] = "review"
        marked = cell.isin(list(field["marks"]))
        reason[marked] = cell[marked].map(field["marks"])
        out[name] = reason
    return out


def repair(counts: dict[str, int], need: float) -> dict[str, object]:
    column = pd.Series(counts).drop("not-applicable")
    column = column / column.sum()
    again = column[["not-asked", "not-performed", "error", "unknown"]].sort_index()
    verdict = {"share": float(column["answered"]), "decision": "leave", "reason": "closed"}
    if column["answered"] + again.sum() >= need:
        verdict |= {"decision": "go-back", "reason": again.idxmax()}
    if column["answered"] >= need:
        verdict |= {"decision": "use", "reason": "enough"}
    return verdict
""",
    ),
    Alternative(
        task="1.2",
        name="DuckDB SQL on a long table of cells",
        source='''
TABLES = """
create table cells (form varchar, field varchar, said varchar);
create table fields (field varchar, since varchar);
create table marks (field varchar, mark varchar, reason varchar);
create table conditions (field varchar, looks_at varchar, wanted varchar, low integer, high integer);
create table verdicts (form varchar, field varchar, reason varchar);
"""

# A field is judged when those that it depends on have been.
JUDGE = """
insert into verdicts
with states as (
    select cells.form,
        case
            when looks_at = 'age' then
                case when cast(cells.said as integer) between coalesce(low, 0) and coalesce(high, 999)
                then 'holds' else 'fails' end
            when verdicts.reason = 'not-applicable' then 'fails'
            when verdicts.reason <> 'review' then 'open'
            when cells.said = wanted then 'holds'
            else 'fails'
        end as state
    from conditions
    join cells on cells.field = conditions.looks_at
    left join verdicts on verdicts.form = cells.form and verdicts.field = cells.field
    where conditions.field = $field
), worst as (
    select form, bool_or(state = 'fails') as fails, bool_or(state = 'open') as is_open
    from states group by form
)
select cells.form, cells.field, case
    when marks.reason is not null then marks.reason
    when cells.said is not null and fails then 'review'
    when cells.said is not null then null
    when fails then 'not-applicable'
    when is_open then 'not-asked'
    when filled.said < fields.since then 'not-asked'
    else 'unknown'
end
from cells
join fields using (field)
join cells as filled on filled.form = cells.form and filled.field = 'filled_on'
left join worst on worst.form = cells.form
left join marks on marks.field = cells.field and marks.mark = cells.said
where cells.field = $field
"""


def fill(base, table, rows, columns):
    if rows:
        frame = pd.DataFrame(rows, columns=columns, dtype=object)
        base.register("rows_of_it", frame)
        base.execute(f"insert into {table} select * from rows_of_it")
        base.unregister("rows_of_it")


def blank_reason(df: pd.DataFrame, form_meta: dict) -> pd.DataFrame:
    names = [field["field"] for field in form_meta["fields"]]
    long = df.melt("form_id", ["filled_on", "sex", "age", *names])
    cells = [(form, name, None if pd.isna(said) or said == "" else said) for form, name, said in long.values]
    marks = [(f["field"], mark, reason) for f in form_meta["fields"] for mark, reason in f["marks"].items()]
    conditions = [
        (f["field"], c["field"], c.get("is"), c.get("from"), c.get("to"))
        for f in form_meta["fields"]
        for c in f.get("asked_if", [])
    ]
    with duckdb.connect() as base:
        base.execute(TABLES)
        fill(base, "cells", cells, ["form", "field", "said"])
        fill(base, "fields", [(f["field"], f["since"]) for f in form_meta["fields"]], ["field", "since"])
        fill(base, "marks", marks, ["field", "mark", "reason"])
        fill(base, "conditions", conditions, ["field", "looks_at", "wanted", "low", "high"])
        for name in names:
            base.execute(JUDGE, {"field": name})
        verdicts = base.execute("select * from verdicts").df()
    wide = verdicts.pivot(index="form", columns="field", values="reason").reindex(columns=names)
    return wide.rename_axis(index="form_id", columns=None).reset_index()


def repair(counts: dict[str, int], need: float) -> dict[str, object]:
    [(share, decision, reason)] = duckdb.sql(f"""
        with given as (
            select unnest({list(counts)}) as reason, unnest({[int(n) for n in counts.values()]}) as n
        ), sums as (
            select sum(n) filter (reason = 'answered') as answered,
                sum(n) filter (reason in ('not-asked', 'not-performed', 'error', 'unknown')) as again,
                sum(n) filter (reason <> 'not-applicable') as concerned
            from given
        ), most as (
            select reason from given
            where reason in ('not-asked', 'not-performed', 'error', 'unknown')
            order by n desc, reason limit 1
        )
        select answered / concerned, case
            when answered / concerned >= {need} then 'use'
            when (answered + again) / concerned >= {need} then 'go-back'
            else 'leave' end, reason
        from sums, most
    """).fetchall()
    fixed = {"use": "enough", "leave": "closed"}
    return {"share": share, "decision": decision, "reason": fixed.get(decision, reason)}
''',
    ),
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
        task="1.4",
        name="pandas and numpy, weights of agreement and disagreement",
        source="""
KEYS = [
    ["verified_id"],
    ["birth_date", "phone"],
    ["birth_date", "address"],
    ["birth_date", "family"],
    ["birth_date", "given", "sex"],
    ["names", "birth_date"],
    ["names", "phone"],
    ["names", "address"],
    ["names", "day_numbers"],
    ["given", "phone"],
    ["given", "address"],
]


def prepared(his: pd.DataFrame) -> pd.DataFrame:
    people = his[["mrn", "sex", "birth_date", "phone", "address", "verified_id"]].copy()
    people["given"] = his["given_name"].str.lower()
    people["family"] = his["family_name"].str.lower()
    people["names"] = [" ".join(sorted(pair)) for pair in zip(people["given"], people["family"])]
    people["newborn"] = his["given_name"].str.contains("^Baby of |之[子女]$")
    # The year, and the other two numbers in either order.
    parts = his["birth_date"].str.split("-")
    people["day_numbers"] = [f"{p[0]} {min(p[1:])} {max(p[1:])}" for p in parts]
    people["year"] = his["birth_date"].str[:4]
    people["vague"] = his["birth_date"].str.endswith("-01-01")
    junk = people["verified_id"].map(lambda number: isinstance(number, str) and len(set(number)) == 1)
    people["verified_id"] = people["verified_id"].mask(junk)
    return people


def candidates(people: pd.DataFrame) -> pd.DataFrame:
    found = []
    for key in KEYS:
        strong = people[["mrn", *key]].dropna()
        pairs = strong.merge(strong, on=key)
        found.append(pairs.loc[pairs["mrn_x"] < pairs["mrn_y"], ["mrn_x", "mrn_y"]])
    return pd.concat(found).drop_duplicates()


def alike(one: pd.Series, other: pd.Series) -> np.ndarray:
    return np.array([difflib.SequenceMatcher(None, a, b).ratio() for a, b in zip(one, other)])


def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
    people = prepared(his)
    pairs = candidates(people)
    sides = people.set_index("mrn")
    one = sides.loc[pairs["mrn_x"]].reset_index(drop=True)
    other = sides.loc[pairs["mrn_y"]].reset_index(drop=True)

    same = {name: (one[name] == other[name]).to_numpy() for name in sides.columns}
    newborn = (one["newborn"] | other["newborn"]).to_numpy()
    vague = (one["vague"] | other["vague"]).to_numpy()
    unknown = (one["birth_date"].eq("1900-01-01") | other["birth_date"].eq("1900-01-01")).to_numpy()
    id_differs = (one["verified_id"].notna() & other["verified_id"].notna()).to_numpy() & ~same["verified_id"]
    typed_alike = alike(one["names"], other["names"]) >= 0.8
    typed_alike &= (alike(one["given"], other["given"]) >= 0.6) | same["names"] | (
        alike(one["given"], other["family"]) >= 0.6
    )
    married = same["given"] & (one["sex"] == "F").to_numpy()
    named = newborn & ~same["newborn"] & same["family"]

    name = np.select([same["names"], typed_alike, married, named], [6, 5, 2.5, 3], -12)
    birth = np.select(
        [same["birth_date"] & ~vague, same["day_numbers"], vague & (same["year"] | unknown)], [6, 5, 3], -6
    )
    identifier = np.select([same["verified_id"], id_differs], [5, -7], 0)
    weight = name + birth + identifier + np.where(same["sex"], 0, -20)
    weight = weight + np.where(same["phone"], 3, -0.5) + np.where(same["address"], 3, -0.5)

    contacts = same["phone"].astype(int) + same["address"] + (same["verified_id"] & same["sex"])
    sure = same["names"] & same["birth_date"] & same["sex"] & ~vague & ~newborn & ~id_differs & (contacts >= 2)
    pairs = pairs.assign(weight=weight, sure=sure)
    queue = pairs[~sure & (weight >= 4)].sort_values(["weight", "mrn_x", "mrn_y"], ascending=[False, True, True])
    return {
        "auto_merge": pairs.loc[pairs["sure"], ["mrn_x", "mrn_y"]].values.tolist(),
        "review": queue[["mrn_x", "mrn_y"]].values.tolist()[:15000],
    }


def merge_risk(checked: int, wrong: int, merges: int, limit: float) -> dict[str, object]:
    expected = merges * (wrong or 3) / checked
    auto = expected <= limit
    reasons = {True: "within-limit", False: "too-many-seen" if wrong else "too-few-checked"}
    return {"expected": expected, "decision": "auto" if auto else "review", "reason": reasons[auto]}
""",
    ),
    Alternative(
        task="1.5",
        name="pandas, one mask for each rule",
        source="""
# What a living body can give, by kind and unit; beyond it is no body but a broken cuff.
POSSIBLE = {
    ("heart_rate", "beats/min"): (15, 300),
    ("sbp", "mmHg"): (30, 300),
    ("dbp", "mmHg"): (10, 250),
    ("glucose", "mg/dL"): (10, 2000),
    ("glucose", "mmol/L"): (0.5, 110),
    ("sleep", "h"): (0, 24),
    ("steps", "steps/h"): (0, 20000),
}


def plausibility(tables: dict[str, pd.DataFrame]) -> dict[str, list]:
    patients, stays, results = tables["his_patients"], tables["his_encounters"], tables["lis_results"]
    cohort, readings = tables["diabetes_cohort"], tables["app_readings"]
    rules, flags = [], []

    def rule(rule_id, level, field, predicate, severity, broken):
        rules.append(
            {
                "rule_id": rule_id,
                "level": level,
                "field": field,
                "predicate": predicate,
                "severity": severity,
            }
        )
        flags.extend([rule_id, record] for record in broken.dropna().unique().tolist()[:4000])

    born = patients["birth_date"]
    rule("P1", "value", "his_patients.birth_date", "not 1900-01-01", "error",
         patients.loc[born.eq("1900-01-01"), "mrn"])
    rule("P2", "value", "his_patients.birth_date", "not the first of January", "query",
         patients.loc[born.str.endswith("-01-01") & ~born.eq("1900-01-01"), "mrn"])
    rule("P3", "record", "his_patients.birth_date", "not after the registration", "query",
         patients.loc[pd.to_datetime(born) > patients["registered_at"], "mrn"])
    nines = patients["verified_id"].str.fullmatch("9+", na=False)
    rule("P4", "value", "his_patients.verified_id", "not only nines", "error", patients.loc[nines, "mrn"])
    shared = patients["verified_id"].notna() & patients["verified_id"].duplicated(keep=False) & ~nines
    rule("P5", "relation", "his_patients.verified_id", "one record for each identifier", "query",
         patients.loc[shared, "mrn"])
    rule("E1", "record", "his_encounters.discharged_at", "not before admitted_at", "error",
         stays.loc[stays["discharged_at"] < stays["admitted_at"], "encounter_id"])
    rule("E2", "relation", "his_encounters.mrn", "is a registered patient", "query",
         stays.loc[~stays["mrn"].isin(patients["mrn"]), "encounter_id"])
    long = stays["discharged_at"] - stays["admitted_at"] > pd.Timedelta(days=90)
    rule("E3", "record", "his_encounters.discharged_at", "at most 90 days", "query",
         stays.loc[long, "encounter_id"])
    number = pd.to_numeric(results["value"], errors="coerce")
    rule("R1", "value", "lis_results.value", "not negative", "error", results.loc[number < 0, "row_id"])
    rule("R2", "value", "lis_results.value", "potassium below 7.5", "query",
         results.loc[results["test_code"].eq("K") & (number >= 7.5), "row_id"])
    rule("C1", "value", "diabetes_cohort.bmi", "below 55", "query", cohort.loc[cohort["bmi"] >= 55, "mrn"])

    limits = pd.DataFrame(
        [(*key, *limit) for key, limit in POSSIBLE.items()], columns=["kind", "unit", "least", "most"]
    )
    judged = readings[["reading_id", "kind", "unit", "value"]].merge(limits, on=["kind", "unit"], how="left")
    outside = (judged["value"] <= judged["least"]) | (judged["value"] >= judged["most"])
    rule("D1", "value", "app_readings.value", "what a living body gives", "error",
         judged.loc[outside, "reading_id"])

    old = readings["uploaded_at"] - readings["taken_at"] > pd.Timedelta(days=365)
    rule("D2", "device", "app_readings.taken_at", "within a year of the upload", "error",
         readings.loc[old, "device_id"])
    offset = pd.to_timedelta(readings["utc_offset"].str.lstrip("+") + ":00")
    home = offset.mode()[0]
    delay = readings["uploaded_at"] - (readings["taken_at"] - offset + home)
    soonest = delay[~old].groupby(readings["device_id"]).min()
    shifted = soonest.dt.floor("1h") != pd.Timedelta(0)
    rule("D3", "device", "app_readings.taken_at", "first arrivals within an hour", "error",
         pd.Series(shifted[shifted].index))
    return {"rules": rules, "flags": flags}


def rule_report(flagged: list[str], wrong: list[str], sick: list[str], allowed: int) -> dict[str, object]:
    caught = float(pd.Series(wrong, dtype="str").isin(flagged).mean()) if wrong else 0.0
    alarmed = int(pd.Series(sick, dtype="str").isin(flagged).sum())
    if caught == 0:
        decision, reason = "drop", "finds-nothing"
    elif alarmed > allowed:
        decision, reason = "query", "hits-the-sick"
    else:
        decision, reason = "error", "safe"
    return {"caught": caught, "alarmed": alarmed, "decision": decision, "reason": reason}
""",
    ),
    Alternative(
        task="1.5",
        name="DuckDB, every rule a query",
        source='''
RULES = [
    ("born-1900", "value", "his_patients.birth_date", "error", "nobody alive was born on 1900-01-01",
     "select mrn from his_patients where birth_date = '1900-01-01'"),
    ("very-old", "value", "his_patients.birth_date", "query", "born in 1926 or later",
     "select mrn from his_patients where birth_date < '1926' and birth_date <> '1900-01-01'"),
    ("new-year", "value", "his_patients.birth_date", "query", "born on another day than 1 January",
     "select mrn from his_patients where birth_date[6:] = '01-01' and birth_date <> '1900-01-01'"),
    ("no-id", "value", "his_patients.verified_id", "error", "an identifier has a digit that is no nine",
     "select mrn from his_patients where regexp_full_match(verified_id, '9{5,}')"),
    ("two-with-one-id", "relation", "his_patients.verified_id", "query", "at most two records of one identifier",
     "select mrn from his_patients where verified_id is not null and not regexp_full_match(verified_id, '9+') "
     "qualify count(*) over (partition by verified_id) > 2"),
    ("backwards", "record", "his_encounters.discharged_at", "error", "discharged after admitted",
     "select encounter_id from his_encounters where discharged_at < admitted_at"),
    ("stranger", "relation", "his_encounters.mrn", "query", "the patient is registered",
     "select encounter_id from his_encounters anti join his_patients using (mrn)"),
    ("sweet", "value", "lis_results.value", "query", "glucose below 600 mg/dL",
     "select row_id from lis_results where test_code = 'GLU' and unit = 'mg/dL' "
     "and try_cast(value as double) >= 600"),
    ("potassium", "value", "lis_results.value", "query", "potassium below 7.5 mmol/L",
     "select row_id from lis_results where test_code = 'K' and try_cast(value as double) >= 7.5"),
    ("negative", "value", "lis_results.value", "error", "not below 0",
     "select row_id from lis_results where try_cast(value as double) < 0"),
    ("heavy", "value", "diabetes_cohort.bmi", "query", "below 55",
     "select mrn from diabetes_cohort where bmi >= 55"),
    ("no-body", "value", "app_readings.value", "error", "a living body can give it",
     """select reading_id from app_readings where case kind
            when 'heart_rate' then value not between 15 and 350
            when 'sbp' then value not between 35 and 350
            when 'dbp' then value not between 10 and 250
            when 'glucose' then value * (case unit when 'mmol/L' then 18 else 1 end) not between 10 and 2500
            when 'sleep' then value not between 0 and 24
            when 'steps' then value not between 0 and 30000
            else value < 0 end"""),
    ("fallen-clock", "device", "app_readings.taken_at", "error", "taken in the year in which it arrived",
     "select distinct device_id from app_readings where date_diff('year', taken_at, uploaded_at) > 1"),
    ("wrong-zone", "device", "app_readings.taken_at", "error", "the first reading arrives within the hour",
     """with minutes as (
            select *, (case when utc_offset[1] = '-' then -1 else 1 end)
                * (utc_offset[2:3]::int * 60 + utc_offset[5:6]::int) as east
            from app_readings where date_diff('year', taken_at, uploaded_at) <= 1
        ),
        home as (select mode(east) as home from minutes)
        select device_id from minutes, home group by device_id
        having min(epoch(uploaded_at) - epoch(taken_at) + 60 * (east - home)) not between 0 and 3600"""),
]


def plausibility(tables: dict[str, pd.DataFrame]) -> dict[str, list]:
    flags = []
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        for rule_id, *_, query in RULES:
            flags += [[rule_id, record] for (record,) in connection.execute(query).fetchall()[:3000]]
    words = ["rule_id", "level", "field", "severity", "predicate"]
    return {"rules": [dict(zip(words, rule)) for rule in RULES], "flags": flags}


def rule_report(flagged: list[str], wrong: list[str], sick: list[str], allowed: int) -> dict[str, object]:
    query = """
        select coalesce(list_count(list_filter($wrong, lambda x: list_contains($flagged, x))) / nullif(len($wrong), 0), 0),
            coalesce(len(list_filter($sick, lambda x: list_contains($flagged, x))), 0)
    """
    for name in ("flagged", "wrong", "sick"):
        query = query.replace(f"${name}", f"${name}::varchar[]")
    with duckdb.connect() as connection:
        values = {"wrong": list(wrong), "flagged": list(flagged), "sick": list(sick)}
        [(caught, alarmed)] = connection.execute(query, values).fetchall()
    decision = ("drop", "finds-nothing")
    if caught:
        decision = ("query", "hits-the-sick") if alarmed > allowed else ("error", "safe")
    return {"caught": caught, "alarmed": alarmed, "decision": decision[0], "reason": decision[1]}
''',
    ),
    Alternative(
        task="1.5",
        name="plain Python, one look at every row",
        source="""
HOUR = 3600
WORDS = {
    "birth": ("value", "his_patients.birth_date", "is not 1900-01-01", "error"),
    "old": ("value", "his_patients.birth_date", "is younger than a hundred", "query"),
    "id": ("value", "his_patients.verified_id", "is not one digit again and again", "error"),
    "sex": ("value", "his_patients.sex", "is F or M", "query"),
    "order": ("record", "his_encounters.discharged_at", "is not before admitted_at", "error"),
    "who": ("relation", "his_encounters.mrn", "is registered", "query"),
    "number": ("value", "lis_results.value", "is a number", "query"),
    "tube": ("relation", "lis_results.mrn", "is registered", "query"),
    "bmi": ("value", "diabetes_cohort.bmi", "is below 55", "query"),
    "body": ("value", "app_readings.value", "is what a body can give", "error"),
    "press": ("value", "app_readings.value", "is a pressure below 230", "query"),
    "year": ("device", "app_readings.taken_at", "is of this year or the last", "error"),
    "zone": ("device", "app_readings.taken_at", "agrees with the offset that is stated", "error"),
    "device": ("relation", "app_readings.device_id", "is a known device", "query"),
}


def rows(table, *names):
    return zip(*(table[name].tolist() for name in names))


def impossible(kind, value, unit):
    if kind == "heart_rate":
        return value < 10 or value > 320
    if kind in ("sbp", "dbp"):
        return value < 10 or value > 330
    if kind == "glucose":
        return value < (0.3 if unit == "mmol/L" else 6) or value > (120 if unit == "mmol/L" else 2200)
    return value < 0 or value > {"sleep": 24, "steps": 25000}.get(kind, math.inf)


def seconds_east(offset):
    sign = -1 if offset.startswith("-") else 1
    hours, minutes = offset[1:].split(":")
    return sign * (int(hours) * HOUR + int(minutes) * 60)


def plausibility(tables: dict[str, pd.DataFrame]) -> dict[str, list]:
    broken = defaultdict(list)
    known = set()
    for mrn, born, sex, identifier in rows(tables["his_patients"], "mrn", "birth_date", "sex", "verified_id"):
        known.add(mrn)
        if born == "1900-01-01":
            broken["birth"].append(mrn)
        elif born < "1925":
            broken["old"].append(mrn)
        if isinstance(identifier, str) and len(set(identifier)) == 1:
            broken["id"].append(mrn)
        if sex not in ("F", "M"):
            broken["sex"].append(mrn)
    stays = tables["his_encounters"]
    for stay, mrn, start, end in rows(stays, "encounter_id", "mrn", "admitted_at", "discharged_at"):
        if not pd.isna(end) and end < start:
            broken["order"].append(stay)
        if mrn not in known:
            broken["who"].append(stay)
    for row, mrn, value in rows(tables["lis_results"], "row_id", "mrn", "value"):
        if isinstance(value, str) and re.search("[^0-9.]", value):
            broken["number"].append(row)
        if mrn not in known:
            broken["tube"].append(row)
    broken["bmi"] = [mrn for mrn, bmi in rows(tables["diabetes_cohort"], "mrn", "bmi") if bmi >= 55]
    devices = set(tables["devices"]["device_id"])
    readings = tables["app_readings"]
    east = {offset: seconds_east(offset) for offset in readings["utc_offset"].unique()}
    home = seconds_east(Counter(readings["utc_offset"]).most_common(1)[0][0])
    taken_at = readings["taken_at"].astype("datetime64[s]").astype("int64").tolist()
    arrived_at = readings["uploaded_at"].astype("datetime64[s]").astype("int64").tolist()
    fallen, soonest = set(), {}
    facts = rows(readings, "reading_id", "device_id", "kind", "value", "unit", "utc_offset")
    for taken, arrived, (reading, device, kind, value, unit, offset) in zip(taken_at, arrived_at, facts):
        if impossible(kind, value, unit):
            broken["body"].append(reading)
        elif kind == "sbp" and value >= 230:
            broken["press"].append(reading)
        if arrived - taken > 300 * 24 * HOUR:
            fallen.add(device)
        else:
            delay = arrived - (taken - east[offset] + home)
            soonest[device] = min(delay, soonest.get(device, delay))
        if device not in devices:
            broken["device"].append(reading)
    broken["year"] = sorted(fallen)
    broken["zone"] = sorted(device for device, delay in soonest.items() if delay // HOUR != 0)
    names = ("level", "field", "predicate", "severity")
    return {
        "rules": [{"rule_id": rule} | dict(zip(names, words)) for rule, words in WORDS.items()],
        "flags": [[rule, record] for rule, records in broken.items() for record in records[:3000]],
    }


def rule_report(flagged: list[str], wrong: list[str], sick: list[str], allowed: int) -> dict[str, object]:
    named = set(flagged)
    hits = len(named & set(wrong))
    report = {"caught": hits / len(set(wrong)) if wrong else 0.0, "alarmed": len(named & set(sick))}
    if not hits:
        return report | {"decision": "drop", "reason": "finds-nothing"}
    if report["alarmed"] > allowed:
        return report | {"decision": "query", "reason": "hits-the-sick"}
    return report | {"decision": "error", "reason": "safe"}
""",
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
    Alternative(
        task="1.8",
        name="every plan tried",
        source="""
from sim.policy.plans import Plan, judge

WEIGHTS = {"missed_recalls": 1, "wrong_patients": 5, "wrong_allergies": 20, "harmed": 50}


def desk_plan(seconds: float, load: float) -> dict[str, object]:
    best, least = None, math.inf
    for identifiers in range(4):
        for others in range(8):
            for barcode in (False, True):
                for step in range(10, 21):
                    plan = {
                        "identifiers": identifiers,
                        "others": others,
                        "barcode": barcode,
                        "threshold": step / 20,
                    }
                    outcome = judge(Plan(**plan), load=load)
                    harm = sum(weight * outcome[event] for event, weight in WEIGHTS.items())
                    if outcome["seconds"] <= seconds and harm < least:
                        best, least = plan, harm
    return best


def all_mandatory(load: float) -> dict[str, object]:
    strict = judge(Plan(identifiers=3, others=7, barcode=False, threshold=1.0), load=load)
    free = judge(Plan(identifiers=0, others=0, barcode=False, threshold=1.0), load=load)
    answer = {name: strict[name] - free[name] for name in ("blanks", "junk", "wrong_patients")}
    return answer | {"helps": answer["wrong_patients"] < 0}
""",
    ),
    Alternative(
        task="1.8",
        name="a table of all plans, asked in SQL",
        source='''
from sim.policy.plans import Plan, judge

PARTS = ["identifiers", "others", "barcode", "threshold"]


def judged(plans, load):
    rows = [dict(zip(PARTS, plan)) | judge(Plan(**dict(zip(PARTS, plan))), load=load) for plan in plans]
    return pd.DataFrame(rows)


def desk_plan(seconds: float, load: float) -> dict[str, object]:
    thresholds = [round(0.5 + 0.05 * step, 2) for step in range(11)]
    plans = judged(itertools.product(range(4), range(8), [False, True], thresholds), load)
    with duckdb.connect() as connection:
        connection.register("plans", plans)
        [(identifiers, others, barcode, threshold)] = connection.execute(
            """
            select identifiers, others, barcode, threshold from plans where seconds <= ?
            order by missed_recalls + 5 * wrong_patients + 20 * wrong_allergies + 50 * harmed limit 1
            """,
            [seconds],
        ).fetchall()
    return {"identifiers": identifiers, "others": others, "barcode": barcode, "threshold": threshold}


def all_mandatory(load: float) -> dict[str, object]:
    forms = judged([(3, 7, False, 1.0), (0, 0, False, 1.0)], load)
    change = forms[["blanks", "junk", "wrong_patients"]].diff().iloc[1] * -1
    return {**change.astype(float).to_dict(), "helps": bool(change["wrong_patients"] < 0)}
''',
    ),
    Alternative(
        task="1.8",
        name="the least harmful plans first, until one is fast enough",
        source="""
import heapq

from sim.policy.plans import Plan, judge


def harm(plan, load):
    seen = judge(plan, load=load)
    return np.dot(
        [seen["missed_recalls"], seen["wrong_patients"], seen["wrong_allergies"], seen["harmed"]],
        [1.0, 5.0, 20.0, 50.0],
    )


def desk_plan(seconds: float, load: float) -> dict[str, object]:
    heap = []
    for number in range(4 * 8 * 2 * 11):
        rest, identifiers = divmod(number, 4)
        rest, others = divmod(rest, 8)
        step, barcode = divmod(rest, 2)
        threshold = (20 - step) / 20
        plan = Plan(identifiers=identifiers, others=others, barcode=barcode == 1, threshold=threshold)
        heap.append((harm(plan, load), number, plan))
    heapq.heapify(heap)
    while True:
        _, _, plan = heapq.heappop(heap)
        if judge(plan, load=load)["seconds"] <= seconds:
            return {name: getattr(plan, name) for name in ("identifiers", "others", "barcode", "threshold")}


def all_mandatory(load: float) -> dict[str, object]:
    ends = []
    for identifiers, others in ((3, 7), (0, 0)):
        ends.append(judge(Plan(identifiers, others, False, 1.0), load))
    blanks, junk, wrong = (
        ends[0][name] - ends[1][name] for name in ("blanks", "junk", "wrong_patients")
    )
    return {"blanks": blanks, "junk": junk, "wrong_patients": wrong, "helps": wrong < 0}
""",
    ),
    Alternative(
        task="1.9",
        name="plain Python in cents, asking each line whether it counts",
        source='''
def lines_of(claims):
    return [row for row in claims.to_dict("records") if row["status"] == "accepted"]


def cents(row):
    return round(row["amount"] * 100)


def counting(claims):
    """Yields the accepted lines that count."""
    lines = lines_of(claims)
    at_place = {(row["claim_id"], row["line"]): row for row in lines}
    replaced = {row["refers_to"] for row in lines if row["kind"] == "replacement"}
    voided = {(row["refers_to"], row["line"]) for row in lines if row["kind"] == "void"}

    def counts(row):
        if row["kind"] == "void" or row["claim_id"] in replaced:
            return False
        if (row["claim_id"], row["line"]) in voided:
            return False
        if row["kind"] != "adjustment":
            return True
        adjusted = at_place.get((row["refers_to"], row["line"]))
        return adjusted is not None and counts(adjusted)

    return [row for row in lines if counts(row)]


def net_amounts(claims: pd.DataFrame) -> pd.DataFrame:
    owed = dict.fromkeys(claims["encounter_id"], 0)
    for row in counting(claims):
        owed[row["encounter_id"]] += cents(row)
    return pd.DataFrame(
        [(visit, amount / 100) for visit, amount in owed.items()], columns=["encounter_id", "net"]
    )


def orphans(claims: pd.DataFrame) -> list[str]:
    known = set(claims["claim_id"])
    credits = [row for row in lines_of(claims) if row["kind"] == "adjustment"]
    return [row["line_id"] for row in credits if row["refers_to"] not in known]


def at_limit(claims: pd.DataFrame, limit: float) -> dict[str, list[str]]:
    plain, net = Counter(), Counter()
    for row in lines_of(claims):
        plain[row["mrn"]] += cents(row)
    for row in counting(claims):
        net[row["mrn"]] += cents(row)
    most = round(limit * 100)
    return {
        "wrongly": [mrn for mrn in plain if plain[mrn] > most >= net[mrn]],
        "overlooked": [mrn for mrn in plain if net[mrn] > most >= plain[mrn]],
    }
''',
    ),
    Alternative(
        task="1.9",
        name="pandas, with merges and masks",
        source='''
def marked(claims):
    """Returns the accepted lines with what each is worth: its amount if it counts, else 0."""
    lines = claims[claims["status"] == "accepted"].copy()
    place = pd.MultiIndex.from_frame(lines[["claim_id", "line"]])
    target = pd.MultiIndex.from_frame(lines[["refers_to", "line"]])
    kind = lines["kind"]
    gone = lines["claim_id"].isin(lines.loc[kind == "replacement", "refers_to"])
    gone |= place.isin(target[kind == "void"])
    lines["counts"] = ~gone & kind.isin(["original", "replacement"])
    # An adjustment may adjust another one, so ask until no answer changes.
    while True:
        alive = target.isin(place[lines["counts"]])
        counts = lines["counts"] | (~gone & (kind == "adjustment") & alive)
        if counts.equals(lines["counts"]):
            break
        lines["counts"] = counts
    lines["worth"] = lines["amount"].where(lines["counts"], 0.0)
    return lines


def net_amounts(claims: pd.DataFrame) -> pd.DataFrame:
    visits = pd.Index(claims["encounter_id"].unique(), name="encounter_id")
    net = marked(claims).groupby("encounter_id")["worth"].sum().reindex(visits, fill_value=0.0)
    return net.round(2).rename("net").reset_index()


def orphans(claims: pd.DataFrame) -> list[str]:
    credits = claims.query("status == 'accepted' and kind == 'adjustment'")
    joined = credits.merge(
        claims[["claim_id"]].drop_duplicates().rename(columns={"claim_id": "known"}),
        left_on="refers_to",
        right_on="known",
        how="left",
    )
    return joined.loc[joined["known"].isna(), "line_id"].tolist()


def at_limit(claims: pd.DataFrame, limit: float) -> dict[str, list[str]]:
    sums = marked(claims).groupby("mrn")[["amount", "worth"]].sum().round(2)
    above = sums > limit
    return {
        "wrongly": above.index[above["amount"] & ~above["worth"]].tolist(),
        "overlooked": above.index[~above["amount"] & above["worth"]].tolist(),
    }
''',
    ),
    Alternative(
        task="1.9",
        name="DuckDB SQL with a recursive query",
        source='''
COUNTED = """
with recursive lines as (
    select * from claims where status = 'accepted'
), standing as (
    select * from lines
    where kind <> 'void'
        and not exists (
            select 1 from lines as newer
            where newer.kind = 'replacement' and newer.refers_to = lines.claim_id
        )
        and not exists (
            select 1 from lines as back
            where back.kind = 'void' and back.refers_to = lines.claim_id and back.line = lines.line
        )
), counted as (
    select line_id, claim_id, line, encounter_id, mrn, amount from standing
    where kind in ('original', 'replacement')
    union all
    select more.line_id, more.claim_id, more.line, more.encounter_id, more.mrn, more.amount
    from standing as more join counted
        on counted.claim_id = more.refers_to and counted.line = more.line
    where more.kind = 'adjustment'
)
"""


def net_amounts(claims: pd.DataFrame) -> pd.DataFrame:
    return duckdb.sql(f"""
        {COUNTED}
        select encounter_id, cast(coalesce(sum(cast(counted.amount as decimal(14, 2))), 0) as double) as net
        from (select distinct encounter_id from claims) left join counted using (encounter_id)
        group by encounter_id
    """).df()


def orphans(claims: pd.DataFrame) -> list[str]:
    found = duckdb.sql("""
        select line_id from claims as credit
        where kind = 'adjustment' and status = 'accepted'
            and not exists (select 1 from claims where claim_id = credit.refers_to)
    """)
    return [line for (line,) in found.fetchall()]


def at_limit(claims: pd.DataFrame, limit: float) -> dict[str, list[str]]:
    sums = duckdb.sql(f"""
        {COUNTED}, plain as (
            select mrn, round(sum(amount), 2) as asked from lines group by mrn
        ), owed as (
            select mrn, round(sum(amount), 2) as net from counted group by mrn
        )
        select mrn, asked > {limit} and coalesce(net, 0) <= {limit} as wrongly,
            asked <= {limit} and coalesce(net, 0) > {limit} as overlooked
        from plain left join owed using (mrn)
    """).df()
    return {side: sums.loc[sums[side], "mrn"].tolist() for side in ("wrongly", "overlooked")}
''',
    ),
]
