"""Cubes over HTTP: pages say what exits hold, exits are what readers of their formats read."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import httpx
import openpyxl
import pytest

from queries.release import Home
from server.cubes.formats import PARQUET
from server.cubes.seen import plain
from tests import observed
from tests.server.counted import counted
from tests.server.running import Site, serving
from tests.server.test_sparql import slug

HTML = {"Accept": "text/html"}
FLOW = f"/statistics/{observed.FLOW}"
CHOSEN = {
    "rows": "SE_FAMILY", "columns": "TIME_PERIOD", "SE_FAMILY": "all", "REF_AREA": "21004",
    "ACTIVITY": "_T", "SIZE_CLASS": "_T", "STO": "JOBS", "UNIT_MEASURE": "NR", "FREQ": "A",
    "SE_PERIMETER": "OBS",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = Home(tmp_path_factory.mktemp("statistics"))
    counted(home, "r1", "r2")
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def got(client: httpx.Client, path: str, **given: Any) -> httpx.Response:
    answer = client.get(path, **given)
    assert answer.status_code == 200, answer.text[:400]
    return answer


def expected(**wanted: str) -> dict[tuple[str, ...], tuple[Decimal | None, str]]:
    """Return value and reason of the observations with some codes, by their keys."""
    names = (*observed.DIMENSIONS, "TIME_PERIOD")
    found = {}
    for row in observed.rows():
        held = dict(zip(names, row, strict=False))
        if all(held[name] in codes.split(",") for name, codes in wanted.items()):
            value = row[9]
            told = Decimal(str(value)) if value is not None else None
            found[tuple(map(str, row[:9]))] = (told, str(row[11]))
    return found


def chosen() -> dict[tuple[str, ...], tuple[Decimal | None, str]]:
    return expected(REF_AREA="21004", ACTIVITY="_T", SIZE_CLASS="_T", STO="JOBS")


def read_csv(text: str, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=separator, strict=True))


def keyed(rows: list[dict[str, str]], comma: bool = False) -> dict[tuple[str, ...], Any]:
    names = (*observed.DIMENSIONS, "TIME_PERIOD")
    return {
        tuple(row[name] for name in names): (
            Decimal(row["OBS_VALUE"].replace(",", ".") if comma else row["OBS_VALUE"])
            if row["OBS_VALUE"]
            else None,
            row["CONF_STATUS"],
        )
        for row in rows
    }


def test_the_list_says_what_each_cube_is(client: httpx.Client) -> None:
    found = got(client, "/statistics", headers={"Accept": "application/json"}).json()["cubes"]
    assert [one["id"] for one in found] == [observed.FLOW]
    assert found[0]["synthetic"] is True
    assert found[0]["licence"].startswith("https://creativecommons.org/")
    page = got(client, "/en/statistics", headers=HTML).text
    assert "State of play of the social economy" in page
    assert "Invented data" in page
    assert "30 November 2026" in page


def test_a_release_without_cubes_says_so(site: Site) -> None:
    with site.client() as bare:
        assert "no cubes" in got(bare, "/en/statistics", headers=HTML).text
        assert got(bare, "/statistics", headers={"Accept": "application/json"}).json() == {
            "cubes": [], "walstat": [], "published": [],
        }  # fmt: skip
        assert bare.get(FLOW).status_code == 404


def test_the_csv_has_the_observations_that_the_page_shows(client: httpx.Client) -> None:
    rows = read_csv(got(client, f"{FLOW}.csv", params=CHOSEN).text)
    assert keyed(rows) == chosen()
    assert {row["SYNTHETIC"] for row in rows} == {"true"}
    assert {row["RELEASE"] for row in rows} == {"r2"}
    assert {row["LICENCE"] for row in rows} == {"https://creativecommons.org/licenses/by/4.0/"}
    page = got(client, f"/en{FLOW}", params=CHOSEN, headers=HTML).text
    table = page[page.index('class="cube-table"') : page.index("</table>")]
    shown = re.findall(r'<a class="origin" href="[^"]+">([\d,.]+)</a>', table)
    values = sorted(value for value, _reason in chosen().values() if value is not None)
    assert sorted(Decimal(one.replace(",", "")) for one in shown) == values
    withheld = sum(reason != "F" for _value, reason in chosen().values())
    assert withheld > 0
    assert table.count('class="withheld"') == withheld
    assert "small counts" in page


def test_the_links_of_a_page_lead_to_exactly_what_it_shows(client: httpx.Client) -> None:
    page = got(client, f"/fr{FLOW}", params={"rows": "ACTIVITY"}, headers=HTML).text
    part = page[page.index('id="downloads"') :]
    links = dict(reversed(re.findall(r'<a href="([^"]+)">([^<]+)</a>', part)[:6]))
    by_name = {name: href.replace("&amp;", "&") for href, name in links.items()}
    assert set(by_name) == {"CSV", "CSV (Excel)", "XLSX", "Parquet", "JSON-stat", "Walstat (XLSX)"}
    rows = read_csv(got(client, by_name["CSV"]).text)
    assert keyed(rows) == expected(
        REF_AREA="BE", SE_FAMILY="_T", SIZE_CLASS="_T", STO="JOBS"
    )  # fmt: skip
    assert rows[0]["STO_NAME"] == "postes de travail"
    for name in ("XLSX", "Parquet", "JSON-stat", "Walstat (XLSX)"):
        assert got(client, by_name[name]).content


def test_without_parameters_an_exit_is_the_whole_cube(client: httpx.Client) -> None:
    assert keyed(read_csv(got(client, f"{FLOW}.csv").text)) == expected()


def test_french_csv_is_read_by_a_french_spreadsheet(client: httpx.Client) -> None:
    answer = got(client, f"/fr{FLOW}.csv", params={**CHOSEN, "dialect": "fr"})
    text = answer.content.decode("utf-8-sig")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = read_csv(text, ";")
    assert keyed(rows, comma=True) == chosen()
    fte = got(client, f"/fr{FLOW}.csv", params={"STO": "FTE", "REF_AREA": "BE", "dialect": "fr"})
    decimals = [row["OBS_VALUE"] for row in read_csv(fte.content.decode("utf-8-sig"), ";")]
    assert any("," in one for one in decimals)
    assert not any("." in one for one in decimals)


def test_workbooks_are_typed_and_tell_their_sources(client: httpx.Client) -> None:
    answer = got(client, f"/en{FLOW}.xlsx", params=CHOSEN)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Table", "Observations", "Notes"]
    lines = list(book["Observations"].values)
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    names = (*observed.DIMENSIONS, "TIME_PERIOD")
    found = {tuple(str(row[name]) for name in names): row["OBS_VALUE"] for row in rows}
    assert all(one is None or isinstance(one, int | float) for one in found.values())
    told = {key: float(value) if value is not None else None
            for key, (value, _reason) in chosen().items()}  # fmt: skip
    assert {key: None if one is None else float(one) for key, one in found.items()} == told
    notes = {str(name): str(text) for name, text in book["Notes"].values}
    assert notes["Release"] == "r2"
    assert "Invented data" in notes["Synthetic"]
    assert "tests/observed.py" in notes["Source"]
    cells = [cell for row in book["Table"].values for cell in row]
    assert "– (A)" in cells
    assert any("small counts" in str(cell) for cell in cells)


def test_parquet_is_read_by_another_reader(client: httpx.Client, tmp_path: Path) -> None:
    answer = got(client, f"{FLOW}.parquet", params=CHOSEN)
    assert answer.headers["content-type"] == PARQUET
    file = tmp_path / "cube.parquet"
    file.write_bytes(answer.content)
    with duckdb.connect() as base:
        names = ", ".join((*observed.DIMENSIONS, "TIME_PERIOD", "OBS_VALUE", "CONF_STATUS"))
        rows = base.execute(f"SELECT {names} FROM '{file}'").fetchall()
        said = base.execute(f"SELECT key, value FROM parquet_kv_metadata('{file}')").fetchall()
    assert {row[:9]: (row[9], row[10]) for row in rows} == {
        key: (value, reason) for key, (value, reason) in chosen().items()
    }
    told = {bytes(key).decode(): bytes(value).decode() for key, value in said}
    assert "r2" in told["notes"]
    assert told["identifier"] == f"{observed.AGENCY}:{observed.FLOW}({observed.VERSION})"


def test_json_stat_is_a_whole_dataset(client: httpx.Client) -> None:
    """The members and their forms are those that JSON-stat 2.0 asks for."""
    found = got(client, f"/de{FLOW}.json", params=CHOSEN).json()
    assert (found["version"], found["class"]) == ("2.0", "dataset")
    assert len(found["id"]) == len(found["size"]) == len(found["dimension"])
    for name, size in zip(found["id"], found["size"], strict=True):
        category = found["dimension"][name]["category"]
        assert len(category["index"]) == size == len(set(category["index"]))
        assert set(category["label"]) == set(category["index"])
        for parent, children in category.get("child", {}).items():
            assert {parent, *children} <= set(category["index"])
    assert found["role"] == {"time": ["TIME_PERIOD"], "geo": ["REF_AREA"]}
    assert found["extension"]["synthetic"] is True
    assert set(found["extension"]["attributes"]["OBS_BASIS"].values()) == {"LOCAL"}
    assert set(found) <= {
        "version", "class", "label", "source", "updated", "note", "id", "size", "role",
        "dimension", "value", "status", "extension",
    }  # fmt: skip
    assert found["dimension"]["SE_FAMILY"]["category"]["label"]["COOP"] == "Genossenschaften"
    keys = list(product(*(found["dimension"][one]["category"]["index"] for one in found["id"])))
    values = {keys[int(place)]: Decimal(str(one)) for place, one in found["value"].items()}
    assert values == {key: value for key, (value, _r) in chosen().items() if value is not None}
    withheld = {keys[int(place)] for place, one in found["status"].items() if one[0] == "Q"}
    assert withheld == {key for key, (_value, reason) in chosen().items() if reason != "F"}
    used = set(found["status"].values())
    assert used <= set(found["extension"]["status"]["label"])


def test_csvw_describes_every_column(client: httpx.Client) -> None:
    answer = got(client, f"/fr{FLOW}.csv", params=CHOSEN)
    target = re.fullmatch(r'<([^>]+)>; rel="describedby"; type="application/csvm\+json"',
                          answer.headers["link"])  # fmt: skip
    assert target
    found = got(client, target[1]).json()
    header = answer.text.splitlines()[0].split(",")
    assert [one["titles"] for one in found["tableSchema"]["columns"]] == header
    assert found["url"].startswith(f"{observed.FLOW}.csv?")
    assert set(found["tableSchema"]["primaryKey"]) <= set(header)
    by_name = {one["name"]: one for one in found["tableSchema"]["columns"]}
    assert by_name["OBS_VALUE"]["datatype"] == "decimal"
    assert by_name["REF_AREA"]["valueUrl"].endswith("/code/cl-area/{REF_AREA}")
    assert by_name["STO_NAME"]["lang"] == "fr"
    assert found["dc:license"]["@id"].startswith("https://creativecommons.org")
    french = got(client, f"/fr{FLOW}.csv-metadata.json", params={"dialect": "fr"}).json()
    assert french["dialect"]["delimiter"] == ";"


def test_walstat_has_territories_in_rows_and_periods_in_columns(client: httpx.Client) -> None:
    given = {"STO": "JOBS", "SE_FAMILY": "_T,COOP", "ACTIVITY": "_T", "SIZE_CLASS": "_T"}
    answer = got(client, f"/fr{FLOW}.walstat.xlsx", params=given)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Indicateurs", "1", "2", "Notes"]
    lines = list(book["1"].values)
    assert lines[2][:3] == ("REFNIS", "territoire", "Niveau")
    assert lines[2][3:11] == observed.YEARS
    by_refnis = {line[0]: line for line in lines[3:]}
    assert by_refnis["62063"][2] == "C"
    assert by_refnis["BE33"][2] == "P"
    assert by_refnis["BE"][2] == "B"
    wanted = expected(REF_AREA="62063", SE_FAMILY="_T", ACTIVITY="_T", SIZE_CLASS="_T", STO="JOBS")
    told = {key[8]: value for key, (value, _reason) in wanted.items()}
    shown = dict(zip(lines[2][3:11], by_refnis["62063"][3:11], strict=True))
    assert {year: Decimal(str(value)) for year, value in shown.items()} == told
    lines_csv = read_csv(got(client, f"/fr{FLOW}.walstat.csv", params=given).text)
    assert set(lines_csv[0]) == {"indicateur_id", "period", "level", "refnis", "value", "unit",
                                 "note"}  # fmt: skip
    withheld = [row for row in lines_csv if not row["value"]]
    assert withheld
    assert {row["note"] for row in withheld} <= {"petits effectifs", "secret secondaire"}


def test_levels_and_children_are_named_at_once(client: httpx.Client) -> None:
    def areas(asked: str) -> set[str]:
        given = {"REF_AREA": asked, "STO": "JOBS"}
        return {row["REF_AREA"] for row in read_csv(got(client, f"{FLOW}.csv", params=given).text)}

    assert areas("level:1") == {"BE"}
    assert areas("level:2") == {"BE1", "BE3"}
    assert areas("children:BE3") == {"BE31", "BE32", "BE33", "BE34", "BE35"}
    assert len(areas("all")) == 8 + len(observed.MUNICIPALITIES)


def test_a_form_repeats_the_name_of_a_list(client: httpx.Client) -> None:
    given = [("REF_AREA", "BE1"), ("REF_AREA", "BE3"), ("STO", "JOBS")]
    rows = read_csv(got(client, f"{FLOW}.csv", params=given).text)
    assert {row["REF_AREA"] for row in rows} == {"BE1", "BE3"}
    assert got(client, f"/fr{FLOW}", params=[("rows", "REF_AREA"), *given], headers=HTML)


def test_a_period_is_chosen_where_time_is_on_no_axis(client: httpx.Client) -> None:
    page = got(client, f"/en{FLOW}", params={"rows": "REF_AREA", "columns": "STO"}, headers=HTML)
    rows = read_csv(got(client, link(page.text, "CSV")).text)
    assert {row["TIME_PERIOD"] for row in rows} == {"2025"}
    # A unit is not chosen where each measure has one of its own.
    assert {row["STO"] for row in rows} == {"JOBS", "ENT", "EST", "FTE"}


def link(page: str, name: str) -> str:
    found = re.search(rf'<a href="([^"]+)">{re.escape(name)}</a>', page[page.index("downloads") :])
    assert found
    return found[1].replace("&amp;", "&")


def test_what_does_not_occur_together_is_said(client: httpx.Client) -> None:
    given = {"rows": "REF_AREA", "STO": "FTE", "UNIT_MEASURE": "NR"}
    page = got(client, f"/en{FLOW}", params=given, headers=HTML).text
    assert "There are no observations with this choice." in page


def test_a_permalink_keeps_its_release(client: httpx.Client) -> None:
    page = got(client, f"/en{FLOW}", headers=HTML).text
    found = re.search(r'<a href="([^"]+release=r2)">', page)
    assert found
    assert got(client, found[1].replace("&amp;", "&"), headers=HTML).headers["x-release"] == "r2"
    older = got(client, f"{FLOW}.csv", params={**CHOSEN, "release": "r1"})
    assert {row["RELEASE"] for row in read_csv(older.text)} == {"r1"}
    with_release = got(client, f"/en{FLOW}", params={"release": "r1"}, headers=HTML).text
    assert "release=r1" in link(with_release, "CSV")


def test_answers_are_kept_until_the_release_changes(client: httpx.Client) -> None:
    for path in (FLOW, f"{FLOW}.csv", f"{FLOW}.json", "/statistics"):
        first = got(client, path, headers=HTML if path == FLOW else {})
        again = client.get(path, headers={"If-None-Match": first.headers["etag"],
                                          **(HTML if path == FLOW else {})})  # fmt: skip
        assert again.status_code == 304
    # 99: what is no entity tag of ours is as good as none.
    assert got(client, f"{FLOW}.csv", headers={"If-None-Match": "garbage, W/"})


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("limit=0", 400, "unknown-parameter"),  # 87: no exit is cut
        ("limt=10", 400, "unknown-parameter"),  # 88
        ("start=2020&start=2021", 400, "duplicate-parameter"),  # 89
        ("rows=REF_AREA&rows=STO", 400, "duplicate-parameter"),  # 89
        ("sort=name;drop", 400, "bad-parameter"),  # 90
        ("rows=OBS_VALUE", 400, "bad-parameter"),  # 90
        ("rows=STO&columns=STO", 400, "bad-parameter"),
        ("REF_AREA=../../etc/passwd", 400, "bad-parameter"),  # 91
        ("REF_AREA=%00", 400, "bad-parameter"),  # 91
        ("REF_AREA=BE' OR '1'='1", 400, "bad-parameter"),  # 96
        ("REF_AREA=level:x", 400, "bad-parameter"),
        ("REF_AREA=children:nowhere", 400, "bad-parameter"),
        ("rows=STO&REF_AREA=BE1,BE3", 400, "bad-parameter"),
        ("start=2024-13", 400, "bad-parameter"),
        ("start=2024&end=2020", 400, "bad-parameter"),
        ("start=soon", 400, "bad-parameter"),
        ("lang=xx", 400, "unknown-parameter"),  # 97
        ("dialect=de", 400, "bad-parameter"),
        ("dialect=fr", 400, "bad-parameter"),
        (f"REF_AREA={'BE,' * 9_000}", 200, ""),  # 95: long, and yet one code
        ("release=../r1", 404, "not-found"),
    ],
)
def test_what_cannot_be_chosen_is_refused(
    client: httpx.Client, query: str, status: int, problem: str
) -> None:
    answer = client.get(f"{FLOW}?{query}", headers=HTML)
    assert answer.status_code == status, answer.text[:300]
    if status == 200:
        return
    told = client.get(f"{FLOW}?{query}", headers={"Accept": "application/problem+json, */*;q=0.1"})
    assert slug(told) == (status, problem)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/statistics/NOPE", 404),
        ("/statistics/..%2f..%2fetc%2fpasswd", 404),  # 91
        ("/statistics/%00", 404),
        (f"{FLOW}.exe", 404),
        (f"{FLOW}.csv.exe", 404),
        (f"{FLOW}.csv%00", 404),
        ("/statistics/structures.json", 404),
        ("/xx/statistics", 404),  # 97
    ],
)
def test_there_is_nothing_at_other_addresses(client: httpx.Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_an_unknown_format_is_refused(client: httpx.Client) -> None:
    answer = client.get(FLOW, headers={"Accept": "application/x-unknown"})
    assert slug(answer) == (406, "not-acceptable")
    # 97: a language that is none is as good as none.
    assert (
        got(client, FLOW, headers={**HTML, "Accept-Language": ";;;q=x, *;q=9"}).status_code == 200
    )


def test_accept_chooses_the_format(client: httpx.Client) -> None:
    for media in ("text/csv", PARQUET, "application/json"):
        answer = got(client, FLOW, params=CHOSEN, headers={"Accept": media})
        assert answer.headers["content-type"].startswith(media)


@pytest.mark.parametrize("code", ["fr", "nl", "de", "en"])
def test_pages_speak_four_languages(client: httpx.Client, code: str) -> None:
    said = {"fr": "postes de travail", "nl": "arbeidsplaatsen", "de": "Arbeitsplätze", "en": "jobs"}
    page = got(client, f"/{code}{FLOW}", headers=HTML).text
    assert f'<html lang="{code}">' in page
    assert said[code] in page
    for other in said:
        assert f'hreflang="{other}" href="/{other}{FLOW}"' in page
    labels = {"fr": "Exactement ces chiffres", "nl": "Precies deze cijfers",
              "de": "Genau diese Zahlen", "en": "Exactly these figures"}  # fmt: skip
    assert labels[code] in page


def test_names_in_another_language_say_so(tmp_path: Path) -> None:
    def french_only(folder: Path) -> None:
        file = folder / "structures.json"
        content = json.loads(file.read_text(encoding="utf-8"))
        for listed in content["code_lists"].values():
            for code in listed["codes"]:
                code["names"] = {"fr": code["names"]["fr"]}
        file.write_text(json.dumps(content), encoding="utf-8")

    home = Home(tmp_path)
    counted(home, change=french_only)
    with serving(home) as site, site.client() as client:
        page = got(client, f"/de{FLOW}", headers=HTML).text
        assert '<span lang="fr">Belgique</span>' in page
        assert '<option value="_T" selected lang="fr">' in page


PLANTED = "777000"


def planted(folder: Path) -> None:
    """Put a value into every observation that is withheld, and what would run into a comment."""
    file = folder / f"{observed.FLOW}.parquet"
    with duckdb.connect() as base:
        base.execute(f"""
            CREATE TABLE cube AS SELECT * REPLACE (
              CAST(CASE WHEN CONF_STATUS <> 'F' THEN {PLANTED}000.25 + row_number() OVER ()
                        ELSE OBS_VALUE END AS DECIMAL(20, 4)) AS OBS_VALUE,
              CASE WHEN STO = 'JOBS' THEN '=1+1 "x"; y' END AS COMMENT_OBS
            ) FROM read_parquet('{file}')""")
        base.execute(f"COPY cube TO '{file}' (FORMAT parquet)")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server on a cube that still holds what is withheld, and a formula."""
    home = Home(tmp_path_factory.mktemp("faulty"))
    counted(home, change=planted)
    with serving(home, rate_seconds=0) as site, site.client() as client:
        yield client


