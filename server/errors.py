"""The one error of the server, and the table of everything that can go wrong over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from server.language import mark as _


@dataclass(frozen=True)
class Problem:
    """One kind of failure: its name in addresses, its status, and what it means."""

    slug: str
    status: int
    title: str
    meaning: str


class ProblemError(Exception):
    """A request that cannot be answered: which problem, and what exactly in this case."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        line: int | None = None,
        column: int | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(slug, detail, values)
        self.problem = PROBLEMS[slug]
        self.detail = detail
        self.line = line
        self.column = column
        self.headers = dict(headers or {})
        self.values = values

    def having(self, values: Mapping[str, object]) -> Self:
        """Return the same error with more values for its texts."""
        self.values = {**self.values, **values}
        return self


def by_status(status: int) -> Problem:
    """Return the general problem of a status."""
    return next((one for one in _TABLE if one.status == status), PROBLEMS["internal-error"])


_TABLE = (
    Problem("bad-request", 400, _("The request cannot be read"),
            _("Look at the address and at the parameters after the question mark.")),
    Problem("missing-parameter", 400, _("A parameter is missing"),
            _("The detail names the parameter and gives a value that works.")),
    Problem("duplicate-parameter", 400, _("A parameter is given twice"),
            _("Give each parameter once, in the address or in the body, not in both.")),
    Problem("unknown-parameter", 400, _("A parameter is unknown"),
            _("The detail lists the parameters that exist; a misspelt one is never ignored.")),
    Problem("bad-parameter", 400, _("A parameter has a value that cannot be used"),
            _("The detail says why and gives a value that works.")),
    Problem("query-syntax", 400, _("The query is not valid SPARQL"),
            _("Line and column are near the place where reading stopped; the fault is often "
              "just before it.")),
    Problem("query-unsupported", 400, _("The query asks for something that does not exist here"),
            _("A function or a feature of the query is not available on this server.")),
    Problem("control-character", 400, _("The query holds a control character"),
            _("Remove the character at the given line and column.")),
    Problem("encoding", 400, _("The request is not written in UTF-8"),
            _("Save the query as UTF-8 and send it again.")),
    Problem("updates-refused", 400, _("Updates are not accepted"),
            _("What is published here is a release and does not change; only questions "
              "are answered.")),
    Problem("unknown-graph", 400, _("The graph does not exist"),
            _("The list of graphs is at /graphs. Nothing is ever fetched from elsewhere.")),
    Problem("too-deep", 400, _("The query is nested too deep"),
            _("Rewrite it with fewer brackets inside each other.")),
    Problem("query-too-complex", 400, _("The query has too many parts"),
            _("Split it into several queries, or load the dump into a store of your own.")),
    Problem("key-needed", 401, _("A key is needed here"),
            _("Send it in the header Authorization: Bearer. The operator of this platform gives "
              "keys out.")),
    Problem("key-refused", 401, _("The key is not accepted"),
            _("Check that it was copied whole, or ask the operator of this platform for a new "
              "one; without a key, everything public is answered.")),
    Problem("federation-disabled", 403, _("Federated queries are not available"),
            _("A query reads this platform only. Call the other service from your side, or run "
              "the query in a store of your own and call this one from there.")),
    Problem("read-only-endpoint", 403, _("This address is read-only"),
            _("There is no SPARQL Update here. Corrections go through the observatory.")),
    Problem("limit-refused", 403, _("More than the limit was asked for"),
            _("Ask for less, or load the dump into a store of your own.")),
    Problem("tier-refused", 403, _("The key does not reach this"),
            _("It is for data partners. Ask the operator of this platform.")),
    Problem("not-found", 404, _("There is nothing at this address"),
            _("The thing may be known under another number: try the search.")),
    Problem("gone", 410, _("What was at this address is gone"),
            _("The record was erased, at the request of the person or organisation concerned or "
              "because it was wrong; or no source names it any more.")),
    Problem("method-not-allowed", 405, _("This address does not take this method"),
            _("The header Allow lists the methods it takes.")),
    Problem("not-acceptable", 406, _("The answer does not exist in the format asked for"),
            _("The detail lists the formats that exist.")),
    Problem("other-release", 409, _("The page belongs to another release"),
            _("Pages of an answer are cut from one release. Start again at the first page, or name "
              "the release in the parameter release.")),
    Problem("body-too-large", 413, _("The body of the request is too large"),
            _("Queries are short texts: send less.")),
    Problem("query-too-long", 413, _("The query is too long"),
            _("Split it, for instance into several blocks of VALUES.")),
    Problem("result-too-large", 413, _("The answer is too large"),
            _("Nothing was sent, so that no part is taken for the whole. Add LIMIT and OFFSET "
              "with ORDER BY, or take the dump at /dumps.")),
    Problem("too-many-observations", 413, _("The answer has too many observations"),
            _("Nothing was sent, so that no part is taken for the whole. A query for availability "
              "tells beforehand how many there are.")),
    Problem("url-too-long", 414, _("The address is too long"),
            _("Send the query with POST.")),
    Problem("unsupported-media-type", 415, _("The body is in a format that is not read here"),
            _("Send a form, or the query itself as application/sparql-query.")),
    Problem("range-not-satisfiable", 416, _("The file ends before the part asked for"),
            _("The header Content-Range says how many bytes the file has.")),
    Problem("invalid-request", 422, _("The request is not valid"),
            _("The detail says which part.")),
    Problem("rate-limited", 429, _("Too much was asked in a short time"),
            _("Come back after the seconds given in the header Retry-After. What is allowed "
              "stands at /limits; answers that are kept are given all the same.")),
    Problem("headers-too-large", 431, _("The headers of the request are too large"),
            _("Send fewer or shorter headers and cookies.")),
    Problem("internal-error", 500, _("The server made a mistake"),
            _("This is a defect. Report it with the number of the request.")),
    Problem("not-implemented", 501, _("This is not offered here"),
            _("The standard knows it, this server does not answer it; the documentation says "
              "what it answers.")),
    Problem("overloaded", 503, _("Too many queries are waiting"),
            _("Try again after the seconds given in the header Retry-After.")),
    Problem("not-ready", 503, _("No release is being served"),
            _("The server is starting, or its data cannot be opened. Try again shortly.")),
    Problem("query-timeout", 503, _("The query took too long"),
            _("It would take too long again: make it narrower, add LIMIT, or load the dump into "
              "a store of your own.")),
    Problem("query-memory", 503, _("The query needs too much memory"),
            _("Joins without a shared variable and sorting of very many rows need most. Make it "
              "narrower, or load the dump into a store of your own.")),
    Problem("query-crashed", 503, _("The query brought its worker down"),
            _("Only this query is concerned: others are answered. Make it simpler.")),
)  # fmt: skip

PROBLEMS: Mapping[str, Problem] = {problem.slug: problem for problem in _TABLE}
