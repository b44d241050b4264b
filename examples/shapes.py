"""A shop mannequin and its clothes as meshes: ellipsoids swept along limbs, merged, cut open, and draped.

Metres, z up, facing -y; the mannequin is 1.75 m tall and stands with its arms a little away from its body.
"""

from collections.abc import Callable
from dataclasses import dataclass

import bmesh
import bpy
import numpy as np
from mathutils import Vector

Station = tuple[tuple[float, float, float], tuple[float, float, float]]
"""A centre and three half axes; neighbouring stations are joined by ellipsoids in between."""

SHOULDER, ELBOW, WRIST = Vector((0.170, 0.0, 1.40)), Vector((0.350, 0.01, 1.18)), Vector((0.505, -0.04, 0.985))
ARM = (ELBOW - SHOULDER).normalized()


@dataclass(frozen=True)
class Plane:
    """Where a garment is cut: a plane, bent upwards by `bend` x^2 for the curve of a neckline."""

    point: Vector
    normal: Vector
    bend: float = 0.0

    def inside(self, points: np.ndarray) -> np.ndarray:
        """How far (metres) points (N, 3) are from the cut, measured into the garment."""
        bent = points - self.bend * points[:, :1] ** 2 * np.array([0, 0, 1])
        return (np.array(self.point) - bent) @ np.array(self.normal)


def both_sides(point: tuple, normal: tuple) -> dict[str, Plane]:
    """A cut and its mirror image."""
    flip = Vector((-1, 1, 1))
    return {
        "left": Plane(Vector(point), Vector(normal).normalized()),
        "right": Plane(Vector(point) * flip, (Vector(normal) * flip).normalized()),
    }


def level(height: float, upwards: float) -> Plane:
    """A horizontal cut that removes what is above (1) or below (-1)."""
    return Plane(Vector((0, 0, height)), Vector((0, 0, upwards)))


EDGES: dict[str, dict[str, Plane]] = {
    "tshirt": {
        "hem": level(0.80, -1),
        "neck": Plane(Vector((0, 0, 1.4446)), Vector((0, -0.405, 1)).normalized(), bend=5.5),
        **both_sides(tuple(SHOULDER + 0.20 * ARM), tuple(ARM)),
    },
    "dress": {
        "hem": level(0.56, -1),
        "neck": Plane(Vector((0, 0, 1.385)), Vector((0, -0.42, 1)).normalized(), bend=11.0),
        **both_sides((0.140, 0, 1.40), (0.95, 0, 0.30)),
    },
    "trousers": {"hem": level(0.075, -1), "neck": level(1.03, 1)},
}
"""The cut edges of each garment; for trousers "neck" is the waist."""

TORSO: list[Station] = [
    ((0, 0.01, 0.90), (0.168, 0.118, 0.08)),
    ((0, 0.01, 0.98), (0.163, 0.112, 0.08)),
    ((0, 0.0, 1.10), (0.132, 0.095, 0.08)),
    ((0, -0.005, 1.27), (0.158, 0.112, 0.08)),
    ((0, 0.0, 1.38), (0.150, 0.092, 0.06)),
    ((0, 0.01, 1.435), (0.085, 0.065, 0.05)),
    ((0, 0.0, 1.52), (0.053, 0.055, 0.04)),
    ((0, -0.01, 1.57), (0.043, 0.052, 0.04)),
]
HEAD: list[Station] = [
    ((0, -0.030, 1.610), (0.047, 0.066, 0.035)),
    ((0, -0.018, 1.655), (0.068, 0.088, 0.060)),
    ((0, -0.008, 1.690), (0.072, 0.090, 0.068)),
]
ARM_STATIONS: list[Station] = [
    (SHOULDER, (0.050, 0.052, 0.05)),
    (ELBOW, (0.036, 0.038, 0.038)),
    (WRIST, (0.024, 0.028, 0.026)),
    ((0.540, -0.055, 0.94), (0.026, 0.036, 0.030)),
    ((0.575, -0.075, 0.885), (0.020, 0.028, 0.032)),
]
LEG: list[Station] = [
    ((0.088, 0.01, 0.90), (0.085, 0.098, 0.09)),
    ((0.097, 0.0, 0.70), (0.072, 0.080, 0.08)),
    ((0.103, 0.0, 0.49), (0.050, 0.056, 0.06)),
    ((0.108, 0.02, 0.34), (0.048, 0.054, 0.06)),
    ((0.112, 0.025, 0.10), (0.034, 0.038, 0.04)),
]
FOOT: list[Station] = [
    ((0.112, 0.03, 0.06), (0.036, 0.045, 0.05)),
    ((0.116, -0.05, 0.038), (0.038, 0.05, 0.034)),
    ((0.120, -0.13, 0.026), (0.040, 0.05, 0.024)),
]


