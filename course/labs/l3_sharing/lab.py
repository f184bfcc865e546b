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
# # Lab 3. Sharing: one person in three hospitals
#
# Zoë Núñez is allergic to penicillin. The General Hospital knows it: it nearly cost her life there. One night in March she was
# brought to the emergency room of the second hospital, unconscious, with an infection of the blood. The nurse typed what stood on
# her card: NUNEZ ZOE. The system looked into the district's exchange for "Nunez Zoe", found nobody, and showed a green line: *no
# allergies known*.
#
# Three weeks later it happened the other way round. The exchange found a record for a Zoe Nunn, took it for hers, and brought
# somebody else's blood group.
#
# In the first night a link was missing, in the second it was false. The data were there both times. In this lab you find the
# people whom several hospitals know, you learn what both kinds of error cost and whom they hit, and you decide what may be
# shared at all.
#
# | | |
# |---|---|
# | **Time** | about 19 hours for an IT student, for whom the times below are meant; 1.6 times as long (31 hours) if you do not write Python every week |
# | **You need** | lab 0; functions, dictionaries, one week of pandas; proportions, what a probability is. Lab 2 is not needed: you begin from a *checkpoint*, the tables of the three hospitals as lab 2 leaves them, nobody linked yet |
# | **Points** | 100: seven tasks (80 points), marked by program, and one written question (20 points), marked by two readers. An optional task replaces lost points |
# | **Your track** | IT: empty answer cells. Clinician: answer cells hold the steps, and blanks `____` to fill in. Law and management: the same, and in task 3.8 you choose among three rules and prove it by a counter-example. The hidden districts are the same for all |
#
# After this lab you can
#
# 1. make keys that are equal for one name and differ for two (task 3.1),
# 2. choose which pairs are worth comparing (task 3.2),
# 3. weigh agreement by how surprising it is (task 3.3),
# 4. choose a threshold for each use, and say what it costs (task 3.4),
# 5. say whose links are missing, and mend a rate that suffers from it (task 3.6),
# 6. count over hospitals without seeing a name (task 3.7),
# 7. decide what may leave the hospital, for whom and on what basis (task 3.8),
# 8. predict whom a threshold harms at the emergency door (the exploration).
#
# A word in **bold** is new; all of them are collected at the end.
#
# ## How marks arise
#
# As in every lab: your functions are called with tables that you have not seen, of three hidden districts that are the same
# for your whole class. `check("3.1")` answers as often as you like; it knows the small examples. `examples("3.1")` and
# `practice("3.1")` can be imported from `grading.selfstudy`. In every task three quarters of the points are for what your functions
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
import itertools
import math
import unicodedata
from collections import Counter, defaultdict

import duckdb
import numpy as np
import pandas as pd

# %%
import plotly.express as px

from grading.selfstudy import check
from sim import World

world = World.load("district")
start = world.checkpoint("l3_sharing")
patients = start["patients"]
print(patients.groupby("facility").head(2).drop(columns=["address", "area"]).to_string())

# %% [markdown]
# ## Task 3.1 Cleaning (6 points, about 1.5 hours)
#
# ### The harm
#
# After the first night the second hospital's IT department acted. From now on, it said, names are compared by their first
# three letters, "then accents do not matter". Accents did not matter any more. Neither did the difference between Núñez and Nunn.
#
# ### The idea: alike enough, and not more
#
# Every hospital writes names in its own way: in capitals, without accents, with the family name first, with a hyphen or a blank.
# Before two records can be compared, each name is turned into a **matching key**, key for short: a plain form that is the same however the name
# was written. Making it is called **normalising**. A good key does two things at once:
#
# * it is *equal* for two spellings of one name, or links go missing;
# * it *differs* for two names, or strangers become one. Going too far is **over-normalising**: "Li" and "Lin" are two names.
#
# A key is for comparing. It is not a better name. Zoë Núñez writes herself with two dots and a tilde, and her letters should, too. So
# what was typed stays, and the key stands *beside* it.
#
# Letters are not only A to Z. 李 (Li) and 林 (Lin) are letters as well, and whoever keeps only A to Z gives all
# Chinese patients one and the same empty name.
#
# A short example on something else: street names. "BAKER STREET" and "Baker street" should get one key, "Baker Street" and "Barker
# Street" two. Small letters are enough. Who cuts after two letters saves paper and loses letters.
#
# The figure looks at people whose checked identifier stands in two hospitals. How many of them are written alike there?

# %%
known = patients.dropna(subset=["verified_id"])
rows = []
for one, two in itertools.combinations(["H1", "H2", "H3"], 2):
    both = known[known["facility"] == one].merge(known[known["facility"] == two], on="verified_id")
    for column in ["given_name", "family_name", "phone", "birth_date"]:
        alike = (both[f"{column}_x"] == both[f"{column}_y"]).mean()
        rows.append({"hospitals": f"{one} and {two}", "column": column, "alike": alike})
table = pd.DataFrame(rows)
print(table.pivot(index="column", columns="hospitals", values="alike").round(2).to_string())
px.bar(
    table,
    x="column",
    y="alike",
    color="hospitals",
    pattern_shape="hospitals",
    barmode="group",
    color_discrete_sequence=["#0072B2", "#E69F00", "#009E73"],
    labels={"column": "What is compared", "alike": "Share written alike", "hospitals": "Hospitals"},
    title="How often two hospitals write one person alike",
)

# %% [markdown]
# *The figure in words*: the date of birth is nearly always the same. Names differ in many pairs, and where a hospital has a habit of its
# own, such as capitals or telephone numbers without hyphens, they differ in almost all. The printed table gives the
# shares. The people are the same each time.
#
# ### What to write
#
# **`clean(patients)`** gets the table of one hospital, with `number`, `given_name`, `family_name` and `phone` as text, and other columns
# that do not matter. Each number stands there once. It returns a table with the same rows in any order, with these four columns
# *unchanged*, and four new ones:
#
# | column | |
# |---|---|
# | `given` | the key of the given name |
# | `family` | the key of the family name |
# | `name` | both keys in alphabetical order, with a blank between, so that it does not matter which stands first; if one is missing, the other alone |
# | `digits` | the digits of the telephone number |
#
# A key holds the letters of a name, of any script, as small letters and without accents. All that is no letter goes: blanks,
# hyphens, apostrophes, question marks. ß becomes ss. A letter that is not a plain letter with a mark on it, such as ø, æ or ð, stays
# as it is, as a small letter. So do ʻ (as in Kaʻiulani, U+02BB) and ʼ (U+02BC): they look like apostrophes, but to Unicode they are letters.
# Where nothing is left, the cell is missing. Alphabetical order is the order in which Python sorts texts.
#
# | given_name | family_name | given | family | name |
# |---|---|---|---|---|
# | Zoë | Núñez | zoe | nunez | nunez zoe |
# | NUNEZ | Zoe | nunez | zoe | nunez zoe |
# | Siân | O’Brien-Groß | sian | obriengross | obriengross sian |
# | 李 | 娜 | 李 | 娜 | 娜 李 |
#
# **`best_rule(rules, pairs)`** helps the district to choose among several rules. `rules` holds for each rule, named by a letter, what it makes of every
# name. `pairs` are pairs of names, each with True if both are spellings of one name (at least one pair is), and False if they are two names:
#
# ```python
# rules = {"A": {"Li": "Li", "LI": "LI", "Lin": "Lin"}, "B": {"Li": "li", "LI": "li", "Lin": "lin"}}
# pairs = [["Li", "LI", True], ["Li", "Lin", False]]
# ```
#
# A rule *joins* a pair if it makes the same of both names. It *merges* if it joins a pair that is two names. The function returns the rule that joins the
# largest share of the pairs that are one name, among the rules that merge no pair. Of two that are equally good it is the first in
# the alphabet. It also returns that share, and how many pairs the rule merges:
#
# ```python
# {"rule": "B", "joined": 1.0, "merged": 0}
# ```
#
# If every rule merges, it is `{"rule": None, "joined": 0.0, "merged": 0}`.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example registrations | 1 | every cell of the new columns; 0 if a fifth is wrong |
# | given and family names | 1.25 | the same |
# | the whole name | 1 | the same |
# | telephone numbers | .75 | the same |
# | what was typed stays beside it | .5 | all columns that you were given, unchanged |
# | `best_rule`, example rules | .5 | a third for the right rule, and for each of its figures |
# | `best_rule`, other rules | 1 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clean(patients: pd.DataFrame) -> pd.DataFrame:
    """Gives every registration keys by which it can be compared, beside what was typed.

    Returns the table with the new columns given, family, name and digits.
    """

    ### BEGIN SOLUTION
    def key(text):
        letters = unicodedata.normalize("NFKD", text.casefold()) if isinstance(text, str) else ""
        return "".join(letter for letter in letters if letter.isalpha())

    given = [key(text) for text in patients["given_name"]]
    family = [key(text) for text in patients["family_name"]]
    whole = [" ".join(sorted(part for part in both if part)) for both in zip(given, family)]
    digits = patients["phone"].str.replace(r"\D", "", regex=True)
    return patients.assign(given=given, family=family, name=whole, digits=digits)
    ### END SOLUTION


def best_rule(rules: dict[str, dict[str, str]], pairs: list) -> dict[str, object]:
    """Chooses the rule that joins most spellings and merges no two names.

    Returns a dictionary such as {"rule": "B", "joined": 1.0, "merged": 0}.
    """
    ### BEGIN SOLUTION
    best = {"rule": None, "joined": 0.0, "merged": 0}
    for letter, keys in sorted(rules.items()):
        joins = [(keys[one] == keys[two], same) for one, two, same in pairs]
        if any(joined and not same for joined, same in joins):
            continue
        spellings = [joined for joined, same in joins if same]
        share = sum(spellings) / len(spellings)
        if best["rule"] is None or share > best["joined"]:
            best = {"rule": letter, "joined": share, "merged": 0}
    return best
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_1", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
check("3.1")

# %% [markdown]
# ## Task 3.2 Blocking (10 points, about 2 hours)
#
# ### The harm
#
# The exchange began to compare. Each record of the General Hospital with each of the second hospital: almost two million pairs, four
# milliseconds each, two hours a night, and that for two hospitals of one small county. So somebody made it compare only records
# with the same date of birth. It took a second. Mr. Baker, in whose second record the day is one too low, was never
# compared with himself again. Nobody noticed: a pair that is not compared is in no list of mistakes.
#
# ### The idea: sort into drawers first
#
# Comparing everybody with everybody is needless: hardly any two records have anything in common. **Blocking** sorts the records into
# drawers, for example by date of birth, and pairs only what lies in one drawer. That is a *pass*. It is judged by two shares:
#
# * **pair completeness**: how many of the true pairs (two records of one person) are among those made. What is lost here no later step
#   can find;
# * **reduction ratio**: how many of all possible pairs are spared.
#
# No column is right for everybody. One has moved, another has a new number, a third was born on a typing error. So one makes several passes, each by
# another column, and takes a pair if *any* pass makes it. A pair that two passes make is still one pair.
#
# A blank is no drawer. Two records without a telephone have no telephone in common. Beware: `merge` of pandas puts missing values together.
#
# A short example on something else: lost gloves. Whoever looks only among the red ones never finds the glove that has faded. Looking
# among the red ones, and then among those of size 7, finds it. The pile "no label" is not a size.
#
# The figure shows single passes over two hospitals of your district. The true pairs are not known to you, so the figure takes the people whose
# checked identifier stands in both, and says how many of those a pass would bring together.

