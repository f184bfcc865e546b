"""Wrong answers to lab 0 that the judge must recognise by their misconception."""

from grading.examples import Wrong

WRONG = [
    Wrong(
        "0.1",
        "prints in place of returning",
        "MC07",
        (0.5, 0.5),
        """\
def greet(name):
    print(f"Welcome to Lindenmoor, {name}!")
""",
    ),
    Wrong(
        "0.1",
        "types a name into the cell",
        "MC06",
        (0.5, 0.75),
        """\
def greet(name):
    name = "Ana"
    return f"Welcome to Lindenmoor, {name}!"
""",
    ),
    Wrong(
        "0.1",
        "types versions of an old kernel",
        "ENV-KERNEL",
        (0.5, 0.5),
        """\
def workplace():
    return {"python": "3.8.10", "pandas": "1.5.3"}
""",
    ),
    Wrong(
        "0.6",
        "right on ordinary days only",
        "MC08",
        (0.2, 0.7),
        """\
def free_beds(beds, occupied):
    return beds - occupied
""",
    ),
]
