"""A decoder whose every number is known: an ellipsoid of some size in one colour above and another below."""

import torch

from mirror_core.inversion import Decoded
from mirror_core.mesh import make_template


class ToyDecoder:
    """Code: logarithms of width and of height over those of the template, then the colour above (logits of r, g, b)."""

    code_size = 5

    def __init__(self, vertex_count: int = 642) -> None:
        self.template = make_template(vertex_count)

    def __call__(self, code: torch.Tensor) -> Decoded:
        vertices = self._vertices(code, self.template.vertices)
        upper = torch.sigmoid(code[:, 2:, None, None]).expand(-1, -1, 8, 32)
        return Decoded(vertices, torch.cat([upper, torch.full_like(upper, 0.2)], dim=2))

    def vertices_at(self, code: torch.Tensor, vertex_count: int) -> torch.Tensor:
        return self._vertices(code, make_template(vertex_count).vertices)

    def _vertices(self, code: torch.Tensor, base: torch.Tensor) -> torch.Tensor:
        scale = torch.cat([(0.3 * code[:, :2]).exp(), torch.ones_like(code[:, :1])], dim=1)
        return base.to(code) * scale[:, None]
