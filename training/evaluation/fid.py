"""MeshInversion's distances between what was reconstructed and what was photographed: FID_1, FID_10 and FID_12.

They are called so, "fid_1" and so on, only where Inception's weights are there. Measured with another network they are
named after it ("frechet_garment_1"), comparable with each other and with nothing published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.features import FeatureExtractor, features_of
from mirror_core.mesh import Template
from mirror_core.metrics import frechet_distance
from training.evaluation.views12 import AZIMUTHS, TEN, views_around

INCEPTION = "inception"


@dataclass(frozen=True)
class Mesh:
    """A textured mesh, as the twelve views see it.

    Attributes:
        vertices: (V, 3), model space.
        template: of the vertices.
        texture: sRGB.
    """

    vertices: Float[Tensor, "V 3"]
    template: Template
    texture: Float[Tensor, "1 3 Ht Wt"]


@dataclass
class FrechetViews:
    """Gathers pictures as results come, and gives the distances at the end; only feature vectors are kept.

    FID_1 has a black background, the views a white one, as published. The garment network never saw a black one: with
    it both have white.

    Attributes:
        extractor: the feature network.
        pixels: side of the twelve views.
    """

    extractor: FeatureExtractor
    pixels: int = 256
    _photos: dict[str, list[Tensor]] = field(default_factory=lambda: {"own": [], "white": []}, init=False)
    _fronts: list[Tensor] = field(default_factory=list[Tensor], init=False)
    _views: dict[int, list[Tensor]] = field(default_factory=dict[int, list[Tensor]], init=False)

    @property
    def behind(self) -> float:
        """Grey level behind the pictures of FID_1."""
        return 0.0 if self.extractor.name == INCEPTION else 1.0

    def add_pair(
        self,
        photo: Float[Tensor, "1 3 H W"],
        mask: Float[Tensor, "1 1 H W"],
        rendered: Float[Tensor, "1 3 H W"],
        silhouette: Float[Tensor, "1 1 H W"],
    ) -> None:
        """A photo and its reconstruction from the same camera, each with its mask (0 or 1)."""
        for name, grey in (("own", self.behind), ("white", 1.0)):
            self._photos[name].append(features_of(self.extractor, photo * mask + grey * (1.0 - mask)))
        self._fronts.append(features_of(self.extractor, rendered * silhouette + self.behind * (1.0 - silhouette)))

    def add_mesh(self, mesh: Mesh) -> None:
        """The twelve views of a reconstruction."""
        self.add_views(views_around(mesh.vertices, mesh.template, mesh.texture, pixels=self.pixels))

    def add_views(self, pictures: Float[Tensor, "12 3 H W"], azimuths: Sequence[int] = AZIMUTHS) -> None:
        """Views from these azimuths, on white."""
        for azimuth, vector in zip(azimuths, features_of(self.extractor, pictures), strict=True):
            self._views.setdefault(azimuth, []).append(vector)

    def distances(self) -> dict[str, float]:
        """All of them, the network's name in every key.

        Raises:
            InputError: there are fewer than two photos.
        """
        white = torch.cat(self._photos["white"])
        found = {
            "1": frechet_distance(torch.cat(self._fronts), torch.cat(self._photos["own"])),
            "10": frechet_distance(self._seen(TEN), white),
            "12": frechet_distance(self._seen(AZIMUTHS), white),
        }
        name = "fid" if self.extractor.name == INCEPTION else f"frechet_{self.extractor.name}"
        return {f"{name}_{key}": value for key, value in found.items()}

    def counts(self) -> Mapping[str, int | str]:
        """What they were made from; with fewer pictures than features they are far too large."""
        return {
            "network": self.extractor.name,
            "features": self._fronts[0].shape[1],
            "photos": len(self._fronts),
            "pictures_10": len(self._seen(TEN)),
            "pictures_12": len(self._seen(AZIMUTHS)),
        }

    def _seen(self, azimuths: Sequence[int]) -> Float[Tensor, "N D"]:
        return torch.stack([vector for azimuth in azimuths for vector in self._views[azimuth]])
