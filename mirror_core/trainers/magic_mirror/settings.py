"""Every number of the training step; the recipes of the published experiments fill them in."""

from dataclasses import dataclass, field
from typing import Literal

from mirror_core.checks import check_choice

EncoderTurns = tuple[tuple[str, ...], ...]

FOUR_TURNS: EncoderTurns = (("shape",), ("camera",), ("texture",), ("light",))
"""One encoder at a time (section 3.4)."""

THREE_TURNS: EncoderTurns = (("shape",), ("texture", "light"), ("camera",))
"""As released."""

TOGETHER: EncoderTurns = (("shape", "camera", "texture", "light"),)
"""No encoder loop."""


@dataclass(frozen=True)
class TruthWeights:
    """Weights of what synthetic photos teach directly; a departure from the paper, so all are 0 by default."""

    camera: float = 0.0
    vertices: float = 0.0
    texture: float = 0.0
    light: float = 0.0
    hidden: float = 3.0
    """Of a texel that the photo does not show, relative to one it shows: nothing else teaches those."""

    frontal: float = 0.0
    """Of what is assumed of real photos, not known: that they are taken from before. Without it people in the street,
    unlike any synthetic person, are taken for seen from behind; with it, a real back is taken for a front."""

    @property
    def on(self) -> bool:
        """Something is taught."""
        return max(self.camera, self.vertices, self.texture, self.light) > 0


@dataclass(frozen=True)
class Objective:
    """Weights of equation 11, multiplied out, and which reading of each term is meant; 0 leaves a term out."""

    image: float = 2.0
    silhouette: float = 2.0
    contour: float = 0.0
    adversarial: float = 1e-5
    camera: float = 1.0
    vertices: float = 1.0
    texture: float = 1.0
    light: float = 1.0
    laplacian: float = 0.01
    flatness: float = 0.001
    symmetry: float = 0.1
    deformation: float = 0.1
    edge_length: float = 0.0
    rim_depth: float = 0.0
    image_mask: Literal["own", "given"] = "own"
    """Whose mask blackens the rendering: its own (equation 7), or the photo's, then both are whitened (release)."""
    symmetric: Literal["depth", "offsets"] = "depth"
    """Depths mirrored in z (equation in 3.3), or offsets (release)."""
    consistent_on: Literal["reconstruction", "mixed"] = "reconstruction"
    """Which rendering is encoded again: the reconstruction (equation 10), or a mix-up of two photos' attributes
    from a random camera (release)."""
    shape_distance: Literal["l1", "chamfer"] = "l1"
    """How the encoded shape is compared: vertex by vertex (equation 10), or Chamfer (release)."""
    adversarial_on: tuple[Literal["reconstruction", "novel", "mixed"], ...] = ("reconstruction",)
    """What the critic tells from photos: the reconstruction (equation 8), the same from a random azimuth (release),
    the mix-up (SMR, with the novel view)."""
    rim: Literal["round", "column"] = "round"
    """Release: depthR for people, depthC for birds."""
    penalty: float = 10.0
    """Of the critic's gradient, relative to `adversarial`."""
    truth: TruthWeights = field(default_factory=TruthWeights)
    """Ours: of the terms that compare with a synthetic photo's truth."""

    @property
    def consistent(self) -> bool:
        """Some attribute of a rendering is encoded again (equation 10)."""
        return max(self.camera, self.vertices, self.texture, self.light) > 0


@dataclass(frozen=True)
class PrototypeLoop:
    """The prototype moves by the mean of the offsets (section 3.4; numbers as released)."""

    every: int = 2
    """Epochs between updates; the paper says 1."""
    until: float = 5 / 6
    """Progress of the run after which the prototype stays."""
    step: float = 0.1
    decay: float = 0.99
    """Of the step from one update to the next."""
    warm_up: float = 1 / 15
    """Share of the run over which the step grows from 1 % to all of itself."""
    smoothing: int = 3
    """Passes that move each vertex's mean offset half way to its neighbours' mean."""
    clip: float = 0.05
    """Largest mean offset of a coordinate, template units."""
    largest: float = 0.4
    """Photos whose offsets' mean length is more than this do not count."""
    clean_area: tuple[float, float] = (0.0, 1.0)
    """Photos whose mask covers a share outside this do not count."""


@dataclass(frozen=True)
class MagicMirrorTraining:
    """The whole strategy."""

    objective: Objective = field(default_factory=Objective)
    turns: EncoderTurns = FOUR_TURNS
    """The encoder loop: which encoders learn from the reconstruction in which iteration, in turn."""
    prototype: PrototypeLoop | None = field(default_factory=PrototypeLoop)
    """None: the prototype stays what it was."""
    learning_rate: float = 5e-5
    critic_rate: float | None = None
    """None: the same."""
    backbone_rate: float = 0.05
    """Relative to the learning rate: the shape encoder's pretrained backbone learns slowly."""
    betas: tuple[float, float] = (0.95, 0.99)
    amsgrad: bool = False
    mixed_offset: float = 0.5
    """Largest camera offset of the mix-up."""
    sharpness: tuple[float, float] = (7000.0, 7000.0)
    """sigmainv of the soft silhouette at the beginning and at the end, geometric in between."""
    isotropic: bool = False
    """Measure the soft silhouette's reach alike on both axes of an image that is not square."""

    def __post_init__(self) -> None:
        for turn in self.turns:
            for name in turn:
                check_choice("encoder in turns", name, ("shape", "camera", "texture", "light"))
