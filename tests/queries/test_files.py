"""Every query file keeps the rules, runs as it stands, and answers its own example."""

from __future__ import annotations

import re

import pytest
from pyoxigraph import Store
from rdflib.plugins.sparql import prepareQuery

from ontology import DEFAULT_BASE, prefixes
from queries.binding import bind, parse
from queries.catalogue import VALUES_ROW, NamedQuery, catalogue, checks, read_query, rebase
from queries.describe import describe
from queries.header import QueryFileError
from queries.run import run

ALL = [*catalogue().values(), *checks().values()]
QUESTIONS = list(catalogue().values())

# Competency questions whose answer is not a query over the public store, and why.
ELSEWHERE = {
    12: "employment is internal: the public store must not know",
    19: "needs coordinates, which are not in the graph",
    31: "an export in a foreign layout",
    35: "an export computed at build",
}

every_file = pytest.mark.parametrize("query", ALL, ids=lambda query: query.name)
every_question = pytest.mark.parametrize("query", QUESTIONS, ids=lambda query: query.name)


def without_texts(query: NamedQuery) -> str:
    """The query without header, comments, IRIs and strings."""
    return re.sub(r'<[^<>\s]*>|"(?:[^"\\]|\\.)*"|#[^\n]*', " ", query.text)


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) >= 40
    assert len(ALL) - len(QUESTIONS) >= 10


@every_file
def test_the_header_says_all_in_two_languages(query: NamedQuery) -> None:
    for text in (query.summary, query.summary_fr):
        assert 10 < len(text) <= 120
        assert not text.endswith(".")
    assert query.summary != query.summary_fr
    assert all(tag == tag.lower() for tag in query.tags)
    assert all(1 <= number <= 70 for number in query.questions)
    for parameter in query.parameters:
        assert parameter.about != parameter.about_fr


@every_file
def test_names_are_words_in_snake_case(query: NamedQuery) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", query.name)
    assert re.fullmatch(r"[a-z]+", query.topic)


@every_file
def test_both_engines_parse_it(query: NamedQuery) -> None:
    Store().query(query.text)
    prepareQuery(query.text)
    prepareQuery(bind(query, query.example_values()))


@every_file
def test_each_parameter_has_one_values_row(query: NamedQuery) -> None:
    rows = [row["name"] for row in VALUES_ROW.finditer(query.text)]
    assert sorted(rows) == sorted(parameter.name for parameter in query.parameters)


@every_file
def test_checks_take_no_parameter(query: NamedQuery) -> None:
    assert query.topic != "checks" or not query.parameters


@every_file
def test_only_declared_prefixes_are_used(query: NamedQuery) -> None:
    declared = dict(re.findall(r"^PREFIX (\w+): <([^>]*)>$", query.text, re.MULTILINE))
    known = prefixes()
    assert declared == {name: known[name] for name in declared}
    body = without_texts(query).split("SELECT", 1)[1]
    assert set(re.findall(r"(?<![\w?])([a-z]+):", body)) == set(declared)


@every_file
def test_paging_is_left_to_the_server(query: NamedQuery) -> None:
    assert not re.search(
        r"(?<![?\w])(LIMIT|OFFSET|SERVICE|FROM)\b", without_texts(query), re.IGNORECASE
    )


@every_file
def test_our_iris_are_never_written_as_strings(query: NamedQuery) -> None:
    body = query.text.split("SELECT", 1)[1]
    assert f'"{DEFAULT_BASE}' not in body


@every_file
def test_lines_fit_a_page(query: NamedQuery) -> None:
    lines = [line for line in query.text.splitlines() if not line.startswith("#+")]
    assert max(map(len, lines)) <= 120
    assert len(lines) <= 60


@every_file
def test_every_label_column_names_a_column(query: NamedQuery) -> None:
    for column in query.columns:
        if column.endswith("Label"):
            assert column.removesuffix("Label") in query.columns


@every_file
def test_examples_are_values_of_their_type(query: NamedQuery) -> None:
    for parameter in query.parameters:
        assert parse(parameter, parameter.example, query.base)
    mandatory = {one.name: one.example for one in query.parameters if not one.optional}
    bound = bind(query, mandatory).replace("<http://www.w3.org/2001/XMLSchema#date>", "xsd:date")
    integer = r'"(\d+)"\^\^<http://www\.w3\.org/2001/XMLSchema#integer>'
    assert re.sub(integer, r"\1", bound) == query.text


