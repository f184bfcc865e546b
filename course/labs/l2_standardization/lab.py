# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Lab 2. Standardization: what the number means
#
# Ewa Nowak was moved from Saint Orla to the General Hospital on a Sunday night. With her came a message: glucose 9.2. At
# Saint Orla that is a sugar a little too high, for they count in mmol/L. At the General Hospital, where they count in
# mg/dL, 9.2 is a number that nobody survives. The screen turned red, a nurse ran with sugar, and Ewa, whose blood
# had too much of it, got more.
#
# Both hospitals had sent what they had measured. Nobody had sent what it *means*. That is the subject of this lab:
# units, codes, messages and documents that carry their meaning with them, and the question who checks that they do.
#
# | | |
# |---|---|
# | **Time** | the times below are meant for an IT student; 1.6 times as long if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas. Lab 1 is not needed: you begin from tables that are clean |
#
# ## How marks arise
#
# As in every lab: your functions are called with tables and messages that you have not seen, of three hidden districts
# that are the same for your whole class. `check("2.4")` answers as often as you like; it knows the small examples.
# `examples("2.4")` and `practice("2.4")` can be imported from `grading.selfstudy`.
#
# In an answer cell, delete the line `# YOUR CODE HERE` and the line under it. You may use pandas, DuckDB, plain Python or
# any other package of the course. hilab's own modules are there while you study; in marking they are not, except where
# a task names one. Do not change what you are given: work on a copy. Each call may take 10 seconds.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import datetime as dt
import itertools
import json
import math
import re
from collections import Counter, defaultdict

import duckdb
import numpy as np
import pandas as pd

# %%
import plotly.express as px
import yaml

from grading.selfstudy import check
from sim import World

world = World.load("district")
pd.DataFrame({name: {"rows": len(t), "columns": t.shape[1]} for name, t in world.tables.items()}).T

# %% [markdown]
# ## Task 2.4 Read messages (12 points, about 2.5 hours)
#
# ### The harm
#
# A hospital replaced its laboratory program. The new one wrote names of tests with an ampersand: "Albumin & globulin".
# The old interface knew that `&` parts something from something, though not what, and cut the name there. For three
# weeks a result called "Albumin" was albumin and globulin together. Somebody stopped a diet because of it.
#
# ### The idea: a message says how it is to be read
#
# **HL7 version 2** is the language in which most hospitals of the world talk to themselves, since 1989. A message is
# text. Its **segments** are lines, ended by a carriage return (`\r`); each begins with three letters and holds **fields**,
# fields hold **components**, and a field may be **repeated**. Which signs part them is nowhere fixed. The message says it
# itself, in the first few letters:
#
# ```text
# MSH|^~\&|LAB|H1|HUB|DISTRICT|20250601120000||ORU^R01^ORU_R01|CT0001|P|2.5.1
# PID|1||H1234567^^^H1^MR||Torres^Ana
# OBR|1||S000123|LAB^Laboratory^H1LAB|||20250601110000
# OBX|1|NM|K^Potassium^H1LAB||4.1|mmol/L|||||F
# ```
#
# * The letter after `MSH` is the **field separator**, here `|`. It *is* the field MSH-1. So MSH-2 is what stands between
#   the first and the second separator: four letters, the **component** separator (`^`), the **repetition** separator (`~`),
#   the **escape** sign (`\`) and the **subcomponent** separator (`&`).
# * In every other segment, field 1 follows the first separator.
# * If text itself contains such a sign, it is **escaped**: `\F\` stands for the field separator, `\S\` for the component,
#   `\R\` for the repetition, `\T\` for the subcomponent separator, `\E\` for the escape sign, `\.br\` for a new line. The
#   backslash here is whatever sign the message names.
#
# A short example on something else. A shopping list says in its first line: "parts: `;` and `,` escape: `?`". Then
# `bread;salt?,pepper,sugar` has two parts, and the second part has two: *salt,pepper* and *sugar*. Who unescapes first
# and splits afterwards gets three.
#
# In `district/conformance/` lie 30 messages with which programs are tested: plain ones, unusual ones, broken ones.

# %%
messages = {
    name: content.decode() for name, content in world.files.items() if name.startswith("conformance/")
}
for name in sorted(messages)[::7]:
    print(name, repr(messages[name])[:230], sep="\n", end="\n\n")

