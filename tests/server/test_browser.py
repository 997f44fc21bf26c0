"""The pages in a real browser: accessible, without scripts, and without the outside world."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.server.accessibility import LOOKS, chromium, faults, listen
from tests.server.running import Site

pytestmark = pytest.mark.browser

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    with chromium() as launched:
        yield launched


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_stays_at_home(
    browser: Browser, site: Site, size: str, scheme: str
) -> None:
    pages = {name: site.address + path for name, path in PAGES.items()}
    assert not faults(browser, pages, size, scheme)


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
    heard: list[str] = []
    with browser.new_context() as context:
        page = context.new_page()
        listen(page, heard)
        page.goto(f"{site.address}/en/docs")
        page.wait_for_selector("#swagger-ui .opblock", timeout=20_000)
    assert not [one for one in heard if one.startswith("asked ")]
