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
# # Lab 0. Orientation: your first morning in Lindenmoor County
#
# Lindenmoor County has three hospitals, two community clinics, a registry and about two thousand
# people who matter to us. None of them exists. A computer program let them be born, fall ill and be
# treated, and then let many record systems write it all down, each with its own mistakes. Because
# the county is invented, nobody's secret can leak, and because it is simulated, somebody knows the
# truth behind every record. In a real hospital nobody does.
#
# You begin work here this morning. Before you touch a single record you will do what every new
# colleague should do first: make sure that your desk works, and that what you hand in arrives. Then
# you will measure what lies on it: how much, of how many kinds, how fast, and what it is good for.
#
# | | |
# |---|---|
# | **Time** | about 5 hours for an IT student, for whom the times below are meant; 8 hours if you do not write Python every week |
# | **You need** | a first Python course: functions, `if`, loops, dictionaries, a little pandas (the diagnostic below tells) |
# | **You will** | repair your own set-up (0.1), hand in twice, once wrong on purpose (0.6), measure volume (0.2), variety (0.3), velocity (0.4) and value density (0.5) |
# | **Points** | 20: six tasks (16 points) and one written question (4 points) |
# | **Your track** | IT: empty answer cells. Clinician: answer cells hold the steps, and blanks `____` to fill in. Law and management: the same, and in task 0.4 you choose among three rules and prove it by a counter-example. The hidden districts are the same for all |
#
# The tasks have the numbers of the whole course. 0.6 comes second on purpose: nobody should meet
# content before a hand-in has worked.
#
# ## How this notebook works
#
# * Grey cells hold code. Click one and press **Shift + Enter** to run it.
# * You write only in answer cells. They contain `# YOUR CODE HERE`: delete that line and the one under it. Or they contain blanks
#   `____`, each for one thing that you put in its place.
# * When your answer is marked, only the cell called *setup* and your answer cell run, in an empty
#   room. So everything that a function needs must stand in its own answer cell.
# * Nobody asks for your name. Who you are is known from the file you hand in, never from a cell.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# setup: run this first
import datetime as dt
import platform
from collections import Counter

import duckdb
import numpy as np
import pandas as pd

# %% [markdown]
# ## Is your desk in order?
#
# `doctor()` looks at the program that runs this notebook (the *kernel*), at the packages it can see,
# and at the folder you are in. Every line is either fine or says in one sentence what to do. Run it
# now. If a line asks for a repair, do that first: it is the fastest repair you will ever get.
# %%
from grading.selfstudy import check, doctor

doctor()

# %% [markdown]
# ## A first look at the county
#
# Your kit holds a folder `district`: a whole county of your own. No two students have the same one.
# The next cell opens it and shows the first patients as the hospital wrote them down.

# %%
from sim import World

world = World.load("district")
patients = world.tables["his_patients"]
patients[["mrn", "given_name", "family_name", "sex", "birth_date", "area"]].head()

# %% [markdown]
# *What you see*: one line for each registration at the hospital. `mrn` is the medical record number,
# the number under which the hospital files everything about a patient. Look at `area`: if a cell is
# empty there, a clerk left it blank. You will meet that clerk again in lab 1.
#
# The figure below counts registrations by year of birth. Look for one bar that is too high for its
# neighbours before you read on.

# %%
import plotly.express as px

years = pd.to_numeric(patients["birth_date"].str.slice(0, 4), errors="coerce").dropna().astype(int)
counts = years.value_counts().sort_index().rename_axis("year").reset_index(name="registrations")
px.bar(
    counts,
    x="year",
    y="registrations",
    labels={"year": "Year of birth", "registrations": "Registrations"},
    title="Registrations by year of birth",
    color_discrete_sequence=["#0072B2"],
)

# %%
old = counts[counts["year"] <= 1905]
print("Registrations with a year of birth of 1905 or earlier:")
print(old.to_string(index=False) if len(old) else "no such registration")

