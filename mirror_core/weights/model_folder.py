"""A model on the disk: a folder with config.json and model.safetensors. No pickles, so loading runs no code."""

import dataclasses
import json
from pathlib import Path
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_type_hints

from torch import Tensor, nn

from mirror_core.errors import InputError
from mirror_core.files import write_files

CONFIG, TENSORS = "config.json", "model.safetensors"

Config = TypeVar("Config")


def write_model(
    folder: Path, kind: str, config: object, tensors: dict[str, Tensor], *, overwrite: bool = False
) -> None:
    """Write both files or none.

    Args:
        folder: made as needed.
        kind: what the tensors are for, e.g. "MagicMirror"; checked when they are read.
        config: a frozen dataclass of plain data.
        tensors: by name.
        overwrite: replace what is there.
    """
    from safetensors.torch import save

    text = json.dumps({"kind": kind, "config": dataclasses.asdict(cast(Any, config))}, indent=1)
    plain = {name: values.detach().cpu().contiguous() for name, values in tensors.items()}
    write_files({folder / TENSORS: save(plain), folder / CONFIG: (text + "\n").encode()}, overwrite=overwrite)


def read_model(folder: Path, kind: str, config_type: type[Config]) -> tuple[Config, dict[str, Tensor]]:
    """Config and tensors of a model folder.

    Raises:
        InputError: a file is missing or damaged, or the folder holds another kind of model.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for name in (CONFIG, TENSORS):
        if not (folder / name).is_file():
            raise InputError(f"{folder} has no {name}.", "Name the folder of a model, as training writes it.")
    try:
        content = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        found, values = content["kind"], content["config"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / CONFIG} is not a model's configuration: {error!r}.") from error
    if found != kind:
        raise InputError(f"{folder} holds a model of the kind {found!r}, not {kind!r}.")
    try:
        tensors = load_file(folder / TENSORS)
    except SafetensorError as error:
        raise InputError(f"{folder / TENSORS} is damaged: {error}.", "Copy it once more.") from error
    return config_from_json(config_type, values, str(folder / CONFIG)), tensors


def fill(network: nn.Module, tensors: dict[str, Tensor], folder: Path) -> None:
    """Give a network the tensors of its folder; half precision becomes the network's own.

    Raises:
        InputError: they do not fit.
    """
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise InputError(f"The tensors in {folder} do not fit its configuration: {error}.") from error


def in_half(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same in half precision, but for whole numbers."""
    return {name: values.half() if values.is_floating_point() else values for name, values in tensors.items()}


def config_from_json(config_type: type[Config], values: object, where: str) -> Config:
    """A dataclass from what `dataclasses.asdict` and JSON made of it.

    A field that is missing was added later and gets its default, which must mean "as before"; without a default it is
    refused, as is a name that the dataclass does not have.
    """
    hints = get_type_hints(config_type)
    fields = dataclasses.fields(cast(Any, config_type))
    given = cast("dict[str, object]", values) if isinstance(values, dict) else {}
    needed = {f.name for f in fields if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING}
    odd = sorted((set(given) - {field.name for field in fields}) | (needed - set(given)))
    if odd or not isinstance(values, dict):
        raise InputError(
            f"{where}: {config_type.__name__} has other fields than this version's; they differ in {', '.join(odd)}.",
            "It was written by a newer version, or is no model's configuration.",
        )
    return config_type(**{name: _decode(hints[name], value, where) for name, value in given.items()})


def _decode(hint: Any, value: object, where: str) -> object:
    options = [option for option in get_args(hint) if option is not NoneType]
    if value is not None and len(options) == 1 and NoneType in get_args(hint):
        hint = options[0]
    if value is not None and dataclasses.is_dataclass(hint):
        return config_from_json(cast("type[object]", hint), value, where)
    return _tuples(value)


def _tuples(value: object) -> object:
    return tuple(_tuples(item) for item in cast("list[object]", value)) if isinstance(value, list) else value
