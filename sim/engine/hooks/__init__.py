"""What no module describes: the calendar, the check-up schedule, mortality, physiology.

Each hook is one function on scalars and arrays, compiled in the machine and plain in the oracle.
"""