# %%
one, two = (patients[patients["facility"] == code] for code in ("H1", "H2"))
sure = one.dropna(subset=["verified_id"]).merge(two.dropna(subset=["verified_id"]), on="verified_id")
rows = []
for column in ["birth_date", "address", "area", "sex"]:
    drawers = one[column].value_counts().mul(two[column].value_counts()).sum()
    together = (sure[f"{column}_x"] == sure[f"{column}_y"]).mean()
    rows.append({"column": column, "together": together, "pairs": drawers / len(one) / len(two)})
passes = pd.DataFrame(rows)
print(passes.round(5).to_string(index=False))
px.scatter(
    passes,
    x="pairs",
    y="together",
    text="column",
    log_x=True,
    color_discrete_sequence=["#0072B2"],
    labels={"pairs": "Share of all pairs that are compared", "together": "Known people brought together"},
    title="What single passes find and cost",
).update_traces(textposition="bottom center", marker_size=12)

# %% [markdown]
# *The figure in words*: by sex nearly everybody is brought together, but half of all pairs are left. By area one pair in a hundred is left, and
# many people are lost. By date of birth and by address hardly any pairs are left, and still some people are lost by
# either. No point lies in the upper left corner. The printed table gives both shares.
#
# ### What to write
#
# **`block(a, b, budget)`** gets the tables of two hospitals as task 3.1 leaves them: `number`, `given_name`, `family_name`, `sex`,
# `birth_date`, `phone`, `address`, `area`, `verified_id`, and the keys `given`, `family`, `name` and `digits`, all text. Blanks are missing values. `budget` is
# how many pairs may be compared: .005 of all possible ones (8 in the small example). The function returns the pairs as a list, first the number
# from `a`, then the one from `b`:
#
# ```python
# [["A1", "B1"], ["A2", "B2"]]
# ```
#
# **`measure_passes(passes, true, rows, need)`** judges a blocking whose truth is known. `passes` holds for each pass its list of pairs, `true` the
# list of the true pairs (never empty), `rows` the lengths of the two tables, and `need` the least completeness and the least reduction that are wanted. It
# returns both figures for all passes together, and whether both are enough:
#
# ```python
# {"completeness": 0.75, "reduction": 0.975, "enough": False}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example registrations | 1.5 | all five true pairs, within the budget; 0 at one of them |
# | people who are not lost | 4 | 98 % of the true pairs, within the budget; 0 at 80 % |
# | pairs to compare | 2 | the budget; 0 at twice as many, or if fewer than 80 % of the true pairs are found |
# | `measure_passes`, example passes | 1 | a third each for completeness, reduction and the decision |
# | `measure_passes`, other passes | 1.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_2", "locked": false, "schema_version": 3, "solution": true, "task": false}
def block(a: pd.DataFrame, b: pd.DataFrame, budget: int) -> list[list[str]]:
    """Chooses which pairs of records of two hospitals are compared.

    Returns a list of pairs of numbers, at most as many as the budget.
    """
    ### BEGIN SOLUTION
    pairs = set()
    for key in ("verified_id", "birth_date", "address", "digits"):
        mine, theirs = (table[["number", key]].dropna() for table in (a, b))
        both = mine.merge(theirs, on=key)
        pairs |= set(zip(both["number_x"], both["number_y"]))
    return [list(pair) for pair in sorted(pairs)]
    ### END SOLUTION


def measure_passes(passes: list, true: list, rows: list[int], need: list[float]) -> dict[str, object]:
    """Says how complete several passes together are, and how many pairs they spare.

    Returns a dictionary such as {"completeness": 0.75, "reduction": 0.975, "enough": False}.
    """
    ### BEGIN SOLUTION
    made = {tuple(pair) for pairs in passes for pair in pairs}
    known = {tuple(pair) for pair in true}
    completeness = len(made & known) / len(known)
    reduction = 1 - len(made) / (rows[0] * rows[1])
    enough = completeness >= need[0] and reduction >= need[1]
    return {"completeness": completeness, "reduction": reduction, "enough": enough}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_2", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
check("3.2")

# %% [markdown]
# ## Task 3.3 Comparing and weighing (12 points, about 2.5 hours)
#
# ### The harm
#
# The exchange now gave a point for every field that agreed, took one away for every field that did not, and linked from four
# points on. Mary Smith of Mill Lane and Mary Smith of Dock Road had the same names, sex and area: linked, and for a week one was
# given the other's blood thinner. A man who had fled to the county had said his name and his year of birth. He had no telephone,
# no card and no address. Each blank took a point away. No second record of his was ever found, and none ever would be.
#
# ### The idea: how surprising is it?
#
# That the sex agrees says little: any two people agree in it every other time. That the telephone number agrees says much. How
# much, two shares tell:
#
# * **m**: how often *one person's* two records agree. It falls short of 1 because of slips, moves and marriages.
# * **u**: how often *two people's* records agree by chance. It is large for the sex, and tiny for a telephone number.
#
# The **match weight** is log₂(*m* / *u*): every point doubles the odds of one person against two. A field that disagrees has a
# weight, too, and it is negative. Fellegi and Sunter wrote this down in 1969, and it is still in use. The weights of all fields
# are added up. Ten points are a thousand to one. That sounds like much, until one thinks of the two million pairs to choose from.
#
# There are three **levels of agreement**: equal, alike, other. "Tom" and "Tommy" are more than a disagreement. And a blank is no
# level at all. It tells nothing, so it gives nothing and takes nothing away.
#
# Where do both shares come from? *m* from pairs of which somebody has found out that they are one person: here, a sample that two
# clerks have looked at. *u* must come from pairs that nobody picked. Those that blocking made were picked *because* they agree in
# something. Pair all of one hospital with all of another, and one person's pairs are among them, too: two records agree in the
# date of birth more often for being one person's than by chance. But inside one hospital, after lab 1, nobody stands twice. Any
# two of its rows are two people.
#
# Adding up is right only if one field tells nothing about another. Telephone and address do: who lives with you shares both. To
# count them as two surprises counts the household twice. Day and month do, too: when they change places, both are wrong by one
# slip. That is why parts of a date are not compared one by one.
#
# A short example on something else: two umbrellas in a cloakroom. Are they the pair that was sold together? Of such pairs .99
# have the same colour and .9 the same handle. Of any two umbrellas .6 have the same colour, as most are black, and .02 the same
# carved handle. The colour weighs log₂(.99 / .6) = .7, the handle log₂(.9 / .02) = 5.5. A handle that is missing weighs nothing.
#
# The figure compares people whose checked identifier stands in two hospitals with rows of one hospital that were put together
# blindly.

# %%
one, two = (
    patients[patients["facility"] == code].assign(
        phone=patients["phone"].str.replace(r"\D", "", regex=True),
        given_name=patients["given_name"].str.lower(),
        family_name=patients["family_name"].str.lower(),
    )
    for code in ("H1", "H2")
)
sure = one.dropna(subset=["verified_id"]).merge(two.dropna(subset=["verified_id"]), on="verified_id")
rows = []
for column in ["given_name", "family_name", "sex", "birth_date", "phone", "address"]:
    same = (sure[f"{column}_x"] == sure[f"{column}_y"]).mean()
    blind = np.mean([(one[column] == one[column].shift(step)).mean() for step in range(1, 41)])
    rows += [(column, "one person", same), (column, "two people", blind)]
chance = pd.DataFrame(rows, columns=["column", "pairs", "share"])
print(chance.pivot(index="column", columns="pairs", values="share").round(5).to_string())
px.scatter(
    chance,
    x="share",
    y="column",
    color="pairs",
    symbol="pairs",
    log_x=True,
    color_discrete_sequence=["#0072B2", "#D55E00"],
    labels={"share": "Share of pairs that agree", "column": "What is compared", "pairs": "Pairs of"},
    title="What agrees in one person, and what by chance",
).update_traces(marker_size=12)

# %% [markdown]
# *The figure in words*: two records of one person agree mostly, whatever is compared. Two people's records agree in the sex every
# other time, in a name seldom, in the date of birth, telephone or address hardly ever. The further apart the two points of a row,
# the more agreement says. The printed table gives the shares.
#
# ### What to write
#
# Six fields are compared, on these levels. The tables are those of task 3.1, one row a person.
#
# | field | equal | alike | other |
# |---|---|---|---|
# | `given` | the same | the same first letter, not equal | neither |
# | `family` | the same | | anything else |
# | `birth_date` | the same | the same year, not equal | neither |
# | `sex`, `digits`, `address` | the same | | anything else |
#
# If a field is blank in either record, the pair counts neither in *m* nor in *u* of that field.
#
# **`weigh(a, b, pairs, sample)`** gets the tables of two hospitals, the pairs that blocking made, and a sample of them that
# clerks have looked at, each with True if it is one person:
#
# ```python
# pairs = [["A1", "B1"], ["A2", "B2"], ["A3", "B2"]]
# sample = [["A1", "B1", True], ["A3", "B2", False]]
# ```
#
# It returns a table with the columns `field`, `level`, `m`, `u` and `weight`, and one row for each of the 14 levels, in any
# order. `m` is the share of the level among the pairs of the sample that are one person, and at least .001, since what 200 pairs
# never show may still happen. `u` is its share among all pairs of two rows of `a`, and at least .000001. `weight` is log₂(`m` /
# `u`). (Where nobody has looked at pairs, *m* is guessed by a way that is called expectation maximisation. You may use it, and
# that is why you are given all pairs; with a sample you need not.)
#
# **`score(a, b, pairs, weights)`** gets such a table, perhaps without `m` and `u`, and returns a list with the sum of the weights
# for each pair, in the order of the pairs. A blank adds 0.
#
# **`count_once(counts, pattern)`** finds out whether two things may be added up. `counts` says of all pairs of two hospitals how
# many there are of each kind: whether the first thing agrees, whether the second does, whether they are one person, and the
# number:
#
# ```python
# counts = [
#     [True, True, True, 80], [True, False, True, 10], [False, True, True, 5], [False, False, True, 5],
#     [True, True, False, 20], [True, False, False, 20], [False, True, False, 20], [False, False, False, 940],
# ]
# pattern = [True, True]
# ```
#
# The pattern says which case is asked for: here, both agree. The function returns the weight of the first thing plus that of the
# second, each looked at alone; the weight of the whole pattern, looked at as one thing; and `"once"` if the two differ by more
# than 1 point, else `"each"`. Here *m* is .9 and .85, *u* is .04 and .04, but both together agree in .8 and .02:
#
# ```python
# {"added": 8.90, "together": 5.32, "count": "once"}
# ```
#
# (No share is taken below the limits above. None is 0/0: `counts` holds pairs of one person and of two people, and no field
# of `weigh` is blank in all pairs of either kind.)
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example registrations | 1.5 | a third each for *m*, *u* and the weights |
# | how often two people agree | 2.5 | every *u* within 20 % of the right one; 0 if two levels in five are wrong |
# | how often one person agrees | 1.5 | every *m* within .12 of that of the sample; 0 if two levels in five are wrong |
# | the weights | 1.5 | weights that follow from your *m* and *u* and fall from equal to other, field by field; 0 if two levels in five of *u* are wrong |
# | `score`, example pairs | .5 | the points of every pair; 0 if one in five is wrong |
# | `score`, all pairs | 1.5 | the same |
# | `count_once`, example counts | 1 | a third each for both figures and the decision; 0 if `together` is wrong |
# | `count_once`, other counts | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_3", "locked": false, "schema_version": 3, "solution": true, "task": false}
def weigh(a: pd.DataFrame, b: pd.DataFrame, pairs: list, sample: list) -> pd.DataFrame:
    """Tells from pairs that were looked at, and from chance, what every level of agreement weighs.

    Returns a table with one row for each field and level, and the columns field, level, m, u and weight.
    """
    ### BEGIN SOLUTION
    match = [(first, second) for first, second, same in sample if same]
    one = a.set_index("number").loc[[first for first, _ in match]].reset_index()
    two = b.set_index("number").loc[[second for _, second in match]].reset_index()

    def by_chance(texts):
        counts = texts.dropna().value_counts()
        return (counts * (counts - 1)).sum() / (counts.sum() * (counts.sum() - 1))

    rows = []
    for field in ("given", "family", "birth_date", "sex", "digits", "address"):
        begins = {"given": 1, "birth_date": 4}.get(field)
        known = one[field].notna() & two[field].notna()
        m = {"equal": (one[field] == two[field])[known].mean()}
        u = {"equal": by_chance(a[field])}
        if begins:
            m["alike"] = (one[field].str[:begins] == two[field].str[:begins])[known].mean() - m["equal"]
            u["alike"] = by_chance(a[field].str[:begins]) - u["equal"]
        m["other"], u["other"] = 1 - sum(m.values()), 1 - sum(u.values())
        rows += [(field, level, max(m[level], 0.001), max(u[level], 0.000001)) for level in m]
    told = pd.DataFrame(rows, columns=["field", "level", "m", "u"])
    return told.assign(weight=np.log2(told["m"] / told["u"]))
    ### END SOLUTION


