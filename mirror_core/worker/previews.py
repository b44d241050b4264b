"""What a search has found so far, as files that a client can show while it goes on."""

import secrets
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.mesh import Template, make_template
from mirror_core.pipelines.folder import png_bytes
from mirror_core.rendering import Renderer
from mirror_core.worker.protocol import Job, preview_folder
from mirror_core.worker.server import Reporter

PIXELS = 160
"""Height of the picture; it is as wide, and shows two views."""
VIEWS = (25.0, 205.0)
"""Azimuths, in degrees: from the front, and from behind, which is what a generator is asked for."""
INTERVAL = 0.5
"""Seconds from one preview to the next; what comes sooner is left out, to lose no time."""
KEPT = 3
"""Previews that lie there at once: a client may still be reading the one before."""


class Previews:
    """Draws and sends previews of one job; a context, at whose end their folder is gone.

    Args:
        job: whose they are.
        reporter: what sends them.
        kind: "garment" or "person", which says how large the client shows the mesh.
        clock: seconds; for tests.
    """

    def __init__(self, job: Job, reporter: Reporter, kind: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = Path(preview_folder(job.folder))
        self._reporter = reporter
        self._kind = kind
        self._clock = clock
        self._due = -float("inf")
        self._written: list[list[Path]] = []

    def __enter__(self) -> "Previews":
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def __call__(
        self, step: int, vertices: npt.NDArray[np.float32], texture: npt.NDArray[np.uint8], loss: float
    ) -> None:
        """Show this, unless the last one was just now.

        Args:
            step: of the search.
            vertices: (V, 3), template units, of a level of the project's template.
            texture: (T, T, 3), sRGB, row 0 is the top.
            loss: of what is shown.
        """
        if self._clock() < self._due:
            return
        # The result, which needs the disk, tells when it is full; a search does not end for a picture.
        with suppress(OSError):
            self._send(step, loss, vertices, texture)
        self._due = self._clock() + INTERVAL

    def _send(self, step: int, loss: float, vertices: npt.NDArray[np.float32], texture: npt.NDArray[np.uint8]) -> None:
        template = make_template(len(vertices))
        stem = self._folder / f"{step:06d}-{secrets.token_hex(2)}"
        picture, mesh = stem.with_suffix(".png"), stem.with_suffix(".npz")
        self._written.append([picture, mesh])
        picture.write_bytes(png_bytes(draw_views(vertices, template, texture)))
        np.savez(
            mesh,
            vertices=vertices.astype(np.float32),
            faces=template.faces.numpy().astype(np.int32),
            colours=_colours(template, texture),
            kind=np.array(self._kind),
        )
        self._reporter.preview(step, loss, str(picture), str(mesh))
        while len(self._written) > KEPT:
            for path in self._written.pop(0):
                path.unlink(missing_ok=True)


def draw_views(
    vertices: npt.NDArray[np.float32], template: Template, texture: npt.NDArray[np.uint8], pixels: int = PIXELS
) -> npt.NDArray[np.uint8]:
    """Front and back side by side (pixels, pixels, 4), transparent where there is nothing.

    Each half is cut out of the middle of a square view; what is too wide for it is drawn from further away.
    """
    reach = float(np.linalg.norm(vertices[:, [0, 2]], axis=1).max())
    distance = 2.5 * max(1.0, float(np.abs(vertices[:, 1]).max()) / 0.9, 2.0 * reach / 0.9)
    points = torch.from_numpy(vertices)[None].float()
    colours = torch.from_numpy(texture).permute(2, 0, 1)[None].float() / 255.0
    renderer = Renderer(image_size=(pixels, pixels), smooth_normals=True)
    halves: list[Tensor] = []
    for azimuth in VIEWS:
        seen = renderer(points, template, Camera.single(azimuth, 10.0, distance), colours)
        assert seen.rgb is not None
        square = torch.cat([seen.rgb[0], seen.mask[0]]).permute(1, 2, 0)
        halves.append(square[:, pixels // 4 : pixels // 4 + pixels // 2])
    both = torch.cat(halves, dim=1).clamp(0.0, 1.0)
    return (both * 255.0).round().to(torch.uint8).numpy()


def _colours(template: Template, texture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The texture at the vertices (V, 3), to the nearest texel."""
    height, width = texture.shape[:2]
    points = template.uv[: len(template.vertices)].numpy()
    columns = (points[:, 0] * width).astype(np.int64) % width
    rows = np.clip(((1.0 - points[:, 1]) * height).astype(np.int64), 0, height - 1)
    return texture[rows, columns]
