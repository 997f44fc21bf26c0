"""Which parameters an address takes: one that is misspelt or repeated is refused, never ignored."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from server.errors import ProblemError
from server.language import mark as _

LONGEST_SHOWN = 100


def refuse_unknown(given: Iterable[str], known: Sequence[str]) -> None:
    """Refuse the first parameter that an address does not take; name the nearest that it does."""
    parameter = next((name for name in given if name not in known), None)
    if parameter is None:
        return
    nearest = next(iter(get_close_matches(parameter[:LONGEST_SHOWN], known, 1)), None)
    detail = _("%(parameter)s: unknown parameter; this address takes none.")
    if nearest:
        detail = _(
            "%(parameter)s: unknown parameter; did you mean %(nearest)s? "
            "This address takes: %(known)s."
        )
    elif known:
        detail = _("%(parameter)s: unknown parameter; this address takes: %(known)s.")
    raise ProblemError(
        "unknown-parameter", detail, parameter=parameter[:LONGEST_SHOWN], nearest=nearest,
        known=", ".join(known),
    )  # fmt: skip


def refuse_repeated(given: Sequence[str], several: Sequence[str] = ()) -> None:
    """Refuse a parameter that comes twice, unless it may come several times."""
    repeated = {name for name in given if name not in several and given.count(name) > 1}
    if repeated:
        raise duplicate(min(repeated)[:LONGEST_SHOWN])


def duplicate(parameter: str) -> ProblemError:
    """Return the refusal of a parameter that comes twice."""
    detail = _("The parameter %(parameter)s is given more than once.")
    return ProblemError("duplicate-parameter", detail, parameter=parameter)
