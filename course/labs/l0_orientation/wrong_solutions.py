"""Wrong answers to lab 0 that the judge must recognise by their misconception."""

from grading.examples import Wrong

WRONG = [
    Wrong(
        "0.1",
        "prints in place of returning",
        "MC07",
        (0.5, 0.5),
        """\
def greet(name):
    print(f"Welcome to Lindenmoor, {name}!")
""",
    ),
    Wrong(
        "0.1",
        "types a name into the cell",
        "MC06",
        (0.5, 0.75),
        """\
def greet(name):
    name = "Ana"
    return f"Welcome to Lindenmoor, {name}!"
""",
    ),
    Wrong(
        "0.1",
        "types versions of an old kernel",
        "ENV-KERNEL",
        (0.5, 0.5),
        """\
def workplace():
    return {"python": "3.8.10", "pandas": "1.5.3"}
""",
    ),
    Wrong(
        "0.6",
        "right on ordinary days only",
        "MC08",
        (0.2, 0.7),
        """\
def free_beds(beds, occupied):
    return beds - occupied
""",
    ),
    Wrong(
        "0.2",
        "eight bytes a cell",
        "MC01",
        (0.5, 0.85),
        """\
def volume(tables, person):
    rows = []
    for name, table in tables.items():
        people = table[person[name]].nunique() if name in person else None
        rows.append([name, len(table), 8 * table.size, len(table) / people if people else None])
    return pd.DataFrame(rows, columns=["table", "rows", "bytes", "rows_per_person"])
""",
    ),
    Wrong(
        "0.2",
        "rows are persons",
        "MC02",
        (0.6, 0.9),
        """\
def volume(tables, person):
    rows = []
    for name, table in tables.items():
        size = len(table.to_csv(index=False).encode("utf-8"))
        rows.append([name, len(table), size, 1.0 if name in person else None])
    return pd.DataFrame(rows, columns=["table", "rows", "bytes", "rows_per_person"])
""",
    ),
    Wrong(
        "0.2",
        "counts the header",
        "MC02",
        (0.3, 0.8),
        """\
def volume(tables, person):
    rows = []
    for name, table in tables.items():
        text = table.to_csv(index=False)
        people = table[person[name]].nunique() if name in person else None
        size = len(text.encode("utf-8"))
        rows.append([name, len(table) + 1, size, (len(table) + 1) / people if people else None])
    return pd.DataFrame(rows, columns=["table", "rows", "bytes", "rows_per_person"])
""",
    ),
    Wrong(
        "0.3",
        "goes by how columns are stored",
        "MC03",
        (0.0, 0.8),
        """\
def variety(table):
    kinds = {}
    for name in table.columns:
        if pd.api.types.is_numeric_dtype(table[name]) and table[name].dtype != bool:
            kinds[name] = "numeric"
        elif pd.api.types.is_datetime64_any_dtype(table[name]) or name.endswith("_on"):
            kinds[name] = "time"
        elif name in ("sex", "birth_date", "area", "age"):
            kinds[name] = "quasi-identifier"
        elif name.endswith(("_id", "mrn", "name", "phone", "address")):
            kinds[name] = "identifier"
        else:
            kinds[name] = "coded"
    return kinds
""",
    ),
    Wrong(
        "0.3",
        "letters are text",
        "MC168",
        (0.2, 0.75),
        """\
_right = variety


def variety(table):
    return {name: "free text" if kind == "coded" else kind for name, kind in _right(table).items()}
""",
    ),
    Wrong(
        "0.4",
        "drops empty hours",
        "MC04",
        (0.2, 0.6),
        """\
def arrival_rate(times, width):
    starts = times.dropna().dt.floor(width)
    return starts.value_counts().sort_index().rename_axis("start").reset_index(name="count")
""",
    ),
    Wrong(
        "0.4",
        "reads clocks without their offset",
        "MC09",
        (0.6, 0.9),
        """\
def newest(sources, now):
    def read(text):
        return dt.datetime.fromisoformat(text).replace(tzinfo=None)

    ages = {}
    for name, texts in sources.items():
        past = [(read(now) - read(text)).total_seconds() / 3600 for text in texts if read(text) <= read(now)]
        ages[name] = min(past) if past else None
    return ages
""",
    ),
    Wrong(
        "0.4",
        "takes what is not yet known",
        "MC169",
        (0.6, 0.95),
        """\
def newest(sources, now):
    moment = dt.datetime.fromisoformat(now)
    ages = {}
    for name, texts in sources.items():
        items = [dt.datetime.fromisoformat(text) for text in texts]
        items = [item if item.tzinfo else item.replace(tzinfo=moment.tzinfo) for item in items]
        ages[name] = min((moment - item).total_seconds() / 3600 for item in items)
    return ages
""",
    ),
    Wrong(
        "0.5",
        "one answer for all questions",
        "MC05",
        (0.0, 0.5),
        """\
_right = value_density


def value_density(tables, question):
    return _right(tables, "recall")
""",
    ),
    Wrong(
        "0.5",
        "takes whole tables",
        "MC167",
        (0.0, 0.5),
        """\
_right = value_density


def value_density(tables, question):
    names = {column.partition(".")[0] for column in _right(tables, question)["columns"]}

    def size(name):
        cells = (tables[name][column].dropna().astype(str) for column in tables[name].columns)
        return sum(sum(map(len, texts.str.encode("utf-8"))) for texts in cells)

    columns = [f"{name}.{column}" for name in names for column in tables[name].columns]
    return {"columns": columns, "share": sum(map(size, names)) / sum(map(size, tables))}
""",
    ),
]
