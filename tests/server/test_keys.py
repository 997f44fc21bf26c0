"""Keys: given out once, kept as hashes, listed and revoked by commands, never logged."""

from __future__ import annotations

import hmac
import json
import logging
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from queries.release import Home
from server.access import keyring, keys
from server.access.keyring import Keyring
from server.access.keys import KeysError
from server.errors import ProblemError
from tests.server.running import MARK, environment

TODAY = datetime.now(UTC).date()


def maillage(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a home."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
    return subprocess.run(
        [sys.executable, "-m", "maillage", "--home", str(home), *arguments],
        capture_output=True, text=True, check=False, env=own,
    )  # fmt: skip


def slug(ring: Keyring, text: str) -> tuple[str, str]:
    """Return the problem of a key that opens nothing."""
    with pytest.raises(ProblemError) as caught:
        ring.recognise(text)
    return caught.value.problem.slug, caught.value.detail


def test_commands_give_out_list_and_revoke(tmp_path: Path) -> None:
    made = maillage(tmp_path, "keys", "create", "--name", "ConcertES", "--tier", "partner")
    assert made.returncode == 0
    key = made.stdout.strip()
    secret = key.split("_", 2)[2]
    assert len(secret) == 43
    assert secret not in made.stderr
    place = tmp_path / "keys.json"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert secret not in place.read_text("utf-8")
    found = Keyring(Home(tmp_path)).recognise(key)
    assert (found.name, found.use, found.tier) == ("ConcertES", "key", "partner")
    listed = maillage(tmp_path, "keys", "list", "--json")
    (row,) = json.loads(listed.stdout)
    assert (row["id"], row["state"]) == (found.id, "valid")
    assert found.sha256 not in listed.stdout
    assert maillage(tmp_path, "keys", "revoke", found.id).returncode == 0
    assert json.loads(maillage(tmp_path, "keys", "list", "--json").stdout)[0]["state"] == "revoked"
    assert slug(Keyring(Home(tmp_path)), key) == ("key-refused", "This key was revoked.")


def test_a_key_as_json_and_with_an_end(tmp_path: Path) -> None:
    last = (TODAY + timedelta(days=3)).isoformat()
    given = ("--name", "ours", "--class", "internal", "--expires", last, "--json")
    made = json.loads(maillage(tmp_path, "keys", "create", *given).stdout)
    assert (made["class"], made["tier"], made["expires"]) == ("internal", "public", last)
    assert Keyring(Home(tmp_path)).recognise(made["key"]).use == "internal"


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "--name", ""],
        ["create", "--name", "x" * 201],
        ["create", "--name", "two\nlines"],
        ["create", "--name", "x", "--tier", "confidential"],
        ["create", "--name", "x", "--class", "root"],
        ["create", "--name", "x", "--expires", "2020-01-01"],
        ["create", "--name", "x", "--expires", "tomorrow"],
        ["revoke"],
    ],
)
def test_wrong_usage_is_told_and_changes_nothing(tmp_path: Path, arguments: list[str]) -> None:
    found = maillage(tmp_path, "keys", *arguments)
    assert found.returncode == 2
    assert not (tmp_path / "keys.json").exists()
    assert "Traceback" not in found.stderr
    assert "Value error" not in found.stderr


def test_an_unknown_number_is_told(tmp_path: Path) -> None:
    found = maillage(tmp_path, "keys", "revoke", "0123456789ab")
    assert found.returncode == 3
    assert "maillage keys list" in found.stderr


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{"id": "x"}]}', "\xff"],
)
def test_a_damaged_file_is_not_read(tmp_path: Path, content: str) -> None:
    place = tmp_path / "keys.json"
    place.write_bytes(content.encode("latin-1"))
    with pytest.raises(KeysError, match="put back a copy"):
        keys.create(Home(tmp_path), "x", "key", "public", None)
    assert place.read_bytes() == content.encode("latin-1")


