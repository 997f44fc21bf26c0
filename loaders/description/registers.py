"""Registers among the sources: brought up to date, and what is selected of them described."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loaders import delivery
from loaders.delivery import Delivery
from loaders.description import graphs, packets
from loaders.description.graphs import BuiltDelivery
from loaders.description.packets import PacketFile, Writer
from loaders.description.register import OpenRegister, Progress, Register, Selection
from loaders.records.codes import CodeBook
from loaders.records.source import VISIBILITIES, Source
from ontology import DEFAULT_BASE, NAMESPACE
from ontology.outside import RDF
from queries.release import Home

CLASS = re.compile(f"{RDF.type} <{re.escape(NAMESPACE)}([^>]+)> ".encode())
NAMED = ".named"


@dataclass(frozen=True)
class Changed:
    """What an update that was just applied touches, and the chain of extracts before it."""

    keys: frozenset[str]
    before: str


@contextmanager
def opened(home: Home, source: Source) -> Iterator[Register]:
    """Open the register of a source."""
    file = home.path / "registers" / f"{source.name}.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    open_register: OpenRegister = source.loader().open_register
    with open_register(file) as register:
        yield register


def catch_up(
    register: Register, source: Source, extracts: Sequence[Delivery], working: Path, tell: Progress
) -> None:
    """Bring a register to the state that the accepted extracts make."""
    said = [tuple(one.extract[key] for key in ("number", "kind", "snapshot")) for one in extracts]
    latest = register.latest()
    has = (latest.number, latest.kind, latest.snapshot) if latest else None
    if not said or has == said[-1]:
        return
    held = said.index(has) + 1 if has in said else 0
    for one in extracts[held:]:
        tell(f"{source.name}: extract {one.extract['number']}")
        with delivery.opened(source, one.folder, working) as received:
            if one.extract["kind"] == "full":
                register.replace(received.folder, tell)
            else:
                register.update(received.folder, tell)
    register.commit()


def chain_digest(extracts: Iterable[Delivery]) -> str:
    """Return the digest of a full extract and the updates that follow it."""
    return hashlib.sha256("".join(one.digest for one in extracts).encode()).hexdigest()


def named(source: Source, files: Iterable[Path]) -> frozenset[str]:
    """Return the numbers of a register of which the graphs of other sources speak."""
    place = re.escape(f"{DEFAULT_BASE}id/organisation/{source.authority}-")
    number = re.compile(f"<{place}([0-9A-Z]+)>".encode())
    found: set[bytes] = set()
    for file in files:
        found.update(number.findall(file.read_bytes()))
    return frozenset(one.decode() for one in found)


def numbers(source: Source, iris: Iterable[str]) -> frozenset[str]:
    """Return the numbers of a register that stand in IRIs."""
    own = f"{DEFAULT_BASE}id/organisation/{source.authority}-"
    return frozenset(iri.removeprefix(own) for iri in iris if iri.startswith(own))


def build(
    home: Home, place: Home, source: Source, extracts: Sequence[Delivery],
    opened: Callable[[], Register], selection: Selection, codes: CodeBook,
    changed: Changed | None = None,
) -> BuiltDelivery:  # fmt: skip
    """Return the graphs of what is selected of a register.

    They are kept from an earlier build, made from those of an earlier build by describing what
    changed, or described whole; they are the same in each case. The register is ``opened`` only
    when it is needed.
    """
    version = hashlib.sha256((graphs.loader_version(source) + codes.digest).encode()).hexdigest()
    digest = chain_digest(extracts)
    numbers = "".join(f"{number}\n" for number in sorted(selection.named))
    parts = [version, digest, hashlib.sha256(numbers.encode()).hexdigest()]
    period = extracts[0].period
    if kept := graphs.read_built(graphs.record(graphs.place(home, source, period, parts))):
        return kept
    register = opened()
    stem = graphs.place(place, source, period, parts)
    stem.parent.mkdir(parents=True, exist_ok=True)
    former = graphs.newest(home, source)
    keys = None
    if former and former.state.get("version") == version:
        keys = to_describe(home, source, former, selection, digest, changed)
    if former and keys is not None:
        files, classes = update(stem, former, register, selection, codes, keys)
    else:
        files, classes = describe(stem, register, selection, codes)
    stem.with_name(stem.name + NAMED).write_text(numbers)
    made = tuple(
        graphs.packed_graph(source, period, digest, visibility, file)
        for visibility, file in files.items()
    )
    latest = register.latest()
    rows = dict(latest.rows) if latest else {}
    state = {"version": version, "digest": digest, "named": stem.name + NAMED}
    counted = {name: number for name, number in sorted(classes.items()) if number}
    remarks = tuple(register.remarks())
    return graphs.written(stem, BuiltDelivery(made, rows, counted, remarks, state=state))


def to_describe(
    home: Home, source: Source, former: BuiltDelivery, selection: Selection, digest: str,
    changed: Changed | None,
) -> frozenset[str] | None:  # fmt: skip
    """Return the keys to describe again after an earlier build; None for all of them."""
    record = home.graphs / source.name / former.state["named"]
    if not record.is_file():
        return None
    before = frozenset(record.read_text().split())
    reselected = before ^ selection.named
    if former.state["digest"] == digest:
        return reselected
    if changed and former.state["digest"] == changed.before:
        return reselected | changed.keys
    return None


def describe(
    stem: Path, register: Register, selection: Selection, codes: CodeBook
) -> tuple[dict[str, PacketFile], Counter[str]]:
    """Describe all that is selected; return the files by visibility and the count of classes."""
    writers: dict[str, Writer] = {}
    classes: Counter[str] = Counter()
    for packet in register.packets(selection, codes):
        for visibility, lines in packet.lines.items():
            if visibility not in writers:
                writers[visibility] = Writer(file_of(stem, visibility))
            content = "".join(f"{line}\n" for line in lines).encode()
            count(classes, content, 1)
            writers[visibility].add(packet.key, content)
    return {v: writers[v].close() for v in VISIBILITIES if v in writers}, classes


def update(
    stem: Path, former: BuiltDelivery, register: Register, selection: Selection, codes: CodeBook,
    keys: frozenset[str],
) -> tuple[dict[str, PacketFile], Counter[str]]:  # fmt: skip
    """Describe some entities again, and take all others from an earlier build."""
    described: dict[str, dict[str, bytes]] = {}
    for packet in register.packets(selection, codes, keys):
        for visibility, lines in packet.lines.items():
            content = "".join(f"{line}\n" for line in lines).encode()
            described.setdefault(visibility, {})[packet.key] = content
    classes = Counter(former.classes)
    earlier = {graph.visibility: graph for graph in former.graphs}
    files: dict[str, PacketFile] = {}
    for visibility in VISIBILITIES:
        new = described.get(visibility, {})
        if visibility not in earlier:
            if new:
                files[visibility] = packets.write(file_of(stem, visibility), sorted(new.items()))
                for content in new.values():
                    count(classes, content, 1)
            continue
        before = earlier[visibility].packets()
        changes = changed_packets(before, new, keys, classes)
        files[visibility] = packets.splice(before, file_of(stem, visibility), changes)
    return files, classes


def changed_packets(
    before: PacketFile, new: Mapping[str, bytes], keys: Iterable[str], classes: Counter[str]
) -> dict[str, bytes]:
    """Return the packets that differ from those before, and count their classes anew."""
    changes: dict[str, bytes] = {}
    for key, was in before.packets(keys).items():
        now = new.get(key, b"")
        if was != now:
            changes[key] = now
            count(classes, was, -1)
            count(classes, now, 1)
    return changes


def count(classes: Counter[str], content: bytes, sign: int) -> None:
    """Add or take away the instances of our classes that lines state."""
    for name, number in Counter(CLASS.findall(content)).items():
        classes[name.decode()] += sign * number


def file_of(stem: Path, visibility: str) -> Path:
    """Return the place of the graph of one visibility."""
    return stem.with_name(f"{stem.name}.{visibility}.nt")
