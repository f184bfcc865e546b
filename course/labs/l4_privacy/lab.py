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
# # Lab 4. Privacy: taking the names away protects nobody
#
# The General Hospital wanted to be open. It put the file of its patients on the county's web page, for students and for
# newspapers, and it was careful: no names, no telephone numbers, no addresses. Only the date of birth, the sex, the area and the
# diagnosis were left.
#
# Two weeks later Lena Ortiz, who keeps goal for the county's sports club, was not chosen for the team. Nobody said why. The
# club prints the list of its members for everybody, with their birthdays, and somebody on the board had laid the list beside the file.
# It took one evening and a spreadsheet. On line 212 stood what Lena had told nobody but her doctor.
#
# No computer was broken into. Nobody had done anything forbidden. In this lab you do the same, to your own district, and then you
# learn to give data away so that it does not work, to say what that costs, and what no method can promise.
#
# | | |
# |---|---|
# | **Time** | about 17 hours for an IT student, for whom the times below are meant; 1.6 times as long (27 hours) if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas; proportions, the median. Lab 3 is not needed: you begin from a *checkpoint*, the tables as lab 3 leaves them, everybody once |
# | **Points** | 100: eight tasks (80 points), marked by program, and one written question (20 points), marked by two readers. Optional tasks replace lost points |
# | **Your track** | IT: empty answer cells. Clinician: answer cells hold the steps, and blanks `____` to fill in. Law and management: the same, and in task 4.1 you choose among three rules and prove it by a counter-example. The hidden districts are the same for all |
#
# After this lab you can
#
# 1. measure how easily the people of a nameless file are found (task 4.1),
# 2. find them, and say how sure one may be (task 4.2),
# 3. break plain hashes and make pseudonyms that resist (task 4.3),
# 4. make a file k-anonymous at a small loss, and see where that is not enough (tasks 4.4 and 4.5a),
# 5. learn a secret from harmless counts, and stop it (task 4.6),
# 6. answer with noise and a budget (task 4.7),
# 7. choose what to release to whom (task 4.8),
# 8. predict who pays for protection (the exploration).
#
# Each task begins with an attack or ends with one. Attack only what was made for it: the people of this district do not exist.
# A word in **bold** is new; all of them are collected at the end.
#
# ## How marks arise
#
# As in every lab: your functions are called with tables that you have not seen, of three hidden districts that are the same
# for your whole class. `check("4.1")` answers as often as you like; it knows the small examples. `examples("4.1")` and
# `practice("4.1")` can be imported from `grading.selfstudy`. In every task three quarters of the points are for what your functions
# do, and one quarter, carried by the last function, for what you conclude.
#
# In an answer cell, delete the line `# YOUR CODE HERE` and the line under it. You may use pandas, DuckDB, plain Python or
# any other package of the course. hilab's own modules are there while you study; in marking they are not. Do not
# change what you are given: work on a copy. Each call may take 10 seconds. Where a *missing* text is asked for, `None`, `NaN` and
# `""` are all good.

# %% nbgrader={"grade": false, "grade_id": "setup", "locked": true, "schema_version": 3, "solution": false, "task": false}
# setup: run this first
import hashlib
import hmac
import io
import itertools
import math
import re
import uuid
from collections import Counter, defaultdict

import duckdb
import numpy as np
import pandas as pd
import pydicom

# %%
import plotly.express as px

from grading.selfstudy import check
from sim import World

world = World.load("district")
clean = world.checkpoint("l4_privacy")
persons, visits, register = clean["persons"], clean["encounters"], world.tables["register"]
print(persons.drop(columns=["phone", "address", "verified_id"]).head(3).to_string())
print(register.head(3).to_string())

# %% [markdown]
# ## Task 4.1 Uniqueness (10 points, about 2 hours)
#
# ### The harm
#
# "There are 2,000 people in this file", said the hospital's spokesman, "who should find anybody in it?" He had counted
# the people. He should have counted how many of them are *alike*.
#
# ### The idea: you are hidden by those who are like you
#
# A name is not needed to point at somebody. In lab 0 you met **quasi-identifiers**: facts that others may know, such as a birthday
# or the area where somebody lives. Rows with the same quasi-identifiers form a **class**. Whoever is alone in a class is
# **unique**.
#
# Alone *where*? In the file, or in the whole county? That depends on what the attacker knows, and there are two kinds:
#
# * The **prosecutor** knows that the person is in the file: a colleague saw her in the waiting room. He needs to tell her only from the
#   other rows. In a class of f rows he is right once in f times.
# * The **journalist** does not know who is in the file. She holds a list of everybody, such as the register, and must tell the
#   person from all who are like her in the county. In a class of F people she is right once in F times.
#
# The file is a sample of the county, so F is never smaller than f where all data are right. Somebody who is alone in
# the file (a **sample unique**) may have ten doubles outside it. Only who is alone in the county (a **population unique**) is found for certain.
#
# For scale: with the date of birth, the sex and the five-digit postcode, 63 % of the people of the United States were alone in 2000
# (Golle, 2006); Sweeney had found 87 % for 1990.
#
# A short example on something else: a car park. You look for a red car among ten, and there is one: you have found it, *if* you
# know that your friend parked here. If you do not know, it may be any of the forty red cars of the town.
#
# The figure shows how many people of the register share year of birth, sex and area with each patient of your district.

# %%
people = persons.assign(birth_year=persons["birth_date"].str[:4], town=persons["area"].str[:3])
county = register.assign(birth_year=register["birth_date"].str[:4], town=register["area"].str[:3])
rows = []
for name, qids in {
    "date, sex, area": ["birth_date", "sex", "area"],
    "year, sex, area": ["birth_year", "sex", "area"],
    "year, sex, town": ["birth_year", "sex", "town"],
}.items():
    doubles = people.merge(county.groupby(qids).size().rename("alike").reset_index(), on=qids, how="left")
    sizes = doubles["alike"].clip(upper=30).value_counts(normalize=True).sort_index()
    rows += [{"known": name, "alike": size, "share": share} for size, share in sizes.items()]
alike = pd.DataFrame(rows)
print(alike[alike["alike"] <= 3].round(3).to_string(index=False))
px.line(
    alike,
    x="alike",
    y="share",
    color="known",
    symbol="known",
    line_dash="known",
    color_discrete_sequence=["#0072B2", "#E69F00", "#009E73"],
    labels={
        "alike": "People of the register who are alike (30: 30 or more)",
        "share": "Share of the patients",
        "known": "Known",
    },
    title="How many people a row could be",
)

# %% [markdown]
# *The figure in words*: with the whole date of birth nearly everybody stands at 1: the row is this person. With the year
# alone most rows could be two to eight people. With the town in place of the area the line is flat, and the rows hide among ten and more.
# The printed lines say how large the share of the first three sizes is.
#
# ### What to write
#
# **`uniqueness(sample, register, qids)`** gets a file, the register of the whole county, and the list of columns that the attacker
# knows, such as `["birth_year", "sex", "area"]`. Both tables have these columns, as text, and others that do not matter. It
# returns a dictionary:
#
# | key | |
# |---|---|
# | `sample_unique` | share of the file's rows whose class in the file has one row |
# | `population_unique` | share of the file's rows that exactly one person of the register fits |
# | `prosecutor` | mean over the file's rows of 1/f, where f is the number of rows of the file in their class |
# | `journalist` | mean over the file's rows of 1/F, where F is the number of people of the register who fit; 0 where nobody fits |
#
# A blank is a value of its own: two rows with a blank area and otherwise equal are alike. In the register there are no blanks, so
# nobody there fits such a row.
#
# ```python
# {"sample_unique": 0.667, "population_unique": 0.167, "prosecutor": 0.833, "journalist": 0.367}
# ```
#
# **`may_release(report, attacker, limit)`** gets such a report, an attacker and the largest risk that the board allows. The
# attacker is a dictionary: `knows_who_is_inside` says whether he knows that the person is in the file; `names_removed` is always true. It returns
# the risk that counts for this attacker, and whether it is at most the limit:
#
# ```python
# {"risk": 0.79, "release": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example county | 1.5 | a quarter for each figure, within .0005 |
# | alone in the file | 1 | within .0005, for each set of columns |
# | alone in the county | 2 | the same |
# | the prosecutor's risk | 1 | the same |
# | the journalist's risk | 2 | the same |
# | `may_release`, example decisions | 1 | half for the risk, the rest if the decision is right, too |
# | `may_release`, other decisions | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def uniqueness(sample: pd.DataFrame, register: pd.DataFrame, qids: list[str]) -> dict[str, float]:
    """Measures who is alone in a file and in the county.

    Returns a dictionary with sample_unique, population_unique, prosecutor and journalist.
    """
    ### BEGIN SOLUTION
    rows = sample[qids].astype(object).where(sample[qids].notna(), "(blank)")
    inside = rows.groupby(qids).size().rename("f").reset_index()
    outside = register[qids].astype(object).groupby(qids).size().rename("F").reset_index()
    sizes = rows.merge(inside, on=qids).merge(outside, on=qids, how="left")
    f, everybody = sizes["f"], sizes["F"].fillna(0)
    return {
        "sample_unique": float((f == 1).mean()),
        "population_unique": float((everybody == 1).mean()),
        "prosecutor": float((1 / f).mean()),
        "journalist": float((1 / everybody.where(everybody > 0)).fillna(0).mean()),
    }
    ### END SOLUTION


def may_release(report: dict, attacker: dict, limit: float) -> dict[str, object]:
    """Decides whether a file may be given away, for one attacker.

    Returns a dictionary such as {"risk": 0.79, "release": False}.
    """
    ### BEGIN SOLUTION
    risk = report["prosecutor" if attacker["knows_who_is_inside"] else "journalist"]
    return {"risk": risk, "release": risk <= limit}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_1", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("4.1")

