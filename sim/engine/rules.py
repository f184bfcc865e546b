"""Numbers that the machine and the oracle share."""

from sim.engine.streams import word_of

STEP = 7.0
"""Days between two looks at a person."""

YEAR = 365.25
"""Days in a year of age."""

SHORTEST = 15.0 / 1440.0
"""An encounter lasts at least a quarter of an hour."""

CHECK_UP = 30.0 / 1440.0
"""A check-up lasts half an hour."""

URGENT_STAY = (0.0, 1.0 / 24.0, 3.5 / 24.0)
"""How long a visit lasts that symptoms led to: none, urgent care, emergency; assumed."""

FORGOTTEN = 120.0
"""Days; a module that has not moved for so long while it holds the encounter has forgotten to end it.
The longest stays of Synthea's modules last about 100 days."""

MOST_ATTEMPTS = 100
"""The last attempt of a slot is made to live: a slot born 110 years ago could try for ever."""

MOST_MOVES = 10_000
"""A module that moves more often in one step is stuck."""

MOST_DEPTH = 16
"""How deep submodules may call each other."""

BODY_WORD = word_of("physiology")
BORN_WORD = word_of("course of life")
LIFE_WORD = word_of("mortality")
POSTPONE_WORD = word_of("postponed check-up")
URGENT_WORD = word_of("urgent visit")
VACCINE_WORD = word_of("immunisation")
VISIT_WORD = word_of("check-up")
