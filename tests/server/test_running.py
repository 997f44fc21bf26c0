"""Settings are checked, and a server with nothing to serve says so and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from queries.release import Home
from server.settings import SettingsError, read_settings
from tests.server.releases import make
from tests.server.running import environment


def run(home: Home, **settings: object) -> subprocess.CompletedProcess[str]:
    """Start a server that is expected to end at once."""
    return subprocess.run(
        [sys.executable, "-m", "server"],
        env=environment(home, **settings), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_a_home_without_a_release_is_an_error_and_stays_as_it_is(tmp_path: Path) -> None:
    found = run(Home(tmp_path / "typo"))
    assert found.returncode == 3
    assert "no release has been published" in found.stderr
    assert not (tmp_path / "typo").exists()


def test_a_release_without_a_store_is_an_error_and_no_store_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path)
    folder = make(home, "r1")
    home.current.symlink_to("releases/r1")
    (folder / "public" / "store").rename(folder / "public" / "gone")
    found = run(home)
    assert found.returncode == 3
    assert "cannot be opened" in found.stderr
    assert not (folder / "public" / "store").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("workers", "0"),
        ("port", "http"),
        ("deadline", "-1"),
        ("memory", "x"),
        ("public", "ftp:x"),
        ("proxies", "zz"),
    ],
)
def test_a_bad_setting_is_named(tmp_path: Path, name: str, value: str) -> None:
    found = run(Home(tmp_path), **{name: value})
    assert found.returncode == 2
    assert f"MAILLAGE_{name.upper()}" in found.stderr
    assert "Value error" not in found.stderr
    assert "Traceback" not in found.stderr


def test_a_misspelt_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_WORKER", "3")
    with pytest.raises(SettingsError, match="MAILLAGE_WORKERS"):
        read_settings()
    monkeypatch.delenv("MAILLAGE_WORKER")
    with pytest.raises(SettingsError, match="COLOUR"):
        read_settings(colour="blue")
