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
# | **Time** | about 9 hours for an IT student, 14 hours if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas; proportions |
# | **Points** | 68: four tasks (48 points) and one written question (20 points) |
#
# After this lab you can
#
# 1. tell a copy, a correction and a true repeat of a result apart (task 1.3),
# 2. find people who were registered twice without merging two people into one (task 1.4),
# 3. say whether data are good enough *for something* (task 1.6),
# 4. say what a blank hides, and how sure you can be (task 1.7),
# 5. predict what happens when a form is made stricter (the exploration).
#
# The tasks carry the numbers of the whole course; 1.1, 1.2, 1.5 and 1.8 come with a later version.
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
#
# You may use pandas, DuckDB, plain Python or anything else that the *setup* cell or your own answer cell
# imports from the student's installation. Only the setup cell and your one answer cell run in marking.
# Do not change a table that you are given: work on a copy. Each call may take 10 seconds.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
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

from grading.selfstudy import check, doctor
from sim import World

world = World.load("district")
patients = world.tables["his_patients"]
encounters = world.tables["his_encounters"]
lis = world.tables["lis_results"]
cohort = world.tables["diabetes_cohort"]
pd.DataFrame({name: {"rows": len(t), "columns": t.shape[1]} for name, t in world.tables.items()}).T

# %% [markdown]
# ## Task 1.3 Copies, corrections and repeats (12 points, about 2.5 hours)
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
# *How to read the figure*: every mark is one row; the number is its value; the shape is its status (circle, diamond
# and so on, named in the legend). To the right means heard later, up means said later. In a quiet
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
# | `mrn` | text | the patient's record number, as printed | never |
# | `specimen_id` | text | number of the tube | never |
# | `test_code`, `test_name` | text | what was measured: the laboratory's code and its name | never |
# | `value` | text | the result, a number written as text; `"7.1"` and `"7.10"` are the same number | when cancelled |
# | `unit` | text | its unit | sometimes |
# | `collected_at` | time | when the specimen was taken | never |
# | `reported_at` | time | when the laboratory said it | never |
# | `received_at` | time | when our system heard it | never |
# | `status` | text | `F` final, `C` corrected, `X` cancelled | never |
#
# ### What to write
#
# A **version** is all rows with the same `specimen_id`, `test_code` and `reported_at`. Copies of a version get
# a new `row_id`, a new `message_id` and a later `received_at`, and some write the value in another format.
#
# **`copies(lis)`** returns a DataFrame with the columns `row_id` and `label`: every row of `lis` exactly once, in any
# order, with one of five labels. Decide in this order:
#
# 1. **`resend`**: the row is not the one of its version that arrived first (smallest `received_at`; if two are
#    equal, the smaller `row_id` came first). This holds for any status.
# 2. **`cancelled`**: of the rows left over, those with status `X`.
# 3. **`superseded`**: of the rows left over, those whose `specimen_id` and `test_code` have a version with a later
#    `reported_at` (a cancellation is such a version, too). What is left is the *valid* result of each specimen and test.
# 4. **`repeat`**: if the same `mrn` has several valid results of the same `test_code` whose `collected_at` lies on the
#    same calendar day, all but the one collected first (smallest `collected_at`; if equal, smallest `specimen_id`).
#    A repeat is a real second measurement. It is good data: only do not count the patient twice.
# 5. **`current`**: all others.
#
# ```text
#   row_id   label
# 0    R01   current
# 1    R02   resend
# 2    R04   superseded
# ```
#
# **`screen_errors(lis)`** measures the harm of the old ward screen. For each `specimen_id` and `test_code` that screen
# shows the row that arrived last (largest `received_at`; if equal, largest `row_id`). The screen is *wrong* if its
# value is not the valid result's value, compared as numbers. If there is no valid result (the newest version is a
# cancellation), the right screen is empty, and one that shows a number is wrong; an empty screen is wrong if there
# is a valid result. Return
#
# ```python
# {"wrong": 17, "cause": "resend"}
# ```
#
# `wrong` is the number (an `int`) of specimens and tests with a wrong screen, and `cause` the label (as in `copies`)
# that most of the wrongly shown rows carry; of labels that are equally frequent, the first in the alphabet; `"none"` if
# no screen is wrong.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | `copies`, the two example days | 1 | every row right; nothing for half of the rows or fewer |
# | `resend`, `superseded`, `repeat` | 2 each | precision and recall both at least .98; falls in a straight line to 0 at .60 (the smaller of the two counts) |
# | `cancelled` | 1 | at most 1 row wrong or missed; 0 at 30 % of the cancellations |
# | late copies | 1 | no copy of an outdated version that arrived after the newest version is labelled `current` or `repeat`; 0 at 20 % of them, or if you find fewer than 90 % of the current rows; the worst district counts |
# | `screen_errors`, example days | 0.5 | both values right |
# | number of wrong screens | 1.5 | exact; falls to 0 at 20 % off |
# | cause | 1 | right, with a number at most 10 % off |
#
# *Precision* of a label: of the rows that you gave it, the share that truly have it. *Recall*: of the rows that truly
# have it, the share that you found.


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
    right = rows[rows["label"].isin(["current", "repeat"])].set_index(result_of)["number"]
    right = right.reindex(shown.index)
    same = (shown["number"] == right) | (shown["number"].isna() & right.isna())
    causes = Counter(shown.loc[~same, "label"])
    cause = min(causes, key=lambda label: (-causes[label], label)) if causes else "none"
    return {"wrong": int((~same).sum()), "cause": cause}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_1_3", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("1.3")