def score(a: pd.DataFrame, b: pd.DataFrame, pairs: list, weights: pd.DataFrame) -> list[float]:
    """Adds up what the fields of each pair weigh.

    Returns one number for each pair, in the order of the pairs.
    """
    ### BEGIN SOLUTION
    points = weights.set_index(["field", "level"])["weight"]
    one = a.set_index("number").loc[[first for first, _ in pairs]].reset_index()
    two = b.set_index("number").loc[[second for _, second in pairs]].reset_index()
    total = np.zeros(len(pairs))
    for field in ("given", "family", "birth_date", "sex", "digits", "address"):
        begins = {"given": 1, "birth_date": 4}.get(field)
        found = pd.Series(points[field, "other"], index=one.index)
        if begins:
            found[one[field].str[:begins] == two[field].str[:begins]] = points[field, "alike"]
        found[one[field] == two[field]] = points[field, "equal"]
        total += found.where(one[field].notna() & two[field].notna(), 0.0)
    return total.tolist()
    ### END SOLUTION


def count_once(counts: list, pattern: list[bool]) -> dict[str, object]:
    """Says whether two parts may be added up, or tell the same thing twice.

    Returns a dictionary such as {"added": 8.9, "together": 5.3, "count": "once"}.
    """

    ### BEGIN SOLUTION
    def weight(fits):
        shares = []
        for match in (True, False):
            numbers = [number for first, second, same, number in counts if same == match]
            fitting = [row[3] for row in counts if row[2] == match and fits(row)]
            shares.append(sum(fitting) / sum(numbers))
        return math.log2(max(shares[0], 0.001) / max(shares[1], 0.000001))

    added = weight(lambda row: row[0] == pattern[0]) + weight(lambda row: row[1] == pattern[1])
    together = weight(lambda row: row[:2] == pattern)
    count = "once" if abs(added - together) > 1 else "each"
    return {"added": added, "together": together, "count": count}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_3", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("3.3")

# %% [markdown]
# ## Task 3.4 Thresholds (14 points, about 3 hours)
#
# ### The harm
#
# "Our program is right in 99.9 % of all pairs", the vendor had said, and the exchange bought it. Casey and William Bailey are
# twins. They share the surname, the birthday, the address and the telephone. The program made one boy of them, and Casey was
# given the penicillin that William bears well.
#
# After that nobody dared. From now on only pairs were linked in which everything agreed. There was not one false link any more.
# Zoë Núñez's allergy was not found again, either: on one of her cards the tilde is missing. And the county, which counts its
# diabetics from the same links, counted a third of them twice.
#
# As for the 99.9 %: whoever says of every pair "these are two people" is right in more. Of two million pairs not even one in a
# thousand is one person.
#
# ### The idea: no threshold is right for everything
#
# Pairs are linked if they have at least so many points; that number is the **threshold**. Lower it, and fewer links are missed,
# and more are false. Raise it, and the other way round. No threshold removes both errors. So ask what each of them costs, and
# whom.
#
# * *For treatment* a false link is another person's allergy in your record. Precision, the share of the links that are right,
#   must be very high. But recall, the share of the true pairs that are linked, must stay high, too. Whoever links nobody makes no
#   false link and helps nobody.
# * *For statistics* a false link makes one person of two, and a missed link makes two of one. Both are errors of counting. One
#   puts a cost on each and looks for the threshold at which they cost least together. Which cost is right cannot be calculated.
#   It is decided, and whoever decides says so.
#
# Accuracy, the share of all pairs that are judged rightly, is good for neither. It is high for every threshold.
#
# How many errors a threshold makes is not known, unless somebody looks. Looking costs three minutes a pair. In a plain sample of
# all pairs hardly one pair would be doubtful. A **stratified sample** takes as many pairs from each range of points, each
# **stratum**, whether the range holds fifty pairs or a thousand. So each pair of the sample *stands for* other numbers of pairs.
# Whoever forgets that takes the few doubtful pairs for as many as all the clear ones together.
#
# A short example on something else: a post office looks at 10 of 1,000 printed addresses and at all 10 written by hand. No
# printed one was misread, and 2 written ones were. Misread are not 2 of 20 letters, a tenth, but 2 of 1,010. The printed letters
# stand for 100 each.
#
# And 400 pairs are few. Where precision must be .995, one false link in 200 decides. A threshold that just reaches .995 in the
# sample may well miss it in the district. Keep something to spare.
#
# The truth of your own district is not in your files. So the figure takes a sample from the model behind this lab's exploration.

# %%
from sim.policy.linking import Linking
from sim.policy.review import review_sample

model = review_sample(Linking())
strata = model.groupby("stratum").agg(
    lowest=("score", "min"),
    highest=("score", "max"),
    looked_at=("match", "size"),
    share=("match", "mean"),
    stands_for=("stands_for", "sum"),
)
strata["range"] = [f"{low:.0f} to {high:.0f}" for low, high in zip(strata["lowest"], strata["highest"])]
print(strata.round(2).to_string())
px.bar(
    strata,
    x="range",
    y="share",
    range_y=[0, 1],
    color_discrete_sequence=["#0072B2"],
    labels={"range": "Points of the pairs", "share": "Share that is one person"},
    title="What clerks found in each stratum",
)

# %% [markdown]
# *The figure in words*: eight bars, one for each stratum, as high as the share of its pairs that is one person. The lowest strata
# hold no such pair, the highest hardly any other, and two in the middle hold both. In the middle a threshold must lie, and
# wherever it lies it does wrong to somebody. The printed table says for how many pairs each stratum stands: as many pairs were
# looked at in each, but the lowest holds far more than all others together.
#
# ### What to write
#
# **`thresholds(sample)`** gets a table of 400 pairs that clerks have looked at (16 in the small example):
#
# | column | meaning |
# |---|---|
# | `score` | the points of the pair. Each linkage unit counts in points of its own, so read from the sample what is much |
# | `match` | True if it is one person |
# | `stratum` | the number of its stratum, 1 for the fewest points |
# | `stands_for` | for how many pairs of the district it stands |
#
# A pair is linked if its score is the threshold or more. The sample is true to its strata: in each, the share of pairs that are
# one person is as large as among all its pairs. The function returns both thresholds, and your own costs for statistics:
#
# ```python
# {"treatment": 27.5, "statistics": 13.0, "false_link": 1, "missed_link": 2}
# ```
#
# * `treatment`: in the district, precision must be at least .995 and recall at least .8.
# * `statistics`: false links, times `false_link`, plus missed links, times `missed_link`, must be hardly more than at the best
#   threshold for these costs.
# * `false_link`: from 1 to 2; `missed_link`: from 1 to 3. You state them; the written question asks why.
#
# Both are judged on all pairs of a district, not on the sample. Precision and recall are counted among the pairs that blocking
# made.
#
# **`pick(sample, offers, use, need)`** chooses among thresholds that are offered, such as `{"A": 12.0, "B": 18.0}`. What they do
# is judged by the sample, each pair counted for as many as it stands for.
#
# * If `use` is `"treatment"`, `need` is like `{"precision": 0.995, "recall": 0.8}`. Of the offers that reach both, the one with
#   the largest recall is taken.
# * If `use` is `"statistics"`, `need` is like `{"false_link": 1, "missed_link": 2}`. The offer that costs least is taken.
#
# Of several that are equally good it is the first in the alphabet. The function returns the letter, and the precision and recall
# of this offer. If no offer is good enough, all three are `None`. An offer that links nobody has precision 1 and recall 0.
#
# ```python
# {"offer": "B", "precision": 0.998, "recall": 0.897}
# ```
#
# When both work, let the exploration of this lab run with your own `thresholds`: what do they do at the door of an emergency
# room?
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example sample | 1.5 | half for each threshold, as below |
# | the threshold for treatment | 5 | precision .995 and recall .8; 0 at precision .98 or recall .5. The worse of both counts |
# | the threshold for statistics | 4 | at most 1.1 times the least cost; 0 at twice the least |
# | `pick`, example offers | 1 | a third each for offer, precision and recall; 0 if the offer is wrong |
# | `pick`, other offers | 2.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_4", "locked": false, "schema_version": 3, "solution": true, "task": false}
def thresholds(sample: pd.DataFrame) -> dict[str, float]:
    """Chooses from how many points on records are linked, for treatment and for statistics.

    Returns a dictionary such as {"treatment": 27.5, "statistics": 13.0, "false_link": 1, "missed_link": 2}.
    """
    ### BEGIN SOLUTION
    stands_for = sample["stands_for"]
    counts = pd.DataFrame({"true": stands_for * sample["match"], "false": stands_for * ~sample["match"]})
    above = counts.groupby(sample["score"]).sum().sort_index(ascending=False).cumsum()
    precision = above["true"] / (above["true"] + above["false"])
    recall = above["true"] / above["true"].iloc[-1]
    sure = recall[precision >= 0.9975]  # with something to spare: 400 pairs are few
    cost = 1 * above["false"] + 2 * (above["true"].iloc[-1] - above["true"])
    treatment = sure.idxmax() if len(sure) else above.index[0]
    return {"treatment": treatment, "statistics": cost.idxmin(), "false_link": 1, "missed_link": 2}
    ### END SOLUTION