# %% [markdown]
# *The figure in words*: most bars follow the ages of a normal town. At 1900 stands a small crowd of
# people who would be over 120 years old. They are not. When a form insists on a date of birth and the
# patient cannot say it, somebody types 1 January 1900. A computer will believe that for ever.
#
# ## Task 0.1 Say good morning (2 points, about 10 minutes)
#
# Your answers are functions. The marker calls them *from outside*, with values that you have not
# seen, and looks at what they **return**. It does not see what they print.
#
# A short example on something else:
#
# ```python
# def ward_sign(ward: str) -> str:
#     return f"Ward {ward}: please wash your hands"
# ```
#
# `ward_sign("3B")` returns the text `Ward 3B: please wash your hands`. If `print` stood there in
# place of `return`, a person would see the text and the marker would get nothing.
#
# **Write two functions in the cell below.**
#
# 1. `greet(name)` gets a name as text and returns the text `Welcome to Lindenmoor, NAME!` with the name
#    in the place of `NAME`. Letters such as ë, ñ or ’ stay as they are. A name is never empty.
# 2. `workplace()` gets nothing and returns a dictionary with two texts: `"python"`, the version of
#    Python that runs your code, and `"pandas"`, the version of pandas. Ask for them, do not type them:
#    `platform.python_version()` and `pd.__version__`.
#
# | call | returns |
# |---|---|
# | `greet("Ana")` | `"Welcome to Lindenmoor, Ana!"` |
# | `workplace()` | for example `{"python": "3.12.4", "pandas": "3.0.2"}` |
#
# *How it is marked*: `greet` 1 point (half on names you can see, half on others), letter by letter;
# `workplace` 1 point if it names Python 3.11 or newer and pandas 3.0 or newer; an older one earns
# nothing. Each call may take 10 seconds.


# %% nbgrader={"grade": false, "grade_id": "solve_0_1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def greet(name: str) -> str:
    """Returns the greeting of the county to a person of this name."""
    ### BEGIN SOLUTION
    return f"Welcome to Lindenmoor, {name}!"
    ### END SOLUTION


def workplace() -> dict[str, str]:
    """Returns the versions of Python and pandas that run this very function."""
    ### BEGIN SOLUTION
    return {"python": platform.python_version(), "pandas": pd.__version__}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_1", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("0.1")

# %% [markdown]
# ## Task 0.6 Hand in twice (2 points, about 20 minutes)
#
# On a Friday evening a ward in Lindenmoor had 24 beds and 26 patients, two of them in the corridor.
# The bed screen in the emergency department showed "free beds: −2". The clerk there took the minus
# sign for a dash, read "2", and sent two more patients. It took an hour to find them a place.
#
# The formula behind that screen was right on every ordinary day. This task lets you make the same
# mistake where it hurts nobody, and see how the feedback speaks before it matters.
#
# **Write `free_beds(beds, occupied)`**: two whole numbers, 0 or more. It returns, as a whole number, how
# many further patients the ward can take. A ward that holds more patients than beds can take none: 0.
#
# | call | returns |
# |---|---|
# | `free_beds(24, 20)` | `4` |
# | `free_beds(24, 24)` | `0` |
#
# **Do it in this order.**
#
# 1. Write the formula of the old screen: `return beds - occupied`. You know already that it is wrong
#    on one kind of day. Leave it wrong.
# 2. Save the notebook, then hand in: open a terminal in the folder of your kit and type `hilab handin`.
#    It writes one zip file. Bring that file to your instructor in the way your class uses.
# 3. When your feedback page is there, read it. Find three things on it: your points, the name of the
#    check that failed, and the code beside it that starts with `MC`. The code names a way of thinking,
#    not a person.
# 4. Repair the function and hand in again. The last hand-in counts; the first one costs nothing.
#
# If you work alone, leave out the handing in. After step 1 run the following lines in a new cell. They
# try your function on a practice district and answer as a feedback page would. Then do step 4 and run
# them again.
#
# ```python
# from grading.selfstudy import practice
# practice("0.6")
# ```
#
# *How it is marked*: 1 point for a right function (0.4 on ordinary days, 0.6 on the others), 1 point
# for having handed in at least two different answers to this task. Any change in the answer cell makes
# it a different answer, even in a comment.


# %% nbgrader={"grade": false, "grade_id": "solve_0_6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def free_beds(beds: int, occupied: int) -> int:
    """Returns how many further patients a ward can take."""
    ### BEGIN SOLUTION
    return max(0, beds - occupied)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_6", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
check("0.6")

# %% [markdown]
# ## Are you ready? Twelve small questions (about 20 minutes, no points)
#
# Write down what each line gives *before* you run the cell. Nine or more right: go on. Fewer: read the
# refresher below the cells first. Nobody sees your score.

