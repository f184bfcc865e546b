"""One run of Synthea into one folder: begun, found done, or left as if it had never been."""

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import HilabError
from sim.records.layout import find_tables
from sim.synthea.options import Options
from sim.synthea.program import Program
from sim.synthea.running import LOG, run_program

RECORD = "synthea.json"
"""What was asked for, written when everything is there."""


@dataclass(frozen=True)
class Job:
    """What is asked of Synthea, and where its answer belongs.

    Attributes:
        program: What is run.
        options: What is asked.
        folder: Where the files are put, all at once when they are complete.
        memory: Largest heap of Java.
        timeout: Seconds after which it is stopped; None for never.
    """

    program: Program
    options: Options
    folder: Path
    memory: str = "2g"
    timeout: float | None = None

    def words(self) -> list[str]:
        """Returns everything that the contents depend on."""
        return [self.program.version or self.program.jars.name, *self.options.words(Path())]

    def is_done(self) -> bool:
        """Says whether the folder holds what is asked for.

        Raises:
            HilabError: If it holds anything else.
        """
        record = self.folder / RECORD
        if record.is_file():
            try:
                if json.loads(record.read_text(encoding="utf-8")) == self.words():
                    return "patients" in find_tables(self.folder)
            except ValueError:
                pass
            raise HilabError(f"{self.folder}: holds another run of Synthea; choose another folder.")
        if self.folder.exists() and (not self.folder.is_dir() or any(self.folder.iterdir())):
            raise HilabError(f"{self.folder}: expected a new or empty folder for what Synthea writes.")
        return False

    def fill(self, progress: bool = False) -> None:
        """Lets Synthea run, unless the folder holds what is asked for.

        Args:
            progress: Show a bar.

        Raises:
            HilabError: If Synthea fails or takes too long; its log is then kept beside the folder.
        """
        if self.is_done():
            return
        draft = self.folder.resolve().with_name(f".{self.folder.name}.unfinished")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            run_program(self.program, self.options, draft, self.memory, self.timeout, progress)
            (draft / RECORD).write_text(json.dumps(self.words(), indent=1) + "\n", encoding="utf-8")
            if self.folder.exists():
                self.folder.rmdir()
            draft.replace(self.folder)
        except HilabError as error:
            raise HilabError(f"{error}{self._keep_log(draft)}") from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def into(self, folder: Path) -> "Job":
        """Returns the same job for another folder."""
        return replace(self, folder=folder)

    def _keep_log(self, draft: Path) -> str:
        """Moves the log beside the folder; returns a sentence that says where it is."""
        if not (draft / LOG).is_file():
            return ""
        log = self.folder.with_name(f"{self.folder.name}.log")
        (draft / LOG).replace(log)
        return f" What it said is in {log}."
