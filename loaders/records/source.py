"""A source is one folder: what its ``source.toml`` says, and how its rows become triples."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from loaders.errors import LoadError
from loaders.records.dates import Statement
from loaders.records.layout import LAYOUT_KEYS, parse_layout
from loaders.records.row import Row
from loaders.records.tables import Table

Triples = Iterator[Statement]
Describe = Callable[[Row], Triples]

FOLDER = Path(__file__).parent.parent
VISIBILITIES = ("public", "partner", "confidential")
TEXTS = ("title", "publisher", "licence")
SENDER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
KEYS = {
    *TEXTS, "title_fr", "url", "description", "period", "updated", "bundled", "codes",
    "generator", "packages", "derived", "senders", "register", "kept", "rdf", "reads",
    "tables", "expect",
}  # fmt: skip
TABLE_KEYS = {
    "file", "header", "encoding", "delimiter", "key", "number", "kind", "authority",
    "visibility", "ignored", *LAYOUT_KEYS,
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One source as its folder declares it.

    ``codes`` sources hold code lists and are built first; ``generator`` sources take their
    triples from installed ``packages`` rather than from rows; ``derived`` ones from other graphs.
    ``senders`` marks a layout that several senders deliver: each is a source of its own, named
    after the layout and the ``sender``. A ``register`` is kept as a database; of ``kept`` sources
    the home itself holds the tables, in the folder of that name. ``rdf`` deliveries are
    triples or documents that are described as a whole. ``reads`` names what else below loaders/
    decides how it is read, beside its own folder and what all sources share.
    ``expect_rows`` and ``expect_classes`` bound what a healthy delivery holds: fewer than the
    minimum is an error, more than the maximum a warning.
    """

    name: str
    folder: Path
    title: str
    publisher: str
    licence: str
    title_fr: str = ""
    url: str = ""
    description: str = ""
    period: str = ""
    updated: str = ""
    bundled: bool = False
    codes: bool = False
    generator: bool = False
    packages: tuple[str, ...] = ()
    derived: bool = False
    senders: bool = False
    sender: str = ""
    register: bool = False
    kept: str = ""
    rdf: bool = False
    reads: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    expect_rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    expect_classes: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def authority(self) -> str:
        """The name space of this source's own numbers in IRIs."""
        return self.name.replace("_", "-")

    @property
    def comes_along(self) -> bool:
        """Whether it comes with the platform, so that nobody delivers it."""
        return self.bundled or self.generator or self.derived or bool(self.kept)

    def sent_by(self, sender: str) -> Source:
        """Return the source that one sender's deliveries in this layout are.

        It is published by the sender, whose name the licence asks for wherever the data are used.
        """
        if not SENDER.fullmatch(sender):
            raise LoadError(f"sender {sender!r} is not lower-case letters, digits and hyphens")
        name = f"{self.folder.name}-{sender}"
        tables = {key: replace(table, authority=name) for key, table in self.tables.items()}
        return replace(self, name=name, sender=sender, publisher=sender, tables=tables)

    @property
    def visibilities(self) -> tuple[str, ...]:
        """The visibilities of the graphs that a delivery becomes, widest first."""
        used = {table.visibility for table in self.tables.values()} or {"public"}
        return tuple(v for v in VISIBILITIES if v in used)

    def loader(self) -> ModuleType:
        """Return the module that describes this source."""
        return import_module(f"loaders.{self.folder.name}.loader")

    def describers(self) -> Mapping[str, Describe]:
        """Return the function that describes the rows of each table."""
        described: Mapping[str, Describe] = self.loader().TABLES
        if described.keys() != self.tables.keys():
            odd = ", ".join(sorted(described.keys() ^ self.tables.keys()))
            raise LoadError(f"{self.name}: source.toml and loader.py disagree on tables: {odd}")
        return described


def parse(folder: Path) -> Source:
    """Return the source that a folder declares; LoadError names what is wrong in its TOML."""
    file = folder / "source.toml"
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LoadError(f"{folder.name}/source.toml: {error}") from None
    unknown = sorted(content.keys() - KEYS)
    missing = sorted(key for key in TEXTS if not content.get(key))
    if unknown or missing:
        problem = f"unknown key {unknown[0]!r}" if unknown else f"{missing[0]!r} is missing"
        raise LoadError(f"{folder.name}/source.toml: {problem}")
    expect = content.pop("expect", {})
    tables = {
        name: parse_table(folder, name, declared)
        for name, declared in content.pop("tables", {}).items()
    }
    return Source(
        name=folder.name,
        folder=folder,
        tables=tables,
        packages=tuple(content.pop("packages", ())),
        reads=tuple(content.pop("reads", ())),
        expect_rows={k: (v[0], v[1]) for k, v in expect.get("rows", {}).items()},
        expect_classes={k: (v[0], v[1]) for k, v in expect.get("classes", {}).items()},
        **content,
    )


def parse_table(folder: Path, name: str, declared: Mapping[str, object]) -> Table:
    """Return one declared table."""
    source = folder.name
    where = f"{source}/source.toml [tables.{name}]"
    unknown = sorted(declared.keys() - TABLE_KEYS)
    if unknown:
        raise LoadError(f"{where}: unknown key {unknown[0]!r}")
    if declared.get("visibility", "public") not in VISIBILITIES:
        raise LoadError(f"{where}: visibility is one of {', '.join(VISIBILITIES)}")
    values = {"file": f"{name}.csv", "authority": source.replace("_", "-"), **declared}
    values["ignored"] = frozenset(declared.get("ignored", ()))  # type: ignore[call-overload]
    values["header"] = tuple(declared.get("header", ()))  # type: ignore[arg-type]
    if "columns" in declared:
        layout = parse_layout(folder, declared)
        values = {key: value for key, value in values.items() if key not in LAYOUT_KEYS}
        values |= {"layout": layout, "header": layout.names, "ignored": layout.unused}
    return Table(name=name, **values)  # type: ignore[arg-type]


@cache
def sources() -> Mapping[str, Source]:
    """Return every source, by name: code lists first, derived ones last."""
    found = [parse(file.parent) for file in sorted(FOLDER.glob("*/source.toml"))]
    found.sort(key=lambda source: (source.derived, not source.codes, source.name != FIRST))
    return {source.name: source for source in found}


# The platform's own code lists, to which the other lists refer.
FIRST = "maillage_codes"


def find(name: str) -> Source:
    """Return a source by name, also one sender's; LoadError lists the known ones."""
    layout, hyphen, sender = name.partition("-")
    found = sources().get(layout)
    if found is None or (hyphen and not found.senders):
        raise LoadError(f"no source {name!r}; known: {', '.join(sources())}")
    return found.sent_by(sender) if hyphen else found