def mirrored(stations: list[Station]) -> list[Station]:
    """The same limb on the other side."""
    return [((-x, y, z), axes) for (x, y, z), axes in stations]


def swell(stations: list[Station], ease: float, lift: float) -> list[Station]:
    """The same limb, thicker by `ease` all around and by `lift` lengthwise."""
    return [(centre, (a + ease, b + ease, c + lift)) for centre, (a, b, c) in stations]


def between(limb: list[Station], steps: int = 14) -> np.ndarray:
    """Centres and half axes (N, 6) of the ellipsoids along a limb."""
    table = np.array([[*centre, *axes] for centre, axes in limb])
    where = np.linspace(0, len(table) - 1, steps * (len(table) - 1) + 1)
    return np.stack([np.interp(where, np.arange(len(table)), column) for column in table.T], axis=-1)


def swept(name: str, limbs: list[list[Station]], voxel: float) -> bpy.types.Object:
    """One closed surface around all limbs, of even quads about `voxel` wide."""
    ball = bmesh.new()
    bmesh.ops.create_icosphere(ball, subdivisions=4, radius=1.0)
    points = np.array([vertex.co for vertex in ball.verts])
    triangles = np.array([[vertex.index for vertex in face.verts] for face in ball.faces])
    ball.free()
    balls = np.concatenate([between(limb) for limb in limbs])
    vertices = (points * balls[:, None, 3:] + balls[:, None, :3]).reshape(-1, 3)
    faces = (triangles + len(points) * np.arange(len(balls))[:, None, None]).reshape(-1, 3)
    data = bpy.data.meshes.new(name)
    data.from_pydata(vertices.tolist(), [], faces.tolist())
    thing = bpy.data.objects.new(name, data)
    bpy.context.collection.objects.link(thing)
    remesh = thing.modifiers.new("remesh", "REMESH")
    remesh.mode, remesh.voxel_size = "VOXEL", voxel
    smooth = thing.modifiers.new("smooth", "SMOOTH")
    smooth.factor, smooth.iterations = 0.5, 12
    apply_modifiers(thing)
    return thing


def apply_modifiers(thing: bpy.types.Object) -> None:
    """Replace the mesh by what its modifiers make of it."""
    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data = bpy.data.meshes.new_from_object(evaluated)
    thing.modifiers.clear()
    thing.data = data
    data.polygons.foreach_set("use_smooth", np.ones(len(data.polygons), dtype=bool))


