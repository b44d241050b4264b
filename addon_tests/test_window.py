"""What only a real window shows: drawing, keys, undo. Skips where no window can be opened (`real_window.py`)."""

import pytest

from conftest import WORKER_PYTHON
from real_window import Window, missing


@pytest.fixture
def play(slim_zip, tmp_path):
    """Plays a scenario in a window."""
    if reason := missing():
        pytest.skip(reason)

    def run(scenario: str, interpreter: str = WORKER_PYTHON, **given: object) -> object:
        window = Window(slim_zip, interpreter, tmp_path)
        returned = window.run(f"window_search.{scenario}", **given)
        # What fails while Blender draws does not stop it; it only says so.
        assert "Traceback" not in window.log.read_text()
        return returned

    return run


def test_a_search_is_watched_kept_and_undone(play, shirt, fake):
    print(play("kept", fake("search"), steps=1, **shirt))


def test_a_search_is_dropped(play, shirt, fake):
    play("dropped", fake("search"), **shirt)


def test_waiting_costs_no_drawing(play, shirt, fake):
    # How long a drawing by a processor takes is not ours to judge.
    print(play("waited", fake("slow"), **shirt))


def test_an_error_in_a_window_leaves_the_scene_alone(play, shirt, fake):
    play("refused", fake("refuse"), **shirt)


@pytest.mark.slow
def test_a_real_search_in_a_window(play, shirt):
    print(play("kept", steps=10, **shirt))
