"""Every number of ConvMesh's training but the networks' own."""

from dataclasses import dataclass, field

from mirror_core.checks import check_choice, check_range

LOSSES = ("least_squares", "hinge")
RAMPS = ("epochs", "steps")


@dataclass(frozen=True)
class ConvMeshWeights:
    """Weights of what the generator minimises."""

    uv: float = 1.0
    """Discriminators of maps, lambda_uv of equation 1."""
    image: float = 0.04
    """The discriminator of renderings, lambda_I (supplement); 0: there is none, and nothing is rendered."""
    flatness: float = 1e-4
    """Of L_flat, which as released is a sum over the edges of the mesh."""


@dataclass(frozen=True)
class TiedCodes:
    """Ours: part of each of the generator's batches is made from codes of the data, and must be like these objects."""

    share: float = 0.5
    """Of the batch; the other codes are drawn by chance."""
    texture: float = 4.0
    """Weight of the mean absolute difference of known texels."""
    vertices: float = 40.0
    """Weight of the mean absolute difference of coordinates, template units."""

    def __post_init__(self) -> None:
        check_range("tied.share", self.share, 0.0, 1.0)


@dataclass(frozen=True)
class ConvMeshTraining:
    """How generator and discriminators learn; the defaults are MeshInversion's supplement."""

    weights: ConvMeshWeights = field(default_factory=ConvMeshWeights)
    loss: str = "least_squares"
    """least_squares: equations 1 to 3; hinge: as ConvMesh's release has it."""
    generator_rate: float = 1e-4
    critic_rate: float = 4e-4
    betas: tuple[float, float] = (0.0, 0.9)
    critic_steps: int = 2
    """Of the discriminators for each of the generator; each step takes photos of its own."""
    average: float = 0.999
    """Decay of the generator's average at the end, an iteration; the average is what is used."""
    ramp: str = "epochs"
    """How that decay is reached. epochs: ConvMesh's, 0.999^100 in the first 10 epochs and 0.999^10 up to the 100th;
    steps: s / (s + 20) after s steps, for runs of few epochs."""
    tied: TiedCodes | None = None
    """None, as published: all codes are drawn by chance."""

    def __post_init__(self) -> None:
        check_choice("loss", self.loss, LOSSES)
        check_choice("ramp", self.ramp, RAMPS)
        check_range("critic_steps", self.critic_steps, 1, 100)
