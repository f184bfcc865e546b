"""Right answers written from the tasks' text alone.

Each was written without looking at the checks, the project's own solutions or any other source than
the released notebook of lab 2, its small examples and one district.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="2.1",
        name="plain Python, by way of moles",
        source='''
MOLAR = {"glucose": 180.16, "creatinine": 113.12, "urea": 28.014, "haemoglobin": 16114.5}
MOLAR |= {"cholesterol": 386.66, "triglycerides": 885.45, "urate": 168.11, "bilirubin": 584.67}
MOLAR |= {"calcium": 40.078}
GRAMS = {"g/dl": 10.0, "g/l": 1.0, "mg/dl": 0.01, "mg/l": 0.001}  # in a litre
MOLES = {"mmol/l": 1e-3, "umol/l": 1e-6}


def tidy(unit):
    return unit.strip().lower().replace("\\u00b5", "u").replace("\\u03bc", "u")


def is_missing(cell):
    return not isinstance(cell, str) or cell.strip() == ""


def convert(analyte, number, unit, wanted):
    """The number in the unit wanted; a KeyError if the analyte has no such unit."""
    unit, wanted = tidy(unit), tidy(wanted)
    if analyte == "HbA1c":
        percent = {"%": number, "mmol/mol": 0.09148 * number + 2.152}[unit]
        return percent if wanted == "%" else number if unit == wanted else (percent - 2.152) / 0.09148
    molar = MOLAR[analyte]
    moles = number * MOLES[unit] if unit in MOLES else number * GRAMS[unit] / molar
    return moles / MOLES[wanted] if wanted in MOLES else moles * molar / GRAMS[wanted]


def read(value):
    """Comparator and number; no number if there is none."""
    if is_missing(value):
        return None, None
    sign, rest = re.fullmatch("(<=|>=|<|>|)(.*)", value.strip(), re.DOTALL).groups()
    number = re.fullmatch(r"[+-]?(\\d+\\.?\\d*|\\.\\d+)", rest.strip())
    return sign or None, float(rest) if number else None


def to_canonical(results: pd.DataFrame, wanted: dict[str, str]) -> pd.DataFrame:
    rows = []
    cells = zip(*(results[name].tolist() for name in ("row_id", "analyte", "value", "unit")))
    for row_id, analyte, value, unit in cells:
        sign, number = read(value)
        row = {"row_id": row_id, "value": None, "unit": None, "comparator": sign, "error": None}
        if number is None:
            row["error"] = "no-number"
        elif is_missing(unit):
            row["error"] = "no-unit"
        else:
            try:
                row["value"] = convert(analyte, number, unit, wanted[analyte])
                row["unit"] = wanted[analyte]
            except KeyError:
                row["error"] = "bad-unit"
        rows.append(row)
    table = pd.DataFrame(rows, columns=["row_id", "value", "unit", "comparator", "error"])
    return table.astype({"value": float})


def trend(first: dict, second: dict) -> dict[str, str]:
    signs, numbers = [], []
    for result in (first, second):
        sign, number = read(result["value"])
        signs.append(sign)
        if is_missing(result["unit"]):
            return {"answer": "cannot-tell", "reason": "unit"}
        try:
            numbers.append(convert(result["analyte"], number, result["unit"], result["unit"]))
        except KeyError:
            return {"answer": "cannot-tell", "reason": "unit"}
    a = numbers[0]
    b = convert(second["analyte"], numbers[1], second["unit"], first["unit"])
    if signs == [None, None]:
        if abs(b - a) <= 0.01 * abs(a):
            return {"answer": "same", "reason": "numbers"}
        return {"answer": "rose" if b > a else "fell", "reason": "numbers"}
    if may_end_below(signs[0], signs[1], a, b):
        return {"answer": "rose", "reason": "limit"}
    if may_end_below(signs[1], signs[0], b, a):
        return {"answer": "fell", "reason": "limit"}
    return {"answer": "cannot-tell", "reason": "limit"}


def may_end_below(lower, upper, a, b):
    """Whether all that `lower` a leaves open lies below all that `upper` b leaves open."""
    if lower in (">", ">=") or upper in ("<", "<="):
        return False
    return a < b or (a == b and (lower == "<" or upper == ">"))
''',
    ),
    Alternative(
        task="2.1",
        name="pandas, a table of factors",
        source="""
