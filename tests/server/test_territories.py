"""The sheets of territories: figures, comparison, who is there, in every format and language."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from queries.outlines import outlines
from queries.release import Home, current
from server.language import LANGUAGES, language
from server.pages.display import Shown
from server.territories.enterprises import Enterprises
from server.territories.pdf import content, pdf
from server.territories.sheet import Sheet, sheet
from server.territories.tree import Territory, Tree, grown
from tests import observed
from tests.conftest import needed
from tests.server.counted import HERE, ORGANISATIONS, STRANGE, counted
from tests.server.releases import BASE
from tests.server.running import serving
from tests.server.test_sparql import slug
from tests.server.test_statistics import HTML, expected, got, hidden, planted


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A release whose cube still holds what is withheld: no sheet may show it."""
    made = Home(tmp_path_factory.mktemp("territories"))
    counted(made, change=planted)
    return made


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[httpx.Client]:
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def jobs(area: str) -> dict[str, Decimal | None]:
    found = expected(REF_AREA=area, SE_FAMILY="_T", ACTIVITY="_T", SIZE_CLASS="_T", STO="JOBS")
    return {key[8]: value for key, (value, _reason) in found.items()}


def test_all_territories_are_listed(client: httpx.Client) -> None:
    found = got(client, "/territories", headers={"Accept": "application/json"}).json()
    listed = {one["refnis"]: one for one in found["territories"]}
    assert len(listed) > 600
    assert listed[HERE]["names"]["nl"] == "Luik"
    assert listed[HERE]["above"] == "60000"
    page = got(client, "/en/territories", headers=HTML).text
    assert page.count('href="/en/territories/') > 580
    assert '<svg class="outline"' in page
    assert 'class="province q' in page


def test_a_sheet_compares_a_municipality_with_what_it_lies_in(client: httpx.Client) -> None:
    page = got(client, f"/en/territories/{HERE}", headers=HTML).text
    here, province = jobs(HERE)["2025"], jobs("BE33")["2025"]
    assert here
    assert province
    assert f"{here:,f}".rstrip("0").rstrip(".") in page
    assert f"{province:,f}".rstrip("0").rstrip(".") in page
    assert f"{100 * here / province:.1f}%" in page
    assert "Invented data" in page
    assert f'href="/en/territories/{HERE}.pdf"' in page
    for above in ("60000", "03000", "01000"):
        assert f'href="/en/territories/{above}"' in page


def test_a_sheet_as_csv_and_json_says_the_same(client: httpx.Client) -> None:
    rows = list(csv.DictReader(io.StringIO(got(client, f"/en/territories/{HERE}.csv").text)))
    told = {row["PERIOD"]: Decimal(row["VALUE"]) for row in rows
            if row["REFNIS"] == HERE and row["INDICATOR"].startswith("JOBS")}  # fmt: skip
    assert told == jobs(HERE)
    assert {row["SYNTHETIC"] for row in rows} == {"true"}
    assert {row["RELEASE"] for row in rows} == {"r1"}
    found = got(client, f"/en/territories/{HERE}.json").json()
    assert len(found["figures"]) == len(rows)
    assert found["within"] == ["60000", "03000", "01000"]
    assert found["note"].startswith("Invented data")


def test_organisations_come_page_by_page(client: httpx.Client) -> None:
    first = got(client, f"/fr/territories/{HERE}", headers=HTML).text
    assert len(set(re.findall(r"Maison \d{3}", first))) == 50
    after = re.search(r'rel="next" href="([^"#]+)', first)
    assert after
    second = got(client, after[1], headers=HTML).text
    names = set(re.findall(r"Maison \d{3}", first)) | set(re.findall(r"Maison \d{3}", second))
    assert len(names) == ORGANISATIONS
    assert 'rel="next"' not in second
    # A province has those of its municipalities, and names that others wrote stay texts.
    province = got(client, "/fr/territories/60000", headers=HTML).text
    assert 'rel="next"' in province
    other = got(client, "/fr/territories/63079", headers=HTML).text
    assert STRANGE not in other
    assert "&lt;script&gt;" in other


def test_nuts_codes_lead_to_refnis(client: httpx.Client) -> None:
    answer = client.get("/de/territories/BE33.json")
    assert (answer.status_code, answer.headers["location"]) == (308, "/de/territories/60000.json")
    assert client.get("/territories/BE10").headers["location"] == "/territories/04000"
    assert client.get("/territories/BE").headers["location"] == "/territories/01000"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/territories/99999", 404),
        ("/territories/BE9", 404),
        ("/territories/..%2f..%2fetc%2fpasswd", 404),  # 91
        ("/territories/%00", 404),
        ("/territories/62063.exe", 404),
        ("/territories/62063?offset=-1", 400),  # 87
        ("/territories/62063?offset=abc", 400),  # 87
        ("/territories/62063?offset=10001", 400),  # 87
        ("/territories/62063?offset=1e9", 400),  # 87
        ("/territories/62063?limt=10", 400),  # 88
        ("/territories/62063?offset=1&offset=2", 400),  # 89
        ("/territories?sort=name;drop", 400),  # 90
        ("/territories/62063?lang=xx", 400),  # 97
        ("/territories/62063%27%20OR%201=1", 404),  # 96
    ],
)
def test_what_is_no_territory_is_refused(client: httpx.Client, path: str, status: int) -> None:
    answer = client.get(path, headers={"Accept": "*/*"})
    assert slug(answer)[0] == status


