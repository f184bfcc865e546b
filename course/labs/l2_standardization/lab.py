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
# | **Time** | about 17 hours for an IT student, for whom the times below are meant; 1.6 times as long (27 hours) if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas; proportions and confidence intervals. Lab 1 is not needed: you begin from a *checkpoint*, tables as lab 1 leaves them |
# | **Points** | 100: six tasks (80 points) and one written question (20 points). The optional task 2.8 replaces lost points |
# | **Your track** | IT: empty answer cells. Clinician: answer cells hold the steps, and blanks `____` to fill in. Law and management: the same, and in task 2.7 you choose among three rules and prove it by a counter-example. The hidden districts are the same for all |
#
# After this lab you can
#
# 1. convert units safely, and say what cannot be converted (task 2.1),
# 2. infer a unit that was left out, and say what it must never be used for (task 2.2),
# 3. map local codes to standard concepts with direction and dates (task 2.3),
# 4. read HL7 v2 messages, the unusual and the broken ones, too (task 2.4),
# 5. build FHIR resources that are valid *and* true (task 2.5),
# 6. supervise a standard by an indicator that is hard to game (task 2.7),
# 7. predict what a hub changes, and what it makes worse (the exploration).
#
# A word in **bold** is new; all of them are collected at the end.
#
# ## How marks arise
#
# As in every lab: your functions are called with tables and messages that you have not seen, of three hidden districts
# that are the same for your whole class. `check("2.4")` answers as often as you like; it knows the small examples.
# `examples("2.4")` and `practice("2.4")` can be imported from `grading.selfstudy`. In every task three quarters of the
# points are for what your functions do, and one quarter, carried by the last function, for what you conclude.
#
# In an answer cell, delete the line `# YOUR CODE HERE` and the line under it. You may use pandas, DuckDB, plain Python or
# any other package of the course. hilab's own modules are there while you study; in marking they are not, except where
# a task names one. Do not change what you are given: work on a copy. Each call may take 10 seconds. Where a *missing*
# text is asked for, `None`, `NaN` and `""` are all good.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# setup: run this first
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
from io import BytesIO

import plotly.express as px
import yaml

from grading.selfstudy import check
from sim import World

world = World.load("district")
clean = world.checkpoint("l2_standardization")
pd.DataFrame(
    {name: {"number of rows": len(t), "number of columns": t.shape[1]} for name, t in clean.items()}
).T

# %% [markdown]
# ## Task 2.1 Units (12 points, about 2.5 hours)
#
# ### The harm
#
# In the year in which Saint Orla changed to new units, its diabetes nurse kept a small table beside the telephone. It
# said by what to multiply. For the long-term sugar, HbA1c, somebody had worked out one factor, from one patient. It
# fitted that patient. For all others it was wrong, and the worse the sugar, the more it was wrong.
#
# ### The idea: two numbers are comparable when unit, sign and analyte are
#
# A result is more than a number. It has an **analyte** (what is measured), a **unit**, and sometimes a **comparator**:
# `<0.6` says that the machine cannot see below 0.6. It is a limit and no value.
#
# Laboratories count in two ways. Some weigh: grams in a litre (**mass**). Others count particles: moles in a litre
# (**amount of substance**). From one to the other leads the **molar mass**, how many grams a mole weighs, and it is
# different for every analyte. The unit is written in **UCUM**, a list of units that machines can read: `mg/dL`,
# `mmol/L`, `umol/L` (`u` stands for micro). People write `MG/DL`, `mmol/l` or `µmol/L` and mean the same.
#
# A short example on something else: sugar in a kitchen. A recipe says "2 cups", another "400 g". For sugar a cup is 200 g,
# for flour 120 g. One factor for all is wrong; "2 handfuls" cannot be converted at all; "at most 2 cups" is "at most 400 g"
# and not "400 g".
#
# These molar masses follow from chemical formulas and the atomic weights of CIAAW:
#
# | analyte | g/mol | | analyte | g/mol |
# |---|---|---|---|---|
# | `glucose` | 180.16 | | `triglycerides` (as triolein) | 885.45 |
# | `creatinine` | 113.12 | | `urate` | 168.11 |
# | `urea` | 28.014 (see below) | | `bilirubin` | 584.67 |
# | `haemoglobin` (one chain) | 16,114.5 | | `calcium` | 40.078 |
# | `cholesterol` | 386.66 | | `HbA1c` | none (see below) |
#
# * **Urea**: in mg/dL laboratories report only the *nitrogen* in it (they call it BUN), in mmol/L the urea. Every molecule of
#   urea has two atoms of nitrogen, 28.014 g in a mole. The whole molecule weighs 60.06 g; that figure is not needed.
# * **HbA1c** is a share of haemoglobin, counted in two ways whose zeros differ. A line leads from one to the other, not a
#   factor: **NGSP % = 0.09148 × IFCC mmol/mol + 2.152** (the master equation of the two bodies that standardize it).
#
# Look at the units of your own third hospital, where results are typed by hand.

# %%
typed = clean["h3_lis_results"]
typed = typed[typed["value"].notna()]
spellings = typed["unit"].fillna("(no unit)").value_counts()
print(spellings.to_string())
print(typed.loc[typed["value"].str.contains("[<>]"), ["test_name", "value", "unit"]].head(8).to_string())

# %%
glucose = typed[
    typed["test_name"].isin(["Gluc", "血糖"]) & typed["unit"].str.lower().isin(["mg/dl", "mmol/l"])
]
glucose = glucose.assign(
    number=pd.to_numeric(glucose["value"], errors="coerce"), unit=glucose["unit"].str.lower()
)
print(glucose.groupby("unit")["number"].describe().round(1).to_string())
px.histogram(
    glucose,
    x="number",
    color="unit",
    pattern_shape="unit",
    nbins=60,
    color_discrete_sequence=["#0072B2", "#E69F00"],
    labels={"number": "The number as printed", "unit": "Unit"},
    title="Glucose at the third hospital, two units in one table",
).update_yaxes(title="Results")