# %% [markdown]
# *What you see*: some of the messages as Python writes them; `\r` is the end of a segment, and a doubled backslash is one
# backslash. Compare the first letters of each: not all use the usual separators.
#
# ### What to write
#
# **`parse_oru(text)`** gets one message of results (its type is ORU) as text and returns
#
# ```python
# {"results": [{"mrn": "H1234567", "test_code": "K", "value": "4.1", "status": "F"}], "error": None}
# ```
#
# One dictionary for each segment OBX, in order:
#
# | key | from | |
# |---|---|---|
# | `mrn` | PID-3, first component | |
# | `test_code` | OBX-3, first component | |
# | `value` | OBX-5 as text, unescaped; repetitions joined by `\n`; `None` if the field is empty | two quotation marks `""` are HL7's *null*, "delete what you have", and stay `'""'` |
# | `status` | OBX-11 | `F` final, `C` corrected, `X` cancelled |
#
# If the message is broken, `results` is empty and `error` says what is wrong *first*, with a code of HL7's table 0357.
# Look in this order:
#
# | what is wrong | code | segment | field |
# |---|---|---|---|
# | nothing there but line ends | `"100"` | `"MSH"` | `None` |
# | MSH-2 has not exactly four letters | `"102"` | `"MSH"` | `"2"` |
# | MSH-9 (type of the message) is missing or empty | `"101"` | `"MSH"` | `"9"` |
# | MSH-10 (number of the message) is missing or empty | `"101"` | `"MSH"` | `"10"` |
# | no segment PID; else none OBR; else none OBX | `"100"` | `"PID"`, `"OBR"` or `"OBX"` | `None` |
#
# ```python
# {"results": [], "error": {"code": "101", "segment": "MSH", "field": "9"}}
# ```
#
# Segments may be ended by `\r`, by `\n` or by both. OBX-5 of these messages has no components.
#
# **`chart(before, results)`** decides what the ward sees. It gets the values that a patient's chart shows (test code to
# value), and results as above, in the order in which they came. It returns the chart afterwards, and the codes of the
# tests about which somebody must be *told*, in alphabetical order:
#
# ```python
# chart({"K": "6.9"}, [{"mrn": "H1", "test_code": "K", "value": "4.3", "status": "C"}])
# # {"chart": {"K": "4.3"}, "tell": ["K"]}
# ```
#
# * `F` with a value: the chart shows it. `C`: the chart shows it in place of the old one.
# * `X`, or the null `'""'`: the test disappears from the chart. An empty value (`None`) with `F` or `C` says nothing: the
#   chart stays as it is.
# * Somebody must be told of a test if a `C` or an `X` changed what the chart showed for it (also if it was shown only by
#   an earlier result of the same list): what was shown before had been read by somebody. Another value, or none, is a
#   change; a correction to the same text is none.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the eleven example messages | 1.5 | each message all or nothing |
# | plain, corrected and cancelled results | 1.5 | the same, for 9 messages of each hidden district |
# | escapes; other separators | 1 each | the same, for 3 messages each |
# | repetitions and the null value | 1 | the same, for 6 messages |
# | headers that are cut off | 1.5 | code, segment and field, for 3 messages |
# | empty files and missing segments | 1.5 | the same, for 6 messages |
# | `chart`, examples | 1 | half for the chart, half for whom to tell |
# | `chart`, other results | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_2_4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parse_oru(text: str) -> dict[str, object]:
    """Reads a message of results.

    Returns {"results": [{"mrn": ..., "test_code": ..., "value": ..., "status": ...}, ...], "error": None}, or no
    results and an error {"code": ..., "segment": ..., "field": ...}.
    """

    ### BEGIN SOLUTION
    def broken(code, segment, field=None):
        return {"results": [], "error": {"code": code, "segment": segment, "field": field}}

    lines = [line for line in re.split(r"[\r\n]+", text) if line]
    if not lines:
        return broken("100", "MSH")
    bar = lines[0][3:4]
    segments = [line.split(bar) for line in lines]
    header = [segments[0][0], bar, *segments[0][1:]]
    if len(header) < 3 or len(header[2]) != 4:
        return broken("102", "MSH", "2")
    for number in (9, 10):
        if len(header) <= number or not header[number]:
            return broken("101", "MSH", str(number))
    for name in ("PID", "OBR", "OBX"):
        if not any(segment[0] == name for segment in segments):
            return broken("100", name)

    part, again, escape, sub = header[2]
    signs = {"F": bar, "S": part, "R": again, "T": sub, "E": escape, ".br": "\n"}
    pattern = re.escape(escape) + r"(F|S|R|T|E|\.br)" + re.escape(escape)

    def field(segment, number):
        return segment[number] if number < len(segment) else ""

    def plain(words):
        return re.sub(pattern, lambda found: signs[found[1]], words)

    results = []
    for segment in segments:
        if segment[0] == "PID":
            mrn = plain(field(segment, 3).split(again)[0].split(part)[0])
        if segment[0] == "OBX":
            value = "\n".join(plain(each) for each in field(segment, 5).split(again)) or None
            code = plain(field(segment, 3).split(part)[0])
            results.append({"mrn": mrn, "test_code": code, "value": value, "status": field(segment, 11)})
    return {"results": results, "error": None}
    ### END SOLUTION


