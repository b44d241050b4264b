"""Something of MakeHuman's to wear."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from training.synthetic.makehuman.files import Clothes, read_picture
from training.synthetic.parts import part_number
from training.synthetic.piece import ByteArray, FloatArray, Garment, IntArray, Piece

INFLUENCES = 8
"""Joints a vertex follows at most."""
PLAIN = np.full((4, 4, 4), (90, 80, 75, 255), np.uint8)
"""Stands in for a texture that is not there."""


@dataclass(frozen=True)
class Item:
    """Clothes that know what they cover and how they follow a body."""

    name: str
    slot: str
    """What it covers; see `Garment`."""
    part: str
    """Its class in part maps."""
    sex: str
    """"female", "male" or "any"."""
    clothes: Clothes
    skinning: npt.NDArray[np.float32]
    """(19158, J), the body's own weights."""
    credit: dict[str, str]
    """Empty where nobody must be named."""

    def wear(self, rest: npt.NDArray[np.floating]) -> Garment:
        """On a body at rest, (19158, 3) metres."""
        clothes = self.clothes
        piece = Piece(
            self.name, part_number(self.part), clothes.fit(rest), clothes.faces, clothes.uv, clothes.uv_faces,
            self.picture, self.cutout,
        )  # fmt: skip
        joints, weights = self._influences
        return Garment(piece, joints, weights, clothes.hides, self.slot)

    @cached_property
    def picture(self) -> ByteArray:
        """Its texture, (H, W, 4)."""
        picture = read_picture(self.clothes.texture)
        return PLAIN if picture is None else picture

    @cached_property
    def cutout(self) -> bool:
        """Its texture has holes where the mesh is: hair, lace."""
        height, width = self.picture.shape[:2]
        middle = self.clothes.uv[self.clothes.uv_faces].mean(axis=1) % 1.0
        rows = ((1.0 - middle[:, 1]) * (height - 1)).astype(int)
        alpha = self.picture[rows, (middle[:, 0] * (width - 1)).astype(int), 3]
        return bool((alpha < 128).mean() > 0.02)

    @cached_property
    def _influences(self) -> tuple[IntArray, FloatArray]:
        """The body's weights, blended as the vertices are; shares below 0 (outside the triangle) are cut off."""
        shares = np.maximum(self.clothes.weights, 0.0)
        weights = np.einsum("vk,vkj->vj", shares, self.skinning[self.clothes.refs])
        joints = np.argsort(-weights, axis=1, kind="stable")[:, :INFLUENCES]
        kept = np.take_along_axis(weights, joints, axis=1)
        return joints.astype(np.int32), (kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)).astype(np.float32)
