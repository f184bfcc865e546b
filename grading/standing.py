"""Where everybody stands: points of the judge and of a person, lateness, and the mark that follows."""

from dataclasses import dataclass, field

from grading.course import Course, released
from grading.gradebook import Grade, grades
from grading.kitfile import source_text
from grading.policy import Lateness, lateness, load_policy
from grading.receipts import receipts
from grading.shelf import newest
from grading.words import text

_TITLE = 90


@dataclass(frozen=True)
class Standing:
    """One person's mark in a lab.

    Attributes:
        student: Id of the student.
        points: All points there are.
        automatic: Points that the judge gave, or a person in its place.
        written: Points that a person gave for written answers.
        waiting: Number of cells that a person has still to mark.
        late: How late the hand-in is.
        grades: The points of every cell.
        received: When the hand-in came, ISO 8601; empty if hilab did not collect it.
    """

    student: str
    points: float
    automatic: float
    written: float
    waiting: int
    late: Lateness = field(default_factory=Lateness)
    grades: tuple[Grade, ...] = ()
    received: str = ""

    @property
    def penalty(self) -> float:
        """Points that lateness costs; never more than there are."""
        asked = self.points * self.late.percent / 100
        return round(min(asked, self.automatic + self.written), 2)

    @property
    def final(self) -> float:
        """The mark, in points."""
        return round(self.automatic + self.written - self.penalty, 2)

    def told(self, language: str = "en") -> str:
        """Says how the mark arises, for the student.

        Example:
            >>> Standing("ada", 68, 48, 12.5, 0).told()
            '60.5 of 68 points: 48 from the program, 12.5 from a person.'
        """
        parts = [text("mark.program", language, points=f"{self.automatic:g}")]
        if any(grade.automatic is None and grade.points for grade in self.grades) or self.written:
            parts.append(text("mark.person", language, points=f"{self.written:g}"))
        if self.late.days and self.late.why:
            why = self.late.why.told(language)
            parts.append(
                text("mark.late", language, points=f"{self.penalty:g}", days=self.late.days, why=why)
            )
        listed = text("mark.and", language).join(parts)
        total = text("mark.total", language, final=f"{self.final:g}", points=f"{self.points:g}", parts=listed)
        return total + (text("mark.waits", language) if self.waiting else "")


def standings(course: Course, lab: str) -> list[Standing]:
    """Returns where everybody stands whose hand-in was graded, by id of the student."""
    policy = load_policy(course)
    return [
        _standing(course, lab, student, found, lateness(course, policy, lab, student))
        for student, found in grades(course, lab).items()
    ]


def _standing(course: Course, lab: str, student: str, found: list[Grade], late: Lateness) -> Standing:
    judged = [grade for grade in found if grade.automatic is not None]
    human = [grade for grade in found if grade.automatic is None]
    return Standing(
        student,
        round(sum(grade.points for grade in found), 2),
        round(sum(grade.got for grade in judged), 2),
        round(sum(grade.got for grade in human), 2),
        sum(grade.points > 0 and (grade.manual is None or grade.waits) for grade in human),
        late,
        tuple(found),
        _received(course, lab, student),
    )


def _received(course: Course, lab: str, student: str) -> str:
    known = newest(course, lab, student)
    times = [item.received for item in receipts(course, lab, student) if item.received]
    return known.received if known else next(reversed(times), "")


def criteria(course: Course, lab: str) -> dict[str, str]:
    """Returns the titles of the cells that a person marks, by grade_id, in the order of the notebook."""
    found = {}
    for cell in released(course, lab)["cells"]:
        known = cell["metadata"].get("nbgrader", {})
        if known.get("task") and known.get("points"):
            first = source_text(cell).strip().split("\n", 1)[0]
            found[str(known["grade_id"])] = first.replace("*", "").strip("# ")[:_TITLE]
    return found
