"""What is in an .mhclo or a community .json: a mesh, and how each of its vertices hangs on the base mesh hm08."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.errors import InputError
from training.synthetic.piece import BoolArray, ByteArray, FloatArray, IntArray

BASE_VERTICES = 19158
DECIMETRE = 0.1
"""MakeHuman's unit in metres."""
IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True)
class Clothes:
    """A mesh bound to the base mesh.

    Attributes:
        name: of the file.
        tags: what the author called it.
        refs: (V, 3), vertices of the base mesh.
        weights: (V, 3), theirs.
        offsets: (V, 3), metres, before scaling.
        scales: for x, y, z: two vertices of the base mesh and their distance in metres for which offsets are right.
        hides: (19158,), vertices of the base mesh under it.
        faces, uv, uv_faces: as in `Piece`.
        texture: the picture's file, if there is one.
    """

    name: str
    tags: tuple[str, ...]
    refs: IntArray
    weights: FloatArray
    offsets: FloatArray
    scales: tuple[tuple[int, int, float] | None, ...]
    hides: BoolArray
    faces: IntArray
    uv: FloatArray
    uv_faces: IntArray
    texture: Path | None

    def fit(self, rest: npt.NDArray[np.floating]) -> FloatArray:
        """Where its vertices lie on a body at rest."""
        scale = np.ones(3)
        for axis, entry in enumerate(self.scales):
            if entry is not None:
                first, second, length = entry
                scale[axis] = abs(rest[first, axis] - rest[second, axis]) / length
        on_body = np.einsum("vk,vkj->vj", self.weights, rest[self.refs])
        return (on_body + self.offsets * scale).astype(np.float32)


def read_mhclo(path: Path) -> Clothes:
    """Read a MakeHuman clothes file with its .obj and texture.

    Raises:
        InputError: a file is missing or does not fit.
    """
    entries: dict[str, str] = {}
    tags: list[str] = []
    rows: list[list[float]] = []
    hidden: list[str] = []
    section = ""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split("#")[0].split()
        if not words:
            continue
        if words[0] in ("verts", "delete_verts"):
            section = words[0]
        elif section == "verts" and re.match(r"\d", words[0]):
            rows.append(_binding([float(word) for word in words]))
        elif section == "delete_verts" and re.match(r"\d", words[0]):
            hidden += words
        elif words[0] == "tag":
            tags.append(" ".join(words[1:]).lower())
        else:
            entries[words[0]] = " ".join(words[1:])
    table = np.array(rows).reshape(-1, 9)
    vertices, faces, uv, uv_faces = read_obj(path.parent / entries.get("obj_file", path.with_suffix(".obj").name))
    if vertices != len(table):
        raise InputError(f"{path} binds {len(table)} vertices, but its mesh has {vertices}.", "Leave this asset out.")
    scales = tuple(_scale(entries.get(f"{axis}_scale")) for axis in "xyz")
    return Clothes(
        path.stem, tuple(tags), table[:, :3].astype(np.int32), table[:, 3:6].astype(np.float32),
        (table[:, 6:] * DECIMETRE).astype(np.float32), scales, _hidden(" ".join(hidden)), faces, uv, uv_faces,
        _texture(path, entries.get("material")),
    )  # fmt: skip


def read_community(path: Path) -> Clothes:
    """Read clothes that MakeHuman's community converted to three.js' JSON.

    Raises:
        InputError: it is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        meta = data["metadata"]
        table = np.array(data["faces"], np.int64).reshape(-1, 10)  # flags, 4 vertices, material, 4 UV points
        uv = np.array(data["uvs"][0], np.float32).reshape(-1, 2)
        hidden = np.array(meta["deleteVerts"], bool)
        picture = path.parent / Path(data["materials"][0]["mapDiffuse"]).name
        refs, weights, offsets = (np.array(data[key]) for key in ("ref_vIdxs", "weights", "offsets"))
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise InputError(f"{path} is no clothes file of MakeHuman's community: {error!r}.") from error
    return Clothes(
        path.stem, tuple(tag.lower() for tag in meta["tags"]), refs.astype(np.int32), weights.astype(np.float32),
        (offsets * DECIMETRE).astype(np.float32), (None, None, None), hidden, _halves(table[:, 1:5]), uv,
        _halves(table[:, 6:10]), picture if picture.is_file() else None,
    )  # fmt: skip


def read_obj(path: Path) -> tuple[int, IntArray, FloatArray, IntArray]:
    """Number of vertices, triangles, UV points and the triangles' UV points, all in the file's order."""
    if not path.is_file():
        raise InputError(f"The mesh {path} is not there.", "Copy it beside the clothes file that names it.")
    vertices = 0
    uv: list[list[float]] = []
    faces: list[list[int]] = []
    uv_faces: list[list[int]] = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "v":
            vertices += 1
        elif words[0] == "vt":
            uv.append([float(words[1]), float(words[2])])
        elif words[0] == "f":
            corners = [word.split("/") for word in words[1:]]
            points = [int(corner[0]) - 1 for corner in corners]
            places = [int(corner[1]) - 1 if len(corner) > 1 and corner[1] else 0 for corner in corners]
            for k in range(1, len(points) - 1):
                faces.append([points[0], points[k], points[k + 1]])
                uv_faces.append([places[0], places[k], places[k + 1]])
    return vertices, np.array(faces, np.int32), np.array(uv or [[0, 0]], np.float32), np.array(uv_faces, np.int32)


def read_picture(path: Path | None) -> ByteArray | None:
    """Colours and alpha, (H, W, 4); none if there is no such picture."""
    values = None if path is None else cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if values is None:
        return None
    if values.ndim == 2:
        change = cv2.COLOR_GRAY2RGBA
    else:
        change = cv2.COLOR_BGR2RGBA if values.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    return np.asarray(cv2.cvtColor(values, change), np.uint8)


def _binding(numbers: list[float]) -> list[float]:
    """A row of three vertices, three weights, an offset; a lone vertex number means that vertex itself."""
    if len(numbers) == 1:
        return [numbers[0], numbers[0], numbers[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    return (numbers + [0.0] * 9)[:9]


def _scale(text: str | None) -> tuple[int, int, float] | None:
    if text is None:
        return None
    first, second, length = text.split()[:3]
    return int(first), int(second), float(length) * DECIMETRE


def _hidden(text: str) -> BoolArray:
    """From numbers and ranges such as "12 - 14 20"."""
    hidden = np.zeros(BASE_VERTICES, bool)
    for first, last in re.findall(r"(\d+)(?:\s*-\s*(\d+))?", text):
        hidden[int(first) : int(last or first) + 1] = True
    return hidden


def _texture(path: Path, material: str | None) -> Path | None:
    """The picture that the material names, else the only likely one beside it."""
    file = path.parent / (material or "")
    if material and file.is_file():
        named = re.search(r"^diffuseTexture\s+(\S+)", file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        if named and (path.parent / named[1]).is_file():
            return path.parent / named[1]
    found = sorted(p for p in path.parent.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and "diffuse" in p.stem)
    return found[0] if found else None


def _halves(quads: npt.NDArray[np.int64]) -> IntArray:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
