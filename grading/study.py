"""Studying alone from a checkout: builds every lab and a district, and opens the first lab."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from grading.kit import begins_from_checkpoint
from grading.kitfile import kit_facts
from grading.labbuild import build_release
from grading.opening import start_jupyterlab
from grading.record import write_record
from grading.tasks import lab_folder, labs_folder
from grading.tracks import TRACKS
from grading.words import strings, text
from sim import WORLD_VERSION
from sim.errors import HilabError
from sim.seeds import PUBLIC_KEY, derive
from sim.world import World, make_world

TERM = "study"


def study(lab: str, folder: Path, browser: bool = True, language: str = "en", track: str = TRACKS[0]) -> None:
    """Lays every lab out in a folder of its own and starts JupyterLab on one of them.

    What was built before is kept, a learner's work above all.

    Args:
        lab: The lab to begin with.
        folder: Where the labs lie.
        browser: Whether to open the browser; else the address is printed.
        language: Language of the labs that are built now, and of `check()` in them.
        track: The track for which they are built: it, clinician or law.

    Raises:
        HilabError: There is no such lab, this is no checkout, or a lab is not as it should be.
    """
    lab_folder(lab)
    strings(language)
    if track not in TRACKS:
        raise HilabError(f"There is no track '{track}'; {' or '.join(TRACKS)} was expected.")
    for name in sorted(path.parent.name for path in labs_folder().glob("*/lab.py")):
        lay_out(name, folder, language, track)
    if not (folder / lab).is_dir():
        raise HilabError(f"{labs_folder()}: the text of the lab '{lab}' is not here; open a kit instead.")
    start_jupyterlab((folder / lab / f"{lab}.ipynb").resolve(), browser)


def save_record(folder: Path, language: str) -> str:
    """Writes the record of all labs that lie in a folder; returns where.

    Raises:
        HilabError: No lab lies there.
    """
    labs = {path.parent.name: path.parent for path in sorted(folder.glob("*/kit.json"))}
    if not labs:
        raise HilabError(f"{folder}: holds no lab; 'hilab study' lays them out.")
    page, data = write_record(labs, folder, language)
    return text("study.saved", language, page=page, data=data.name)


def lay_out(lab: str, folder: Path, language: str = "en", track: str = TRACKS[0]) -> Path:
    """Builds one lab's folder, unless it is there already, and returns it."""
    home = folder / lab
    if (home / "kit.json").is_file():
        return home
    district(folder, language)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".building-") as scratch:
        part = Path(scratch) / lab
        notebook = build_release(lab, part, labs_folder(), language, track)
        facts = kit_facts(notebook, derive(PUBLIC_KEY, "kit", TERM).hex(), TERM, "us", WORLD_VERSION)
        replace(facts, language=language, track=track).write(part)
        shutil.copytree(folder / "district", part / "district")
        if home.exists():
            raise HilabError(f"{home}: holds other files; move them away, then try again.")
        return part.replace(home)


def district(folder: Path, language: str = "en") -> Path:
    """Makes the learner's district once; another version's is made anew, a lab's own copy stays."""
    place = folder / "district"
    if not (place / "manifest.json").is_file() or _version(place) != WORLD_VERSION:
        print(text("study.building_own", language), flush=True)
        world = make_world(TERM, TERM, progress=True)
        for lab in sorted(path.parent.name for path in labs_folder().glob("*/lab.py")):
            if begins_from_checkpoint(lab):
                world = world.with_checkpoint(lab)
        world.save(place)
    return place


def _version(place: Path) -> str:
    try:
        return str(World.load(place).manifest.get("world_version"))
    except HilabError:
        return ""
