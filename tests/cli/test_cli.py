"""The command line: what it writes, what it prints, and its exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from helpers.pipelines import FakePipeline, save_photo
from helpers.results import make_result

from mirror_core.cli import batch as batch_command
from mirror_core.cli import main
from mirror_core.cli import reconstruct as reconstruct_command
from mirror_core.cli import turntable as turntable_command
from mirror_core.pipelines.folder import save_folder

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def fake_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (reconstruct_command, batch_command, turntable_command):
        monkeypatch.setattr(module, "make_pipeline", lambda _settings: FakePipeline())


def mirror(*arguments: object) -> int:
    """The exit code of a command in this process."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return int(str(stop.code))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def events(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_one_photo_into_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photo = save_photo(tmp_path / "dress.png")
    assert mirror("reconstruct", photo, "-o", tmp_path / "out", "--format", "obj", "usdz") == 0
    assert names(tmp_path / "out") == {"dress.obj", "dress.mtl", "dress_texture.png", "dress.usdz"}
    assert "dress.usdz" in capsys.readouterr().out


def test_one_photo_into_a_file(tmp_path: Path):
    photo = save_photo(tmp_path / "dress.png")
    assert mirror("reconstruct", photo, "-o", tmp_path / "new" / "gown.ply") == 0
    assert names(tmp_path / "new") == {"gown.ply", "gown_ply_texture.png"}


def test_several_photos_go_on_after_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photos = [save_photo(tmp_path / f"{name}.png") for name in ("a", "refuse", "b")]
    assert mirror("reconstruct", *photos, "-o", tmp_path / "out") == 1
    assert names(tmp_path / "out") == {"a.glb", "b.glb"}
    printed = capsys.readouterr()
    assert "2 of 3 photos done." in printed.out
    assert "refuse.png: The mask of this one is 7 pixels too small. Draw a larger one." in printed.err
    assert "Traceback" not in printed.err


def test_json_is_one_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photos = [save_photo(tmp_path / f"{name}.png") for name in ("a", "refuse")]
    assert mirror("reconstruct", *photos, "-o", tmp_path / "out", "--json") == 1
    printed = capsys.readouterr()
    told = [event for event in events(printed.out) if event["event"] != "progress"]
    assert told == [
        {
            "event": "result",
            "photo": str(photos[0]),
            "files": [str(tmp_path / "out" / "a.glb")],
            "mask": {"method": "alpha", "confidence": 1.0},
            "metrics": {"mask_iou": 0.5, "threads": pytest.approx(0, abs=64)},
        },
        {
            "event": "error",
            "photo": str(photos[1]),
            "class": "MaskError",
            "message": "The mask of this one is 7 pixels too small.",
            "remedy": "Draw a larger one.",
        },
        {"event": "summary", "done": 1, "failed": 1},
    ]
    assert printed.err == ""


def test_an_existing_file_is_refused_and_can_be_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photo = save_photo(tmp_path / "dress.png")
    (tmp_path / "dress.glb").write_bytes(b"mine")
    assert mirror("reconstruct", photo, "-o", tmp_path) == 1
    assert "dress.glb already exists. Allow overwriting" in capsys.readouterr().err
    assert (tmp_path / "dress.glb").read_bytes() == b"mine"
    assert mirror("reconstruct", photo, "-o", tmp_path, "--overwrite") == 0


