"""The 3D IoU of PASCAL3D+ (Xiang et al. 2014), as CMR and MeshInversion's Table 3 give it for cars.

    CAD/car/01.off                            the ten models, and so on for other categories
    Annotations/car_imagenet/NAME.mat         which of them an object resembles most, its box and its viewpoint

What both enclose on a grid of voxels is compared in the model's own axes, once scale and place agree; the papers do
not say how they made them agree. Here: `align_scale`, the scale and shift without rotation for which the surfaces lie
closest.
"""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from rich.progress import track

from mirror_core.errors import InputError
from mirror_core.files import write_files
from mirror_core.metrics import align_scale, sample_surface, volumetric_iou
from mirror_core.pipelines.folder import load_folder
from mirror_core.trainers.run_folder import made_with

Float64 = npt.NDArray[np.float64]
Int64 = npt.NDArray[np.int64]
Solid = tuple[Float64, Int64]

VOXELS = 32
"""Along the longest side of both, as DRC has it (Tulsiani et al. 2017), whose figure stands in the same table."""


@dataclass(frozen=True)
class EvaluateIoU3D:
    """Compare reconstructed objects with PASCAL3D+'s CAD models by the overlap of their volumes."""

    results: Path
    """Folder of result folders, each named as its annotation."""
    data: Path
    """Folder of PASCAL3D+."""
    category: str = "car"
    subset: str = "imagenet"
    """imagenet or pascal: whose photos."""
    voxels: int = VOXELS
    out: Path = Path("out/evaluation")
    """Where NAME.json is written."""
    name: str = "iou3d"

    def run(self) -> None:
        """Measure, print and write."""
        if not self.results.is_dir():
            raise InputError(f"{self.results} is not a folder.", "Name the folder that holds the result folders.")
        annotations = self.data / "Annotations" / f"{self.category}_{self.subset}"
        rows: list[dict[str, str | int | float]] = []
        for folder in track(sorted(path for path in self.results.iterdir() if path.is_dir()), description=self.name):
            number = read_cad_number(annotations / f"{folder.name}.mat", self.category)
            truth = read_cad(self.data, self.category, number)
            found = load_folder(folder)
            solid = found.vertices.astype(np.float64), found.template.faces.numpy()
            rows.append({"photo": folder.name, "cad": number, "iou": aligned_iou(solid, truth, self.voxels)})
        if not rows:
            raise InputError(f"{self.results} holds no result folder.", "Write results there first.")
        mean = float(np.mean([float(row["iou"]) for row in rows]))
        report = {
            "category": self.category,
            "photos": len(rows),
            "voxels": self.voxels,
            "iou_mean": mean,
            "made_with": made_with(),
            "each": rows,
        }
        write_files({self.out / f"{self.name}.json": json.dumps(report, indent=1).encode()}, overwrite=True)
        print(f"3D IoU {mean:.3f} over {len(rows)} photos. Written: {self.out / self.name}.json")


def aligned_iou(found: Solid, truth: Solid, voxels: int = VOXELS, points: int = 2000) -> float:
    """Overlap of what two meshes enclose, 0..1, after the best scale and shift of the first; higher is better.

    Args:
        found: vertices (V, 3) and faces (F, 3).
        truth: the same of the other, in the same axes.
        voxels: along the longest side.
        points: drawn on each surface to align them by.
    """
    moving, fixed = (sample_surface(*solid, count=points, seed=seed) for seed, solid in enumerate((found, truth)))
    place = align_scale(moving, fixed)
    return volumetric_iou((place(found[0]), found[1]), truth, voxels)


def read_cad(data: Path, category: str, number: int) -> Solid:
    """A CAD model in the project's axes: PASCAL3D+ has z up and looks at the front along +y.

    Raises:
        InputError: there is no such file, or it is no OFF file.
    """
    vertices, faces = read_off(data / "CAD" / category / f"{number:02}.off")
    return np.stack([vertices[:, 0], vertices[:, 2], -vertices[:, 1]], axis=1), faces


def read_off(path: Path) -> Solid:
    """Vertices (V, 3) and triangles (F, 3) of an OFF file; polygons are cut into fans.

    Raises:
        InputError: it is missing or is no OFF file.
    """
    if not path.is_file():
        raise InputError(f"There is no CAD model {path}.", "Copy PASCAL3D+'s folder CAD beside Annotations.")
    words = " ".join(line.partition("#")[0] for line in path.read_text(encoding="ascii", errors="replace").splitlines())
    head, *numbers = words.split() or [""]
    try:
        if head != "OFF":
            raise ValueError(f"it begins with {head[:20]!r}")
        count, polygons = int(numbers[0]), int(numbers[1])
        place = 3 + 3 * count
        vertices = np.array(numbers[3:place], np.float64).reshape(count, 3)
        faces: list[tuple[int, int, int]] = []
        for _ in range(polygons):
            corners = [int(word) for word in numbers[place + 1 : place + 1 + int(numbers[place])]]
            place += 1 + int(numbers[place])
            faces += [(corners[0], b, c) for b, c in itertools.pairwise(corners[1:])]
        if place > len(numbers) or any(max(face) >= count for face in faces):
            raise ValueError("it ends too early")
        return vertices, np.array(faces, np.int64).reshape(-1, 3)
    except (ValueError, IndexError) as error:
        raise InputError(f"{path} is not an OFF file: {error}.") from error


def read_cad_number(path: Path, category: str) -> int:
    """Which CAD model, counted from 1, the first object of a category in an annotation resembles.

    Raises:
        InputError: it is missing, or has no such object.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    if not path.is_file():
        raise InputError(f"There is no annotation {path}.", "Name results as PASCAL3D+ names their photos.")
    try:
        record = cast(Any, loadmat(path, squeeze_me=True, struct_as_record=False)["record"])
        objects = np.atleast_1d(record.objects)
    except (ValueError, KeyError, AttributeError, MatReadError, NotImplementedError) as error:
        raise InputError(f"{path} is not an annotation of PASCAL3D+: {error!r}.") from error
    for one in objects:
        if getattr(one, "class", "") == category and int(getattr(one, "cad_index", 0) or 0) > 0:
            return int(one.cad_index)
    raise InputError(f"{path} has no {category} with a CAD model.")
