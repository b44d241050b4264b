"""The code nearest to what a trained 3D Magic Mirror says of a photo: a place to begin at (ours)."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.inversion.decoder import Decoder, FinerDecoder
from mirror_core.losses import latent_loss

STEPS, RATE = 50, 0.15
"""Of Adam; the rate falls to 0."""
BETAS = (0.5, 0.9)
SHAPE, LATENT = 10.0, 0.05
"""Weights of the mean distance of coordinates, template units, and of the latent loss beside 1 for colours."""


def nearest_code(
    decoder: Decoder,
    vertices: Float[Tensor, "1 V 3"],
    texture: Float[Tensor, "1 3 H W"],
    tick: Callable[[str], None],
) -> Float[Tensor, "1 Z"]:
    """Descend from the mean code to what is most like a given mesh, without any picture.

    A picture says little of what lies behind, so a descent that begins far away ends with flat or swollen backs; the
    network was taught true shapes.

    Args:
        decoder: whose shapes exist on the project's template.
        vertices: of the project's template at one of its levels, template units.
        texture: sRGB 0..1.
        tick: called before each step; may raise to stop.

    Raises:
        InputError: the decoder has another template.
    """
    if not isinstance(decoder, FinerDecoder):
        raise InputError(
            "The search cannot begin at the mirror's answer: this decoder has no method vertices_at.",
            "Choose begin = random, or give the decoder that method.",
        )
    code = torch.zeros(1, decoder.code_size, device=vertices.device, requires_grad=True)
    adam = torch.optim.Adam([code], betas=BETAS)
    for step in range(STEPS):
        tick("Beginning at the mirror's answer")
        adam.param_groups[0]["lr"] = RATE * (1.0 - step / STEPS)
        painted = decoder(code).texture
        wanted = torch.nn.functional.interpolate(
            texture, painted.shape[2:], mode="bilinear", align_corners=False, antialias=True
        )
        apart = (decoder.vertices_at(code, vertices.shape[1]) - vertices).abs().mean()
        loss = SHAPE * apart + (painted - wanted).abs().mean() + LATENT * latent_loss(code)
        adam.zero_grad()
        torch.autograd.backward(loss)
        adam.step()
    return code.detach()
