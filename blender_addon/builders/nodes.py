# pyright: basic, reportMissingImports=false
"""The node group that shades a colour as the estimated light does.

The light multiplies sRGB values, Blender works with linear ones: the group goes to sRGB, multiplies, and comes back.
"""

import bpy

GROUP = "Mirror Estimated Light"

QUADRATIC = ("Quadratic X", "Quadratic Y", "Quadratic Z")
LINEAR = "Linear"
CONSTANT = "Constant"


def shading_group() -> bpy.types.NodeTree:
    """The group, made when it is not there: Color and the polynomial of the object-space normal in, Color out."""
    found = bpy.data.node_groups.get(GROUP)
    return found if found is not None else _make_group()


def _make_group() -> bpy.types.NodeTree:
    tree = bpy.data.node_groups.new(GROUP, "ShaderNodeTree")
    face = tree.interface
    face.new_socket("Color", in_out="INPUT", socket_type="NodeSocketColor")
    for name in (*QUADRATIC, LINEAR):
        face.new_socket(name, in_out="INPUT", socket_type="NodeSocketVector")
    face.new_socket(CONSTANT, in_out="INPUT", socket_type="NodeSocketFloat")
    face.new_socket("Color", in_out="OUTPUT", socket_type="NodeSocketColor")

    inputs, outputs = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    strength = _strength(tree, inputs.outputs)
    split, join = tree.nodes.new("ShaderNodeSeparateColor"), tree.nodes.new("ShaderNodeCombineColor")
    tree.links.new(inputs.outputs["Color"], split.inputs[0])
    for channel in range(3):
        srgb = _to_srgb(tree, split.outputs[channel])
        lit = _math(tree, "MINIMUM", _math(tree, "MULTIPLY", srgb, strength), 1.0)
        tree.links.new(_to_linear(tree, lit), join.inputs[channel])
    tree.links.new(join.outputs[0], outputs.inputs["Color"])
    return tree


def _strength(tree: bpy.types.NodeTree, inputs) -> bpy.types.NodeSocket:
    """The polynomial n Q n + b n + c of the unit normal in object space, not below 0."""
    geometry, turn = tree.nodes.new("ShaderNodeNewGeometry"), tree.nodes.new("ShaderNodeVectorTransform")
    turn.vector_type, turn.convert_from, turn.convert_to = "NORMAL", "WORLD", "OBJECT"
    tree.links.new(geometry.outputs["Normal"], turn.inputs[0])
    unit = tree.nodes.new("ShaderNodeVectorMath")
    unit.operation = "NORMALIZE"
    tree.links.new(turn.outputs[0], unit.inputs[0])
    normal = unit.outputs["Vector"]

    product = tree.nodes.new("ShaderNodeCombineXYZ")
    for axis, name in enumerate(QUADRATIC):
        tree.links.new(_dot(tree, normal, inputs[name]), product.inputs[axis])
    quadratic = _dot(tree, normal, product.outputs[0])
    linear = _dot(tree, normal, inputs[LINEAR])
    total = _math(tree, "ADD", _math(tree, "ADD", quadratic, linear), inputs[CONSTANT])
    return _math(tree, "MAXIMUM", total, 0.0)


def _to_srgb(tree: bpy.types.NodeTree, value) -> bpy.types.NodeSocket:
    power = _math(tree, "POWER", _math(tree, "MAXIMUM", value, 0.0), 1 / 2.4)
    curve = _math(tree, "SUBTRACT", _math(tree, "MULTIPLY", power, 1.055), 0.055)
    return _choose(tree, value, 0.0031308, curve, _math(tree, "MULTIPLY", value, 12.92))


def _to_linear(tree: bpy.types.NodeTree, value) -> bpy.types.NodeSocket:
    scaled = _math(tree, "DIVIDE", _math(tree, "ADD", value, 0.055), 1.055)
    curve = _math(tree, "POWER", _math(tree, "MAXIMUM", scaled, 0.0), 2.4)
    return _choose(tree, value, 0.04045, curve, _math(tree, "DIVIDE", value, 12.92))


def _choose(tree: bpy.types.NodeTree, value, threshold: float, above, below) -> bpy.types.NodeSocket:
    is_above = _math(tree, "GREATER_THAN", value, threshold)
    return _math(tree, "ADD", below, _math(tree, "MULTIPLY", is_above, _math(tree, "SUBTRACT", above, below)))


def _math(tree: bpy.types.NodeTree, operation: str, *values) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, value in zip(node.inputs, values, strict=False):
        if isinstance(value, float):
            socket.default_value = value
        else:
            tree.links.new(value, socket)
    return node.outputs[0]


def _dot(tree: bpy.types.NodeTree, first, second) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeVectorMath")
    node.operation = "DOT_PRODUCT"
    tree.links.new(first, node.inputs[0])
    tree.links.new(second, node.inputs[1])
    return node.outputs["Value"]
