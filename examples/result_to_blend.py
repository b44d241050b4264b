"""A result folder to a .blend file with camera and light: also an example of using the add-on from a script.

    python examples/result_to_blend.py RESULT.mirror OUT.blend                                   (Python with bpy)
    blender --background --python examples/result_to_blend.py -- RESULT.mirror OUT.blend         (Blender)

Takes the add-on from this checkout, so it need not be installed.
"""

import os
import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import blender_addon


def convert(folder: Path, target: Path) -> None:
    """Write one result, its pictures packed into the file."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    blender_addon.register()
    bpy.ops.mirror.load_result(directory=str(folder.resolve()))
    bpy.ops.file.pack_all()
    bpy.ops.wm.save_as_mainfile(filepath=str(target.resolve()), check_existing=False)


if __name__ == "__main__":
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    try:
        convert(*map(Path, arguments))
        code = 0
    except RuntimeError as error:
        print(error, file=sys.stderr)
        code = 1
    sys.stdout.flush()
    os._exit(code)  # Blender as a module does not always survive the interpreter's own way out
