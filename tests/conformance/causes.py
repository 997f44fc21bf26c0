"""Why the engine fails what it fails: each cause was looked up test by test."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tests.conformance.outcome import Verdict

UNKNOWN = "The cause is not known yet."
BY_VALUE = (
    "Numbers and dates are kept by value, and types derived from xsd:integer as xsd:integer: 1, "
    "01 and 1.0 of one type are one term, 1.0E6 is written 1000000 and +00:00 is written Z. "
    "DISTINCT, GROUP BY, str(), sameTerm() and matching show it."
)
GRAPH = (
    "GRAPH ?g is not a join of ?g with what its braces match: inside them ?g is bound already, and "
    "a row that leaves it unbound stays so."
)
# Patterns of the names of tests, and the cause; the first that fits is taken.
CAUSES = (
    (
        ("sparql11/entailment/*",),
        "Entailment is not offered: the engine matches what is stated. What the platform infers, "
        "it writes into graphs at build.",
    ),
    (
        (
            "sparql11/csv-tsv-res/?sv03",
            "sparql10/distinct/*",
            "sparql10/expr-builtin/dawg-str-*",
            "sparql10/expr-builtin/sameTerm-*",
            "sparql10/expr-equals/eq-graph-*",
            "sparql10/open-world/open-eq-01",
            "sparql10/open-world/date-3",
            "sparql12/grouping/group01",
        ),
        BY_VALUE,
    ),
    (
        (
            "sparql11/bindings/graph",
            "sparql11/negation/graph-minus",
            "sparql10/graph/graph-variable-scope",
            "sparql10/graph/graph-optional",
        ),
        GRAPH,
    ),
    (
        ("sparql11/aggregates/agg-empty-group-count-graph",),
        "GRAPH ?g around a sub-query that counts gives no row for a graph in which nothing "
        "matches; a row with 0 is expected.",
    ),
    (
        ("sparql11/functions/bnode01",),
        "BNODE(text) gives the same blank node in every row; a new one in each row is expected.",
    ),
    (
        ("sparql11/property-path/zero_or_*_set_*",),
        "A path of length zero does not match a term that stands in the query and not in the data.",
    ),
    (
        (
            "sparql11/syntax-query/test_4",
            "sparql10/syntax-sparql1/syntax-expr-05",
            "sparql10/syntax-sparql1/syntax-order-0[56]",
            "sparql10/syntax-sparql2/syntax-function-0?",
        ),
        "The query is read, then refused because it calls a function that the engine does not "
        "have; the test only asks whether it is read.",
    ),
    (
        ("sparql10/open-world/date-2",),
        "A date without time zone differs (!=) from the same date with one; by SPARQL the two "
        "cannot be compared.",
    ),
    (
        ("sparql10/expr-builtin/case-insensitive-booleans",),
        "TRUE and False are not read as true and false.",
    ),
    (
        ("sparql10/syntax-sparql3/syn-bad-26",),
        "In ?x<?a&&?b>?y the signs < and > are read as comparisons; by the rule of the longest "
        "token they enclose an IRI.",
    ),
    (
        ("sparql12/grouping/select-variable-reuse",),
        "An aggregate cannot be used again by its name in a later expression of the same SELECT.",
    ),
    (
        ("sparql12/syntax/nested-aggregate-functions",),
        "An aggregate inside an aggregate is accepted.",
    ),
    (
        ("sparql12/syntax-triple-terms-negative/tripleterm-subject-0[36]",),
        "A triple term or a literal is accepted as the subject of a triple term in an expression.",
    ),
)


def cause(verdict: Verdict) -> str:
    """Return why a test fails on the engine too."""
    return next(
        (
            text
            for patterns, text in CAUSES
            if any(fnmatchcase(verdict.case.id, pattern) for pattern in patterns)
        ),
        UNKNOWN,
    )
