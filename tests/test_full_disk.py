"""A disk that is full: the command says so, what was published stays, and later all goes on.

Strategy: a real small file system, mounted where nobody else sees it; a copy of a home lies on it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from queries.release import Home

# Bytes that are left when the disk is called full.
LEFT = 4 << 20
STEPS = """
import os, shutil, subprocess, sys
from pathlib import Path

published, place, size, left = Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:])
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
home = place / "home"
shutil.copytree(published, home, symlinks=True)
current = os.readlink(home / "current")
maillage = [sys.executable, "-m", "maillage", "--home", home]

def said(*arguments):
    done = subprocess.run([*maillage, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr

filler = place / "filler"
free = os.statvfs(place)
with filler.open("wb") as stream:
    os.posix_fallocate(stream.fileno(), 0, free.f_bavail * free.f_bsize - left)
code, text = said("build", "--anew")
assert code == 3, (code, text)
assert "space" in text.lower() and "Traceback" not in text, text
assert os.readlink(home / "current") == current
code, text = said("query", "federations", "--on", "2019-12-31")
assert code == 0, text
filler.unlink()
code, text = said("build", "--anew")
assert code == 0, text
assert os.readlink(home / "current") != current
left_over = [one.name for one in home.iterdir() if one.name.startswith(".working")]
assert not left_over, left_over
"""


def may_mount(place: Path) -> bool:
    """Tell whether a file system of our own can be mounted here."""
    if not (shutil.which("unshare") and shutil.which("mount")):
        return False
    tried = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def test_a_full_disk_leaves_what_is_published(published: Home, tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    if not may_mount(place):
        pytest.skip("no file system can be mounted here: that takes an administrator")
    used = sum(file.stat().st_size for file in published.path.rglob("*") if file.is_file())
    command = ["unshare", "--mount", sys.executable, "-c", STEPS, published.path, place]
    size = 4 * used + (64 << 20)
    done = subprocess.run(
        [*map(str, command), str(size), str(LEFT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
