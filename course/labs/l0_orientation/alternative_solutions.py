"""Right answers written from the tasks' text alone.

Each was written without looking at the checks, the project's own solutions or any other source than
the released notebook of lab 0.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="0.1",
        name="f-string and dictionary display",
        source="""
def greet(name: str) -> str:
    return f"Welcome to Lindenmoor, {name}!"


def workplace() -> dict[str, str]:
    return {"python": platform.python_version(), "pandas": pd.__version__}
""",
    ),
    Alternative(
        task="0.1",
        name="joined parts and own imports",
        source="""
def greet(name: str) -> str:
    parts = ["Welcome to Lindenmoor, ", name, "!"]
    return "".join(parts)


def workplace() -> dict[str, str]:
    import platform as machine

    import pandas

    versions = {}
    versions["python"] = machine.python_version()
    versions["pandas"] = str(pandas.__version__)
    return versions
""",
    ),
    Alternative(
        task="0.1",
        name="concatenation and the installed packages' own metadata",
        source="""
import sys
from importlib.metadata import version


def greet(name: str) -> str:
    return "Welcome to Lindenmoor, " + name + "!"


def workplace() -> dict[str, str]:
    return dict(python=".".join(map(str, sys.version_info[:3])), pandas=version("pandas"))
""",
    ),
    Alternative(
        task="0.2",
        name="pandas, one row after another",
        source="""
def volume(tables: dict[str, pd.DataFrame], person: dict[str, str]) -> pd.DataFrame:
    report = []
    for name, table in tables.items():
        people = table[person[name]].nunique() if name in person else 0
        report.append(
            {
                "table": name,
                "rows": len(table),
                "bytes": len(table.to_csv(index=False).encode("utf-8")),
                "rows_per_person": len(table) / people if people else None,
            }
        )
    return pd.DataFrame(report)


def largest(report: pd.DataFrame) -> dict[str, str]:
    ordered = report.sort_values("table").set_index("table")
    return {measure: ordered[measure].idxmax() for measure in ["rows", "bytes", "rows_per_person"]}
""",
    ),
    Alternative(
        task="0.2",
        name="plain Python, the CSV written by the csv module",
        source='''
import csv


class Counting:
    """A file that keeps nothing but the number of bytes that were written to it."""

    def __init__(self):
        self.bytes = 0

    def write(self, text):
        self.bytes += len(text.encode("utf-8"))


def volume(tables: dict[str, pd.DataFrame], person: dict[str, str]) -> pd.DataFrame:
    columns = {"table": [], "rows": [], "bytes": [], "rows_per_person": []}
    for name, table in tables.items():
        file = Counting()
        writer = csv.writer(file, lineterminator="\\n")
        writer.writerow(table.columns)
        for row in zip(*(table[column].tolist() for column in table.columns)):
            writer.writerow(["" if pd.isna(cell) else cell for cell in row])
        columns["table"].append(name)
        columns["rows"].append(len(table))
        columns["bytes"].append(file.bytes)
        ratio = float("nan")
        if name in person:
            people = {cell for cell in table[person[name]].tolist() if not pd.isna(cell)}
            ratio = len(table) / len(people)
        columns["rows_per_person"].append(ratio)
    return pd.DataFrame(columns)


def largest(report: pd.DataFrame) -> dict[str, str]:
    winners = {}
    for measure in ("rows", "bytes", "rows_per_person"):
        best = None
        for name, size in zip(report["table"].tolist(), report[measure].tolist()):
            if size != size or size is None:
                continue
            if best is None or size > best[1] or (size == best[1] and name < best[0]):
                best = (name, size)
        winners[measure] = best[0]
    return winners
''',
    ),
    Alternative(
        task="0.2",
        name="DuckDB SQL, the bytes of the cells added up",
        source='''
def text_of(column):
    return f'coalesce(cast("{column}" as varchar), \\'\\')'


def size_of(column):
    """Bytes of a cell as CSV writes it: quotation marks around it if it holds a sign of CSV."""
    text = text_of(column)
    marks = f"length({text}) - length(replace({text}, chr(34), ''))"
    return f"strlen({text}) + case when regexp_matches({text}, '[,\\"\\\\n\\\\r]') then 2 + {marks} else 0 end"


def volume(tables: dict[str, pd.DataFrame], person: dict[str, str]) -> pd.DataFrame:
    rows = []
    for name, table in tables.items():
        with duckdb.connect() as connection:
            connection.register("t", table)
            cells = " + ".join(f"sum({size_of(column)})" for column in table.columns)
            people = f'count(distinct "{person[name]}")' if name in person else "null"
            query = f"select count(*), {cells}, {people} from t"
            n, inside, different = connection.execute(query).fetchone()
        header = len(",".join(table.columns).encode("utf-8")) + 1
        between = n * len(table.columns)  # commas, and the end of each line
        rows.append((name, n, header + int(inside) + between, n / different if different else None))
    return pd.DataFrame(rows, columns=["table", "rows", "bytes", "rows_per_person"])


def largest(report: pd.DataFrame) -> dict[str, str]:
    winners = {}
    with duckdb.connect() as connection:
        connection.register("report", report)
        for measure in ["rows", "bytes", "rows_per_person"]:
            winners[measure] = connection.execute(
                f"""
                select "table" from report
                where "{measure}" is not null and not isnan("{measure}"::double)
                order by "{measure}" desc, "table" limit 1
                """
            ).fetchone()[0]
    return winners
''',
    ),
    Alternative(
        task="0.3",
        name="a list of names for each kind",
        source="""
