"""What pages load that others wrote: fetched with npm as the lock file pins it, never committed."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

HERE = files("server.assets")
VENDOR = Path(__file__).parent.parent / "static" / "vendor"
INPUTS = (".npmrc", "package.json", "package-lock.json")
STAMP = "package-lock.sha256"
LICENCES = "LICENCES.txt"
COPIED = {
    "@zazuko/yasgui/build/yasgui.min.js": "yasgui.min.js",
    "@zazuko/yasgui/build/yasgui.min.css": "yasgui.min.css",
    "graphology/dist/graphology.umd.min.js": "graphology.umd.min.js",
    "sigma/dist/sigma.min.js": "sigma.min.js",
}


class AssetError(Exception):
    """What could not be fetched, and how to get it."""


def present(folder: Path = VENDOR) -> bool:
    """Tell whether the files are there; then pages offer what needs them."""
    return (folder / STAMP).is_file()


def fresh(folder: Path = VENDOR) -> bool:
    """Tell whether the files are those that the lock file pins."""
    return present(folder) and (folder / STAMP).read_text(encoding="ascii") == pinned()


def pinned() -> str:
    """Return the digest of the lock file."""
    return hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()


def build(folder: Path = VENDOR) -> None:
    """Fetch the packages and copy what pages load; raises AssetError and then leaves what was."""
    npm = shutil.which("npm")
    if npm is None:
        raise AssetError("npm is not installed (on Debian: apt-get install npm)")
    with tempfile.TemporaryDirectory(prefix="maillage-assets-") as work:
        place = Path(work)
        for name in INPUTS:
            with as_file(HERE / name) as source:
                shutil.copy(source, place)
        install(npm, place)
        copy(place / "node_modules", folder)


def install(npm: str, place: Path) -> None:
    """Install the packages of a lock file, running none of their scripts."""
    command = [npm, "ci", "--ignore-scripts", "--loglevel=error"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise AssetError(f"npm could not install: {' '.join(lines[:3]) or done.returncode}")


def copy(modules: Path, folder: Path) -> None:
    """Copy the files that pages load, and the licences of all that is bundled in them."""
    missing = [name for name in COPIED if not (modules / name).is_file()]
    if missing:
        raise AssetError(f"the package does not hold {missing[0]} any more")
    folder.mkdir(parents=True, exist_ok=True)
    # The stamp goes first and comes back last: without it nothing here is used.
    (folder / STAMP).unlink(missing_ok=True)
    for source, name in COPIED.items():
        shutil.copyfile(modules / source, folder / name)
    text = "\n\n".join(licences(modules))
    (folder / LICENCES).write_text(text + "\n", encoding="utf-8")
    (folder / STAMP).write_text(pinned(), encoding="ascii")


def licences(modules: Path) -> Iterator[str]:
    """Yield the name, version, licence and licence text of each package, in order of name."""
    for manifest in sorted([*modules.glob("*/package.json"), *modules.glob("@*/*/package.json")]):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        author = told.get("author") or ""
        author = author if isinstance(author, str) else author.get("name", "")
        head = f"{told['name']} {told['version']}: {told.get('license', 'see below')}. {author}"
        texts = [
            one.read_text(encoding="utf-8", errors="replace").strip()
            for one in sorted(manifest.parent.iterdir())
            if one.is_file() and one.stem.upper() in ("LICENSE", "LICENCE", "COPYING")
        ]
        yield "\n\n".join([head.strip(), *(texts or ["(No text of the licence in the package.)"])])
