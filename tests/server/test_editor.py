"""The editor on /sparql in a real browser: ours alone, accessible, and never in the way."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import httpx
import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Download, Page, sync_playwright
from pyoxigraph import RdfFormat, parse

from queries.release import Home
from server import assets
from server.answers.negotiate import HTML
from server.pages.query_page import FORMATS
from tests.conftest import needed
from tests.server.accessibility import CHROMIUM, FLAGS, RULES
from tests.server.running import Site, serving
from tests.server.window import EDITOR, ROWS, RUN, TEXT, Window

pytestmark = pytest.mark.browser

PREFIX = "PREFIX se: <https://w3id.org/maillage/ns#>\n"
FEDERATIONS = f"{PREFIX}SELECT ?one WHERE {{ ?one a se:Federation }} ORDER BY ?one"
GRAPH = f"{PREFIX}CONSTRUCT {{ ?one a se:Federation }} WHERE {{ ?one a se:Federation }}"
SIZES = {"telephone": (390, 844), "screen": (1280, 900)}


@pytest.fixture(scope="module")
def site(published: Home) -> Iterator[Site]:
    """A server on the release of the bundled sources, which describes itself."""
    needed(assets.fresh(), "the editor (python -m server.assets)")
    with serving(published) as running:
        yield running


@pytest.fixture(scope="module")
def client(site: Site) -> Iterator[httpx.Client]:
    """A client of that server."""
    with site.client() as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    needed(CHROMIUM, "chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def window(browser: Browser, site: Site) -> Iterator[Window]:
    """A window that must stay silent and at home."""
    allowed = ["clipboard-read", "clipboard-write"]
    with browser.new_context(locale="en-GB", permissions=allowed) as context:
        found = Window(context, site)
        yield found
        assert not found.outside()
        assert not found.said


def count(client: httpx.Client, query: str) -> int:
    """Return how many rows the endpoint gives."""
    rows = client.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert rows
    return len(rows)


def test_an_example_runs_and_shows_its_rows(window: Window, client: httpx.Client) -> None:
    page = window.open("/en/sparql")
    listed = client.get("/queries", headers={"Accept": "application/json"}).json()["queries"]
    chosen = next(one for one in listed if one["name"] == "perimeters")
    assert page.locator("#example option").count() == 1 + len(listed)
    page.select_option("#example", label=chosen["summary"]["en"])
    page.wait_for_selector(ROWS)
    query = page.evaluate(TEXT)
    rows = count(client, query)
    assert page.locator(ROWS).count() == min(rows, 50)
    assert page.inner_text("#answer-body > .count").startswith(f"{rows} row")
    assert page.get_attribute("#result", "aria-busy") == "false"


def test_a_link_to_an_example_fills_the_editor(window: Window) -> None:
    page = window.open("/en/sparql")
    link = page.locator("#example-list details[open] a").first
    text = parse_qs(urlsplit(link.get_attribute("href") or "").query)["query"][0]
    link.click()
    page.wait_for_selector(".yasr")
    shown = page.evaluate(TEXT)
    assert shown.strip() == text.strip()


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("SELECT * { ?x a se:Feder", "se:Federation"),
        ("SELECT * { ?x a umbrella", "se:UmbrellaOrganisation"),
        ("SELECT * { ?x se:memberO", "se:memberOf"),
    ],
)
def test_classes_and_properties_are_completed(window: Window, typed: str, hint: str) -> None:
    page = window.open("/en/sparql")
    window.write(PREFIX)
    page.keyboard.type(typed)
    page.keyboard.press("Control+Space")
    page.wait_for_selector(".CodeMirror-hints")
    hints = page.locator(".CodeMirror-hint").all_inner_texts()
    assert hint in hints
    page.locator(".CodeMirror-hint", has_text=hint).first.click()
    line = page.evaluate(TEXT)
    assert line.rstrip().endswith(hints[0])
    asked = [one for one in window.requests if "void%23" in one.url]
    assert asked
    assert all(one.url.startswith(window.site.address) for one in asked)


def test_our_prefixes_are_added_where_they_are_used(window: Window) -> None:
    page = window.open("/en/sparql")
    window.write(" ")
    page.keyboard.type("SELECT * { ?x a se:")
    page.wait_for_function(f"{TEXT}.includes('PREFIX se: <https://w3id.org/maillage/ns#>')")


def test_the_address_gives_the_same_answer_again(window: Window, client: httpx.Client) -> None:
    page = window.open("/en/sparql")
    window.write(FEDERATIONS)
    window.run()
    page.wait_for_selector(ROWS)
    rows = page.locator(ROWS).count()
    assert rows == count(client, FEDERATIONS)
    page.click(".permalink button")
    address = page.evaluate("navigator.clipboard.readText()")
    assert address == page.input_value("#permalink")
    assert parse_qs(urlsplit(address).query) == {"query": [FEDERATIONS]}
    assert parse_qs(urlsplit(page.url).query) == {"query": [FEDERATIONS]}
    # A query stays in its address, and nowhere else.
    assert page.evaluate("Object.keys(localStorage)") == []
    page.goto(address)
    page.wait_for_selector(ROWS)
    assert page.locator(ROWS).count() == rows
    page.select_option("#format", "csv")
    answer = client.get(page.input_value("#permalink"))
    assert answer.headers["content-type"].startswith("text/csv")
    assert len(answer.text.splitlines()) == 1 + rows


def test_every_download_of_rows_holds_them_all(window: Window, client: httpx.Client) -> None:
    page = window.open("/en/sparql")
    window.write(FEDERATIONS)
    window.run()
    page.wait_for_selector(ROWS)
    rows = count(client, FEDERATIONS)
    assert page.locator("#downloads a").all_inner_texts() == [one[0] for one in FORMATS["rows"]]
    found = downloads(page)
    assert len(list(csv.reader(io.StringIO(found["answer.csv"].decode())))) == 1 + rows
    assert len(found["answer.tsv"].splitlines()) == 1 + rows
    assert len(json.loads(found["answer.json"])["results"]["bindings"]) == rows
    assert found["answer.xml"].count(b"<result>") == rows
    sheet = openpyxl.load_workbook(io.BytesIO(found["answer.xlsx"])).worksheets[0]
    assert sheet.max_row == 1 + rows


def test_every_download_of_a_graph_holds_it_whole(window: Window, client: httpx.Client) -> None:
    page = window.open("/en/sparql")
    window.write(GRAPH)
    window.run()
    page.wait_for_selector(ROWS)
    size = count(client, FEDERATIONS)
    assert page.locator(ROWS).count() == size
    assert page.locator("#downloads a").all_inner_texts() == [one[0] for one in FORMATS["graph"]]
    for name, content in downloads(page).items():
        form = RdfFormat.from_extension(Path(name).suffix[1:])
        assert form is not None
        assert len(list(parse(content, format=form))) == size, name


def downloads(page: Page) -> dict[str, bytes]:
    """Take every file that the page offers, by name."""
    found = {}
    for link in page.locator("#downloads a").all():
        with page.expect_download() as started:
            link.click()
        found[started.value.suggested_filename] = started.value.path().read_bytes()
    return found


def sheet_of(taken: Download) -> Any:
    """Return the first sheet of a workbook that the browser has taken."""
    return openpyxl.load_workbook(io.BytesIO(taken.path().read_bytes())).worksheets[0]


def test_the_form_can_answer_as_a_file(window: Window, client: httpx.Client) -> None:
    page = window.open("/en/sparql")
    window.write(FEDERATIONS)
    page.select_option("#format", "xlsx")
    with page.expect_download() as started:
        page.click(RUN)
    assert sheet_of(started.value).max_row == 1 + count(client, FEDERATIONS)


def test_yes_and_no(window: Window) -> None:
    page = window.open("/fr/sparql")
    for query, said in (("ASK {}", "oui"), ("ASK { FILTER(false) }", "non")):
        window.write(query)
        window.run()
        page.wait_for_selector(f".booleanResult :text-is('{said}')")


def test_a_fault_is_told_with_its_place(browser: Browser, site: Site) -> None:
    with browser.new_context(locale="en-GB") as context:
        window = Window(context, site)
        page = window.open("/en/sparql")
        window.write("SELECT * WHERE {\n  ?s ?p }")
        window.run()
        notice = page.locator("#answer-body [role=alert]")
        notice.wait_for()
        assert "2:" in notice.inner_text()
        window.write("ASK {}")
        window.run()
        page.wait_for_selector(".booleanResult")
        assert not notice.count()
        assert not window.outside()
        # A refusal is an error to the browser itself, and the only one here.
        assert all("Failed to load resource" in text for text in window.said)


def test_a_long_query_is_sent_in_the_body(window: Window) -> None:
    page = window.open("/en/sparql")
    window.write(f"# {'x' * 5_000}\n{FEDERATIONS}")
    window.run()
    page.wait_for_selector(ROWS)
    assert [one.method for one in window.requests if one.resource_type == "fetch"] == ["POST"]


def test_a_running_query_can_be_stopped(window: Window) -> None:
    page = window.open("/en/sparql")
    window.write("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c != ?f) }")
    page.click(RUN)
    page.click(f"{RUN}:text('Stop')")
    page.wait_for_selector(f"{RUN}:text('Run')")
    assert page.locator(".notice.bad").count() == 0
    window.write("ASK {}")
    window.run()
    page.wait_for_selector(".booleanResult")


def test_an_older_release_stays_the_one_that_is_asked(window: Window, client: httpx.Client) -> None:
    release = client.get("/sparql", params={"query": "ASK {}"}).headers["x-release"]
    page = window.open(f"/en/sparql?{urlencode({'query': FEDERATIONS, 'release': release})}")
    page.wait_for_selector(ROWS)
    asked = [one.url for one in window.requests if one.resource_type == "fetch"]
    assert asked
    assert all(parse_qs(urlsplit(url).query)["release"] == [release] for url in asked)
    assert parse_qs(urlsplit(page.input_value("#permalink")).query)["release"] == [release]


def test_how_answers_are_shown_is_kept_from_one_to_the_next(window: Window) -> None:
    page = window.open(f"/en/sparql?{urlencode({'query': FEDERATIONS})}")
    page.wait_for_selector(ROWS)
    assert page.locator(".yasr .ellipseTable").count() == 0
    page.click("text=Cut long values")
    page.wait_for_selector(".yasr .ellipseTable")
    page.click(".select_response")
    page.wait_for_selector(".yasr .CodeMirror")
    window.run()
    page.wait_for_selector(".yasr .CodeMirror")
    page.click(".select_table")
    page.wait_for_selector(".yasr .ellipseTable")


def test_our_things_lead_to_their_pages_here(window: Window) -> None:
    page = window.open(f"/en/sparql?{urlencode({'query': FEDERATIONS})}")
    link = page.locator(f"{ROWS} a.iri").first
    link.click()
    page.wait_for_url(f"{window.site.address}/en/id/**")


def test_the_plain_form_is_one_click_away_and_is_remembered(window: Window) -> None:
    page = window.open("/en/sparql")
    window.write(FEDERATIONS)
    page.click("text=Plain form")
    assert page.input_value("#query") == FEDERATIONS
    assert page.locator(EDITOR).count() == 0
    page.click(RUN)
    page.wait_for_selector("#answer-body table tbody tr")
    assert page.locator(".yasr").count() == 0
    page.click("text=Enhanced editor")
    page.wait_for_selector(EDITOR)


def test_the_keyboard_leaves_the_editor(window: Window) -> None:
    page = window.open("/en/sparql")
    page.click(".CodeMirror-lines")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.yasqe') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_editor_is_accessible(browser: Browser, site: Site, scheme: str, size: str) -> None:
    width, height = SIZES[size]
    found: dict[str, list[str]] = {}
    with browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": height},
        locale="fr-BE",
    ) as context:
        window = Window(context, site)
        for name, query, shown in (
            ("rows", "SELECT * WHERE { ?s ?p ?o } LIMIT 120", ROWS),
            ("graph", GRAPH, ROWS),
            ("yes", "ASK {}", ".booleanResult"),
            ("nothing", "DESCRIBE <urn:x>", ".yasr .CodeMirror"),
        ):
            page = window.open(f"/fr/sparql?query={quote(query)}")
            page.wait_for_selector(shown)
            page.wait_for_selector("#result[aria-busy=false]")
            if name == "graph":
                page.click(".select_response")
                page.wait_for_selector(".yasr .CodeMirror")
            results = Axe().run(page, options={"runOnly": {"type": "tag", "values": RULES}})
            for violation in results.response["violations"]:
                targets = [node["target"] for node in violation["nodes"]][:3]
                found.setdefault(name, []).append(f"{violation['id']}: {targets}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert not found
        assert not window.said
        assert not window.outside()


def test_the_form_works_without_scripts(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{site.address}/en/sparql")
        assert page.locator(EDITOR).count() == 0
        page.fill("#query", FEDERATIONS)
        page.click(RUN)
        rows = page.locator("#answer-body table tbody tr").count()
        assert rows
        address = page.input_value("#permalink")
        with page.expect_download() as started:
            page.click("#downloads >> text=XLSX")
        assert sheet_of(started.value).max_row == 1 + rows
        page.goto(address)
        assert page.locator("#answer-body table tbody tr").count() == rows
        page.click("#example-list details[open] a >> nth=0")
        assert "#+ summary" in page.input_value("#query")


def test_the_page_allows_no_more_than_it_needs(client: httpx.Client) -> None:
    policies = {
        path: client.get(path, headers={"Accept": HTML}).headers["content-security-policy"]
        for path in ("/en/sparql", "/en/queries")
    }
    assert "unsafe" not in policies["/en/sparql"]
    assert policies["/en/sparql"].startswith(policies["/en/queries"])
