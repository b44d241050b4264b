"""Results as files for other programs: .glb, .obj, .ply and .usdz, in metres, y up, the front facing +z.

All formats keep the template's vertex order. glTF and PLY know one UV point for each vertex, so there the vertices
along the UV seam are repeated after the V of the template; OBJ and USD have separate numbers for the two.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import trimesh
from PIL import Image
from trimesh.visual.material import PBRMaterial
from trimesh.visual.texture import TextureVisuals

from mirror_core.errors import InputError
from mirror_core.files import write_files
from mirror_core.pipelines.model import Model, make_model
from mirror_core.pipelines.obj import obj_files
from mirror_core.pipelines.result import Reconstruction
from mirror_core.pipelines.usdz import usdz_file


def export(
    result: Reconstruction, path: Path | str, *, height_m: float | None = None, overwrite: bool = False
) -> list[Path]:
    """Write a result in the format that `path`'s suffix names: .glb, .obj, .ply or .usdz.

    Args:
        result: what to write.
        path: the main file; .obj brings NAME.mtl and NAME_texture.png, .ply NAME_ply_texture.png with it.
        height_m: metres from the lowest to the highest point; None is 0.7 for a garment, 1.7 for a person.
        overwrite: replace files that exist.

    Returns:
        Every file written, the main one last.

    Raises:
        InputError: the suffix or the height is not usable, or the mesh has no height.
        OutputError: a file exists, or the disk refuses; nothing is then left behind.
    """
    return write_files(encode(result, Path(path), height_m=height_m), overwrite=overwrite)


def encode(result: Reconstruction, path: Path, *, height_m: float | None = None) -> dict[Path, bytes]:
    """What `export` writes, path to bytes, the main file last."""
    check_suffix(path)
    return FORMATS[path.suffix.lower()](make_model(result, path.stem, height_m), path)


def check_suffix(path: Path) -> None:
    """Require a suffix that `export` knows."""
    if path.suffix.lower() not in FORMATS:
        raise InputError(
            f"{path.name} has the suffix {path.suffix!r}, which is no format to write.",
            f"Choose one of {', '.join(FORMATS)}.",
        )


def _split_mesh(model: Model) -> Any:
    """One vertex for each UV point, the template's V first; trimesh is told to repair and reorder nothing."""
    material = PBRMaterial(
        name=model.name,
        baseColorTexture=Image.open(BytesIO(model.texture)),
        roughnessFactor=1.0,
        metallicFactor=0.0,
    )
    return trimesh.Trimesh(
        vertices=model.vertices[model.uv_vertex],
        faces=model.uv_faces,
        vertex_normals=model.normals[model.uv_vertex],
        visual=TextureVisuals(uv=model.uv, material=material),
        process=False,
    )


def _glb(model: Model, path: Path) -> dict[Path, bytes]:
    scene: Any = trimesh.Scene()
    scene.add_geometry(_split_mesh(model), geom_name=model.name, node_name=model.name)
    return {path: scene.export(file_type="glb", include_normals=True)}


def _ply(model: Model, path: Path) -> dict[Path, bytes]:
    texture = path.with_name(f"{path.stem}_ply_texture.png")  # the .obj of the same name has its own
    data: bytes = _split_mesh(model).export(file_type="ply", vertex_normal=True)
    first, rest = data.split(b"\n", 1)
    # MeshLab's and trimesh's way of naming the texture
    return {texture: model.texture, path: first + f"\ncomment TextureFile {texture.name}\n".encode() + rest}


def _usdz(model: Model, path: Path) -> dict[Path, bytes]:
    return {path: usdz_file(model)}


FORMATS: dict[str, Callable[[Model, Path], dict[Path, bytes]]] = {
    ".glb": _glb,
    ".obj": obj_files,
    ".ply": _ply,
    ".usdz": _usdz,
}
