"""3D Magic Mirror and SMR: the published experiments, and ours for two CPU cores."""

import dataclasses
from dataclasses import dataclass, field

import torch

from mirror_core.discriminators import LITE_CRITIC, CriticConfig, WganCritic
from mirror_core.encoders import CameraConfig, MagicMirror, MagicMirrorConfig, make_config
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.loop import LoopSettings
from mirror_core.trainers.magic_mirror import (
    GeometryTask,
    LandmarkSettings,
    MagicMirrorTask,
    MagicMirrorTraining,
    Objective,
    PrototypeLoop,
    TruthWeights,
)
from mirror_core.trainers.magic_mirror.settings import THREE_TURNS, TOGETHER
from mirror_core.trainers.schedule import Schedule
from training.datasets import Augmentation, PhotoSettings


@dataclass(frozen=True)
class MagicMirrorRecipe:
    """All of one experiment but the photos themselves."""

    model: MagicMirrorConfig
    layout: str = "folder"
    """How the photos' files lie: folder, atr, market-hq or cub."""
    photos: PhotoSettings = field(default_factory=PhotoSettings)
    critic: CriticConfig = field(default_factory=CriticConfig)
    training: MagicMirrorTraining = field(default_factory=MagicMirrorTraining)
    loop: LoopSettings = field(default_factory=LoopSettings)
    pretrained: bool = True
    """Begin the backbone from ImageNet weights, which timm may have to download."""
    begin: str | None = None
    """Name or folder of a trained model. All encoders begin with its weights where name and shape agree; that of light
    only where its answers have the same range."""
    synthetic_share: float = 0.5
    """Of synthetic photos among all, where the command names some."""
    synthetic_tint: float = 0.0
    """Largest change of a channel's brightness of synthetic photos."""
    geometry_alone: bool = False
    """Camera and shape learn from synthetic truth, without rendering; texture and light wait for another run."""
    landmarks: LandmarkSettings | None = None
    """SMR's landmark term; none: without it."""
    precision: str = "32-true"
    """bf16-mixed on a GPU halves memory and time."""

    def task(self) -> MagicMirrorTask:
        """Networks with their first weights, the same for the same seed."""
        torch.manual_seed(self.loop.seed)
        model = MagicMirror(self.model, self.pretrained)
        if self.begin is not None:
            begin_with(model, MagicMirror.from_pretrained(self.begin))
        make = GeometryTask if self.geometry_alone else MagicMirrorTask
        return make(model, WganCritic(self.critic), self.training, self.landmarks)


def begin_with(model: MagicMirror, trained: MagicMirror) -> None:
    """Take over a trained model's weights where they fit."""
    known, mine = trained.state_dict(), model.state_dict()
    same_light = trained.config.light == model.config.light
    fits = [name for name in known if name in mine and known[name].shape == mine[name].shape]
    model.load_state_dict(mine | {n: known[n] for n in fits if same_light or not n.startswith("light.")})


def _published(config: MagicMirrorConfig, camera: CameraConfig, size: tuple[int, int]) -> MagicMirrorConfig:
    return dataclasses.replace(config, image_size=size, camera=camera)


PAPER_LOOP = LoopSettings(epochs=600, batch=48, averaging=Averaging("none"))

RELEASED_OBJECTIVE = Objective(
    adversarial=1e-4,
    light=0.1,
    # As released the Laplacian term is a sum over 642 vertices and 3 coordinates, and the flatness term one over
    # 1,920 edges, where ours are means of a vertex and of an edge.
    laplacian=0.01 * 642,
    flatness=0.002 * 1920,
    symmetry=0.01,
    deformation=0.01,
    edge_length=0.0001,
    rim_depth=0.15,
    image_mask="given",
    symmetric="offsets",
    consistent_on="mixed",
    shape_distance="chamfer",
    adversarial_on=("novel",),
)
"""Market-HQ's command line (facts of the release); the other recipes change what their command lines change."""

