"""The page with a client's session is what the script beside it writes."""

import runpy
from pathlib import Path

DOCS = Path(__file__).resolve().parents[4] / "docs"


def test_the_page_is_what_the_session_was(tmp_path):
    script = runpy.run_path(str(DOCS / "session.py"))
    main = script["main"]
    main.__globals__["PAGE"] = tmp_path / "exchange.md"
    main()
    written = (tmp_path / "exchange.md").read_text(encoding="utf-8")
    assert written == (DOCS / "exchange.md").read_text(encoding="utf-8")
    for word in ("eyJ...", "suppressed", "wrong_purpose", "202 Accepted", "(64 digits)"):
        assert word in written
