"""The add-on as a guest in Blender's house: manners, papers, and leaving no trace."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ["documented", "polls", "undoable", "drop", "draw_panels", "copy_details", "permissions", "alone"]


def test_manners(blender):
    blender.run(*(f"house.{name}" for name in SCENARIOS))


def test_preparing_an_interpreter(fresh_blender):
    fresh_blender.run("house.prepare")


def test_switched_off_and_removed(fresh_blender):
    fresh_blender.run("house.off_and_on", "house.removed")


def test_the_same_sources_make_the_same_zip(slim_zip, tmp_path):
    script = ROOT / "blender_addon" / "packaging" / "build_zip.py"
    subprocess.run([sys.executable, str(script), "--out", str(tmp_path)], check=True, capture_output=True)
    assert (tmp_path / slim_zip.name).read_bytes() == slim_zip.read_bytes()


def test_the_zip_holds_what_it_needs_and_no_more(slim_zip):
    names = zipfile.ZipFile(slim_zip).namelist()
    for name in ("blender_manifest.toml", "core/mirror_core/worker/protocol.py", "core/requirements.txt", "LICENSE"):
        assert name in names
    assert not [name for name in names if "packaging" in name or "pycache" in name or "/." in f"/{name}"]
    assert "core/mirror_core/weights/catalogue.json" in names
    assert "core/training/__main__.py" in names  # training on one's own photos, with the same interpreter
    assert slim_zip.stat().st_size < 40_000_000  # trained models are nearly all of it


def test_blenders_own_script_accepts_the_zip(slim_zip):
    pattern = ".venv-bpy-*/**/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    scripts = sorted(ROOT.glob(pattern)) or sorted(Path(sys.prefix).glob(pattern.partition("/")[2]))
    if not scripts:
        pytest.skip("no environment with Blender's script is here")
    for script in scripts:
        subprocess.run([sys.executable, str(script), "validate", str(slim_zip)], check=True, capture_output=True)
