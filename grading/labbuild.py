"""Builds a lab's notebooks where they are needed, after checking the lab."""

from pathlib import Path

from nbformat import NotebookNode

from grading.choosing import for_track
from grading.labcheck import check_lab, check_stubs, check_texts
from grading.labfacts import read_facts
from grading.labtext import grade_id, release_notebook, save_notebook, source_notebook
from grading.labwords import in_language, with_languages
from grading.tasks import load_tasks
from grading.tracks import TRACKS, answer_cells_of, in_track, with_tracks
from grading.words import LANGUAGES

__all__ = ["build_release", "build_source", "checked_source", "grade_id", "source_notebook"]


def build_source(lab: str, course: Path, labs: Path, language: str = "en") -> Path:
    """Builds the instructor's notebook where nbgrader looks for it.

    It carries its texts in all languages and the answer cells of all tracks.

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
    return save_notebook(_whole(lab, labs, language), course / "source" / lab / f"{lab}.ipynb")


def build_release(lab: str, folder: Path, labs: Path, language: str = "en", track: str = TRACKS[0]) -> Path:
    """Builds the student's notebook `<folder>/<lab>.ipynb` in a language and for a track, without nbgrader.

    Raises:
        HilabError: Something in the lab is missing or wrong.
    """
    released = in_language(release_notebook(_whole(lab, labs, language)), language)
    return save_notebook(in_track(released, track, language), folder / f"{lab}.ipynb")


def _whole(lab: str, labs: Path, language: str) -> NotebookNode:
    """The instructor's notebook with what other languages and tracks need."""
    source, folder, tasks = checked_source(lab, labs), labs / lab, load_tasks(lab)
    for spoken in LANGUAGES:
        read = with_tracks(with_languages(source, folder, spoken), folder, tasks)
        name = "lab.py" if spoken == LANGUAGES[0] else f"lab.{spoken}.py"
        check_texts(in_track(read, "law", spoken), folder / name)
    return with_tracks(with_languages(source, folder, language), folder, tasks)


def checked_source(lab: str, labs: Path) -> NotebookNode:
    """Returns the instructor's notebook of a lab that has passed all checks."""
    source = source_notebook(labs / lab / "lab.py")
    tasks = load_tasks(lab)
    check_lab(source, read_facts(labs / lab), tasks, labs / lab)
    for track in TRACKS[1:]:
        cells = answer_cells_of(labs / lab, tasks, track)
        check_stubs(source, cells, [for_track(task, lab, track) for task in tasks], labs / lab)
    return source
