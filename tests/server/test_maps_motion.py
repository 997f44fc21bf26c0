"""Maps in a real browser: accessible, walked by keyboard, alive with scripts and whole without."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from queries.release import Home
from server import assets
from tests.conftest import needed
from tests.server.accessibility import CHROMIUM, FLAGS, LOOKS, chromium, faults
from tests.server.maps_window import (
    BOX,
    PATHS,
    READY,
    TIP,
    WHERE,
    WITH_WEBGL,
    WITHOUT_WEBGL,
    MapWindow,
    window,
)
from tests.server.running import Site, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def site(published: Home) -> Iterator[Site]:
    """A server on the release of the bundled sources."""
    with serving(published) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium that can draw with WebGL."""
    with chromium(*WITH_WEBGL) as launched:
        yield launched


@pytest.fixture
def looking(browser: Browser, site: Site) -> Iterator[MapWindow]:
    """A window on a screen."""
    given = {"viewport": {"width": 1280, "height": 900},
             "permissions": ["clipboard-read", "clipboard-write"]}  # fmt: skip
    with window(browser, site, **given) as found:
        yield found


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
@pytest.mark.parametrize("start", ["/en", "/embed"])
def test_every_map_is_accessible_fits_and_stays_at_home(
    browser: Browser, site: Site, start: str, size: str, scheme: str
) -> None:
    pages = {name: f"{site.address}{start}{path}" for name, path in PATHS.items()}
    pages |= {f"{name}, nothing": f"{one}{'&' if '?' in one else '?'}on=1850-01-01"
              for name, one in list(pages.items())[:1]}  # fmt: skip
    assert not faults(browser, pages, size, scheme, ready=READY)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_the_list_of_the_maps_is_accessible_and_fits(
    browser: Browser, site: Site, size: str, scheme: str
) -> None:
    pages = {one: f"{site.address}/{one}/maps" for one in ("fr", "en")}
    assert not faults(browser, pages, size, scheme)


@pytest.mark.parametrize("name", PATHS)
def test_the_keyboard_reaches_every_thing_and_every_tie(looking: MapWindow, name: str) -> None:
    page = looking.open(f"/en{PATHS[name]}")
    page.focus(BOX)
    things: list[str] = []
    ties: set[str] = set()
    page.keyboard.press("Tab")
    while (thing := looking.active()) is not None:
        things.append(thing)
        page.keyboard.press("ArrowRight")
        first = tie = looking.active()
        while tie is not None and tie != thing:
            ties.add(tie)
            page.keyboard.press("ArrowRight")
            tie = looking.active()
            if tie == first:
                page.keyboard.press("Escape")
                break
        assert looking.active() == thing
        page.keyboard.press("Tab")
    assert len(things) == len(set(things))
    assert set(things) == looking.drawn() == set(looking.data()["nodes"])
    assert ties == looking.ties() == {one["id"] for one in looking.data()["edges"]}


def test_what_is_tied_stays_the_rest_fades_and_sources_are_told(looking: MapWindow) -> None:
    page = looking.open("/en/maps/institutional")
    counts = {name: one["metadata"]["ties"] for name, one in looking.data()["nodes"].items()}
    dated = [one for one in looking.data()["edges"] if one["metadata"]["since"]]
    tie = min(dated, key=lambda one: counts[one["source"]])
    page.focus(f'.thing[data-id="{tie["source"]}"]')
    page.wait_for_selector(TIP)
    near = set(page.eval_on_selector_all(".thing.near", "all => all.map(one => one.dataset.id)"))
    ends = [(one["source"], one["target"]) for one in looking.data()["edges"]]
    assert near == {name for pair in ends if tie["source"] in pair for name in pair}
    looking.until(
        "() => getComputedStyle(document.querySelector('.thing:not(.near)')).opacity < 0.2"
    )
    page.keyboard.press("ArrowRight")
    looking.until("() => document.querySelector('.map-tip .when')")
    active = looking.active()
    shown = next(one for one in looking.data()["edges"] if one["id"] == active)
    told = page.inner_text(TIP)
    assert shown["metadata"]["source_label"] in told
    assert shown["label"] in told
    assert shown["metadata"]["since"][:4] in told
    assert shown["metadata"]["locators"] in told
    assert looking.data()["metadata"]["source_titles"].split("; ")[0] in told
    page.keyboard.press("Enter")
    assert looking.active() in (shown["source"], shown["target"])
    page.keyboard.press("Escape")
    page.wait_for_selector(".map-tip", state="hidden")
    assert page.locator(".near").count() == 0