RELEASED = MagicMirrorTraining(objective=RELEASED_OBJECTIVE, turns=THREE_TURNS, betas=(0.95, 0.999), amsgrad=True)

MARKET_PAPER = MagicMirrorRecipe(
    make_config("paper", image_size=(128, 64)),
    "market-hq",
    training=MagicMirrorTraining(prototype=PrototypeLoop(every=1, step=1.0, decay=1.0, smoothing=0)),
    loop=PAPER_LOOP,
)
"""Sections 3 and B: every epoch the prototype moves by the mean offset, clipped and warmed up."""

ATR_PAPER = dataclasses.replace(
    MARKET_PAPER,
    model=_published(MARKET_PAPER.model, CameraConfig(distance=(2.0, 8.0)), (160, 96)),
    layout="atr",
)

CUB_CAMERA = CameraConfig(elevation=(0.0, 30.0), distance=(2.0, 7.0))

CUB_PAPER = dataclasses.replace(
    MARKET_PAPER,
    model=dataclasses.replace(_published(MARKET_PAPER.model, CUB_CAMERA, (128, 128)), half_axes=(0.9, 0.9, 0.45)),
    layout="cub",
)

MARKET_RELEASE = MagicMirrorRecipe(
    make_config("release", image_size=(128, 64)),
    "market-hq",
    training=dataclasses.replace(RELEASED, prototype=PrototypeLoop(clean_area=(0.36, 0.49))),
    loop=LoopSettings(epochs=600, batch=48, averaging=Averaging("swa", start=500 / 600)),
)

ATR_RELEASE = MagicMirrorRecipe(
    _published(make_config("release"), CameraConfig(distance=(2.0, 8.0), dropout=0.2), (160, 96)),
    "atr",
    training=dataclasses.replace(
        RELEASED,
        learning_rate=5.5e-5,
        objective=dataclasses.replace(RELEASED_OBJECTIVE, flatness=0.001 * 1920),
        prototype=PrototypeLoop(clean_area=(0.18, 0.26), until=400 / 500, warm_up=40 / 500),
    ),
    loop=LoopSettings(epochs=500, batch=48, averaging=Averaging("swa", start=400 / 500)),
)

CUB_RELEASE = MagicMirrorRecipe(
    dataclasses.replace(
        _published(make_config("release"), dataclasses.replace(CUB_CAMERA, dropout=0.2), (128, 128)),
        half_axes=(0.9, 0.9, 0.45),
    ),
    "cub",
    training=dataclasses.replace(
        RELEASED,
        learning_rate=7e-5,
        mixed_offset=0.3,
        objective=dataclasses.replace(
            RELEASED_OBJECTIVE, flatness=0.001 * 1920, rim_depth=0.1, rim="column", contour=0.1
        ),
        prototype=PrototypeLoop(clean_area=(0.25, 0.49)),
    ),
    loop=LoopSettings(
        epochs=600, batch=48, averaging=Averaging("swa", start=500 / 600), schedule=Schedule(cycles=2, restart=0.1)
    ),
)

SMR_CUB = MagicMirrorRecipe(
    make_config("smr"),
    "cub",
    training=MagicMirrorTraining(
        objective=Objective(
            image=0.1,
            silhouette=1.0,
            light=0.1,
            adversarial=1e-4,
            flatness=0.001 * 1920,
            laplacian=0.01 * 642,
            consistent_on="mixed",
            adversarial_on=("novel", "mixed"),
            image_mask="given",
        ),
        turns=TOGETHER,
        prototype=None,
        learning_rate=1e-4,
        betas=(0.5, 0.999),
        backbone_rate=1.0,
    ),
    loop=LoopSettings(epochs=500, batch=24, averaging=Averaging("none")),
    pretrained=False,
    landmarks=LandmarkSettings(),
)
"""Hu et al. 2021 as released; for its landmark term name VGG-19's weights with --set landmarks.vgg=FILE, else the
project's garment network stands in for it."""

