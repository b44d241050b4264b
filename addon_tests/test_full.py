"""The full zip: everything inside, no interpreter named, no network."""

import dataclasses
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import ROOT, blenders

TESTED = [name for name in blenders() if name.endswith("4.5")]
"""One Blender is enough: the wheels are the same for all."""


@pytest.fixture(scope="session")
def full_zip(tmp_path_factory) -> Path:
    """The full zip, built now; needs a package index."""
    out = tmp_path_factory.mktemp("full")
    script = ROOT / "blender_addon" / "packaging" / "build_zip.py"
    done = subprocess.run(
        [sys.executable, str(script), "--full", "--out", str(out)], capture_output=True, text=True, check=False
    )
    if "pip" in done.stderr and done.returncode:
        pytest.skip(f"the wheels cannot be downloaded here: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return max(out.glob("*.zip"), key=lambda path: path.stat().st_size)


@pytest.mark.slow
@pytest.mark.parametrize("blender", TESTED, indirect=True)
def test_it_reconstructs_with_nothing_but_itself(fresh_blender, full_zip, shirt):
    offline = dataclasses.replace(fresh_blender, archive=full_zip)
    found = offline.run("work.reconstruct", interpreter="", timeout=900, **shirt)
    print(found)
    assert found["iou"] >= 0.95


@pytest.mark.slow
@pytest.mark.skipif(not TESTED, reason="Blender 4.5 is not here")
def test_it_brings_no_numpy_and_names_its_platform(full_zip):
    archive = zipfile.ZipFile(full_zip)
    wheels = [name for name in archive.namelist() if name.endswith(".whl")]
    assert any(name.startswith("wheels/torch-") for name in wheels)
    assert not any(name.startswith("wheels/numpy") for name in wheels)
    manifest = archive.read("blender_manifest.toml").decode()
    assert all(f'"./{name}"' in manifest for name in wheels)
    assert 'platforms = ["' in manifest
