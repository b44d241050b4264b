"""Tables 4 and 12 of 3D Magic Mirror: one recipe, each time without one of its parts."""

import dataclasses
from collections.abc import Callable

from mirror_core.errors import InputError
from mirror_core.trainers.magic_mirror.settings import TOGETHER
from training.recipes.magic_mirror import MagicMirrorRecipe

OURS = "Ours"


def no_integration(recipe: MagicMirrorRecipe) -> MagicMirrorRecipe:
    """Without the integration module, in the shape encoder and in the camera encoder."""
    model = recipe.model
    shape = dataclasses.replace(model.shape, integration=False, neighbours=False)
    camera = dataclasses.replace(model.camera, integration=False)
    return dataclasses.replace(recipe, model=dataclasses.replace(model, shape=shape, camera=camera))


def no_prototype_loop(recipe: MagicMirrorRecipe) -> MagicMirrorRecipe:
    """The prototype stays the ellipsoid."""
    return dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, prototype=None))


def no_encoder_loop(recipe: MagicMirrorRecipe) -> MagicMirrorRecipe:
    """All encoders learn from every batch."""
    return dataclasses.replace(recipe, training=dataclasses.replace(recipe.training, turns=TOGETHER))


def smr(recipe: MagicMirrorRecipe) -> MagicMirrorRecipe:
    """SMR as table 4 has it: the same backbones, with the camera's offset; a sphere, no loop, SMR's critic and masks.

    Its landmark term is left out: there is no network for it here that knows people.
    """
    plain = no_encoder_loop(no_prototype_loop(no_integration(recipe)))
    shape = dataclasses.replace(plain.model.shape, limit=1.0, centre=False)
    height = recipe.model.half_axes[1]
    objective = dataclasses.replace(
        plain.training.objective,
        image=0.1,
        silhouette=1.0,
        consistent_on="mixed",
        adversarial_on=("novel", "mixed"),
        image_mask="given",
    )
    return dataclasses.replace(
        plain,
        model=dataclasses.replace(plain.model, shape=shape, half_axes=(height, height, height)),
        training=dataclasses.replace(plain.training, objective=objective),
    )


def released_reading(recipe: MagicMirrorRecipe) -> MagicMirrorRecipe:
    """The integration module reads features at the template's raw (x, y), upside down (release)."""
    shape = dataclasses.replace(recipe.model.shape, sampling="release")
    return dataclasses.replace(recipe, model=dataclasses.replace(recipe.model, shape=shape))


ROWS: dict[str, Callable[[MagicMirrorRecipe], MagicMirrorRecipe]] = {
    "SMR": smr,
    "No IM": no_integration,
    "No Prototype Loop": no_prototype_loop,
    "No Encoder Loop": no_encoder_loop,
    "IM as released": released_reading,
    OURS: lambda recipe: recipe,
}
"""In the table's order; "IM as released" is not in the paper."""


def check_has_every_part(recipe: MagicMirrorRecipe) -> None:
    """Require that there is something to leave out.

    Raises:
        InputError: the recipe lacks a part whose worth is to be measured.
    """
    for name, changed in ROWS.items():
        if name != OURS and changed(recipe) == recipe:
            raise InputError(f"The recipe lacks already what the row {name!r} leaves out.", "Choose another recipe.")
