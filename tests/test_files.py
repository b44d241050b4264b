"""Files appear whole or not at all, and what was there before survives every failure."""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirror_core import files
from mirror_core.errors import OutputError
from mirror_core.files import new_folder, write_files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_and_nothing_else_is_left(tmp_path: Path):
    paths = [tmp_path / "new" / "a.png", tmp_path / "new" / "b.obj"]
    assert write_files(dict(zip(paths, [b"one", b"two"], strict=True))) == paths
    assert [path.read_bytes() for path in paths] == [b"one", b"two"]
    assert names(tmp_path / "new") == ["a.png", "b.obj"]


def test_written_files_have_the_usual_permissions(tmp_path: Path):
    (tmp_path / "usual").write_bytes(b"")
    write_files({tmp_path / "ours": b""})
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_an_existing_file_is_refused_and_kept(tmp_path: Path):
    (tmp_path / "b").write_bytes(b"old")
    with pytest.raises(OutputError, match=r"b already exists\. Allow overwriting"):
        write_files({tmp_path / "a": b"new", tmp_path / "b": b"new"})
    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_bytes() == b"old"


def test_overwriting_replaces_it(tmp_path: Path):
    (tmp_path / "a").write_bytes(b"old")
    write_files({tmp_path / "a": b"new"}, overwrite=True)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, r"No space left on device\. Free some space"),
        (errno.EACCES, r"Permission denied\. Choose a folder that you may write"),
        (errno.EROFS, r"Read-only file system\. Choose a folder on a disk"),
        (errno.EIO, r"Input/output error\. Check the disk"),
    ],
)
@pytest.mark.parametrize("failing", ["_write", "rename"])
def test_a_failure_at_the_second_file_undoes_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str, failing: str
):
    (tmp_path / "a").write_bytes(b"old a")
    fail_on(monkeypatch, failing, "b", number)
    with pytest.raises(OutputError, match=sentence):
        write_files({tmp_path / "a": b"new", tmp_path / "b": b"new"}, overwrite=True)
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old a"


def fail_on(monkeypatch: pytest.MonkeyPatch, failing: str, name: str, number: int) -> None:
    """Make the write or the final rename of the file `name` fail as the operating system would."""
    error = OSError(number, os.strerror(number))
    if failing == "_write":
        original = files._write

        def write(path: Path, data: bytes) -> None:
            original(path, data[:1] if path.name.startswith(f".{name}.") else data)
            if path.name.startswith(f".{name}."):
                raise error

        monkeypatch.setattr(files, "_write", write)
    else:
        rename = Path.rename

        def renamed(self: Path, target: Path) -> Path:
            if Path(target).name == name:
                raise error
            return rename(self, target)

        monkeypatch.setattr(Path, "rename", renamed)


def test_a_part_of_the_path_that_is_a_file_is_named_as_the_cause(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        write_files({tmp_path / "file" / "a": b""})


def test_a_folder_appears_when_it_is_full(tmp_path: Path):
    with new_folder(tmp_path / "deep" / "result") as folder:
        (folder / "a").write_bytes(b"1")
        assert not (tmp_path / "deep" / "result").exists()
    assert names(tmp_path / "deep") == ["result"]
    assert names(tmp_path / "deep" / "result") == ["a"]


def test_an_error_while_filling_leaves_nothing(tmp_path: Path):
    with pytest.raises(KeyError), new_folder(tmp_path / "result") as folder:
        fill_and_fail(folder, KeyError())
    assert names(tmp_path) == []


def fill_and_fail(folder: Path, error: Exception) -> None:
    (folder / "a").write_bytes(b"1")
    raise error


def test_a_full_disk_while_filling_says_so_and_keeps_the_old_folder(tmp_path: Path):
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / "old").write_bytes(b"")
    with (
        pytest.raises(OutputError, match=r"No space left.*Free some"),
        new_folder(tmp_path / "result", overwrite=True) as folder,
    ):
        fill_and_fail(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    assert names(tmp_path) == ["result"]
    assert names(tmp_path / "result") == ["old"]


def test_overwriting_a_folder_replaces_all_of_it(tmp_path: Path):
    for name in ("first", "second"):
        with new_folder(tmp_path / "result", overwrite=name == "second") as folder:
            (folder / name).write_bytes(b"")
    assert names(tmp_path) == ["result"]
    assert names(tmp_path / "result") == ["second"]


def test_a_folder_never_replaces_a_file(tmp_path: Path):
    (tmp_path / "result").write_bytes(b"mine")
    with pytest.raises(OutputError, match="is a file"), new_folder(tmp_path / "result", overwrite=True):
        pass
    assert (tmp_path / "result").read_bytes() == b"mine"


def test_a_file_never_replaces_a_folder(tmp_path: Path):
    (tmp_path / "result" / "mine").mkdir(parents=True)
    with pytest.raises(OutputError, match="is a folder"):
        write_files({tmp_path / "result": b"new"}, overwrite=True)
    assert names(tmp_path / "result") == ["mine"]


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_while_writing_the_target_is_not_there(tmp_path: Path):
    target = tmp_path / "large.bin"
    program = (
        "import sys, pathlib; from mirror_core.files import write_files\n"
        "data = bytes(1 << 20)\n"
        "while True: write_files({pathlib.Path(sys.argv[1]): data * 200}, overwrite=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, str(target)])
    deadline = time.monotonic() + 20
    while not list(tmp_path.glob(".large.bin.*.tmp")) and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not target.exists() or target.stat().st_size == 200 << 20
