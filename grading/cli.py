"""The command `hilab`: a thin shell around plain functions.

Bad input ends in one sentence and exit code 2. Modules are imported when a command needs them, so that a
student's `hilab open` never loads the grader.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grading import commands
from sim.errors import HilabError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="hilab: a simulated health district, its labs, and their marks.",
)
course = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="For instructors: run a class.")
app.add_typer(course, name="course")


class Size(StrEnum):
    """How many people live in a district: 300, 2,000 or 50,000."""

    demo = "demo"
    lab = "lab"
    big = "big"


class Format(StrEnum):
    """How tables are written."""

    parquet = "parquet"
    csv = "csv"
    fhir = "fhir"


CourseFolder = Annotated[Path, typer.Option("--course", help="The course folder.")]
Lab = Annotated[str, typer.Argument(help="A lab, for example l1_collection.")]
Term = Annotated[str, typer.Option(help="The term, for example 2026A.")]
Out = Annotated[Path, typer.Option("--out", help="Folder to write; it must not hold other files.")]
Language = Annotated[str, typer.Option(help="What is spoken: en or zh.")]
Rates = Annotated[
    list[str] | None, typer.Option(help="Another rate of a defect, such as D05=0.2; may be repeated.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address instead of opening it.")]


@app.command()
def doctor(
    grader: Annotated[
        bool, typer.Option("--grader", help="Also test whether grading can isolate code.")
    ] = False,
) -> None:
    """Says whether this computer is ready, and what to repair."""
    from grading.selfstudy import doctor_text

    text, ready = doctor_text()
    typer.echo(text)
    if grader:
        from grading.doctor import doctor_grader
        from grading.local import language_here

        typer.echo(doctor_grader(language_here(Path.cwd())))
    if not ready:
        raise typer.Exit(2)


@app.command()
def world(
    ident: Annotated[str, typer.Argument(help="Whose district, for example s001.")],
    out: Out,
    term: Term = "2026A",
    size: Size = Size.lab,
    country: Annotated[str, typer.Option(help="Country of the district.")] = "us",
    source: Annotated[
        Path | None, typer.Option(help="Take people's lives from this population, such as Synthea's.")
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="Only this system, such as lis; may be repeated.")
    ] = None,
    rate: Rates = None,
) -> None:
    """Writes a district as a student receives it: files and manifest, never the truth."""
    from sim.listing import read_rates, world_command

    rates = read_rates(rate or [])
    typer.echo(world_command(ident, term, size.value, country, out, source, system, rates))


@app.command()
def ledger(
    ident: Annotated[str, typer.Argument(help="Whose district, for example s001.")],
    term: Term = "2026A",
    size: Size = Size.lab,
    country: Annotated[str, typer.Option(help="Country of the district.")] = "us",
    rate: Rates = None,
) -> None:
    """Counts what went wrong while a district was recorded, by kind of defect."""
    from sim.listing import ledger_command, read_rates

    typer.echo(ledger_command(ident, term, size.value, country, read_rates(rate or [])))


@app.command()
def serve(
    ident: Annotated[str, typer.Argument(help="Whose district, for example s001, or the folder of one.")],
    port: Annotated[int, typer.Option(help="Port on this computer; 0 takes a free one.")] = 8765,
    term: Term = "2026A",
    size: Size = Size.demo,
    country: Annotated[str, typer.Option(help="Country of the district.")] = "us",
    log: Annotated[Path | None, typer.Option(help="A new file for the log of the exchange.")] = None,
) -> None:
    """Starts an exchange over a district's hospitals, for this computer only; Ctrl-C ends it."""
    from sim.serving import serve_command

    serve_command(ident, port, term, size.value, country, log, typer.echo)


@app.command()
def generate(
    n: Annotated[int, typer.Argument(help="Number of people alive at the end.", min=1)],
    out: Annotated[Path, typer.Option("--out", help="Folder to write; the same command goes on in it.")],
    seed: Annotated[str, typer.Option(help="Same seed, same people.")] = "1",
    modules: Annotated[
        str | None,
        typer.Option(
            help="Clinical modules: a folder, a zip, a jar or an installed package; else hilab's own."
        ),
    ] = None,
    format: Annotated[
        Format, typer.Option(help="Tables as Parquet or CSV, or FHIR resources.")
    ] = Format.parquet,
    workers: Annotated[int, typer.Option(help="Processes; the contents do not depend on it.", min=1)] = 1,
    history: Annotated[
        int, typer.Option(help="Years of visits and measurements to keep; 0 keeps whole lives.", min=0)
    ] = 10,
) -> None:
    """Simulates people and writes their clean records. A run that was stopped goes on where it was."""
    from sim.generator import write

    typer.echo(write(n, seed, out, format.value, modules, workers, history or None, progress=True))


