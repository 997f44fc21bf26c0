"""What users write reaches a query as a term, or not at all."""

from __future__ import annotations

import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, Store

from queries.binding import LONGEST, ParameterError, bind, escape
from queries.catalogue import NamedQuery, catalogue, read_query
from queries.run import run

NAME = NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
THING = NamedNode("https://w3id.org/maillage/id/organisation/test-1")


def asked(type_: str, example: str) -> NamedQuery:
    """A question with one parameter of a type."""
    return read_query(
        f"""\
#+ summary: Things by a value
#+ summary_fr: Choses par une valeur
#+ tags: [test]
#+ params:
#+   given: {{{type_}, about: "a value", about_fr: "une valeur"}}
SELECT ?thing WHERE {{
  VALUES ?given {{ {example} }}
  ?thing <{NAME.value}> ?name FILTER(STR(?name) = STR(?given))
}}
""",
        "by_value",
        "test",
    )


TEXT = asked("type: text", '"x"')
IRI = asked("type: iri", "<https://example.org/x>")
DATE = asked("type: date", '"2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date>')
YEAR = asked("type: integer, min: 1800, max: 2200", "2019")
CONCEPT = asked("type: concept, scheme: work-kind", "<https://w3id.org/maillage/code/work-kind/a>")

ATTACKS = [
    '"} UNION { ?s ?p ?o } #',
    'Public") } UNION { ?s <e:key> ?n FILTER("" = "',
    "x } SELECT * { ?s ?p ?o",
    '\\" } UNION { ?thing ?p ?o } #',
    "\\u0022 } UNION { ?thing ?p ?o } #",
    "\\U00000022 } UNION { ?thing ?p ?o } #",
    "\\\\u0022 } #",
    'VALUES ?given { "y" }',
    "?thing",
    "UNDEF",
    "'''",
]


def answer_of_rdflib(query: str, label: str) -> int:
    graph = rdflib.Graph()
    subject, predicate = rdflib.URIRef(THING.value), rdflib.URIRef(NAME.value)
    graph.add((subject, predicate, rdflib.Literal(label)))
    graph.add((rdflib.URIRef(f"{THING.value}0"), predicate, rdflib.Literal("another")))
    return len(list(graph.query(query)))


def store_with(label: str) -> Store:
    store = Store()
    store.add(Quad(THING, NAME, Literal(label)))
    store.add(Quad(NamedNode(f"{THING.value}0"), NAME, Literal("another")))
    return store


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_stays_a_text_in_both_engines(attack: str) -> None:
    bound = bind(TEXT, {"given": attack})
    assert run(store_with("x"), TEXT, {"given": attack}) == []
    assert answer_of_rdflib(bound, "x") == 0
    assert run(store_with(attack), TEXT, {"given": attack}) == [{"thing": THING.value}]
    assert answer_of_rdflib(bound, attack) == 1


texts = st.text(
    st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=200
).filter(lambda text: text == text.strip())  # fmt: skip


@given(texts)
def test_any_text_finds_exactly_the_thing_that_bears_it(label: str) -> None:
    assert run(store_with(label), TEXT, {"given": label}) == [{"thing": THING.value}] or (
        label == "another"
    )


@given(st.text(st.sampled_from("\\uU0\"'{}n ?2"), min_size=1, max_size=30))
def test_escapes_mean_the_same_to_both_engines(label: str) -> None:
    query = f"SELECT ({escape(Literal(label))} AS ?text) {{}}"
    (row,) = Store().query(query)  # type: ignore[misc]
    assert row["text"].value == label
    (same,) = rdflib.Graph().query(query)
    assert str(same[0]) == label  # type: ignore[index]


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (IRI, "javascript:alert(1)"),
        (IRI, "data:text/html,x"),
        (IRI, "file:///etc/passwd"),
        (IRI, "https://example.org/a b"),
        (IRI, "https://example.org/a> } #"),
        (IRI, "https://example.org/a\\u003E"),
        (IRI, "https://example.org/{}"),
        (IRI, "<https://example.org/a>"),
        (IRI, "example.org/a"),
        (IRI, "se:Federation"),
        (IRI, "https://"),
        (DATE, "2019-02-30"),
        (DATE, "2019-13-01"),
        (DATE, "31/12/2019"),
        (DATE, "2019-12-31T00:00:00"),
        (DATE, "20191231"),
        (DATE, "0001-01-01"),
        (DATE, "9999-12-31"),
        (DATE, "\u0662\u0660\u0661\u0669-12-31"),
        (YEAR, "2019.0"),
        (YEAR, "1799"),
        (YEAR, "2201"),
        (YEAR, "-2019"),
        (YEAR, "1e3"),
        (YEAR, "MMXIX"),
        (YEAR, "\uff12\uff10\uff11\uff19"),
        (YEAR, "9" * 400),
        (CONCEPT, "a b"),
        (CONCEPT, "../../id/x"),
        (CONCEPT, "https://w3id.org/maillage/code/measure/likes"),
        (CONCEPT, "javascript:x"),
        (TEXT, "a\nb"),
        (TEXT, "a\x00b"),
        (TEXT, "a\x7fb"),
        (TEXT, "\ud800"),
        (TEXT, "x" * (LONGEST + 1)),
        (TEXT, "   "),
        (TEXT, ""),
    ],
)
def test_a_bad_value_is_refused_with_an_example(query: NamedQuery, value: str) -> None:
    with pytest.raises(ParameterError) as caught:
        bind(query, {"given": value})
    assert caught.value.parameter == "given"
    assert caught.value.reason
    assert caught.value.example == query.parameters[0].example
    assert bind(query, {"given": caught.value.example})


