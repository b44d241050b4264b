"""BVH files: two joints whose pose can be told by hand, MakeHuman's own, and broken ones."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from helpers.data import shared_data
from torch import Tensor

from mirror_core.body import AVERAGE_ADULT, load_body
from mirror_core.body.bvh import read_bvh
from mirror_core.body.key_points import openpose_key_points
from mirror_core.body.protocol import Posed
from mirror_core.errors import InputError

ARM = """HIERARCHY
ROOT shoulder
{{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition {order}
  JOINT elbow
  {{
    OFFSET {bone}
    CHANNELS 3 {order}
    End Site
    {{
      OFFSET {bone}
    }}
  }}
}}
MOTION
Frames: {count}
Frame Time: 0.04
{frames}
"""
STILL = "5 6 7 0 0 0 0 0 0"


def write(folder: Path, frames: str, order: str = "Zrotation Xrotation Yrotation", bone: str = "0 1 0") -> Path:
    path = folder / "arm.bvh"
    path.write_text(ARM.format(order=order, bone=bone, frames=frames, count=len(frames.splitlines())))
    return path


@dataclass(frozen=True)
class TwoJoints:
    """As much of a body as a pose needs."""

    joint_names: tuple[str, ...] = ("shoulder", "twist", "elbow")
    parents: tuple[int, ...] = (-1, 0, 1)
    shape_names: tuple[str, ...] = ()
    faces: Tensor = field(default_factory=lambda: torch.zeros(0, 3, dtype=torch.long))

    def __call__(self, shape: Tensor, rotations: Tensor) -> Posed:
        raise NotImplementedError


def turned(rotation: torch.Tensor, vector: tuple[float, float, float]) -> list[float]:
    return [round(float(x), 5) for x in rotation @ torch.tensor(vector)]


def rotations(path: Path, frame: int = 0) -> torch.Tensor:
    return read_bvh(path).rotations(TwoJoints(), frame)


def test_a_quarter_about_z_and_then_about_the_turned_x(tmp_path: Path) -> None:
    """Channels z, x, y: Rz Rx, the first channel outermost. Rx lifts y to z, Rz leaves z; Rz alone takes x to y."""
    shoulder, twist, elbow = rotations(write(tmp_path, "0 0 0 90 90 0 0 0 45"))
    assert turned(shoulder, (0.0, 1.0, 0.0)) == [0, 0, 1]
    assert turned(shoulder, (1.0, 0.0, 0.0)) == [0, 1, 0]
    assert turned(twist, (1.0, 2.0, 3.0)) == [1, 2, 3]  # not in the file: it follows its parent
    half = round(0.5**0.5, 5)
    assert turned(elbow, (0.0, 0.0, 1.0)) == [half, 0, half]  # a rotation about y, relative to the parent


def test_other_orders_of_channels_mean_other_poses(tmp_path: Path) -> None:
    shoulder = rotations(write(tmp_path, "0 0 0 90 90 0 0 0 0", order="Xrotation Zrotation Yrotation"))[0]
    assert turned(shoulder, (0.0, 1.0, 0.0)) == [-1, 0, 0]  # Rz takes y to -x, which Rx leaves


def test_a_skeleton_that_stands_along_z_is_turned_to_y_up(tmp_path: Path) -> None:
    """A turn about the file's z, its up, is one about our y; about its -y, its front, one about our z."""
    path = write(tmp_path, "0 0 0 0 0 90 0 0 0", "Xrotation Yrotation Zrotation", "0 0 1")
    assert read_bvh(path).z_up
    assert turned(rotations(path)[0], (0.0, 0.0, 1.0)) == [1, 0, 0]


def test_frames_are_chosen_by_number(tmp_path: Path) -> None:
    path = write(tmp_path, f"{STILL}\n0 0 0 180 0 0 0 0 0")
    assert turned(rotations(path, 0)[0], (1.0, 0.0, 0.0)) == [1, 0, 0]
    assert turned(rotations(path, 1)[0], (1.0, 0.0, 0.0)) == [-1, 0, 0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("HIERARCHY", "HELLO"), "does not begin with HIERARCHY"),
        (("MOTION", "EMOTION"), "has no MOTION"),
        (("5 6 7 ", ""), "1 frames of 9 channels need 9 numbers, it has 6"),
        (("5 6 7", "5 six 7"), "ends too early or has words for numbers"),
        (("5 6 7", "5 nan 7"), "not finite"),
        (("Zrotation", "Zrotten"), "has a channel 'Zrotten'"),
        (("OFFSET 0 0 0", ""), "hierarchy is incomplete"),
        (("JOINT elbow", "ELBOW"), "'ELBOW' was not expected"),
        (("ROOT shoulder\n{", "ROOT shoulder\n["), r"has '\[' where '{' should be"),
    ],
)
def test_a_broken_file_is_told_in_one_sentence(tmp_path: Path, change: tuple[str, str], sentence: str) -> None:
    path = write(tmp_path, STILL)
    path.write_text(path.read_text().replace(*change))
    with pytest.raises(InputError, match=rf"^arm.bvh is not a BVH file: .*{sentence}"):
        read_bvh(path)


def test_a_file_cut_off_anywhere_is_an_input_error(tmp_path: Path) -> None:
    text = write(tmp_path, STILL).read_text().rstrip()
    for length in range(0, len(text) - 1, 7):
        (tmp_path / "cut.bvh").write_text(text[:length])
        with pytest.raises(InputError):
            read_bvh(tmp_path / "cut.bvh")


def test_a_missing_file_and_a_picture(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_bvh(tmp_path / "none.bvh")
    (tmp_path / "picture.bvh").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="not a BVH file"):
        read_bvh(tmp_path / "picture.bvh")


def test_somebody_elses_skeleton_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"None of the body's joints .* shoulder, elbow"):
        read_bvh(write(tmp_path, STILL)).rotations(load_body())


@pytest.mark.parametrize("number", range(1, 7))
def test_makehumans_standing_poses_stand(number: int) -> None:
    """Upright, the head above the feet, the arms lower than at rest or one of them raised."""
    body = load_body()
    path = shared_data("makehuman", "poses", f"standing0{number}.bvh")
    posed = body(torch.tensor([AVERAGE_ADULT]), read_bvh(path).rotations(body)[None])
    points = openpose_key_points(posed.vertices)[0]
    nose, neck, hips, ankles = points[0], points[1], points[[8, 11]].mean(dim=0), points[[10, 13]]
    assert nose[1] > neck[1] > hips[1] > ankles[:, 1].max()
    assert (neck - hips)[1] > 0.966 * (neck - hips).norm()  # within 15 degrees
    assert points[[4, 7], 1].min() < neck[1] - 0.4  # a hand hangs lower than at rest
