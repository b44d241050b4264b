"""Wavefront OBJ, written here because trimesh's writer splits the vertices along the UV seam."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror_core.pipelines.model import Model


def obj_files(model: Model, path: Path) -> dict[Path, bytes]:
    """The .obj with its .mtl and texture beside it; faces number positions and UV points separately."""
    stem = "_".join(path.stem.split())  # many readers end a file's name at the first space
    texture, material = path.with_name(f"{stem}_texture.png"), path.with_name(f"{stem}.mtl")
    corners = np.stack([model.faces, model.uv_faces, model.faces], axis=-1).reshape(-1, 9) + 1
    text = "".join(
        [
            f"mtllib {material.name}\no {stem}\n",
            _lines("v", model.vertices),
            _lines("vt", model.uv),
            _lines("vn", model.normals),
            f"usemtl {stem}\ns 1\n",
            "".join("f {}/{}/{} {}/{}/{} {}/{}/{}\n".format(*corner) for corner in corners.tolist()),
        ]
    )
    # no specular highlight: Ks 0, illum 1
    look = f"newmtl {stem}\nKa 0 0 0\nKd 1 1 1\nKs 0 0 0\nd 1\nillum 1\nmap_Kd {texture.name}\n"
    return {texture: model.texture, material: look.encode(), path: text.encode()}


def _lines(key: str, rows: npt.NDArray[np.float32]) -> str:
    # nine significant digits are what a float32 needs to come back the same
    return "".join(f"{key} {' '.join(f'{value:.9g}' for value in row)}\n" for row in rows.tolist())
