"""Fixtures of the server.

Strategy: one small hand-made release and one real server process for the whole run, read-only by
agreement; a test that changes the release, or that needs other limits, starts a server of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from queries.release import Home
from tests.server.releases import make, point
from tests.server.running import Site, serving

DEADLINE = 2
FILLER = 8_000


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with one hand-made release."""
    home = Home(tmp_path_factory.mktemp("small"))
    make(home, "r1", filler=FILLER)
    point(home, "r1")
    return home


@pytest.fixture(scope="session")
def site(small: Home) -> Iterator[Site]:
    """A real server on the hand-made release, with small limits."""
    with serving(small, deadline=DEADLINE, result_cap=900_000, memory=64, queue=4) as running:
        yield running


@pytest.fixture(scope="session")
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one
