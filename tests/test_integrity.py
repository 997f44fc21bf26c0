"""The integrity constraints of RDF Data Cube hold of our cubes, and each can be broken.

With CUBE_SUITE naming a checkout of https://github.com/UKGovLD/publishing-statistical-data, the
good and bad cubes of those who wrote the constraints are judged too.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse

from tests import cubed, integrity
from tests.test_cube_graphs import graph_lines, parsed

CHECKOUT = os.environ.get("CUBE_SUITE")
CUBE = f"{cubed.BASE}cube/DF_SESA_MAIN"
STRUCTURE = f"{cubed.BASE}structure/SESA"
NS = f"{cubed.BASE}ns#"
ONE = f"""
SELECT ?o ?s WHERE {{ ?s qb:observation ?o . <{CUBE}> qb:slice ?s }} ORDER BY ?o LIMIT 1"""


@pytest.fixture(scope="module")
def triples(tmp_path_factory: pytest.TempPathFactory) -> list[Triple]:
    return parsed(graph_lines(cubed.write(tmp_path_factory.mktemp("cube"), years=1)))


def test_all_constraints_are_there_and_hold(triples: list[Triple]) -> None:
    names = {f"IC-{n}" for n in range(1, 22)} - {"IC-19"} | {"IC-19a", "IC-19b"}
    assert set(integrity.constraints()) == names
    assert integrity.broken(integrity.normalised(triples)) == {}


# What breaks each constraint: an update of the normalised graph.
BREAKS = {
    "IC-1": f"INSERT {{ ?o qb:dataSet <urn:other> }} WHERE {{ {{ {ONE} }} }}",
    "IC-2": f"INSERT DATA {{ <{CUBE}> qb:structure <urn:other> }}",
    "IC-3": f"DELETE WHERE {{ <{NS}obs_value> a qb:MeasureProperty }}",
    "IC-4": f"DELETE WHERE {{ <{NS}ref_area> rdfs:range ?r }}",
    "IC-5": f"DELETE WHERE {{ <{NS}ref_area> qb:codeList ?l }}",
    "IC-6": f"INSERT {{ ?c qb:componentRequired false }} "
            f"WHERE {{ ?c qb:componentProperty <{NS}ref_area> }}",
    "IC-7": "DELETE WHERE { ?d qb:sliceKey ?k }",
    "IC-8": f"INSERT DATA {{ <{STRUCTURE}/series> qb:componentProperty <urn:other> }}",
    "IC-9": f"INSERT {{ ?s qb:sliceStructure <urn:other> }} WHERE {{ {{ {ONE} }} }}",
    "IC-10": f"DELETE {{ ?s <{NS}ref_area> ?v }} "
             f"WHERE {{ {{ {ONE} }} ?s <{NS}ref_area> ?v }}",
    "IC-11": f"DELETE {{ ?o <{NS}time_period> ?v }} "
             f"WHERE {{ {{ {ONE} }} ?o <{NS}time_period> ?v }}",
    "IC-12": f"INSERT {{ <urn:twin> ?p ?v }} WHERE {{ {{ {ONE} }} ?o ?p ?v }}",
    "IC-13": f"DELETE {{ ?o <{NS}obs_status> ?v }} "
             f"WHERE {{ {{ {ONE} }} ?o <{NS}obs_status> ?v }}",
    "IC-14": f"DELETE {{ ?o <{NS}obs_value> ?v }} "
             f"WHERE {{ {{ {ONE} }} ?o <{NS}obs_value> ?v }}",
    "IC-18": f"DELETE {{ ?o qb:dataSet ?d }} INSERT {{ ?o qb:dataSet <urn:other> }} "
             f"WHERE {{ {{ {ONE} }} ?o qb:dataSet ?d }}",
    "IC-19a": f"INSERT {{ ?o <{NS}ref_area> <urn:strange> }} WHERE {{ {{ {ONE} }} }}",
}  # fmt: skip


@pytest.mark.parametrize("name", BREAKS)
def test_a_constraint_that_is_broken_says_where(triples: list[Triple], name: str) -> None:
    store = integrity.normalised(triples)
    store.update(integrity.PREFIXES + BREAKS[name])
    assert name in integrity.broken(store)


def cases() -> list[tuple[str, str, tuple[str, ...]]]:
    """Return what the suite asserts: whether a constraint holds of some files together."""
    if not CHECKOUT:
        return []
    text = next(Path(CHECKOUT).rglob("TestWF.java")).read_text(encoding="utf-8")
    form = r'assert(True|False)\s*\(.*?passes\("integrity-(\w+)\.sparql"((?:, "[^"]+")+)\)'
    return [
        (f"IC-{name}", verdict, tuple(re.findall(r'"([^"]+)"', files)))
        for verdict, name, files in re.findall(form, text)
    ]


@pytest.mark.skipif(not CHECKOUT, reason="CUBE_SUITE names no checkout of the suite")
def test_the_cubes_of_others_are_judged_as_they_judge_them() -> None:
    found = cases()
    assert len(found) > 40
    folder = next(Path(CHECKOUT or "").rglob("abbrv-cube.ttl")).parent
    wrong = []
    for name, verdict, files in found:
        content = [
            quad.triple
            for file in files
            for quad in parse(
                (folder / file).read_bytes(), RdfFormat.TURTLE, base_iri="http://example.com/"
            )
        ]
        holds = name not in integrity.broken(integrity.normalised(content))
        if holds != (verdict == "True"):
            wrong.append((name, verdict, files))
    assert wrong == []