def pick(
    sample: pd.DataFrame, offers: dict[str, float], use: str, need: dict[str, float]
) -> dict[str, object]:
    """Chooses the threshold that serves a use best.

    Returns a dictionary such as {"offer": "B", "precision": 0.998, "recall": 0.897}.
    """
    ### BEGIN SOLUTION
    match, stands_for = sample["match"], sample["stands_for"]
    told = []
    for letter, threshold in offers.items():
        linked = sample["score"] >= threshold
        true, false = stands_for[linked & match].sum(), stands_for[linked & ~match].sum()
        missed = stands_for[~linked & match].sum()
        precision = true / (true + false) if linked.any() else 1.0
        recall = true / (true + missed)
        if use == "statistics":
            told.append(
                (need["false_link"] * false + need["missed_link"] * missed, letter, precision, recall)
            )
        elif precision >= need["precision"] and recall >= need["recall"]:
            told.append((-recall, letter, precision, recall))
    _, letter, precision, recall = min(told, default=(0, None, None, None))
    return {"offer": letter, "precision": precision, "recall": recall}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_4", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("3.4")

# %% [markdown]
# ## Task 3.6 Who is lost? (12 points, about 2.5 hours)
#
# ### The harm
#
# The county counts who is treated in more than one hospital: these people need each other's records most. Of the people who
# were born here the exchange showed half in two hospitals, of those who came from elsewhere a quarter. "They stay with the hospital
# they know", said the report, and the second hospital did without its interpreter. Mrs. Petrossian lay there that winter for the third
# time, and nobody understood her. The General Hospital had copied her passport. The second had heard "Petrosian" and typed 1 January
# for a birthday that nobody could make out. So the exchange never knew that she is one person, and for the report she had stayed with the
# hospital she knew.
#
# Its last page said: "The exchange finds three links in four. We take it that this is so in every group."
#
# ### The idea: an error has an address
#
# **Recall** is the share of the true links that are found. One figure for everybody says how many links are missing. It does not
# say *whose*. Who changed the surname, who is written by ear, who has no card: they fail the comparison far more often than others
# do, and always the same people. So recall is measured by group. Three questions follow, in this order.
#
# * *How many pairs do I know?* For recall one needs pairs whose truth is known because somebody asked. Five pairs say nothing about a
#   group. That is a finding, too: *unclear* is not *all is well*.
# * *Is the gap large?* With ten thousand pairs a difference of one in a hundred is sure, and nobody is lost by it.
# * *Is the gap sure?* Each share has an **interval** in which the truth may well lie. If those of two groups overlap, chance may have
#   made the gap. Use **Wilson's interval**, which stays between 0 and 1: for *k* of *n*, *p* = *k/n* and *z* = 1.96,
#
# $$\frac{p + \frac{z^2}{2n} \pm z\sqrt{\frac{p(1-p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$
#
# Whoever knows the recall of a group can also mend its figures. If half of the links are found, there are about twice as many as one
# sees: the **corrected rate** is the observed one, divided by recall. Each group is corrected by its *own* recall.
#
# A short example on something else: two streets, and 100 letters sent to each. In Hill Street 90 arrive, in Dock Street 50. The post says:
# 70 % arrive. Corrected by 70 %, Hill Street was sent 129 letters, and Dock Street 71. Corrected by 90 % and by 50 %, both were
# sent 100. The mean is right for nobody, and whoever lost most stays behind.
#
# The figure links your own three hospitals by the rule with which the exchange began: *the same surname and the same date of birth*.
# It takes those pairs for known whose checked identifier is the same.

# %%
sure = patients.dropna(subset=["verified_id"])
known = sure.merge(sure, on="verified_id", suffixes=("", "_2"))
known = known[known["facility"] < known["facility_2"]]
alike = known["family_name"].str.casefold() == known["family_name_2"].str.casefold()
known["found"] = alike & (known["birth_date"] == known["birth_date_2"])
age = 2025 - known["birth_date"].str[:4].astype("float")
known["age"] = pd.cut(age, [-1, 17, 64, 200], labels=["0-17", "18-64", "65+"])
rows = []
for column, by in {"sex": "by sex:", "age": "by age:"}.items():
    for group, part in known.groupby(column, observed=True):
        rows.append({"group": f"{by} {group}", "pairs": len(part), "recall": part["found"].mean()})
shares = pd.DataFrame(rows)
print(shares.round(2).to_string(index=False))
print(patients["verified_id"].isna().groupby(patients["facility"]).mean().round(2).to_string())
px.bar(
    shares,
    x="group",
    y="recall",
    range_y=[0, 1],
    color_discrete_sequence=["#0072B2"],
    labels={"group": "Group", "recall": "Share of the known pairs that are found"},
    title="Recall of a simple rule, among people with a checked identifier",
)

