"""One entrance for every chore; needs nothing but Python 3.11 or newer.

python build.py setup          the environment .venv, with everything developers need
python build.py demo [PHOTO]   a photo to .glb, .blend and turntable, in out/demo
python build.py test           format, lint, types, layers, tests, add-on tests
python build.py addon          the Blender extension's zips, in dist
python build.py bench          the speed benchmarks

Each command first creates what it needs: .venv, and for Blender's side .venv-bpy-4.2, -4.5 and -5.0, which need
Python 3.11 because Blender's own wheels do.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent
CONSTRAINTS = ROOT / ".ci" / "constraints.txt"
OLDEST_PYTHON = (3, 11)
BPY_PYTHON = (3, 11)
BPY_VERSIONS = {"4.2": "4.2.23", "4.5": "4.5.15", "5.0": "5.0.1"}
DEMO_BPY = "4.5"
DEMO_PHOTO = ROOT / "examples" / "tshirt.jpg"


class BuildError(Exception):
    """Something the user has to do first, in one sentence."""


@dataclass(frozen=True)
class Outcome:
    """How one stage of a command ended: state is "ok", "FAILED" or "skipped"."""

    name: str
    state: str
    seconds: float = 0.0
    note: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0


# Environments


def venv_python(folder: Path) -> Path:
    """The interpreter inside a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def find_python(accepts) -> Path | None:
    """An interpreter whose (major, minor) `accepts`: the running one first, then the versioned names on PATH."""
    if accepts(sys.version_info[:2]):
        return Path(sys.executable)
    candidates = [[name] for minor in (11, 12, 13, 14) if (name := shutil.which(f"python3.{minor}"))]
    if launcher := shutil.which("py"):
        candidates += [[launcher, f"-3.{minor}"] for minor in (11, 12, 13, 14)]
    for candidate in candidates:
        # Asked, not assumed: a version manager's shim can stand on PATH without a Python behind it.
        question = [*candidate, "-c", "import sys; print(*sys.version_info[:2], sys.executable)"]
        answer = subprocess.run(question, capture_output=True, text=True, check=False)
        if answer.returncode == 0:
            major, minor, path = answer.stdout.strip().split(" ", 2)
            if accepts((int(major), int(minor))):
                return Path(path)
    return None


def ensure_venv(folder: Path, python: Path | None, requirements: list[str], facts: str = "") -> Path:
    """Create a virtual environment, or update it if the requirements or the `facts` behind them changed.

    Returns:
        Its interpreter.
    """
    if python is None:
        raise BuildError(f"{folder.name} needs a Python that is not installed. Install Python 3.11 and run this again.")
    fingerprint = hashlib.sha256("\n".join([*requirements, facts]).encode()).hexdigest()
    stamp = folder / "build-stamp.txt"
    inside = venv_python(folder)
    if inside.exists() and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint:
        return inside
    print(f"Preparing {folder.name} (once; it downloads what is missing) ...", flush=True)
    if not inside.exists():
        call([python, "-m", "venv", "--clear", folder])
    call([inside, "-m", "pip", "install", "--quiet", *requirements])
    stamp.write_text(fingerprint, encoding="utf-8")
    return inside