KINDS = {
    "image": "label_photo file",
    "identifier": "mrn given_name family_name phone address verified_id encounter_id row_id message_id "
    "specimen_id batch_id device_id reading_id note_id request_no insurance_no",
    "quasi-identifier": "sex birth_date area age year_of_birth region city",
    "time": "registered_at deceased_on moved_away_on phone_verified_on admitted_at discharged_at "
    "collected_at reported_at received_at since taken_at uploaded_at written_at",
    "free text": "text question",
    "numeric": "value bmi hba1c p_ordered dose_mgy height_cm",
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}


def variety(table: pd.DataFrame) -> dict[str, str]:
    return {column: KIND_OF.get(column, "coded") for column in table.columns}
""",
    ),
    Alternative(
        task="0.3",
        name="endings of names, then what the cells look like",
        source="""
import re

BY_NAME = [
    ("identifier", r"(^|_)(id|no|mrn|phone|tel|address|(given|family)_name)$"),
    ("quasi-identifier", r"(^|_)(sex|gender|age|birth|birthday|area|region|city)(_|$)"),
    ("time", r"_(at|on)$|^since$"),
]


def variety(table: pd.DataFrame) -> dict[str, str]:
    return {column: kind_of(column, table[column].dropna()) for column in table.columns}


def kind_of(name: str, cells: pd.Series) -> str:
    for kind, pattern in BY_NAME:
        if re.search(pattern, name):
            return kind
    if cells.empty or pd.api.types.is_bool_dtype(cells):
        return "coded"
    if pd.api.types.is_datetime64_any_dtype(cells):
        return "time"
    if pd.api.types.is_numeric_dtype(cells):
        return "numeric"
    text = cells.astype("str")
    if text.str.contains(r"\\.(?:jpe?g|png|dcm|tiff?)$", regex=True).all():
        return "image"
    if pd.to_numeric(text.str.lstrip("<>="), errors="coerce").notna().mean() > 0.9:
        return "numeric"
    return "free text" if text.nunique() == len(text) and text.str.count(" ").mean() >= 2 else "coded"