# %% [markdown]
# *The figure in words*: five bars, for two sexes and three ages, all between six and nine tenths; the first printed table holds their heights. Where
# women lie lower, surnames change with marriage. Nothing else looks alarming. But the second table gives the share of records without a
# checked identifier, at each hospital, and none of these is in the figure. A measurement that rests on papers does not see who has none. It does
# not see Mrs. Petrossian. So the pairs of this task were found in another way: somebody asked.
#
# ### What to write
#
# **`recall_by_group(pairs, links, by)`** gets two tables of text and a list:
#
# * `pairs`: true pairs, settled by asking the people themselves. `a` and `b` are two numbers of one person, and each kind of group has a
#   column: `sex`; `age`; `name` (`kept`, or `changed` at some time in life); `payer` of the last visit; `origin` (`here` or `elsewhere`). No cell is
#   blank. Whom three hospitals know, has three pairs.
# * `links`: `a` and `b` of all pairs that the exchange linked, also of people whom nobody asked. In both tables `a` is the number from
#   the hospital that comes first.
# * `by`: the columns by which to group, such as `["sex", "age"]`. `pairs` may have others.
#
# It returns a DataFrame with one row for each group of each of these columns, in any order:
#
# | column | meaning |
# |---|---|
# | `by`, `group` | the column, and the group in it |
# | `pairs`, `found` | how many pairs the group has; how many of these very pairs are among the links |
# | `recall`, `low`, `high` | found / pairs, and both ends of Wilson's interval |
#
# **`who_is_lost(table, least, gap)`** gets such a table, with `by`, `group`, `pairs` and `found` alone, and two groups or more of every
# kind. Each group is compared with *the others*: all other groups of the same `by` together, their pairs added up, and their found ones.
#
# 1. A group with fewer than `least` pairs is unclear.
# 2. Else, if its recall is not lower than that of the others by `gap` or more, nothing is said of it.
# 3. Else it is lost if the two intervals do not overlap (its `high` < `low` of the others), and unclear if they do.
#
# ```python
# who_is_lost(table, 80, 0.1)   # {"lost": [["name", "changed"]], "unclear": [["payer", "unknown"]]}
# ```
#
# **`corrected(group, others, gap)`** mends two rates and says what the gap between them is made of. It counts people, not pairs. Of
# `people` so many were `seen` in two hospitals or more, by the links. Of some it is `known` that two hospitals or more treated them, for
# they were asked; the links show so many of these (`found`).
#
# ```python
# group = {"people": 200, "seen": 50, "known": 60, "found": 30}
# others = {"people": 1000, "seen": 450, "known": 200, "found": 180}
# corrected(group, others, 0.05)   # {"observed": [0.25, 0.45], "corrected": [0.5, 0.5], "all": 0.5, "cause": "links"}
# ```
#
# * `observed`: seen / people, first of the group, then of the others; `corrected`: observed / recall, each with its own recall, found / known.
# * `all`: the corrected rate of both together: seen / recall of the group and of the others, added up, divided by all people.
# * `cause`: what the gap is made of. The observed rates are *apart* if they differ by `gap` or more. The corrected ones are apart if they
#   differ by `gap` or more and their ranges do not overlap. The range of a corrected rate goes from observed / `high` to observed / `low`, where
#   `low` and `high` are the ends of the recall's interval.
#
# | `cause` | observed rates apart | corrected rates apart |
# |---|---|---|
# | `none`: there is hardly a gap | no | no |
# | `links`: missing links made it | yes | no |
# | `people`: people do differ | yes | yes |
# | `hidden`: missing links hid it | no | yes |
#
# The links of the hidden districts were made by two rules: the same surname and date of birth, or any four facts of six. They do not lose
# the same people. A few links are false, about 3 in a hundred here, and make rates a little too high. Leave that aside.
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the ten example pairs | 1.5 | half for pairs, found and recall of all groups, half for the intervals; 0 at half of the groups |
# | recall of every group | 2.25 | pairs, found and recall, to .0005; 0 at half of the groups |
# | intervals | 1.5 | both ends, to .02; 0 at half of the groups |
# | `who_is_lost`, example tables | .75 | half for each of the two lists |
# | groups that are lost | 1.25 | all of them; 0 if most of those you name are not |
# | no false alarm | 1 | nobody called lost who is not, and somebody in the right list |
# | unclear groups | .75 | exactly these, and somebody in the right list |
# | `corrected`, example rates | .75 | a third each for the four rates, for `all` and for `cause`; the last only with one of the others |
# | `corrected`, other rates | 2.25 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_6", "locked": false, "schema_version": 3, "solution": true, "task": false}
def recall_by_group(pairs: pd.DataFrame, links: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Measures for every group how many of its true pairs are linked.

    Returns a DataFrame with the columns by, group, pairs, found, recall, low and high.
    """
    ### BEGIN SOLUTION
    made = set(zip(links["a"], links["b"]))
    marked = pairs.assign(found=[pair in made for pair in zip(pairs["a"], pairs["b"])])
    parts = [marked.groupby(name)["found"].agg(["size", "sum"]).assign(by=name) for name in by]
    table = pd.concat(parts).rename_axis("group").reset_index()
    n, p = table["size"], table["sum"] / table["size"]
    middle, root = p + 1.96**2 / (2 * n), 1.96 * np.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
    table["recall"] = p
    table["low"], table["high"] = ((middle + sign * root) / (1 + 1.96**2 / n) for sign in (-1, 1))
    return table.rename(columns={"size": "pairs", "sum": "found"})
    ### END SOLUTION


def who_is_lost(table: pd.DataFrame, least: int, gap: float) -> dict[str, list]:
    """Names the groups whose links are missing far more often than those of others.

    Returns a dictionary such as {"lost": [["name", "changed"]], "unclear": [["payer", "unknown"]]}.
    """

    ### BEGIN SOLUTION
    def interval(k, n):
        p, wide = k / n, 1 + 1.96**2 / n
        root = 1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
        return (p + 1.96**2 / (2 * n) - root) / wide, (p + 1.96**2 / (2 * n) + root) / wide

    whole = table.groupby("by")[["pairs", "found"]].sum()
    answer = {"lost": [], "unclear": []}
    for by, group, n, k in table[["by", "group", "pairs", "found"]].itertuples(index=False):
        others, theirs = whole.at[by, "pairs"] - n, whole.at[by, "found"] - k
        if n >= least and theirs / others - k / n < gap:
            continue
        sure = n >= least and interval(k, n)[1] < interval(theirs, others)[0]
        answer["lost" if sure else "unclear"].append([by, group])
    return answer
    ### END SOLUTION


def corrected(group: dict[str, int], others: dict[str, int], gap: float) -> dict[str, object]:
    """Corrects two rates, each by the recall of its own group, and says what the gap is made of.

    Returns a dictionary such as
    {"observed": [0.25, 0.45], "corrected": [0.5, 0.5], "all": 0.5, "cause": "links"}.
    """
    ### BEGIN SOLUTION
    observed, mended, ranges = [], [], []
    for side in (group, others):
        n, rate, p = side["known"], side["seen"] / side["people"], side["found"] / side["known"]
        root = 1.96 * math.sqrt(p * (1 - p) / n + 1.96**2 / (4 * n**2))
        ends = [(p + 1.96**2 / (2 * n) + sign * root) / (1 + 1.96**2 / n) for sign in (1, -1)]
        observed.append(rate)
        mended.append(rate / p)
        ranges.append([rate / end for end in ends])
    overlap = ranges[0][0] <= ranges[1][1] and ranges[1][0] <= ranges[0][1]
    before = abs(observed[0] - observed[1]) >= gap
    after = abs(mended[0] - mended[1]) >= gap and not overlap
    people = [group["people"], others["people"]]
    return {
        "observed": observed,
        "corrected": mended,
        "all": (mended[0] * people[0] + mended[1] * people[1]) / sum(people),
        "cause": {(0, 0): "none", (1, 0): "links", (1, 1): "people", (0, 1): "hidden"}[before, after],
    }
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_6", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("3.6")

# %% [markdown]
# ## Task 3.7 Counting across silos (12 points, about 2.5 hours)
#
# ### The harm
#
# Mr. Adams went home from the General Hospital with a weak heart. Eight days later he lay in the second hospital. In the figures of the
# General Hospital he is a success: he went home and did not come back. So the county praised the General Hospital for its few
# returns and saved the nurse who used to telephone people in their first week at home.
#
# In the same year the county planned its diabetes clinic. Each hospital reported how many people with diabetes it knew, and the
# county added them up. It rented rooms for seven people where there are five. Mr. Adams was three of them.
#
# ### The idea: the same people, and nobody needs their names
#
# A hospital that can see its own records alone is a **silo**. Adding up what silos report makes *two* mistakes, in opposite directions.
# People known to two hospitals are counted twice, so the number of **people is too high**. What begins in one hospital and ends in another is
# seen by neither, so the number of **returns is too low**.
#
# To mend both, one must see that two records are one person. There are two ways:
#
# * *Linked*: all names come to one place and are linked, as in tasks 3.2 to 3.4. That finds most. It also puts names and diagnoses of the
#   whole district on one desk.
# * **Federated**: the records stay where they are, and only what the count needs goes out.
#
# For a federated count two offices share the work. The **linkage unit** gets names, dates of birth and sexes, but no diagnosis. It
# makes of each person a **keyed token**, a text such as `4f2a64...`, and gives it back to the hospital. The hospital sends tokens, diagnoses and
# dates to the *counter*, but no name. Equal people have equal tokens, so the counter sees who is one. The key stays with the linkage unit.
#
# Why a key? A *hash function* such as SHA-256 turns any text into a row of digits, always the same for the same text, and nobody can compute
# it back. But everybody can compute it *forward*: take a name from the telephone book, try all birthdays of a century, and compare.
# HMAC mixes a secret key in. Whoever lacks the key cannot even begin to try. (Lab 4 lets you break hashes yourself.)
#
# | What the counter gets | People | Returns | What it can learn about one person |
# |---|---|---|---|
# | sums | too many | too few | nothing, if small numbers are withheld |
# | plain hashes | yes | yes | all about everybody whose name and birthday it guesses |
# | **Bloom filters**: rows of bits, set by the pairs of letters of a name | yes, also with a typing error | yes | common names, for they come often, and names like them |
# | keyed tokens | yes, if typed alike | yes | what happened to one token, but not whose it is |
# | a **sketch** of keyed tokens | yes, within some per cent | no | nothing but how many there are |
#
# A sketch works like this. Whoever tosses a coin until tails comes, sees ten heads in a row about once in a thousand tries. So whoever tells of
# ten heads has probably tried about a thousand times. The digits of a token are such a try, and the same token always gives the same row. A hospital
# sorts its tokens into 4,096 heaps, notes the longest row in each and sends these 4,096 small numbers. Of two hospitals the counter takes the larger
# number at each place: people in both change nothing. The method is called HyperLogLog; its standard error is
# 1.04 divided by the square root of the number of heaps, here 1.6 %.
#
# Three rules keep such figures honest:
#
# 1. *Small cells are withheld.* Fewer than 11 people in a cell are not told, for somebody may know who they are. (Where one cell alone is
#    withheld, the total gives it away. Lab 4 makes that attack.)
# 2. *A rate of all is all returns over all discharges.* The mean of three hospitals' rates gives a patient of the smallest hospital several
#    times the weight of another.
# 3. *What was linked is not all.* If tokens are equal in 60 of 100 pairs that are surely one person, then 40 people in a hundred are missed. So
#    what linking added or took away is too little, and must be divided by .6. What comes out is itself uncertain, so a range is told with it.
#
# A short example on something else: two branches of a library. One has 30 readers and one has 20, together 50 cards and 42 readers, for
# 8 have both cards. Their clerks find only 6 of these 8, three in four. So the count says 44; but 50 minus 6 divided by .75 is 42. And a book that was borrowed in one branch
# and brought back to the other was, for either of them, never brought back.
#
# The cell below counts the people with diabetes of your district in three ways.

# %%
from sim.exchange.linkage.sketch import estimate, merge, sketch
from sim.exchange.linkage.tokens import tokens

secret = b"only the linkage unit has it"
visits = start["encounters"]
diabetic = visits.loc[visits["dx_code"].str.match("E1[0-4]", na=False), ["facility", "number"]]
diabetic = diabetic.drop_duplicates().merge(patients, on=["facility", "number"])
who = diabetic[["given_name", "family_name", "birth_date", "sex"]]
diabetic["token"] = tokens(secret, who.itertuples(index=False))
diabetic = diabetic.dropna(subset=["token"])  # of whom a part is blank; your function must keep them
sent = [sketch(mine) for _, mine in diabetic.groupby("facility")["token"]]
print(f"Sum of the three hospitals: {len(diabetic)} people with diabetes.")
print(f"Different tokens:           {len(set(diabetic['token']))}.")
print(f"Sketches, merged:           {estimate(merge(*sent)):.1f}.")

# %% [markdown]
# *In words*: the sum is the largest. Tokens and sketches agree closely, for a sketch estimates the number of tokens. Both still count a
# person twice who was typed in two ways, as you have seen in task 3.1.
#
# And what can the counter learn? The next cell plays a counter who is curious. It has what the General Hospital sent, and no key. It knows
# which names are common, as anybody does, here from the two other hospitals. From plain hashes it takes five names in the telephone book
# and tries all birthdays of a hundred years. From Bloom filters of the family name alone it guesses the name behind each filter: the most
# frequent filter is probably the most frequent name, and filters that share bits belong to names that share letters.

# %%
from sim.exchange.linkage.attack import attack
from sim.exchange.linkage.bloom import encode
from sim.exchange.linkage.tokens import normalise


def plain_hash(name: str, day: str, sex: str) -> str:
    return hashlib.sha256(f"{name} {day} {sex}".encode()).hexdigest()


main = patients[patients["facility"] == "H1"].reset_index(drop=True)
full = main["given_name"] + " " + main["family_name"]
hashes = {plain_hash(*one) for one in zip(full, main["birth_date"], main["sex"])}
keyed = set(tokens(secret, main[["given_name", "family_name", "birth_date", "sex"]].itertuples(index=False)))
days = pd.date_range("1926-01-01", "2025-12-31").strftime("%Y-%m-%d")
read = Counter()
for name in full[:5]:
    tries = {plain_hash(name, day, sex) for day in days for sex in "FM"}
    read["plain hash"] += bool(tries & hashes) / 5
    read["keyed token"] += any(one[:32] in keyed for one in tries) / 5  # these tokens have 32 digits
elsewhere = patients.loc[patients["facility"] != "H1", "family_name"].map(normalise)
common = elsewhere[elsewhere != ""].value_counts(normalize=True).to_dict()
truly = main["family_name"].map(normalise)
for label, salts in {"Bloom filter": None, "Bloom filter, salted": main["birth_date"].str[:4]}.items():
    guessed = attack(encode(secret, ({"family": name} for name in main["family_name"]), salts), common)
    read[label] = float((truly == pd.Series(guessed, dtype="str")).mean())
curious = pd.DataFrame({"way": list(read), "share": list(read.values())})
print(curious.round(3).to_string(index=False))
px.bar(
    curious,
    x="way",
    y="share",
    color_discrete_sequence=["#D55E00"],
    labels={"way": "What the counter got", "share": "Share of people whose name it reads"},
    title="What a curious counter reads without a key",
)

# %% [markdown]
# *The figure in words*: every plain hash gives its name away. So do many Bloom filters: in a district of the US about two in three, in China,
# where a family name is one sign and shares no letters with others, about one in four. A *salt*, here the year of birth that is mixed in with each
# pair of letters, takes away nearly all of that, for people of one name no longer share a filter; but then whoever was typed with two years is not found. The
# keyed token gives nothing away. The price: one wrong letter, and it is another token.
#
# ### What to write
#
# **`make_tokens(people, key)`** is what the linkage unit does. `people` has the columns `number`, `name`, `birth_date` and `sex`, all text; the name is the key of
# task 3.1. All must write the same, or equal people would have different tokens. So the token is the HMAC with SHA-256, in 64 hexadecimal digits, of
# the text `name|birth_date|sex`, such as `nunez zoe|1990-05-01|F`, with the given `key`; text and key are encoded as UTF-8. It returns the token of each
# number, and None where a part is missing:
#
# ```python
# {"H1": "4f2a64...", "H4": None}
# ```
#
# **`count_people(diabetics, least)`** is what the counter does. Each row of `diabetics` is a registration of somebody who was seen for diabetes: `facility`,
# `number`, the `person` whom the linkage found (never blank) and the `token`, which may be missing. Hospitals give their numbers without asking each other, so two
# of them may give the same number to two people. Whoever has no token is one person for each registration. It returns
#
# * `added`: what the hospitals' numbers add up to; each counts its registrations,
# * `linked`: how many different persons there are,
# * `tokens`: how many people there are by their tokens,
# * `cells`: how many of these (by tokens) are known to which hospitals. Every possible set of the hospitals in the table has a cell, named by its hospitals in alphabetical order with
#   blanks between. It holds how many people are known to just these hospitals, and None if they are fewer than `least`, also if there is nobody.
#
# ```python
# {"added": 60, "linked": 45, "tokens": 48, "cells": {"H1": 25, "H1 H2": 12, "H2": None}}
# ```
#
# **`readmissions(stays)`** counts returns. Each row is a stay in a bed: `facility`, `number`, `person` and `token` as above, `admitted_at` and `discharged_at` (times),
# `admission` (`"planned"` or `"unplanned"`) and `discharged_to` (`"home"`, `"other hospital"` or `"died"`). Stays of one person do not overlap. A **readmission** is
# an *unplanned* admission of at least one night, to *any* hospital of the district, 1 to 30 days after a *live* discharge. In detail:
#
# 1. A stay that begins at most 24 hours after the same person's last stay has ended is a transfer. It joins that stay: the joined stay begins, and is planned or not, as its first part,
#    and ends as its last part. Another transfer may follow.
# 2. Every stay, joined where need be, that did not end in death is a discharge. That counts also if the person dies a week later at home or in another hospital: the dead stay in the denominator.
# 3. A discharge is followed by a return if *any* unplanned stay of the same person, which ends on a later day than it begins, begins at most 30 days (720 hours) after it. A planned stay
#    does not count, and does not hide an unplanned one after it. A discharge has one return at most.
#
# It counts three ways: `added`, each hospital by itself by its own numbers, and the counts added up; `linked`, over all hospitals by the person;
# and `tokens`, over all hospitals by the token (who has none, is known by the hospital and its number). For each way it returns discharges,
# returns, and the rate of all together:
#
# ```python
# {
#     "added": {"discharges": 50, "returns": 4, "rate": 0.08},
#     "linked": {"discharges": 48, "returns": 6, "rate": 0.125},
#     "tokens": {"discharges": 50, "returns": 5, "rate": 0.1},
# }
# ```
#
# **`judge_claim(added, together, sample, claim)`** says how far such a count can be trusted. `added` is the hospitals' sum, of people or of returns, and
# `together` is what came out over all hospitals. `sample` tells of pairs of records that clerks have checked and that are surely one person: how many were `checked`, and in how many of these both were linked (the
# tokens were the `same`). With the share s = same / checked
#
# * the `estimate` is added + (together − added) / s,
# * `low` and `high` are the ends of its 95 % interval, estimate − 1.96 e and estimate + 1.96 e. With f = |together − added|, the pairs that were
#   found, e is f / s × √((1 − s) / (s × checked) + (1 − s) / f). The first part under the root is for chance in the sample, the second for
#   chance in your district: which of its own pairs happened to be typed alike,
# * `claim` says whether the number claimed is `"too low"` (below the range), `"too high"` (above it) or `"possible"`.
#
# ```python
# judge_claim(200, 150, {"checked": 100, "same": 50}, 200)
# # {"estimate": 100.0, "low": 72.28, "high": 127.72, "claim": "too high"}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example people | .5 | every token; 0 if one in five is wrong |
# | tokens of two hospitals | 1.5 | the same |
# | the example registrations | .5 | a half for the three counts, a half for the cells |
# | people with diabetes | 1.5 | a half each for linked and by tokens; 0 if the sum is wrong |
# | who is known where | 1 | every cell; 0 if a small number is told |
# | the example stays | 1 | every figure of the eight small tables |
# | returns, three ways | 3 | for each way a quarter each for discharges and returns, and a half for the rate |
# | `judge_claim`, example claims | 1 | a quarter for the estimate, each end and the claim; 0 if the estimate is wrong |
# | `judge_claim`, other claims | 2 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_7", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_tokens(people: pd.DataFrame, key: str) -> dict[str, str | None]:
    """Makes a keyed token of everybody of whom name, date of birth and sex are known.

    Returns a dictionary from each number to its token, or None.
    """

    ### BEGIN SOLUTION
    def token(text):
        if not isinstance(text, str):
            return None
        return hmac.new(key.encode(), text.encode(), "sha256").hexdigest()

    texts = people["name"] + "|" + people["birth_date"] + "|" + people["sex"]
    return {number: token(text) for number, text in zip(people["number"], texts)}
    ### END SOLUTION


def count_people(diabetics: pd.DataFrame, least: int) -> dict[str, object]:
    """Counts people three ways, and says how many are known to which hospitals.

    Returns a dictionary with added, linked, tokens and cells.
    """
    ### BEGIN SOLUTION
    own = diabetics["facility"] + " " + diabetics["number"]
    by_person = diabetics.groupby(diabetics["token"].fillna(own))["facility"]
    known = Counter(" ".join(sorted(set(places))) for _, places in by_person)
    hospitals = sorted(set(diabetics["facility"]))
    every = [" ".join(s) for n in range(1, len(hospitals) + 1) for s in itertools.combinations(hospitals, n)]
    return {
        "added": len(diabetics),
        "linked": diabetics["person"].nunique(),
        "tokens": known.total(),
        "cells": {places: known[places] if known[places] >= least else None for places in every},
    }
    ### END SOLUTION


def readmissions(stays: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Counts discharges and returns as each hospital sees them, by linked persons and by tokens.

    Returns for each of added, linked and tokens a dictionary of discharges, returns and rate.
    """

    ### BEGIN SOLUTION
    def follow(ids):
        order = stays.assign(id=ids).sort_values(["id", "admitted_at"])
        home = order["admitted_at"] - order.groupby("id")["discharged_at"].shift()
        joined = order.groupby((~(home <= pd.Timedelta(hours=24))).cumsum()).agg(
            id=("id", "first"),
            begin=("admitted_at", "first"),
            end=("discharged_at", "last"),
            admission=("admission", "first"),
            left=("discharged_to", "last"),
        )
        nights = joined["end"].dt.normalize() > joined["begin"].dt.normalize()
        back = joined.loc[nights & (joined["admission"] == "unplanned"), ["id", "begin"]]
        index = joined[joined["left"] != "died"].reset_index(names="stay")
        both = index.merge(back, on="id", suffixes=("", "_back"))
        after = both["begin_back"] - both["end"]
        in_time = (after > pd.Timedelta(0)) & (after <= pd.Timedelta(days=30))
        returns = both.loc[in_time, "stay"].nunique()
        return {"discharges": len(index), "returns": returns, "rate": returns / len(index)}

    own = stays["facility"] + " " + stays["number"]
    return {
        "added": follow(own),
        "linked": follow(stays["person"]),
        "tokens": follow(stays["token"].fillna(own)),
    }
    ### END SOLUTION


def judge_claim(added: int, together: int, sample: dict[str, int], claim: int) -> dict[str, object]:
    """Says how many there probably are if linking misses some, and whether a claim fits that.

    Returns a dictionary such as {"estimate": 100.0, "low": 72.28, "high": 127.72, "claim": "too high"}.
    """
    ### BEGIN SOLUTION
    share = sample["same"] / sample["checked"]
    found = together - added
    estimate = added + found / share
    chance = (1 - share) / (share * sample["checked"]) + (1 - share) / abs(found)
    margin = 1.96 * abs(found) / share * math.sqrt(chance)
    low, high = estimate - margin, estimate + margin
    answer = "too low" if claim < low else "too high" if claim > high else "possible"
    return {"estimate": estimate, "low": low, "high": high, "claim": answer}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_7", "locked": true, "points": 12, "schema_version": 3, "solution": false, "task": false}
check("3.7")

# %% [markdown]
# ## Task 3.8 The exchange's gate (14 points, about 3 hours)
#
# ### The harm
#
# After those nights the hospitals put a gate before their exchange, and it knew one rule: without the patient's consent nothing leaves
# the house. It felt safe.
#
# In the first week Paul Adams lay unconscious in the second hospital, and the gate asked for his signature. Behind it stood that he takes a
# blood thinner. In the second week a drug company sent leaflets to eleven women with breast cancer: each had signed a consent, for
# *research*. In the third week Zoë Núñez took her consent to a study back, and somebody deleted four years of lawful work.
#
# Whoever says no is not on the safe side. A refusal can cost a life, and what has been given away cannot be fetched back. Both are mistakes.
#
# ### The idea: six questions, always in the same order
#
# Data may be given away on a **legal basis**, and consent is only one of several. Here there are five: `treatment`; `operations` (being paid,
# getting better); `public_health`; `required_by_law`; `consent`. What counts is also the **jurisdiction**, the law that the recipient is under, and the
# **purpose**, what the data are wanted for. A gate asks:
#
# 1. *Is there a rule* for this law and this basis? If not, the answer is no. This is called **default deny**: what no rule allows is
#    refused.
# 2. *Does the rule cover the purpose?* Naming a basis is not enough, and having agreed to something is not enough either.
# 3. *Is a consent needed?* Some rules ask for one. For **psychotherapy notes**, what a therapist writes down of a conversation and keeps apart from
#    the record, every basis asks for one, only `required_by_law` does not.
# 4. *Did one hold on that day?* For this purpose, by this recipient. **Revocation** works forward: from its day on nothing more is given, and what was given
#    before stays lawful.
# 5. *If none held: is it an emergency*, and does the rule let it stand in?
# 6. *How much?* **Data minimisation** gives no more than the purpose needs, if the rule asks for it. Under HIPAA it does not for treatment: who
#    treats needs the whole record.
#
# A short example on something else: a kindergarten's gate. Mia's mother may fetch her, no slip needed. Her grandmother may on Tuesdays, by a
# slip; it says fetching, so she may not take pictures for the toy shop. On Thursday the mother takes the slip back. Last Tuesday stays right, next
# Tuesday does not. When the house burns a neighbour carries Mia out, and nobody asks for a slip. Somebody about whom nothing is written does not get
# her.
#
# The figure shows what the patients of your district have answered, and the table below it by which rules the hospitals decide.

# %%
import yaml

answers = world.tables["consents"]
answers = answers.assign(
    asked=answers["purpose"] + ", " + answers["recipient"],
    answer=np.where(
        answers["decided"] == "deny",
        "has refused",
        np.where(answers["revoked_on"].notna(), "has taken it back", "has agreed"),
    ),
)
counts = answers.groupby(["asked", "answer"]).size().rename("people").reset_index()
print(counts.pivot(index="asked", columns="answer", values="people").to_string())
rules = pd.DataFrame(yaml.safe_load(world.files["policies.yaml"])["rules"])
print(rules.drop(columns=["after", "status"]).to_string(index=False))
px.bar(
    counts,
    y="asked",
    x="people",
    color="answer",
    pattern_shape="answer",
    orientation="h",
    color_discrete_sequence=["#009E73", "#D55E00", "#E69F00"],
    labels={"asked": "Purpose and recipient", "people": "Patients", "answer": "Answer"},
    title="What patients have agreed to",
)

# %% [markdown]
# *The figure in words*: every bar has three parts. Most have agreed, some have refused, some have agreed and taken it back. Nobody was asked
# about everything, and a yes to research by the university is no yes to the drug company. The printed tables give the numbers and the
# rules.
#
# ### See the gate at work
#
# The hospitals of your district have an exchange that follows these rules. It runs in your notebook, for your computer only. Whoever asks it first gets a **token** (another thing than the keyed tokens of task 3.7), a slip for five minutes: it
# says who asks, on which basis, for what, and for which types of data. Those types are its **scope**. Ask for no more than you need: a token that was lost
# opens whatever stands in its scope.

# %%
from sim import exchange_client
from sim.errors import HilabError

exchange = world.serve()
university = exchange_client(
    "university", basis="consent", purpose="research", scope="system/Patient.rs system/Condition.rs"
)
print(university.count("Patient"), "registrations may go to the university")
common = world.tables["his_encounters"]["dx_code"].mode()[0]
print(university.search("Condition", code=common, limit=3)[["patient", "code", "recorded"]].to_string())

# %% [markdown]
# A good refusal teaches: it says what was wrong and what to ask for instead. Before you run the cell, guess which of these seven get an answer.

# %%
whole, narrow = "system/*.rs", "system/Patient.rs"
attempts = [
    ("second_hospital", "treatment", "treatment", whole, "HIPAA", "Patient", {}),
    ("second_hospital", "treatment", "treatment", whole, "PIPL", "Patient", {}),
    ("university", "treatment", "research", whole, "HIPAA", "Patient", {}),
    ("university", "consent", "research", narrow, "HIPAA", "Condition", {}),
    ("university", "consent", "research", whole, "HIPAA", "Patient", {"family": "Li"}),
    ("drug_company", "consent", "marketing", whole, "GDPR", "Condition", {}),
    ("drug_company", "consent", "marketing", whole, "GDPR", "Patient", {}),
]
for who, basis, purpose, scope, law, kind, criteria in attempts:
    client = exchange_client(who, basis=basis, purpose=purpose, scope=scope, jurisdiction=law)
    try:
        said = f"{client.count(kind, **criteria)} found"
    except HilabError as refused:
        said = f"no. {refused}"
    print(f"{who}, {basis}, {purpose}, {law}, {kind} {criteria or ''}: {said}\n")

# %% [markdown]
# For more than a handful one orders an **export**: all that may be given, as files. Names are missing in it, because research does not need them. Then the first patient in
# it revokes. What the university has stays lawfully there; ask again, and there is one fewer. The privacy office sees all of it in the log.

# %%
export = university.export("Patient", "Condition")
print(export["Patient"][["id", "family", "gender", "birth_date", "phone"]].head(3).to_string())
exchange.exchange.revoke(export["Patient"]["id"][0], "research", "university")
print(len(export["Patient"]), "in the export,", university.count("Patient"), "now")
log = exchange_client("privacy_office").audit()
print(log[["client", "purpose", "action", "target", "outcome"]].tail(16).to_string())
exchange.stop()

# %% [markdown]
# ### The laws behind the rules
#
# The rules are the district's own, written after three laws. None of this is legal advice, and in the task only the rules count that you are handed.
# *Status* says how sure the wording is: checked was read in a secondary source, recalled is from general knowledge.
#
# | where | says | dated | status |
# |---|---|---|---|
# | 45 CFR 164.506(c) | HIPAA: for treatment, payment and operations no authorization (HIPAA's word for a written consent) is needed | 2002-08 | checked |
# | 45 CFR 164.502(b) | HIPAA: no more than the minimum necessary is given; this does not hold for treatment, nor for what the patient has authorized or a law requires | 2002-08 | checked |
# | 45 CFR 164.508(a)(2) | HIPAA: psychotherapy notes need an authorization, also for treatment by others than who wrote them; not where a law requires them | 2002-08 | checked |
# | 45 CFR 164.508(b)(5) | HIPAA: an authorization can be revoked in writing at any time, except where somebody has acted on it already | 2002-08 | checked |
# | 45 CFR 164.512(a) and (b) | HIPAA: what a law requires, and reports to a public health authority, need no authorization | 2013-01 | checked |
# | GDPR 5(1)(c) | personal data are limited to what the purpose needs | 2016-04-27 | checked |
# | GDPR 7(3) | consent can be withdrawn at any time; what was done before stays lawful | 2016-04-27 | checked |
# | GDPR 9(2) | health data may be processed on explicit consent, and without it for care, for public health, and to save somebody who cannot be asked | 2016-04-27 | checked |
# | PIPL 13 | seven bases; consent is one, duties by law, public health emergencies and danger to life are others | 2021-11-01 | checked |
# | PIPL 15 | consent can be withdrawn; what was done before stays effective | 2021-11-01 | checked |
# | PIPL 29 | health data need a separate consent; lawyers differ on whether also where another basis is named | 2021-11-01 | recalled |
#
# In three places the district is stricter than the law: it cuts down to what is needed also what was consented to or is required; it asks for consent to treatment and payment
# wherever PIPL may ask for it; and one form counts for the notes as well only because the hospitals' form has a line of its own for them (HIPAA wants a form of its own).
#
# ### What to write
#
# **`release(request, records, bases, policies)`** decides one request. `request` is a dictionary:
#
# ```python
# {"request_id": "Q105", "asked_on": "2024-09-01", "mrn": "H1", "jurisdiction": "HIPAA", "basis": "consent",
#  "purpose": "research", "recipient": "university", "data": "record", "emergency": False}
# ```
#
# `records` is a table with what the hospital holds of this patient *and of others*: `row_id`, `mrn`, `data` (the part of the file: `record`, `claims`,
# `case_report` or `psychotherapy_notes`), `field` (such as `diagnosis`) and `value`. `bases` is the table of the patients' answers: `mrn`, `purpose`, `recipient`, `decided` (`permit` or
# `deny`), `given_on` and `revoked_on` (missing if it was not revoked). Days are text such as `2024-09-01`. There may be columns that do not matter.
#
# `policies` is a dictionary: `rules` is a list of dictionaries with `jurisdiction`, `basis`, `purposes` (a list), `consent` (whether one is needed), `minimum` (whether no more may be given than the purpose needs) and
# `emergency` (whether an emergency stands in for a consent that does not hold); there is at most one for a law and a basis. `notes` is the part of the file that is psychotherapy notes. `needs` holds for each purpose the
# fields that it needs, and `types` the types of resources (task 2.5) that it needs. Rules change: read those that you are handed.
#
# Of several answers for one purpose and recipient the latest counts that was given on the day of the request or before; a patient never gives two of them on one day. On the day on which it is revoked a consent no longer holds. Where no consent is needed, no answer changes anything, not even a no.
#
# The function returns the `row_id`s that may be given, in any order: of this patient, of the part that was asked for in `data`, and where the rule says `minimum` only of needed fields. With them comes a list with the reason:
#
# ```python
# {"rows": ["R1003", "R1007"], "reasons": ["allowed", "minimum"]}
# ```
#
# | reason | |
# |---|---|
# | `no_rule` | no rule for this law and this basis |
# | `wrong_purpose` | the rule does not cover the purpose |
# | `emergency` | given: a consent is needed and does not hold, but it is an emergency and the rule lets it stand in |
# | `notes` | a consent is needed because these are psychotherapy notes, and it does not hold |
# | `none`, `refused`, `revoked` | the rule needs a consent, and there was no answer yet, the latest one is no, or it was revoked |
# | `allowed` | given |
#
# The first reason that fits, from above, is the one. So where the notes and the rule both ask for a consent, one consent serves both, and if it was refused the reason is `notes`, not `refused`. If the data are given and the rule says `minimum`, a second reason `minimum` stands behind it. If they are not, there are no rows.
#
# **`order_token(order, policies)`** says which token somebody should ask the exchange for. `order` says who wants what: `does` is `read`, `search` or `export`:
#
# ```python
# {"recipient": "university", "jurisdiction": "GDPR", "purpose": "research", "wants": ["Condition", "Claim"], "does": "export"}
# ```
#
# The function returns the basis whose rule covers the purpose under this law (there is at most one), the purpose, and as narrow a scope as will do: for each wanted type a word such as
# `system/Condition.s`, with blanks between them, in any order. Behind the dot stands `r` to read, `s` to search, and `rs` to export. Where the rule says `minimum`, types that the purpose does not need are left out, even if somebody wants them. If
# no rule covers the purpose, or no type is left, it is None:
#
# ```python
# {"basis": "consent", "purpose": "research", "scope": "system/Condition.rs"}
# ```
#
# Such a token can be had: `exchange_client("university", jurisdiction="GDPR", **token).export("Condition")` asks the running exchange with it.
#
# **`answer_letter(letter, log)`** sorts out what a revocation changes. `letter` says what a patient has revoked, and from which day on:
#
# ```python
# {"mrn": "H1", "purpose": "research", "recipient": "university", "revoked_on": "2024-06-01"}
# ```
#
# `log` is a list of dictionaries, one for each time that data of this patient were given or are to be given: `entry`, `day`, `purpose`, `recipient`, `needs_consent` (whether the rule needed one), and `given` (False if
# it is only planned). The function returns a word for each entry:
#
# | word | |
# |---|---|
# | `untouched` | the entry does not rest on what was revoked: another purpose, another recipient, or no consent needed |
# | `lawful` | it does, and was before that day |
# | `unlawful` | it does, and was given on that day or later: to be reported |
# | `stop` | it does, and is planned for that day or later |
#
# ```python
# {"D1": "lawful", "D2": "untouched", "D3": "stop"}
# ```
#
# ### How it is marked
#
# | part | points | full for |
# |---|---|---|
# | the example requests | 1 | for each request the right rows and reasons; a quarter if it is rightly given, for the right reason, but not these rows |
# | requests for treatment | 1.75 | the same; to refuse wrongly costs as much as to give wrongly |
# | operations, public health, by law | .75 | the same |
# | requests that rest on a consent | 1.25 | the same |
# | consents that were revoked, before the request or after it | 1.25 | the same |
# | psychotherapy notes | 1 | the same |
# | patients who also agreed to something else | 1 | the same |
# | other rules than today's | 1 | the same |
# | `order_token`, the example orders | .5 | a third for basis and purpose, the rest for a scope of exactly what is needed; for None all or nothing |
# | `order_token`, other orders | 1 | the same |
# | `answer_letter`, the example letters | 1 | the right word for every entry; 0 if half are wrong |
# | `answer_letter`, other letters | 2.5 | the same |


# %% nbgrader={"grade": false, "grade_id": "solve_3_8", "locked": false, "schema_version": 3, "solution": true, "task": false}
def release(
    request: dict, records: pd.DataFrame, bases: pd.DataFrame, policies: dict
) -> dict[str, list[str]]:
    """Decides whether data are given, and which.

    Returns a dictionary such as {"rows": ["R1003"], "reasons": ["allowed", "minimum"]}.
    """
    ### BEGIN SOLUTION
    asked = bases[bases["given_on"] <= request["asked_on"]]
    for key in ("mrn", "purpose", "recipient"):
        asked = asked[asked[key] == request[key]]
    consent = "none"
    for _, form in asked.sort_values("given_on").iterrows():  # the latest one stays
        ended = isinstance(form["revoked_on"], str) and form["revoked_on"] <= request["asked_on"]
        consent = "refused" if form["decided"] == "deny" else "revoked" if ended else "holds"
    rules = {(rule["jurisdiction"], rule["basis"]): rule for rule in policies["rules"]}
    rule = rules.get((request["jurisdiction"], request["basis"]))
    about_notes = request["data"] == policies["notes"] and request["basis"] != "required_by_law"
    why = "allowed"
    if rule is None:
        why = "no_rule"
    elif request["purpose"] not in set(rule["purposes"]):
        why = "wrong_purpose"
    elif (rule["consent"] or about_notes) and consent != "holds":
        saved = rule["emergency"] and request["emergency"]
        why = "emergency" if saved else "notes" if about_notes else consent
    if why not in ("allowed", "emergency"):
        return {"rows": [], "reasons": [why]}
    given = records[(records["mrn"] == request["mrn"]) & (records["data"] == request["data"])]
    if not rule["minimum"]:
        return {"rows": given["row_id"].tolist(), "reasons": [why]}
    needed = given[given["field"].isin(policies["needs"][request["purpose"]])]
    return {"rows": needed["row_id"].tolist(), "reasons": [why, "minimum"]}
    ### END SOLUTION


def order_token(order: dict, policies: dict) -> dict[str, str] | None:
    """Says which token to ask the exchange for, with no more in its scope than is needed.

    Returns a dictionary such as {"basis": "consent", "purpose": "research", "scope": "system/Condition.s"}, or None.
    """
    ### BEGIN SOLUTION
    letters = {"read": "r", "search": "s", "export": "rs"}[order["does"]]
    for rule in policies["rules"]:
        if rule["jurisdiction"] != order["jurisdiction"] or order["purpose"] not in rule["purposes"]:
            continue
        allowed = policies["types"][order["purpose"]] if rule["minimum"] else order["wants"]
        scope = " ".join(f"system/{kind}.{letters}" for kind in order["wants"] if kind in allowed)
        return {"basis": rule["basis"], "purpose": order["purpose"], "scope": scope} if scope else None
    return None
    ### END SOLUTION


def answer_letter(letter: dict, log: list[dict]) -> dict[str, str]:
    """Says for every entry of the log what a revocation changes.

    Returns a dictionary such as {"D1": "lawful", "D2": "untouched"}.
    """
    ### BEGIN SOLUTION
    words = {}
    for entry in log:
        same = all(entry[key] == letter[key] for key in ("purpose", "recipient"))
        if not (same and entry["needs_consent"]):
            word = "untouched"
        elif entry["day"] < letter["revoked_on"]:
            word = "lawful"
        else:
            word = "unlawful" if entry["given"] else "stop"
        words[entry["entry"]] = word
    return words
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_8", "locked": true, "points": 14, "schema_version": 3, "solution": false, "task": false}
check("3.8")

# %% [markdown]
# ## Task 3.5 Cluster (optional, 4 points, about 1 hour)
#
# Optional tasks replace points that you lost in the others of this lab. Nobody needs them.
#
# Two men called John Baker live at 3 Mill Lane, father and son. At the second hospital somebody asked for the name and the address only. That record
# was linked with the father's, and with the son's, too. So father and son became one person, and the son was given the father's blood thinner.
# Each had shown his own card at the General Hospital: two checked identifiers stood side by side in one chart, and nobody looked.
#
# Links come in pairs, people do not. If *a* is *b* and *b* is *c*, then *a* is *c*: all that hangs together by links is one group, a **cluster**, and
# each link in it is an **edge** with a score. Following every edge is called **transitive closure**. It makes one false edge dangerous, for it joins everything
# at its one end with everything at its other. A cluster is in **conflict** if it holds two different checked identifiers: it cannot be
# one person. Then something has to give, and it should be the weakest edge on the way between the two.
#
# A short example on something else: a family's photographs are sorted into albums by likeness. One blurred picture looks like both brothers,
# and all pictures of both land in one album. In two of them each holds his own passport. The album is torn where the likeness is weakest: at the blur.
#
# **`clusters(records, edges)`** gets the records of several hospitals (`number`; `verified_id`, which may be missing; and others) and the edges (`a`, `b`
# and `score`; both numbers are among the records, and no two scores are equal). It returns the clusters as lists of numbers, each number
# in exactly one, also if it is alone there, in any order:
#
# ```python
# [["A1", "B1"], ["A2", "C1"], ["C6"]]
# ```
#
# In the beginning everybody is alone. Take the edges from the highest score to the lowest. An edge joins the two clusters at its ends, unless the joined
# one would be in conflict. Then it is cut: it is the weakest on the way, for all others there came before it.
#
# **`b_cubed(groups, persons)`** measures clusters whose truth is known. `persons` says whose each number is. For every record, *precision* is the
# share of its group that is of its own person, and *recall* is the share of its person's records that are in its group; the record itself counts
# in both. The means over all records are **B-cubed** precision and recall, and F is 2 · precision · recall / (precision + recall):
#
# ```python
# b_cubed([["a", "b", "c", "d"]], {"a": "1", "b": "1", "c": "2", "d": "2"})   # {"precision": 0.5, "recall": 1.0, "f": 0.6667}
# ```
#
# A card can be misread, too, and then one person is torn in two. Here that is rarer than what the rule prevents.
#
# ### How it is marked
#
# `clusters`: the 13 example records 1 (their eight clusters; 0 at half); people who had become one .75 (B-cubed F over the records that following every edge brings into
# conflict: 0 if every edge is followed, full at nine tenths of the way from there to the reference); no cluster in conflict .75 (and four in five
# clusters whole); the weakest edge .5. `b_cubed`: examples .25, others .75, each figure within .0005.


# %% nbgrader={"grade": false, "grade_id": "solve_3_5", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clusters(records: pd.DataFrame, edges: pd.DataFrame) -> list[list[str]]:
    """Makes people of links, and cuts the weakest edge where two checked identifiers would meet.

    Returns a list of lists of numbers, such as [["A1", "B1"], ["A2"]].
    """
    ### BEGIN SOLUTION
    of = {number: [number] for number in records["number"]}
    cards = dict(zip(records["number"], records["verified_id"]))
    for a, b in edges.sort_values("score", ascending=False)[["a", "b"]].to_numpy():
        one, two = of[a], of[b]
        shown = {cards[number] for number in one + two if isinstance(cards[number], str)}
        if one is not two and len(shown) < 2:
            one += two
            of.update(dict.fromkeys(two, one))
    return list({id(group): group for group in of.values()}.values())
    ### END SOLUTION


def b_cubed(groups: list[list[str]], persons: dict[str, str]) -> dict[str, float]:
    """Measures clusters whose truth is known, record by record.

    Returns a dictionary such as {"precision": 0.5, "recall": 1.0, "f": 0.6667}.
    """
    ### BEGIN SOLUTION
    rows = [(place, persons[number]) for place, group in enumerate(groups) for number in group]
    table = pd.DataFrame(rows, columns=["group", "person"])
    shared = table.groupby(["group", "person"])["person"].transform("size")
    precision = (shared / table.groupby("group")["person"].transform("size")).mean()
    recall = (shared / table["person"].map(Counter(persons.values()))).mean()
    f = 2 * precision * recall / (precision + recall)
    return {"precision": precision, "recall": recall, "f": f}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "mark_3_5", "locked": true, "points": 0, "schema_version": 3, "solution": false, "task": false}
