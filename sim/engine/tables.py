"""The arrays that the machine reads, in one record.

A record is handed to a compiled function as one pointer, an array as seven numbers: with twenty
arrays a call costs six times as much. The room is fixed, but memory that is never touched costs
nothing.
"""

import numpy as np

from sim.engine.hooks.lifecycle import BORN
from sim.engine.hooks.risk import YEARLY
from sim.engine.kinds import VITALS

_I1, _I4, _I8, _F8 = np.int8, np.int32, np.int64, np.float64

MOST_MODULES = 1 << 10
MOST_STATES = 1 << 16
MOST_BRANCHES = 1 << 17
MOST_OPTIONS = 1 << 17
MOST_TESTS = 1 << 18
MOST_LISTED = 1 << 17
MOST_ATTRIBUTES = 1 << 14
MOST_CODES = 1 << 14
MOST_SYMPTOMS = 1 << 11
MOST_ASKED = 1 << 12
"""How many questions one condition may be made of."""

AGES = 121
"""Birthdays up to which a life table may reach."""

TEXT_BASE = 1e12
"""An attribute that holds text number k of the program is the number TEXT_BASE + k."""

REFERENCE_BASE = 2e12
"""An attribute that holds the onset made by state k is the number REFERENCE_BASE + k."""

LOCK, CHECK_UP, ANY_CODE, FIRST_BIT, LAST_BIT = 1, 2, 4, 3, 61
"""What a waiting module can be told of: bits, and the range of those shared by what guards read."""

HOLDS, FAILS = -1, -2
"""Where the questions of a condition end: in place of the next question."""

STATE = np.dtype(
    [
        ("op", _I1),  # what nearly every state needs comes first, within 64 bytes
        ("draw", _I1),
        ("source", _I1),
        ("kind", _I1),
        ("cut_by", _I1),
        ("scheduled", _I1),  # 1 when an encounter keeps clinic hours
        ("polls", _I1),  # 1 when a guard has to be looked at on every step
        ("remembered", _I1),  # 1 when somebody asks when the state was left
        ("next", _I4),  # the state that always follows, or -1
        ("branch_from", _I4),
        ("branch_to", _I4),
        ("cut_from", _I4),  # where the branches that can apply depend on the date or the age
        ("cut_to", _I4),
        ("attribute", _I4),
        ("a", _F8),
        ("b", _F8),
        ("scale", _F8),  # amounts are rounded to 1 / scale; 0: as drawn
        ("asks", _I4),  # first question of a guard
        ("reads", _I4),
        ("low", _F8),
        ("high", _F8),
        ("value", _F8),
        ("probability", _F8),
        ("birthday", _F8),  # age that alone opens a guard, -1 for others
        ("listens", _I8),  # what a guard is told of
        ("test_from", _I4),  # all questions of a guard
        ("test_to", _I4),
        ("code", _I4),
        ("reason", _I4),
        ("reason_attribute", _I4),
        ("target", _I4),
        ("ends", _I4),
        ("ends_attribute", _I4),
        ("codes_from", _I4),  # in `listed`: codes that an end ends
        ("codes_to", _I4),
        ("child_from", _I4),
        ("child_to", _I4),
        ("call", _I4),
        ("record", _I4),  # attribute that remembers an observation by its code
        ("needed", _I4),  # 1 when a module reads the value of an observation
        ("deferred_from", _I4),  # in `listed`: onsets that wait for an encounter
        ("deferred_to", _I4),
    ],
    align=True,
)

BRANCH = np.dtype([("asks", _I4), ("option_from", _I4), ("option_to", _I4)], align=True)
OPTION = np.dtype([("target", _I4), ("attribute", _I4), ("weight", _F8)], align=True)
TEST = np.dtype(
    [
        ("test", _I4),
        ("compare", _I4),
        ("name", _I4),
        ("since", _I4),
        ("yes", _I4),  # the next question, HOLDS or FAILS
        ("no", _I4),
        ("value", _F8),
    ],
    align=True,
)
"""A question. A condition is asked question by question until it is decided."""

CUT = np.dtype([("listed_from", _I4), ("listed_to", _I4), ("at", _F8)], align=True)
"""From a date or age on, until the next cut, only the branches in `listed` can apply."""
START = np.dtype([("state", _I4), ("word", _I8)], align=True)
SYMPTOM = np.dtype([("causes_from", _I4), ("causes_to", _I4)], align=True)
SUPPLIED = np.dtype([("which", _I4), ("attribute", _I4), ("words_from", _I4)], align=True)
"""An attribute that a hook supplies; its numbers stand for texts in `listed`, or -1: for themselves."""

TABLES = np.dtype(
    [
        ("module_count", _I4),
        ("state_count", _I4),
        ("attribute_count", _I4),
        ("code_count", _I4),
        ("symptom_count", _I4),
        ("test_count", _I4),
        ("born_count", _I4),
        ("yearly_count", _I4),
        ("child_visit", _I4),  # states of the hooks
        ("adult_visit", _I4),
        ("urgent_visit", _I4),
        ("emergency_visit", _I4),
        ("vaccines", _I4),
        ("death", _I4),
        ("ages", _I4),
        ("living", _F8, (2, AGES)),
        ("overrides", _I4, (len(VITALS),)),
        ("born", SUPPLIED, (len(BORN),)),
        ("yearly", SUPPLIED, (len(YEARLY),)),
        ("starts", START, (MOST_MODULES,)),
        ("states", STATE, (MOST_STATES,)),
        ("branches", BRANCH, (MOST_BRANCHES,)),
        ("cuts", CUT, (MOST_BRANCHES,)),
        ("options", OPTION, (MOST_OPTIONS,)),
        ("tests", TEST, (MOST_TESTS,)),
        ("listed", _I4, (MOST_LISTED,)),
        ("symptoms", SYMPTOM, (MOST_SYMPTOMS,)),
        ("attribute_bits", _I8, (MOST_ATTRIBUTES,)),
        ("code_bits", _I8, (MOST_CODES,)),
    ],
    align=True,
)
"""A program as the machine reads it. Ranges are [from, to) into the array they name."""