LITE = MagicMirrorRecipe(
    make_config("lite"),
    "folder",
    photos=PhotoSettings(augmentation=Augmentation(fill="edge")),
    critic=LITE_CRITIC,
    training=MagicMirrorTraining(
        objective=Objective(
            adversarial=1e-3,
            camera=0.1,
            light=0.1,
            laplacian=1.0,
            flatness=0.01,
            consistent_on="mixed",
            adversarial_on=("novel",),
        ),
        turns=THREE_TURNS,
        prototype=PrototypeLoop(every=2, step=0.2),
        learning_rate=1e-3,
        critic_rate=2e-4,
        backbone_rate=1.0,
        betas=(0.9, 0.99),
        mixed_offset=0.2,
        sharpness=(7000.0, 40000.0),
        isotropic=True,
    ),
    loop=LoopSettings(epochs=100, batch=16, averaging=Averaging("ema", start=0.7)),
    pretrained=False,
)
"""The method at a size for two CPU cores, for photos of people or garments seen from the front."""

LITE_JOINT = dataclasses.replace(
    LITE,
    training=dataclasses.replace(
        LITE.training,
        turns=TOGETHER,
        objective=dataclasses.replace(LITE.training.objective, adversarial=1e-4, texture=0.2, vertices=0.5),
        prototype=PrototypeLoop(every=1, step=0.1, until=0.6, warm_up=0.1),
    ),
    loop=dataclasses.replace(LITE.loop, epochs=80),
)
"""Ours: all encoders learn from every photo, so that a short run gets further; the prototype comes to rest earlier."""

LITE_TRUTH = dataclasses.replace(
    LITE_JOINT,
    model=dataclasses.replace(
        LITE.model,
        shape=dataclasses.replace(LITE.model.shape, modes=48),
        camera=dataclasses.replace(
            LITE.model.camera,
            widths=(24,),
            blocks=(0, 1, 1),
            shrink=2,
            normalisation="batch",
            azimuth=360.0,
            elevation=(-30.0, 30.0),
            distance=(2.0, 4.2),
            symmetric=False,
            start_in_front=False,
        ),
        texture=dataclasses.replace(LITE.model.texture, back="flow"),
        light=dataclasses.replace(LITE.model.light, ambient=(1.5, 5.0), directional=1.0),
    ),
    training=dataclasses.replace(
        LITE_JOINT.training,
        objective=dataclasses.replace(
            LITE_JOINT.training.objective,
            symmetry=0.02,
            deformation=0.02,
            adversarial=0.0,
            camera=0.0,
            vertices=0.0,
            texture=0.0,
            light=0.0,
            truth=TruthWeights(camera=1.0, vertices=10.0, texture=2.0, light=0.2, frontal=0.5),
        ),
    ),
    synthetic_tint=0.3,
    loop=dataclasses.replace(LITE.loop, epochs=40, validate_every=2),
)
"""Ours: half of the photos are synthetic; their truth teaches depth, all sides, and a back of its own, in the place of
critic and consistency."""

LITE_GEOMETRY = dataclasses.replace(
    LITE_TRUTH,
    geometry_alone=True,
    synthetic_share=0.9,
    loop=dataclasses.replace(LITE.loop, epochs=10, batch=32, validate_every=2),
)
"""The cheap first half of `lite-truth`, which then begins with its model."""

RECIPES = {
    "market-paper": MARKET_PAPER,
    "atr-paper": ATR_PAPER,
    "cub-paper": CUB_PAPER,
    "market-release": MARKET_RELEASE,
    "atr-release": ATR_RELEASE,
    "cub-release": CUB_RELEASE,
    "smr-cub": SMR_CUB,
    "lite": LITE,
    "lite-joint": LITE_JOINT,
    "lite-truth": LITE_TRUTH,
    "lite-geometry": LITE_GEOMETRY,
}
