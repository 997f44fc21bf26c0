"""Deliveries in RDF: what a sender may say, of what, and under which names, by number."""

from __future__ import annotations

import json
import re
from itertools import permutations
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import NamedNode

from loaders.errors import LoadError, SourceError
from loaders.partner_graphs import loader
from loaders.partner_graphs.loader import LIMITS, Limits, owner, read
from loaders.records.source import find
from shapes import gate
from tests.rdf_delivered import (
    BASE,
    GRAPH,
    LABEL,
    NUMBER,
    OWN,
    PREFIXES,
    RDF,
    SAID,
    SOURCE,
    delivered,
    lines,
    refused,
    said,
)


@pytest.mark.parametrize(
    ("predicate", "value"),
    [("validFrom", '"2024-02-30"^^xsd:date'),
     ("foundedOn", '"2024-13-45"^^xsd:date'),
     ("heldDuring", '"abc"^^xsd:gYear'),
     ("employees", '"abc"^^xsd:integer')],
)  # fmt: skip
def test_49_the_gate_catches_ill_typed_values(predicate: str, value: str, tmp_path: Path) -> None:
    typed = f"a se:Network , se:FinancialYearRecord ; se:{predicate} {value}"
    content = f'{PREFIXES}<{OWN}> {typed} ; skos:prefLabel "x"@fr .'
    file = tmp_path / "said.nt"
    file.write_text("".join(f"{line}\n" for line in lines(tmp_path, a_ttl=content)), "utf-8")
    report = gate.check(file)
    (stopped,) = report.blocked
    lexical = value.partition("^^")[0]
    wrong = {r.path for r in report.violations(stopped) if (r.value or "").startswith(lexical)}
    assert wrong == {f"<{BASE}ns#{predicate}>"}


def test_50_numbers_of_registers_are_texts(tmp_path: Path) -> None:
    for value in ('"01"^^xsd:integer', "400123416", "4.1", "4E8"):
        content = f"{PREFIXES}[] a se:Identifier ; skos:notation {value} ."
        refused(tmp_path, "must-be-string", "notation", a_ttl=content)
    refused(
        tmp_path, "must-be-string", a_jsonld=json.dumps({"@id": OWN, f"{BASE}ns#postalCode": 1})
    )


FOREIGN = {
    "register's graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' <{BASE}graph/kbo/2026> ."),
    "another's graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' <{GRAPH[:-5]}x/2026> ."),
    "unnamed graph": ("foreign-graph", f"<{OWN}> <{LABEL}> 'x' _:g ."),
    "several graphs": ("several-graphs", f"<{OWN}> <{LABEL}> 'x' <{GRAPH}> .\n{SAID}"),
    "vocabulary": ("foreign-subject", f"<{BASE}ns#Organisation> <{LABEL}> 'x' ."),
    "code": ("foreign-subject", f"<{BASE}code/visibility/public> <{LABEL}> 'x' ."),
    "another sender": ("foreign-subject", f"<{OWN[:-1]}c-1> <{LABEL}> 'x' ."),
    "shorter sender": (
        "foreign-subject", f"<{BASE}id/network/partner-graphs-saw-1> <{LABEL}> 'x' .",
    ),
    "another site": ("foreign-subject", f"<https://data.example.org/x> <{LABEL}> 'x' ."),
    "other vocabulary": ("foreign-subject", f"<{LABEL}> <{LABEL}> 'x' ."),
    "form": ("foreign-subject", f"<{NUMBER}> <{BASE}ns#legalForm> <{BASE}code/legal-form/1> ."),
    "end": ("foreign-subject", f"<{NUMBER}> <{BASE}ns#dissolvedOn> '2020-01-01' ."),
    "same": ("foreign-subject", f"<{OWN}> <http://www.w3.org/2002/07/owl#sameAs> <{NUMBER}> ."),
    "same, turned": (
        "foreign-subject", f"<{NUMBER}> <http://www.w3.org/2002/07/owl#sameAs> <{OWN}> .",
    ),
    "replaced": (
        "foreign-subject", f"<{OWN}> <http://purl.org/dc/terms/isReplacedBy> <{NUMBER}> .",
    ),
    "decision": ("foreign-subject", f"<{OWN}> <{RDF}type> <{BASE}ns#IdentityDecision> ."),
    "check digits": ("number", f"<{NUMBER[:-1]}8> <{LABEL}> 'x' ."),
    "shortened number": ("number", f"<{BASE}id/organisation/kbo-400123416> <{LABEL}> 'x' ."),
}  # fmt: skip


@pytest.mark.parametrize("case", FOREIGN)
def test_51_a_partner_speaks_of_its_own_only(case: str, tmp_path: Path) -> None:
    slug, content = FOREIGN[case]
    refused(tmp_path, slug, a_nq=content.replace("'", '"'))