def test_a_tie_is_told_of_beside_the_pointer(looking: MapWindow) -> None:
    page = looking.open("/fr/maps/memberships")
    page.locator(BOX).scroll_into_view_if_needed()
    point = page.evaluate(
        """() => { for (const tie of document.querySelectorAll(".tie")) {
          const middle = tie.getPointAtLength(tie.getTotalLength() / 2);
          const at = middle.matrixTransform(tie.getScreenCTM());
          const hit = document.elementFromPoint(at.x, at.y);
          if (hit?.matches(".tie, .lane")) return [at.x, at.y] } }"""
    )
    page.mouse.move(*point)
    page.wait_for_selector(f"{TIP} .when")
    assert page.locator(".thing.near").count() == 2


def test_zoom_and_middle_are_in_the_address_and_come_back(looking: MapWindow) -> None:
    page = looking.open("/en/maps/institutional?kind=umbrella&kind=advisory&kind=public")
    page.wait_for_timeout(800)
    before = page.evaluate(WHERE)
    # Unless the picture has the focus, its wheel moves the page.
    page.locator(BOX).scroll_into_view_if_needed()
    page.hover(BOX)
    page.mouse.wheel(0, -240)
    page.wait_for_timeout(300)
    assert sizes(page.evaluate(WHERE)) == sizes(before)
    page.focus(BOX)
    page.mouse.wheel(0, -240)
    page.click(".map-tools button >> nth=0")
    page.focus(BOX)
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    looking.until("() => location.search.includes('zoom=')")
    page.wait_for_timeout(600)
    there = page.evaluate(WHERE)
    assert sizes(there) != sizes(before)
    address = page.input_value("#permalink")
    assert set(parse_qs(urlsplit(address).query)["kind"]) == {"umbrella", "advisory", "public"}
    page.click(".permalink:has(#permalink) button")
    looking.until("() => document.querySelector('.permalink [role=status]').textContent")
    assert page.evaluate("navigator.clipboard.readText()") == address
    page.goto(looking.site.address + urlsplit(address).path + "?" + urlsplit(address).query)
    page.wait_for_selector(READY)
    again = page.evaluate(WHERE)
    assert all(
        abs(one[1] - other[1]) <= 4 and abs(one[2] - other[2]) <= 4
        for one, other in zip(there, again, strict=True)
    )
    # A form with other filters keeps where one looks.
    page.click("form.filters button")
    page.wait_for_selector(READY)
    assert "centre=" in page.url
    page.focus(BOX)
    page.keyboard.press("0")
    page.keyboard.press("-")


def sizes(places: list[list[object]]) -> int:
    """Return how far the things of a picture are apart, on the screen."""
    return max(int(str(one[1])) for one in places) - min(int(str(one[1])) for one in places)


def test_a_mouse_drags_the_picture_and_opens_nothing(looking: MapWindow) -> None:
    page = looking.open("/en/maps/ties?zoom=1.5")
    page.locator(BOX).scroll_into_view_if_needed()
    before = page.evaluate(WHERE)
    box = page.locator(BOX).bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 120, middle[1] - 60, steps=6)
    page.mouse.up()
    after = page.evaluate(WHERE)
    assert (before[0][1] - after[0][1], before[0][2] - after[0][2]) == (120, 60)
    assert "/maps/ties" in page.url


def test_a_thing_is_found_by_its_name_without_accents(looking: MapWindow) -> None:
    page = looking.open("/fr/maps/institutional")
    page.fill("#map-find", "sowecs")
    page.keyboard.press("Enter")
    page.wait_for_selector(TIP)
    assert "SOWECSOM" in page.inner_text(TIP)


@pytest.mark.parametrize("name", ["institutional", "mandates", "projects"])
def test_every_stop_in_time_shows_what_the_server_answers(looking: MapWindow, name: str) -> None:
    page = looking.open(f"/en/maps/{name}")
    days = (page.get_attribute("#f-on", "data-days") or "").split()
    assert int(page.get_attribute("#map-day", "max") or 0) == len(days)
    places: dict[str, list[int]] = {}
    for day in days:
        page.click(".map-days button:last-of-type")
        looking.until(f"() => document.querySelector('{BOX}').dataset.shown?.includes('on={day}')")
        page.wait_for_selector(f"{BOX}[aria-busy=false]")
        graph = looking.graph(f"/maps/{name}.json?on={day}")
        assert looking.drawn() == set(graph["nodes"])
        assert looking.ties() == {one["id"] for one in graph["edges"]}
        assert page.get_attribute("#nodes", "data-count") == str(len(graph["nodes"]))
        for address in (page.url, page.input_value("#permalink"), page.input_value("#embed")):
            assert parse_qs(urlsplit(address).query)["on"] == [day]
        links = page.eval_on_selector_all(".formats a", "all => all.map(one => one.search)")
        assert all(f"on={day}" in link for link in links)
        assert page.input_value("#f-on") == day
        # What is shown on both days has not moved.
        for thing, x, y in page.evaluate(WHERE):
            known = places.setdefault(thing, [x, y])
            assert abs(known[0] - x) <= 2
            assert abs(known[1] - y) <= 2
    shown = looking.drawn()
    page.reload()
    page.wait_for_selector(READY)
    assert looking.drawn() == shown