GRAMS_IN_MOLE = pd.Series(
    {
        "glucose": 180.16,
        "creatinine": 113.12,
        "urea": 28.014,
        "haemoglobin": 16114.5,
        "cholesterol": 386.66,
        "triglycerides": 885.45,
        "urate": 168.11,
        "bilirubin": 584.67,
        "calcium": 40.078,
    }
)
# Milligrams or millimoles in a litre.
MASS = {"g/dl": 1e4, "g/l": 1e3, "mg/dl": 10.0, "mg/l": 1.0}
AMOUNT = {"mmol/l": 1.0, "umol/l": 1e-3}


def lines() -> pd.DataFrame:
    # Every unit of every analyte as a line: millimoles in a litre (or per cent) = slope * number + start.
    rows = [("HbA1c", "%", 1.0, 0.0), ("HbA1c", "mmol/mol", 0.09148, 2.152)]
    for analyte, grams in GRAMS_IN_MOLE.items():
        rows += [(analyte, unit, milligrams / grams, 0.0) for unit, milligrams in MASS.items()]
        rows += [(analyte, unit, millimoles, 0.0) for unit, millimoles in AMOUNT.items()]
    return pd.DataFrame(rows, columns=["analyte", "spelling", "slope", "start"])


def spelled(units: pd.Series) -> pd.Series:
    return units.astype("str").str.strip().str.lower().str.replace("[\\u00b5\\u03bc]", "u", regex=True)


def to_canonical(results: pd.DataFrame, wanted: dict[str, str]) -> pd.DataFrame:
    table = results[["row_id", "analyte", "value", "unit"]].copy()
    parts = table["value"].astype("str").str.extract(r"^\\s*(<=|>=|<|>)?\\s*(.*?)\\s*$")
    table["comparator"] = parts[0]
    table["number"] = pd.to_numeric(parts[1].where(parts[1].str.match(r"[-+.\\d]")), errors="coerce")
    table["spelling"] = spelled(table["unit"])
    table["wanted"] = table["analyte"].map(wanted)
    table["goal"] = spelled(table["wanted"])
    known = lines()
    goals = known.rename(columns={"spelling": "goal", "slope": "slope_to", "start": "start_to"})
    table = table.merge(known, how="left", on=["analyte", "spelling"]).merge(goals, how="left", on=["analyte", "goal"])
    error = pd.Series(pd.NA, index=table.index, dtype="str")
    error = error.mask(table["slope"].isna(), "bad-unit")
    error = error.mask(table["unit"].isna() | table["spelling"].eq(""), "no-unit")
    error = error.mask(table["number"].isna(), "no-number")
    value = (table["slope"] * table["number"] + table["start"] - table["start_to"]) / table["slope_to"]
    return pd.DataFrame(
        {
            "row_id": table["row_id"],
            "value": value.where(error.isna()),
            "unit": table["wanted"].where(error.isna()),
            "comparator": table["comparator"],
            "error": error,
        }
    )


def trend(first: dict, second: dict) -> dict[str, str]:
    both = pd.DataFrame([first, second])[["analyte", "value", "unit"]].assign(row_id=["1", "2"])
    if both["unit"].isna().any():
        return {"answer": "cannot-tell", "reason": "unit"}
    told = to_canonical(both, {first["analyte"]: first["unit"]})
    if told["error"].notna().any():
        return {"answer": "cannot-tell", "reason": "unit"}
    (a, b), signs = told["value"], told["comparator"]
    if signs.isna().all():
        change = "same" if abs(b - a) <= 0.01 * a else "rose" if b > a else "fell"
        return {"answer": change, "reason": "numbers"}
    ends = []
    for number, sign in zip([a, b], signs):
        sign = sign if isinstance(sign, str) else ""
        low, high = (-math.inf if "<" in sign else number), (math.inf if ">" in sign else number)
        ends.append((low, high, sign in ("<", ">")))
    (low_a, high_a, open_a), (low_b, high_b, open_b) = ends
    touch = open_a or open_b  # a common end belongs to one of them at most
    if high_a < low_b or (high_a == low_b and touch):
        return {"answer": "rose", "reason": "limit"}
    if high_b < low_a or (high_b == low_a and touch):
        return {"answer": "fell", "reason": "limit"}
    return {"answer": "cannot-tell", "reason": "limit"}