def chart(before: dict[str, str], results: list[dict[str, str | None]]) -> dict[str, object]:
    """Says what a chart shows after some results, and which tests somebody must be told about.

    Returns a dictionary such as {"chart": {"K": "4.3"}, "tell": ["K"]}.
    """
    ### BEGIN SOLUTION
    shown, tell = dict(before), set()
    for result in results:
        test, value, status = result["test_code"], result["value"], result["status"]
        old = shown.get(test)
        if status == "X" or value == '""':
            shown.pop(test, None)
        elif value is not None:
            shown[test] = value
        if status in ("C", "X") and old is not None and shown.get(test) != old:
            tell.add(test)
    return {"chart": shown, "tell": sorted(tell)}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_4", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("2.4")

# %% [markdown]
# ## Task 2.5 Build FHIR (14 points, about 3 hours)
#
# ### The harm
#
# Two apps of the county show results on patients' telephones. Both got documents that a validator had passed. In one
# of them the test was called "GLU" and nothing else, so the app guessed: a search in a list of words found *gluten*. In
# the other the time of the sample stood without its zone; an app in another country showed a sugar taken before dinner
# as taken after it. The insulin was raised.
#
# ### The idea: valid is not yet true
#
# **FHIR** (say "fire") is the language in which health systems and apps talk today. It knows about 150 kinds of
# **resources**, small documents in JSON: a patient, an encounter (a visit or stay), an observation (a result). A resource
# points at others by **references** such as `Patient/H1234567`.
#
# A **schema** can check that every field has the right form. It cannot check that a code has a system, that a time has
# the right offset, or that the value is the one in the laboratory's table. That takes a **profile** (an agreement which
# fields are used, and how), and somebody who compares.
#
# A short example on something else: a parcel as a document that carries its meaning.
#
# ```python
# {"parcelType": "Letter", "id": "L7",
#  "weight": {"value": 20, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g"},
#  "postedAt": "2025-06-01T10:30:00+02:00",
#  "to": {"reference": "Person/4711"}}
# ```
#
# Without `system`, `g` might be grains. Without `+02:00` nobody knows when. Without `Person/` nobody knows what 4711 is.
#
# Your district holds such documents of one hospital's stays. Look at one.

# %%
lines = world.files["messages/h1_bundles.ndjson"].decode().splitlines()
bundle = json.loads(min(lines, key=len))
kinds = Counter(entry["resource"]["resourceType"] for entry in bundle["entry"])
print(dict(kinds))
print(json.dumps([entry["resource"] for entry in bundle["entry"]][:3], indent=1, ensure_ascii=False)[:1800])

