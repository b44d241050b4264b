"""Garments are sewn without holes but those for the body, and faces look outwards."""

from collections import Counter

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from training.synthetic.tailor.pattern import Plan, skirt_plan, trouser_plan, upper_plan

PLANS = {
    "tank": (upper_plan(24, 0, True), 4),
    "bare tank": (upper_plan(24, 0, False), 4),
    "t-shirt": (upper_plan(24, 9, True), 4),
    "coat": (upper_plan(44, 26, True), 4),
    "skirt": (skirt_plan(16), 2),
    "trousers": (trouser_plan(12, 30), 3),
}


def directed(faces: np.ndarray) -> Counter[tuple[int, int]]:
    return Counter((int(a), int(b)) for face in faces for a, b in zip(face, np.roll(face, -1), strict=True))


@pytest.mark.parametrize("name", PLANS)
def test_every_edge_has_a_face_on_either_side_that_runs_the_other_way_or_is_a_rim(name: str) -> None:
    plan, openings = PLANS[name]
    edges = directed(plan.main_faces)
    assert max(edges.values()) == 1
    border = [edge for edge in edges if edge[::-1] not in edges]
    assert sorted({vertex for edge in border for vertex in edge}) == plan.edge.tolist()
    assert loops(border, plan.main) == openings


def loops(border: list[tuple[int, int]], count: int) -> int:
    first, second = np.array(border).T
    number, label = connected_components(coo_matrix((np.ones(len(first)), (first, second)), (count, count)), False)
    return len(set(label[first])) if number else 0


@pytest.mark.parametrize("name", PLANS)
def test_rims_continue_the_cloth(name: str) -> None:
    plan, _ = PLANS[name]
    edges = directed(plan.faces)
    assert max(edges.values()) == 1
    ends = {vertex for edge in edges if edge[::-1] not in edges for vertex in edge}
    assert min(ends) >= plan.main + len(plan.edge)  # only the turned-in ends are open


@pytest.mark.parametrize("name", PLANS)
def test_it_is_one_piece_and_uses_all_its_vertices(name: str) -> None:
    plan, _ = PLANS[name]
    count = plan.main + 2 * len(plan.edge)
    assert np.unique(plan.faces).tolist() == list(range(count))
    links = coo_matrix((np.ones(plan.faces.size), (plan.faces.ravel(), np.roll(plan.faces, 1, axis=1).ravel())))
    assert connected_components(links, directed=False)[0] == 1


@pytest.mark.parametrize("name", PLANS)
def test_texture_faces_go_with_the_faces(name: str) -> None:
    plan, _ = PLANS[name]
    assert plan.uv_faces.shape == plan.faces.shape
    vertex = np.concatenate([sheet.ids.ravel() for sheet in plan.sheets.values()])
    main = len(plan.main_faces)
    np.testing.assert_array_equal(vertex[plan.uv_faces[:main]], plan.faces[:main])


def test_a_cut_always_has_the_same_topology() -> None:
    assert upper_plan(24, 9, True) is upper_plan(24, 9, True)


def test_sheets_lie_apart_in_the_texture() -> None:
    for plan, _ in PLANS.values():
        rects = [sheet.rect for sheet in plan.sheets.values()]
        for number, (left, bottom, right, top) in enumerate(rects):
            assert 0 <= left < right <= 1
            assert 0 <= bottom < top <= 1
            for other in rects[:number]:
                assert right <= other[0] or other[2] <= left or top <= other[1] or other[3] <= bottom


def test_edges_are_the_sides_of_the_quads() -> None:
    plan: Plan = skirt_plan(16)
    assert len(plan.edges) == 17 * 52 + 16 * 52