# %%
ages = [34, 71, 8]
ward = {"beds": 24, "name": "Medicine A"}
print("1 ", ages[0] + ages[-1])
print("2 ", [age for age in ages if age >= 18])
print("3 ", ward["beds"] - 20)
print("4 ", ward.get("nurse", "no nurse"))

# %%
visits = pd.DataFrame({"mrn": ["A", "B", "A", "C"], "days": [3, 1, None, 2]})
print("5 ", len(visits))
print("6 ", visits["mrn"].nunique())
print("7 ", visits["days"].mean())
print("8 ", list(visits.loc[visits["days"] >= 2, "mrn"]))

# %%
print("9 ", visits.groupby("mrn")["days"].sum()["A"])
print("10", round(3 / 4, 1) == 0.75)
print("11", "7" + "1", 7 + 1)
print("12", 30 / 200, "of the tested are ill; of all 1,000 people at least", 30 / 1000)

# %% [markdown]
# ### Refresher
#
# | question | idea |
# |---|---|
# | 1, 2 | a list counts from 0; −1 is the last; `[x for x in list if …]` keeps some |
# | 3, 4 | a dictionary finds values by name; `.get` gives a substitute where a name is missing |
# | 5, 6 | rows are not people: `len` counts rows, `nunique` counts different values |
# | 7 | pandas leaves missing values out of a mean: (3 + 1 + 2) / 3 |
# | 8 | a condition inside `loc` chooses rows; a missing value fulfils no condition |
# | 9 | `groupby` makes one group for each value; a sum leaves missing values out, too |
# | 10 | `round(0.75, 1)` is 0.8, so the comparison is `False`; compare numbers with a tolerance |
# | 11 | text and numbers look alike on the screen: `"71"` and `8` |
# | 12 | a proportion needs its denominator said aloud: 15 % of the tested, at least 3 % of all |
#
# ## The four Vs, and a quarrel
#
# Whoever sells computers to hospitals speaks of *big data*, and of four words that begin with V:
# **volume** (how much), **variety** (how many kinds), **velocity** (how fast) and **value** (for what).
# The next four tasks measure each of them in your district.
#
# The quarrel is about the fourth. It is often said that health data have "a low value density": much
# ore, little gold. You will find that this is no property of the data at all.

# %%
from sim.explore import explore

tables = {name: world.tables[name] for name in ["his_patients", "his_encounters", "lis_results", "devices"]}
readings = world.tables["app_readings"]
recent = readings["taken_at"] >= readings["taken_at"].max() - pd.Timedelta(days=4)
tables["app_readings"] = readings[recent].reset_index(drop=True)
first = pd.DataFrame({"rows": {name: len(table) for name, table in tables.items()}})
print(first.to_string())
px.bar(
    first.rename_axis("table").reset_index(),
    x="rows",
    y="table",
    orientation="h",
    labels={"rows": "Rows", "table": "Table"},
    title="Five tables of the district, by rows",
    color_discrete_sequence=["#0072B2"],
)

# %% [markdown]
# *The figure in words*: the printed table holds the length of each bar. Four days of what wearables and meters
# sent is by far the longest bar, longer than all that the large hospital wrote down in years.
#
# ## Task 0.2 Volume (3 points, about 40 minutes)
#
# The county's computer room burnt in spring. The plan for a new one said: "2,000 patients, so a small
# disk will do." The disk was full in June. Nobody had asked how much *one patient* is.
#
# There are three answers to "how much?": rows, bytes, and rows for each person. They can point at three
# different tables.
#
# A short example on something else. The line `Zoë;Núñez` has 9 letters and 12 bytes: in the usual way of writing
# text as bytes, UTF-8, the letters ë, ú and ñ take two bytes each.
#
# ```python
# len("Zoë;Núñez")                  # 9 letters
# len("Zoë;Núñez".encode("utf-8"))  # 12 bytes
# ```
#
# **`volume(tables, person)`** gets a dictionary of tables by name, and a dictionary that says in which column
# of a table the person is named. It returns a table with the columns `table`, `rows`, `bytes` and
# `rows_per_person`, one row for each given table, in any order.
#
# * `rows`: how many rows the table has. The header is no row.
# * `bytes`: how many bytes the table takes as CSV text in UTF-8, header included and without the index: the text
#   that `table.to_csv(index=False)` gives. (We do not ask for its size in memory. That depends on the program.)
# * `rows_per_person`: rows divided by the number of *different* people in the column that `person` names. Missing
#   (`None` or `NaN`) for tables that `person` does not name.
#
# | table | rows | bytes | rows_per_person |
# |---|---|---|---|
# | visits | 5 | 78 | 1.667 |
# | pulses | 6 | 49 | missing |
#
# **`largest(report)`** gets such a table and returns which table is the largest by each measure, for example
# `{"rows": "pulses", "bytes": "visits", "rows_per_person": "visits"}`. If two are equally large, take the first in
# the alphabet. Missing values do not take part.
#
# *How it is marked*: example tables 0.5; rows, exact, 0.5; bytes within 1 %, 0.75; rows for each person 0.5;
# `largest` 0.25 on the examples and 0.5 on other reports.