# %% [markdown]
# *The figure in words*: two heaps that do not touch. The printed lines give the middle and the range of each. For
# glucose nobody can mistake one for the other; for other analytes they overlap, and that is task 2.2.
#
# ### What to write
#
# **`to_canonical(results, wanted)`** gets a table with the text columns `row_id`, `analyte`, `value`, `unit` (`value` and `unit`
# may be missing), and a dictionary from analyte to the unit wanted, such as `{"glucose": "mmol/L", "HbA1c": "%"}`. It
# returns a DataFrame with every `row_id` exactly once, in any order:
#
# | column | type | |
# |---|---|---|
# | `row_id` | text | |
# | `value` | number | in the unit wanted, not rounded; missing if there is an error |
# | `unit` | text | the unit wanted; missing if there is an error |
# | `comparator` | text | `<`, `>`, `<=` or `>=`; missing if there was none |
# | `error` | text | missing if all is well; else the first of these that applies: `"no-number"`: `value` is missing, or what follows the sign is no number; `"no-unit"`: `unit` is missing; `"bad-unit"`: nobody knows the unit, or this analyte is not measured in it |
#
# Known units: `g/dL`, `g/L`, `mg/dL`, `mg/L`, `mmol/L`, `umol/L` for all analytes but HbA1c, and `%` and `mmol/mol` for HbA1c only.
# Capitals do not matter, nor whether micro is written `u` or `µ`. A comparator may be followed by a blank.
#
# ```text
#   row_id   value    unit comparator     error
# 0    U04   53.04  umol/L          <
# 1    U09     NaN                     bad-unit
# ```
#
# **`trend(first, second)`** gets two results of one analyte, dictionaries with `analyte`, `value` and `unit`, and says
# whether the second is higher:
#
# ```python
# {"answer": "rose", "reason": "numbers"}
# ```
#
# 1. If a unit is missing or bad: `"cannot-tell"`, because of the `"unit"`.
# 2. Else, if at least one has a comparator, the reason is `"limit"`. `"rose"` if *every* value that the second leaves open
#    lies above every value that the first leaves open, `"fell"` if below, else `"cannot-tell"`.
# 3. Else the reason is `"numbers"`. In the unit of the first they are the `"same"` if they differ by at most 1 % of the
#    first, else it `"rose"` or `"fell"`.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example results | 1.5 | every row right |
# | HbA1c | 1.5 | 99 % of the rows that need conversion within .05 % or 1 mmol/mol; falls to 0 at 50 % |
# | the other analytes | 2.5 | the same within .5 %, every analyte alike |
# | comparators; other spellings | 1 each | 99 % of these rows right |
# | what cannot be told | 1 | the right error on 99 % of these rows, on at most 2 % of the others |
# | there and back | .5 | what was told in SI goes in again and comes out in older units as it was |
# | `trend`, example pairs | 1 | half for the answer, half for the reason |
# | `trend`, other pairs | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_2_1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def to_canonical(results: pd.DataFrame, wanted: dict[str, str]) -> pd.DataFrame:
    """Tells results in the units wanted.

    Returns a DataFrame with the columns row_id, value, unit, comparator and error.
    """
    ### BEGIN SOLUTION
    grams = {"g/dl": 10, "g/l": 1, "mg/dl": 0.01, "mg/l": 0.001}
    moles = {"mmol/l": 0.001, "umol/l": 0.000001}
    weights = {
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

    def plain(unit):
        return unit.strip().lower().replace("µ", "u").replace("μ", "u")

    def line(analyte, unit, target):
        # slope and offset into g/L or NGSP %, undone for the target
        if analyte == "HbA1c":
            lines = {"%": (1, 0), "mmol/mol": (0.09148, 2.152)}
        else:
            molar = {name: size * weights[analyte] for name, size in moles.items()}
            lines = {name: (size, 0) for name, size in (grams | molar).items()}
        if unit not in lines:
            return None
        (slope, offset), (size, start) = lines[unit], lines[target]
        return slope / size, (offset - start) / size

    known, rows = {}, []
    for row, analyte, value, unit in results[["row_id", "analyte", "value", "unit"]].itertuples(index=False):
        found = re.fullmatch(
            r"\s*(<=|>=|<|>)?\s*(-?\d+(?:\.\d+)?)\s*", value if isinstance(value, str) else ""
        )
        error = None if found else "no-number"
        if not error and not isinstance(unit, str):
            error = "no-unit"
        if not error:
            if (analyte, unit) not in known:
                known[analyte, unit] = line(analyte, plain(unit), plain(wanted[analyte]))
            error = None if known[analyte, unit] else "bad-unit"
        if error:
            rows.append((row, None, None, None, error))
        else:
            factor, shift = known[analyte, unit]
            rows.append((row, float(found[2]) * factor + shift, wanted[analyte], found[1], None))
    told = pd.DataFrame(rows, columns=["row_id", "value", "unit", "comparator", "error"])
    return told.astype({"value": "float64"})
    ### END SOLUTION


def trend(first: dict, second: dict) -> dict[str, str]:
    """Says whether the second of two results is higher, and what allows to say so.

    Returns a dictionary such as {"answer": "rose", "reason": "numbers"}.
    """
    ### BEGIN SOLUTION
    analyte = first["analyte"]
    both = pd.DataFrame([{"row_id": "1", **first}, {"row_id": "2", **second}])
    told = to_canonical(both, {analyte: "%" if analyte == "HbA1c" else "mmol/L"})
    if told["error"].notna().any():
        return {"answer": "cannot-tell", "reason": "unit"}
    before, after = told.fillna({"comparator": ""}).to_dict("records")
    if before["comparator"] or after["comparator"]:
        ends = []
        for each in (before, after):
            sign = each["comparator"]
            ends.append(
                (-math.inf if "<" in sign else each["value"], math.inf if ">" in sign else each["value"])
            )
        (low, high), (least, most) = ends
        answer = "rose" if least > high else "fell" if most < low else "cannot-tell"
        return {"answer": answer, "reason": "limit"}
    own = to_canonical(both, {analyte: {"%": "%", "mmol/mol": "mmol/mol"}.get(first["unit"], "mmol/L")})
    start, end = own["value"]
    answer = "same" if abs(end - start) <= 0.01 * start else "rose" if end > start else "fell"
    return {"answer": answer, "reason": "numbers"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_1", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("2.1")

# %% [markdown]
# ## Task 2.2 Missing units (10 points, about 2.5 hours)
#
# ### The harm
#
# The third hospital keeps a bench book. A technician writes results on pages; a clerk types them. One week the clerk left
# the unit out. A registrar looked at "haemoglobin 8.9" and ordered blood: at 8.9 g/dL that is right. It was 8.9 mmol/L,
# which is 14.3 g/dL, the blood of a healthy man. The transfusion was one too many, and one patient's too few.
#
# ### The idea: infer for counting, ask for caring
#
# A value alone cannot tell its unit where the two units *overlap*: haemoglobin of 7 to 11 is possible in both, and so is
# urea of 5 to 35. But values are not alone. A page was written at one **bench**, and a bench writes all its tests in one
# way: mass (mg/dL, g/dL) or substance (mmol/L, µmol/L). So the other rows of the page are evidence: a unit that is shown,
# or a glucose of 95, which can only be one of the two. And some tests hang together within one tube: the
# **haematocrit** (the share of the blood that is cells, in %) goes with haemoglobin.
#
# Two things spoil it. On some pages the bench changed *halfway*: these **mixed** pages have both units, and no row on
# them is safe. And however good the inference: it is a guess about what somebody did. One may *count* with
# guesses, and say so. One must not *treat* with them. For care, somebody picks up the telephone and asks the laboratory.
#
# A short example on something else: a drawer of old photographs without names. If all others in an album show one family,
# the nameless child belongs to it, most probably. Good enough to say "about 40 pictures of this family". Not good enough
# to tell somebody that this is his father.
#
# The figure shows, for the pages of your third hospital on which haemoglobin has its unit, what the two benches write.

# %%
typed = clean["h3_lis_results"]
blood = typed[typed["test_name"].isin(["Hb", "血红蛋白"])]
cells = (
    typed[typed["test_name"].isin(["Hct", "压积"])].drop_duplicates("specimen_id").set_index("specimen_id")
)
seen = blood.assign(
    haemoglobin=pd.to_numeric(blood["value"], errors="coerce"),
    haematocrit=blood["specimen_id"].map(pd.to_numeric(cells["value"], errors="coerce")),
    unit=blood["unit"].str.lower().where(blood["unit"].str.lower().isin(["g/dl", "mmol/l"]), "other or none"),
)
seen = seen.assign(ratio=seen["haematocrit"] / seen["haemoglobin"])
print(
    seen.groupby("unit")[["haemoglobin", "ratio"]]
    .describe(percentiles=[0.1, 0.5, 0.9])
    .T.round(2)
    .to_string()
)
px.scatter(
    seen.dropna(subset=["ratio"]),
    x="haemoglobin",
    y="haematocrit",
    color="unit",
    symbol="unit",
    color_discrete_sequence=["#0072B2", "#E69F00", "#000000"],
    labels={
        "haemoglobin": "Haemoglobin, the number as printed",
        "haematocrit": "Haematocrit, %",
        "unit": "Unit",
    },
    title="Haemoglobin and haematocrit of the same tube",
)

# %% [markdown]
# *The figure in words*: two bands, one for each unit. Along the horizontal axis they overlap; together with the haematocrit
# they do not. The printed table says so in numbers: look at the 10 % and 90 % of the haemoglobin and of the ratio. Most tubes
# have no haematocrit, so it decides for some rows of a page, and the page for the rest.
#
# ### What to write
#
# **`infer_unit(results, context)`** gets two tables of the third hospital. `results` are those whose unit is to be found:
#
# | column | |
# |---|---|
# | `row_id` | number of the row |
# | `batch_id` | number of the page |
# | `specimen_id` | number of the tube |
# | `analyte` | `haemoglobin` or `urea` |
# | `value` | text |
# | `collected_at` | time of taking; a page is filled in this order |
#
# `context` are all other rows with the analytes `haemoglobin`, `urea`, `haematocrit`, `glucose` or `creatinine`, of these
# pages and of all others, with one column more: `unit`, as typed, in any spelling, sometimes nonsense, sometimes missing.
# Values may carry a comparator. Return a DataFrame with every `row_id` of `results` exactly once:
#
# | column | |
# |---|---|
# | `row_id` | |
# | `unit` | `"g/dL"` or `"mmol/L"` for haemoglobin, `"mg/dL"` or `"mmol/L"` for urea; missing if you **abstain** |
# | `use` | `"analysis only"` where you gave a unit, `"none"` where you abstained. (`"care"` is a word that the function may write and should not.) |
#
# Abstain on *every* row of a mixed page, and elsewhere as seldom as you can.
#
# **`release(rows, purpose)`** decides what becomes of results. `rows` is a list of dictionaries with `row_id`, `unit` and `how` the
# unit is known: `"printed"`, `"asked"` (the laboratory answered), `"inferred"` or `"abstained"`. `purpose` says
# what they are for and whether it reaches a patient:
#
# ```python
# release([{"row_id": "a", "unit": "g/dL", "how": "inferred"}, {"row_id": "b", "unit": "g/dL", "how": "asked"}],
#         {"name": "calling people in for a check", "reaches_a_patient": True})
# # {"use": ["b"], "ask": ["a"], "leave_out": []}
# ```
#
# * Printed and asked units are *used*, for every purpose.
# * If the purpose reaches a patient, everything else is *asked*.
# * If it does not, inferred units are used, and rows without any are *left out*.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the eleven example pages | 1 | every row right |
# | the units inferred | 3 | at most 3 % of the units that you give are wrong (6 of 200); 0 at 12 % |
# | how often you abstain | 1 | on at most a quarter of the rows; 0 at 40 % |
# | `use` | 1 | the share of rows with the right word |
# | mixed pages | 1.5 | no row of a mixed page gets a unit; 0 if half of them do. The worst district counts |
# | `release`, example lists | 1 | a third for each heap |
# | `release`, other lists | 1.5 | the same |
#
# Who gives a unit to fewer than half of the rows earns nothing for units, use and mixed pages.


# %% nbgrader={"grade": false, "grade_id": "solve_2_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def infer_unit(results: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Infers units that were left out, page by page.

    Returns a DataFrame with the columns row_id, unit (missing: abstained) and use.
    """
    ### BEGIN SOLUTION
    sides = {"mg/dl": "mass", "g/dl": "mass", "g/l": "mass", "mmol/l": "molar", "umol/l": "molar"}
    rows = pd.concat([results.assign(asked=True), context.assign(asked=False)], ignore_index=True)
    rows["number"] = pd.to_numeric(rows["value"].str.strip(), errors="coerce")
    rows["side"] = rows["unit"].str.strip().str.lower().str.replace("µ", "u").map(sides)
    cells = rows[rows["analyte"] == "haematocrit"].drop_duplicates("specimen_id").set_index("specimen_id")
    blood = rows[rows["analyte"] == "haemoglobin"]
    ratio = blood["specimen_id"].map(cells["number"]) / blood["number"]
    pairs = blood.assign(analyte="ratio", number=ratio)
    rows = pd.concat([rows[rows["analyte"] != "haematocrit"], pairs]).dropna(subset="number")

    # Where one bench ends and the other begins, learnt from the rows that show a unit.
    middles = rows.dropna(subset="side").groupby(["analyte", "side"])["number"].median().unstack()
    rows = rows[rows["analyte"].isin(middles.dropna().index)].copy()
    border = rows["analyte"].map(np.sqrt(middles["mass"] * middles["molar"]))
    mass_is_higher = rows["analyte"].map(middles["mass"] > middles["molar"])
    rows["by_value"] = (rows["number"] > border) == mass_is_higher
    rows["mass"] = np.where(rows["side"].isna(), rows["by_value"], rows["side"] == "mass")

    answers = []
    for _, page in rows[rows["batch_id"].isin(results["batch_id"])].groupby("batch_id"):
        witnesses = page.loc[page["analyte"].isin(["glucose", "creatinine", "ratio"]), "mass"].astype(float)
        for analyte, mine in page[page["asked"] & (page["analyte"] != "ratio")].groupby("analyte"):
            share = mine["by_value"].mean()
            if analyte == "urea" and len(witnesses) >= 3:
                share = witnesses.mean()
            limit = 0.25 if analyte == "haemoglobin" else 0.1
            agree = witnesses.empty or abs(witnesses.mean() - share) < 0.5
            unit = None
            if agree and share >= 1 - limit:
                unit = "g/dL" if analyte == "haemoglobin" else "mg/dL"
            elif agree and share <= limit:
                unit = "mmol/L"
            answers += [(row, unit, "analysis only" if unit else "none") for row in mine["row_id"]]
    told = pd.DataFrame(answers, columns=["row_id", "unit", "use"])
    return results[["row_id"]].merge(told, how="left").fillna({"use": "none"})
    ### END SOLUTION


def release(rows: list[dict], purpose: dict) -> dict[str, list[str]]:
    """Decides which results may be used for a purpose, which must be asked for, and which are left out.

    Returns a dictionary such as {"use": ["b"], "ask": ["a"], "leave_out": []}.
    """
    ### BEGIN SOLUTION
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
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_2", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("2.2")

# %% [markdown]
# ## Task 2.3 Code map (16 points, about 3.5 hours)
#
# ### The harm
#
# On the first of a month the second hospital's laboratory tidied up its codes: the number of urine creatinine now meant
# serum creatinine, and the other way round. The kidney clinic's program had mapped both once, years ago. For eleven days it
# saw kidneys fail all over the town. In the other direction somebody's kidneys did fail, and the program saw urine.
#
# ### The idea: a concept has axes, and a map has dates
#
# **LOINC** is a list of codes for what can be measured. A concept of LOINC has parts: **component** (what: glucose),
# **property** (counted how: mass or amount of substance in a volume), **specimen** (in what: serum, urine), and for some a
# **method**. *One code serves one property*: glucose in mg/dL is 2345-7, in mmol/L it is 14749-6. A local code that
# agrees in name and differs in one part is another concept. In one published count of 179 million
# results, 4.6 % of those mapped had a wrong code, and about half of these erred on the property (McDonald and others, 2022).
#
# A map says for each local code **which** concept, **from when to when**, and **how well** it fits. For the last, FHIR R4 has four
# words. Mind who is wider:
#
# | equivalence | the target (the concept) ... | for example |
# |---|---|---|
# | `equivalent` | means the same | |
# | `wider` | is *wider* than the source: it leaves open what the book says | book: creatinine, enzymatic; concept: creatinine, no method |
# | `narrower` | is *narrower* than the source: it says more than the book | book: platelets; concept: platelets by automated count |
# | `unmatched` | does not exist | book: potassium in dialysis fluid |
#
# A short example on something else: a library maps its shelves to a city's. "Novels in Polish" to "Novels": the target is
# wider; every book that goes there belongs there, but nobody will know any more that it is Polish. "Novels" to "Crime novels": the
# target is narrower, and love stories will stand among the murders.
#
# Here are your three code books, the concepts, and a **glossary** that a laboratory physician has written: what the words
# of the books are called in LOINC.

# %%
books = {"H1": "lab_codes", "H2": "h2_lab_codes", "H3": "h3_lab_codes"}
book = pd.concat(
    [world.tables[name].assign(facility=code) for code, name in books.items()], ignore_index=True
)
concepts = pd.read_csv(BytesIO(world.files["lab_concepts.csv"]), dtype="str")
words = pd.read_csv(BytesIO(world.files["lab_words.csv"]), dtype="str")
changed = book[book.duplicated(["facility", "test_code"], keep=False)].sort_values(
    ["facility", "test_code", "valid_from"]
)
print(changed.head(8).drop(columns="entry_id").to_string(index=False))
print(
    concepts[concepts["component"].isin(["Glucose", "Creatinine"])]
    .drop(columns="name")
    .to_string(index=False)
)
print(words.groupby("axis").head(4).to_string(index=False))

# %% [markdown]
# *What you see*: some codes with two meanings, one after the other; all concepts of two components, which differ in
# property, specimen and method; and a few words of the glossary.
#
# ### What to write
#
# **`map_codes(book, concepts, words)`** gets three tables of text:
#
# * `book`: `entry_id`, `facility`, `test_code`, `test_name`, `specimen`, `method`, `unit`, `valid_from`, `valid_to` (`YYYY-MM-DD`). Missing are the
#   specimen where nothing is examined, the method and unit where there are none, and the last day while a meaning lasts.
# * `concepts`: `loinc`, `name`, `component`, `property`, `specimen`, `method` (missing where the concept leaves it open), and `ucum` (may lack).
# * `words`: `axis` (`test`, `specimen`, `method`), `local` (the word of the books), `part` (the component, specimen or method that it
#   stands for; a specimen may have several), `relation`: `narrower` where the part says more than the word, else `equivalent`. A word
#   that is not there has no counterpart.
#
# It returns a DataFrame with one row for each entry of the book: `facility`, `test_code`, `valid_from`, `valid_to`, `loinc` (missing if
# unmatched), `equivalence`, and `source` (the `entry_id`, so that anybody can look up where it comes from). Work it out so:
#
# 1. The unit tells the property. g/dL, g/L, mg/dL, mg/L, ug/mL, ng/mL, ng/L: `Mass/volume`. mmol/L, umol/L, pmol/L: `Moles/volume`.
#    mmol/mol: `Substance fraction`. Any other unit, or none: any property but these three.
# 2. Of the concepts with this component, one of these specimens and this property: if one has the method of the book (or neither
#    has any), it is `equivalent`. Else, if the book names a method and one concept leaves it open: `wider`. Else, if the book
#    names no method: the concept that is there, `narrower`. Else `unmatched`. A method that the glossary lacks is a method
#    that no concept has.
# 3. If the glossary calls the test's part `narrower`, so is the equivalence, whatever the method.
#
# **`translate(results, mapping, concepts)`** puts a right map of one hospital to work. `results` has `row_id`, `test_code`, `value`, `unit`,
# `collected_at` (a time); units are told in one spelling, and missing where nobody knows them. `mapping` has the columns that `map_codes` returns, without `facility`. It returns every `row_id` once with
# `loinc` and `problem` (missing if there is none; if there is one, `loinc` is missing):
#
# * `"no-code"`: no row of the map has this code on the day of taking (both days count).
# * `"unmatched"`: the map has no concept for it.
# * `"property"`: the unit of the result belongs to another property than the concept (rule 1). Such results were filed under a
#   wrong code. Do not mend them, hold them back. Without a unit nothing can be said; let it pass.
#
# **`carry(local, target, way)`** asks whether a result may be carried over. `local` and `target` are dictionaries with `component`, `specimen`
# and `method` (or `None`), both in LOINC's words and of the same property. `way` is `"forward"` (a local result is called by the target's
# code) or `"back"` (a result under the target's code is called by the local one).
#
# ```python
# {"equivalence": "wider", "safe": True, "reason": "loses-detail"}
# ```
#
# * Component or specimen differ, or both name a method and not the same one: `unmatched`, not safe, `"no-concept"`.
# * The same method, or none in both: `equivalent`, safe, `"same"`.
# * Otherwise it is `wider` or `narrower`. Carried into what says *less* it is safe and `"loses-detail"`; carried into what says *more*
#   it is not safe and `"claims-more"`.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example book | 1 | every entry right |
# | the concepts | 3.5 | at most 3 wrong of those that you name (0 at 40), and 90 % of all found (0 at 40 %) |
# | the directions | 2 | precision and recall of `wider` and of `narrower` at least .9; 0 at .5 |
# | what fits nothing | 1 | the same for `unmatched` |
# | codes with several meanings | 1.5 | 95 % with their days and concepts; 0 at 40 % |
# | `translate`: examples | .5 | every row |
# | days; property | 1.25 each | 98 % of these results; 0 at 50 %, or if fewer than 70 % of the ordinary ones are right |
# | `carry`, example pairs | 1.5 | a third for each of the three answers |
# | `carry`, other pairs | 2.5 | the same, from one third on |


# %% nbgrader={"grade": false, "grade_id": "solve_2_3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def map_codes(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """Maps the entries of code books to concepts.

    Returns a DataFrame with the columns facility, test_code, valid_from, valid_to, loinc, equivalence and source.
    """
    ### BEGIN SOLUTION
    kinds = {"Mass/volume", "Moles/volume", "Substance fraction"}
    kind_of_unit = dict.fromkeys(["g/dL", "g/L", "mg/dL", "mg/L", "ug/mL", "ng/mL", "ng/L"], "Mass/volume")
    kind_of_unit |= dict.fromkeys(["mmol/L", "umol/L", "pmol/L"], "Moles/volume")
    kind_of_unit["mmol/mol"] = "Substance fraction"
    glossary = defaultdict(dict)
    for axis, local, part, relation in words[["axis", "local", "part", "relation"]].itertuples(index=False):
        glossary[axis, local][part] = relation
    shelves = defaultdict(dict)
    for each in concepts.fillna("").to_dict("records"):
        kind = each["property"] if each["property"] in kinds else ""
        shelves[each["component"], each["specimen"], kind][each["method"]] = each["loinc"]
    rows = []
    for entry in book.astype(object).where(book.notna(), "").to_dict("records"):
        kind = kind_of_unit.get(entry["unit"], "")
        components, specimens = glossary["test", entry["test_name"]], glossary["specimen", entry["specimen"]]
        shelf = {}
        for component, specimen in itertools.product(components, specimens):
            shelf |= shelves.get((component, specimen, kind), {})
        method = next(iter(glossary["method", entry["method"]]), entry["method"])
        if method in shelf:
            loinc, fit = shelf[method], "equivalent"
        elif method and "" in shelf:
            loinc, fit = shelf[""], "wider"
        elif shelf and not method:
            loinc, fit = next(iter(shelf.values())), "narrower"
        else:
            loinc, fit = None, "unmatched"
        if loinc and "narrower" in components.values():
            fit = "narrower"
        dates = entry["valid_from"], entry["valid_to"] or None
        rows.append((entry["facility"], entry["test_code"], *dates, loinc, fit, entry["entry_id"]))
    columns = ["facility", "test_code", "valid_from", "valid_to", "loinc", "equivalence", "source"]
    return pd.DataFrame(rows, columns=columns)
    ### END SOLUTION


def translate(results: pd.DataFrame, mapping: pd.DataFrame, concepts: pd.DataFrame) -> pd.DataFrame:
    """Finds the concept of each result on its day.

    Returns a DataFrame with the columns row_id, loinc and problem.
    """
    ### BEGIN SOLUTION
    kinds = {"Mass/volume", "Moles/volume", "Substance fraction"}
    kind_of_concept = {
        code: kind if kind in kinds else "" for code, kind in zip(concepts["loinc"], concepts["property"])
    }
    kind_of_unit = dict.fromkeys(["g/dL", "g/L", "mg/dL", "mg/L", "ug/mL", "ng/mL", "ng/L"], "Mass/volume")
    kind_of_unit |= dict.fromkeys(["mmol/L", "umol/L", "pmol/L"], "Moles/volume")
    kind_of_unit["mmol/mol"] = "Substance fraction"
    asked = results[["row_id", "test_code", "unit", "collected_at"]]
    each = asked.merge(mapping[["test_code", "valid_from", "valid_to", "loinc"]], on="test_code")
    taken = each["collected_at"].dt.strftime("%Y-%m-%d")
    each = each[(each["valid_from"] <= taken) & (taken <= each["valid_to"].fillna("9999"))]
    rows = asked[["row_id"]].merge(each, on="row_id", how="left", indicator=True)
    other = rows["unit"].notna() & (
        rows["unit"].map(kind_of_unit).fillna("") != rows["loinc"].map(kind_of_concept)
    )
    rows["problem"] = np.select(
        [rows["_merge"] == "left_only", rows["loinc"].isna(), other], ["no-code", "unmatched", "property"], ""
    )
    return rows.assign(loinc=rows["loinc"].where(rows["problem"] == ""))[["row_id", "loinc", "problem"]]
    ### END SOLUTION


def carry(local: dict, target: dict, way: str) -> dict[str, object]:
    """Says how the target stands to the local test, and whether a result may be carried over.

    Returns a dictionary such as {"equivalence": "wider", "safe": True, "reason": "loses-detail"}.
    """
    ### BEGIN SOLUTION
    alike = local["component"] == target["component"] and local["specimen"] == target["specimen"]
    if not alike or (local["method"] and target["method"] and local["method"] != target["method"]):
        return {"equivalence": "unmatched", "safe": False, "reason": "no-concept"}
    if local["method"] == target["method"]:
        return {"equivalence": "equivalent", "safe": True, "reason": "same"}
    fit = "narrower" if target["method"] else "wider"
    safe = (fit == "wider") == (way == "forward")
    return {"equivalence": fit, "safe": safe, "reason": "loses-detail" if safe else "claims-more"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_3", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("2.3")

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
# | `mrn` | PID-3, first component, unescaped | |
# | `test_code` | OBX-3, first component, unescaped | |
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
# | the twelve example messages | 1.5 | each message all or nothing |
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
    bar = lines[0][3:4] or "|"  # a header may be cut off before it says so
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
#   `http://unitsofmeasure.org` (where there is no unit, with or without it). A text such as `"<20"` is the number 20 with the
#   `comparator` `"<"` (also `>`, `<=`, `>=`).
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
# ## Task 2.6 There and back (optional, 4 points, about 1.5 hours)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# ### The harm
#
# A hospital changed its system. All results went out as FHIR and came back into the new one; every document was valid, and the project was
# called a success. In autumn a bench of the laboratory turned out to have been wrong for a week. Which results came
# from it? The old table had a column for that. The documents had not. 4,000 people were called in again.
#
# ### The idea: send it round, and compare
#
# One finds out what a way loses by going *there and back*: rows to documents to rows, and then cell by cell.
# A short example on something else: addresses written on labels, and typed in again from the labels.
#
# | before | label | after | lost |
# |---|---|---|---|
# | street 07, floor 2 | street 7 | street 7 | the floor; 07 and 7 are the same number |
# | street 12, no floor | street 12 | street 12 | nothing: what was not there cannot be lost |
# | street < 100, floor 1 | street 100 | street 100 | the sign, and the floor |
#
# Look at a result of your hospital as a document, and at the row from which it was made. Tick off the row's columns.

# %%
documents = [json.loads(line) for line in world.files["messages/h1_bundles.ndjson"].decode().splitlines()]
observed = [entry["resource"] for each in documents for entry in each["entry"]]
observed = [each for each in observed if each["resourceType"] == "Observation"]
print(json.dumps(observed[0], indent=1, ensure_ascii=False))
results = world.tables["lis_results"]
results[results["row_id"] == observed[0]["id"]].T

# %% [markdown]
# *What you see*: a document of one result, and below it the row of the laboratory's table, one column a line.
#
# ### What to write
#
# **`from_fhir(bundle, home)`** reads the results of a bundle (a dictionary like those above) back into rows: a list with one dictionary for each
# Observation, in any order. All values are text, or `None` where the document says nothing:
#
# | key | from |
# |---|---|
# | `row_id` | `id` |
# | `mrn`, `encounter_id` | the references of `subject` and `encounter` |
# | `test_code`, `test_name` | `code` and `display` of the coding whose `system` begins with `urn:hilab:`; it need not be the first one, and there may be none |
# | `value` | the number, behind its comparator if there is one (`"<20"`; `"7.1"` and `"7.10"` are equal), or `valueString` |
# | `unit` | `unit` of the quantity |
# | `status` | F, C or X for `final`, `corrected`, `cancelled` |
# | `collected_at`, `reported_at` | `effectiveDateTime` and `issued`, as `2025-06-01 10:30:00` *on the hospital's clock* |
#
# The hospital's clock is `home["offset"]`, such as `"-06:00"`. Some computers write another offset: 14:00+00:00 is 08:00 here. A time without an
# offset is taken as it stands.
#
# **`trip_losses(before, after)`** compares rows before and after a trip, matched by `row_id`, all of whose values are text or `None`. It says for each column
# of `before` in how many rows something stood there that is gone afterwards (the row, the column or the cell) or says something else. Numbers that
# are only written otherwise say the same; a sign more or less does not. A column without loss is left out.
#
# ```python
# trip_losses([{"row_id": "A", "value": "7.10", "bench": "3"}], [{"row_id": "A", "value": "7.1"}])   # {"bench": 1}
# ```
#
# *How it is marked*: `from_fhir` 0.5 on a clinic far away (the mean of the three parts that follow), then 1 for codes, 1 for values with unit and status, 0.5 for people, visits and
# times: the share of rows that are right, 0 at half or if a row is missing. Your hospital's bundles come twice, once as another computer writes them; the worst one
# counts. `trip_losses` 0.25 on examples and 0.75 on trips of the hospital, each exact.


# %% nbgrader={"grade": false, "grade_id": "solve_2_6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def from_fhir(bundle: dict, home: dict) -> list[dict]:
    """Reads the results of a bundle back into rows."""
    ### BEGIN SOLUTION
    clock = dt.datetime.fromisoformat(f"2025-01-01T00:00:00{home['offset']}").tzinfo

    def here(time):
        moment = dt.datetime.fromisoformat(time)
        moment = moment if moment.tzinfo is None else moment.astimezone(clock)
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    rows = []
    for entry in bundle["entry"]:
        each = entry["resource"]
        if each["resourceType"] != "Observation":
            continue
        codings = each["code"]["coding"]
        own = next((c for c in codings if c["system"].startswith("urn:hilab:")), {})
        amount = each.get("valueQuantity", {})
        number = f"{amount.get('comparator', '')}{amount['value']}" if amount else None
        rows.append(
            {
                "row_id": each["id"],
                "mrn": each["subject"]["reference"].split("/")[1],
                "encounter_id": each["encounter"]["reference"].split("/")[1],
                "test_code": own.get("code"),
                "test_name": own.get("display"),
                "value": number or each.get("valueString"),
                "unit": amount.get("unit"),
                "status": {"final": "F", "corrected": "C", "cancelled": "X"}[each["status"]],
                "collected_at": here(each["effectiveDateTime"]),
                "reported_at": here(each["issued"]),
            }
        )
    return rows
    ### END SOLUTION


def trip_losses(before: list[dict], after: list[dict]) -> dict[str, int]:
    """Counts, column by column, the rows in which a trip lost or altered something."""

    ### BEGIN SOLUTION
    def plain(text):
        number = re.fullmatch(r"([<>]=?)?(-?\d+(?:\.\d+)?)", text or "")
        return (number[1], float(number[2])) if number else text

    back = {row["row_id"]: row for row in after}
    lost = Counter()
    for row in before:
        found = back.get(row["row_id"], {})
        for column, text in row.items():
            if text is not None and plain(found.get(column)) != plain(text):
                lost[column] += 1
    return dict(lost)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_6", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("2.6")

# %% [markdown]
# ## Task 2.7 Supervision and evaluation (16 points, about 3 hours)
#
# ### The harm
#
# The county's authority measured one thing: how many messages were valid. One facility reached 100 % in the first
# quarter and stayed there; the director was asked to explain to the others how he did it. When the county counted its kidney
# patients, that facility had none. It had found out that the code for "illness, unspecified" is always valid. A year of
# kidney patients was missing from the plan for dialysis.
#
# ### The idea: what is measured is met; so measure what you mean
#
# A standard on paper changes nothing. Somebody has to look. **Supervision** asks whether rules are kept, **evaluation**
# whether keeping them does any good. Four **indicators** look at different things:
#
# | indicator | asks | can be met without sense? |
# |---|---|---|
# | **coverage** | of what happened, how much was sent? | yes |
# | **conformance** | is what was sent valid in form? | yes |
# | **timeliness** | did it come in time? | yes |
# | **agreement** | does it say what is the case? | hardly: somebody reads a *sample* of the records again |
#
# Re-reading costs money, so it is a sample, and a sample has an **interval**. If 29 of 37 agree, the share is .78, but the truth
# may well be .63 or .88. A small facility always has a wide interval, and by chance it will stand last in a ranking more often than
# a large one. Whoever accuses by rank accuses the small. Use **Wilson's interval**, which stays between 0 and 1 also for 0 of 10: for
# *k* of *n*, *p* = *k/n* and *z* = 1.96,
#
# $$\frac{p + \frac{z^2}{2n} \pm z\sqrt{\frac{p(1-p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$
#
# A short example on something else: two bakers are judged by tasting. Of the first's 4 loaves 3 are good (75 %), of the second's
# 400 loaves 320 (80 %). The interval of the first runs from 30 % to 95 %, of the second from 76 % to 84 %. Nothing says that the
# first bakes worse. A third has all his loaves weighed, and every one weighs a pound; nobody has tasted them.

# %%
events = world.tables["supervised_events"]
messages = world.tables["submissions"]
rules = yaml.safe_load(world.files["submission_rules.yaml"])
print(yaml.safe_dump(rules, sort_keys=False, allow_unicode=True, width=100))
sizes = events.groupby(["facility", "quarter"]).agg(
    events=("event_id", "size"), read_again=("reread_code", "count")
)
print(sizes.unstack("quarter").to_string())
px.bar(
    sizes.reset_index(),
    x="facility",
    y="events",
    color="quarter",
    pattern_shape="quarter",
    barmode="group",
    color_discrete_sequence=["#0072B2", "#E69F00", "#009E73", "#CC79A7"],
    labels={"events": "Events to be submitted", "facility": "Facility", "quarter": "Quarter"},
    title="How much six facilities had to submit",
)

# %% [markdown]
# *The figure in words*: the printed table holds the height of each bar, and beside it how many records were read again.
# One facility is much smaller than the others; which one differs from district to district. Above it stand the rules that make a
# message valid.
#
# ### What to write
#
# **`scorecard(events, messages, rules)`** gets two tables of text and the rules as a dictionary:
#
# * `events`: `event_id`, `facility`, `quarter`, `event_date`, and `reread_code`, what an independent reader coded (missing if the record was not read).
# * `messages`: `message_id`, `facility`, `event_id`, `event_date` (as sent), `sent_on`, `code`, `code_system`; the code may be missing. Each event has one
#   message or none.
# * `rules`: `required` (fields that must not be blank), `event_date` (a pattern for the whole date as sent), `code_systems` (each with its `uri` and a
#   pattern for the whole `codes`), `deadline_days`. Patterns are regular expressions; read them from the dictionary, they may differ.
#
# It returns one row for each facility and quarter of the *events*:
#
# | column | meaning |
# |---|---|
# | `facility`, `quarter` | of the event |
# | `events`, `messages` | how many events; how many of them have a message |
# | `read`, `agreed` | events that were read again *and* have a message; those of them whose `code` equals the `reread_code` |
# | `coverage` | messages / events |
# | `conformance` | share of the messages that are valid: no required field blank, the date in its pattern, the code system listed and the code in *its* pattern |
# | `timeliness` | share of the messages sent at most `deadline_days` days after the event. Its date is the one of `events`; that of the message may be wrong. A blank `sent_on` is not in time |
# | `agreement`, `low`, `high` | agreed / read, and Wilson's interval |
#
# Shares over nothing are missing.
#
# **`audit(card, limit, on_time)`** reads a card with the columns `facility`, `quarter`, `conformance`, `timeliness`, `read`, `agreed` and decides for the year:
#
# ```python
# {"audit": "H9", "unclear": ["C7"], "remind": []}
# ```
#
# * Add up `read` and `agreed` over the quarters of a facility and take Wilson's interval. `audit` is the facility whose *upper* end lies below
#   `limit`; of several the one with the lowest upper end; `None` if there is none.
# * `unclear`: facilities whose interval holds the limit (`low` < limit <= `high`). They are accused of nothing; more of their records are read. In
#   alphabetical order.
# * `remind`: facilities whose mean of `timeliness` over the quarters is below `on_time`. Who is late gets a reminder, and no audit for it.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the eleven example events | 2 | every cell of the card; 0 if 40 % of the rows or fewer are right |
# | coverage, conformance, timeliness, agreement, interval | 2 each | the same, on the hidden districts, to .0005 |
# | `audit`, example cards | 1 | half for whom to audit, a quarter each for the two lists |
# | `audit`, other cards | 1 | the same |
# | the facility that games | 1 | named in every district, and nobody named where it is absent |
# | the small honest facility | 1 | never accused. The worst case counts |


# %% nbgrader={"grade": false, "grade_id": "solve_2_7", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scorecard(events: pd.DataFrame, messages: pd.DataFrame, rules: dict) -> pd.DataFrame:
    """Measures coverage, conformance, timeliness and agreement of each facility in each quarter.

    Returns a DataFrame with the columns facility, quarter, events, messages, read, agreed, coverage, conformance,
    timeliness, agreement, low and high.
    """
    ### BEGIN SOLUTION
    patterns = {system["uri"]: system["codes"] for system in rules["code_systems"]}

    def valid(message):
        if any(not isinstance(message[name], str) for name in rules["required"]):
            return False
        pattern = patterns.get(message["code_system"])
        dated = re.fullmatch(rules["event_date"], message["event_date"])
        return bool(dated and pattern and re.fullmatch(pattern, message["code"]))

    sent = messages.assign(valid=[valid(message) for message in messages.to_dict("records")])
    sent = sent[["event_id", "sent_on", "code", "valid"]]
    rows = events.merge(sent, on="event_id", how="left", indicator="there")
    rows["there"] = rows["there"] == "both"
    days = (pd.to_datetime(rows["sent_on"]) - pd.to_datetime(rows["event_date"])).dt.days
    rows["in_time"] = days <= rules["deadline_days"]
    rows["valid"] = rows["valid"].eq(True)
    rows["reread"] = rows["there"] & rows["reread_code"].notna()
    rows["right"] = rows["reread"] & (rows["code"] == rows["reread_code"])
    cells = rows.groupby(["facility", "quarter"], as_index=False).agg(
        events=("event_id", "size"),
        messages=("there", "sum"),
        read=("reread", "sum"),
        agreed=("right", "sum"),
        valid=("valid", "sum"),
        in_time=("in_time", "sum"),
    )
    n = cells["read"].where(cells["read"] > 0)
    p, sent_of = cells["agreed"] / n, cells["messages"].where(cells["messages"] > 0)
    root = 1.96 * np.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    return cells.assign(
        coverage=cells["messages"] / cells["events"],
        conformance=cells["valid"] / sent_of,
        timeliness=cells["in_time"] / sent_of,
        agreement=p,
        low=(p + 1.96**2 / (2 * n) - root) / (1 + 1.96**2 / n),
        high=(p + 1.96**2 / (2 * n) + root) / (1 + 1.96**2 / n),
    ).drop(columns=["valid", "in_time"])
    ### END SOLUTION


def audit(card: pd.DataFrame, limit: float, on_time: float) -> dict[str, object]:
    """Decides whom to audit, about whom more must be read, and whom to remind.

    Returns a dictionary such as {"audit": "H9", "unclear": ["C7"], "remind": []}.
    """
    ### BEGIN SOLUTION
    year = card.groupby("facility").agg(n=("read", "sum"), k=("agreed", "sum"), prompt=("timeliness", "mean"))
    p, n = year["k"] / year["n"], year["n"]
    root = 1.96 * np.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    low, high = ((p + 1.96**2 / (2 * n) + sign * root) / (1 + 1.96**2 / n) for sign in (-1, 1))
    guilty = high[high < limit]
    return {
        "audit": None if guilty.empty else guilty.idxmin(),
        "unclear": sorted(year.index[(low < limit) & (limit <= high)]),
        "remind": sorted(year.index[year["prompt"] < on_time]),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_2_7", "locked": true, "points": 16, "schema_version": 3, "solution": false, "task": false}
check("2.7")

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
# ## Exploration: the hub (about half an hour, no points)
#
# The hospitals of the county want to exchange results. A vendor offers a **hub**: everybody speaks the standard with it, and nobody
# needs to learn anybody else's codes. It has fewer links and costs less, from some number of partners on. What does it do to
# the results?
#
# **Predict first.** Write down, before you touch a slider, your answers to three questions. They are for you alone.
#
# 1. From how many partners on is a hub cheaper than links in pairs?
# 2. With ten partners and the error rate of the published count (4.6 %), do more or fewer wrong results reach a clinician with a hub?
# 3. What changes more: halving the error of the maps, or twelve audits a year?
#
# | lever | what it is |
# |---|---|
# | partners | how many hospitals exchange results |
# | hub | ticked: a hub in the middle; else a link from everybody to everybody |
# | wrongly mapped | share of results whose code is mapped wrongly when a map is new |
# | audits | how often in a year results are read again and the maps behind them mended |
# | of one vendor | share of the partners that use the same code list, and need no map among themselves |
#
# Every figure behind the model stands in a table below the sliders with its source, or with the word *assumed*; you may change all of
# them. The grey lines are 20 simulated years with the same settings: if two settings differ by less than these do among themselves, you
# have seen chance.

# %%
from sim.explore import explore

explore("l2_standardization")

# %% [markdown]
# Without a mouse, or if you prefer words, the same model answers in a plain cell. Change a value and run the cell again.

# %%
from sim.explore.standardization import describe, run

print(describe(run({"partners": 10, "hub": True, "map_error": 0.046, "audits": 0, "shared": 0.0})))

# %% [markdown]
# **A goal to reach**: fewer than **5 wrong results in 100,000** that reach a clinician, at a cost **below links in pairs**, with ten partners.
#
# **What most people find**: the hub is cheaper from a few partners on. But every result is translated twice, and a wrong code in a hub
# reaches everybody. Unaudited it does more harm than links in pairs; audited it does less, because there are fewer maps to mend.
#
# **Where that insight fails**: with three partners or fewer a hub has no fewer links than pairs, and must be paid besides. And if most
# partners use one vendor's code list, most pairs need no map at all: look what is left for the hub to do better.
#
# **Your own function**: the button "use my function" lets your `map_codes` from task 2.3 map your own district's three code books, counts which share of
# the results would be mapped wrongly, and puts that share in place of the published one.
#
# ## The written question (20 points, about 1.5 hours)
#
# **To the county council: design the body that supervises the standard. Who sets it, who checks, what sanction is there, and how does one
# appeal?** Write at most 400 words, for people who vote on money and are no engineers. Use figures *of your own district*: from your
# scorecard, your maps, or the exploration (name your settings).
#
# You have met a facility that is valid and says nothing, one that is honest and late, and one that is small and wide. They deserve three different
# answers.
#
# Two readers will mark it by these five criteria, each at step 0, 1 or 2; a step is worth 2 points:
#
# | | 0 | 1 | 2 |
# |---|---|---|---|
# | **Independence** | the vendor or the facility checks itself | a separate unit checks | money, appointment and publication are separate, too |
# | **An indicator that is hard to game** | the share of valid messages | one that looks at meaning | also how one would game it, and the sample that catches it, with your own figures of task 2.7 |
# | **Small hospitals** | not mentioned | get more time | help in kind, and thresholds that mind the interval |
# | **Patients and harm** | absent | a box for complaints | a way from a harmed patient to a mended map |
# | **Sanction, appeal, clarity** | none | a sanction | graded sanctions with appeal and time limits, in words that a council understands |
#
# End with three lines on help that you had, for example from an AI assistant: the tool, for what, what you checked yourself. Declared help
# costs nothing.

# %% [markdown] nbgrader={"grade": true, "grade_id": "answer_2_written", "locked": false, "points": 0, "schema_version": 3, "solution": true, "task": false}
# *An exemplar for the instructor; the student's version is empty.* Three of them stand in `rubric.md`.

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_2_independence", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Independence* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_2_indicator", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *An indicator that is hard to game* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_2_small", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Small hospitals* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_2_patients", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Patients and harm* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_2_sanction", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Sanction, appeal, clarity* (4 points)

# %% [markdown]
# ## What you take away
#
# * A number means something with its unit, its sign and its analyte. What cannot be converted gets an error, not a blank.
# * Infer units for counting; ask for caring. A page with two benches has no unit at all.
# * One code, one property. A map has a direction and dates; a wider target loses detail, a narrower one claims too much.
# * A message says how it is to be read. Read that first.
# * Split, then unescape. A correction is news for somebody who has read the old value.
# * Valid is not yet true: a code needs its system, a time its offset, a blank its reason.
# * Nothing there, nothing said and "delete it" are three things.
# * An indicator that asks for form gets form. Accuse by the upper end of an interval, never by rank.
# * Links grow with the square of the partners, errors of a hub with their number.
#
# Before you hand in: restart the kernel, run all cells, ask `check` once more for each task, save, then `hilab handin` in a
# terminal.
#
# ### Words of this lab
#
# {words of this lab}
#
# `glossary("MRN")` explains a word of this lab or of an earlier one, `glossary()` all of them
# (`from grading.selfstudy import glossary`).
