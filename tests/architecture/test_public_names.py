"""The public names, so that none goes missing unnoticed.

When a name is meant to come or go: python tests/architecture/test_public_names.py --write
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).with_name("public_names.txt")


def public_names() -> list[str]:
    """Functions, classes and constants of mirror_core's modules that have no leading underscore, as `module.name`."""
    names: set[str] = set()
    for path in (ROOT / "mirror_core").rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if any(part.startswith("_") and part != "__init__" for part in parts):
            continue
        module = ".".join(part for part in parts if part != "__init__")
        names.update(f"{module}.{name}" for name in _defined(path) if not name.startswith("_"))
    return sorted(names)


def _defined(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names.update(ast.literal_eval(node.value))
    return names


def test_every_listed_name_is_there_and_every_name_is_listed() -> None:
    listed = LIST.read_text(encoding="utf-8").split()
    now = public_names()
    assert sorted(set(listed) - set(now)) == [], f"gone; if on purpose: python {Path(__file__).name} --write"
    assert sorted(set(now) - set(listed)) == [], f"new; if on purpose: python {Path(__file__).name} --write"


if __name__ == "__main__" and "--write" in sys.argv:
    LIST.write_text("\n".join(public_names()) + "\n", encoding="utf-8")