# %% [markdown]
# ## Task 4.2 Linkage (10 points, about 1.5 hours)
#
# ### The harm
#
# Lena was not the only one. The man with the spreadsheet printed a list of eleven members and what they "have". For nine of them he
# was right. The tenth had never been in the hospital: the row belonged to somebody who was born on the same day. She lost her
# place as well, for an illness that she did not have.
#
# ### The idea: a file without names and a list without illnesses
#
# A **linkage attack** joins two tables that share quasi-identifiers. One has names and nothing secret. The other has secrets and
# no names. Neither is dangerous alone. Such an attack is judged by two numbers, as you know them from searching: **recall**, the share of the people
# in the file whom it finds, and **precision**, the share of its claims that are right. A false claim harms somebody, too.
#
# Not every member is in the file. Of a member who is not there, another person's row may fit. So how many *rows* fit says how many
# candidates there are; how many *people of the county* fit says how sure you may be.
#
# A short example on something else: a found glove. It is red, left, size 7, and your sister has lost a red left glove of size 7. If the
# shop sold forty of them in your town, it is hers with a chance of one in forty, even if only one glove was found.
#
# The figure lays the club's list beside the patients of your district.

# %%
members = world.tables["club_members"]
steps = {
    "sex alone": ["sex"],
    "+ year of birth": ["sex", "birth_year"],
    "+ area": ["sex", "birth_year", "area"],
    "+ day of birth": ["sex", "birth_date", "area"],
}
listed = members.assign(birth_year=members["birth_date"].str[:4])
rows = []
for name, qids in steps.items():
    fits = listed.merge(people.groupby(qids).size().rename("fits").reset_index(), on=qids, how="left")
    fits = fits["fits"].fillna(0)
    for what, share in {"no row": fits == 0, "one row": fits == 1, "more rows": fits > 1}.items():
        rows.append({"known": name, "fits": what, "share": share.mean()})
table = pd.DataFrame(rows)
print(table.pivot(index="known", columns="fits", values="share").loc[list(steps)].round(2).to_string())
px.bar(
    table,
    x="known",
    y="share",
    color="fits",
    pattern_shape="fits",
    color_discrete_sequence=["#999999", "#D55E00", "#56B4E9"],
    labels={"known": "What is compared", "share": "Share of the members", "fits": "Rows that fit"},
    title="How many rows fit a member of the club",
)

# %% [markdown]
# *The figure in words*: by sex alone everybody fits many rows. With the year of birth it is still many. With the area most members fit no row or
# exactly one. With the day of birth nobody fits more than one or two, and those whom no row fits are people who were never
# patients, or whose row has a blank or a mistake. The printed table gives the shares.
#
# ### What to write
#
# **`reidentify(file, members)`** gets the file of a hospital, with `row_id`, `birth_date`, `sex` and `area` (text, some areas are blank),
# and the club's list, with `member_no`, `given_name`, `family_name`, `birth_date`, `sex` and `area`. It returns a list of claims, each a pair of
# `member_no` and `row_id`:
#
# ```python
# [["S1", "R1"], ["S1", "R2"], ["S2", "R4"]]
# ```
#
# Somebody who was registered twice has two rows, and both are hers. In the files there are slips of the pen, as everywhere; about half of
# the members have never been patients.
#
# **`confidence(rows, people, limit)`** gets how many rows of the file fit a member, how many people of the county fit (the member is one of
# them, so at least 1), and how sure one wants to be. The rows belong to different ones of these people, and each of them is equally likely the member. It
# returns the chance that one given row of those is the member's, 0 if there is no such row, and whether to claim it: if there is
# one and its chance is at least the limit.
#
# ```python
# {"confidence": 0.25, "claim": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example list | 1.5 | a third for each true claim; a false one takes a third away |
# | members found | 3 | 60 % of the members who have a row; 0 at 20 %, or if fewer than half of the claims are right |
# | claims that are right | 3 | 95 % of the claims; 0 at 60 %, or if fewer than 30 % of the members are found |
# | `confidence`, example claims | 1 | half for the chance, the rest if the decision is right, too |
# | `confidence`, other claims | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def reidentify(file: pd.DataFrame, members: pd.DataFrame) -> list[list[str]]:
    """Claims which rows of a nameless file belong to members of a club.

    Returns a list of pairs [member_no, row_id].
    """
    ### BEGIN SOLUTION
    both = ["birth_date", "sex", "area"]
    found = members[["member_no", *both]].dropna().merge(file[["row_id", *both]].dropna(), on=both)
    return found[["member_no", "row_id"]].to_numpy().tolist()
    ### END SOLUTION


def confidence(rows: int, people: int, limit: float) -> dict[str, object]:
    """Says how likely a row that fits a member is the member's, and whether to claim it.

    Returns a dictionary such as {"confidence": 0.25, "claim": False}.
    """
    ### BEGIN SOLUTION
    share = 1 / people if rows else 0.0
    return {"confidence": share, "claim": rows > 0 and share >= limit}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_2", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("4.2")

# %% [markdown]
# ## Task 4.3 Pseudonyms (10 points, about 2 hours)
#
# ### The harm
#
# The hospital learnt from it. For the next file it replaced the record number by its **hash**, sixty-four letters and digits from which,
# the vendor wrote, "the number can never be computed back". So the file might as well hold the hash of the telephone number, to tell people of
# one name apart. A student found her teacher's diagnosis during a train journey. She had not computed anything back. She had
# computed *forward*, for every telephone number of the county.
#
# ### The idea: a hash has no key
#
# A hash function turns any text into a fixed number of digits, always the same for the same text, and nobody knows a way back. But
# everybody knows the way there. If there are few possible texts, one tries them all: six facilities with five digits each are
# 600,000 record numbers, and a laptop hashes them in less than a second. This is **enumeration**.
#
# A **salt**, some letters put before the number, makes each table of hashes useless for another file. If it lies beside the data, the attacker
# simply puts it before the number as well. What helps is something that the attacker does *not* have: a **key**. **HMAC** is the
# standard way to mix a key with a text (RFC 2104). Who lacks the key cannot even begin to try.
#
# A **pseudonym** stands in place of a name so that one may follow a person without knowing who it is. It should be the same for the same
# person within a project, or nothing can be followed; and different in another project, or somebody will join the two. Each project gets its own key.
# When a key is lost or a project begins anew, one changes the key: that is **rotation**. Whoever keeps the key can turn pseudonyms back by
# enumeration. So pseudonymous data remain personal data, at least in the hands of the keeper.
#
# One law draws the line elsewhere. Under HIPAA a file may carry a code and still count as de-identified by Safe Harbor only if the code "is not
# derived from or related to information about the individual" and the way back is not disclosed (45 CFR 164.514(c)). A
# random number with a table that the hospital keeps is such a code. A hash or HMAC of the record number is not: it is derived.
#
# A short example on something else: a cloakroom. A ticket with your telephone number in mirror writing is a hash. A ticket with a random number is a
# pseudonym, and the book at the counter is the table.
#
# The cell below breaks the hashes of telephone numbers that begin like those of your district, a million of ten million possible ones.

# %%
import time

phones = persons["phone"].dropna().str.replace(r"\D", "", regex=True)
start = phones.str[:-6].mode()[0]
stolen = {hashlib.sha256(phone.encode()).hexdigest() for phone in phones[phones.str.startswith(start)]}
began = time.perf_counter()
broken = sum(hashlib.sha256(f"{start}{n:06d}".encode()).hexdigest() in stolen for n in range(1_000_000))
seconds = time.perf_counter() - began
print(f"{broken} of {len(stolen)} hashes of telephone numbers broken in {seconds:.1f} s.")
print(f"All ten million would take about {10 * seconds:.0f} s.")

# %% [markdown]
# *In words*: all of them, in about a second or two. Your own computer's time stands above.
#
# ### What to write
#
# **`recover(hashes, letters, digits, salt)`** gets a list of SHA-256 hashes, written in hexadecimal. They were made of the salt (which may be empty), followed
# by a record number: one of the `letters`, then so many `digits`. With `letters="ABCDEF"` and `digits=5` these are `A00000` to
# `F99999`. Some hashes are of something else, which nobody can turn back. It returns the number of each hash that it found:
#
# ```python
# {"9e1b...": "A012", "4c77...": "B500"}
# ```
#
# **`pseudonymise(projects, keys)`** gets the record numbers of each project, some more than once, and the key of each project, a secret text. It returns the
# pseudonyms of each project in the same order, each a text of 16 to 64 characters:
#
# ```python
# pseudonymise({"heart": ["A012", "B500"], "lungs": ["A012"]}, {"heart": "5f3a...", "lungs": "c2d0..."})
# # {"heart": ["8a41...", "03fe..."], "lungs": ["b7c9..."]}
# ```
#
# Two projects with one key, such as a study and its follow-up, must be able to find each other's people. Two with different keys must not. Nobody
# without the key may be able to compute a pseudonym, not even with the names of the projects in hand.
#
# **`judge_code(scheme)`** gets how a code is made: `made_from` (`"record number"`, `"telephone number"`, `"date of birth"` or `"random number"`), `method`
# (`"hash"`, `"salted hash"`, `"hmac"` or `"table"`) and what became of its `secret`, that is, of salt, key or table (`"none"`, `"beside the data"`,
# `"kept apart"` or `"destroyed"`). It returns
#
# * `reversible_by`: `"nobody"` if the secret was destroyed, `"the keeper"` if it is kept apart, else `"everybody"`,
# * `safe_harbor_code`: whether HIPAA's Safe Harbor allows it, as told above.
#
# ```python
# {"reversible_by": "the keeper", "safe_harbor_code": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example hashes | 1 | every number, and none for a hash of something else |
# | hashes of six facilities | 2 | 95 % of the numbers; a wrong one takes a right one away |
# | one person, one pseudonym | 1 | in every project; the worst case counts, here and in the next three lines |
# | the follow-up | 1 | every person of both is found again; 0 if half of them are |
# | two studies cannot be joined | 1 | no pseudonym stands in both |
# | your own attack fails | 1.5 | no pseudonym can be computed from number and project by plain, salted or doubled hashes |
# | `judge_code`, example schemes | 1 | both answers right, for each scheme |
# | `judge_code`, other schemes | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def recover(hashes: list[str], letters: str, digits: int, salt: str) -> dict[str, str]:
    """Finds the record numbers behind plain hashes by trying all of them.

    Returns a dictionary from each hash that was found to its number.
    """
    ### BEGIN SOLUTION
    wanted, found = set(hashes), {}
    for letter in letters:
        for n in range(10**digits):
            number = f"{letter}{n:0{digits}d}"
            digest = hashlib.sha256((salt + number).encode()).hexdigest()
            if digest in wanted:
                found[digest] = number
    return found
    ### END SOLUTION


