"""`mirror invert PHOTO... -o OUT`."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mirror_core.cli.console import Console
from mirror_core.cli.options import UsageError
from mirror_core.cli.photos import PhotosOptions, do_photo
from mirror_core.errors import MirrorError

if TYPE_CHECKING:
    from mirror_core.inversion import InversionSettings
    from mirror_core.pipelines.once import Once
    from mirror_core.pipelines.photo_to_files import Outcome, Task


@dataclass(frozen=True, kw_only=True)
class InvertCommand(PhotosOptions):
    """Reconstruct photos by searching in a generator that knows what unseen sides look like.

    Started again, it goes on where it stopped: beside each result stands NAME.record.json.
    """

    texture_size: int = 1024
    """Side of the texture in pixels."""
    model: str = ""
    """The generator, its name or its folder; without one, the shipped one of the kind."""
    camera_model: str = ""
    """The trained 3D Magic Mirror that says the first camera; without one, the shipped one of the kind."""
    codes: int | None = None
    """Random codes that are tried before the descent; by default 64, with --paper 500."""
    effort: float = 1.0
    """Multiplies the 200 steps of the descent."""
    finish: Literal["fit", "none"] | None = None
    """The last step, outside the generator's range: fit the outline and take the photo as texture, or leave the
    generator's answer as it is; by default fit, with --paper none."""
    paper: bool = False
    """Search as published: 500 codes at full size, no last step."""
    vgg: str = ""
    """torchvision's file vgg19-dcbb9e9d.pth, to compare features by; without it the project's own network does."""
    keep_best: bool = False
    """When interrupted, keep the best so far."""
    jobs: int = 1
    """Processes at a time."""
    ray: str = ""
    """Address of a Ray cluster to spread the photos over, e.g. auto; local starts one here."""

    def run(self, console: Console) -> int:
        """Do the photos; one that fails does not stop the rest."""
        from mirror_core.pipelines.photo_to_files import Task

        targets, _ = self.targets()
        if self.jobs < 1:
            raise UsageError(f"--jobs must be at least 1, but is {self.jobs}.")
        work = self.work()
        tasks = [Task(photo, target, self.mask, self.overwrite) for photo, target in targets.items()]
        if self.jobs == 1 and not self.ray:
            failed = sum(not do_photo(work, task, console) for task in tasks)
        else:
            failed = self._together(work, tasks, console)
        if console.json_lines:
            console.event("summary", done=len(tasks) - failed, failed=failed)
        elif len(tasks) > 1:
            console.say(f"{len(tasks) - failed} of {len(tasks)} photos done.")
        return 1 if failed else 0

    def work(self) -> "Once":
        """The way of one photo.

        Raises:
            UsageError: a setting is out of range, or the device is not there.
        """
        import dataclasses

        from mirror_core.pipelines.invert import Invert
        from mirror_core.pipelines.once import Once
        from mirror_core.pipelines.photo_to_files import PhotoToFiles

        _, formats = self.targets()
        try:
            settings = self.settings()
            files = PhotoToFiles(Invert(settings), formats, self.height, self.mask_method, self.rectangle)
        except MirrorError as error:
            raise UsageError(error.message, error.remedy) from error
        others = {"height": self.height, "mask_method": self.mask_method, "rectangle": self.rectangle}
        return Once(files, {**dataclasses.asdict(settings), **others, "formats": formats})

    def settings(self) -> "InversionSettings":
        """What the command line says."""
        import dataclasses

        from mirror_core.inversion import PAPER, InversionSettings, shortened

        names = ("kind", "vertices", "device", "seed", "model", "camera_model", "vgg", "keep_best", "texture_size")
        values: dict[str, Any] = {name: getattr(self, name) for name in names}
        given = {name: getattr(self, name) for name in ("codes", "finish") if getattr(self, name) is not None}
        start = PAPER if self.paper else InversionSettings()
        return shortened(dataclasses.replace(start, **values, **given), self.effort)

    def _together(self, work: "Once", tasks: "list[Task]", console: Console) -> int:
        """Several at a time; how many failed."""
        from mirror_core.pipelines.processes import Failed

        failed = 0
        with closing(self._answers(work, tasks)) as answers, console.bar(f"{len(tasks)} photos") as bar:
            for done, (number, answer) in enumerate(answers, 1):
                photo = str(tasks[number].photo)
                if isinstance(answer, Failed):
                    failed += 1
                    console.error(answer.error, answer.message, answer.remedy, photo)
                else:
                    _tell(answer, photo, console)
                bar(done, len(tasks), photo)
        return failed

    def _answers(self, work: "Once", tasks: "list[Task]") -> Generator[tuple[int, Any]]:
        from mirror_core.pipelines.processes import run_tasks
        from mirror_core.pipelines.spread import spread_tasks

        if self.ray:
            return spread_tasks(work, tasks, self.ray)
        return run_tasks(work, tasks, self.jobs, lambda _: None)


def _tell(outcome: "Outcome", photo: str, console: Console) -> None:
    mask = {"method": outcome.mask_method, "confidence": outcome.mask_confidence}
    console.result(photo, list(outcome.files), mask, outcome.metrics)
