"""Maps in the frames of other sites: only where the operator allows it, as the address asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest
from playwright.sync_api import Browser, Frame, Page

from queries.release import Home
from tests.server.accessibility import chromium
from tests.server.maps_window import BOX, READY, WITH_WEBGL
from tests.server.running import Site, serving

pytestmark = pytest.mark.browser


# How large the drawing is shown, and how far from the middle a thing of it is.
SCALE = """(() => { const svg = document.querySelector("svg.map");
  return svg.getBoundingClientRect().width / svg.viewBox.baseVal.width })()"""
AWAY = """end => {
  const thing = document.querySelector(`.thing[data-id$="${end}"] .card`).getBoundingClientRect();
  const box = document.querySelector(".map-box").getBoundingClientRect();
  return [thing.left + thing.width / 2 - box.left - box.width / 2,
    thing.top + thing.height / 2 - box.top - box.height / 2] }"""


class Silent(SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


@contextmanager
def another_site(folder: Path) -> Iterator[int]:
    """Serve a folder as another site would; give its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that can draw with WebGL."""
    with chromium(*WITH_WEBGL) as launched:
        yield launched


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of another site."""
    return tmp_path_factory.mktemp("another")


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    """The port of another site."""
    with another_site(folder) as number:
        yield number


@pytest.fixture(scope="module")
def site(published: Home, port: int) -> Iterator[Site]:
    """A server whose maps that other site may show, under one of its two names."""
    with serving(published, embed_in=f"http://127.0.0.1:{port}") as running:
        yield running


def answer(site: Site, path: str) -> httpx.Response:
    """Return what the server answers a browser."""
    with site.client() as client:
        return client.get(path, headers={"Accept": "text/html, */*;q=0.1"})


def framed(page: Page, folder: Path, address: str, shown: str) -> Frame:
    """Open a new page of the other site with a map in a frame.

    A browser that opens the same page again may show in the frame what it showed before.
    """
    name = f"{len(list(folder.iterdir()))}.html"
    content = (
        '<!doctype html><link rel="icon" href="data:,"><title>Elsewhere</title><h1>Elsewhere</h1>'
        f'<iframe src="{shown}" width="900" height="600" title="Map"></iframe>'
    )
    (folder / name).write_text(content, encoding="utf-8")
    page.goto(f"{address}/{name}")
    frame = page.query_selector("iframe")
    assert frame is not None
    found = frame.content_frame()
    assert found is not None
    return found


def test_a_frame_works_where_it_is_allowed_and_is_refused_elsewhere(
    browser: Browser, site: Site, folder: Path, port: int
) -> None:
    shown = f"{site.address}/embed/maps/memberships?lang=en&on=2019-12-31"
    with browser.new_context() as context:
        context.set_default_timeout(60_000)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        frame = framed(page, folder, f"http://127.0.0.1:{port}", shown)
        frame.wait_for_selector(READY)
        graph = answer(site, "/maps/memberships.json?on=2019-12-31").json()["graph"]
        assert frame.locator(".map .thing").count() == len(graph["nodes"])
        assert frame.get_attribute("html", "lang") == "en"
        assert not said
        refused = framed(page, folder, f"http://localhost:{port}", shown)
        page.wait_for_timeout(1_000)
        assert refused.locator("svg.map").count() == 0
        assert any("frame-ancestors" in one for one in said)


