"""Identity applied: merged records speak under one IRI, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.description.canonical import applied, replacements
from loaders.errors import LoadError

LABEL = "<http://www.w3.org/2004/02/skos/core#prefLabel>"
OTHER = "<http://www.w3.org/2004/02/skos/core#altLabel>"


def decided(old: str, new: str) -> str:
    return f"<{old}> <http://purl.org/dc/terms/isReplacedBy> <{new}> ."


def test_a_chain_ends_at_its_last_record() -> None:
    chain = [decided("urn:a", "urn:b"), decided("urn:b", "urn:c")]
    assert replacements(chain) == {"urn:a": "urn:c", "urn:b": "urn:c"}


def test_a_circle_is_refused() -> None:
    with pytest.raises(LoadError, match="in a circle: urn:a → urn:b"):
        replacements([decided("urn:a", "urn:b"), decided("urn:b", "urn:a")])


def test_two_successors_are_refused() -> None:
    with pytest.raises(LoadError, match="replace urn:a by 2 records"):
        replacements([decided("urn:a", "urn:b"), decided("urn:a", "urn:c")])


def test_the_label_of_a_merged_record_becomes_an_alternative_one() -> None:
    lines = [
        f'<urn:a> {LABEL} "RFA"@fr .',
        f'<urn:b> {LABEL} "Financité"@fr .',
        "<urn:m> <urn:member> <urn:a> .",
    ]
    assert list(applied(lines, {"urn:a": "urn:b"})) == [
        f'<urn:b> {OTHER} "RFA"@fr .',
        f'<urn:b> {LABEL} "Financité"@fr .',
        "<urn:m> <urn:member> <urn:b> .",
    ]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 19)), unique_by=lambda p: p[0]))
def test_no_merged_iri_remains_and_applying_twice_changes_nothing(
    pairs: list[tuple[int, int]],
) -> None:
    replaced = replacements([decided(f"urn:{a}", f"urn:{b}") for a, b in pairs])
    lines = [f"<urn:{i}> <urn:p> <urn:{(i * 7) % 20}> ." for i in range(20)]
    once = list(applied(lines, replaced))
    assert not any(f"<{merged}>" in line for merged in replaced for line in once)
    assert list(applied(once, replaced)) == once
