"""New garments and people from nothing: a generator's answers to random codes."""

import dataclasses
from dataclasses import dataclass

import torch

from mirror_core import __version__
from mirror_core.attributes import Camera, ambient_light
from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError
from mirror_core.fitting.kind import kind_of
from mirror_core.images import Crop
from mirror_core.inversion.decoder import load_decoder, random_codes
from mirror_core.inversion.finish import as_array, plain
from mirror_core.mesh import LEVELS, make_template
from mirror_core.pipelines.measuring import pose_of
from mirror_core.pipelines.result import Provenance, Reconstruction
from mirror_core.pipelines.running import one_thread
from mirror_core.rendering import Renderer

MASK_PIXELS = 512
"""Side of the picture that stands for the photo that there is not."""


@dataclass(frozen=True)
class SampleSettings:
    """What is invented."""

    model: str = "convmesh-garments"
    """Name or folder of the generator."""
    seed: int = 0
    """Start of all random numbers; another seed, other codes."""
    truncation: float | None = None
    """Each number of a code stays within this many standard deviations: small is plain and alike (ConvMesh: 0.25 to 1);
    none: no limit."""
    label: int | None = None
    """Class for a generator that wants one."""
    kind: str = "auto"
    """garment, person, or auto: by the outline."""
    vertices: int = LEVELS[1]
    texture_size: int = 1024

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, ("auto", "garment", "person"))
        check_range("texture_size", self.texture_size, 64, 8192)
        if self.vertices not in LEVELS:
            raise InputError(f"vertices must be one of {LEVELS}, but is {self.vertices}.")
        if self.truncation is not None and not self.truncation > 0:
            raise InputError(f"truncation must be larger than 0, but is {self.truncation:g}.", "Choose 0.25 to 3.")


@dataclass(frozen=True)
class Sample:
    """Invents textured meshes; holds nothing but its settings."""

    settings: SampleSettings = dataclasses.field(default_factory=SampleSettings)

    @torch.no_grad()
    def __call__(self, number: int = 0) -> Reconstruction:
        """The seed's sample of this number, 0 being the first.

        Its camera looks at the front; its mask is what that camera sees of it; nothing of its texture is a photo's.

        Raises:
            InputError: there is no such model, or it wants a label.
        """
        settings = self.settings
        with one_thread():
            decoder = load_decoder(settings.model, settings.label)
            numbers = torch.Generator().manual_seed(settings.seed)
            codes = random_codes(decoder, number + 1, numbers, settings.truncation)
            code = codes[number:]
            vertices = as_array(decoder.vertices_at(code, settings.vertices))
            made = plain(vertices, decoder(code).texture[0], settings.vertices, settings.texture_size)
            camera, template = Camera.single(), make_template(settings.vertices)
            picture = Renderer(image_size=(MASK_PIXELS, MASK_PIXELS))(
                torch.from_numpy(vertices)[None], template, camera
            )
        mask = picture.mask[0, 0].numpy()
        if not mask.any():
            raise InputError(f"What {settings.model} made of this code cannot be seen.", "Choose another seed.")
        settings = dataclasses.replace(settings, kind=kind_of(mask) if settings.kind == "auto" else settings.kind)
        return Reconstruction(
            template=template,
            vertices=made.vertices,
            texture=made.texture,
            confidence=made.confidence,
            completed=made.confidence.copy(),
            camera=pose_of(camera),
            light=ambient_light()[0].numpy(),
            crop=Crop(0.0, 0.0, float(MASK_PIXELS)),
            mask=mask,
            kind=settings.kind,
            metrics={},
            provenance=_provenance(settings, number, code),
        )


def _provenance(settings: SampleSettings, number: int, code: torch.Tensor) -> Provenance:
    return Provenance(
        photo=f"{settings.model}, seed {settings.seed}, number {number}",
        photo_sha256="",
        photo_size=(MASK_PIXELS, MASK_PIXELS),
        version=__version__,
        mask_method="rendered",
        mask_confidence=1.0,
        seed=settings.seed,
        settings={
            "method": "sample",
            **dataclasses.asdict(settings),
            "number": number,
            "code": [float(value) for value in code[0]],
        },
    )