# %% [markdown]
# *What you see*: how many resources of each kind the shortest of these documents (a *bundle*) holds, and the first of
# them. The hospital's own profile has some fields more than ours below.
#
# ### The profile
#
# **Patient**: `id` and an `identifier` with the system `urn:hilab:<facility>:mrn`, both the record number; `name`: one, with
# `family` and a list `given`; `gender`: `female`, `male` or `unknown`; `birthDate`; `deceasedDateTime`: the day of death;
# `telecom`: one with `system` `phone`.
#
# **Encounter**: `id`; `status`: `finished`, or `in-progress` without a discharge; `class` with the system
# `http://terminology.hl7.org/CodeSystem/v3-ActCode` and the code `IMP` (inpatient) or `EMER` (emergency); `subject`: a
# reference to the patient; `period` with `start` and, if there is one, `end`.
#
# **Observation**: `id`; `status`: `final`, `corrected` or `cancelled` (F, C, X); `code.coding`: the laboratory's own code with
# the system `urn:hilab:<facility>:tests` and its name as `display`, and the LOINC code with the system `http://loinc.org` where
# there is one; `subject`; `effectiveDateTime`: when the sample was taken; and one of three:
#
# * a number: `valueQuantity` with `value` (a number), `unit` and `code` (the unit, if there is one) and the system
#   `http://unitsofmeasure.org`. A text such as `"<20"` is the number 20 with the `comparator` `"<"` (also `>`, `<=`, `>=`).
# * other text: `valueString`.
# * nothing: `dataAbsentReason` with a coding of the system `http://terminology.hl7.org/CodeSystem/data-absent-reason`.
#
# Times are written `2025-06-01T10:30:00-06:00`, with the hospital's offset. What is missing is left out; FHIR has no
# empty fields.
#
# ### What to write
#
# **`to_fhir(person, visits, results, home)`** gets plain dictionaries, all of whose values are text or `None`:
#
# | argument | keys |
# |---|---|
# | `person` | `mrn`, `given_name`, `family_name`, `sex` (F, M), `birth_date`, `deceased_on`, `phone` |
# | `visits` (a list) | `encounter_id`, `mrn`, `class` (inpatient, emergency), `admitted_at`, `discharged_at` (as `2025-06-01 10:30:00`) |
# | `results` (a list) | `row_id`, `test_code`, `test_name`, `loinc`, `value`, `unit` (UCUM), `status` (F, C, X), `collected_at`, `absent_reason` |
# | `home` | `facility`, `offset` |
#
# It returns a list of resources: one Patient, an Encounter for each visit and an Observation for each result; their `id` is
# the record number, the number of the visit, or the number of the row.
#
# **`lost_fields(columns)`** gets names of columns of the hospital's tables and returns the list of those that have **no
# place** in this profile: everything but the keys of `person`, `visits` and `results` in the table above (`loinc` and
# `absent_reason` are no columns of the hospital). A valid document that loses the ward is still valid.
#
# ```python
# lost_fields(["mrn", "ward", "payer"])   # ["ward", "payer"]
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the two example patients | 1.5 | all of the parts below |
# | the official schema of FHIR R4 | 2 | every resource valid; nothing if one is missing or too many |
# | patient, visits, codes, values | 1.5 each | the share of fields that are right; a quarter or less is nothing |
# | references | 1 | the same |
# | `lost_fields` | 1 on the examples, 2.5 on the tables | the exact set for each list |


# %% nbgrader={"grade": false, "grade_id": "solve_2_5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_fhir(person: dict, visits: list[dict], results: list[dict], home: dict) -> list[dict]:
    """Builds FHIR resources of a patient, the visits and the results."""

    ### BEGIN SOLUTION
    def filled(**parts):
        return {name: part for name, part in parts.items() if part is not None}

    def moment(time):
        return None if time is None else time.replace(" ", "T") + home["offset"]

    mine = {"reference": f"Patient/{person['mrn']}"}
    place = f"urn:hilab:{home['facility']}"
    phone = person["phone"]
    resources = [
        filled(
            resourceType="Patient",
            id=person["mrn"],
            identifier=[{"system": f"{place}:mrn", "value": person["mrn"]}],
            name=[{"family": person["family_name"], "given": [person["given_name"]]}],
            gender={"F": "female", "M": "male"}.get(person["sex"], "unknown"),
            birthDate=person["birth_date"],
            deceasedDateTime=person["deceased_on"],
            telecom=None if phone is None else [{"system": "phone", "value": phone}],
        )
    ]
    for visit in visits:
        act = {"inpatient": "IMP", "emergency": "EMER"}[visit["class"]]
        end = visit["discharged_at"]
        resources.append(
            {
                "resourceType": "Encounter",
                "id": visit["encounter_id"],
                "status": "in-progress" if end is None else "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": act},
                "subject": mine,
                "period": filled(start=moment(visit["admitted_at"]), end=moment(end)),
            }
        )
    for result in results:
        codings = [{"system": f"{place}:tests", "code": result["test_code"], "display": result["test_name"]}]
        if result["loinc"] is not None:
            codings.append({"system": "http://loinc.org", "code": result["loinc"]})
        number = re.fullmatch(r"(<=|>=|<|>)?\s*(-?\d+(?:\.\d+)?)", result["value"] or "")
        quantity = text = reason = None
        if number:
            unit = result["unit"]
            ucum = None if unit is None else "http://unitsofmeasure.org"
            quantity = filled(value=float(number[2]), comparator=number[1], unit=unit, code=unit, system=ucum)
        elif result["value"] is None:
            system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
            reason = {"coding": [{"system": system, "code": result["absent_reason"]}]}
        else:
            text = result["value"]
        resources.append(
            filled(
                resourceType="Observation",
                id=result["row_id"],
                status={"F": "final", "C": "corrected", "X": "cancelled"}[result["status"]],
                code={"coding": codings},
                subject=mine,
                effectiveDateTime=moment(result["collected_at"]),
                valueQuantity=quantity,
                valueString=text,
                dataAbsentReason=reason,
            )
        )
    return resources
    ### END SOLUTION


