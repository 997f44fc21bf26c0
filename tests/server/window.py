"""A window of a real browser on /sparql, with everything that it asked for and complained of."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request

from tests.server.running import Site

RUN = "button.run"
ROWS = ".yasr table tbody tr"
EDITOR = ".yasqe .CodeMirror"
TEXT = f"document.querySelector('{EDITOR}').CodeMirror.getValue()"


@dataclass
class Window:
    """A page, and everything that it asked for and complained of."""

    context: BrowserContext
    site: Site
    requests: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, path: str) -> Page:
        """Open an address and wait for the editor."""
        self.page.goto(self.site.address + path)
        self.page.wait_for_selector(EDITOR)
        return self.page

    def write(self, text: str) -> None:
        """Put a query in the place of the one in the editor."""
        self.page.click(".CodeMirror-lines")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def run(self) -> None:
        """Run what the editor holds, and wait for the answer."""
        with self.page.expect_response(lambda answer: "/sparql" in answer.url):
            self.page.click(RUN)
        self.page.wait_for_selector("#result[aria-busy=false]")

    def outside(self) -> list[str]:
        """Return the addresses elsewhere that were asked."""
        inside = ("127.0.0.1", None, "")
        return [one.url for one in self.requests if urlsplit(one.url).hostname not in inside]
