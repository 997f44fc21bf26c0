"""What others published, beside what cubes compute: never mixed, each with its reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import httpx
import pytest

from loaders.statistics.dataflows import flows
from queries.cubes.comparisons import comparisons
from queries.cubes.indicators import indicators
from queries.cubes.structures import design
from queries.release import Home
from tests import observed
from tests.server.counted import territories
from tests.server.releases import BASE, make, point
from tests.server.running import serving
from tests.server.test_statistics import HTML, expected, got

FLOW = "DF_SESA_OBSERVATORY_CENTRAL"
JSON = {"Accept": "application/json"}
CLAIM = """
<{base}id/claim/{number}> a se:QuantityClaim , se:Claim ;
  se:about <{base}code/regime/observatory> ;
  se:claimedProperty <{base}code/measure/{measure}> ; se:claimedValue {value} ;
  se:precision <{base}code/precision/about> ; se:unit <{base}code/unit/{unit}> ;
  se:locator "State of play, page 1" ; dcterms:source <https://example.org/play> ;
  se:note "Other scope."@en , "Autre champ."@fr {more} ."""


def claim(number: int, measure: str, value: str, unit: str = "count", **more: str) -> str:
    """Return a published figure as Turtle."""
    places = [f"<{BASE}code/refnis-region/{one}>" for one in more.get("places", "").split()]
    said = f"; se:claimedOf {' , '.join(places)} " if places else ""
    if year := more.get("year"):
        said += f'; se:referencePeriod "{year}"^^xsd:gYear '
    return CLAIM.format(base=BASE, number=number, measure=measure, value=value, unit=unit,
                        more=said)  # fmt: skip


def renamed(folder: Path) -> None:
    """Give the invented cube the identifiers of the observatory's."""
    codes = {"JOBS": "SAL", "NR": "JB", observed.FLOW: FLOW}
    old, new = folder / f"{observed.FLOW}.parquet", folder / f"{FLOW}.parquet"
    duckdb.execute(
        f"COPY (SELECT * REPLACE (CASE STO WHEN 'JOBS' THEN 'SAL' ELSE STO END AS STO, "
        "CASE UNIT_MEASURE WHEN 'NR' THEN 'JB' ELSE UNIT_MEASURE END AS UNIT_MEASURE) "
        f"FROM '{old}') TO '{new}' (FORMAT parquet)"
    )
    old.unlink()
    structures = folder / "structures.json"
    text = structures.read_text(encoding="utf-8")
    for one, other in codes.items():
        text = re.sub(rf'"{one}(\.parquet)?"', rf'"{other}\1"', text)
    structures.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = Home(tmp_path_factory.mktemp("published-figures"))
    claims = "".join((
        claim(1, "jobs", "243000", places="03000 04000", year="2020"),
        claim(2, "jobs", "262000", places="03000"),
        claim(3, "employmentShare", "12.3", "percent", places="03000 04000", year="2020"),
        claim(4, "jobs", "9", places="02000", year="2020"),
    ))  # fmt: skip
    claims += f"<{BASE}code/regime/observatory> skos:inScheme <{BASE}code/regime> ."
    extra = f"{territories()}\n<{BASE}graph/published_figures/2026> {{ {claims} }}\n"
    folder = make(home, "r1", extra=extra)
    observed.write(folder / "cubes")
    renamed(folder / "cubes")
    point(home, "r1")
    with serving(home, rate_errors=0, rate_seconds=0) as site, site.client() as one:
        yield one


def jobs(area: str, year: str) -> Decimal | None:
    """Return the jobs of a region, as the invented cube has them."""
    rows = expected(REF_AREA=area, SE_FAMILY="_T", ACTIVITY="_T", SIZE_CLASS="_T", STO="JOBS")
    return next(value for key, (value, _reason) in rows.items() if key[8] == year)


def published(client: httpx.Client, language: str = "en") -> dict[float, dict[str, object]]:
    found = got(client, f"/{language}/statistics", headers=JSON).json()["published"]
    return {one["value"]: one for one in found}


def test_a_figure_of_two_regions_stands_beside_their_sum(client: httpx.Client) -> None:
    found = published(client)[243000]
    one, other = jobs("BE1", "2020"), jobs("BE3", "2020")
    assert one is not None
    assert other is not None
    assert found["computed"] == {
        "cube": FLOW, "period": "2020", "value": float(one + other), "withheld": False,
        "synthetic": True,
        "url": found["computed"]["url"],  # type: ignore[index]
    }  # fmt: skip
    assert (found["territories"], found["year"]) == (["03000", "04000"], "2020")


def test_what_differs_is_said_in_the_language_of_the_page(client: httpx.Client) -> None:
    found = published(client)[262000]
    assert found["scope"] == "Other scope."
    reasons = found["reasons"]
    assert isinstance(reasons, list)
    assert "The source does not say of which year its figure is." in reasons
    assert "The computed figure comes from invented records." in reasons
    assert any("counted at the seat" in one for one in reasons)
    assert published(client, "fr")[262000]["scope"] == "Autre champ."
    german = published(client, "de")[262000]["reasons"]
    assert isinstance(german, list)
    assert any("am Sitz des Arbeitgebers" in one for one in german)


def test_a_figure_that_no_cube_measures_stands_alone_and_says_so(client: httpx.Client) -> None:
    share, flanders = published(client)[12.3], published(client)[9]
    assert (share["computed"], flanders["computed"]) == (None, None)
    assert share["reasons"] == ["No cube measures this: nothing is set beside it."]
    assert flanders["reasons"] == ["This release has no cube that measures this for the territory."]


def test_pages_show_them_and_no_exit_of_a_cube_does(client: httpx.Client) -> None:
    for path, shown in (
        ("/en/statistics", ("243,000", "262,000", "12.3")),
        (f"/en/statistics/{FLOW}", ("243,000", "262,000")),
        ("/en/territories/03000", ("243,000", "262,000", "12.3")),
    ):
        page = got(client, path, headers=HTML).text
        section = page[page.index('id="published"') :]
        assert all(one in section for one in shown), path
        assert "https://example.org/play" in section
    assert "243,000" not in got(client, "/en/territories/02000", headers=HTML).text
    assert "243000" not in got(client, f"/statistics/{FLOW}.csv").text


def test_every_comparison_names_codes_and_a_measure_of_its_dataflow() -> None:
    for one in comparisons().values():
        flow = flows()[one.dataflow]
        key = {**one.key, **one.whole}
        assert any(
            all(measure.key.get(name, code) == code for name, code in key.items())
            for measure in flow.measures
        ), one
        dimensions = {part.id for part in design().structures[flow.structure].dimensions}
        assert key.keys() <= dimensions
        assert set(one.scope) == {"fr", "nl", "de", "en"}


def test_every_indicator_of_walstat_is_made_of_measures_of_its_dataflow() -> None:
    for one in indicators().values():
        measures = [measure.key for measure in flows()[one.dataflow].measures]
        for wanted in (one.key, {**one.key, **one.whole}):
            assert any(all(key.get(name, code) == code for name, code in wanted.items())
                       for key in measures)  # fmt: skip
        assert set(one.names) == set(one.notes) == {"fr", "nl", "de", "en"}
