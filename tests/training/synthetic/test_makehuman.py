"""Clothes bound to the base mesh, by hand-worked bindings and from the real folder where it is."""

import json
from pathlib import Path

import numpy as np
import pytest

from mirror_core.body import AnnyBody
from mirror_core.errors import InputError
from tests.helpers.data import shared_data
from training.synthetic.makehuman import open_wardrobe
from training.synthetic.makehuman.files import BASE_VERTICES, read_community, read_mhclo


def body_at_rest() -> np.ndarray:
    """Vertex n at (n, 2n, 0) centimetres."""
    number = np.arange(BASE_VERTICES, dtype=np.float64)
    return np.stack([number, 2 * number, 0 * number], axis=1) / 100


def test_a_vertex_is_the_weighted_mean_of_three_plus_a_scaled_offset(square: Path) -> None:
    # 0.5 * v10 + 0.25 * v11 + 0.25 * v12 = 10.75 cm; offsets are decimetres, x scaled by |v0 - v1| / 2 dm = 0.05.
    fitted = read_mhclo(square).fit(body_at_rest())
    np.testing.assert_allclose(fitted[0], [0.1075 + 0.1 * 0.05, 0.215 + 0.2, 0.3], atol=1e-6)


def test_a_lone_number_is_that_vertex(square: Path) -> None:
    np.testing.assert_allclose(read_mhclo(square).fit(body_at_rest())[1], [0.13, 0.26, 0], atol=1e-6)


def test_ranges_and_numbers_are_hidden(square: Path) -> None:
    assert np.flatnonzero(read_mhclo(square).hides).tolist() == [3, 4, 5, 8, 20]


def test_a_square_is_two_triangles_and_its_material_names_the_picture(square: Path) -> None:
    clothes = read_mhclo(square)
    assert clothes.faces.tolist() == clothes.uv_faces.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert clothes.texture is not None
    assert clothes.texture.name == "cloth.png"


def test_a_mesh_with_another_number_of_vertices_is_refused(square: Path) -> None:
    (square.parent / "square.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    with pytest.raises(InputError, match=r"binds 4 vertices, but its mesh has 3"):
        read_mhclo(square)


def test_a_missing_mesh_is_named(square: Path) -> None:
    (square.parent / "square.obj").unlink()
    with pytest.raises(InputError, match=r"square\.obj is not there"):
        read_mhclo(square)


def test_the_community_s_clothes_have_unscaled_offsets(assets: Path) -> None:
    clothes = read_community(assets / "community" / "rag" / "rag.json")
    np.testing.assert_allclose(clothes.fit(body_at_rest())[3], [0.105, 0.21, 0.1], atol=1e-6)
    assert clothes.faces.tolist() == [[0, 1, 2], [0, 2, 3]]
    assert np.flatnonzero(clothes.hides).tolist() == [7]


def test_another_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps({"faces": []}))
    with pytest.raises(InputError, match="no clothes file"):
        read_community(path)


def test_names_and_tags_say_what_is_covered(assets: Path, body: AnnyBody) -> None:
    wardrobe = open_wardrobe(assets, body)
    assert [(item.name, item.slot, item.part, item.sex) for item in wardrobe.items] == [
        ("square", "upper", "shirt", "any"),
        ("rag", "lower", "skirt", "female"),
    ]
    assert wardrobe.choices("lower", "male") == []


def test_only_authors_who_must_be_named_are(assets: Path, body: AnnyBody) -> None:
    square, rag = open_wardrobe(assets, body).items
    assert square.credit == {}
    assert rag.credit["author"] == "Ada"


def test_a_garment_follows_the_joints_of_what_it_hangs_on(assets: Path, body: AnnyBody) -> None:
    garment = open_wardrobe(assets, body).items[0].wear(body_at_rest())
    np.testing.assert_allclose(garment.weights.sum(axis=1), 1, atol=1e-6)
    strongest = body.weights[13].argmax()
    assert garment.joints[1, 0] == strongest


def test_without_skins_the_folder_is_none_of_makehuman_s(tmp_path: Path, body: AnnyBody) -> None:
    with pytest.raises(InputError, match=r"has no skins"):
        open_wardrobe(tmp_path, body)


def test_the_real_folder_is_understood(body: AnnyBody) -> None:
    wardrobe = open_wardrobe(shared_data("makehuman"), body)
    for sex in ("female", "male"):
        for slot in ("upper", "lower", "whole", "feet", "hair", "head"):
            assert wardrobe.choices(slot, sex), (sex, slot)
    jeans = next(item for item in wardrobe.items if item.name == "male_casualsuit04_lower")
    rest = body.mean.numpy()
    height = jeans.wear(rest).piece.vertices[:, 1]
    assert jeans.part == "jeans"
    assert -0.8 < height.min() < height.max() < 0.3
