# What stands in the answer cells of clinicians and of law and management: steps, with blanks ____ to fill in.

# %% solve_2_1
def to_canonical(results: pd.DataFrame, wanted: dict[str, str]) -> pd.DataFrame:
    """Tells results in the units wanted.

    Returns a DataFrame with the columns row_id, value, unit, comparator and error.
    """
    molar_mass = {"glucose": 180.16, "creatinine": ____, "urea": ____, ____: ____}  # g/mol, from the table
    in_grams = {"g/dl": 10, "g/l": 1, "mg/dl": ____, "mg/l": ____}  # how many g/L one of them is
    in_moles = {"mmol/l": 1e-3, "umol/l": ____}  # how many mol/L

    def tidy(unit):
        return unit.strip().lower().replace("µ", "u")

    def to_base(analyte, number, unit):
        """In g/L, of HbA1c in NGSP %. None if the analyte is not measured in this unit."""
        if analyte == "HbA1c":
            return number if unit == "%" else ____ if unit == "mmol/mol" else None
        if unit in in_grams:
            return number * in_grams[unit]
        return number * in_moles[unit] * ____ if unit in in_moles else None

    def from_base(analyte, number, unit):
        if analyte == "HbA1c":
            return number if unit == "%" else ____
        return number / in_grams[unit] if unit in in_grams else ____

    answer = []
    for row in results.to_dict("records"):
        sign, error, number = None, None, None
        value = row["value"].strip() if isinstance(row["value"], str) else ""
        for one in [">=", "<=", ">", "<"]:  # the longer signs first
            if value.startswith(one) and sign is None:
                sign, value = one, value[len(one) :].strip()
        try:
            number = float(value)
        except ValueError:
            error = ____
        if error is None and not isinstance(row["unit"], str):
            error = ____
        if error is None:
            number = to_base(row["analyte"], number, tidy(row["unit"]))
            error = ____ if number is None else None
        unit = wanted[row["analyte"]]
        told = {"row_id": row["row_id"], "value": None, "unit": None, "comparator": None, "error": error}
        if error is None:
            told |= {"value": from_base(row["analyte"], number, tidy(unit)), "unit": unit, "comparator": sign}
        answer.append(told)
    return pd.DataFrame(answer)


def trend(first: dict, second: dict) -> dict[str, str]:
    """Says whether the second of two results is higher, and what allows to say so.

    Returns a dictionary such as {"answer": "rose", "reason": "numbers"}.
    """
    analyte, unit = first["analyte"], "%" if first["analyte"] == "HbA1c" else "mmol/L"
    # "The same" is asked in the unit of the first: for all but HbA1c a share of it is one in any unit.
    if analyte == "HbA1c" and isinstance(first["unit"], str) and "mol" in first["unit"].lower():
        unit = ____
    pair = pd.DataFrame([first | {"row_id": "a"}, second | {"row_id": "b"}])
    old, new = to_canonical(pair, {analyte: unit}).to_dict("records")
    if pd.notna(old["error"]) or pd.notna(new["error"]):
        return {"answer": "cannot-tell", "reason": ____}

    def ends(one):
        """The least and the largest value that a result leaves open."""
        sign = one["comparator"] if isinstance(one["comparator"], str) else ""
        least = float("-inf") if ____ else one["value"]
        most = float("inf") if ____ else one["value"]
        return least, most

    if isinstance(old["comparator"], str) or isinstance(new["comparator"], str):
        before, after = ends(old), ends(new)
        answer = "rose" if ____ > ____ else "fell" if ____ < ____ else "cannot-tell"
        return {"answer": answer, "reason": "limit"}
    if abs(new["value"] - old["value"]) <= ____:
        return {"answer": "same", "reason": "numbers"}
    return {"answer": ____, "reason": "numbers"}


