"""`mirror reconstruct PHOTO... -o OUT`."""

from dataclasses import dataclass

from mirror_core.cli.console import Console
from mirror_core.cli.options import FitOptions, UsageError, make_pipeline
from mirror_core.cli.photos import PhotosOptions, do_photo
from mirror_core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class ReconstructCommand(PhotosOptions, FitOptions):
    """Reconstruct photos, one after the other."""

    def run(self, console: Console) -> int:
        """Do the photos; one that fails does not stop the rest."""
        from mirror_core.pipelines.photo_to_files import PhotoToFiles, Task

        targets, formats = self.targets()
        try:
            work = PhotoToFiles(make_pipeline(self.settings()), formats, self.height, self.mask_method, self.rectangle)
        except InputError as error:
            raise UsageError(error.message, error.remedy) from error
        failed = 0
        for photo, target in targets.items():
            task = Task(photo, target, self.mask, self.overwrite)
            failed += not do_photo(work, task, console)
        if console.json_lines:
            console.event("summary", done=len(targets) - failed, failed=failed)
        elif len(targets) > 1:
            console.say(f"{len(targets) - failed} of {len(targets)} photos done.")
        return 1 if failed else 0
