"""A wardrobe small enough to know by heart."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from mirror_core.body import AnnyBody, load_body
from training.synthetic.makehuman.files import BASE_VERTICES

SQUARE_OBJ = """v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
f 1/1 2/2 3/3 4/4
"""
SQUARE_MHCLO = """# a comment
basemesh hm08
name square
tag Shirt
obj_file square.obj
x_scale 0 1 2.0
material square.mhmat
verts 0
10 11 12 0.5 0.25 0.25 1.0 2.0 3.0
13
10 11 12 1.0 0.0 0.0 0.0 0.0 0.0 # at a vertex
10 11 12 0.0 1.0 0.0 -1.0 0.0 0.0

delete_verts
3 - 5 8
20
"""


@pytest.fixture(scope="session")
def body() -> AnnyBody:
    return load_body()


@pytest.fixture
def square(tmp_path: Path) -> Path:
    """A square of cloth called a shirt."""
    folder = tmp_path / "clothes" / "square"
    folder.mkdir(parents=True)
    (folder / "square.obj").write_text(SQUARE_OBJ)
    (folder / "square.mhclo").write_text(SQUARE_MHCLO)
    (folder / "square.mhmat").write_text("name square\ndiffuseTexture cloth.png\n")
    cv2.imwrite(str(folder / "cloth.png"), np.full((8, 8, 3), (10, 20, 30), np.uint8))
    return folder / "square.mhclo"


@pytest.fixture
def assets(square: Path, tmp_path: Path) -> Path:
    """A skin, that square, and a skirt from the community."""
    (tmp_path / "skins").mkdir()
    cv2.imwrite(str(tmp_path / "skins" / "young_asian_female.png"), np.full((16, 16, 3), 150, np.uint8))
    folder = tmp_path / "community" / "rag"
    folder.mkdir(parents=True)
    (folder / "rag.json").write_text(json.dumps(community_square()))
    (tmp_path / "community" / "licences.csv").write_text(
        "item,licence,author,homepage,verts,faces\nrag,CC-BY,Ada,there,4,1\nother,CC0,Bo,,1,1\n"
    )
    return tmp_path


def community_square() -> dict[str, object]:
    hidden = [False] * BASE_VERTICES
    hidden[7] = True
    return {
        "faces": [11, 0, 1, 2, 3, 0, 0, 1, 2, 3],
        "uvs": [[0, 0, 1, 0, 1, 1, 0, 1]],
        "ref_vIdxs": [[10, 11, 12]] * 4,
        "weights": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0]],
        "offsets": [[0, 0, 1]] * 4,
        "materials": [{"mapDiffuse": "textures/rag.png"}],
        "metadata": {"deleteVerts": hidden, "tags": ["Skirt", "female"]},
    }
