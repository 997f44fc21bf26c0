"""A map of very many things: the page stays usable, and its points are all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from server import assets
from server.maps.looks import MOST_DRAWN
from tests.conftest import needed
from tests.server.accessibility import chromium
from tests.server.many import VIEW, many, serving_many
from tests.server.maps_window import BOX, TIP, WITH_WEBGL, window

pytestmark = pytest.mark.browser
COUNT = 3_000


def test_very_many_things_are_points_of_which_each_can_be_found(tmp_path: Path) -> None:
    needed(assets.fresh(), "sigma (python -m server.assets)")
    whole = many(COUNT)
    with (
        serving_many(whole, tmp_path) as site,
        chromium(*WITH_WEBGL) as browser,
        window(browser, site, viewport={"width": 1280, "height": 900}) as found,
    ):
        page = found.open(f"/en/maps/{VIEW}", f"{BOX}.with-canvas[data-drawn]")
        graph = found.data()
        assert len(graph["nodes"]) == COUNT
        assert page.get_attribute("#nodes", "data-count") == str(COUNT)
        assert page.get_attribute(BOX, "data-drawn") == str(COUNT)
        # What stands behind the points, for whoever has no scripts, is a part of them, and says so.
        assert len(found.drawn()) == MOST_DRAWN
        assert f"{COUNT - MOST_DRAWN} things" in page.inner_text(".notice")
        for name, node in list(graph["nodes"].items())[:50]:
            assert (node["metadata"]["x"], node["metadata"]["y"]) == whole.places.points[name]
        name, node = list(graph["nodes"].items())[-1]
        page.fill("#map-find", node["label"])
        page.keyboard.press("Enter")
        page.wait_for_selector(TIP)
        assert node["label"] in page.inner_text(TIP)
        page.focus(BOX)
        page.keyboard.press("ArrowRight")
        found.until("() => location.search.includes('centre=')")
