"""Makes the extension's zips: python blender_addon/packaging/build_zip.py [--full] [--out DIR].

The slim zip holds the add-on, mirror_core and training, and needs an interpreter. The full one also holds the wheels of
torch and everything else for this machine's platform, and needs nothing. Standard library only; not in the zips.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from pathlib import Path

ADDON = Path(__file__).resolve().parents[1]
ROOT = ADDON.parent

LEFT_OUT = {"packaging", "__pycache__", "ruff.toml", ".*"}

BLENDER_PYTHON = "3.11"
"""What Blender 4.2 to 5.0 run; the wheels of the full zip are for it."""

BLENDER_NUMPY = "numpy==1.24.4"
"""Of the oldest of those Blenders; the wheels are chosen to work with it, and with every later one."""

TORCH = "torch==2.13.0"
"""What the full zip carries. Where the index offers CUDA builds, give --index the address of the CPU builds."""

NOT_SHIPPED = ("numpy", "setuptools")
"""Blender has both, and an extension that brings another numpy breaks other extensions."""

PLATFORMS = {
    "linux-x86_64": "linux-x64",
    "linux-aarch64": "linux-arm64",
    "win-amd64": "windows-x64",
    "win-arm64": "windows-arm64",
    "macosx-arm64": "macos-arm64",
    "macosx-x86_64": "macos-x64",
}
"""Python's names of platforms to Blender's."""


def make_zip(out_folder: Path, *, full: bool = False, pip_options: tuple[str, ...] = ()) -> Path:
    """Build one zip and give its path.

    Args:
        out_folder: made as needed; a zip of the same name is replaced once the new one is complete.
        full: with the wheels of this platform, for offline use.
        pip_options: passed on to `pip download`, for other package indexes.
    """
    out_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        stage = Path(temporary) / "mirror"
        _copy_sources(stage)
        version = _version()
        name = f"mirror-{version}"
        lines = [f'version = "{version}"']
        if full:
            platform = blender_platform()
            name += f"-{platform}"
            wheels = _download_wheels(stage / "wheels", stage / "core" / "requirements.txt", pip_options)
            lines += [f'platforms = ["{platform}"]', "wheels = [", *(f'  "./wheels/{file}",' for file in wheels), "]"]
        _write_manifest(stage / "blender_manifest.toml", lines)
        draft = Path(temporary) / f"{name}.zip"
        _pack(stage, draft)
        target = out_folder / draft.name
        partial = target.with_suffix(".partial")
        shutil.copyfile(draft, partial)
        return partial.replace(target)


def _copy_sources(stage: Path) -> None:
    skip = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(ADDON, stage, ignore=skip)
    for package in ("mirror_core", "training"):
        shutil.copytree(ROOT / package, stage / "core" / package, ignore=skip)
    shutil.copyfile(ROOT / "LICENSE", stage / "LICENSE")
    shutil.copytree(ROOT / "LICENSES", stage / "LICENSES")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = "\n".join(project["dependencies"]) + "\n"
    (stage / "core" / "requirements.txt").write_text(requirements, encoding="utf-8")


def _version() -> str:
    text = (ROOT / "mirror_core" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'__version__ = "(.+?)"', text)
    assert found is not None, "mirror_core/__init__.py names no version"
    return found[1]


def blender_platform() -> str:
    """Blender's name for the platform of this machine."""
    name = re.sub(r"^macosx-[\d.]+-", "macosx-", sysconfig.get_platform())
    if name not in PLATFORMS:
        sys.exit(f"There is no full zip for {name}; there is for {', '.join(PLATFORMS)}. Build the slim one.")
    return PLATFORMS[name]


def _download_wheels(folder: Path, requirements: Path, pip_options: tuple[str, ...]) -> list[str]:
    """Wheels of the requirements and all that they require; their names, sorted."""
    # The project's own lower bound on numpy is its developers'; here Blender's numpy decides.
    names = [line for line in requirements.read_text(encoding="utf-8").split() if not line.startswith("numpy")]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder), "--only-binary=:all:"]
    command += ["--python-version", BLENDER_PYTHON, *pip_options, *names, TORCH, BLENDER_NUMPY]
    subprocess.run(command, check=True)
    for wheel in folder.glob("*.whl"):
        if wheel.name.split("-")[0].lower() in NOT_SHIPPED:
            wheel.unlink()
    return sorted(wheel.name for wheel in folder.glob("*.whl"))


def _write_manifest(path: Path, lines: list[str]) -> None:
    text = path.read_text(encoding="utf-8")
    text, count = re.subn(r"^version = .*$", lambda _: "\n".join(lines), text, flags=re.MULTILINE)
    assert count == 1, "the manifest must name its version once"
    path.write_text(text, encoding="utf-8")


def _pack(stage: Path, target: Path) -> None:
    """Zip a folder's content; the same content gives the same bytes."""
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(stage).as_posix(), (2026, 1, 1, 0, 0, 0))
            # Wheels are compressed already.
            info.compress_type = zipfile.ZIP_STORED if path.suffix == ".whl" else zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, path.read_bytes())


def validator() -> Path | None:
    """Blender's own script that validates extensions, out of one of the environments with Blender as a module."""
    script = "site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py"
    patterns = (f".venv-bpy-*/lib/python*/{script}", f".venv-bpy-*/Lib/{script}")
    return next((path for pattern in patterns for path in sorted(ROOT.glob(pattern))), None)


def validate(archive: Path) -> None:
    """Have Blender's script look at a zip; end with its words if it objects."""
    script = validator()
    if script is None:
        print("Not validated: there is no .venv-bpy-* here (build.py test makes them).")
        return
    subprocess.run([sys.executable, str(script), "validate", str(archive)], check=True)


def main(arguments: list[str]) -> int:
    """Build, validate and say where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the zips")
    parser.add_argument("--full", action="store_true", help="also the full zip for this platform (downloads wheels)")
    parser.add_argument("--index", help="address of a further package index, such as that of torch's CPU builds")
    options = parser.parse_args(arguments)
    pip_options = ("--extra-index-url", options.index) if options.index else ()
    for full in (False, True) if options.full else (False,):
        archive = make_zip(options.out, full=full, pip_options=pip_options)
        validate(archive)
        print(f"{archive}  {archive.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
