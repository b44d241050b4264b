"""Models as plain data: as printed, as released, made for CPUs, and the baseline SMR."""

import dataclasses

from mirror_core.checks import check_choice
from mirror_core.encoders.config import CameraConfig, LightConfig, MagicMirrorConfig, ShapeConfig, TextureConfig

PAPER = MagicMirrorConfig(
    shape=ShapeConfig(),
    camera=CameraConfig(distance=(2.0, 6.0)),
    texture=TextureConfig(fusion_blocks=1),
)
"""Supplement C. Where it is silent (ranges, dropout, initial weights), as released."""

RELEASE = MagicMirrorConfig(
    keep_background=True,
    background=True,
    shape=ShapeConfig(channel_attention=True, sampling="release", dropout=0.2),
    camera=CameraConfig(distance=(2.0, 6.0), dropout=0.2),
    texture=TextureConfig(fusion_blocks=3, context=True, squash="hardtanh"),
)
"""What the authors' code builds for Market-HQ; the recipes of ATR and CUB change sizes and ranges."""

LITE = MagicMirrorConfig(
    image_size=(160, 96),
    normalisation="group",
    shape=ShapeConfig(
        backbone="pyramid", widths=(16, 32, 48, 64, 96), hidden=96, mixing=128, smoothing=0.3, sampling="camera"
    ),
    camera=CameraConfig(
        widths=(16,),
        blocks=(0, 0, 0),
        hidden=64,
        distance=(2.0, 4.0),
        elevation=(-15.0, 15.0),
        start_in_front=True,
        symmetric=True,
        azimuth=90.0,
    ),
    texture=TextureConfig(
        encoder="strided",
        widths=(16, 32, 48, 64),
        decoder=(48, 32),
        interpolation="bilinear",
        spread=True,
        anchored=True,
    ),
    light=LightConfig(widths=(8, 16, 24, 32, 48), kernel=3),
)
"""Ours: small enough to train on two CPU cores and to ship."""

SMR = MagicMirrorConfig(
    image_size=(128, 128),
    half_axes=(0.9, 0.9, 0.9),
    shape=ShapeConfig(
        backbone="strided",
        widths=(32, 64, 128, 256, 512),
        integration=False,
        neighbours=False,
        limit=1.0,
        centre=False,
    ),
    camera=CameraConfig(integration=False, elevation=(0.0, 30.0), distance=(2.0, 6.0), offset=0.0),
)
"""Hu et al. 2021, as released: five stride-2 convolutions, a fixed sphere, no offset of the camera."""

PRESETS = {"paper": PAPER, "release": RELEASE, "lite": LITE, "smr": SMR}


def make_config(preset: str, **changes: object) -> MagicMirrorConfig:
    """A preset's configuration, with some of its fields changed.

    Raises:
        InputError: there is no such preset.
    """
    check_choice("preset", preset, tuple(PRESETS))
    return dataclasses.replace(PRESETS[preset], **changes)
