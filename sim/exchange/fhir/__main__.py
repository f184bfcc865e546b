"""Checks a FHIR export or a file of bundles and prints what it found.

`python -m sim.exchange.fhir DIR` checks a bulk export, `python -m sim.exchange.fhir FILE` bundles, one a
line; with `--outcome` before FILE it answers each bundle with an OperationOutcome, one a line.
"""

import json
import sys
from pathlib import Path

from sim.errors import HilabError
from sim.exchange.fhir.check import check_bulk
from sim.exchange.fhir.profile import check_bundle, outcome


def main(arguments: list[str]) -> int:
    """Checks what the command line names; returns 0 when all is well, 1 when not, 2 for a wrong call."""
    answer = arguments[:1] == ["--outcome"]
    names = arguments[1:] if answer else arguments
    if len(names) != 1 or names[0].startswith("--"):
        print("Usage: python -m sim.exchange.fhir DIR, or: [--outcome] FILE", file=sys.stderr)
        return 2
    path = Path(names[0])
    try:
        return _export(path) if path.is_dir() and not answer else _bundles(path, answer)
    except HilabError as error:
        print(error, file=sys.stderr)
        return 2


def _export(folder: Path) -> int:
    found = check_bulk(folder, progress=True)
    for kind, count in sorted(found.resources.items()):
        print(f"{kind:24}{count:10}")
    print(f"{'all':24}{found.resources.total():10}")
    print(
        f"invalid {found.invalid}, incomplete {found.incomplete}, "
        f"repeated {found.repeated}, references that lead nowhere {found.dangling}"
    )
    print("\n".join(found.words))
    return 0 if found.good else 1


def _bundles(file: Path, answer: bool) -> int:
    try:
        lines = file.read_bytes().decode("utf-8", errors="replace").split("\n")
    except OSError as error:
        raise HilabError(f"{file}: expected a readable file or folder ({error.strerror}).") from None
    wrong = 0
    whole = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    for number, line in whole:
        findings = check_bundle(line)
        wrong += bool(findings)
        if answer:
            print(json.dumps(outcome(findings), ensure_ascii=False, separators=(",", ":")))
        for each in () if answer else findings:
            print(f"{number}: {each.place}: {each.text} ({each.code})")
    if not answer:
        print(f"{len(whole)} bundles, {wrong} with something wrong")
    return int(wrong > 0 or not whole)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
