"""The instructor's commands after grading: explain, change, report and export marks.

Like those in `grading.cli` they are thin: each asks one plain function, and shows before it writes.
"""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.errors import HilabError


class Platform(StrEnum):
    """A learning platform."""

    moodle = "moodle"
    canvas = "canvas"


CourseFolder = Annotated[Path, typer.Option("--course", help="The course folder.")]
Lab = Annotated[str, typer.Argument(help="A lab, for example l1_collection.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays in the audit trail.")]
Yes = Annotated[bool, typer.Option("--yes", help="Write without asking.")]
Lower = Annotated[bool, typer.Option("--yes-lower", help="Also lower marks; else they are kept.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait while another process grades.")]
Workers = Annotated[int, typer.Option(help="How many hand-ins at a time.", min=1)]


def confirmed(yes: bool, question: str) -> None:
    """Goes on only if somebody said yes.

    Raises:
        HilabError: Nobody can be asked, or the answer was no.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise HilabError(f"{question} Nothing was written: nobody can be asked here; say --yes.")
    if not typer.confirm(question):
        raise HilabError("Nothing was written.")


Student = Annotated[str, typer.Argument(help="Id of a student.")]


def explain(
    student: Student,
    task: Annotated[str, typer.Argument(help="A task, for example 1.4.")],
    folder: CourseFolder = Path(),
    seconds: Annotated[float, typer.Option(help="How long an input is made smaller, at most.", min=1)] = 120,
) -> None:
    """Reruns a failed check and shows the smallest input on which the answer is still wrong."""
    from grading.explain import explain as explain_task

    typer.echo(explain_task(folder, student, task, seconds))


def regrade(
    task: Annotated[list[str], typer.Argument(help="A task, for example 1.4; or several of one lab.")],
    reason: Reason,
    folder: CourseFolder = Path(),
    yes: Yes = False,
    yes_lower: Lower = False,
    workers: Workers = 2,
    wait: Wait = False,
) -> None:
    """Marks a task again after its checks were repaired: shows who changes, then asks."""
    from grading.regrade import plan_regrade, write

    plan = plan_regrade(folder, task, workers, wait)
    typer.echo(str(plan))
    if plan.changes:
        confirmed(yes, "Write this?")
        typer.echo(write(plan, reason, yes_lower, wait))


def void(
    task: Annotated[str, typer.Argument(help="A task, for example 1.4.")],
    reason: Reason,
    folder: CourseFolder = Path(),
    undo: Annotated[bool, typer.Option("--undo", help="Let the task count again.")] = False,
    yes: Yes = False,
    yes_lower: Lower = False,
    wait: Wait = False,
) -> None:
    """Gives everybody full points for a task that should not have been asked."""
    from grading.regrade import plan_void, write

    plan = plan_void(folder, task, undo)
    typer.echo(str(plan))
    confirmed(yes, "Write this?")
    typer.echo(write(plan, reason, yes_lower, wait))


def report(lab: Lab, folder: CourseFolder = Path()) -> None:
    """Shows how a class did: distribution, difficulty, misconceptions, flags, likeness; writes a page."""
    from grading.report import report as report_lab

    typer.echo(report_lab(folder, lab))


def export(
    lab: Lab,
    folder: CourseFolder = Path(),
    lms: Annotated[
        Platform | None, typer.Option(help="Moodle or Canvas: marks and feedback in the form it takes.")
    ] = None,
    worksheet: Annotated[
        Path | None, typer.Option(help="Moodle's grading worksheet, to be filled in.")
    ] = None,
) -> None:
    """Writes marks and feedback into exports/; lateness is taken off and shown."""
    from grading.export import export as export_marks

    typer.echo(export_marks(folder, lab, lms.value if lms else "table", worksheet))


def viva(
    student: Student,
    lab: Annotated[str | None, typer.Argument(help="A lab; the one handed in last if not given.")] = None,
    folder: CourseFolder = Path(),
) -> None:
    """Draws three questions from a student's own code, with what the examiner should know."""
    from grading.viva import viva as draw_questions

    typer.echo(draw_questions(folder, student, lab))


def second_marks(
    lab: Lab,
    folder: CourseFolder = Path(),
    share: Annotated[float, typer.Option(help="Share of the written answers.", min=0, max=1)] = 0.1,
    read: Annotated[Path | None, typer.Option(help="Compare this table, filled in.")] = None,
) -> None:
    """Draws written answers, without names, for a second person; or compares both people's marks."""
    from grading.secondmarks import compare, draw

    typer.echo(compare(folder, lab, read) if read else draw(folder, lab, share))


def forget(student: Student, reason: Reason, folder: CourseFolder = Path(), yes: Yes = False) -> None:
    """Deletes everything that is known of a student, after showing it."""
    from grading.forget import delete, plan_forget

    plan = plan_forget(folder, student)
    typer.echo(str(plan))
    confirmed(yes, "Delete this for good?")
    typer.echo(delete(plan, reason))


def purge(
    before: Annotated[str, typer.Option("--before", help="A date, such as 2025-10-01.")],
    reason: Reason,
    folder: CourseFolder = Path(),
    yes: Yes = False,
) -> None:
    """Deletes all hand-ins from before a date, after showing them."""
    from grading.forget import delete, plan_purge

    plan = plan_purge(folder, before)
    typer.echo(str(plan))
    confirmed(yes, "Delete this for good?")
    typer.echo(delete(plan, reason))


def audit(folder: CourseFolder = Path()) -> None:
    """Shows what was decided about marks and student data, and proves that nothing was changed since."""
    from grading.audit import trail

    typer.echo(trail(folder))


def register(app: typer.Typer, course: typer.Typer) -> None:
    """Adds the commands to `hilab` and to `hilab course`."""
    for command in (explain, regrade, void, report, viva, export):
        app.command()(command)
    course.command()(audit)
    course.command()(forget)
    course.command()(purge)
    course.command("second-marks")(second_marks)
