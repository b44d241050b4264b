"""What the add-on's tests share: the built zip, Blenders to run it in, a worker's interpreter, results to show.

Run as `pytest -c addon_tests/pytest.ini addon_tests`: by an interpreter that has bpy, the tests are for that Blender;
by any other, for each Blender in the .venv-bpy-* beside. The interpreter with mirror_core is named by MIRROR_PYTHON;
without it, that of .venv is taken.
"""

import dataclasses
import importlib.util
import json
import os
import subprocess
import sys
import types
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def worker_python() -> str:
    """The interpreter that has mirror_core."""
    beside = [ROOT / ".venv" / place for place in ("bin/python", "Scripts/python.exe")]
    found = next((path for path in beside if path.is_file()), Path(sys.executable))
    return os.environ.get("MIRROR_PYTHON") or str(found)


WORKER_PYTHON = worker_python()


def blenders() -> dict[str, str]:
    """Name and interpreter of each Blender to test in."""
    if importlib.util.find_spec("bpy") is not None:
        return {Path(sys.prefix).name.removeprefix(".venv-"): sys.executable}
    found = sorted(ROOT.glob(".venv-bpy-*/bin/python")) + sorted(ROOT.glob(".venv-bpy-*/Scripts/python.exe"))
    return {path.parents[1].name.removeprefix(".venv-"): str(path) for path in found}


def load_addon() -> None:
    """Make the add-on's modules without bpy importable as `mirror_addon.x`, without running its __init__."""
    package = types.ModuleType("mirror_addon")
    package.__path__ = [str(ROOT / "blender_addon")]
    sys.modules["mirror_addon"] = package


load_addon()


@dataclass(frozen=True)
class Blender:
    """One Blender; `run` calls a scenario of addon_tests/inside in a fresh process of it."""

    python: str
    archive: Path
    profile: Path
    """Blender's settings and extensions; shared, because the worker compiles its kernels once for each installation."""
    folder: Path
    given: dict[str, str]

    def run(self, *scenarios: str, interpreter: str = WORKER_PYTHON, timeout: float = 600, **given: object) -> object:
        """Call each `module.name`; what the last returns comes back, and what one raises fails the test."""
        names = [scenario.rpartition(".")[2] for scenario in scenarios]
        module = scenarios[0].rpartition(".")[0]
        request, answer = self.folder / "request.json", self.folder / "answer.json"
        content = {"zip": str(self.archive), "interpreter": interpreter, "module": module, "names": names}
        request.write_text(json.dumps({**content, "given": {**self.given, "tmp": str(self.folder), **given}}))
        environment = {**os.environ, "BLENDER_USER_RESOURCES": str(self.profile)}
        command = [self.python, str(HERE / "inside" / "harness.py"), str(request), str(answer)]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=timeout, check=False, cwd=self.folder
        )
        assert answer.exists(), (
            f"Blender ended with code {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        )
        content = json.loads(answer.read_text())
        assert "error" not in content, f"{content['error']}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return content["returned"]


@pytest.fixture(scope="session")
def slim_zip(tmp_path_factory) -> Path:
    """The slim zip, built now."""
    out = tmp_path_factory.mktemp("dist")
    call([sys.executable, ROOT / "blender_addon" / "packaging" / "build_zip.py", "--out", out])
    return next(out.glob("*.zip"))


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[str, str]:
    """Files that the library made: a result folder, its photo, the library's render of it; one with more vertices."""
    folder = tmp_path_factory.mktemp("made")
    paths = {name: str(folder / file) for name, file in _FILES.items()}
    library = HERE / "library"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    call([WORKER_PYTHON, library / "make_result.py", paths["result"], paths["result_photo"]], env=environment)
    call([WORKER_PYTHON, library / "make_result.py", paths["other"], paths["other_photo"], 2562], env=environment)
    call([WORKER_PYTHON, library / "render_result.py", paths["result"], paths["render"]], env=environment)
    return paths


_FILES = {
    "result": "result",
    "result_photo": "ellipsoid photo.png",
    "render": "render.npz",
    "other": "other",
    "other_photo": "other photo.png",
}


def call(command: list, env: dict[str, str] | None = None) -> None:
    """Run a command that must succeed."""
    done = subprocess.run(list(map(str, command)), env=env, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def profiles(tmp_path_factory) -> Path:
    """Where the Blenders' profiles are."""
    return tmp_path_factory.mktemp("profiles")


@pytest.fixture(params=blenders())
def blender(request, profiles, slim_zip, made, tmp_path) -> Blender:
    """Each Blender there is, with the slim zip installed."""
    return Blender(blenders()[request.param], slim_zip, profiles / request.param, tmp_path, made)


@pytest.fixture
def fresh_blender(blender, tmp_path) -> Blender:
    """The same with a profile of its own, to be spoilt."""
    return dataclasses.replace(blender, profile=tmp_path / "profile")


SIZE = (240, 320)
"""Height and width of the photo drawn here."""


def outline() -> np.ndarray:
    """A shirt of two rectangles and a round neck, left of the middle."""
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    body = (abs(columns - 140) < 45) & (abs(rows - 130) < 80)
    sleeves = (abs(columns - 140) < 85) & (abs(rows - 80) < 28)
    neck = (columns - 140) ** 2 + (rows - 45) ** 2 < 18**2
    return (body | sleeves) & ~neck


@pytest.fixture
def shirt(tmp_path) -> dict[str, str]:
    """A photo of a striped shirt on a plain ground, and its true mask."""
    inside = outline()
    rows = np.mgrid[0 : SIZE[0], 0 : SIZE[1]][0]
    stripes = np.where((rows // 12 % 2 == 0)[..., None], (190, 40, 50), (40, 60, 150))
    Image.fromarray(np.where(inside[..., None], stripes, 235).astype(np.uint8)).save(tmp_path / "shirt.png")
    np.save(tmp_path / "mask.npy", inside.astype(np.float32))
    return {"photo": str(tmp_path / "shirt.png"), "mask_array": str(tmp_path / "mask.npy")}


@pytest.fixture
def fake(tmp_path, made):
    """Makes an interpreter that, whatever it is told to run, is a worker of the given mode."""
    if os.name == "nt":
        pytest.skip("the fake interpreter is a shell script")

    def make(mode: str) -> str:
        path = tmp_path / f"python-{mode}"
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "fake_worker.py"}" {mode} "{made["result"]}"\n')
        path.chmod(0o755)
        return str(path)

    return make