def lost_fields(columns: list[str]) -> list[str]:
    """Names the columns that have no place in the profile."""
    ### BEGIN SOLUTION
    kept = {
        *("mrn", "given_name", "family_name", "sex", "birth_date", "deceased_on", "phone"),
        *("encounter_id", "class", "admitted_at", "discharged_at"),
        *("row_id", "test_code", "test_name", "value", "unit", "status", "collected_at"),
    }
    return [column for column in columns if column not in kept]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_5", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("2.5")

# %% [markdown]
# ## Task 2.8 Interfaces (optional, 4 points, about 40 minutes)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# Three hospitals talk to each other by six interfaces: each of them sends to two others, and every direction is a link of
# its own, for what one writes another must learn to read. A fourth joins. How many links are there now? The county's
# treasurer said eight. There are twelve.
#
# A **hub** stands in the middle: everybody sends to it and receives from it, two links a partner. But somebody has to pay
# for the hub itself, and for auditing it: one wrong translation in it reaches everybody.
#
# **`cost(n, c_pair, c_hub, fixed, audit)`** gets the number of partners (2 or more), the cost of a directed link between two
# partners, of a link to or from the hub, of the hub itself and of its audits. It returns what a year costs each way:
# `{"pairs": 360.0, "hub": 172.0}`.
#
# **`break_even(c_pair, c_hub, fixed, audit)`** returns the least number of partners (2 or more, a whole number) with whom the hub
# costs *less* than links in pairs, or `None` if it never does.
#
# The prices of your own county stand in `district/district.yaml`:

# %%
print(yaml.safe_dump(yaml.safe_load(world.files["district.yaml"])["exchange"], sort_keys=False))

# %% [markdown]
# *How it is marked*: `cost` 1; `break_even` 1 on the examples and 2 on other prices, each exact.


# %% nbgrader={"grade": false, "grade_id": "solve_2_8", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> dict[str, float]:
    """Returns what a year costs point to point, and with a hub.

    Returns a dictionary such as {"pairs": 360.0, "hub": 172.0}.
    """
    ### BEGIN SOLUTION
    return {"pairs": n * (n - 1) * c_pair, "hub": 2 * n * c_hub + fixed + audit}
    ### END SOLUTION


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    """Returns the least number of partners with whom a hub costs less, or None."""
    ### BEGIN SOLUTION
    if c_pair == 0:
        return None
    n = 2
    while True:
        costs = cost(n, c_pair, c_hub, fixed, audit)
        if costs["hub"] < costs["pairs"]:
            return n
        n += 1
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_8", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("2.8")

# %% [markdown]
# ## What you take away
#
# * A message says how it is to be read. Read that first.
# * Split, then unescape. A correction is news for somebody who has read the old value.
# * Valid is not yet true: a code needs its system, a time its offset, a blank its reason.
# * Nothing there, nothing said and "delete it" are three things.
# * Links grow with the square of the partners, errors of a hub with their number.
