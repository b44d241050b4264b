"""A worker that misbehaves on purpose: fake_worker.py MODE [RESULT] ...; the modes are the functions below.

RESULT is a result folder for the modes that succeed. Standard library only.
"""

import importlib.util
import os
import shutil
import struct
import sys
import time
import zipfile
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "mirror_core" / "worker" / "protocol.py"


def load_protocol():
    spec = importlib.util.spec_from_file_location("fake_protocol", FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fake_protocol"] = module
    spec.loader.exec_module(module)
    return module


protocol = load_protocol()


def say(message) -> None:
    sys.stdout.write(protocol.encode(message))
    sys.stdout.flush()


def hear(kind=protocol.Job):
    """The next message, which must be of that kind; ends with stdin."""
    line = sys.stdin.readline()
    if not line or isinstance(protocol.decode(line), protocol.Quit):
        os._exit(0)
    message = protocol.decode(line)
    assert isinstance(message, kind), message
    return message


def hello(protocol_version=protocol.PROTOCOL, torch="2.9.0") -> None:
    versions = {"python": "3.11", "mirror_core": "0.1.0", "torch": torch, "numpy": "2"}
    say(protocol.Hello(versions, "cpu (1 threads)", 10**9, protocol_version))


def good() -> None:
    """Does every job by copying the result."""
    hello()
    while True:
        job = hear()
        say(protocol.Progress(job.id, 1, 2, "Fitting"))
        shutil.copytree(sys.argv[2], job.folder)
        say(protocol.Result(job.id, job.folder, {"mask_iou": 1.0}))


def banner() -> None:
    print("Welcome to an environment that greets everybody!", flush=True)
    good()


def crash_at_start() -> None:
    sys.exit("Segmentation fault, more or less")


def crash() -> None:
    hello()
    job = hear()
    say(protocol.Progress(job.id, 1, 2, "Fitting"))
    print("last words", file=sys.stderr, flush=True)
    os._exit(9)


def hang_at_start() -> None:
    time.sleep(600)


def hang() -> None:
    hello()
    hear()
    time.sleep(600)


def garbage() -> None:
    while True:
        print("lorem ipsum dolor sit amet", flush=True)


def bytes_without_end() -> None:
    while True:
        sys.stdout.buffer.write(b"\xff" * 100_000)


def old_protocol() -> None:
    hello(protocol_version=0)
    time.sleep(600)


def old_torch() -> None:
    hello(torch="1.13.1+cu117")
    time.sleep(600)


def no_torch() -> None:
    say(protocol.Failure("DependencyError", "The interpreter has no torch.", "Install it."))
    sys.exit(1)


def refuse() -> None:
    hello()
    while True:
        job = hear()
        say(protocol.Failure("PhotoError", "The photo is empty.", "Choose another photo.", "Traceback", job.id))


def slow() -> None:
    """Works until cancelled."""
    hello()
    while True:
        job = hear()
        say(protocol.Progress(job.id, 1, 2, "Fitting"))
        hear(protocol.Cancel)
        say(protocol.Failure("CancelledError", "The job was cancelled.", "", "", job.id))


def talkative() -> None:
    """Says a long sentence beside its progress."""
    hello()
    job = hear()
    say(protocol.Progress(job.id, 1, 3, "Fitting"))
    say(protocol.Log("Compiling the renderer for this machine; this happens once and takes up to 20 seconds.", job.id))
    hear(protocol.Cancel)
    say(protocol.Failure("CancelledError", "The job was cancelled.", "", "", job.id))


def npy(kind: str, shape: str, data: bytes) -> bytes:
    """An array as numpy's files have it."""
    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + data


def show(job, step: int) -> None:
    """A preview: the result's texture as the picture, a red triangle as the mesh."""
    folder = Path(protocol.preview_folder(job.folder))
    folder.mkdir(parents=True, exist_ok=True)
    picture, mesh = folder / f"{step}.png", folder / f"{step}.npz"
    shutil.copyfile(Path(sys.argv[2]) / "texture.png", picture)
    with zipfile.ZipFile(mesh, "w") as file:
        file.writestr("vertices.npy", npy("<f4", "(3, 3)", struct.pack("<9f", -1, 0, 0, 1, 0, 0, 0, 2, 0)))
        file.writestr("faces.npy", npy("<i4", "(1, 3)", struct.pack("<3i", 0, 1, 2)))
        file.writestr("colours.npy", npy("|u1", "(3, 3)", bytes([255, 0, 0] * 3)))
        file.writestr("kind.npy", npy("<U6", "()", "person".encode("utf-32-le")))
    say(protocol.Preview(job.id, step, 1.0 / step, str(picture), str(mesh)))


def search() -> None:
    """Shows a best so far until cancelled; then makes it the result, if that is wanted."""
    hello()
    while True:
        while not isinstance(job := hear(object), protocol.Job):
            pass  # a second cancel that came after the end
        for step in (1, 2):
            say(protocol.Progress(job.id, step, 4, "Searching"))
            show(job, step)
        if hear(protocol.Cancel).keep:
            shutil.copytree(sys.argv[2], job.folder)
            say(protocol.Result(job.id, job.folder, {"mask_iou": 1.0}))
        else:
            say(protocol.Failure("CancelledError", "The job was cancelled.", "", "", job.id))
        shutil.rmtree(protocol.preview_folder(job.folder))


def search_forever() -> None:
    """Shows a best so far, and never comes to an end with it, whatever it is told."""
    hello()
    show(hear(), 1)
    while True:
        hear(protocol.Cancel)


def stubborn() -> None:
    """Works on whatever it is told."""
    hello()
    job = hear()
    while True:
        say(protocol.Progress(job.id, 1, 2, "Fitting"))
        time.sleep(0.02)


def promise() -> None:
    """Says that it is done, and has done nothing."""
    hello()
    job = hear()
    say(protocol.Result(job.id, job.folder))
    time.sleep(600)


globals()[sys.argv[1]]()
