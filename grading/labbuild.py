"""Builds a lab's notebooks where they are needed, after checking the lab."""

from pathlib import Path

from nbformat import NotebookNode

from grading.labcheck import check_lab, read_facts
from grading.labtext import grade_id, release_notebook, save_notebook, source_notebook
from grading.tasks import load_tasks

__all__ = ["build_release", "build_source", "checked_source", "grade_id", "source_notebook"]


def build_source(lab: str, course: Path, labs: Path) -> Path:
    """Builds the instructor's notebook where nbgrader looks for it.

    Args:
        lab: Id of the lab, for example `l1_collection`.
        course: The course folder.
        labs: The folder of all labs' texts.

    Returns:
        `course/source/<lab>/<lab>.ipynb`.

    Raises:
        HilabError: Something in the lab is missing or wrong.
    """
    return save_notebook(checked_source(lab, labs), course / "source" / lab / f"{lab}.ipynb")


def build_release(lab: str, folder: Path, labs: Path) -> Path:
    """Builds the student's notebook `<folder>/<lab>.ipynb` without nbgrader.

    Raises:
        HilabError: Something in the lab is missing or wrong.
    """
    return save_notebook(release_notebook(checked_source(lab, labs)), folder / f"{lab}.ipynb")


def checked_source(lab: str, labs: Path) -> NotebookNode:
    """Returns the instructor's notebook of a lab that has passed all checks."""
    source = source_notebook(labs / lab / "lab.py")
    check_lab(source, read_facts(labs / lab), load_tasks(lab), labs / lab)
    return source
