"""kaolin's own results on CUDA, for a scene of six triangles; kaolin's tests ask for 1e-5 too."""

import pytest
import torch
from helpers.data import shared_data
from torch import Tensor

from mirror_core.rendering.backends import Backend
from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.scene import ProjectedFaces

HEIGHT, WIDTH, SHIFT = 35, 31, 5
FIRST = [[(-0.7, 0), (0, -0.7), (0, 0.7)], [(-0.7, 0), (0, 0.7), (0, -0.7)], [(0, -0.7), (0, 0.7), (0.7, 0)]]
SECOND = [[(-0.7, -0.7), (0.7, -0.7), (-0.7, 0.7)]] * 3
DEPTHS = [[[-2, -1, -1], [-2.5, -3, -3], [-2, -2, -2]], [[-2, -1, -3], [-2, -2, -2], [-2, -3, -1]]]


def golden(name: str) -> Tensor:
    loaded: Tensor = torch.load(shared_data("kaolin_dibr", f"{name}.pt"), map_location="cpu", weights_only=True)
    return loaded


def iou_loss(soft: Tensor, hard: Tensor) -> Tensor:
    """1 - IoU with the hard mask shifted left."""
    target = torch.zeros_like(soft)
    target[:, :, :-SHIFT] = hard[:, :, SHIFT:]
    intersection = (soft * target).sum(dim=(1, 2))
    union = (soft + target - soft * target).sum(dim=(1, 2))
    return (1 - intersection / (union + 1e-10)).mean()


@pytest.mark.parametrize("boxlen", [0.02, 0.2])
@pytest.mark.parametrize("sigmainv", [7000, 70])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_it_is_exactly_kaolins(backend: Backend, dtype: torch.dtype, sigmainv: int, boxlen: float) -> None:
    suffix = f"{HEIGHT}_{WIDTH}_{sigmainv}_{boxlen}"
    face_index = golden(f"new_face_idx_{HEIGHT}_{WIDTH}")
    image = torch.tensor([FIRST, SECOND], dtype=dtype, requires_grad=True)
    faces = ProjectedFaces(image, torch.tensor(DEPTHS, dtype=dtype), torch.ones(2, 3, dtype=torch.bool))
    fragments = backend.rasterize(faces, (HEIGHT, WIDTH), RasterSettings(sigmainv=float(sigmainv), boxlen=boxlen))
    assert fragments.face_index.equal(face_index.to(fragments.face_index))
    tolerance = {"rtol": 0.0, "atol": 1e-5}
    torch.testing.assert_close(fragments.silhouette, golden(f"soft_mask_{suffix}").to(dtype), **tolerance)
    loss = iou_loss(fragments.silhouette, (fragments.face_index >= 0).to(dtype))
    (gradient,) = torch.autograd.grad(loss, image)
    torch.testing.assert_close(gradient, golden(f"grad_face_vertices_image_{suffix}").to(dtype), **tolerance)
