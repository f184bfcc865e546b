"""Wrong answers to lab 2 that the judge must recognise by their misconception."""

from grading.examples import Wrong

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

WRONG = [*MESSAGES, *RESOURCES, *INTERFACES]
