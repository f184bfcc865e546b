"""Writes tests/golden/district.json: what the district s001 of size demo contains.

Run it after contents changed on purpose and WORLD_VERSION was raised: `python tests/golden/refresh.py`.
"""

import json
from pathlib import Path

from sim.world import make_world

if __name__ == "__main__":
    manifest = make_world("s001", size="demo").manifest
    text = json.dumps(manifest, indent=2) + "\n"
    Path(__file__).with_name("district.json").write_text(text, encoding="utf-8", newline="\n")