def test_unknown_missing_and_repeated_parameters_are_refused() -> None:
    with pytest.raises(ParameterError, match="unknown parameter; by_value takes: given") as caught:
        bind(TEXT, {"given": "x", "limt": "10"})
    assert caught.value.parameter == "limt"
    with pytest.raises(ParameterError, match=r"missing \(for example: x\)"):
        bind(TEXT, {})
    with pytest.raises(ParameterError, match="more than once"):
        bind(TEXT, [("given", "x"), ("given", "y")])


def test_a_code_is_written_bare_or_in_full() -> None:
    full = "<https://w3id.org/maillage/code/work-kind/booklet>"
    assert full in bind(CONCEPT, {"given": "booklet"})
    assert full in bind(CONCEPT, {"given": full[1:-1]})
    assert "<https://publications.europa.eu/x>" in bind(
        CONCEPT, {"given": "https://publications.europa.eu/x"}
    )


def test_a_bare_code_follows_the_base() -> None:
    query = catalogue("https://data.example.org/")["works_by_kind"]
    assert "<https://data.example.org/code/work-kind/video>" in bind(query, {"kind": "video"})


def test_an_optional_parameter_left_out_or_empty_leaves_the_row_open() -> None:
    query = catalogue()["project_partners"]
    project = query.parameters[0].example
    for values in ({"project": project}, {"project": project, "role": " "}):
        assert "VALUES ?role { UNDEF }" in bind(query, values)
    bound = bind(query, {"project": project, "role": "associate"})
    assert "VALUES ?role { <https://w3id.org/maillage/code/participation-role/associate> }" in bound


def test_a_value_that_looks_like_a_row_is_not_read_again() -> None:
    query = catalogue()["organisation_by_number"]
    bound = bind(query, {"number": "VALUES ?scheme { UNDEF }", "scheme": "kbo"})
    assert '"VALUES ?scheme { UNDEF }"' in bound
    assert "VALUES ?scheme { <https://w3id.org/maillage/code/identifier-scheme/kbo> }" in bound


WORK_KINDS = "https://w3id.org/maillage/code/work-kind/"
LISTED = {"work-kind": frozenset(f"{WORK_KINDS}{code}" for code in ("a", "b", "c"))}


@pytest.mark.parametrize("value", ["a", "b", f"{WORK_KINDS}c"])
def test_a_code_of_the_list_is_taken(value: str) -> None:
    assert f"{WORK_KINDS}{value[-1]}>" in bind(CONCEPT, {"given": value}, LISTED)


@pytest.mark.parametrize("value", ["d", f"{WORK_KINDS}d", "http://example.org/a", "B"])
def test_a_code_of_no_list_is_refused_with_those_there_are(value: str) -> None:
    with pytest.raises(ParameterError, match="not a code of work-kind: a, b, c"):
        bind(CONCEPT, {"given": value}, LISTED)
    # A list that is not known is not judged.
    assert bind(CONCEPT, {"given": value}, {"other": LISTED["work-kind"]})


def test_of_a_long_list_the_nearest_codes_are_named() -> None:
    many = {"work-kind": {f"{WORK_KINDS}{number:05}" for number in range(500)}}
    with pytest.raises(ParameterError, match="not a code of work-kind, for example: .*00123"):
        bind(CONCEPT, {"given": "0123"}, many)
