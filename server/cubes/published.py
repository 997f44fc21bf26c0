"""Figures that others published, each beside the cell of a cube that has the same concept.

They are claims of their publishers and enter no cube. What differs is said: scope, territory, year.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from queries.cubes.comparisons import Comparison, comparisons
from queries.cubes.reading import FOLDER, Cube, collection, cube
from queries.cubes.selection import Selection
from queries.release import Release
from server.cubes.choice import FOLLOWING, USUAL
from server.cubes.form import address
from server.cubes.seen import CONFIDENTIALITY, FREE, Name, Seen, named, territory_of
from server.engine.pool import Lease
from server.errors import ProblemError
from server.language import Language
from server.language import mark as _
from server.pages.description import Row, asked, learn_labels
from server.pages.display import Shower, Shown

AREA = "REF_AREA"
CODE, COUNT, PERCENT = "/code/", "count", "percent"
# What an engine may give up on: the rest of a page is shown all the same.
BEARABLE = ("query-timeout", "query-memory", "overloaded")
# Regions of REFNIS that NUTS knows by codes of its own.
NUTS = {"01000": "BE", "02000": "BE2", "03000": "BE3", "04000": "BE1"}
FIGURES = """
SELECT ?claim ?about ?measure ?value ?unit ?precision ?year ?place ?locator ?address ?note WHERE {
  ?claim a se:QuantityClaim ; se:about ?about ; se:claimedProperty ?measure ;
    se:claimedValue ?value ; se:unit ?unit ; se:precision ?precision ; se:locator ?locator ;
    dcterms:source ?address .
  ?about skos:inScheme ?scheme .
  OPTIONAL { ?claim se:referencePeriod ?year }
  OPTIONAL { ?claim se:claimedOf ?place }
  OPTIONAL { ?claim se:note ?note }
} ORDER BY ?claim"""


@dataclass
class Claim:
    """One published figure as the graph has it; codes are written ``scheme:code``."""

    about: str
    measure: str
    value: Decimal
    unit: str
    precision: str
    year: str | None
    locator: str
    address: str
    places: set[str] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Computed:
    """The figure of a cube that has the same concept; ``value`` is None where it is not shown."""

    flow: str
    name: Name
    period: str
    value: Decimal | None
    withheld: bool
    synthetic: bool
    address: str


@dataclass(frozen=True)
class Published:
    """A published figure beside the computed one, with what makes them differ."""

    about: Shown
    measure: Shown
    value: Decimal
    unit: Shown | None
    precision: Shown | None
    year: str | None
    places: list[Shown]
    territories: frozenset[str]
    source: str
    address: str | None
    scope: Name
    computed: Computed | None
    reasons: list[Name]

    def as_json(self) -> dict[str, object]:
        """Return what a program reads of it."""
        own = self.computed
        return {
            "about": self.about.text, "measure": self.measure.text, "value": float(self.value),
            "unit": self.unit.text if self.unit else None,
            "precision": self.precision.text if self.precision else None, "year": self.year,
            "territories": sorted(self.territories), "source": self.source, "url": self.address,
            "scope": self.scope.text, "reasons": [one.text for one in self.reasons],
            "computed": own and {
                "cube": own.flow, "period": own.period, "url": own.address,
                "value": float(own.value) if own.value is not None else None,
                "withheld": own.withheld, "synthetic": own.synthetic,
            },
        }  # fmt: skip


async def published(lease: Lease, shower: Shower) -> list[Published]:
    """Return all published figures of a release; none where the engine gives up on them."""
    try:
        claims = read(await asked(lease, FIGURES), lease.snapshot.base)
        codes = {code for one in claims for code in (one.about, one.measure, *one.places,
                                                     one.unit, one.precision)}  # fmt: skip
        await learn_labels(lease, shower, [iri(lease.snapshot.base, code) for code in codes])
    except ProblemError as error:
        if error.problem.slug not in BEARABLE:
            raise
        return []
    return await asyncio.to_thread(beside, lease.snapshot.release, claims, shower)


def read(rows: Iterable[Row], base: str) -> list[Claim]:
    """Return the figures that rows tell of, in the order of their claims."""
    found: dict[str, Claim] = {}
    for row in rows:
        told = {name: term["value"] for name, term in row.items()}
        code = {name: short(base, told[name]) for name in ("about", "measure", "unit", "precision")}
        one = found.setdefault(
            told["claim"],
            Claim(code["about"], code["measure"], Decimal(told["value"]), code["unit"],
                  code["precision"], told.get("year"), told["locator"], told["address"]),
        )  # fmt: skip
        if "place" in told:
            one.places.add(short(base, told["place"]))
        if "note" in told:
            one.notes[row["note"].get("xml:lang", "")] = told["note"]
    return list(found.values())


def short(base: str, iri: str) -> str:
    """Return a code as ``scheme:code``.

    >>> short("https://w3id.org/maillage/", "https://w3id.org/maillage/code/regime/observatory")
    'regime:observatory'
    """
    return iri.removeprefix(f"{base}{CODE[1:]}").replace("/", ":", 1)


def iri(base: str, code: str) -> str:
    """Return the IRI of a code."""
    return f"{base}{CODE[1:]}{code.replace(':', '/', 1)}"


def beside(release: Release, claims: Iterable[Claim], shower: Shower) -> list[Published]:
    """Return figures with what the cubes of a release say of the same."""
    known = collection(release)
    held = {one.id for one in known.dataflows} if known else set()
    found = [set_beside(release, one, held, shower) for one in claims]
    return sorted(found, key=lambda one: (one.computed is None, one.about.text, one.measure.text,
                                          one.year or ""))  # fmt: skip


def set_beside(release: Release, one: Claim, held: set[str], shower: Shower) -> Published:
    """Return one figure with what a cube says of the same, if one does."""
    base, speech = shower.snapshot.base, shower.speech
    comparison = comparisons().get((one.about, one.measure.partition(":")[2]))
    computed = None
    if comparison and comparison.dataflow in held:
        chosen = cube(release.path / FOLDER, comparison.dataflow)
        computed = compute(chosen, release, comparison, one, shower)
    precision, unit = one.precision.partition(":")[2], one.unit.partition(":")[2]
    places = sorted(one.places)
    return Published(
        shower.iri(iri(base, one.about)), shower.iri(iri(base, one.measure)), one.value,
        shower.iri(iri(base, one.unit)) if unit != COUNT else None,
        shower.iri(iri(base, one.precision)) if precision != "exact" else None,
        one.year, [shower.iri(iri(base, place)) for place in places],
        frozenset(place.partition(":")[2] for place in places), one.locator,
        shower.outside(one.address), named(one.notes, speech.code, ""), computed,
        list(reasons(one, comparison, computed, speech)),
    )  # fmt: skip


def reasons(
    one: Claim, comparison: Comparison | None, computed: Computed | None, speech: Language
) -> Iterable[Name]:
    """Yield why two figures are not the same, or why there is only one."""
    say = speech.gettext
    if computed is None:
        if comparison is None:
            yield Name(say(_("No cube measures this: nothing is set beside it.")))
        else:
            yield Name(say(_("This release has no cube that measures this for the territory.")))
        return
    if one.year is None:
        yield Name(say(_("The source does not say of which year its figure is.")))
    elif one.year != computed.period:
        text = say(_("Published for %(year)s; the cube has no such year and shows %(period)s."))
        yield Name(text % {"year": one.year, "period": computed.period})
    if comparison:
        yield named(comparison.scope, speech.code, "")
    if computed.synthetic:
        yield Name(say(_("The computed figure comes from invented records.")))


def compute(
    chosen: Cube, release: Release, comparison: Comparison, one: Claim, shower: Shower
) -> Computed | None:
    """Return the figure of a cube for the territories and, if it has it, the year of another."""
    areas = area_codes(chosen, one.places)
    selection = selected(chosen, comparison.key, areas)
    if selection is None:
        return None
    seen = Seen(chosen, selection, release, shower.speech)
    parts = totals(seen, areas)
    if not parts:
        return None
    period = one.year if one.year in parts else max(parts)
    value = parts[period]
    if comparison.is_share:
        value = share(seen, comparison, areas, period, value)
    rows = [("rows", AREA), (AREA, ",".join(areas)), *sorted(comparison.key.items())]
    path = f"{shower.prefix}/statistics/{chosen.dataflow.id}"
    return Computed(
        chosen.dataflow.id, seen.name(chosen.dataflow.names, chosen.dataflow.id), period, value,
        value is None, chosen.dataflow.synthetic, address(path, rows, []),
    )  # fmt: skip


def share(
    seen: Seen, comparison: Comparison, areas: tuple[str, ...], period: str, part: Decimal | None
) -> Decimal | None:
    """Return a figure in per cent of its whole, to one decimal."""
    among = area_codes(seen.cube, set(comparison.within)) if comparison.within else areas
    selection = selected(seen.cube, {**comparison.key, **comparison.whole}, among)
    if part is None or selection is None:
        return None
    whole = totals(replace(seen, selection=selection), among).get(period)
    return round(100 * part / whole, 1) if whole else None


def selected(chosen: Cube, key: Mapping[str, str], areas: tuple[str, ...]) -> Selection | None:
    """Return the cells of some territories, of every other dimension the whole."""
    codes: dict[str, tuple[str, ...]] = {}
    for one in chosen.structure.dimensions:
        listed = chosen.code_list(one.id)
        known = {code.id for code in listed.codes} if listed else set()
        if one.id == AREA:
            codes[one.id] = areas
        elif one.id in key:
            codes[one.id] = (key[one.id],)
        elif one.id not in FOLLOWING:
            codes[one.id] = tuple(code for code in USUAL if code in known)[:1]
        if one.id in codes and not (codes[one.id] and known.issuperset(codes[one.id])):
            return None
    return Selection(codes)


def totals(seen: Seen, areas: tuple[str, ...]) -> dict[str, Decimal | None]:
    """Return the sum over territories by period; None where one of them is withheld.

    A period that lacks one of the territories is left out.
    """
    time, area = seen.place[seen.cube.structure.time.id], seen.place[AREA]
    status = seen.place.get(CONFIDENTIALITY)
    found: dict[str, dict[str, Decimal | None]] = {}
    for row in seen.rows():
        free = status is None or row[status] in (FREE, None)
        value = row[seen.measure]
        held = value if free and isinstance(value, Decimal) else None
        found.setdefault(str(row[time]), {})[str(row[area])] = held
    return {
        period: summed(values.values())
        for period, values in found.items() if values.keys() == set(areas)
    }  # fmt: skip


def summed(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return a sum; None where one of its parts is not shown."""
    held = list(values)
    known = [one for one in held if one is not None]
    return sum(known, Decimal(0)) if len(known) == len(held) else None


def area_codes(chosen: Cube, places: Iterable[str]) -> tuple[str, ...]:
    """Return the codes that a cube has for some territories, in the order of its list."""
    listed = chosen.code_list(AREA)
    wanted = {one.partition(":")[2] for one in places}
    wanted |= {NUTS[one] for one in wanted if one in NUTS}
    known = [code.id for code in listed.codes if territory_of(code) in wanted] if listed else []
    return tuple(known)
