"""What a worker reports, or how it ended, as the problem that a client is told."""

import re
from collections.abc import Mapping

from server.access.caller import Bounds
from server.engine.process import WorkerDiedError
from server.errors import ProblemError
from server.language import mark as _
from server.settings import Settings


def death(error: WorkerDiedError, settings: Settings) -> ProblemError:
    """Return the problem of a query that ended its worker."""
    if error.out_of_memory:
        return memory_problem(settings)
    return ProblemError("query-crashed", _("The worker ended while it ran this query."))


def memory_problem(settings: Settings) -> ProblemError:
    """Return the problem of a query that needs too much memory."""
    detail = _("The query needs more than %(limit)s megabytes.")
    return ProblemError("query-memory", detail, limit=settings.memory)


def refusal(outcome: Mapping[str, str], settings: Settings, bounds: Bounds) -> ProblemError:
    """Return the problem that a worker reports."""
    match outcome["outcome"]:
        case "syntax":
            return syntax_problem(outcome["message"])
        case "too-large":
            detail = _("The answer has more than %(limit)s bytes.")
            limit = bounds.result_cap
            return ProblemError("result-too-large", detail, limit=limit, dumps="/dumps")
        case "memory":
            return memory_problem(settings)
    return ProblemError("query-unsupported", "%(message)s", message=outcome["message"])


def syntax_problem(message: str) -> ProblemError:
    """Return what the parser says as a problem."""
    found = re.match(r"error at (\d+):(\d+): ", message)
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    said = message.removeprefix(found[0] if found else "")
    return ProblemError("query-syntax", "%(message)s", line=line, column=column, message=said)
