"""Where each figure of a cube comes from: its page at its IRI, and the exits that say it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import openpyxl
import pytest

from queries.release import Home
from tests import observed
from tests.server.lineaged import (
    CLOSED,
    CONFIDENTIAL,
    FEW,
    KEY,
    NEW,
    PUBLIC,
    REVISED,
    TEXTS,
    UNITS,
    WITHHELD,
    lineaged,
    usual,
)
from tests.server.releases import BASE
from tests.server.running import serving
from tests.server.test_statistics import got

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
FLOW = f"/statistics/{observed.FLOW}"
CELL = f"/cube/{observed.FLOW}"
# What only the lineage of withheld figures says.
SECRETS = (WITHHELD, "R-SECRET-1", FEW, "50 to 99")
CHOSEN = {"REF_AREA": f"{REVISED},{CLOSED},21004", "STO": "JOBS", "lineage": "yes"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = Home(tmp_path_factory.mktemp("lineage"))
    lineaged(home)
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def withheld_key() -> str:
    """Return the key of a figure that both releases withhold."""
    row = next(row for row in observed.rows() if row[11] == "A")
    return ".".join(map(str, row[:9]))


def test_a_page_says_what_a_figure_is_and_where_it_comes_from(client: httpx.Client) -> None:
    page = got(client, f"/en{CELL}/{usual(REVISED)}", headers=HTML).text
    assert f"{BASE}cube/{observed.FLOW}/{usual(REVISED)}" in page
    for text in ("jobs", "all families", "10 to 49", "Annual report 2019", "onss_employers",
                 "2024-Q4", "not published", TEXTS["R-EMP-1/1"]["en"], "version 3"):  # fmt: skip
        assert text in page, text
    assert f'href="/en/graphs/{PUBLIC}"' in page
    assert 'href="/en/statistics/rules#R-EMP-1/1"' in page
    french = got(client, f"/fr{CELL}/{usual(REVISED)}", headers=HTML).text
    assert f'<span lang="en">{TEXTS["R-X-2/3"]["en"]}</span>' in french
    assert "L&#39;emploi du trimestre." in french


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_figure_of_a_table_leads_to_its_page(client: httpx.Client, language: str) -> None:
    table = got(client, f"/{language}{FLOW}?rows=REF_AREA", headers=HTML).text
    found = re.findall(r'<a class="origin" href="([^"]+)">([^<]+)</a>', table)
    assert len(found) > 20
    for address, text in found[:5]:
        page = got(client, address, headers=HTML).text
        assert f"<strong>{text}</strong>" in page
    sheet = got(client, f"/{language}/territories/{REVISED}", headers=HTML).text
    address, text = re.findall(r'<a class="origin" href="([^"]+)">([^<]+)</a>', sheet)[0]
    assert f"<strong>{text}</strong>" in got(client, address, headers=HTML).text


def test_a_table_of_an_older_release_leads_to_its_figures(client: httpx.Client) -> None:
    table = got(client, f"/en{FLOW}?REF_AREA={REVISED}&release=r1", headers=HTML).text
    address, text = re.findall(r'<a class="origin" href="([^"]+)">([^<]+)</a>', table)[-1]
    assert address.endswith("?release=r1")
    page = got(client, address, headers=HTML)
    assert page.headers["X-Release"] == "r1"
    assert f"<strong>{text}</strong>" in page.text


def test_programs_get_all_of_it(client: httpx.Client) -> None:
    for answer in (got(client, f"{CELL}/{usual(REVISED)}.json"),
                   got(client, f"{CELL}/{usual(REVISED)}", headers=JSON)):  # fmt: skip
        found = answer.json()
        assert found["iri"] == f"{BASE}cube/{observed.FLOW}/{usual(REVISED)}"
        assert found["key"]["REF_AREA"] == REVISED
        assert found["lineage"]["units"] == UNITS
        public, closed = sorted(
            found["lineage"]["deliveries"], key=lambda one: one["graph"] is None
        )
        assert (public["name"], public["graph"]) == (PUBLIC, f"{BASE}graph/{PUBLIC}")
        assert (closed["name"], closed["graph"], closed["period"]) == (
            CONFIDENTIAL, None, "2024-Q4",
        )  # fmt: skip
        assert [one["rule"] for one in found["lineage"]["rules"]] == ["R-EMP-1", "R-X-2"]


def test_what_was_said_before_is_told(client: httpx.Client) -> None:
    revised = got(client, f"{CELL}/{usual(REVISED)}.json").json()
    assert [one["release"] for one in revised["history"]] == ["r1", "r2"]
    first, second = (one["value"] for one in revised["history"])
    assert (first + 1, second) == (revised["value"], revised["value"])
    assert "Since the release" in got(client, f"/en{CELL}/{usual(REVISED)}", headers=HTML).text
    new = got(client, f"{CELL}/{usual(NEW)}.json").json()
    assert [one["release"] for one in new["history"]] == ["r2"]
    same = got(client, f"{CELL}/{usual('21004')}.json").json()
    assert [one["release"] for one in same["history"]] == ["r1"]
    older = got(client, f"{CELL}/{usual(REVISED)}.json?release=r1").json()
    assert [one["release"] for one in older["history"]] == ["r1"]
    assert older["value"] == first
    assert client.get(f"{CELL}/{usual(NEW)}.json?release=r1").status_code == 404


def test_of_a_withheld_figure_nothing_is_said(client: httpx.Client) -> None:
    key = withheld_key()
    found = got(client, f"{CELL}/{key}.json").json()
    assert (found["value"], found["withheld"], found["lineage"]) == (None, "A", None)
    page = got(client, f"/en{CELL}/{key}", headers=HTML).text
    assert "withheld: small counts (A)" in page
    assert "it is not said where it comes from" in page
    for text in (page, json.dumps(found)):
        assert not any(secret in text for secret in SECRETS)


def test_what_a_newer_release_withholds_is_withheld_before(client: httpx.Client) -> None:
    key = usual(CLOSED)
    value = next(row[9] for row in observed.rows() if ".".join(map(str, row[:9])) == key)
    assert value is not None
    for asked in ("", "?release=r1", "?release=r2"):
        found = got(client, f"{CELL}/{key}.json{asked}").json()
        assert (found["value"], found["withheld"], found["lineage"]) == (None, "A", None), asked
        assert all(one["value"] is None for one in found["history"])
        page = got(client, f"/en{CELL}/{key}{asked}", headers=HTML).text
        assert not re.search(rf"<(strong|td class=\"number\")>{value:,.0f}<", page)


def test_exits_say_it_where_it_is_asked_for(client: httpx.Client, tmp_path: Path) -> None:
    text = got(client, f"{FLOW}.csv", params=CHOSEN).text
    rows = list(csv.DictReader(io.StringIO(text), strict=True))
    assert [row["CONF_STATUS"] == "F" for row in rows] == [
        bool(row["LINEAGE_UNITS"]) for row in rows
    ]
    assert {row["LINEAGE_UNITS"] for row in rows} == {"", UNITS}
    assert {row["LINEAGE_GRAPHS"] for row in rows} == {"", f"{CONFIDENTIAL} {PUBLIC}"}
    assert {row["LINEAGE_RULES"] for row in rows} == {"", "R-EMP-1/1 R-X-2/3"}
    keys = [tuple(row[name] for name in KEY) for row in rows]
    assert keys == sorted(keys)
    plain = got(client, f"{FLOW}.csv", params={k: v for k, v in CHOSEN.items() if k != "lineage"})
    assert "LINEAGE" not in plain.text
    without = [{k: v for k, v in row.items() if "LINEAGE" not in k} for row in rows]
    assert list(csv.DictReader(io.StringIO(plain.text))) == without
    file = tmp_path / "cube.parquet"
    file.write_bytes(got(client, f"{FLOW}.parquet", params=CHOSEN).content)
    told = duckdb.execute(
        f"SELECT count(LINEAGE_UNITS), count(*) FILTER (CONF_STATUS = 'F') FROM '{file}'"
    ).fetchone()
    assert told
    assert told[0] == told[1] > 0


def test_a_workbook_tells_the_rules_in_words(client: httpx.Client) -> None:
    answer = got(client, f"/fr{FLOW}.xlsx", params=CHOSEN)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    head, *lines = book["Observations"].values
    place = head.index("LINEAGE_UNITS")
    assert {line[place] for line in lines} == {None, UNITS}
    notes = dict(line[:2] for line in book["Notes"].values)
    assert notes["R-EMP-1/1"] == TEXTS["R-EMP-1/1"]["fr"]
    assert "R-SECRET-1/1" not in notes


def test_json_stat_numbers_the_sets(client: httpx.Client) -> None:
    plain = got(client, f"{FLOW}.json", params={"STO": "JOBS"}).json()
    found = got(client, f"{FLOW}.json", params={"STO": "JOBS", "lineage": "yes"}).json()
    lineage = found["extension"].pop("lineage")
    assert found == plain
    assert lineage["origins"] == [
        {"deliveries": [CONFIDENTIAL, PUBLIC], "rules": ["R-EMP-1/1", "R-X-2/3"]}
    ]
    assert lineage["units"].keys() == lineage["origin"].keys() == found["value"].keys()
    assert set(lineage["origin"].values()) == {0}
    assert set(lineage["rules"]) == {"R-EMP-1/1", "R-X-2/3"}


def test_csvw_describes_the_columns_of_lineage(client: httpx.Client) -> None:
    answer = got(client, f"/en{FLOW}.csv", params=CHOSEN)
    found = got(client, f"/en{FLOW}.csv-metadata.json", params=CHOSEN).json()["tableSchema"]
    assert [one["titles"] for one in found["columns"]] == answer.text.splitlines()[0].split(",")
    by_name = {one["name"]: one for one in found["columns"]}
    assert by_name["LINEAGE_RULES"]["separator"] == " "
    assert "class" in by_name["LINEAGE_UNITS"]["dc:description"]
    row = next(csv.DictReader(io.StringIO(answer.text)))
    iri = re.sub(r"\{(\w+)\}", lambda match: row[match[1]], found["aboutUrl"])
    assert got(client, iri.removeprefix(BASE[:-1]), headers=JSON).json()["iri"] == iri


@pytest.mark.parametrize("form", [".csv", ".csv?dialect=fr", ".json", ".csv-metadata.json"])
def test_no_exit_tells_of_withheld_figures(client: httpx.Client, form: str) -> None:
    text = got(client, f"{FLOW}{form}{'&' if '?' in form else '?'}lineage=yes").text
    assert UNITS in text or "metadata" in form
    assert not any(secret in text for secret in SECRETS)


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        (f"{FLOW}?lineage=yes", "lineage"),
        (f"{FLOW}.walstat.csv?lineage=yes", "lineage"),
        (f"{FLOW}.csv?lineage=no", "lineage"),
        (f"{CELL}/{usual(REVISED)}?lineage=yes", "lineage"),
    ],
)
def test_lineage_is_never_left_out_in_silence(
    client: httpx.Client, address: str, parameter: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


@pytest.mark.parametrize(
    "key",
    [
        usual("99999"), usual(REVISED, "1850"), usual(REVISED).replace("OBS", "obs"), "A",
        usual(REVISED) + ".2024", "..", usual(REVISED).replace(".OBS.", ".."), "'; DROP",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: httpx.Client, key: str) -> None:
    assert client.get(f"{CELL}/{key}", headers=JSON).status_code == 404
    assert client.get(f"/cube/NOPE/{key}", headers=JSON).status_code == 404


def test_the_rules_have_a_page(client: httpx.Client) -> None:
    page = got(client, "/de/statistics/rules", headers=HTML).text
    assert 'id="R-EMP-1/1"' in page
    assert got(client, "/statistics/rules", headers=JSON).json()["rules"] == TEXTS


def test_a_browser_is_led_from_a_cube_to_its_page(client: httpx.Client) -> None:
    answer = client.get(f"/nl{CELL}", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/nl{FLOW}")


def test_an_answer_is_kept_until_something_changes(client: httpx.Client) -> None:
    first = got(client, f"/en{CELL}/{usual(REVISED)}", headers=HTML)
    again = client.get(f"/en{CELL}/{usual(REVISED)}",
                       headers={**HTML, "If-None-Match": first.headers["ETag"]})  # fmt: skip
    assert again.status_code == 304


def test_links_lead_to_the_same_figure(client: httpx.Client) -> None:
    page = got(client, f"/en{CELL}/{usual(REVISED)}", headers=HTML).text
    found = re.findall(r'<a href="([^"]+)">(CSV|SDMX|JSON)</a>', page)
    links = {name: address.replace("&amp;", "&") for address, name in found}
    value = got(client, links["JSON"]).json()["value"]
    (row,) = csv.DictReader(io.StringIO(got(client, links["CSV"]).text))
    assert float(row["OBS_VALUE"]) == value
    sdmx = got(
        client, links["SDMX"], headers={"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"}
    )
    (row,) = csv.DictReader(io.StringIO(sdmx.text))
    assert float(row["OBS_VALUE"]) == value