""",
    ),
    Alternative(
        task="2.1",
        name="DuckDB SQL",
        source='''
QUERY = """
    with molar(analyte, grams) as (values
        ('glucose', 180.16::double), ('creatinine', 113.12), ('urea', 28.014), ('haemoglobin', 16114.5),
        ('cholesterol', 386.66), ('triglycerides', 885.45), ('urate', 168.11), ('bilirubin', 584.67),
        ('calcium', 40.078)
    ),
    sizes(unit, grams_in_litre, moles_in_litre) as (values
        ('g/dl', 10.0::double, null::double), ('g/l', 1.0, null), ('mg/dl', 0.01, null), ('mg/l', 0.001, null),
        ('mmol/l', null, 0.001), ('umol/l', null, 0.000001)
    ),
    scale(analyte, unit, factor, zero) as (
        select analyte, unit, coalesce(moles_in_litre, grams_in_litre / grams), 0.0::double from molar, sizes
        union all values ('HbA1c', '%', 1.0::double, 0.0::double), ('HbA1c', 'mmol/mol', 0.09148, 2.152)
    ),
    read as (
        select row_id, analyte, unit, translate(lower(trim(unit)), 'µμ', 'uu') as unit_read,
            nullif(regexp_extract(trim(value), '^(<=|>=|<|>)'), '') as comparator,
            try_cast(nullif(regexp_replace(trim(value), '^(<=|>=|<|>)\\s*', ''), '') as double) as number
        from results
    )
    select row_id, comparator,
        case when number is null then 'no-number'
            when coalesce(unit_read, '') = '' then 'no-unit'
            when source.factor is null then 'bad-unit' end as error,
        case when error is null then (number * source.factor + source.zero - target.zero) / target.factor
            end as value,
        case when error is null then wanted.unit end as unit
    from read
    left join wanted using (analyte)
    left join scale as source on source.analyte = read.analyte and source.unit = unit_read
    left join scale as target on target.analyte = read.analyte
        and target.unit = translate(lower(wanted.unit), 'µμ', 'uu')
