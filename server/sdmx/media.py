"""The media types of SDMX: what is offered, and which of it an Accept header means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pysdmx.io.format import Format as Known

from server.errors import ProblemError
from server.language import mark as _

Form = Literal["ml", "generic", "json", "csv"]
Family = Literal["data", "structure", "schema"]


@dataclass(frozen=True)
class Format:
    """One form and version of messages; ``media`` is its media type as it is sent."""

    family: Family
    form: Form
    version: str
    media: str
    # For time series alone, which have messages of their own in version 2.1.
    series: bool = False

    @property
    def is_xml(self) -> bool:
        """Tell XML from the others."""
        return self.form in ("ml", "generic")

    def has_place_for(self, kind: str) -> bool:
        """Tell whether messages can say what artefacts of a kind are: maps are since version 3."""
        return not (kind in MAPS and self.version == ("2.1" if self.is_xml else "1.0"))


def _format(
    family: Family, form: Form, version: str, known: Known, *, series: bool = False
) -> Format:
    return Format(family, form, version, str(known.value), series)


DATA = (
    _format("data", "ml", "3.0", Known.DATA_SDMX_ML_3_0),
    _format("data", "ml", "3.1", Known.DATA_SDMX_ML_3_1),
    _format("data", "ml", "2.1", Known.DATA_SDMX_ML_2_1_STR),
    _format("data", "generic", "2.1", Known.DATA_SDMX_ML_2_1_GEN),
    # The library, which cannot write it, does not know the name of the last one either.
    Format("data", "json", "2.1", "application/vnd.sdmx.data+json;version=2.1.0"),
    _format("data", "json", "2.0", Known.DATA_SDMX_JSON_2_0_0),
    _format("data", "json", "1.0", Known.DATA_SDMX_JSON_1_0_0),
    _format("data", "csv", "2.1", Known.DATA_SDMX_CSV_2_1_0),
    _format("data", "csv", "2.0", Known.DATA_SDMX_CSV_2_0_0),
    _format("data", "csv", "1.0", Known.DATA_SDMX_CSV_1_0_0),
    _format("data", "ml", "2.1", Known.DATA_SDMX_ML_2_1_STRTS, series=True),
    _format("data", "generic", "2.1", Known.DATA_SDMX_ML_2_1_GENTS, series=True),
)
STRUCTURE = (
    _format("structure", "ml", "3.0", Known.STRUCTURE_SDMX_ML_3_0),
    _format("structure", "ml", "3.1", Known.STRUCTURE_SDMX_ML_3_1),
    _format("structure", "ml", "2.1", Known.STRUCTURE_SDMX_ML_2_1),
    _format("structure", "json", "2.1", Known.STRUCTURE_SDMX_JSON_2_1_0),
    _format("structure", "json", "2.0", Known.STRUCTURE_SDMX_JSON_2_0_0),
    _format("structure", "json", "1.0", Known.STRUCTURE_SDMX_JSON_1_0_0),
)
SCHEMA = (
    _format("schema", "ml", "3.0", Known.SCHEMA_SDMX_ML_3_0),
    _format("schema", "ml", "3.1", Known.SCHEMA_SDMX_ML_3_1),
    _format("schema", "ml", "2.1", Known.SCHEMA_SDMX_ML_2_1),
    _format("schema", "json", "2.1", Known.SCHEMA_SDMX_JSON_2_1_0),
    _format("schema", "json", "2.0", Known.SCHEMA_SDMX_JSON_2_0_0),
    *STRUCTURE,
)
# Before version 3 they are in sets of structures, which cannot fix the value of a component.
MAPS = ("representationmap", "structuremap")
# What is no type of SDMX, and the form that a client means by it.
COMMON: Mapping[str, tuple[Form, ...]] = {
    "application/xml": ("ml", "generic"), "text/xml": ("ml", "generic"),
    "application/json": ("json",),
    "text/csv": ("csv",), "application/csv": ("csv",),
    "application/*": ("ml", "generic"), "text/*": ("csv",), "*/*": (), "text/html": (),
    "application/xhtml+xml": (),
}  # fmt: skip
# What the web services of the first version were asked for before versions were in names.
_START = "application/vnd.sdmx."


@dataclass(frozen=True)
class Wish:
    """One item of an Accept header."""

    media: str
    weight: float
    version: str | None
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Chosen:
    """What a client gets, with the parameters that it gave."""

    format: Format
    parameters: Mapping[str, str]


@lru_cache(512)
def wishes(accept: str) -> tuple[Wish, ...]:
    """Read an Accept header, the best wish first; what cannot be read is left out.

    What has no weight at all, and stands last, is what a client does not take.
    """
    found = []
    for item in accept.split(","):
        media, *rest = (part.strip() for part in item.split(";"))
        pairs = (part.partition("=") for part in rest)
        given = {name.strip().lower(): value.strip().strip('"') for name, _equal, value in pairs}
        try:
            weight = float(given.pop("q", "1"))
        except ValueError:
            continue
        if "/" in media and 0 <= weight <= 1:
            version = given.pop("version", None)
            found.append(Wish(media.lower(), weight, version, given))
    return tuple(sorted(found, key=lambda one: -one.weight))


def choose(
    accept: str | None, offered: tuple[Format, ...], default: Format, family: Family
) -> Chosen:
    """Return what a client likes best of what is offered; the default one for anything.

    What is no media type at all is nothing that is offered.
    """
    known = wishes((accept or "").strip() or "*/*")
    unliked = [wish for wish in known if wish.weight == 0]
    left = tuple(one for one in offered if not any(names(wish, one) for wish in unliked))
    for wish in known:
        found = meant(wish, left, default, family) if wish.weight else None
        if found is not None:
            return Chosen(found, wish.parameters)
    raise refused(offered)


def names(wish: Wish, offered: Format) -> bool:
    """Tell whether a wish is for a format, and not for anything."""
    if wish.media in COMMON:
        return offered.form in COMMON[wish.media]
    same = offered.media.partition(";")[0] == wish.media
    return same and (wish.version is None or fits(wish.version, offered))


def refused(offered: Iterable[Format]) -> ProblemError:
    """Return the failure to write anything that a client takes, with what is offered."""
    detail = _("None of the formats asked for exists here; these do: %(formats)s.")
    return ProblemError("not-acceptable", detail, formats=", ".join(one.media for one in offered))


def meant(
    wish: Wish, offered: tuple[Format, ...], default: Format, family: Family
) -> Format | None:
    """Return the format that one wish is for, if there is one."""
    if wish.media in COMMON:
        forms = COMMON[wish.media]
        same = [
            one for one in offered
            if one.family == family and (not forms or one.form in forms)
        ]  # fmt: skip
        return default if default in same else next(iter(same), None)
    named = [one for one in offered if names(wish, one)]
    if wish.version is None:
        return max(named, key=lambda one: one.version, default=None)
    return next(iter(named), None)


def fits(wanted: str, offered: Format) -> bool:
    """Tell whether a version that is wanted, perhaps any after it, is that of a format."""
    have = offered.media.rpartition("version=")[2]
    if "+" not in wanted and "*" not in wanted:
        return trimmed(wanted) == trimmed(have)
    from server.sdmx.versions import VersionError, matches

    try:
        return matches(wanted.replace("+", "~"), have)
    except VersionError:
        return False


def trimmed(version: str) -> str:
    """Return a version without the zeros that say nothing.

    >>> trimmed("3.0.0"), trimmed("2.1")
    ('3', '2.1')
    """
    parts = version.split(".")
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return ".".join(parts)


def wants_xml(accept: str | None) -> bool:
    """Tell whether a client asked for SDMX-ML by name."""
    best: Iterable[Wish] = [one for one in wishes(accept or "")[:1] if one.weight]
    return any(one.media.startswith(_START) and one.media.endswith("+xml") for one in best)
