"""The real Synthea (Java), run from Python; its output is a population like ours.

    >>> from pathlib import Path
    >>> from sim.synthea import Options
    >>> Options(50, seed=7).words(Path("out"))[:4]
    ['-p', '50', '-s', '7']

`run` needs Java 17 and either a jar of Synthea or Maven to fetch one. Our own engine needs neither, and
runs Synthea's module files by itself: `hilab generate 1000 --modules JAR --out DIR`.
"""

import shutil
from pathlib import Path
from typing import Any

from sim.errors import HilabError
from sim.synthea.options import Options
from sim.synthea.program import VERSION, VERSIONS, Program, find_program
from sim.synthea.running import LOG, run_program

__all__ = ["VERSION", "VERSIONS", "Options", "Program", "find_program", "run", "run_program"]


def run(
    people: int,
    seed: int = 1,
    *,
    out: Path | str,
    jar: Path | None = None,
    version: str | None = None,
    memory: str = "2g",
    timeout: float | None = None,
    progress: bool = False,
    **asked: Any,
) -> Path:
    """Lets Synthea simulate people.

    Same arguments give the same tables, byte for byte, as long as it runs on one thread.

    Args:
        people: People alive at the end.
        seed: Same seed, same people.
        out: A new or empty folder; tables are put in its folder `csv`.
        jar: A jar of Synthea with all it needs; else SYNTHEA_JAR, or else Maven.
        version: Which version to fetch through Maven, one of `VERSIONS`.
        memory: Largest heap of Java.
        timeout: Seconds after which it is stopped.
        progress: Show a bar.
        **asked: Any other field of `Options`.

    Returns:
        The folder.

    Raises:
        HilabError: If something is missing, or Synthea fails; one sentence says what.
    """
    folder = Path(out)
    if folder.exists() and any(folder.iterdir()):
        raise HilabError(f"{folder}: expected a new or empty folder for what Synthea writes.")
    options = Options(people, seed, **asked)
    program = find_program(jar, version)
    unfinished = folder.resolve().with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        run_program(program, options, unfinished, memory, timeout, progress)
        if folder.exists():
            folder.rmdir()
        unfinished.replace(folder)
    except HilabError as error:
        log = folder.with_name(f"{folder.name}.log")
        (unfinished / LOG).replace(log)
        raise HilabError(f"{error} What it said is in {log}.") from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return folder
