"""Updates: they follow each other, change only what they say, and are kept whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from loaders.errors import SourceError
from loaders.kbo import layout
from loaders.kbo.loader import open_register
from tests.kbo_files import (
    SAMPLE,
    all_packets,
    enterprise,
    establishment,
    load,
    plain,
    read,
    silent,
    write_full,
    write_update,
)

RENAMED = {"denomination": [[enterprise(1), "1", "001", "Nouveau nom"]]}
FIRST = plain(enterprise(1))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    load(tmp_path / "kbo.duckdb", SAMPLE)
    return tmp_path / "kbo.duckdb"


def touched(database: Path, update: Path) -> frozenset[str]:
    with open_register(database) as register:
        _, keys = register.update(update, silent)
        register.commit()
        return keys


def lines(database: Path, key: str) -> str:
    with open_register(database) as register:
        return "\n".join(
            line
            for packet in all_packets(register, keys=[key])
            for part in packet.lines.values()
            for line in part
        )


# The chain


def test_updates_follow_each_other(database: Path, tmp_path: Path) -> None:
    first = write_update(tmp_path / "141", {}, RENAMED, 141)
    second = write_update(tmp_path / "142", {"denomination": [[enterprise(1)]]}, {}, 142)
    assert touched(database, first) == {FIRST}
    assert '"Nouveau nom"@fr' in lines(database, FIRST)
    assert "Atelier du Mail" not in lines(database, FIRST)
    assert touched(database, second) == {FIRST}
    assert '"1900.000.168"' in lines(database, FIRST)
    with open_register(database) as register:
        latest = register.latest()
    assert latest
    assert (latest.number, latest.kind) == (142, "update")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (142, "update 142 does not follow extract 140: extract 141 was never delivered; deliver"),
        (145, "update 145 does not follow extract 140: extracts 141 to 144 was"),
        (140, "update 140 is older than extract 140, which the register already has"),
        (12, "update 12 is older than extract 140"),
    ],
)
def test_an_update_out_of_turn_is_refused(
    database: Path, tmp_path: Path, number: int, reason: str
) -> None:
    before = read(database)
    update = write_update(tmp_path / "update", {}, RENAMED, number)
    with open_register(database) as register, pytest.raises(SourceError) as caught:
        register.update(update, silent)
    assert reason.removesuffix(" was") in str(caught.value)
    if number > 140:
        assert f"or a full extract of number {number} or later" in str(caught.value)
    assert read(database) == before


def test_an_update_of_an_empty_register_is_refused(tmp_path: Path) -> None:
    update = write_update(tmp_path / "update", {}, RENAMED)
    with open_register(tmp_path / "kbo.duckdb") as register, pytest.raises(SourceError) as caught:
        register.update(update, silent)
    assert "deliver a full extract first" in str(caught.value)


def test_each_kind_of_extract_has_its_way_in(database: Path, tmp_path: Path) -> None:
    update = write_update(tmp_path / "update", {}, RENAMED)
    with open_register(database) as register:
        with pytest.raises(SourceError, match="a full extract is needed here"):
            register.replace(update, silent)
        with pytest.raises(SourceError, match="not an update"):
            register.update(SAMPLE, silent)


@pytest.mark.parametrize("name", sorted(layout.expected_files("update")))
def test_an_update_without_one_of_its_files_is_refused(tmp_path: Path, name: str) -> None:
    update = write_update(tmp_path / "update", {}, RENAMED)
    (update / name).unlink()
    expected = pytest.raises(SourceError, match=f"of the 16 files of the update .*{name}")
    with open_register(tmp_path / "kbo.duckdb") as register, expected:
        register.inspect(update)


# What an update does


def test_deletes_come_before_inserts(database: Path, tmp_path: Path) -> None:
    one = {"enterprise": [[enterprise(1)]], "denomination": [[enterprise(1)]]}
    again = {"enterprise": [[enterprise(1), "AC", "000", "2", "026", "", ""]], **RENAMED}
    assert touched(database, write_update(tmp_path / "update", one, again)) == {FIRST}
    found = lines(database, FIRST)
    assert '"Nouveau nom"@fr' in found
    assert "kbo-legal-form/026" in found


def test_an_insert_holds_all_rows_of_an_entity(database: Path, tmp_path: Path) -> None:
    load_update = write_update(tmp_path / "update", {}, RENAMED)
    touched(database, load_update)
    assert "ADM" not in lines(database, FIRST)
    assert "Rue du Mail" in lines(database, FIRST)


def test_an_enterprise_that_ends_is_touched_and_has_no_packet(
    database: Path, tmp_path: Path
) -> None:
    gone = {name: [[enterprise(2)]] for name in ("enterprise", "denomination", "address")}
    key = plain(enterprise(2))
    assert key in touched(database, write_update(tmp_path / "update", gone, {}))
    assert lines(database, key) == ""


def test_an_establishment_that_changes_hands_touches_both(database: Path, tmp_path: Path) -> None:
    moved = {"establishment": [[establishment(1), "01-04-1987", enterprise(3)]]}
    deleted = {"establishment": [[establishment(1)]]}
    keys = touched(database, write_update(tmp_path / "update", deleted, moved))
    assert keys == {FIRST, plain(enterprise(3))}
    assert "Boutique du Mail" not in lines(database, FIRST)
    assert "Boutique du Mail" in lines(database, plain(enterprise(3)))


def test_rows_about_an_establishment_touch_its_enterprise(database: Path, tmp_path: Path) -> None:
    added = {"activity": [[establishment(2), "003", "2008", "38310", "MAIN"]]}
    assert touched(database, write_update(tmp_path / "update", {}, added)) == {FIRST}


def test_what_is_odd_in_an_update_is_said_under_its_number(database: Path, tmp_path: Path) -> None:
    odd = {
        "address": [["1900.000.169", "REGO", *[""] * 11]],
        "contact": [[enterprise(50), "ENT", "TEL", "1"]],
    }
    touched(database, write_update(tmp_path / "update", {"branch": [["9.000.006.626"]]}, odd))
    with open_register(database) as register:
        said = [text for text in register.remarks() if text.startswith("extract 141: ")]
    number = plain(enterprise(50))
    assert said == [
        "extract 141: address_insert.csv: 1 rows set aside for a number that cannot be "
        "(entity_number), such as '1900000169' in line 2",
        "extract 141: branch_delete.csv: 1 numbers that no row had",
        f"extract 141: contact: 1 rows of 1 numbers that are those of no entity, such as {number}",
    ]


def test_a_spoilt_update_leaves_the_register_as_it_was(database: Path, tmp_path: Path) -> None:
    before = read(database)
    update = write_update(tmp_path / "update", {"enterprise": [[enterprise(1)]]}, RENAMED)
    file = update / "activity_insert.csv"
    file.write_text(file.read_text(encoding="utf-8") + '"torn"\n', encoding="utf-8")
    with open_register(database) as register:
        with pytest.raises(SourceError, match=r"activity_insert.csv, line 2: 1 cells, 5 expected"):
            register.update(update, silent)
        assert all_packets(register) == before
    assert read(database) == before


def test_an_update_that_is_not_kept_is_undone(database: Path, tmp_path: Path) -> None:
    before = read(database)
    with open_register(database) as register:
        register.update(write_update(tmp_path / "update", {}, RENAMED), silent)
        assert all_packets(register) != before
    assert read(database) == before


# Crashes

CRASH = """
import os, sys, time
from pathlib import Path
from loaders.kbo import loading
from loaders.kbo.loader import open_register