"""


def to_canonical(results: pd.DataFrame, wanted: dict[str, str]) -> pd.DataFrame:
    goals = pd.DataFrame(list(wanted.items()), columns=["analyte", "unit"], dtype="str")
    with duckdb.connect() as connection:
        connection.register("results", results[["row_id", "analyte", "value", "unit"]].astype("str"))
        connection.register("wanted", goals)
        table = connection.execute(QUERY).df()
    return table[["row_id", "value", "unit", "comparator", "error"]]


def trend(first: dict, second: dict) -> dict[str, str]:
    unsure = {"answer": "cannot-tell", "reason": "unit"}
    if not first["unit"] or not second["unit"]:
        return unsure
    both = pd.DataFrame([first | {"row_id": "1"}, second | {"row_id": "2"}])
    told = to_canonical(both, {first["analyte"]: first["unit"]}).sort_values("row_id")
    if told["error"].notna().any():
        return unsure
    query = """
        with sides as (
            select value, comparator, row_id = '1' as is_first,
                case when comparator[1] = '<' then '-infinity'::double else value end as low,
                case when comparator[1] = '>' then 'infinity'::double else value end as high,
                coalesce(comparator in ('<', '>'), false) as without_end
            from told
        )
        select case
            when a.comparator is null and b.comparator is null then case
                when abs(b.value - a.value) <= a.value / 100 then 'same numbers'
                when b.value > a.value then 'rose numbers' else 'fell numbers' end
            when b.low > a.high or (b.low = a.high and (a.without_end or b.without_end)) then 'rose limit'
            when a.low > b.high or (a.low = b.high and (a.without_end or b.without_end)) then 'fell limit'
            else 'cannot-tell limit' end
        from sides a join sides b on a.is_first and not b.is_first
    """
    with duckdb.connect() as connection:
        connection.register("told", told)
        [(words,)] = connection.execute(query).fetchall()
    return dict(zip(("answer", "reason"), words.split()))
''',
    ),
    Alternative(
        task="2.2",
        name="plain Python, what each row of a page says",
        source='''
WEIGHED = {"g/dl", "g/l", "mg/dl", "mg/l"}
COUNTED = {"mmol/l", "umol/l", "\\u00b5mol/l", "\\u03bcmol/l"}
UNITS = {
    "haemoglobin": {"mass": "g/dL", "substance": "mmol/L"},
    "urea": {"mass": "mg/dL", "substance": "mmol/L"},
}


def number_of(text):
    try:
        return float(str(text).lstrip("<>= "))
    except ValueError:
        return math.nan


def testimony(row, cells):
    """The bench that this row proves, or None."""
    unit = row["unit"].lower() if isinstance(row["unit"], str) else ""
    number = number_of(row["value"])
    if row["analyte"] == "haematocrit":
        return None
    if unit in WEIGHED:
        return "mass"
    if unit in COUNTED:
        return "substance"
    if row["analyte"] == "glucose":
        return "mass" if number > 35 else "substance"
    if row["analyte"] == "creatinine":
        return "mass" if number < 20 else "substance"
    if row["analyte"] == "haemoglobin":
        if row["specimen_id"] in cells:  # the ratio is near 3 in g/dL, near 4.8 in mmol/L
            return "mass" if cells[row["specimen_id"]] / number < 3.8 else "substance"
        return "mass" if number > 11.6 else None
    return "mass" if number > 36 else "substance" if number < 3.5 else None


def judge_page(rows, cells):
    """The bench of a page, or None if it is mixed or says nothing."""
    rows = sorted(rows, key=lambda row: row["collected_at"])
    said = [testimony(row, cells) for row in rows]
    proved = set(said) - {None}
    if len(proved) > 1:
        return None
    blood = [word for row, word in zip(rows, said) if row["analyte"] == "haemoglobin"]
    if proved == {"mass"}:
        # Low values only, at one end of the page and many of them: the bench may have changed.
        for end in (blood, blood[::-1]):
            if len(list(itertools.takewhile(lambda word: word is None, end))) >= 4:
                return None
        return "mass"
    if proved == {"substance"} or len(blood) >= 4:
        return "substance"  # on a page in g/dL somebody would have had 12
    return None


def infer_unit(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    rows = results.assign(unit=None).to_dict("records") + context.to_dict("records")
    cells = {row["specimen_id"]: number_of(row["value"]) for row in rows if row["analyte"] == "haematocrit"}
    pages = defaultdict(list)
    for row in rows:
        if row["analyte"] != "haematocrit":
            pages[row["batch_id"]].append(row)
    answer = []
    asked = results[["row_id", "batch_id", "analyte"]]
    benches = {page: judge_page(pages[page], cells) for page in set(asked["batch_id"])}
    for row_id, page, analyte in asked.itertuples(index=False):
        unit = UNITS[analyte].get(benches[page])
        answer.append({"row_id": row_id, "unit": unit, "use": "analysis only" if unit else "none"})
    return pd.DataFrame(answer, columns=["row_id", "unit", "use"])


def release(rows: list[dict], purpose: dict) -> dict[str, list[str]]:
    heaps = {"use": [], "ask": [], "leave_out": []}
    for row in rows:
        if row["how"] in ("printed", "asked"):
            heap = "use"
        elif purpose["reaches_a_patient"]:
            heap = "ask"
        else:
            heap = "use" if row["how"] == "inferred" else "leave_out"
        heaps[heap].append(row["row_id"])
    return heaps
''',
    ),
    Alternative(
        task="2.2",
        name="numpy, likelihoods of one bench, the other, and a change",
        source='''
UNITS = {"haemoglobin": ("g/dL", "mmol/L"), "urea": ("mg/dL", "mmol/L")}


def bench_of(units: pd.Series) -> pd.Series:
    """0 where the unit weighs, 1 where it counts, else missing."""
    shown = units.astype("str").str.lower()
    weighed = shown.str.fullmatch("m?g/d?l", na=False)
    counted = shown.str.fullmatch("(?:m|u|\\u00b5|\\u03bc)mol/l", na=False)
    return pd.Series(np.select([weighed, counted], [0.0, 1.0], np.nan), index=units.index)


def prepared(results, context):
    rows = pd.concat([results.assign(unit=None), context], ignore_index=True)
    rows["number"] = pd.to_numeric(rows["value"].str.replace("[<>= ]", "", regex=True), errors="coerce")
    cells = rows[rows["analyte"] == "haematocrit"].drop_duplicates("specimen_id").set_index("specimen_id")
    rows = rows[rows["analyte"] != "haematocrit"].copy()
    rows["bench"] = bench_of(rows["unit"])
    rows["log"] = np.log(rows["number"].where(rows["number"] > 0))
    ratio = rows["specimen_id"].map(cells["number"]) / rows["number"]
    rows["log_ratio"] = np.log(ratio.where(rows["analyte"].eq("haemoglobin") & (ratio > 0)))
    return rows.sort_values(["batch_id", "collected_at"], kind="stable")


def fitted(rows, feature):
    """Median and robust spread of a feature for each analyte and bench, from rows with a unit."""
    known = rows.dropna(subset=["bench", feature])
    groups = known.groupby(["analyte", "bench"])[feature]
    middle = groups.median()
    spread = (groups.quantile(0.84) - groups.quantile(0.16)) / 2
    return middle, spread.clip(lower=0.05)


def evidence(rows):
    """For each row the logarithm of how much better counting explains it than weighing."""
    total = np.zeros(len(rows))
    for feature in ("log", "log_ratio"):
        middle, spread = fitted(rows, feature)
        scores = []
        for bench in (0.0, 1.0):
            keys = pd.MultiIndex.from_arrays([rows["analyte"], np.full(len(rows), bench)])
            m, s = middle.reindex(keys).to_numpy(), spread.reindex(keys).to_numpy()
            z = (rows[feature].to_numpy() - m) / s
            # Heavy tails: one very ill patient must not decide about a page.
            scores.append(np.log(np.exp(-0.5 * z**2) + 1e-4) - np.log(s))
        total += np.nan_to_num(scores[1] - scores[0])
    shown = rows["bench"].to_numpy()
    return np.where(np.isnan(shown), total, np.where(shown == 1, 9.0, -9.0))


def page_bench(scores):
    """0 or 1, or None if a change halfway explains the page better than one bench does."""
    sums = np.concatenate([[0.0], np.cumsum(scores)])
    whole = sums[-1]
    # Half of the evidence counts for the bench that is assumed, half against the other.
    one = abs(whole) / 2
    changes = np.abs(sums[1:-1] - (whole - sums[1:-1])) / 2
    if len(changes) and changes.max() - np.log(len(changes)) > one:
        return None
    return None if abs(whole) < 2 else int(whole > 0)


def infer_unit(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    rows = prepared(results, context)
    rows["score"] = evidence(rows)
    benches = {page: page_bench(group.to_numpy()) for page, group in rows.groupby("batch_id")["score"]}
    found = [
        None if benches[page] is None else UNITS[analyte][benches[page]]
        for page, analyte in zip(results["batch_id"], results["analyte"])
    ]
    use = ["analysis only" if unit else "none" for unit in found]
    return pd.DataFrame({"row_id": results["row_id"].tolist(), "unit": found, "use": use})


def release(rows: list[dict], purpose: dict) -> dict[str, list[str]]:
    otherwise = {"inferred": "use", "abstained": "leave_out"}
    if purpose["reaches_a_patient"]:
        otherwise = {"inferred": "ask", "abstained": "ask"}
    fate = {"printed": "use", "asked": "use", **otherwise}
    return {
        heap: [row["row_id"] for row in rows if fate[row["how"]] == heap]
        for heap in ("use", "ask", "leave_out")
    }
''',
    ),
    Alternative(
        task="2.2",
        name="DuckDB SQL, both ends of every page",
        source='''
QUERY = """
    with every as (
        select row_id, batch_id, specimen_id, analyte, value, collected_at, null::varchar as unit from results
        union all
        select row_id, batch_id, specimen_id, analyte, value, collected_at, unit from context
    ),
    numbers as (
        select *, try_cast(ltrim(value, '<>= ') as double) as number,
            translate(lower(unit), 'µμ', 'uu') as shown
        from every
    ),
    cells as (
        select specimen_id, any_value(number) as hct from numbers where analyte = 'haematocrit' group by 1
    ),
    witnesses as (
        select *,
            case
                when shown in ('g/dl', 'g/l', 'mg/dl', 'mg/l') then 'mass'
                when shown in ('mmol/l', 'umol/l') then 'substance'
                when analyte = 'glucose' then case when number > 35 then 'mass' else 'substance' end
                when analyte = 'creatinine' then case when number < 20 then 'mass' else 'substance' end
                when analyte = 'haemoglobin' and hct is not null
                    then case when hct / number < 3.8 then 'mass' else 'substance' end
                when analyte = 'haemoglobin' and number > 11.6 then 'mass'
            end as word,
            row_number() over (partition by batch_id, analyte order by collected_at, row_id) as place,
            count(*) over (partition by batch_id, analyte) as places
        from numbers left join cells using (specimen_id) where analyte <> 'haematocrit'
    ),
    pages as (
        select batch_id,
            count(*) filter (where word = 'mass') as mass,
            count(*) filter (where word = 'substance') as substance,
            count(*) filter (where analyte = 'haemoglobin') as blood,
            -- Of a page in g/dL one of the first and one of the last four is not that low.
            count(*) filter (where word is null and analyte = 'haemoglobin' and place <= 4) as low_first,
            count(*) filter (where word is null and analyte = 'haemoglobin' and place > places - 4) as low_last
        from witnesses group by batch_id
    ),
    judged as (
        select batch_id, case
            when mass > 0 and substance > 0 then null
            when mass > 0 and greatest(low_first, low_last) >= 4 then null
            when mass > 0 then 'mass'
            when substance > 0 or blood >= 4 then 'substance' end as bench
        from pages
    )
    select row_id,
        case when bench = 'mass' then case analyte when 'urea' then 'mg/dL' else 'g/dL' end
            when bench = 'substance' then 'mmol/L' end as unit,
        case when bench is null then 'none' else 'analysis only' end as use
    from results left join judged using (batch_id)
