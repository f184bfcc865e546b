"""Right answers written from the tasks' text alone.

Each was written without looking at the checks, the project's own solutions or any other source than
the released notebook of lab 0.
"""

from grading.examples import Alternative

ALTERNATIVES = [
    Alternative(
        task="0.1",
        name="f-string and dictionary display",
        source="""
def greet(name: str) -> str:
    return f"Welcome to Lindenmoor, {name}!"


def workplace() -> dict[str, str]:
    return {"python": platform.python_version(), "pandas": pd.__version__}
""",
    ),
    Alternative(
        task="0.1",
        name="joined parts and own imports",
        source="""
def greet(name: str) -> str:
    parts = ["Welcome to Lindenmoor, ", name, "!"]
    return "".join(parts)


def workplace() -> dict[str, str]:
    import platform as machine

    import pandas

    versions = {}
    versions["python"] = machine.python_version()
    versions["pandas"] = str(pandas.__version__)
    return versions
""",
    ),
    Alternative(
        task="0.6",
        name="larger of difference and zero",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    return max(0, beds - occupied)
""",
    ),
    Alternative(
        task="0.6",
        name="two branches",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    if occupied >= beds:
        return 0
    return beds - occupied
""",
    ),
    Alternative(
        task="0.6",
        name="counting the empty beds one by one",
        source="""
def free_beds(beds: int, occupied: int) -> int:
    return len(range(occupied, beds))
""",
    ),
]