def main_python() -> Path:
    """The interpreter of .venv, with the package in editable form and the developers' tools."""
    python = find_python(lambda version: version >= OLDEST_PYTHON)
    # Only the project's table counts: a changed lint rule is no reason to install anything.
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[tool.", 1)[0]
    facts = project + CONSTRAINTS.read_text(encoding="utf-8")
    return ensure_venv(ROOT / ".venv", python, ["-c", str(CONSTRAINTS), "-e", f"{ROOT}[dev]"], facts)


def bpy_python(version: str) -> Path:
    """The interpreter of .venv-bpy-VERSION: Blender as a Python module, and pytest."""
    # Blender 4.2 is built against numpy 1 without saying so to pip.
    requirements = [f"bpy=={BPY_VERSIONS[version]}", "numpy==1.26.4", "pillow==13.0.0", "pytest==9.2.0"]
    return ensure_venv(ROOT / f".venv-bpy-{version}", find_python(lambda v: v == BPY_PYTHON), requirements)


def call(command: list, **environment: str) -> None:
    """Run a command that has to succeed."""
    if code := run(command, **environment):
        raise BuildError(f"This command ended with code {code}: {' '.join(map(str, command))}")


def run(command: list, **environment: str) -> int:
    """Run a command in the repository's root and give its exit code."""
    done = subprocess.run(list(map(str, command)), cwd=ROOT, env={**os.environ, **environment}, check=False)
    return done.returncode


# Stages of the test command


def stage(name: str, command: list, **environment: str) -> Outcome:
    """Run one check and time it."""
    print(f"\n== {name}", flush=True)
    start = time.perf_counter()
    code = run(command, **environment)
    return Outcome(name, "FAILED" if code else "ok", time.perf_counter() - start)


def pytest_stage(name: str, python: Path, arguments: list, **environment: str) -> Outcome:
    """Run pytest and count what it did from the report it writes for machines."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        outcome = stage(name, [python, "-m", "pytest", f"--junitxml={report}", *arguments], **environment)
        if not report.exists():
            return Outcome(name, "FAILED", outcome.seconds, "pytest died before it could report", failed=1)
        suite = ET.parse(report).getroot().find("testsuite")
    counts = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    passed = max(0, counts["tests"] - failed - counts["skipped"])
    note = f"{passed} passed, {failed} failed, {counts['skipped']} skipped"
    return Outcome(name, outcome.state, outcome.seconds, note, passed, failed, counts["skipped"])


def static_checks(python: Path) -> list[Outcome]:
    """Format, lint, types and layers."""
    return [
        stage("format", [python, "-m", "ruff", "format", "--check", "."]),
        stage("lint", [python, "-m", "ruff", "check", "."]),
        stage("types", [python, "-m", "pyright", "--pythonpath", python]),
        stage("layers", [python.with_name("lint-imports")]),
    ]


def addon_checks(python: Path, extra: list[str]) -> list[Outcome]:
    """Build the slim zip and test it, installed, in each Blender."""
    if find_python(lambda version: version == BPY_PYTHON) is None:
        return [Outcome("add-on", "skipped", note="Blender's wheels need Python 3.11, which is not installed")]
    build = stage("add-on zip", [python, "blender_addon/packaging/build_zip.py"])
    if build.state == "FAILED":
        return [build]
    return [build] + [
        pytest_stage(
            f"add-on in Blender {version}",
            bpy_python(version),
            ["-c", "addon_tests/pytest.ini", "addon_tests", *extra],
            MIRROR_PYTHON=str(python),
        )
        for version in BPY_VERSIONS
    ]


# Commands


def setup(_: argparse.Namespace) -> int:
    """Prepare .venv."""
    print(f"Ready: {main_python()}")
    return 0


def test(options: argparse.Namespace) -> int:
    """Run every check; the exit code is 0 if none failed."""
    python = main_python()
    extra = ["-k", options.k] if options.k else []
    outcomes = static_checks(python)
    outcomes.append(pytest_stage("tests", python, ["tests", *extra]))
    if not options.quick:
        outcomes += addon_checks(python, extra)
    print("\n== summary")
    for outcome in outcomes:
        print(f"{outcome.state:8} {outcome.name:24} {outcome.seconds:6.1f} s  {outcome.note}".rstrip())
    total = [sum(getattr(outcome, key) for outcome in outcomes) for key in ("passed", "failed", "skipped")]
    print("{} passed, {} failed, {} skipped".format(*total))
    return int(any(outcome.state == "FAILED" for outcome in outcomes))


def demo(options: argparse.Namespace) -> int:
    """Reconstruct one photo into out/demo: .glb, .blend and a turntable picture."""
    photo = options.photo.resolve()
    if not photo.is_file():
        raise BuildError(f"There is no photo at {photo}.")
    python, out = main_python(), ROOT / "out" / "demo"
    glb, result, blend = (out / f"{photo.stem}.{suffix}" for suffix in ("glb", "mirror", "blend"))
    turntable = out / f"{photo.stem}_turntable.png"
    mirror = [python, "-m", "mirror_core"]
    call([*mirror, "reconstruct", photo, "-o", out, "--format", "glb", "folder", "--overwrite"])
    call([*mirror, "turntable", result, "-o", turntable, "--overwrite"])
    made = [("mesh with texture", glb), ("all around", turntable)]
    if blender := blender_command():
        call([*blender, result, blend])
        made.append(("Blender file with camera and light", blend))
    else:
        print("No .blend: that needs Blender on PATH, or Python 3.11 for Blender as a module.")
    for what, path in made:
        print(f"{what:36} {path.relative_to(ROOT)}")
    return 0


def blender_command() -> list | None:
    """What runs examples/result_to_blend.py: Blender as a module, prepared if need be, or else a Blender on PATH."""
    script = ROOT / "examples" / "result_to_blend.py"
    python = find_python(lambda version: version == BPY_PYTHON)
    blender = shutil.which("blender")
    if blender and not (python and venv_python(ROOT / f".venv-bpy-{DEMO_BPY}").exists()):
        return [blender, "--background", "--python", script, "--"]
    return [bpy_python(DEMO_BPY), script] if python else None


def addon(options: argparse.Namespace) -> int:
    """Build the extension's zips into dist."""
    return run([main_python(), "blender_addon/packaging/build_zip.py", *options.rest])


def bench(options: argparse.Namespace) -> int:
    """Run each script of benchmarks; they write JSON beside themselves."""
    python = main_python()
    scripts = sorted(path for path in (ROOT / "benchmarks").glob("[!_]*.py") if options.only in path.name)
    if not scripts:
        raise BuildError(f"No benchmark's name contains {options.only!r}.")
    return max(run([python, script]) for script in scripts)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    for function in (setup, demo, test, addon, bench):
        command = commands.add_parser(function.__name__, help=function.__doc__)
        command.set_defaults(function=function)
        if function is demo:
            command.add_argument("photo", nargs="?", type=Path, default=DEMO_PHOTO)
        elif function is test:
            command.add_argument("--quick", action="store_true", help="leave out the add-on's tests")
            command.add_argument("-k", default="", help="only tests whose name matches, as in pytest")
        elif function is addon:
            command.add_argument("rest", nargs=argparse.REMAINDER, help="options of the packaging script")
        elif function is bench:
            command.add_argument("only", nargs="?", default="", help="only benchmarks whose name contains this")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run one command; the exit code is 0 if all went well."""
    options = parse(arguments)
    try:
        return options.function(options)
    except BuildError as error:
        print(f"build.py: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
