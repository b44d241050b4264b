"""SMPL bodies. The package and the files are not free, so a stand-in for both takes their place here.

Against smplx 0.1.28 itself, with random files in its format, vertices and joints agreed to 1e-6 m when this was
written.
"""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from mirror_core.body import Body
from mirror_core.body.smpl import JOINTS, SmplBody, load_smpl
from mirror_core.errors import DependencyError, InputError

V = 30
PARENTS = {"smpl": 24, "smplx": 55}


def arrays(joints: int) -> dict[str, np.ndarray]:
    """A random model: a chain of joints; every vertex hangs on two of them."""
    chance = np.random.default_rng(0)
    regressor, weights = chance.random((joints, V)), np.zeros((V, joints))
    for vertex in range(V):
        weights[vertex, [vertex % joints, (vertex + 1) % joints]] = (0.25, 0.75)
    return {
        "v_template": chance.normal(size=(V, 3)),
        "shapedirs": chance.normal(size=(V, 3, 10)) / 10,
        "posedirs": chance.normal(size=(V, 3, (joints - 1) * 9)) / 10,
        "J_regressor": regressor / regressor.sum(axis=1, keepdims=True),
        "weights": weights,
        "f": np.arange(V).reshape(-1, 3),
        "kintree_table": np.stack([np.arange(joints) - 1, np.arange(joints)]),
    }


class Model:
    """What smplx makes of a file: the same arrays under its own names."""

    def __init__(self, path: str, data_struct: Any = None, num_betas: int = 10, **options: Any) -> None:
        if data_struct is None:
            with np.load(path) as file:
                data_struct = SimpleNamespace(**file)
        data = data_struct
        self.v_template = torch.from_numpy(data.v_template).float()
        self.shapedirs = torch.from_numpy(data.shapedirs[..., :num_betas]).float()
        self.posedirs = torch.from_numpy(data.posedirs.reshape(V * 3, -1).T).float()
        self.J_regressor = torch.from_numpy(data.J_regressor).float()
        self.lbs_weights = torch.from_numpy(data.weights).float()
        self.faces_tensor = torch.from_numpy(data.f)
        self.parents = torch.from_numpy(data.kintree_table[0])


@pytest.fixture
def smplx(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("smplx")
    module.SMPL = module.SMPLX = Model
    module.utils = SimpleNamespace(Struct=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "smplx", module)


def model_file(folder: Path, kind: str = "smpl", **changes: np.ndarray) -> Path:
    path = folder / f"{kind.upper()}_NEUTRAL.npz"
    np.savez(path, **(arrays(PARENTS[kind]) | changes))  # type: ignore[arg-type]
    return path


@pytest.mark.usefixtures("smplx")
@pytest.mark.parametrize("kind", ["smpl", "smplx"])
def test_it_is_a_body_with_named_joints(tmp_path: Path, kind: Any) -> None:
    body = load_smpl(model_file(tmp_path, kind), kind)
    assert isinstance(body, Body)
    assert len(body.joint_names) == len(set(body.joint_names)) == PARENTS[kind]
    assert body.shape_names[:2] == ("beta0", "beta1")
    assert JOINTS[kind][:4] == ("pelvis", "left_hip", "right_hip", "spine1")


@pytest.mark.usefixtures("smplx")
def test_at_rest_it_is_the_template_and_its_shapes(tmp_path: Path) -> None:
    body = load_smpl(model_file(tmp_path))
    data = arrays(24)
    shape = torch.zeros(1, 10)
    shape[0, 3] = 2.0
    posed = body(shape, body.still())
    wanted = torch.from_numpy(data["v_template"] + 2 * data["shapedirs"][..., 3]).float()
    torch.testing.assert_close(posed.vertices[0], wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(posed.joints[0], torch.from_numpy(data["J_regressor"]).float() @ wanted)


@pytest.mark.usefixtures("smplx")
def test_the_roots_rotation_turns_everything_about_the_pelvis(tmp_path: Path) -> None:
    body = load_smpl(model_file(tmp_path))
    rotations = body.still().clone()
    rotations[0, 0] = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    posed = body(torch.zeros(1, 10), rotations)
    pelvis = body.joints(torch.zeros(1, 10))[0, 0]
    torch.testing.assert_close(
        posed.vertices[0], pelvis + (posed.rest[0] - pelvis) @ rotations[0, 0].T, atol=1e-5, rtol=0
    )


@pytest.mark.usefixtures("smplx")
def test_other_rotations_correct_the_shape_before_they_turn_it(tmp_path: Path) -> None:
    """The last joint turns only vertices that hang on it, but its correction moves all of them."""
    body = load_smpl(model_file(tmp_path))
    rotations = body.still().clone()
    rotations[0, 23] = torch.tensor([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]])
    posed = body(torch.zeros(1, 10), rotations)
    difference = (rotations[0, 23] - torch.eye(3)).numpy().ravel()
    correction = torch.from_numpy(arrays(24)["posedirs"][..., -9:] @ difference).float()
    free = body.weights[:, 23] == 0
    torch.testing.assert_close((posed.vertices - posed.rest)[0, free], correction[free], atol=1e-5, rtol=0)


@pytest.mark.usefixtures("smplx")
def test_shape_and_pose_are_differentiable(tmp_path: Path) -> None:
    body = load_smpl(model_file(tmp_path), dtype=torch.float64)
    shape = torch.zeros(1, 10, dtype=torch.float64, requires_grad=True)
    rotations = body.still().clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda s, r: body(s, r).vertices[0, ::7], (shape, rotations))


def test_without_the_file_the_makers_page_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*SMPL_MALE.pkl\. Download the model from smpl\.is\.tue"):
        load_smpl(tmp_path / "SMPL_MALE.pkl")


def test_without_the_package_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smplx", None)
    with pytest.raises(DependencyError, match=r"need the package smplx\. Install it: pip install mirror-core\[smpl\]"):
        load_smpl(model_file(tmp_path))


@pytest.mark.usefixtures("smplx")
def test_a_file_that_needs_chumpy_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unpickle(*_: Any, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'chumpy'", name="chumpy")

    monkeypatch.setattr(sys.modules["smplx"], "SMPL", unpickle)
    (tmp_path / "old.pkl").write_bytes(b"")
    with pytest.raises(DependencyError, match=r"old\.pkl needs the package chumpy"):
        load_smpl(tmp_path / "old.pkl")


@pytest.mark.usefixtures("smplx")
def test_other_files_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "text.npz").write_text("hello")
    np.savez(tmp_path / "some.npz", a=np.zeros(3))
    for name in ("text.npz", "some.npz"):
        with pytest.raises(InputError, match=f"{name} is no smpl model"):
            load_smpl(tmp_path / name)
    with pytest.raises(InputError, match="24 joints instead of 55"):
        load_smpl(model_file(tmp_path), "smplx")


@pytest.mark.usefixtures("smplx")
def test_codes_of_the_wrong_length_are_refused(tmp_path: Path) -> None:
    body: SmplBody = load_smpl(model_file(tmp_path))
    with pytest.raises(InputError, match=r"shape must have shape \(B, 10\)"):
        body(torch.zeros(1, 9), body.still())
    with pytest.raises(InputError, match=r"rotations must have shape \(B, 24, 3, 3\)"):
        body(torch.zeros(1, 10), body.still()[:, 1:])
