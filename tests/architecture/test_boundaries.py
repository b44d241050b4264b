"""Boundaries that no linter draws: what may be imported where, and what a tracked file may name.

The order of the folders and the bans on bpy and torch stand in pyproject.toml and are checked by
`python build.py test`, in the stages "layers" and "lint".
"""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

STANDARD_LIBRARY_ONLY = [
    "build.py",
    "mirror_core/worker/protocol.py",
    "blender_addon/worker_client.py",
    "blender_addon/packaging/build_zip.py",
]
"""build.py and the zip's maker run before anything is installed; the rest runs in Blender's interpreter."""

MACHINE_PATH = re.compile(r"(?<![\w./~])/(?:home|root|mnt|opt|work|Users)/\w")


def imports(path: Path) -> set[str]:
    """First parts of the absolute imports anywhere in a file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


def tracked_text_files() -> list[Path]:
    """Files that git tracks, but for pictures, arrays and licence texts."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [
        path for path in paths if path.suffix in {".py", ".md", ".toml", ".txt", ".json", ".ini", ""} and path.exists()
    ]


@pytest.mark.parametrize("file", STANDARD_LIBRARY_ONLY)
def test_standard_library_only(file: str) -> None:
    assert imports(ROOT / file) - sys.stdlib_module_names == set()


def test_the_worker_speaks_before_it_loads_torch() -> None:
    """The add-on waits for the worker's first word; importing torch takes seconds."""
    code = "import sys, mirror_core.worker.protocol; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_no_tracked_file_names_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_text_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if MACHINE_PATH.search(line)
    ]
    assert found == []


def functions() -> list[tuple[str, int]]:
    """Where each function of ours stands, and its number of lines."""
    places = []
    for folder in ("mirror_core", "training", "blender_addon"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    lines = (node.end_lineno or node.lineno) - node.lineno + 1
                    places.append((f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines))
    return places


def test_no_function_is_longer_than_80_lines() -> None:
    assert [(place, lines) for place, lines in functions() if lines > 80] == []


def test_no_file_is_longer_than_400_lines() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("*/**/*.py")}
    ours = {"mirror_core", "training", "blender_addon", "addon_tests", "tests", "benchmarks", "examples", "docs"}
    long = {str(p.relative_to(ROOT)): n for p, n in sizes.items() if n > 400 and p.relative_to(ROOT).parts[0] in ours}
    assert long == {}