def cut(thing: bpy.types.Object, plane: Plane, within: Callable[[Vector], bool]) -> None:
    """Remove what lies beyond a plane, among the parts that are `within`."""
    mesh = bmesh.new()
    mesh.from_mesh(thing.data)
    near = {vertex for vertex in mesh.verts if within(vertex.co)}
    edges = [edge for edge in mesh.edges if near.issuperset(edge.verts)]
    faces = [face for face in mesh.faces if near.issuperset(face.verts)]
    for vertex in mesh.verts:
        vertex.co.z -= plane.bend * vertex.co.x**2
    bmesh.ops.bisect_plane(
        mesh, geom=[*near, *edges, *faces], dist=1e-5, plane_co=plane.point, plane_no=plane.normal, clear_outer=True
    )
    for vertex in mesh.verts:
        vertex.co.z += plane.bend * vertex.co.x**2
    loose = [vertex for vertex in mesh.verts if not vertex.link_faces]
    bmesh.ops.delete(mesh, geom=loose, context="VERTS")
    mesh.to_mesh(thing.data)
    mesh.free()


def mannequin(*, arms: bool = True) -> bpy.types.Object:
    """The figure that the clothes hang on; without arms for what has none either."""
    limbs = [TORSO, HEAD]
    for limb in (ARM_STATIONS, LEG, FOOT) if arms else (LEG, FOOT):
        limbs += [limb, mirrored(limb)]
    return swept("mannequin", limbs, 0.008)


def tshirt() -> bpy.types.Object:
    """A loose T-shirt: hem at the hips, sleeves half way to the elbow, round neck."""
    body: list[Station] = [
        ((0, 0.005, 0.72), (0.200, 0.150, 0.08)),
        ((0, 0.005, 1.05), (0.194, 0.143, 0.08)),
        *swell(TORSO[3:], 0.028, 0.009),
    ]
    sleeve: list[Station] = [
        ((0.12, 0.005, 1.385), (0.07, 0.085, 0.060)),
        ((0.185, 0.005, 1.365), (0.078, 0.086, 0.066)),
        (tuple(SHOULDER + 0.30 * ARM), (0.076, 0.086, 0.076)),
    ]
    shirt = swept("tshirt", [body, sleeve, mirrored(sleeve)], 0.012)
    cut(shirt, EDGES["tshirt"]["hem"], lambda co: co.z < 1)
    cut(shirt, EDGES["tshirt"]["neck"], lambda co: abs(co.x) < 0.16 and co.z > 1.2)
    cut(shirt, EDGES["tshirt"]["left"], lambda co: co.x > 0.225 and co.z > 1.0)
    cut(shirt, EDGES["tshirt"]["right"], lambda co: co.x < -0.225 and co.z > 1.0)
    return shirt


def dress() -> bpy.types.Object:
    """A sleeveless summer dress: fitted above the waist, a wide skirt below it that falls in folds."""
    body: list[Station] = [
        ((0, 0.01, 0.46), (0.40, 0.35, 0.02)),
        ((0, 0.01, 0.82), (0.260, 0.215, 0.03)),
        ((0, 0.005, 1.06), (0.150, 0.112, 0.04)),
        *swell(TORSO[2:], 0.014, 0.018),
    ]
    gown = swept("dress", [body], 0.0125)
    cut(gown, EDGES["dress"]["hem"], lambda co: co.z < 1)
    for edge in ("neck", "left", "right"):
        cut(gown, EDGES["dress"][edge], lambda co: co.z > 1.2)
    return gown


def trousers() -> bpy.types.Object:
    """Wide trousers from the waist to the ankles."""
    hips: list[Station] = [
        ((0, 0.01, 0.90), (0.184, 0.136, 0.07)),
        ((0, 0.008, 0.98), (0.172, 0.124, 0.06)),
        ((0, 0.004, 1.08), (0.147, 0.110, 0.06)),
    ]
    leg: list[Station] = [
        ((0.090, 0.01, 0.90), (0.098, 0.120, 0.08)),
        ((0.106, 0.005, 0.70), (0.094, 0.108, 0.06)),
        ((0.118, 0.005, 0.45), (0.090, 0.098, 0.06)),
        ((0.126, 0.012, 0.02), (0.092, 0.100, 0.05)),
    ]
    pair = swept("trousers", [hips, leg, mirrored(leg)], 0.0105)
    cut(pair, EDGES["trousers"]["neck"], lambda co: co.z > 0.9)
    cut(pair, EDGES["trousers"]["hem"], lambda co: co.z < 0.5)
    return pair


