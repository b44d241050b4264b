"""`python -m training train reconstructor`: the network whose shapes are ConvMesh's pseudo ground truth; resumable."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from mirror_core.cli.options import UsageError
from training.train import make_fabric

if TYPE_CHECKING:
    from mirror_core.generators.reconstructor import ReconstructorConfig
    from training.datasets.posed import PosedPhotos


@dataclass(frozen=True)
class TrainReconstructor:
    """Train ConvMesh's reconstruction network on photos of known cameras, which it overfits."""

    data: Path
    """Folder of photos with masks, or CUB-200-2011's with --cub, or PASCAL3D+'s with --pascal3d."""
    cameras: str = "mirror-people"
    """Name or folder of a trained 3D Magic Mirror that says the cameras of the photos."""
    cub: Path | None = None
    """CMR's cache folder with sfm/ and data/, whose cameras are taken instead."""
    pascal3d: Path | None = None
    """The same for the cars of PASCAL3D+, for which the published template is finer."""
    preset: Literal["lite", "paper"] = "lite"
    """Size of the network, and of the photos."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/reconstructor")
    """Folder of the run."""
    cache: Path = Path("out/cache")
    """Folder for prepared photos."""
    resume: bool = False
    """Go on with the run in that folder."""
    minutes: float | None = None
    """Stop after so many minutes, leaving a checkpoint."""
    epochs: int = 1000
    batch: int = 50
    learning_rate: float = 1e-4
    """Of the network at first; it is halved every 250 epochs."""
    real: int | None = None
    """Photos that are used, at most; none: all."""
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def run(self) -> None:
        """Train."""
        import torch

        from mirror_core.generators.reconstructor import ConvMeshReconstructor
        from mirror_core.trainers.averaging import Averaging
        from mirror_core.trainers.convmesh.reconstruct import ReconstructorTraining, ReconstructTask
        from mirror_core.trainers.loop import LoopSettings, fit
        from mirror_core.trainers.run_folder import RunFolder
        from mirror_core.trainers.schedule import Schedule
        from training.datasets.posed import POSES, write_poses

        config = self.config()
        photos = self.photos(config)
        loop = LoopSettings(
            self.epochs,
            min(self.batch, len(photos)),
            Schedule(last=1.0),
            Averaging("none"),
            validate_every=10,
            seed=self.seed,
        )
        fabric = make_fabric(self.device, "32-true")
        torch.manual_seed(self.seed)
        settings = ReconstructorTraining(learning_rate=self.learning_rate)
        task = ReconstructTask(ConvMeshReconstructor(config), len(photos), settings)
        for module in task.modules.values():
            module.to(fabric.device)
        about = {"data": str(self.data), "cub": str(self.cub), "cameras": self.cameras, **dataclasses.asdict(config)}
        if self.pascal3d is not None:
            about["pascal3d"] = str(self.pascal3d)
        about |= {"training": dataclasses.asdict(settings), "loop": dataclasses.asdict(loop)}
        run = RunFolder(self.out, about, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, photos, photos, loop, run, fabric, self.minutes)
        if photos.names and fabric.is_global_zero:
            write_poses(self.out / POSES, photos.names, task.poses.weight)
        print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best network is in {run.best}.")

    def config(self) -> "ReconstructorConfig":
        """Of the network."""
        from mirror_core.generators.reconstructor import RECONSTRUCTOR_LITE, ReconstructorConfig

        if self.preset == "lite":
            return RECONSTRUCTOR_LITE
        return ReconstructorConfig(template="two-pole-16" if self.pascal3d is None else "two-pole-31")

    def photos(self, config: "ReconstructorConfig") -> "PosedPhotos":
        """Square photos with cameras."""
        from training.datasets import PhotoSettings, open_source
        from training.datasets.posed import held, pose_by
        from training.datasets.pseudo_truth import by_magic_mirror
        from training.datasets.windows import cmr_set, open_windows

        found = cmr_set(self.cub, self.pascal3d)
        if found is not None:
            cache, layout = found
            return held(open_windows(self.data, layout.cameras(cache, "train")[: self.real], layout, config.image))
        if config.axes == "tangent" and config.symmetric:
            raise UsageError(
                "The published network makes symmetric objects, which people and garments are not.",
                "Use --preset lite, or name CMR's cameras with --cub or --pascal3d.",
            )
        source = open_source(self.data, "folder", "train", PhotoSettings(image_size=(160, 96), cache=self.cache))
        if self.real is not None:
            import numpy as np

            source = source.subset(np.arange(min(self.real, len(source))))
        rebuild = by_magic_mirror(self.cameras)
        return pose_by(source, lambda batch: rebuild(batch)[1], config.image)
