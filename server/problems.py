"""Every failure as an answer: problem+json for programs, a page for people."""

import json

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match

from server.answers.negotiate import prefers_html
from server.errors import ProblemError, by_status
from server.language import mark as _
from server.pages.page import page
from server.speech import language_of

MEDIA = "application/problem+json"
# What a program reads is in one language, whoever asks.
PROGRAM_LANGUAGE = "en"


def answer_problem(request: Request, error: ProblemError) -> Response:
    """Return a problem in the form that the client reads."""
    headers = {**error.headers, "Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
    if prefers_html(request.headers.get("accept")):
        return page(
            request, "problem.html", error.problem.status, headers, **described(request, error)
        )
    return Response(
        json.dumps(as_json(request, error), ensure_ascii=False),
        error.problem.status,
        headers,
        MEDIA,
    )


def described(request: Request, error: ProblemError) -> dict[str, object]:
    """Return a problem in the words of a page."""
    return {
        "problem": error.problem,
        "detail": language_of(request).say(error.detail, error.values),
        "line": error.line,
        "column": error.column,
        "excerpt": error.values.get("excerpt"),
        "request_id": request.scope["state"]["request_id"],
    }


def as_json(request: Request, error: ProblemError) -> dict[str, object]:
    """Return a problem as RFC 9457 has it, with where and what to do."""
    english = language_of(request, PROGRAM_LANGUAGE)
    problem = error.problem
    content: dict[str, object] = {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": english.say(error.detail, error.values),
        "hint": problem.meaning,
        "instance": f"urn:uuid:{request.scope['state']['request_id']}",
        "line": error.line,
        "column": error.column,
    }
    content |= {
        name: english.spoken(value, error.values)
        for name, value in error.values.items()
        if name not in content and isinstance(value, int | str | list) and name != "message"
    }
    return {name: value for name, value in content.items() if value is not None}


def from_http(request: Request, error: HTTPException) -> ProblemError:
    """Return what the framework raises as a problem of ours."""
    problem = by_status(error.status_code)
    details = {
        404: _("No page and no data have this address."),
        405: _("The methods that can be used here: %(allowed)s."),
    }
    headers = dict(error.headers or {})
    if problem.status == 405:
        headers["Allow"] = allowed(request)
    detail = details.get(error.status_code, "%(message)s")
    return ProblemError(
        problem.slug,
        detail,
        headers=headers,
        allowed=headers.get("Allow", "GET"),
        message=str(error.detail),
    )


def allowed(request: Request) -> str:
    """Return the methods that the address takes, on whichever route."""
    found = {"OPTIONS"}
    for method in ("GET", "POST"):
        scope = {**request.scope, "method": method}
        if any(route.matches(scope)[0] is Match.FULL for route in request.app.routes):
            found |= {"GET", "HEAD"} if method == "GET" else {method}
    return ", ".join(sorted(found))


def from_validation(error: RequestValidationError) -> ProblemError:
    """Return a request that does not fit its description as a problem of ours."""
    fault = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"])
    return ProblemError(
        "invalid-request", "%(where)s: %(message)s", where=where, message=fault["msg"]
    )


def register(app: FastAPI) -> None:
    """Have every failure of an application answered in this way."""

    async def problem(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            error = from_http(request, error)
        elif isinstance(error, RequestValidationError):
            error = from_validation(error)
        if not isinstance(error, ProblemError):
            raise error
        return answer_problem(request, error)

    for kind in (ProblemError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, problem)
    app.add_exception_handler(Exception, passed_on)


async def passed_on(_request: Request, error: Exception) -> Response:
    """Leave a defect to the layers around the application, which answer and log it."""
    raise error