def mark(thing: bpy.types.Object) -> None:
    """Note on each vertex, before draping, where it lies on the fabric and how far it is from each edge.

    fabric: metres around the body or leg (0 in front) and up; sleeve_fabric: the same along the sleeve;
    sleeve: how far beyond the armhole's seam (metres); hem, neck, cuff: how far from those edges.
    """
    mesh, edges = thing.data, EDGES[thing.name]
    flat = np.empty(3 * len(mesh.vertices), dtype=np.float32)
    mesh.vertices.foreach_get("co", flat)
    points = flat.reshape(-1, 3)
    x, y, z = points.T
    axis = np.where(x > 0, 0.11, -0.11) if thing.name == "trousers" else np.zeros_like(x)
    around = np.arctan2(x - axis, -y) * np.hypot(x - axis, y)
    on_arm = (np.abs(points * [1, 0, 0]) + points * [0, 1, 1]) - np.array(SHOULDER)
    along = on_arm @ np.array(ARM)
    store(mesh, "fabric", np.stack([around, z, 0 * z], axis=-1))
    store(mesh, "sleeve_fabric", np.stack([y, along, 0 * z], axis=-1))
    sleeve = np.abs(x) - 0.19 - 0.15 * (1.40 - z)
    store(mesh, "sleeve", sleeve)
    store(mesh, "hem", edges["hem"].inside(points))
    store(mesh, "neck", edges["neck"].inside(points))
    cuffs = [edges[side].inside(points) for side in ("left", "right") if side in edges]
    on_cuff = (z > 1.0) & (sleeve > -0.02 if thing.name == "tshirt" else z > 1.25)
    store(mesh, "cuff", np.where(on_cuff, np.min([np.ones_like(x), *cuffs], axis=0), 1.0))


def store(mesh: bpy.types.Mesh, name: str, values: np.ndarray) -> None:
    """Attach one number or vector to each vertex."""
    kind, field = ("FLOAT", "value") if values.ndim == 1 else ("FLOAT_VECTOR", "vector")
    mesh.attributes.new(name, kind, "POINT").data.foreach_set(field, values.astype(np.float32).ravel())


def drape(thing: bpy.types.Object, *, pinned_above: float, slack: float, frames: int) -> None:
    """Let the garment fall onto the mannequin; `slack` is by how much its threads are longer than modelled."""
    group = thing.vertex_groups.new(name="pinned")
    group.add([v.index for v in thing.data.vertices if v.co.z > pinned_above], 1.0, "REPLACE")
    modifier = thing.modifiers.new("cloth", "CLOTH")
    cloth, collision = modifier.settings, modifier.collision_settings
    cloth.quality, cloth.mass, cloth.air_damping = 7, 0.25, 2.0
    cloth.tension_stiffness = cloth.compression_stiffness = 25
    cloth.shear_stiffness, cloth.bending_stiffness = 12, 0.8
    cloth.shrink_min, cloth.vertex_group_mass = -slack, "pinned"
    collision.distance_min, collision.collision_quality = 0.004, 3
    modifier.point_cache.frame_end = frames
    for frame in range(1, frames + 1):
        bpy.context.scene.frame_set(frame)
    apply_modifiers(thing)


def finish(thing: bpy.types.Object) -> None:
    """Give the cloth thickness and round its creases."""
    smooth = thing.modifiers.new("smooth", "SMOOTH")
    smooth.factor, smooth.iterations = 0.5, 2
    solid = thing.modifiers.new("thickness", "SOLIDIFY")
    solid.thickness, solid.offset = 0.0022, 0.0
    fine = thing.modifiers.new("fine", "SUBSURF")
    fine.levels = fine.render_levels = 2
    apply_modifiers(thing)
