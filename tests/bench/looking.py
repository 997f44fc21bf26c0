"""`python -m tests.bench.looking`: maps of very many things in a browser, against plain SVG.

The reference is the same map as one SVG file, opened in the same browser in the same run.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.table import Table

from loaders.maps import making
from queries.maps.measures import measures
from queries.maps.reading import Read
from queries.maps.stored import Stored
from queries.maps.view import views
from queries.release import Home
from tests.server.accessibility import chromium
from tests.server.many import VIEW, many, put, serving_many
from tests.server.maps_window import BOX, WITH_WEBGL
from tests.server.running import Site, serving

SIZES = tuple(int(one) for one in os.environ.get("BENCH_MAPS", "1001,5000,20000").split(","))
POINTS = f"{BOX}.with-canvas[data-drawn]"
LONGEST = 600_000
FRAMES = 10
# The time of some frames, each after the picture has been moved.
PAN = f"""async () => {{ const box = document.querySelector("{BOX}"); box.focus();
  const start = performance.now();
  for (let frame = 0; frame < {FRAMES}; frame++) {{
    const key = frame % 2 ? "ArrowLeft" : "ArrowRight";
    box.dispatchEvent(new KeyboardEvent("keydown", {{ key, bubbles: true }}));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }}
  return (performance.now() - start) / {FRAMES} }}"""


def seconds(page: Page, address: str, ready: str) -> float:
    """Return how long it takes until a page is ready."""
    start = time.perf_counter()
    page.goto(address, timeout=LONGEST)
    page.wait_for_selector(ready, timeout=LONGEST)
    return time.perf_counter() - start


def measure(browser: Browser, site: Site, count: int, table: Table) -> None:
    """Measure a map of one size."""
    with (
        browser.new_context(viewport={"width": 1280, "height": 900}) as context,
        site.client() as client,
    ):
        client.timeout = LONGEST / 1000
        start = time.perf_counter()
        body = client.get(f"/maps/{VIEW}.json", params={"lang": "en"}).content
        made = time.perf_counter() - start
        page = context.new_page()
        points = seconds(page, f"{site.address}/en/maps/{VIEW}", POINTS)
        frame = page.evaluate(PAN)
        drawn = page.get_attribute(BOX, "data-drawn")
        plain = seconds(page, f"{site.address}/maps/{VIEW}.svg", "svg")
        table.add_row(
            f"{count:,} things, as JSON", f"{made:.1f} s, {len(body) / 1e6:.1f} MB", "", ""
        )
        table.add_row(
            f"{drawn} points on the page", f"{points:.1f} s", f"SVG file {plain:.1f} s",
            f"{points / plain:.1f}",
        )  # fmt: skip
        table.add_row(
            "  a frame while it moves",
            f"{frame:.0f} ms",
            "60 a second 16.7 ms",
            f"{frame / 16.7:.1f}",
        )


def grouped(count: int) -> Stored:
    """Return a map of so many things as a release keeps it: grouped, laid out, measured."""
    whole = many(count)
    return making.composed(views()[VIEW], Read(whole.map, {}, whole.sources))


def measure_release(browser: Browser, count: int, table: Table) -> None:
    """Measure a page of a release whose network has so many things, with the limits of its view."""
    start = time.perf_counter()
    whole = grouped(count)
    made = time.perf_counter() - start
    with TemporaryDirectory(prefix="maillage-bench-") as folder:
        home = Home(Path(folder) / "home")
        put(home, whole)
        with (
            serving(home, result_cap=100_000_000) as site,
            browser.new_context(viewport={"width": 1280, "height": 900}) as context,
            site.client() as client,
        ):
            client.timeout = LONGEST / 1000
            times = []
            for _time in range(3):
                start = time.perf_counter()
                client.get(f"/en/maps/{VIEW}").raise_for_status()
                times.append(time.perf_counter() - start)
            page = context.new_page()
            drawing = seconds(page, f"{site.address}/en/maps/{VIEW}", f"{BOX}.live svg.map")
            ready = seconds(
                page, f"{site.address}/en/maps/{VIEW}?kind=bodies", f"{BOX}[data-drawn]"
            )
            frame = page.evaluate(PAN)
            table.add_row(
                f"{count:,} things grouped and laid out at the build", f"{made:.1f} s", "", ""
            )
            table.add_row("  its page from the server, first", f"{times[0]:.2f} s",
                          f"again {times[-1]:.2f} s", f"{times[0] / times[-1]:.1f}")  # fmt: skip
            table.add_row("  first picture in the browser", f"{drawing:.1f} s",
                          f"filtered and alive {ready:.1f} s", "")  # fmt: skip
            table.add_row("  a frame while it moves", f"{frame:.0f} ms", "60 a second 16.7 ms",
                          f"{frame / 16.7:.1f}")  # fmt: skip


def main() -> None:
    """Measure and print."""
    table = Table("measure", "value", "reference", "ratio", box=None, header_style="bold")
    with chromium(*WITH_WEBGL) as browser:
        for count in SIZES:
            measure_release(browser, count, table)
            whole = many(count)
            whole = replace(whole, measures=measures(whole.map))
            with (
                TemporaryDirectory(prefix="maillage-bench-") as folder,
                serving_many(whole, Path(folder)) as site,
            ):
                measure(browser, site, count, table)
    Console(file=sys.stdout).print(table)


if __name__ == "__main__":
    main()
