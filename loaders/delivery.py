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
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders import dates
from loaders.errors import LoadError, SourceError, UnconfirmedError
from loaders.source import Source
from loaders.tables import locate
from queries.release import Home

PERIOD = re.compile(r"\d{4}(-(\d{2}(-\d{2})?|Q[1-4]|S[12]))?")
SHRINK_LIMIT = 0.8
RECORD = "delivery.json"
LARGEST_TABLE = 16 << 30
# What a table of text packs to at the very best; zeros pack a thousand to one.
MOST_PACKED = 200


@dataclass(frozen=True)
class Delivery:
    """One accepted delivery of a source.

    ``digest`` is the sha256 over the names and contents of its files, ``rows`` counts records
    by table, ``sequence`` orders the deliveries of a source as they were accepted.
    """

    source: str
    period: str
    digest: str
    sequence: int
    recorded: str
    rows: Mapping[str, int] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    folder: Path = Path()

    @property
    def name(self) -> str:
        """The directory of this delivery."""
        return f"{self.period}-{self.digest[:8]}"


def digest(source: Source, folder: Path) -> str:
    """Return the sha256 over the declared files of a delivery."""
    total = hashlib.sha256()
    for table in sorted(source.tables.values(), key=lambda table: table.file):
        with locate(table, folder).open("rb") as stream:
            content = hashlib.file_digest(stream, "sha256").hexdigest()
        total.update(f"{table.file}\0{content}\n".encode())
    return total.hexdigest()


def bundled(source: Source) -> Delivery:
    """Return the delivery that a source carries in its own folder, or takes from packages."""
    versions = [f"{package}=={version(package)}" for package in source.packages]
    content = digest(source, source.folder) if source.tables else ""
    if versions:
        content = hashlib.sha256("\n".join([content, *versions]).encode()).hexdigest()
    return Delivery(source.name, source.period, content, 0, "", folder=source.folder)


def accepted(home: Home, source: Source) -> list[Delivery]:
    """Return the deliveries of a source, newest first; a bundled source has exactly one."""
    if source.comes_along:
        return [bundled(source)]
    records = (home.deliveries / source.name).glob(f"[!.]*/{RECORD}")
    found = [read_record(record) for record in records]
    return sorted(found, key=lambda delivery: -delivery.sequence)


def read_record(record: Path) -> Delivery:
    """Return the delivery that a record describes."""
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        content["remarks"] = tuple(content.get("remarks", ()))
        return Delivery(**content, folder=record.parent)
    except (ValueError, TypeError) as error:
        remedy = "restore it from a backup or remove this delivery's directory"
        raise LoadError(f"{record}: not a delivery record ({error}); {remedy}") from None


@contextmanager
def opened(source: Source, path: Path, working: Path) -> Iterator[Path]:
    """Yield the folder that holds the delivered files, unpacking a zip below ``working``."""
    if path.is_dir():
        yield path
    elif path.is_file() and zipfile.is_zipfile(path):
        with TemporaryDirectory(prefix="unpacked-", dir=working) as folder:
            try:
                unpack(source, path, Path(folder))
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error) as error:
                reason = f"the archive cannot be unpacked ({error}); pack it again, unencrypted"
                raise SourceError(reason, path) from None
            yield Path(folder)
    else:
        problem = "is neither a folder nor a zip file" if path.exists() else "does not exist"
        raise LoadError(f"{path} {problem}; give the folder or the zip of the delivered files")


def unpack(source: Source, archive: Path, folder: Path) -> None:
    """Unpack the files of a source's tables, refusing what leads elsewhere or swells."""
    wanted = [table.file for table in source.tables.values()]
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
                shutil.copyfileobj(packed, plain)


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
    home: Home, source: Source, folder: Path, period: str, rows: Mapping[str, int],
    remarks: tuple[str, ...],
) -> Delivery:  # fmt: skip
    """Copy a checked delivery into the home; it exists whole or not at all."""
    earlier = accepted(home, source)
    sequence = earlier[0].sequence + 1 if earlier else 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    found = digest(source, folder)
    target = home.deliveries / source.name / f"{period}-{found[:8]}"
    delivery = Delivery(source.name, period, found, sequence, now, dict(rows), remarks, target)
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for table in source.tables.values():
        file = locate(table, folder)
        shutil.copyfile(file, partial / file.name)
    content = {key: value for key, value in asdict(delivery).items() if key != "folder"}
    (partial / RECORD).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)
    return delivery
