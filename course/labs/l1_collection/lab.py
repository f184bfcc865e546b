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
# # Lab 1. Collection: what the ward believes
#
# Rosa Delgado, 61, came to the emergency department of Lindenmoor with a potassium of 6.9 mmol/L, high
# enough to stop a heart. She was treated at once, and well. Two hours later the laboratory found that
# the tube had been shaken on the way; the true value was 4.3. The laboratory sent a correction, and the
# ward screen showed 4.3. Then an interface that had been down all morning came back and sent its
# waiting messages again. Among them was the first result. The screen showed 6.9, and Rosa was treated
# a second time for something she did not have.
#
# Nobody had made a mistake that a colleague would call a mistake. Every message was true when it was
# written. What failed was *collection*: turning what arrives into what is the case. That is the subject
# of this lab.
#
# | | |
# |---|---|
# | **Time** | about 15 hours for an IT student, for whom the times below are meant; 1.6 times as long (24 hours) if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas; proportions |
# | **Points** | 100: seven tasks (80 points) and one written question (20 points) |
# | **Your track** | IT: empty answer cells. Clinician: answer cells hold the steps, and blanks `____` to fill in. Law and management: the same, and in task 1.4 you choose among three rules and prove it by a counter-example. The hidden districts are the same for all |
#
# After this lab you can
#
# 1. read a file as it was agreed, without a letter or a person lost (task 1.1),
# 2. say why a cell is blank, and what can be done about it (task 1.2),
# 3. tell a copy, a correction and a true repeat of a result apart (task 1.3),
# 4. find people who were registered twice without merging two people into one (task 1.4),
# 5. write rules that find what cannot be and leave alone what is only rare (task 1.5),
# 6. say whether data are good enough *for something* (task 1.6),
# 7. say what a blank hides, and how sure you can be (task 1.7),
# 8. predict what happens when a form is made stricter (the exploration).
#
# ## How marks arise
#
# Your functions are called with tables that you have not seen: three other districts, the same three
# for your whole class. There the truth behind every record is known. They are also called with your own
# kind of table in another row order, with other record numbers or with an extra column: a right answer
# does not care. So **copying a number from your own district earns nothing**, and equal code earns equal
# marks. In every task about three quarters of the points are for what your function does and one
# quarter for what you conclude from it, through a second small function.
#
# `check("1.3")` answers as often as you like. It knows the small examples, not the hidden districts.
# Two more helpers can be imported from `grading.selfstudy`:
#
# * `practice("1.3")` tries your functions on a practice district whose truth the program knows. That takes a
#   minute.
# * `examples("1.3")` returns the small examples as a list. Each has a `function`, a `name`, the `args` and
#   the `expected` answer. So you can look at `examples("1.4")[0].args[0]`, or call
#   `duplicates(*examples("1.4")[0].args)` and compare.
#
# In an answer cell, delete the line `# YOUR CODE HERE` and the line under it, and write your code there. You
# may use pandas, DuckDB, plain Python or any other package of the course. What the *setup* cell does not
# import, your answer cell must import itself: only these two cells run in marking. Do not change a table that
# you are given: work on a copy. Each call may take 10 seconds. An answer of another form than the text asks
# for earns nothing for its function; `check` tells you so before.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# setup: run this first
import datetime as dt
import difflib
import itertools
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
patients = world.tables["his_patients"]
encounters = world.tables["his_encounters"]
lis = world.tables["lis_results"]
cohort = world.tables["diabetes_cohort"]
pd.DataFrame(
    {name: {"number of rows": len(t), "number of columns": t.shape[1]} for name, t in world.tables.items()}
).T

# %% [markdown]
# ## Task 1.1 Load the clinic's file (10 points, about 2.5 hours)
#
# ### The harm
#
# Zoë Núñez waited two months for a call about a dark spot on her skin. The hospital's list knew a "Zo Nez". The clerk
# searched for Núñez, found nobody, and put the letter aside. Mr Null was never on any list: the program that read the
# clinic's file took his name for a blank and dropped him. And a child born on 3 April was
# called for vaccination a month too early: the clinic writes the month first, and the reader took the day first wherever
# that gave a date.
#
# No message said that anything was wrong. All three files were "loaded successfully".
#
# ### The idea: read what was agreed, guess nothing
#
# A file holds bytes, not text. What they mean is an agreement between who writes and who reads, and most programs
# *guess* it when you do not tell them. A guess is right nearly everywhere, and silent where it is wrong. Four things
# have to be agreed:
#
# * **Encoding**: which byte is which letter. Here is one line of a café's till, `M\xfcller; 2 caf\xe9s \x80 12` (`\xfc`
#   is one byte, with the hexadecimal number fc):
#
#   | read as | text |
#   |---|---|
#   | UTF-8, faulty bytes ignored | Mller; 2 cafs 12 |
#   | Latin-1 | Müller; 2 cafés *(an invisible sign)* 12 |
#   | Windows-1252 | Müller; 2 cafés € 12 |
#
#   Latin-1 and Windows-1252 are alike but for 32 bytes, 80 to 9F: € and ’ and Š. GBK and GB18030 are alike but for the
#   rare characters, which some people have in their names. "Nearly the same" is the dangerous kind of wrong.
# * **Dates**: 03/04/2025 is one day in Boston and another in London. No single row can tell. The whole file can, if one
#   of its dates is possible in one order only.
# * **Blanks**: in a column of weights, -9 stands for nothing. In a column of names, Null is a name.
# * **Codes**: "not known" and "not applicable" are two answers. Neither is a blank.
#
# The clinic's **contract** says all of this. Here are the contract of your district's first clinic, as data, and the
# first lines of its file that go beyond ASCII (the 128 signs on which all encodings agree), read in four ways.

# %%
from sim.systems.clinic_contract import contract_of

contract = contract_of("C1", world.manifest["country"])
raw = world.files[contract["file"]]
print(contract["file"], len(raw), "bytes,", contract["encoding"], "delimiter", repr(contract["delimiter"]))
pd.DataFrame(contract["columns"]).fillna("")

# %%
beyond = [line for line in raw.split(b"\r\n") if not line.isascii()]
beyond.sort(key=lambda line: not any(0x80 <= byte <= 0x9F for byte in line))
pd.DataFrame(
    {
        name: [line[:60].decode(name, errors="replace") for line in beyond[:6]]
        for name in ("utf-8", "latin-1", "windows-1252", "gb18030")
    }
)

# %% [markdown]
# *The table in words*: each row is one line of the file, each column one way to read it. Only in one column do all names
# look like names. Another may look right at first glance and lack apostrophes; a � stands for bytes that mean nothing
# in that encoding.
#
# ### What to write
#
# **`load_clinic(raw, meta)`** gets the bytes of a file and its contract, a dictionary:
#
# * `meta["encoding"]` and `meta["delimiter"]`: Python knows the encoding under the name given. The file is CSV: the first
#   line names the columns; lines end in `\r\n`; a cell that holds the delimiter, a quotation mark or a line break stands
#   in quotation marks.
# * `meta["columns"]`: one dictionary for each column that you have to return, with `column` (its name in the file),
#   `field` (the name that you give it) and `type`:
#
# | `type` | what you return | further keys |
# |---|---|---|
# | `"text"` | the text, unchanged: no letter, blank or leading zero less | |
# | `"number"` | a number | |
# | `"date"` | text such as `"2025-04-03"` | `format`: how the file writes it, in the words of Python's `strptime` |
# | `"code"` | the meaning of the code | `codes`: a dictionary from code to meaning |
#
# A column with the key `blanks` may be blank: wherever its *whole* cell is equal to one of the texts in this list, you
# return a missing value. A column without `blanks` has none; there the same text is a value.
#
# It returns a DataFrame: the columns named by `field`, in the order of `meta["columns"]`; the rows in the file's order. Two
# other files that are read with your function come from the second clinic and from a program that you have not seen. So
# write no column name, format, code or blank into your code. Files keep to their contracts.
#
# ```text
#   member_no   name   born        sex             height
# 0 007         Švec   1990-02-01  not-applicable  1.71
# 1 012         Na     1985-12-30  female          NaN
# ```
#
# **`date_order(dates)`** gets a list of dates without a contract, text such as `"03/04/2025"`: two numbers that are day and
# month in one order or the other, and the year. What do they prove *together*?
#
# ```python
# {"order": "day-first", "either": 0.4, "reason": "proved"}
# ```
#
# * `either`: the share of the dates that can be read both ways *and* then mean two different days (0 to 1).
# * If some dates are possible only day first and none only month first, the order is `"day-first"`, `"proved"`; the other
#   way round `"month-first"`, `"proved"`.
# * If there are none of either kind, it is `"cannot-tell"`, because `"nothing-tells"`. If there are both, two programs wrote
#   the list: `"cannot-tell"`, a `"contradiction"`. Then even the dates that looked proved say nothing about the others.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | three small files | 1 | the mean of the five parts that follow |
# | names and words | 2.5 | every text right; the smallest counts of: all texts, texts beyond ASCII, texts with signs that similar encodings lack. Falls to 0 at half |
# | dates | 1.5 | every date; 0 at 60 % |
# | sex | 1 | every code; the meaning that was kept worst counts. 0 at half |
# | blanks and values | 1 | every cell of columns with `blanks`; the smaller share counts of true blanks and true values. 0 at 60 % |
# | nobody loses the name | 0.5 | no name is missing |
# | `date_order`, examples | 0.5 | a quarter for the share, three quarters for order and reason |
# | `date_order`, other lists | 2 | the same |
#
# Of the three files of each hidden district the worst one counts, in every part: who reads two clinics rightly and the
# third one wrongly has lost the third one's patients.


# %% nbgrader={"grade": false, "grade_id": "solve_1_1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def load_clinic(raw: bytes, meta: dict) -> pd.DataFrame:
    """Reads a clinic's file as its contract says.

    Returns a DataFrame with one column for each field of the contract, one row for each row of the file.
    """
    ### BEGIN SOLUTION
    import csv
    import io

    page = io.StringIO(raw.decode(meta["encoding"]), newline="")
    head, *rows = csv.reader(page, delimiter=meta["delimiter"])
    cells = pd.DataFrame(rows, columns=head, dtype="str")
    table = {}
    for column in meta["columns"]:
        read = cells[column["column"]]
        read = read.mask(read.isin(column.get("blanks", [])))
        if column["type"] == "number":
            read = read.astype("float64")
        elif column["type"] == "date":
            read = pd.to_datetime(read, format=column["format"]).dt.strftime("%Y-%m-%d")
        elif column["type"] == "code":
            read = read.map(column["codes"])
        table[column["field"]] = read
    return pd.DataFrame(table)
    ### END SOLUTION


