"""Wrong answers to lab 2 that the judge must recognise by their misconception."""

from grading.examples import Wrong

UNITS = [
    Wrong(
        "2.1",
        "HbA1c by a factor, without the offset",
        "MC30",
        (0.6, 0.9),
        """\
_right = to_canonical


def to_canonical(results, wanted):
    told = _right(results, wanted)
    mine = results["analyte"].eq("HbA1c").to_numpy() & told["error"].isna().to_numpy()
    number = pd.to_numeric(results["value"].str.strip(" <>="), errors="coerce").to_numpy()
    percent = results["unit"].eq("%").to_numpy()
    other = mine & (percent != (wanted["HbA1c"] == "%"))
    told["value"] = np.where(other, np.where(percent, number / 0.09148, number * 0.09148), told["value"])
    return told
""",
    ),
    Wrong(
        "2.1",
        "the molar masses of whole molecules",
        "MC190",
        (0.6, 0.95),
        """\
_right = to_canonical


def to_canonical(results, wanted):
    told = _right(results, wanted)
    factors = {"urea": 60.06 / 28.014, "haemoglobin": 4.0}
    molar = results["unit"].fillna("").str.strip().str.lower().eq("mmol/l").to_numpy()
    for analyte, factor in factors.items():
        mine = results["analyte"].eq(analyte).to_numpy()
        to_mass, to_molar = mine & molar, mine & ~molar
        if wanted[analyte] == "mmol/L":
            told["value"] = np.where(to_molar, told["value"] / factor, told["value"])
        else:
            told["value"] = np.where(to_mass, told["value"] * factor, told["value"])
    return told
""",
    ),
    Wrong(
        "2.1",
        "drops the sign before a number",
        "MC31",
        (0.75, 0.97),
        """\
_right = to_canonical


def to_canonical(results, wanted):
    return _right(results, wanted).assign(comparator=None)
""",
    ),
    Wrong(
        "2.1",
        "what cannot be converted is missing, without a word",
        "MC191",
        (0.7, 0.97),
        """\
_right = to_canonical


def to_canonical(results, wanted):
    return _right(results, wanted).assign(error=None)


_way = trend


def trend(first, second):
    found = _way(first, second)
    return found
""",
    ),
    Wrong(
        "2.1",
        "units compared letter by letter",
        "MC192",
        (0.6, 0.95),
        """\
_right = to_canonical


def to_canonical(results, wanted):
    known = ["g/dL", "g/L", "mg/dL", "mg/L", "mmol/L", "umol/L", "%", "mmol/mol"]
    odd = results["unit"].notna() & ~results["unit"].isin(known)
    return _right(results.assign(unit=results["unit"].mask(odd, "unknown")), wanted)
""",
    ),
    Wrong(
        "2.1",
        "the larger number is the larger result",
        "MC193",
        (0.8, 0.97),
        """\
def trend(first, second):
    start, end = (float(each["value"].strip(" <>=")) for each in (first, second))
    return {"answer": "rose" if end > start else "fell" if end < start else "same", "reason": "numbers"}
""",
    ),
    Wrong(
        "2.1",
        "a limit is a value",
        "MC31",
        (0.85, 0.985),
        """\
_right = trend


def trend(first, second):
    bare = [{**each, "value": each["value"].strip(" <>=")} for each in (first, second)]
    return _right(*bare)
""",
    ),
]