@every_question
def test_the_example_is_answered(
    query: NamedQuery, fixture_store: Store, bundled_store: Store
) -> None:
    store = fixture_store if "needs-delivery" in query.tags else bundled_store
    values = {one.name: one.example for one in query.parameters if not one.optional}
    rows = run(store, query, values)
    assert rows
    for row in rows:
        assert set(row) == set(query.columns)
        for column in query.columns:
            if column.endswith("Label") and row[column.removesuffix("Label")] is None:
                assert row[column] is None, "the label of nothing"
    keys = [tuple(row.values()) for row in rows]
    assert len(keys) == len(set(keys)), "a row comes twice"


@every_question
def test_no_label_makes_a_second_row(query: NamedQuery, fixture_store: Store) -> None:
    values = {one.name: one.example for one in query.parameters if not one.optional}
    for column in query.columns:
        if not column.endswith("Label"):
            continue
        rows = run(fixture_store, query, values)
        others = [tuple(v for k, v in row.items() if k != column) for row in rows]
        assert len(others) == len(set(others))


@every_question
def test_optional_parameters_take_their_example(query: NamedQuery, bundled_store: Store) -> None:
    if any(one.optional for one in query.parameters) and "needs-delivery" not in query.tags:
        assert run(bundled_store, query, query.example_values())


def test_every_competency_question_is_answered_or_placed_elsewhere() -> None:
    answered = {number for query in ALL for number in query.questions}
    assert answered.isdisjoint(ELSEWHERE)
    assert answered | set(ELSEWHERE) == set(range(1, 71))


def test_the_catalogue_is_published_as_executables() -> None:
    triples = list(describe(QUESTIONS))
    assert len({triple.subject for triple in triples}) == len(QUESTIONS)
    texts = {t.object.value for t in triples if t.predicate.value.endswith("shacl#select")}  # type: ignore[union-attr]
    assert texts == {query.text for query in QUESTIONS}


def test_another_base_is_put_in_iris_and_nowhere_else() -> None:
    text = (
        'PREFIX se: <https://w3id.org/maillage/ns#> SELECT * { ?s se:about '
        '<https://w3id.org/maillage/id/x/1> , "https://w3id.org/maillage/id/x/1" }'
    )  # fmt: skip
    moved = rebase(text, "https://data.example.org/")
    assert "<https://data.example.org/id/x/1>" in moved
    assert "<https://w3id.org/maillage/ns#>" in moved
    assert '"https://w3id.org/maillage/id/x/1"' in moved


def test_the_whole_catalogue_moves_to_another_base() -> None:
    for query in catalogue("https://data.example.org/se/").values():
        bound = bind(query, query.example_values())
        assert "<https://w3id.org/maillage/id/" not in bound
        assert "<https://w3id.org/maillage/code/" not in bound
        Store().query(bound)


GOOD = """\
#+ summary: What is there
#+ summary_fr: Ce qu'il y a
#+ tags: [a, b]
#+ params:
#+   on: {type: date, about: "the day", about_fr: "la date"}
SELECT ?thing WHERE { VALUES ?on { "2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date> }
  ?thing ?p ?on }
"""


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("#+ summary: What is there\n", "", 1, "lacks summary"),
        ("[a, b]", "[]", 1, "lacks tags"),
        ("[a, b]", "a, b", 3, "not a list"),
        ("#+ tags", "#+ label", 3, "unknown key"),
        ("#+ tags: [a, b]", "#+ tags: [a, b]\n#+ tags: [c]", 4, "twice"),
        ("#+ tags", "#+tags", 3, "not a header line"),
        ("date,", "dates,", 1, "unknown type"),
        ("about_fr", "abut_fr", 5, "unknown parameter key"),
        (', about_fr: "la date"', "", 1, "lacks about_fr"),
        ("type: date", "type: concept", 1, "has a scheme"),
        ('"2019-12-31"^^<http://www.w3.org/2001/XMLSchema#date>', "UNDEF", 1, "UNDEF"),
        ("?on {", "?day {", 1, "in the header or in a VALUES row"),
        ("WHERE", "WHEN", 6, "expected"),
        ("SELECT ?thing WHERE", "ASK", 1, "only SELECT"),
        ("?thing ?p", "VALUES ?on { 1 } ?thing ?p", 7, "two VALUES rows"),
    ],
)
def test_a_file_that_breaks_a_rule_says_where(
    before: str, after: str, line: int, reason: str
) -> None:
    assert read_query(GOOD, "good", "topic").columns == ("thing",)
    assert before in GOOD
    with pytest.raises(QueryFileError, match=rf"topic/bad\.rq, line \d+: .*{reason}") as caught:
        read_query(GOOD.replace(before, after), "bad", "topic")
    if line > 1:
        assert f"line {line}:" in str(caught.value)
