"""A Java that only pretends: it says its version, and instead of Synthea plays back what was recorded."""

import stat
from pathlib import Path

RECORDED = Path(__file__).resolve().parent / "recorded"

_SCRIPT = """#!/bin/sh
if [ "$1" = "-version" ]; then echo 'openjdk version "{version}"' >&2; exit 0; fi
printf '%s\\n' "$@" > "{seen}"
for word in "$@"; do case "$word" in --exporter.baseDirectory=*) out="${{word#*=}}";; esac; done
{before}
cat "{recorded}/said.txt"
cp -r "{recorded}/csv" "$out/csv"
{after}
"""


def install(folder: Path, version: str = "17.0.15", before: str = ":", after: str = ":") -> Path:
    """Puts the pretender into a folder as JAVA_HOME; returns the file in which it notes its arguments."""
    java = folder / "bin" / "java"
    java.parent.mkdir(parents=True)
    seen = folder / "seen.txt"
    script = _SCRIPT.format(version=version, seen=seen, recorded=RECORDED, before=before, after=after)
    java.write_text(script, encoding="utf-8")
    java.chmod(java.stat().st_mode | stat.S_IXUSR)
    return seen
