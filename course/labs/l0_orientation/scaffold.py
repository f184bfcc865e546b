# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_0_1
def greet(name: str) -> str:
    """Returns the greeting of the county to a person of this name."""
    # A text with an f before it puts a value in place of {…}. Return it, do not print it.
    return f"Welcome to Lindenmoor, {____}!"


def workplace() -> dict[str, str]:
    """Returns the versions of Python and pandas that run this very function."""
    import platform

    return {"python": platform.____(), "pandas": pd.____}


# %% solve_0_6
def free_beds(beds: int, occupied: int) -> int:
    """Returns how many further patients a ward can take."""
    # First the formula of the old screen. Later: on which kind of day is it wrong, and what is right then?
    return ____


# %% solve_0_2
def volume(tables: dict[str, pd.DataFrame], person: dict[str, str]) -> pd.DataFrame:
    """Measures every table: rows, bytes as CSV text, rows for each different person.

    Returns a table with the columns table, rows, bytes and rows_per_person.
    """
    found = []
    for name, table in tables.items():
        rows = ____  # how many rows has the table?
        written = table.to_csv(index=____)
        size = len(written.encode(____))  # letters are not bytes
        column = person.get(name)  # None if nobody is named for this table
        each = None
        if column is not None:
            each = rows / table[column].____()  # different people, not rows
        found.append({"table": name, "rows": rows, "bytes": size, "rows_per_person": each})
    return pd.DataFrame(found)


def largest(report: pd.DataFrame) -> dict[str, str]:
    """Names the largest table by rows, by bytes and by rows for each person."""
    by_name = report.sort_values("table")  # so that of two equal ones the first in the alphabet wins
    answer = {}
    for measure in ("rows", "bytes", "rows_per_person"):
        answer[measure] = by_name.loc[by_name[measure].____(), "table"]  # the row of the largest value
    return answer


# %% solve_0_3
def variety(table: pd.DataFrame) -> dict[str, str]:
    """Says of every column of a table which kind it is of.

    Returns a dictionary from names of columns to one of: identifier, quasi-identifier, coded, numeric,
    free text, time, image.
    """
    kinds = {}
    for name in table.columns:
        values = table[name].dropna().astype(str)
        if name in ["mrn", "phone", ____]:  # names or numbers that point at one person or thing
            kinds[name] = "identifier"
        elif name in ["sex", ____]:  # facts about a person that a neighbour may know
            kinds[name] = "quasi-identifier"
        elif values.str.endswith(____).any():  # where a picture lies
            kinds[name] = "image"
        elif name.endswith("_at") or ____:  # a day or a moment
            kinds[name] = "time"
        elif pd.to_numeric(values.str.strip("<>= "), errors="coerce").notna().mean() > ____:
            kinds[name] = "numeric"
        elif values.str.len().mean() > ____:  # somebody's own words are long
            kinds[name] = "free text"
        else:
            kinds[name] = "coded"
    return kinds


# %% solve_0_4
def arrival_rate(times: pd.Series, width: str) -> pd.DataFrame:
    """Counts arrivals in every interval from the first to the last, empty ones included.

    Returns a table with the columns start and count.
    """
    start = pd.to_datetime(times).____()  # leave missing times out
    start = start.dt.floor(____)  # the begin of the interval of each time
    every = pd.date_range(start.min(), ____, freq=width)  # all intervals, also those without a row
    counts = start.value_counts().reindex(every, fill_value=____)
    return pd.DataFrame({"start": every, "count": counts.to_numpy()})


def pace(times: pd.Series, width: str) -> dict[str, float]:
    """Returns the peak, the mean and their ratio of the arrivals in an interval."""
    count = arrival_rate(times, width)["count"]
    return {"peak": float(count.____()), "mean": float(count.____()), "ratio": float(____)}


def newest(sources: dict[str, list[str]], now: str) -> dict[str, float | None]:
    """Returns for each source the age of its newest item in hours, or None."""
    moment = pd.Timestamp(now)
    ages = {}
    for name, texts in sources.items():
        items = [pd.Timestamp(text) for text in texts]
        # A time without an offset is of the district's own clock: give it the offset of now.
        items = [item if item.tzinfo else item.tz_localize(____) for item in items]
        known = [item for item in items if ____]  # what is later than now does not count yet
        ages[name] = (moment - max(known)) / pd.Timedelta(hours=____) if known else None
    return ages


# %% solve_0_5
def value_density(tables: dict[str, pd.DataFrame], question: str) -> dict[str, object]:
    """Names the columns that a question needs, and their share of all bytes.

    Returns a dictionary such as {"columns": ["loans.reader"], "share": 0.08}.
    """
    needed = {
        "recall": ["his_encounters.mrn", "his_encounters.dx_code", ____],
        "beds": ["his_encounters.ward", ____],
        "pressure": ["app_readings.value", ____],
    }[question]

    def size(column: pd.Series) -> int:
        return sum(len(str(cell).encode("utf-8")) for cell in column.____())  # missing cells have no bytes

    sizes = {f"{name}.{column}": size(table[column]) for name, table in tables.items() for column in table}
    columns = [name for name in needed if name in sizes]  # the example has fewer tables
    return {"columns": columns, "share": sum(sizes[name] for name in ____) / sum(____)}


# %% solve_0_4 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and arrivals on which the two others are wrong."""
    return {"rule": "____", "times": ["2025-06-01 09:10", "____"]}
