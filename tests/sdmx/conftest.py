"""Fixtures of SDMX.

Strategy: one invented cube, read-only by agreement; one home of three releases, in which a value
is revised, one is withheld later and one is gone; one real server on it for the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from queries.cubes.reading import Cube
from queries.release import Home
from tests import cubed
from tests.sdmx.vintaged import publish
from tests.server.running import Site, serving


@pytest.fixture(scope="session")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Cube:
    """An invented cube of four years."""
    return cubed.write(tmp_path_factory.mktemp("cube"), 4)


@pytest.fixture(scope="session")
def vintages(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with three releases of one cube."""
    home = Home(tmp_path_factory.mktemp("vintages"))
    publish(home)
    return home


@pytest.fixture(scope="session")
def site(vintages: Home) -> Iterator[Site]:
    """A real server on the last of the releases."""
    with serving(vintages) as running:
        yield running


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for schemas."""
    return tmp_path_factory.mktemp("schemas")
