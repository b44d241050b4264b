# pyright: basic, reportMissingImports=false
"""The material: the texture on a Principled shader, or shaded by the estimated light, at a switch."""

from pathlib import Path

import bpy

from ..lighting import Polynomial
from ..result_folder import Result
from .nodes import CONSTANT, GROUP, LINEAR, QUADRATIC, shading_group

SWITCH = "Shading"
"""Name of the node whose factor is 0 for Principled and 1 for the estimated light."""

TEXTURE, CONFIDENCE = "Texture", "Confidence"
"""Names of the nodes that hold the result's pictures."""


def build_material(result: Result, name: str) -> bpy.types.Material:
    """A material whose pictures are packed into the .blend file."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()

    texture = _picture(nodes, _packed(result.texture, f"{name} texture"), TEXTURE, (-700, 200))
    texture.extension = "EXTEND"
    principled = _node(nodes, "ShaderNodeBsdfPrincipled", (-100, 300))
    # A photo's texture holds what gloss there was; a matt surface shows it unchanged.
    principled.inputs["Roughness"].default_value = 1.0
    principled.inputs["Specular IOR Level"].default_value = 0.0
    light = _node(nodes, "ShaderNodeGroup", (-350, -150), GROUP)
    light.node_tree = shading_group()
    emission = _node(nodes, "ShaderNodeEmission", (-100, -150))
    switch = _node(nodes, "ShaderNodeMixShader", (200, 200), SWITCH)
    switch.inputs["Fac"].default_value = 0.0
    output = _node(nodes, "ShaderNodeOutputMaterial", (400, 200))

    links.new(texture.outputs["Color"], principled.inputs["Base Color"])
    links.new(texture.outputs["Color"], light.inputs["Color"])
    links.new(light.outputs["Color"], emission.inputs["Color"])
    links.new(principled.outputs[0], switch.inputs[1])
    links.new(emission.outputs[0], switch.inputs[2])
    links.new(switch.outputs[0], output.inputs["Surface"])
    confidence = _packed(result.confidence, f"{name} confidence")
    confidence.colorspace_settings.name = "Non-Color"
    _picture(nodes, confidence, CONFIDENCE, (-700, -450)).label = "Confidence (white: seen in the photo)"
    nodes.active = texture
    return material


def set_light(material: bpy.types.Material, light: Polynomial, estimated: bool) -> None:
    """Give a built material another light, in object space, and choose between it and the scene's."""
    nodes = material.node_tree.nodes
    group = nodes[GROUP]
    for name, row in zip(QUADRATIC, light.quadratic, strict=True):
        group.inputs[name].default_value = row
    group.inputs[LINEAR].default_value = light.linear
    group.inputs[CONSTANT].default_value = light.constant
    nodes[SWITCH].inputs["Fac"].default_value = float(estimated)


def is_built(material: bpy.types.Material | None) -> bool:
    """True for materials that `build_material` made and nobody took apart."""
    if material is None or material.node_tree is None:
        return False
    return all(name in material.node_tree.nodes for name in (GROUP, SWITCH))


def textured_material(thing: bpy.types.Object) -> bpy.types.Material | None:
    """The first of an object's materials that `build_material` made and that still has its texture."""
    for slot in thing.material_slots:
        if is_built(slot.material):
            texture = slot.material.node_tree.nodes.get(TEXTURE)
            if texture is not None and texture.image is not None:
                return slot.material
    return None


def take_pictures(material: bpy.types.Material, source: bpy.types.Material) -> None:
    """Show the pictures of another textured material: they are shared, not copied."""
    nodes, others = material.node_tree.nodes, source.node_tree.nodes
    for name in (TEXTURE, CONFIDENCE):
        if name in nodes and name in others:
            nodes[name].image = others[name].image


def _packed(path: Path, name: str) -> bpy.types.Image:
    image = bpy.data.images.load(str(path))
    image.name = name
    image.pack()
    # The result's folder may be temporary: the path stays out of the .blend file, the picture is in it.
    image.filepath = f"//{name}.png"
    return image


def _picture(nodes, image: bpy.types.Image, name: str, place: tuple[int, int]) -> bpy.types.Node:
    node = _node(nodes, "ShaderNodeTexImage", place, name)
    node.image = image
    return node


def _node(nodes, kind: str, place: tuple[int, int], name: str = "") -> bpy.types.Node:
    node = nodes.new(kind)
    node.location = place
    if name:
        node.name = node.label = name
    return node
