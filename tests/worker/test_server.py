"""The worker's loop, with jobs of our own in place of the reconstruction."""

import logging
import os
import subprocess
import sys
import threading
import time

import pytest

from mirror_core.errors import CancelledError, PhotoError
from mirror_core.worker import protocol
from mirror_core.worker.protocol import Cancel, Failure, Hello, Job, Log, Preview, Progress, Quit, Result
from mirror_core.worker.server import Server

HELLO = Hello({"python": "3"}, "cpu", 1)


def job(name, kind, **settings):
    return Job(name, kind, "photo.png", f"/jobs/{name}", {}, settings)


def work(job, reporter):
    reporter.progress(1, 2, "Working")
    reporter.log("half way")
    return {"score": 0.5}


def murmur(job, reporter):
    logging.getLogger("mirror_core.rendering").warning("Compiling %s.", "kernels")
    return {}


def fail(job, reporter):
    raise PhotoError("The photo is empty.", "Choose another.")


def crash(job, reporter):
    raise RuntimeError("tensor soup")


def exhaust(job, reporter):
    raise MemoryError


def until_cancelled(job, reporter):
    reporter.progress(0, 1, "Waiting")
    while not reporter.cancelled():
        time.sleep(0.01)
    raise CancelledError("The job was cancelled.")


def search(job, reporter):
    """Has a best so far, and needs a while to make it the result: forever where the job's settings say so."""
    reporter.preview(40, 0.25, "40.png")
    while not reporter.cancelled():
        time.sleep(0.01)
    end = time.monotonic() + job.settings.get("seconds", 0.0)
    while time.monotonic() < end:
        reporter.check(keeping=True)
        time.sleep(0.01)
    reporter.check(keeping=True)
    return {"best": 0.25}


JOBS = {
    "search": search,
    "work": work,
    "murmur": murmur,
    "fail": fail,
    "crash": crash,
    "exhaust": exhaust,
    "wait": until_cancelled,
}


class Conversation:
    """A server in a thread, and both ends of its pipes."""

    def __init__(self):
        there, self._back = os.pipe(), os.pipe()
        self.say = os.fdopen(there[1], "w")
        self.hear = os.fdopen(self._back[0])
        self._ends = os.fdopen(there[0]), os.fdopen(self._back[1], "w")
        self.thread = threading.Thread(target=Server(*self._ends, JOBS).run, args=(HELLO,))
        self.thread.start()

    def send(self, message):
        self.say.write(protocol.encode(message))
        self.say.flush()

    def receive(self):
        return protocol.decode(self.hear.readline())

    def close(self):
        self.send(Quit())
        self.thread.join(timeout=5)
        for end in (self.say, self.hear, *self._ends):
            end.close()


@pytest.fixture
def conversation(monkeypatch):
    # The timer that ends a stubborn process would end the tests.
    monkeypatch.setattr("mirror_core.worker.server.os._exit", lambda code: None)
    conversation = Conversation()
    assert conversation.receive() == HELLO
    yield conversation
    conversation.close()
    assert not conversation.thread.is_alive()


def test_a_job_answers_with_progress_log_and_result(conversation):
    conversation.send(job("a", "work"))
    assert conversation.receive() == Progress("a", 1, 2, "Working")
    assert conversation.receive() == Log("half way", "a")
    assert conversation.receive() == Result("a", "/jobs/a", {"score": 0.5})


def test_what_the_library_logs_during_a_job_is_passed_on(conversation):
    conversation.send(job("a", "murmur"))
    assert conversation.receive() == Log("Compiling kernels.", "a")
    assert conversation.receive() == Result("a", "/jobs/a")


def test_jobs_are_done_one_after_the_other(conversation):
    conversation.send(job("a", "work"))
    conversation.send(job("b", "work"))
    assert [conversation.receive().id for _ in range(6)] == ["a"] * 3 + ["b"] * 3


def test_an_error_of_the_library_keeps_its_sentence_and_its_remedy(conversation):
    conversation.send(job("a", "fail"))
    answer = conversation.receive()
    assert (answer.error, answer.message, answer.remedy, answer.id) == (
        "PhotoError",
        "The photo is empty.",
        "Choose another.",
        "a",
    )
    assert "Traceback" in answer.traceback


@pytest.mark.parametrize(("kind", "sentence"), [("crash", "tensor soup"), ("exhaust", "memory"), ("dance", "'dance'")])
def test_any_other_error_is_told_in_a_sentence_and_the_worker_lives_on(conversation, kind, sentence):
    conversation.send(job("a", kind))
    assert sentence in conversation.receive().message
    conversation.send(job("b", "work"))
    assert conversation.receive() == Progress("b", 1, 2, "Working")