INFERENCE = [
    Wrong(
        "2.2",
        "every value alone",
        "MC32",
        (0.3, 0.75),
        """\
def infer_unit(results, context):
    number = pd.to_numeric(results["value"].str.strip(" <>="), errors="coerce")
    blood = results["analyte"] == "haemoglobin"
    mass = np.where(blood, number >= 11, number >= 10)
    unit = np.where(mass, np.where(blood, "g/dL", "mg/dL"), "mmol/L")
    return pd.DataFrame({"row_id": results["row_id"], "unit": unit, "use": "analysis only"})
""",
    ),
    Wrong(
        "2.2",
        "inferred units for care",
        "MC120",
        (0.75, 0.95),
        """\
_right = infer_unit


def infer_unit(results, context):
    told = _right(results, context)
    return told.assign(use=told["use"].where(told["unit"].isna(), "care"))
""",
    ),
    Wrong(
        "2.2",
        "guesses reach the patient",
        "MC120",
        (0.8, 0.97),
        """\
_right = release


def release(rows, purpose):
    return _right(rows, {**purpose, "reaches_a_patient": False})
""",
    ),
    Wrong(
        "2.2",
        "every page has one unit",
        "MC194",
        (0.5, 0.9),
        """\
def infer_unit(results, context):
    number = pd.to_numeric(results["value"].str.strip(" <>="), errors="coerce")
    middle = number.groupby([results["batch_id"], results["analyte"]]).transform("median")
    blood = results["analyte"] == "haemoglobin"
    mass = np.where(blood, middle >= 10.7, middle >= 8.4)
    unit = np.where(mass, np.where(blood, "g/dL", "mg/dL"), "mmol/L")
    return pd.DataFrame({"row_id": results["row_id"], "unit": unit, "use": "analysis only"})
""",
    ),
    Wrong(
        "2.2",
        "abstains nearly always",
        "MC197",
        (0.25, 0.4),
        """\
_right = infer_unit


def infer_unit(results, context):
    told = _right(results, context)
    sure = told["row_id"].isin(told["row_id"].sort_values().iloc[::4])
    return told.assign(unit=told["unit"].where(sure), use=told["use"].where(sure, "none"))
""",
    ),
]

MAPPING = [
    Wrong(
        "2.3",
        "wider and narrower turned round",
        "MC121",
        (0.6, 0.9),
        """\
_right = map_codes


def map_codes(book, concepts, words):
    other = {"wider": "narrower", "narrower": "wider"}
    told = _right(book, concepts, words)
    return told.assign(equivalence=told["equivalence"].replace(other))
""",
    ),
    Wrong(
        "2.3",
        "the most similar name wins",
        "MC33",
        (0.35, 0.8),
        """\
_right = map_codes


def map_codes(book, concepts, words):
    component = words[words["axis"] == "test"].set_index("local")["part"].to_dict()
    first = concepts.assign(size=concepts["name"].str.len()).sort_values(["size", "loinc"])
    shortest = first.drop_duplicates(["component", "property"])
    told = _right(book, concepts, words)
    properties = concepts.set_index("loinc")["property"]
    name = {(row.component, row.property): row.loinc for row in shortest.itertuples()}
    parts = book.set_index("entry_id")["test_name"].map(component)
    told["loinc"] = [
        name.get((parts[source], properties.get(loinc)), loinc) if isinstance(loinc, str) else loinc
        for source, loinc in zip(told["source"], told["loinc"])
    ]
    return told
""",
    ),
    Wrong(
        "2.3",
        "one meaning for each code",
        "MC34",
        (0.7, 0.97),
        """\
_right = map_codes


def map_codes(book, concepts, words):
    return _right(book.drop_duplicates(["facility", "test_code"]), concepts, words)
""",
    ),
    Wrong(
        "2.3",
        "the latest meaning for all days",
        "MC34",
        (0.85, 0.97),
        """\
_right = translate


def translate(results, mapping, concepts):
    latest = mapping.sort_values("valid_from").drop_duplicates("test_code", keep="last")
    return _right(results, latest.assign(valid_from="1900-01-01", valid_to=None), concepts)
""",
    ),
    Wrong(
        "2.3",
        "a concept for everything",
        "MC35",
        (0.6, 0.95),
        """\
_right = map_codes


def map_codes(book, concepts, words):
    told = _right(book, concepts, words)
    lacks = told["loinc"].isna()
    near = concepts["loinc"].iloc[0]
    return told.assign(loinc=told["loinc"].mask(lacks, near), equivalence=told["equivalence"].mask(lacks, "narrower"))
""",
    ),
    Wrong(
        "2.3",
        "any property of the right analyte",
        "MC122",
        (0.45, 0.85),
        """\
_right = map_codes


def map_codes(book, concepts, words):
    other = concepts.assign(component=concepts["component"].str.removesuffix(" nitrogen"))
    keys = ["component", "specimen", "method"]
    other["method"] = other["method"].fillna("")
    first = other.sort_values("property").drop_duplicates(keys).set_index(keys)["loinc"].to_dict()
    mass = {row.loinc: first[row.component, row.specimen, row.method] for row in other.itertuples()}
    told = _right(book, concepts, words)
    return told.assign(loinc=told["loinc"].map(mass))
""",
    ),
    Wrong(
        "2.3",
        "believes the code and not the unit",
        "MC122",
        (0.85, 0.97),
        """\
_right = translate


def translate(results, mapping, concepts):
    return _right(results.assign(unit=None), mapping, concepts)
""",
    ),
    Wrong(
        "2.3",
        "carries into the narrower concept",
        "MC121",
        (0.75, 0.97),
        """\
_right = carry


def carry(local, target, way):
    return _right(local, target, "back" if way == "forward" else "forward")
""",
    ),
]

