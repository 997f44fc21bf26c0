"""Lists through the whole pipeline: what shrank, came before or is older asks to be confirmed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from loaders import delivery
from loaders.building import accept
from loaders.building.accept import Acceptance
from loaders.errors import UnconfirmedError
from loaders.lists.verdicts import RefusedError
from loaders.records.source import find
from queries.release import Home
from tests.listed import HEADER, members, workbook

SOURCE = find("members-saw-b")


def rows(count: int) -> list[str]:
    return [
        f"M{number};;Coopérative {number};SC;Rue {number};5000;Namur;2020"
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def kept(published: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the bundled sources and a list of ten members."""
    home = Home(tmp_path_factory.mktemp("lists") / "home")
    shutil.copytree(published.graphs, home.graphs)
    hand(home, home.path / "members.csv", members(*rows(10)).encode(), "2026-06")
    return home


def hand(
    home: Home, path: Path, content: bytes, period: str, *, confirmed: bool = False
) -> Acceptance:
    path.write_bytes(content)
    given = accept.handover("members", path, period, sender="saw-b", confirmed=confirmed)
    return accept.deliver(home, given)


def recorded(home: Home) -> list[str]:
    return [one.period for one in delivery.accepted(home, SOURCE)]


def test_a_list_is_recorded_under_its_sender_with_its_rows(kept: Home) -> None:
    (only,) = delivery.accepted(kept, SOURCE)
    assert only.source == "members-saw-b"
    assert only.rows == {"members": 10}
    # The licence asks to name who made the data: not « the federation that sends it ».
    assert SOURCE.publisher == "saw-b"


def test_72_the_same_file_again_is_recognised(kept: Home, tmp_path: Path) -> None:
    again = hand(kept, tmp_path / "m.csv", members(*rows(10)).encode(), "2026-06")
    assert not again.new
    assert len(recorded(kept)) == 1


def test_72_an_older_list_asks_to_be_confirmed(kept: Home, tmp_path: Path) -> None:
    with pytest.raises(UnconfirmedError, match="before 2026-06"):
        hand(kept, tmp_path / "m.csv", members(*rows(10)).encode(), "2025")
    assert recorded(kept) == ["2026-06"]


def test_72_a_list_that_shrinks_asks_to_be_confirmed(kept: Home, tmp_path: Path) -> None:
    with pytest.raises(UnconfirmedError, match="shrank from 10 to 7 rows"):
        hand(kept, tmp_path / "m.csv", members(*rows(7)).encode(), "2026-07")
    assert recorded(kept) == ["2026-06"]


def test_59_an_empty_list_is_refused_and_what_was_there_stays(kept: Home, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="there is no row"):
        hand(kept, tmp_path / "m.csv", members().encode(), "2026-07", confirmed=True)
    assert recorded(kept) == ["2026-06"]


def test_a_refused_row_refuses_the_list(kept: Home, tmp_path: Path) -> None:
    content = members(*rows(10), "M11;0403019262;Faux;;;;;").encode()
    with pytest.raises(RefusedError, match="1 row is refused of 11"):
        hand(kept, tmp_path / "m.csv", content, "2026-07")
    assert recorded(kept) == ["2026-06"]


def test_a_workbook_is_a_delivery_too(kept: Home, tmp_path: Path) -> None:
    table = [HEADER.split(";"), *(row.split(";") for row in rows(11))]
    taken = hand(kept, tmp_path / "liste 2026.xlsx", workbook(table), "2026-08")
    assert taken.new
    assert taken.delivery.rows == {"members": 11}
    assert (taken.delivery.folder / "members.xlsx").is_file()
    assert recorded(kept) == ["2026-08", "2026-06"]
