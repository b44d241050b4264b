"""USDZ: an uncompressed zip of a USD text layer and the texture, each file's data aligned to 64 bytes.

Follows the USDZ specification (openusd.org/release/spec_usdz.html) and UsdPreviewSurface; trimesh has no writer.
"""

import io
import struct
import zipfile

import numpy as np
import numpy.typing as npt

from mirror_core.pipelines.model import Model

ALIGNMENT = 64
PADDING_FIELD = 0x1986
"""Header id of the zip extra field that holds the padding, the one that USD's own tools use."""


def usdz_file(model: Model) -> bytes:
    """The whole .usdz file: vertex order kept, UV points by corner, roughness 1, metallic 0."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in (("model.usda", _layer(model).encode()), ("texture.png", model.texture)):
            entry = zipfile.ZipInfo(name)  # a fixed date: the same result gives the same bytes
            header = buffer.tell() + 30 + len(name)
            padding = -(header + 4) % ALIGNMENT
            entry.extra = struct.pack("<HH", PADDING_FIELD, padding) + bytes(padding)
            archive.writestr(entry, data)
    return buffer.getvalue()


def _layer(model: Model) -> str:
    low, high = model.vertices.min(axis=0), model.vertices.max(axis=0)
    return f"""#usda 1.0
(
    defaultPrim = "Model"
    metersPerUnit = 1
    upAxis = "Y"
)

def Xform "Model" (
    kind = "component"
)
{{
    def Mesh "Mesh" (
        prepend apiSchemas = ["MaterialBindingAPI"]
    )
    {{
        uniform token subdivisionScheme = "none"
        float3[] extent = {_vectors(np.stack([low, high]))}
        int[] faceVertexCounts = {[3] * len(model.faces)}
        int[] faceVertexIndices = {model.faces.reshape(-1).tolist()}
        point3f[] points = {_vectors(model.vertices)}
        normal3f[] normals = {_vectors(model.normals)} (
            interpolation = "vertex"
        )
        texCoord2f[] primvars:st = {_vectors(model.uv)} (
            interpolation = "faceVarying"
        )
        int[] primvars:st:indices = {model.uv_faces.reshape(-1).tolist()}
        rel material:binding = </Model/Material>
    }}

    def Material "Material"
    {{
        token outputs:surface.connect = </Model/Material/Surface.outputs:surface>

        def Shader "Surface"
        {{
            uniform token info:id = "UsdPreviewSurface"
            color3f inputs:diffuseColor.connect = </Model/Material/Texture.outputs:rgb>
            float inputs:roughness = 1
            float inputs:metallic = 0
            token outputs:surface
        }}

        def Shader "Texture"
        {{
            uniform token info:id = "UsdUVTexture"
            asset inputs:file = @texture.png@
            token inputs:sourceColorSpace = "sRGB"
            token inputs:wrapS = "repeat"
            token inputs:wrapT = "clamp"
            float2 inputs:st.connect = </Model/Material/Coordinates.outputs:result>
            float3 outputs:rgb
        }}

        def Shader "Coordinates"
        {{
            uniform token info:id = "UsdPrimvarReader_float2"
            string inputs:varname = "st"
            float2 outputs:result
        }}
    }}
}}
"""


def _vectors(rows: npt.NDArray[np.float32]) -> str:
    return "[" + ", ".join(f"({', '.join(f'{value:.9g}' for value in row)})" for row in rows.tolist()) + "]"