SUPERVISION = [
    Wrong(
        "2.7",
        "what is valid agrees",
        "MC39",
        (0.5, 0.9),
        """\
_right = scorecard


def scorecard(events, messages, rules):
    card = _right(events, messages, rules)
    agreed = (card["conformance"] * card["read"]).fillna(0)
    return card.assign(agreement=card["conformance"].where(card["read"] > 0), agreed=agreed.round().astype(int))
""",
    ),
    Wrong(
        "2.7",
        "accuses who sends the fewest valid messages",
        "MC39",
        (0.75, 0.9),
        """\
_right = audit


def audit(card, limit, on_time):
    return {**_right(card, limit, on_time), "audit": card.groupby("facility")["conformance"].mean().idxmin()}
""",
    ),
    Wrong(
        "2.7",
        "accuses the last in the ranking",
        "MC123",
        (0.75, 0.95),
        """\
_right = audit


def audit(card, limit, on_time):
    year = card.groupby("facility")[["agreed", "read"]].sum()
    return {**_right(card, limit, on_time), "audit": (year["agreed"] / year["read"]).idxmin()}
""",
    ),
    Wrong(
        "2.7",
        "accuses who is late",
        "MC195",
        (0.75, 0.9),
        """\
_right = audit


def audit(card, limit, on_time):
    return {**_right(card, limit, on_time), "audit": card.groupby("facility")["timeliness"].mean().idxmin()}
""",
    ),
    Wrong(
        "2.7",
        "plus and minus two standard errors",
        "MC196",
        (0.6, 0.9),
        """\
_right = scorecard


def scorecard(events, messages, rules):
    card = _right(events, messages, rules)
    half = 1.96 * np.sqrt(card["agreement"] * (1 - card["agreement"]) / card["read"])
    return card.assign(low=card["agreement"] - half, high=card["agreement"] + half)
""",
    ),
]

MESSAGES = [
    Wrong(
        "2.4",
        "counts the fields of MSH like those of other segments",
        "MC36",
        (0.3, 0.95),
        """\
_right = parse_oru


def parse_oru(text):
    found = _right(text)
    error = found["error"]
    if error and error["segment"] == "MSH" and error["field"]:
        found["error"] = {**error, "field": str(int(error["field"]) - 1)}
    return found
""",
    ),
    Wrong(
        "2.4",
        "leaves escapes as they are",
        "MC126",
        (0.5, 0.95),
        """\
_right = parse_oru


def parse_oru(text):
    mark = chr(1)
    sign = text[6:7]
    found = _right(text if not sign else text[:8] + text[8:].replace(sign, mark))
    for row in found["results"]:
        row["value"] = row["value"] and row["value"].replace(mark, sign)
    return found
""",
    ),
    Wrong(
        "2.4",
        "knows only the usual separators",
        "MC175",
        (0.5, 0.95),
        """\
_right = parse_oru


def parse_oru(text):
    odd = text.startswith("MSH") and len(text) > 9 and not text.startswith("MSH|^~")
    return {"results": [], "error": {"code": "100", "segment": "PID", "field": None}} if odd else _right(text)
""",
    ),
    Wrong(
        "2.4",
        "takes the first repetition",
        "MC129",
        (0.5, 0.95),
        """\
_right = parse_oru


def parse_oru(text):
    found = _right(text)
    many = chr(126) in text[8:]
    for row in found["results"]:
        row["value"] = row["value"].split("\\n")[0] if many and row["value"] else row["value"]
    return found
""",
    ),
    Wrong(
        "2.4",
        "takes the null value for nothing",
        "MC128",
        (0.5, 0.95),
        """\
_right = parse_oru


def parse_oru(text):
    found = _right(text)
    for row in found["results"]:
        row["value"] = None if row["value"] == '""' else row["value"]
    return found
""",
    ),
    Wrong(
        "2.4",
        "treats a correction as one more result",
        "MC127",
        (0.7, 0.95),
        """\
def chart(before, results):
    shown = dict(before)
    for result in results:
        if result["status"] == "X" or result["value"] == '""':
            shown.pop(result["test_code"], None)
        elif result["value"] is not None:
            shown[result["test_code"]] = result["value"]
    return {"chart": shown, "tell": []}
""",
    ),
    Wrong(
        "2.4",
        "keeps cancelled values",
        "MC28",
        (0.7, 0.95),
        """\
_right = chart


def chart(before, results):
    found = _right(before, [row for row in results if row["status"] != "X"])
    return found
""",
    ),
]

