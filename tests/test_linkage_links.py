"""The journal as a source: what holds is published, what was taken back is not there."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders.description.canonical import applied, replacements
from loaders.description.describe import describe
from loaders.errors import SourceError
from loaders.linkage import journal
from loaders.linkage.journal import Decision
from loaders.linkage.linking import link_records
from loaders.records.codes import CodeBook
from loaders.records.source import find
from ontology import DEFAULT_BASE
from queries.release import Home
from tests.linked import ATELIER, as_listed, write_register

DECISION = Decision(
    1, "match", "organisation/kbo-1", "organisation/members-saw-1", "same", "0.5", "name: equal",
    "linkage-1", "public", "2026-06-30", "data desk", "same telephone", "a1", "b2",
)  # fmt: skip
IRI = f"{DEFAULT_BASE}id/"


@cache
def codes() -> CodeBook:
    book = CodeBook()
    source = find("maillage_codes")
    for lines in describe(source, source.folder, book).lines.values():
        book.learn(lines)
    return book


def published(home: Home) -> dict[str, list[str]]:
    return describe(find("links"), journal.folder(home), codes()).lines


# Pairs of a right record and a left one, so that no record is replaced twice.
STEPS = st.lists(
    st.tuples(
        st.integers(1, 5), st.sampled_from([*journal.JUDGEMENTS, journal.WITHDRAWN]),
        st.sampled_from(["public", "partner"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(steps=STEPS)
def test_what_is_published_is_what_holds_and_nothing_once_all_is_taken_back(
    home: Home, steps: list[tuple[int, str, str]]
) -> None:
    shutil.rmtree(home.path, ignore_errors=True)
    rows = [
        replace(
            DECISION, number=number, left=f"organisation/kbo-{pair}",
            right=f"organisation/members-saw-{pair}", judgement=judgement, visibility=seen,
        )
        for number, (pair, judgement, seen) in enumerate(steps, start=1)
    ]  # fmt: skip
    journal.append(home, rows)
    lines = published(home)
    for visibility, said in lines.items():
        live = journal.live(journal.read(home)).values()
        expected = {
            f"{IRI}{one.right}": f"{IRI}{one.left}"
            for one in live
            if one.judgement == "same" and one.visibility == visibility
        }
        assert replacements(said) == expected
    original = [f"<{IRI}organisation/members-saw-{n}> <urn:p> <urn:o> ." for n in range(1, 6)]
    undone = [
        replace(one, number=len(rows) + place, judgement=journal.WITHDRAWN)
        for place, one in enumerate(journal.live(rows).values(), start=1)
    ]
    journal.append(home, undone)
    after = published(home)
    assert after == {"public": [], "partner": []}
    assert list(applied(original, replacements(after["public"]))) == original


def test_a_link_of_what_only_partners_see_is_not_public(home: Home) -> None:
    write_register(home)
    hidden = replace(as_listed("1", ATELIER, source="portfolios-fund"), visibility="partner")
    linked = link_records(home, [hidden, as_listed("2", ATELIER)], date(2026, 6, 30))
    assert len(linked.accepted) == 2
    lines = published(home)
    assert not [line for line in lines["public"] if "portfolios-fund" in line]
    assert [line for line in lines["partner"] if "portfolios-fund" in line]


def test_an_odd_row_is_refused_with_its_line(home: Home) -> None:
    journal.append(home, [DECISION])
    file: Path = journal.file_of(home)
    file.write_text(file.read_text().replace(",same,", ",perhaps,"), encoding="utf-8")
    with pytest.raises(SourceError, match="decisions.csv, line 2: judgement 'perhaps' is not"):
        published(home)
