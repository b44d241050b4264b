"""What every body model can do, whoever made it."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor


@dataclass(frozen=True)
class Posed:
    """A batch of bodies as they stand there.

    Attributes:
        vertices: metres, y up, facing +z, the body's left at +x.
        joints: where the joints have gone.
        transforms: from rest to there, of each joint; clothes follow by the same.
        rest: the vertices before posing.
    """

    vertices: Float[Tensor, "B V 3"]
    joints: Float[Tensor, "B J 3"]
    transforms: Float[Tensor, "B J 4 4"]
    rest: Float[Tensor, "B V 3"]


@runtime_checkable
class Body(Protocol):
    """A body model: a shape code and rotations in, vertices out; differentiable in both."""

    @property
    def faces(self) -> Int[Tensor, "F 3"]:
        """The visible surface, counter-clockwise seen from outside."""
        ...

    @property
    def joint_names(self) -> tuple[str, ...]:
        """By number."""
        ...

    @property
    def parents(self) -> tuple[int, ...]:
        """Of each joint, -1 for the root; they come before their children."""
        ...

    @property
    def shape_names(self) -> tuple[str, ...]:
        """What the numbers of a shape code mean."""
        ...

    def __call__(self, shape: Float[Tensor, "B S"], rotations: Float[Tensor, "B J 3 3"]) -> Posed:
        """Bodies of that shape in that pose.

        Args:
            shape: codes, one number for each of `shape_names`.
            rotations: of each joint about its head, in axes parallel to the world's, relative to the rest pose;
                what hangs on a joint turns with it.
        """
        ...
