"""Hand-ins whose notebook or folder is manipulated: the answer to 9.1 is wrong, that to 9.2 is right."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grading.course import Course
from tests.classroom import LAB, RIGHT, answered, cell_of, submit

Notebook = dict[str, Any]

WRONG = "def free(table):\n    return 987654\n\n\ndef busiest(table):\n    return 987654"


def _plain(course: Course) -> Notebook:
    return answered(course, {**RIGHT, "solve_9_1": WRONG})


def _raw(course: Course, student: str, content: bytes) -> None:
    submit(course, student).write_bytes(content)


def _changed(change: Callable[[Notebook], object]) -> Callable[[Course, str], None]:
    def hand_in(course: Course, student: str) -> None:
        notebook = copy.deepcopy(_plain(course))
        change(notebook)
        submit(course, student, notebook=notebook)

    return hand_in


def _no_checks(notebook: Notebook) -> None:
    notebook["cells"] = [cell for cell in notebook["cells"] if "check(" not in "".join(cell["source"])]


def _tags(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "raises-exception", "hide_input"]


def _points(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        known = cell["metadata"].get("nbgrader")
        if known and known.get("grade"):
            known |= {"points": 100, "locked": False, "grade_id": known["grade_id"]}
            cell["source"] = "full = 100"


def _own_check(notebook: Notebook) -> None:
    cell_of(notebook, "setup")["source"] = "check = lambda *given: 100\nimport sys; sys.exit()"
    cell_of(notebook, "mark_9_1")["source"] = "pass"


def _copies(notebook: Notebook) -> None:
    for number in range(50):
        cell = copy.deepcopy(cell_of(notebook, "mark_9_1"))
        notebook["cells"].append(cell | {"id": f"more{number}", "source": "assert True"})


def _scripts(notebook: Notebook) -> None:
    script = "<script>document.title='evil'</script><svg onload=alert(1)><iframe src='http://evil.example'>"
    cell_of(notebook, "answer_1_written")["source"] = script
    html = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"text/html": script, "image/svg+xml": script},
    }
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [html]


def _kernel(notebook: Notebook) -> None:
    notebook["metadata"] |= {
        "kernelspec": {"name": "bash", "display_name": "evil", "language": "bash"},
        "hilab": {"student": "ada", "points": 100},
    }


def _huge(notebook: Notebook) -> None:
    cell_of(notebook, "solve_9_1")["source"] = "x = '" + "a" * 5_000_000 + "'"


def _many(notebook: Notebook) -> None:
    free = {"cell_type": "markdown", "metadata": {}, "source": "x" * 400, "id": "x"}
    notebook["cells"] += [free | {"id": f"f{number}"} for number in range(1500)]


def _types(notebook: Notebook) -> None:
    cell_of(notebook, "mark_9_1")["metadata"]["nbgrader"] = {
        "grade_id": ["a"],
        "points": "NaN",
        "grade": "yes",
    }
    notebook["cells"].append({"cell_type": "evil", "metadata": {}, "source": 5, "id": "odd"})


def _link_to_gradebook(course: Course, student: str) -> None:
    path = submit(course, student, notebook=_plain(course))
    (path.parent / "data.csv").symlink_to(course.folder / "gradebook.db")
    (path.parent / "folder").symlink_to(course.folder)


def _is_a_link(course: Course, student: str) -> None:
    path = submit(course, student, notebook=_plain(course))
    path.unlink()
    path.symlink_to(course.folder / "source" / LAB / f"{LAB}.ipynb")


def _forged_time(course: Course, student: str) -> None:
    path = submit(course, student, notebook=_plain(course))
    (path.parent / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC", encoding="utf-8")


def _modules(course: Course, student: str) -> None:
    path = submit(course, student, notebook=_plain(course))
    for name in ("pandas.py", "grading.py", "sitecustomize.py", "nbgrader_config.py"):
        (path.parent / name).write_text(f"open({str(course.folder / 'evil')!r}, 'w')", encoding="utf-8")


NOTEBOOKS: dict[str, tuple[Callable[[Course, str], None], str, bool]] = {
    "no checks": (_changed(_no_checks), "deletes the cells with the checks", True),
    "tags": (_changed(_tags), "tags cells so that they are skipped", True),
    "points": (_changed(_points), "gives 100 points in the metadata", True),
    "own check": (_changed(_own_check), "rewrites locked cells", True),
    "copies": (_changed(_copies), "copies a mark cell fifty times", True),
    "scripts": (_changed(_scripts), "puts scripts into text and outputs", True),
    "kernel": (_changed(_kernel), "names another kernel and another student", True),
    "huge cell": (_changed(_huge), "has a cell of 5 MB", True),
    "many cells": (_changed(_many), "has 1,500 cells of its own", True),
    "odd types": (_changed(_types), "has numbers for text and unknown cells", False),
    "links beside": (_link_to_gradebook, "lays links to the gradebook beside the notebook", True),
    "time": (_forged_time, "forges the time of handing in", True),
    "modules": (_modules, "lays modules beside the notebook", True),
    "link": (_is_a_link, "hands in a link to the solution", False),
    "no JSON": (lambda course, student: _raw(course, student, b'{"cells": [{"cell_ty'), "is cut off", False),
    "HTML": (
        lambda course, student: _raw(course, student, b"<html><script>1</script>"),
        "is a web page",
        False,
    ),
    "nested": (
        lambda course, student: _raw(course, student, b'{"cells":' + b"[" * 100_000),
        "nests without end",
        False,
    ),
    "old": (
        lambda course, student: _raw(
            course, student, json.dumps({"nbformat": 3, "worksheets": [{"cells": []}]}).encode()
        ),
        "is in another format",
        False,
    ),
    "large": (
        lambda course, student: _raw(course, student, b'{"cells": ["' + b"a" * 60_000_000 + b'"]}'),
        "is a notebook of 60 MB",
        False,
    ),
}
"""How it is handed in, what it tries, and whether the notebook can be read at all, by name."""


def unharmed(folder: Path) -> dict[str, bytes]:
    """Returns what no hand-in may change: the course but for marks, feedback and what was handed in."""
    changing = ("feedback", "autograded", "gradebook.db", "submitted")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.relative_to(folder).parts[0].startswith(changing)
        and ".hilab" not in path.parts
    }
