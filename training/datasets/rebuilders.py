"""Who says shapes and cameras of photos, by the name that a recipe gives."""

from pathlib import Path

from mirror_core.cli.options import UsageError
from training.datasets.pseudo_truth import Rebuild, by_magic_mirror, by_reconstructor, camera_of_photo


def rebuild_by(name: str) -> Rebuild:
    """Who says shapes and cameras of photos.

    Args:
        name: a trained 3D Magic Mirror, by name or folder; or FOLDER+NAME: a reconstruction network's folder, then who
            says the cameras.
    """
    folder, plus, cameras = name.rpartition("+")
    if not plus:
        return by_magic_mirror(name)
    mirror = by_magic_mirror(cameras)
    return by_reconstructor(Path(folder), lambda batch: mirror(batch)[1])


def posed_by(name: str) -> tuple[str, Rebuild]:
    """Who says shapes of photos that have cameras, and by what its answers are known in caches.

    Args:
        name: folder of a reconstruction network.
    """
    if "+" in name:
        raise UsageError(f"data.rebuild={name} says cameras, which CMR's cache says already.", "Name the folder alone.")
    weights = Path(name) / "model.safetensors"
    about = weights.stat() if weights.is_file() else None
    stamp = "" if about is None else f" {about.st_size} {about.st_mtime_ns}"
    return f"{name}{stamp}", by_reconstructor(Path(name), camera_of_photo)
