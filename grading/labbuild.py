"""Builds a lab's notebooks where they are needed, after checking the lab."""

from pathlib import Path

from nbformat import NotebookNode

from grading.labcheck import check_lab, read_facts
from grading.labtext import grade_id, release_notebook, save_notebook, source_notebook
from grading.labwords import in_language, with_languages
from grading.tasks import load_tasks

__all__ = ["build_release", "build_source", "checked_source", "grade_id", "source_notebook"]


def build_source(lab: str, course: Path, labs: Path, language: str = "en") -> Path:
    """Builds the instructor's notebook where nbgrader looks for it; it carries its texts in all languages.

    Args:
        lab: Id of the lab, for example `l1_collection`.
        course: The course folder.
        labs: The folder of all labs' texts.
        language: The language that the instructor sees.

    Returns:
        `course/source/<lab>/<lab>.ipynb`.

    Raises:
        HilabError: Something in the lab is missing or wrong.
    """
    source = with_languages(checked_source(lab, labs), labs / lab, language)
    return save_notebook(source, course / "source" / lab / f"{lab}.ipynb")


def build_release(lab: str, folder: Path, labs: Path, language: str = "en") -> Path:
    """Builds the student's notebook `<folder>/<lab>.ipynb` in a language, without nbgrader.

    Raises:
        HilabError: Something in the lab is missing or wrong.
    """
    source = with_languages(checked_source(lab, labs), labs / lab, language)
    return save_notebook(in_language(release_notebook(source), language), folder / f"{lab}.ipynb")


def checked_source(lab: str, labs: Path) -> NotebookNode:
    """Returns the instructor's notebook of a lab that has passed all checks."""
    source = source_notebook(labs / lab / "lab.py")
    check_lab(source, read_facts(labs / lab), load_tasks(lab), labs / lab)
    return source
