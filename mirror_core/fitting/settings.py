"""Every number a fit depends on."""

from dataclasses import dataclass

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError
from mirror_core.mesh import LEVELS

KINDS = ("auto", "garment", "person")
BACKS = ("auto", "completed", "mirrored")
STARTS = ("auto", "model", "outline", "ellipsoid")


@dataclass(frozen=True)
class Stage:
    """Some steps at one resolution and one sharpness of the silhouette."""

    vertices: int
    """Vertices of the template; a stage may only refine what it is given."""
    pixels: int
    """Side of the square picture that is compared with the mask."""
    sigmainv: float
    """Sharpness of the soft silhouette; a soft one reaches further but makes the mesh shrink."""
    boxlen: float
    """Reach of the soft silhouette in NDC; about 4 / sqrt(sigmainv) loses nothing."""
    steps: int
    stiffness: float = 1.0
    """Multiplies the smoothing of the steps: stiff, whole limbs move at once."""
    far: bool = True
    """Draw also what is far from the outline, by the Chamfer term; off where there is nothing left to draw."""


@dataclass(frozen=True)
class Weights:
    """Weights of the objective's terms."""

    silhouette: float = 1.0
    chamfer: float = 1.0
    laplacian: float = 2.0
    flatness: float = 2e-3
    symmetry: float = 0.1
    deformation: float = 0.02
    fold: float = 2.0


@dataclass(frozen=True)
class FitSettings:
    """How a photo is fitted."""

    kind: str = "auto"
    """garment, person, or auto: by the mask's outline (`mirror_core.fitting.kind`)."""
    vertices: int = LEVELS[1]
    """642, 2562 or 10242."""
    texture_size: int = 2048
    """Side of the square texture in texels."""
    start: str = "auto"
    """model: what a trained 3D Magic Mirror says, camera included; outline: the template laid onto the mask's outline
    and inflated; ellipsoid: the papers' template, scaled; auto: model where one is shipped for the kind, else
    outline."""
    model: str = ""
    """Name or folder of the model to start from; none: the one shipped for the kind
    (`mirror_core.fitting.choose.MODELS`)."""
    fast: bool = False
    """Take the start as it is: no descent."""
    thickness: float | None = None
    """Thickness over width of a long strip such as an arm; none: 0.6 for a garment, 0.8 for a person."""
    open_hem: bool = True
    """A garment keeps its thickness down to its hem; off, it closes to an edge there."""
    back: str = "auto"
    """Where the colours of the unseen side come from. completed: the completion network says them; mirrored: they are
    those of the seen side; auto: completed where the network is shipped."""
    delight: bool = False
    """Estimate the light and divide it out of the texture."""
    distance: float = 2.5
    """Of the camera, template units; at 2.5 an object of standard height fills 90 % of the crop."""
    weights: Weights | None = None
    """None: those that suit the start."""
    step_size: float | None = None
    """Largest move of a vertex in a step, template units; none: what suits the start."""
    smoothing: float = 0.1
    """lambda of "large steps in inverse rendering": gradients are smoothed by (I + lambda L)^-1, twice."""
    effort: float = 1.0
    """Multiplies the number of steps of each stage."""
    device: str = "auto"
    backend: str = "auto"
    seed: int = 0

    def __post_init__(self) -> None:
        check_choice("kind", self.kind, KINDS)
        check_choice("start", self.start, STARTS)
        check_choice("back", self.back, BACKS)
        if self.model and self.start not in ("auto", "model"):
            raise InputError(
                f"start is {self.start!r}, but model is {self.model!r}.", "Leave one of them out: a model is a start."
            )
        check_choice("device", self.device, ("auto", "cpu", "cuda"))
        if self.vertices not in LEVELS:
            raise InputError(f"vertices must be one of {LEVELS}, but is {self.vertices}.")
        check_range("texture_size", self.texture_size, 64, 8192)
        check_range("distance", self.distance, 2.0, 20.0)
        check_range("effort", self.effort, 0.0, 100.0)
        if self.thickness is not None:
            check_range("thickness", self.thickness, 0.05, 2.0)

    def objective_weights(self) -> Weights:
        """Given, or those that suit the start.

        A model's answer is further from the outline, and its front and back need not be alike.
        """
        loose = Weights(laplacian=0.3, symmetry=0.0, deformation=0.005, fold=2.0)
        return self.weights or (loose if self.start == "model" else Weights())

    def largest_step(self) -> float:
        """Given, or what suits the start."""
        return self.step_size or (0.03 if self.start == "model" else 0.004)

    def stages(self) -> list[Stage]:
        """From soft to sharp; from the papers' ellipsoid and from a model also from coarse to fine.

        What the start is must be settled before (`mirror_core.fitting.choose`). Fast, all are without a step.
        """
        effort = 0.0 if self.fast else self.effort
        first, last = LEVELS[0], self.vertices
        plans = {
            "outline": [(last, 256, 6e4, 0.015, 40), (last, 256, 2e5, 0.006, 20), (last, 256, 8e5, 0.004, 20)],
            "ellipsoid": [
                (first, 128, 7e3, 0.05, 100),
                (first, 128, 4e4, 0.02, 50),
                (last, 256, 6e4, 0.015, 60),
                (last, 256, 2e5, 0.006, 30),
                (last, 256, 8e5, 0.004, 20),
            ],
            "model": [
                (first, 128, 1e4, 0.04, 30, 100.0),
                (first, 128, 4e4, 0.02, 40),
                (last, 256, 6e4, 0.015, 20),
                (last, 256, 8e5, 0.004, 20),
            ],
        }
        return [
            Stage(*plan[:4], round(plan[4] * effort), *plan[5:], far=self.start != "model" or plan[1] < 256)
            for plan in plans[self.start]
        ]