""",
    ),
    Alternative(
        task="0.3",
        name="DuckDB profile of every column, decided by a few questions",
        source='''
PROFILE = """
    with cells as (
        select cast({column} as varchar) as cell from t where {column} is not null
    )
    select count(*) > 0,
        coalesce(avg(regexp_matches(cell, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')::int), 0) > 0.9,
        coalesce(avg((try_cast(cell as double) is not null)::int), 0) > 0.9,
        coalesce(avg(regexp_matches(lower(cell), '[.](jpg|png|dcm)$')::int), 0) > 0.9,
        coalesce(avg((length(cell) - length(replace(cell, ' ', '')))), 0) >= 2
            and count(distinct cell) > count(*) / 2
    from cells
"""
WHO = {"mrn", "phone", "address", "id", "no"}
NEIGHBOURS_KNOW = {"sex", "birth", "age", "area", "region", "city"}


def variety(table: pd.DataFrame) -> dict[str, str]:
    kinds = {}
    with duckdb.connect() as connection:
        connection.register("t", table)
        for column in table.columns:
            words = column.split("_")
            query = PROFILE.format(column=f'"{column}"')
            filled, dated, number, image, wordy = connection.execute(query).fetchone()
            truth = str(table[column].dtype) == "bool"
            if words[-1] in WHO or words[0] in ("given", "family"):
                kinds[column] = "identifier"
            elif NEIGHBOURS_KNOW & set(words):
                kinds[column] = "quasi-identifier"
            elif truth:
                kinds[column] = "coded"
            elif dated or words[-1] in ("at", "on"):
                kinds[column] = "time"
            elif image:
                kinds[column] = "image"
            elif number and filled:
                kinds[column] = "numeric"
            else:
                kinds[column] = "free text" if wordy else "coded"
    return kinds
''',
    ),
    Alternative(
        task="0.4",
        name="pandas, resampled",
        source="""
def arrival_rate(times: pd.Series, width: str) -> pd.DataFrame:
    arrivals = pd.Series(1, index=pd.DatetimeIndex(times.dropna())).sort_index()
    counts = arrivals.resample(width).sum()
    return counts.rename_axis("start").rename("count").reset_index()


def pace(times: pd.Series, width: str) -> dict[str, float]:
    counts = arrival_rate(times, width)["count"]
    return {
        "peak": float(counts.max()),
        "mean": float(counts.mean()),
        "ratio": float(counts.max() / counts.mean()),
    }


def newest(sources: dict[str, list[str]], now: str) -> dict[str, float | None]:
    moment = pd.Timestamp(now)
    ages = {}
    for source, texts in sources.items():
        times = [pd.Timestamp(text) for text in texts]
        times = [time if time.tz else time.tz_localize(moment.tz) for time in times]
        past = [(moment - time).total_seconds() / 3600 for time in times if time <= moment]
        ages[source] = min(past, default=None)
    return ages
""",
    ),
    Alternative(
        task="0.4",
        name="plain Python, intervals numbered from midnight",
        source="""
def arrival_rate(times: pd.Series, width: str) -> pd.DataFrame:
    step = pd.Timedelta(width).to_pytimedelta()
    moments = [time.to_pydatetime() for time in times.tolist() if not pd.isna(time)]
    midnight = min(moments).replace(hour=0, minute=0, second=0, microsecond=0)
    filled = Counter((moment - midnight) // step for moment in moments)
    numbers = range(min(filled), max(filled) + 1)
    return pd.DataFrame(
        {
            "start": [midnight + number * step for number in numbers],
            "count": [filled[number] for number in numbers],
        }
    )


def pace(times: pd.Series, width: str) -> dict[str, float]:
    counts = arrival_rate(times, width)["count"].tolist()
    mean = sum(counts) / len(counts)
    return {"peak": max(counts), "mean": mean, "ratio": max(counts) / mean}


def newest(sources: dict[str, list[str]], now: str) -> dict[str, float | None]:
    moment = dt.datetime.fromisoformat(now)
    ages = dict.fromkeys(sources)
    for source, texts in sources.items():
        for text in texts:
            time = dt.datetime.fromisoformat(text)
            if time.tzinfo is None:
                time = time.replace(tzinfo=moment.tzinfo)
            age = (moment - time) / dt.timedelta(hours=1)
            if age >= 0 and (ages[source] is None or age < ages[source]):
                ages[source] = age
    return ages
""",
    ),
    Alternative(
        task="0.4",
        name="DuckDB, a series of intervals joined to the arrivals",
        source='''
def arrival_rate(times: pd.Series, width: str) -> pd.DataFrame:
    step = f"{int(pd.Timedelta(width).total_seconds())} seconds"
    with duckdb.connect() as connection:
        connection.register("arrivals", pd.DataFrame({"moment": times}).dropna())
        return connection.execute(
            f"""
            with filled as (
                select time_bucket(interval '{step}', moment::timestamp,
                    (select date_trunc('day', min(moment)) from arrivals)::timestamp) as start,
                    count(*) as n
                from arrivals group by all
            ),
            every as (
                select unnest(generate_series(min(start), max(start), interval '{step}')) as start from filled
            )
            select start, coalesce(n, 0) as count from every left join filled using (start) order by start
            """
        ).df()


def pace(times: pd.Series, width: str) -> dict[str, float]:
    intervals = arrival_rate(times, width)
    [(peak, mean)] = duckdb.query("select max(count), avg(count) from intervals").fetchall()
    return {"peak": float(peak), "mean": float(mean), "ratio": float(peak / mean)}


def newest(sources: dict[str, list[str]], now: str) -> dict[str, float | None]:
    offset = "+00:00" if now.endswith("Z") else now[-6:]
    rows = [(source, text) for source, texts in sources.items() for text in texts]
    ages = {source: None for source in sources}
    items = pd.DataFrame(rows, columns=["source", "text"], dtype="str")
    with duckdb.connect() as connection:
        connection.register("items", items)
        found = connection.execute(
            """
            with moments as (
                select source, cast(case when regexp_matches(text, '(Z|[+-][0-9]{2}:[0-9]{2})$') then text
                    else text || $offset end as timestamptz) as moment
                from items
            )
            select source, epoch(cast($now as timestamptz)) - max(epoch(moment)) from moments
            where moment <= cast($now as timestamptz) group by source
            """,
            {"offset": offset, "now": now},
        ).fetchall()
    for source, seconds in found:
        ages[source] = seconds / 3600
    return ages
''',
    ),
    Alternative(
        task="0.5",
        name="pandas, cells as text",
        source="""
NEEDED = {
    "recall": {
        "his_encounters": ["mrn", "dx_code"],
        "lis_results": ["mrn", "test_code", "collected_at", "status"],
    },
    "beds": {"his_encounters": ["ward", "class", "admitted_at", "discharged_at"]},
    "pressure": {
        "devices": ["device_id", "mrn"],
        "app_readings": ["device_id", "kind", "value", "taken_at"],
    },
}


def weight(cells: pd.Series) -> int:
    return int(cells.dropna().map(lambda cell: len(str(cell).encode("utf-8"))).sum())


def value_density(tables: dict[str, pd.DataFrame], question: str) -> dict[str, object]:
    wanted = NEEDED[question]
    columns = [f"{table}.{column}" for table, names in wanted.items() for column in names]
    needed = sum(weight(tables[table][column]) for table, names in wanted.items() for column in names)
    whole = sum(weight(table[column]) for table in tables.values() for column in table)
    return {"columns": columns, "share": needed / whole}
""",
    ),
    Alternative(
        task="0.5",
        name="plain Python, every different cell measured once",
        source="""
NEEDED = {
    "recall": "his_encounters.mrn his_encounters.dx_code lis_results.mrn lis_results.test_code "
    "lis_results.collected_at lis_results.status",
    "beds": "his_encounters.ward his_encounters.class his_encounters.admitted_at his_encounters.discharged_at",
    "pressure": "app_readings.device_id app_readings.kind app_readings.value app_readings.taken_at "
    "devices.device_id devices.mrn",
}


def value_density(tables: dict[str, pd.DataFrame], question: str) -> dict[str, object]:
    columns = NEEDED[question].split()
    needed = whole = 0
    for name, table in tables.items():
        for column in table.columns:
            size = 0
            for cell, times in Counter(table[column].dropna().tolist()).items():
                size += times * len(str(cell).encode("utf-8"))
            whole += size
            if f"{name}.{column}" in columns:
                needed += size
    return {"columns": columns, "share": needed / whole}
""",
    ),
    Alternative(
        task="0.5",
        name="DuckDB, one row of sizes for each table",
        source="""
STAYS = {"his_encounters.ward", "his_encounters.class"}
STAYS |= {"his_encounters.admitted_at", "his_encounters.discharged_at"}
CODED = {"his_encounters.mrn", "his_encounters.dx_code"}
TESTED = {f"lis_results.{name}" for name in ("mrn", "test_code", "collected_at", "status")}
OWNER = {"devices.device_id", "devices.mrn"}
MEASURED = {f"app_readings.{name}" for name in ("device_id", "kind", "value", "taken_at")}
QUESTIONS = {"recall": CODED | TESTED, "beds": STAYS, "pressure": OWNER | MEASURED}


def value_density(tables: dict[str, pd.DataFrame], question: str) -> dict[str, object]:
    sizes = {}
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register("t", table)
            terms = []
            for column in table.columns:
                text = f'cast("{column}" as varchar)'
                if str(table[column].dtype).startswith("float"):
                    text = f"nullif({text}, 'nan')"  # a missing number
                terms.append(f"coalesce(sum(strlen({text})), 0)")
            [row] = connection.execute(f"select {', '.join(terms)} from t").fetchall()
            sizes |= {f"{name}.{column}": int(size) for column, size in zip(table.columns, row)}
    columns = sorted(QUESTIONS[question])
    return {"columns": columns, "share": sum(sizes[column] for column in columns) / sum(sizes.values())}
""",
    ),
    Alternative(
        task="0.6",
        name="larger of difference and zero",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    return max(0, beds - occupied)
""",
    ),
    Alternative(
        task="0.6",
        name="two branches",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    if occupied >= beds:
        return 0
    return beds - occupied
""",
    ),
    Alternative(
        task="0.6",
        name="counting the empty beds one by one",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    return len(range(occupied, beds))
""",
    ),
]
