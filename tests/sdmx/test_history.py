"""What was published before: as of a moment, all of it, and what changed since.

In the releases a value is revised, one is withheld later, one is gone and one is added.
"""

from __future__ import annotations

from collections import Counter

import httpx
import pytest

from loaders.sdmx import data
from loaders.sdmx.received import Received, Row
from queries.cubes.reading import Cube
from tests.sdmx.made import in_order
from tests.sdmx.vintaged import (
    ADDED,
    FIRST,
    GONE,
    HIDDEN,
    MOMENTS,
    REVISED,
    SECOND,
    SECRET,
    SERIES,
    expected,
)

FLOW = "/sdmx/v2/data/dataflow/OES/DF_SESA_MAIN/1.0.0"
OWN = f"{FLOW}/{'.'.join(SERIES)}"
ML = "application/vnd.sdmx.data+xml;version=3.1.0"
FORMATS = {
    "ml-3.1": ML, "ml-3.0": "application/vnd.sdmx.data+xml;version=3.0.0",
    "ml-2.1": "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
    "generic-2.1": "application/vnd.sdmx.genericdata+xml;version=2.1",
    "json-2.1": "application/vnd.sdmx.data+json;version=2.1.0",
    "json-2.0": "application/vnd.sdmx.data+json;version=2.0.0",
    "json-1.0": "application/vnd.sdmx.data+json;version=1.0.0",
    "csv-2.1": "application/vnd.sdmx.data+csv;version=2.1.0",
    "csv-2.0": "application/vnd.sdmx.data+csv;version=2.0.0",
    "csv-1.0": "application/vnd.sdmx.data+csv;version=1.0.0",
}  # fmt: skip


def ask(client: httpx.Client, cube: Cube, path: str, accept: str = ML) -> Received:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    assert str(SECRET) not in answer.text
    return data.read(answer.content, cube.structure)


def values(rows: list[Row]) -> dict[str | None, str | None]:
    return {row["TIME_PERIOD"]: row["OBS_VALUE"] for row in rows}


@pytest.mark.parametrize("form", FORMATS)
def test_113_a_value_withheld_now_is_withheld_in_all_history(
    client: httpx.Client, cube: Cube, form: str
) -> None:
    for asked in ("includeHistory=true", "asOf=2026-10-15", "updatedAfter=2026-09-15",
                  "includeHistory=true&updatedAfter=2026-09-15"):  # fmt: skip
        path = f"{OWN}?{asked}"
        if form == "csv-1.0" and "asOf" not in asked:
            # It has no word for what is deleted.
            assert client.get(path, headers={"Accept": FORMATS[form]}).status_code == 501
            continue
        found = ask(client, cube, path, FORMATS[form])
        hidden = [row for row in found.rows() if row["TIME_PERIOD"] == HIDDEN]
        assert all(row["OBS_VALUE"] is None for row in hidden)


def test_as_of_a_moment_it_is_what_was_published_then(client: httpx.Client, cube: Cube) -> None:
    for release, moment in (("r1", "2026-09-15"), ("r2", "2026-10-15T12:00:00%2B02:00")):
        found = ask(client, cube, f"{FLOW}?asOf={moment}")
        then = [
            {**row, "OBS_VALUE": None, "OBS_STATUS": "Q", "CONF_STATUS": "A"}
            if tuple(row.values())[:7] == (*SERIES, HIDDEN) else row
            for row in expected(release)
        ]  # fmt: skip
        assert in_order(found.rows()) == in_order(then)
    assert client.get(f"{FLOW}?asOf=2026-08-01").status_code == 204


def test_history_tells_what_each_release_changed(client: httpx.Client, cube: Cube) -> None:
    found = ask(client, cube, f"{OWN}?includeHistory=true").sets
    told = [(one.valid_from, one.action, values(one.rows)) for one in found]
    first, second, third = (moment.replace("+00:00", "Z") for moment in MOMENTS.values())
    assert told == [
        (first, "Replace", {REVISED: str(FIRST), HIDDEN: None, GONE: "3333.3"}),
        (second, "Replace", {REVISED: str(SECOND)}),
        (third, "Replace", {ADDED: "1.5"}),
        (third, "Delete", {GONE: None}),
    ]
    assert [one.valid_to for one in found] == [second, third, None, None]


def test_only_what_changed_since_is_told(client: httpx.Client, cube: Cube) -> None:
    found = ask(client, cube, f"{FLOW}?updatedAfter=2026-09-15T00:00:00Z").sets
    assert [(one.action, values(one.rows)) for one in found] == [
        ("Replace", {REVISED: str(SECOND), ADDED: "1.5"}), ("Delete", {GONE: None}),
    ]  # fmt: skip
    assert client.get(f"{FLOW}?updatedAfter=2026-11-15").status_code == 204


def test_replaying_history_leads_to_what_is_published(client: httpx.Client, cube: Cube) -> None:
    held: dict[tuple[str | None, ...], Row] = {}
    for one in ask(client, cube, f"{FLOW}?includeHistory=true").sets:
        for row in one.rows:
            key = tuple(row.values())[:7]
            if one.action == "Delete":
                del held[key]
            else:
                held[key] = row
    assert in_order(held.values()) == in_order(expected("r3"))


def test_the_first_version_of_the_services_knows_history_too(
    client: httpx.Client, cube: Cube
) -> None:
    path = f"/sdmx/v1/data/OES,DF_SESA_MAIN/{'.'.join(SERIES)}?includeHistory=true"
    found = ask(client, cube, path, FORMATS["generic-2.1"])
    assert Counter(one.action for one in found.sets) == {"Replace": 3, "Delete": 1}


def test_changes_after_what_is_asked_for_are_refused(client: httpx.Client) -> None:
    assert client.get(f"{FLOW}?asOf=2026-09-15&updatedAfter=2026-10-15").status_code == 422


def test_structures_are_those_of_a_moment(client: httpx.Client) -> None:
    path = "/sdmx/v2/structure/dataflow/OES/DF_SESA_MAIN?asOf=2026-09-15"
    assert client.get(path).status_code == 200