check("3.5")

# %% [markdown]
# ## Exploration: at the emergency door (about half an hour, no points)
#
# Somebody is brought in who cannot speak. Other hospitals may hold records of the same person. From a number of points on the exchange takes a record for hers; a
# little below, a clerk may look. A false link brings a stranger's allergies, a missed one leaves out her own.
#
# **Predict first.** Write down, before you touch a lever, your answers to three questions. They are for you alone.
#
# 1. Is there a threshold at which wrong and missed allergies are both rare enough?
# 2. What helps more: a cleverer comparison of names, or more people whose identifier was checked?
# 3. You let a clerk look at all doubtful pairs. What gets better, what gets worse, and who pays?
#
# Every figure behind the model stands in a table below the levers with its source, or with the word *assumed*; you may change all of them. Two settings that differ by less than the simulated
# years differ among themselves differ by chance.

# %%
from sim.explore import explore

explore("l3_sharing")

# %% [markdown]
# Without a mouse, or if you prefer words, the same model answers in a plain cell. Change a value and run the cell again.

# %%
from sim.explore.sharing import describe, run

print(
    describe(
        run({"threshold": 12.0, "review": 0.0, "missing": 0.15, "error": 0.06, "silos": 4, "alike": True})
    )
)

# %% [markdown]
# **A goal to reach**: fewer than **1 wrong** and fewer than **3 missed allergies** per 1,000 emergency visits, with groups of patients **less than 5 % apart** in the links that they miss.
#
# **What most people find**: no threshold removes both harms. Whoever raises it trades one for the other, and trades with the allergies of newcomers and of those who changed their names. Better *identifiers* do more than better
# *comparing*: they help just those whose names fail.
#
# **Where that insight fails**: if a checked identifier covers more than 98 % of all records, both curves lie low side by side, and over a wide range it hardly matters where the threshold is.
#
# **Your own function**: the button "use my function" lets your `thresholds` from task 3.4 choose the points, on pairs in which names, telephones and blanks are as frequent as in your own district. Between the threshold for treatment and the one for
# statistics a clerk looks.
#
# ## The written question (20 points, about 1.5 hours)
#
# **Is a false merge or a missed link worse in emergency care, and who is liable?** Write at most 400 words, with three voices: the hospital's lawyer, its chief information officer, and a physician of the emergency room. Best are three people who
# really play them. The text ends with one recommendation to the board of the exchange. Use figures *of your own*: your thresholds and costs of task 3.4, recall by group as in
# task 3.6, a parameter set of the exploration. What the laws say stands in task 3.8. Lawyers differ on liability; nobody's view is wrong for being a view, if it is reasoned.
#
# Two readers will mark it by these five criteria, each at step 0, 1 or 2; a step is worth 2 points:
#
# | | 0 | 1 | 2 |
# |---|---|---|---|
# | **Both harms** | one | both | both, with own numbers by group |
# | **Use-specific threshold** | one for all | two | two, with the costs that yield them |
# | **Basis and duty** | "consent" | a right basis | the basis by jurisdiction, and what it does not need |
# | **Remedy** | none | unmerge | unmerge, tell those concerned, trace decisions that were taken |
# | **Clarity and dissent** | voices are mixed | three voices | where the three disagree, and who decides |
#
# End with three lines on help that you had, for example from an AI assistant: the tool, for what, what you checked yourself. Declared help
# costs nothing.