def test_the_address_says_what_a_frame_shows(
    browser: Browser, site: Site, folder: Path, port: int
) -> None:
    here = f"http://127.0.0.1:{port}"
    with browser.new_context() as context:
        context.set_default_timeout(60_000)
        page = context.new_page()
        embed = f"{site.address}/embed/maps/institutional?lang=fr&kind=umbrella&kind=public"
        frame = framed(page, folder, here, f"{embed}&legend=0&title=0&table=0&zoom=2")
        frame.wait_for_selector(READY)
        assert frame.locator(".map .legend rect").count() == 0
        assert frame.locator("table").count() == 0
        assert frame.get_attribute("html", "lang") == "fr"
        wide = SCALE
        assert frame.evaluate(wide) == pytest.approx(2, abs=0.02)
        # The wheel belongs to the page around it, unless its address gives it to the map.
        box = frame.locator(BOX)
        box.click(position={"x": 5, "y": 5})
        box.hover()
        page.mouse.wheel(0, -200)
        page.wait_for_timeout(300)
        assert frame.evaluate(wide) == pytest.approx(2, abs=0.02)
        thing = "organisation/concertes-report-2019-1"
        frame = framed(page, folder, here, f"{embed}&scroll=1&zoom=3&centre={thing}")
        frame.wait_for_selector(READY)
        assert frame.locator(".map .legend rect").count() > 0
        away = frame.evaluate(
            AWAY,
            thing,
        )
        assert all(abs(one) < 6 for one in away)
        frame.locator(BOX).hover()
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(300)
        assert frame.evaluate(wide) < 2.8


def test_a_frame_steps_through_time_unless_its_address_says_no(
    browser: Browser, site: Site, folder: Path, port: int
) -> None:
    shown = f"{site.address}/embed/maps/memberships?lang=en"
    with browser.new_context() as context:
        context.set_default_timeout(60_000)
        page = context.new_page()
        frame = framed(page, folder, f"http://127.0.0.1:{port}", shown)
        frame.wait_for_selector(READY)
        days = (frame.get_attribute(BOX, "data-days") or "").split()
        assert days
        whole = frame.locator(".map .thing").count()
        for place, day in ((1, days[0]), (len(days), days[-1])):
            frame.fill("#map-day", str(place))
            frame.wait_for_selector(f'{BOX}[data-shown*="on={day}"]')
            graph = answer(site, f"/maps/memberships.json?on={day}").json()["graph"]
            assert frame.locator(".map .thing").count() == len(graph["nodes"])
            assert f"on={day}" in (frame.get_attribute("a.full-map", "href") or "")
            assert frame.locator("#nodes tbody tr").count() == len(graph["nodes"])
        frame.fill("#map-day", "0")
        frame.wait_for_function(f"document.querySelectorAll('.map .thing').length === {whole}")
        without = framed(page, folder, f"http://127.0.0.1:{port}", f"{shown}&slider=0")
        without.wait_for_selector(READY)
        assert without.locator("#map-day").count() == 0


@pytest.mark.parametrize(
    "wrong", ["zoom=0", "zoom=1e3", "zoom=x", "centre=1,2,3", "centre=%3Cb%3E", "scroll=2",
              "legend=x", "slider=yes", "draw=3d", "scrol=1"],
)  # fmt: skip
def test_wrong_options_are_refused(site: Site, wrong: str) -> None:
    refused = answer(site, f"/embed/maps/memberships?{wrong}")
    assert refused.status_code == 400
    assert wrong.partition("=")[0] in refused.text


@pytest.mark.parametrize("path", ["/embed/maps/memberships", "/maps/memberships.svg"])
def test_what_has_not_changed_keeps_its_policy(site: Site, path: str) -> None:
    """What an answer without content says takes the place of what a browser has kept."""
    first = answer(site, path)
    with site.client() as client:
        again = client.get(
            path, headers={"Accept": first.request.headers["accept"],
                           "If-None-Match": first.headers["etag"]},
        )  # fmt: skip
    assert again.status_code == 304
    assert "content-security-policy" in first.headers
    assert "content-security-policy" not in again.headers
    assert again.headers["x-content-type-options"] == "nosniff"


def test_the_policy_names_who_may_frame(site: Site, port: int) -> None:
    framed_one = answer(site, "/embed/maps/memberships")
    policy = framed_one.headers["content-security-policy"]
    assert f"frame-ancestors http://127.0.0.1:{port}" in policy
    whole = answer(site, "/en/maps/memberships")
    assert "frame-ancestors 'self'" in whole.headers["content-security-policy"]
