"""Deliveries: what a sender hands over is checked whole, then recorded, or refused whole."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders.durable import persist, persist_directory
from loaders.errors import LoadError, SourceError, UnconfirmedError
from loaders.records import dates
from loaders.records.source import Source, sources
from loaders.records.tables import locate
from queries.release import Home

PERIOD = re.compile(r"\d{4}(-(\d{2}(-\d{2})?|Q[1-4]|S[12]))?")
SHRINK_LIMIT = 0.8
RECORD = "delivery.json"
# What a delivery is called while the same one is written again.
ASIDE = ".aside"
# What stands beside the delivered files.
KEPT_BESIDE = frozenset({RECORD, "report.html", "report.csv", "report.json"})
LARGEST_TABLE = 16 << 30
# How the archive of a register's extract is called among the deliveries.
PACKED = "extract.zip"
# Suffixes of a table that is delivered by itself.
SINGLE = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
# Bytes of disk that become of each delivered byte: unpacked, described, stored.
ROOM = 3
# What a table of text packs to at the very best; zeros pack a thousand to one.
MOST_PACKED = 200


@dataclass(frozen=True)
class Delivery:
    """One accepted delivery of a source.

    ``digest`` is the sha256 over the names and contents of its files, ``rows`` counts records
    by table, ``sequence`` orders the deliveries of a source as they were accepted, ``extract``
    says of a register's its number, kind and day. ``set_aside`` leaves out the refused rows of a
    list.
    """

    source: str
    period: str
    digest: str
    sequence: int = 0
    recorded: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    extract: Mapping[str, str | int] = field(default_factory=dict)
    set_aside: bool = False
    folder: Path = Path()

    @property
    def name(self) -> str:
        """The directory of this delivery."""
        return f"{self.period}-{self.digest[:8]}"


def now() -> str:
    """Return the time, as deliveries note it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def files(source: Source, folder: Path) -> list[tuple[str, Path]]:
    """Return what a delivery consists of: the file of each table, or all that was delivered."""
    if source.register or source.rdf:
        found = sorted(file for file in folder.iterdir() if file.is_file())
        return [(file.name, file) for file in found if file.name not in KEPT_BESIDE]
    tables = sorted(source.tables.values(), key=lambda table: table.file)
    return [(table.file, locate(table, folder)) for table in tables]


def digest(source: Source, folder: Path) -> str:
    """Return the sha256 over the files of a delivery."""
    total = hashlib.sha256()
    for name, file in files(source, folder):
        with file.open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"{name}\0{content}\n".encode())
    return total.hexdigest()


def feeds(home: Home) -> list[Source]:
    """Return every source of a home: of layouts, one for each sender that delivered."""
    found: list[Source] = []
    for source in sources().values():
        if not source.senders:
            found.append(source)
            continue
        folders = sorted(home.deliveries.glob(f"{source.name}-*/"))
        senders = (folder.name.removeprefix(f"{source.name}-") for folder in folders)
        found += [source.sent_by(sender) for sender in senders]
    return found


def bundled(source: Source) -> Delivery:
    """Return the delivery that a source carries in its own folder, or takes from packages."""
    versions = [f"{package}=={version(package)}" for package in source.packages]
    content = digest(source, source.folder) if source.tables else ""
    if versions:
        content = hashlib.sha256("\n".join([content, *versions]).encode()).hexdigest()
    return Delivery(source.name, source.period, content, 0, "", folder=source.folder)


def accepted(home: Home, source: Source) -> list[Delivery]:
    """Return the deliveries of a source, newest first; a bundled source has exactly one."""
    if source.kept:
        folder = home.path / source.kept
        if not all((folder / table.file).is_file() for table in source.tables.values()):
            return []
        return [Delivery(source.name, "", digest(source, folder), 0, "", folder=folder)]
    if source.comes_along:
        return [bundled(source)]
    records = (home.deliveries / source.name).glob(f"[!.]*/{RECORD}")
    found = [read_record(record) for record in records]
    return sorted(found, key=lambda delivery: -delivery.sequence)


def chain(home: Home, source: Source) -> list[Delivery]:
    """Return the extracts that make the newest state of a register: a full one, then updates."""
    found: list[Delivery] = []
    for delivery in accepted(home, source):
        found.insert(0, delivery)
        if delivery.extract.get("kind") == "full":
            break
    return found


