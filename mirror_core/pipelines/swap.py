"""The shape of one result in the texture of another (3D Magic Mirror, figure 9)."""

import dataclasses

from mirror_core.errors import InputError
from mirror_core.pipelines.result import Reconstruction


def swap_texture(shape: Reconstruction, texture: Reconstruction) -> Reconstruction:
    """`shape` as it is, wearing the texture of `texture`.

    Every result of one vertex count has the same UV map, so nothing is resampled. Camera, light, crop, mask and
    measures stay those of the shape; the confidence comes with the texture; the provenance names the second photo under
    settings as "texture_photo" and "texture_photo_sha256".

    Raises:
        InputError: the two have different numbers of vertices.
    """
    counts = len(shape.vertices), len(texture.vertices)
    if counts[0] != counts[1]:
        raise InputError(
            f"The shape has {counts[0]} vertices, the texture's result {counts[1]}.",
            f"Reconstruct one of the photos again, with --vertices {max(counts)}.",
        )
    about = {
        "texture_photo": texture.provenance.photo,
        "texture_photo_sha256": texture.provenance.photo_sha256,
    }
    provenance = dataclasses.replace(shape.provenance, settings={**shape.provenance.settings, **about})
    return dataclasses.replace(
        shape,
        texture=texture.texture,
        confidence=texture.confidence,
        completed=texture.completed,
        provenance=provenance,
    )
