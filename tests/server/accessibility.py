"""What every page must be in a real browser: accessible, no wider than the screen, at home, silent.

One function checks a table of pages in one look; tests give it their tables.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import needed

CHROMIUM = os.environ.get("CHROMIUM", "") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--disable-component-update", "--no-first-run", "--disable-quic", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERYTHING: dict[str, object] = {"type": "tag", "values": RULES}
CONTRAST: dict[str, object] = {"type": "rule", "values": ["color-contrast"]}
SIZES = {"telephone": (390, 844), "screen": (1280, 900)}
SCHEMES = ("light", "dark")
# Each size in each scheme.
LOOKS = list(itertools.product(SIZES, SCHEMES))
PATIENCE = 60_000
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"


@contextmanager
def chromium(*flags: str) -> Iterator[Browser]:
    """Run a Chromium that keeps to itself."""
    needed(CHROMIUM, "chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
        yield launched
        launched.close()


def faults(
    browser: Browser, pages: Mapping[str, str], size: str, scheme: str, *,
    rules: Mapping[str, object] | None = None, ready: str = "body",
) -> dict[str, list[str]]:  # fmt: skip
    """Return what is wrong with pages, by their names; their addresses are whole ones.

    In the dark scheme only contrast is looked at, unless rules are given: all else is the same.
    """
    width, height = SIZES[size]
    wanted = rules or (EVERYTHING if scheme == "light" else CONTRAST)
    found: dict[str, list[str]] = {}
    with browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme,  # type: ignore[arg-type]
    ) as context:  # fmt: skip
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        heard: list[str] = []
        listen(page, heard)
        for name, address in pages.items():
            heard.clear()
            answer = page.goto(address)
            page.wait_for_selector(ready, state="attached")
            page.evaluate(OPEN)
            refused = answer is not None and answer.status >= 400
            wrong = [one for one in heard if not (refused and "Failed to load resource" in one)]
            wrong += violations(page, wanted)
            wide = page.evaluate("document.documentElement.scrollWidth")
            wrong += [f"{wide} wide on {width}"] if wide > width else []
            if wrong:
                found[name] = wrong
    return found


def listen(page: Page, heard: list[str]) -> None:
    """Note what a page says, and what it asks of others than the server that it came from."""

    def hear(text: str) -> None:
        # What software that draws says of its speed is no complaint of the page.
        if "GL Driver Message (OpenGL, Performance" not in text:
            heard.append(text)

    def ask(address: str) -> None:
        if urlsplit(address).hostname not in ("127.0.0.1", None, ""):
            heard.append(f"asked {address}")

    page.on("console", lambda message: hear(message.text))
    page.on("pageerror", lambda error: hear(str(error)))
    page.on("request", lambda request: ask(request.url))


def violations(page: Page, rules: Mapping[str, object]) -> list[str]:
    """Return what axe finds wrong with a page, with the first places of each."""
    # What passes is not described: that would take longer than the looking.
    wanted = {"runOnly": rules, "resultTypes": ["violations"]}
    found = Axe().run(page, options=wanted).response["violations"]
    return [f"{one['id']}: {[node['target'] for node in one['nodes']][:3]}" for one in found]