def wait(stage):
    if stage == sys.argv[3]:
        print("there", flush=True)
        time.sleep(60)

with open_register(Path(sys.argv[1])) as register:
    change = register.update if "update" in sys.argv[2] else register.replace
    change(Path(sys.argv[2]), wait)
    if sys.argv[3] == "applied":
        print("there", flush=True)
        time.sleep(60)
    register.commit()
"""


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("update", "updating enterprise"), ("update", "updating activity"), ("update", "applied"),
        ("full", "reading activity.csv"), ("full", "comparing the tables"), ("full", "applied"),
    ],
)  # fmt: skip
def test_a_killed_process_leaves_the_former_state(
    database: Path, tmp_path: Path, kind: str, stage: str
) -> None:
    before = read(database)
    one = {"enterprise": [[enterprise(1), "AC", "000", "2", "017", "", ""]]}
    if kind == "update":
        folder = write_update(tmp_path / "update", {}, RENAMED)
    else:
        folder = write_full(tmp_path / "full", one)
    command = [sys.executable, "-c", CRASH, str(database), str(folder), stage]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "there\n"
        process.send_signal(signal.SIGKILL)
    assert read(database) == before
    with open_register(database) as register:
        latest = register.latest()
        assert latest
        assert latest.number == 140
    assert not list(tmp_path.glob("kbo.duckdb.new*"))


def test_processes_killed_at_any_moment_leave_the_former_or_the_new_state(
    database: Path, tmp_path: Path
) -> None:
    before = read(database)
    update = write_update(tmp_path / "update", {}, RENAMED)
    for delay in (0.02, 0.1, 0.2, 0.3):
        process = subprocess.Popen(
            [sys.executable, "-c", CRASH, str(database), str(update), "none"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        time.sleep(delay + 0.3)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with open_register(database) as register:
            latest = register.latest()
            assert latest
            state = all_packets(register)
        assert (latest.number == 140) == (state == before)


def test_the_tables_of_the_contract_are_there_for_others(database: Path) -> None:
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(
            "SELECT table_name, string_agg(column_name, ' ' ORDER BY column_index) "
            "FROM duckdb_columns() WHERE table_name IN ('enterprise', 'activity', 'meta') "
            "GROUP BY table_name ORDER BY table_name"
        ).fetchall()
        days = connection.execute("SELECT typeof(start_date) FROM enterprise LIMIT 1").fetchone()
        numbers = connection.execute("SELECT min(length(entity_number)) FROM entity").fetchone()
    assert found == [
        ("activity", "entity_number activity_group nace_version nace_code classification"),
        (
            "enterprise",
            "enterprise_number status juridical_situation type_of_enterprise juridical_form "
            "juridical_form_cac start_date",
        ),
        ("meta", "variable value"),
    ]
    assert (days, numbers) == (("DATE",), (10,))
