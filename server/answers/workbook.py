"""The answer to a query of one's own as a workbook."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from server.answers.negotiate import XLSX
from server.answers.rows import Rows, read_rows
from server.answers.spreadsheet import in_full, workbook
from server.engine.pool import Answer
from server.pages.display import XSD
from server.pages.tables import truth
from server.questions.answer import WRITERS
from server.questions.paging import Page
from server.speech import language_of

TRUTH = "answer"


async def workbook_of(
    request: Request, query: str, found: Answer, given: dict[str, str]
) -> Response:
    """Return an answer in the JSON results format as a workbook, under the headers given."""
    asked = in_full(query, found.snapshot, language_of(request))
    async with WRITERS:
        body = await asyncio.to_thread(lambda: workbook(whole(found), asked))
    name = {"Content-Disposition": 'attachment; filename="answer.xlsx"'}
    return Response(body, headers={**given, **name, "Content-Type": XLSX})


def whole(found: Answer) -> Page:
    """Return all rows of an answer; yes or no is one row."""
    rows = rows_of(found)
    return Page(rows, 0, len(rows.lines), None)


def rows_of(found: Answer) -> Rows:
    """Return the rows of an answer, and those that say yes or no."""
    yes = truth(found)
    if yes is None:
        return read_rows(found.body)
    term = {"type": "literal", "value": str(yes).lower(), "datatype": f"{XSD}boolean"}
    return Rows((TRUTH,), [{TRUTH: term}])