def test_a_damaged_file_stops_commands_and_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "keys.json"
    place.write_text("{", "utf-8")
    for arguments in (["list"], ["create", "--name", "x"], ["revoke", "0123456789ab"]):
        found = maillage(tmp_path, "keys", *arguments)
        assert found.returncode == 3
        (line,) = found.stderr.strip().splitlines()
        assert str(place) in line
        assert "put back a copy" in line
    assert place.read_text("utf-8") == "{"


def test_keys_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    keys.create(home, "first", "key", "public", None)
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(
            lambda n: maillage(tmp_path, "keys", "create", "--name", str(n)).returncode, range(6)
        ))  # fmt: skip
    assert found == [0] * 6
    assert len(keys.read_keys(home)) == 7
    assert sorted(one.name for one in tmp_path.iterdir()) == [".keys.lock", "keys.json"]


def test_the_last_day_of_a_key_is_one_of_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for days, state in ((-1, "expired"), (0, "valid"), (1, "valid")):
        key, _text = keys.create(home, "x", "key", "public", TODAY + timedelta(days=days))
        assert key.state(TODAY) == state
    _key, text = keys.create(home, "old", "key", "public", date(2020, 1, 1))
    assert slug(Keyring(home), text) == ("key-refused", "This key has expired.")


@pytest.mark.parametrize("change", ["", "x", "A", "secret"])
def test_a_key_that_is_not_quite_right_opens_nothing(tmp_path: Path, change: str) -> None:
    home = Home(tmp_path)
    key, text = keys.create(home, "x", "key", "partner", None)
    ring = Keyring(home)
    assert ring.recognise(text).id == key.id
    wrong = {"": text[:-1], "x": text + "x", "A": text.swapcase(), "secret": text.split("_", 2)[2]}
    assert slug(ring, wrong[change])[0] == "key-refused"
    assert slug(ring, f"maillage_{key.id}_{key.sha256}")[0] == "key-refused"


def test_an_unknown_key_is_compared_like_a_wrong_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    key, _text = keys.create(home, "x", "key", "partner", None)
    ring = Keyring(home)
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def noting(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", noting)
    slug(ring, f"maillage_{key.id}_{'x' * 43}")
    slug(ring, f"maillage_0123456789ab_{'x' * 43}")
    slug(ring, "nonsense")
    assert compared == [(64, 64)] * 3


def test_a_damaged_file_is_logged_once_and_the_former_keys_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(keyring, "INTERVAL", 0.0)
    monkeypatch.setattr(keyring.log, "propagate", True)
    home = Home(tmp_path)
    _key, text = keys.create(home, "x", "key", "public", None)
    ring = Keyring(home)
    ring.recognise(text)
    place = keys.place_of(home)
    place.write_text("{", "utf-8")
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            ring.recognise(text)
    assert len(caplog.records) == 1
    assert str(place) in caplog.text
    place.unlink()
    assert slug(ring, text)[0] == "key-refused"
    with pytest.raises(KeysError):
        keys.revoke(home, "0123456789ab")


def test_keys_are_never_logged(small: Home) -> None:
    _key, text = keys.create(small, "logged", "key", "partner", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "server"],
        env=environment(small, access_log="true"), stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stderr is not None
    address = process.stderr.readline().removeprefix(MARK).strip().rstrip("/")
    try:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as one:
            for sent in (text, f"{text[:-4]}abcd"):
                one.get("/sparql?query=ASK{}", headers={"Authorization": f"Bearer {sent}"})
                one.get("/nothing", headers={"X-API-Key": sent})
                answer = one.get("/sparql", params={"query": "SELEC", "key": sent})
                assert sent not in answer.text
                assert sent not in one.get("/metrics").text
    finally:
        process.terminate()
        _out, log = process.communicate(timeout=30)
    assert log.count("/sparql") == 3
    secret = text.split("_", 2)[2]
    assert secret[:20] not in log
