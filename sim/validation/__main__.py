"""`python -m sim.validation DIR`: the comparison on the terminal."""

import argparse
import sys
from pathlib import Path

import pandas as pd

from sim.errors import HilabError
from sim.validation.text import lines, summary
from sim.validation.validation import Validation, validate


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: As on the command line.

    Returns:
        Exit code: 0 when enough targets agree, 1 when not, 2 when the folder cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        validation = validate(options.folder, options.country, options.report, sample=options.sample)
    except HilabError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join([*lines(_chosen(validation, options)), "", *summary(validation)]))
    return validation.exit_code


def _chosen(validation: Validation, options: argparse.Namespace) -> pd.DataFrame:
    table = validation.table
    keep = pd.Series(True, table.index)
    for name in ("domain", "measure"):
        if wanted := getattr(options, name):
            text = table[name] + (" " + table["measure_id"] if name == "measure" else "")
            keep &= text.str.contains(wanted, case=False, regex=False)
    if options.missed:
        keep &= ~table["within"]
    chosen: pd.DataFrame = table[keep & (table["priority"] <= options.priority)]
    return chosen


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m sim.validation", description="Generated against published figures."
    )
    parser.add_argument("folder", type=Path, help="what hilab generate or Synthea wrote")
    parser.add_argument("--country", default="US", help="US or CN")
    parser.add_argument("--report", type=Path, help="also write a page (.html) or a summary (.md)")
    parser.add_argument("--sample", type=int, default=1, metavar="N", help="look at one person in N")
    parser.add_argument("--domain", help="show only domains with this text")
    parser.add_argument("--measure", help="show only measures with this text, or measure id")
    parser.add_argument("--missed", action="store_true", help="show only targets that do not agree")
    parser.add_argument(
        "--priority", type=int, default=2, help="show targets up to this priority (1, 2 or 3)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
