"""A home with four releases: bundled sources, a list, the list without a row, and with it again."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from loaders.building import accept
from loaders.building.build import Publishing
from loaders.records.source import find
from queries.release import Home, Release, releases

UK = find("coops_uk")
LOST = "R900002"
ORGANISATION = f"organisation/coops-uk-{LOST}"
OLD, NEW = "Tidewater Tenants Co-operative Limited", "Tidewater Tenants Limited"


def make(published: Home, folder: Path) -> Home:
    """Deliver the sample of the list, then without one organisation, then whole again."""
    home = Home(folder / "home")
    shutil.copytree(published.path, home.path, symlinks=True)
    deliver(home, UK.folder / "sample")
    deliver(home, without_one(folder))
    deliver(home, UK.folder / "sample")
    return home


def without_one(folder: Path) -> Path:
    """Return the sample without the rows of one organisation, and with a name changed."""
    sample = Path(shutil.copytree(UK.folder / "sample", folder / "sample"))
    for file in sample.glob("*.csv"):
        # Any bytes are read and written again as they were.
        with file.open(encoding="latin-1", newline="") as stream:
            rows = [row for row in csv.reader(stream) if LOST not in row]
        renamed = [[cell.replace(OLD, NEW) for cell in row] for row in rows]
        with file.open("w", encoding="latin-1", newline="") as stream:
            csv.writer(stream).writerows(renamed)
    return sample


def deliver(home: Home, path: Path) -> Release:
    """Deliver the list and publish it."""
    given = accept.handover(UK.name, path, "2016", confirmed=True)
    outcome = accept.deliver(home, given, Publishing()).outcome
    assert outcome is not None
    return outcome.release


def in_order(home: Home) -> list[Release]:
    """Return the releases, the oldest first."""
    return releases(home)[::-1]
