"""A simulated health district: the people, the truth and what each system recorded.

The door for users: `from sim import World, make_world`. They are loaded when asked for, so that no part drags
in the rest.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.world import World, make_world

__all__ = ["WORLD_VERSION", "World", "make_world"]

WORLD_VERSION = "1"
"""Changes only when the contents of a district change; a golden test guards it."""


def __getattr__(name: str) -> Any:
    """Loads `World` and `make_world` on first use."""
    if name not in ("World", "make_world"):
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    from sim import world

    return getattr(world, name)
