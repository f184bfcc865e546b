"""Wrong answers to lab 1 that the judge must recognise by their misconception."""

from grading.examples import Wrong

COPIES = [
    Wrong(
        "1.3",
        "copies are rows equal in every column",
        "MC15",
        (0.3, 0.75),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    rows["label"] = "current"
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.drop(columns="label").duplicated(), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "copies must have the same text as value",
        "MC15",
        (0.5, 0.97),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    rows["label"] = "current"
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at", "value"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a second result on one day is a copy",
        "MC16",
        (0.3, 0.8),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "resend"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "the first report is the result",
        "MC17",
        (0.2, 0.85),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    first = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("min")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] > first, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "what arrives last is the result",
        "MC27",
        (0.2, 0.8),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    result = ["specimen_id", "test_code"]
    rows["label"] = "superseded"
    rows.loc[rows.duplicated([*result, "reported_at"], keep="last"), "label"] = "resend"
    rows.loc[~rows.duplicated(result, keep="last"), "label"] = "current"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a cancellation leaves the old value standing",
        "MC28",
        (0.4, 0.95),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    spoken = rows["reported_at"].where(rows["status"] != "X")
    newest = spoken.groupby([rows["specimen_id"], rows["test_code"]]).transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows["status"] == "X", "label"] = "cancelled"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
    Wrong(
        "1.3",
        "a cancelled row is a result",
        "MC28",
        (0.4, 0.95),
        """\
def copies(lis):
    rows = lis.sort_values(["received_at", "row_id"], ignore_index=True)
    newest = rows.groupby(["specimen_id", "test_code"])["reported_at"].transform("max")
    rows["label"] = "current"
    rows.loc[rows["reported_at"] < newest, "label"] = "superseded"
    rows.loc[rows.duplicated(["specimen_id", "test_code", "reported_at"]), "label"] = "resend"
    left = rows[rows["label"] == "current"].sort_values(["collected_at", "specimen_id"])
    left["day"] = left["collected_at"].dt.date
    second = left.duplicated(["mrn", "test_code", "day"])
    rows.loc[second[second].index, "label"] = "repeat"
    return rows[["row_id", "label"]]
""",
    ),
]

WRONG = [*COPIES]
