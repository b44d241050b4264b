"""Render the example photos: procedural garments, draped by Blender's cloth simulation, lit as in a studio.

    .venv-bpy-4.5/bin/python examples/make_examples.py [NAME ...]     about ten minutes for all four

Writes NAME.jpg and NAME_mask.png beside this file; the mask is the renderer's own alpha.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bpy
import fabrics
import numpy as np
import shapes
from mathutils import Vector
from PIL import Image, ImageFilter

FOLDER = Path(__file__).resolve().parent
SIZE, SAMPLES = 768, 32

LAMPS = (((-1.8, -2.2, 1.6), 1.6, 80), ((2.4, -1.8, 0.4), 2.0, 18), ((1.0, 2.0, 1.8), 1.0, 50))
"""Key from the left, fill from the right, rim from behind: place from the middle (m), width (m), watts."""


@dataclass(frozen=True)
class Wear:
    """One garment of a picture: how it drapes and what it is made of."""

    garment: str
    fabric: Callable[[], fabrics.Tile]
    accent: str
    """Colour of collar, cuffs and hems."""
    pinned_above: float = 9.0
    slack: float = 0.0
    frames: int = 24


@dataclass(frozen=True)
class Picture:
    """One example photo."""

    wears: tuple[Wear, ...]
    height: tuple[float, float]
    """Lowest and highest point to show, metres."""
    backdrop: tuple[str, str]
    """Colours at the top and the bottom."""
    figure: bool = False
    turn: float = 0.0
    """Degrees the camera stands to the right of the front."""


TROUSERS = Wear("trousers", fabrics.glen_check, "4b4a4c", pinned_above=1.0, slack=0.02, frames=20)
PICTURES = {
    "tshirt": Picture((Wear("tshirt", fabrics.breton, "22305a", slack=0.025),), (0.79, 1.49), ("d3dae0", "c5cdd4")),
    "dress": Picture((Wear("dress", fabrics.meadow, "1f4a46", frames=30),), (0.54, 1.48), ("efe9e0", "e4dcd0")),
    "trousers": Picture((TROUSERS,), (0.06, 1.04), ("e8ebee", "dde1e6"), turn=12.0),
    "figure": Picture(
        (
            Wear("trousers", fabrics.twill, "27334c", pinned_above=1.0, slack=0.02, frames=20),
            Wear("tshirt", fabrics.sunrise, "8f4530", slack=0.025),
        ),
        (0.0, 1.76),
        ("dcdfe0", "c9cdd0"),
        figure=True,
        turn=-14.0,
    ),
}


class Nodes:
    """A material's node tree, written down as calls."""

    def __init__(self, material: bpy.types.Material) -> None:
        material.use_nodes = True
        self.tree = material.node_tree
        self.surface = self.tree.nodes["Principled BSDF"]

    def add(self, kind: str, inputs: dict | None = None, **settings: object) -> bpy.types.Node:
        """One node with its settings, its inputs set to values or linked to sockets."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in settings.items():
            setattr(node, name, value)
        for name, value in (inputs or {}).items():
            self.put(node.inputs[name], value)
        return node

    def put(self, socket: bpy.types.NodeSocket, value: object) -> None:
        """Link a socket or set its value."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, *operands: object) -> bpy.types.NodeSocket:
        """Arithmetic."""
        return self.add("Math", dict(enumerate(operands)), operation=operation).outputs[0]

    def attribute(self, name: str, output: str = "Fac") -> bpy.types.NodeSocket:
        """What `shapes.mark` noted."""
        return self.add("Attribute", attribute_name=name).outputs[output]

    def mix(self, factor: object, first: object, second: object, blend: str = "MIX") -> bpy.types.NodeSocket:
        """Two colours."""
        node = self.add("Mix", data_type="RGBA", blend_type=blend)
        for socket, value in zip(
            (node.inputs[0], node.inputs[6], node.inputs[7]), (factor, first, second), strict=True
        ):
            self.put(socket, value)
        return node.outputs[2]


def linear(text: str) -> tuple[float, ...]:
    """Scene-linear RGBA of an sRGB string."""
    encoded = np.array(fabrics.hex_colour(text)) / 255
    return (*np.where(encoded < 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4), 1.0)