def pseudonymise(projects: dict[str, list[str]], keys: dict[str, str]) -> dict[str, list[str]]:
    """Gives every record number a pseudonym, for each project by its key.

    Returns a dictionary from each project to its pseudonyms, in the order of its numbers.
    """
    ### BEGIN SOLUTION
    return {
        project: [hmac.new(keys[project].encode(), n.encode(), "sha256").hexdigest() for n in numbers]
        for project, numbers in projects.items()
    }
    ### END SOLUTION


def judge_code(scheme: dict[str, str]) -> dict[str, object]:
    """Says who can turn a code back, and whether Safe Harbor allows it.

    Returns a dictionary such as {"reversible_by": "the keeper", "safe_harbor_code": False}.
    """
    ### BEGIN SOLUTION
    who = {"destroyed": "nobody", "kept apart": "the keeper"}.get(scheme["secret"], "everybody")
    random = scheme["made_from"] == "random number"
    return {"reversible_by": who, "safe_harbor_code": random and who != "everybody"}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_3", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("4.3")

# %% [markdown]
# ## Task 4.4 k-anonymity (14 points, about 2.5 hours)
#
# ### The harm
#
# After Lena the hospital threw everything away: no ages, no areas. Nobody could be found in that file any more. Nobody could use it, either. The
# recall of old people before the heat wave, which the county had planned on the file of the year before, was planned by guessing. It sent most of its
# nurses to the wrong zone.
#
# ### The idea: blur until nobody is alone, and no further
#
# A file is **k-anonymous** if everybody in it shares the quasi-identifiers with at least k − 1 others: no class is smaller than k. Then a
# prosecutor is right at most once in k times. There are two ways to get there, and both cost:
#
# * **Generalisation** blurs: 43 becomes 40-49, area X0104 becomes town X01 or zone X0. Who blurs one column everywhere in the same way does *global recoding*;
#   who blurs only where it is needed, *local recoding*. Both are allowed here.
# * **Suppression** leaves a row out. That hides whoever was odd, and lets them vanish from every statistic. So it is capped: at most 5 % of the rows.
#
# What it costs is measured as **loss** (in the literature: normalised certainty penalty). A cell of an age loses the width of its range, divided by the width of
# all ages in the file: 40-49 in a file of people from 0 to 90 loses 9/90. A cell of sex loses 0, or 1 if it is `*`. A cell of an area loses the number of areas of
# the file that it covers, less one, divided by the number of all areas of the file, less one. `*` always loses 1, a cell as it was loses 0, and so does a blank that stays a blank. A row
# loses the mean of its cells, a row left out loses 1, and the file loses the mean of its rows.
#
# Three traps: whoever counts the classes *before* leaving rows out, or without one of the columns, counts others than those that are released. A blank
# is a value that everybody can see, so rows with a blank form classes among themselves. And the very old stand alone until their range is wide.
#
# A short example on something else: a school photograph. In the class picture, nobody can tell who has lice. Four children from one row are cut out: a class
# of four. The tall boy at the end stands alone in his row until one joins two rows.
#
# The figure shows which share of your patients is in classes below 5, for different widths of age and grains of place.

