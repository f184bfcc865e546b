"""Our steps in nbgrader's autograding: rebuild the hand-in, judge it outside, tell what was rebuilt.

They stand in the course's configuration, so `hilab grade` and plain `nbgrader autograde` give the same marks.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors import NbGraderPreprocessor

from grading.course import Course, load_course, released
from grading.districts import load_prepared
from grading.feedback import task_text
from grading.judge import TaskResult
from grading.marking import known_marks, load_marks, mark
from grading.receipts import history, record
from grading.sanitize import Rebuilt, rebuild
from grading.stage import stage
from grading.words import Said


class _Step(NbGraderPreprocessor):  # type: ignore[misc]
    """Knows the course folder from nbgrader's configuration."""

    def course(self) -> Course:
        """Returns the class whose configuration is in use."""
        return load_course(Path(str(self.config["CourseDirectory"]["root"])))


class RebuildHandIn(_Step):
    """Puts the student's answers on the released notebook; everything else is dropped."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Returns the rebuilt notebook."""
        course, lab = self.course(), resources["nbgrader"]["assignment"]
        student = resources["nbgrader"]["student"]
        handin = rebuild(released(course, lab), nb)
        record(course, lab, student, handin)
        for note in handin.notes:
            self.log.warning("%s: %s", student, note)
        return from_dict(handin.notebook), resources  # type: ignore[no-untyped-call]


class JudgeOutside(_Step):
    """Runs the answers in the sandbox and writes score and feedback into the mark cells."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Returns the notebook with the outputs that nbgrader reads the points from."""
        course, lab = self.course(), resources["nbgrader"]["assignment"]
        handin = rebuild(released(course, lab), nb)
        student = resources["nbgrader"]["student"]
        results = _judged(course, lab, student, handin)
        language = course.students[student].language if student in course.students else "en"
        answers = {name: name.replace("mark_", "solve_", 1) for name in results}
        tries = {name: history(course, lab, student, cell).attempts for name, cell in answers.items()}
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if name in results:
                    cell.outputs = outputs(results[name], language, tries[name])
        return nb, resources


class TellChanges(_Step):
    """Writes what was changed in a hand-in as comments into the gradebook, where formgrader shows them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Returns the notebook as it is."""
        from nbgrader.api import Gradebook

        course, facts = self.course(), resources["nbgrader"]
        marks = load_marks(course, facts["assignment"], facts["student"])
        known = course.students.get(facts["student"])
        language = known.language if known else "en"
        places = [cell.metadata.nbgrader.grade_id for cell in nb.cells if _answers(cell)]
        told = comments(places, marks.notes if marks else (), language)
        where = (facts["notebook"], facts["assignment"], facts["student"])
        with Gradebook(facts["db_url"], "hilab") as book:
            for place, lines in told.items():
                comment = book.find_comment(place, *where)
                comment.auto_comment = "\n".join([*filter(None, [comment.auto_comment]), *lines])
            book.db.commit()
        return nb, resources


class SettleGrades(_Step):
    """Enters what optional questions add as extra credit, and asks nobody to mark cells without points.

    A written text has none: the cells of its criteria have them.
    """

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Returns the notebook as it is."""
        from nbgrader.api import Gradebook

        course, facts = self.course(), resources["nbgrader"]
        marks = load_marks(course, facts["assignment"], facts["student"])
        where = (facts["notebook"], facts["assignment"], facts["student"])
        with Gradebook(facts["db_url"], "hilab") as book:
            for task, points in (marks.extra if marks else {}).items():
                cell = "mark_" + task.replace(".", "_")
                book.find_grade(cell, *where).extra_credit = points
            for grade in book.find_submission_notebook(*where).grades:
                grade.needs_manual_grade = grade.needs_manual_grade and grade.max_score > 0
            book.db.commit()
        return nb, resources


def _answers(cell: Any) -> bool:
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def comments(places: Sequence[str], notes: Sequence[Said], language: str = "en") -> dict[str, list[str]]:
    """Returns what is told at which answer cell.

    A note on a mark cell goes to the answer before it, a note on no question to the first answer.

    Example:
        >>> from grading.words import say
        >>> comments(["solve_1_3"], [say("note.deleted", cell="mark_1_3")])
        {'solve_1_3': ['The cell mark_1_3 was deleted; it was put back.']}
    """
    told: dict[str, list[str]] = {}
    for note in notes if places else ():
        cell = note.values.get("cell", "").replace("mark_", "solve_", 1)
        told.setdefault(cell if cell in places else places[0], []).append(note.told(language))
    return told


def _judged(course: Course, lab: str, student: str, handin: Rebuilt) -> dict[str, TaskResult]:
    ready = load_prepared(course, lab)
    marks = known_marks(course, lab, student, handin, ready)
    if marks is None:
        marks = mark(course, lab, student, handin, ready, stage(course.store / "cache"))
    cells = {task.id: task.grade_cell for task in ready.tasks}
    return {cells[result.task]: result for result in marks.tasks}


def outputs(result: TaskResult, language: str = "en", tries: int = 1) -> list[Any]:
    """Returns the outputs of a mark cell: the feedback as text, then the points as a plain number.

    The cell of an optional question has no points of its own; `SettleGrades` enters what it adds.
    """
    text = {"output_type": "stream", "name": "stdout", "text": task_text(result, language, tries)}
    points = {
        "output_type": "execute_result",
        "data": {"text/plain": repr(0.0 if result.optional else float(result.got))},
        "metadata": {},
        "execution_count": 1,
    }
    return [NotebookNode(text), from_dict(points)]  # type: ignore[no-untyped-call]
