"""What a format of maps is: one module below ``formats`` that has a ``FORMAT``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from server.maps import formats
from server.maps.picture import Picture


@dataclass(frozen=True)
class Format:
    """A format: the end of its address, its media type, its name, and what writes it.

    ``image`` tells a picture from data; ``order`` is where it stands among the downloads.
    """

    suffix: str
    media: str
    name: str
    write: Callable[[Picture], bytes]
    order: int = 50
    image: bool = False
    themed: bool = False
    aliases: tuple[str, ...] = ()


@cache
def all_formats() -> tuple[Format, ...]:
    """Return every format, in the order in which they are offered."""
    modules = (
        import_module(f"{formats.__name__}.{one.name}") for one in iter_modules(formats.__path__)
    )
    found: list[Format] = [module.FORMAT for module in modules]
    return tuple(sorted(found, key=lambda one: (one.order, one.suffix)))


@cache
def by_suffix() -> dict[str, Format]:
    """Return formats by the end of their addresses, the longest first."""
    found = {end: one for one in all_formats() for end in (one.suffix, *one.aliases)}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))
