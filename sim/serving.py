"""What the command `hilab serve` does."""

import threading
from collections.abc import Callable
from pathlib import Path

from sim.archive import MANIFEST
from sim.exchange.vocabulary import WHERE
from sim.world import Size, World, make_world


def serve_command(
    ident: str,
    port: int,
    term: str,
    size: Size,
    country: str,
    log: Path | None,
    say: Callable[[str], None],
    until: threading.Event | None = None,
) -> None:
    """Starts an exchange and lets it answer until somebody ends it.

    Args:
        ident: Whose district, or the folder of one.
        port: Port on loopback; 0 takes a free one.
        term: Term of the class.
        size: Size of the district.
        country: Code of the country.
        log: A new file for the log.
        say: Tells the user a text.
        until: Ends it when set; Ctrl-C does so, too.

    Raises:
        HilabError: An argument is unknown, the port is taken, or the folder or file is not as it should be.
    """
    folder = Path(ident)
    if (folder / MANIFEST).is_file() or folder.is_dir():
        world = World.load(folder)
    else:
        systems = ("his", "lis", "emr", "pharmacy", "billing", "governance", "messages")
        world = make_world(ident, term, size, country, systems=systems, progress=True)
    running = world.serve(port, log=log)
    say(
        f"The exchange answers at {running.address}, on this computer only. Ctrl-C ends it.\n"
        "In a notebook:\n"
        "    from sim import exchange_client\n"
        f'    exchange_client(at="{running.address}").search("Patient", limit=5)\n'
        f"Or set the environment variable {WHERE} to that address."
    )
    try:
        (until or threading.Event()).wait()
    except KeyboardInterrupt:
        say("The exchange has ended.")
    finally:
        running.stop()
