"""An indicator of Walstat over HTTP: a share of published figures, for Wallonia."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from loaders.statistics import cubes
from loaders.statistics.given import Given
from queries.cubes.reading import FOLDER
from queries.release import Home
from tests.accounted import account, delivered, enterprise, perimeter
from tests.server.counted import territories
from tests.server.releases import make, point
from tests.server.running import serving
from tests.server.test_sparql import slug
from tests.server.test_statistics import HTML, got
from tests.test_account import IXELLES, LIEGE, NAMUR, number

PATH = "/statistics/walstat/841000.csv"
# The smallest town that can hide another.
CHARLEROI = "52011"


def computed(folder: Path) -> Path:
    """Make the cubes of associations in three towns, and of too few of them in Namur."""
    register: list[str] = []
    verdicts: list[str] = []
    accounts: list[str] = []
    towns = [*[LIEGE] * 9, *[IXELLES] * 10, *[NAMUR] * 2, *[CHARLEROI] * 5]
    for n, town in enumerate(towns, 1):
        register += enterprise(number(n), town)
        verdicts += perimeter(number(n))
        accounts += account(number(n), "2024-12-31", r1001=6, r1002=2 + n % 3)
    given = {
        name: delivered(folder / "graphs", name, lines, visibility)
        for name, lines, visibility in (
            ("kbo", register, "public"), ("perimeters", verdicts, "public"),
            ("nbb_accounts", accounts, "confidential"),
        )
    }  # fmt: skip
    return cubes.make(Given(given), folder / "cubes").folder


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = Home(tmp_path_factory.mktemp("walstat"))
    folder = make(home, "r1", extra=territories())
    shutil.copytree(computed(tmp_path_factory.mktemp("units")), folder / FOLDER)
    point(home, "r1")
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def rows(client: httpx.Client, path: str = PATH) -> dict[str, dict[str, str]]:
    answer = got(client, path)
    assert answer.headers["content-type"].startswith("text/csv")
    read = csv.DictReader(io.StringIO(answer.text), strict=True)
    assert read.fieldnames == [
        "indicateur_id", "period", "level", "refnis", "value", "unit", "note"
    ]  # fmt: skip
    return {row["refnis"]: row for row in read}


def test_the_share_is_that_of_the_published_figures(client: httpx.Client) -> None:
    found = rows(client)[LIEGE]
    # Of nine units, three each with 2, 3 and 4 part-time employees beside 6 full-time ones.
    assert found["value"] == "33.3"
    assert (found["indicateur_id"], found["period"], found["level"]) == ("841000", "2024", "C")
    assert (found["unit"], found["note"]) == ("%", "")


def test_where_a_figure_is_withheld_so_is_the_share(client: httpx.Client) -> None:
    found = rows(client, f"/en{PATH}")[NAMUR]
    assert found["value"] == ""
    assert found["note"] == "small count"


def test_only_territories_of_wallonia_are_in_it(client: httpx.Client) -> None:
    found = rows(client)
    assert IXELLES not in found
    assert {row["level"] for row in found.values()} <= {"C", "A", "P", "R"}
    assert {"03000", "60000", "62000"} <= found.keys()


def test_it_is_offered_where_the_release_has_its_cube(client: httpx.Client) -> None:
    told = got(client, "/statistics", headers={"Accept": "application/json"}).json()["walstat"]
    assert [(one["id"], one["theme"], one["url"]) for one in told] == [("841000", "4", PATH)]
    assert "841000 (CSV)" in got(client, "/nl/statistics", headers=HTML).text


def test_an_unknown_indicator_is_not_found(client: httpx.Client) -> None:
    for path in ("/statistics/walstat/1.csv", "/statistics/walstat/841000.xml"):
        answer = client.get(path)
        assert slug(answer) == (404, "not-found")
