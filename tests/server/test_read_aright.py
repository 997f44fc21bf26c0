"""What pages of figures say must be read aright: units, bases, what is missing, and why."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.cubes.model import Code, CodeList
from queries.cubes.reading import cube
from queries.outlines import outlines
from queries.release import Home, Release, current
from server.cubes.choice import choose
from server.cubes.codes import depths
from server.cubes.page import foremost
from server.cubes.pivot import Cell, pivot
from server.cubes.seen import Name, Seen, source_name
from server.language import LANGUAGES, language
from server.pages.display import licence_name
from server.territories.figures import Figure
from server.territories.sheet import Sheet, sheet
from tests import observed
from tests.server.counted import HERE, counted
from tests.server.lineaged import CLOSED, rewrite
from tests.server.running import serving
from tests.server.test_statistics import FLOW, HTML, got
from tests.server.test_territories import tree

BRUSSELS = "21004"


def spoilt(folder: Path) -> None:
    """Withhold all of Huy; of the last jobs of Brussels withhold, negate and drop a family each."""
    here = f"REF_AREA = '{BRUSSELS}' AND TIME_PERIOD = '2025' AND STO = 'JOBS' AND SE_FAMILY"
    closed = f"(REF_AREA = '{CLOSED}' OR {here} = 'ASSO')"
    rewrite(
        folder,
        f"SELECT * REPLACE (CASE WHEN {closed} THEN NULL WHEN {here} = 'MUT' THEN -5 "
        f"WHEN {here} = 'COOP' THEN 20 ELSE OBS_VALUE END AS OBS_VALUE, "
        f"CASE WHEN {closed} THEN 'Q' WHEN {here} IN ('MUT', 'COOP') THEN 'A' ELSE OBS_STATUS END "
        f"AS OBS_STATUS, CASE WHEN {closed} THEN 'A' WHEN {here} IN ('MUT', 'COOP') THEN 'F' "
        f"ELSE CONF_STATUS END AS CONF_STATUS) FROM cube WHERE NOT ({here} = 'FOUND')",
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("read"))
    counted(made, change=spoilt)
    return made


@pytest.fixture(scope="module")
def release(home: Home) -> Release:
    found = current(home)
    assert found
    return found


@pytest.fixture(scope="module")
def client(home: Home) -> Iterator[httpx.Client]:
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def text(client: httpx.Client, path: str) -> str:
    """Return what a page says, without tags."""
    page = got(client, path, headers=HTML).text
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def of_brussels(release: Release) -> Sheet:
    known = tree()
    made = sheet(release, known, known.all[BRUSSELS], outlines(release), language("en"), "")
    return asyncio.run(made)


def test_indicators_of_a_sheet_have_their_units_and_what_they_are_of(client: httpx.Client) -> None:
    page = text(client, f"/en/territories/{HERE}")
    assert "all families · all activities · all sizes" in page
    assert page.count("jobs (number)") > 2
    assert "Jobs (number), 2025: " in page
    # Where the unit says what the name says, it is not said twice.
    assert "full-time equivalents (full-time" not in page


@pytest.mark.parametrize(
    ("code", "written"), [("fr", "1\u202f020,0"), ("nl", "1.020,0"), ("de", "1.020,0"),
                          ("en", "1,020.0")],
)  # fmt: skip
def test_figures_have_as_many_decimals_as_their_cube_says(code: str, written: str) -> None:
    assert language(code).number(Decimal("1020.0000"), 1) == written
    # None that a figure has is cut.
    assert language(code).number(Decimal("0.25"), 1).endswith("25")


def test_no_colon_begins_a_line_of_a_french_heading() -> None:
    assert language("fr").heading("Compte satellite : emploi") == "Compte satellite\u00a0: emploi"
    assert language("nl").heading("Rekening: werk") == "Rekening: werk"


def test_one_period_is_no_evolution() -> None:
    known = tree()
    here = known.all[BRUSSELS]
    alone = Figure(Name("jobs"), None, (), {(BRUSSELS, "2025"): Cell(Decimal(7))}, ["2025"])
    assert alone.change(here) is None


def test_an_index_says_its_base(client: httpx.Client) -> None:
    assert "Evolution: jobs (number), 2018 = 100" in text(client, f"/en/territories/{HERE}")


def test_nothing_is_drawn_of_others_in_the_place_of_a_territory(client: httpx.Client) -> None:
    page = got(client, f"/en/territories/{CLOSED}", headers=HTML).text
    assert "No line can be drawn" in page
    assert "= 100" not in page
    assert '<svg class="chart' not in page
    # The figures of what it lies in are in the table all the same.
    assert page.count('class="origin"') > 8


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_withheld_key_figure_says_why_beside_it(client: httpx.Client, code: str) -> None:
    reasons = {"fr": "non diffusé : petits effectifs", "nl": "niet getoond: kleine aantallen",
               "de": "nicht gezeigt: kleine Fallzahlen",
               "en": "withheld: small counts"}  # fmt: skip
    page = text(client, f"/{code}/territories/{CLOSED}")
    tiles = got(client, f"/{code}/territories/{CLOSED}", headers=HTML).text
    assert f"· {reasons[code]}" in page
    assert re.search(r'<ul class="tiles">.*?· .*?</ul>', tiles, re.DOTALL)


def test_what_was_never_observed_is_not_called_withheld(release: Release) -> None:
    counted_ = of_brussels(release).counted[0]
    families = next(part for part in counted_.parts if part.name.text == "family").ranking
    assert (families.unranked, families.withheld) == (2, 1)
    assert [row.negative for row in families.rows] == [False, True]


def test_a_bar_of_a_loss_is_told_from_that_of_a_gain(client: httpx.Client) -> None:
    page = got(client, f"/en{FLOW}?rows=SE_FAMILY&REF_AREA={BRUSSELS}", headers=HTML).text
    assert page.count('<rect class="negative"') == 1


def test_a_gap_in_a_table_has_its_meaning_below_it(client: httpx.Client) -> None:
    gap = "<dt>·</dt><dd>no observation</dd>"
    path = f"/en{FLOW}?rows=SE_FAMILY&REF_AREA="
    assert gap in got(client, f"{path}{BRUSSELS}", headers=HTML).text
    assert gap not in got(client, f"{path}BE", headers=HTML).text


def test_what_was_chosen_in_vain_is_named(client: httpx.Client) -> None:
    page = text(client, f"/en{FLOW}?rows=STO&UNIT_MEASURE=FTE")
    assert "No observation with the rest of the choice: jobs, enterprises, establishments." in page


def test_of_many_rows_the_upper_ones_are_drawn(release: Release) -> None:
    chosen = cube(release.path / "cubes", observed.FLOW)
    choice = choose(chosen, {"rows": "REF_AREA", "REF_AREA": "all"})
    seen = Seen(chosen, choice.selection(), release, language("en"))
    found = pivot(seen, choice)
    assert len(found.rows) > 20
    drawn = {row.code for row in foremost(found)}
    assert drawn == {"BE", *observed.AREAS.values()}


def test_a_municipality_stands_below_its_own_province(client: httpx.Client) -> None:
    page = got(client, f"/en{FLOW}?rows=REF_AREA&REF_AREA=all", headers=HTML).text
    table = page[page.index('<table class="cube-table">') :]
    order = re.findall(r'<th scope="row"[^>]*><a href="/en/territories/(\w+)"', table)
    assert order.index("BE1") < order.index(BRUSSELS) < order.index("BE3")
    assert order.index("BE33") < order.index(HERE) < order.index("BE34")


@given(st.lists(st.integers(-3, 12), max_size=12))
def test_each_code_comes_right_after_what_it_is_in(parents: list[int]) -> None:
    names = [f"C{number}" for number in range(len(parents))]
    codes = tuple(
        Code(id=name, names={}, iri=f"urn:{name}", parent=f"C{above}" if above >= 0 else None)
        for name, above in zip(names, parents, strict=True)
    )
    listed = CodeList(
        agency="OES", id="CL", version="1.0.0", names={}, iri="urn:list", codes=codes,
    )  # fmt: skip
    found = depths(listed)
    assert sorted(found) == sorted(names)
    above = {code.id: code.parent for code in codes}
    path: list[str] = []
    for code, depth in found.items():
        del path[depth:]
        if depth:
            assert path[-1] == above[code]
        path.append(code)


def test_a_grey_province_is_in_the_legend(client: httpx.Client) -> None:
    page = got(client, f"/en{FLOW}?rows=REF_AREA&REF_AREA=all", headers=HTML).text
    assert 'class="province"/></svg> no figure is shown' in page.replace(
        ' width="20" height="14" rx="2"', ""
    )


def test_a_former_code_of_a_municipality_is_refused_with_a_way_on(client: httpx.Client) -> None:
    answer = client.get("/fr/territories/82003", headers=HTML)
    assert answer.status_code == 404
    assert "Une commune qui a fusionné" in answer.text


@pytest.mark.parametrize(
    ("address", "code", "name"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "fr", "CC BY 4.0"),
        ("https://rightsstatements.org/vocab/UND/1.0/", "fr", "droits d'auteur indéterminés"),
        ("https://rightsstatements.org/vocab/InC/1.0/", "de", "urheberrechtlich geschützt"),
        ("https://example.org/terms/", "en", "https://example.org/terms/"),
    ],
)
def test_a_licence_goes_by_its_name(address: str, code: str, name: str) -> None:
    assert licence_name(address, language(code)) == name


def test_a_source_goes_by_its_title(release: Release) -> None:
    graph: Any = next(one for one in release.graphs if one.title_fr)
    assert source_name(graph.source, release, language("fr")) == Name(graph.title_fr)
    assert source_name(graph.source, release, language("en")) == Name(graph.title)
    assert source_name("never-heard-of", release, language("en")) == Name("never-heard-of")
