# pyright: basic, reportMissingImports=false, reportInvalidTypeForm=false
"""Properties: the panel's settings on the scene, and the attributes and provenance of a result on its object."""

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    IntVectorProperty,
    PointerProperty,
    StringProperty,
)

from .builders import attributes

KINDS = [
    ("auto", "Automatic", "Decide from the outline whether it is a garment or a person"),
    ("garment", "Garment", "A piece of clothing, 0.7 m high unless said otherwise"),
    ("person", "Person", "A clothed person, 1.7 m high unless said otherwise"),
]
DETAILS = [
    ("642", "Coarse", "642 vertices"),
    ("2562", "Medium", "2,562 vertices"),
    ("10242", "Fine", "10,242 vertices"),
]
METHODS = [
    ("fit", "Fit", "No network: the outline, inflated and fitted. Exact in front, a guess behind"),
    ("mirror", "Mirror", "A network says camera and shape at a glance, which are then fitted; another paints the back"),
    (
        "invert",
        "GAN Inversion",
        "Search among what a generator can make for what looks like the photo. Slow; knows backs from experience",
    ),
]
MASKS = [
    (
        "auto",
        "Automatic",
        "Alpha channel, plain border, the project's own network or GrabCut, whichever fits the photo",
    ),
    ("alpha", "Alpha", "The photo's own alpha channel"),
    ("border", "Plain Border", "Whatever differs from the plain background that the border shows"),
    ("grabcut", "GrabCut", "Separate by colour what is in the middle from what is around it"),
    ("network", "Network", "The project's own network, which knows people and single garments"),
    ("rembg", "rembg", "The segmentation network rembg, if the interpreter has it"),
]
SAMPLED = KINDS[1:]
SHADINGS = [
    ("LIT", "Principled", "The texture as base colour, lit by the scene"),
    ("ESTIMATED", "Estimated Light", "The light that was estimated from the photo, exactly, and no other"),
]


def _apply(self: bpy.types.PropertyGroup, _context: bpy.types.Context) -> None:
    attributes.apply(self.id_data)


class MirrorScene(bpy.types.PropertyGroup):
    """Settings of the panel."""

    photo: PointerProperty(type=bpy.types.Image, name="Photo", description="Photo of the garment or person")
    mask: PointerProperty(
        type=bpy.types.Image,
        name="Mask",
        description="Picture as large as the photo, white where the garment or person is; empty: found automatically",
    )
    mask_method: EnumProperty(items=MASKS, name="Find Mask", description="How the mask is found when none is given")
    method: EnumProperty(items=METHODS, default="mirror", name="Method", description="How the mesh is found")
    kind: EnumProperty(items=KINDS, name="Kind", description="What the photo shows")
    fast: BoolProperty(
        name="Fast", description="One look instead of a fit: several times faster, less exact along the outline"
    )
    model: StringProperty(
        name="Own Model",
        subtype="DIR_PATH",
        description="Folder of a 3D Magic Mirror of your own, with config.json and model.safetensors; empty: Mirror's",
    )
    generator: StringProperty(
        name="Generator",
        subtype="DIR_PATH",
        description="Folder of a ConvMesh of your own, with config.json and model.safetensors; empty: Mirror's",
    )
    finish: BoolProperty(
        name="Fit at the End",
        default=True,
        description="After the search fit shape and texture to the photo, beyond what the generator can make",
    )
    detail: EnumProperty(items=DETAILS, default="2562", name="Detail", description="How many vertices the mesh has")
    texture_size: IntProperty(
        name="Texture", default=2048, min=64, max=8192, subtype="PIXEL", description="Side of the texture in pixels"
    )
    delight: BoolProperty(
        name="Divide Light Out",
        description="Estimate the light and take it out of the texture, so that it can be relit",
    )
    height: FloatProperty(
        name="Height",
        min=0.0,
        max=100.0,
        subtype="DISTANCE",
        unit="LENGTH",
        description="Height of the result; 0 takes the usual one of its kind",
    )
    seed: IntProperty(
        name="Seed", min=0, description="Start of the random numbers; the same seed gives the same result"
    )
    sample_kind: EnumProperty(items=SAMPLED, name="Kind", description="What is made up")
    sample_seed: IntProperty(
        name="Seed",
        min=0,
        description="Start of the random numbers; it grows with each sample, so that each is another",
    )
    truncation: FloatProperty(
        name="Variety",
        default=1.0,
        min=0.05,
        soft_max=2.0,
        max=10.0,
        description="How far from the usual: the largest random number, in standard deviations. Less is plainer",
    )
    match_scene: BoolProperty(
        name="Match Scene",
        default=True,
        description="Make the photo's camera and light the scene's, with the photo's size and unaltered colours",
    )