# %% nbgrader={"grade": false, "grade_id": "solve_0_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def volume(tables: dict[str, pd.DataFrame], person: dict[str, str]) -> pd.DataFrame:
    """Measures every table: rows, bytes as CSV text, rows for each different person.

    Returns a table with the columns table, rows, bytes and rows_per_person.
    """
    ### BEGIN SOLUTION
    measured = []
    for name, table in tables.items():
        people = table[person[name]].nunique() if name in person else None
        measured.append(
            {
                "table": name,
                "rows": len(table),
                "bytes": len(table.to_csv(index=False).encode("utf-8")),
                "rows_per_person": len(table) / people if people else None,
            }
        )
    return pd.DataFrame(measured)
    ### END SOLUTION


def largest(report: pd.DataFrame) -> dict[str, str]:
    """Names the largest table by rows, by bytes and by rows for each person."""
    ### BEGIN SOLUTION
    found = {}
    for measure in ["rows", "bytes", "rows_per_person"]:
        known = report[report[measure].notna()].sort_values("table")
        most = known[known[measure] == known[measure].max()]
        found[measure] = most["table"].iloc[0]
    return found
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_2", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("0.2")

# %% [markdown]
# ## Task 0.3 Variety (3 points, about 45 minutes)
#
# A report to the county gave the "mean telephone number" of patients, to two decimal places. The program that
# made it had seen a column of numbers. Before anybody adds, averages or deletes, somebody has to say what each
# column *is*.
#
# | kind | what it is | for example |
# |---|---|---|
# | `identifier` | a name or number made to point at one person, record, device or thing; also a telephone number and an address | record number, name |
# | `quasi-identifier` | a fact about a *person* that neighbours may know and that narrows down who it is | sex, date or year of birth, age, area or region |
# | `coded` | a short word or code from a closed list, or yes and no | ward, diagnosis code, name of a test, unit, status |
# | `numeric` | a quantity: a mean of it means something, also when it is written as text | dose, result |
# | `free text` | what somebody wrote in words of their own | the text of a note |
# | `time` | a day or a moment that is not somebody's birth | admitted at, day of death |
# | `image` | where an image lies | `a/70012.dcm` |
#
# Decide from top to bottom: the first kind that fits counts. How a program stores a column says little. In your
# district a table holds telephone numbers and record numbers as whole numbers, which they are not.
#
# Look at a column of each table before you write rules.

# %%
looks = world.tables["devices"].head(4)
print(looks.dtypes.to_string())
looks

# %% [markdown]
# *What you see*: above the table, how each column is stored; below, four devices. Which two columns are stored
# as numbers and are none? What would their mean say?
#
# **`variety(table)`** gets one table and returns a dictionary with an entry for each of its columns: the
# column's name and one of the seven kinds. It will be called with an invented example and with seven tables of
# hidden districts: `his_patients`, `his_encounters` (without `dx_text`), `lis_results`, `devices`, `app_readings`
# (without `utc_offset`), `emr_notes` and `diabetes_cohort`. All of them lie in your own district, too. You may go
# by names of columns, by values, or by both. Columns and rows come in another order, at most 400 rows.
#
# ```python
# variety(pd.DataFrame({"city": ["Bree"], "height_cm": [112.5]}))
# # {"city": "quasi-identifier", "height_cm": "numeric"}
# ```
#
# *How it is marked*: the example 0.5; identifiers 1, for each table all or nothing; all kinds 1.5: full if at
# most one column in ten differs, falling to 0 at four in ten.


