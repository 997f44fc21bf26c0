"""The parameters that every named question takes beside its own, and what they ask for."""

from dataclasses import dataclass

from server.answers.negotiate import CSV, HTML, ROWS, SUFFIXES, XLSX, choose
from server.errors import ProblemError
from server.language import LANGUAGES
from server.language import mark as _
from server.questions.parameters import duplicate
from server.sparql.protocol import Pairs

FORMATS = ("csv", "json", "tsv", "xml", "xlsx", "html")
DIALECTS = ("fr",)
RESERVED = ("limit", "after", "format", "dialect", "lang", "release")


@dataclass(frozen=True)
class Wish:
    """How a client wants an answer: its format, its language, and which rows of it."""

    media: str
    limit: str | None = None
    after: str | None = None
    dialect: str | None = None
    lang: str | None = None
    release: str | None = None

    @property
    def paged(self) -> bool:
        """Tell whether only some of the rows are wanted."""
        return self.limit is not None or self.after is not None


def split(given: Pairs) -> tuple[Pairs, dict[str, str]]:
    """Part the parameters of a question from the reserved ones, each of which comes once."""
    own = [(name, value) for name, value in given if name not in RESERVED]
    reserved: dict[str, str] = {}
    for name, value in given:
        if name not in RESERVED:
            continue
        if name in reserved:
            raise duplicate(name)
        reserved[name] = value
    return own, reserved


def wish(reserved: dict[str, str], suffixed: str | None, accept: str | None) -> Wish:
    """Read the reserved parameters; raises ProblemError that names the one at fault."""
    known(reserved, "format", FORMATS)
    known(reserved, "dialect", DIALECTS)
    known(reserved, "lang", LANGUAGES)
    media = suffixed
    if "format" in reserved:
        media = SUFFIXES[f".{reserved['format']}"]
        if suffixed not in (None, media):
            raise refused("format", _("format: the address ends with another format."))
    if media is None:
        media = CSV if "dialect" in reserved else choose(accept, (*ROWS, XLSX, HTML))
    if "dialect" in reserved and media != CSV:
        raise refused("dialect", _("dialect: only CSV has dialects; leave it out, or ask for CSV."))
    return Wish(media, **{name: value for name, value in reserved.items() if name != "format"})


def known(reserved: dict[str, str], name: str, values: tuple[str, ...]) -> None:
    """Refuse a value that is not one of a few."""
    if reserved.get(name, values[0]) not in values:
        detail = _("%(parameter)s: not one of %(known)s; for example: %(example)s")
        raise refused(name, detail, known=", ".join(values), example=values[0])


def refused(parameter: str, detail: str, **values: object) -> ProblemError:
    """Return the refusal of a parameter."""
    error = ProblemError("bad-parameter", detail)
    return error.having({"parameter": parameter, **values})