def test_time_plays_to_its_end_where_motion_is_reduced_too(browser: Browser, site: Site) -> None:
    with window(browser, site, reduced_motion="reduce") as found:
        page = found.open("/fr/maps/memberships")
        days = (page.get_attribute("#f-on", "data-days") or "").split()
        page.click(".map-days .play")
        found.until(f"() => location.search.includes('on={days[-1]}')")
        found.until("() => document.querySelector('.map-days .play').textContent === 'Lire'")
        assert (
            page.evaluate(
                "getComputedStyle(document.querySelector('.map .thing')).transitionDuration"
            )
            == "0s"
        )


@pytest.mark.parametrize("name", PATHS)
def test_points_are_as_many_as_the_table_says(looking: MapWindow, name: str) -> None:
    needed(assets.fresh(), "sigma (python -m server.assets)")
    path = PATHS[name]
    page = looking.open(f"/en{path}{'&' if '?' in path else '?'}draw=canvas")
    page.wait_for_selector(f"{BOX}.with-canvas")
    assert page.get_attribute(BOX, "data-drawn") == page.get_attribute("#nodes", "data-count")
    page.focus(BOX)
    page.keyboard.press("Enter")
    page.wait_for_selector(TIP)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector(TIP)
    page.keyboard.press("Escape")
    page.wait_for_selector(".map-tip", state="hidden")


def test_without_webgl_the_drawing_stays(browser: Browser, site: Site) -> None:
    other = browser.browser_type.launch(executable_path=CHROMIUM, args=[*FLAGS, *WITHOUT_WEBGL])
    with other, window(other, site) as found:
        page = found.open("/en/maps/ties?draw=canvas")
        assert page.locator(".with-canvas").count() == 0
        assert found.drawn() == set(found.data()["nodes"])
        assert page.locator("text=Points only").count() == 0


@pytest.mark.parametrize("name", PATHS)
def test_without_scripts_picture_table_filters_and_downloads_work(
    browser: Browser, site: Site, name: str
) -> None:
    with window(browser, site, java_script_enabled=False) as found:
        page = found.open(f"/en{PATHS[name]}", "svg.map")
        assert page.is_visible("svg.map")
        whole = page.locator(".map .thing").count()
        assert page.locator("#nodes tbody tr").count() == whole
        if not page.is_visible("#f-on"):
            page.click("form.filters > details > summary")
        page.fill("#f-on", "2019-06-30")
        if not page.is_visible("input[name=relation] >> nth=0"):
            page.click("form.filters details details summary")
        page.check("input[name=relation] >> nth=0")
        page.click("form.filters button")
        assert {"on", "relation"} <= parse_qs(urlsplit(page.url).query).keys()
        assert (
            page.locator("#nodes tbody tr").count() == page.locator(".map .thing").count() <= whole
        )
        assert page.locator("#edges tbody tr").count() == page.locator(".map .tie").count()
        count = page.locator("#edges tbody tr").count()
        for link in page.locator(".formats a").all():
            address = link.get_attribute("href") or ""
            assert parse_qs(urlsplit(address).query)["on"] == ["2019-06-30"]
            if address.startswith(f"/maps/{name}.json"):
                assert len(found.graph(address)["edges"]) == count


def test_two_fingers_zoom_around_the_point_between_them(browser: Browser, site: Site) -> None:
    given = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    with window(browser, site, **given) as found:
        page = found.open("/en/maps/mandates")
        page.evaluate("document.querySelector('.map-box').scrollIntoView()")
        box = page.locator(BOX).bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        under = (
            "(() => { const r = document.querySelector('svg.map').getBoundingClientRect();"
            f" return [({x} - r.left) / r.width, ({y} - r.top) / r.height, r.width] }})()"
        )
        before = page.evaluate(under)
        hand = found.context.new_cdp_session(page)

        def touch(kind: str, apart: float | None) -> None:
            points = [] if apart is None else [{"x": x - apart, "y": y}, {"x": x + apart, "y": y}]
            hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 40)
        for apart in (50, 60, 70, 80):
            touch("touchMove", apart)
        touch("touchEnd", None)
        after = page.evaluate(under)
        assert after[2] == pytest.approx(2 * before[2], rel=0.05)
        # What was between the fingers still is.
        assert after[:2] == pytest.approx(before[:2], abs=0.02)
        # The page itself is as large as before.
        assert page.evaluate("visualViewport.scale") == pytest.approx(1)
