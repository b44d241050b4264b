"""Every number an inversion depends on."""

import dataclasses
from dataclasses import dataclass, field

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError
from mirror_core.losses.chamfer_texture import ChamferTexture
from mirror_core.mesh import LEVELS

KINDS = ("auto", "garment", "person")
MASK_LOSSES = ("chamfer", "iou", "l1")
TEXTURE_LOSSES = ("chamfer", "l1", "l1+perceptual", "contextual")
FEATURES = ("auto", "garment", "vgg", "none")
FINISHES = ("fit", "none")
BEGINS = ("mirror", "random")


@dataclass(frozen=True)
class InversionStage:
    """Some steps at one pair of learning rates."""

    steps: int
    code_rate: float
    camera_rate: float


@dataclass(frozen=True)
class InversionWeights:
    """Weights of the objective's terms (MeshInversion, equation 8 and supplement, section 1)."""

    pixel: float = 1.0
    """Of the texture loss on colours: L_pCT, or L1."""
    feature: float = 0.05
    """Of the texture loss on features: L_fCT, perceptual or contextual."""
    mask: float = 10.0
    """Of the mask loss, whichever it is."""
    smooth: float = 5e-5
    """Of (cos - 1)^2 between neighbouring faces, summed over all edges as ConvMesh has it."""
    latent: float = 0.05
    outline: float = 0.0
    """Of the soft silhouette's IoU beside the mask loss (ours, not published): it closes the gap that the Chamfer mask
    loss leaves between the outermost vertices and the outline."""


OURS = InversionWeights(mask=50.0, latent=0.1, outline=1.0)
"""For the shipped models; what each change gave is in docs/inversion.md."""

PUBLISHED = (
    InversionStage(50, 1e-1, 1e-2),
    InversionStage(50, 5e-2, 5e-3),
    InversionStage(50, 1e-2, 1e-3),
    InversionStage(50, 5e-3, 5e-4),
)
"""Supplement, section 1."""


@dataclass(frozen=True)
class InversionSettings:
    """How photos are searched for in a generator. The defaults are for the shipped models; `PAPER` is as published."""

    model: str = ""
    """Name or folder of the generator; none: the one shipped for the kind (`mirror_core.inversion.models.MODELS`)."""
    kind: str = "auto"
    """garment, person, or auto: by the mask's outline."""
    label: int | None = None
    """Class for a generator that wants one."""
    camera_model: str = ""
    """Name or folder of the 3D Magic Mirror that says the first camera; none: the one shipped for the kind."""
    begin: str = "mirror"
    """Where the descent may begin. random: at the best of some random codes (paper); mirror: or at the code nearest to
    the shape and texture that the camera model says, if that is better (ours; not for photos whose camera is given)."""
    codes: int = 64
    """Random codes that are tried before the descent; 0: only the mean code."""
    search_pixels: int = 128
    """Side of the pictures that random codes are compared on."""
    aligned: bool = True
    """Bring each random code's camera nearer and aside so that the projected vertices fill the mask's box (ours)."""
    stages: tuple[InversionStage, ...] = PUBLISHED
    fixed_camera: bool = False
    """The first camera stays (an ablation of the paper)."""
    pixels: int = 256
    """Side of the square pictures that are compared."""
    weights: InversionWeights = field(default_factory=InversionWeights)
    tuned: bool = True
    """`mirror_core.pipelines.invert` takes `OURS` for the published weights; off, weights are what they are."""
    mask_loss: str = "chamfer"
    """chamfer: projected vertices and the mask's pixels; iou, l1: soft silhouettes (ablations of the paper)."""
    texture_loss: str = "chamfer"
    """chamfer: L_pCT and L_fCT; l1, l1+perceptual, contextual: ablations of the paper."""
    chamfer: ChamferTexture = field(default_factory=ChamferTexture)
    """Numbers of the Chamfer texture loss."""
    features: str = "auto"
    """garment: the project's own network; vgg: VGG-19 from the file `vgg`; none: no feature term; auto: VGG-19 where
    its file is named, else garment."""
    vgg: str = ""
    """torchvision's file vgg19-dcbb9e9d.pth, which cannot be shipped."""
    finish: str = "fit"
    """none: the generator's answer as it is (paper); fit: its vertices are fitted to the outline and the photo is its
    texture where the photo shows it (ours)."""
    keep_best: bool = False
    """When cancelled during the descent, the best so far is the result; off, there is none."""
    preview_every: int = 10
    """Steps between two calls of the preview."""
    vertices: int = LEVELS[1]
    """Of the result: 642, 2562 or 10242."""
    texture_size: int = 1024
    """Side of the result's texture in texels."""
    seed: int = 0
    device: str = "auto"
    backend: str = "auto"

    def __post_init__(self) -> None:
        for name, choices in (
            ("kind", KINDS),
            ("mask_loss", MASK_LOSSES),
            ("texture_loss", TEXTURE_LOSSES),
            ("features", FEATURES),
            ("finish", FINISHES),
            ("begin", BEGINS),
            ("device", ("auto", "cpu", "cuda")),
        ):
            check_choice(name, getattr(self, name), choices)
        for name, low, high in (
            ("codes", 0, 100_000),
            ("search_pixels", 16, 1024),
            ("pixels", 16, 1024),
            ("preview_every", 1, 100_000),
            ("texture_size", 64, 8192),
        ):
            check_range(name, getattr(self, name), low, high)
        if self.vertices not in LEVELS:
            raise InputError(f"vertices must be one of {LEVELS}, but is {self.vertices}.")
        if self.features == "vgg" and not self.vgg:
            raise InputError("features is 'vgg', but no file of its weights is named.", "Name it by vgg.")

    def settled_weights(self) -> InversionWeights:
        """Those of the pipeline."""
        return OURS if self.tuned and self.weights == InversionWeights() else self.weights

    def feature_network(self) -> str:
        """vgg, garment or none."""
        return ("vgg" if self.vgg else "garment") if self.features == "auto" else self.features

    def steps(self) -> int:
        """Of all stages."""
        return sum(stage.steps for stage in self.stages)


PAPER = InversionSettings(
    begin="random", codes=500, search_pixels=256, aligned=False, tuned=False, finish="none", texture_size=512
)
"""As published, but for what docs/inversion.md names; with VGG-19 where its file is named."""


def shortened(settings: InversionSettings, effort: float) -> InversionSettings:
    """The same with `effort` times as many steps in each stage."""
    stages = tuple(dataclasses.replace(stage, steps=round(stage.steps * effort)) for stage in settings.stages)
    return dataclasses.replace(settings, stages=stages)
