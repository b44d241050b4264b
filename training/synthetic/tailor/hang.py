"""Garments alone, as shops photograph them: worn by nobody, laid on a table, or hung up."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from mirror_core.body import AnnyBody
from training.synthetic.dress import follow
from training.synthetic.piece import FloatArray, Piece
from training.synthetic.tailor.anatomy import groups
from training.synthetic.tailor.cut import Tailored, with_rims
from training.synthetic.tailor.drape import DrapeSettings, drape
from training.synthetic.tailor.flat import lay_flat
from training.synthetic.tailor.settle import Surface, find_normals
from training.synthetic.tailor.style import Style
from training.synthetic.tailor.wrinkle import Creases, crease


def lower_arms(body: AnnyBody, rng: np.random.Generator) -> Float[torch.Tensor, "1 J 3 3"]:
    """Rotations of a mannequin: standing, arms down or a little out."""
    rotations = body.still().clone()
    for side, sign in (("L", -1.0), ("R", 1.0)):
        turns = {
            "upperarm01": (0.0, 0.0, sign * rng.uniform(12, 34)),
            "lowerarm01": (rng.uniform(0, 25), 0.0, sign * rng.uniform(0, 8)),
            "upperleg01": (0.0, 0.0, sign * rng.uniform(-2, 5)),
        }
        for name, turn in turns.items():
            matrix = Rotation.from_euler("xyz", turn, degrees=True).as_matrix()
            rotations[0, body.joint_names.index(f"{name}.{side}")] = torch.from_numpy(matrix).float()
    return rotations


def wear_invisibly(
    garment: Tailored,
    body: AnnyBody,
    shape: Float[torch.Tensor, "1 9"],
    rng: np.random.Generator,
    settings: DrapeSettings | None = None,
) -> Piece:
    """The garment as on a mannequin that cannot be seen; the body must be the one that it was made for."""
    posed = body(shape, lower_arms(body, rng))
    surface = Surface.of_mesh(posed.vertices[0].numpy(), groups(body).faces)
    placed = follow(garment, posed.transforms[0].numpy())
    return garment.piece.at(drape(garment, placed, surface, rng, settings))


def spread_out(garment: Tailored, rng: np.random.Generator, creases: Creases | None = None) -> Piece:
    """The garment laid flat or hung up, front towards +z, as shops photograph it."""
    plan, style = garment.plan, garment.style
    rest = garment.piece.vertices[: plan.main]
    upright = rng.random() < 0.35  # on a hanger sleeves hang down
    angle = _angle(style, upright, rng)
    points = lay_flat(plan, rest, angle, float(rng.uniform(0.008, 0.02)) + style.thickness)
    points = _shear(points, rng)
    settings = creases or Creases(height=0.013, pressed=0.0, wave=0.08, upright=0.75 if upright else 0.35)
    normals = find_normals(points, plan.main_faces)
    forward = np.clip(normals[:, 2:], 0.1, 1) * (0.3 * normals + np.array([0, 0, 0.8]))  # the back lies still
    points = points + forward * (settings.height * garment.softness * crease(rest, settings, rng))[:, None]
    return garment.piece.at(with_rims(plan, points.astype(np.float32), style.thickness))


def _angle(style: Style, upright: bool, rng: np.random.Generator) -> float:
    if style.slot == "lower":
        return float(rng.uniform(0, 7))
    if upright and style.sleeve > 0.5:
        return float(rng.uniform(72, 84))
    return float(rng.uniform(25, 55) if style.sleeve <= 0.5 else rng.uniform(30, 78))


def _shear(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Nobody lays cloth down straight."""
    low, high = points.min(axis=0), points.max(axis=0)
    place = (points - low) / np.maximum(high - low, 1e-6) - 0.5
    result = points.copy()
    wave = rng.uniform(0, 2 * np.pi, 4)
    result[:, 0] += rng.normal(0, 0.008) * place[:, 1] + 0.006 * np.sin(5 * place[:, 1] + wave[0])
    result[:, 1] += rng.normal(0, 0.008) * place[:, 0] + 0.006 * np.sin(5 * place[:, 0] + wave[1])
    return result