def read_record(record: Path) -> Delivery:
    """Return the delivery that a record describes."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        content["remarks"] = tuple(content.get("remarks", ()))
        return Delivery(**content, folder=record.parent)
    except (ValueError, TypeError) as error:
        remedy = "restore it from a backup or remove this delivery's directory"
        raise LoadError(f"{record}: not a delivery record ({error}); {remedy}") from None


@dataclass(frozen=True)
class Received:
    """What a sender hands over: a folder to read from, and the folder of what is kept of it."""

    folder: Path
    originals: Path


@contextmanager
def opened(source: Source, path: Path, working: Path) -> Iterator[Received]:
    """Yield what was delivered as folder, zip or single file, unpacking below ``working``."""
    if path.is_dir():
        packed = path / PACKED
        if not (source.register and packed.is_file()):
            yield Received(path, path)
            return
        path = packed
    if not path.is_file():
        reason = "is neither a folder nor a file" if path.exists() else "does not exist"
        raise LoadError(f"{path} {reason}; give the folder, file or zip that was delivered")
    with TemporaryDirectory(prefix="received-", dir=working) as name:
        folder, originals = Path(name) / "plain", Path(name) / "originals"
        folder.mkdir()
        if not (zipfile.is_zipfile(path) and path.suffix.lower() != ".xlsx"):
            place_single(source, path, folder)
            yield Received(folder, folder)
            return
        check_space(path, working)
        try:
            unpack(source, path, folder)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
            reason = f"the archive cannot be unpacked ({error}); pack it again, unencrypted"
            raise SourceError(reason, path) from None
        if source.register:
            originals.mkdir()
            shutil.copyfile(path, originals / PACKED)
        yield Received(folder, originals if source.register else folder)


def place_single(source: Source, path: Path, folder: Path) -> None:
    """Place a single delivered file in a folder, under the name of the only table."""
    if source.rdf:
        shutil.copyfile(path, folder / path.name)
    elif len(source.tables) == 1 and path.suffix.lower() in SINGLE:
        (table,) = source.tables.values()
        shutil.copyfile(path, folder / Path(table.file).with_suffix(path.suffix.lower()).name)
    else:
        raise LoadError(f"{path} is neither a folder nor a zip; give the whole delivery")


def check_space(archive: Path, working: Path) -> None:
    """Refuse to unpack an archive when the disk could not hold what is made of it."""
    with zipfile.ZipFile(archive) as content:
        size = sum(member.file_size for member in content.infolist())
    free = shutil.disk_usage(working).free
    if free < size * ROOM:
        reason = f"{size * ROOM >> 20:,} MB of disk are needed for {archive.name}"
        raise LoadError(f"{reason}, {free >> 20:,} MB are free in {working}; make room first")


def unpack(source: Source, archive: Path, folder: Path) -> None:
    """Unpack the files of a source's tables, refusing what leads elsewhere or swells."""
    wanted = patterns(source)
    with zipfile.ZipFile(archive) as content:
        for member in content.infolist():
            name = Path(member.filename)
            if name.is_absolute() or ".." in name.parts or member.external_attr >> 28 == 0xA:
                raise SourceError(f"unsafe path {member.filename!r} in the archive", archive)
            if member.is_dir() or not any(fnmatch(name.name, pattern) for pattern in wanted):
                continue
            if (folder / name.name).exists():
                raise SourceError(f"{name.name} stands twice in the archive", archive)
            if member.file_size > min(LARGEST_TABLE, MOST_PACKED * (member.compress_size + 1024)):
                raise SourceError(f"{member.filename} swells when unpacked; refused", archive)
            with content.open(member) as packed, (folder / name.name).open("wb") as plain:
                shutil.copyfileobj(packed, plain, 1 << 20)


def patterns(source: Source) -> list[str]:
    """Return what the files of a delivery may be called."""
    if source.register:
        return ["*.csv"]
    if source.rdf:
        return ["*"]
    names = [table.file for table in source.tables.values()]
    return [*names, *(str(Path(name).with_suffix(".xlsx")) for name in names)]


def check_period(period: str) -> None:
    """Refuse a period that is not a year, quarter, half-year, month or day that can be."""
    try:
        if not PERIOD.fullmatch(period):
            raise ValueError(period)
        year, _, rest = period.partition("-")
        month, _, day = rest.partition("-") if rest[:1].isdigit() else ("01", "", "01")
        date = dates.parse(f"{year}-{month}-{day or '01'}")
        if date.year > datetime.now(UTC).year + 1:
            raise ValueError(period)
    except ValueError:
        known = "like 2016, 2016-Q3, 2016-S1, 2016-07 or 2016-07-31"
        raise LoadError(f"period {period!r} is not {known}") from None


def check_order(previous: Delivery, period: str) -> None:
    """Ask for confirmation of a delivery that is older than the last one."""
    if period < previous.period:
        reason = f"period {period} is before {previous.period}, which was delivered already"
        raise UnconfirmedError(f"{reason}; repeat with --confirm to publish the older one")


def check_growth(previous: Delivery, rows: Mapping[str, int]) -> None:
    """Ask for confirmation of a delivery that is much smaller than the last one."""
    for table, count in rows.items():
        before = previous.rows.get(table, 0)
        if count < before * SHRINK_LIMIT:
            reason = f"table {table} shrank from {before} to {count} rows"
            raise UnconfirmedError(f"{reason}; repeat with --confirm if that is right")


def record(
    home: Home, source: Source, delivery: Delivery, originals: Path, reports: Path | None = None
) -> Delivery:
    """Copy a checked delivery into the home; it exists whole or not at all.

    The files of ``reports``, on what was found in it, stand beside it.
    """
    earlier = accepted(home, source)
    sequence = earlier[0].sequence + 1 if earlier else 1
    target = home.deliveries / source.name / delivery.name
    written = replace(
        delivery, sequence=sequence, recorded=delivery.recorded or now(), folder=target
    )
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for _, file in files(source, originals):
        shutil.copyfile(file, partial / file.name)
    if reports and reports.is_dir():
        shutil.copytree(reports, partial, dirs_exist_ok=True)
    content = {key: value for key, value in asdict(written).items() if key != "folder"}
    (partial / RECORD).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    persist(partial)
    aside = target.with_name(f".{target.name}{ASIDE}")
    if target.exists():
        target.rename(aside)
    partial.rename(target)
    persist_directory(target.parent)
    shutil.rmtree(aside, ignore_errors=True)
    return written


def put_back(home: Home) -> None:
    """Put back the deliveries that a killed command had moved aside to write them again."""
    for aside in home.deliveries.glob(f"*/.*{ASIDE}"):
        target = aside.with_name(aside.name.removeprefix(".").removesuffix(ASIDE))
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)
