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
# Lindenmoor County has one hospital, one laboratory, one community clinic and about two thousand
# people who matter to us. None of them exists. A computer program let them be born, fall ill and be
# treated, and then let three record systems write it all down, each with its own mistakes. Because
# the county is invented, nobody's secret can leak, and because it is simulated, somebody knows the
# truth behind every record. In a real hospital nobody does.
#
# You begin work here this morning. Before you touch a single record you will do what every new
# colleague should do first: make sure that your desk works, and that what you hand in arrives.
#
# | | |
# |---|---|
# | **Time** | about 40 minutes, half of it waiting for feedback |
# | **You need** | a first Python course: functions, `if`, text and numbers |
# | **You will** | repair your own set-up (0.1) and hand in twice, once wrong on purpose (0.6) |
# | **Points** | 4: two for each task |
#
# The tasks have the numbers of the whole course. 0.2 to 0.5 belong to a later version of this lab.
#
# ## How this notebook works
#
# * Grey cells hold code. Click one and press **Shift + Enter** to run it.
# * You write only in cells that contain `# YOUR CODE HERE`. Delete that line and the one under it.
# * When your answer is marked, only the cell called *setup* and your answer cell run, in an empty
#   room. So everything that a function needs must stand in its own answer cell.
# * Nobody asks for your name. Who you are is known from the file you hand in, never from a cell.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
import platform

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
print(old.to_string(index=False) if len(old) else "none")

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
# ## What you take away
#
# * A function that *returns* can be used by others; one that *prints* can only be watched.
# * Feedback is cheap on the first day and expensive on the last. Hand in early.
# * A formula that is right on ordinary days has been tested on ordinary days.
#
# In **lab 1** you go down to the record office, where the same patient has been registered twice and
# two patients share one chart.