def date_order(dates: list[str]) -> dict[str, object]:
    """Says in which order dates give day and month, if they prove it.

    Returns a dictionary such as {"order": "day-first", "either": 0.4, "reason": "proved"}.
    """
    ### BEGIN SOLUTION
    pairs = [tuple(map(int, date.split("/")[:2])) for date in dates]
    day_first = any(one > 12 for one, _ in pairs)
    month_first = any(other > 12 for _, other in pairs)
    either = sum(max(pair) <= 12 and pair[0] != pair[1] for pair in pairs) / len(pairs)
    if day_first == month_first:
        reason = "contradiction" if day_first else "nothing-tells"
        return {"order": "cannot-tell", "either": either, "reason": reason}
    return {"order": "day-first" if day_first else "month-first", "either": either, "reason": "proved"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_1", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("1.1")

# %% [markdown]
# ## Task 1.2 Why is it blank? (10 points, about 1.5 hours)
#
# ### The harm
#
# Sam Ortega, 29, answered the clinic's form in March: pregnant, 14 weeks. Sam is registered male. A program that tidied the
# forms at night found a pregnancy in a man, took it for a slip and emptied the cell. In April a doctor who had never met
# Sam prescribed isotretinoin, which harms unborn children. The warning looks at that cell. It stayed silent.
#
# In the same week the clinic's director read that "pregnancy" was blank on most forms, and told the desk to fill it.
# Next quarter 600 men and children had a "no", some had a "yes" by a slip, and the column was complete.
#
# One program had erased an answer because it took it for impossible. One report had counted as missing what was never
# to be there.
#
# ### The idea: a blank is a message
#
# There are many ways not to have an answer, and each asks for something else. Health records have words for them, the
# codes of FHIR's *data-absent-reason*. Seven of them do for our forms:
#
# | code | what happened | what can be done |
# |---|---|---|
# | `not-applicable` | the question is not for this person | nothing: nothing is missing |
# | `not-asked` | nobody asked | ask |
# | `asked-unknown` | the person does not know | ask somebody else, if anybody |
# | `asked-declined` | the person does not wish to say | respect it |
# | `not-performed` | nobody measured | measure |
# | `error` | the device failed | measure again |
# | `unknown` | nobody knows why | find out |
#
# Which of them holds is not for you to guess. The **form's description** decides it: who is asked what, since when, and
# what people write when they have no answer.
#
# A short example on something else: a garage's check list. Towing is asked about only if the car has a hook; the battery
# has been tested since 2024. In the column "oil" a dash stands for "could not be measured", in "hook" for "the owner does
# not know".
#
# | day | hook | towing | oil | battery | |
# |---|---|---|---|---|---|
# | 2023-05-02 | no | | 3.1 | | towing does not apply; the battery was not asked about then |
# | 2024-02-11 | - | | - | 84 | the owner does not know of a hook, so towing was not reached: not asked. The oil: an error |
# | 2024-03-08 | yes | | 2.9 | | nobody knows why towing and battery are empty |
# | 2024-06-30 | no | 1200 kg | 3.0 | 91 | a car without a hook tows 1200 kg: somebody should look. Perhaps the hook is what is wrong |
#
# The last row is the one that Sam's clinic got wrong. An answer that should not be there is *still an answer*. Wrong sex,
# another person's form, or a pregnant man: the table cannot tell. A person can, by asking.
#
# Look at two fields of the clinic's form, and at what stands in the blank cells of your own district.

# %%
form_meta = yaml.safe_load(world.files["clinic_form.yaml"].decode())
forms = world.tables["intake_forms"]
print(*form_meta["rules"], sep="\n", end="\n\n")
shown = [field for field in form_meta["fields"] if field["field"] in ("gestation_weeks", "weight_kg")]
print(yaml.safe_dump(shown, sort_keys=False, allow_unicode=True))

# %%
blanks = {}
for field in form_meta["fields"]:
    cells = forms[field["field"]].fillna("(left empty)")
    blanks[field["field"]] = cells[cells.isin(["(left empty)", *field["marks"]])].value_counts()
pd.DataFrame(blanks).T.fillna(0).astype(int)

# %% [markdown]
# *The table in words*: each row is a field, each column what stands in its blank cells, and each number how many forms have
# it. Most blanks are simply empty, and weeks of pregnancy, cigarettes and falls are empty nearly everywhere. The mark -8
# stands both in counts and in measurements. It does not mean the same there.
#
# ### What to write
#
# **`blank_reason(df, form_meta)`** gets forms and their description.
#
# * `df`: one row for each form, everything as text (`str`), missing where a cell is empty. It has `form_id`, `filled_on`
#   (a day, `YYYY-MM-DD`), `sex` (F or M), `age` (whole years), a column for each field, and perhaps others.
# * `form_meta["fields"]`: a list of dictionaries, in the order in which one fills in the form. A field comes after those
#   that it depends on. Each has `field` (its name), `kind`, `since` (a day, as text), `marks` (a dictionary from mark to reason) and
#   perhaps `asked_if`: a list of conditions that must all hold.
# * A condition has `field` and `is`: that column must hold just this text. Or its `field` is `age`, and it has `from`, `to` or both:
#   the age must lie there, both ends included.
#
# It returns a DataFrame with `form_id` and a column for each field: for every cell why it is blank, in the words above; a
# missing value for an answer; or `"review"` for an answer that should not be there. Any order of rows and columns will do.
#
# Say of a condition that it **fails** if it looks at `sex` or `age` and these are others; if the field that it looks at has another
# answer; or if that field is itself `not-applicable`. It is **open** if that field is blank for any other reason. Otherwise
# it holds. (Whether the field it looks at stands for review makes no difference: its answer counts.)
#
# 1. A cell that holds one of *its own field's* marks: the reason of that mark, whatever the conditions say.
# 2. An empty cell, by the first that is true: a condition fails: `not-applicable`; a condition is open: `not-asked`; the form
#    was filled in before the field's `since`: `not-asked`; else `unknown`.
# 3. Any other text is an answer. If a condition fails: `review`. Else a missing value.
#
# For another form it might return
#
# ```text
#   form_id         pregnant           weeks      weight
# 0     X01              NaN             NaN         NaN
# 1     X02   not-applicable  not-applicable       error
# 2     X03           review             NaN         NaN
# 3     X04   asked-declined       not-asked     unknown
# ```
#
# Your function is also called with forms of other places, so write no field, mark, age or day into it.
#
# **`repair(counts, need)`** decides what to do about one column. `counts` is a dictionary that says how many cells are
# `"answered"`, and how many are blank for each of the seven reasons (all eight keys are there; some form has the field apply).
# At least the share `need` is needed.
#
# ```python
# repair({"answered": 70, "not-asked": 4, "asked-unknown": 0, "asked-declined": 6, "not-applicable": 900,
#         "not-performed": 15, "error": 2, "unknown": 3}, 0.9)
# # {"share": 0.7, "decision": "go-back", "reason": "not-performed"}
# ```
#
# * `share`: the answered ones among all whom the field concerns (all but `not-applicable`).
# * If `share` is at least `need`: `"use"`, because `"enough"`.
# * Else imagine that all cells become answers for which somebody can go back: `not-asked`, `not-performed`, `error` and
#   `unknown`. If the share is at least `need` then: `"go-back"`, and the reason is the most frequent of these four (of equal ones
#   the first in the alphabet).
# * Else `"leave"`, because it is `"closed"`. Who declined is not asked until giving in, and who does not know, does not know.
#
# (No case lies so near `need` that rounding decides.)
#
# Before you write it, guess: a column is blank in nine of ten forms. Can it be complete?
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | eleven forms of an eye clinic | 1 | the mean of the five parts that follow |
# | marks | 1.5 | every mark read; the reason that was read worst counts. 0 at half |
# | empty cells | 2 | `not-applicable`, `unknown` and `not-asked` because of `since`; the one that was found worst counts. 0 at half |
# | not reached | 1 | every `not-asked` because a condition is open; 0 at half |
# | answers stay answers | 0.5 | no answer is called a blank or for review; 0 at one in ten, or if half of the blanks are not found |
# | review | 1.5 | every answer that should not be there, and no other; the smaller of precision and recall. 0 at half |
# | `repair`, examples | 0.5 | a quarter for the share, three quarters for decision and reason |
# | `repair`, share | 0.5 | within .001 |
# | `repair`, decision and reason | 1.5 | both right |
#
# The forms of each hidden district come twice, once as another program writes them; the worst one counts, in every part.


# %% nbgrader={"grade": false, "grade_id": "solve_1_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def blank_reason(df: pd.DataFrame, form_meta: dict) -> pd.DataFrame:
    """Says why each cell of a form is blank.

    Returns a DataFrame with form_id and a column for each field: a reason, "review", or missing for an answer.
    """
    ### BEGIN SOLUTION
    age = df["age"].astype("int64")
    told = pd.DataFrame({"form_id": df["form_id"]})
    for field in form_meta["fields"]:
        cell = df[field["field"]]
        fails = pd.Series(False, index=df.index)
        hangs = fails.copy()
        for condition in field.get("asked_if", []):
            lead = condition["field"]
            if lead == "age":
                fails |= ~age.between(condition.get("from", 0), condition.get("to", 999))
                continue
            blank = told[lead].notna() & (told[lead] != "review") if lead in told else fails & False
            idle = blank & (told[lead] == "not-applicable") if lead in told else blank
            fails |= idle | (~blank & (df[lead] != condition["is"]))
            hangs |= blank & ~idle
        early = hangs | (df["filled_on"] < field["since"])
        empty = np.select([fails, early], ["not-applicable", "not-asked"], "unknown")
        reason = cell.map(field["marks"]).astype("str")
        stands = cell.notna() & reason.isna()
        reason = reason.mask(cell.isna(), pd.Series(empty, index=df.index))
        told[field["field"]] = reason.mask(stands & fails, "review")
    return told
    ### END SOLUTION


def repair(counts: dict[str, int], need: float) -> dict[str, object]:
    """Says how much of a column is there, and what can be done about the rest.

    Returns a dictionary such as {"share": 0.7, "decision": "go-back", "reason": "not-performed"}.
    """
    ### BEGIN SOLUTION
    concerned = sum(counts.values()) - counts["not-applicable"]
    share = counts["answered"] / concerned
    if share >= need:
        return {"share": share, "decision": "use", "reason": "enough"}
    mendable = {reason: counts[reason] for reason in ("error", "not-asked", "not-performed", "unknown")}
    if (counts["answered"] + sum(mendable.values())) / concerned >= need:
        return {"share": share, "decision": "go-back", "reason": max(mendable, key=mendable.get)}
    return {"share": share, "decision": "leave", "reason": "closed"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_2", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("1.2")

# %% [markdown]
# ## Task 1.3 Copies, corrections and repeats (12 points, about 2 hours)
#
# ### The idea: a result has two clocks
#
# A laboratory result is not one row. It has a life: it is reported, perhaps corrected, perhaps cancelled;
# and every message about it may travel twice. Two times tell the story, and they tell different stories.
#
# * `reported_at` is when the laboratory *said* it. A different `reported_at` is a different **version**.
# * `received_at` is when our system *heard* it. The same version heard twice is a **copy**.
#
# Most interfaces were written by people who thought there was one clock. They show what arrived last.
#
# Here are three telephone messages about a delivery, so that you can see the two clocks elsewhere:
#
# | heard at | said at | message |
# |---|---|---|
# | 10:02 | 10:00 | The lorry comes at 14:00 |
# | 11:31 | 11:30 | Correction: the lorry comes at 16:00 |
# | 12:15 | 10:00 | The lorry comes at 14:00 *(an old voice mail, delivered again)* |
#
# When does the lorry come? The message heard last says 14:00. The message *said* last says 16:00, and it is
# right. The third message is a late copy of an old version: it is as loud as the others and means nothing.
#
# Now look at one busy specimen of your own district before you think about code.

# %%
several = lis.groupby(["specimen_id", "test_code"])["row_id"].transform("size")
busiest = lis[several == several.max()].sort_values(["specimen_id", "test_code", "received_at"])
example = busiest[
    (busiest["specimen_id"] == busiest["specimen_id"].iloc[0])
    & (busiest["test_code"] == busiest["test_code"].iloc[0])
]
columns = [
    "row_id",
    "specimen_id",
    "test_code",
    "value",
    "status",
    "collected_at",
    "reported_at",
    "received_at",
]
example[columns]

# %%
px.scatter(
    example,
    x="received_at",
    y="reported_at",
    text="value",
    symbol="status",
    color="status",
    color_discrete_sequence=["#0072B2", "#D55E00", "#009E73"],
    labels={
        "received_at": "Heard at (received_at)",
        "reported_at": "Said at (reported_at)",
        "status": "Status",
    },
    title="One specimen, one test: when it was said and when it was heard",
).update_traces(marker_size=12, textposition="top center")

# %% [markdown]
# *How to read the figure*: every mark is one row; the number is its value; the shape is its status (circle,
# diamond and so on, named in the legend). To the right means heard later, up means said later. In a quiet
# laboratory all marks climb from the lower left to the upper right. A mark that lies to the *right of and
# below* another one is a copy of something old, heard after something newer. Two marks at exactly the same
# height are the same version.
#
# ### The table
#
# `lis_results` has one row for each message about one result. Text columns use pandas' `str` type, with
# missing values where nothing was sent; times have the type `datetime64[s]`, to the second.
#
# | column | type | meaning | missing? |
# |---|---|---|---|
# | `row_id` | text | number of the row, unique | never |
# | `message_id` | text | number of the message that carried it | never |
# | `mrn` | text | the patient's record number | never |
# | `specimen_id` | text | number of the tube | never |
# | `test_code`, `test_name` | text | what was measured: the laboratory's code and its name | never |
# | `value` | text | the result, a number written as text; `"7.1"` and `"7.10"` are the same number | when cancelled |
# | `unit` | text | its unit | never |
# | `collected_at` | time | when the specimen was taken | never |
# | `reported_at` | time | when the laboratory said it | never |
# | `received_at` | time | when our system heard it | never |
# | `status` | text | `F` final, `C` corrected, `X` cancelled | never |
#
# ### What to write
#
# A **version** is all rows with the same `specimen_id`, `test_code` and `reported_at`. Copies of a version
# get a new `row_id`, a new `message_id` and a later `received_at`, and some write the value in another
# format. Every row gets one of five labels. `current` and `repeat` are good measurements; `superseded` is an
# old version, `cancelled` is a cancellation, `resend` is a copy of any of them.
#
# **`copies(lis)`** returns a DataFrame with the columns `row_id` and `label`: every row of `lis` exactly
# once, in any order, with its label. Decide in this order:
#
# 1. **`resend`**: the row is not the one of its version that arrived first (smallest `received_at`). This
#    holds for any status.
# 2. **`cancelled`**: of the rows left over, those with status `X`, also if a later version followed.
# 3. **`superseded`**: of the rows left over, those whose `specimen_id` and `test_code` have a version with a
#    later `reported_at` (a cancellation is such a version, too). What is left is the *valid* result of each
#    specimen and test.
# 4. **`repeat`**: if the same `mrn` has several valid results of the same `test_code` whose `collected_at`
#    lies on the same calendar day, all but the one collected first (smallest `collected_at`; if equal,
#    smallest `specimen_id`). A repeat is a real second measurement. It is good data: only do not count the
#    patient twice. Look for the record number in the row only. Some people have two numbers; repeats across
#    them stay unseen.
# 5. **`current`**: all others.
#
# Within a specimen and test no two rows arrive in the same second. Should it ever happen, the smaller
# `row_id`, compared as text, came first.
#
# The first rows of an answer, for some other table:
#
# ```text
#   row_id   label
# 0    R01   current
# 1    R02   resend
# 2    R03   superseded
# ```
#
# **`screen_errors(lis)`** measures the harm of the old ward screen. For each `specimen_id` and `test_code`
# that screen shows the row that arrived last (largest `received_at`). If that row has no value, the screen is
# *empty*. The *valid* result is the row that `copies` calls `current` or `repeat`; each specimen and test has
# one or none.
#
# * If there is a valid result, the screen is *wrong* if it is empty or shows another number ("7.1" and "7.10"
#   are equal).
# * If there is none (the newest version is a cancellation), the screen is *wrong* if it shows a number.
#
# For another table the function might return
#
# ```python
# {"wrong": 17, "cause": "resend"}
# ```
#
# `wrong` is the number (an `int`) of specimens and tests with a wrong screen. `cause` is the most frequent
# label (as in `copies`) of the wrongly shown rows; of labels that are equally frequent, the first in the
# alphabet; `"none"` if no screen is wrong.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | `copies`, the two example days | 1 | every row right; nothing for half of the rows or fewer |
# | `resend`, `superseded`, `repeat` | 2 each | precision and recall both at least .98; falls in a straight line to 0 at .60 (the smaller of the two counts) |
# | `cancelled` | 1 | at most 1 row wrong or missed; 0 at 30 % of the cancellations |
# | late copies | 1 | a *late copy* is a copy of an outdated version that arrived after the newest version; none is labelled `current` or `repeat`. 0 at 20 % of them. 0, too, if you find fewer than 90 % of the current rows. The worst district counts |
# | `screen_errors`, example days | 0.5 | both values right |
# | number of wrong screens | 1.5 | exact; falls to 0 at 20 % off |
# | cause | 1 | right, with a number at most 10 % off |
#
# *Precision* of a label: of the rows that you gave it, the share that truly have it. *Recall*: of the rows
# that truly have it, the share that you found.


# %% nbgrader={"grade": false, "grade_id": "solve_1_3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def copies(lis: pd.DataFrame) -> pd.DataFrame:
    """Labels every row of the laboratory's table.

    Returns a DataFrame with the columns row_id and label, one row for each row of `lis`.
    """
    ### BEGIN SOLUTION
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    rows["day"] = rows["collected_at"].dt.normalize()
    heard_before = rows.duplicated(["specimen_id", "test_code", "reported_at"])
    last_said = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows["label"] = np.select(
        [heard_before, rows["status"] == "X", rows["reported_at"] < last_said],
        ["resend", "cancelled", "superseded"],
        "current",
    )
    valid = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    again = valid.duplicated(["mrn", "test_code", "day"])
    rows.loc[again.index[again], "label"] = "repeat"
    return rows[["row_id", "label"]]
    ### END SOLUTION


def screen_errors(lis: pd.DataFrame) -> dict[str, object]:
    """Counts the wrong values on a screen that shows what arrived last, and names their cause.

    Returns a dictionary such as {"wrong": 17, "cause": "resend"}.
    """
    ### BEGIN SOLUTION
    result_of = ["specimen_id", "test_code"]
    rows = lis.merge(copies(lis), on="row_id").sort_values(["received_at", "row_id"])
    rows["number"] = pd.to_numeric(rows["value"])
    shown = rows.drop_duplicates(result_of, keep="last").set_index(result_of)
    valid = rows[rows["label"].isin(["current", "repeat"])].drop_duplicates(result_of)
    right = valid.set_index(result_of)["number"].reindex(shown.index)
    same = (shown["number"] == right) | (shown["number"].isna() & right.isna())
    causes = Counter(shown.loc[~same, "label"])
    cause = min(causes, key=lambda label: (-causes[label], label)) if causes else "none"
    return {"wrong": int((~same).sum()), "cause": cause}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_3", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("1.3")

# %% [markdown]
# ## Task 1.4 Registered twice (14 points, about 2.5 hours)
#
# ### The harm
#
# Two sisters live on Lock Road. They were born within the same half hour. A well-meant clean-up of the
# registration list found two records with the same birth date, the same family name, the same
# address and the same telephone, and merged them. One sister is allergic to penicillin. From that night on,
# both were, or neither was, depending on which screen one opened.
#
# The other mistake is quieter. A man was registered at 03:20 as "Jon Smiht". His old record, under "John
# Smith", said that he takes a blood thinner. Nobody looked, because nobody knew that there was anything to
# look at.
#
# ### The idea: two mistakes, two prices, two lists
#
# If a pair of records is really one person and you miss it, a warning may stay unread. If it is really two
# people and you merge them, two charts are wrong at once and hard to take apart again. The second mistake is
# so much worse that no computer should make it alone. So a good rule gives *two* lists: a short one of pairs
# so clear that they may be merged unseen, and a longer one, best pairs first, for a clerk with a telephone.
#
# A small example on something else. A library wants to find books that were catalogued twice:
#
# | | title | author | year | shelf mark |
# |---|---|---|---|---|
# | 1 | Collected Stories | N. Okafor | 1988 | B 412 |
# | 2 | Collected Storys | N. Okafor | 1988 | B 412 |
# | 3 | Collected Stories | N. Okafor | 1994 | B 977 |
#
# 1 and 2 differ by a slip of the finger and share all else: surely one book. 1 and 3 have the same title
# and author: a second volume? A rule that asks for the title alone merges the wrong pair and misses the right
# one. What helps is to ask how many *independent* facts agree, and which kind of thing can make two different
# books agree on just those facts.
#
# You cannot compare everybody with everybody in a big hospital: 100,000 records make 5,000 million pairs.
# So one gathers *candidates* that share at least one strong key, for instance the telephone or the name with
# the birth date. This is called **blocking**. A true pair whose every key was mistyped is lost, so one
# blocks by several keys and unites the lists.
#
# Look at candidates in your own district: pairs with the same birth date and the same family name.

# %%
same_birth = patients.merge(patients, on=["birth_date", "family_name"], suffixes=("", "_other"))
same_birth = same_birth[same_birth["mrn"] < same_birth["mrn_other"]]
compared = ["given_name", "sex", "phone", "address", "verified_id"]
agree = pd.DataFrame({name: same_birth[name] == same_birth[f"{name}_other"] for name in compared})
shared = agree.sum(axis=1).value_counts().reindex(range(6), fill_value=0)
shared = shared.rename_axis("fields").reset_index(name="pairs")
print(shared.to_string(index=False))
px.bar(
    shared,
    x="fields",
    y="pairs",
    labels={
        "fields": "Equal fields, of five (given name, sex, phone, address, identifier)",
        "pairs": "Pairs",
    },
    title="Pairs with one family name and one birth date: how much else is equal",
    color_discrete_sequence=["#0072B2"],
)

# %%
sides = ["given_name", "given_name_other", "family_name", "sex", "birth_date", "phone", "phone_other"]
same_birth.loc[agree.sum(axis=1).isin([2, 3]), sides].head(8)

# %% [markdown]
# *What you see*: the table above the figure gives the height of each bar. A missing value counts as not
# equal. Pairs with four or five equal fields are mostly one person. The pairs with two or three are a
# mixture: read some of them in the second table. Which are twins? Which are one person with a typing error?
# Which are two people with a common name? You will not be sure of all of them. Neither is the clerk; that is
# what the telephone is for.
#
# ### What can be wrong in `his_patients`
#
# One row for each registration. All columns are text (`str`) except `registered_at`.
#
# | column | meaning | missing? |
# |---|---|---|
# | `mrn` | record number of the registration; unique, says nothing about the person | never |
# | `given_name`, `family_name` | as typed; letters may be swapped, lost or doubled; newborn children may stand as `Baby of` and the mother's name (in China the mother's name and `之子` or `之女`); family names change with marriage | never |
# | `sex` | `F` or `M` | never |
# | `birth_date` | `YYYY-MM-DD` as typed; day and month may be swapped; `1900-01-01` or the 1st of January may stand for "not known" | never |
# | `phone`, `address` | shared by families; change when people move | never, but `phone` in one example of 1.6 |
# | `area` | area code | sometimes |
# | `verified_id` | identifier checked against a card; on a few records overwritten by *another person's*, for instance a twin's | often |
# | `registered_at` | when the registration was made (`datetime64[s]`) | never |
# | `phone_verified_on` | day on which somebody last answered that number, as text `YYYY-MM-DD` | often |
# | `deceased_on`, `moved_away_on` | day of death, day of moving away, as text `YYYY-MM-DD` | mostly |
#
# Hidden in every district are, among others, twins of one sex at one address, strangers with the same name
# and the same birth date, and fathers and sons with the same name at one address. Nobody is registered more
# than twice.
#
# ### What to write
#
# **`duplicates(his)`** returns a dictionary with two lists of pairs of record numbers:
#
# ```python
# {"auto_merge": [["H1000007", "H1840022"], ["H1000310", "H7777001"]],
#  "review": [["H2000001", "H2000411"], ["H1200009", "H3456789"]]}
# ```
#
# `auto_merge` holds pairs to be merged unseen. `review` holds further pairs for the clerk, *the most likely
# first*. No pair stands in both lists or twice; which number of a pair comes first does not matter. Both
# lists together hold at most 20,000 pairs; a longer answer has the wrong form and earns nothing.
#
# **`merge_risk(checked, wrong, merges, limit)`** decides whether a rule may merge unseen. Somebody checked by
# hand `checked` pairs (an `int`, at least 1) that the rule would merge, and found `wrong` of them to be two
# people. In a year the rule would merge `merges` pairs. The hospital accepts at most `limit` wrong charts a
# year (a number). `merge_risk(400, 2, 300, 1.0)` returns
#
# ```python
# {"expected": 1.5, "decision": "review", "reason": "too-many-seen"}
# ```
#
# * `expected`: wrong merges to be expected in a year: `merges` times the rate of errors. The rate is `wrong /
#   checked`. But if `wrong` is 0, nobody has shown that the rate is 0: use `3 / checked`. (If none of *n* is
#   wrong, the true rate may still be as high as about 3/*n*. This *rule of three* is the upper end of a 95 %
#   confidence interval.)
# * `decision`: `"auto"` if `expected` is not above `limit`, else `"review"`. Equal is allowed. (No case lies
#   so near the limit that rounding decides.)
# * `reason`: `"within-limit"` for auto; for review `"too-many-seen"` if wrong pairs were found and
#   `"too-few-checked"` if none was.
#
# Before you write it, guess: a rule was right in 98 of 100 checked pairs. Is that safe for 150 merges a year?
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the 15 example registrations | 1 | something in `auto_merge` and no two people in it; both lists together hold all four true pairs, with a queue as below |
# | `auto_merge` | 4.5 | **no** pair of two different people, and at least 35 % of the true pairs; with one wrong merge 0; falls to 0 at no pair; the worst district counts |
# | pairs found | 3 | both lists together hold at least 93 % of the true pairs (0 at 60 %), *times* the length of `review`: full up to 3 times the number of all true pairs of the district (the merged ones count, too), 0 at 6 times |
# | order of `review` | 2 | if you take one true and one false pair from the queue, the true one stands first in 75 % of all such choices (0 at 50 %). Full if the queue holds true pairs only, 0 if it holds none, and 0 if both lists together hold under 60 % of the true pairs |
# | `merge_risk`, examples | 1 | number and decision with reason |
# | `merge_risk`, number | 1 | within 0.5 % (or .005) |
# | `merge_risk`, decision and reason | 1.5 | both right |


# %% nbgrader={"grade": false, "grade_id": "solve_1_4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
    """Finds registrations of one person.

    Returns {"auto_merge": [[a, b], ...], "review": [[a, b], ...]}, the review list best first.
    """
    ### BEGIN SOLUTION
    people = his.drop(columns="registered_at").fillna("").set_index("mrn", drop=False)
    keys = [
        ["phone", "sex"],
        ["verified_id"],
        ["address", "birth_date"],
        ["given_name", "birth_date", "sex"],
        ["family_name", "birth_date", "sex"],
        ["given_name", "family_name", "sex"],
    ]
    blocks = []
    for key in keys:
        filled = people[(people[key] != "").all(axis=1)]
        blocks.append(filled[[*key, "mrn"]].merge(filled[[*key, "mrn"]], on=key)[["mrn_x", "mrn_y"]])
    found = pd.concat(blocks).query("mrn_x < mrn_y").drop_duplicates(ignore_index=True)
    a, b = (
        people.loc[found["mrn_x"]].reset_index(drop=True),
        people.loc[found["mrn_y"]].reset_index(drop=True),
    )

    def equal(name):
        return (a[name] == b[name]) & (a[name] != "")

    def alike(name):
        ratio = [difflib.SequenceMatcher(None, x, y).ratio() for x, y in zip(a[name], b[name])]
        return pd.Series(ratio, index=found.index)

    given, family = alike("given_name"), alike("family_name")
    nameless = [table["given_name"].str.contains("^Baby of |之[子女]$") for table in (a, b)]
    baby = nameless[0] ^ nameless[1]
    parts = [table["birth_date"].str.split("-", expand=True) for table in (a, b)]
    swapped = (parts[0][0] == parts[1][0]) & (parts[0][1] == parts[1][2]) & (parts[0][2] == parts[1][1])
    vague = a["birth_date"].str.endswith("01-01") | b["birth_date"].str.endswith("01-01")
    contact = equal("phone").astype(int) + equal("address")
    apart = (a["verified_id"] != b["verified_id"]) & (a["verified_id"] != "") & (b["verified_id"] != "")
    named = equal("given_name") & equal("family_name")
    sure = named & equal("birth_date") & equal("sex") & (equal("verified_id") | (contact > 0)) & ~apart
    score = (
        3 * (given > 0.7)
        + 2 * baby
        + 2 * (family > 0.7)
        + 3 * equal("birth_date")
        + 2 * (swapped & ~equal("birth_date"))
        + 1 * vague
        + 1.5 * contact
        + 3 * equal("verified_id")
        - 2 * apart
        + 1 * equal("sex")
        + named
    )
    found = found.assign(sure=sure, score=score)
    found = found[sure | (score >= 7.5)].sort_values(
        ["score", "mrn_x", "mrn_y"], ascending=[False, True, True]
    )
    pairs = found[["mrn_x", "mrn_y"]]
    return {
        "auto_merge": pairs[found["sure"]].values.tolist(),
        "review": pairs[~found["sure"]].values.tolist(),
    }
    ### END SOLUTION


def merge_risk(checked: int, wrong: int, merges: int, limit: float) -> dict[str, object]:
    """Says how many wrong charts a year a merging rule would make, and whether it may merge unseen.

    Returns a dictionary such as {"expected": 1.5, "decision": "review", "reason": "too-many-seen"}.
    """
    ### BEGIN SOLUTION
    expected = merges * (wrong or 3) / checked
    if expected <= limit:
        return {"expected": expected, "decision": "auto", "reason": "within-limit"}
    reason = "too-many-seen" if wrong else "too-few-checked"
    return {"expected": expected, "decision": "review", "reason": reason}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_4", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("1.4")

# %% [markdown]
# ## Task 1.5 Plausibility rules (12 points, about 2 hours)
#
# ### The harm
#
# A laboratory in the next county cleaned its data every night: whatever lay more than three standard deviations
# from the mean was deleted as a typing error. For two years nobody in its statistics had a glucose above 600. They
# had come in, been treated, and some had died; the program had taken the sickest for mistakes.
#
# In the same tables 24 patients were 125 years old. Nobody had deleted them, for 125 is a number like any other.
#
# ### The idea: impossible is not the same as rare
#
# A rule of plausibility may say two things. **error**: this *cannot* be, whoever the patient is. **query**: this is
# rare; somebody should look. Only an error may stop a record, and no rule may delete one.
#
# Which of the two a rule deserves depends on what a living person can do. A glucose of 812 mg/dL is a coma, and
# true. A pulse of 999 is no pulse. A birth on 1 January is one birth in 365; in our tables it is also what hurried
# clerks type. Nobody alive was born on 1 January 1900.
#
# Rules look at different **levels**:
#
# | level | looks at | an example on something else: a library |
# |---|---|---|
# | `value` | one cell | a book of −3 pages |
# | `record` | cells of one row together | returned before it was lent |
# | `relation` | rows of one or several tables | a loan of a reader who does not exist |
# | `device` | all readings of one device | a door counter that is an hour fast, all day, every day |
#
# The last one is the subtle one. A single reading of a shifted clock looks perfect. Only all readings of the device
# together show it. Here it helps that every reading tells two times: `taken_at` on the device's own clock, with the
# offset that the device *states*, and `uploaded_at` when it reached the hospital's desk, in the district's own time.
# The district's offset is the one that most readings state. Nothing can arrive before it was measured; and a device
# sends what it has several times a day, so at least some of its readings arrive soon.

# %%
readings = world.tables["app_readings"]
beats = readings[(readings["kind"] == "heart_rate") & (readings["taken_at"].dt.year > 2020)]
delay = (beats["uploaded_at"] - beats["taken_at"]).dt.total_seconds() / 3600
shortest = delay.groupby(beats["device_id"]).min()
print(shortest.describe().round(2).to_string())
px.histogram(
    shortest.rename("hours").reset_index(),
    x="hours",
    nbins=40,
    labels={"hours": "Shortest delay from measuring to arrival, hours, without regard to offsets"},
    title="Devices by their shortest delay",
    color_discrete_sequence=["#0072B2"],
).update_yaxes(title="Devices")

# %% [markdown]
# *The figure in words*: the printed lines give the range. Nearly all devices stand at 0 to an hour: some reading of
# theirs arrived soon. A few stand far to the left (their readings arrive hours *before* they were taken) or far to the
# right. Some of these are travellers whose device states the zone it is in. The others are wrong.
#
# ### What to write
#
# **`plausibility(tables)`** gets a dictionary of six tables: `his_patients`, `his_encounters`, `lis_results`,
# `diabetes_cohort`, `devices`, and `app_readings` of the last 28 days. Examples hold fewer columns, only those that
# the classes below need. It returns a dictionary with your rules *as data*, and what they found:
#
# ```python
# {"rules": [{"rule_id": "L1", "level": "value", "field": "loans.pages",
#             "predicate": "pages is above 0", "severity": "error"}, ...],
#  "flags": [["L1", "B00017"], ["L1", "B00412"]]}
# ```
#
# * At least **12 rules** with different ids. `level` is one of `value`, `record`, `relation`, `device`; `field` is
#   `"table.column"`, the column that is in doubt; `predicate` says in words what should hold; `severity` is `"error"` or
#   `"query"`.
# * A **flag** names a rule and the record that breaks it: the `mrn`, `encounter_id`, `row_id`, `reading_id` or, for rules
#   on whole devices, the `device_id`. At most 50,000 flags. A rule without a flag is fine.
#
# Six classes of faults are looked for. A flag counts for a class if its rule is an **error** on this field:
#
# | class | field | record |
# |---|---|---|
# | born on 1900-01-01 | `his_patients.birth_date` | `mrn` |
# | discharged before admitted | `his_encounters.discharged_at` | `encounter_id` |
# | an identifier that stands for none (the same nines again and again) | `his_patients.verified_id` | `mrn` |
# | a device whose clock shows another zone than it states, by whole hours | `app_readings.taken_at` | `device_id` |
# | a clock that fell back to a date years ago | `app_readings.taken_at` | `device_id` |
# | a value that no living body gives, for example a pulse of 0 or 999 | `app_readings.value` | `reading_id` |
#
# And these are rare and **true**; no *error* may name them: glucose of 600 mg/dL (33.3 mmol/L) and more and potassium of
# 7.5 mmol/L and more (`lis_results.value`), a body mass index of 55 and more (`diabetes_cohort.bmi`), an age of 100 years
# and more and births on 1 January of any other year (`his_patients.birth_date`), a systolic pressure of 230 to 260 at
# home (`app_readings.value`). A *query* may name them all.
#
# **`rule_report(flagged, wrong, sick, allowed)`** judges one rule by a sample in which somebody looked every record up. It
# gets the records that the rule flagged, those that are truly wrong, those that are rare and true (three lists of
# text), and how many of the latter a rule may alarm. It returns
#
# ```python
# {"caught": 0.75, "alarmed": 0, "decision": "error", "reason": "safe"}
# ```
#
# * `caught`: the share of the wrong records that were flagged; `alarmed`: how many of the rare and true ones were.
# * If nothing wrong was caught: `"drop"`, because it `"finds-nothing"`. Else, if `alarmed` is above `allowed`: `"query"`,
#   because it `"hits-the-sick"`. Else `"error"`, because it is `"safe"`.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the six small tables | 1.25 | every class found, nothing rare called an error |
# | births, discharges, identifiers, fallen clocks, impossible values | 0.75 each | 95 % of the class found; falls to 0 at 50 % |
# | devices in a wrong zone | 1 | precision and recall at least .9; falls to 0 at .50 |
# | the rare and true | 3 | at most 1 of all called an error; 0 at 4. The worst district counts. 0, too, for who finds fewer than three classes |
# | `rule_report`, examples | 1 | half for the numbers, half for the decision with its reason |
# | `rule_report`, other rules | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_1_5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def plausibility(tables: dict[str, pd.DataFrame]) -> dict[str, list]:
    """Applies rules of plausibility to the district's tables.

    Returns {"rules": [{"rule_id": ..., "level": ..., "field": ..., "predicate": ..., "severity": ...}, ...],
    "flags": [[rule_id, record], ...]}.
    """
    ### BEGIN SOLUTION
    people, visits = tables["his_patients"], tables["his_encounters"]
    results, readings = tables["lis_results"], tables["app_readings"]
    limits = {
        "steps": (0, 40000),
        "heart_rate": (20, 300),
        "sleep": (0, 24),
        "sbp": (40, 320),
        "dbp": (20, 220),
    }
    limits["glucose"] = (0.3, 2000)
    rules, flags = [], []

    def rule(level, field, predicate, severity, records):
        name = f"P{len(rules) + 1:02d}"
        rules.append(
            {"rule_id": name, "level": level, "field": field, "predicate": predicate, "severity": severity}
        )
        flags.extend([name, record] for record in records)

    birth = people["birth_date"]
    rule(
        "value",
        "his_patients.birth_date",
        "is not 1900-01-01",
        "error",
        people.loc[birth == "1900-01-01", "mrn"],
    )
    new_year = birth.str.endswith("-01-01") & (birth != "1900-01-01")
    rule("value", "his_patients.birth_date", "is not 1 January", "query", people.loc[new_year, "mrn"])
    old = (birth < "1926") & (birth != "1900-01-01")
    rule("value", "his_patients.birth_date", "is less than 100 years ago", "query", people.loc[old, "mrn"])
    unborn = birth > people["registered_at"].dt.strftime("%Y-%m-%d")
    rule("record", "his_patients.birth_date", "is not after registration", "query", people.loc[unborn, "mrn"])
    nines = people["verified_id"].fillna("").str.fullmatch("9+")
    rule("value", "his_patients.verified_id", "is not a row of nines", "error", people.loc[nines, "mrn"])
    twice = people["verified_id"].notna() & people["verified_id"].duplicated(keep=False) & ~nines
    rule("relation", "his_patients.verified_id", "belongs to one record", "query", people.loc[twice, "mrn"])

    early = visits["discharged_at"] < visits["admitted_at"]
    rule(
        "record",
        "his_encounters.discharged_at",
        "is after admission",
        "error",
        visits.loc[early, "encounter_id"],
    )
    long = visits["discharged_at"] - visits["admitted_at"] > pd.Timedelta(days=90)
    rule(
        "record",
        "his_encounters.discharged_at",
        "is within 90 days",
        "query",
        visits.loc[long, "encounter_id"],
    )
    unknown = ~visits["mrn"].isin(people["mrn"])
    rule("relation", "his_encounters.mrn", "is registered", "error", visits.loc[unknown, "encounter_id"])

    number = pd.to_numeric(results["value"], errors="coerce")
    rule("value", "lis_results.value", "is not below 0", "error", results.loc[number < 0, "row_id"])
    sugar = results["test_code"].isin(["GLU", "GLUB"]) & (number >= 600)
    rule("value", "lis_results.value", "glucose is below 600 mg/dL", "query", results.loc[sugar, "row_id"])
    heavy = tables["diabetes_cohort"]["bmi"] >= 55
    rule("value", "diabetes_cohort.bmi", "is below 55", "query", tables["diabetes_cohort"].loc[heavy, "mrn"])

    low = readings["kind"].map({kind: least for kind, (least, _) in limits.items()})
    high = readings["kind"].map({kind: most for kind, (_, most) in limits.items()})
    impossible = (readings["value"] < low) | (readings["value"] > high)
    impossible |= readings["kind"].isin(["sbp", "dbp", "heart_rate", "glucose"]) & (readings["value"] <= 0)
    rule("value", "app_readings.value", "a body can give it", "error", readings.loc[impossible, "reading_id"])

    fallen = readings["taken_at"] < readings["uploaded_at"] - pd.Timedelta(days=365)
    rule(
        "device",
        "app_readings.taken_at",
        "is of these years",
        "error",
        readings.loc[fallen, "device_id"].unique(),
    )
    hours = readings["utc_offset"].str.slice(0, 3).astype(int)
    home = hours.mode().iloc[0]
    here = readings["taken_at"] - pd.to_timedelta(hours - home, unit="h")
    delay = (readings["uploaded_at"] - here)[~fallen].dt.total_seconds() / 3600
    shortest = delay.groupby(readings["device_id"]).min()
    wrong = shortest[(shortest < -0.5) | (shortest > 1.5)]
    rule("device", "app_readings.taken_at", "fits the time of arrival", "error", wrong.index)
    return {"rules": rules, "flags": flags}
    ### END SOLUTION


def rule_report(flagged: list[str], wrong: list[str], sick: list[str], allowed: int) -> dict[str, object]:
    """Judges a rule by what it catches and whom it alarms.

    Returns a dictionary such as {"caught": 0.75, "alarmed": 0, "decision": "error", "reason": "safe"}.
    """
    ### BEGIN SOLUTION
    caught = len(set(flagged) & set(wrong)) / len(set(wrong))
    alarmed = len(set(flagged) & set(sick))
    if caught == 0:
        decision, reason = "drop", "finds-nothing"
    elif alarmed > allowed:
        decision, reason = "query", "hits-the-sick"
    else:
        decision, reason = "error", "safe"
    return {"caught": caught, "alarmed": alarmed, "decision": decision, "reason": reason}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_5", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("1.5")

# %% [markdown]
# ## Task 1.6 Good enough for what? (10 points, about 1.5 hours)
#
# ### The harm
#
# Before the autumn recall of people with diabetes, the quality office of Lindenmoor reported that the
# register was "94 % complete". The nurses began to telephone. They reached a widower who had to explain,
# again, that his wife had died in April. They reached young mothers whose high sugar had ended with their
# pregnancy. And they did not reach Mr Abara, whose number had changed two years ago, and whose last HbA1c was
# so old that nobody knew how ill he was.
#
# 94 % was true. It was the share of filled cells in a table. Nobody can be treated with a share of filled
# cells.
#
# ### The idea: completeness is about a purpose
#
# Data are complete *for something*. To say how complete, you need three things: **who counts** (the
# denominator), **what each of them needs**, and **how old it may be**. Then you count people who have
# everything. One person with three of four fields is not three quarters recalled.
#
# A small example on something else: a school wants to send reports by e-mail.
#
# | family | child still at school | e-mail | address confirmed |
# |---|---|---|---|
# | 1 | yes | yes | this year |
# | 2 | yes | yes | six years ago |
# | 3 | no, left | yes | this year |
# | 4 | yes | no | – |
#
# "75 % have an e-mail address" is right and useless. The school trusts an address that was confirmed within a
# year. For this purpose three families count (1, 2, 4), and one of them can be reached: 1 of 3.
#
# The next figure shows both views of your own district: filled cells in the whole table, and filled cells
# among the people with a diagnosis of type 2 diabetes who are alive.

# %%
type_2 = set(encounters.loc[encounters["dx_code"].str.startswith("E11", na=False), "mrn"])
alive_e11 = patients[patients["mrn"].isin(type_2) & patients["deceased_on"].isna()]
looked_at = ["phone", "phone_verified_on", "area", "verified_id", "address"]
filled = pd.concat(
    [
        patients[looked_at].notna().mean().rename("all registrations"),
        alive_e11[looked_at].notna().mean().rename("alive, with type 2 diabetes"),
    ],
    axis=1,
).round(3)
print(filled.to_string())
px.bar(
    filled.rename_axis("column").reset_index().melt("column", var_name="who", value_name="share"),
    x="column",
    y="share",
    color="who",
    pattern_shape="who",
    barmode="group",
    color_discrete_sequence=["#0072B2", "#E69F00"],
    labels={"share": "Share filled (0 to 1)", "column": "Column", "who": "Among"},
    title="Filled cells, for two groups of people",
)

# %%
purposes = yaml.safe_load(world.files["purposes.yaml"].decode("utf-8"))
for purpose in purposes:
    print(purpose["name"], "|", purpose["title"], "| counts rows of", purpose["table"])
purposes[0]

# %% [markdown]
# *The figure in words*: the numbers above it are the heights of the bars. A filled `phone` says little:
# compare it with `phone_verified_on`, the day on which somebody last answered that number. And no bar can
# show whether the *same* people have everything.
#
# Below the figure you see the three purposes of the district and the first of them in full: a dictionary,
# read from the file `purposes.yaml`. Your function gets such a dictionary. In the hidden districts dates and
# windows differ, so read them from it and write none into your code.
#
# ### What to write
#
# **`fitness(patients, encounters, results, purpose)`**. The tables have the columns of `his_patients` (task
# 1.4), `lis_results` (task 1.3) and `his_encounters`:
#
# | column of `his_encounters` | type | meaning |
# |---|---|---|
# | `encounter_id`, `mrn` | text | number of the visit or stay; record number |
# | `ward` | text, may be missing | where |
# | `class` | text | `inpatient`, `emergency`, `outpatient`, `ambulatory`, `urgentcare`, `wellness` |
# | `admitted_at`, `discharged_at` | time, may be missing | begin and end; a missing end: still there, or never entered |
# | `dx_code`, `dx_text` | text, may be missing | main diagnosis, ICD-10-CM, and in words |
# | `payer` | text, may be missing | who pays |
#
# A **unit** is one row of the table that `purpose["table"]` names, `"patients"` or `"encounters"`.
# `purpose["as_of"]` is a date as text. The *age* of a date is the number of calendar days from it to `as_of`
# (times of day do not matter). A date lies *in a window* of *w* days if its age is at least 0 and at most
# *w*. A missing date lies in no window.
#
# Every `mrn` of an encounter or a result stands in `patients`.
#
# A unit is **eligible** if it meets every condition that `purpose["eligible"]` names. Conditions that it does
# not name do not apply. The first five keys occur only if the units are patients, the others only if they are
# encounters.
#
# | key | condition |
# |---|---|
# | `min_age` | the patient has at least so many completed years on `as_of`, from `birth_date`; a missing birth date does not qualify. Who was born on 29 February completes a year on 1 March if the year has no such day |
# | `dx_prefix`, `dx_window_days` (always both) | one and the same row of `encounters` has the patient's `mrn`, a `dx_code` that begins with one of the texts in the list, and an `admitted_at` in the window |
# | `exclude_deceased: true` | the patient's `deceased_on` is missing (a filled one excludes, whatever its date) |
# | `exclude_moved_away: true` | the patient's `moved_away_on` is missing, likewise |
# | `class` | the encounter's `class` is in the list |
# | `dated_by`, `window_days` (always both) | the encounter's date in the column `dated_by` lies in the window |
#
# `purpose["required"]` is a list of fields. `field` is the name under which you report the count. A unit
# **has** a field if
#
# * `source` is `patients` or `encounters` (always the table of the units): the column named `field` is not
#   missing in the unit's own row, and, if there is a `dated_by`, the date in that column of the row lies in
#   the window of `window_days`. Without `dated_by` the age does not matter;
# * `source` is `results`: there is a valid result with the unit's `mrn` and the `test_code` whose date in the
#   column `dated_by` (always given) lies in the window of `window_days`. Valid means: of all rows with the
#   same `specimen_id` and `test_code` it belongs to the version with the latest `reported_at`, its `status`
#   is `F` or `C`, and its `value` is not missing. Any copy of that version will do. Here `field` is a label
#   and no column.
#
# Return three kinds of count, all `int`: eligible units; eligible units that have *every* field; and for each
# field the eligible units that have it.
#
# ```python
# {"denominator": 131, "numerator": 62, "fields": {"phone": 90, "hba1c": 88, "area": 120}}
# ```
#
# **`verdict(report, need)`** reads such a dictionary. `need` is the share of complete units that the purpose
# must have (0 to 1). For the dictionary above and a `need` of 0.9 it returns
#
# ```python
# {"share": 0.4733, "use": False, "reason": "weak-field"}
# ```
#
# * `share`: numerator divided by denominator; `0.0` if the denominator is 0.
# * `use`: whether `share` is at least `need` (a `bool`; `False` if the denominator is 0). Do not round before
#   you compare.
# * `reason`: `"nobody"` if the denominator is 0; `"fit"` if `use` is true; `"weak-field"` if at least one
#   field alone (its count divided by the denominator) falls short of `need`; `"combination"` if every field
#   alone reaches `need` and only all together do not.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example purposes | 1 | all numbers (a third each for denominator, numerator, fields) |
# | denominator | 2.5 | exact; the mean over the hidden purposes |
# | numerator | 2.5 | exact, likewise |
# | fields | 1.5 | exact, likewise |
# | `verdict`, examples | 0.5 | a quarter for the share, three quarters for use and reason |
# | `verdict`, share | 0.5 | within .005 |
# | `verdict`, use and reason | 1.5 | both right |


# %% nbgrader={"grade": false, "grade_id": "solve_1_6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fitness(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame, purpose: dict
) -> dict[str, object]:
    """Counts for how many units the data are complete enough for a purpose.

    Returns {"denominator": int, "numerator": int, "fields": {field: int, ...}}.
    """
    ### BEGIN SOLUTION
    today = pd.Timestamp(purpose["as_of"])
    units = patients if purpose["table"] == "patients" else encounters
    rule = purpose["eligible"]

    def recent(dates, days):
        age = (today - pd.to_datetime(dates, errors="coerce").dt.normalize()).dt.days
        return age.between(0, days)

    def present(need):
        if need["source"] == "results":
            tests = results[results["test_code"] == need["test_code"]]
            final = tests["reported_at"] == tests.groupby("specimen_id")["reported_at"].transform("max")
            kept = final & tests["status"].isin(["F", "C"]) & tests["value"].notna()
            kept &= recent(tests[need["dated_by"]], need["window_days"])
            return units["mrn"].isin(tests.loc[kept, "mrn"])
        has = units[need["field"]].notna()
        return has & recent(units[need["dated_by"]], need["window_days"]) if "dated_by" in need else has

    counts = pd.Series(True, index=units.index)
    if "min_age" in rule:
        born = pd.to_datetime(units["birth_date"], errors="coerce")
        before_birthday = born.dt.month * 100 + born.dt.day > today.month * 100 + today.day
        counts &= today.year - born.dt.year - before_birthday >= rule["min_age"]
    if "dx_prefix" in rule:
        coded = encounters["dx_code"].fillna("").str.startswith(tuple(rule["dx_prefix"]))
        coded &= recent(encounters["admitted_at"], rule["dx_window_days"])
        counts &= units["mrn"].isin(encounters.loc[coded, "mrn"])
    if rule.get("exclude_deceased"):
        counts &= units["deceased_on"].isna()
    if rule.get("exclude_moved_away"):
        counts &= units["moved_away_on"].isna()
    if "class" in rule:
        counts &= units["class"].isin(rule["class"])
    if "window_days" in rule:
        counts &= recent(units[rule["dated_by"]], rule["window_days"])

    fields = {need["field"]: present(need) & counts for need in purpose["required"]}
    whole = counts.copy()
    for has_field in fields.values():
        whole &= has_field
    return {
        "denominator": int(counts.sum()),
        "numerator": int(whole.sum()),
        "fields": {name: int(has_field.sum()) for name, has_field in fields.items()},
    }
    ### END SOLUTION


def verdict(report: dict, need: float) -> dict[str, object]:
    """Says whether data are fit for use, and if not, why.

    Returns a dictionary such as {"share": 0.473, "use": False, "reason": "weak-field"}.
    """
    ### BEGIN SOLUTION
    eligible = report["denominator"]
    if eligible == 0:
        return {"share": 0.0, "use": False, "reason": "nobody"}
    share = report["numerator"] / eligible
    if share >= need:
        return {"share": share, "use": True, "reason": "fit"}
    weakest = min(report["fields"].values()) / eligible
    return {"share": share, "use": False, "reason": "weak-field" if weakest < need else "combination"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_6", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("1.6")

# %% [markdown]
# ## Task 1.7 Does the blank bias? (12 points, about 1.5 hours)
#
# ### The harm
#
# The county asked: what share of our adults have diabetes? A young analyst took everybody with an HbA1c,
# looked how many of them have diabetes, and answered "nearly four in ten". The county reserved money for a
# second diabetes clinic. A cautious colleague took all adults, counted everybody of whom nothing was known as
# healthy, and answered "one in nine". Neither had made an arithmetical error, and neither was right.
#
# ### The idea: a blank is a decision that somebody made
#
# HbA1c is a blood test that shows the mean sugar of the last three months; 6.5 % or more counts as high. It
# is not drawn at random. A doctor orders it because a patient is thirsty, heavy, old, or known to be
# diabetic. So the tested differ from the untested *because* of what was to be measured. Three heaps of people
# stand before you: **known yes**, **known no**, and **not known**. The first two are counting. All the
# difficulty lies in the third heap, and there are three honest things to say about it:
#
# 1. **Bounds.** If nobody in it is a yes, you get the smallest possible share; if everybody is, the largest.
#    Nothing needs to be assumed, and nobody can argue. The price: the two are far apart.
# 2. **An estimate under an assumption.** The laboratory fitted a model of ordering: the probability
#    `p_ordered` that a person with such an age, weight, thirst and diagnosis is tested. *If* people with the
#    same recorded features are alike whether tested or not (statisticians say *missing at random*, MAR), a
#    tested person with probability *p* stands for (1−*p*)/*p* untested people.
# 3. **Sensitivity.** Perhaps that is not so: perhaps people who avoid doctors are also ill more often. Then
#    let the odds of a yes in the unknown heap be δ (delta) times what the model says, and draw the result for
#    several δ.
#
# A small example on something else. A baker asks which share of 100 customers liked the new bread. 30
# customers spoke to him, 24 of them liked it. Bounds: between 24 of 100 and 94 of 100. Suppose half of the 30
# are regulars, who speak with probability *p* = .5, and half are strangers, who speak with *p* = .25. A
# regular stands for (1−.5)/.5 = 1 silent customer, a stranger for (1−.25)/.25 = 3. If 15 of 15 regulars and 9
# of 15 strangers liked it, the weighted share among the silent is (15·1 + 9·3)/(15·1 + 15·3) = 42/60 = .70.
# So he estimates (24 + 70·.70)/100 = .73, and not .80.
#
# One more thing to keep apart: **a high HbA1c is not the same as diabetes**. Whoever is treated well has
# diabetes *and* an HbA1c below 6.5 %. So you will compute two shares, side by side.

# %%
cohort.head()

# %%
tested = cohort["hba1c"].notna()
groups = pd.cut(cohort["p_ordered"], [0, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0])
by_model = pd.DataFrame(
    {
        "number of people": tested.groupby(groups, observed=True).size(),
        "share tested": tested.groupby(groups, observed=True).mean().round(3),
        "high among the tested": (cohort["hba1c"] >= 6.5)[tested]
        .groupby(groups, observed=True)
        .mean()
        .round(3),
    }
)
by_model.index = by_model.index.astype(str)
print(by_model.to_string())
px.line(
    by_model.rename_axis("p_ordered")
    .reset_index()
    .melt("p_ordered", ["share tested", "high among the tested"]),
    x="p_ordered",
    y="value",
    color="variable",
    symbol="variable",
    line_dash="variable",
    markers=True,
    color_discrete_sequence=["#0072B2", "#D55E00"],
    labels={"p_ordered": "Probability of an order by the model", "value": "Share (0 to 1)", "variable": ""},
    title="Who is tested, and who of them has a high HbA1c",
)

# %% [markdown]
# *The figure in words*: the table above it holds the points of both lines. From left to right the model
# expects more tests, and more people are tested. The second line rises, too: where doctors test most, far
# more of the tested are high. So the tested are not a fair sample of all, and the left end, where most people
# are and few were tested, weighs little in their mean.
#
# ### The table
#
# `diabetes_cohort` has one row for each living adult. `mrn` and `sex` are text, `age` (years), `bmi` (kg/m²),
# `hba1c` (%) and `p_ordered` are numbers, `thirst`, `dx_diabetes` (a diagnosis is on record) and `on_drug`
# (takes a drug against diabetes) are `bool`. Only `hba1c` is ever missing (NaN): it was not ordered.
# `p_ordered` lies above 0 and below 1. It comes from the laboratory's model of ordering, whose formula and
# weights stand in `district/ordering_model.yaml`; you need not compute it again. (The file
# `clinic_visits.csv` in the same folder belongs to a later task.)
#
# If you use DuckDB: there NaN is greater than any number. Ask first whether `hba1c` is a number.
#
# ### What to write
#
# **`blank_bias(cohort, deltas)`**; `deltas` is a list of at least one positive number, in ascending order.
# Return for each of two shares a dictionary of the same form (all shares between 0 and 1, as `float`):
#
# ```python
# {"hba1c_high": {"tested": 0.22, "missing_as_negative": 0.05, "mar": 0.08, "low": 0.05, "high": 0.85,
#                 "curve": [0.06, 0.07, 0.08, 0.11, 0.16]},
#  "diabetes": {"tested": ..., "missing_as_negative": ..., "mar": ..., "low": ..., "high": ...,
#               "curve": [...]}}
# ```
#
# | | for `hba1c_high` | for `diabetes` |
# |---|---|---|
# | **known yes** | tested with `hba1c` of 6.5 or more | `dx_diabetes`, or `on_drug`, or tested with `hba1c` of 6.5 or more |
# | **not known** | not tested | not tested, without `dx_diabetes` and without `on_drug` |
# | **teachers** (people who tell us about the unknown) | everybody tested | everybody tested without `dx_diabetes` and without `on_drug` |
#
# So an untested person with a diagnosis is a known yes for `diabetes` and not known for `hba1c_high`.
#
# With *n* rows, *K* known yes and *U* not known:
#
# * `tested`: the share of known yes among the *tested* people only.
# * `missing_as_negative`: *K*/*n*, as if every unknown were a no.
# * `low` and `high`: the bounds, *K*/*n* and (*K* + *U*)/*n*. That `low` equals `missing_as_negative` is no
#   mistake: counting blanks as "no" *is* the lowest possible answer, given as if it were the likely one.
# * `m`: the share of `hba1c` of 6.5 or more among the teachers, weighted by *w* = (1 −
#   `p_ordered`)/`p_ordered`: the sum of *w* over the high ones divided by the sum of *w* over all teachers.
#   (There are always some teachers, high ones and others.)
# * `mar`: (*K* + *U*·m)/*n*.
# * `curve`: for each δ in `deltas`: (*K* + *U*·q)/*n*, where q has δ times the odds of m: q = δ·m / (1 − m +
#   δ·m). At δ = 1 it is `mar`.
#
# **`decide(part, limit)`** gets one of the two inner dictionaries and a limit, and answers: *is the true
# share above the limit?* For `hba1c_high` as above and the limit 0.1 it returns
#
# ```python
# {"answer": "cannot-tell", "reason": "crosses"}
# ```
#
# 1. If `low` is above the limit: `"yes"`; if `high` is not above it: `"no"`; the reason is `"bounds"`.
# 2. Else, if every number of the curve is above the limit: `"yes"`; if none is: `"no"`; the reason is
#    `"curve"`. (Such an answer holds only if delta lies in the range that was tried, and says so.)
# 3. Else `"cannot-tell"`, and the reason is `"crosses"`. It is the honest answer more often than one likes.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the ten example people | 1.5 | all numbers within .002 (four fifths), curves as below (one fifth) |
# | `tested`, `missing_as_negative` | 1.5 | within .001 |
# | `low`, `high` | 1.5 | within .001 |
# | `mar` | 2 | within .005 |
# | `curve` | 1.5 | every point within .005 and never falling; half for each share |
# | the right side of the truth | 1 | in the hidden districts the true share of diabetes is known. Of `diabetes`, `tested` must lie above it, `missing_as_negative` below it, and `low` and `high` must hold it between them; of `hba1c_high`, `mar` must lie below it (a quarter each, if both `mar` are right) |
# | `decide`, examples | 1 | answer and reason |
# | `decide`, other numbers | 2 | answer and reason |


# %% nbgrader={"grade": false, "grade_id": "solve_1_7", "locked": false, "schema_version": 3, "solution": true, "task": false}
def blank_bias(cohort: pd.DataFrame, deltas: list[float]) -> dict[str, dict[str, object]]:
    """Estimates and bounds the share of high HbA1c and of diabetes when most people were not tested.

    Returns {"hba1c_high": {...}, "diabetes": {...}}, each with the numbers tested, missing_as_negative,
    mar, low and high, and the list curve, one number for each delta.
    """
    ### BEGIN SOLUTION
    tested = cohort["hba1c"].notna()
    high = cohort["hba1c"] >= 6.5
    weight = (1 - cohort["p_ordered"]) / cohort["p_ordered"]
    on_record = cohort["dx_diabetes"] | cohort["on_drug"]

    def share(certain):
        yes, unknown, teachers = certain | high, ~tested & ~certain, tested & ~certain
        n, k, u = len(cohort), yes.sum(), unknown.sum()
        m = weight[teachers & high].sum() / weight[teachers].sum()
        return {
            "tested": float(yes[tested].mean()),
            "missing_as_negative": float(k / n),
            "mar": float((k + u * m) / n),
            "low": float(k / n),
            "high": float((k + u) / n),
            "curve": [float((k + u * d * m / (1 - m + d * m)) / n) for d in deltas],
        }

    return {"hba1c_high": share(on_record & False), "diabetes": share(on_record)}
    ### END SOLUTION


def decide(part: dict, limit: float) -> dict[str, str]:
    """Answers whether the true share lies above a limit, and what allows to say so.

    Returns a dictionary such as {"answer": "cannot-tell", "reason": "crosses"}.
    """
    ### BEGIN SOLUTION
    for smallest, largest, reason in (
        (part["low"], part["high"], "bounds"),
        (min(part["curve"]), max(part["curve"]), "curve"),
    ):
        if smallest > limit:
            return {"answer": "yes", "reason": reason}
        if largest <= limit:
            return {"answer": "no", "reason": reason}
    return {"answer": "cannot-tell", "reason": "crosses"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_7", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("1.7")

# %% [markdown]
# ## Task 1.8 Fix the form (optional, 4 points, about 1 hour)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# In the exploration below you will run the registration desk by hand. Here a function does it. Six minutes before
# opening, the head of the desk says how many seconds one registration may take and how many people are expected.
# You choose the form.
#
# A plan has four parts: how many of the three fields that a card shows must be filled (`identifiers`, 0 to 3), how many
# of the seven others (`others`, 0 to 7), whether a barcode finds the record (`barcode`), and how alike an old record must
# be before the screen warns (`threshold`, 0.5: often, 1: never). The county's model of the desk tells what a plan leads
# to:
#
# ```python
# from sim.policy.plans import Plan, judge
# judge(Plan(identifiers=1, others=2, barcode=False, threshold=1.0), load=12)
# # {"seconds": ..., "blanks": ..., "junk": ..., "duplicates": ..., "missed_recalls": ..., "wrong_patients": ...,
# #  "wrong_allergies": ..., "harmed": ...}     per 1,000 registrations (blanks and junk: per 1,000 fields)
# ```
#
# For patients, a missed recall weighs 1, a wrong chart 5, a wrong allergy 20 and a harmed patient 50 (assumed: somebody
# has to say what is worse, and by how much).
#
# **`desk_plan(seconds, load)`** returns the plan within that many seconds for which the weighted sum of these four
# events is smallest, with thresholds in steps of .05:
#
# ```python
# {"identifiers": 2, "others": 0, "barcode": True, "threshold": 0.85}
# ```
#
# **`all_mandatory(load)`** compares the form all of whose ten fields must be filled with the form none of whose fields
# must be (no barcode, no warnings): the first minus the second in blanks, junk and wrong charts, and whether wrong
# charts become fewer. For instance `{"blanks": -200.0, "junk": 80.1, "wrong_patients": 3.2, "helps": False}`.
#
# Import what you need in your answer cell. Each call may take 10 seconds.
#
# *How it is marked*: `desk_plan` 0.5 on an ordinary morning and 2.5 on others: full if the weighted events are at most
# 2 % above the fewest possible, falling to 0 at those of the empty plan; 0 above the budget. `all_mandatory` 0.25
# on the ordinary morning and 0.75 on others: a quarter for each of its four parts, numbers within 0.05.


# %% nbgrader={"grade": false, "grade_id": "solve_1_8", "locked": false, "schema_version": 3, "solution": true, "task": false}
def desk_plan(seconds: float, load: float) -> dict[str, object]:
    """Chooses the plan for the desk that spares patients most within a budget of seconds.

    Returns a dictionary such as {"identifiers": 2, "others": 0, "barcode": True, "threshold": 0.85}.
    """
    ### BEGIN SOLUTION
    from sim.policy.plans import Plan, judge

    weights = {"missed_recalls": 1, "wrong_patients": 5, "wrong_allergies": 20, "harmed": 50}
    best, least = None, math.inf
    thresholds = [0.5 + step / 20 for step in range(11)]
    for choice in itertools.product(range(4), range(8), (False, True), thresholds):
        found = judge(Plan(*choice), load)
        events = sum(weight * found[name] for name, weight in weights.items())
        if found["seconds"] <= seconds and events < least:
            best, least = choice, events
    return dict(zip(["identifiers", "others", "barcode", "threshold"], best))
    ### END SOLUTION


def all_mandatory(load: float) -> dict[str, object]:
    """Compares a form all of whose fields must be filled with one none of whose fields must be.

    Returns a dictionary such as {"blanks": -200.0, "junk": 80.1, "wrong_patients": 3.2, "helps": False}.
    """
    ### BEGIN SOLUTION
    from sim.policy.plans import Plan, judge

    none, every = judge(Plan(0, 0), load), judge(Plan(3, 7), load)
    change = {name: every[name] - none[name] for name in ["blanks", "junk", "wrong_patients"]}
    return {**change, "helps": change["wrong_patients"] < 0}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_8", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("1.8")

# %% [markdown]
# ## Task 1.9 What is owed (optional, 4 points, about 1.5 hours)
#
# ### The harm
#
# After a stroke, Hoa Tran's plan pays for exercises up to a limit. Her clinic sent a claim with the wrong visit, took it
# back, and sent the right one. A program added all three amounts. It wrote to her in May that her cover was used up. She
# stopped, and in June she fell. She had used a third.
#
# ### The idea: a line that was sent is never deleted
#
# A **claim** asks a payer for money; each of its lines names one service. What was sent stays sent. Whoever errs sends another claim that says
# what becomes of the first one. Claims are collected like results: not every row that arrived is true today.
#
# A short example on something else: a bakery's delivery slips to a school.
#
# | slip | what it says | loaves | meaning |
# |---|---|---|---|
# | 1 | delivered | 40 | |
# | 2 | adjustment of slip 1 | -6 | six were stale |
# | 3 | void of slip 1 | 40 | wrong school: forget slip 1 |
# | 4 | delivered | 30 | |
# | 5 | replacement of slip 4 | 28 | miscounted: read this one in place of slip 4 |
# | 6 | adjustment of slip 0 | -5 | slip 0 is in last year's folder |
#
# The school owes 28 loaves. The sum of the numbers is 127. The void takes back slip 1 *with* its six stale loaves: subtract 40 and
# six are still off. Slip 6 is a credit without its delivery, an **orphan**. Nobody knows what it should be taken off, so somebody
# has to open the folder.
#
# Look at your hospital's lines, and at a visit about which much was sent.

# %%
claims = world.tables["claims"]
print(pd.crosstab(claims["kind"], claims["status"]))
much = claims.groupby("encounter_id")["kind"].nunique().idxmax()
columns = ["line_id", "claim_id", "line", "kind", "refers_to", "amount", "status", "submitted_on"]
claims.loc[claims["encounter_id"] == much, columns]

# %% [markdown]
# *The two tables in words*: the first counts lines by what they are and by what the payer said. Far more than nine in ten are originals. The
# second holds all lines about one visit, in the order of sending: what was asked first, and what was said about it later.
#
# ### What to write
#
# In `claims`, `kind` is `original`, `void`, `replacement` or `adjustment`. `refers_to` is the `claim_id` that the last three speak of. A claim
# has lines 1, 2 … (`line`). Amounts are numbers; `status` is `accepted`, `denied` or `pending`. There are more columns, in any order, and
# rows come in any order. **Only accepted lines do anything**: a denied or pending one, whatever its kind, is as if it were not there.
#
# 1. An *original* and a *replacement* add their amount, unless they are taken back or replaced.
# 2. A *void* takes back one line: the one with the same `line` of the claim `refers_to`. Its amount only repeats what is taken back.
# 3. A *replacement* stands in the place of the whole claim `refers_to`: none of that claim's lines counts any more, not even if the replacement
#    is taken back itself.
# 4. An *adjustment* adds its amount, which is below zero, as long as the line counts that it adjusts: the one with the same `line` of the
#    claim `refers_to`.
#
# **`net_amounts(claims)`** returns a DataFrame with the columns `encounter_id` and `net`: every visit of the table once, in any order, and
# what the payer owes for it, to the cent (0 if nothing).
#
# **`orphans(claims)`** returns the list of `line_id` of accepted adjustments whose `refers_to` is no `claim_id` of the table. They change no net amount.
# The adjustment of a claim that *is* in the table is no orphan, even if the payer denied that claim or has not decided yet:
# nothing is taken off, but nobody has to look for the claim.
#
# **`at_limit(claims, limit)`** says for whom it matters. For each patient (`mrn`) there are two sums over all visits, rounded to cents: the plain
# one of the story's program, of all accepted lines of whatever kind, and the sum of the net amounts.
#
# ```python
# at_limit(claims, 2000.0)   # {"wrongly": ["H1000007", "H1000023"], "overlooked": []}
# ```
#
# `wrongly`: whose plain sum is above `limit` and whose net is not; `overlooked`: the other way round. Lists of `mrn`, in any order. Guess first: can the
# second list ever hold anybody?
#
# *How it is marked*: `net_amounts` 0.5 on a dentist's 30 lines (the mean of the three parts that follow), then 0.5 each for
# visits with a void (those adjusted before for themselves), for other changed visits (replacements and adjustments for
# themselves), and for the rest (those with a line that was not accepted for themselves; 0 if fewer than a quarter of the
# changed visits are right). In each the group that was found worst counts, down to 0 at half. `orphans` 0.25 on the
# dentist's lines, 0.75 on the hospital's: the smaller of precision and recall, 0 at half. `at_limit` 0.25 and 0.75: half
# for each list.


# %% nbgrader={"grade": false, "grade_id": "solve_1_9", "locked": false, "schema_version": 3, "solution": true, "task": false}
def net_amounts(claims: pd.DataFrame) -> pd.DataFrame:
    """Says what the payer owes for each visit. Returns a DataFrame with encounter_id and net."""
    ### BEGIN SOLUTION
    sent = claims[claims["status"] == "accepted"]
    kind = sent["kind"]
    own = pd.MultiIndex.from_frame(sent[["claim_id", "line"]])
    target = pd.MultiIndex.from_frame(sent[["refers_to", "line"]])
    back = own.isin(target[kind == "void"])
    replaced = sent["claim_id"].isin(sent.loc[kind == "replacement", "refers_to"])
    counts = kind.isin(["original", "replacement"]) & ~back & ~replaced
    counts |= (kind == "adjustment") & target.isin(own[counts])
    net = sent["amount"].where(counts, 0.0).groupby(sent["encounter_id"]).sum().round(2)
    visits = pd.Index(claims["encounter_id"].unique(), name="encounter_id")
    return net.reindex(visits, fill_value=0.0).rename("net").reset_index()
    ### END SOLUTION


def orphans(claims: pd.DataFrame) -> list[str]:
    """Lists the accepted adjustments of claims that are not there, by line_id."""
    ### BEGIN SOLUTION
    credit = (claims["kind"] == "adjustment") & (claims["status"] == "accepted")
    return claims.loc[credit & ~claims["refers_to"].isin(claims["claim_id"]), "line_id"].tolist()
    ### END SOLUTION


def at_limit(claims: pd.DataFrame, limit: float) -> dict[str, list[str]]:
    """Names the patients whom a plain sum puts on the wrong side of a limit.

    Returns a dictionary such as {"wrongly": ["H1000007"], "overlooked": []}.
    """
    ### BEGIN SOLUTION
    patient = claims.drop_duplicates("encounter_id").set_index("encounter_id")["mrn"]
    net = net_amounts(claims).set_index("encounter_id")["net"].groupby(patient).sum().round(2)
    plain = claims["amount"].where(claims["status"] == "accepted", 0.0).groupby(claims["mrn"]).sum()
    plain = plain.round(2).reindex(net.index)
    return {
        "wrongly": net.index[(plain > limit) & (net <= limit)].tolist(),
        "overlooked": net.index[(plain <= limit) & (net > limit)].tolist(),
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_9", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("1.9")

# %% [markdown]
# ## Exploration: the strict form (about half an hour, no points)
#
# So far you repaired data after the fact. Could one not prevent the mess at the desk? The director of
# Lindenmoor has a simple plan: *make every field mandatory*. Then nothing can be blank.
#
# **Predict first.** Write down, before you touch a slider, your answers to three questions. They are for you
# alone, but the written question below asks for one number that surprised you.
#
# 1. If all fields become mandatory, what happens to the number of *blanks*? And to the number of *untrue*
#    entries?
# 2. Does a mandatory form make wrong-patient events (one person's care written into another's chart) rarer or
#    more frequent on a busy morning?
# 3. What does the form cost, in minutes for each registration?
#
# Then choose your settings. The simulated desk has these levers:
#
# | lever | what it is |
# |---|---|
# | fields that must be filled | 0 %: none; 100 %: all |
# | of these, shown on a card | a date of birth can be read from a card, a telephone number cannot |
# | registrations for one clerk in an hour | 4 is a quiet Sunday, 20 a Monday in January |
# | warn when a record is so alike | how alike an old record must be before the screen asks "do you mean this person?"; at 1 it never asks |
# | scan a barcode | the patient's number is scanned and not typed |
#
# Every figure behind the model stands in a table beside the sliders with its source, or with the word
# *assumed*; you may change all of them. The grey lines are 20 simulated years with the same settings. If two
# settings differ by less than the grey lines do among themselves, you have seen chance.

# %%
from sim.explore import explore

explore("l1_collection")

# %% [markdown]
# Without a mouse, or if you prefer words, the same model answers in a plain cell. Change a value and run the
# cell again.

# %%
from sim.explore.collection import describe, run

print(describe(run({"mandatory": 0.4, "checkable": 0.2, "load": 12, "threshold": 1.0, "barcode": False})))

# %% [markdown]
# **A goal to reach**: fewer than **1 wrong allergy in 1,000 registrations**, at no more than **3 minutes for
# each registration**, with 12 registrations in an hour. Several ways lead there. The strictest form is not
# one of them.
#
# **What most people find**: mandatory fields turn visible blanks into invisible lies. A blank telephone
# number stands on somebody's work list tomorrow. The number 555-0000 stands on nobody's list, ever.
#
# **Where that insight fails**: set the load to 6 registrations an hour and let a card show all mandatory
# fields. Now the clerk has time, and the answer can be checked on the spot; here "mandatory" simply helps. So
# the lesson is not "never make a field mandatory". It is: *make mandatory what can be checked, where there is
# time to check it.*
#
# **Your own function**: the button "use my function" lets your `duplicates` from task 1.4 work on your own
# district in place of the built-in warning. Compare with threshold 1 (no warnings): how many duplicates does
# it prevent, and how often does the clerk have to look?
#
# ## The written question (20 points, about 1 hour)
#
# **To the ward: which duplicate is the most dangerous, and who may merge it?** Write at most 300 words, for
# readers who come from a night shift. Doctors and nurses will read it, and so will the people who run the
# systems. Use numbers *of your own district*: from your functions above, from the tables, or from the
# exploration (name your settings).
#
# You have met four things that people call "duplicate": a copy of a message, a correction, a true repeat, and
# a person registered twice. You have also met two people who look like one.
#
# Two readers will mark it by these five criteria, each at step 0, 1 or 2; a step is worth 2 points:
#
# | | 0 | 1 | 2 |
# |---|---|---|---|
# | **Path to harm** | none | names a harm | follows it from record to decision to patient |
# | **Distinctions** | "duplicates" | two kinds told apart | correction, copy, repeat and re-registration, each treated in its own way |
# | **Own numbers** | none | counts | counts, with the price of both kinds of error |
# | **Audit and way back** | absent | "keep a log" | who can undo a merge, what happened meanwhile, how other systems hear of it |
# | **Who, and clarity** | nobody | a department | a named role, and a text that a tired ward understands |
#
# End with three lines on help that you had, for example from an AI assistant: the tool, for what, what you
# checked yourself. Declared help costs nothing.

# %% [markdown] nbgrader={"grade": true, "grade_id": "answer_1_written", "locked": false, "points": 0, "schema_version": 3, "solution": true, "task": false}
# *An exemplar for the instructor; the student's version is empty.* Three of them stand in `rubric.md`.

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_1_harm", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Path to harm* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_1_distinctions", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Distinctions* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_1_numbers", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Own numbers* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_1_audit", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Audit and way back* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_1_role", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Who, and clarity* (4 points)

# %% [markdown]
# ## What you take away
#
# * A file is read as it was agreed. What is guessed is right nearly everywhere, and silent where it is wrong.
# * A blank is a message. The form says which one; an answer that should not be there is for a person to look at.
# * A result has two clocks. Order versions by when they were said, never by when they arrived.
# * Missing a pair and merging two people are different mistakes with different prices. Two lists serve both.
# * Data are good enough *for something*, counted in people who have everything.
# * A blank is a decision that somebody made. First bounds, then an assumption with its name, then a curve.
# * A strict form does not make data true. Checking does.
#
# Before you hand in: restart the kernel, run all cells, ask `check` once more for each task, save, then
# `hilab handin` in a terminal.
#
# ### Words of this lab
#
# {words of this lab}
#
# `glossary("MRN")` explains a word of this lab or of an earlier one, `glossary()` all of them
# (`from grading.selfstudy import glossary`).
