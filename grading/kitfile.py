"""What `kit.json` says, and how a kit and a hand-in are packed."""

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from grading.words import LANGUAGES, text
from sim.errors import HilabError

FORMAT = 1
"""Number of the kit's layout, written into `kit.json`."""

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class KitFacts:
    """What `kit.json` says about a kit.

    Attributes:
        id: The keyed id of the student; a name cannot be found from it without the instructor's key.
        lab: Id of the lab, which is also the notebook's name.
        term: The term.
        country: The district's country.
        world_version: Version of the district's contents.
        notebook: sha256 of the released notebook.
        questions: For each answer cell its grade_id and the sha256 of the text it is released with.
        format: Layout of the kit.
        language: Language in which `check()` speaks: en or zh.
        track: The student's track: it, clinician or law.
    """

    id: str
    lab: str
    term: str
    country: str
    world_version: str
    notebook: str
    questions: Mapping[str, str]
    format: int = FORMAT
    language: str = "en"
    track: str = "it"

    def write(self, folder: Path) -> None:
        """Writes `kit.json` into a folder."""
        whole = json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"
        (folder / "kit.json").write_text(whole, encoding="utf-8", newline="\n")

    @staticmethod
    def read(path: Path, language: str = LANGUAGES[0]) -> "KitFacts":
        """Reads `kit.json`.

        Args:
            path: The file.
            language: Language of the sentence that says what is wrong with it.

        Raises:
            HilabError: The file is missing or is not a kit's.
        """
        try:
            return KitFacts.parse(path.read_bytes())
        except FileNotFoundError as error:
            raise HilabError(text("file.no_kit", language, path=path.parent.resolve())) from error
        except ValueError as error:
            raise HilabError(text("file.not_kit", language, path=path)) from error

    @staticmethod
    def parse(raw: bytes) -> "KitFacts":
        """Reads the contents of a `kit.json`.

        Raises:
            ValueError: They are not a kit's.
        """
        try:
            facts = KitFacts(**json.loads(raw.decode("utf-8")))
        except TypeError as error:
            raise ValueError("not the fields of a kit") from error
        words = (facts.id, facts.lab, facts.term, facts.country, facts.world_version, facts.notebook)
        if not all(isinstance(word, str) for word in words) or not isinstance(facts.questions, dict):
            raise ValueError("a field of the wrong kind")
        if not re.fullmatch(r"[a-z0-9_]{1,40}", facts.lab) or not re.fullmatch(r"[0-9a-f]{32}", facts.id):
            raise ValueError("not the name of a lab, or not a keyed id")
        return facts


def text_hash(source: str) -> str:
    """Returns the sha256 of a cell's text; blanks at the ends of lines and of the cell do not matter."""
    lines = [line.rstrip() for line in source.strip().splitlines()]
    return hashlib.sha256("\n".join(lines).encode("utf-8", errors="surrogatepass")).hexdigest()


def answer_cells(notebook: Mapping[str, Any]) -> dict[str, str]:
    """Returns grade_id and text of every cell in which a student answers.

    Args:
        notebook: As `read_notebook` returns it.
    """
    found = {}
    for cell in notebook["cells"]:
        known = cell["metadata"].get("nbgrader")
        if isinstance(known, dict) and known.get("solution") and known.get("grade_id"):
            found[str(known["grade_id"])] = source_text(cell)
    return found


def read_notebook(path: Path, language: str = LANGUAGES[0]) -> dict[str, Any]:
    """Reads a notebook as plain data.

    Args:
        path: The notebook.
        language: Language of the sentence that says what is wrong with it.

    Raises:
        HilabError: It is missing, cut short, or not a notebook.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise HilabError(text("file.no_notebook", language, path=path)) from error
    except ValueError as error:
        raise HilabError(text("file.not_json", language, path=path)) from error
    cells = found.get("cells") if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise HilabError(text("file.not_notebook", language, path=path))
    return dict(found)


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("metadata"), dict)
        and isinstance(cell.get("source"), str | list)
        and cell.get("cell_type") in ("code", "markdown", "raw")
    )


def source_text(cell: Mapping[str, Any]) -> str:
    """Returns the text of a cell, which a notebook holds as a text or as a list of lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(str(line) for line in source)


def kit_facts(notebook: Path, ident: str, term: str, country: str, world_version: str) -> KitFacts:
    """Describes a kit whose released notebook is given."""
    questions = {name: text_hash(source) for name, source in answer_cells(read_notebook(notebook)).items()}
    digest = hashlib.sha256(notebook.read_bytes()).hexdigest()
    return KitFacts(ident, notebook.stem, term, country, world_version, digest, questions)


def zip_folder(folder: Path, target: Path) -> Path:
    """Writes a folder's files into a zip; equal files give equal bytes."""
    paths = (path for path in folder.rglob("*") if path.is_file())
    return zip_files({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}, target)


def zip_files(files: Mapping[str, bytes], target: Path) -> Path:
    """Writes files into a zip, sorted by name; equal files give equal bytes.

    Args:
        files: Contents by name.
        target: The zip.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    with zipfile.ZipFile(part, "w") as archive:
        for name, data in sorted(files.items(), key=lambda item: PurePosixPath(item[0])):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            packed = name.endswith((".whl", ".parquet"))
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return part.replace(target)