# %% solve_2_2
def infer_unit(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Infers units that were left out, page by page.

    Returns a DataFrame with the columns row_id, unit (missing: abstained) and use.
    """
    mass_units, molar_units = ["mg/dl", "g/dl", ____], ["mmol/l", ____]

    def votes(page):
        """What each row of a page says of its bench: "mass", "molar", or nothing."""
        for row in page.to_dict("records"):
            unit = row["unit"].strip().lower().replace("µ", "u") if isinstance(row["unit"], str) else ""
            number = pd.to_numeric(row["value"].strip("<>= "), errors="coerce")
            if unit in mass_units:
                yield "mass"
            elif unit in molar_units:
                yield "molar"
            elif row["analyte"] == "glucose":  # its two heaps do not touch
                yield "mass" if number > ____ else "molar"
            elif row["analyte"] == "creatinine":
                yield ____
        # Further evidence: haemoglobin beside the haematocrit of the same tube; values outside the overlap.
        ____

    answer = []
    for page, rows in results.groupby("batch_id"):
        said = pd.Series(list(votes(context[context["batch_id"] == page])), dtype=str)
        share = (said == "mass").mean() if len(said) else None
        for row in rows.to_dict("records"):
            unit = None
            if share is not None and share >= ____:  # all, or nearly all, for mass
                unit = "g/dL" if row["analyte"] == "haemoglobin" else ____
            elif share is not None and share <= ____:
                unit = ____
            answer.append({"row_id": row["row_id"], "unit": unit, "use": ____ if unit else "none"})
    return pd.DataFrame(answer)


def release(rows: list[dict], purpose: dict) -> dict[str, list[str]]:
    """Decides which results may be used for a purpose, which must be asked for, and which are left out.

    Returns a dictionary such as {"use": ["b"], "ask": ["a"], "leave_out": []}.
    """
    certain = [____, ____]  # how a unit must be known to be used for everything
    use, ask, leave_out = [], [], []
    for row in rows:
        if row["how"] in certain:
            use.append(row["row_id"])
        elif ____:
            ask.append(row["row_id"])
        elif row["how"] == ____:
            use.append(row["row_id"])
        else:
            leave_out.append(row["row_id"])
    return {"use": use, "ask": ask, "leave_out": leave_out}


# %% solve_2_3
NAMED = ["Mass/volume", "Moles/volume", "Substance fraction"]


def property_of(unit):
    """Rule 1: the property that a unit tells; "other" for any other unit, or none."""
    told = {"g/dL": "Mass/volume", "mmol/L": "Moles/volume", "mmol/mol": "Substance fraction", ____: ____}
    return told.get(unit, "other")


def map_codes(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """Maps the entries of code books to concepts.

    Returns a DataFrame with the columns facility, test_code, valid_from, valid_to, loinc, equivalence and source.
    """
    kinds = concepts["property"].where(concepts["property"].isin(NAMED), "other")

    def parts(axis, local):
        """The parts of LOINC that a word of the books stands for, and how they stand to it."""
        found = words[(words["axis"] == axis) & (words["local"] == local)]
        return dict(zip(found["part"], found["relation"]))

    answer = []
    for entry in book.to_dict("records"):
        tests, specimens = parts("test", entry["test_name"]), parts("specimen", entry["specimen"])
        method = None
        if isinstance(entry["method"], str):
            method = next(iter(parts("method", entry["method"])), "no such method")
        fits = concepts["component"].isin(tests) & concepts["specimen"].isin(____)
        fits &= kinds == property_of(____)
        left = concepts[fits]
        same = left[left["method"].isna()] if method is None else left[left["method"] == method]
        if len(same):
            loinc, fit = same["loinc"].iloc[0], ____
        elif method is not None and left["method"].isna().any():
            loinc, fit = left.loc[left["method"].isna(), "loinc"].iloc[0], ____
        elif method is None and len(left):
            loinc, fit = left["loinc"].iloc[0], ____
        else:
            loinc, fit = None, ____
        if loinc is not None and ____:  # rule 3
            fit = "narrower"
        kept = {name: entry[name] for name in ["facility", "test_code", "valid_from", "valid_to"]}
        answer.append(kept | {"loinc": loinc, "equivalence": fit, "source": ____})
    return pd.DataFrame(answer)


def translate(results: pd.DataFrame, mapping: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Finds the concept of each result on its day.

    Returns a DataFrame with the columns row_id, loinc and problem.
    """
    kind_of = dict(zip(concepts["loinc"], concepts["property"]))
    by_code = dict(list(mapping.groupby("test_code")))
    answer = []
    for row in results.to_dict("records"):
        day = row["collected_at"].strftime("%Y-%m-%d")
        loinc, problem = None, "no-code"
        for meaning in by_code.get(row["test_code"], mapping.head(0)).to_dict("records"):
            last = meaning["valid_to"] if isinstance(meaning["valid_to"], str) else ____  # still valid
            if meaning["valid_from"] <= day <= last:
                loinc, problem = meaning["loinc"], None
        if problem is None and not isinstance(loinc, str):
            problem = ____
        if problem is None and isinstance(row["unit"], str):
            mine = property_of(row["unit"])
            theirs = kind_of[loinc] if kind_of[loinc] in NAMED else "other"
            problem = ____ if mine != theirs else None
        answer.append({"row_id": row["row_id"], "loinc": ____ if problem else loinc, "problem": problem})
    return pd.DataFrame(answer)


def carry(local: dict, target: dict, way: str) -> dict[str, object]:
    """Says how the target stands to the local test, and whether a result may be carried over.

    Returns a dictionary such as {"equivalence": "wider", "safe": True, "reason": "loses-detail"}.
    """
    mine, theirs = local["method"], target["method"]
    if local["component"] != target["component"] or ____:
        return {"equivalence": "unmatched", "safe": False, "reason": ____}
    if mine == theirs:
        return {"equivalence": ____, "safe": True, "reason": "same"}
    if mine and theirs:
        return {"equivalence": ____, "safe": False, "reason": "no-concept"}
    equivalence = "wider" if ____ else "narrower"
    says_less = (equivalence == "wider" and way == "forward") or ____
    return {"equivalence": equivalence, "safe": says_less, "reason": ____ if says_less else ____}


# %% solve_2_4
def parse_oru(text: str) -> dict[str, object]:
    """Reads a message of results.

    Returns {"results": [{"mrn": ..., "test_code": ..., "value": ..., "status": ...}, ...], "error": None}, or no
    results and an error {"code": ..., "segment": ..., "field": ...}.
    """

    def error(code, segment, field):
        return {"results": [], "error": {"code": code, "segment": segment, "field": field}}

    # 1. Segments, then fields. MSH-1 is the separator itself: put it where it belongs.
    rows = [row for row in text.replace("\n", "\r").split(____) if row]
    if not rows:
        return error("100", "MSH", None)
    separator = rows[0].ljust(4, "|")[____]  # a message may be cut off before it
    segments = [row.split(separator) for row in rows]
    segments[0].insert(1, separator)
    head = segments[0] + [""] * 12  # so that a missing field is an empty one
    # 2. What is wrong first?
    if len(head[2]) != 4:
        return error(____, "MSH", "2")
    if not head[9]:
        return error(____, "MSH", ____)
    if not head[10]:
        return error(____, "MSH", ____)
    for name in ["PID", "OBR", "OBX"]:
        if name not in [segment[0] for segment in segments]:
            return error("100", ____, None)
    component, repetition, escape, subcomponent = head[2]
    signs = {"F": separator, "S": component, "R": ____, "T": ____, "E": ____, ".br": "\n"}

    def unescape(part):
        """Replaces all escapes in one pass, so that what an escape gives is not read again."""
        pieces, inside = part.split(escape), False
        told = ""
        for piece in pieces:
            told += signs.get(piece, "") if inside else piece
            inside = ____
        return told

    # 3. Results: split first, unescape afterwards.
    results, mrn = [], None
    for segment in segments:
        segment = segment + [""] * 12
        if segment[0] == "PID":
            mrn = unescape(segment[3].split(repetition)[0].split(component)[0])
        if segment[0] == "OBX":
            values = [unescape(part) for part in segment[____].split(repetition)]
            results.append({
                "mrn": mrn,
                "test_code": unescape(segment[____].split(component)[0]),
                "value": "\n".join(values) or None,
                "status": segment[____],
            })  # fmt: skip
    return {"results": results, "error": None}


def chart(before: dict[str, str], results: list[dict[str, str | None]]) -> dict[str, object]:
    """Says what a chart shows after some results, and which tests somebody must be told about.

    Returns a dictionary such as {"chart": {"K": "4.3"}, "tell": ["K"]}.
    """
    now, told = dict(before), []
    for one in results:
        test, was = one["test_code"], now.get(one["test_code"])
        if one["status"] == "X" or ____:
            now.pop(test, None)
        elif one["value"] is not None:
            now[test] = ____
        # Somebody has read what was shown before; is it another thing now?
        if one["status"] in [____, ____] and was is not None and ____:
            told.append(test)
    return {"chart": now, "tell": sorted(set(told))}


# %% solve_2_5
def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    """Builds FHIR resources of a patient, the visits and the results."""

    def without_none(fields):
        """FHIR has no empty fields."""
        return {name: value for name, value in fields.items() if value is not None}

    def time(text):
        return None if text is None else text.replace(" ", ____) + ____

    patient = f"Patient/{person['mrn']}"
    facility = home["facility"]
    answer = [without_none({
        "resourceType": "Patient",
        "id": person["mrn"],
        "identifier": [{"system": f"urn:hilab:{facility}:mrn", "value": ____}],
        "name": [{"family": person["family_name"], "given": [____]}],
        "gender": {"F": "female", "M": "male"}.get(person["sex"], ____),
        "birthDate": person["birth_date"],
        "deceasedDateTime": ____,
        "telecom": [{"system": "phone", "value": person["phone"]}] if person["phone"] else None,
    })]  # fmt: skip
    for visit in visits:
        answer.append({
            "resourceType": "Encounter",
            "id": visit["encounter_id"],
            "status": "finished" if ____ else "in-progress",
            "class": {"system": ____, "code": {"inpatient": "IMP", "emergency": ____}[visit["class"]]},
            "subject": {"reference": patient},
            "period": without_none({"start": time(visit["admitted_at"]), "end": ____}),
        })  # fmt: skip
    for row in results:
        code = [{"system": f"urn:hilab:{facility}:tests", "code": row["test_code"], "display": ____}]
        if row["loinc"]:
            code.append({"system": "http://loinc.org", "code": row["loinc"]})
        one = {
            "resourceType": "Observation",
            "id": row["row_id"],
            "status": {"F": "final", "C": ____, "X": ____}[row["status"]],
            "code": {"coding": code},
            "subject": {"reference": ____},
            "effectiveDateTime": time(____),
        }
        value = row["value"]
        if value is None:
            absent = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
            one["dataAbsentReason"] = {"coding": [{"system": absent, "code": ____}]}
        else:
            found = re.fullmatch(r"([<>]=?)?\s*(-?[0-9.]+)", value)
            if found:
                amount = {"value": float(found[2]), "comparator": ____, "unit": row["unit"], "code": ____}
                amount["system"] = "http://unitsofmeasure.org" if row["unit"] else None
                one["valueQuantity"] = without_none(amount)
            else:
                one["valueString"] = value
        answer.append(without_none(one))
    return answer


def lost_fields(columns: list[str]) -> list[str]:
    """Names the columns that have no place in the profile."""
    of_person = ["mrn", "given_name", ____]
    of_visits = ["encounter_id", ____]
    of_results = ["row_id", ____]
    return [name for name in columns if name not in ____]


# %% solve_2_7
def wilson(agreed, read):
    """Returns the lower and the upper end of Wilson's interval; works on numbers and on columns."""
    z = 1.96
    p = agreed / read
    middle = p + ____
    half = z * np.sqrt(p * (1 - p) / read + ____)
    below = 1 + z**2 / read
    return (middle - half) / below, (middle + half) / below


def scorecard(events: pd.DataFrame, messages: pd.DataFrame, rules: dict) -> pd.DataFrame:
    """Measures coverage, conformance, timeliness and agreement of each facility in each quarter.

    Returns a DataFrame with the columns facility, quarter, events, messages, read, agreed, coverage, conformance,
    timeliness, agreement, low and high.
    """
    codes_of = {system["uri"]: system["codes"] for system in rules["code_systems"]}

    def is_valid(message):
        """Valid in form: the required fields, the date, the code system, the code."""
        if any(pd.isna(message[field]) for field in rules["required"]):
            return False
        if not re.fullmatch(rules["event_date"], ____):
            return False
        return message["code_system"] in codes_of and bool(re.fullmatch(____, message["code"]))

    one_each = messages.drop(columns=["facility", "event_date"])
    one_each["is_valid"] = [is_valid(message) for message in messages.to_dict("records")]
    table = events.merge(one_each, on="event_id", how=____)  # events without a message stay
    table["came"] = table["message_id"].notna()
    late = pd.to_datetime(table["sent_on"]) - pd.to_datetime(____)
    table["prompt"] = late <= pd.Timedelta(days=____)
    table["was_read"] = table["came"] & ____
    table["same"] = table["was_read"] & ____
    rows = []
    for (facility, quarter), part in table.groupby(["facility", "quarter"]):
        came, read, agreed = part["came"].sum(), part["was_read"].sum(), part["same"].sum()
        card = {"facility": facility, "quarter": quarter, "events": len(part), "messages": int(came)}
        card |= {"read": int(read), "agreed": int(agreed), "coverage": ____}
        card["conformance"] = part["is_valid"].eq(True).sum() / came if came else None
        card["timeliness"] = ____ if came else None
        card["agreement"] = ____ if read else None
        card["low"], card["high"] = wilson(agreed, read) if read else (None, None)
        rows.append(card)
    return pd.DataFrame(rows)


def audit(card: pd.DataFrame, limit: float, on_time: float) -> dict[str, object]:
    """Decides whom to audit, about whom more must be read, and whom to remind.

    Returns a dictionary such as {"audit": "H9", "unclear": ["C7"], "remind": []}.
    """
    sums = card.groupby("facility")[["read", "agreed"]].sum()
    least, most = wilson(sums["agreed"], sums["read"])
    accused = most[most < ____]
    unclear = most.index[(least < limit) & ____]
    prompt = card.groupby("facility")["timeliness"].____()
    return {
        "audit": accused.____() if len(accused) else None,
        "unclear": sorted(unclear),
        "remind": sorted(prompt.index[____]),
    }


# %% solve_2_7 law
def choose() -> dict[str, object]:
    """Returns the letter of the right rule, and facilities on which the two others are wrong."""
    return {
        "rule": "____",
        "limit": 0.8,
        "facilities": [
            {"name": "F1", "games": False, "valid": 0.97, "read": 60, "agreed": 55},
            {"name": "F2", "games": "____", "valid": "____", "read": "____", "agreed": "____"},
        ],
    }


# %% solve_2_8
def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> dict[str, float]:
    """Returns what a year costs point to point, and with a hub.

    Returns a dictionary such as {"pairs": 360.0, "hub": 172.0}.
    """
    links = ____  # every partner to every other one, each direction for itself
    return {"pairs": links * c_pair, "hub": ____ * c_hub + ____}


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    """Returns the least number of partners with whom a hub costs less, or None."""
    for n in range(2, 100_000):
        year = cost(n, c_pair, c_hub, fixed, audit)
        if ____:
            return n
    return ____  # it never happened


# %% solve_2_6
def from_fhir(bundle: dict, home: dict) -> list[dict]:
    """Reads the results of a bundle back into rows."""
    from datetime import datetime

    def on_our_clock(text):
        """A time as our hospital's clock shows it, without an offset."""
        if text is None:
            return None
        time = datetime.fromisoformat(text)
        if time.tzinfo is not None:
            ours = datetime.strptime(home["offset"], "%z").tzinfo
            time = time.astimezone(____)
        return time.strftime(____)

    def last_part(reference):
        return reference["reference"].split("/")[-1] if reference else None

    answer = []
    for one in bundle["entry"]:
        document = one["resource"]
        if document["resourceType"] != ____:
            continue
        test = {}
        for coding in document["code"]["coding"]:  # the laboratory's own code need not be the first
            if coding.get("system", "").startswith(____):
                test = coding
        quantity, value = document.get("valueQuantity"), document.get("valueString")
        if quantity is not None:
            value = ____ + str(quantity["value"])  # the sign, if there is one, and the number
        answer.append({
            "row_id": document["id"],
            "mrn": last_part(document.get("subject")),
            "encounter_id": last_part(____),
            "test_code": test.get("code"),
            "test_name": test.get(____),
            "value": value,
            "unit": quantity.get("unit") if quantity else None,
            "status": {"final": "F", "corrected": ____, "cancelled": ____}[document["status"]],
            "collected_at": on_our_clock(document.get("effectiveDateTime")),
            "reported_at": on_our_clock(document.get(____)),
        })  # fmt: skip
    return answer


def trip_losses(before: list[dict], after: list[dict]) -> dict[str, int]:
    """Counts, column by column, the rows in which a trip lost or altered something."""

    def same(one, other):
        """Equal, or the same number written otherwise; a sign more or less is another thing."""
        if one == other:
            return True
        try:
            return float(____) == float(____)
        except (TypeError, ValueError):
            return ____

    came_back = {row["row_id"]: row for row in after}
    losses = dict.fromkeys([____], 0)  # every column of the rows before
    for row in before:
        returned = came_back.get(row["row_id"], {})  # an empty one if the row is gone
        for column, text in row.items():
            if text is not None and not same(____, ____):
                losses[column] += 1
    return {column: count for column, count in losses.items() if count > 0}
