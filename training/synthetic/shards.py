"""Shards in WebDataset's layout: tar files whose members NAME.SUFFIX belong together."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

from mirror_core.errors import InputError
from training.synthetic.sample import decode
from training.synthetic.truth import Truth

PATTERN = "shard-{:06d}.tar"


def pack(samples: list[tuple[str, dict[str, bytes]]]) -> bytes:
    """A shard: for each sample its name and its files by suffix. The same samples give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, files in samples:
            for suffix, data in files.items():
                member = tarfile.TarInfo(f"{name}.{suffix}")  # dated 1970, owned by nobody in particular
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def read_truths(folder: Path) -> Iterator[Truth]:
    """All samples of a folder of shards, in order.

    Raises:
        InputError: there is no shard, or a sample is damaged.
    """
    shards = sorted(folder.glob("shard-*.tar"))
    if not shards:
        raise InputError(f"{folder} has no shards.", "Make some: mirror synthesize people FOLDER --assets ASSETS.")
    for shard in shards:
        yield from map(decode, _samples(shard))


def _samples(shard: Path) -> Iterator[dict[str, bytes]]:
    files: dict[str, bytes] = {}
    current = ""
    with tarfile.open(shard) as archive:
        for member in archive:
            name, suffix = member.name.split(".", 1)
            if name != current and files:
                yield files
                files = {}
            current = name
            data = archive.extractfile(member)
            assert data is not None
            files[suffix] = data.read()
    if files:
        yield files