@app.command()
def synthea(
    n: Annotated[int, typer.Argument(help="Number of people alive at the end.", min=1)],
    out: Annotated[Path, typer.Option("--out", help="A new or empty folder.")],
    seed: Annotated[int, typer.Option(help="Same seed, same people.")] = 1,
    jar: Annotated[Path | None, typer.Option(help="A jar of Synthea with all it needs.")] = None,
    version: Annotated[str | None, typer.Option(help="Version to fetch through Maven.")] = None,
    memory: Annotated[str, typer.Option(help="Largest heap of Java.")] = "2g",
    timeout: Annotated[float | None, typer.Option(help="Seconds after which it is stopped.")] = None,
    threads: Annotated[int, typer.Option(help="With more than one, runs do not repeat exactly.", min=1)] = 1,
    history: Annotated[int, typer.Option(help="Years to write; 0 writes whole lives.", min=0)] = 10,
    state: Annotated[str | None, typer.Option(help="State of the United States.")] = None,
    city: Annotated[str | None, typer.Option(help="City in the state.")] = None,
    fhir: Annotated[bool, typer.Option("--fhir", help="Also write FHIR, a bundle a patient.")] = False,
    bulk: Annotated[bool, typer.Option("--bulk", help="Also write FHIR as bulk data.")] = False,
    property: Annotated[
        list[str] | None, typer.Option(help="Any of Synthea's properties, as key=value; may be repeated.")
    ] = None,
) -> None:
    """Lets the real Synthea (Java 17) simulate people, and reads what it wrote."""
    from sim.synthea import write
    from sim.synthea.options import read_properties

    formats = tuple(name for name, asked in (("fhir", fhir), ("bulk", bulk)) if asked)
    how = {"jar": jar, "version": version, "memory": memory, "timeout": timeout, "progress": True}
    place = {"state": state, "city": city, "properties": read_properties(property or [])}
    typer.echo(write(n, seed, out, threads=threads, history=history, formats=formats, **how, **place))


@app.command()
def compare(
    one: Annotated[Path, typer.Argument(help="A population: what hilab generate or hilab synthea wrote.")],
    other: Annotated[Path, typer.Argument(help="The population to set beside it.")],
    report: Annotated[Path | None, typer.Option(help="Also write a page (.html).")] = None,
) -> None:
    """Sets two populations side by side."""
    from sim.validation.compare import compare as compare_populations

    typer.echo(compare_populations(one, other, report, progress=True))


@app.command()
def validate(
    folder: Annotated[Path, typer.Argument(help="A population: what hilab generate or Synthea wrote.")],
    country: Annotated[str, typer.Option(help="Whose published figures: US or CN.")] = "US",
    report: Annotated[
        Path | None, typer.Option(help="Also write a page (.html) or a summary (.md) with all figures.")
    ] = None,
    missed: Annotated[bool, typer.Option("--missed", help="Show only figures that do not agree.")] = False,
) -> None:
    """Sets a population beside published figures; exit code 1 when too few agree."""
    from sim.validation.text import lines, summary
    from sim.validation.validation import validate as compare

    found = compare(folder, country, report, progress=True)
    table = found.table[found.table["priority"] <= 2]
    typer.echo("\n".join([*lines(table[~table["within"]] if missed else table), "", *summary(found)]))
    raise typer.Exit(found.exit_code)


@app.command("open")
def open_command(
    kit: Annotated[Path, typer.Argument(help="The kit you received, a zip file.")],
    folder: Annotated[Path | None, typer.Option("--folder", help="Where to unpack it.")] = None,
    no_browser: NoBrowser = False,
) -> None:
    """Opens a kit: unpacks it and starts JupyterLab on the lab. Your own work is never overwritten."""
    from grading.opening import open_kit

    open_kit(kit, folder, browser=not no_browser)


@app.command()
def handin(
    folder: Annotated[Path, typer.Argument(help="The folder of the lab you worked in.")] = Path(),
) -> None:
    """Checks your notebook and writes the one file that you hand in."""
    from grading.handin import hand_in

    typer.echo(hand_in(folder))


