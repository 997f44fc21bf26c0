"""The answer to a named question as data: asked whole, then cut into pages, then written."""

import asyncio
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from queries.binding import ParameterError, bind
from queries.catalogue import NamedQuery
from server.answers.caching import headers, tag
from server.answers.french_csv import french_csv
from server.answers.negotiate import CSV, ENGINE_NAMES, HTML, SPARQL_JSON, XLSX
from server.answers.responses import content_type
from server.answers.rows import Rows, read_rows
from server.answers.spreadsheet import Asked, by_name, workbook
from server.engine.pool import Pool
from server.engine.process import Question
from server.engine.published import Snapshot
from server.errors import ProblemError
from server.language import mark as _
from server.questions.paging import Page, page_of
from server.questions.parameters import refuse_unknown
from server.questions.reserved import RESERVED, Wish
from server.sparql.protocol import Pairs, pairs
from server.speech import language_of, prefix_of

# Rewriting holds an answer in memory and takes a processor: not more at once than this.
WRITERS = asyncio.Semaphore(2)
# What can be wrong with a value, as queries.binding says it: here for the translations.
REASONS = (
    _("missing"),
    _("given more than once"),
    _("longer than %(limit)s characters"),
    _("holds a control character"),
    _("not an IRI that starts with http:, https: or urn:"),
    _("not an IRI: %(message)s"),
    _("a code of another scheme than %(scheme)s"),
    _("neither a code of %(scheme)s nor its IRI"),
    _("not a code of %(scheme)s: %(codes)s"),
    _("not a code of %(scheme)s, for example: %(codes)s"),
    _("not a day written yyyy-mm-dd"),
    _("not a whole number"),
    _("not between %(low)s and %(high)s"),
)


def entity_of(
    request: Request, snapshot: Snapshot, query: NamedQuery, given: Pairs, wanted: Wish
) -> str:
    """Return the entity tag of an answer."""
    spoken = wanted.media in (HTML, XLSX)
    speech = (language_of(request).code, prefix_of(request)) if spoken else ()
    return tag(snapshot, query.text, given, wanted, *speech)


async def data(
    request: Request, pool: Pool, query: NamedQuery, given: Pairs, wanted: Wish
) -> Response:
    """Return the answer to a question in a format for programs and spreadsheets."""
    text = bound(query, given, pool.snapshot)
    rewritten = wanted.paged or wanted.dialect or wanted.media == XLSX
    rows = SPARQL_JSON if rewritten else ENGINE_NAMES.get(wanted.media, wanted.media)
    found = await pool.ask(Question(text, rows=rows))
    entity = entity_of(request, found.snapshot, query, given, wanted)
    answer = headers(found.snapshot, entity) | {"Content-Type": content_type(wanted.media)}
    answer |= disposition(query, wanted)
    if not rewritten:
        return Response(found.body, headers=answer)
    asked = by_name(query, given, found.snapshot, language_of(request))
    async with WRITERS:
        page, body = await asyncio.to_thread(rewrite, found.body, text, asked, wanted)
    return Response(body, headers=answer | link_header(addresses(request, page, wanted)))


def rewrite(body: bytes, text: str, asked: Asked, wanted: Wish) -> tuple[Page, bytes]:
    """Return a page of an answer, or all of it as one page, and how it is written."""
    page = paged(read_rows(body), text, asked.snapshot, wanted)
    if wanted.media == XLSX:
        return page, workbook(page, asked)
    if wanted.dialect:
        return page, french_csv(page.rows)
    return page, page.rows.written(wanted.media)


def paged(rows: Rows, text: str, snapshot: Snapshot, wanted: Wish) -> Page:
    """Return the page that is wanted; all rows where none is."""
    if not wanted.paged:
        return Page(rows, 0, len(rows.lines), None)
    return page_of(rows, text, snapshot.id, wanted.limit, wanted.after)


def addresses(request: Request, page: Page, wanted: Wish) -> dict[str, str]:
    """Return where the first page is, and the next one if there is one."""
    if not wanted.paged:
        return {}
    given = [one for one in pairs(request.scope["query_string"]) if one[0] != "after"]
    path = quote(prefix_of(request) + request.scope["path"])
    found = {"first": f"{path}?{urlencode(given)}"}
    if page.next is not None:
        found["next"] = f"{path}?{urlencode([*given, ('after', page.next)])}"
    return found


def link_header(found: dict[str, str]) -> dict[str, str]:
    """Return addresses as the header that names them."""
    listed = (f'<{address}>; rel="{relation}"' for relation, address in found.items())
    return {"Link": ", ".join(listed)} if found else {}


def disposition(query: NamedQuery, wanted: Wish) -> dict[str, str]:
    """Return under which name a browser keeps an answer."""
    if wanted.media == XLSX or wanted.dialect:
        kind = "xlsx" if wanted.media == XLSX else "csv"
        return {"Content-Disposition": f'attachment; filename="{query.name}.{kind}"'}
    if wanted.media == CSV:
        return {"Content-Disposition": f'inline; filename="{query.name}.csv"'}
    return {}


def bound(query: NamedQuery, given: Pairs, snapshot: Snapshot) -> str:
    """Return the text of a question; raises ProblemError that names the parameter at fault."""
    own = [parameter.name for parameter in query.parameters]
    refuse_unknown((name for name, _value in given), (*own, *RESERVED))
    try:
        return bind(query, given, snapshot.codes)
    except ParameterError as error:
        raise refusal(error) from error


def refusal(error: ParameterError) -> ProblemError:
    """Return the refusal of a parameter, with an address that works."""
    slug = "bad-parameter"
    if error.reason == "missing":
        slug = "missing-parameter"
    elif error.reason == "given more than once":
        slug = "duplicate-parameter"
    detail = _("%(parameter)s: %(reason)s; for example: %(example)s")
    if error.example is None:
        detail = _("%(parameter)s: %(reason)s")
    return ProblemError(
        slug, detail, parameter=error.parameter, reason=error.reason, example=error.example
    ).having(error.values)
