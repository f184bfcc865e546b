"""A simulated health district: the people, the truth and what each system recorded.

The door for users: `from sim import World, exchange_client, generate, make_world`, and
`from sim.explore import explore`. What stands here is loaded when asked for, so that no part drags in the
rest.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.exchange.client import exchange_client
    from sim.generator import generate
    from sim.world import World, make_world

__all__ = ["WORLD_VERSION", "World", "exchange_client", "generate", "make_world"]

WORLD_VERSION = "5"
"""Changes only when the contents of a district change; a golden test guards it."""

_HOMES = {
    "World": "sim.world",
    "make_world": "sim.world",
    "generate": "sim.generator",
    "exchange_client": "sim.exchange.client",
}


def __getattr__(name: str) -> Any:
    """Loads what stands at the door on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