def test_51_a_partner_adds_to_what_a_register_numbers(tmp_path: Path) -> None:
    content = said(NUMBER, f"{RDF}type", f"<{BASE}ns#Enterprise>") + said(NUMBER, LABEL, '"x"')
    same = said(OWN, "http://www.w3.org/2002/07/owl#sameAs", f"<{OWN}2>")
    found = lines(tmp_path, a_nt=content + same)
    assert said(NUMBER, LABEL, '"x"').strip() in found
    assert f"<{NUMBER}> <{RDF}type> <{BASE}ns#Organisation> ." in found


def test_51_the_site_of_a_sender_is_its_own_and_nobody_elses(tmp_path: Path) -> None:
    file = tmp_path / "a.ttl"
    file.write_text(said("https://data.example.org/x", LABEL, '"x"'), "utf-8")
    assert list(read(file, owner(find("partner_graphs-example")), []))
    with pytest.raises(SourceError, match="foreign-subject"):
        list(read(file, owner(SOURCE), []))


@pytest.mark.parametrize(
    "site", ["https://data.example.org", BASE, "https://w3id.org/", "ftp://x/"]
)
def test_51_a_site_that_is_none_is_refused(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declared = tmp_path / "senders.toml"
    declared.write_text(f'[saw-b]\nsites = ["{site}"]\n', "utf-8")
    monkeypatch.setattr(loader, "SENDERS", declared)
    with pytest.raises(LoadError, match="no name space of another web site"):
        owner(SOURCE)


def test_52_equal_labels_in_two_files_are_two_nodes(tmp_path: Path) -> None:
    one = f'_:b0 <{LABEL}> "one" .\n'
    two = f'_:b0 <{LABEL}> "two" .\n'
    subjects = {line.partition(" ")[0] for line in lines(tmp_path, a_nt=one, b_nt=two)}
    assert len(subjects) == 2
    assert all(subject.startswith(f"<{BASE}id/node/partner-graphs-saw-b-") for subject in subjects)


def test_52_the_same_file_twice_gives_the_same_whatever_its_labels(tmp_path: Path) -> None:
    content = f'_:a <{LABEL}> "x" .\n_:a <{BASE}ns#x> _:b .\n_:b <{LABEL}> "y" .\n'
    relabelled = content.replace("_:a", "_:z").replace("_:b", "_:a")
    shuffled = "".join(reversed(relabelled.splitlines(keepends=True)))
    once = lines(tmp_path, a_nt=content)
    assert len(once) == 3
    assert lines(tmp_path, a_nt=shuffled) == once
    assert lines(tmp_path, a_nt=content, b_nt=relabelled) == once
    more = lines(tmp_path, a_nt=content + f'_:c <{LABEL}> "z" .\n')
    assert set(once) < set(more)


def test_52_what_is_said_twice_without_a_name_stays_two_things(tmp_path: Path) -> None:
    result = delivered(tmp_path, a_ttl=f"[] a <{BASE}ns#Seat> . [] a <{BASE}ns#Seat> .")
    assert len(result.lines["public"]) == 2
    assert "1 blank nodes say the same as another one" in result.remarks[0]


def test_52_blank_nodes_that_are_too_alike_are_refused_by_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "clique.nt"
    pairs = permutations(range(9), 2)
    file.write_text("".join(f"_:b{a} <{BASE}ns#x> _:b{b} .\n" for a, b in pairs), "utf-8")
    with pytest.raises(SourceError, match="blank-nodes: .*within 1 s.*give them IRIs"):
        list(read(file, owner(SOURCE), [], Limits(naming_seconds=1)))


# The process that reads


def test_what_takes_too_long_or_too_much_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.nt"
    file.write_text("".join(f'<{OWN}> <{LABEL}> "{n}" .\n' for n in range(200_000)), "utf-8")
    with pytest.raises(SourceError, match="too-costly: more than 0.05 s of processor time"):
        list(read(file, owner(SOURCE), [], Limits(seconds=0.05)))
    with pytest.raises(SourceError, match="too-large"):
        list(read(file, owner(SOURCE), [], Limits(memory=100 << 20)))
    assert LIMITS.memory < 3 << 30


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Cs")), max_size=40
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=20))
def test_nothing_that_may_be_said_is_lost(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    keyed = {f"{OWN}{quote(key, safe='').replace('-', '_')}": text for key, text in pairs}
    graph = [{"@id": key, LABEL: text} for key, text in keyed.items()]
    found = lines(tmp_path, a_jsonld=json.dumps(graph))
    assert len(found) == len(keyed)
    assert {line.partition(" ")[0] for line in found} == {str(NamedNode(key)) for key in keyed}
    assert not any(re.search("unmapped|relative.invalid", line) for line in found)