def hidden(text: str) -> bool:
    """Tell whether a text has none of the values that are withheld, however they are written."""
    return PLANTED not in re.sub(r"[\s.,'\u202f\u00a0]", "", text)


def test_no_exit_gives_a_withheld_value_away(faulty: httpx.Client, tmp_path: Path) -> None:
    """110: not even from a file that holds it, in no format, chart or page."""
    pages = [f"/{code}{FLOW}" for code in ("fr", "nl", "de", "en")]
    views = [f"{page}?{query}" for page in pages for query in (
        "rows=SE_FAMILY&REF_AREA=21004", "rows=REF_AREA&REF_AREA=all&SE_FAMILY=MUT&sort=value",
        "rows=SE_FAMILY&columns=ACTIVITY&REF_AREA=BE1",
    )]  # fmt: skip
    for path in (*pages, *views, "/fr/statistics"):
        assert hidden(got(faulty, path, headers=HTML).text), path
    for ending in (".csv", ".csv?dialect=fr", ".json", ".walstat.csv"):
        assert hidden(got(faulty, FLOW + ending).text), ending
    part = "REF_AREA=21004&SE_FAMILY=all"
    for ending in (".xlsx", ".walstat.xlsx"):
        for query in (part, f"rows=SE_FAMILY&columns=TIME_PERIOD&{part}"):
            book = openpyxl.load_workbook(
                io.BytesIO(got(faulty, f"{FLOW}{ending}?{query}").content)
            )
            cells = [str(cell) for sheet in book for row in sheet.values for cell in row]
            assert hidden("|".join(cells)), ending
    file = tmp_path / "cube.parquet"
    file.write_bytes(got(faulty, f"{FLOW}.parquet").content)
    with duckdb.connect() as base:
        found = base.execute(f"SELECT count(*), max(OBS_VALUE) FROM '{file}'").fetchone()
    assert found
    assert found[1] < int(f"{PLANTED}000")


def test_nothing_in_an_exit_runs_as_a_formula(faulty: httpx.Client) -> None:
    """71: what begins as a formula is escaped in CSV and is a text in workbooks."""
    given = {"REF_AREA": "BE", "STO": "JOBS"}
    for query in ({}, {"dialect": "fr"}):
        text = got(faulty, f"{FLOW}.csv", params={**given, **query}).content.decode("utf-8-sig")
        rows = read_csv(text, ";" if query else ",")
        assert {row["COMMENT_OBS"] for row in rows} == {'\'=1+1 "x"; y'}
    book = openpyxl.load_workbook(io.BytesIO(got(faulty, f"{FLOW}.xlsx", params=given).content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(cell.value == '=1+1 "x"; y' for cell in cells)


def test_numbers_are_written_plainly() -> None:
    assert plain(Decimal("1E+3")) == "1000"
