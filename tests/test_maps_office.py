"""Slides of maps in LibreOffice: it finds the shapes, connectors and texts that we wrote."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from server.maps.format import by_suffix
from tests.conftest import needed
from tests.mapped import RELEASE, picture, simple

OFFICE = shutil.which("soffice")
DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"


@pytest.mark.timeout(600)
def test_libreoffice_opens_a_slide_with_all_that_is_on_it(tmp_path: Path) -> None:
    needed(OFFICE, "LibreOffice Impress")
    shown = simple(("Un", "Deux", "=Trois", 'Quatre"];', "Cinq <b>"))
    file = tmp_path / "map.pptx"
    file.write_bytes(by_suffix()[".pptx"].write(picture(shown)))
    subprocess.run(
        [str(OFFICE), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "fodp", "--outdir", str(tmp_path), str(file)],
        check=True, capture_output=True, timeout=500,
    )  # fmt: skip
    root = ElementTree.parse(tmp_path / "map.fodp").getroot()
    names = {one.get(f"{DRAW}name") for one in root.iter() if one.get(f"{DRAW}name")}
    assert set(shown.nodes) <= names
    lines = list(root.iter(f"{DRAW}connector"))
    assert len(lines) == len(shown.edges)
    assert {one.get(f"{DRAW}name") for one in lines} == {one.id for one in shown.edges}
    text = " ".join(root.itertext())
    for said in ("=Trois", "Cinq <b>", RELEASE, "licence.example"):
        assert said in text
