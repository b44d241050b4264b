"""How the vertices of a template read a map of longitude and latitude, such as ConvMesh's deformation map.

One rule for maps, textures and the renderer: texel (r, c) has its centre at u = (c + 1/2) / W, v = 1 - (r + 1/2) / H;
u wraps around, v stops at the border. (ConvMesh reads its maps with `align_corners=True`, padded and with u stretched
to match, which puts their texels half a step elsewhere.)
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from jaxtyping import Float
from scipy.sparse.linalg import SuperLU, splu
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.mesh.template import Template

SMOOTHING = 1e-4
"""What a unit of curvature between texels costs beside a unit of error at a vertex, in `SphereMap.write`."""

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SphereMap:
    """The places of a template's vertices on a map; `SphereMap.of` makes it.

    Attributes:
        points: (u, v) of each vertex: the mean of its UV points, of which those at u = 1 count as u = 0.
        frame: rows normal, tangent (towards larger u) and bitangent (towards larger v) of the unit sphere at each
            vertex; at the poles, where longitude says nothing, tangent and bitangent are 0.
    """

    points: Float[Tensor, "V 2"]
    frame: Float[Tensor, "V 3 3"]

    @staticmethod
    @lru_cache
    def of(template: Template) -> "SphereMap":
        """For any template with the project's UV: `make_template` at all levels and `make_two_pole`."""
        places = template.uv.double()
        places = torch.where(places == 1.0, places * places.new_tensor([0.0, 1.0]), places)
        count = len(template.vertices)
        sums = torch.zeros(count, 2, dtype=torch.float64).index_add(0, template.uv_vertex, places)
        owned = torch.bincount(template.uv_vertex, minlength=count)
        points = sums / owned[:, None]
        pole = (points[:, 1] - 0.5).abs() > 0.5 - 1e-6
        return SphereMap(points.float(), _frames(points, pole).float())

    def read(self, maps: Float[Tensor, "B C H W"]) -> Float[Tensor, "B V C"]:
        """Each vertex's values, bilinearly; gradients reach the map."""
        return sample_map(maps, self.points.to(maps)).transpose(1, 2)

    def write(self, values: Float[Tensor, "B V C"], size: tuple[int, int]) -> Float[Tensor, "B C H W"]:
        """The smooth map whose `read` gives the values back, nearly: how a true shape becomes a map.

        Least squares with a little curvature (`SMOOTHING`); the first and the last row, which are the poles, are
        constant, as a generator's are. Without gradients.

        Args:
            values: of each vertex, in any unit.
            size: height (at least 3) and width of the map.
        """
        solver, vertices_to_unknowns, unknowns_to_texels = _writer(self, size)
        batch, count, channels = values.shape
        given = values.detach().double().cpu().permute(1, 0, 2).reshape(count, -1).numpy()
        found = unknowns_to_texels @ solver.solve(vertices_to_unknowns @ given)
        maps = torch.from_numpy(np.asarray(found)).reshape(*size, batch, channels)
        return maps.permute(2, 3, 0, 1).contiguous().to(values)


def sample_map(maps: Float[Tensor, "B C H W"], points: Float[Tensor, "N 2"]) -> Float[Tensor, "B C N"]:
    """Values at points (u, v), u from 0 to 1, bilinearly, by the rule at the top; gradients reach the map."""
    width = maps.shape[3]
    padded = torch.nn.functional.pad(maps, (1, 1, 0, 0), mode="circular")
    u, v = points.unbind(dim=1)
    grid = torch.stack([(2.0 * u * width + 2.0) / (width + 2) - 1.0, 1.0 - 2.0 * v], dim=-1)
    grid = grid.expand(len(maps), 1, -1, -1)
    values = torch.nn.functional.grid_sample(padded, grid, padding_mode="border", align_corners=False)
    return values[:, :, 0]


def _frames(points: Float[Tensor, "V 2"], pole: Tensor) -> Float[Tensor, "V 3 3"]:
    longitude, latitude = (points[:, 0] - 0.5) * 2 * torch.pi, (points[:, 1] - 0.5) * torch.pi
    sine, cosine = longitude.sin(), longitude.cos()
    across, up, nothing = latitude.cos(), latitude.sin(), torch.zeros_like(sine)
    normal = torch.stack([sine * across, up, cosine * across], dim=-1)
    tangent = torch.stack([cosine, nothing, -sine], dim=-1)
    bitangent = torch.stack([-sine * up, across, -cosine * up], dim=-1)
    frame = torch.stack([normal, tangent, bitangent], dim=1)
    frame[pole, 0] = torch.stack([nothing, up.sign(), nothing], dim=-1)[pole]
    frame[pole, 1:] = 0.0
    return frame


@lru_cache(maxsize=8)
def _writer(sphere_map: SphereMap, size: tuple[int, int]) -> tuple[SuperLU, sp.csr_matrix, sp.csr_matrix]:
    """The factorised normal equations, values to their right-hand side, and their unknowns to texels."""
    height, width = size
    if height < 3 or width < 3:
        raise InputError(f"A map must be at least 3 x 3, but size is {size}.")
    spread = _poles_are_constant(height, width)
    read = sp.csr_matrix(_reading(sphere_map.points.double().numpy(), height, width) @ spread)
    bend = _curvature(height, width) @ spread
    normal = read.T @ read + SMOOTHING * bend.T @ bend
    return splu(sp.csc_matrix(normal)), sp.csr_matrix(read.T), spread


def _reading(points: FloatArray, height: int, width: int) -> sp.csr_matrix:
    """(V, H W): what `SphereMap.read` does."""
    x, y = points[:, 0] * width - 0.5, np.clip((1.0 - points[:, 1]) * height - 0.5, 0, height - 1)
    column, row = np.floor(x).astype(np.int64), np.minimum(np.floor(y).astype(np.int64), height - 2)
    right, down = x - column, y - row
    columns, weights = list[IntArray](), list[FloatArray]()
    for below, share in ((0, 1.0 - down), (1, down)):
        for beside, part in ((0, 1.0 - right), (1, right)):
            columns.append((row + below) * width + (column + beside) % width)
            weights.append(share * part)
    places = (np.tile(np.arange(len(points)), 4), np.concatenate(columns))
    return sp.csr_matrix((np.concatenate(weights), places), shape=(len(points), height * width))


def _poles_are_constant(height: int, width: int) -> sp.csr_matrix:
    """(H W, unknowns): one unknown for the first row, one for each texel between, one for the last row."""
    inner = (height - 2) * width
    unknown = np.concatenate([np.zeros(width, np.int64), np.arange(1, inner + 1), np.full(width, inner + 1)])
    return sp.csr_matrix((np.ones(height * width), (np.arange(height * width), unknown)))


def _curvature(height: int, width: int) -> sp.csr_matrix:
    """(H W, H W): four times each texel less its neighbours; around in u, nothing beyond the border in v."""
    around = sp.eye(width) * 2 - sp.csr_matrix(np.roll(np.eye(width), 1, axis=0) + np.roll(np.eye(width), -1, axis=0))
    step = sp.diags([-np.ones(height - 1), np.ones(height - 1)], [0, 1], shape=(height - 1, height))
    return sp.csr_matrix(sp.kron(sp.eye(height), around) + sp.kron(step.T @ step, sp.eye(width)))
