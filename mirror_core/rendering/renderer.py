"""The renderer: a back end with settings, applied to meshes, cameras, textures and lights."""

from dataclasses import dataclass, field

from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.checks import check_choice, check_finite, check_shape
from mirror_core.errors import InputError
from mirror_core.mesh import Template
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.projection import camera_space, gather_corners, project
from mirror_core.rendering.scene import Scene

_NAMES = ("auto", "reference", "numba", "kaolin")


@dataclass(frozen=True)
class Renderer:
    """Draws deformed templates as a camera sees them; stateless and differentiable.

    Attributes:
        backend: "reference", "numba", "kaolin", or "auto" (numba on the CPU, reference on CUDA).
        image_size: height and width in pixels.
        settings: of the rasterizer; the defaults are kaolin's DIB-R.
        smooth_normals: shade with normals interpolated between vertices; False is one normal a face, as in the papers.
    """

    backend: str = "auto"
    image_size: tuple[int, int] = (256, 256)
    settings: RasterSettings = field(default_factory=RasterSettings)
    smooth_normals: bool = False

    def __post_init__(self) -> None:
        check_choice("backend", self.backend, _NAMES)
        if min(self.image_size) < 1:
            raise InputError(f"image_size must be at least (1, 1), but is {self.image_size}.")

    def __call__(
        self,
        vertices: Float[Tensor, "B V 3"],
        template: Template,
        camera: Camera | WeakPerspective,
        texture: Float[Tensor, "B 3 Ht Wt"] | None = None,
        light: Float[Tensor, "B 9"] | None = None,
    ) -> RenderedImage:
        """Render; without a texture only geometry, and `rgb` is None.

        Gradients reach vertices, camera, texture and light.

        Args:
            vertices: model space, template units.
            template: says faces and UV map.
            camera: one for each item of the batch; through a weak-perspective one, which knows no light, normals and
                depth mean nothing.
            texture: sRGB 0..1, row 0 is the top; multiplied by the light as it is, as in the papers.
            light: nine spherical harmonics in kaolin's order on camera-space normals; None leaves the texture unlit.
        """
        _check(vertices, template, camera, texture, light)
        scene = Scene(
            vertices=camera_space(vertices, camera),
            faces=template.faces.to(vertices.device),
            uv=template.uv.to(vertices),
            uv_faces=template.uv_faces.to(vertices.device),
            texture=texture,
            light=light,
            smooth_normals=self.smooth_normals,
        )
        return choose_backend(self.backend, vertices.device).render(scene, self.image_size, self.settings)

    def rasterize(
        self, vertices: Float[Tensor, "B V 3"], template: Template, camera: Camera | WeakPerspective
    ) -> Fragments:
        """Which face each pixel shows, and where on it."""
        _check(vertices, template, camera, None, None)
        corners = gather_corners(camera_space(vertices, camera), template.faces.to(vertices.device))
        faces = project(corners, self.image_size, self.settings.cull_by_view)
        return choose_backend(self.backend, vertices.device).rasterize(faces, self.image_size, self.settings)


def _check(
    vertices: Tensor,
    template: Template,
    camera: Camera | WeakPerspective,
    texture: Tensor | None,
    light: Tensor | None,
) -> None:
    check_shape("vertices", vertices, ("B", len(template.vertices), 3))
    check_finite("vertices", vertices)
    batch = len(vertices)
    if isinstance(camera, Camera):
        check_shape("camera azimuth", camera.azimuth, (batch,))
    else:
        check_shape("camera scale", camera.scale, (batch,))
        if light is not None:
            raise InputError("A weak-perspective camera knows no light.", "Leave the light out.")
    if texture is not None:
        check_shape("texture", texture, (batch, 3, "Ht", "Wt"))
        if not texture.numel():
            raise InputError(f"texture must have at least one texel, but its shape is {tuple(texture.shape)}.")
    if light is not None:
        check_shape("light", light, (batch, 9))
    for name, tensor in (("texture", texture), ("light", light)):
        if tensor is not None and (tensor.device, tensor.dtype) != (vertices.device, vertices.dtype):
            raise InputError(
                f"{name} must have the vertices' device and dtype, {vertices.device} {vertices.dtype}, "
                f"but has {tensor.device} {tensor.dtype}."
            )
