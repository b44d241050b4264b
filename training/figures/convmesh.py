"""`mirror figure convmesh`: a sheet of what a generator invents, to be judged at a glance."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import numpy.typing as npt
import torch
import tyro
from jaxtyping import Float
from torch import Tensor

from mirror_core.checks import check_range
from mirror_core.files import write_files
from mirror_core.generators import ConvMeshGenerator
from mirror_core.trainers.convmesh.picture import TURNS, seen_from

DISTANCE = 3.2
"""Of the camera: a cloak with spread arms fits."""


@dataclass(frozen=True)
class FigureConvMesh:
    """A sheet of inventions: a column each, seen from the front, from a side and from behind."""

    model: Annotated[str, tyro.conf.Positional]
    """Name of a shipped generator, or its folder."""
    out: Path = Path("out/figures")
    """Where convmesh_NAME.jpg is written."""
    name: str = ""
    """Of the file; none: the model's."""
    count: int = 12
    """Inventions a block."""
    truncation: tuple[float, ...] = (0.7, 1.0)
    """Limit of the codes' numbers in each block; the last block is drawn without any."""
    seed: int = 0
    height: int = 192
    """Of each picture, pixels."""

    def run(self) -> None:
        """Draw and write."""
        check_range("count", self.count, 1, 100)
        check_range("height", self.height, 32, 1024)
        model = ConvMeshGenerator.from_pretrained(self.model)
        numbers = torch.Generator().manual_seed(self.seed)
        blocks = [self._block(model, limit, numbers) for limit in (*self.truncation, None)]
        gap = np.full((8, blocks[0].shape[1], 3), 200, np.uint8)
        page = np.concatenate([part for block in blocks for part in (block, gap)][:-1])
        _, data = cv2.imencode(".jpg", page[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
        path = self.out / f"convmesh_{self.name or Path(self.model).name}.jpg"
        print(*write_files({path: data.tobytes()}, overwrite=True))

    @torch.no_grad()
    def _block(self, model: ConvMeshGenerator, limit: float | None, numbers: torch.Generator) -> npt.NDArray[np.uint8]:
        code = model.draw(self.count, numbers, limit)
        made = model(code, torch.arange(self.count) % model.config.classes if model.config.classes else None)
        width = round(self.height * 0.8)
        return np.concatenate([_row(seen_from(model, made, turn, (self.height, width), DISTANCE)) for turn in TURNS])


def _row(pictures: Float[Tensor, "B 3 H W"]) -> npt.NDArray[np.uint8]:
    values = (pictures.clamp(0.0, 1.0) * 255.0).round().byte()
    return np.concatenate(list(values.permute(0, 2, 3, 1).numpy()), axis=1)
