"""A course while it is played: runs commands of hilab and keeps the transcript."""

import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from grading.course import CHECKOUT
from grading.tasks import labs_folder

SHOWN = 34
"""Lines of a command's output that the transcript shows."""


@dataclass
class Play:
    """A course while it is played.

    Attributes:
        root: Where everything lies.
        course: The course folder.
        labs: The labs' texts, copied so that a check can be changed.
        lines: The transcript.
    """

    root: Path
    course: Path
    labs: Path
    lines: list[str] = field(default_factory=list)

    def say(self, *paragraphs: str) -> None:
        """Adds paragraphs to the transcript."""
        for text in paragraphs:
            self.lines += [text, ""]

    def run(self, *words: str, show: int = SHOWN, at: Path | None = None, ends: int = 0) -> str:
        """Runs a command of hilab, in the course unless told where, and adds it with its output.

        The play stops if the command ends with another exit code than it should.
        """
        began = time.monotonic()
        environment = {**os.environ, "HILAB_LABS": str(self.labs), "PYTHONPATH": str(CHECKOUT)}
        done = subprocess.run(
            [sys.executable, "-m", "grading.cli", *words],
            cwd=at or (self.course if self.course.is_dir() else self.root),
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        told = self._clean(done.stdout + done.stderr)
        quoted = " ".join(f'"{word}"' if " " in word else word for word in map(self._clean, words))
        shown = told[:show] + ([f"… {len(told) - show} more lines"] if len(told) > show else [])
        self.lines += ["```", f"$ hilab {quoted}", *shown]
        self.lines += [f"(exit code {done.returncode})"] if done.returncode else []
        self.lines += ["```", ""]
        print(f"hilab {quoted}: {time.monotonic() - began:.0f} s, exit code {done.returncode}", flush=True)
        if done.returncode != ends:
            raise SystemExit(f"hilab {quoted}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def _clean(self, text: str) -> list[str] | str:
        """Shortens paths, drops progress bars and times, which differ at every run."""
        text = text.replace(str(self.course), "~/class").replace(str(self.root), "~")
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00 \S+:", "(time, user):", text)
        if "\n" not in text:
            return text
        return [line.split("\r")[-1].rstrip() for line in text.splitlines() if "it/s]" not in line]

    def keep(self, page: Path) -> None:
        """Writes the transcript."""
        page.write_text("\n".join(self.lines).rstrip() + "\n", encoding="utf-8", newline="\n")


def set_up(root: Path) -> Play:
    """Empties a folder for a play, with a copy of the labs, so that a check can be changed."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    shutil.copytree(labs_folder(), root / "labs")
    play = Play(root, root / "class", root / "labs")
    os.environ["HILAB_LABS"] = str(play.labs)
    return play
