"""Parts of the body, counted and placed."""

import pytest
import torch

from mirror_core.body import AVERAGE_ADULT, load_body
from mirror_core.body.regions import GROUPS, REGIONS, face_regions, faces_of, vertex_regions, vertices_of
from mirror_core.errors import InputError

BODY = load_body()
REST = BODY.rest(torch.tensor([AVERAGE_ADULT]))[0]
CORNERS = REST[BODY.faces]
CENTRES = CORNERS.mean(dim=1)
NORMALS = torch.linalg.cross(CORNERS[:, 1] - CORNERS[:, 0], CORNERS[:, 2] - CORNERS[:, 0])


def test_every_face_belongs_to_one_region() -> None:
    assert face_regions().shape == BODY.faces.shape[:1]
    assert not faces_of("none").any()
    assert set(face_regions().tolist()) == set(range(1, len(REGIONS)))


def test_the_torso_is_about_as_large_as_measured_on_anny() -> None:
    """2,874 faces, 1,482 in front and 1,392 behind, by each face's leading joint; ours adds the shoulders' tops."""
    assert 2800 < int(faces_of("torso").sum()) < 3200
    assert 1400 < int(faces_of("torso_front").sum()) < 1700
    assert 1300 < int(faces_of("torso_back").sum()) < 1500


def test_the_torsos_front_faces_the_front_and_its_back_the_back() -> None:
    """Told on another adult than this one, so by a few degrees."""
    ahead = torch.nn.functional.normalize(NORMALS, dim=1)[:, 2]
    assert ahead[faces_of("torso_front")].min() > -0.3
    assert ahead[faces_of("torso_back")].max() < 0.3


@pytest.mark.parametrize("name", [name for name in REGIONS if name.endswith("_left")])
def test_left_parts_are_on_the_left_and_as_large_as_right_ones(name: str) -> None:
    """The thighs meet in the middle, where a few faces may lie across it."""
    assert (CENTRES[faces_of(name), 0] > -0.01).all()
    right = name.replace("left", "right")
    assert (CENTRES[faces_of(right), 0] < 0.01).all()
    assert faces_of(name).sum() == faces_of(right).sum()


def test_parts_follow_each_other_from_head_to_foot() -> None:
    order = ("scalp", "face", "neck", "torso_front", "upper_leg_left", "lower_leg_left", "foot_left")
    heights = [float(CENTRES[faces_of(name), 1].mean()) for name in order]
    assert heights == sorted(heights, reverse=True)


def test_the_scalp_is_above_the_eyes_or_behind_the_ears() -> None:
    eyes = CENTRES[faces_of("eyes")]
    scalp = CENTRES[faces_of("scalp")]
    assert ((scalp[:, 1] > eyes[:, 1].mean()) | (scalp[:, 2] < 0.05)).all()
    assert scalp[:, 1].max() == CENTRES[:, 1].max()


def test_groups_are_their_parts() -> None:
    for name, parts in GROUPS.items():
        assert torch.equal(faces_of(name), faces_of(parts))


def test_vertices_are_of_their_faces_regions_and_helper_geometry_of_none() -> None:
    assert vertices_of("none")[15328:].all()  # tights, skirt and joint cubes
    assert not vertices_of("none")[BODY.faces].any()
    labels = vertex_regions()[BODY.faces]
    assert (labels == face_regions()[:, None]).any(dim=1).float().mean() > 0.99


def test_an_unknown_region_is_named() -> None:
    with pytest.raises(InputError, match=r"region must be one of none, scalp.*but is 'belly'"):
        faces_of("belly")
