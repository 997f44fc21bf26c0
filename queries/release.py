"""What a release is and how it is opened: the only thing loaders and the server share."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pyoxigraph import Store

Visibility = Literal["public", "partner", "confidential"]
Tier = Literal["public", "partner"]
Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

MANIFEST = "manifest.json"
STATISTICS = "void.ttl"
PARTIAL = ".partial"
_IDENTIFIER = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


class ReleaseError(Exception):
    """A release that cannot be used: what is wrong, where, and what to do about it."""

    def __init__(self, what: str, where: Path, remedy: str) -> None:
        super().__init__(f"{where}: {what}; {remedy}")
        self.what = what
        self.where = where
        self.remedy = remedy


@dataclass(frozen=True)
class Home:
    """The directory that holds deliveries, cached graphs and releases."""

    path: Path

    @property
    def deliveries(self) -> Path:
        """Copies of the delivered files."""
        return self.path / "deliveries"

    @property
    def graphs(self) -> Path:
        """Built graphs, kept until what they read changes."""
        return self.path / "graphs"

    @property
    def releases(self) -> Path:
        """One immutable directory per release."""
        return self.path / "releases"

    @property
    def current(self) -> Path:
        """The link that names the published release."""
        return self.path / "current"

    @property
    def purged(self) -> Path:
        """A file whose time says when servers had last to let go of the answers they keep."""
        return self.path / ".purged"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow", strict=True)


class Graph(_Record):
    """One named graph of a release, with where it comes from."""

    iri: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]
    delivery: Annotated[str, Field(min_length=1)]
    visibility: Visibility
    triples: Count
    sha256: Digest
    title: str
    title_fr: str | None = None
    publisher: str | None = None
    licence: str | None = None
    period: str | None = None
    file: str | None = None


class TierSummary(_Record):
    """How large the store of a tier is, and the digest of its dump."""

    quads: Count
    sha256: Digest


class Manifest(_Record):
    """What manifest.json says; keys unknown here are kept and not judged."""

    id: Annotated[str, Field(pattern=f"^{_IDENTIFIER.pattern}$")]
    created: Annotated[AwareDatetime, Field(strict=False)]
    parent: str | None = None
    base: Annotated[str, Field(pattern=r"^https?://\S+/$")]
    version: str
    graphs: tuple[Graph, ...] = Field(strict=False)
    tiers: dict[Tier, TierSummary]
    timings: dict[str, JsonValue] = {}
    counts: dict[str, JsonValue] = {}


@dataclass(frozen=True)
class Release:
    """A published directory and its manifest."""

    path: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Name of the release, which is also the name of its directory."""
        return self.manifest.id

    @property
    def graphs(self) -> tuple[Graph, ...]:
        """Named graphs of all tiers."""
        return self.manifest.graphs

    @property
    def dumps(self) -> Path:
        """Compressed N-Quads, whole and per graph."""
        return self.path / "dumps"

    @property
    def quality(self) -> Path:
        """The gate's report in its several forms."""
        return self.path / "quality"

    @property
    def statistics(self) -> Path:
        """How much of everything the public graphs hold, in VoID."""
        return self.path / STATISTICS

    def store(self, tier: Tier) -> Path:
        """Directory of the store of a tier."""
        return self.path / tier / "store"


def current(home: Home) -> Release | None:
    """Return the published release; None when nothing was ever published."""
    link = home.current
    if not link.is_symlink() and not link.exists():
        return None
    remedy = "publish one again with 'maillage build' or 'maillage rollback'"
    if not link.exists():
        raise ReleaseError("points to a release that does not exist", link, remedy)
    target = link.resolve()
    if target.parent != home.releases.resolve():
        raise ReleaseError(f"points outside {home.releases}", link, remedy)
    if not is_release_name(target.name):
        raise ReleaseError(f"points to an unfinished release, {target.name}", link, remedy)
    return read_release(target)


def releases(home: Home) -> list[Release]:
    """Return every finished release, newest first."""
    if not home.releases.is_dir():
        return []
    finished = [
        read_release(directory)
        for directory in home.releases.iterdir()
        if directory.is_dir() and is_release_name(directory.name)
    ]
    return sorted(finished, key=lambda one: (one.manifest.created, one.id), reverse=True)


def is_release_name(name: str) -> bool:
    """Tell a finished release from one being written (`<id>.partial`) and from stray files."""
    return bool(_IDENTIFIER.fullmatch(name)) and not name.endswith(PARTIAL)


def read_release(directory: Path) -> Release:
    """Read one release and check that its manifest holds together."""
    where = directory / MANIFEST
    remedy = "remove this release and build again"
    try:
        text = where.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ReleaseError("there is no manifest", where, remedy) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(f"the manifest cannot be read ({error})", where, remedy) from error
    try:
        manifest = Manifest.model_validate(json.loads(text))
    except json.JSONDecodeError as error:
        what = f"not valid JSON, line {error.lineno}: {error.msg}"
        raise ReleaseError(what, where, remedy) from error
    except ValidationError as error:
        raise ReleaseError(_first_fault(error), where, remedy) from error
    _check(manifest, directory, remedy)
    return Release(directory, manifest)


def open_store(release: Release, tier: Tier) -> Store:
    """Open the store of a tier for reading; never creates one."""
    path = release.store(tier)
    if tier not in release.manifest.tiers:
        known = ", ".join(release.manifest.tiers)
        raise ReleaseError(f"no tier {tier!r}", release.path, f"ask for one of: {known}")
    # RocksDB would happily start an empty database in a directory that lost its files.
    if not (path / "CURRENT").is_file():
        raise ReleaseError("there is no store here", path, "build the release again")
    try:
        return Store.read_only(str(path))
    except (OSError, RuntimeError) as error:
        remedy = "build the release again or roll back to another"
        raise ReleaseError(f"the store cannot be opened ({error})", path, remedy) from error


def _check(manifest: Manifest, directory: Path, remedy: str) -> None:
    where = directory / MANIFEST
    if manifest.id != directory.name:
        what = f"the manifest is that of {manifest.id!r}, not of this directory"
        raise ReleaseError(what, where, remedy)
    if "public" not in manifest.tiers:
        raise ReleaseError("tiers: there is no public tier", where, remedy)
    seen: set[str] = set()
    for graph in manifest.graphs:
        if graph.iri in seen:
            raise ReleaseError(f"graphs: {graph.iri} is listed twice", where, remedy)
        seen.add(graph.iri)


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the manifest"
    return f"{place}: {fault['msg']}"
