"""The public names, so that none goes missing unnoticed.

When a name is meant to come or go: python tests/architecture/test_public_names.py --write
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("public_names.txt")


OPEN_MODULES = ("checks.py", "errors.py", "fitting/settings.py", "pipelines/*.py", "worker/protocol.py")
"""Modules that are imported as they are; elsewhere a package's `__all__` says what is public."""


def public_names() -> list[str]:
    """What others may import from mirror_core, as `module.name`."""
    core = ROOT / "mirror_core"
    names = {f"{_module(path)}.{name}" for path in core.rglob("__init__.py") for name in _exported(path)}
    for pattern in OPEN_MODULES:
        for path in core.glob(pattern):
            names.update(f"{_module(path)}.{name}" for name in _defined(path) if not name.startswith("_"))
    return sorted(names)


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _exported(path: Path) -> list[str]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return ast.literal_eval(node.value)
    return []


def _defined(path: Path) -> set[str]:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_every_listed_name_is_there_and_every_name_is_listed() -> None:
    listed = LIST.read_text(encoding="utf-8").split()
    now = public_names()
    assert sorted(set(listed) - set(now)) == [], f"gone; if on purpose: python {Path(__file__).name} --write"
    assert sorted(set(now) - set(listed)) == [], f"new; if on purpose: python {Path(__file__).name} --write"


if __name__ == "__main__" and "--write" in sys.argv:
    LIST.write_text("\n".join(public_names()) + "\n", encoding="utf-8")