# %% nbgrader={"grade": false, "grade_id": "solve_0_3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def variety(table: pd.DataFrame) -> dict[str, str]:
    """Says of every column of a table which kind it is of.

    Returns a dictionary from names of columns to one of: identifier, quasi-identifier, coded, numeric,
    free text, time, image.
    """
    ### BEGIN SOLUTION
    pointing = ("_id", "_no", "name", "mrn", "phone", "address")
    known_to_neighbours = ("sex", "birth", "age", "area", "region")
    kinds = {}
    for column in table.columns:
        values = table[column].dropna()
        words = column.split("_")
        texts = values.astype(str)
        if column.endswith(("_at", "_on")) or column == "since":
            kinds[column] = "time"
        elif column != "test_name" and column.endswith(pointing):
            kinds[column] = "identifier"
        elif any(word in known_to_neighbours for word in words):
            kinds[column] = "quasi-identifier"
        elif len(texts) and texts.str.endswith((".dcm", ".jpg", ".png")).all():
            kinds[column] = "image"
        elif values.dtype != bool and pd.to_numeric(values, errors="coerce").notna().mean() > 0.5:
            kinds[column] = "numeric"
        elif len(texts) and texts.str.count(" ").mean() > 2.5 and texts.nunique() > len(texts) / 2:
            kinds[column] = "free text"
        else:
            kinds[column] = "coded"
    return kinds
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_3", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("0.3")

# %% [markdown]
# ## Task 0.4 Velocity (3 points, about 50 minutes)
#
# "On average 1.6 patients an hour come to us at night", said the emergency department, and staffed the night
# accordingly. The average had been taken over the hours in which somebody came. The others had no row in the
# table, so nobody saw them. An hour without arrivals is not missing. It is a zero.
#
# The second trap is the clock. A traveller's wristband sends "19:15" from a hotel seven time zones away. Whoever
# compares it with the clock on the wall finds a message from the future.
#
# A short example on something else: buses passed a stop at 9:10, 9:40 and 11:20. By hours from 9 to 12 that is 2,
# 0 and 1: a mean of 1 an hour, not 1.5.

# %%
admitted = world.tables["his_encounters"]["admitted_at"]
hours = admitted.dt.hour.value_counts().sort_index().rename_axis("hour").reset_index(name="arrivals")
print(hours.T.to_string(header=False))
px.bar(
    hours,
    x="hour",
    y="arrivals",
    labels={"hour": "Hour of the day", "arrivals": "Arrivals in three years"},
    title="When people come to the large hospital",
    color_discrete_sequence=["#0072B2"],
)

# %% [markdown]
# *The figure in words*: the printed lines hold the height of each bar. Most people come in the middle of the day.
# In the hours of the night few come: so few that on most single nights most single hours are empty.
#
# **`arrival_rate(times, width)`** gets a column of times, in any order, some of them missing, and the width of an
# interval in pandas' words (`"15min"`, `"1h"`, `"1D"`). It returns a table with the columns `start` and `count`:
# one row for *every* interval from the one with the first arrival to the one with the last. Intervals begin at
# full multiples of their width, counted from midnight; every width that is asked for divides a day. Missing times are
# left out.
#
# **`pace(times, width)`** returns `{"peak": …, "mean": …, "ratio": …}`: the largest count, the mean count over all
# these intervals, and the first divided by the second.
#
# **`newest(sources, now)`** gets a dictionary from the name of a source to a list of times as text, and a moment
# as text. It returns for each source how many hours before `now` its newest item is, as a number; items later than
# `now` do not count yet; `None` if nothing is left. A text such as `2025-06-01T19:15:00+02:00` carries its offset;
# `Z` at the end means +00:00. A text without an offset is a time on the county's own clock, which has the offset of
# `now`.
#
# | call | returns |
# |---|---|
# | `newest({"band": ["2025-06-01T19:15:00+02:00"]}, "2025-06-01T12:00:00-06:00")` | `{"band": 0.75}` |
#
# *How it is marked*: `arrival_rate` 0.25 on the example and 1 on hidden districts (every interval and count
# right, or nothing); `pace` 0.75, within 0.1 %; `newest` 0.25 on the example and 0.75 on hidden districts, within
# 0.01 hours, falling to 0 if half of the ages are wrong.


