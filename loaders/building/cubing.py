"""The cubes of a release in the making, and their restricted versions for whoever may see them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders import delivery
from loaders.building.gathering import Workshop, replacements
from loaders.building.release import WORKING
from loaders.description import registers
from loaders.description.graphs import BuiltDelivery
from loaders.disclosure import rules
from loaders.errors import LoadError
from loaders.records.source import Source, find
from loaders.statistics import cubes
from loaders.statistics.computing import Computation
from loaders.statistics.cubes import Made
from loaders.statistics.dataflows import flows
from loaders.statistics.earlier import FOLDER as UNITS
from loaders.statistics.given import Given
from queries.release import Home, Release

# Only who wrote it may read a file with withheld values.
PRIVATE = 0o600


def make(shop: Workshop, built: Mapping[str, BuiltDelivery]) -> Made:
    """Make the cubes that follow from what is built; LoadError when one may not be published."""
    former = shop.parent.path if shop.parent else None
    given = Given(
        built, replacements(built), dict(arrivals(shop, built)), shop.base, former,
        published_before(shop.home), rules.read(shop.home.path),
    )  # fmt: skip
    made = cubes.make(given, shop.folder / f"cubes-{time.monotonic_ns()}")
    for remark in made.remarks:
        shop.clock.tell(remark)
    return made


def published_before(home: Home) -> list[Path]:
    """Return the releases that keep the units of their cubes, the newest first."""
    if not home.releases.is_dir():
        return []
    return [one for one in sorted(home.releases.iterdir(), reverse=True) if (one / UNITS).is_dir()]


def arrivals(shop: Workshop, built: Mapping[str, BuiltDelivery]) -> Iterator[tuple[str, str]]:
    """Yield when what sources say arrived; what is being delivered arrives with this workshop."""
    for name, one in built.items():
        source = find(name)
        if not source.comes_along:
            yield name, arrival(shop, source, {graph.input_digest for graph in one.graphs})


def arrival(shop: Workshop, source: Source, digests: Collection[str]) -> str:
    """Return when the delivery arrived that graphs were described from."""
    if source.register:
        chain = delivery.chain(shop.home, source)
        known = chain[-1:] if registers.chain_digest(chain) in digests else []
    else:
        known = [one for one in delivery.accepted(shop.home, source) if one.digest in digests]
    return (known[0].recorded if known else "") or shop.opened


def write_restricted(home: Home, release: Release, name: str, file: Path) -> int:
    """Write the cube of a dataflow with its withheld values, for its owner only; return its size.

    It is computed anew from the units that the release keeps. LoadError when there is no such
    dataflow, or the file would stand where releases do.
    """
    flow = flows().get(name)
    if flow is None:
        raise LoadError(f"no dataflow {name!r}; known: {', '.join(flows())}")
    if file.resolve().is_relative_to(home.releases.resolve()):
        raise LoadError(f"{file}: withheld values are never written into a release")
    if not (release.path / UNITS / f"{flow.relation}.parquet").is_file():
        raise LoadError(f"{name}: release {release.id} has no units that it is computed from")
    with TemporaryDirectory(prefix=WORKING, dir=home.path) as folder:
        target = Path(folder) / "cubes"
        target.mkdir()
        made = Computation(Given({}), (flow.relation,), [flow], []).restricted(release.path, target)
        found = next((one for one in made if one.id == name), None)
        if found is None:
            raise LoadError(f"{name}: there is no unit to count in release {release.id}")
        copy_privately(target / found.file, file)
    return found.observations


def copy_privately(origin: Path, target: Path) -> None:
    """Copy a file to where there is none, readable by its owner only from the first byte."""
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    except FileExistsError:
        raise LoadError(f"{target} is there already; name a new file") from None
    try:
        with os.fdopen(handle, "wb") as out, origin.open("rb") as content:
            shutil.copyfileobj(content, out)
    except OSError:
        with suppress(OSError):
            target.unlink()
        raise
