"""The add-on's end of the worker, against workers that misbehave in every way we could think of."""

import sys
import time
from pathlib import Path

import pytest
from mirror_addon import errors, runtime, worker_client
from mirror_addon.protocol_file import protocol
from mirror_addon.tasks import JobTask, PrepareTask

FAKE = str(Path(__file__).with_name("fake_worker.py"))
LIMITS = worker_client.Limits(hello=60.0, silence=1.0, cancel=0.3, keep=0.8, farewell=0.3)


@pytest.fixture
def start(tmp_path):
    clients = []

    def start_worker(mode, limits=LIMITS):
        result = tmp_path / "made"
        result.mkdir()
        (result / "texture.png").write_bytes(b"a picture")
        client = worker_client.WorkerClient(
            runtime.Runtime(Path(sys.executable), (), tmp_path), limits, (FAKE, mode, str(result))
        )
        clients.append(client)
        return client

    yield start_worker
    for client in clients:
        client.close()
        assert not client.alive


def job(tmp_path, name="a"):
    return protocol.Job(name, "reconstruct", "photo.png", str(tmp_path / name))


def finish(task, seconds=8.0):
    end = time.monotonic() + seconds
    while not task.poll():
        assert time.monotonic() < end, "the task never ended"
        time.sleep(0.01)


@pytest.mark.parametrize("mode", ["good", "banner"])
def test_a_good_worker_does_one_job_after_the_other(start, tmp_path, mode):
    client = start(mode)
    for name in ("a", "b"):
        task = JobTask(client, job(tmp_path, name))
        finish(task)
        assert task.folder.is_dir()
        assert task.status.share == 0.5
        assert not client.busy
    assert client.hello.versions["torch"] == "2.9.0"


@pytest.mark.parametrize(
    ("mode", "error", "words"),
    [
        ("crash_at_start", errors.CrashError, "ended with code 1 before the worker was ready"),
        ("crash", errors.CrashError, "ended with code 9 in the middle of the job"),
        ("hang", errors.HangError, "said nothing for 1 s"),
        ("garbage", errors.GarbageError, "prints: 'lorem ipsum"),
        ("bytes_without_end", errors.GarbageError, "does not run the worker"),
        ("old_protocol", errors.VersionError, "speaks protocol 0, but this add-on speaks 2"),
        ("old_torch", errors.VersionError, r"has torch 1.13.1\+cu117, but at least 2.6 is needed"),
        ("no_torch", errors.InterpreterError, "The interpreter has no torch. Install it."),
        ("refuse", errors.JobError, "The photo is empty. Choose another photo."),
    ],
)
def test_a_bad_worker_is_told_in_words(start, tmp_path, mode, error, words):
    client = start(mode)
    task = JobTask(client, job(tmp_path))
    with pytest.raises(error, match=words):
        finish(task)
    assert not client.busy
    # After a refusal the worker lives on; after anything else it is gone.
    assert client.alive == (mode == "refuse")


def test_a_worker_that_never_says_hello_is_given_up(start, tmp_path):
    task = JobTask(start("hang_at_start", worker_client.Limits(hello=0.5)), job(tmp_path))
    with pytest.raises(errors.HangError, match=r"no worker answered within 0.5 s"):
        finish(task)


def test_its_last_words_are_in_the_details(start, tmp_path):
    task = JobTask(start("crash"), job(tmp_path))
    with pytest.raises(errors.CrashError) as caught:
        finish(task)
    assert "last words" in caught.value.details


@pytest.mark.parametrize(("mode", "survives"), [("slow", True), ("stubborn", False)])
def test_cancel_is_answered_or_enforced(start, tmp_path, mode, survives):
    client = start(mode)
    task = JobTask(client, job(tmp_path))
    while not task.status.done:
        task.poll()
    begin = time.monotonic()
    task.cancel()
    with pytest.raises(errors.CancelledError):
        finish(task)
    assert time.monotonic() - begin < (0.2 if survives else 0.6)
    assert client.alive == survives


def test_cancel_before_hello_does_not_wait_for_it(start, tmp_path):
    task = JobTask(start("hang_at_start"), job(tmp_path))
    task.cancel()
    with pytest.raises(errors.CancelledError):
        finish(task, seconds=1.0)


def preview(task):
    while task.preview is None or task.preview.step < 2:
        task.poll()
    return task.preview


def test_a_search_shows_its_best_so_far_and_keeps_it_when_cancelled(start, tmp_path):
    client = start("search")
    task = JobTask(client, job(tmp_path))
    assert task.cancel_label == "Cancel"
    shown = preview(task)
    assert (shown.step, shown.loss) == (2, 0.5)
    assert Path(shown.picture).parent == Path(protocol.preview_folder(str(tmp_path / "a")))
    assert task.cancel_label == "Stop and Keep the Best"
    task.cancel()
    assert task.cancel_label == "Drop It"
    finish(task)
    assert (task.folder / "texture.png").is_file()
    assert client.alive


