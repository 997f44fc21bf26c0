"""The views: their files, what they read from a release, and that no person is in any of them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from loaders.errors import LoadError
from loaders.maps import making
from ontology import DEFAULT_BASE, NAMESPACE
from ontology import terms as se
from ontology.outside import RDF, SKOS, XSD
from queries.maps import reading, stored
from queries.maps.facets import facets
from queries.maps.filters import Filter, apply
from queries.maps.folding import cap, fold
from queries.maps.graph import Fact, build
from queries.maps.measures import measures
from queries.maps.stored import Stored
from queries.maps.view import EGO, LANGUAGES, View, ViewError, read_view, views, views_files, words
from queries.release import Home, Release, current, open_store
from tests.mapped import edge, node, picture, simple

REPORT = f"{DEFAULT_BASE}id/organisation/concertes-report-2019-"
CONCERTES, SAW_B, SEE = f"{REPORT}1", f"{REPORT}15", f"{REPORT}73"
STORED = [name for name in views() if name != EGO]


@pytest.fixture(scope="module")
def report(published: Home) -> Release:
    """The release of the bundled sources."""
    found = current(published)
    assert found is not None
    return found


def kept(release: Release, name: str) -> Stored:
    """Return a map as a release keeps it."""
    return stored.read(release.path / stored.FOLDER / f"{name}.json")


def test_every_view_file_keeps_to_the_rules() -> None:
    assert next(iter(views())) == "institutional"
    assert len(views_files()) == len(views()) == 8
    assert all(set(one.title) == set(LANGUAGES) for one in views().values())
    first = set(words()["fr"])
    assert all(set(words()[code]) == first for code in LANGUAGES)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("order = 1", "Field required"),
        ("order = ", "Invalid value"),
        ('order = 1\nlayout = "spiral"', "spiral"),
    ],
)
def test_a_view_file_that_is_wrong_is_named(tmp_path: Path, wrong: str, said: str) -> None:
    file = tmp_path / "institutional.toml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(ViewError, match=r"queries/maps/institutional.toml") as refused:
        read_view(file)
    assert said in str(refused.value) or "layout" in str(refused.value)


def test_the_report_is_drawn_as_it_tells_it(report: Release) -> None:
    members = kept(report, "memberships").map
    assert sum(1 for one in members.edges if one.target == CONCERTES) == 16
    assert [one.target for one in members.edges if one.source == CONCERTES] == [SEE]
    mandates = kept(report, "mandates").map
    board = {one.source for one in mandates.edges if one.target == f"{REPORT}302"}
    assert len(board) == 7
    assert SAW_B in board
    # The acting director of the administration for the social economy sits in it, and ties nobody.
    assert all(one.source != one.target for one in mandates.edges)
    projects = kept(report, "projects").map
    vises = f"{DEFAULT_BASE}id/project/concertes-report-2019-1"
    partners = {one.source for one in projects.edges if one.target == vises}
    assert len(partners) >= 22
    assert {one.relation for one in kept(report, "funding").map.edges} >= {
        "gives",
        "award",
        "serves",
    }
    groups = facets(kept(report, "institutional").map).kind
    assert groups["family-integration"] == 7
    assert groups["umbrella"] == 1
    assert len(kept(report, "accreditations").map.nodes) >= 14


@pytest.mark.parametrize("name", STORED)
def test_a_kept_map_is_written_as_it_was_read(report: Release, name: str) -> None:
    file = report.path / stored.FOLDER / f"{name}.json"
    assert stored.write(stored.read(file)) == file.read_bytes()
    assert kept(report, name).sources


@pytest.mark.parametrize("name", STORED)
def test_every_kept_thing_has_a_place_or_a_bundle_that_has(report: Release, name: str) -> None:
    found = kept(report, name)
    points = found.places.points
    assert all((one.bundle or one.id) in points for one in found.map.nodes.values())
    assert {one for edge_ in found.map.edges for one in edge_.key[:2]} <= found.map.nodes.keys()


@pytest.mark.parametrize("name", STORED)
def test_no_person_is_on_a_map_of_the_report(report: Release, name: str) -> None:
    store = open_store(report, "public")
    persons = {
        quad.subject.value for quad in store.quads_for_pattern(None, RDF.type, se.Person)
        if isinstance(quad.subject, NamedNode)
    }  # fmt: skip
    assert persons
    assert persons.isdisjoint(kept(report, name).map.nodes)


def with_person(kind: NamedNode, iri: str) -> Store:
    """Return a store in which a member of a federation is a person."""
    member, federation = NamedNode(iri), NamedNode(f"{DEFAULT_BASE}id/organisation/f")
    fact = NamedNode(f"{DEFAULT_BASE}id/membership/1")
    store = Store()
    for subject, name, value in (
        (member, RDF.type, kind), (member, SKOS.prefLabel, Literal("Jeanne")),
        (federation, RDF.type, se.Federation), (federation, SKOS.prefLabel, Literal("F")),
        (fact, RDF.type, se.FederationMembership), (fact, se.member, member),
        (fact, se.memberOf, federation),
    ):  # fmt: skip
        store.add(Quad(subject, name, value))
    return store


@pytest.mark.parametrize(
    ("kind", "iri"),
    [
        (se.Person, f"{DEFAULT_BASE}id/organisation/looks-like-one"),
        (se.Organisation, f"{DEFAULT_BASE}id/person/1"),
    ],
)
def test_121_a_person_on_a_map_stops_the_build(kind: NamedNode, iri: str) -> None:
    with pytest.raises(LoadError, match=r"memberships cannot be drawn.*person"):
        making.draw(views()["memberships"], with_person(kind, iri), DEFAULT_BASE)


def test_121_the_release_is_not_published_either(tmp_path: Path) -> None:
    store = with_person(se.Person, f"{DEFAULT_BASE}id/organisation/x")
    with pytest.raises(LoadError):
        making.write(tmp_path, store, DEFAULT_BASE, (), None)


def test_maps_that_were_made_from_the_same_are_taken_over(report: Release, tmp_path: Path) -> None:
    making.write(tmp_path, Store(), report.manifest.base, report.graphs, report)
    for file in sorted((tmp_path / stored.FOLDER).iterdir()):
        origin = report.path / stored.FOLDER / file.name
        assert (
            file.stat().st_ino == origin.stat().st_ino or file.read_bytes() == origin.read_bytes()
        )


def test_maps_are_read_under_any_base() -> None:
    base = "https://data.example.org/"
    store = Store()
    for quad in with_person(se.Enterprise, f"{DEFAULT_BASE}id/organisation/e"):
        terms = [
            NamedNode(one.value.replace(DEFAULT_BASE, base))
            if isinstance(one, NamedNode) and not one.value.startswith(NAMESPACE) else one
            for one in quad.triple
        ]  # fmt: skip
        store.add(Quad(*terms))
    drawn = making.draw(views()["memberships"], store, base)
    assert set(drawn.map.nodes) == {f"{base}id/organisation/e", f"{base}id/organisation/f"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, (None, None)),
        ({se.validFrom: "2017-01-01"}, (date(2017, 1, 1), None)),
        (
            {se.validFrom: "2019-01-01", se.validTo: "2020-01-01"},
            (date(2019, 1, 1), date(2020, 1, 1)),
        ),
        ({se.heldDuring: "2019"}, (date(2019, 1, 1), date(2020, 1, 1))),
        ({se.observedOn: "2019-12-31"}, (date(2019, 12, 31), None)),
        ({se.validFrom: "2016-01-01", se.heldDuring: "2019"}, (date(2016, 1, 1), None)),
        ({se.validFrom: "soon"}, (None, None)),
    ],
)
def test_a_fact_holds_when_its_source_says_so(
    said: dict[NamedNode, str], expected: tuple[date | None, date | None]
) -> None:
    values: dict[str, list[NamedNode | Literal]] = {
        name.value: [Literal(value, datatype=XSD.date)] for name, value in said.items()
    }
    assert reading.validity(values) == expected


def test_as_at_a_day_is_that_day_and_not_the_end() -> None:
    fact = Fact(None, date(2019, 1, 1), date(2020, 1, 1))
    days = (date(2018, 12, 31), date(2019, 1, 1), date(2019, 12, 31), date(2020, 1, 1))
    assert [fact.holds(day) for day in days] == [False, True, True, False]


def test_a_filter_keeps_what_it_names_and_what_that_is_tied_to(report: Release) -> None:
    whole = kept(report, "institutional").map
    some = apply(whole, Filter(family=("federation-family/isp-operators",)), isolated=False)
    assert CONCERTES in some.nodes
    assert all(
        "federation-family/isp-operators" in whole.nodes[one.source].families
        or "federation-family/isp-operators" in whole.nodes[one.target].families
        for one in some.edges
    )
    only = apply(whole, Filter(relation=("member",)), isolated=False)
    assert {one.relation for one in only.edges} == {"member"}
    groups = apply(whole, Filter(kind=("umbrella", "europe")), isolated=False)
    assert {one.group for one in groups.nodes.values()} == {"umbrella", "europe"}


def test_members_before_they_were_seen_are_not_shown(report: Release) -> None:
    whole = kept(report, "memberships").map
    then = apply(whole, Filter(on=date(2018, 6, 1)), isolated=False)
    assert {one.target for one in then.edges} == {SEE}
    later = apply(whole, Filter(on=date(2019, 12, 31)), isolated=False)
    assert len(later.edges) == 17


def test_a_filter_has_one_address() -> None:
    one = Filter(kind=("b", "a"), territory=("refnis-region/03000",), on=date(2019, 12, 31))
    assert one.query() == "kind=a&kind=b&territory=refnis-region%2F03000&on=2019-12-31"


def test_measures_count_what_is_drawn() -> None:
    found = measures(simple("abcde"))
    assert [one.degree for one in found.values()] == [2, 2, 2, 2, 2]
    star = build([node(n) for n in range(6)], [edge(0, n) for n in range(1, 6)])
    middle, *others = measures(star).values()
    assert (middle.degree, middle.between) == (5, 1.0)
    assert {one.between for one in others} == {0.0}
    assert measures(star) == measures(star)
    assert measures(build((), ())) == {}


def test_views_are_models_that_refuse_what_they_do_not_know() -> None:
    content = views()["ties"].model_dump()
    with pytest.raises(ValueError, match="two groups or relations"):
        View.model_validate({**content, "groups": [content["groups"][0]] * 2})
    relation = {**content["relations"][0], "title": {"fr": "x"}}
    with pytest.raises(ValueError, match="not in all of"):
        View.model_validate({**content, "relations": [relation]})
    group = {**content["groups"][0], "when": {"ties": ["from nowhere"]}}
    with pytest.raises(ValueError, match="ties that there are not"):
        View.model_validate({**content, "groups": [group]})


def with_awards(count: int, funders: int = 30, schemes: int = 60) -> Store:
    """Return a store with so many awards, most of them by a scheme, to half as many recipients."""
    chance = random.Random(3)
    store = Store()

    def add(kind: NamedNode, key: str, **said: NamedNode) -> NamedNode:
        thing = NamedNode(f"{DEFAULT_BASE}id/{key.partition('-')[0]}/{key}")
        store.add(Quad(thing, RDF.type, kind))
        store.add(Quad(thing, SKOS.prefLabel, Literal(key)))
        for name, value in said.items():
            store.add(Quad(thing, NamedNode(f"{NAMESPACE}{name}"), value))
        return thing

    givers = [add(se.Organisation, f"funder-{number}") for number in range(funders)]
    ways = [add(se.FundingScheme, f"scheme-{number}", managedBy=chance.choice(givers))
            for number in range(schemes)]  # fmt: skip
    receivers = [add(se.Organisation, f"recipient-{number}") for number in range(count // 2)]
    for number in range(count):
        scheme = {"underScheme": chance.choice(ways)} if number % 5 else {}
        add(se.FundingAward, f"award-{number}", funder=chance.choice(givers),
            recipient=chance.choice(receivers), **scheme)  # fmt: skip
    return store


def test_very_many_awards_are_grouped_and_the_picture_says_so() -> None:
    view = views()["funding"]
    found = making.draw(view, with_awards(24_000), DEFAULT_BASE)
    shown = cap(fold(found.map, view, words()), view)
    assert len(shown.nodes) <= view.limit
    assert shown.nodes.keys() <= found.places.points.keys()
    # Each funder, scheme and recipient is in the picture, alone or in a bundle, or is counted.
    recipients = {edge_.target for edge_ in found.map.edges if edge_.relation == "award"}
    assert len(recipients) > 8_000
    assert shown.things() + shown.left_out == len(found.map.nodes) + found.map.left_out
    bundles = [one for one in shown.nodes.values() if one.bundled]
    assert sum(one.count for one in bundles) > 5_000
    said = picture(shown, "funding").notices()
    assert picture(shown, "funding").said["near"] in said
    assert any(str(shown.left_out) in one for one in said) == bool(shown.left_out)