"""


def infer_unit(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    with duckdb.connect() as connection:
        connection.register("results", results)
        connection.register("context", context)
        return connection.execute(QUERY).df()


def release(rows: list[dict], purpose: dict) -> dict[str, list[str]]:
    known = [row["row_id"] for row in rows if row["how"] in {"printed", "asked"}]
    guessed = {row["row_id"] for row in rows if row["how"] == "inferred"}
    rest = [row["row_id"] for row in rows if row["row_id"] not in known]
    if purpose["reaches_a_patient"]:
        return {"use": known, "ask": rest, "leave_out": []}
    use = known + sorted(guessed)
    return {"use": use, "ask": [], "leave_out": [row_id for row_id in rest if row_id not in guessed]}
''',
    ),
    Alternative(
        task="2.3",
        name="plain Python, an index of concepts",
        source='''
PROPERTIES = {
    "Mass/volume": ["g/dL", "g/L", "mg/dL", "mg/L", "ug/mL", "ng/mL", "ng/L"],
    "Moles/volume": ["mmol/L", "umol/L", "pmol/L"],
    "Substance fraction": ["mmol/mol"],
}
KIND_OF_UNIT = {unit: kind for kind, units in PROPERTIES.items() for unit in units}


def text_or_none(cell):
    return cell if isinstance(cell, str) and cell else None


def records(table):
    return [{name: text_or_none(cell) for name, cell in row.items()} for row in table.to_dict("records")]


def kind_of_concept(concept):
    return concept["property"] if concept["property"] in PROPERTIES else "other"


def map_codes(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    index = defaultdict(dict)  # (component, specimen, kind of property) -> method -> code
    for concept in records(concepts):
        key = (concept["component"], concept["specimen"], kind_of_concept(concept))
        index[key].setdefault(concept["method"], concept["loinc"])
    glossary = defaultdict(list)
    for word in records(words):
        glossary[word["axis"], word["local"]].append((word["part"], word["relation"]))
    answer = []
    for entry in records(book):
        loinc, equivalence = find(entry, index, glossary)
        row = {name: entry[name] for name in ("facility", "test_code", "valid_from", "valid_to")}
        answer.append(row | {"loinc": loinc, "equivalence": equivalence, "source": entry["entry_id"]})
    names = ["facility", "test_code", "valid_from", "valid_to", "loinc", "equivalence", "source"]
    return pd.DataFrame(answer, columns=names)


def find(entry, index, glossary):
    """The code of the concept and how it stands to the entry."""
    kind = KIND_OF_UNIT.get(entry["unit"], "other")
    methods = [part for part, _ in glossary["method", entry["method"]]]
    fits = []
    for component, relation in glossary["test", entry["test_name"]]:
        for specimen, _ in glossary["specimen", entry["specimen"]]:
            for method, loinc in index.get((component, specimen, kind), {}).items():
                if method in methods or method is entry["method"] is None:
                    fits.append((0, "equivalent", relation, loinc))
                elif method is None:
                    fits.append((1, "wider", relation, loinc))
                elif entry["method"] is None:
                    fits.append((2, "narrower", relation, loinc))
    if not fits:
        return None, "unmatched"
    _, equivalence, relation, loinc = min(fits, key=lambda fit: fit[0])
    return loinc, "narrower" if relation == "narrower" else equivalence


def translate(results: pd.DataFrame, mapping: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    kinds = {concept["loinc"]: kind_of_concept(concept) for concept in records(concepts)}
    meanings = defaultdict(list)
    for row in records(mapping):
        meanings[row["test_code"]].append(row)
    answer = []
    columns = [results[name].tolist() for name in ("row_id", "test_code", "unit", "collected_at")]
    for row_id, code, unit, time in zip(*columns):
        day = str(time)[:10]
        valid = [
            row["loinc"]
            for row in meanings[code]
            if row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])
        ]
        loinc, problem = None, None
        if not valid:
            problem = "no-code"
        elif valid[0] is None:
            problem = "unmatched"
        elif text_or_none(unit) and KIND_OF_UNIT.get(unit, "other") != kinds[valid[0]]:
            problem = "property"
        else:
            loinc = valid[0]
        answer.append((row_id, loinc, problem))
    return pd.DataFrame(answer, columns=["row_id", "loinc", "problem"])


def carry(local: dict, target: dict, way: str) -> dict[str, object]:
    here, there = local["method"], target["method"]
    no_concept = {"equivalence": "unmatched", "safe": False, "reason": "no-concept"}
    if local["component"] != target["component"] or local["specimen"] != target["specimen"]:
        return no_concept
    if here == there:
        return {"equivalence": "equivalent", "safe": True, "reason": "same"}
    if here and there:
        return no_concept
    origin, goal = (here, there) if way == "forward" else (there, here)
    safe = origin is not None and goal is None
    return {
        "equivalence": "wider" if here else "narrower",
        "safe": safe,
        "reason": "loses-detail" if safe else "claims-more",
    }
''',
    ),
    Alternative(
        task="2.3",
        name="pandas, all candidates joined and ranked",
        source="""