def cloth_material(wear: Wear) -> bpy.types.Material:
    """The fabric's picture laid on body and sleeves, a ribbed collar, stitched hems, and a seam at the armhole."""
    tile, metres = wear.fabric()
    image = bpy.data.images.new(wear.fabric.__name__, *tile.size)
    rows = np.asarray(tile.convert("RGBA"), dtype=np.float32)[::-1] / 255
    image.pixels.foreach_set(rows.ravel())
    material = bpy.data.materials.new(wear.fabric.__name__)
    nodes = Nodes(material)

    def printed(attribute: str) -> bpy.types.NodeSocket:
        where = nodes.add("VectorMath", operation="SCALE")
        nodes.put(where.inputs[0], nodes.attribute(attribute, "Vector"))
        where.inputs["Scale"].default_value = 1.0 / metres
        return nodes.add("TexImage", {"Vector": where.outputs[0]}, image=image).outputs["Color"]

    sleeve, hem, neck, cuff = (nodes.attribute(name) for name in ("sleeve", "hem", "neck", "cuff"))
    colour = nodes.mix(nodes.math("GREATER_THAN", sleeve, 0.0), printed("fabric"), printed("sleeve_fabric"))
    band = 0.035 if wear.garment == "trousers" else 0.019 if wear.garment == "tshirt" else 0.010
    colour = nodes.mix(nodes.math("LESS_THAN", neck, band), colour, linear(wear.accent))
    lines = [(hem, 0.024), (cuff, 0.020), (neck, band)]
    if wear.garment == "tshirt":
        lines.append((sleeve, 0.0))
    grooves = [nodes.math("COMPARE", edge, at, 0.0013) for edge, at in lines]
    groove = grooves[0]
    for other in grooves[1:]:
        groove = nodes.math("MAXIMUM", groove, other)
    colour = nodes.mix(groove, colour, (0.45, 0.45, 0.45, 1.0), "MULTIPLY")
    yarn = nodes.add("TexNoise", {"Scale": 420.0, "Detail": 3.0, "Vector": nodes.attribute("fabric", "Vector")})
    shade = nodes.math("MULTIPLY_ADD", yarn.outputs[0], 0.30, 0.85)
    colour = nodes.mix(1.0, colour, nodes.add("CombineColor", dict.fromkeys(range(3), shade)).outputs[0], "MULTIPLY")
    nodes.put(nodes.surface.inputs["Base Color"], colour)
    nodes.put(nodes.surface.inputs["Roughness"], 0.92)
    nodes.put(nodes.surface.inputs["Sheen Weight"], 0.15)
    nodes.put(nodes.surface.inputs["Specular IOR Level"], 0.15)
    depth = nodes.math("SUBTRACT", nodes.math("MULTIPLY", yarn.outputs[0], 0.25), groove)
    bump = nodes.add("Bump", {"Height": depth, "Strength": 0.35, "Distance": 0.0015})
    nodes.put(nodes.surface.inputs["Normal"], bump.outputs[0])
    return material


def skin_material() -> bpy.types.Material:
    """The mannequin's matt lacquer."""
    material = bpy.data.materials.new("mannequin")
    surface = Nodes(material).surface
    surface.inputs["Base Color"].default_value = linear("c9a58c")
    surface.inputs["Roughness"].default_value = 0.55
    return material


def dress_up(picture: Picture) -> None:
    """Drape each garment over the mannequin and what it already wears."""
    figure = shapes.mannequin(arms=all(wear.garment != "dress" for wear in picture.wears))
    figure.data.materials.append(skin_material())
    figure.hide_render = not picture.figure
    worn = [figure]
    for wear in picture.wears:
        for thing in worn:
            if "Collision" not in thing.modifiers:
                thing.modifiers.new("Collision", "COLLISION")
            thing.collision.thickness_outer = 0.004
        garment = getattr(shapes, wear.garment)()
        shapes.mark(garment)
        shapes.drape(garment, pinned_above=wear.pinned_above, slack=wear.slack, frames=wear.frames)
        garment.data.materials.append(cloth_material(wear))
        worn.append(garment)
    for garment in worn[1:]:
        garment.modifiers.clear()
        shapes.finish(garment)


