# pyright: basic, reportMissingImports=false
"""`blender --background --command mirror ...`: the command `mirror`, run by the add-on's interpreter.

Everything after `mirror` goes to it as it is, and its exit code comes back: one program, the same semantics.
"""

import subprocess
import sys

import bpy

from .errors import AddonError
from .runtime import find_runtime
from .session import addon_preferences, user_folder

_handles: list[object] = []


def run(arguments: list[str]) -> int:
    """Run `mirror` with these arguments and give its exit code; 2 where there is no interpreter to run it."""
    try:
        runtime = find_runtime(bpy.path.abspath(addon_preferences().interpreter), user_folder())
        done = subprocess.run(runtime.command("-m", "mirror_core", *arguments), env=runtime.environment(), check=False)
    except (AddonError, OSError) as error:
        print(f"mirror: {error}", file=sys.stderr)
        return 2
    return done.returncode


def register() -> None:
    """Make the command known to Blender."""
    _handles.append(bpy.utils.register_cli_command("mirror", run))


def unregister() -> None:
    """Take it away again."""
    while _handles:
        bpy.utils.unregister_cli_command(_handles.pop())