def test_an_unsure_mask_is_mentioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    from PIL import Image

    photo = save_photo(tmp_path / "dress.png")
    half = Image.open(photo)
    half.putalpha(half.getchannel("A").point(lambda value: max(value, 100)))
    half.save(photo)
    assert mirror("reconstruct", photo, "-o", tmp_path) == 0
    assert "the alpha mask is only 35 % sure" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["a.png", "b.png", "--mask", "m.png"], "--mask is for one photo, but 2 were given. Do them one by one."),
        (["a.png", "b.png", "--rectangle", "0", "0", "9", "9"], "--rectangle is for one photo, but 2 were given."),
        (["a.png", "b.png", "-o", "out.glb"], "-o out.glb is for one photo, but 2 were given."),
        (["x/a.png", "y/a.png"], "Two of the photos have the same name."),
        (["a.png", "-o", "out.fbx"], "-o out.fbx has the suffix .fbx, which is no format to write. Choose one of .glb"),
        (["a.png", "-o", "out.obj", "--format", "ply"], "-o out.obj asks for obj, but --format for ply."),
        ([], "No photo was given."),
        (["a.png", "--height", "-1"], "height_m must be positive, but is -1."),
        (["a.png", "--vertices", "7"], "7"),
        (["a.png", "--format", "fbx"], "fbx"),
    ],
)
def test_a_command_that_does_not_fit_together_ends_with_2(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
):
    assert mirror("reconstruct", *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_settings_out_of_range_end_with_2(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.undo()  # the real pipeline
    assert mirror("reconstruct", "a.png", "--texture-size", "3") == 2
    assert "texture_size must lie between" in capsys.readouterr().err


def test_a_bug_is_a_sentence_unless_debugging(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photo = save_photo(tmp_path / "bug.png")
    assert mirror("reconstruct", photo, "-o", tmp_path) == 1
    printed = capsys.readouterr().err
    assert "Internal error: ZeroDivisionError('somebody forgot a zero'). Run it again with --debug" in printed
    assert "Traceback" not in printed
    assert mirror("reconstruct", photo, "-o", tmp_path, "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_interrupting_writes_nothing_and_ends_with_130(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photos = [save_photo(tmp_path / f"{name}.png") for name in ("a", "interrupt", "b")]
    assert mirror("reconstruct", *photos, "-o", tmp_path / "out") == 130
    assert names(tmp_path / "out") == {"a.glb"}
    assert "Interrupted; what was finished is kept." in capsys.readouterr().err


def test_batch_prints_its_tally_and_its_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    for name in ("a", "refuse"):
        save_photo(tmp_path / "photos" / f"{name}.png")
    assert mirror("batch", tmp_path / "photos", tmp_path / "out", "--jobs", 1) == 1
    printed = capsys.readouterr()
    assert "1 done, 0 done before, 1 failed." in printed.out
    assert "refuse.png: The mask of this one" in printed.err
    (tmp_path / "photos" / "refuse.png").unlink()
    assert mirror("batch", tmp_path / "photos", tmp_path / "out", "--json") == 0
    assert events(capsys.readouterr().out) == [
        {"event": "skipped", "photo": "a.png"},
        {"event": "progress", "name": "photos", "done": 1, "total": 1, "what": "a.png"},
        {"event": "summary", "done": 0, "skipped": 1, "failed": 0},
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere", "out"], "There is no folder nowhere. Check the spelling."),
        ([".", "out", "--masks", "nowhere"], "There is no folder nowhere."),
        ([".", "out", "--jobs", "-3"], "--jobs must not be negative, but is -3."),
        (["."], "OUT"),
    ],
)
def test_a_batch_that_cannot_start_ends_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture
):
    monkeypatch.chdir(tmp_path)
    assert mirror("batch", *arguments) == 2
    assert sentence in capsys.readouterr().err


def test_turntable_of_a_folder_and_of_a_photo(tmp_path: Path):
    folder = save_folder(make_result(), tmp_path / "dress.mirror")
    assert mirror("turntable", folder, "-o", tmp_path / "a.gif", "--frames", 2, "--size", 16) == 0
    photo = save_photo(tmp_path / "dress.png")
    assert mirror("turntable", photo, "-o", tmp_path / "b.png", "--frames", 2, "--size", 16) == 0
    assert {"a.gif", "b.png"} < names(tmp_path)


def test_turntable_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert mirror("turntable", tmp_path / "gone", "-o", tmp_path / "a.png") == 1
    assert "There is no file" in capsys.readouterr().err
    assert mirror("turntable", tmp_path, "-o", tmp_path / "a.png") == 1
    assert "is not a result folder" in capsys.readouterr().err


def test_info_names_versions_device_and_renderers(capsys: pytest.CaptureFixture[str]):
    assert mirror("info", "--json") == 0
    (facts,) = events(capsys.readouterr().out)
    assert facts["mirror-core"]
    assert "reference" in facts["renderers"]
    assert mirror("info") == 0
    assert "renderers" in capsys.readouterr().out


def test_help_is_quick_because_it_imports_no_torch():
    program = "import sys, mirror_core.cli; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_python_m_mirror_core_is_the_command():
    run = subprocess.run([sys.executable, "-m", "mirror_core", "nonsense"], capture_output=True, check=False)
    assert run.returncode == 2


def is_gone(group: int) -> bool:
    """Whether within ten seconds no process of the group is left."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


IN_A_PROCESS = """
import sys
from helpers.pipelines import FakePipeline
from mirror_core.cli import batch, main
batch.make_pipeline = lambda settings: FakePipeline()
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT")
def test_ctrl_c_ends_a_batch_with_its_processes_and_it_can_be_taken_up_again(tmp_path: Path):
    for name in ("a", "slow"):
        save_photo(tmp_path / "photos" / f"{name}.png")
    script = tmp_path / "program.py"
    script.write_text(IN_A_PROCESS)
    command = [sys.executable, str(script), "batch", str(tmp_path / "photos"), str(tmp_path / "out"), "--jobs", "1"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell starts its background jobs deaf to Ctrl-C, and these tests may be one.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    manifest = tmp_path / "out" / "manifest.jsonl"
    deadline = time.monotonic() + 120
    begun = '"slow.png", "status": "started"'
    while time.monotonic() < deadline and not (manifest.exists() and begun in manifest.read_text()):
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted; what was finished is kept." in err
    assert "Traceback" not in err
    assert names(tmp_path / "out") == {"a.glb", "manifest.jsonl"}
    assert is_gone(process.pid)