# %% nbgrader={"grade": false, "grade_id": "solve_0_4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def arrival_rate(times: pd.Series, width: str) -> pd.DataFrame:
    """Counts arrivals in every interval from the first to the last, empty ones included.

    Returns a table with the columns start and count.
    """
    ### BEGIN SOLUTION
    starts = times.dropna().dt.floor(width)
    counts = starts.value_counts().sort_index()
    every = pd.date_range(starts.min(), starts.max(), freq=width)
    return counts.reindex(every, fill_value=0).rename_axis("start").reset_index(name="count")
    ### END SOLUTION


def pace(times: pd.Series, width: str) -> dict[str, float]:
    """Returns the peak, the mean and their ratio of the arrivals in an interval."""
    ### BEGIN SOLUTION
    counts = arrival_rate(times, width)["count"]
    peak, mean = float(counts.max()), float(counts.mean())
    return {"peak": peak, "mean": mean, "ratio": peak / mean}
    ### END SOLUTION


def newest(sources: dict[str, list[str]], now: str) -> dict[str, float | None]:
    """Returns for each source the age of its newest item in hours, or None."""
    ### BEGIN SOLUTION
    moment = dt.datetime.fromisoformat(now)
    ages = {}
    for name, texts in sources.items():
        items = [dt.datetime.fromisoformat(text) for text in texts]
        items = [item if item.tzinfo else item.replace(tzinfo=moment.tzinfo) for item in items]
        past = [(moment - item).total_seconds() / 3600 for item in items if item <= moment]
        ages[name] = min(past) if past else None
    return ages
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_4", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("0.4")

# %% [markdown]
# ## Task 0.5 Value density (3 points, about 40 minutes)
#
# Three people ask the county's data office a question each.
#
# * **recall**, a practice nurse: "Which patients (record numbers) had a visit with a diagnosis code that begins with
#   E11, and have no HbA1c (the long-term sugar in the blood, test code `A1C`) that was collected since 1 January and
#   not cancelled?"
# * **beds**, the head of nursing: "How many patients of class *inpatient* lay on each ward at six o'clock this
#   morning, and on each morning before?"
# * **pressure**, a family doctor: "Which of my patients (record numbers) measured a systolic pressure (kind `sbp`) of
#   180 or more at home on two different days?"
#
# How much of the data does each of them need? *A column is needed if the question cannot be answered without it.*
# Not needed is what only makes an answer nicer: names, units where all are alike, numbers of rows.
#
# A short example on something else. A library asks which readers have a book that is overdue. It needs
# `loans.reader`, `loans.due_on` and `loans.returned_on`: three columns of its forty. Titles and authors fill most of
# its disk, and none of them matters *for this question*.
#
# **`value_density(tables, question)`** gets the five tables of the figure above (examples may hold fewer) and
# `"recall"`, `"beds"` or `"pressure"`. It returns
#
# ```python
# {"columns": ["loans.reader", "loans.due_on"], "share": 0.081}
# ```
#
# * `columns`: the needed columns, as `table.column`, in any order. If two tables have to be joined, the columns that
#   join them are needed on both sides. Needed, too, is what the answer lists, such as record numbers. In *beds*, counting
#   stays is counting patients: each row of `his_encounters` is one stay of one patient.
# * `share`: the bytes of the needed columns divided by the bytes of all columns of all given tables. The bytes of a
#   column are those of its cells, each written as text (`str`; a time as `2025-06-01 10:00:00`, 19 bytes) in UTF-8; missing cells have none; headers, commas and
#   line ends do not count.
#
# *How it is marked*: shares in the tiny example tables 0.5; columns 1.5 (each column that is missing or too many
# costs a third of a question); shares 1, within one percentage point.


# %% nbgrader={"grade": false, "grade_id": "solve_0_5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def value_density(tables: dict[str, pd.DataFrame], question: str) -> dict[str, object]:
    """Names the columns that a question needs, and their share of all bytes.

    Returns a dictionary such as {"columns": ["loans.reader"], "share": 0.08}.
    """
    ### BEGIN SOLUTION
    needed = {
        "recall": {
            "his_encounters": ["mrn", "dx_code"],
            "lis_results": ["mrn", "test_code", "collected_at", "status"],
        },
        "beds": {"his_encounters": ["ward", "class", "admitted_at", "discharged_at"]},
        "pressure": {
            "devices": ["device_id", "mrn"],
            "app_readings": ["device_id", "kind", "value", "taken_at"],
        },
    }[question]

    def size(column: pd.Series) -> int:
        if pd.api.types.is_datetime64_any_dtype(column):
            return 19 * int(column.notna().sum())
        return len("".join(column.dropna().astype(str)).encode("utf-8"))

    wanted = sum(size(tables[name][column]) for name, columns in needed.items() for column in columns)
    everything = sum(size(table[column]) for table in tables.values() for column in table.columns)
    columns = [f"{name}.{column}" for name, those in needed.items() for column in those]
    return {"columns": columns, "share": wanted / everything}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_0_5", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
