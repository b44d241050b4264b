"""What the 3D benchmark measures of one prediction. The protocol is written down in docs/benchmark_3d.md."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.metrics import (
    Placement,
    Surface,
    SurfaceDistances,
    align_scale,
    camera_angles,
    chamfer_distance,
    f_score,
    mask_iou,
    normal_consistency,
    sample_surface,
    ssim,
    surface_distances,
    viewing_rotation,
    volumetric_iou,
)
from training.evaluation.three_d_methods import Prediction
from training.evaluation.three_d_views import (
    Picture,
    covered,
    on_white,
    photo_window,
    render_prediction,
    side_by_side,
    to_window,
)
from training.evaluation.three_d_visible import outer_faces, seen_faces
from training.synthetic.truth import Truth

FloatArray = npt.NDArray[np.float64]
Measures = dict[str, float]

TURNS = (90, 180, 270)
"""Degrees from the photo's camera at which views are compared."""
BESIDE = 5000
"""Points for the frames beside the main one; a mesh has 0.1 % from itself."""


@dataclass(frozen=True)
class Reference:
    """A truth, prepared once for all methods.

    Attributes:
        truth: as it was read.
        surface: points on the faces that can be seen from somewhere, model space.
        seen: (N,), points on faces that the photo shows something of.
        height: of the truth in model space, what lengths are percents of.
    """

    truth: Truth
    surface: Surface
    seen: npt.NDArray[np.bool_]
    height: float


def prepare(truth: Truth) -> Reference:
    """Draw the points that predictions are compared with."""
    outer = outer_faces(truth.vertices, truth.faces)
    shown = seen_faces(truth.vertices, truth.faces, truth.camera)
    faces = truth.faces[outer]
    surface = sample_surface(truth.vertices, faces, seed=1)
    return Reference(truth, surface, shown[outer][surface.face], float(np.ptp(truth.vertices[np.unique(faces), 1])))


def measure(reference: Reference, prediction: Prediction) -> Measures:
    """All measures of one prediction."""
    return {
        **_shape(reference, prediction),
        **_camera(reference.truth.camera, prediction.camera),
        **_front(reference.truth, prediction),
        **_sides(reference.truth, prediction),
    }


def _shape(reference: Reference, prediction: Prediction) -> Measures:
    """Surfaces scaled and shifted onto one another, in three frames: see docs/benchmark_3d.md.

    Upright: both turned about y until their own cameras stand before them. View: tipped by the cameras' elevations,
    too. Canonical: model axes, as they are.
    """
    truth, height = reference.truth, reference.height
    drawn = sample_surface(prediction.vertices, prediction.faces, seed=2)
    theirs, ours = (
        _turn(replace(c, elevation=torch.zeros_like(c.elevation))) for c in (truth.camera, prediction.camera)
    )
    apart, place = _compare(_turned(drawn, ours), _turned(reference.surface, theirs))
    near, far = f_score(apart, height, 1.0), f_score(apart, height, 2.0)
    measures = {
        "chamfer": chamfer_distance(apart, height),
        "f1": near.value,
        "f2": far.value,
        "precision_2": far.precision,
        "recall_2": far.recall,
        "normals": normal_consistency(apart),
    }
    for name, group in (("seen", reference.seen), ("unseen", ~reference.seen)):
        if group.any():
            measures[f"distance_{name}"] = float(100.0 * apart.to_result[group].mean() / height)
    if truth.closed:
        solid = (place(prediction.vertices @ ours.T), prediction.faces)
        measures["volume_iou"] = volumetric_iou(solid, (truth.vertices @ theirs.T, truth.faces))
    theirs, ours = _turn(truth.camera), _turn(prediction.camera)
    few, fewer = drawn.thinned(BESIDE), reference.surface.thinned(BESIDE)
    in_view, _ = _compare(_turned(few, ours), _turned(fewer, theirs))
    canonical, _ = _compare(few, fewer)
    return {
        **measures,
        "chamfer_view": chamfer_distance(in_view, height),
        "chamfer_canonical": chamfer_distance(canonical, height),
    }


def _compare(found: Surface, goal: Surface) -> tuple[SurfaceDistances, Placement]:
    place = align_scale(found, goal)
    return surface_distances(found.moved(place.scale, place.shift), goal), place


def _camera(truth: Camera, found: Camera) -> Measures:
    angles = camera_angles(found, truth)
    return {
        "camera": float(angles.rotation[0]),
        "camera_azimuth": float(angles.azimuth[0]),
        "camera_elevation": float(angles.elevation[0]),
    }


def _front(truth: Truth, prediction: Prediction) -> Measures:
    """The photo's own view, through the prediction's crop: size and place count here."""
    photo, picture = photo_window(truth, prediction.crop), to_window(render_prediction(prediction, 0.0))
    return {"ssim_front": _similar(photo, picture), "mask_iou": _overlap(photo, picture)}


def _sides(truth: Truth, prediction: Prediction) -> Measures:
    """Views from elsewhere, equally high and centred."""
    measures: Measures = {}
    for turn in TURNS:
        if turn not in truth.views:
            continue
        pair = side_by_side(covered(truth.views[turn]), render_prediction(prediction, float(turn)))
        measures[f"ssim_{turn}"] = _similar(*pair)
        measures[f"outline_iou_{turn}"] = _overlap(*pair)
    for name in ("ssim", "outline_iou"):
        sides = [measures[f"{name}_{turn}"] for turn in (90, 270) if turn in truth.views]
        if sides:
            measures[f"{name}_side"] = float(np.mean(sides))
    return measures


def _similar(truth: Picture, picture: Picture) -> float:
    a, b = (torch.from_numpy(on_white(values)).permute(2, 0, 1)[None] for values in (picture, truth))
    return ssim(a, b)


def _overlap(truth: Picture, picture: Picture) -> float:
    a, b = (torch.from_numpy(values[None, None, ..., 3] > 0.5).float() for values in (picture, truth))
    return float(mask_iou(a, b)[0])


def _turn(camera: Camera) -> FloatArray:
    """From model axes to the view's, (3, 3)."""
    return viewing_rotation(camera)[0].numpy()


def _turned(surface: Surface, rotation: FloatArray) -> Surface:
    return replace(
        surface,
        points=surface.points @ rotation.T,
        normals=surface.normals @ rotation.T,
        corners=surface.corners @ rotation.T,
    )