class MirrorObject(bpy.types.PropertyGroup):
    """Attributes of a result, which move its camera and light as they change, and where it came from."""

    is_result: BoolProperty(name="Result", description="This object was made by Mirror", options={"HIDDEN"})
    azimuth: FloatProperty(
        name="Azimuth",
        soft_min=-180.0,
        soft_max=180.0,
        update=_apply,
        description="Degrees around the object: 0 is in front, 90 at its left side",
    )
    elevation: FloatProperty(
        name="Elevation", min=-90.0, max=90.0, update=_apply, description="Degrees above the horizon"
    )
    distance: FloatProperty(
        name="Distance",
        default=2.5,
        min=0.1,
        soft_max=10.0,
        update=_apply,
        description="From the model's origin to the camera, in template units (half the template's height is 0.9)",
    )
    offset: FloatVectorProperty(
        name="Offset",
        size=2,
        soft_min=-1.0,
        soft_max=1.0,
        update=_apply,
        description="Point x, y that the camera looks at, in template units",
    )
    light: FloatVectorProperty(
        name="Light",
        size=9,
        soft_min=-4.0,
        soft_max=4.0,
        update=_apply,
        description="Spherical harmonics 1, x, z, y, xy, yz, 3z2-1, xz, x2-y2 of the normal as the camera sees it",
    )
    shading: EnumProperty(items=SHADINGS, name="Shading", update=_apply, description="What lights the object")
    camera: PointerProperty(type=bpy.types.Object, name="Camera", description="Camera that overlays the photo")
    world: PointerProperty(type=bpy.types.World, name="World", description="World that lights as estimated")

    estimated_camera: FloatVectorProperty(
        name="Estimated Camera", size=5, description="Azimuth, elevation, distance and offset as estimated, for Reset"
    )
    estimated_light: FloatVectorProperty(
        name="Estimated Light", size=9, description="Light coefficients as estimated, for Reset"
    )
    scale: FloatProperty(name="Scale", default=1.0, precision=6, description="Metres per template unit")
    lift: FloatProperty(
        name="Lift", precision=6, unit="LENGTH", description="Height of the model's origin above the ground"
    )
    height: FloatProperty(name="Height", unit="LENGTH", description="Height of the result as it was built")
    crop: FloatVectorProperty(
        name="Crop", size=3, precision=4, description="Left, top and side of the photo's square, in pixels"
    )
    photo_size: IntVectorProperty(name="Photo Size", size=2, description="Width and height of the photo in pixels")

    photo: StringProperty(name="Photo", subtype="FILE_PATH", description="File the result was made from")
    photo_sha256: StringProperty(name="Photo Hash", description="SHA-256 of that file")
    kind: StringProperty(name="Kind", description="Garment or person")
    metrics: StringProperty(name="Metrics", description="How well the result explains the photo, as JSON")
    provenance: StringProperty(name="Provenance", description="Version, settings and seed of the result, as JSON")


CLASSES = (MirrorScene, MirrorObject)


def register() -> None:
    """Add the groups to scenes and objects; their classes are registered already."""
    bpy.types.Scene.mirror = PointerProperty(type=MirrorScene, name="Mirror", description="Settings of Mirror")
    bpy.types.Object.mirror = PointerProperty(type=MirrorObject, name="Mirror", description="A result of Mirror")


def unregister() -> None:
    """Take them away again."""
    del bpy.types.Object.mirror
    del bpy.types.Scene.mirror