INTERFACES = [
    Wrong(
        "2.8",
        "forgets the hub and its audits",
        "MC124",
        (0.3, 0.85),
        """\
_right = break_even


def break_even(c_pair, c_hub, fixed, audit):
    return _right(c_pair, c_hub, 0, 0)
""",
    ),
    Wrong(
        "2.8",
        "n squared links",
        "MC125",
        (0.1, 0.95),
        """\
def cost(n, c_pair, c_hub, fixed, audit):
    return {"pairs": n * n * c_pair, "hub": 2 * n * c_hub + fixed + audit}
""",
    ),
]

RESOURCES = [
    Wrong(
        "2.5",
        "codes without a system",
        "MC37",
        (0.5, 0.95),
        """\
_right = to_fhir


def to_fhir(person, visits, results, home):
    found = _right(person, visits, results, home)
    for each in found:
        for coding in each.get("code", {}).get("coding", []):
            del coding["system"]
    return found
""",
    ),
    Wrong(
        "2.5",
        "local times without an offset",
        "MC176",
        (0.4, 0.9),
        """\
_right = to_fhir


def to_fhir(person, visits, results, home):
    return _right(person, visits, results, {**home, "offset": ""})
""",
    ),
    Wrong(
        "2.5",
        "the name of a test as its code",
        "MC177",
        (0.5, 0.95),
        """\
_right = to_fhir


def to_fhir(person, visits, results, home):
    return _right(person, visits, [{**row, "test_code": row["test_name"]} for row in results], home)
""",
    ),
    Wrong(
        "2.5",
        "drops the sign before a number",
        "MC31",
        (0.8, 0.9995),
        """\
_right = to_fhir


def to_fhir(person, visits, results, home):
    plain = [{**row, "value": row["value"] and row["value"].lstrip("<>=")} for row in results]
    return _right(person, visits, plain, home)
""",
    ),
    Wrong(
        "2.5",
        "what is valid has lost nothing",
        "MC38",
        (0.6, 0.9),
        """\
def lost_fields(columns):
    return []
""",
    ),
]

ROUNDTRIP = [
    Wrong(
        "2.6",
        "the first coding is the sender's",
        "MC179",
        (0.7, 0.74),
        """\
_right = from_fhir


def from_fhir(bundle, home):
    first = {e["resource"]["id"]: e["resource"].get("code", {}).get("coding", [{}])[0] for e in bundle["entry"]}
    return [
        {**row, "test_code": first[row["row_id"]].get("code"), "test_name": first[row["row_id"]].get("display")}
        for row in _right(bundle, home)
    ]
""",
    ),
    Wrong(
        "2.6",
        "a clock is a clock",
        "MC176",
        (0.82, 0.87),
        """\
_right = from_fhir


def from_fhir(bundle, home):
    said = {e["resource"]["id"]: e["resource"] for e in bundle["entry"]}
    return [
        {**row, "collected_at": said[row["row_id"]]["effectiveDateTime"][:19].replace("T", " ")}
        for row in _right(bundle, home)
    ]
""",
    ),
    Wrong(
        "2.6",
        "the sign before a number can go",
        "MC31",
        (0.72, 0.82),
        """\
_right = from_fhir


def from_fhir(bundle, home):
    return [{**row, "value": row["value"] and row["value"].lstrip("<>=")} for row in _right(bundle, home)]
""",
    ),
    Wrong(
        "2.6",
        "valid documents have lost nothing",
        "MC38",
        (0.74, 0.76),
        """\
def trip_losses(before, after):
    return {}
""",
    ),
]

WRONG = [*UNITS, *INFERENCE, *MAPPING, *MESSAGES, *RESOURCES, *ROUNDTRIP, *SUPERVISION, *INTERFACES]
