# pyright: basic, reportMissingImports=false
"""The world: an environment that lights matt surfaces as the estimated light does, as near as real light can."""

import bpy
import numpy as np

from ..lighting import ROWS, Polynomial, environment

PICTURE = "Environment"


def build_world(name: str) -> bpy.types.World:
    """A world with an environment picture that `set_environment` fills."""
    world = bpy.data.worlds.new(f"{name} light")
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    image = bpy.data.images.new(f"{name} light", 2 * ROWS, ROWS, float_buffer=True, is_data=True)
    picture = nodes.new("ShaderNodeTexEnvironment")
    picture.name, picture.image, picture.location = PICTURE, image, (-300, 0)
    background, output = nodes.new("ShaderNodeBackground"), nodes.new("ShaderNodeOutputWorld")
    output.location = (200, 0)
    links.new(picture.outputs["Color"], background.inputs["Color"])
    links.new(background.outputs[0], output.inputs["Surface"])
    return world


def set_environment(world: bpy.types.World, light: Polynomial) -> None:
    """Light the world as a polynomial of the world-space normal says."""
    node = world.node_tree.nodes.get(PICTURE) if world.node_tree else None
    if node is None or node.image is None:
        return  # somebody rebuilt the world: theirs now
    pixels = np.ones((ROWS, 2 * ROWS, 4), dtype=np.float32)
    pixels[..., :3] = environment(light)[..., None]
    node.image.pixels.foreach_set(pixels.ravel())
    node.image.update()
    node.image.pack()