@app.command()
def study(
    lab: Annotated[str, typer.Argument(help="The lab to begin with.")] = "l0_orientation",
    folder: Annotated[Path, typer.Option("--folder", help="Where the labs are built.")] = Path("build/study"),
    no_browser: NoBrowser = False,
    record: Annotated[
        bool, typer.Option("--record", help="Only write the record of what was tried and mastered.")
    ] = False,
    language: Language = "en",
    track: Annotated[str, typer.Option(help="The track: it, clinician or law.")] = "it",
) -> None:
    """Builds all labs and a district to study alone, and opens JupyterLab on the first."""
    from grading.study import save_record
    from grading.study import study as open_study

    if record:
        typer.echo(save_record(folder, language))
    else:
        open_study(lab, folder, not no_browser, language, track)


@course.command("init")
def course_init(
    folder: Annotated[Path, typer.Argument(help="A new folder outside the repository.")],
    term: Annotated[str, typer.Option(help="The term.")] = "2026A",
    country: Annotated[str, typer.Option(help="Country of the districts: us or cn.")] = "us",
    language: Annotated[str, typer.Option(help="Language of the labs: en or zh.")] = "en",
) -> None:
    """Makes a course folder: configuration, the instructor's key, an empty roster."""
    from grading.course import init

    typer.echo(init(folder, term, country, language))


@course.command("build")
def course_build(lab: Lab, folder: CourseFolder = Path()) -> None:
    """Builds the instructor's notebook of a lab into source/."""
    from grading.course import build

    typer.echo(build(folder, lab))


@course.command("prepare")
def course_prepare(lab: Lab, folder: CourseFolder = Path()) -> None:
    """Builds the hidden districts that marks come from, once for the class."""
    from grading.districts import prepare

    typer.echo(prepare(folder, lab))


@course.command("kit")
def course_kit(
    lab: Lab,
    folder: CourseFolder = Path(),
    student: Annotated[str | None, typer.Option(help="One student of the roster; all if not given.")] = None,
    walkthrough: Annotated[
        bool, typer.Option("--walkthrough", help="Only write the file of walk-throughs, to give out later.")
    ] = False,
) -> None:
    """Writes one zip for each student: notebook, own district, program."""
    from grading.kit import make_kits, make_walkthrough

    typer.echo(make_walkthrough(folder, lab) if walkthrough else make_kits(folder, lab, student))


@course.command("collect")
def course_collect(
    archive: Annotated[
        Path | None, typer.Argument(help="The archive that Moodle or Canvas gave you.")
    ] = None,
    zips: Annotated[
        Path | None, typer.Option("--zips", help="Or a folder of the zips that were handed in.")
    ] = None,
    folder: CourseFolder = Path(),
    lab: Annotated[str | None, typer.Option(help="Refuse hand-ins for another lab than this.")] = None,
    worksheet: Annotated[
        Path | None, typer.Option(help="Moodle's grading worksheet: says whose its numbers are.")
    ] = None,
) -> None:
    """Takes hand-ins into submitted/, where nbgrader expects them. All are kept; the newest counts."""
    from grading.collect import collect

    source = archive or zips
    if source is None:
        raise HilabError("Name the archive of your learning platform, or a folder of zips with --zips.")
    typer.echo(collect(folder, source, lab, worksheet))


@course.command("open")
def course_open(folder: CourseFolder = Path(), no_browser: NoBrowser = False) -> None:
    """Starts JupyterLab with formgrader in the course folder."""
    from grading.course import open_course

    open_course(folder, browser=not no_browser)


@app.command()
def grade(
    lab: Lab,
    folder: CourseFolder = Path(),
    student: Annotated[list[str] | None, typer.Option(help="Only this student; may be repeated.")] = None,
    workers: Annotated[int, typer.Option(help="How many hand-ins at a time.", min=1)] = 2,
    again: Annotated[bool, typer.Option("--again", help="Run also what has not changed.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait while another process grades.")] = False,
) -> None:
    """Runs and marks the hand-ins that changed; the marks stand in nbgrader's gradebook."""
    from grading.grade import grade as grade_lab

    typer.echo(grade_lab(folder, lab, student or None, workers, again, wait))


commands.register(app, course)


def main() -> None:
    """Runs the command; turns whatever goes wrong into one sentence and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except HilabError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was left half-written.", err=True)
        raise SystemExit(130) from None
    except OSError as error:
        place = error.filename or "a file"
        _fail(f"{place}: {error.strerror or error}.")
    except Exception as error:
        if os.environ.get("HILAB_DEBUG"):
            raise
        _fail(f"Something unexpected happened ({type(error).__name__}: {error}). HILAB_DEBUG=1 shows where.")


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise SystemExit(2)


if __name__ == "__main__":
    main()