# %% [markdown] nbgrader={"grade": true, "grade_id": "answer_3_written", "locked": false, "points": 0, "schema_version": 3, "solution": true, "task": false}
# *An exemplar for the instructor; the student's version is empty.* Three of them stand in `rubric.md`.

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_3_harms", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Both harms* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_3_threshold", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Use-specific threshold* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_3_basis", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Basis and duty* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_3_remedy", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Remedy* (4 points)

# %% [markdown] nbgrader={"grade": false, "grade_id": "crit_3_dissent", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": true}
# *Clarity and dissent* (4 points)

# %% [markdown]
# ## What you take away
#
# * A key is equal for one name and differs for two. It stands beside what was typed.
# * What is never compared is never found, and never missed. Several passes, each by another column; a blank is no drawer.
# * Agreement weighs as much as it is surprising: *m* against *u*. A blank weighs nothing, and one fact counts once.
# * No threshold removes both errors, and none serves every use. Say what each error costs, and weigh a sample by what it stands for.
# * Missing links are somebody's. Measure by group, ask whether a gap is large and sure, and correct each group by its own recall.
# * Sums of silos count people too often and returns too rarely. A keyed token tells who is one, and not who it is. What was linked is not all
#   that there is.
# * Who says no is not on the safe side. Ask for the rule, its purpose, the consent of that day, and how much is needed. A revocation works forward.
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
