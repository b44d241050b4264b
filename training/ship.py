"""`python -m training ship model`: a trained model becomes one that users know by name."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import mirror_core
from mirror_core.errors import InputError
from mirror_core.files import write_files
from mirror_core.weights import KnownModel, read_catalogue
from mirror_core.weights.model_folder import CONFIG, TENSORS

LARGE = 10_000
"""Numbers in a tensor from which on it is worth halving."""


def halved(data: bytes) -> bytes:
    """The same safetensors file with its large tensors in half precision."""
    from safetensors.torch import load, save

    tensors = load(data)
    return save({name: v.half() if v.is_floating_point() and v.numel() >= LARGE else v for name, v in tensors.items()})


@dataclass(frozen=True, kw_only=True)
class ShipModel:
    """Copy a model into the package and enter it in the catalogue, with digests, licence and origin."""

    model: Path
    """Its folder: best, in the folder of the training run."""
    name: str
    """What users call it; one that is there is replaced."""
    licence: str
    """Of the weights, as SPDX has it, e.g. CC-BY-4.0."""
    learnt_from: str
    """The data, its number of photos and its licence, in a few words."""
    half: bool = True
    """Large tensors in half precision: half the size. Small ones, the prototype among them, stay as they are."""
    package: Path = Path(mirror_core.__file__).parent
    """mirror_core in the checkout that will ship it."""

    def run(self) -> None:
        """Copy, enter, and say what is left to write."""
        known = read_catalogue()
        contents = {name: self._read(name) for name in (CONFIG, TENSORS)}
        if self.half:
            contents[TENSORS] = halved(contents[TENSORS])
        digests = tuple((name, hashlib.sha256(data).hexdigest()) for name, data in contents.items())
        known[self.name] = KnownModel(self.name, digests, self.licence, self.learnt_from, self._commit())
        text = json.dumps({"models": [dataclasses.asdict(known[name]) for name in sorted(known)]}, indent=1) + "\n"
        weights = self.package / "weights"
        files = {weights / "models" / self.name / name: data for name, data in contents.items()}
        write_files({**files, weights / "catalogue.json": text.encode()}, overwrite=True)
        print(f"Shipped: {weights / 'models' / self.name}")
        print(f"Now write docs/models/{self.name}.md after TEMPLATE.md; {TENSORS} has SHA-256 {digests[1][1]}.")

    def _read(self, name: str) -> bytes:
        path = self.model / name
        if not path.is_file():
            raise InputError(f"{self.model} has no {name}.", "Name the folder of a model, as training writes it.")
        return path.read_bytes()

    def _commit(self) -> str:
        path = self.model.resolve().parent / "config.json"
        try:
            return str(json.loads(path.read_text(encoding="utf-8"))["made_with"]["revision"])
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"{path} does not say which revision trained the model.", "Ship it from its run's folder."
            ) from error