# %%
rows = []
ages = 2025 - people["birth_date"].str[:4].astype(int)
for grain, cut in {"whole area": 5, "town only": 3, "zone only": 2, "no place": 0}.items():
    place = people["area"].fillna("").str[:cut] if cut != 5 else people["area"].fillna("")
    for width in (1, 2, 5, 10, 20, 40):
        sizes = people.groupby([ages // width, people["sex"], place])["sex"].transform("size")
        rows.append({"grain": grain, "width": width, "small": (sizes < 5).mean()})
table = pd.DataFrame(rows)
print(table.pivot(index="width", columns="grain", values="small").round(3).to_string())
px.line(
    table,
    x="width",
    y="small",
    color="grain",
    symbol="grain",
    line_dash="grain",
    markers=True,
    color_discrete_sequence=["#D55E00", "#E69F00", "#0072B2", "#009E73"],
    labels={"width": "Width of the ranges of age, years", "small": "Share of patients", "grain": "Place"},
    title="Patients in classes below 5",
)

# %% [markdown]
# *The figure in words*: every line falls to the right. With the area nearly everybody is in a small class until the ranges are very wide; with the
# zone ten years are enough to leave few per cent; without a place almost nobody is left even with single years. The printed table gives the shares.
#
# ### What to write
#
# **`anonymise(file, qids, k)`** gets a file with `row_id` and with some or all of the columns `age` (whole number), `sex` and `area` (text, may be blank); the list of those that are
# quasi-identifiers; and k. It returns a DataFrame with the columns `row_id` and `qids` and no others (what else stood in a row could give its patient away), with one row for each patient who is released:
#
# | column | text |
# |---|---|
# | `age` | a range such as `"40-49"`, both ends included, or `"*"` |
# | `sex` | as it was, or `"*"` |
# | `area` | as it was, its first three characters (the town), its first two (the zone), or `"*"`; what was blank is `""` or `"*"` |
#
# Each cell must be true: the range must hold the age. Your loss is compared with that of the best *global* recoding with widths of 1, 2, 5, 10,
# 15, 20, 30, 40 or 60 years (ranges begin at multiples of the width) or `*`, with area, town, zone or `*`, with or without sex. You may find a better one.
#
# **`bounds(released, left_out, question, width)`** asks what can still be known. It gets a released file, the number of rows left out of it, and a question: the
# first and last age, and the beginning of an area, or `None` for the whole county:
#
# ```python
# bounds(released, 2, {"ages": [60, 79], "place": "X0"}, 0.5)
# # {"least": 2, "most": 6, "usable": False}
# ```
#
# * `least`: how many rows fit for certain. The whole range of age lies within the question (`*` is 0 to 120), and the cell of the area begins with the place.
# * `most`: how many could fit. The ranges overlap, and the cell begins with the place, or the place with the cell, or the cell is `*` or `""`. Every row that was
#   left out could fit, too.
# * `usable`: whether most less least is at most `width` times most.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | twenty patients | 1.5 | half with their areas, k = 3, a loss of at most .158 × 1.1; half without, k = 5, .5 × 1.1; at most one left out |
# | everybody is hidden | 3 | every class that you release has k rows, every cell is true; the worst case counts |
# | nobody is thrown away needlessly | 1.5 | k holds, and at most 5 % are left out; 0 at 30 % |
# | the loss | 4.5 | k and the cap hold, and the loss is at most 1.1 times that of the best global recoding; 0 at .6 |
# | `bounds`, example questions | 1.5 | a third each for least, most and usable |
# | `bounds`, other questions | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def anonymise(file: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    """Blurs a file until everybody is like at least k - 1 others.

    Returns a DataFrame with row_id and the quasi-identifiers as text.
    """

    ### BEGIN SOLUTION
    def ages():
        youngest, oldest = file["age"].min(), file["age"].max()
        for width in (1, 2, 5, 10, 15, 20, 30, 40, 60):
            low = file["age"] // width * width
            high = low + width - 1
            lost = (high.clip(upper=oldest) - low.clip(lower=youngest)) / max(1, oldest - youngest)
            yield low.astype(str) + "-" + high.astype(str), lost

    def places():
        areas = pd.Series(file["area"].dropna().unique())
        for cut in (None, 3, 2):
            text = file["area"].str[:cut].fillna("")
            under = areas.str[:cut].value_counts()
            yield text, (text.map(under).fillna(1) - 1) / max(1, len(areas) - 1)

    kinds = {"age": ages, "area": places, "sex": lambda: [(file["sex"].fillna(""), 0 * file.index)]}
    star = (pd.Series("*", index=file.index), 1 + 0 * file.index)
    grains = [
        [(text, *pd.factorize(text)[::-1], np.asarray(lost, float)) for text, lost in [*kinds[name](), star]]
        for name in qids
    ]
    best, least = None, math.inf
    for way in itertools.product(*grains):
        code = np.zeros(len(file), dtype=np.int64)
        for _, values, codes, _ in way:
            code = code * len(values) + codes
        small = np.bincount(code)[code] < k
        lost = np.where(small, 1, sum(each for *_, each in way) / len(qids)).mean()
        if small.mean() <= 0.05 and lost < least:
            best, least = (way, small), lost
    way, small = best
    told = pd.DataFrame({name: text for name, (text, *_) in zip(qids, way)})
    return pd.concat([file[["row_id"]], told], axis=1)[~small].reset_index(drop=True)
    ### END SOLUTION


def bounds(released: pd.DataFrame, left_out: int, question: dict, width: float) -> dict[str, object]:
    """Says how many rows of a released file fit a question, at least and at most.

    Returns a dictionary such as {"least": 2, "most": 7, "usable": False}.
    """
    ### BEGIN SOLUTION
    first, last = question["ages"]
    place = question["place"] or ""
    ends = released["age"].replace("*", "0-120").str.split("-", expand=True).astype(int)
    low, high = ends[0], ends[ends.columns[-1]]
    area = released["area"]
    inside = area.str.startswith(place)
    around = inside | area.isin(["*", ""]) | area.map(place.startswith)
    least = int(((low >= first) & (high <= last) & inside).sum())
    most = int(((low <= last) & (high >= first) & around).sum()) + left_out
    return {"least": least, "most": most, "usable": most - least <= width * most}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_4", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("4.4")

# %% [markdown]
# ## Task 4.5a l-diversity (6 points, about 1.5 hours)
#
# ### The harm
#
# The new file was 5-anonymous, and checked twice. In a small town lived seven women between 40 and 59 who had been to the hospital, and all seven rows said
# breast cancer: they came from one factory. Nobody could say which row was Ruth's. Nobody needed to.
#
# ### The idea: being hidden is not enough if all who hide you have the same secret
#
# k-anonymity protects *who*. It does not protect *what*. The column that people want to keep to themselves is the **sensitive attribute**. A
# class in which everybody has the same value of it is **homogeneous**: it tells the value of each of its people. A file is **l-diverse**, in the plainest
# sense, if every class holds at least l different values. With l = 2 no class is homogeneous.
#
# It is a low bar: in a class of nine people with HIV and one with a cold the attacker is right nine times in ten. So one should ask, too, how good the best guess is.
#
# A short example on something else: eight lockers look alike, and you do not know which one is your brother's. In each lies a pair of football boots. You
# know what he has bought.
#
# The figure counts how many different diagnoses the classes of your district hold, in a 5-anonymous release with 20-year ranges, sex and town.

# %%
last = visits.dropna(subset="dx_code").sort_values("admitted_at").drop_duplicates("person_id", keep="last")
ill = people.merge(last[["person_id", "dx_code"]], on="person_id").assign(dx=lambda t: t["dx_code"].str[:3])
ill = ill.assign(age=(2025 - ill["birth_date"].str[:4].astype(int)) // 20 * 20, town=ill["area"].str[:3])
classes = ill.groupby(["age", "sex", "town"])["dx"].agg(["size", "nunique"]).reset_index()
classes = classes[classes["size"] >= 5]
print(classes["nunique"].describe().round(1).to_string())
px.scatter(
    classes,
    x="size",
    y="nunique",
    color="sex",
    symbol="sex",
    log_x=True,
    color_discrete_sequence=["#0072B2", "#E69F00"],
    labels={"size": "Rows in the class", "nunique": "Different diagnoses", "sex": "Sex"},
    title="How many diagnoses a class holds",
)

# %% [markdown]
# *The figure in words*: large classes hold more than a dozen diagnoses, small ones a handful. If illnesses fell on people by chance, hardly a class of five
# would be homogeneous. They do not: families, wards and factories share theirs. In the tables on which you are marked, some classes were made so.
#
# ### What to write
#
# A released file has `row_id`, `age` (a range), `sex`, `area` (a town, or `""`) and `dx`, a diagnosis; every class has at least k rows.
#
# **`leaks(released, qids, sensitive)`** returns the `row_id`s of all rows in homogeneous classes, in any order.
#
# **`mend(released, qids, sensitive, k)`** returns a release with the same columns in which every class has at least k rows and 2 different values of the sensitive
# attribute. `qids` is always `["age", "sex", "area"]`. A cell may be blurred further: an age to a wider range or `*`, sex to `*`, a town to its zone or `*`, a
# blank to `*`. At most 5 % of the rows may be left out. The **cost** is the mean over all rows of 1 for a row left out, and otherwise of the share of its
# three cells that changed. It is compared with a plain way: take the leaking classes one after the other, and do what is cheapest: leave the class out (if the
# 5 % allow), or join it with another class, both getting the range, zone or star that covers the two.
#
# **`learns(counts, k, limit)`** gets how many people of a class have which diagnosis, the k of the file, and the largest chance that the board allows. It returns the best
# guess about somebody of this class, how likely it is right, and whether the class is protected, that is, whether this chance is at most the limit:
#
# ```python
# learns({"I10": 4, "E11": 1}, 5, 0.7)
# # {"diagnosis": "I10", "chance": 0.8, "protected": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | `leaks`, seven classes | .5 | all these rows and no other; 0 at half |
# | `leaks`, the hospital | 1 | the same |
# | no class leaks | 1.5 | two diagnoses in every class, k kept, at most 5 % left out, every cell true |
# | the cost | 1.5 | all that, at 1.25 times the plain way's cost or less; 0 at 4 times |
# | `learns`, example classes | .5 | a third each for diagnosis, chance and decision |
# | `learns`, other classes | 1 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_5a", "locked": false, "schema_version": 3, "solution": true, "task": false}
def leaks(released: pd.DataFrame, qids: list[str], sensitive: str) -> list[str]:
    """Finds the rows of classes in which everybody has the same secret.

    Returns a list of row_ids.
    """
    ### BEGIN SOLUTION
    secrets = released.groupby(qids)[sensitive].transform("nunique")
    return released.loc[secrets == 1, "row_id"].tolist()
    ### END SOLUTION


def mend(released: pd.DataFrame, qids: list[str], sensitive: str, k: int) -> pd.DataFrame:
    """Blurs or leaves out what is needed until no class is homogeneous.

    Returns a DataFrame with the same columns.
    """

    ### BEGIN SOLUTION
    def cover(column, one, other):
        if one == other:
            return one
        if column == "age" and "*" not in (one, other):
            ends = [int(end) for cell in (one, other) for end in cell.split("-")]
            return f"{min(ends)}-{max(ends)}"
        if column == "area" and one[:2] == other[:2] != "":
            return one[:2]
        return "*"

    classes = {cells: rows.index for cells, rows in released.groupby(qids)}
    told, spare = released.copy(), int(0.05 * len(released))

    def diverse(rows):
        return released.loc[rows, sensitive].nunique() > 1

    for cells in [cells for cells, rows in classes.items() if not diverse(rows)]:
        if cells not in classes or diverse(classes[cells]):
            continue
        mine = classes.pop(cells)
        ways = []
        for other, rows in classes.items():
            target = tuple(cover(*three) for three in zip(qids, cells, other))
            lost = sum(
                len(part) * sum(a != b for a, b in zip(target, old)) / 3
                for part, old in ((mine, cells), (rows, other))
            )
            ways.append((lost, target, other))
        for lost, target, other in sorted(ways):
            if lost >= len(mine) and len(mine) <= spare:
                told, spare = told.drop(mine), spare - len(mine)
                break
            joined = mine.append(classes[other])
            if diverse(joined):
                del classes[other]
                if target in classes:
                    joined = joined.append(classes[target])
                classes[target] = joined
                told.loc[joined, qids] = list(target)
                break
    return told.reset_index(drop=True)
    ### END SOLUTION


def learns(counts: dict[str, int], k: int, limit: float) -> dict[str, object]:
    """Says what somebody learns of a person who is known to be in a class.

    Returns a dictionary such as {"diagnosis": "I10", "chance": 0.8, "protected": False}.
    """
    ### BEGIN SOLUTION
    best = max(counts, key=counts.get)
    chance = counts[best] / sum(counts.values())
    return {"diagnosis": best, "chance": chance, "protected": chance <= limit}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_5a", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("4.5a")

# %% [markdown]
# ## Task 4.6 Differencing (8 points, about 1.5 hours)
#
# ### The harm
#
# The hospital gave up files. It opened a desk instead: anybody may ask how many patients fit a description, and gets a number. Numbers from 1 to 4 are
# withheld. "From a count of twenty", said the spokesman, "nobody can learn anything about one person." An insurer asked two questions. The answers were 23 and 22. It
# then raised one premium.
#
# ### The idea: two safe answers can make an unsafe difference
#
# A rule that looks at one answer at a time cannot see what two answers say together. If two groups differ in exactly one person, the *difference* of their
# counts is that person's secret. This is **differencing**. A limit on the size of a count (a **minimum cell size**) does not stop it, for both groups are large.
#
# To point at one person one needs two groups that differ in that person only. "All women of these areas" and "all women of these areas who were not born in 1980" differ in
# the women born in 1980. If in these areas there is only one such woman, it is she.
#
# HIV is coded in two ways in ICD-10: `B20` is the disease, `Z21` the infection without symptoms. Who asks for one of them learns half.
#
# What stops it? The desk can look at all questions asked so far, which is **query auditing**: it refuses a question if its group differs from an earlier one by
# too few people. It helps against this attack, not against many small steps or several askers. Task 4.7 shows a better way.
#
# A short example on something else: a class votes in secret. Before the last pupil has voted there are 14 votes for and 9 against. After her vote it is 15 to 9.
#
# The cell below asks the desk of your own district's large hospital.

# %%
from sim.policy.queries import QueryDesk

desk = QueryDesk(world.tables["his_patients"], world.tables["his_encounters"])
print("HIV, all patients:", desk.count(diagnoses=["B20", "Z21"]))
print("HIV, women:", desk.count(diagnoses=["B20", "Z21"], sex="F"))
print(
    "HIV, women of 1980:",
    desk.count(diagnoses=["B20", "Z21"], sex="F", birth_years=[1980]),
    "(None: withheld)",
)
years = [year for year in range(1900, 2026) if year != 1980]
print("HIV, women of all other years:", desk.count(diagnoses=["B20", "Z21"], sex="F", birth_years=years))
sizes = (
    world.tables["his_patients"]
    .groupby(["sex", "area", world.tables["his_patients"]["birth_date"].str[:4]])
    .size()
)
alone = sizes.value_counts().sort_index().head(8).rename_axis("size").reset_index(name="groups")
print(alone.to_string(index=False))
px.bar(
    alone,
    x="size",
    y="groups",
    color_discrete_sequence=["#0072B2"],
    labels={"size": "Patients of one sex, area and year of birth", "groups": "Number of such groups"},
    title="How many patients are alone in their sex, area and year",
)

# %% [markdown]
# *The figure in words*: the first bar is by far the highest. Most groups of one sex, area and year of birth have a single patient, and each of these patients can be
# pointed at. The printed lines show the counts; where the third says None, the difference of the second and the fourth tells it.
#
# ### What to write
#
# **`plan(target, patients)`** gets a target, such as `{"sex": "F", "birth_year": 1980, "area": "X0101"}`, and a list of all patients without their illnesses (say, from the
# porter's desk): `sex`, `birth_year` (whole number) and `area`, blank for some. The target is the only patient of this sex, year and area. It returns questions for the desk, in two lists:
#
# ```python
# {"plus": [{"diagnoses": ["B20", "Z21"], "sex": "F", "areas": ["X0101", "X0103"]}], "minus": [...]}
# ```
#
# A question may have `diagnoses` (beginnings of codes; one visit of the patient has one of them), `sex`, `birth_years` and `areas`; what is left out does not matter. Who has a
# blank area fits no question with areas. Counts from 1 to 4 are withheld. The answers of `plus`, added up, less those of `minus`, must be 1 if the target has
# HIV in either form, and 0 if not. Where several plans do that, take the one whose smallest group is largest: the count of a small
# group may be withheld. In marking, your questions are put to a desk twice: as things are, and as if the target had no HIV.
#
# **`refuse(asked, new, least)`** is the auditor. It gets the groups of all questions that were answered so far (lists of patients' numbers), the group of a new one, and the least
# number. It returns whether the new question must be refused, and why:
#
# 1. `"small"`: the new group has fewer than `least` members, but at least 1.
# 2. else `"difference"`: some earlier group and the new one differ in fewer than `least` people, but in at least 1. (A person counts who is in one of the two and not in the other.)
# 3. else it is answered.
#
# ```python
# {"refuse": True, "because": "difference"}    # or {"refuse": False, "because": None}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | two targets in a little hospital | 1.5 | the difference follows the status |
# | only what is told | 1 | something is asked, nothing is withheld, the difference is 0 or 1 |
# | five targets | 3.5 | for each of them: the difference follows the status |
# | `refuse`, example questions | .5 | half for the decision, half for the reason |
# | `refuse`, other questions | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def plan(target: dict, patients: pd.DataFrame) -> dict[str, list[dict]]:
    """Plans questions whose answers tell whether a target has HIV.

    Returns a dictionary with the lists of questions plus and minus.
    """
    ### BEGIN SOLUTION
    alike = (patients["sex"] == target["sex"]) & (patients["birth_year"] == target["birth_year"])
    crowded = set(patients.loc[alike, "area"].dropna()) - {target["area"]}
    areas = sorted(set(patients["area"].dropna()) - crowded)
    years = sorted(int(year) for year in set(patients["birth_year"]) - {target["birth_year"]})
    group = {"diagnoses": ["B20", "Z21"], "sex": target["sex"], "areas": areas}
    return {"plus": [group], "minus": [group | {"birth_years": years}]}
    ### END SOLUTION


def refuse(asked: list[list[str]], new: list[str], least: int) -> dict[str, object]:
    """Decides whether a question must be refused because of those answered before.

    Returns a dictionary such as {"refuse": True, "because": "difference"}.
    """
    ### BEGIN SOLUTION
    if 0 < len(set(new)) < least:
        return {"refuse": True, "because": "small"}
    if any(0 < len(set(old) ^ set(new)) < least for old in asked):
        return {"refuse": True, "because": "difference"}
    return {"refuse": False, "because": None}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_6", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("4.6")

# %% [markdown]
# ## Task 4.7 Noise with a budget (14 points, about 2.5 hours)
#
# ### The harm
#
# The desk now remembered every question, and refused more and more. After a month it refused the county's own epidemiologist. Meanwhile the insurer had sent three
# students, each of whom asked a third of the questions. The desk had compared what each of them was told with what this one had been told before.
#
# ### The idea: say nothing exactly, and count what you have said
#
# Suppose every answer is a little wrong, by chance. Then 23 and 22 differ by anything, and the insurer learns nothing. How wrong must it be? As wrong as one single
# person can make a difference. A mechanism is **differentially private** if whatever it answers is nearly as likely with a person as without: at most
# e^ε times as likely. **Epsilon** (ε) says how much one answer may tell: .1 is little, 1 is some, 10 is nearly everything.
#
# 1. **Sensitivity** is the most by which one person can change the true answer. One more or one less person (neighbours `"add-remove"`) changes one of several disjoint
#    counts by 1. If one person is *replaced* by another (`"replace"`), two counts may change by 1 each: together 2. A mean of n values between `low` and `high`, of which one is
#    replaced, changes by at most (high − low)/n. Values outside must be brought to the nearer bound first (**clamping**): otherwise one centenarian of age 900, a slip of the pen,
#    moves the mean as far as he likes.
# 2. **Laplace noise** of the scale sensitivity / ε, drawn anew for every number, makes it private. Its mean is 0, so sums stay right. Whole-numbered (discrete) Laplace noise is as good.
# 3. **The budget**: what was told cannot be taken back, and epsilons add up. A **ledger** holds what has been spent, whoever asks. When the budget is spent, the desk closes, forever. Otherwise
#    somebody asks a thousand times and takes the mean.
#
# Two habits spoil it. A **seed** that is fixed, good practice in a study, lets everybody draw the same noise and take it off. And setting negative counts to 0 looks tidy, but each
# zero was sometimes −3 and is now never below: sums grow too large.
#
# A short example on something else: ask a hundred people whether they have ever stolen. Each tosses a coin in secret, says the truth on heads, and on tails tosses again and says yes on heads. Nobody's answer
# tells anything, and yet you can compute the share: that is older than computers (Warner, 1965).
#
# The figure shows the median relative error of a count with noise, by the size of the group.

# %%
rng = np.random.default_rng(20251129)
rows = []
for epsilon in (0.05, 0.1, 0.5, 1.0):
    for size in (5, 20, 50, 200, 500, 2000):
        error = np.abs(rng.laplace(0, 1 / epsilon, 4000)) / size
        rows.append({"epsilon": str(epsilon), "size": size, "error": np.median(error)})
table = pd.DataFrame(rows)
print(table.pivot(index="size", columns="epsilon", values="error").round(4).to_string())
px.line(
    table,
    x="size",
    y="error",
    color="epsilon",
    symbol="epsilon",
    line_dash="epsilon",
    markers=True,
    log_x=True,
    log_y=True,
    color_discrete_sequence=["#D55E00", "#E69F00", "#0072B2", "#009E73"],
    labels={"size": "People in the group", "error": "Median relative error", "epsilon": "Epsilon"},
    title="Small groups pay first",
)

# %% [markdown]
# *The figure in words*: four straight lines that fall, each ten times the group, a tenth of the error. With ε = .1 a group of 20 is off by a third, of 200 by 3 %, of 2,000
# by a third of a per cent. Noise is the same for all groups; it is the small ones that it drowns.
#
# ### What to write
#
# **`noisy(counts, eps, neighbours, n)`** gets the counts of disjoint groups, ε, `"add-remove"` or `"replace"`, and how often to draw. It returns a list of n lists, each with
# all counts with fresh noise. Each draw is judged as one release on its own: with ε for all its counts together. Negative numbers stay.
#
# **`noisy_mean(values, low, high, eps, n)`** returns a list of n draws of the mean of the values, brought within the bounds, with noise. The number of values is known to everybody; neighbours replace one value.
#
# **`ledger(budget, asked)`** gets the budget and the epsilons of the questions in the order asked. It returns for each whether it is answered: if what has been spent on answers so far and this
# question's ε together are at most the budget (allow 1e-9 for rounding). A question that is refused costs nothing, and a cheaper one may still be answered after it.
#
# ```python
# ledger(1.0, [0.6, 0.6, 0.3])
# # [True, False, True]
# ```
#
# **`faults(design)`** gets the plan of somebody else:
#
# ```python
# {"budget": 1.0, "neighbours": "replace", "seed": "fixed", "negatives": "set to 0", "summed": True,
#  "queries": [{"kind": "histogram", "eps": 0.4, "sensitivity": 1.0},
#              {"kind": "mean", "eps": 0.5, "sensitivity": 0.1, "low": 0, "high": 100, "n": 1000}]}
# ```
#
# The kinds are `"count"` (one count: sensitivity 1), `"histogram"` (counts of disjoint groups: 1 or 2, as above) and `"mean"`. It returns a list of what is wrong, each once, in any order:
#
# * `"budget"`: the epsilons of all queries add up to more than the budget,
# * `"sensitivity"`: some query's sensitivity is stated smaller than it is (again allow 1e-9),
# * `"seed"`: the seed is fixed,
# * `"bias"`: negatives are set to 0, and the counts are `summed`.
#
# ### How it is marked
#
# A right mechanism fails one of these tests by chance less than once in a hundred thousand hand-ins.
#
# | part | points | full for |
# |---|---|---|
# | `noisy`, three groups | 1 | for each group, 4,000 draws look like Laplace noise of the right scale, plain or whole; groups do not share their noise |
# | `noisy`, counts of the hospital | 3 | the same with 20,000 draws |
# | `noisy_mean`, four ages | 1 | the draws look like the right mean with noise of the right scale |
# | `noisy_mean`, means of the hospital | 2 | the same |
# | `ledger`, examples | 1 | each ledger right in every question |
# | `ledger`, others | 2.5 | the same |
# | `faults`, example designs | 1 | every fault, and no other |
# | `faults`, other designs | 2.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_7", "locked": false, "schema_version": 3, "solution": true, "task": false}
def noisy(counts: list[int], eps: float, neighbours: str, n: int) -> list[list[float]]:
    """Draws counts of disjoint groups with noise.

    Returns a list of n lists.
    """
    ### BEGIN SOLUTION
    sensitivity = {"add-remove": 1, "replace": 2}[neighbours]
    drawn = np.random.default_rng().laplace(counts, sensitivity / eps, (n, len(counts)))
    return drawn.tolist()
    ### END SOLUTION


def noisy_mean(values: list[float], low: float, high: float, eps: float, n: int) -> list[float]:
    """Draws the mean of values within bounds, with noise.

    Returns a list of n numbers.
    """
    ### BEGIN SOLUTION
    middle = np.clip(values, low, high).mean()
    return np.random.default_rng().laplace(middle, (high - low) / len(values) / eps, n).tolist()
    ### END SOLUTION


def ledger(budget: float, asked: list[float]) -> list[bool]:
    """Decides which questions the budget still covers.

    Returns True or False for each question.
    """
    ### BEGIN SOLUTION
    spent, told = 0.0, []
    for eps in asked:
        told.append(spent + eps <= budget + 1e-9)
        spent += eps * told[-1]
    return told
    ### END SOLUTION


def faults(design: dict) -> list[str]:
    """Finds what is wrong with a plan for noisy answers.

    Returns a list of some of bias, budget, seed and sensitivity.
    """
    ### BEGIN SOLUTION
    found = []
    if sum(query["eps"] for query in design["queries"]) > design["budget"] + 1e-9:
        found.append("budget")
    for query in design["queries"]:
        needed = 1.0
        if query["kind"] == "mean":
            needed = (query["high"] - query["low"]) / query["n"]
        elif query["kind"] == "histogram" and design["neighbours"] == "replace":
            needed = 2.0
        if query["sensitivity"] < needed - 1e-9 and "sensitivity" not in found:
            found.append("sensitivity")
    if design["seed"] == "fixed":
        found.append("seed")
    if design["negatives"] == "set to 0" and design["summed"]:
        found.append("bias")
    return found
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_7", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("4.7")

# %% [markdown]
# ### The same by a library
#
# You have built the mechanism yourself, to know what it does. In earnest one uses a library that others have examined: plain floating-point noise has leaked secrets by its last bits
# (Mironov, 2012). **OpenDP** adds whole-numbered noise and tells by itself how much privacy a mechanism costs.

# %%
import opendp.prelude as dp

dp.enable_features("contrib")
mechanism = dp.m.make_laplace(dp.atom_domain(T=int), dp.absolute_distance(T=int), scale=10.0)
print("A count of 200, ten times:", [mechanism(200) for _ in range(10)])
print("Epsilon, if one person changes it by 1:", round(mechanism.map(d_in=1), 6))
print("Epsilon, if one person changes it by 2:", round(mechanism.map(d_in=2), 6))

# %% [markdown]
# ## Task 4.8 Which release for whom (8 points, about 1.5 hours)
#
# ### The harm
#
# A firm offered the way out: **synthetic data**. A program reads the file and writes a new one, of people who do not exist, alike in every average. "About nobody", said the brochure, and the hospital
# gave it to everybody. The program had been careless. Where it found no pattern, it had remembered. A man who had told nobody of his diabetes found a row with his age, his weight to the
# decimal, and his HbA1c.
#
# ### The idea: ask of every release what it tells, and to whom
#
# The attack on a synthetic release is **membership inference**: was this person in the data from which it was made? In a register of people with diabetes, that *is* the diagnosis. Whoever knows
# a person's row looks how near the nearest released row lies. Those who were remembered lie nearer than people like them who were not there. The **advantage** of an attack says how much better than a guess it is: the share of the
# insiders whom it names, less the share of the outsiders whom it names as well, at the threshold that is best for the attacker.
#
# There is no best release, only one that fits a recipient. Five kinds lie on the table: *pseudonymised* rows; a *limited data set* (dates and areas stay, names go); a *k-anonymous* file; *noisy tables*; a *synthetic* file.
# Each has a prosecutor's and a journalist's risk, a membership risk, and an error. Each recipient knows something, signs something, and needs something. HIPAA allows a limited data set only with
# a **data use agreement** (45 CFR 164.514(e)), and in this county the same holds for pseudonymised rows.
#
# A short example on something else: house keys. The neighbour who waters the plants gets the front door's, the plumber is let in, the newspaper gets the letter box.
#
# The figure makes a synthetic release of half of your district's diabetes cohort, of which four rows in ten are remembered, and shows how far the nearest row lies.

# %%
from sim.policy.synthetic import COLUMNS, synthesise

cohort = world.tables["diabetes_cohort"][list(COLUMNS)].sample(frac=1, random_state=7).reset_index(drop=True)
half = len(cohort) // 2
release = synthesise(cohort[:half], leaked=0.4)
same = ["sex", "dx_diabetes", "on_drug"]
groups = {keys: part[["age", "bmi"]].to_numpy(float) for keys, part in release.groupby(same)}
people_asked = cohort[half - 300 : half + 300]
rows = []
for place, keys, age, bmi in zip(
    people_asked.index,
    people_asked[same].itertuples(index=False, name=None),
    people_asked["age"],
    people_asked["bmi"],
):
    near = groups.get(keys, np.array([[999.0, 999.0]]))
    gap = (np.abs(near[:, 0] - age) / 10 + np.abs(near[:, 1] - bmi) / 3).min()
    rows.append(
        {"person": "in the data" if place < half else "not in the data", "gap": round(min(gap, 1), 3)}
    )
gaps = pd.DataFrame(rows)
print(gaps.groupby("person")["gap"].describe().round(3).to_string())
px.ecdf(
    gaps,
    x="gap",
    color="person",
    line_dash="person",
    color_discrete_sequence=["#D55E00", "#0072B2"],
    labels={"gap": "Distance of the nearest released row", "person": "The person was"},
    title="Who was in the data lies nearer",
).update_yaxes(title="Share of the people")

# %% [markdown]
# *The figure in words*: two rising curves. That of people who were in the data lies above the other at small distances: more of them have a row very near. Towards larger distances the two
# run together: of most people the release tells nothing. The printed table gives the quarters.
#
# ### What to write
#
# **`most_exposed(release, targets, n)`** gets a synthetic release and people whose rows you know, half of whom were in the data: both with `sex`, `dx_diabetes`, `age`, `bmi`, `thirst`, `on_drug` and `hba1c` (blank if
# not measured), the release with `release_id`, the targets with `target_id`. It returns the `target_id`s of the n of whom you are surest that they were in the data.
#
# **`choose_release(measures, recipient)`** gets the five releases, each a dictionary with `kind`, `prosecutor`, `journalist`, `membership` and `error`, and a recipient with `knows_who_is_inside`, `agreement`, `risk_cap`
# and `error_cap`. It returns the kind that is to be given, or `None`:
#
# 1. `"pseudonymised"` and `"limited data set"` only go to a recipient with an agreement.
# 2. The risk is the larger of the membership risk and the prosecutor's (if the recipient knows who is inside) or the journalist's. It must be at most the cap.
# 3. The error must be at most the cap. Of those left, the one with the smallest error is given.
#
# ```python
# {"kind": "k-anonymous"}
# ```
#
# **`advantage(inside, outside, limit, kind)`** gets the scores that an attack gave to people who were in the data and to others (higher: more likely inside), the largest advantage that the board allows, and the kind of release
# attacked. An attack names everybody whose score is at least a threshold. It returns the largest difference between the share of insiders and of outsiders named, over all thresholds, and
# whether the release may go out: whether that is at most the limit. Whether it counts depends on the number, not on the kind.
#
# ```python
# {"advantage": 0.5, "release": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | five rows, four targets | .5 | both named |
# | the cohort | 2 | 80 % of the 40 named were in the data; 0 at 55 % |
# | `choose_release`, five recipients | 1 | each right |
# | `choose_release`, other recipients | 2.5 | each right |
# | `advantage`, example attacks | .5 | half for the number within .0005, the rest if the decision is right, too |
# | `advantage`, other attacks | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_4_8", "locked": false, "schema_version": 3, "solution": true, "task": false}
def most_exposed(release: pd.DataFrame, targets: pd.DataFrame, n: int) -> list[str]:
    """Names the people who were most surely in the data behind a synthetic release.

    Returns a list of n target_ids.
    """
    ### BEGIN SOLUTION
    far = np.zeros((len(targets), len(release)))
    for column, scale in {"age": 10, "bmi": 3, "hba1c": 1}.items():
        ours = targets[column].to_numpy(float)[:, None]
        theirs = release[column].to_numpy(float)[None, :]
        gap = np.abs(ours - theirs) / scale
        far += np.where(np.isnan(ours) & np.isnan(theirs), 0, np.where(np.isnan(gap), 3, gap))
    for column in ("sex", "dx_diabetes", "thirst", "on_drug"):
        far += 3 * (targets[column].to_numpy()[:, None] != release[column].to_numpy()[None, :])
    order = np.argsort(far.min(axis=1), kind="stable")
    return targets["target_id"].iloc[order[:n]].tolist()
    ### END SOLUTION


def choose_release(measures: list[dict], recipient: dict) -> dict[str, str | None]:
    """Chooses the release that a recipient is given.

    Returns a dictionary such as {"kind": "k-anonymous"}.
    """
    ### BEGIN SOLUTION
    who = "prosecutor" if recipient["knows_who_is_inside"] else "journalist"
    good = [
        one
        for one in measures
        if (recipient["agreement"] or one["kind"] not in ("pseudonymised", "limited data set"))
        and max(one["membership"], one[who]) <= recipient["risk_cap"]
        and one["error"] <= recipient["error_cap"]
    ]
    return {"kind": min(good, key=lambda one: one["error"])["kind"] if good else None}
    ### END SOLUTION


def advantage(inside: list[float], outside: list[float], limit: float, kind: str) -> dict[str, object]:
    """Says how much better than a guess an attack is, and whether the release may go out.

    Returns a dictionary such as {"advantage": 0.5, "release": False}.
    """
    ### BEGIN SOLUTION
    inside, outside = np.array(inside), np.array(outside)
    thresholds = np.concatenate([inside, outside])
    most = max(0.0, *((inside >= t).mean() - (outside >= t).mean() for t in thresholds))
    return {"advantage": float(most), "release": bool(most <= limit)}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_8", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
check("4.8")

# %% [markdown]
# ## Task 4.5b t-closeness (optional, 4 points, about 1.5 hours)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# The mended file was 2-diverse. In Ruth's class half of the women now had one cancer and half another. Two values, and everybody knew: cancer.
#
# A class is **t-close** if the shares of the sensitive values in it are nearly those of the whole file. Then who learns the class learns little. The **distance** used here is half the sum, over all values, of how far the share in the class lies
# from the share in the whole (the total variation): 0 if they are alike, 1 if they have nothing in common. A class is too far if its distance is more than t.
#
# To bring it nearer it needs company. That costs more than diversity did: a second value is found next door, but the mixture of the whole file is not.
#
# A short example on something else: a bag of sweets is one quarter red. A handful that is half red and half yellow is diverse, and tells a lot about the hand.
#
# **`too_far(released, qids, sensitive, t)`** gets a released file with `row_id`, and returns the `row_id`s of all rows in classes whose distance from the whole file (all its rows, this class included) is more than t (allow 1e-9 for rounding).
#
# **`tighten(released, qids, sensitive, k, t)`** gets such a file, in which every class has at least k rows, and returns a release with the same columns in which every class has at least k rows and lies at most t from the whole: from all rows
# that you return. `qids` is always `["age", "sex", "area"]`: a range, a sex, and a zone or `""`. Cells may be blurred as in task 4.5a: an age to a wider range or `*`, the others to `*`. At most 5 % of the rows may be left out. The cost, counted as there, is compared with
# a plain way. As long as a class is too far, take the farthest. Leave it out, if the 5 % allow and that costs no more than to join it. Else join it, at the smallest cost, with a class such that the two together are near enough; if there is none,
# with the one that leaves them nearest.
#
# **`gain(counts, whole, value)`** gets how many rows of a class and of the whole file have which value, and one value. It returns the share of that value in the whole (`before`), in the class (`after`, 0 if it does not occur), and
# how many `times` as large the second is:
#
# ```python
# {"before": 0.15, "after": 0.625, "times": 4.167}
# ```
#
# ### How it is marked
#
# `too_far`: five classes .5, the hospital's classes 1 (all these rows and no other; 0 at half). `tighten`, five classes and the hospital: no class too far, k and the 5 % kept, every cell true .75; all that at 1.6 times the plain way's cost or
# less .75 (0 at 3 times). `gain`: examples .5, others .5, each number within .0005.


# %% nbgrader={"grade": false, "grade_id": "solve_4_5b", "locked": false, "schema_version": 3, "solution": true, "task": false}
def too_far(released: pd.DataFrame, qids: list[str], sensitive: str, t: float) -> list[str]:
    """Finds the rows of classes that tell more than the whole file.

    Returns a list of row_ids.
    """
    ### BEGIN SOLUTION
    whole = released[sensitive].value_counts(normalize=True)
    far = []
    for _, rows in released.groupby(qids):
        mine = rows[sensitive].value_counts(normalize=True).reindex(whole.index, fill_value=0)
        if (mine - whole).abs().sum() / 2 > t + 1e-9:
            far += rows["row_id"].tolist()
    return far
    ### END SOLUTION


def tighten(released: pd.DataFrame, qids: list[str], sensitive: str, k: int, t: float) -> pd.DataFrame:
    """Blurs or leaves out what is needed until no class is too far from the whole.

    Returns a DataFrame with the same columns.
    """

    ### BEGIN SOLUTION
    def distance(rows, whole):
        here, n = Counter(row[sensitive] for row in rows), sum(whole.values())
        return sum(abs(here[value] / len(rows) - whole[value] / n) for value in whole) / 2

    def cover(one, other):
        pairs = list(zip(one, other))
        joined = [first if first == second else "*" for first, second in pairs]
        if joined[0] == "*" and "*" not in pairs[0]:
            ends = [int(end) for cell in pairs[0] for end in cell.split("-")]
            joined[0] = f"{min(ends)}-{max(ends)}"
        return tuple(joined)

    def price(key, new):
        return len(classes[key]) * sum(cell != after for cell, after in zip(key, new)) / 3

    def joining(other):
        new = cover(worst, other)
        short = max(distance(classes[worst] + classes[other], whole) - t, 0)
        return short, price(worst, new) + price(other, new), other, new

    rows = released.to_dict("records")
    allowed = len(rows) // 20
    while True:
        classes = defaultdict(list)
        for row in rows:
            classes[tuple(row[name] for name in qids)].append(row)
        whole = Counter(row[sensitive] for row in rows)
        far = {key: distance(mine, whole) for key, mine in classes.items()}
        worst = max(far, key=far.get)
        if far[worst] <= t + 1e-9:
            return pd.DataFrame(rows, columns=released.columns)
        mine = classes[worst]
        _, cost, other, new = min(joining(other) for other in classes if other != worst)
        if len(mine) <= min(cost, allowed):
            allowed -= len(mine)
            rows = [row for row in rows if tuple(row[name] for name in qids) != worst]
            continue
        for row in mine + classes[other]:
            row.update(zip(qids, new))
    ### END SOLUTION


def gain(counts: dict[str, int], whole: dict[str, int], value: str) -> dict[str, float]:
    """Says how much better a guess becomes by knowing the class.

    Returns a dictionary such as {"before": 0.15, "after": 0.625, "times": 4.167}.
    """
    ### BEGIN SOLUTION
    before = whole[value] / sum(whole.values())
    after = counts.get(value, 0) / sum(counts.values())
    return {"before": before, "after": after, "times": after / before}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_5b", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("4.5b")

# %% [markdown]
# ## Task 4.9 Safe Harbor (optional, 4 points, about 1.5 hours)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# The hospital's lawyer had a list of eighteen columns. They were deleted; the file was called de-identified. Nobody had looked *into* the columns that were left, least of all into the notes, where nurses write whom one may call.
#
# **Safe Harbor** (45 CFR 164.514(b)(2)) asks for more than columns. Gone must be names and telephone numbers, of relatives, too; all parts of dates but the year; ages over 89, and every year that shows such an age; areas in which 20,000
# people or fewer live. And whoever gives the file away must not *know* of a way to find somebody with the rest. Whoever has done task 4.2 knows.
#
# **`scrub(notes, names)`** gets notes (`note_id`, `text`) and a table of names (`given_name`, `family_name`) of everybody who was a patient of the three hospitals. It returns the text of each note by its `note_id`, without names, dates and telephone
# numbers, and with everything else. Names stand in the notes as a given name, a family name, or both; in a Chinese district the family name comes first, without a blank. Not everybody in a note was a patient. (Names of places should go, too; here they do not count.)
#
# ```python
# {"N1": "Ms. [NAME] here for cough since [DATE]. Na 139 mmol/L."}
# ```
#
# **`safe_harbor(table, people, found)`** gets a file with `row_id`, `age` (a number) and, as text, `birth_year`, `admitted` (a year, or a day such as `2024-03-12`) and `area`, each blank in some rows; how many people live in each area; and the `row_id`s of those
# whom somebody in the house has found already. It returns a list of what is not allowed, each a pair of `row_id` and `"age"` (over 89), `"birth_year"` (shows an age over 89 at the end of 2025: born in 1935 or before), `"admitted"` (more than a year), `"area"` (20,000 people or fewer) or
# `"knowledge"` (found already).
#
# Here are three notes of your own district.

# %%
for text in world.tables["emr_notes"]["text"].head(3):
    print(text, end="\n\n")

# %% [markdown]
# *How it is marked*: `scrub`: three notes .5; 95 % of the names gone .75; 95 % of dates and telephone numbers gone .5 (both 0 at half, and only if four fifths of the medicine stay); 98 % of illnesses, drugs and
# measurements still there .75 (0 at 80 %). `safe_harbor`: seven rows .5, the hospital's file 1: every finding and no other; 0 at half.


# %% nbgrader={"grade": false, "grade_id": "solve_4_9", "locked": false, "schema_version": 3, "solution": true, "task": false}
def scrub(notes: pd.DataFrame, names: pd.DataFrame) -> dict[str, str]:
    """Takes names, dates and telephone numbers out of notes.

    Returns a dictionary from note_id to text.
    """
    ### BEGIN SOLUTION
    month = "January|February|March|April|May|June|July|August|September|October|November|December"
    forms = [
        r"\d{4}年\d{1,2}月\d{1,2}日",
        r"\d{4}[-.]\d{1,2}[-.]\d{1,2}",
        r"\d{1,2}/\d{1,2}/\d{2,4}",
        rf"(?:{month}) \d{{1,2}}, \d{{4}}",
        r"\d{3}-\d{3}-\d{4}",
        r"(?<!\d)1\d{10}(?!\d)",
    ]
    numbers = re.compile("|".join(forms))
    words = {word for column in ("given_name", "family_name") for word in names[column].dropna()}
    if any("一" <= word[0] <= "鿿" for word in words):
        words = set(names["family_name"] + names["given_name"])
        people = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    else:
        one = "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"
        people = re.compile(rf"(?<!\w){one}(?: {one})*(?!\w)(?! \d)")
    return {
        note: people.sub("[NAME]", numbers.sub("[NUMBER]", text))
        for note, text in zip(notes["note_id"], notes["text"])
    }
    ### END SOLUTION


def safe_harbor(table: pd.DataFrame, people: dict[str, int], found: list[str]) -> list[list[str]]:
    """Finds what Safe Harbor does not allow.

    Returns a list of pairs [row_id, what].
    """
    ### BEGIN SOLUTION
    breaches = {
        "age": table["age"] > 89,
        "birth_year": pd.to_numeric(table["birth_year"]) <= 1935,
        "admitted": table["admitted"].str.len() > 4,
        "area": table["area"].map(people) <= 20_000,
        "knowledge": table["row_id"].isin(found),
    }
    return [[row, what] for what, bad in breaches.items() for row in table.loc[bad.fillna(False), "row_id"]]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_9", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("4.9")

# %% [markdown]
# ## Task 4.10 What a picture says about its patient (optional, 4 points, about 1.5 hours)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# A school asked for X-rays to teach with. The department deleted the patient's name from every file and sent two hundred. A pupil opened one in a free viewer. In the corner of the picture, in small white letters, stood a
# name. In a remark that a machine had added stood another, with a telephone number.
#
# **DICOM** is the format of all imaging departments: a picture and, before it, a **header** of some fifty elements. Each has a *tag* (a group and a number, such as 00100010), a kind (*VR*) and a value. Whose picture it is stands in many of them:
#
# * in elements that the standard has for it: the patient's name, number, birth date and address; who ordered and who took the picture, in which hospital, on which machine and day, under which numbers of visit and order,
# * in **private elements**, which each maker fills as he likes; their group is an odd number,
# * in remarks, as free text,
# * in **unique identifiers**, long numbers for an image, its series, its study and its frame of reference. Whoever has the archive looks them up. But images that belong together must stay together. So each is replaced by a new one, the same wherever the old one stood,
# * in the picture itself: consoles burn words into it. An element, 00280301, ought to say whether they did. It says NO.
#
# A list of what must go is never complete: the next machine has an element that is not on it. Safer is a list of what may stay.
#
# A short example on something else: moving house. Who makes a list of what to throw away forgets half of the cellar. Who makes a list of what to take along takes nothing by mistake.
#
# The cell below reads the headers of a part of your district's images, prints some of a digitised film, and shows the first pictures of seventy examinations. Look for letters.

# %%
pictures = {name: data for name, data in world.files.items() if name.startswith("imaging/")}
rows = []
for name in list(pictures)[::5]:
    for one in pydicom.dcmread(io.BytesIO(pictures[name]), stop_before_pixels=True):
        value = "\\".join(map(str, one.value)) if one.VM > 1 else str(one.value)
        rows.append(
            {"file": name, "tag": f"{one.tag:08X}", "vr": one.VR, "name": one.keyword, "value": value}
        )
headers = pd.DataFrame(rows)
film = headers[headers["file"] == headers["file"].iloc[-1]]
print(film[["tag", "vr", "name", "value"]].head(36).to_string(index=False))
first = [pydicom.dcmread(io.BytesIO(data)) for name, data in pictures.items() if name.endswith("_1.dcm")]
wall = np.block([[image.pixel_array for image in first[row : row + 10]] for row in range(0, 70, 10)])
px.imshow(wall, color_continuous_scale="gray", title="First pictures of seventy examinations", height=650)

# %% [markdown]
# *The figure in words*: seven rows of ten grey pictures on black: lungs, knees, arms, heads. Most have no letters. A few have one or two white lines in their upper left corner, which can be read: a name, a number, a day of birth.
#
# **`clean_headers(headers)`** gets a table of the elements of many files: `file`, `tag`, `vr`, `name` (what the standard calls the element; blank if it is private) and `value` (text; several values have a `\` between them; blank if there is none). It returns a DataFrame
# with `file`, `tag` and `value` of the elements that go out, at most one row for each.
#
# | | which elements |
# |---|---|
# | stay as they are, or nobody can use the picture | all of the groups 0018 and 0028 (in our files they say only how the picture was taken and stored); in group 0008 the numbers 0005, 0008, 0016, 0060, 0064, 0070, 1030 and 1090: character set, kind, class, modality, conversion, maker, description, model; the sex, 00100040; in group 0020 the numbers 0011, 0012, 0013, 0020, 0032, 0037 and 1040: counts, place and direction |
# | are replaced | the unique identifiers of image (00080018), study (0020000D), series (0020000E) and frame of reference (00200052): by digits and dots, at most 64 characters, in which the old one does not stand; what was equal stays equal, what was different stays different |
# | may stay or go | times of day (VR TM); ages up to 89 (00101010: `"072Y"` is 72 years); of a day (VR DA) the year alone, as `"2024"`. Of somebody over 89 neither age nor year of birth |
# | go | everything else: there is no row, or its value is blank. In marking there are elements that your district does not have |
#
# ```python
#   file       tag             value
#     F1  00080060                CR
#     F1  00080018  2.25.90817263544
# ```
#
# **`words_in(files)`** gets files, as the dictionary `pictures` above, and returns a list of the names of those with words burned into the picture. Words stand at the top, in the largest value that the picture's bits can hold; nothing else in a picture is so bright.
#
# **`verdict(tried, files, limit)`** says what a tool is good for. `tried` tells how it did on files whose truth is known: how many `files`, how many `identifying` elements they had in all, how many of these it `removed`, and how many `harmless` ones it removed as well. `files` is how many files
# are to go out, and `limit` is how many identifying elements the board would bear in all of them together. It returns the `recall` (of the identifying ones, the share removed), the `precision` (of the removed ones, the share that was identifying), how many identifying elements are expected to be
# `left` in the files that go out, and whether to `release`, that is, whether these are at most the limit (allow 1e-9 for rounding):
#
# ```python
# verdict({"files": 50, "identifying": 1100, "removed": 1089, "harmless": 121}, 1000, 10)
# # {"recall": 0.99, "precision": 0.9, "left": 220.0, "release": False}
# ```
#
# ### How it is marked
#
# `clean_headers`: three files .5, a third each for what is gone, kept and replaced; then for the hospitals' files: everything that must go is gone 1 (0 at 95 %; only if four fifths of what must stay are there); what must stay is as it was .5 (98 %; 0 at 80 %; only if half of what must go is gone); identifiers replaced
# .5 (all; 0 at half). `words_in`: four files and the hospitals' .5 (95 % of the files with words and of those named; 0 at half). `verdict`: examples .25, others .75: each number within .0005 a quarter, the rest if the decision is right, too.


# %% nbgrader={"grade": false, "grade_id": "solve_4_10", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clean_headers(headers: pd.DataFrame) -> pd.DataFrame:
    """Leaves in the headers of images what points at nobody.

    Returns a DataFrame with file, tag and value.
    """
    ### BEGIN SOLUTION
    kind = {"0005", "0008", "0016", "0060", "0064", "0070", "1030", "1090"}
    order = {"0011", "0012", "0013", "0020", "0032", "0037", "1040"}
    may_stay = {"0008" + n for n in kind} | {"0020" + n for n in order} | {"00100040"}
    replaced = ["00080018", "0020000D", "0020000E", "00200052"]
    table = headers[["file", "tag", "value"]].fillna({"value": ""})
    stays = table["tag"].isin(may_stay) | table["tag"].str[:4].isin(["0018", "0028"])
    numbers = table["tag"].isin(replaced) & (table["value"] != "")
    new = {old: f"2.25.{uuid.uuid4().int}" for old in table.loc[numbers, "value"].unique()}
    table.loc[numbers, "value"] = table.loc[numbers, "value"].map(new)
    return table[stays | numbers].reset_index(drop=True)
    ### END SOLUTION


def words_in(files: dict[str, bytes]) -> list[str]:
    """Finds the pictures into which words are burned.

    Returns a list of names of files.
    """
    ### BEGIN SOLUTION
    found = []
    for name, data in files.items():
        image = pydicom.dcmread(io.BytesIO(data))
        if (image.pixel_array == 2**image.BitsStored - 1).any():
            found.append(name)
    return found
    ### END SOLUTION


def verdict(tried: dict[str, int], files: int, limit: float) -> dict[str, object]:
    """Says how well a tool removes what identifies, and whether that is enough for many files.

    Returns a dictionary such as {"recall": 0.99, "precision": 0.9, "left": 220.0, "release": False}.
    """
    ### BEGIN SOLUTION
    missed = tried["identifying"] - tried["removed"]
    left = missed / tried["files"] * files
    return {
        "recall": tried["removed"] / tried["identifying"],
        "precision": tried["removed"] / (tried["removed"] + tried["harmless"]),
        "left": left,
        "release": left <= limit + 1e-9,
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_4_10", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("4.10")

# %% [markdown]
# ## Exploration: what to release, and who pays (about half an hour, no points)
#
# A health office releases data on patients of twelve areas: a file in which at least k rows are always alike, or counts with noise. Somebody who knows a part of the people attacks
# it. And a **recall programme**, which calls patients in for a check, is planned on it: whom the release tells wrongly, it misses.
#
# **Predict first.** Write down, before you touch a slider, your answers to three questions. They are for you alone.
#
# 1. The office protects everybody alike, with the same k or the same noise. Who pays with wrong numbers: all areas, the large ones or the small ones?
# 2. Is there a setting with fewer than 5 % of the patients at risk and an error below 5 % in an area of 20 patients?
# 3. What changes more for the attacker: k = 11 in place of 5, or the day of birth left out?
#
# Every figure behind the model stands in a table below the sliders with its source, or with the word *assumed*; you may change all of them. Two settings that differ by less than the simulated
# districts differ among themselves differ by chance.

# %%
from sim.explore import explore

explore("l4_privacy")

# %% [markdown]
# Without a mouse, or if you prefer words, the same model answers in a plain cell. Change a value and run the cell again.

# %%
from sim.explore.privacy import describe, run

print(describe(run({"counts": False, "k": 5.0, "fields": 3.0, "knows": 0.3, "smallest": 20.0})))

# %% [markdown]
# **A goal to reach**: fewer than **5 % of the patients at risk**, with an error **below 5 % in the smallest area**, or a proof that this cannot be had with 20 patients.
#
# **What most people find**: protection and usefulness are traded by the *size of the group*. The county's total is hardly touched, while the smallest area pays first, and with it the patients whom the recall
# misses.
#
# **Where that insight fails**: if every group has 2,000 people and more, noise at ε = .1 is negligible and k = 11 costs little. Then there is no need to choose.
#
# **Your own function**: the button "use my function" lets your `anonymise` from task 4.4 make the file of your own district, and says what a reader of it would get wrong.
#
# ## The written question (20 points, about 2 hours)
#
# **To the ethics board: personal data for whom? Is your k = 5 file personal data for the hospital, for a university with a contract, for the public?** Write at most 600 words, for a board half of whom are not
# lawyers. Use figures *of your own district*: your attack of task 4.2, the prosecutor's and the journalist's figures of task 4.1, your release of task 4.4.
#
# These are the texts. *Status* says how sure their wording is: checked was read in a secondary source, recalled is from general knowledge. Lawyers do not agree on all of them, so nobody's view is wrong for being a view.
#
# | where | says | dated | status |
# |---|---|---|---|
# | 45 CFR 164.514(b)(2) | HIPAA, Safe Harbor: eighteen kinds of identifiers are gone, and nobody there knows of a way to find somebody | 2002-08 | checked |
# | 45 CFR 164.514(c) | HIPAA: a code may stay if it is not derived from information about the person and the way back is not disclosed | 2002-08 | checked |
# | 45 CFR 164.514(e) | HIPAA, limited data set: dates and areas stay, sixteen direct identifiers go; for research, public health and operations, under a data use agreement | 2002-08 | checked |
# | GDPR recital 26 | identifiable is who can be found by means reasonably likely to be used, by whomever | 2016-04-27 | recalled |
# | CJEU C-413/23 P | pseudonymised data are not personal data for everybody in every case; it turns on the means that this recipient reasonably has; referred back | 2025-09-04 | checked |
# | PIPL 4 and 73 | anonymised, which cannot be restored, is not personal information; de-identified still is | 2021-11-01 | checked |
#
# Two readers will mark it by these five criteria, each at step 0, 1 or 2; a step is worth 2 points:
#
# | | 0 | 1 | 2 |
# |---|---|---|---|
# | **Legal test** | none | one law, rightly | two laws, and where they part |
# | **Recipient by recipient** | one answer | two recipients | all three, with the means that each reasonably has |
# | **Own evidence** | none | a figure of your attack | prosecutor's and journalist's figures, tied to a recipient |
# | **Residual risk and duty** | "safe" | a risk that remains | contract, an attacker with a motive, and what if knowledge arises later |
# | **Benefit and clarity** | absent | a benefit | benefit weighed, readable by a lay member |
#
# End with three lines on help that you had, for example from an AI assistant: the tool, for what, what you checked yourself. Declared help
# costs nothing.

# %% [markdown] nbgrader={"grade": true, "grade_id": "answer_4_written", "locked": false, "points": 0, "schema_version": 3, "solution": true, "task": false}
# *An exemplar for the instructor; the student's version is empty.* Three of them stand in `rubric.md`.

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_4_legal", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Legal test* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_4_recipients", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Recipient by recipient* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_4_evidence", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Own evidence* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_4_duty", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Residual risk and duty* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_4_benefit", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Benefit and clarity* (4 points)

# %% [markdown]
# ## What you take away
#
# * You are hidden by those who are like you, not by a missing name.
# * Alone in the file is not yet alone in the county. Which of the two counts depends on what the attacker knows.
# * Two harmless tables make a dangerous one. A false claim harms, too, and not everybody on the list is in the file.
# * A hash can be tried out; a key cannot. One key for each project, and whoever keeps it holds personal data.
# * Blur until nobody is alone, on what you really hand out. Who is left out vanishes from every statistic.
# * k hides who you are, not what you have. Ask how good the best guess about you is.
# * Two answers that are safe alone can be unsafe together. A limit on the size of a count does not see it.
# * Noise hides one person if it is as large as one person can matter, and only while the budget lasts. Small groups pay first.
# * Synthetic is not anonymous: measure what a release remembers. There is no best release, only one that fits a recipient.
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
