"""Fixtures.

Strategy: nothing is mocked. `published` builds one real release of the bundled sources per test
run and is read-only; `delivered` adds the sample of every delivered source to it. A test that
writes takes an empty `home` of its own. Pull in the smallest of the three that has what you need.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from loaders import delivery
from loaders.building import accept
from loaders.building import build as building
from loaders.delivery import Delivery
from loaders.records.source import Source, sources
from queries.release import Home, Release, current

REQUIRE_ALL = os.environ.get("MAILLAGE_REQUIRE_ALL") == "1"


def needed(present: object, component: str) -> None:
    """Skip a test whose component is absent, unless everything is required."""
    if not present:
        if REQUIRE_ALL:
            pytest.fail(f"{component} is required here and absent")
        pytest.skip(f"{component} is not installed")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one release of the bundled sources; read-only by agreement."""
    home = Home(tmp_path_factory.mktemp("published"))
    building.build(home)
    return home


@pytest.fixture(scope="session")
def delivered(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose release also holds the sample of every delivered source; read-only."""
    home = Home(tmp_path_factory.mktemp("delivered"))
    shutil.copytree(published.graphs, home.graphs)
    for source in sources().values():
        if (source.folder / "sample").is_dir():
            stock(home, source)
    building.build(home)
    return home


def stock(home: Home, source: Source) -> None:
    """Put the sample of a source into a home, to be judged with all others at the next build."""
    sample = source.folder / "sample"
    if source.kept:
        shutil.copytree(sample, home.path / source.kept, dirs_exist_ok=True)
        return
    if source.register:
        accept.deliver(home, accept.handover(source.name, sample, confirmed=True))
        return
    feed = source.sent_by("example") if source.senders else source
    made = Delivery(feed.name, "2016", delivery.digest(feed, sample))
    delivery.record(home, feed, made, sample)


@pytest.fixture(scope="session")
def release(delivered: Home) -> Release:
    """The current release of `delivered`."""
    found = current(delivered)
    assert found is not None
    return found
