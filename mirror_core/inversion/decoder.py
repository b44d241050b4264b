"""What can be searched: anything that makes textured meshes of codes."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator, draw_codes
from mirror_core.mesh import Template
from mirror_core.weights.catalogue import read_catalogue

MODELS = {"person": "convmesh-people", "garment": "convmesh-garments"}
"""The shipped generator of each kind."""


@dataclass(frozen=True)
class Decoded:
    """A batch of textured meshes.

    Attributes:
        vertices: of the decoder's template, model space, template units.
        texture: sRGB 0..1, row 0 is the top.
    """

    vertices: Float[Tensor, "B V 3"]
    texture: Float[Tensor, "B 3 Ht Wt"]


@runtime_checkable
class Decoder(Protocol):
    """From codes to textured meshes: a generator, or the decoding half of an auto-encoder such as CMR's or UMR's.

    Its networks are frozen: only codes get gradients.
    """

    template: Template
    code_size: int

    def __call__(self, code: Float[Tensor, "B Z"]) -> Decoded: ...


@runtime_checkable
class FinerDecoder(Decoder, Protocol):
    """A decoder whose shapes exist on the project's template at any level of detail."""

    def vertices_at(self, code: Float[Tensor, "B Z"], vertex_count: int) -> Float[Tensor, "B V 3"]:
        """Vertices of `make_template(vertex_count)`."""
        ...


@runtime_checkable
class DrawingDecoder(Decoder, Protocol):
    """A decoder that knows where codes lie; those of others are drawn from the standard normal distribution."""

    def draw(
        self, count: int, generator: torch.Generator, truncation: int | float | None = None
    ) -> Float[Tensor, "N Z"]:
        """Codes by chance."""
        ...


def random_codes(
    decoder: Decoder, count: int, generator: torch.Generator, truncation: int | float | None = None
) -> Float[Tensor, "{count} Z"]:
    """Codes by chance for any decoder.

    Args:
        decoder: that they are for.
        count: how many.
        generator: where the randomness comes from.
        truncation: see `draw_codes`.
    """
    if isinstance(decoder, DrawingDecoder):
        return decoder.draw(count, generator, truncation)
    return draw_codes(count, decoder.code_size, generator, truncation)


class GeneratorDecoder:
    """ConvMesh's generator as a decoder.

    Args:
        generator: in evaluation mode; its parameters are frozen here.
        label: the class of all codes, where it has classes.
    """

    def __init__(self, generator: ConvMeshGenerator, label: int | None = None) -> None:
        if generator.config.classes and label is None:
            raise InputError(
                f"The generator has {generator.config.classes} classes, but no label was given.", "Name one by label."
            )
        self.generator = generator.requires_grad_(False)
        self.template = generator.template
        self.code_size = generator.config.code
        self._label = label

    def __call__(self, code: Float[Tensor, "B Z"]) -> Decoded:
        """Generate."""
        made = self.generator(code, self._labels(code))
        return Decoded(made.vertices, made.texture)

    def vertices_at(self, code: Float[Tensor, "B Z"], vertex_count: int) -> Float[Tensor, "B V 3"]:
        """The generated shapes on another level of the project's template."""
        return self.generator.shape(self.generator(code, self._labels(code)).deformation, vertex_count)

    def draw(
        self, count: int, generator: torch.Generator, truncation: int | float | None = None
    ) -> Float[Tensor, "N Z"]:
        """Codes by chance, as the generator was trained with."""
        return self.generator.draw(count, generator, truncation)

    def _labels(self, code: Tensor) -> Tensor | None:
        return None if self._label is None else torch.full((len(code),), self._label, device=code.device)


@lru_cache(maxsize=2)
def load_decoder(name: str, label: int | None = None) -> GeneratorDecoder:
    """The generator of this name or in this folder, kept for the next photo."""
    return GeneratorDecoder(ConvMeshGenerator.from_pretrained(name), label)


def model_for(kind: str, model: str = "") -> str:
    """The model to search in: the one that is named, or the one shipped for the kind.

    Raises:
        InputError: none is named and none shipped.
    """
    if model:
        return model
    if MODELS[kind] not in read_catalogue():
        raise InputError(
            f"No generator is shipped for the kind {kind!r}.",
            "Name one by --model: the folder best of a run of `mirror train convmesh`.",
        )
    return MODELS[kind]
