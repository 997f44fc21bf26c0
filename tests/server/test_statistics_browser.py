"""Statistics and territories in a real browser: accessible, without scripts, within themselves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from queries.release import Home
from tests import observed
from tests.server.accessibility import LOOKS, SIZES, chromium, faults
from tests.server.counted import HERE, counted
from tests.server.lineaged import CLOSED, REVISED, lineaged, usual
from tests.server.running import Site, serving

pytestmark = pytest.mark.browser

FLOW = f"/statistics/{observed.FLOW}"
PAGES = {
    "list": "/fr/statistics",
    "cube": f"/nl{FLOW}",
    "cube with withheld figures": f"/en{FLOW}?rows=SE_FAMILY&REF_AREA=21004",
    "ranking of all": f"/de{FLOW}?rows=REF_AREA&REF_AREA=all&sort=value",
    "cube without time": f"/fr{FLOW}?rows=ACTIVITY&columns=SE_FAMILY",
    "nothing": f"/en{FLOW}?STO=FTE&UNIT_MEASURE=NR",
    "refusal": f"/nl{FLOW}?start=soon",
    "territories": "/de/territories",
    "municipality": f"/fr/territories/{HERE}",
    "municipality with withheld figures": "/en/territories/21004",
    "province": "/nl/territories/60000",
    "country": "/en/territories/01000",
    "no figures": "/fr/territories/11001",
}


CELL = f"/cube/{observed.FLOW}"
FIGURES = {
    "figure": f"/fr{CELL}/{usual(REVISED)}",
    "withheld figure": f"/de{CELL}/{usual(CLOSED)}",
    "no such figure": f"/nl{CELL}/A",
    "rules": "/en/statistics/rules",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on a release with cubes and territories."""
    home = Home(tmp_path_factory.mktemp("browsed"))
    counted(home)
    with serving(home, rate_seconds=0, rate_errors=0) as site:
        yield site


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_stays_at_home(
    browser: Browser, counting: Site, size: str, scheme: str
) -> None:
    pages = {name: counting.address + path for name, path in PAGES.items()}
    assert not faults(browser, pages, size, scheme)


@pytest.fixture(scope="module")
def originating(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server on releases that say where figures come from."""
    home = Home(tmp_path_factory.mktemp("lineage"))
    lineaged(home)
    with serving(home, rate_seconds=0, rate_errors=0) as site:
        yield site


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_every_page_of_a_figure_is_accessible_fits_and_stays_at_home(
    browser: Browser, originating: Site, size: str, scheme: str
) -> None:
    pages = {name: originating.address + path for name, path in FIGURES.items()}
    assert not faults(browser, pages, size, scheme)


def test_a_figure_leads_to_where_it_comes_from_by_the_keyboard(
    browser: Browser, originating: Site
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{originating.address}/en{FLOW}?rows=REF_AREA")
        figure = page.locator("a.origin").first
        text = figure.inner_text()
        figure.focus()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{CELL}/*")
        assert page.locator(".one-figure strong").inner_text() == text


def test_everything_is_chosen_without_scripts(browser: Browser, counting: Site) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{counting.address}/en/statistics")
        page.click("text=State of play of the social economy")
        page.click(".axis >> text=family")
        page.select_option("#f-REF_AREA", "BE33")
        page.select_option("#f-start", "2020")
        page.uncheck("input[name=SE_FAMILY][value=MUT]")
        page.click(".chooser button")
        heads = page.locator(".cube-table thead th").all_inner_texts()
        assert [head.strip()[:4] for head in heads[1:4]] == ["2020", "2021", "2022"]
        names = page.locator(".cube-table tbody th").all_inner_texts()
        assert [name.strip() for name in names] == [
            "all families", "cooperatives", "associations", "foundations",
        ]  # fmt: skip
        with page.expect_download() as found:
            page.click("#downloads ~ p >> text=CSV >> nth=0")
        text = found.value.path().read_text(encoding="utf-8")
        assert "MUT" not in text
        assert len(text.splitlines()) == 1 + 4 * 6
        page.click('.languages >> text="DE"')
        assert page.locator(".cube-table tbody tr").count() == 4


def test_a_telephone_gets_a_drawing_of_its_own(browser: Browser, counting: Site) -> None:
    for size, shown, hidden in (("telephone", "narrow", "wide"), ("screen", "wide", "narrow")):
        width, height = SIZES[size]
        with browser.new_context(viewport={"width": width, "height": height}) as context:
            page = context.new_page()
            page.goto(f"{counting.address}/fr{FLOW}")
            assert page.is_visible(f".{shown}-chart")
            assert not page.is_visible(f".{hidden}-chart")


def test_pages_print_without_their_controls(browser: Browser, counting: Site) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{counting.address}/fr{FLOW}")
        page.emulate_media(media="print")
        assert not page.is_visible(".chooser")
        assert page.is_visible(".cube-table")


def test_pages_reflow_on_the_narrowest_screens(browser: Browser, counting: Site) -> None:
    """WCAG 1.4.10: 320 pixels are a screen of 1280 at four times its size."""
    with browser.new_context(viewport={"width": 320, "height": 700}) as context:
        page = context.new_page()
        for name, path in PAGES.items():
            page.goto(counting.address + path)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, name


def test_a_figure_of_many_digits_stays_in_its_tile(browser: Browser, counting: Site) -> None:
    for width in (320, 390, 800, 1280):
        with browser.new_context(viewport={"width": width, "height": 900}) as context:
            page = context.new_page()
            page.goto(f"{counting.address}/de/territories/{HERE}")
            page.evaluate(
                "document.querySelectorAll('.tiles strong a').forEach("
                "one => one.textContent = '193.258.956,36')"
            )
            wide = "[...document.querySelectorAll('.tiles li')].filter("
            wide += "one => one.scrollWidth > one.clientWidth).length"
            assert page.evaluate(wide) == 0, width
