"""Every number of a ConvMesh generator, and its presets."""

from dataclasses import dataclass, replace
from typing import Any

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError

TEMPLATES = ("two-pole-16", "two-pole-31", "642", "2562")
AXES = ("tangent", "model")
BASE = 8
"""Rows and columns of the features that the first layer makes of the code."""


@dataclass(frozen=True)
class ConvMeshConfig:
    """A generator; the defaults are `paper`: 13.06 M parameters with 200 classes, as the release has."""

    template: str = "two-pole-16"
    """The mesh that is deformed: two-pole-16 (CUB), two-pole-31 (PASCAL3D+), or a level of the project's own."""
    code: int = 64
    """Length of the latent code."""
    classes: int = 0
    """Labels that the generator is told; 0: none, there is no embedding then."""
    embedding: int = 64
    """Numbers that a label becomes."""
    symmetric: bool = True
    """Left mirrors right: half of both maps is made, the other half is its mirror image."""
    axes: str = "tangent"
    """What the map's three channels are. tangent, as published: along normal, tangent and bitangent of the unit
    sphere; model: along x, y and z."""
    half_axes: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of the ellipsoid that is deformed, template units; published: the unit sphere."""
    texture: int = 512
    """Rows and columns of the texture."""
    map: int = 32
    """Rows and columns of the deformation map."""
    trunk: tuple[int, ...] = (512, 512, 256)
    """Channels that both maps share: of the first layer, then after each residual block, of which each but the last
    lies before a doubling; the last is doubled as well. So the map has 8 rows doubled len(trunk) - 1 times."""
    mesh_width: int = 64
    """Channels before the deformation map."""
    texture_widths: tuple[int, ...] = (256, 256, 128, 128)
    """Channels after the blocks from the map's size on, each followed by a doubling."""
    texture_last: int = 64
    """Channels before the texture."""
    modes: int = 0
    """Ours: rows and columns of the texture's part that is linear in the code (`LinearModes`), beside a linear part of
    the shape; 0, as published: nothing is."""
    kinds: int = 0
    """Ours: kinds of objects that random codes are drawn from (`CodeKinds`); 0, as published: one for all, the standard
    normal distribution."""

    def __post_init__(self) -> None:
        check_choice("template", self.template, TEMPLATES)
        check_choice("axes", self.axes, AXES)
        check_range("code", self.code, 1, 4096)
        _check_doublings("map", self.map, BASE, len(self.trunk) - 1, "trunk")
        if self.modes and self.texture % self.modes:
            raise InputError(f"texture must be a multiple of modes, but they are {self.texture} and {self.modes}.")
        _check_doublings("texture", self.texture, self.map, len(self.texture_widths), "texture_widths")


def _check_doublings(name: str, size: int, start: int, doublings: int, widths: str) -> None:
    reached = start * 2**doublings
    if reached != size:
        raise InputError(
            f"{name} is {size}, but the layers in {widths} reach {start} doubled {doublings} times = {reached}.",
            f"Give as many numbers of channels in {widths} as there are doublings.",
        )


PAPER = ConvMeshConfig()
"""MeshInversion's generator, which is ConvMesh's at 512."""

LITE = ConvMeshConfig(
    template="642",
    symmetric=False,
    axes="model",
    half_axes=(0.45, 0.9, 0.225),
    code=160,
    texture=128,
    map=64,
    trunk=(64, 64, 48, 32),
    mesh_width=16,
    texture_widths=(16,),
    texture_last=8,
    modes=32,
    kinds=12,
)
"""Ours, for CPUs: 0.9 M parameters beside 0.8 M numbers of the modes, on the project's own template."""

PRESETS = {"paper": PAPER, "lite": LITE}

PAPER_TEXTURES = {
    128: (256, 128),
    256: (256, 128, 128),
    512: (256, 256, 128, 128),
    1024: (256, 256, 128, 128, 128),
}
"""`texture_widths` at other sizes than 512. Published is only that each doubling has one block; which, is ours."""


def make_generator_config(preset: str, **changes: Any) -> ConvMeshConfig:
    """A preset with changes, e.g. `make_generator_config("paper", texture=256, classes=200)`.

    Args:
        preset: "paper" or "lite".
        changes: fields of `ConvMeshConfig`. With another `texture` of `paper` goes another number of layers.

    Raises:
        InputError: an unknown preset or field, or layers that do not fit the sizes.
    """
    check_choice("preset", preset, tuple(PRESETS))
    unknown = sorted(set(changes) - set(ConvMeshConfig.__dataclass_fields__))
    if unknown:
        raise InputError(f"A generator has no setting {', '.join(unknown)}.")
    size = changes.get("texture")
    if preset == "paper" and size in PAPER_TEXTURES:
        changes = {"texture_widths": PAPER_TEXTURES[size], **changes}
    return replace(PRESETS[preset], **changes)
