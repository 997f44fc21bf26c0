"""A window of a real browser on a map, with everything that it asked for and complained of."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from queries.maps.view import EGO, views
from tests.server.accessibility import listen
from tests.server.running import Site

# Software draws what a graphics card would.
WITH_WEBGL = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WITHOUT_WEBGL = ["--disable-3d-apis"]
PATIENCE = 60_000
BOX, READY = ".map-box", ".map-box[data-drawn]"
TIP = ".map-tip:not([hidden])"
EGO_PATH = f"/maps/{EGO}?of=organisation/concertes-report-2019-1"
PATHS = {name: f"/maps/{name}" for name in views() if name != EGO} | {EGO: EGO_PATH}
ACTIVE = """() => { const one = document.activeElement, said = one.dataset || {};
  return said.id || (said.relation ? [said.from, said.to, said.relation].join("|") : null) }"""
# What of the map is in the middle of its box, by the place of a thing that is drawn there.
WHERE = """() => { const box = document.querySelector(".map-box").getBoundingClientRect();
  return [...document.querySelectorAll(".map .thing")].map(one => {
    const r = one.getBoundingClientRect();
    return [one.dataset.id, Math.round(r.left - box.left), Math.round(r.top - box.top)] }) }"""


@dataclass
class MapWindow:
    """A page, and everything that it asked for and complained of."""

    context: BrowserContext
    site: Site
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.page.on("request", lambda request: self.asked.append(request.url))
        listen(self.page, self.said)

    def open(self, path: str, ready: str = READY) -> Page:
        """Open an address and wait until the map lives."""
        self.page.goto(self.site.address + path)
        self.page.wait_for_selector(ready)
        return self.page

    def until(self, expression: str) -> None:
        """Wait until something is so; the policy of the pages keeps Playwright's own way out."""
        limit = time.monotonic() + PATIENCE / 1000
        while not self.page.evaluate(expression):
            assert time.monotonic() < limit, expression
            self.page.wait_for_timeout(50)

    def data(self) -> Any:
        """Return the graph behind the map, as the server gives it."""
        return self.graph(self.page.get_attribute(BOX, "data-map") or "")

    def graph(self, path: str) -> Any:
        """Return the graph that the server gives at an address."""
        with self.site.client() as client:
            return client.get(path).json()["graph"]

    def drawn(self) -> set[str]:
        """Return the things in the drawing."""
        js = "all => all.map(one => one.dataset.id)"
        return set(self.page.eval_on_selector_all(".map .thing", js))

    def ties(self) -> set[str]:
        """Return the ties in the drawing."""
        js = "all => all.map(({dataset: d}) => [d.from, d.to, d.relation].join('|'))"
        return set(self.page.eval_on_selector_all(".map .tie", js))

    def active(self) -> str | None:
        """Return the thing or tie that has the focus."""
        found: str | None = self.page.evaluate(ACTIVE)
        return found


@contextmanager
def window(browser: Browser, site: Site, **given: Any) -> Iterator[MapWindow]:
    """Open a window that must stay silent and at home."""
    with browser.new_context(**{"locale": "en-GB", **given}) as context:
        found = MapWindow(context, site)
        yield found
        assert not found.said
