"""What subclasses of NACE-BEL 2008 became in NACE-BEL 2025, as far as their titles tell.

No correspondence table of the two is free to use. Many subclasses kept their titles, and often
their numbers: titles say which, numbers do not, for some were given to other activities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

from loaders.nace.classification import Classification
from loaders.nace.loader import belgian, letters
from loaders.records.concepts import LANGUAGES

# Titles were reworded in one language or another: so many must be the same, and none that of
# another subclass.
AGREEING = 2


@cache
def successors() -> Mapping[str, str]:
    """Return the subclass of NACE-BEL 2025 of each one of 2008 that has the same titles.

    Subclasses have five digits. One that shares its title with others in a language has none
    there. Where titles do not tell, a subclass is absent: its division tells nothing either, for
    divisions were split.
    """
    before, after = (by_title(belgian(year)) for year in ("2008", "2025"))
    found: dict[str, list[str]] = defaultdict(list)
    for title, code in before.items():
        if title in after:
            found[code].append(after[title])
    return {
        code: became[0] for code, became in sorted(found.items())
        if len(became) >= AGREEING and len(set(became)) == 1
    }  # fmt: skip


def by_title(whole: Classification) -> Mapping[tuple[str, str], str]:
    """Return the subclasses that have a title, in a language, to themselves."""
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for title, code in titles(whole):
        known[title].append(code)
    return {title: codes[0] for title, codes in known.items() if len(codes) == 1}


def titles(whole: Classification) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the titles of the subclasses by language, whatever signs and capitals they have."""
    for item in whole.items.values():
        if item.level == "subclass":
            for language in LANGUAGES:
                if title := item.labels.get(language):
                    yield (language, letters(title)), item.code