check("0.5")

# %%
try:
    shares = {
        question: value_density(tables, question)["share"] for question in ["recall", "beds", "pressure"]
    }
    print(pd.Series(shares, name="share of all bytes").round(3).to_string())
except NotImplementedError:
    print("Write value_density first; then this cell compares the three questions.")

# %% [markdown]
# *What you see*: three shares of one and the same heap of data. For one question nine tenths of the bytes are in the
# way, for another they are the answer. So "low value density" is a sentence about a question.
#
# ## Exploration: watching people at home (about half an hour, no points)
#
# A vendor offers the county wristbands that send a reading every minute. More data must be better? **Predict first**,
# then the sliders unlock. Every figure behind the model stands below them with its source, or with the word
# *assumed*, and you may change it. The grey lines are 20 runs of the same setting: if two settings differ by less
# than the grey lines do among themselves, you have seen chance.

# %%
explore("l0_orientation")

# %% [markdown]
# Without a mouse, or if you prefer words, the same model answers in a plain cell. Change a value and run the cell
# again.

# %%
from sim.explore.orientation import describe, run

print(describe(run({"people": 2000, "share": 0.3, "interval": 240})))

# %% [markdown]
# **A goal to reach**: fewer than **1 missed deterioration per 1,000 patient-days** at **5 alarms or fewer** in a
# nurse's shift.
#
# **What most people find**: from a reading every four hours to one a minute the volume grows 240-fold, and the
# decisions that change hardly grow, or even become fewer: the alarms drown them.
#
# **Where that insight fails**: set the half-life of a deterioration to 0.33 hours (20 minutes). Now nothing but
# dense readings finds it. So the question is not how much data one has, but how long one has time to act.
#
# **Your own function**: the button lets your `arrival_rate` count what the wearables of your own district really sent,
# and puts that interval into the model.
#
# ## The written question (4 points, about 30 minutes)
#
# **To the director of the large hospital: which of the four Vs is the bottleneck here, and what would *more* data not
# fix?** Write at most 200 words. Use figures of your own district: from your functions, from the tables, or from the
# exploration (name your settings).
#
# Marked by these two criteria, each at step 0, 1 or 2; a step is worth 1 point:
#
# | | 0 | 1 | 2 |
# |---|---|---|---|
# | **Evidence** | no figure | one figure of the own district | two figures, compared, with the question they serve |
# | **Limit of more data** | "more is better" | names a fault of quality | shows a decision that more of the same data leaves unchanged |
#
# End with three lines on help that you had, for example from an AI assistant: the tool, for what, what you checked
# yourself. Declared help costs nothing.

# %% [markdown] nbgrader={"grade": true, "grade_id": "answer_0_written", "locked": false, "points": 0, "schema_version": 3, "solution": true, "task": false}
# *An exemplar for the instructor; the student's version is empty.* Three of them stand in `rubric.md`.

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_0_evidence", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": true}
# *Evidence* (2 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_0_limit", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": true}
# *Limit of more data* (2 points)

# %% [markdown]
# ## What you take away
#
# * A function that *returns* can be used by others; one that *prints* can only be watched.
# * Feedback is cheap on the first day and expensive on the last. Hand in early.
# * A formula that is right on ordinary days has been tested on ordinary days.
# * Text has a size in bytes, a table a size in rows, a district a size in people. They are three sizes.
# * What a column *is* does not follow from how a program stores it.
# * An hour without arrivals is an observation. A time without its zone is half a time.
# * Whether data are dense in value depends on the question, not on the data.
#
# In **lab 1** you go down to the record office, where the same patient has been registered twice and
# two patients share one chart.
#
# ### Words of this lab
#
# {words of this lab}
#
# `glossary("MRN")` explains a word of this lab or of an earlier one, `glossary()` all of them
# (`from grading.selfstudy import glossary`).
