"""What pages load from others: pinned, never committed, and not needed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from queries.release import Home
from server import assets
from server.answers.negotiate import HTML
from tests.conftest import needed
from tests.server.running import serving


def test_without_npm_there_is_the_plain_form_and_a_line_that_says_so(
    small: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = shutil.ignore_patterns("vendor", "__pycache__")
    shutil.copytree(str(files("server")), tmp_path / "server", ignore=without)
    monkeypatch.chdir(tmp_path)
    told = subprocess.run(
        [sys.executable, "-m", "server.assets"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 3
    assert len(told.stderr.splitlines()) == 1
    for part in ("npm", "plain form", "python -m server.assets"):
        assert part in told.stderr
    with serving(small) as site, site.client() as client:
        page = client.get("/en/sparql", headers={"Accept": HTML})
        assert page.status_code == 200
        assert "<textarea" in page.text
        assert "<script" not in page.text


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((files("server.assets") / "package-lock.json").read_text("utf-8"))
    packages = [one for name, one in lock["packages"].items() if name]
    assert packages
    assert all("integrity" in one and "resolved" not in one for one in packages)


def test_all_that_is_served_comes_with_its_licences() -> None:
    needed(assets.fresh(), "the editor (python -m server.assets)")
    text = (assets.VENDOR / assets.LICENCES).read_text("utf-8")
    lock = json.loads((files("server.assets") / "package-lock.json").read_text("utf-8"))
    for name, one in lock["packages"].items():
        if name:
            assert f"{name.removeprefix('node_modules/')} {one['version']}: " in text


def test_a_package_that_lost_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetError, match=r"yasgui\.min\.js"):
        assets.copy(tmp_path / "node_modules", tmp_path / "vendor")
    assert not assets.present(tmp_path / "vendor")


def test_files_are_kept_for_long_only_where_their_address_changes(client: httpx.Client) -> None:
    page = client.get("/en/", headers={"Accept": HTML}).text
    address = page.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
    assert "?v=" in address
    assert "immutable" in client.get(address).headers["cache-control"]
    plain = client.get(address.partition("?")[0])
    assert plain.headers["cache-control"] == "no-cache"
    again = client.get(address.partition("?")[0], headers={"If-None-Match": plain.headers["etag"]})
    assert again.status_code == 304
    assert again.headers["cache-control"] == "no-cache"
