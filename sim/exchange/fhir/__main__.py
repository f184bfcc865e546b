"""Checks a FHIR export and prints what it found: `python -m sim.exchange.fhir DIR`."""

import sys
from pathlib import Path

from sim.errors import HilabError
from sim.exchange.fhir.check import check_bulk


def main() -> int:
    """Checks the folder named on the command line; returns 0 when all is well."""
    if len(sys.argv) != 2:
        print("Usage: python -m sim.exchange.fhir DIR", file=sys.stderr)
        return 2
    try:
        found = check_bulk(Path(sys.argv[1]), progress=True)
    except HilabError as error:
        print(error, file=sys.stderr)
        return 2
    for kind, count in sorted(found.resources.items()):
        print(f"{kind:24}{count:10}")
    print(f"{'all':24}{found.resources.total():10}")
    print(
        f"invalid {found.invalid}, incomplete {found.incomplete}, "
        f"repeated {found.repeated}, references that lead nowhere {found.dangling}"
    )
    print("\n".join(found.words))
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
