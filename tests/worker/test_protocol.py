"""What the worker and its client say to each other."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.worker import protocol
from mirror_core.worker.protocol import Cancel, Failure, GarbageError, Hello, Job, Log, Preview, Progress, Quit, Result

EXAMPLES = [
    Hello({"python": "3.11.7"}, "cpu (2 threads)", 16_000_000_000),
    Job("1", "reconstruct", "/photos/Jacke grün.jpg", "/jobs/1", {"method": "auto"}, {"vertices": 642}),
    Cancel("1"),
    Cancel("1", keep=True),
    Quit(),
    Progress("1", 3, 10, "Fitting"),
    Preview("1", 40, 0.125, "/jobs/1-preview/000040.png", "/jobs/1-preview/000040.npz"),
    Log("a line\nand another", "1"),
    Result("1", "/jobs/1", {"mask_iou": 0.99}),
    Failure("PhotoError", "The photo is empty.", "Choose another.", "Traceback ...", "1"),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_is_one_ascii_line_and_comes_back_equal(message):
    line = protocol.encode(message)
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert line.isascii()
    assert protocol.decode(line) == message


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Welcome to conda!",
        "[1, 2]",
        "null",
        "{}",
        '{"type": "dance"}',
        '{"type": ["hello"]}',
        '{"type": "cancel"}',
        '{"type": "cancel", "id": "1", "speed": 3}',
        '{"type": "cancel", "id": 1}',
        '{"type": "cancel", "id": "1", "keep": 1}',
        '{"type": "preview", "id": "1", "step": 40, "loss": null, "picture": "a.png"}',
        '{"type": "progress", "id": "1", "done": true, "total": 2, "what": ""}',
        "[" * 100_000,
    ],
)
def test_anything_else_is_garbage(line):
    with pytest.raises(GarbageError):
        protocol.decode(line)


@given(st.text())
def test_no_text_does_anything_but_decode_or_raise_garbage(line):
    with contextlib.suppress(GarbageError):
        protocol.decode(line)


json_values = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)


@given(st.sampled_from(EXAMPLES), st.dictionaries(st.text(), json_values, max_size=3))
def test_a_message_with_spoilt_fields_is_a_message_or_garbage(message, extra):
    fields = json.loads(protocol.encode(message)) | extra
    with contextlib.suppress(GarbageError):
        protocol.decode(json.dumps(fields))


def test_previews_lie_beside_the_jobs_folder_which_appears_whole_or_not_at_all():
    assert protocol.preview_folder("/jobs/1") == "/jobs/1-preview"