def test_a_territory_without_figures_says_so(client: httpx.Client) -> None:
    page = got(client, "/en/territories/11001", headers=HTML).text
    assert "No cube of this release has figures of this territory." in page
    assert got(client, "/en/territories/11001.pdf").content.startswith(b"%PDF")


def test_a_release_without_territories_says_so(small: Home) -> None:
    with serving(small) as running, running.client() as bare:
        assert "no list of territories" in got(bare, "/en/territories", headers=HTML).text
        assert bare.get(f"/territories/{HERE}").status_code == 404


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_sheet_speaks_each_language(client: httpx.Client, code: str) -> None:
    page = got(client, f"/{code}/territories/{HERE}", headers=HTML).text
    # It has no name of its own in German and English: the French one says that it is.
    names = {"fr": "<h1>Liège</h1>", "nl": "<h1>Luik</h1>"}
    assert names.get(code, '<h1 lang="fr">Liège</h1>') in page
    words = {"fr": "Commune", "nl": "Gemeente", "de": "Gemeinde", "en": "Municipality"}
    assert f'<span class="badge">{words[code]}</span>' in page


def test_no_sheet_gives_a_withheld_value_away(client: httpx.Client) -> None:
    """110: neither in the page nor its charts, nor in CSV or JSON."""
    for code in observed.MUNICIPALITIES:
        for ending in ("", ".csv", ".json"):
            assert hidden(got(client, f"/fr/territories/{code}{ending}", headers=HTML).text)


def tree() -> Tree:
    def row(code: str, level: str, name: str, above: str = "") -> dict[str, dict[str, str]]:
        start = f"{BASE}code/refnis-"
        found = {
            "thing": {"value": f"{start}{level}/{code}"}, "notation": {"value": code},
            "label": {"value": name, "xml:lang": "fr"},
        }  # fmt: skip
        nuts = observed.AREAS.get(code) or ("BE" if code == "01000" else "")
        if above:
            found["above"] = {"value": f"{start}region/{above}"}
        if nuts:
            found["same"] = {"value": f"{BASE}code/nuts-2024/{nuts}"}
        return found

    return grown([
        row("01000", "region", "Belgique"), row("04000", "region", "Bruxelles", "01000"),
        row("21004", "municipality", "Bruxelles", "04000"),
    ])  # fmt: skip


async def made(home: Home, code: str) -> Sheet:
    release = current(home)
    assert release
    known = tree()
    return await sheet(release, known, known.all["21004"], outlines(release), language(code), "")


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_pdf_is_accessible_and_always_the_same(home: Home, code: str, tmp_path: Path) -> None:

    told = asyncio.run(made(home, code))
    here = Enterprises([Shown("Maison 001", lang="fr"), Shown(STRANGE)], 0, more=True, judged=True)
    assert hidden(json.dumps(content(told, here), ensure_ascii=False))
    assert "– (A)" not in json.dumps(content(told, here)["cubes"]) or told.reasons()
    body = pdf(told, here)
    assert body == pdf(told, here)
    # Typst refuses what PDF/UA-1 does not allow: what it wrote declares itself.
    assert b"pdfuaid" in body
    needed(shutil.which("pdftotext"), "pdftotext")
    file = tmp_path / "sheet.pdf"
    file.write_bytes(body)
    text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True,
                          check=True).stdout  # fmt: skip
    assert hidden(text)
    assert "Bruxelles" in text
    assert "REFNIS 21004" in text
    assert "Maison 001" in text
    assert STRANGE in text
    assert ", 2018 = 100" in text
    said = language(code).gettext(
        "Invented data: these figures were computed from synthetic records."
    )
    assert said.split()[0] in text


def test_codes_of_cubes_find_their_territories() -> None:
    known = tree()
    assert known.find("BE1") is known.all["04000"]
    assert known.find("BE10") is known.all["04000"]
    assert known.find("BEZ") is None
    assert [one.refnis for one in known.chain(known.all["21004"])] == ["21004", "04000", "01000"]


def test_a_tree_that_goes_in_circles_ends() -> None:
    one = Territory("1", "region", "x", above="2")
    two = Territory("2", "region", "y", above="1")
    known = Tree({"1": one, "2": two})
    assert known.chain(one) == [one, two]
