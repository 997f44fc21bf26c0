"""A table in words: what it shows, its largest and smallest, its change, what is withheld."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles

from server.cubes.choice import MEASURES, Choice, alternatives
from server.cubes.pivot import Head, Pivot
from server.cubes.seen import CONFIDENTIALITY, STATUS, Name, Seen
from server.language import mark as _

FEWEST_RANKED = 2
# Codes that tell nothing apart.
WHOLES = ("_T", "T", "TOTAL", "S1", "_Z")
UNIT = "UNIT_MEASURE"


@dataclass(frozen=True)
class Rank:
    """One row of a ranking."""

    place: int
    head: Head
    value: Decimal
    share: float
    key: str
    decimals: int = 0

    @property
    def negative(self) -> bool:
        """Whether the value is below zero: its bar is as long as that of its opposite."""
        return self.value < 0


@dataclass(frozen=True)
class Ranking:
    """The rows of a table from the largest to the smallest, in its last column.

    Of those that are not ranked some are withheld; the others have no value at all.
    """

    period: Name
    rows: list[Rank]
    unranked: int
    withheld: int
    quartiles: tuple[Decimal, Decimal, Decimal] | None


@dataclass(frozen=True)
class Subject:
    """What all figures of a table have in common: what is told apart, and what is not."""

    told: list[Name]
    whole: list[Name]

    @property
    def text(self) -> str:
        """All of it in one line."""
        return " · ".join(name.text for name in (*self.told, *self.whole))


def subject(seen: Seen, choice: Choice) -> Subject:
    """Return what is fixed and could be otherwise: what is measured comes first."""
    found = Subject([], [])
    for name, code in sorted(choice.fixed.items(), key=lambda one: one[0] not in MEASURES):
        if name != UNIT and len(alternatives(seen.cube, choice, name)) > 1:
            (found.whole if code in WHOLES else found.told).append(seen.of_code(name, code))
        elif name in MEASURES:
            found.told.append(seen.of_code(name, code))
    unit = choice.fixed.get(UNIT)
    if unit is not None and seen.of_code(UNIT, unit) not in found.told:
        found.whole.append(seen.of_code(UNIT, unit))
    if seen.cube.structure.time.id not in (choice.rows, choice.columns) and choice.end:
        found.told.append(Name(choice.end))
    # Two classifications of activities have a whole of the same name.
    return Subject(list(dict.fromkeys(found.told)), list(dict.fromkeys(found.whole)))


def leaves(seen: Seen, choice: Choice, found: Pivot) -> list[Head]:
    """Return the rows that no other row is a part of: wholes are not ranked beside their parts."""
    known = seen.codes.get(choice.rows, {})
    held = {row.code for row in found.rows}
    above: set[str] = set()
    for code in held:
        parent = known[code].parent if code in known else None
        while parent is not None and parent not in above:
            above.add(parent)
            parent = known[parent].parent if parent in known else None
    return [row for row in found.rows if row.code not in above]


def ranking(seen: Seen, choice: Choice, found: Pivot) -> Ranking | None:
    """Return the rows by their last figures; None where there is nothing to rank."""
    last = found.main
    if last is None or choice.rows == seen.cube.structure.time.id:
        return None
    ranked = leaves(seen, choice, found)
    kept = {row.code for row in ranked}
    pairs = [(head, value) for head, value in found.ranked(last) if head.code in kept]
    if len(pairs) < FEWEST_RANKED:
        return None
    top = max((abs(value) for _head, value in pairs), default=Decimal(1)) or Decimal(1)
    rows = [
        Rank(place, head, value, float(abs(value) / top), found.key(head, last),
             found.decimals(head, last))
        for place, (head, value) in enumerate(pairs, 1)
    ]  # fmt: skip
    values = [value for _head, value in pairs]
    cut = quantiles(values, n=4, method="inclusive") if len(values) > 4 else None
    return Ranking(
        last.name, rows, len(ranked) - len(rows),
        sum((cell := found.cell(row, last)) is not None and bool(cell.withheld) for row in ranked),
        (round(cut[0], 1), round(cut[1], 1), round(cut[2], 1)) if cut else None,
    )  # fmt: skip


def summary(seen: Seen, found: Pivot, ranked: Ranking | None) -> list[str]:
    """Return what a table shows, in sentences."""
    say, speech = seen.speech.gettext, seen.speech
    if not found.rows or found.main is None:
        return [say(_("There are no observations with this choice."))]
    sentences = []
    first, last = found.rows[0], found.main
    value = found.value(first, last)
    if value is not None:
        text = _("%(name)s, %(period)s: %(value)s.")
        change = found.change(first)
        given = {"name": capitalised(first.name.text), "period": last.name.text,
                 "value": speech.number(value, found.decimals(first, last))}  # fmt: skip
        if change is not None:
            text = _("%(name)s, %(period)s: %(value)s, that is %(change)s since %(first)s.")
            given |= {"change": speech.percent(change), "first": found.columns[0].name.text}
        sentences.append(say(text) % given)
    if ranked:
        high, low = ranked.rows[0], ranked.rows[-1]
        text = _("Highest: %(high)s (%(most)s). Lowest: %(low)s (%(least)s).")
        sentences.append(say(text) % {
            "high": high.head.name.text, "most": speech.number(high.value, high.decimals),
            "low": low.head.name.text, "least": speech.number(low.value, low.decimals),
        })  # fmt: skip
    count = sum(found.withheld.values())
    if count:
        text = speech.ngettext(
            "%(count)s figure is withheld: the table says why.",
            "%(count)s figures are withheld: the table says why.", count,
        )  # fmt: skip
        sentences.append(text % {"count": speech.number(count)})
    return sentences


def capitalised(text: str) -> str:
    """Return a name as a sentence begins with it.

    >>> capitalised("all families")
    'All families'
    """
    return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Meaning:
    """What a mark in a table means."""

    mark: str
    name: Name
    count: int


def meanings(seen: Seen, found: Pivot) -> tuple[list[Meaning], list[Meaning]]:
    """Return the reasons of what is withheld, and the statuses of what is shown."""
    reasons = [Meaning(code, seen.of_code(CONFIDENTIALITY, code), count)
               for code, count in found.withheld.items()]  # fmt: skip
    statuses = [Meaning(code, seen.of_code(STATUS, code), 0) for code in found.statuses]
    return reasons, statuses