MASS = r"(?:g/dL|g/L|mg/dL|mg/L|ug/mL|ng/mL|ng/L)"
MOLES = r"(?:mmol/L|umol/L|pmol/L)"


def kind_of_units(units: pd.Series) -> pd.Series:
    units = units.astype("str")
    kind = pd.Series("other", index=units.index, dtype="str")
    kind = kind.mask(units.str.fullmatch(MASS, na=False), "Mass/volume")
    kind = kind.mask(units.str.fullmatch(MOLES, na=False), "Moles/volume")
    return kind.mask(units.eq("mmol/mol").fillna(False), "Substance fraction")


def with_kind(concepts: pd.DataFrame) -> pd.DataFrame:
    three = concepts["property"].isin(["Mass/volume", "Moles/volume", "Substance fraction"])
    return concepts.assign(kind=concepts["property"].where(three, "other"))


def map_codes(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    entries = book.reset_index(drop=True)
    entries = entries.assign(n=entries.index, kind=kind_of_units(entries["unit"]))

    def column(axis, name):
        some = words.loc[words["axis"] == axis, ["local", "part", "relation"]]
        return some.rename(columns={"local": name, "part": f"{axis}_part", "relation": f"{axis}_relation"})

    keys = {"test_part": "component", "specimen_part": "part_specimen"}
    named = entries.dropna(subset=["test_name", "specimen"])
    candidates = (
        named.merge(column("test", "test_name"), on="test_name")
        .merge(column("specimen", "specimen"), on="specimen")
        .rename(columns=keys)
        .merge(column("method", "method"), how="left", on="method")
        .merge(
            with_kind(concepts).rename(columns={"specimen": "part_specimen", "method": "concept_method"}),
            on=["component", "part_specimen", "kind"],
        )
    )
    silent, open_ = candidates["method"].isna(), candidates["concept_method"].isna()
    same = (silent & open_) | candidates["method_part"].eq(candidates["concept_method"]).fillna(False)
    rank = np.select([same, open_, silent], [0, 1, 2], 3)
    candidates = candidates.assign(rank=rank)
    best = candidates[candidates["rank"] < 3].sort_values("rank", kind="stable").drop_duplicates("n")
    best = best.set_index("n")
    words_of_rank = best["rank"].map({0: "equivalent", 1: "wider", 2: "narrower"})
    words_of_rank = words_of_rank.mask(best["test_relation"].eq("narrower"), "narrower")
    return entries[["facility", "test_code", "valid_from", "valid_to"]].assign(
        loinc=best["loinc"].reindex(entries.index),
        equivalence=words_of_rank.reindex(entries.index).fillna("unmatched"),
        source=entries["entry_id"],
    )


def translate(results: pd.DataFrame, mapping: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    asked = results[["row_id", "test_code", "unit"]].assign(
        day=pd.to_datetime(results["collected_at"]).dt.normalize()
    )
    spans = mapping[["test_code", "loinc"]].assign(
        first=pd.to_datetime(mapping["valid_from"]),
        last=pd.to_datetime(mapping["valid_to"]).fillna(pd.Timestamp("2200-01-01")),
    )
    pairs = asked.merge(spans, on="test_code")
    pairs = pairs[pairs["day"].between(pairs["first"], pairs["last"])].drop_duplicates("row_id")
    found = asked.merge(pairs[["row_id", "loinc"]], how="left", on="row_id", indicator=True)
    kinds = with_kind(concepts).drop_duplicates("loinc").set_index("loinc")["kind"]
    other = found["unit"].notna() & found["loinc"].map(kinds).ne(kind_of_units(found["unit"]))
    problem = pd.Series(pd.NA, index=found.index, dtype="str")
    problem = problem.mask(other, "property")
    problem = problem.mask(found["loinc"].isna(), "unmatched")
    problem = problem.mask(found["_merge"] == "left_only", "no-code")
    return pd.DataFrame(
        {"row_id": found["row_id"], "loinc": found["loinc"].where(problem.isna()), "problem": problem}
    )


def carry(local: dict, target: dict, way: str) -> dict[str, object]:
    table = pd.DataFrame([local, target], dtype=object)
    differs = table[["component", "specimen"]].nunique().max() > 1 or table["method"].nunique() > 1
    if differs:
        return {"equivalence": "unmatched", "safe": False, "reason": "no-concept"}
    says = table["method"].notna().astype(int)  # how much the local test and the target say
    more = int(says[1] - says[0])
    equivalence = {0: "equivalent", 1: "narrower", -1: "wider"}[more]
    step = more if way == "forward" else -more
    reason = {0: "same", 1: "claims-more", -1: "loses-detail"}[step]
    return {"equivalence": equivalence, "safe": step <= 0, "reason": reason}
""",
    ),
    Alternative(
        task="2.3",
        name="DuckDB SQL",
        source='''
KINDS = """
    create macro kind_of_unit(unit) as case
        when unit in ('g/dL', 'g/L', 'mg/dL', 'mg/L', 'ug/mL', 'ng/mL', 'ng/L') then 'Mass/volume'
        when unit in ('mmol/L', 'umol/L', 'pmol/L') then 'Moles/volume'
        when unit = 'mmol/mol' then 'Substance fraction'
        else 'other' end;
    create macro kind_of_property(property) as
        if(property in ('Mass/volume', 'Moles/volume', 'Substance fraction'), property, 'other');
"""

MAP = """
    with candidates as (
        select entry_id, facility, concepts.loinc, test.relation,
            case when book.method is null and concepts.method is null then 1
                when concepts.method in (
                    select part from words where axis = 'method' and local = book.method) then 1
                when concepts.method is null then 2
                when book.method is null then 3 end as rank
        from book
        join words test on test.axis = 'test' and test.local = book.test_name
        join words tube on tube.axis = 'specimen' and tube.local = book.specimen
        join concepts on concepts.component = test.part and concepts.specimen = tube.part
            and kind_of_property(concepts.property) = kind_of_unit(book.unit)
    ),
    best as (
        select * from candidates where rank is not null
        qualify row_number() over (partition by facility, entry_id order by rank, loinc) = 1
    )
    select book.facility, test_code, valid_from, valid_to, loinc,
        case when loinc is null then 'unmatched'
            when relation = 'narrower' then 'narrower'
            else ['equivalent', 'wider', 'narrower'][rank] end as equivalence,
        entry_id as source
    from book left join best using (facility, entry_id)
"""

TRANSLATE = """
    with dated as (
        select row_id, unit, mapping.test_code is not null as known, mapping.loinc
        from results left join mapping on mapping.test_code = results.test_code
            and collected_at::timestamp::date >= valid_from::date
            and (valid_to is null or collected_at::timestamp::date <= valid_to::date)
    ),
    told as (
        select row_id, dated.loinc,
            case when not known then 'no-code'
                when dated.loinc is null then 'unmatched'
                when unit is not null and kind_of_unit(unit) <> kind_of_property(property)
                    then 'property' end as problem
        from dated left join concepts on concepts.loinc = dated.loinc
    )
    select row_id, if(problem is null, loinc, null) as loinc, problem from told
"""


def ask(query, **tables):
    with duckdb.connect() as connection:
        connection.execute(KINDS)
        for name, table in tables.items():
            connection.register(name, table.astype("str"))
        return connection.execute(query).df()


def map_codes(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    return ask(MAP, book=book, concepts=concepts, words=words)


def translate(results: pd.DataFrame, mapping: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    return ask(TRANSLATE, results=results, mapping=mapping, concepts=concepts)


def carry(local: dict, target: dict, way: str) -> dict[str, object]:
    query = """
        with pair(one_thing, here, there) as (select $same, $here, $there)
        select case
            when not one_thing or here <> there then ['unmatched', 'no-concept']
            when here is not distinct from there then ['equivalent', 'same']
            when there is null then ['wider', if($forward, 'loses-detail', 'claims-more')]
            else ['narrower', if($forward, 'claims-more', 'loses-detail')] end
        from pair
    """
    same = all(local[name] == target[name] for name in ("component", "specimen"))
    given = {"same": same, "here": local["method"], "there": target["method"], "forward": way == "forward"}
    with duckdb.connect() as connection:
        [[(equivalence, reason)]] = connection.execute(query, given).fetchall()
    safe = reason in ("same", "loses-detail")
    return {"equivalence": equivalence, "safe": safe, "reason": reason}
''',
    ),
]
