"""A register reached by updates says what one filled from a full extract of the same state says."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.kbo.loader import open_register
from tests.kbo_files import (
    all_packets,
    enterprise,
    establishment,
    load,
    read,
    silent,
    write_full,
    write_update,
)

Row = tuple[str, ...]
State = dict[str, frozenset[Row]]
INDEX = st.integers(1, 4)
FORM = st.sampled_from(["017", "706", "610", "026"])
NAME = st.sampled_from(["A", "B", 'C "d"', "É\\"])
EMPTY = st.just("")


@st.composite
def states(draw: st.DrawFn) -> State:
    """Draw a small register in which entities come, go, change and change hands."""
    owners = sorted(draw(st.sets(INDEX, min_size=1)))
    units = draw(st.dictionaries(INDEX, INDEX, max_size=4))
    numbers = [*map(enterprise, owners), *map(establishment, sorted(units))]
    entity = st.sampled_from(numbers)

    def rows(most: int, *cells: st.SearchStrategy[str]) -> frozenset[Row]:
        return draw(st.frozensets(st.tuples(entity, *cells), max_size=most))

    return {
        "enterprise": frozenset(
            (enterprise(i), "AC", "000", draw(st.sampled_from("122")), draw(FORM), "", "01-02-2003")
            for i in owners
        ),
        "establishment": frozenset(
            (establishment(i), "01-02-2003", enterprise(owner)) for i, owner in units.items()
        ),
        "branch": frozenset(),
        "denomination": rows(8, st.sampled_from("012"), st.sampled_from(["001", "003"]), NAME),
        "address": rows(
            4, st.just("REGO"), EMPTY, EMPTY, st.sampled_from(["5000", "1040", ""]), EMPTY,
            st.sampled_from(["Namur", "Etterbeek", ""]), EMPTY, NAME, EMPTY, EMPTY, EMPTY, EMPTY,
        ),
        "contact": rows(
            3, st.just("ENT"), st.sampled_from(["WEB", "TEL"]),
            st.sampled_from(["www.example.org", "1"]),
        ),
        "activity": rows(
            8, st.sampled_from(["001", "006"]), st.just("2008"),
            st.sampled_from(["38310", "85592"]), st.sampled_from(["MAIN", "SECO"]),
        ),
    }  # fmt: skip


def of_entity(rows: Iterable[Row]) -> dict[str, frozenset[Row]]:
    """Return rows by the entity that they are about."""
    found: dict[str, set[Row]] = {}
    for row in rows:
        found.setdefault(row[0], set()).add(row)
    return {number: frozenset(some) for number, some in found.items()}


def difference(before: State, after: State) -> tuple[dict[str, list[Row]], dict[str, list[Row]]]:
    """Return what an update between two states deletes and inserts."""
    deleted: dict[str, list[Row]] = {}
    inserted: dict[str, list[Row]] = {}
    for table in before:
        old, new = of_entity(before[table]), of_entity(after[table])
        changed = {n for n in old.keys() | new.keys() if old.get(n) != new.get(n)}
        deleted[table] = [(number,) for number in sorted(changed & old.keys())]
        inserted[table] = [row for number in sorted(changed) for row in sorted(new.get(number, ()))]
    return deleted, inserted


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(states(), min_size=2, max_size=4))
def test_updates_give_the_packets_of_a_full_extract_of_the_same_state(
    tmp_path_factory: pytest.TempPathFactory, course: list[State]
) -> None:
    folder = tmp_path_factory.mktemp("course")
    updated = folder / "updated.duckdb"
    load(updated, write_full(folder / "140", course[0]))
    packets = {packet.key: packet for packet in read(updated)}
    for number, (before, after) in enumerate(pairwise(course), start=141):
        update = write_update(folder / str(number), *difference(before, after), number)
        with open_register(updated) as register:
            _, keys = register.update(update, silent)
            changed = {packet.key: packet for packet in all_packets(register, keys=keys)}
            register.commit()
        packets = {key: packet for key, packet in packets.items() if key not in keys} | changed
    anew = folder / "anew.duckdb"
    load(anew, write_full(folder / "whole", course[-1]))
    whole = {packet.key: packet for packet in read(anew)}
    assert packets == whole
    assert {packet.key: packet for packet in read(updated)} == whole
