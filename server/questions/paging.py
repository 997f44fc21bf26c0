"""Pages of the answer to a named question, each found again by the last row of the one before."""

# How pages are cut. A question orders its rows, but may order several alike, and its ORDER BY is
# not ours to rewrite: so each page is cut from the whole answer, which the pool gives within its
# limits of bytes and time, and never asked of the engine with LIMIT and OFFSET. A release does not
# change and the engine reads it the same way each time, hence the whole answer is the same each
# time. The token still names the row itself and not only its number: should the order of rows that
# the question orders alike ever differ, the page is refused, and no row is lost or given twice
# without a word.

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from server.answers.rows import Row, Rows
from server.errors import ProblemError
from server.language import mark as _
from server.questions.reserved import refused

LARGEST = 10_000
USUAL = 1_000
DIGITS = 16


@dataclass(frozen=True)
class Page:
    """Some rows of an answer, where they begin, and the token of the page after."""

    rows: Rows
    start: int
    total: int
    next: str | None


@dataclass(frozen=True)
class Place:
    """The last row of a page: of which release and question, its number, and what it holds."""

    release: str
    question: str
    number: int
    row: str

    def token(self) -> str:
        """Return the place as a client passes it on."""
        content = json.dumps([self.release, self.question, self.number, self.row])
        return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def size(given: str | None) -> int:
    """Return how many rows a page has."""
    if given is None:
        return USUAL
    whole = given.isascii() and given.isdecimal() and len(given) <= len(str(LARGEST))
    if not whole or not 1 <= int(given) <= LARGEST:
        detail = _("limit: not a whole number from 1 to %(most)s; for example: %(example)s")
        raise refused("limit", detail, most=LARGEST, example="100")
    return int(given)


def place_of(token: str) -> Place:
    """Read a token."""
    try:
        padded = token + "=" * (-len(token) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        release, question, number, row = found
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise unknown_token() from None
    texts = (release, question, row)
    if type(number) is not int or number < 0 or not all(isinstance(one, str) for one in texts):
        raise unknown_token()
    return Place(release, question, number, row)


def unknown_token() -> ProblemError:
    """Return the refusal of a token that no page of this question gave."""
    detail = _("after: not the token of a page of this answer; follow the header Link.")
    return refused("after", detail)


def page_of(rows: Rows, text: str, release: str, limit: str | None, after: str | None) -> Page:
    """Return a page of the answer to a question, whose bound text says which one it is."""
    count, question = size(limit), digest(text)
    start = 0 if after is None else beginning(rows, place_of(after), question, release)
    end = min(start + count, len(rows.lines))
    token = None
    if end < len(rows.lines):
        token = Place(release, question, end - 1, row_digest(rows.lines[end - 1])).token()
    return Page(rows.between(start, end), start, len(rows.lines), token)


def beginning(rows: Rows, last: Place, question: str, release: str) -> int:
    """Return the number of the row that comes after the last one of a page."""
    if last.question != question:
        raise unknown_token()
    if last.release != release:
        detail = _("after: the token is of release %(given)s, the answer of release %(release)s.")
        raise ProblemError(
            "other-release", detail, parameter="after", given=last.release[:100], release=release
        )
    if last.number >= len(rows.lines) or row_digest(rows.lines[last.number]) != last.row:
        raise unknown_token()
    return last.number + 1


def row_digest(row: Row) -> str:
    """Return what stands for a row in a token."""
    return digest(json.dumps(row, sort_keys=True))


def digest(text: str) -> str:
    """Return a text in short."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