def test_cancel_stops_the_running_job_within_a_fifth_of_a_second(conversation):
    conversation.send(job("a", "wait"))
    conversation.receive()
    start = time.monotonic()
    conversation.send(Cancel("a"))
    assert conversation.receive().error == "CancelledError"
    assert time.monotonic() - start < 0.2


def test_cancel_before_its_turn_means_the_job_never_begins(conversation):
    conversation.send(job("a", "wait"))
    conversation.send(job("b", "work"))
    conversation.receive()
    conversation.send(Cancel("b"))
    conversation.send(Cancel("a"))
    answers = [conversation.receive() for _ in range(2)]
    assert [(answer.id, answer.error) for answer in answers] == [("a", "CancelledError"), ("b", "CancelledError")]


def test_a_search_shows_what_it_has_and_may_keep_it_when_cancelled(conversation):
    conversation.send(job("a", "search"))
    assert conversation.receive() == Preview("a", 40, 0.25, "40.png")
    conversation.send(Cancel("a", keep=True))
    assert conversation.receive() == Result("a", "/jobs/a", {"best": 0.25})


def test_a_search_that_is_cancelled_without_keeping_fails_like_any_other_job(conversation):
    conversation.send(job("a", "search"))
    conversation.receive()
    conversation.send(Cancel("a"))
    assert conversation.receive().error == "CancelledError"


def test_a_second_cancel_drops_what_was_to_be_kept_and_a_third_does_not_bring_it_back(conversation):
    conversation.send(job("a", "search", seconds=60.0))
    conversation.receive()
    for keep in (True, False, True):
        conversation.send(Cancel("a", keep))
    assert conversation.receive().error == "CancelledError"
    # What comes for a job that is over changes nothing.
    conversation.send(Cancel("a", keep=True))
    conversation.send(job("b", "work"))
    assert conversation.receive() == Progress("b", 1, 2, "Working")


def test_a_job_with_nothing_to_keep_is_cancelled_either_way(conversation):
    conversation.send(job("a", "wait"))
    conversation.send(job("b", "search"))
    conversation.receive()
    conversation.send(Cancel("b", keep=True))  # before its turn
    conversation.send(Cancel("a", keep=True))
    assert [conversation.receive().error for _ in range(2)] == ["CancelledError", "CancelledError"]


def test_garbage_is_answered_and_ignored(conversation):
    conversation.say.write("\x00 what?\n")
    conversation.send(job("a", "work"))
    assert conversation.receive().error == "GarbageError"
    assert conversation.receive() == Progress("a", 1, 2, "Working")


# The whole process

STUBBORN = """
import io, os, sys, time
from mirror_core.worker.server import Server, take_stdout
from mirror_core.worker.protocol import Hello
def stubborn(job, reporter):
    print("noise on stdout"); os.write(1, b"noise from C\\n")
    reporter.progress(0, 1, "Ignoring every cancel")
    time.sleep(60)
out = take_stdout()
Server(sys.stdin, out, {"stubborn": stubborn}).run(Hello({}, "cpu", 0))
"""


def start(*command):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, *command], text=True, **pipes)


def test_the_process_ends_when_stdin_closes_even_in_the_middle_of_a_stubborn_job():
    with start("-c", STUBBORN) as process:
        process.stdin.write(protocol.encode(job("a", "stubborn")))
        process.stdin.flush()
        assert isinstance(protocol.decode(process.stdout.readline()), Hello)
        assert isinstance(protocol.decode(process.stdout.readline()), Progress)
        begin = time.monotonic()
        process.stdin.close()
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - begin < 2
        assert process.stdout.read() == ""
        assert "noise on stdout\nnoise from C" in process.stderr.read()


def test_the_real_worker_says_hello_and_reports_a_missing_photo(tmp_path):
    with start("-m", "mirror_core.worker") as process:
        hello = protocol.decode(process.stdout.readline())
        assert set(hello.versions) == {"python", "mirror_core", "torch", "numpy"}
        assert hello.protocol == protocol.PROTOCOL
        assert hello.memory > 1e9
        photo = str(tmp_path / "nothing.jpg")
        process.stdin.write(protocol.encode(Job("a", "reconstruct", photo, str(tmp_path / "out"))))
        process.stdin.flush()
        answer = protocol.decode(process.stdout.readline())
        while isinstance(answer, Progress | Log):
            answer = protocol.decode(process.stdout.readline())
        assert isinstance(answer, Failure)
        assert "nothing.jpg" in answer.message
        assert not (tmp_path / "out").exists()
        process.stdin.write(protocol.encode(Quit()))
        process.stdin.close()
        assert process.wait(timeout=5) == 0