def studio(picture: Picture) -> None:
    """A long lens, three soft lights, and a little light from everywhere."""
    scene = bpy.context.scene
    low, high = picture.height
    centre = Vector((0, 0, (low + high) / 2))
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width = 85.0, 36.0
    distance = (high - low) / 0.86 * lens.lens / lens.sensor_width
    camera = bpy.data.objects.new("camera", lens)
    turn = np.radians(picture.turn)
    camera.location = centre + Vector((distance * np.sin(turn), -distance * np.cos(turn), 0.06 * distance))
    look_at(camera, centre)
    scene.collection.objects.link(camera)
    scene.camera = camera
    for position, size, watts in (
        ((-1.8, -2.2, 1.6), 1.6, 70),
        ((2.4, -1.8, 0.4), 2.0, 16),
        ((1.0, 2.0, 1.8), 1.0, 50),
    ):
        light = bpy.data.lights.new("softbox", "AREA")
        light.size, light.energy = size, watts
        lamp = bpy.data.objects.new("softbox", light)
        lamp.location = centre + Vector(position)
        look_at(lamp, centre)
        scene.collection.objects.link(lamp)
    scene.world = bpy.data.worlds.new("studio")
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.30, 0.30, 0.31, 1)


def look_at(thing: bpy.types.Object, target: Vector) -> None:
    """Turn a camera or lamp towards a point."""
    thing.rotation_euler = (target - thing.location).to_track_quat("-Z", "Y").to_euler()


def render(path: Path) -> np.ndarray:
    """The scene on nothing, (H, W, 4) 0..1 with straight alpha."""
    scene = bpy.context.scene
    scene.render.engine, scene.cycles.samples, scene.cycles.use_denoising = "CYCLES", SAMPLES, True
    scene.render.film_transparent, scene.view_settings.view_transform = True, "Standard"
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.image_settings.color_mode, scene.render.filepath = "RGBA", str(path)
    bpy.ops.render.render(write_still=True)
    return np.asarray(Image.open(path), dtype=np.float32) / 255


def on_backdrop(picture: Picture, layers: np.ndarray) -> np.ndarray:
    """Put the render in front of studio paper; a standing figure gets a soft shadow."""
    top, bottom = (np.array(fabrics.hex_colour(text)) / 255 for text in picture.backdrop)
    mix = np.linspace(0, 1, SIZE)[:, None, None]
    paper = np.repeat(top * (1 - mix) + bottom * mix, SIZE, axis=1)
    alpha = layers[..., 3:]
    if picture.figure:
        feet = Image.new("L", (SIZE, SIZE))
        columns = np.flatnonzero(alpha[int(0.88 * SIZE) :, :, 0].max(axis=0) > 0.5)
        floor = np.flatnonzero(alpha[..., 0].max(axis=1) > 0.5)[-1]
        strip = np.zeros((SIZE, SIZE), dtype=np.uint8)
        strip[floor - 22 : floor - 4, columns[0] - 6 : columns[-1] + 40] = 120
        feet.putdata(strip.ravel().tolist())
        paper *= 1 - np.asarray(feet.filter(ImageFilter.GaussianBlur(12)), dtype=np.float32)[..., None] / 255
    return layers[..., :3] * alpha + paper * (1 - alpha)


def make(name: str) -> None:
    """One picture and its mask."""
    picture = PICTURES[name]
    bpy.ops.wm.read_factory_settings(use_empty=True)
    dress_up(picture)
    studio(picture)
    scratch = FOLDER / f"{name}_render.png"
    layers = render(scratch)
    scratch.unlink()
    photo = np.clip(on_backdrop(picture, layers) * 255 + 0.5, 0, 255).astype(np.uint8)
    Image.fromarray(photo).save(FOLDER / f"{name}.jpg", quality=92)
    Image.fromarray((layers[..., 3] * 255 + 0.5).astype(np.uint8)).save(FOLDER / f"{name}_mask.png")


if __name__ == "__main__":
    for wanted in sys.argv[1:] or PICTURES:
        make(wanted)
    sys.stdout.flush()
    os._exit(0)  # Blender as a module does not always survive the interpreter's own way out
