"""The pages in a real browser: accessible, without scripts, and without the outside world."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.server.running import Site

pytestmark = pytest.mark.browser

CHROMIUM = os.environ.get("CHROMIUM", "") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--disable-component-update", "--no-first-run", "--disable-quic", "--disable-sync",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only colours differ from one scheme to the other.
CHECKED: dict[str, dict[str, object]] = {
    "light": {"type": "tag", "values": RULES},
    "dark": {"type": "rule", "values": ["color-contrast"]},
}
PAGES = {
    "home": "/fr/",
    "home in English": "/en/",
    "search": "/fr/search?q=federation",
    "nothing found": "/en/search?q=zzzz",
    "thing": "/fr/id/organisation/umbrella",
    "thing in English": "/en/id/organisation/umbrella",
    "code lists": "/fr/code",
    "code list": "/fr/code/ecosystem-role",
    "code": "/en/code/ecosystem-role/federation",
    "vocabulary": "/fr/ns",
    "shapes": "/en/shapes",
    "questions": "/fr/queries",
    "question": "/fr/queries/members_of_federation",
    "question with codes": "/fr/queries/organisations_by_ecosystem_role",
    "wrong parameter": "/fr/queries/members_of_federation?on=x",
    "sparql": "/fr/sparql",
    "sparql rows": f"/en/sparql?query={quote('SELECT * {?s ?p ?o} LIMIT 20')}",
    "sparql graph": f"/en/sparql?query={quote('DESCRIBE <urn:x>')}",
    "sparql fault": "/fr/sparql?query=SELEC",
    "graphs": "/fr/graphs",
    "graph": "/en/graphs/report2019/2019",
    "dumps": "/fr/dumps",
    "quality": "/fr/quality",
    "problems": "/fr/problems",
    "limits": "/fr/limits",
    "not found": "/fr/nothing",
}
SIZES = {"telephone": (390, 844), "screen": (1280, 900)}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    if not CHROMIUM:
        if os.environ.get("MAILLAGE_REQUIRE_ALL") == "1":
            pytest.fail("chromium is required here and absent")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


def guarded(context: BrowserContext, outside: list[str]) -> Page:
    """Return a page that notes every address it loads from elsewhere."""
    page = context.new_page()
    page.on(
        "request",
        lambda request: (
            outside.append(request.url) if urlsplit(request.url).hostname != "127.0.0.1" else None
        ),
    )
    return page


@pytest.mark.parametrize(("scheme", "rules"), CHECKED.items(), ids=CHECKED)
def test_every_page_is_accessible(
    browser: Browser, site: Site, scheme: str, rules: dict[str, object]
) -> None:
    outside: list[str] = []
    found: dict[str, list[str]] = {}
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = guarded(context, outside)
        for name, path in PAGES.items():
            page.goto(site.address + path)
            results = Axe().run(page, options={"runOnly": rules}).response
            for violation in results["violations"]:
                targets = [node["target"] for node in violation["nodes"]][:3]
                found.setdefault(name, []).append(f"{violation['id']}: {targets}")
    assert not found
    assert not outside


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_screen_and_none_breaks_its_policy(
    browser: Browser, site: Site, size: str
) -> None:
    width, height = SIZES[size]
    said: list[str] = []
    wide: list[str] = []
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        for name, path in PAGES.items():
            page.goto(site.address + path)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append(name)
    assert not wide
    assert not [text for text in said if "Failed to load resource" not in text]


def test_everything_works_without_scripts(browser: Browser, site: Site) -> None:
    with browser.new_context(java_script_enabled=False, locale="en-GB") as context:
        page = context.new_page()
        page.goto(f"{site.address}/en/")
        page.fill("#q", "demonstration")
        page.click("text=Search")
        page.click("text=Demonstration federation")
        assert "Boulangerie coopérative" in page.content()
        page.click("nav >> text=Questions")
        page.click("a[href='/en/queries/members_of_federation']")
        page.fill("#p-federation", "https://w3id.org/maillage/id/organisation/umbrella")
        page.fill("#p-on", "2020-06-01")
        page.click("main button")
        assert page.locator("main table tbody tr").count() == 2
        page.click("text=FR")
        assert page.get_attribute("html", "lang") == "fr"
        assert page.locator("main table tbody tr").count() == 2


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Site) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site.address}/en/queries")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_the_interface_can_be_tried_without_a_cdn(browser: Browser, site: Site) -> None:
    outside: list[str] = []
    with browser.new_context() as context:
        page = guarded(context, outside)
        page.goto(f"{site.address}/en/docs")
        page.wait_for_selector("#swagger-ui .opblock", timeout=20_000)
    assert not outside
