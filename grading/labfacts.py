"""Reads what `lab.yaml` says of a lab."""

from pathlib import Path
from typing import Any

import yaml

from grading.yamlfile import read_yaml
from sim.errors import HilabError


def read_facts(folder: Path) -> dict[str, Any]:
    """Reads `lab.yaml`.

    Raises:
        HilabError: It is missing or is not YAML.
    """
    try:
        found = read_yaml(folder / "lab.yaml")
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise HilabError(
            f"{folder / 'lab.yaml'}: cannot be read as YAML ({type(error).__name__})."
        ) from error
    if not isinstance(found, dict):
        raise HilabError(f"{folder / 'lab.yaml'}: names with values were expected.")
    return found
