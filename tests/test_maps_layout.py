"""Where things are drawn: each in its place, none on another, and old ones where they were."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from loaders.maps import making
from queries.maps.folding import MOST_TIES, assign, cap, fold
from queries.maps.graph import Edge, Fact, Map, Node, build
from queries.maps.sizes import CARDS
from queries.maps.stored import Places
from queries.maps.view import View, views, words
from server.maps.svg import svg
from tests.mapped import drawn, edge, node, picture, thing

# A view of each way of laying out.
LAID_OUT = ("institutional", "mandates", "ties")
COUNT = 200


def invented(view: View, count: int, seed: int = 7) -> Map:
    """Return a map with hubs, over all groups and relations of a view."""
    chosen = random.Random(seed)
    groups = [one.id for one in view.groups]
    relations = [one.id for one in view.relations]
    nodes = [node(number, f"Organisation {number}", groups[number % len(groups)])
             for number in range(count)]  # fmt: skip
    edges = [
        edge(number, chosen.randrange(min(number, 12)), chosen.choice(relations))
        for number in range(1, count)
    ]
    edges += [edge(chosen.randrange(count), chosen.randrange(count), chosen.choice(relations))
              for _ in range(count // 2)]  # fmt: skip
    return build(nodes, edges)


def grown(whole: Map, view: View, share: float) -> Map:
    """Return a map with so many things more, each tied to one that was there."""
    chosen = random.Random(11)
    names = sorted(whole.nodes)
    more = max(1, round(len(names) * share))
    groups = [one.id for one in view.groups]
    nodes = [node(f"new-{number}", group=chosen.choice(groups)) for number in range(more)]
    relation = view.relations[0].id
    edges = [Edge(one.id, chosen.choice(names), relation) for one in nodes]
    return build([*whole.nodes.values(), *nodes], [*whole.edges, *edges])


def placed(name: str, count: int = COUNT) -> tuple[View, Map, Places]:
    """Return a view with an invented map, laid out anew."""
    view = views()[name]
    shown = invented(view, count)
    return view, shown, making.lay_out(shown, view, None)


@pytest.mark.parametrize("name", LAID_OUT)
def test_every_thing_has_a_place_and_none_lies_on_another(name: str) -> None:
    view, shown, places = placed(name)
    assert places.points.keys() == shown.nodes.keys()
    card = CARDS[view.layout]
    wide, high = (card.width, card.height) if card.width else (60.0, 30.0)
    points = sorted(places.points.values())
    for (x1, y1), (x2, y2) in itertools.combinations(points, 2):
        assert abs(x1 - x2) >= wide or abs(y1 - y2) >= high


@pytest.mark.parametrize("name", LAID_OUT)
def test_the_same_map_is_laid_out_the_same(name: str) -> None:
    view, shown, places = placed(name)
    assert making.lay_out(shown, view, None) == places


@pytest.mark.parametrize("share", [0.01, 0.05])
@pytest.mark.parametrize("name", LAID_OUT)
def test_new_things_move_no_old_one(name: str, share: float) -> None:
    view, shown, places = placed(name)
    later = making.lay_out(grown(shown, view, share), view, places)
    assert {one: later.points[one] for one in shown.nodes} == dict(places.points)
    assert len(later.points) == len(shown.nodes) + max(1, round(len(shown.nodes) * share))
    assert len(set(later.points.values())) == len(later.points)


@pytest.mark.parametrize("name", LAID_OUT)
def test_things_that_go_leave_the_others_where_they_are(name: str) -> None:
    view, shown, places = placed(name)
    fewer = shown.within(sorted(shown.nodes)[5:])
    later = making.lay_out(fewer, view, places)
    assert later.points == {one: places.points[one] for one in fewer.nodes}


@pytest.mark.parametrize("name", LAID_OUT)
def test_a_picture_that_lost_its_form_is_laid_out_anew(name: str) -> None:
    view, shown, places = placed(name)
    later = grown(shown, view, 0.5)
    assert making.lay_out(later, view, places) == making.lay_out(later, view, None)


def test_a_view_that_changes_is_laid_out_anew() -> None:
    view, shown, places = placed("mandates", 60)
    ranks = [group.rank for group in view.groups]
    turned = [
        group.model_copy(update={"rank": max(ranks) + 1 - group.rank}) for group in view.groups
    ]
    changed = view.model_copy(update={"groups": tuple(turned)})
    assert making.lay_out(shown, changed, places) == making.lay_out(shown, changed, None)


@pytest.mark.parametrize("name", LAID_OUT)
def test_names_stay_in_their_boxes_and_ways_within_the_picture(name: str) -> None:
    view, shown, places = placed(name)
    whole = replace(picture(shown, name, points=dict(places.points)), places=places)
    text = svg(whole)
    assert svg(whole) == text
    for group, box in places.boxes.items():
        for one, node_ in shown.nodes.items():
            if node_.group == group:
                x, y = places.points[one]
                assert box.x < x < box.x + box.width
                assert box.y < y < box.y + box.height
    assert f'data-view="{view.id}"' in text


def test_117_very_many_alike_are_one_and_very_many_ties_are_capped_with_a_notice() -> None:
    view = views()["memberships"]
    members = [Node(thing(number), {"": f"E{number}"}, "enterprises") for number in range(100_000)]
    hub = node("hub", "Hub", "federations")
    facts = (Fact(),)
    edges = [Edge(one.id, hub.id, "member", facts) for one in members]
    shown = drawn(build([hub, *members], edges), view)
    (bundle,) = (one for one in shown.nodes.values() if one.bundled)
    assert bundle.count == 100_000
    assert [(one.target, one.count) for one in shown.edges] == [(hub.id, 100_000)]
    # What cannot be grouped is kept as far as a picture can hold it, and the rest is counted.
    few = view.group("enterprises").fold
    hubs = [node(f"hub-{number}") for number in range(1_000)]
    own = [Edge(members[number].id, hubs[number // few].id, "member", facts)
           for number in range(1_000 * few)]  # fmt: skip
    most = [Edge(one.id, hub.id, "member", facts) for one in hubs]
    many = drawn(build([hub, *hubs, *members[: 1_000 * few]], [*most, *own]), view)
    assert len(many.nodes) <= view.limit
    assert many.left_out + many.things() == 1_001 + 1_000 * few
    assert many.left_out > 0
    # A thing of which very many ties would be drawn keeps some of them, and is named.
    apart = members[: 2 * MOST_TIES]
    many = replace(cap(build([hub, *apart], edges[: 2 * MOST_TIES]), view), left_out=many.left_out)
    assert many.cut == (hub.id,)
    assert len(many.edges) < MOST_TIES
    notice = "".join(picture(many, "memberships").notices())
    assert str(many.left_out) in notice
    assert str(MOST_TIES) in notice
    assert "Hub" in notice


def test_what_a_picture_could_not_hold_is_grouped_around_the_most_tied() -> None:
    view = views()["ties"]
    whole = invented(view, 20_000)
    shown = drawn(whole, view)
    assert len(shown.nodes) <= view.limit
    bundles = [one for one in shown.nodes.values() if one.bundled]
    assert sum(one.count for one in bundles) > 15_000
    # Nearly all is in the picture, alone or in a bundle, and what is not is counted.
    assert shown.things() + shown.left_out == 20_000
    assert shown.left_out < 1_000
    said = picture(shown, "ties").notices()
    assert picture(shown, "ties").said["near"] in said
    # A little more leaves nearly all bundles what they were.
    later = drawn(grown(whole, view, 0.01), view)
    before = {one.id for one in bundles}
    assert len(before & later.nodes.keys()) > 0.95 * len(before)


def test_folding_is_decided_on_the_whole_map() -> None:
    view = views()["memberships"]
    members = [Node(thing(number), {"": f"E{number}"}, "enterprises") for number in range(20)]
    hub = node("hub", "Hub", "federations")
    whole = assign(
        build([hub, *members], [Edge(one.id, hub.id, "member") for one in members]), view
    )
    some = whole.within([hub.id, *(one.id for one in members[:3])])
    folded = fold(some, view, words())
    (bundle,) = (one for one in folded.nodes.values() if one.bundled)
    assert bundle.count == 3
    assert bundle.id in fold(whole, view, words()).nodes
    assert len(cap(folded, view).nodes) == 2
