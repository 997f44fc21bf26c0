"""Every limit in one place: what `/limits` shows, and what the service description says."""

from collections.abc import Iterator

from server.access.caller import BURST_MINUTES, Allowance, Use, allowances
from server.language import Language
from server.language import mark as _
from server.settings import Settings
from server.sparql import precheck

MEGABYTE = 1_000_000
CLASSES: dict[Use, str] = {
    "anonymous": _("Without a key"),
    "key": _("With a key"),
    "internal": _("Internal use"),
}
QUERY = _("%(class)s, a query may take %(seconds)s seconds and its answer %(bytes)s bytes.")
RATES = _(
    "%(class)s, queries may take %(work)s seconds of work a minute and meet %(errors)s errors a "
    "minute; twice that after a rest."
)
WHOLE = _("A larger answer is an error, never a part.")
MEMORY = _("A query may take %(limit)s megabytes beside the opened store.")
TEXT = _("A query may have %(limit)s characters.")
DEPTH = _("A query may be nested %(limit)s deep.")
PARTS = _("A query may have %(limits)s.")
ROWS = _("%(limit)s rows of VALUES")
NEGATIONS = _("%(limit)s negations one after the other")
NO_FEDERATION = _("SERVICE is refused; nothing is ever fetched from elsewhere.")
UNLIMITED = _("any number of")


def of_class(one: Allowance) -> dict[str, object]:
    """Return what a class of use may take; rates that have no limit are None."""
    return {
        "class": one.use,
        "query_seconds": one.bounds.deadline,
        "answer_bytes": one.bounds.result_cap,
        "work_seconds_a_minute": one.seconds or None,
        "work_seconds_at_once": one.seconds * BURST_MINUTES or None,
        "errors_a_minute": one.errors or None,
        "errors_at_once": one.errors * BURST_MINUTES or None,
    }


def of_text() -> list[tuple[str, int, str]]:
    """Return what the text of a query may have: a name, a number, and a text with its blank."""
    others = (("rows", precheck.MOST_ROWS, ROWS), ("negations", precheck.MOST_NEGATIONS, NEGATIONS))
    parts = ((name, limit, text) for name, (limit, text) in precheck.LIMITS.items())
    return [*parts, *others]


def as_json(settings: Settings) -> dict[str, object]:
    """Return all limits for programs."""
    return {
        "classes": [of_class(one) for one in allowances(settings)],
        "query": {
            "characters": precheck.LONGEST_QUERY,
            "depth": precheck.DEEPEST,
            **{name: limit for name, limit, _text in of_text()},
        },
        "server": {
            "queries_at_once": settings.workers,
            "queries_waiting": settings.queue,
            "waiting_seconds": settings.deadline,
            "query_megabytes": settings.memory,
        },
    }


def sentences(settings: Settings, speech: Language) -> Iterator[str]:
    """Yield all limits in the words of a language."""
    for one in allowances(settings):
        given: dict[str, object] = {
            "class": CLASSES[one.use],
            "seconds": f"{one.bounds.deadline:g}",
            "bytes": one.bounds.result_cap,
            "work": one.seconds or UNLIMITED,
            "errors": one.errors or UNLIMITED,
        }
        yield speech.say(QUERY, given)
        if one.seconds or one.errors:
            yield speech.say(RATES, given)
    yield speech.gettext(WHOLE)
    yield speech.say(MEMORY, {"limit": settings.memory})
    yield from about_text(speech)


def about_text(speech: Language) -> Iterator[str]:
    """Yield what the text of a query may have, whoever asks."""
    yield speech.say(TEXT, {"limit": precheck.LONGEST_QUERY})
    yield speech.say(DEPTH, {"limit": precheck.DEEPEST})
    for _name, limit, text in of_text():
        yield speech.say(PARTS, {"limits": speech.say(text, {"limit": limit})})
    yield speech.gettext(NO_FEDERATION)
