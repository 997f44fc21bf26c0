"""Maps in a real browser: accessible, by keyboard, without scripts, in frames of other sites."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from queries.release import Home
from tests.conftest import needed
from tests.server.accessibility import chromium
from tests.server.running import Site, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def drawn(published: Home) -> Iterator[Site]:
    """A server on the release of the bundled sources."""
    with serving(published, deadline=60, embed_in="http://localhost:*") as site:
        yield site


def test_everything_works_without_scripts(browser: Browser, drawn: Site) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{drawn.address}/en/maps")
        page.click("text=Who sits where")
        assert (
            page.locator("svg.map a.thing").count() == page.locator("#nodes tbody tr").count() > 20
        )
        page.click("summary:has-text('Choose a date')")
        page.fill("#f-on", "2018-06-01")
        page.click("summary:has-text('Groups and relations')")
        page.check("input[name=relation][value=seat]")
        page.click("main button:has-text('Draw')")
        assert "on=2018-06-01" in page.url
        assert "relation=seat" in page.url
        ties = page.locator("#edges tbody tr").count()
        assert 0 < ties < 29
        assert page.locator("svg.map path.tie").count() == ties
        with page.expect_download() as download:
            page.click("a:has-text('GEXF')")
        assert Path(download.value.path()).read_bytes().startswith(b"<?xml")
        page.goto(f"{drawn.address}/en/maps/mandates")
        page.locator("svg.map a.thing").first.click()
        assert "/id/organisation/" in page.url


def test_a_map_is_shown_in_a_frame_of_a_site_that_is_named_and_of_no_other(
    browser: Browser,
    drawn: Site,
    tmp_path: Path,
) -> None:
    source = f"{drawn.address}/embed/maps/mandates"
    frame = f'<!doctype html><title>x</title><iframe src="{source}"></iframe>'
    (tmp_path / "index.html").write_text(frame, encoding="utf-8")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"http://localhost:{server.server_port}/")
            page.frame_locator("iframe").locator("svg.map").wait_for(timeout=20_000)
            other = context.new_page()
            other.goto(f"http://127.0.0.1:{server.server_port}/")
            other.wait_for_timeout(1_500)
            assert other.frame_locator("iframe").locator("svg.map").count() == 0
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def test_a_picture_is_read_by_the_browser_as_it_was_written(
    browser: Browser,
    drawn: Site,
) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{drawn.address}/maps/institutional.svg")
        assert page.locator("a.thing").count() == 99
        assert page.evaluate("document.documentElement.tagName") == "svg"


def test_draw_io_opens_what_was_written(browser: Browser, drawn: Site) -> None:
    client = (
        Path(__file__).parent.parent / "clients/node_modules/mxgraph/javascript/mxClient.min.js"
    )
    needed(client.is_file(), "mxgraph (make clients)")
    with drawn.client() as http:
        body = http.get("/maps/mandates.drawio").text
        graph = http.get("/maps/mandates.json").json()["graph"]
    with browser.new_context() as context:
        page = context.new_page()
        page.evaluate("mxLoadResources = false; mxLoadStylesheets = false; mxBasePath = ''")
        page.add_script_tag(path=client)
        found = page.evaluate(
            """text => {
                const file = mxUtils.parseXml(text);
                const model = new mxGraphModel();
                new mxCodec(file).decode(file.querySelector('mxGraphModel'), model);
                const cells = Object.values(model.cells).filter(one => one.value?.getAttribute);
                return [
                    cells.filter(one => one.isVertex()).map(one => one.id),
                    cells.filter(one => one.isEdge()).map(one => [
                        one.source.id, one.target.id, one.value.getAttribute('relation')]),
                ];
            }""",
            body,
        )
    assert set(found[0]) == set(graph["nodes"])
    assert {tuple(one) for one in found[1]} == {
        (one["source"], one["target"], one["relation"]) for one in graph["edges"]
    }
    assert urlsplit(drawn.address).hostname == "127.0.0.1"
