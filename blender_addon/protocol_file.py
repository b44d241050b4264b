"""The worker's protocol, loaded from the one file that both sides share (mirror_core/worker/protocol.py).

The file needs nothing but the standard library. It is loaded by path because Blender's process must never import
mirror_core, whose requirements it does not have.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent


def core_folder() -> Path:
    """The folder that holds mirror_core: `core` in the installed extension, the repository when run from there."""
    bundled = FOLDER / "core"
    return bundled if bundled.is_dir() else FOLDER.parent


def _load() -> ModuleType:
    name = f"{__package__}.protocol"
    spec = importlib.util.spec_from_file_location(name, core_folder() / "mirror_core" / "worker" / "protocol.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their own module up while they are being defined.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


protocol = _load()
