"""The exchange that answers use while they are marked: outside the sandbox, with hidden tables only.

Behind its socket is what it is given: tables and files of a hidden district, never the truth. Whoever reaches
the socket may ask what the rules allow, and that is all that leads out of the sandbox.
"""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from grading.sandbox import SOCKET
from sim.holdings.opening import open_exchange


@contextmanager
def hidden_exchange(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, bytes], country: str = "us"
) -> Iterator[Path]:
    """Lets an exchange answer behind a socket while something is marked.

    Args:
        tables: Tables of a hidden district.
        files: Its files; the bundles and the rules are read.
        country: Code of the country.

    Yields:
        The folder with the socket, for `Limits(door=...)`; the answers need `stage(..., client=True)`.

    Raises:
        HilabError: The tables hold no hospital.
    """
    with tempfile.TemporaryDirectory(prefix="hilab-door-") as name:
        folder = Path(name)
        running = open_exchange(tables, files, country, path=folder / SOCKET)
        try:
            # The sandbox is another user; beside the socket there is nothing to see.
            (folder / SOCKET).chmod(0o666)
            folder.chmod(0o755)
            yield folder
        finally:
            running.stop()
