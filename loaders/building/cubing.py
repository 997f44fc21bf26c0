"""The cubes of a release in the making."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from loaders import delivery
from loaders.building.gathering import Workshop, replacements
from loaders.description.graphs import BuiltDelivery
from loaders.disclosure import rules
from loaders.records.source import find
from loaders.statistics import cubes
from loaders.statistics.cubes import Given, Made


def make(shop: Workshop, built: Mapping[str, BuiltDelivery]) -> Made:
    """Make the cubes that follow from what is built; LoadError when one may not be published."""
    former = shop.parent.path if shop.parent else None
    given = Given(
        built, replacements(built), dict(arrivals(shop, built)), shop.base, former,
        rules.read(shop.home.path),
    )  # fmt: skip
    made = cubes.make(given, shop.folder / f"cubes-{time.monotonic_ns()}")
    for remark in made.remarks:
        shop.clock.tell(remark)
    return made


def arrivals(shop: Workshop, built: Mapping[str, BuiltDelivery]) -> Iterator[tuple[str, str]]:
    """Yield when what sources say arrived; what is being delivered arrives now."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    for name in built:
        source = find(name)
        if not source.comes_along:
            accepted = delivery.accepted(shop.home, source)
            yield name, (accepted[0].recorded if accepted else "") or now
