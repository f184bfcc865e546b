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
    doubtful = [row for row in rows if row["how"] not in ("printed", "asked")]
    sure = [row["row_id"] for row in rows if row not in doubtful]
    names = [row["row_id"] for row in doubtful]
    if purpose["reaches_a_patient"]:
        return dict(use=sure, ask=names, leave_out=[])
    guesses = [row["row_id"] for row in doubtful if row["how"] == "inferred"]
    return dict(use=sure + guesses, ask=[], leave_out=[name for name in names if name not in guesses])
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
    Alternative(
        task="2.4",
        name="letter by letter",
        source='''
class Broken(Exception):
    """A message that cannot be read; holds code, segment and field."""


def signs_of(text):
    """The five signs that part a message, in the order of HL7."""
    start = text.lstrip("\\r\\n")
    if start == "":
        raise Broken("100", "MSH", None)
    first_line = start.replace("\\n", "\\r").split("\\r")[0]
    bar = first_line[3:4] or "|"
    second = first_line[4:].split(bar)[0]
    if len(second) != 4:
        raise Broken("102", "MSH", "2")
    return bar + second


def cut(line, sign):
    """Cuts a line at every sign; nothing is unescaped here."""
    pieces = [""]
    for letter in line:
        if letter == sign:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def unescape(piece, signs):
    """Reads once from left to right, so that nothing is unescaped twice."""
    bar, component, repetition, escape, sub = signs
    table = {"F": bar, "S": component, "R": repetition, "T": sub, "E": escape, ".br": "\\n"}
    out, place = "", 0
    while place < len(piece):
        end = piece.find(escape, place + 1) if piece[place] == escape else -1
        if end > 0 and piece[place + 1 : end] in table:
            out += table[piece[place + 1 : end]]
            place = end + 1
        else:
            out += piece[place]
            place += 1
    return out


def read(text):
    signs = signs_of(text)
    bar, component, repetition, _, _ = signs
    segments = [cut(line, bar) for line in text.replace("\\n", "\\r").split("\\r") if line != ""]
    header = segments[0]
    for number in (9, 10):
        if len(header) <= number - 1 or header[number - 1] == "":
            raise Broken("101", "MSH", str(number))
    names = [segment[0] for segment in segments]
    for name in ("PID", "OBR", "OBX"):
        if name not in names:
            raise Broken("100", name, None)
    results, mrn = [], ""
    mrn = cut(segments[names.index("PID")][3], component)[0]
    for segment in segments:
        if segment[0] != "OBX":
            continue
        segment = segment + [""] * (12 - len(segment))
        value = None
        if segment[5] != "":
            value = "\\n".join(unescape(piece, signs) for piece in cut(segment[5], repetition))
        code = cut(segment[3], component)[0]
        results.append({"mrn": mrn, "test_code": code, "value": value, "status": segment[11]})
    return results


def parse_oru(text: str) -> dict[str, object]:
    try:
        return {"results": read(text), "error": None}
    except Broken as broken:
        return {"results": [], "error": dict(zip(("code", "segment", "field"), broken.args))}


def chart(before: dict[str, str], results: list[dict[str, str | None]]) -> dict[str, object]:
    after = before.copy()
    tell = []
    for result in results:
        test = result["test_code"]
        gone = result["status"] == "X" or result["value"] == '""'
        if not gone and result["value"] is None:
            continue
        news = None if gone else result["value"]
        if result["status"] != "F" and test in after and after[test] != news and test not in tell:
            tell.append(test)
        if gone:
            after = {name: value for name, value in after.items() if name != test}
        else:
            after[test] = news
    tell.sort()
    return {"chart": after, "tell": tell}
''',
    ),
    Alternative(
        task="2.4",
        name="signs replaced by control letters, segments in pandas",
        source="""
BAR, COMPONENT, REPEAT, SUB = "\\x01", "\\x02", "\\x03", "\\x04"


def parse_oru(text: str) -> dict[str, object]:
    lines = text.replace("\\r", "\\n").strip("\\n").split("\\n")
    error = {"code": "100", "segment": "MSH", "field": None}
    if lines == [""]:
        return {"results": [], "error": error}
    found = re.match(r"MSH(.)", lines[0])
    signs = lines[0][4:].split(found[1])[0] if found else ""
    if len(signs) != 4:
        return {"results": [], "error": error | {"code": "102", "field": "2"}}
    meanings = dict(zip("FSRTE", [found[1], signs[0], signs[1], signs[3], signs[2]]))
    meanings[".br"] = "\\n"
    letters = str.maketrans({found[1]: BAR, signs[0]: COMPONENT, signs[1]: REPEAT, signs[3]: SUB})
    table = pd.DataFrame([line.translate(letters).split(BAR) for line in lines if line], dtype="str")
    table = table.reindex(columns=range(12)).fillna("")
    for number in ("9", "10"):
        if table.loc[0, int(number) - 1] == "":
            return {"results": [], "error": error | {"code": "101", "field": number}}
    for name in ("PID", "OBR", "OBX"):
        if not table[0].eq(name).any():
            return {"results": [], "error": error | {"segment": name}}

    # An escape sign that is alone would pair with the next one: odd pieces stand between two of them.
    def told(cell):
        pieces = cell.split(signs[2])
        if len(pieces) > 1:
            pieces[1::2] = [meanings.get(piece, piece) for piece in pieces[1::2]]
        return "".join(pieces)

    patient = table.loc[table[0].eq("PID"), 3].iloc[0].split(COMPONENT)[0]
    observed = table[table[0].eq("OBX")]
    values = [
        "\\n".join(told(piece) for piece in cell.split(REPEAT)) if cell else None for cell in observed[5]
    ]
    codes = observed[3].str.split(COMPONENT).str[0]
    results = [
        {"mrn": patient, "test_code": code, "value": value, "status": status}
        for code, value, status in zip(codes, values, observed[11])
    ]
    return {"results": results, "error": None}


def chart(before: dict[str, str], results: list[dict[str, str | None]]) -> dict[str, object]:
    history = {test: [value] for test, value in before.items()}
    told = set()
    for result in results:
        states = history.setdefault(result["test_code"], [None])
        if result["status"] == "X" or result["value"] == '""':
            states.append(None)
        else:
            states.append(states[-1] if result["value"] is None else result["value"])
        if result["status"] in "CX" and states[-2] not in (None, states[-1]):
            told.add(result["test_code"])
    shown = {test: states[-1] for test, states in history.items() if states[-1] is not None}
    return {"chart": shown, "tell": sorted(told)}
""",
    ),
    Alternative(
        task="2.4",
        name="DuckDB SQL; between two escape signs stands a code",
        source=r'''
SEGMENTS = """
    create temp table segments as
    with lines as (
        select unnest(pieces) as line, generate_subscripts(pieces, 1) as n
        from (select str_split_regex($text, '[\\r\\n]+') as pieces)
    )
    select n, line[:3] as name, str_split(line, $separator) as fields from lines where line <> ''
"""

FAULTS = """
    with header as (select fields from segments order by n limit 1)
    select case
        when not exists (from header) then {'code': '100', 'segment': 'MSH', 'field': null}
        when coalesce(len(h.fields[2]), 0) <> 4 then {'code': '102', 'segment': 'MSH', 'field': '2'}
        when coalesce(h.fields[9], '') = '' then {'code': '101', 'segment': 'MSH', 'field': '9'}
        when coalesce(h.fields[10], '') = '' then {'code': '101', 'segment': 'MSH', 'field': '10'}
        when not exists (from segments where name = 'PID') then {'code': '100', 'segment': 'PID', 'field': null}
        when not exists (from segments where name = 'OBR') then {'code': '100', 'segment': 'OBR', 'field': null}
        when not exists (from segments where name = 'OBX') then {'code': '100', 'segment': 'OBX', 'field': null}
        end as fault
    from (select 1) left join header h on true
"""

PATIENTS = """
    with named as (
        select n, name, fields,
            max(n) filter (name = 'PID') over (order by n) as at  -- the segment PID that stands above
        from segments
    )
    select str_split(str_split(pid.fields[4], $repetition)[1], $component)[1] as mrn,
        str_split(obx.fields[4], $component)[1] as test_code,
        nullif(obx.fields[6], '') as value, obx.fields[12] as status
    from named obx left join segments pid on pid.n = obx.at
    where obx.name = 'OBX' order by obx.n
"""


def unescape(piece, escape, meant):
    pieces = piece.split(escape)  # every second one is the code of an escape
    pieces[1::2] = [meant[code] for code in pieces[1::2]]
    return "".join(pieces)


def parse_oru(text: str) -> dict[str, object]:
    separator = text.lstrip("\r\n")[3:4] or "|"
    with duckdb.connect() as connection:
        connection.execute(SEGMENTS, {"text": text, "separator": separator})
        [(fault,)] = connection.execute(FAULTS).fetchall()
        if fault:
            return {"results": [], "error": fault}
        [(signs,)] = connection.execute("select fields[2] from segments order by n limit 1").fetchall()
        rows = connection.execute(PATIENTS, {"component": signs[0], "repetition": signs[1]}).fetchall()
    meant = dict(zip("FSRET", separator + signs)) | {".br": "\n"}
    results = []
    for mrn, test_code, value, status in rows:
        if value is not None:
            value = "\n".join(unescape(one, signs[2], meant) for one in value.split(signs[1]))
        results.append({"mrn": mrn, "test_code": test_code, "value": value, "status": status})
    return {"results": results, "error": None}


STORY = """
    with told as (
        select -1 as n, test_code, value as shown, 'F' as status from shown_before
        union all by name
        select n, test_code, status,
            case when status = 'X' or value = '""' then null else value end as shown
        from results where status = 'X' or value is not null
    )
    select test_code, shown, n = max(n) over (partition by test_code) as last,
        lag(shown) over (partition by test_code order by n) as old, status
    from told
"""


def chart(before: dict[str, str], results: list[dict[str, str | None]]) -> dict[str, object]:
    news = [(n, one["test_code"], one["value"], one["status"]) for n, one in enumerate(results)]
    with duckdb.connect() as connection:
        connection.execute("create table shown_before (test_code text, value text)")
        connection.execute("create table results (n int, test_code text, value text, status text)")
        for row in before.items():
            connection.execute("insert into shown_before values (?, ?)", row)
        for row in news:
            connection.execute("insert into results values (?, ?, ?, ?)", row)
        connection.execute(f"create table story as {STORY}")
        shown = connection.execute("select test_code, shown from story where last and shown is not null")
        after = dict(shown.fetchall())
        told = connection.execute("""
            select distinct test_code from story
            where status in ('C', 'X') and old is not null and shown is distinct from old
            order by test_code
        """).fetchall()
    return {"chart": after, "tell": [code for (code,) in told]}
''',
    ),
    Alternative(
        task="2.5",
        name="literal documents, then what is missing taken out",
        source='''
CLASSES = {"inpatient": "IMP", "emergency": "EMER"}
STATUS = {"F": "final", "C": "corrected", "X": "cancelled"}
UCUM = "http://unitsofmeasure.org"


def without_gaps(document):
    """Leaves out everything that is None or empty, at every depth."""
    if isinstance(document, dict):
        document = {name: without_gaps(part) for name, part in document.items()}
        return {name: part for name, part in document.items() if part not in (None, {}, [])}
    if isinstance(document, list):
        return [part for part in map(without_gaps, document) if part not in (None, {}, [])]
    return document


def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    facility = home["facility"]
    subject = {"reference": f"Patient/{person['mrn']}"}

    def moment(text):
        return text and text.replace(" ", "T") + home["offset"]

    patient = {
        "resourceType": "Patient",
        "id": person["mrn"],
        "identifier": [{"system": f"urn:hilab:{facility}:mrn", "value": person["mrn"]}],
        "name": [{"family": person["family_name"], "given": [person["given_name"]]}],
        "gender": {"F": "female", "M": "male"}.get(person["sex"], "unknown"),
        "birthDate": person["birth_date"],
        "deceasedDateTime": person["deceased_on"],
        "telecom": [{"system": "phone", "value": person["phone"]}] if person["phone"] else None,
    }
    stays = [
        {
            "resourceType": "Encounter",
            "id": visit["encounter_id"],
            "status": "finished" if visit["discharged_at"] else "in-progress",
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": CLASSES[visit["class"]],
            },
            "subject": subject,
            "period": {"start": moment(visit["admitted_at"]), "end": moment(visit["discharged_at"])},
        }
        for visit in visits
    ]
    observations = [
        {
            "resourceType": "Observation",
            "id": result["row_id"],
            "status": STATUS[result["status"]],
            "code": {
                "coding": [
                    {
                        "system": f"urn:hilab:{facility}:tests",
                        "code": result["test_code"],
                        "display": result["test_name"],
                    },
                    {"system": "http://loinc.org", "code": result["loinc"]} if result["loinc"] else None,
                ]
            },
            "subject": subject,
            "effectiveDateTime": moment(result["collected_at"]),
            **value_of(result),
        }
        for result in results
    ]
    return [without_gaps(document) for document in [patient, *stays, *observations]]


def value_of(result):
    value, unit = result["value"], result["unit"]
    if not value:
        system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
        reason = result["absent_reason"] or "unknown"
        return {"dataAbsentReason": {"coding": [{"system": system, "code": reason}]}}
    number = re.fullmatch(r"\\s*(<=|>=|<|>)?\\s*(-?\\d+(?:\\.\\d+)?)\\s*", value)
    if not number:
        return {"valueString": value}
    quantity = {"value": float(number[2]), "comparator": number[1], "unit": unit, "system": UCUM, "code": unit}
    return {"valueQuantity": quantity}


def lost_fields(columns: list[str]) -> list[str]:
    kept = "mrn given_name family_name sex birth_date deceased_on phone encounter_id class admitted_at "
    kept += "discharged_at row_id test_code test_name value unit status collected_at"
    return [column for column in columns if column not in kept.split()]
''',
    ),
    Alternative(
        task="2.5",
        name="one small builder for each resource",
        source="""
LOINC = "http://loinc.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PERSON = {"mrn", "given_name", "family_name", "sex", "birth_date", "deceased_on", "phone"}
VISIT = {"encounter_id", "mrn", "class", "admitted_at", "discharged_at"}
RESULT = {"row_id", "test_code", "test_name", "value", "unit", "status", "collected_at"}


def patient_of(person, facility):
    patient = {"resourceType": "Patient", "id": person["mrn"], "gender": "unknown"}
    patient["identifier"] = [{"system": "urn:hilab:" + facility + ":mrn", "value": person["mrn"]}]
    name = {}
    if person["family_name"]:
        name["family"] = person["family_name"]
    if person["given_name"]:
        name["given"] = [person["given_name"]]
    if name:
        patient["name"] = [name]
    if person["sex"] in ("F", "M"):
        patient["gender"] = "female" if person["sex"] == "F" else "male"
    if person["birth_date"]:
        patient["birthDate"] = person["birth_date"]
    if person["deceased_on"]:
        patient["deceasedDateTime"] = person["deceased_on"]
    if person["phone"]:
        patient["telecom"] = [{"system": "phone", "value": person["phone"]}]
    return patient


def iso(text, offset):
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").isoformat() + offset


def encounter_of(visit, offset):
    period = {"start": iso(visit["admitted_at"], offset)}
    status = "in-progress"
    if visit["discharged_at"]:
        period["end"] = iso(visit["discharged_at"], offset)
        status = "finished"
    code = "EMER" if visit["class"] == "emergency" else "IMP"
    return {
        "resourceType": "Encounter",
        "id": visit["encounter_id"],
        "status": status,
        "class": {"system": ACT, "code": code},
        "subject": {"reference": "Patient/" + visit["mrn"]},
        "period": period,
    }


def observation_of(result, mrn, home):
    coding = {"system": "urn:hilab:" + home["facility"] + ":tests", "code": result["test_code"]}
    if result["test_name"]:
        coding["display"] = result["test_name"]
    observation = {
        "resourceType": "Observation",
        "id": result["row_id"],
        "status": {"F": "final", "C": "corrected"}.get(result["status"], "cancelled"),
        "code": {"coding": [coding]},
        "subject": {"reference": "Patient/" + mrn},
        "effectiveDateTime": iso(result["collected_at"], home["offset"]),
    }
    if result["loinc"]:
        observation["code"]["coding"].append({"system": LOINC, "code": result["loinc"]})
    text = result["value"]
    if text is None:
        reason = {"system": ABSENT, "code": result["absent_reason"] or "unknown"}
        observation["dataAbsentReason"] = {"coding": [reason]}
        return observation
    number = text.lstrip("<>=")
    try:
        quantity = {"value": float(number)}
    except ValueError:
        observation["valueString"] = text
        return observation
    if number != text:
        quantity["comparator"] = text[: len(text) - len(number)]
    if result["unit"]:
        quantity |= {"unit": result["unit"], "code": result["unit"], "system": "http://unitsofmeasure.org"}
    observation["valueQuantity"] = quantity
    return observation


def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    resources = [patient_of(person, home["facility"])]
    for visit in visits:
        resources.append(encounter_of(visit, home["offset"]))
    for result in results:
        resources.append(observation_of(result, person["mrn"], home))
    return resources


def lost_fields(columns: list[str]) -> list[str]:
    return sorted(set(columns) - PERSON - VISIT - RESULT)
""",
    ),
    Alternative(
        task="2.5",
        name="paths and values, grown into documents",
        source='''
def grown(kind, number, pairs):
    """A resource of a list of paths and values; values that are None grow no branch."""
    resource = {"resourceType": kind, "id": number}
    for path, value in pairs:
        if value is None:
            continue
        place = resource
        *steps, last = path.split(".")
        for step, following in zip(steps, [*steps[1:], last]):
            empty = [] if following.isdigit() else {}
            place = hang(place, step, empty)
        hang(place, last, value)
    return resource


def hang(place, step, thing):
    if isinstance(place, list):
        if int(step) == len(place):
            place.append(thing)
        return place[int(step)]
    return place.setdefault(step, thing)


def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    def at(text):
        return None if text is None else f"{text[:10]}T{text[11:]}{home['offset']}"

    own = "urn:hilab:{facility}:".format(**home)
    me = "Patient/" + person["mrn"]
    resources = [
        grown("Patient", person["mrn"], [
            ("identifier.0.system", own + "mrn"),
            ("identifier.0.value", person["mrn"]),
            ("name.0.family", person["family_name"]),
            ("name.0.given.0", person["given_name"]),
            ("gender", dict(F="female", M="male").get(person["sex"], "unknown")),
            ("birthDate", person["birth_date"]),
            ("deceasedDateTime", person["deceased_on"]),
            ("telecom.0.system", person["phone"] and "phone"),
            ("telecom.0.value", person["phone"]),
        ])
    ]
    for visit in visits:
        resources.append(grown("Encounter", visit["encounter_id"], [
            ("status", "in-progress" if visit["discharged_at"] is None else "finished"),
            ("class.system", "http://terminology.hl7.org/CodeSystem/v3-ActCode"),
            ("class.code", {"inpatient": "IMP", "emergency": "EMER"}[visit["class"]]),
            ("subject.reference", me),
            ("period.start", at(visit["admitted_at"])),
            ("period.end", at(visit["discharged_at"])),
        ]))
    for result in results:
        value = result["value"]
        sign, number = re.match(r"([<>]=?)?\\s*(.*)", value or "", re.DOTALL).groups()
        is_number = re.fullmatch(r"[-+]?[0-9]*\\.?[0-9]+", number) is not None
        unit = result["unit"] if is_number else None
        reason = (result["absent_reason"] or "unknown") if value is None else None
        resources.append(grown("Observation", result["row_id"], [
            ("status", {"F": "final", "C": "corrected", "X": "cancelled"}[result["status"]]),
            ("code.coding.0.system", own + "tests"),
            ("code.coding.0.code", result["test_code"]),
            ("code.coding.0.display", result["test_name"]),
            ("code.coding.1.system", result["loinc"] and "http://loinc.org"),
            ("code.coding.1.code", result["loinc"]),
            ("subject.reference", me),
            ("effectiveDateTime", at(result["collected_at"])),
            ("valueQuantity.value", float(number) if is_number else None),
            ("valueQuantity.comparator", sign if is_number else None),
            ("valueQuantity.unit", unit),
            ("valueQuantity.system", "http://unitsofmeasure.org" if is_number else None),
            ("valueQuantity.code", unit),
            ("valueString", None if is_number else value),
            ("dataAbsentReason.coding.0.system",
             reason and "http://terminology.hl7.org/CodeSystem/data-absent-reason"),
            ("dataAbsentReason.coding.0.code", reason),
        ]))
    return resources


HAS_PLACE = re.compile(
    "mrn|(given|family)_name|sex|birth_date|deceased_on|phone|encounter_id|class|(admitted|discharged)_at"
    "|row_id|test_(code|name)|value|unit|status|collected_at"
)


def lost_fields(columns: list[str]) -> list[str]:
    return [column for column in columns if not HAS_PLACE.fullmatch(column)]
''',
    ),
    Alternative(
        task="2.5",
        name="DuckDB SQL, which writes JSON and takes out its nulls",
        source=r'''
PATIENT = """
    select json_object(
        'resourceType', 'Patient', 'id', mrn,
        'identifier', [{'system': 'urn:hilab:' || $facility || ':mrn', 'value': mrn}],
        'name', [without_nulls({'family': family_name, 'given': if(given_name is null, null, [given_name])})],
        'gender', case sex when 'F' then 'female' when 'M' then 'male' else 'unknown' end,
        'birthDate', birth_date, 'deceasedDateTime', deceased_on,
        'telecom', if(phone is null, null, [{'system': 'phone', 'value': phone}]))
    from person
"""

ENCOUNTERS = """
    select json_object(
        'resourceType', 'Encounter', 'id', encounter_id,
        'status', if(discharged_at is null, 'in-progress', 'finished'),
        'class', {
            'system': 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
            'code': case class when 'inpatient' then 'IMP' when 'emergency' then 'EMER' end},
        'subject', {'reference': 'Patient/' || $patient},
        'period', {'start': moment(admitted_at, $zone), 'end': moment(discharged_at, $zone)})
    from visits order by n
"""

OBSERVATIONS = """
    with read as (
        select *, nullif(regexp_extract(value, '^(<=|>=|<|>)'), '') as comparator,
            if(regexp_full_match(value, '(<=|>=|<|>)? *[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)'),
                regexp_replace(value, '^[<>=]* *', '')::double, null) as number
        from results
    )
    select json_object(
        'resourceType', 'Observation', 'id', row_id,
        'status', case status when 'F' then 'final' when 'C' then 'corrected' else 'cancelled' end,
        'code', {'coding': list_filter([
            without_nulls({
                'system': 'urn:hilab:' || $facility || ':tests', 'code': test_code, 'display': test_name}),
            if(loinc is null, null, json_object('system', 'http://loinc.org', 'code', loinc))
        ], lambda coding: coding is not null)},
        'subject', {'reference': 'Patient/' || $patient},
        'effectiveDateTime', moment(collected_at, $zone),
        'valueQuantity', if(number is null, null, {
            'value': number, 'comparator': comparator, 'unit': unit,
            'system': 'http://unitsofmeasure.org', 'code': unit}),
        'valueString', if(number is null, value, null),
        'dataAbsentReason', if(value is null, {'coding': [{
            'system': 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
            'code': coalesce(absent_reason, 'unknown')}]}, null))
    from read order by n
"""

MACROS = """
    create macro without_nulls(thing) as json_merge_patch('{}', to_json(thing));
    create macro moment(written, zone) as replace(written, ' ', 'T') || zone;
"""

PERSON = "mrn given_name family_name sex birth_date deceased_on phone".split()
VISIT = "encounter_id mrn class admitted_at discharged_at".split()
RESULT = "row_id test_code test_name loinc value unit status collected_at absent_reason".split()


def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    queries = {"person": PATIENT, "visits": ENCOUNTERS, "results": OBSERVATIONS}
    tables = {"person": ([person], PERSON), "visits": (visits, VISIT), "results": (results, RESULT)}
    given = {"facility": home["facility"], "zone": home["offset"], "patient": person["mrn"]}
    resources = []
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        for name, (rows, columns) in tables.items():
            connection.execute(f"create table {name} (n int, {' text, '.join(columns)} text)")
            for n, row in enumerate(rows):
                cells = [n, *(row[column] or None for column in columns)]
                connection.execute(f"insert into {name} values ({', '.join('?' * len(cells))})", cells)
            query = queries[name]
            used = {key: value for key, value in given.items() if f"${key}" in query}
            for (text,) in connection.execute(query, used).fetchall():
                [(text,)] = connection.execute("select json_merge_patch('{}', ?::json)", [text]).fetchall()
                resources.append(json.loads(text))
    return resources


def lost_fields(columns: list[str]) -> list[str]:
    known = [name for name in PERSON + VISIT + RESULT if name not in ("loinc", "absent_reason")]
    query = "select list_filter($columns::text[], lambda name: not list_contains($known, name))"
    with duckdb.connect() as connection:
        return connection.execute(query, {"columns": columns, "known": known}).fetchone()[0]
''',
    ),
    Alternative(
        task="2.6",
        name="plain Python with decimals and time zones",
        source='''
import decimal

LETTERS = {"final": "F", "corrected": "C", "cancelled": "X"}


def last_part(reference):
    return reference["reference"].rsplit("/", 1)[-1] if reference and reference.get("reference") else None


def on_our_clock(text, offset):
    if text is None:
        return None
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        sign = -1 if offset.startswith("-") else 1
        hours, minutes = offset[1:].split(":")
        zone = dt.timezone(sign * dt.timedelta(hours=int(hours), minutes=int(minutes)))
        moment = moment.astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def value_and_unit(resource):
    quantity = resource.get("valueQuantity")
    if quantity is None:
        return resource.get("valueString"), None
    if quantity.get("value") is None:
        return None, quantity.get("unit")
    number = format(decimal.Decimal(str(quantity["value"])), "f")
    return quantity.get("comparator", "") + number, quantity.get("unit")


def from_fhir(bundle: dict, home: dict) -> list[dict]:
    rows = []
    for entry in bundle.get("entry", []):
        resource = entry["resource"]
        if resource["resourceType"] != "Observation":
            continue
        codings = resource.get("code", {}).get("coding", [])
        own = next((c for c in codings if c.get("system", "").startswith("urn:hilab:")), {})
        value, unit = value_and_unit(resource)
        rows.append(
            {
                "row_id": resource["id"],
                "mrn": last_part(resource.get("subject")),
                "encounter_id": last_part(resource.get("encounter")),
                "test_code": own.get("code"),
                "test_name": own.get("display"),
                "value": value,
                "unit": unit,
                "status": LETTERS.get(resource.get("status")),
                "collected_at": on_our_clock(resource.get("effectiveDateTime"), home["offset"]),
                "reported_at": on_our_clock(resource.get("issued"), home["offset"]),
            }
        )
    return rows


def meaning(text):
    """Returns what a cell says: sign and number where it is a number, else the text."""
    sign = next((sign for sign in ("<=", ">=", "<", ">") if text.startswith(sign)), "")
    try:
        number = decimal.Decimal(text[len(sign) :])
    except decimal.InvalidOperation:
        return text
    return (sign, number) if number.is_finite() else text


def trip_losses(before: list[dict], after: list[dict]) -> dict[str, int]:
    arrived = {row["row_id"]: row for row in after}
    lost = Counter()
    for row in before:
        found = arrived.get(row["row_id"], {})
        for column, text in row.items():
            if not text:
                continue
            now = found.get(column)
            if not now or meaning(now) != meaning(text):
                lost[column] += 1
    return dict(lost)
''',
    ),
    Alternative(
        task="2.6",
        name="pandas, flattened documents and a table of cells",
        source='''
def column_of(flat, name):
    found = flat[name] if name in flat else pd.Series(None, index=flat.index, dtype=object)
    return found.astype(object)


def clock(times, offset):
    stamped = times.str.contains(r"(?:Z|[+-]\\d\\d:\\d\\d)$", na=False)
    local = pd.Series(pd.NaT, index=times.index, dtype="datetime64[ns]")
    away = pd.to_datetime(times[stamped], utc=True, format="ISO8601").dt.tz_localize(None)
    local[stamped] = away + pd.Timedelta(f"{offset[1:]}:00") * (-1 if offset[0] == "-" else 1)
    local[~stamped] = pd.to_datetime(times[~stamped], format="ISO8601")
    return local.dt.strftime("%Y-%m-%d %H:%M:%S")


def written(number):
    return number if pd.isna(number) else f"{number:.12g}"


def from_fhir(bundle: dict, home: dict) -> list[dict]:
    documents = [entry["resource"] for entry in bundle.get("entry", [])]
    documents = [each for each in documents if each["resourceType"] == "Observation"]
    if not documents:
        return []
    flat = pd.json_normalize(documents)
    codings = column_of(flat, "code.coding").explode()
    codings = codings[codings.map(lambda c: isinstance(c, dict) and c.get("system", "").startswith("urn:hilab:"))]
    codings = codings[~codings.index.duplicated()]
    number = column_of(flat, "valueQuantity.value").map(written)
    number = column_of(flat, "valueQuantity.comparator").fillna("") + number
    rows = pd.DataFrame(
        {
            "row_id": flat["id"],
            "mrn": column_of(flat, "subject.reference").str.extract("([^/]+)$")[0],
            "encounter_id": column_of(flat, "encounter.reference").str.extract("([^/]+)$")[0],
            "test_code": codings.map(lambda coding: coding.get("code")),
            "test_name": codings.map(lambda coding: coding.get("display")),
            "value": number.fillna(column_of(flat, "valueString")),
            "unit": column_of(flat, "valueQuantity.unit"),
            "status": column_of(flat, "status").map({"final": "F", "corrected": "C", "cancelled": "X"}),
            "collected_at": clock(column_of(flat, "effectiveDateTime"), home["offset"]),
            "reported_at": clock(column_of(flat, "issued"), home["offset"]),
        },
        index=flat.index,
    )
    return rows.astype(object).where(rows.notna(), None).to_dict("records")


def cells(rows):
    """Makes one line of each cell: row, column, sign, number, text."""
    long = pd.DataFrame(
        [(row["row_id"], column, text) for row in rows for column, text in row.items() if text],
        columns=["row_id", "column", "text"],
    ).astype(object)
    parts = long["text"].str.extract(r"^(<=|>=|<|>|)(-?\\d*\\.?\\d+(?:[eE][+-]?\\d+)?)$")
    long["sign"], long["number"] = parts[0], pd.to_numeric(parts[1])
    return long


def trip_losses(before: list[dict], after: list[dict]) -> dict[str, int]:
    both = cells(before).merge(cells(after), on=["row_id", "column"], how="left", suffixes=("", "_after"))
    same = both["text"] == both["text_after"]
    same |= (both["sign"] == both["sign_after"]) & (both["number"] == both["number_after"])
    return {column: int(count) for column, count in both.loc[~same, "column"].value_counts().items()}
''',
    ),
    Alternative(
        task="2.6",
        name="DuckDB SQL on the JSON text",
        source='''
READ = """
with resources as (
    select unnest(cast(json($bundle) -> '$.entry[*].resource' as json[])) as r
), observations as (
    select r, list_filter(
        cast(r -> '$.code.coding[*]' as json[]),
        lambda c: starts_with(coalesce(c ->> '$.system', ''), 'urn:hilab:')
    )[1] as own
    from resources where r ->> '$.resourceType' = 'Observation'
)
select
    r ->> '$.id' as row_id,
    split_part(r ->> '$.subject.reference', '/', -1) as mrn,
    split_part(r ->> '$.encounter.reference', '/', -1) as encounter_id,
    own ->> '$.code' as test_code,
    own ->> '$.display' as test_name,
    coalesce(
        coalesce(r ->> '$.valueQuantity.comparator', '') || (r ->> '$.valueQuantity.value'),
        r ->> '$.valueString'
    ) as value,
    r ->> '$.valueQuantity.unit' as unit,
    case r ->> '$.status' when 'final' then 'F' when 'corrected' then 'C' when 'cancelled' then 'X' end as status,
    clock(r ->> '$.effectiveDateTime', $minutes) as collected_at,
    clock(r ->> '$.issued', $minutes) as reported_at
from observations
"""

# Takes a time to Greenwich and from there to the hospital; one without an offset stays as it is.
CLOCK = """
create macro clock(moment, minutes) as strftime(
    case when regexp_matches(moment, '(Z|[+-][0-9:]{5})$')
        then make_timestamp(epoch_us(cast(moment as timestamptz))) + to_minutes(cast(minutes as integer))
        else cast(moment as timestamp) end,
    '%Y-%m-%d %H:%M:%S'
)
"""

LOSSES = """
with parted as (
    select *, regexp_extract(said, '^([<>]?=?)', 1) as sign,
        try_cast(regexp_replace(said, '^[<>]?=?', '') as double) as number
    from cells where said is not null and said <> ''
)
select b.col, count(*)
from parted as b
left join parted as a on a.side = 'after' and a.row_id = b.row_id and a.col = b.col
where b.side = 'before'
    and a.said is distinct from b.said
    and not coalesce(a.sign = b.sign and a.number = b.number, false)
group by b.col
"""


def from_fhir(bundle: dict, home: dict) -> list[dict]:
    hours, minutes = home["offset"][1:].split(":")
    minutes = (int(hours) * 60 + int(minutes)) * (-1 if home["offset"].startswith("-") else 1)
    with duckdb.connect() as base:
        base.execute(CLOCK)
        query = base.execute(READ, {"bundle": json.dumps(bundle), "minutes": minutes})
        names = [column[0] for column in query.description]
        return [dict(zip(names, row)) for row in query.fetchall()]


def trip_losses(before: list[dict], after: list[dict]) -> dict[str, int]:
    cells = pd.DataFrame(
        [
            (side, row["row_id"], column, said)
            for side, rows in (("before", before), ("after", after))
            for row in rows
            for column, said in row.items()
        ],
        columns=["side", "row_id", "col", "said"],
    ).astype("str")
    with duckdb.connect() as base:
        base.register("cells", cells)
        return dict(base.execute(LOSSES).fetchall())
''',
    ),
    Alternative(
        task="2.7",
        name="plain Python, one event after another",
        source="""
def wilson(k, n, z=1.96):
    if n == 0:
        return None, None
    p = k / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def rows_of(table):
    for cells in zip(*(table[name].tolist() for name in table.columns)):
        yield {n: None if pd.isna(c) else c for n, c in zip(table.columns, cells)}


def is_valid(message, rules):
    if any(not (message[name] or "").strip() for name in rules["required"]):
        return False
    if not re.fullmatch(rules["event_date"], message["event_date"] or ""):
        return False
    for system in rules["code_systems"]:
        if system["uri"] == message["code_system"]:
            return bool(re.fullmatch(system["codes"], message["code"] or ""))
    return False


def in_time(sent_on, happened_on, days):
    if not sent_on:
        return False
    return (dt.date.fromisoformat(sent_on) - dt.date.fromisoformat(happened_on)).days <= days


def scorecard(events: pd.DataFrame, messages: pd.DataFrame, rules: dict) -> pd.DataFrame:
    by_event = {message["event_id"]: message for message in rows_of(messages)}
    counts = defaultdict(Counter)
    for event in rows_of(events):
        count = counts[event["facility"], event["quarter"]]
        count["events"] += 1
        message = by_event.get(event["event_id"])
        if message is None:
            continue
        count["messages"] += 1
        count["valid"] += is_valid(message, rules)
        count["timely"] += in_time(message["sent_on"], event["event_date"], rules["deadline_days"])
        if event["reread_code"]:
            count["read"] += 1
            count["agreed"] += event["reread_code"] == message["code"]
    card = []
    for (facility, quarter), n in sorted(counts.items()):
        low, high = wilson(n["agreed"], n["read"])
        row = {"facility": facility, "quarter": quarter}
        row |= {name: n[name] for name in ("events", "messages", "read", "agreed")}
        row["coverage"] = n["messages"] / n["events"]
        row["conformance"] = n["valid"] / n["messages"] if n["messages"] else None
        row["timeliness"] = n["timely"] / n["messages"] if n["messages"] else None
        row["agreement"] = n["agreed"] / n["read"] if n["read"] else None
        card.append(row | {"low": low, "high": high})
    return pd.DataFrame(card)


def audit(card: pd.DataFrame, limit: float, on_time: float) -> dict[str, object]:
    read, agreed, punctual = Counter(), Counter(), defaultdict(list)
    for row in rows_of(card):
        read[row["facility"]] += row["read"]
        agreed[row["facility"]] += row["agreed"]
        if row["timeliness"] is not None:
            punctual[row["facility"]].append(row["timeliness"])
    worst, unclear, remind = None, [], []
    for facility in sorted(read):
        low, high = wilson(agreed[facility], read[facility])
        if high is not None and high < limit:
            if worst is None or high < worst[0]:
                worst = (high, facility)
        elif high is not None and low < limit:
            unclear.append(facility)
        shares = punctual[facility]
        if shares and sum(shares) / len(shares) < on_time:
            remind.append(facility)
    return {"audit": worst and worst[1], "unclear": unclear, "remind": remind}
""",
    ),
    Alternative(
        task="2.7",
        name="pandas, one mask for each indicator",
        source="""
def wilson(k: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    z2 = 1.96**2
    n = n.where(n > 0).astype(float)
    p = k / n
    half = np.sqrt(z2 * (p * (1 - p) / n + z2 / (4 * n**2)))
    return (p + z2 / (2 * n) - half) / (1 + z2 / n), (p + z2 / (2 * n) + half) / (1 + z2 / n)


def scorecard(events: pd.DataFrame, messages: pd.DataFrame, rules: dict) -> pd.DataFrame:
    sent = messages.copy()
    valid = sent["event_date"].str.fullmatch(rules["event_date"], na=False)
    for name in rules["required"]:
        valid &= sent[name].fillna("").str.strip().ne("")
    known = pd.Series(False, index=sent.index)
    for system in rules["code_systems"]:
        known |= sent["code_system"].eq(system["uri"]) & sent["code"].str.fullmatch(system["codes"], na=False)
    sent["valid"] = valid & known
    sent = sent[["event_id", "sent_on", "code", "valid"]]
    table = events.merge(sent, on="event_id", how="left", indicator="found")
    table["has"] = table["found"].eq("both")
    table["valid"] = table["valid"].eq(True)
    delay = pd.to_datetime(table["sent_on"]) - pd.to_datetime(table["event_date"])
    table["timely"] = delay <= pd.Timedelta(days=rules["deadline_days"])
    table["seen"] = table["has"] & table["reread_code"].notna()
    table["same"] = table["seen"] & table["code"].eq(table["reread_code"])
    card = table.groupby(["facility", "quarter"]).agg(
        events=("event_id", "size"),
        messages=("has", "sum"),
        read=("seen", "sum"),
        agreed=("same", "sum"),
        valid=("valid", "sum"),
        timely=("timely", "sum"),
    )
    some = card["messages"].where(card["messages"] > 0)
    card["coverage"] = card["messages"] / card["events"]
    card["conformance"] = card.pop("valid") / some
    card["timeliness"] = card.pop("timely") / some
    card["agreement"] = card["agreed"] / card["read"].where(card["read"] > 0)
    card["low"], card["high"] = wilson(card["agreed"], card["read"])
    return card.reset_index()


def audit(card: pd.DataFrame, limit: float, on_time: float) -> dict[str, object]:
    year = card.groupby("facility").agg(
        read=("read", "sum"), agreed=("agreed", "sum"), timeliness=("timeliness", "mean")
    )
    low, high = wilson(year["agreed"], year["read"])
    accused = high[high < limit]
    return {
        "audit": accused.idxmin() if len(accused) else None,
        "unclear": sorted(year.index[(low < limit) & (high >= limit)]),
        "remind": sorted(year.index[year["timeliness"] < on_time]),
    }
""",
    ),
    Alternative(
        task="2.7",
        name="DuckDB SQL",
        source='''
WILSON = """
    create temp macro wilson_end(k, n, side) as
        (k / n + 1.96 ^ 2 / (2 * n)
            + side * 1.96 * sqrt(k / n * (1 - k / n) / n + 1.96 ^ 2 / (4 * n * n)))
        / (1 + 1.96 ^ 2 / n)
"""


def scorecard(events: pd.DataFrame, messages: pd.DataFrame, rules: dict) -> pd.DataFrame:
    filled = " and ".join(f"trim(coalesce(\\"{name}\\", '')) <> ''" for name in rules["required"])
    systems = pd.DataFrame(rules["code_systems"])[["uri", "codes"]]
    query = f"""
        with sent as (
            select event_id, sent_on, code,
                {filled or "true"} and coalesce(regexp_full_match(event_date, $pattern), false)
                and exists (from systems where uri = code_system and regexp_full_match(code, codes)) as valid
            from messages
        ),
        looked as (
            select facility, quarter, sent.event_id is not null as has, valid,
                coalesce(date_diff('day', e.event_date::date, sent_on::date) <= $days, false) as timely,
                has and reread_code is not null as seen,
                coalesce(code = reread_code, false) as same
            from events e left join sent using (event_id)
        ),
        counted as (
            select facility, quarter, count(*) as events, count(*) filter (where has) as messages,
                count(*) filter (where seen) as read, count(*) filter (where seen and same) as agreed,
                count(*) filter (where has and valid) as valid, count(*) filter (where has and timely) as timely
            from looked group by facility, quarter
        )
        select facility, quarter, events, messages, read, agreed, messages / events as coverage,
            valid / nullif(messages, 0) as conformance, timely / nullif(messages, 0) as timeliness,
            agreed / nullif(read, 0) as agreement,
            wilson_end(agreed, nullif(read, 0), -1) as low, wilson_end(agreed, nullif(read, 0), 1) as high
        from counted order by facility, quarter
    """
    with duckdb.connect() as connection:
        connection.execute(WILSON)
        for name, table in {"events": events, "messages": messages, "systems": systems}.items():
            connection.register(name, table)
        values = {"pattern": rules["event_date"], "days": rules["deadline_days"]}
        return connection.execute(query, values).df()


def audit(card: pd.DataFrame, limit: float, on_time: float) -> dict[str, object]:
    query = """
        with years as (
            select facility, sum(read) as n, sum(agreed) as k, avg(timeliness) as timeliness
            from card group by facility
        ),
        ends as (
            select facility, timeliness, wilson_end(k, nullif(n, 0), -1) as low,
                wilson_end(k, nullif(n, 0), 1) as high
            from years
        )
        select facility, high < $limit, low < $limit and $limit <= high, timeliness < $on_time
        from ends order by high, facility
    """
    with duckdb.connect() as connection:
        connection.execute(WILSON)
        connection.register("card", card[["facility", "read", "agreed", "timeliness"]])
        rows = connection.execute(query, {"limit": float(limit), "on_time": float(on_time)}).fetchall()
    accused = [facility for facility, bad, _, _ in rows if bad]
    return {
        "audit": accused[0] if accused else None,
        "unclear": sorted(facility for facility, _, unclear, _ in rows if unclear),
        "remind": sorted(facility for facility, _, _, late in rows if late),
    }
''',
    ),
    Alternative(
        task="2.8",
        name="formulas, and one partner more until it pays",
        source="""
def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> dict[str, float]:
    return {"pairs": n * (n - 1) * c_pair, "hub": 2 * n * c_hub + fixed + audit}


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    if c_pair <= 0:
        return None  # links that cost nothing are never dearer
    for n in itertools.count(2):
        year = cost(n, c_pair, c_hub, fixed, audit)
        if year["hub"] < year["pairs"]:
            return n
""",
    ),
    Alternative(
        task="2.8",
        name="the root of the quadratic, in exact fractions",
        source="""
from fractions import Fraction


def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> dict[str, float]:
    partners = range(n)
    pairs = sum(c_pair for sender in partners for receiver in partners if sender != receiver)
    hub = fixed + audit + sum(c_hub + c_hub for _ in partners)
    return {"pairs": float(pairs), "hub": float(hub)}


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    pair, hub, rest = (Fraction(str(x)) for x in (c_pair, c_hub, 0))
    rest = Fraction(str(fixed)) + Fraction(str(audit))
    if pair == 0:
        return None
    # pair * n * (n - 1) > 2 * hub * n + rest beyond the larger root of the difference.
    half = (pair + 2 * hub) / (2 * pair)
    root = float(half) + math.sqrt(half * half + rest / pair)
    near = max(2, math.floor(root) - 1)
    while pair * near * (near - 1) <= 2 * hub * near + rest:
        near += 1
    return near
""",
    ),
    Alternative(
        task="2.8",
        name="doubling, then halving the search",
        source="""
import bisect


def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> dict[str, float]:
    directed = len(list(itertools.permutations(range(n), 2))) if n < 200 else n**2 - n
    return {"pairs": c_pair * directed, "hub": c_hub * (n + n) + (fixed + audit)}


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    def pays(n):
        year = cost(n, c_pair, c_hub, fixed, audit)
        return year["hub"] < year["pairs"]

    # Once the hub pays it pays with every further partner: squares outgrow lines.
    top = 2
    while not pays(top):
        top *= 2
        if top > 2**60:
            return None
    return bisect.bisect_left(range(top + 1), True, lo=2, key=pays)
""",
    ),
]
