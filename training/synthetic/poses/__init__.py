"""Poses of synthetic people."""

from training.synthetic.poses.library import read_library
from training.synthetic.poses.sampler import PoseSampler
from training.synthetic.poses.stances import Habits

__all__ = ["Habits", "PoseSampler", "read_library"]
