"""ConvMesh: the published training, the release's losses, and ours for two CPU cores."""

import dataclasses
from dataclasses import dataclass, field

import torch

from mirror_core.discriminators import (
    PATCH_LITE,
    UV_LITE,
    PatchConfig,
    PatchDiscriminator,
    UVDiscriminator,
    UVDiscriminatorConfig,
)
from mirror_core.generators import ConvMeshConfig, ConvMeshGenerator, make_generator_config
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.convmesh import ConvMeshTask, ConvMeshTraining, TiedCodes
from mirror_core.trainers.loop import LoopSettings
from mirror_core.trainers.schedule import Schedule
from training.datasets.uv_codes import CodeSettings
from training.datasets.uv_kinds import kinds_of
from training.datasets.uv_maps import UvMaps
from training.datasets.uv_modes import linear_modes


@dataclass(frozen=True)
class UvDataSettings:
    """What the objects of a training are."""

    image_size: tuple[int, int] = (256, 256)
    """Height and width of the photos that renderings are compared with."""
    truth: bool = True
    """The objects of synthetic photos are taken from their truth, complete. Off, from their photos alone, like real
    ones, as ConvMesh must."""
    photos_each: int = 2
    """Photos of a synthetic object that are used, at most."""
    real: int | None = None
    """Photos of real objects that are used, at most; none: all."""
    rebuild: str = ""
    """Who says the shapes of photos: the name or folder of a trained 3D Magic Mirror; or FOLDER+NAME, the folder of a
    reconstruction network from `train reconstructor` and who says the cameras; with CMR's cameras FOLDER alone."""
    codes: CodeSettings = field(default_factory=CodeSettings)
    """Of objects whose codes are tied."""
    held_out: int = 150
    """Photos that are not learnt from, by which the best model is chosen."""


@dataclass(frozen=True)
class ConvMeshRecipe:
    """All of one experiment but the photos themselves."""

    generator: ConvMeshConfig
    uv: UVDiscriminatorConfig = field(default_factory=UVDiscriminatorConfig)
    image: PatchConfig = field(default_factory=PatchConfig)
    training: ConvMeshTraining = field(default_factory=ConvMeshTraining)
    data: UvDataSettings = field(default_factory=UvDataSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    mean_map: bool = False
    """Ours: the generator adds the objects' mean map; published: it begins at the template."""
    begin: str | None = None
    """Name or folder of a trained generator to begin with."""
    uv_shares: tuple[float, ...] | None = None
    """Weights of the discriminators of maps in their mean: texture, mesh, and coarse texture where there is one; none:
    all alike. ConvMesh's release weighs them 2 and 1 for PASCAL3D+; whether it divides by their sum, as is done here
    so that lambda_uv keeps its meaning, we were not told."""

    def task(self, source: UvMaps | None = None) -> ConvMeshTask:
        """Networks with their first weights, the same for the same seed.

        Args:
            source: the objects, for a generator that begins with their mean map and modes.
        """
        torch.manual_seed(self.loop.seed)
        if self.begin is None:
            generator = ConvMeshGenerator(self.generator)
            if self.mean_map and source is not None:
                generator.mean_map.copy_(source.mean_map)
            if generator.modes is not None and source is not None and source.codes is not None:
                modes = linear_modes(source, self.generator)
                generator.start_at_modes(modes)
                if generator.kinds is not None:
                    codes = source.codes.flatten(0, 1)
                    generator.kinds.set(codes, kinds_of(codes, modes.moved, self.generator.kinds))
        else:
            generator = ConvMeshGenerator.from_pretrained(self.begin).train()
        judges = UVDiscriminator(self.uv), PatchDiscriminator(self.image)
        return ConvMeshTask(generator, *judges, self.training, self.uv_shares)


PAPER_LOOP = LoopSettings(epochs=600, batch=128, schedule=Schedule(last=1.0), averaging=Averaging("none"))

PAPER = ConvMeshRecipe(
    make_generator_config("paper", classes=200),
    UVDiscriminatorConfig(classes=200),
    loop=PAPER_LOOP,
)
"""MeshInversion's pre-training for CUB: equations 1 to 3, weights, rates and schedule of the supplement."""

CAR = dataclasses.replace(
    PAPER,
    generator=make_generator_config("paper", template="two-pole-31", classes=11),
    uv=UVDiscriminatorConfig(classes=11, coarse=()),
    uv_shares=(2.0, 1.0),
)
"""The same for PASCAL3D+ cars: finer template, no coarse discriminator, the texture's weighs twice as much."""

RELEASE = dataclasses.replace(
    PAPER,
    training=ConvMeshTraining(loss="hinge"),
    loop=dataclasses.replace(PAPER_LOOP, batch=32),
)
"""ConvMesh's release: hinge losses, batches of 32."""

LITE = ConvMeshRecipe(
    make_generator_config("lite"),
    UV_LITE,
    PATCH_LITE,
    training=ConvMeshTraining(
        generator_rate=2e-4,
        critic_rate=2e-4,
        betas=(0.5, 0.99),
        critic_steps=1,
        average=0.995,
        ramp="steps",
        tied=TiedCodes(),
    ),
    data=UvDataSettings(image_size=(160, 96), real=1600),
    loop=LoopSettings(
        epochs=4, batch=8, schedule=Schedule(last=0.1), averaging=Averaging("none"), validate_every=1, log_every=10
    ),
    mean_map=True,
)
"""Ours, for two CPU cores: on the project's own template, with modes and kinds, half of each batch tied to the data."""

LITE_COLD = dataclasses.replace(LITE, training=dataclasses.replace(LITE.training, tied=None))
"""From random codes alone, without modes and kinds, for comparison."""

RECIPES = {"paper": PAPER, "paper-car": CAR, "release": RELEASE, "lite": LITE, "lite-cold": LITE_COLD}
