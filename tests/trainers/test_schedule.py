"""The learning rate over a run."""

import pytest

from mirror_core.trainers.schedule import Schedule


def test_a_cosine_from_one_to_a_hundredth():
    schedule = Schedule()
    assert schedule.factor(0.0) == pytest.approx(1.0)
    assert schedule.factor(0.5) == pytest.approx((1.0 + 0.01) / 2)
    assert schedule.factor(1.0) == pytest.approx(0.01)


def test_a_warm_up_is_a_straight_line_before_it():
    schedule = Schedule(warm_up=0.2)
    assert [schedule.factor(p) for p in (0.0, 0.05, 0.1, 0.2)] == pytest.approx([0.0, 0.25, 0.5, 1.0])
    assert schedule.factor(0.6) == pytest.approx((1.0 + 0.01) / 2)


def test_a_restart_begins_anew_at_a_tenth():
    schedule = Schedule(cycles=2, restart=0.1)
    assert schedule.factor(0.4999) == pytest.approx(0.01, rel=0.01)
    assert schedule.factor(0.5) == pytest.approx(0.1)
    assert schedule.factor(1.0) == pytest.approx(0.001)
