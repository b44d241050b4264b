"""Dressed people, drawn by chance: body, skin, hair, clothes, pose."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from scipy.spatial.transform import Rotation

from mirror_core.body import AVERAGE_ADULT, AnnyBody
from mirror_core.body.adults import ADULT, ANCESTRIES, SHAPE_NAMES
from mirror_core.body.key_points import openpose_key_points
from training.synthetic.colours import hair_colour
from training.synthetic.dress import put_on, uncovered
from training.synthetic.figure import Figure
from training.synthetic.makehuman import Skin
from training.synthetic.outfits import Outfitter
from training.synthetic.poses import PoseSampler
from training.synthetic.skin import SkinSurface, body_pieces, paint_eye, paint_skin, skin_surface
from training.synthetic.tailor.anatomy import measure

AGES = {"young": (ADULT, 0.76), "middleage": (0.76, 0.9), "old": (0.9, 1.0)}
"""Ages of the body for skins of that name."""


@dataclass(frozen=True)
class People:
    """Draws people."""

    body: AnnyBody
    skins: tuple[Skin, ...]
    poses: PoseSampler
    outfitter: Outfitter

    @cached_property
    def surface(self) -> SkinSurface:
        """The body's skin, prepared."""
        return skin_surface(self.body, self.body.rest(torch.tensor([AVERAGE_ADULT]))[0].numpy())

    def draw(self, rng: np.random.Generator) -> Figure:
        """A person; the same state of `rng` gives the same person."""
        skin = self.skins[int(rng.integers(len(self.skins)))]
        hair = hair_colour(rng, skin.age == "old", dark=skin.ancestry != "caucasian")
        shape = draw_shape(skin, rng)
        rotations = self.poses.draw(rng, shape)
        posed = self.body(torch.from_numpy(shape)[None], rotations)
        rest, vertices = posed.rest[0].numpy(), posed.vertices[0].numpy()
        wearer = measure(self.body, rest, self.body.joints(torch.from_numpy(shape)[None])[0].numpy())
        outfit = self.outfitter.dress(skin.sex, hair, wearer, rng)
        garments = outfit.garments
        placed = put_on(garments, posed.transforms[0].numpy(), vertices, self.surface.faces, rng)
        worn = [garment.piece.at(where) for garment, where in zip(garments, placed, strict=True)]
        seen = uncovered(self.surface.faces, garments, len(rest))
        picture = paint_skin(self.surface, skin, hair, float(rng.uniform(0.85, 1.05)))
        bare = body_pieces(self.surface, vertices, seen, picture, paint_eye(rng))
        return Figure(
            "people",
            "person",
            (*bare, *worn),
            closed=True,
            key_points=openpose_key_points(posed.vertices)[0].numpy(),
            pose=joint_turns(self.body, rotations[0].numpy()),
            shape=dict(zip(SHAPE_NAMES, map(float, shape), strict=True)),
            credits=outfit.credits,
        )


def draw_shape(skin: Skin, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The shape code of an adult who has that skin."""
    female = rng.uniform(0.85, 1.0) if skin.sex == "female" else rng.uniform(0.0, 0.15)
    shares = np.array([1.0 if name == skin.ancestry else rng.uniform(0.0, 0.2) for name in ANCESTRIES])
    muscle, weight, height = (float(np.clip(rng.normal(0.5, spread), 0.05, 0.95)) for spread in (0.17, 0.2, 0.1))
    age = rng.uniform(*AGES.get(skin.age, AGES["young"]))
    return np.array([female, age, muscle, weight, height, rng.uniform(0.2, 0.8), *shares], np.float32)


def joint_turns(body: AnnyBody, rotations: npt.NDArray[np.floating]) -> dict[str, tuple[float, float, float]]:
    """Axis times degrees of each joint that turns, from rotations (J, 3, 3)."""
    turns = np.rad2deg(Rotation.from_matrix(rotations).as_rotvec())
    moving = np.linalg.norm(turns, axis=1) > 0.01
    return {
        body.joint_names[joint]: (float(turns[joint, 0]), float(turns[joint, 1]), float(turns[joint, 2]))
        for joint in np.flatnonzero(moving)
    }
