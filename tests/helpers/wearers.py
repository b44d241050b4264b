"""Bodies that wear what is tested."""

from functools import lru_cache

import numpy as np
import torch
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from mirror_core.attributes import Camera
from mirror_core.body import AnnyBody, Posed, load_body
from training.synthetic.piece import Piece
from training.synthetic.studio.shoot import shoot
from training.synthetic.tailor.anatomy import Wearer, groups, measure
from training.synthetic.tailor.cut import Tailored, make_garment
from training.synthetic.tailor.style import sample_style

SHAPES = {
    "average": (0.5, 0.75, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0),
    "heavy woman": (1.0, 0.8, 0.4, 0.95, 0.4, 0.5, 1.0, 0.0, 0.0),
    "thin tall woman": (1.0, 0.7, 0.5, 0.1, 0.8, 0.7, 0.0, 1.0, 0.0),
    "strong man": (0.0, 0.8, 0.9, 0.8, 0.6, 0.5, 0.0, 0.0, 1.0),
}
ARMS_DOWN = {"upperarm01.L": (0, 0, -30), "upperarm01.R": (0, 0, 30)}
POSES: dict[str, dict[str, tuple[float, float, float]]] = {
    "rest": {},
    "arms down": {**ARMS_DOWN},
    "step": {**ARMS_DOWN, "upperleg01.L": (-30, 0, 0), "lowerleg01.L": (20, 0, 0), "upperleg01.R": (15, 0, 0)},
    "sitting": {
        **{f"upperleg01.{side}": (-80, 0, 0) for side in "LR"},
        **{f"lowerleg01.{side}": (80, 0, 0) for side in "LR"},
    },
}


def body() -> AnnyBody:
    return load_body()


@lru_cache(maxsize=8)
def wearer(name: str = "average") -> Wearer:
    shape = torch.tensor([SHAPES[name]])
    return measure(body(), body().rest(shape)[0].numpy(), body().joints(shape)[0].numpy())


def posed(name: str, pose: str) -> Posed:
    rotations = body().still().clone()
    for joint, turn in POSES[pose].items():
        matrix = Rotation.from_euler("xyz", turn, degrees=True).as_matrix()
        rotations[0, body().joint_names.index(joint)] = torch.from_numpy(matrix).float()
    return body()(torch.tensor([SHAPES[name]]), rotations)


def heights_over(points: np.ndarray, vertices: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """How far points lie outside a surface, along the normal of its nearest vertex."""
    near = cKDTree(vertices).query(points)[1]
    return ((points - vertices[near]) * normals[near]).sum(axis=1)


def sewn(kind: str, name: str = "average", seed: int = 0) -> Tailored:
    """A garment of a usual cut, without fabric."""
    return make_garment(sample_style(kind, np.random.default_rng(seed)), wearer(name))


def shown_through(garment: Tailored, cloth: np.ndarray, skin: np.ndarray) -> float:
    """Pixels of skin that the garment says it hides, per pixel of the garment, from four sides."""
    faces = groups(body()).faces
    hidden = garment.hides[faces].all(axis=1)
    nothing, grey = np.zeros((1, 2), np.float32), np.full((2, 2, 4), 255, np.uint8)
    middle = np.float32([0, (skin[faces][..., 1].max() + skin[faces][..., 1].min()) / 2, 0])
    pieces = [
        Piece("skin", 41, (skin - middle).astype(np.float32), faces, nothing, np.zeros_like(faces), grey),
        garment.piece.at((cloth - middle).astype(np.float32)),
    ]
    bare, covered = 0, 0
    for azimuth in (0.0, 90.0, 180.0, 270.0):
        shot = shoot(pieces, Camera.single(azimuth, 5.0, 2.8), np.ones(9, np.float32), (128, 128))
        bare += int(hidden[shot.face[shot.piece == 0]].sum())
        covered += int((shot.piece == 1).sum())
    return bare / covered
