"""Loads all modules of a source: read, linked, checked, and what is not exact said."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.engine.checks import check_module
from sim.engine.gmf import read_module
from sim.engine.gmf_links import link
from sim.engine.gmf_transitions import CARE_BEFORE, CARE_SINCE
from sim.engine.model import Module
from sim.engine.sources import File, Source, open_source

_SENTENCES = {
    "physiology": "physiology is not simulated, and such a state passes at once",
    "expression": "expressions are not computed, and such a state changes nothing",
    "type of care": (
        "how care is given is drawn with assumed shares"
        f" (emergency {CARE_BEFORE['emergency']:.0%}, from March 2020 telemedicine"
        f" {CARE_SINCE['telemedicine']:.0%})"
    ),
    "empty panel": "such a state reports no observations of its own",
    "probabilities": "the probabilities do not add up to 1, and the last way takes the rest",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Modules, ready to be compiled.

    Attributes:
        modules: The modules and submodules, by path.
        files: The file of each module path, for errors.
        notes: What is not executed exactly, one sentence each.
        extras: Other CSV files that lie beside the modules.
    """

    modules: tuple[Module, ...]
    files: Mapping[str, str]
    notes: tuple[str, ...]
    extras: Mapping[str, File]


def load_modules(source: Path | str | None = None) -> Loaded:
    """Reads and checks the modules of a source.

    Files directly in the folder of modules run for everybody; files in its subfolders run when
    called.

    Args:
        source: See `sources.open_source`; the package's own modules by default.

    Raises:
        HilabError: If a module is wrong; the sentence names file and state.
    """
    return assemble(open_source(source))


def assemble(found: Source) -> Loaded:
    """Reads, links and checks the modules of an open source; see `load_modules`."""
    files = {path: file.label for path, file in found.modules.items()}
    modules = link(
        [
            read_module(file.content, file.label, path, "/" in path, found.tables)
            for path, file in found.modules.items()
        ]
    )
    paths = {module.path: module for module in modules}
    for module in modules:
        check_module(module, paths, files[module.path])
    return Loaded(tuple(modules), files, _notes(modules, files), found.extras)


def _notes(modules: list[Module], files: Mapping[str, str]) -> tuple[str, ...]:
    """Says each kind of inexactness once, with the first place where it is met."""
    notes = []
    for kind, sentence in _SENTENCES.items():
        places = [
            f'{files[module.path]}, state "{state}"'
            for module in modules
            for found, state in module.remarks
            if found == kind
        ]
        if places:
            more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
            notes.append(f"{places[0]}{more}: {sentence}.")
    return tuple(notes)
