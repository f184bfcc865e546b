"""Tasks, checks, the judge and everything around a mark."""

import sys

# Notebooks are checked by jsonschema, which would read a grammar of web addresses first, for .8 seconds.
# No notebook's schema asks for one, so it is told that there is none.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
