"""The page of the lists and the report for senders, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from loaders.description.list_templates import write_templates
from loaders.lists import sender_report
from queries.release import Home
from tests.listed import ROW, members, refused
from tests.server.accessibility import LOOKS, chromium, faults
from tests.server.releases import make, point
from tests.server.running import Site, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that keeps to itself."""
    with chromium() as launched:
        yield launched


@pytest.fixture(scope="module")
def offering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server whose release has templates."""
    home = Home(tmp_path_factory.mktemp("lists"))
    write_templates(make(home, "r1") / "lists")
    point(home, "r1")
    with serving(home) as running:
        yield running


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report on a list with defects of every kind."""
    folder = tmp_path_factory.mktemp("report")
    long = "Coopérative" * 30
    rows = [ROW, f"M2;0403019262;{long};;;;;", "M3;;CafÃ©;SC;;;;30/02/2024", "M4;;Court"]
    return sender_report.write(refused(folder / "list", members(*rows)), folder).as_uri()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_both_pages_are_accessible_and_fit(
    browser: Browser, offering: Site, report: str, size: str, scheme: str
) -> None:
    pages = {
        "lists": f"{offering.address}/fr/lists", "lists in English": f"{offering.address}/en/lists",
        "report": report, "report in English": f"{report}#en",
    }  # fmt: skip
    assert not faults(browser, pages, size, scheme)


def test_the_report_turns_to_english_without_scripts(browser: Browser, report: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(report)
        assert page.locator("h1:visible").inner_text() == "Rapport de qualité"
        page.click("text=English")
        assert page.locator("h1:visible").inner_text() == "Quality report"
        page.click("text=Français")
        assert page.locator("h1:visible").inner_text() == "Rapport de qualité"


def test_a_template_is_one_click_away(browser: Browser, offering: Site, tmp_path: Path) -> None:
    with browser.new_context(accept_downloads=True) as context:
        page = context.new_page()
        page.goto(f"{offering.address}/fr/lists")
        with page.expect_download() as download:
            page.click("a[href='/lists/members/template.xlsx']")
        download.value.save_as(tmp_path / "members.xlsx")
    assert (tmp_path / "members.xlsx").read_bytes().startswith(b"PK")
