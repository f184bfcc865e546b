"""Wrong answers to lab 4 that the judge must recognise by their misconception."""

from grading.examples import Wrong

UNIQUENESS = [
    Wrong(
        "4.1",
        "counts the different rows as rows that are alone",
        "MC60",
        (0.75, 0.95),
        """\
_right = uniqueness


def uniqueness(sample, register, qids):
    alone = 1 - sample.duplicated(qids).mean()
    return _right(sample, register, qids) | {"sample_unique": float(alone)}
""",
    ),
    Wrong(
        "4.1",
        "who is alone in the file is alone in the county",
        "MC130",
        (0.6, 0.85),
        """\
_right = uniqueness


def uniqueness(sample, register, qids):
    told = _right(sample, register, qids)
    return told | {"population_unique": told["sample_unique"]}
""",
    ),
    Wrong(
        "4.1",
        "without names there is no risk",
        "MC61",
        (0.7, 0.8),
        """\
def may_release(report, attacker, limit):
    return {"risk": 0.0 if attacker["names_removed"] else report["prosecutor"], "release": True}
""",
    ),
]

WRONG = [*UNIQUENESS]