@pytest.mark.parametrize("presses", [2, 3])
def test_cancelled_twice_a_search_keeps_nothing(start, tmp_path, presses):
    client = start("search_forever")
    task = JobTask(client, job(tmp_path))
    while task.preview is None:
        task.poll()
    folder = Path(task.preview.picture).parent
    begin = time.monotonic()
    for _ in range(presses):
        task.cancel()
    assert task.cancel_label == "Cancel"
    with pytest.raises(errors.CancelledError):
        finish(task)
    assert time.monotonic() - begin < LIMITS.keep
    assert not folder.exists()
    assert not (tmp_path / "a").exists()


def test_a_result_that_was_on_its_way_when_it_was_dropped_is_not_taken(start, tmp_path):
    client = start("search")  # it answers the first cancel before it hears of the second
    task = JobTask(client, job(tmp_path))
    preview(task)
    task.cancel()
    time.sleep(0.2)
    task.cancel()
    with pytest.raises(errors.CancelledError):
        finish(task)
    assert not (tmp_path / "a").exists()


def test_a_search_that_does_not_come_to_an_end_with_its_best_is_given_up(start, tmp_path):
    client = start("search_forever")
    task = JobTask(client, job(tmp_path))
    while task.preview is None:
        task.poll()
    begin = time.monotonic()
    task.cancel()
    with pytest.raises(errors.CancelledError):
        finish(task)
    assert time.monotonic() - begin >= LIMITS.keep
    assert not client.alive


def test_a_sentence_stands_beside_what_is_done_until_there_is_news(start, tmp_path):
    task = JobTask(start("talkative"), job(tmp_path))
    while not task.status.note:
        task.poll()
    assert (task.status.done, task.status.what) == (1, "Fitting")
    assert task.status.note.startswith("Compiling the renderer")
    task.cancel()
    assert (task.status.what, task.status.note) == ("Cancelling", "")


def test_poll_never_blocks(start, tmp_path):
    task = JobTask(start("slow"), job(tmp_path))
    slowest = 0.0
    for _ in range(50):
        begin = time.monotonic()
        task.poll()
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(0.005)
    assert slowest < 0.1


def test_a_worker_killed_in_the_middle_is_noticed(start, tmp_path):
    client = start("slow")
    task = JobTask(client, job(tmp_path))
    while not task.status.done:
        task.poll()
    client._process.kill()
    with pytest.raises(errors.CrashError, match="in the middle of the job"):
        finish(task)


def test_an_idle_worker_may_end_by_itself(start, tmp_path):
    client = start("good")
    finish(JobTask(client, job(tmp_path)))
    client._process.kill()
    client._process.wait()
    time.sleep(0.1)
    assert client.poll() == []
    assert not client.alive


def test_an_interpreter_that_cannot_be_run_is_named(tmp_path):
    text = tmp_path / "python"
    text.write_text("no program")
    with pytest.raises(errors.InterpreterError, match="does not start"):
        worker_client.WorkerClient(runtime.Runtime(text, (), tmp_path))


# Which interpreter


def test_the_named_interpreter_must_be_a_file(tmp_path):
    with pytest.raises(errors.InterpreterError, match="is not a file: /nowhere/python"):
        runtime.find_runtime("/nowhere/python", tmp_path)


def test_without_any_interpreter_the_remedy_says_how_to_get_one(tmp_path):
    with pytest.raises(errors.InterpreterError, match="press Prepare an Interpreter"):
        runtime.find_runtime("", tmp_path)


def test_a_prepared_interpreter_is_used_once_it_is_complete(tmp_path):
    python = runtime.environment_python(runtime.prepared_folder(tmp_path))
    python.parent.mkdir(parents=True)
    python.touch()
    with pytest.raises(errors.InterpreterError):
        runtime.find_runtime("", tmp_path)
    (runtime.prepared_folder(tmp_path) / runtime.READY_MARK).touch()
    assert runtime.find_runtime("", tmp_path).python == python


def test_the_environment_has_no_python_settings_of_blenders(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONHOME", "/blender/python")
    environment = runtime.find_runtime(sys.executable, tmp_path).environment()
    assert "PYTHONHOME" not in environment
    assert environment["PYTHONPATH"] == str(Path(FAKE).parents[1])


def prepare(tmp_path, requirements):
    file = tmp_path / "requirements.txt"
    file.write_text(requirements)
    return PrepareTask(Path(sys.executable), tmp_path / "python", file)


def test_preparing_makes_a_complete_environment(tmp_path):
    finish(prepare(tmp_path, "# nothing to download in a test\n"), seconds=120)
    assert runtime.find_runtime("", tmp_path).python.is_file()


def test_preparing_what_cannot_be_had_says_so_and_leaves_nothing_usable(tmp_path):
    with pytest.raises(errors.InterpreterError, match=r"pip.* ended with code 1"):
        finish(prepare(tmp_path, f"{tmp_path}/no-such-file.whl\n"), seconds=120)
    with pytest.raises(errors.InterpreterError):
        runtime.find_runtime("", tmp_path)


def test_preparing_can_be_cancelled(tmp_path):
    task = prepare(tmp_path, "# nothing\n")
    task.cancel()
    with pytest.raises(errors.CancelledError):
        finish(task)
