"""How each institution of the district records its part: clean tables, before anything goes wrong.

A system is a pure function of the clean records and its own settings: local numbers, local codes,
formats, coverage and delay. Working tables carry columns that begin with an underscore: they hold what
only the simulator knows (above all `_person`), serve the defects and the truth, and never leave `sim`.
"""
