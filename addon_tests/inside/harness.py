"""Runs scenarios in a fresh Blender, each in a new file: harness.py REQUEST ANSWER, both JSON files.

A fresh process, because Blender as a module cannot be reset, and may crash. It ends with os._exit, because
some versions hang or crash when Python shuts down around them.
"""

import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from types import SimpleNamespace


def install(archive: str):
    """Install and enable the extension's zip, unless this profile has it; gives its package."""
    import bpy

    name = "bl_ext.user_default.mirror"
    if (Path(os.environ["BLENDER_USER_RESOURCES"]) / "extensions" / "user_default" / "mirror").is_dir():
        bpy.ops.preferences.addon_enable(module=name)
    else:
        bpy.ops.extensions.package_install_files(filepath=archive, repo="user_default", enable_on_install=True)
    return importlib.import_module(name)


def run(request: dict) -> object:
    """Prepare Blender and call the scenarios with what they ask for; gives what the last one returns."""
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    mirror = install(request["zip"])
    preferences = bpy.context.preferences.addons["bl_ext.user_default.mirror"].preferences
    preferences.interpreter = request["interpreter"]
    sys.path.insert(0, str(Path(__file__).parent))
    returned = None
    for name in request["names"]:
        print("Scenario", name, flush=True)
        bpy.ops.wm.read_homefile(use_empty=True)
        scenario = getattr(importlib.import_module(request["module"]), name)
        returned = scenario(SimpleNamespace(mirror=mirror, preferences=preferences, **request["given"]))
    return returned


def main() -> None:
    """Run, and leave an answer whatever happens."""
    request = json.loads(Path(sys.argv[1]).read_text())
    code, answer = 0, {}
    try:
        answer = {"returned": run(request)}
    except BaseException:
        code, answer = 1, {"error": traceback.format_exc()}
    Path(sys.argv[2]).write_text(json.dumps(answer))
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
